//! How many asks until the next yes: the beta-negative-binomial distribution.
//!
//! With a rate of which only Beta(a, b) is known, P(no yes in the next m) = B(a, b + m) / B(a, b).

use crate::beta::Beta;
use crate::special::{ln_beta, ln_gamma_step};

/// ln of B(a, b + m) / B(a, b).
fn ln_no_yes(belief: Beta, m: f64) -> f64 {
    ln_gamma_step(belief.b(), m) - ln_gamma_step(belief.a() + belief.b(), m)
}

/// P(none of the next `m` asks is a yes).
pub fn p_no_yes_in_next(belief: Beta, m: u64) -> f64 {
    ln_no_yes(belief, m as f64).exp()
}

/// Mean asks up to and with the next yes, (a + b - 1)/(a - 1); infinite while a ≤ 1.
pub fn mean_tries(belief: Beta) -> f64 {
    if belief.a() > 1.0 {
        (belief.a() + belief.b() - 1.0) / (belief.a() - 1.0)
    } else {
        f64::INFINITY
    }
}

/// The fewest asks within which the next yes falls with chance `share` or more, the yes counted;
/// `None` when that is beyond 2⁵³, where counts stop being exact. A chance that equals `share` but for
/// rounding reaches it.
pub fn tries_within(belief: Beta, share: f64) -> Option<u64> {
    let reached = |m: u64| -ln_no_yes(belief, m as f64).exp_m1() >= share - 1e-13;
    let mut high = 1_u64;
    while !reached(high) {
        high = high.checked_mul(2).filter(|&high| high <= 1 << 53)?;
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if reached(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// P(exactly `x` others before the `r`-th yes) = C(x + r - 1, x) B(a + r, b + x) / B(a, b);
/// `r` at least 1.
pub fn pmf(belief: Beta, r: u64, x: u64) -> f64 {
    let (r, x) = (r.max(1) as f64, x as f64);
    let choose = ln_gamma_step(r, x) - ln_gamma_step(1.0, x);
    let (a, b) = (belief.a(), belief.b());
    let beta = if a + b < 1e4 {
        ln_beta(a + r, b + x) - ln_beta(a, b)
    } else {
        ln_gamma_step(a, r) + ln_gamma_step(b, x) - ln_gamma_step(a + b, r + x)
    };
    (choose + beta).exp()
}
