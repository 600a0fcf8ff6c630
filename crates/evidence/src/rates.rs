//! True rates of several groups: beta-binomial with its hyperparameters integrated out.
//!
//! Group i has s of n yeses from a rate p of its own; the rates come from Beta(μM, (1-μ)M). With
//! the prior (a+b)^(-5/2) of Gelman et al. (BDA3, 5.3), logit μ and ln M are integrated over a grid,
//! so that intervals cover also where groups are few: fixing μ and M at their best fit would make them
//! cover half as often as they say.

use serde::Serialize;

use crate::beta::{Beta, Counts, Interval};
use crate::special::{ln_beta, quantile};

/// Grid points for logit μ and ln M; odd, so that every second one reaches both ends.
const GRID: (usize, usize) = (25, 31);
/// ln M is looked for between these; beyond, groups cannot be told from one another.
const LN_M: (f64, f64) = (-1.0, 11.0);
/// How far logit μ is looked for on either side of the pooled rate.
const LOGIT_SPAN: f64 = 3.0;
/// Spreads of the first, coarse belief that the second grid reaches to either side.
const SPREADS: f64 = 5.0;
/// Weights smaller than this share of the largest carry no digit that is shown.
const NEGLIGIBLE: f64 = 1e-9;
/// The ends of intervals are looked for with every second value of ln M, and where weights are above
/// this share of the largest: most of the work for a change of a five-hundredth of the width.
const COARSE: f64 = 1e-3;
/// How near to an end is near enough, as a share of it.
const DIGITS: f64 = 1e-4;

/// What is known of one group's rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean of the belief.
    pub mean: f64,
    /// Its middle 95 %.
    pub interval: Interval,
    /// The beta distribution of the same mean and spread.
    pub belief: Beta,
}

/// Rates of all groups, and of the population that they come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rates {
    /// One a group, in the order given.
    pub groups: Vec<Estimate>,
    /// Posterior mean of μ, the rate of a group not yet seen.
    pub mu: f64,
    /// Posterior mean of M, how many trials the population is worth.
    pub m: f64,
}

/// A point of the grid with the weight that the data give it.
#[derive(Clone, Copy)]
struct Point {
    belief: Beta,
    weight: f64,
    /// Whether its ln M is one of every second.
    coarse: bool,
}

/// Estimates the groups' rates; `None` without any trial. Groups without trials get the population's.
pub fn estimate(groups: &[Counts]) -> Option<Rates> {
    let points = posterior(groups)?;
    let mut known: Vec<(Counts, Estimate)> = Vec::new();
    let groups = groups.iter().map(|&counts| {
        if let Some((_, estimate)) = known.iter().find(|(seen, _)| *seen == counts) {
            return *estimate;
        }
        let estimate = of_group(&points, counts);
        known.push((counts, estimate));
        estimate
    });
    Some(Rates {
        groups: groups.collect(),
        mu: mean_of(&points, Beta::mean),
        m: mean_of(&points, |belief| belief.a() + belief.b()),
    })
}

/// The means alone, which cost a small part of what intervals do; `None` without any trial.
pub fn means(groups: &[Counts]) -> Option<Vec<f64>> {
    let points = posterior(groups)?;
    let mean = |counts: &Counts| {
        let mean = mean_of(&points, |belief| belief.after(*counts).mean());
        mean.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON)
    };
    Some(groups.iter().map(mean).collect())
}

/// What a newcomer's rate is believed to be: the posterior means of μ and M as a prior worth no more
/// than `most` trials. `None` without any trial.
pub fn population(groups: &[Counts], most: f64) -> Option<Beta> {
    let points = posterior(groups)?;
    let mu = mean_of(&points, Beta::mean);
    let m = mean_of(&points, |belief| belief.a() + belief.b()).min(most);
    Beta::new(mu * m, (1.0 - mu) * m).ok()
}

fn mean_of(points: &[Point], what: impl Fn(Beta) -> f64) -> f64 {
    points
        .iter()
        .map(|point| point.weight * what(point.belief))
        .sum()
}

/// The belief about (μ, M), as weights on a grid that is laid twice: widely to find where the
/// belief lies, then closely there.
fn posterior(groups: &[Counts]) -> Option<Vec<Point>> {
    let total = groups
        .iter()
        .fold(Counts::default(), |sum, &counts| sum.merge(counts));
    if total.tries() == 0 {
        return None;
    }
    let pooled = Beta::JEFFREYS.after(total).mean();
    let logit = (pooled / (1.0 - pooled)).ln();
    // Equal groups weigh alike: each distinct pair of counts is worked out once.
    let mut distinct: Vec<(Counts, f64)> = Vec::new();
    for &counts in groups.iter().filter(|counts| counts.tries() > 0) {
        match distinct.iter_mut().find(|(seen, _)| *seen == counts) {
            Some((_, times)) => *times += 1.0,
            None => distinct.push((counts, 1.0)),
        }
    }
    let wide = ((logit - LOGIT_SPAN, logit + LOGIT_SPAN), LN_M);
    let first = weigh(&distinct, wide);
    let close = (
        around(&first, |(x, _)| x, wide.0, GRID.0),
        around(&first, |(_, y)| y, wide.1, GRID.1),
    );
    let points = weigh(&distinct, close);
    let most = points
        .iter()
        .map(|(_, point)| point.weight)
        .fold(0.0, f64::max);
    let mut points: Vec<Point> = points
        .into_iter()
        .map(|(_, point)| point)
        .filter(|point| point.weight > NEGLIGIBLE * most)
        .collect();
    let sum: f64 = points.iter().map(|point| point.weight).sum();
    points.iter_mut().for_each(|point| point.weight /= sum);
    Some(points)
}

