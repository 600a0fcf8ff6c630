//! What stands in the way: reasons, their shares and costs, and how sure one can be of the costliest.

use serde::Serialize;

use crate::Invalid;
use crate::beta::{Counts, Interval};
use crate::special::gamma_reg;

/// What each reason is believed to have been seen before it was ever counted: Dirichlet(1/2, ...).
const PRIOR: f64 = 0.5;
/// Steps of the sum that compares the reasons.
const STEPS: usize = 120;

/// How often a reason was given, and what it cost each time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Noes with this reason.
    pub n: u64,
    /// Mean value lost with each, in whatever unit all reasons share; `None` where no value is known.
    pub value: Option<f64>,
}

/// What is known of one reason.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Barrier {
    /// Noes with this reason.
    pub n: u64,
    /// n over all noes with a reason.
    pub share: f64,
    /// Wilson's 95 % interval of the share.
    pub interval: Interval,
    /// Share times mean value lost: what it costs in each no. `None` where no value is known.
    pub cost: Option<f64>,
    /// The chance that this one costs the most in the long run; where any value is unknown, that
    /// it is the commonest.
    pub p_costliest: f64,
}

/// Shares, costs and the chance of being the costliest, in the order given.
///
/// The true shares follow a Dirichlet distribution, which is that of independent gamma variables
/// over their sum; so which reason is the costliest is a race of gamma variables times values, and
/// its chances are integrals over one variable. No draws are made, and the same counts give the same
/// figures.
///
/// # Errors
/// When there is no no, or a value is negative or not finite.
pub fn barriers(seen: &[Seen]) -> Result<Vec<Barrier>, Invalid> {
    let total: u64 = seen.iter().map(|reason| reason.n).sum();
    if total == 0 {
        return Err(Invalid::Empty("no reason has been given yet"));
    }
    for value in seen.iter().filter_map(|reason| reason.value) {
        if !value.is_finite() || value < 0.0 {
            return Err(Invalid::Amount {
                what: "the value lost",
                value,
            });
        }
    }
    // A value of nothing cannot be the costliest, and one unknown cannot be compared.
    let weights: Vec<f64> = match seen
        .iter()
        .map(|reason| reason.value)
        .collect::<Option<Vec<_>>>()
    {
        Some(values) if values.iter().any(|&value| value > 0.0) => {
            let most = values.iter().copied().fold(0.0, f64::max);
            values.iter().map(|value| value / most).collect()
        }
        _ => vec![1.0; seen.len()],
    };
    let chances = race(seen, &weights);
    seen.iter()
        .zip(chances)
        .map(|(reason, p_costliest)| {
            let counts = Counts::new(reason.n, total)?;
            let share = reason.n as f64 / total as f64;
            Ok(Barrier {
                n: reason.n,
                share,
                interval: counts.wilson(),
                cost: reason.value.map(|value| share * value),
                p_costliest,
            })
        })
        .collect()
}

/// P(weight × gamma variable of this reason is the largest), for each.
fn race(seen: &[Seen], weights: &[f64]) -> Vec<f64> {
    let shapes: Vec<f64> = seen.iter().map(|reason| reason.n as f64 + PRIOR).collect();
    // Only where the leader may lie does anything change: from below its slowest plausible rival to
    // above its fastest.
    let reach = |i: usize, sds: f64| {
        (weights[i] * (shapes[i] + sds * shapes[i].sqrt() + sds.signum() * 2.0)).max(0.0)
    };
    let from = (0..seen.len()).map(|i| reach(i, -9.0)).fold(0.0, f64::max);
    let to = (0..seen.len())
        .map(|i| reach(i, 9.0) + 40.0 * weights[i])
        .fold(0.0, f64::max);
    let cdf = |i: usize, y: f64| {
        if weights[i] > 0.0 {
            gamma_reg(shapes[i], y / weights[i])
        } else {
            1.0
        }
    };
    let mut chances = vec![0.0; seen.len()];
    // Steps grow from the lower end, where shares of rare reasons are steep.
    let place = |k: usize| from + (to - from) * (k as f64 / STEPS as f64).powi(2);
    let mut below: Vec<f64> = (0..seen.len()).map(|i| cdf(i, from)).collect();
    // What lies below the range altogether is shared by whoever could be there.
    for k in 1..=STEPS {
        let now: Vec<f64> = (0..seen.len()).map(|i| cdf(i, place(k))).collect();
        for i in 0..seen.len() {
            let others: f64 = (0..seen.len())
                .filter(|&j| j != i)
                .map(|j| 0.5 * (below[j] + now[j]))
                .product();
            chances[i] += (now[i] - below[i]) * others;
        }
        below = now;
    }
    let sum: f64 = chances.iter().sum();
    if sum > 0.0 {
        chances.iter_mut().for_each(|chance| *chance /= sum);
    }
    chances
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counts: &[u64]) -> Vec<Barrier> {
        let seen: Vec<Seen> = counts.iter().map(|&n| Seen { n, value: None }).collect();
        barriers(&seen).expect("reasons")
    }

    #[test]
    fn two_reasons_are_compared_as_two_betas_are() {
        // P(Gamma(61.5) > Gamma(38.5)) = P(Beta(61.5, 38.5) > 1/2).
        for (one, two) in [(61, 38), (3, 2), (0, 1), (500, 480), (0, 4)] {
            let exact = 1.0 - crate::special::beta_reg(one as f64 + 0.5, two as f64 + 0.5, 0.5);
            let chances = of(&[one, two]);
            assert!(
                (chances[0].p_costliest - exact).abs() < 2e-3,
                "{one} {two}: {exact} {chances:?}"
            );
        }
    }

    #[test]
    fn equal_reasons_are_equally_likely_and_a_value_moves_them() {
        for barrier in of(&[20, 20, 20, 20]) {
            assert!((barrier.p_costliest - 0.25).abs() < 1e-9);
        }
        let seen = [
            Seen {
                n: 40,
                value: Some(100.0),
            },
            Seen {
                n: 20,
                value: Some(1_000.0),
            },
            Seen {
                n: 9,
                value: Some(0.0),
            },
        ];
        let barriers = barriers(&seen).expect("reasons");
        assert!(barriers[1].p_costliest > 0.999 && barriers[2].p_costliest == 0.0);
        assert!((barriers[1].cost.expect("a value") - 1_000.0 * 20.0 / 69.0).abs() < 1e-9);
    }
}
