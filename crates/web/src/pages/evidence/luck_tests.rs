//! Every verdict there is, word by word.

use app::evidence::{AlarmLine, Luck, Number, Page, Range};
use jiff::civil::date;

use super::fixtures::{luck, page};
use super::luck::LuckView;

fn view(change: impl FnOnce(&mut Page, &mut Luck)) -> LuckView {
    let (mut page, mut luck) = (page(), luck());
    change(&mut page, &mut luck);
    LuckView::of(&page, &luck, date(2026, 11, 19))
}

fn alarm(segment: Option<&str>, current: bool, withdrawn: bool) -> AlarmLine {
    AlarmLine {
        segment: segment.map(str::to_owned),
        on: Some(date(2026, 11, 12)),
        since: Some(date(2026, 10, 3)),
        asks: 140,
        yes: 2,
        evidence: 31_200.0,
        threshold: 30_000.0,
        withdrawn,
        current,
        yes_since: false,
    }
}

/// A ledger of so many attempts and yeses, as its figures would be.
fn small(page: &mut Page, luck: &mut Luck, attempts: u64, yes: u64) {
    page.attempts = attempts;
    page.yes = yes;
    luck.in_order = attempts;
    luck.run.current = if yes == attempts { 0 } else { attempts };
    luck.in_month = attempts;
    luck.chances.clear();
    luck.now = None;
    luck.watch.halved = None;
    luck.watch.third = None;
}

#[test]
fn a_quiet_watch_is_luck_as_far_as_anyone_can_tell() {
    let view = view(|_, _| ());
    assert_eq!(view.verdict, "Luck, as far as anyone can tell.");
    assert_eq!(
        view.says,
        [
            "At 6 yeses in 100, the 31 tries behind you come up empty 15 times in 100. Somewhere \
             in a month of 504 tries, a run that long turns up more than 99 times in 100.",
            "Had a slump begun with this run, even a drop to a fifth of your rate would typically not \
             show within 31 tries."
        ]
    );
    assert_eq!(
        view.notes,
        [
            "Your rate is 6 in 100, and the data allow 5 to 7. From 1,516 attempts, 91 of them yes.",
            "The slump watch is quiet. It raises a false alarm no more than once in 5,000 attempts \
             on average, over all attempts and 5 segments together; the price is patience. If your \
             rate halved today it would typically need about 330 attempts to say so. A drop of a \
             third would need about 670.",
            "Next yes: even odds within 12 attempts, 8 in 10 between the 2nd and the 38th. If this \
             is luck, the run before it makes no difference.",
            "The longest run so far was 64. Somewhere in 1,516 tries, one that long or longer \
             turns up 63 times in 100.",
        ]
    );
    let chart = view.chart.expect("enough to draw");
    assert!(chart.svg.contains(">these tries</text>") && chart.svg.contains("31, now"));
    let now = chart.rows.iter().find(|row| row.now).expect("a row of now");
    assert_eq!((now.run.as_str(), now.these.as_str()), ("31", "15 in 100"));
    assert!(view.earlier.is_empty());
}

#[test]
fn what_could_have_been_noticed_is_said() {
    let view = view(|_, luck| luck.watch.noticeable = Some(0.35));
    assert_eq!(
        view.says[1],
        "Had your rate dropped to about a third of what it was or less when this run began, the \
         slump watch would typically have noticed by now. A milder drop could still hide."
    );
}

#[test]
fn what_the_watch_cannot_promise_is_said() {
    let of = |rate: f64, halved: Option<f64>| {
        let view = view(|_, luck| {
            luck.rate.mean = rate;
            luck.watch.halved = halved;
            luck.watch.third = None;
        });
        (view.says.len(), view.notes[1].clone())
    };
    let (_, slow) = of(0.06, None);
    assert!(
        slow.ends_with("even a drop to half may not be noticed at all."),
        "{slow}"
    );
    let (_, third) = of(0.06, Some(1_240.0));
    assert!(
        third.ends_with(
            "about 1,200 attempts to say so. A drop of a third may not be noticed at all."
        ),
        "{third}"
    );
    // Beyond what was tried nothing is claimed, not even that a run is too short.
    let (says, high) = of(0.8, None);
    assert!(
        high.ends_with("is known for rates from 1 to 50 in 100 only."),
        "{high}"
    );
    assert_eq!(says, 1);
}

