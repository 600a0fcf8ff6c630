//! The honest line: how ordinary the run since the last yes is, in a sentence or two.
//!
//! Two chances are told apart: that as many tries all end without a yes, and that a month holds such a
//! run somewhere. It comforts only where that is true, and says so where it is not.

use app::evidence::{AlarmLine, Glance, Odds};
use app::today::{Run, Sample};
use jiff::civil::Date;

use crate::pages::evidence::said;
use crate::words;

/// Where that many tries end without a yes at least as often as not, a month says nothing more.
const ORDINARY: f64 = 0.5;

/// What is said plainly of the run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plainly {
    pub(crate) text: String,
    /// Whether there is more to say than fits here, and Evidence says it.
    pub(crate) see_evidence: bool,
    /// Tries of what is called a month, where one is spoken of.
    pub(crate) month_of: Option<u64>,
}

impl Plainly {
    fn enough(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            see_evidence: false,
            month_of: None,
        }
    }

    fn and_more(text: impl Into<String>) -> Self {
        Self {
            see_evidence: true,
            ..Self::enough(text)
        }
    }

    /// What the attempts carry; nothing where there is no run, or nothing to hold it against.
    pub(crate) fn of(
        run: &Run,
        sample: Sample,
        glance: &Glance,
        few: i64,
        today: Date,
    ) -> Option<Self> {
        if let Some(alarm) = &glance.alarm {
            return Some(Self::and_more(raised(alarm, today)));
        }
        if sample.attempts < few {
            return Some(Self::enough(
                "That is too few to tell more than what happened.",
            ));
        }
        let odds = glance.odds?;
        if sample.yes == 0 {
            return Some(Self::enough(without_a_rate(sample, odds)));
        }
        (run.since_yes > 0).then(|| how_ordinary(run.since_yes, sample, odds))
    }
}

/// `From about 3 to 20 November, 140 attempts brought 2 yeses. This looks like more than luck.`
fn raised(alarm: &AlarmLine, today: Date) -> String {
    let attempts = said::count(alarm.asks, "attempt");
    let brought = said::yeses(alarm.yes);
    let then = said::from_to(alarm, today);
    let now = if alarm.yes_since {
        "A yes has come since."
    } else {
        "This looks like more than luck."
    };
    format!("{then}, {attempts} brought {brought}. {now}")
}

fn without_a_rate(sample: Sample, odds: Odds) -> String {
    let (number, of) = said::rate(odds.rate.high, sample.attempts.unsigned_abs());
    format!(
        "No yes yet, so luck or not cannot be told: {} allow any rate up to {number} in {of}.",
        words::count(sample.attempts, "attempt")
    )
}

fn how_ordinary(run: i64, sample: Sample, odds: Odds) -> Plainly {
    let (number, of) = said::rate(odds.rate.mean, sample.attempts.unsigned_abs());
    let times = said::times(odds.these);
    let tries = match run {
        1 => format!("one try brings no yes {times}"),
        many => format!(
            "{} tries in a row bring no yes {times}",
            words::number(many)
        ),
    };
    let these = format!("At your rate of {number} in {of}, {tries}.");
    if odds.these >= ORDINARY {
        return Plainly::enough(these);
    }
    let plainly = match odds.month {
        Some(month) if month < said::UNUSUAL => Plainly::and_more(format!(
            "{these} A month hardly ever holds a run this long."
        )),
        Some(month) => Plainly::enough(format!("{these} {} a run this long.", months(month))),
        None if odds.these < said::UNUSUAL => Plainly::and_more(these),
        None => Plainly::enough(these),
    };
    Plainly {
        month_of: odds.month.map(|_| odds.in_month),
        ..plainly
    }
}

