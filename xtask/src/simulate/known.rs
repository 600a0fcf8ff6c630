//! The rate is known: how soon a drop is noticed, beside the detector that also knows the drop.

use evidence::watch::Promise;

use super::detector::{Cusum, Detector, MOST, Ours, false_alarms_apart};
use super::runs::{Coin, Mean, nth, runs};
use super::table::{Answer, Bar, whole};

const RATES: [f64; 5] = [0.02, 0.05, 0.1, 0.2, 0.3];
const DROPS: [f64; 2] = [0.5, 0.7];
const PROMISE: f64 = 5_000.0;
/// Trials before the change where it comes late.
const CALM: u64 = 1_000;
/// Per cent by which the watch may be slower: with the change after a calm time, and at once.
const LATE: f64 = 7.0;
const AT_ONCE: f64 = 17.0;

pub(super) fn answer(scale: usize, seed: u64) -> Answer {
    let count = 20_000 / scale;
    let mut answer = Answer::new(
        "A known rate: how soon a drop is noticed",
        format!(
            "The watch is told the rate (a prior worth ten million trials) and promises one false alarm in \
             {} attempts. Beside it stands the CUSUM that is also told the size of the drop, tuned to the same \
             promise: nothing can be quicker in the worst case. *Late*: the drop comes after {} attempts, \
             runs with an alarm before are left out. *At once*: it comes with the first attempt. Delays are mean \
             attempts until the alarm; {} runs a figure (error of a delay about 0.6 %). Bars: at most \
             +{LATE} % late, at most +{AT_ONCE} % at once.",
            whole(PROMISE),
            whole(CALM as f64),
            whole(count as f64),
        ),
        &[
            "rate",
            "drop to",
            "CUSUM: apart",
            "watch: apart",
            "late: CUSUM",
            "watch",
            "slower by",
            "bar",
            "at once: CUSUM",
            "watch",
            "slower by",
            "bar",
            "late, as rare",
        ],
    );
    let promise = Promise::new(PROMISE).expect("a promise");
    let mut setting = 0;
    for rate in RATES {
        let ours = Ours::knowing(rate, promise);
        let apart = false_alarms_apart(ours, rate, count, nth(seed, setting));
        for left in DROPS {
            setting += 1;
            let seed = nth(seed, setting);
            let (cusum, cusum_apart) = Cusum::tuned(rate, left, PROMISE, count, nth(seed, 0));
            let mut cells = vec![
                rate.to_string(),
                format!("x {left}"),
                whole(cusum_apart.is),
                whole(apart.is),
            ];
            for (when, calm, bar) in [("late", CALM, LATE), ("at once", 0, AT_ONCE)] {
                let seed = nth(seed, 1 + calm);
                let best = delay(cusum, rate, left, calm, count, seed);
                let watch = delay(ours, rate, left, calm, count, seed);
                let slower = 100.0 * (watch.is / best.is - 1.0);
                let what = format!("{rate} x {left} {when}, per cent");
                cells.extend([
                    format!("{:.1}", best.is),
                    format!("{:.1}", watch.is),
                    format!("{slower:+.1} %"),
                    answer.judge(&what, slower, Bar::AtMost(bar), 1),
                ]);
            }
            let (as_rare, _) = Cusum::tuned(rate, left, apart.is, count, nth(seed, 0));
            let late = nth(seed, 1 + CALM);
            let best = delay(as_rare, rate, left, CALM, count, late);
            let watch = delay(ours, rate, left, CALM, count, late);
            cells.push(format!("{:+.1} %", 100.0 * (watch.is / best.is - 1.0)));
            answer.row(cells);
        }
    }
    answer.note = format!(
        "*Apart* is the mean number of attempts between false alarms, {} promised; the watch raises them more seldom \
         than it promises where rates are high, and is the slower for it. *Late, as rare* is how much slower it is \
         than a CUSUM whose false alarms are as far apart as its own. The error of *slower by* is about 0.7.",
        whole(PROMISE)
    );
    answer
}

/// Mean trials from a drop to the alarm, over runs that were calm until then.
fn delay(
    detector: impl Detector,
    rate: f64,
    left: f64,
    calm: u64,
    count: usize,
    seed: u64,
) -> Mean {
    let (before, after) = (Coin::new(rate), Coin::new(rate * left));
    let delays = runs(count, seed, |rng| {
        let calm = detector.calm(before, calm, rng)?;
        Some(calm.trials_to_alarm(after, MOST, rng) as f64)
    });
    Mean::of(&delays.into_iter().flatten().collect::<Vec<_>>())
}
