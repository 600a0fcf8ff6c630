//! Who next: how likely each prospect's next ask is to bring a yes, learnt as one goes.
//!
//! Online logistic regression over hashed features. Each weight has a mean and a precision; a trial moves
//! the means by a Newton step and adds its information to the precisions, and what was learnt
//! halves every [`HALF_LIFE`] trials, because markets drift. It predicts each trial before it learns
//! from it, so that its record is of forecasts, never of hindsight. It orders prospects, never people.

use serde::{Deserialize, Serialize};

/// Trials after which what was learnt counts half.
pub const HALF_LIFE: f64 = 1_500.0;
/// Trials below which an order would be guesswork.
pub const FEWEST: u64 = 200;

/// Buckets that features are hashed into; a power of two.
const BUCKETS: usize = 1_024;
/// Log-odds before anything is learnt: one in ten.
const START: f64 = -2.197_224_577_336_219_4;
/// Precision of a weight before anything is learnt: it then lies within 1 of 0 on the log-odds
/// scale, 95 times in 100.
const PRECISION: f32 = 4.0;
/// π/8: how much the spread of a forecast draws it towards one half (MacKay 1992).
const SPREAD: f64 = std::f64::consts::PI / 8.0;
/// Parts that forecasts are divided into to see whether they come true as often as they say.
const BINS: usize = 10;

/// What is known of an ask before it is made, as hashed features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features(Vec<u32>);

impl Default for Features {
    fn default() -> Self {
        Self(vec![bucket("", "")])
    }
}

impl Features {
    /// Adds that `name` is `value`, such as "stage" and "opener".
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push(bucket(name, value));
        self
    }
}

/// FNV-1a (Fowler, Noll and Vo), which stays the same in every release.
fn bucket(name: &str, value: &str) -> u32 {
    let bytes = name.bytes().chain([b'=']).chain(value.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    ((hash ^ (hash >> 32)) % BUCKETS as u64) as u32
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Weight {
    mean: f32,
    precision: f32,
    /// The trial at which it was last moved.
    at: u32,
}

const UNKNOWN: Weight = Weight {
    mean: 0.0,
    precision: PRECISION,
    at: 0,
};

impl Weight {
    /// The weight as it stands at trial `now`: what has not been seen for long is forgotten.
    fn at(self, now: u32) -> Self {
        if now == self.at {
            return self;
        }
        let kept = (-f64::from(now - self.at) / HALF_LIFE).exp2() as f32;
        Self {
            mean: self.mean * kept,
            precision: PRECISION + (self.precision - PRECISION) * kept,
            at: now,
        }
    }
}

/// Weights are kept as those that were ever moved: a seller's features are a few dozen.
mod moved {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{BUCKETS, UNKNOWN, Weight};

    pub(super) fn serialize<S: Serializer>(weights: &[Weight], to: S) -> Result<S::Ok, S::Error> {
        let moved: Vec<(u16, Weight)> = (0_u16..)
            .zip(weights.iter().copied())
            .filter(|(_, weight)| *weight != UNKNOWN)
            .collect();
        moved.serialize(to)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Vec<Weight>, D::Error> {
        let mut weights = vec![UNKNOWN; BUCKETS];
        for (place, weight) in Vec::<(u16, Weight)>::deserialize(from)? {
            *weights
                .get_mut(usize::from(place))
                .ok_or_else(|| D::Error::custom("a weight of no feature"))? = weight;
        }
        Ok(weights)
    }
}

/// How forecasts came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Record {
    n: u64,
    yes: u64,
    loss: f64,
    /// What always saying the rate so far would have lost.
    rate_loss: f64,
    bins: [(u64, f64, u64); BINS],
}

impl Record {
    fn push(&mut self, chance: f64, yes: bool) {
        let rate = (self.yes as f64 + 0.5) / (self.n as f64 + 1.0);
        let loss = |chance: f64| -(if yes { chance } else { 1.0 - chance }).max(1e-15).ln();
        self.loss += loss(chance);
        self.rate_loss += loss(rate);
        let bin = &mut self.bins[((chance * BINS as f64) as usize).min(BINS - 1)];
        bin.0 += 1;
        bin.1 += chance;
        bin.2 += u64::from(yes);
        self.n += 1;
        self.yes += u64::from(yes);
    }

    /// Forecasts made.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Mean loss of the logarithm of the chance given to what happened, in nats.
    pub fn log_loss(&self) -> Option<f64> {
        (self.n > 0).then(|| self.loss / self.n as f64)
    }

    /// The same had every forecast been the rate so far.
    pub fn log_loss_of_rate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.rate_loss / self.n as f64)
    }

    /// Expected calibration error: how far forecasts lie from what happened, over ten equal parts.
    pub fn ece(&self) -> Option<f64> {
        let off: f64 = self
            .bins
            .iter()
            .map(|(_, said, yes)| (said - *yes as f64).abs())
            .sum();
        (self.n > 0).then(|| off / self.n as f64)
    }

    /// Whether forecasts have told more than the rate alone, over enough trials to say so.
    pub fn tells(&self) -> bool {
        self.n >= FEWEST && self.loss < self.rate_loss
    }
}

