//! Luck or slump: the verdict, what it rests on, and how much could have been missed.

use app::evidence::{AlarmLine, Luck, Page, Range};
use evidence::statistic::{P_NEXT_K_ALL_NO, RATE, TRIES_TO_NEXT_YES};
use jiff::civil::Date;

use super::said;
use crate::words;

/// Rates and attempts seen for which it was tried how soon the watch notices a drop
/// (`evidence::power::typical_delay`).
const WATCHED: std::ops::RangeInclusive<f64> = 0.01..=0.5;
const WATCHED_FROM: u64 = 30;

/// What the section shows.
#[derive(Debug)]
pub(crate) struct LuckView {
    /// The one line that matters.
    pub(crate) verdict: String,
    /// What it rests on.
    pub(crate) says: Vec<String>,
    /// How ordinary runs are, where that can be told.
    pub(crate) chart: Option<super::runs::RunChart>,
    /// Method, sample and expectation.
    pub(crate) notes: Vec<String>,
    /// Alarms that are over or were withdrawn.
    pub(crate) earlier: Vec<Earlier>,
}

/// An alarm that says nothing of now.
#[derive(Debug, PartialEq)]
pub(crate) struct Earlier {
    pub(crate) on: String,
    pub(crate) of: String,
    pub(crate) since: String,
    pub(crate) attempts: String,
    pub(crate) yes: String,
    /// The evidence then, and what it had to reach.
    pub(crate) evidence: String,
    pub(crate) withdrawn: bool,
}

impl LuckView {
    /// Puts it in words, seen from `today`.
    pub(crate) fn of(page: &Page, luck: &Luck, today: Date) -> Self {
        let (verdict, says) = verdict(page, luck, today);
        Self {
            verdict,
            says,
            chart: super::runs::RunChart::of(luck),
            notes: notes(page, luck),
            earlier: luck
                .alarms
                .iter()
                .filter(|alarm| !stands(alarm))
                .map(|alarm| earlier(alarm, today))
                .collect(),
        }
    }
}

/// Whether an alarm says something of now.
fn stands(alarm: &AlarmLine) -> bool {
    alarm.current && !alarm.withdrawn
}

fn verdict(page: &Page, luck: &Luck, today: Date) -> (String, Vec<String>) {
    let run = luck.run.current;
    let mut says = Vec::new();
    let standing = standing(luck);
    let verdict = if let Some(line) = alarm_verdict(&standing) {
        says.extend(standing.iter().map(|alarm| alarm_line(alarm, today)));
        says.push(format!(
            "The watch is wrong no more than once in {} attempts on average, so it may still be luck.",
            said::about(luck.watch.promise)
        ));
        line
    } else if luck.watch.in_this_run {
        says.push(
            "The slump watch would have raised it within this run. What comes in when it is more \
             than thirty days old is not announced."
                .into(),
        );
        "This looks like more than luck.".into()
    } else if luck.in_order < P_NEXT_K_ALL_NO.smallest {
        says.push(so_far(page, luck.rate));
        return (too_few(page, luck), says);
    } else if page.yes == 0 {
        says.push(format!(
            "{} without a yes allow any rate up to {}. A slump is a drop from a rate there was, \
             and there is none to compare with.",
            said::count(page.attempts, "attempt"),
            up_to(luck.rate, page.attempts)
        ));
        return ("No yes yet: luck or not cannot be told.".into(), says);
    } else if run == 0 {
        says.push(if page.yes == page.attempts {
            format!(
                "There is no run to judge. All {} were a yes.",
                said::count(page.attempts, "attempt")
            )
        } else {
            "There is no run to judge, and the slump watch is quiet.".into()
        });
        return ("Your last attempt was a yes.".into(), says);
    } else if month_chance(luck).is_some_and(|chance| chance < said::UNUSUAL) {
        "Unusual, and still too little to call it a slump.".into()
    } else {
        "Luck, as far as anyone can tell.".into()
    };
    says.extend(this_run(page, luck));
    (verdict, says)
}

/// Alarms that say something of now: over all attempts first, and the newest of each segment.
fn standing(luck: &Luck) -> Vec<&AlarmLine> {
    let mut standing: Vec<&AlarmLine> = Vec::new();
    for alarm in luck.alarms.iter().filter(|alarm| stands(alarm)) {
        if !standing.iter().any(|known| known.segment == alarm.segment) {
            standing.push(alarm);
        }
    }
    standing.sort_by_key(|alarm| alarm.segment.is_some());
    standing
}

/// The line over alarms that stand.
fn alarm_verdict(standing: &[&AlarmLine]) -> Option<String> {
    if let Some(alarm) = standing.iter().find(|alarm| alarm.segment.is_none()) {
        return Some(if alarm.yes_since {
            "More than luck, it seemed. A yes has come since.".into()
        } else {
            "This looks like more than luck.".into()
        });
    }
    let mut names: Vec<&str> = standing
        .iter()
        .filter_map(|alarm| alarm.segment.as_deref())
        .collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| {
        format!(
            "In {}, this looks like more than luck.",
            said::quoted(&names)
        )
    })
}

