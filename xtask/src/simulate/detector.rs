//! What watches a stream: Rebound's own watch, and the one that knows everything beforehand.

use evidence::power::{self, Drop};
use evidence::watch::{Promise, Watch};
use evidence::{Beta, Rate};
use fastrand::Rng;

use super::runs::{Coin, Mean, runs};

/// Trials after which a run is given up: no mean below turns on it.
pub(super) const MOST: u64 = 5_000_000;

/// Takes trials and says when the rate has dropped.
pub(super) trait Detector: Copy + Sync {
    /// Takes one trial; true when an alarm is due.
    fn push(&mut self, yes: bool) -> bool;

    /// Trials until the alarm, at most `most`.
    fn trials_to_alarm(mut self, coin: Coin, most: u64, rng: &mut Rng) -> u64 {
        let mut trials = 1;
        while !self.push(coin.toss(rng)) && trials < most {
            trials += 1;
        }
        trials
    }

    /// The detector after `trials` without an alarm; nothing where there was one.
    fn calm(mut self, coin: Coin, trials: u64, rng: &mut Rng) -> Option<Self> {
        (0..trials)
            .all(|_| !self.push(coin.toss(rng)))
            .then_some(self)
    }
}

/// Rebound's watch with what it takes as given.
#[derive(Clone, Copy)]
pub(super) struct Ours {
    watch: Watch,
    prior: Beta,
    promise: Promise,
}

impl Ours {
    pub(super) fn new(prior: Beta, promise: Promise) -> Self {
        Self {
            watch: Watch::default(),
            prior,
            promise,
        }
    }

    /// One that has been told the rate.
    pub(super) fn knowing(rate: f64, promise: Promise) -> Self {
        Self::new(believing(rate, 1e7), promise)
    }

    /// Learns from trials without watching, then begins to watch.
    pub(super) fn after_baseline(mut self, coin: Coin, trials: u64, rng: &mut Rng) -> Self {
        for _ in 0..trials {
            self.watch.push(coin.toss(rng), 1.0, self.prior);
        }
        self.watch.restart();
        self
    }

    /// Looks anew after an alarm.
    pub(super) fn restart(&mut self) {
        self.watch.restart();
    }
}

impl Detector for Ours {
    fn push(&mut self, yes: bool) -> bool {
        self.watch.push(yes, 1.0, self.prior);
        self.watch.alarm(self.promise).is_some()
    }
}

/// A belief in a rate that is worth so many trials.
pub(super) fn believing(rate: f64, worth: f64) -> Beta {
    Beta::new(rate * worth, (1.0 - rate) * worth).expect("a rate between 0 and 1")
}

/// Page's CUSUM of log-likelihood ratios, which knows the rate before and the rate after. No other
/// that keeps its promise notices a change sooner in the worst case (Moustakides 1986).
#[derive(Clone, Copy)]
pub(super) struct Cusum {
    yes: f64,
    no: f64,
    pub(super) threshold: f64,
    sum: f64,
}

impl Cusum {
    fn new(before: f64, after: f64, threshold: f64) -> Self {
        Self {
            yes: (after / before).ln(),
            no: ((1.0 - after) / (1.0 - before)).ln(),
            threshold,
            sum: 0.0,
        }
    }

    /// One whose threshold is such that false alarms are `promise` trials apart, found by halving
    /// around Siegmund's formula with the same draws at each step. Also says what it came to.
    pub(super) fn tuned(
        before: f64,
        left: f64,
        promise: f64,
        count: usize,
        seed: u64,
    ) -> (Self, Mean) {
        let rate = Rate::new(before).expect("a rate");
        let drop = Drop::to(left).expect("a drop");
        let h = power::siegmund_h(rate, drop, Promise::new(promise).expect("a promise"));
        let at = |threshold| {
            let cusum = Self::new(before, left * before, threshold);
            (cusum, false_alarms_apart(cusum, before, count, seed))
        };
        let (mut low, mut high) = (0.6 * h, 1.3 * h);
        let mut nearest = at(0.5 * (low + high));
        for _ in 0..12 {
            let middle = 0.5 * (low + high);
            let found = at(middle);
            if found.1.is < promise {
                low = middle;
            } else {
                high = middle;
            }
            if (found.1.is - promise).abs() <= (nearest.1.is - promise).abs() {
                nearest = found;
            }
        }
        nearest
    }
}

impl Detector for Cusum {
    fn push(&mut self, yes: bool) -> bool {
        self.sum = (self.sum + if yes { self.yes } else { self.no }).max(0.0);
        self.sum >= self.threshold
    }
}

/// Mean trials between false alarms.
pub(super) fn false_alarms_apart(
    detector: impl Detector,
    rate: f64,
    count: usize,
    seed: u64,
) -> Mean {
    let coin = Coin::new(rate);
    let trials = runs(count, seed, |rng| {
        detector.trials_to_alarm(coin, MOST, rng) as f64
    });
    Mean::of(&trials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tuned_cusum_keeps_the_promise_it_was_tuned_to() {
        let (cusum, apart) = Cusum::tuned(0.2, 0.5, 300.0, 400, 1);
        assert!((apart.is / 300.0 - 1.0).abs() < 0.1, "{}", apart.is);
        // Other draws than those it was tuned with.
        let again = false_alarms_apart(cusum, 0.2, 400, 2);
        assert!((again.is - 300.0).abs() < 5.0 * again.error, "{}", again.is);
    }
}