/// What was learnt, and the record of its forecasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranker {
    #[serde(with = "moved")]
    weights: Vec<Weight>,
    trials: u32,
    record: Record,
}

impl Default for Ranker {
    fn default() -> Self {
        Self {
            weights: vec![UNKNOWN; BUCKETS],
            trials: 0,
            record: Record::default(),
        }
    }
}

impl Ranker {
    /// The chance of a yes for an ask with these features.
    pub fn chance(&self, features: &Features) -> f64 {
        let weights = features
            .0
            .iter()
            .map(|&at| self.weights[at as usize].at(self.trials));
        chance(weights.map(|weight| (weight.mean, 1.0 / weight.precision)))
    }

    /// Takes one trial: forecasts it, enters the forecast into the record, learns from what came.
    /// Gives the forecast.
    pub fn push(&mut self, features: &Features, yes: bool) -> f64 {
        let said = self.chance(features);
        self.record.push(said, yes);
        let (mut sum, mut spread) = (0.0_f64, 0.0_f64);
        for &at in &features.0 {
            let weight = &mut self.weights[at as usize];
            *weight = weight.at(self.trials);
            sum += f64::from(weight.mean);
            spread += 1.0 / f64::from(weight.precision);
        }
        let chance = sigmoid(START + sum);
        let information = chance * (1.0 - chance);
        // The step is that of Newton's method in the direction of this trial.
        let step = (f64::from(u8::from(yes)) - chance) / (1.0 + information * spread);
        self.trials = self.trials.saturating_add(1);
        for &at in &features.0 {
            let weight = &mut self.weights[at as usize];
            weight.precision += information as f32;
            weight.mean += (step / f64::from(weight.precision)) as f32;
        }
        said
    }

    /// How its forecasts came out.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Everything learnt as it stands now, for many forecasts at once.
    pub fn scorer(&self) -> Scorer {
        let now = |weight: &Weight| weight.at(self.trials);
        Scorer(
            self.weights
                .iter()
                .map(now)
                .map(|w| (w.mean, 1.0 / w.precision))
                .collect(),
        )
    }
}

/// What a [`Ranker`] knew at one moment: gives the same chances, quicker.
#[derive(Debug, Clone)]
pub struct Scorer(Vec<(f32, f32)>);

impl Scorer {
    /// The chance of a yes for an ask with these features.
    pub fn chance(&self, features: &Features) -> f64 {
        chance(features.0.iter().map(|&at| self.0[at as usize % BUCKETS]))
    }
}

fn chance(weights: impl Iterator<Item = (f32, f32)>) -> f64 {
    let (mut sum, mut spread) = (0.0_f64, 0.0_f64);
    for (mean, variance) in weights {
        sum += f64::from(mean);
        spread += f64::from(variance);
    }
    sigmoid((START + sum) / (1.0 + SPREAD * spread).sqrt())
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_learns_which_stage_says_yes_and_forgets_it_again() {
        let mut ranker = Ranker::default();
        let (warm, cold) = (
            Features::default().with("stage", "renewal"),
            Features::default().with("stage", "opener"),
        );
        for i in 0..600 {
            ranker.push(&warm, i % 2 == 0);
            ranker.push(&cold, i % 20 == 0);
        }
        let (before, after) = (ranker.chance(&warm), ranker.chance(&cold));
        assert!(
            before > 0.35 && (after - 0.05).abs() < 0.04,
            "{before} {after}"
        );
        assert!(ranker.record().tells());
        for i in 0..3_000 {
            ranker.push(&warm, i % 20 == 0);
        }
        assert!(ranker.chance(&warm) < 0.1);
        assert_eq!(
            ranker.scorer().chance(&warm).to_bits(),
            ranker.chance(&warm).to_bits()
        );
    }
}
