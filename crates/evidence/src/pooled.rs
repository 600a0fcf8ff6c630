//! What many people's attempts say together, taken as given by each stream.
//!
//! It is worked out from what happened before the first of a month and kept with its version, so
//! that a stream folded again gives the same to the bit.

use serde::{Deserialize, Serialize};

use crate::beta::{Beta, Counts};
use crate::persistence::ByAttempt;
use crate::rates;
use crate::watch::Promise;

/// Most trials that the common rate may be worth in one person's stream. 20: one that is twice too
/// high then still costs no more than one false alarm in twenty.
pub const PRIOR_WORTH: f64 = 20.0;

/// A stranger's rate before anything is known: one in ten, worth ten trials.
pub const PRIOR: (f64, f64) = (1.0, 9.0);

/// Trials of an attempt number below which nothing is said of it.
const FEWEST: u64 = 200;

/// The quantities that streams take as given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    /// What is believed of a rate before the first trial.
    pub prior: Beta,
    /// Trials between false alarms.
    pub promise: Promise,
    /// How likely a yes is at the first, second, ... attempt compared with an average one; the last
    /// stands for all later ones, and none for no difference.
    by_attempt: Vec<f64>,
}

impl Default for Pooled {
    fn default() -> Self {
        Self {
            prior: Beta::raw(PRIOR.0, PRIOR.1),
            promise: Promise::default(),
            by_attempt: Vec::new(),
        }
    }
}

impl Pooled {
    /// Works the quantities out: `people` are the counts of each contributor, `by_attempt` those of all
    /// of them together. What there is too little of keeps its default.
    pub fn of(people: &[Counts], by_attempt: &ByAttempt) -> Self {
        Self {
            prior: rates::population(people, PRIOR_WORTH)
                .unwrap_or_else(|| Beta::raw(PRIOR.0, PRIOR.1)),
            promise: Promise::default(),
            by_attempt: relative(by_attempt.counts()),
        }
    }

    /// The same with another promise.
    #[must_use]
    pub fn promising(self, promise: Promise) -> Self {
        Self { promise, ..self }
    }

    /// How likely a yes is at this attempt number (from 1), compared with an average trial.
    ///
    /// By number alone: later attempts are mostly later stages, and what two such ratios share would
    /// count twice.
    pub fn relative(&self, attempt: u32) -> f64 {
        let last = self.by_attempt.len().saturating_sub(1);
        let by_attempt = self.by_attempt.get((attempt.max(1) as usize - 1).min(last));
        by_attempt.copied().unwrap_or(1.0)
    }
}

/// Each group's rate, drawn towards the others, over the rate of all; 1 where there is too little.
fn relative(groups: &[Counts]) -> Vec<f64> {
    let total = groups
        .iter()
        .fold(Counts::default(), |sum, &counts| sum.merge(counts));
    let enough: Vec<Counts> = groups
        .iter()
        .copied()
        .filter(|counts| counts.tries() >= FEWEST)
        .collect();
    let (Some(share), Some(means)) = (total.share(), rates::means(&enough)) else {
        return Vec::new();
    };
    if enough.len() < 2 || total.yes() == 0 {
        return Vec::new();
    }
    let mut known = means.iter();
    groups
        .iter()
        .map(|counts| {
            let known = (counts.tries() >= FEWEST).then(|| known.next()).flatten();
            known.map_or(1.0, |mean| mean / share)
        })
        .collect()
}
