//! The calculators: all that a few given numbers determine.

use crate::beta::{Beta, Counts, Rate};
use crate::power::{self, Drop};
use crate::statistic::{self as s, Statistic};
use crate::watch::Promise;
use crate::{Invalid, next_yes, pitch, runs};

/// One value, under its name in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The statistic's code, its capital letters filled in.
    pub code: String,
    /// The value; infinite where there is no end.
    pub value: f64,
    /// What it is.
    pub statistic: Statistic,
}

fn figure(statistic: Statistic, value: f64) -> Figure {
    Figure {
        code: statistic.code.to_owned(),
        value,
        statistic,
    }
}

fn named(statistic: Statistic, code: String, value: f64) -> Figure {
    Figure {
        code,
        value,
        statistic,
    }
}

/// Runs without a yes at a known rate, in `tries` asks and of `run` or more; either may be left out.
///
/// # Errors
/// When both are.
pub fn streak(rate: Rate, tries: Option<u64>, run: Option<u64>) -> Result<Vec<Figure>, Invalid> {
    let mut figures = Vec::new();
    if let Some(k) = run {
        figures.push(figure(s::P_NEXT_K_ALL_NO, runs::p_next_k_all_no(rate, k)));
        figures.push(figure(
            s::MEAN_WAIT_FIRST_RUN_K,
            runs::mean_wait_first_run_k(rate, k),
        ));
    }
    if let Some(n) = tries {
        if let Some(k) = run {
            figures.push(figure(s::P_LONGEST_GE_K, runs::p_longest_ge_k(rate, n, k)));
        }
        figures.push(figure(s::MEAN_LONGEST, runs::mean_longest(rate, n)));
        figures.push(figure(
            s::MEDIAN_LONGEST,
            runs::median_longest(rate, n) as f64,
        ));
    }
    if figures.is_empty() {
        return Err(Invalid::Empty(
            "a number of tries, the length of a run, or both",
        ));
    }
    Ok(figures)
}

/// The rate and the next yes after `counts`, from `prior`.
pub fn next_yes(prior: Beta, counts: Counts) -> Vec<Figure> {
    let belief = prior.after(counts);
    let mut figures = vec![figure(s::POST_MEAN, belief.mean())];
    for share in [0.025, 0.5, 0.975] {
        figures.push(named(
            s::POST_QUANTILE,
            format!("post_q{share}"),
            belief.quantile(share),
        ));
    }
    if counts.tries() > 0 {
        let (wilson, exact) = (counts.wilson(), counts.clopper_pearson());
        figures.extend([
            figure(s::WILSON_LOW, wilson.low),
            figure(s::WILSON_HIGH, wilson.high),
            figure(s::CLOPPER_LOW, exact.low),
            figure(s::CLOPPER_HIGH, exact.high),
        ]);
    }
    for m in [1, 5, 10, 30] {
        let code = format!("p_no_yes_in_next_{m}");
        figures.push(named(
            s::P_NO_YES_IN_NEXT,
            code,
            next_yes::p_no_yes_in_next(belief, m),
        ));
    }
    for share in [0.5, 0.8, 0.9, 0.95] {
        let within = next_yes::tries_within(belief, share).map_or(f64::INFINITY, |m| m as f64);
        figures.push(named(
            s::TRIES_TO_NEXT_YES,
            format!("q{share}_tries_to_next_yes"),
            within,
        ));
    }
    figures.push(figure(
        s::MEAN_TRIES_TO_NEXT_YES,
        next_yes::mean_tries(belief),
    ));
    for (r, x) in [(1, 0), (1, 5), (1, 20), (3, 0), (3, 5), (3, 20)] {
        let value = next_yes::pmf(belief, r, x);
        figures.push(named(s::BNB_PMF, format!("bnb_pmf_r{r}_x{x}"), value));
    }
    figures
}

/// How hard a drop is to see.
pub fn power(before: Rate, drop: Drop, promise: Promise) -> Vec<Figure> {
    let (p0, p1) = (before.get(), drop.after(before));
    vec![
        figure(s::KL_AFTER_BEFORE, power::kl(p1, p0)),
        figure(s::KL_BEFORE_AFTER, power::kl(p0, p1)),
        figure(
            s::LORDEN,
            power::lorden_first_order_delay(before, drop, promise),
        ),
        figure(s::SIEGMUND_H, power::siegmund_h(before, drop, promise)),
        figure(
            s::SIEGMUND_DELAY,
            power::siegmund_delay(before, drop, promise),
        ),
    ]
}

/// One pitch, against another or against a rate.
pub fn pitch(a: Counts, b: Option<Counts>, against: Option<Rate>) -> Vec<Figure> {
    let mut figures = Vec::new();
    if let Some(b) = b {
        figures.push(figure(s::P_B_GT_A, pitch::p_b_gt_a(a, b)));
        let factor = pitch::bayes_factor_different_vs_same(a, b);
        figures.push(figure(s::BAYES_FACTOR, factor));
    }
    if let Some(against) = against {
        figures.push(figure(
            s::ROBBINS,
            pitch::robbins_mixture_e_value(a, against),
        ));
    }
    figures
}
