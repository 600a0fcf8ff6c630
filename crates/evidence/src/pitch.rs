//! Did the new pitch work: two rates compared.
//!
//! The test of two pitches may be looked at after every ask: it is an e-process (Turner, Ly and
//! Grünwald 2024). Where both pitches do equally well, the chance that it *ever* reaches 20 is 1 in
//! 20 at most.

use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::beta::{Beta, Counts, Rate};
use crate::special::{ln_beta, ln_gamma_step};

/// The e-value at which two pitches are said to differ: looked at as often as one likes, it is
/// reached by chance at most once in 20 tests.
pub const TELLS: f64 = 20.0;

/// Terms up to which P(b > a) is summed exactly.
const EXACT_TERMS: f64 = 1e6;
/// Steps of the integral that stands for a longer sum.
const STEPS: u32 = 2_000;

/// P(rate of b > rate of a), each with a uniform prior: the exact finite sum, or from a million terms
/// on the integral of one rate's distribution over the other's density.
pub fn p_b_gt_a(a: Counts, b: Counts) -> f64 {
    // The sum runs over the yeses or the others of either pitch: take the shortest.
    let (ya, na, yb, nb) = (
        a.yes() as f64 + 1.0,
        a.others() as f64 + 1.0,
        b.yes() as f64 + 1.0,
        b.others() as f64 + 1.0,
    );
    let shortest = ya.min(na).min(yb).min(nb);
    if shortest > EXACT_TERMS {
        return integrated(Beta::raw(ya, na), Beta::raw(yb, nb));
    }
    if shortest == yb {
        greater(ya, na, yb, nb)
    } else if shortest == ya {
        1.0 - greater(yb, nb, ya, na)
    } else if shortest == na {
        greater(nb, yb, na, ya)
    } else {
        1.0 - greater(na, ya, nb, yb)
    }
}

/// P(b > a) by Simpson's rule where nearly all of b's belief lies.
fn integrated(a: Beta, b: Beta) -> f64 {
    let (mean, worth) = (b.mean(), b.a() + b.b());
    let sd = (mean * (1.0 - mean) / (worth + 1.0)).sqrt();
    let (from, to) = ((mean - 9.0 * sd).max(0.0), (mean + 9.0 * sd).min(1.0));
    let (mut sum, mut whole) = (0.0, 0.0);
    for i in 1..STEPS {
        let x = from + (to - from) * f64::from(i) / f64::from(STEPS);
        let weight = if i % 2 == 1 { 4.0 } else { 2.0 } * b.density(x);
        sum += weight * a.cdf(x);
        whole += weight;
    }
    (sum / whole).clamp(0.0, 1.0)
}

/// P(Beta(c, d) > Beta(a, b)) for a whole number c:
/// the sum over i < c of B(a + i, b + d) / ((d + i) B(1 + i, d) B(a, b)).
fn greater(a: f64, b: f64, c: f64, d: f64) -> f64 {
    // The first term, and each next one by its ratio to the one before.
    let mut term = (ln_gamma_step(b, d) - ln_gamma_step(a + b, d)).exp();
    let mut sum = term;
    if term < 1e-290 {
        return greater_by_logarithms(a, b, c, d);
    }
    for i in 0..c as u64 - 1 {
        let i = i as f64;
        term *= (a + i) / (a + b + d + i) * (d + i) / (1.0 + i);
        sum += term;
    }
    sum.clamp(0.0, 1.0)
}

fn greater_by_logarithms(a: f64, b: f64, c: f64, d: f64) -> f64 {
    let whole = ln_beta(a, b);
    let sum: f64 = (0..c as u64)
        .map(|i| i as f64)
        .map(|i| (ln_beta(a + i, b + d) - (d + i).ln() - ln_beta(1.0 + i, d) - whole).exp())
        .sum();
    sum.clamp(0.0, 1.0)
}

