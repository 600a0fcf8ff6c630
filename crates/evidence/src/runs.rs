//! Runs without a yes: the chance of this run, and of one as long somewhere among many tries.
//!
//! p is the chance of a yes, q = 1 - p.

use crate::beta::Rate;

/// Tries up to which the chance of a long run is worked out exactly; above, by Poisson's limit,
/// whose error is then far below what a rate is known to.
const EXACT_TRIES: u64 = 100_000;
/// Steps up to which the mean of the longest run is summed exactly.
const EXACT_STEPS: f64 = 1e8;
/// Places at which terms are taken where there are too many of them.
const PLACES: u64 = 100_000;

/// q^k: the chance that the next `k` tries, or `k` tries picked beforehand, bring no yes.
pub fn p_next_k_all_no(rate: Rate, k: u64) -> f64 {
    (k as f64 * (-rate.get()).ln_1p()).exp()
}

/// P(a run of `k` or more without a yes somewhere in `n` tries).
///
/// Exact for up to 100,000 tries, by f(i) = f(i-1) - p q^k f(i-k-1) for the chance of none; above,
/// 1 - exp(-(n-k+1) p q^k).
pub fn p_longest_ge_k(rate: Rate, n: u64, k: u64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n {
        return 0.0;
    }
    let p = rate.get();
    let all = p_next_k_all_no(rate, k);
    // A run that begins after the first try follows a yes: at most one fits while n ≤ 2k.
    if n <= k.saturating_mul(2) {
        return (all * (1.0 + (n - k) as f64 * p)).min(1.0);
    }
    if n > EXACT_TRIES {
        return -(-((n - k + 1) as f64) * p * all).exp_m1();
    }
    exact(p, all, n as usize, k as usize)
}

/// The chance itself is carried, g = 1 - f, so that small ones keep their digits:
/// g(i) = g(i-1) + p q^k (1 - g(i-k-1)).
fn exact(p: f64, all: f64, n: usize, k: usize) -> f64 {
    let mut kept = vec![0.0_f64; n + 1];
    kept[k] = all;
    let begin = p * all;
    for i in k + 1..=n {
        kept[i] = kept[i - 1] + begin * (1.0 - kept[i - k - 1]);
    }
    kept[n].clamp(0.0, 1.0)
}

/// Mean length of the longest run in `n` tries: the sum over k of P(longest ≥ k).
///
/// Exact while that takes no more than 1e8 steps. Beyond, Poisson's form stands for the terms, and
/// where they change slowly they are taken at 100,000 places and by straight lines between.
pub fn mean_longest(rate: Rate, n: u64) -> f64 {
    let terms = ((n as f64).max(1.0).ln() + 42.0) / -(-rate.get()).ln_1p();
    let last = (terms.min(n as f64)) as u64;
    if n <= EXACT_TRIES && last as f64 * n as f64 <= EXACT_STEPS {
        return (1..=last).map(|k| p_longest_ge_k(rate, n, k)).sum();
    }
    let term = |k: u64| {
        if n > k.saturating_mul(2) {
            -(-((n - k + 1) as f64) * rate.get() * p_next_k_all_no(rate, k)).exp_m1()
        } else {
            p_longest_ge_k(rate, n, k)
        }
    };
    let stride = (last / PLACES).max(1);
    let (mut sum, mut at, mut before) = (0.0, 0, 1.0);
    while at < last {
        let step = stride.min(last - at);
        at += step;
        let now = term(at);
        // The terms strictly between two places, and the one at this place.
        sum += now + (step - 1) as f64 * 0.5 * (before + now);
        before = now;
    }
    sum
}

/// The smallest m with P(longest run in `n` tries ≤ m) ≥ 1/2.
pub fn median_longest(rate: Rate, n: u64) -> u64 {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if p_longest_ge_k(rate, n, middle + 1) <= 0.5 {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// Mean tries until a run of `k` without a yes is first complete, (1 - q^k)/(p q^k); infinite where
/// that is beyond every number.
pub fn mean_wait_first_run_k(rate: Rate, k: u64) -> f64 {
    let ln_all = k as f64 * (-rate.get()).ln_1p();
    -ln_all.exp_m1() / (rate.get() * ln_all.exp())
}
