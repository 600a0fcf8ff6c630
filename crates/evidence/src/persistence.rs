//! Does another attempt pay: the hazard of a yes by attempt number, and what it adds up to.

use serde::{Deserialize, Serialize};

use crate::beta::{Counts, Interval};
use crate::rates;
use crate::special::Z95;

/// Attempt numbers told apart; whatever comes later counts with the last.
pub const MOST_ATTEMPTS: usize = 40;

/// Tries and yeses by attempt number: the first ask of a prospect, the second, and so on.
///
/// Integers, so that any split over files or threads merges to the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ByAttempt {
    counts: Vec<Counts>,
}

/// One attempt number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Prospects who were asked that often.
    pub at_risk: u64,
    /// Those who then said yes.
    pub yes: u64,
    /// yes / at_risk.
    pub hazard: f64,
    /// Wilson's 95 % interval of the hazard.
    pub hazard_band: Interval,
    /// The hazard drawn towards the others, by as much as the numbers call for.
    pub smoothed: Option<f64>,
    /// Kaplan and Meier's estimate of the share without a yes so far.
    pub survival: f64,
    /// Greenwood's variance of that share.
    pub greenwood: f64,
    /// Its 95 % band on the log-log scale; `None` where the share is 0 or 1.
    pub survival_band: Option<Interval>,
}

impl ByAttempt {
    /// Takes one trial; attempt numbers count from 1.
    pub fn push(&mut self, attempt: u32, yes: bool) {
        self.at(attempt).push(yes);
    }

    /// Takes many trials of one attempt number.
    pub fn add(&mut self, attempt: u32, counts: Counts) {
        let at = self.at(attempt);
        *at = at.merge(counts);
    }

    fn at(&mut self, attempt: u32) -> &mut Counts {
        let place = (attempt.max(1) as usize).min(MOST_ATTEMPTS) - 1;
        if self.counts.len() <= place {
            self.counts.resize(place + 1, Counts::default());
        }
        &mut self.counts[place]
    }

    /// Both together.
    pub fn merge(&mut self, other: &Self) {
        for (place, counts) in other.counts.iter().enumerate() {
            self.add(place as u32 + 1, *counts);
        }
    }

    /// Counts by attempt number, from the first.
    pub fn counts(&self) -> &[Counts] {
        &self.counts
    }

    /// Hazards and survival, one line an attempt number that anybody reached.
    pub fn steps(&self) -> Vec<Step> {
        let reached: Vec<Counts> = self
            .counts
            .iter()
            .copied()
            .filter(|c| c.tries() > 0)
            .collect();
        let smoothed = rates::means(&reached);
        let (mut survival, mut sum, mut line) = (1.0_f64, 0.0_f64, 0);
        let mut steps = Vec::with_capacity(reached.len());
        for (place, &counts) in self.counts.iter().enumerate() {
            let Some(hazard) = counts.share() else {
                continue;
            };
            survival *= 1.0 - hazard;
            let (n, d) = (counts.tries() as f64, counts.yes() as f64);
            if counts.others() > 0 {
                sum += d / (n * (n - d));
            }
            steps.push(Step {
                attempt: place as u32 + 1,
                at_risk: counts.tries(),
                yes: counts.yes(),
                hazard,
                hazard_band: counts.wilson(),
                smoothed: smoothed.as_ref().map(|means| means[line]),
                survival,
                greenwood: survival * survival * sum,
                survival_band: log_log_band(survival, sum),
            });
            line += 1;
        }
        steps
    }
}

/// S^exp(±z √sum / ln S), Kalbfleisch and Prentice's band.
fn log_log_band(survival: f64, sum: f64) -> Option<Interval> {
    if survival <= 0.0 || survival >= 1.0 {
        return None;
    }
    let spread = (Z95 * sum.sqrt() / survival.ln().abs()).exp();
    Some(Interval {
        low: survival.powf(spread),
        high: survival.powf(1.0 / spread),
    })
}