/// How much better two separate rates explain the counts than one, each with a uniform prior:
/// B(1+s1, 1+f1) B(1+s2, 1+f2) / B(1+s1+s2, 1+f1+f2).
pub fn bayes_factor_different_vs_same(a: Counts, b: Counts) -> f64 {
    let both = a.merge(b);
    let ln = |counts: Counts| {
        let after = Beta::UNIFORM.after(counts);
        ln_beta(after.a(), after.b())
    };
    (ln(a) + ln(b) - ln(both)).exp()
}

/// Robbins' mixture: evidence against a rate of exactly `against`, valid at any time,
/// B(.5+s, .5+f)/B(.5, .5) / (p0^s (1-p0)^f).
pub fn robbins_mixture_e_value(counts: Counts, against: Rate) -> f64 {
    let after = Beta::JEFFREYS.after(counts);
    let p0 = against.get();
    let null = counts.yes() as f64 * p0.ln() + counts.others() as f64 * (-p0).ln_1p();
    (ln_beta(after.a(), after.b()) - ln_beta(0.5, 0.5) - null).exp()
}

/// One of two pitches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// The first, usually the one in use.
    A,
    /// The second, usually the new one.
    B,
}

/// A running test of two pitches.
///
/// Asks are taken in blocks of a fixed number of each pitch, in the order in which they come; asks
/// of one pitch that are ahead wait for the other. A closed block multiplies the evidence by
/// Π qa(x) Π qb(y) / Π q0(·), where qa and qb are each pitch's Beta(½, ½) predictive from the blocks
/// before and q0 is their mean by the block's shares. It is valid as long as whether an ask is
/// made does not depend on how a waiting one came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    block: [u32; 2],
    closed: [Counts; 2],
    waiting: [Vec<bool>; 2],
    ln_evidence: f64,
    /// The largest the logarithm of the evidence has been.
    ln_most: f64,
}

impl Default for Test {
    fn default() -> Self {
        Self {
            block: [1, 1],
            closed: [Counts::default(); 2],
            waiting: [Vec::new(), Vec::new()],
            ln_evidence: 0.0,
            ln_most: 0.0,
        }
    }
}

impl Test {
    /// A test whose blocks hold `a` asks of the first pitch and `b` of the second.
    ///
    /// # Errors
    /// When one of them is 0.
    pub fn in_blocks(a: u32, b: u32) -> Result<Self, Invalid> {
        if a == 0 || b == 0 {
            return Err(Invalid::Block(a, b));
        }
        Ok(Self {
            block: [a, b],
            ..Self::default()
        })
    }

    /// Takes one ask.
    pub fn push(&mut self, arm: Arm, yes: bool) {
        self.waiting[arm as usize].push(yes);
        let full = |i: usize| self.waiting[i].len() >= self.block[i] as usize;
        if full(0) && full(1) {
            self.close();
        }
    }

    fn close(&mut self) {
        let q = self
            .closed
            .map(|counts| Beta::JEFFREYS.after(counts).mean());
        let shares = self.block.map(f64::from);
        let q0 = (shares[0] * q[0] + shares[1] * q[1]) / (shares[0] + shares[1]);
        for (i, q) in q.into_iter().enumerate() {
            for yes in self.waiting[i].drain(..self.block[i] as usize) {
                self.ln_evidence += if yes {
                    q.ln() - q0.ln()
                } else {
                    (-q).ln_1p() - (-q0).ln_1p()
                };
                self.closed[i].push(yes);
            }
        }
        self.ln_most = self.ln_most.max(self.ln_evidence);
    }

    /// The evidence now that the pitches differ; 1 is none either way.
    pub fn e_value(&self) -> f64 {
        self.ln_evidence.exp()
    }

    /// The largest it has been. Having once reached [`TELLS`], the answer stands.
    pub fn most(&self) -> f64 {
        self.ln_most.exp()
    }

    /// Asks of a pitch in closed blocks.
    pub fn counts(&self, arm: Arm) -> Counts {
        self.closed[arm as usize]
    }

    /// Asks of a pitch that wait for the other.
    pub fn waiting(&self, arm: Arm) -> usize {
        self.waiting[arm as usize].len()
    }
}