/// `From about 3 to 20 November, 140 attempts brought 2 yeses; then the slump watch raised it.`
fn alarm_line(alarm: &AlarmLine, today: Date) -> String {
    let attempts = said::count(alarm.asks, "attempt");
    let brought = said::yeses(alarm.yes);
    let of = match &alarm.segment {
        Some(name) => format!(" among “{name}”"),
        None => String::new(),
    };
    let then = said::from_to(alarm, today);
    format!("{then}, {attempts}{of} brought {brought}; then the slump watch raised it.")
}

fn too_few(page: &Page, luck: &Luck) -> String {
    let all = luck.in_order == page.attempts;
    let with_a_day = if all { "" } else { " with a date" };
    format!(
        "Not enough attempts to tell luck from a slump. You have {}{with_a_day}.",
        said::n(luck.in_order)
    )
}

/// What there is, and from how many more is said.
fn so_far(page: &Page, rate: Range) -> String {
    let have = format!(
        "{}, {}",
        said::count(page.attempts, "attempt"),
        said::yeses(page.yes)
    );
    let runs = P_NEXT_K_ALL_NO.smallest;
    if page.attempts < RATE.smallest {
        return format!(
            "{have} so far. A rate is said from {} attempts on, runs are judged from {runs}.",
            RATE.smallest
        );
    }
    let (low, high) = (said::hundredths(rate.low), said::hundredths(rate.high));
    format!(
        "{have}: the data allow a rate from {low} to {high} in 100. Runs are judged from {runs} attempts on."
    )
}

/// `9 in 100`, rounded up to what is certainly allowed.
fn up_to(rate: Range, attempts: u64) -> String {
    let (number, of) = said::rate(rate.high, attempts);
    format!("{number} in {of}")
}

/// Chance of the present run in a month, where a month is long enough to hold it.
fn month_chance(luck: &Luck) -> Option<f64> {
    let now = luck.now?;
    (luck.in_month >= luck.run.current).then_some(now.month)
}

/// The two chances of this run, told apart, and how big a slump could hide in it.
fn this_run(page: &Page, luck: &Luck) -> Vec<String> {
    let run = luck.run.current;
    if run == 0 {
        return Vec::new();
    }
    // Where no month is full enough to speak of one, these tries can still be spoken of.
    let these = luck.now.map_or(luck.run.p_current, |now| now.these);
    let (number, of) = said::rate(luck.rate.mean, page.attempts);
    let yes = if number == "1" { "yes" } else { "yeses" };
    let mut text = format!("At {number} {yes} in {of}, ");
    text.push_str(&if run == 1 {
        format!("the try behind you comes up empty {}.", said::times(these))
    } else {
        format!(
            "the {} tries behind you come up empty {}.",
            said::n(run),
            said::times(these)
        )
    });
    if let Some(chance) = month_chance(luck) {
        text.push_str(&format!(
            " Somewhere in a month of {}, a run that long turns up {}.",
            tries(luck.in_month),
            said::times(chance)
        ));
    } else if luck.in_month > 0 && luck.in_month < run {
        text.push_str(&format!(
            " The thirty days up to your last attempt hold {}, fewer than this run.",
            tries(luck.in_month)
        ));
    }
    let mut says = vec![text];
    // Where the watch has spoken, what it could have missed is beside the point.
    if !luck
        .alarms
        .iter()
        .any(|alarm| stands(alarm) && alarm.segment.is_none())
    {
        says.extend(missed(luck));
    }
    says
}

fn missed(luck: &Luck) -> Option<String> {
    let run = luck.run.current;
    if let Some(left) = luck.watch.noticeable {
        return Some(format!(
            "Had your rate dropped to {} or less when this run began, the slump watch would \
             typically have noticed by now. A milder drop could still hide.",
            left_of_it(left)
        ));
    }
    WATCHED.contains(&luck.rate.mean).then(|| {
        format!(
            "Had a slump begun with this run, even a drop to a fifth of your rate would typically \
             not show within {}.",
            tries(run)
        )
    })
}

/// What is left of a rate, in words where there is a word.
fn left_of_it(part: f64) -> String {
    let word = [
        (0.2, "a fifth"),
        (0.25, "a quarter"),
        (1.0 / 3.0, "a third"),
        (0.35, "a third"),
        (0.5, "half"),
        (0.65, "two thirds"),
        (2.0 / 3.0, "two thirds"),
        (0.75, "three quarters"),
        (0.8, "four fifths"),
    ]
    .into_iter()
    .find(|(at, _)| (part - at).abs() < 0.012);
    match word {
        Some((_, word)) => format!("about {word} of what it was"),
        None => format!("{} of what it was", said::in_100(part)),
    }
}

fn tries(count: u64) -> String {
    match count {
        1 => "1 try".into(),
        many => format!("{} tries", said::n(many)),
    }
}