/// How many months hold one: `Nearly every month holds`, `About one month in three holds`.
fn months(chance: f64) -> &'static str {
    const HOLD: [(f64, &str); 12] = [
        (0.90, "Nearly every month holds"),
        (0.80, "Most months hold"),
        (0.71, "About three months in four hold"),
        (0.58, "About two months in three hold"),
        (0.42, "About every second month holds"),
        (0.29, "About one month in three holds"),
        (0.225, "About one month in four holds"),
        (0.18, "About one month in five holds"),
        (0.145, "About one month in six holds"),
        (0.11, "About one month in eight holds"),
        (0.08, "About one month in ten holds"),
        (0.058, "About one month in fifteen holds"),
    ];
    HOLD.iter()
        .find(|(least, _)| chance >= *least)
        .map_or("About one month in twenty holds", |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::evidence::Range;
    use evidence::{Beta, Counts, Rate, runs};
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 19);

    fn run(since_yes: i64, ever_yes: bool) -> Run {
        Run {
            since_yes,
            marks: Vec::new(),
            more: since_yes,
            ever_yes,
        }
    }

    fn sample(attempts: i64, yes: i64) -> Sample {
        Sample {
            attempts,
            waiting: 0,
            yes,
        }
    }

    /// As the acts work it out, from so many attempts and so many of them in the last thirty days.
    fn glance(attempts: i64, yes: i64, run: u64, in_month: u64) -> Glance {
        let counts = Counts::new(yes.unsigned_abs(), attempts.unsigned_abs()).expect("counts");
        let belief = Beta::JEFFREYS.after(counts);
        let rate = Rate::new(belief.mean()).expect("a rate");
        Glance {
            odds: Some(Odds {
                rate: Range {
                    mean: belief.mean(),
                    low: belief.interval().low,
                    high: belief.interval().high,
                },
                these: runs::p_next_k_all_no(rate, run),
                in_month,
                month: (in_month >= run.max(20)).then(|| runs::p_longest_ge_k(rate, in_month, run)),
            }),
            alarm: None,
        }
    }

    fn said_of(since: i64, attempts: i64, yes: i64, in_month: u64) -> Option<Plainly> {
        let glance = glance(attempts, yes, since.unsigned_abs(), in_month);
        let run = run(since, yes > 0);
        Plainly::of(&run, sample(attempts, yes), &glance, 20, TODAY)
    }

    fn line(since: i64, attempts: i64, yes: i64, in_month: u64) -> String {
        let plainly = said_of(since, attempts, yes, in_month).expect("a line");
        assert!(!plainly.see_evidence, "{plainly:?}");
        plainly.text
    }

    #[test]
    fn an_ordinary_run_is_called_ordinary() {
        assert_eq!(
            line(31, 1_516, 91, 504),
            "At your rate of 6 in 100, 31 tries in a row bring no yes 15 times in 100. \
             Nearly every month holds a run this long."
        );
        assert_eq!(
            line(1, 1_516, 91, 504),
            "At your rate of 6 in 100, one try brings no yes 94 times in 100."
        );
        // Half of the time: a month would say nothing more.
        assert!(line(11, 1_516, 91, 504).ends_with("50 times in 100."));
        assert!(line(12, 1_516, 91, 504).contains("47 times in 100. Nearly every month"));
    }

    #[test]
    fn the_longer_the_run_the_rarer_the_months_that_hold_it() {
        let all = [
            (46, "Most months hold"),
            (51, "About three months in four hold"),
            (57, "About two months in three hold"),
            (62, "About every second month holds"),
            (69, "About one month in three holds"),
            (75, "About one month in four holds"),
            (79, "About one month in five holds"),
            (82, "About one month in six holds"),
            (86, "About one month in eight holds"),
            (91, "About one month in ten holds"),
            (96, "About one month in fifteen holds"),
            (99, "About one month in twenty holds"),
        ];
        for (since, words) in all {
            let text = line(since, 1_516, 91, 504);
            assert!(text.contains(words), "{since}: {text}");
        }
    }

    #[test]
    fn no_comfort_where_there_is_none() {
        let rare = said_of(120, 1_516, 91, 504).expect("a line");
        assert!(rare.see_evidence && rare.month_of == Some(504));
        assert_eq!(
            rare.text,
            "At your rate of 6 in 100, 120 tries in a row bring no yes less than once in 100. \
             A month hardly ever holds a run this long."
        );
        // No month is that full, so that only the tries themselves are spoken of.
        let quiet = said_of(60, 1_516, 91, 40).expect("a line");
        assert!(
            quiet.see_evidence && !quiet.text.contains("month"),
            "{quiet:?}"
        );
        assert_eq!(quiet.month_of, None);
        assert!(!line(31, 1_516, 91, 25).contains("month"));
    }

    #[test]
    fn few_attempts_tell_what_happened_and_no_more() {
        let few = Some(Plainly::enough(
            "That is too few to tell more than what happened.",
        ));
        for (since, attempts, yes) in [(1, 1, 0), (0, 1, 1), (2, 5, 1), (19, 19, 0)] {
            assert_eq!(said_of(since, attempts, yes, 19), few, "{attempts}");
        }
        let nothing = Glance {
            odds: None,
            alarm: None,
        };
        assert_eq!(
            Plainly::of(&run(0, false), sample(0, 0), &nothing, 20, TODAY),
            few
        );
    }

    #[test]
    fn never_a_yes_and_always_one() {
        assert_eq!(
            line(40, 40, 0, 40),
            "No yes yet, so luck or not cannot be told: 40 attempts allow any rate up to 6 in 100."
        );
        assert_eq!(said_of(0, 24, 24, 24), None);
        // One yes, long ago.
        assert!(line(24, 25, 1, 25).starts_with("At your rate of 6 in 100, 24 tries in a row"));
    }

    #[test]
    fn an_alarm_is_said_whatever_the_run_is() {
        let alarm = AlarmLine {
            segment: None,
            on: Some(date(2026, 11, 17)),
            since: Some(date(2026, 11, 3)),
            asks: 140,
            yes: 2,
            evidence: 2_100.0,
            threshold: 2_000.0,
            withdrawn: false,
            current: true,
            yes_since: false,
        };
        let glance = Glance {
            alarm: Some(alarm.clone()),
            ..glance(1_516, 91, 0, 504)
        };
        let text = "From about 3 November to 17 November, 140 attempts brought 2 yeses. \
                    This looks like more than luck.";
        for since in [0, 31] {
            assert_eq!(
                Plainly::of(&run(since, true), sample(1_516, 91), &glance, 20, TODAY),
                Some(Plainly::and_more(text))
            );
        }
        let alarm = AlarmLine {
            since: None,
            yes: 0,
            ..alarm
        };
        assert_eq!(
            raised(&alarm, TODAY),
            "Until 17 November, 140 attempts brought no yes. This looks like more than luck."
        );
        let alarm = AlarmLine {
            yes_since: true,
            ..alarm
        };
        assert!(raised(&alarm, TODAY).ends_with("A yes has come since."));
    }

    #[test]
    fn while_much_is_still_to_be_folded_nothing_is_said() {
        let behind = Glance {
            odds: None,
            alarm: None,
        };
        assert_eq!(
            Plainly::of(&run(31, true), sample(1_516, 91), &behind, 20, TODAY),
            None
        );
    }
}
