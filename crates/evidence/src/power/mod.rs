//! How large a slump could be noticed, and how soon.
//!
//! The bounds are those of sequential analysis for a known rate: they tell how hard a drop is to
//! see for any method. What Rebound's own watch needs, with a rate that it learns, was measured
//! ([`typical_delay`]).

mod table;
mod typical;

pub use typical::{noticeable, typical_delay, typical_delay_at};

use serde::Serialize;

use crate::Invalid;
use crate::beta::Rate;
use crate::watch::Promise;

/// What is left of a rate after a drop: 0.5 where it halves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Drop(f64);

impl Drop {
    /// Takes the ratio of the rate after to the rate before.
    ///
    /// # Errors
    /// When it is not strictly between 0 and 1.
    pub fn to(ratio: f64) -> Result<Self, Invalid> {
        if ratio > 0.0 && ratio < 1.0 {
            Ok(Self(ratio))
        } else {
            Err(Invalid::Drop(ratio))
        }
    }

    /// The rate after the drop.
    pub fn after(self, before: Rate) -> f64 {
        self.0 * before.get()
    }
}

/// Information that each trial gives about a change from a rate p0 to p1, in nats:
/// KL(p, q) = p ln(p/q) + (1-p) ln((1-p)/(1-q)).
pub fn kl(p: f64, q: f64) -> f64 {
    (p * (p / q).ln() + (1.0 - p) * ((-p).ln_1p() - (-q).ln_1p())).max(0.0)
}

/// Lorden's bound of first order (1971): ln(ARL)/KL(p1, p0) trials.
pub fn lorden_first_order_delay(before: Rate, drop: Drop, promise: Promise) -> f64 {
    promise.trials().ln() / kl(drop.after(before), before.get())
}

/// e^x - x - 1, to its last digit near 0 too.
fn beyond_line(x: f64) -> f64 {
    if x.abs() < 1e-3 {
        x * x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x / 120.0)))
    } else {
        x.exp_m1() - x
    }
}

/// Siegmund's threshold h of a CUSUM that keeps the promise: e^h - h - 1 = ARL · KL(p0, p1).
pub fn siegmund_h(before: Rate, drop: Drop, promise: Promise) -> f64 {
    let target = promise.trials() * kl(before.get(), drop.after(before));
    // e^h - h - 1 lies above h²/2: from there Newton's steps come down to the root.
    let mut h = (2.0 * target).sqrt();
    if h > 2.0 {
        h = h.min(target.ln_1p() + 3.0);
    }
    for _ in 0..100 {
        let next = h - (beyond_line(h) - target) / h.exp_m1();
        if !next.is_finite() || (next - h).abs() <= 1e-15 * h {
            break;
        }
        h = next;
    }
    h
}

/// Mean trials that a CUSUM which knows both rates needs, (h + e^-h - 1)/KL(p1, p0) (Siegmund).
/// Infinite where the drop tells nothing that a number could hold.
pub fn siegmund_delay(before: Rate, drop: Drop, promise: Promise) -> f64 {
    let needed = beyond_line(-siegmund_h(before, drop, promise));
    let told = kl(drop.after(before), before.get());
    if told > 0.0 {
        needed / told
    } else {
        f64::INFINITY
    }
}
