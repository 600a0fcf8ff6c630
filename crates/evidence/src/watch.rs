//! Luck or slump: the adaptive mixture Shiryaev-Roberts detector.
//!
//! Before each trial the chance of a yes is predicted from everything seen so far,
//! m = (a + S)/(a + b + E). For five ratios ρ of a rate after a drop to the rate before,
//! R ← (1 + R) · (yes: ρ, otherwise (1 - ρm)/(1 - m)). The evidence for a slump is the mean of the
//! five R, and an alarm is raised when it reaches the promise g. Under the Beta(a, b) mixture of
//! constant rates, evidence less trials is a martingale, so that false alarms are g or more trials
//! apart on average. Five sums, five likelihood ratios and where each
//! began are all that is kept.

use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::beta::{Beta, Counts};

/// Ratios of the rate in a slump to the rate before that are looked for at once.
pub const RATIOS: [f64; 5] = [0.2, 0.35, 0.5, 0.65, 0.8];

/// Trials per false alarm that are promised unless something else is said: at sixty asks a day,
/// one in four months.
pub const PROMISE: f64 = 5_000.0;

/// Evidence is kept below this: far beyond every promise, and no sum or product of it overflows.
const MOST: f64 = 1e290;

/// Chances are predicted between these, so that no single trial proves anything alone.
const LEAST_CHANCE: f64 = 1e-9;
const MOST_CHANCE: f64 = 0.99;

/// Trials between false alarms, on average, that a watch keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Promise(f64);

impl Default for Promise {
    fn default() -> Self {
        Self(PROMISE)
    }
}

impl Promise {
    /// Takes a promise.
    ///
    /// # Errors
    /// When it is below 2 trials or not finite.
    pub fn new(trials: f64) -> Result<Self, Invalid> {
        if trials >= 2.0 && trials.is_finite() {
            Ok(Self(trials))
        } else {
            Err(Invalid::Promise(trials))
        }
    }

    /// The same promise for each of several streams that are watched at once, so that all of
    /// them together raise no more false alarms than one would.
    #[must_use]
    pub fn shared_by(self, streams: u64) -> Self {
        Self(self.0 * streams.max(1) as f64)
    }

    /// Trials per false alarm.
    pub fn trials(self) -> f64 {
        self.0
    }
}

/// What a watch has seen: the state of the detector, and all of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Trials seen, the first being number 1.
    trials: u64,
    /// Yeses seen.
    yes: u64,
    /// Trials weighed by how likely each was to bring a yes, relative to an average one.
    exposure: f64,
    /// R for each ratio.
    sums: [f64; 5],
    /// The largest likelihood ratio over all starts, for each ratio.
    best: [f64; 5],
    /// The trial at which that start lies.
    since: [u64; 5],
    /// Yeses seen before it.
    before: [u64; 5],
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            trials: 0,
            yes: 0,
            exposure: 0.0,
            sums: [0.0; 5],
            best: [0.0; 5],
            since: [1; 5],
            before: [0; 5],
        }
    }
}

/// An alarm: the evidence reached the promise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The trial at which it was raised.
    pub at: u64,
    /// The trial at which the slump most likely began.
    pub since: u64,
    /// Yeses from then on.
    pub yes: u64,
    /// The evidence at that moment.
    pub evidence: f64,
}

impl Watch {
    /// Takes one trial and gives the evidence after it. `relative` is how likely a yes is here
    /// compared with an average trial (1 where nothing is known), `prior` what was believed of the
    /// rate before the first trial.
    pub fn push(&mut self, yes: bool, relative: f64, prior: Beta) -> f64 {
        let base = (prior.a() + self.yes as f64) / (prior.a() + prior.b() + self.exposure);
        let chance = (relative * base).clamp(LEAST_CHANCE, MOST_CHANCE);
        self.trials += 1;
        let no = 1.0 / (1.0 - chance);
        for (i, ratio) in RATIOS.into_iter().enumerate() {
            let likelihood = if yes {
                ratio
            } else {
                (1.0 - ratio * chance) * no
            };
            self.sums[i] = ((1.0 + self.sums[i]) * likelihood).min(MOST);
            // The best start is this trial as soon as all that came before speaks against a slump.
            if self.best[i] <= 1.0 {
                self.best[i] = 1.0;
                self.since[i] = self.trials;
                self.before[i] = self.yes;
            }
            self.best[i] = (self.best[i] * likelihood).min(MOST);
        }
        self.yes += u64::from(yes);
        self.exposure += relative;
        self.evidence()
    }

    /// The mean of R over the five ratios.
    pub fn evidence(&self) -> f64 {
        self.sums.iter().sum::<f64>() / RATIOS.len() as f64
    }

    /// The trial at which a slump that lasts until now would most likely have begun.
    pub fn since(&self) -> u64 {
        self.since[self.likeliest()].min(self.trials.max(1))
    }

    /// The ratio whose best start explains what was seen best.
    fn likeliest(&self) -> usize {
        let mut likeliest = 0;
        for i in 1..RATIOS.len() {
            if self.best[i] > self.best[likeliest] {
                likeliest = i;
            }
        }
        likeliest
    }

    /// The alarm that the promise calls for now, if any.
    pub fn alarm(&self, promise: Promise) -> Option<Alarm> {
        let evidence = self.evidence();
        (evidence >= promise.trials()).then(|| Alarm {
            at: self.trials,
            since: self.since(),
            yes: self.yes - self.before[self.likeliest()].min(self.yes),
            evidence,
        })
    }

    /// Begins to look anew, as after an alarm; what is known of the rate stays.
    pub fn restart(&mut self) {
        self.sums = [0.0; 5];
        self.best = [0.0; 5];
        self.since = [self.trials + 1; 5];
        self.before = [self.yes; 5];
    }

    /// What was seen.
    pub fn counts(&self) -> Counts {
        Counts::new(self.yes, self.trials).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_where_the_yeses_ended() {
        let mut watch = Watch::default();
        let prior = Beta::raw(1.0, 9.0);
        for i in 0..400 {
            watch.push(i % 8 == 0, 1.0, prior);
        }
        let mut alarm = None;
        for _ in 0..200 {
            watch.push(false, 1.0, prior);
            alarm = alarm.or_else(|| watch.alarm(Promise::default()));
        }
        let alarm = alarm.expect("200 tries without a yes after one in eight");
        assert!((390..=402).contains(&alarm.since), "{alarm:?}");
        assert!(alarm.at > alarm.since && alarm.at < 600, "{alarm:?}");
    }

    #[test]
    fn no_sequence_leaves_the_numbers() {
        for pattern in [&[true][..], &[false], &[true, false], &[false, false, true]] {
            for prior in [Beta::raw(1e-6, 1e6), Beta::raw(1e6, 1e-6), Beta::JEFFREYS] {
                let mut watch = Watch::default();
                for i in 0..20_000 {
                    let evidence = watch.push(pattern[i % pattern.len()], 1.5, prior);
                    assert!(evidence.is_finite() && evidence >= 0.0);
                }
            }
        }
    }
}
