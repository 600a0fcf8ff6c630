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
    /// What it says, filled in alike.
    pub plain: String,
    /// The value; infinite where there is no end.
    pub value: f64,
    /// What it is.
    pub statistic: Statistic,
}

impl Figure {
    /// A value of a statistic that needs no number to be named.
    pub fn new(statistic: Statistic, value: f64) -> Self {
        Self::named(statistic, &[], value)
    }

    /// The same, with the numbers that its capital letters stand for.
    fn named(statistic: Statistic, numbers: &[(char, String)], value: f64) -> Self {
        let number = |letter| numbers.iter().find(|(named, _)| *named == letter);
        let code = statistic.code.chars().map(|letter| match number(letter) {
            Some((_, number)) => number.clone(),
            None => letter.to_string(),
        });
        let word = |word: &str| {
            let mut letters = word.chars();
            let known = letters.next().and_then(number);
            match (known, letters.as_str()) {
                (Some((_, number)), rest @ ("" | "," | ";")) => format!("{number}{rest}"),
                _ => word.to_owned(),
            }
        };
        Self {
            code: code.collect(),
            plain: statistic
                .plain
                .split(' ')
                .map(word)
                .collect::<Vec<_>>()
                .join(" "),
            value,
            statistic,
        }
    }
}

fn figure(statistic: Statistic, value: f64) -> Figure {
    Figure::new(statistic, value)
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
        figures.push(Figure::named(
            s::POST_QUANTILE,
            &[('X', share.to_string())],
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
        let chance = next_yes::p_no_yes_in_next(belief, m);
        figures.push(Figure::named(
            s::P_NO_YES_IN_NEXT,
            &[('M', m.to_string())],
            chance,
        ));
    }
    for share in [0.5, 0.8, 0.9, 0.95] {
        let within = next_yes::tries_within(belief, share).map_or(f64::INFINITY, |m| m as f64);
        figures.push(Figure::named(
            s::TRIES_TO_NEXT_YES,
            &[('X', share.to_string())],
            within,
        ));
    }
    figures.push(figure(
        s::MEAN_TRIES_TO_NEXT_YES,
        next_yes::mean_tries(belief),
    ));
    for (r, x) in [(1, 0), (1, 5), (1, 20), (3, 0), (3, 5), (3, 20)] {
        let value = next_yes::pmf(belief, r, x);
        figures.push(Figure::named(
            s::BNB_PMF,
            &[('R', r.to_string()), ('X', x.to_string())],
            value,
        ));
    }
    figures
}

/// How soon a drop is noticed after `seen` attempts, and how hard it is to see for any method.
pub fn power(before: Rate, drop: Drop, promise: Promise, seen: u64) -> Vec<Figure> {
    let (p0, p1) = (before.get(), drop.after(before));
    let typical = power::typical_delay_at(before, drop, seen, promise);
    let mut figures: Vec<Figure> = typical
        .map(|delay| figure(s::TYPICAL_DELAY, delay))
        .into_iter()
        .collect();
    figures.extend([
        figure(
            s::SIEGMUND_DELAY,
            power::siegmund_delay(before, drop, promise),
        ),
        figure(
            s::LORDEN,
            power::lorden_first_order_delay(before, drop, promise),
        ),
        figure(s::SIEGMUND_H, power::siegmund_h(before, drop, promise)),
        figure(s::KL_AFTER_BEFORE, power::kl(p1, p0)),
        figure(s::KL_BEFORE_AFTER, power::kl(p0, p1)),
    ]);
    figures
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