fn notes(page: &Page, luck: &Luck) -> Vec<String> {
    let mut notes = Vec::new();
    if page.attempts >= RATE.smallest {
        notes.push(format!(
            "Your rate is {}. From {}, {} of them yes.",
            said::rate_and_range(luck.rate, page.attempts),
            said::count(page.attempts, "attempt"),
            match page.yes {
                0 => "none".into(),
                yes => said::n(yes),
            }
        ));
    }
    notes.push(watch(luck));
    if page.attempts >= TRIES_TO_NEXT_YES.smallest {
        notes.push(next_yes(luck));
    }
    if luck.in_order >= P_NEXT_K_ALL_NO.smallest && page.yes > 0 && luck.run.longest > 0 {
        notes.push(format!(
            "The longest run so far was {}. Somewhere in {}, one that long or longer turns up {}.",
            said::n(luck.run.longest),
            tries(luck.in_order),
            said::times(luck.run.p_longest)
        ));
    }
    notes.extend(undated(page, luck));
    notes
}

/// How patient the watch is, and what that costs.
fn watch(luck: &Luck) -> String {
    let watch = &luck.watch;
    let raised = luck.watch.in_this_run || luck.alarms.iter().any(stands);
    let mut text = String::from(if raised {
        "The slump watch raises a false alarm"
    } else {
        "The slump watch is quiet. It raises a false alarm"
    });
    text.push_str(&format!(
        " no more than once in {} attempts on average",
        said::about(watch.promise)
    ));
    text.push_str(&match watch.streams {
        0 | 1 => String::from("; the price is patience."),
        2 => ", over all attempts and one segment together; the price is patience.".into(),
        streams => format!(
            ", over all attempts and {} segments together; the price is patience.",
            said::n(streams - 1)
        ),
    });
    // How soon it would notice a drop is beside the point once it has.
    if raised {
        return text;
    }
    text.push_str(&match (watch.halved, watch.third) {
        (Some(halved), Some(third)) => format!(
            " If your rate halved today it would typically need about {} attempts to say so. A \
             drop of a third would need about {}.",
            said::about(halved),
            said::about(third)
        ),
        (Some(halved), None) => format!(
            " If your rate halved today it would typically need about {} attempts to say so. A \
             drop of a third may not be noticed at all.",
            said::about(halved)
        ),
        (None, _) if luck.in_order < WATCHED_FROM => {
            " How soon it would notice a drop cannot be said from so few.".into()
        }
        (None, _) if !WATCHED.contains(&luck.rate.mean) => {
            " How soon it would notice a drop is known for rates from 1 to 50 in 100 only.".into()
        }
        (None, _) => {
            " With what it has seen so far, even a drop to half may not be noticed at all.".into()
        }
    });
    text
}

fn next_yes(luck: &Luck) -> String {
    let next = luck.next_yes;
    let whole = |number: f64| number.is_finite().then_some(number.max(1.0) as u64);
    let (median, low, high) = (
        whole(next.median.0),
        whole(next.low80.0),
        whole(next.high80.0),
    );
    let (Some(median), Some(low)) = (median, low) else {
        return "Next yes: no end in sight from so few yeses, so no number is said.".into();
    };
    let within = match median {
        1 => "the next attempt is a yes at even odds or better".to_owned(),
        many => format!("even odds within {} attempts", said::n(many)),
    };
    let range = match high {
        Some(high) if high == low => format!("8 in 10 at the {}", said::ordinal(low)),
        Some(high) => format!(
            "8 in 10 between the {} and the {}",
            said::ordinal(low),
            said::ordinal(high)
        ),
        None => format!(
            "8 in 10 from the {} on, with no end in sight from so few yeses",
            said::ordinal(low)
        ),
    };
    format!("Next yes: {within}, {range}. If this is luck, the run before it makes no difference.")
}

/// What attempts without a date are and are not in.
fn undated(page: &Page, luck: &Luck) -> Option<String> {
    if page.undated == 0 {
        return None;
    }
    if page.undated >= page.attempts {
        return Some(if luck.in_order == 0 {
            "None of your attempts has a date, so there are no runs to judge.".into()
        } else {
            "None of your attempts has a date, so runs follow the order of the file they came in."
                .into()
        });
    }
    let verb = if page.undated == 1 { "counts" } else { "count" };
    Some(format!(
        "{} without a date {verb} in rates, not in runs.",
        said::n(page.undated)
    ))
}

fn earlier(alarm: &AlarmLine, today: Date) -> Earlier {
    let day =
        |day: Option<Date>| day.map_or_else(|| "no date".into(), |day| words::day(day, today));
    Earlier {
        on: day(alarm.on),
        of: alarm
            .segment
            .clone()
            .unwrap_or_else(|| "All attempts".into()),
        since: day(alarm.since),
        attempts: said::n(alarm.asks),
        yes: said::n(alarm.yes),
        evidence: format!(
            "{} of {}",
            said::about(alarm.evidence),
            said::about(alarm.threshold)
        ),
        withdrawn: alarm.withdrawn,
    }
}
