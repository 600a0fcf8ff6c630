//! Many streams watched at once: does the shared promise hold for all of them together?

use evidence::Beta;
use evidence::watch::Promise;

use super::detector::{Detector, Ours};
use super::runs::{Coin, Mean, nth, runs};
use super::segments::drawn;
use super::table::{Answer, Bar, whole};

const STREAMS: usize = 5_000;
const TRIALS: u64 = 10_000;
const PROMISE: f64 = 5_000.0;
/// How many times all streams are gone through.
const WORLDS: usize = 20;

pub(super) fn answer(scale: usize, seed: u64) -> Answer {
    let worlds = (WORLDS / scale).max(2);
    let mut answer = Answer::new(
        "5,000 streams: the shared promise",
        format!(
            "{} streams with rates of their own are watched for {} attempts each, all without a change, with one \
             promise of {} shared by all (each stream then promises {}). False alarms over all streams together \
             may be no more than one stream alone would raise in {} attempts: {}. Mean of {worlds} rounds, \
             {} attempts in all. The prior given to the watch is 1, 9.",
            whole(STREAMS as f64),
            whole(TRIALS as f64),
            whole(PROMISE),
            whole(PROMISE * STREAMS as f64),
            whole(TRIALS as f64),
            TRIALS as f64 / PROMISE,
            whole((worlds * STREAMS) as f64 * TRIALS as f64),
        ),
        &[
            "rates drawn from",
            "false alarms a round",
            "error",
            "most in a round",
            "may be",
            "bar",
        ],
    );
    let prior = Beta::new(1.0, 9.0).expect("a prior");
    let shared = Promise::new(PROMISE)
        .expect("a promise")
        .shared_by(STREAMS as u64);
    let populations = [
        ("Beta(1, 9), the prior itself", 1.0, 9.0),
        ("Beta(2, 20), nearer together", 2.0, 20.0),
        ("Beta(1, 19), half the prior's mean", 1.0, 19.0),
        ("Beta(2, 8), twice the prior's mean", 2.0, 8.0),
    ];
    for (setting, (name, a, b)) in populations.into_iter().enumerate() {
        let population = Beta::new(a, b).expect("a population");
        let alarms = runs(worlds * STREAMS, nth(seed, setting as u64), |rng| {
            let coin = Coin::new(drawn(population, rng));
            let mut ours = Ours::new(prior, shared);
            let mut alarms = 0;
            for _ in 0..TRIALS {
                if ours.push(coin.toss(rng)) {
                    alarms += 1;
                    ours.restart();
                }
            }
            alarms
        });
        let rounds: Vec<f64> = alarms
            .chunks(STREAMS)
            .map(|round| f64::from(round.iter().sum::<u32>()))
            .collect();
        let mean = Mean::of(&rounds);
        let may = TRIALS as f64 / PROMISE;
        let verdict = answer.judge(name, mean.is, Bar::AtMost(may), 2);
        answer.row([
            name.into(),
            format!("{:.2}", mean.is),
            format!("{:.2}", mean.error),
            format!("{:.0}", rounds.iter().copied().fold(0.0, f64::max)),
            format!("{may}"),
            verdict,
        ]);
    }
    answer
}
