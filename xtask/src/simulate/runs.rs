//! The same thing tried many times, each time from a seed of its own, over two threads.

use std::thread;

use fastrand::Rng;

const THREADS: usize = 2;

/// The `n`th seed that comes from `seed` (the mixing function of SplitMix64).
pub(super) fn nth(seed: u64, n: u64) -> u64 {
    let mut z = seed.wrapping_add((n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What each of `count` runs gave, in order: the same however many threads share the work.
pub(super) fn runs<T: Send>(count: usize, seed: u64, run: impl Fn(&mut Rng) -> T + Sync) -> Vec<T> {
    let part = count.div_ceil(THREADS).max(1);
    let run = &run;
    thread::scope(|scope| {
        let hands: Vec<_> = (0..count)
            .step_by(part)
            .map(|from| {
                let numbers = from..(from + part).min(count);
                let one = move |n| run(&mut Rng::with_seed(nth(seed, n as u64)));
                scope.spawn(move || numbers.map(one).collect::<Vec<T>>())
            })
            .collect();
        hands
            .into_iter()
            .flat_map(|hand| hand.join().expect("a run that does not break"))
            .collect()
    })
}

/// A coin that says yes at a rate.
#[derive(Clone, Copy)]
pub(super) struct Coin(u64);

impl Coin {
    pub(super) fn new(rate: f64) -> Self {
        // Rates are given on a grid of 2^-64, finer than anything here could tell.
        Self((rate * 2.0_f64.powi(64)) as u64)
    }

    pub(super) fn toss(self, rng: &mut Rng) -> bool {
        rng.u64(..) < self.0
    }
}

/// The mean, and how far it may be off: its standard error.
#[derive(Clone, Copy)]
pub(super) struct Mean {
    pub(super) is: f64,
    pub(super) error: f64,
}

impl Mean {
    pub(super) fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let is = values.iter().sum::<f64>() / n;
        let square = values.iter().map(|v| (v - is).powi(2)).sum::<f64>() / (n - 1.0);
        Self {
            is,
            error: (square / n).sqrt(),
        }
    }

    /// Of values that are shares of yes: the share, and its standard error.
    pub(super) fn share(of: impl Iterator<Item = bool>) -> Self {
        let values: Vec<f64> = of.map(|yes| f64::from(u8::from(yes))).collect();
        Self::of(&values)
    }
}

/// The middle value.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.is_empty() {
        f64::NAN
    } else if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_the_same_on_one_thread_and_on_two() {
        let coin = Coin::new(0.3);
        let toss = |rng: &mut Rng| (0..100).filter(|_| coin.toss(rng)).count();
        let alone: Vec<usize> = (0..1_001)
            .map(|n| toss(&mut Rng::with_seed(nth(7, n))))
            .collect();
        assert_eq!(runs(1_001, 7, toss), alone);
        let mean = Mean::of(&alone.iter().map(|&n| n as f64).collect::<Vec<_>>());
        assert!((mean.is - 30.0).abs() < 5.0 * mean.error && mean.error < 0.2);
    }
}
