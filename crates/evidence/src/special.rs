//! Special functions: `statrs` where it has them, and differences of logarithms of the gamma
//! function, which lose their digits when two large ones are subtracted.

use statrs::function::{beta, gamma};

/// The 0.975 quantile of the normal distribution: half of a 95 % interval.
pub(crate) const Z95: f64 = 1.959_963_984_540_054;

/// ln Γ(x) for x > 0.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    gamma::ln_gamma(x)
}

/// What Stirling's series adds to (x - 1/2) ln x - x + ln √(2π); to 1e-17 from x = 16 on.
fn stirling_rest(x: f64) -> f64 {
    let r = 1.0 / (x * x);
    let series = 1.0 / 1680.0;
    let series = 1.0 / 1260.0 - r * series;
    let series = 1.0 / 360.0 - r * series;
    (1.0 / 12.0 - r * series) / x
}

/// ln Γ(x + d) - ln Γ(x) for x > 0 and d ≥ 0, without subtracting two large numbers.
pub(crate) fn ln_gamma_step(x: f64, d: f64) -> f64 {
    if d == 0.0 {
        return 0.0;
    }
    if d <= 64.0 && d.fract() == 0.0 {
        return (0..d as u32).map(|i| (x + f64::from(i)).ln()).sum();
    }
    if x < 16.0 {
        return ln_gamma(x + d) - ln_gamma(x);
    }
    (x - 0.5) * (d / x).ln_1p() + d * ((x + d).ln() - 1.0) + stirling_rest(x + d) - stirling_rest(x)
}

/// ln B(a, b).
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    ln_gamma(small) - ln_gamma_step(large, small)
}

/// The regularised incomplete beta function I_x(a, b); 0 below 0 and 1 above 1.
pub(crate) fn beta_reg(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if x >= 1.0 {
        1.0
    } else {
        beta::beta_reg(a, b, x)
    }
}

/// The regularised lower incomplete gamma function P(a, x).
pub(crate) fn gamma_reg(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        0.0
    } else if x > a + 40.0 * a.sqrt() + 800.0 {
        // Nothing that a number could hold lies above.
        1.0
    } else {
        gamma::gamma_lr(a, x)
    }
}

/// The smallest x in [0, 1] with `cdf(x) >= share`, for a continuous rising `cdf`: Newton's steps
/// along `density`, kept inside a bracket that halves whenever a step would leave it, until a step is
/// no more than `digits` times x.
pub(crate) fn quantile(
    share: f64,
    start: f64,
    digits: f64,
    cdf: impl Fn(f64) -> f64,
    density: impl Fn(f64) -> f64,
) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = if start > 0.0 && start < 1.0 {
        start
    } else {
        0.5
    };
    for _ in 0..200 {
        let off = cdf(x) - share;
        if off > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let step = x - off / density(x);
        // Near an end what is sought may be smaller than any fixed step: halve there by ratio.
        let halved = if low == 0.0 && high < 1e-3 {
            high * 0.1
        } else {
            0.5 * (low + high)
        };
        let next = if step.is_finite() && step > low && step < high {
            step
        } else {
            halved
        };
        if (next - x).abs() <= digits * x.max(1e-300) || high - low <= f64::MIN_POSITIVE {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_keep_their_digits() {
        // Γ(x + 1)/Γ(x) = x, by both ways.
        for x in [0.5, 3.0, 16.0, 1e3, 1e7, 1e12] {
            assert!((ln_gamma_step(x, 1.0) - f64::ln(x)).abs() < 1e-12);
            let half = ln_gamma_step(x, 0.5) + ln_gamma_step(x + 0.5, 0.5);
            assert!(
                (half - f64::ln(x)).abs() < 1e-12 * f64::ln(x).abs().max(1.0),
                "{x}"
            );
        }
        // 65 is stepped over in one, 64 and 1 by multiplying.
        for x in [16.0, 250.5, 1e6] {
            let stepped = ln_gamma_step(x, 64.0) + ln_gamma_step(x + 64.0, 1.0);
            assert!(
                (ln_gamma_step(x, 65.0) / stepped - 1.0).abs() < 1e-13,
                "{x}"
            );
        }
    }

    #[test]
    fn quantiles_are_found_near_both_ends() {
        for (a, b) in [(0.5, 500.5), (500.5, 0.5), (0.5, 0.5), (3000.5, 47_000.5)] {
            for share in [0.001, 0.025, 0.5, 0.975, 0.999] {
                let x = quantile(
                    share,
                    a / (a + b),
                    1e-15,
                    |x| beta_reg(a, b, x),
                    |x| ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - ln_beta(a, b)).exp(),
                );
                // Close to 1 two neighbouring numbers lie far apart on the scale of shares.
                let (under, over) = (
                    beta_reg(a, b, x * (1.0 - 1e-13)),
                    beta_reg(a, b, x * (1.0 + 1e-13)),
                );
                assert!(
                    under <= share + 1e-12 && over >= share - 1e-12,
                    "{a} {b} {share}: {x}"
                );
            }
        }
    }
}
