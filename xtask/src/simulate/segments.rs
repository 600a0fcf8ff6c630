//! True rates of segments: do the intervals cover as often as they say?

use evidence::{Beta, Counts, rates};
use fastrand::Rng;

use super::runs::{Coin, Mean, nth, runs};
use super::table::{Answer, Bar};

/// Groups, attempts in each, rounds, and the error that full Bayes had when the method was chosen.
const SETTINGS: [(usize, u64, usize, f64); 4] = [
    (5, 20, 2_400, 0.0537),
    (12, 30, 1_200, 0.0431),
    (12, 200, 1_200, 0.0202),
    (50, 30, 500, 0.0411),
];

/// A rate drawn from a population.
pub(super) fn drawn(population: Beta, rng: &mut Rng) -> f64 {
    population.quantile(rng.f64().clamp(1e-12, 1.0 - 1e-12))
}

/// Of one round: share of groups whose interval covers the truth and mean square error, for ours
/// and for each group taken alone.
struct Round {
    covered: [f64; 2],
    square: [f64; 2],
}

pub(super) fn answer(scale: usize, seed: u64) -> Answer {
    let mut answer = Answer::new(
        "Segments: what the intervals cover",
        "Rates of groups are drawn from Beta(2.2, 20), attempts from the rates; the interval said to cover 95 times \
         in 100 is compared with the truth. *Alone* is each group by itself with Jeffreys' prior. RMSE is the root of \
         the mean square error of the estimate; its bar is 1.02 times the figure measured when the method was \
         chosen (150 rounds, itself uncertain by 1 to 3 %). Bar of the coverage: .93 to .97."
            .into(),
        &[
            "groups x attempts", "rounds", "alone: covers", "ours: covers", "error", "bar",
            "alone: RMSE", "ours: RMSE", "error", "bar at", "bar",
        ],
    );
    let population = Beta::new(2.2, 20.0).expect("a population");
    for (setting, (groups, tries, rounds, rmse)) in SETTINGS.into_iter().enumerate() {
        let rounds = rounds / scale;
        let found = runs(rounds, nth(seed, setting as u64), |rng| {
            round(population, groups, tries, rng)
        });
        let mean = |of: &dyn Fn(&Round) -> f64| Mean::of(&found.iter().map(of).collect::<Vec<_>>());
        let [ours, alone] = [0, 1].map(|i| mean(&|r| r.covered[i]));
        let [square, square_alone] = [0, 1].map(|i| mean(&|r| r.square[i]));
        let (error, bar) = (square.is.sqrt(), 1.02 * rmse);
        let name = format!("{groups} x {tries}");
        let covers = answer.judge(
            &format!("{name}, coverage"),
            ours.is,
            Bar::Between(0.93, 0.97),
            4,
        );
        let near = answer.judge(&format!("{name}, RMSE"), error, Bar::AtMost(bar), 5);
        answer.row([
            name,
            rounds.to_string(),
            format!("{:.4}", alone.is),
            format!("{:.4}", ours.is),
            format!("{:.4}", ours.error),
            covers,
            format!("{:.5}", square_alone.is.sqrt()),
            format!("{error:.5}"),
            format!("{:.5}", square.error / (2.0 * error)),
            format!("{bar:.5}"),
            near,
        ]);
    }
    answer
}

fn round(population: Beta, groups: usize, tries: u64, rng: &mut Rng) -> Round {
    let truth: Vec<f64> = (0..groups).map(|_| drawn(population, rng)).collect();
    let counts: Vec<Counts> = truth
        .iter()
        .map(|&rate| {
            let (coin, mut counts) = (Coin::new(rate), Counts::default());
            (0..tries).for_each(|_| counts.push(coin.toss(rng)));
            counts
        })
        .collect();
    let estimates = rates::estimate(&counts).expect("trials");
    let (mut covered, mut square) = ([0.0; 2], [0.0; 2]);
    for ((&rate, &counts), ours) in truth.iter().zip(&counts).zip(estimates.groups) {
        let alone = Beta::JEFFREYS.after(counts);
        let both = [(ours.interval, ours.mean), (alone.interval(), alone.mean())];
        for (i, (interval, mean)) in both.into_iter().enumerate() {
            covered[i] += f64::from(u8::from((interval.low..=interval.high).contains(&rate)));
            square[i] += (mean - rate).powi(2);
        }
    }
    let share = |sums: [f64; 2]| sums.map(|sum| sum / groups as f64);
    Round {
        covered: share(covered),
        square: share(square),
    }
}