#[test]
fn a_run_that_a_month_seldom_holds_is_unusual_and_no_slump() {
    let view = view(|_, luck| {
        luck.now.as_mut().expect("now").month = 0.03;
    });
    assert_eq!(
        view.verdict,
        "Unusual, and still too little to call it a slump."
    );
    assert!(view.says[0].ends_with("a run that long turns up 3 times in 100."));
}

#[test]
fn a_month_too_short_for_the_run_has_no_chance_of_it() {
    let view = view(|_, luck| {
        luck.in_month = 12;
        luck.now.as_mut().expect("now").month = 0.0;
    });
    assert_eq!(view.verdict, "Luck, as far as anyone can tell.");
    assert!(
        view.says[0].ends_with(
            "The thirty days up to your last attempt hold 12 tries, fewer than this run."
        ),
        "{}",
        view.says[0]
    );
}

#[test]
fn one_and_five_attempts_are_not_enough_and_say_so() {
    let one = view(|page, luck| small(page, luck, 1, 0));
    assert_eq!(
        one.verdict,
        "Not enough attempts to tell luck from a slump. You have 1."
    );
    assert_eq!(
        one.says,
        ["1 attempt, no yes so far. A rate is said from 5 attempts on, runs are judged from 20."]
    );
    assert!(one.chart.is_none());
    assert_eq!(one.notes.len(), 1, "the watch alone: {:?}", one.notes);
    assert!(one.notes[0].ends_with("How soon it would notice a drop cannot be said from so few."));

    let five = view(|page, luck| {
        small(page, luck, 5, 1);
        luck.rate = Range {
            mean: 0.25,
            low: 0.02,
            high: 0.63,
        };
        luck.next_yes.high80 = Number(f64::INFINITY);
    });
    assert_eq!(
        five.verdict,
        "Not enough attempts to tell luck from a slump. You have 5."
    );
    assert_eq!(
        five.says,
        [
            "5 attempts, 1 yes: the data allow a rate from 2 to 63 in 100. Runs are judged from 20 \
          attempts on."
        ]
    );
    assert!(
        five.notes[2].contains("from the 2nd on, with no end in sight from so few yeses"),
        "{:?}",
        five.notes
    );
}

#[test]
fn without_any_yes_there_is_nothing_to_drop_from() {
    let none = view(|page, luck| {
        small(page, luck, 40, 0);
        luck.rate = Range {
            mean: 0.012,
            low: 0.0,
            high: 0.061,
        };
        luck.next_yes.median = Number(f64::INFINITY);
        luck.next_yes.high80 = Number(f64::INFINITY);
    });
    assert_eq!(none.verdict, "No yes yet: luck or not cannot be told.");
    assert_eq!(
        none.says,
        [
            "40 attempts without a yes allow any rate up to 6 in 100. A slump is a drop from a rate \
          there was, and there is none to compare with."
        ]
    );
    assert!(
        none.notes
            .iter()
            .any(|n| n.starts_with("Next yes: no end in sight"))
    );
    assert!(none.notes[0].contains("From 40 attempts, none of them yes."));
    assert!(
        none.notes
            .iter()
            .all(|n| !n.contains("inf") && !n.contains("NaN"))
    );
}

#[test]
fn a_run_of_nothing_is_a_yes_just_now() {
    let after = view(|_, luck| {
        luck.run.current = 0;
        luck.now = Some(luck.chances[0]);
    });
    assert_eq!(after.verdict, "Your last attempt was a yes.");
    let chart = after.chart.expect("runs can still be drawn");
    assert!(!chart.svg.contains("now") && chart.rows.iter().all(|row| !row.now));

    let all = view(|page, luck| {
        small(page, luck, 24, 24);
        luck.rate = Range {
            mean: 0.98,
            low: 0.9,
            high: 0.9999,
        };
        luck.next_yes.median = Number(1.0);
        luck.next_yes.low80 = Number(1.0);
        luck.next_yes.high80 = Number(1.0);
    });
    assert_eq!(all.verdict, "Your last attempt was a yes.");
    assert_eq!(
        all.says,
        ["There is no run to judge. All 24 attempts were a yes."]
    );
    assert!(
        all.notes[2].starts_with(
            "Next yes: the next attempt is a yes at even odds or better, 8 in 10 at the 1st."
        ),
        "{:?}",
        all.notes
    );
}

