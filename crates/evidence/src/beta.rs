//! What is known of a rate: counts, a prior, and the beta distribution that they make.

use serde::{Deserialize, Serialize};

use crate::Invalid;
use crate::special::{Z95, beta_reg, ln_beta, quantile};

/// A chance strictly between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Rate(f64);

impl Rate {
    /// Takes a rate.
    ///
    /// # Errors
    /// When it is not strictly between 0 and 1.
    pub fn new(rate: f64) -> Result<Self, Invalid> {
        if rate > 0.0 && rate < 1.0 {
            Ok(Self(rate))
        } else {
            Err(Invalid::Rate(rate))
        }
    }

    /// The rate.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Tries and the yeses among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    yes: u64,
    tries: u64,
}

impl Counts {
    /// Takes counts.
    ///
    /// # Errors
    /// When there are more yeses than tries.
    pub fn new(yes: u64, tries: u64) -> Result<Self, Invalid> {
        if yes > tries {
            return Err(Invalid::Counts { yes, tries });
        }
        Ok(Self { yes, tries })
    }

    /// One more try.
    pub fn push(&mut self, yes: bool) {
        self.tries += 1;
        self.yes += u64::from(yes);
    }

    /// Both together.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            yes: self.yes + other.yes,
            tries: self.tries + other.tries,
        }
    }

    /// The yeses.
    pub fn yes(self) -> u64 {
        self.yes
    }

    /// All tries.
    pub fn tries(self) -> u64 {
        self.tries
    }

    /// Tries that were not a yes.
    pub fn others(self) -> u64 {
        self.tries - self.yes
    }

    /// yes / tries, where there were any.
    pub fn share(self) -> Option<f64> {
        (self.tries > 0).then(|| self.yes as f64 / self.tries as f64)
    }

    /// Wilson's 95 % interval of the rate (Wilson 1927); 0 to 1 without tries.
    pub fn wilson(self) -> Interval {
        if self.tries == 0 {
            return Interval {
                low: 0.0,
                high: 1.0,
            };
        }
        let (n, p) = (self.tries as f64, self.yes as f64 / self.tries as f64);
        let z2 = Z95 * Z95;
        let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z95 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
        Interval {
            low: if self.yes == 0 {
                0.0
            } else {
                (centre - half).max(0.0)
            },
            high: if self.yes == self.tries {
                1.0
            } else {
                (centre + half).min(1.0)
            },
        }
    }

    /// Clopper and Pearson's 95 % interval (1934): never covers less than it says, often more.
    pub fn clopper_pearson(self) -> Interval {
        let (yes, others) = (self.yes as f64, self.others() as f64);
        Interval {
            low: if self.yes == 0 {
                0.0
            } else {
                Beta::raw(yes, others + 1.0).quantile(0.025)
            },
            high: if self.others() == 0 {
                1.0
            } else {
                Beta::raw(yes + 1.0, others).quantile(0.975)
            },
        }
    }
}

/// A range in which a quantity lies, 95 times in 100 unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether two ranges share a value.
    pub fn overlaps(self, other: Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

/// A beta distribution: what is believed of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Beta {
    a: f64,
    b: f64,
}

impl Beta {
    /// Jeffreys' prior, Beta(1/2, 1/2).
    pub const JEFFREYS: Self = Self { a: 0.5, b: 0.5 };
    /// The uniform prior, Beta(1, 1).
    pub const UNIFORM: Self = Self { a: 1.0, b: 1.0 };

    /// Takes the two parts, worth `a` yeses and `b` others.
    ///
    /// # Errors
    /// When one is not positive and finite.
    pub fn new(a: f64, b: f64) -> Result<Self, Invalid> {
        if a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite() {
            Ok(Self { a, b })
        } else {
            Err(Invalid::Prior(a, b))
        }
    }

    pub(crate) const fn raw(a: f64, b: f64) -> Self {
        Self { a, b }
    }

    /// The belief after having seen `counts`.
    #[must_use]
    pub fn after(self, counts: Counts) -> Self {
        Self {
            a: self.a + counts.yes() as f64,
            b: self.b + counts.others() as f64,
        }
    }

    /// The part worth yeses.
    pub fn a(self) -> f64 {
        self.a
    }

    /// The part worth the others.
    pub fn b(self) -> f64 {
        self.b
    }

    /// a / (a + b).
    pub fn mean(self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// P(rate ≤ x).
    pub fn cdf(self, x: f64) -> f64 {
        beta_reg(self.a, self.b, x)
    }

    /// The density at x in (0, 1).
    pub fn density(self, x: f64) -> f64 {
        self.ln_density(x).exp()
    }

    fn ln_density(self, x: f64) -> f64 {
        (self.a - 1.0) * x.ln() + (self.b - 1.0) * (-x).ln_1p() - ln_beta(self.a, self.b)
    }

    /// The rate below which `share` of the belief lies, `share` in (0, 1).
    pub fn quantile(self, share: f64) -> f64 {
        let constant = ln_beta(self.a, self.b);
        quantile(
            share,
            self.mean(),
            1e-15,
            |x| self.cdf(x),
            |x| ((self.a - 1.0) * x.ln() + (self.b - 1.0) * (-x).ln_1p() - constant).exp(),
        )
    }

    /// The middle 95 %.
    pub fn interval(self) -> Interval {
        Interval {
            low: self.quantile(0.025),
            high: self.quantile(0.975),
        }
    }
}
