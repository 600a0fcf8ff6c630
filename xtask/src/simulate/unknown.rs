//! The rate is learnt: are false alarms as rare as promised?

use evidence::watch::Promise;

use super::detector::{Detector, MOST, Ours, believing};
use super::runs::{Coin, Mean, nth, runs};
use super::table::{Answer, Bar, whole};

const RATES: [f64; 5] = [0.02, 0.05, 0.1, 0.2, 0.3];
const BASELINES: [u64; 6] = [0, 30, 100, 300, 1_000, 3_000];
const PROMISE: f64 = 5_000.0;
/// What the prior is worth, in trials.
const WORTH: f64 = 10.0;
/// Mean of the prior over the rate, with the least that false alarms may be apart (in promises)
/// and the most that may come within a fifth of a promise.
const PRIORS: [(&str, f64, f64, f64); 3] = [
    ("right", 1.0, 1.0, 0.16),
    ("twice too high", 2.0, 0.94, 0.21),
    ("half too low", 0.5, 0.94, 0.21),
];

pub(super) fn answer(scale: usize, seed: u64) -> Answer {
    let count = 20_000 / scale;
    let mut answer = Answer::new(
        "A rate that is learnt: how often there is a false alarm",
        format!(
            "The watch begins with a prior worth {WORTH} attempts whose mean is the rate, twice the rate or half of \
             it, learns from *seen* attempts, then watches; the rate never changes. *Apart*: mean attempts to the \
             (false) alarm, {} promised (error about 0.7 %). *Early*: share of runs with one in the first {}. {} \
             runs a figure. Bars: apart at least {} with the right prior and {} otherwise; early at most .16 with \
             the right prior and .21 otherwise.",
            whole(PROMISE),
            whole(PROMISE / 5.0),
            whole(count as f64),
            whole(PROMISE),
            whole(0.94 * PROMISE),
        ),
        &[
            "rate",
            "seen",
            "right: apart",
            "early",
            "twice too high: apart",
            "early",
            "half too low: apart",
            "early",
            "bars",
        ],
    );
    let promise = Promise::new(PROMISE).expect("a promise");
    let (mut setting, mut given_up) = (0, 0);
    for rate in RATES {
        let coin = Coin::new(rate);
        for seen in BASELINES {
            let mut cells = vec![rate.to_string(), whole(seen as f64)];
            let mut verdicts = Vec::new();
            for (name, times, least, most) in PRIORS {
                setting += 1;
                let ours = Ours::new(believing(times * rate, WORTH), promise);
                let trials = runs(count, nth(seed, setting), |rng| {
                    let watching = ours.after_baseline(coin, seen, rng);
                    watching.trials_to_alarm(coin, MOST, rng) as f64
                });
                given_up += trials.iter().filter(|t| **t >= MOST as f64).count();
                let apart = Mean::of(&trials);
                let early = Mean::share(trials.iter().map(|t| *t <= PROMISE / 5.0));
                cells.extend([whole(apart.is), format!("{:.3}", early.is)]);
                let what = format!("{rate}, {seen} seen, prior {name}");
                let bar = Bar::AtLeast(least * PROMISE);
                verdicts.push(answer.judge(&format!("{what}, apart"), apart.is, bar, 0));
                let bar = Bar::AtMost(most);
                verdicts.push(answer.judge(&format!("{what}, early"), early.is, bar, 3));
            }
            verdicts.retain(|verdict| verdict != "met");
            cells.push(if verdicts.is_empty() {
                "met".into()
            } else {
                verdicts.join("; ")
            });
            answer.row(cells);
        }
    }
    if given_up > 0 {
        answer.note = format!(
            "{given_up} runs were given up after {} attempts without an alarm and count as that many.",
            whole(MOST as f64)
        );
    }
    answer
}