#[test]
fn an_alarm_says_since_when_from_how_many_and_what_it_may_be() {
    let view = view(|_, luck| luck.alarms = vec![alarm(None, true, false)]);
    assert_eq!(view.verdict, "This looks like more than luck.");
    assert_eq!(
        view.says[..2],
        [
            "From about 3 October to 12 November, 140 attempts brought 2 yeses; then the slump watch \
             raised it.",
            "The watch is wrong no more than once in 5,000 attempts on average, so it may still be \
             luck."
        ]
    );
    assert_eq!(
        view.says.len(),
        3,
        "and this run, without what could hide in it"
    );
    assert!(view.notes[1].starts_with("The slump watch raises a false alarm no more than once"));
    assert!(
        view.notes[1].ends_with("the price is patience."),
        "{}",
        view.notes[1]
    );
}

#[test]
fn an_alarm_of_a_segment_names_it() {
    let view = view(|_, luck| {
        luck.alarms = vec![alarm(Some("Print shops"), true, false)];
        luck.alarms[0].since = None;
        luck.alarms[0].on = None;
    });
    assert_eq!(
        view.verdict,
        "In “Print shops”, this looks like more than luck."
    );
    assert_eq!(
        view.says[0],
        "In the end, 140 attempts among “Print shops” brought 2 yeses; then the slump watch \
         raised it."
    );
}

#[test]
fn alarms_that_are_over_or_withdrawn_are_quiet() {
    let view = view(|_, luck| {
        luck.alarms = vec![alarm(None, false, false), alarm(Some("Pens"), true, true)];
    });
    assert_eq!(view.verdict, "Luck, as far as anyone can tell.");
    let [over, withdrawn] = &view.earlier[..] else {
        panic!("both are listed: {:?}", view.earlier);
    };
    assert!(!over.withdrawn && withdrawn.withdrawn);
    assert_eq!(
        (over.of.as_str(), withdrawn.of.as_str()),
        ("All attempts", "Pens")
    );
    assert_eq!(
        (over.on.as_str(), over.evidence.as_str()),
        ("12 November", "31,000 of 30,000")
    );
}

#[test]
fn what_has_no_date_is_said() {
    let only = view(|page, _| page.undated = page.attempts);
    assert_eq!(
        only.notes.last().map(String::as_str),
        Some(
            "None of your attempts has a date, so runs follow the order of the file they came in."
        )
    );
    let only = view(|page, luck| {
        page.undated = page.attempts;
        (luck.in_month, luck.now) = (0, None);
        luck.chances.clear();
    });
    assert_eq!(
        only.says[0],
        "At 6 yeses in 100, the 31 tries behind you come up empty 15 times in 100."
    );
    let mixed = view(|page, luck| {
        page.undated = 120;
        luck.in_order -= 120;
    });
    assert_eq!(
        mixed.notes.last().map(String::as_str),
        Some("120 without a date count in rates, not in runs.")
    );
    let few = view(|page, luck| {
        page.undated = 1_510;
        luck.in_order = 6;
    });
    assert_eq!(
        few.verdict,
        "Not enough attempts to tell luck from a slump. You have 6 with a date."
    );
}

#[test]
fn two_chances_at_the_foot_of_the_chart_share_a_label() {
    let view = view(|_, luck| {
        let now = luck.now.as_mut().expect("now");
        (now.these, now.month) = (0.004, 0.06);
    });
    let svg = view.chart.expect("drawn").svg;
    assert!(svg.contains(">these tries under 1 in 100</text>"), "{svg}");
    assert!(svg.contains(">in a month 6 in 100</text>"), "{svg}");
}

#[test]
fn after_a_yes_an_alarm_speaks_of_what_was() {
    let view = view(|_, luck| {
        let mut over = alarm(None, true, false);
        over.yes_since = true;
        luck.alarms = vec![alarm(Some("Print"), true, false), over.clone(), over];
    });
    assert_eq!(
        view.verdict,
        "More than luck, it seemed. A yes has come since."
    );
    // All attempts first, then the segment; each once.
    assert!(!view.says[0].contains("Print") && view.says[1].contains("Print"));
    assert!(!view.says[2].starts_with("From"), "{:?}", view.says);
}

#[test]
fn an_alarm_too_old_to_announce_is_not_called_quiet() {
    let view = view(|_, luck| luck.watch.in_this_run = true);
    assert_eq!(view.verdict, "This looks like more than luck.");
    assert!(
        !view.notes.iter().any(|note| note.contains("quiet")),
        "{:?}",
        view.notes
    );
}
