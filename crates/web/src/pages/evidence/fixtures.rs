//! A page to try words on: 1,516 attempts in 90 days, 91 of them yes, 31 tries since the last one.

use app::evidence::{
    Barrier, Barriers, By, Chance, Forecasts, Group, Luck, NextYes, Number, Page, Range,
    ReasonLine, Run, Step, Watch,
};
use jiff::civil::date;

/// Chances of runs up to `end` at a rate, with a month that holds many.
pub(crate) fn chances(rate: f64, end: u64) -> Vec<Chance> {
    (0..=end)
        .map(|run| {
            let these = (1.0 - rate).powf(run as f64);
            Chance {
                run,
                these,
                month: 1.0 - (1.0 - these).powf(504.0 * rate),
            }
        })
        .collect()
}

pub(crate) fn luck() -> Luck {
    let chances = chances(0.06, 120);
    Luck {
        in_order: 1_516,
        rate: Range {
            mean: 0.060,
            low: 0.049,
            high: 0.073,
        },
        run: Run {
            current: 31,
            longest: 64,
            p_current: chances[31].these,
            p_longest: 0.63,
        },
        next_yes: NextYes {
            median: Number(12.0),
            low80: Number(2.0),
            high80: Number(38.0),
            mean: Number(17.0),
        },
        in_month: 504,
        now: Some(chances[31]),
        chances,
        watch: Watch {
            evidence: 12.0,
            promise: 5_000.0,
            threshold: 30_000.0,
            streams: 6,
            halved: Some(334.0),
            third: Some(668.0),
            noticeable: None,
            in_this_run: false,
        },
        alarms: Vec::new(),
    }
}

pub(crate) fn page() -> Page {
    Page {
        attempts: 1_516,
        yes: 91,
        answered: 900,
        waiting: 0,
        undated: 0,
        first: Some(date(2026, 8, 22)),
        last: Some(date(2026, 11, 19)),
        luck: Some(luck()),
        by: By::Segment,
        rates: Vec::new(),
        segments: Vec::new(),
        segment: None,
        tries: Vec::new(),
        barriers: Barriers::default(),
        forecasts: Forecasts {
            n: 1_516,
            log_loss: None,
            log_loss_of_rate: None,
            ece: None,
            tells: false,
        },
    }
}

pub(crate) fn group(name: &str, yes: u64, attempts: u64, rate: (f64, f64, f64)) -> Group {
    Group {
        name: name.into(),
        attempts,
        yes,
        rate: Range {
            mean: rate.0,
            low: rate.1,
            high: rate.2,
        },
        answered: attempts / 2,
        rate_answered: None,
    }
}

pub(crate) fn step(attempt: u32, yes: u64, at_risk: u64, survival: f64) -> Step {
    let wilson = evidence::Counts::new(yes, at_risk)
        .expect("no more yeses than tries")
        .wilson();
    let ends = survival > 0.0 && survival < 1.0;
    let hazard = yes as f64 / at_risk as f64;
    Step {
        attempt,
        at_risk,
        yes,
        hazard,
        low: wilson.low,
        high: wilson.high,
        smoothed: hazard,
        survival,
        survival_low: ends.then_some(survival - 0.01),
        survival_high: ends.then_some((survival + 0.01).min(1.0)),
    }
}

/// A reason that `said` prospects gave and `guessed` guesses name.
pub(crate) fn barrier(label: &str, said: u64, guessed: u64, p_costliest: f64) -> Barrier {
    let line = |n: u64, said_by: &str| {
        (n > 0).then(|| ReasonLine {
            code: label.into(),
            said_by: said_by.into(),
            n,
            share: 0.0,
            low: 0.0,
            high: 0.0,
            cost: None,
            p_costliest,
        })
    };
    Barrier {
        label: label.into(),
        said: line(said, "prospect"),
        guess: line(guessed, "seller_guess"),
        third_party: None,
    }
}