/// The range of one coordinate that holds nearly all weight, inside `within`.
fn around(
    points: &[((f64, f64), Point)],
    which: impl Fn((f64, f64)) -> f64,
    within: (f64, f64),
    steps: usize,
) -> (f64, f64) {
    let sum: f64 = points.iter().map(|(_, point)| point.weight).sum();
    let mean = points
        .iter()
        .map(|(at, point)| point.weight * which(*at))
        .sum::<f64>()
        / sum;
    let square = points
        .iter()
        .map(|(at, point)| point.weight * (which(*at) - mean).powi(2))
        .sum::<f64>()
        / sum;
    // A belief narrower than the grid's step is only known to lie within that step.
    let step = (within.1 - within.0) / (steps - 1) as f64;
    let reach = (SPREADS * square.sqrt()).max(step);
    ((mean - reach).max(within.0), (mean + reach).min(within.1))
}

/// Weights of a grid over (logit μ, ln M), up to a common factor; μ(1-μ)M^(-1/2) is the prior there.
fn weigh(
    distinct: &[(Counts, f64)],
    (xs, ys): ((f64, f64), (f64, f64)),
) -> Vec<((f64, f64), Point)> {
    let place = |(low, high): (f64, f64), i: usize, n: usize| {
        low + (high - low) * i as f64 / (n - 1) as f64
    };
    let mut points = Vec::with_capacity(GRID.0 * GRID.1);
    for i in 0..GRID.0 {
        let x = place(xs, i, GRID.0);
        let mu = 1.0 / (1.0 + (-x).exp());
        for j in 0..GRID.1 {
            let y = place(ys, j, GRID.1);
            let m = y.exp();
            let (a, b) = (mu * m, (1.0 - mu) * m);
            // By the trapezoidal rule a point at the edge counts half.
            let edge = half(i, GRID.0) + half(j, GRID.1);
            let prior = mu.ln() + (-mu).ln_1p() - 0.5 * y + edge;
            let alone = ln_beta(a, b);
            let likelihood: f64 = distinct
                .iter()
                .map(|(counts, times)| {
                    times * (ln_beta(a + counts.yes() as f64, b + counts.others() as f64) - alone)
                })
                .sum();
            points.push((
                (x, y),
                Point {
                    belief: Beta::raw(a, b),
                    weight: prior + likelihood,
                    coarse: j % 2 == 0,
                },
            ));
        }
    }
    let most = points
        .iter()
        .map(|(_, point)| point.weight)
        .fold(f64::NEG_INFINITY, f64::max);
    for (_, point) in &mut points {
        point.weight = (point.weight - most).exp();
    }
    points
}

/// ln ½ at either end, else 0.
fn half(i: usize, n: usize) -> f64 {
    if i == 0 || i + 1 == n {
        -std::f64::consts::LN_2
    } else {
        0.0
    }
}

/// Mean and interval of the mixture of betas that one group's rate follows.
fn of_group(points: &[Point], counts: Counts) -> Estimate {
    let (mut mean, mut square) = (0.0, 0.0);
    for point in points {
        let belief = point.belief.after(counts);
        let (m, n) = (belief.mean(), belief.a() + belief.b());
        mean += point.weight * m;
        square += point.weight * (m * (1.0 - m) / (n + 1.0) + m * m);
    }
    // Weights add up to 1 but for rounding, and a rate lies strictly between 0 and 1.
    let mean = mean.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON);
    let square = (square - mean * mean).max(f64::MIN_POSITIVE);
    // The beta of the same mean and spread is where the search for the ends begins.
    let worth = (mean * (1.0 - mean) / square - 1.0).clamp(1e-3, 1e15);
    let centre = mean.clamp(1e-12, 1.0 - 1e-12);
    let like = Beta::raw(centre * worth, (1.0 - centre) * worth);
    let parts = coarse(points, counts);
    let end = |share: f64| {
        quantile(
            share,
            like.quantile(share),
            DIGITS,
            |x| {
                parts
                    .iter()
                    .map(|part| part.weight * part.belief.cdf(x))
                    .sum()
            },
            |x| parts.iter().map(|part| part.weight * part.density(x)).sum(),
        )
    };
    let low = end(0.025);
    Estimate {
        mean,
        interval: Interval {
            low,
            high: end(0.975).max(low),
        },
        belief: like,
    }
}

/// The parts of the mixture that the ends of an interval are looked for with.
fn coarse(points: &[Point], counts: Counts) -> Vec<Part> {
    let most = points.iter().map(|point| point.weight).fold(0.0, f64::max);
    let heavy = |point: &&Point| point.weight > COARSE * most;
    let mut chosen: Vec<&Point> = points
        .iter()
        .filter(|point| point.coarse)
        .filter(heavy)
        .collect();
    let sum: f64 = chosen.iter().map(|point| point.weight).sum();
    // A belief that lies between every second point has all of them to go by.
    if sum < 0.1 {
        chosen = points.iter().filter(heavy).collect();
    }
    let sum: f64 = chosen.iter().map(|point| point.weight).sum();
    chosen
        .into_iter()
        .map(|point| Part::new(*point, sum, counts))
        .collect()
}

struct Part {
    belief: Beta,
    weight: f64,
    ln_whole: f64,
}

impl Part {
    fn new(point: Point, sum: f64, counts: Counts) -> Self {
        let belief = point.belief.after(counts);
        Self {
            belief,
            weight: point.weight / sum,
            ln_whole: ln_beta(belief.a(), belief.b()),
        }
    }

    fn density(&self, x: f64) -> f64 {
        let (a, b) = (self.belief.a(), self.belief.b());
        ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - self.ln_whole).exp()
    }
}
