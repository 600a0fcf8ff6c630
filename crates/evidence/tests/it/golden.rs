//! Every golden row, to its tolerance.

use std::collections::HashMap;
use std::path::PathBuf;

use evidence::{Beta, Counts, Rate, next_yes, persistence, pitch, power, rates, runs, watch};

use crate::support::{cusum, shrinkage};

/// The rows of one file, each as its cells by name.
fn rows(name: &str) -> Vec<HashMap<String, String>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/golden")
        .join(name);
    let mut reader = csv::Reader::from_path(path).expect("a golden file");
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

trait Cells {
    fn number(&self, name: &str) -> f64;
    fn whole(&self, name: &str) -> u64;
}

impl Cells for HashMap<String, String> {
    fn number(&self, name: &str) -> f64 {
        self[name]
            .parse()
            .unwrap_or_else(|_| panic!("{name}: {:?}", self[name]))
    }
    fn whole(&self, name: &str) -> u64 {
        self[name]
            .parse()
            .unwrap_or_else(|_| panic!("{name}: {:?}", self[name]))
    }
}

/// `relative` tolerance, or `absolute`, whichever is met.
fn near(found: f64, wanted: f64, relative: f64, absolute: f64, row: &HashMap<String, String>) {
    let off = (found - wanted).abs();
    assert!(
        found == wanted || off <= relative * wanted.abs() || off <= absolute,
        "{row:?}: {found:e}, off by {off:e}"
    );
}

fn belief(row: &HashMap<String, String>) -> Beta {
    let prior = match row["prior"].as_str() {
        "jeffreys" => Beta::JEFFREYS,
        "uniform" => Beta::UNIFORM,
        "team10pc" => Beta::new(2.0, 18.0).expect("a prior"),
        other => panic!("a prior called {other}"),
    };
    prior.after(counts(row))
}

fn counts(row: &HashMap<String, String>) -> Counts {
    Counts::new(row.whole("yes"), row.whole("tries")).expect("counts")
}

#[test]
fn streaks() {
    for row in rows("streaks.csv") {
        let (p, n, k) = (
            Rate::new(row.number("p")).expect("a rate"),
            row.whole("n"),
            row.whole("k"),
        );
        let found = match row["what"].as_str() {
            "p_longest_ge_k" => runs::p_longest_ge_k(p, n, k),
            "mean_longest" => runs::mean_longest(p, n),
            "median_longest" => runs::median_longest(p, n) as f64,
            "mean_wait_first_run_k" => runs::mean_wait_first_run_k(p, k),
            "p_next_k_all_no" => runs::p_next_k_all_no(p, k),
            other => panic!("{other}"),
        };
        near(found, row.number("value"), 1e-9, 1e-12, &row);
    }
}

#[test]
fn next_yes_within_how_many() {
    for row in rows("next_yes.csv") {
        let belief = belief(&row);
        let what = row["what"].as_str();
        let found = if let Some(m) = what.strip_prefix("p_no_yes_in_next_") {
            next_yes::p_no_yes_in_next(belief, m.parse().expect("a number"))
        } else if what == "mean_tries_to_next_yes" {
            next_yes::mean_tries(belief)
        } else if let Some(q) = what.strip_prefix('q') {
            let share = q
                .trim_end_matches("_tries_to_next_yes")
                .parse()
                .expect("a share");
            next_yes::tries_within(belief, share).expect("within reach") as f64
        } else {
            let (r, x) = what
                .trim_start_matches("bnb_pmf_r")
                .split_once("_x")
                .expect("r and x");
            next_yes::pmf(belief, r.parse().expect("r"), x.parse().expect("x"))
        };
        let exact = what.starts_with('q');
        near(
            found,
            row.number("value"),
            if exact { 0.0 } else { 1e-9 },
            0.0,
            &row,
        );
    }
}

#[test]
fn intervals() {
    for row in rows("intervals.csv") {
        let found = match row["what"].as_str() {
            "wilson_lo95" => counts(&row).wilson().low,
            "wilson_hi95" => counts(&row).wilson().high,
            "clopper_lo95" => counts(&row).clopper_pearson().low,
            "clopper_hi95" => counts(&row).clopper_pearson().high,
            "post_mean" => belief(&row).mean(),
            what => {
                belief(&row).quantile(what.trim_start_matches("post_q").parse().expect("a share"))
            }
        };
        near(found, row.number("value"), 0.0, 1e-9, &row);
    }
}

#[test]
fn two_pitches() {
    let counts = |text: &str| {
        let (yes, tries) = text.split_once('/').expect("A/N");
        Counts::new(yes.parse().expect("yes"), tries.parse().expect("tries")).expect("counts")
    };
    for row in rows("ab.csv") {
        let a = counts(&row["a"]);
        let found = match row["what"].as_str() {
            "p_b_gt_a" => pitch::p_b_gt_a(a, counts(&row["b_or_p0"])),
            "bayes_factor_different_vs_same" => {
                pitch::bayes_factor_different_vs_same(a, counts(&row["b_or_p0"]))
            }
            "robbins_mixture_e_value" => {
                let p0 = Rate::new(row.number("b_or_p0")).expect("a rate");
                pitch::robbins_mixture_e_value(a, p0)
            }
            other => panic!("{other}"),
        };
        near(found, row.number("value"), 1e-9, 0.0, &row);
    }
}

#[test]
fn bounds_of_any_detector() {
    for row in rows("cusum_bounds.csv") {
        let p0 = Rate::new(row.number("p0")).expect("a rate");
        let drop = power::Drop::to(row.number("ratio")).expect("a drop");
        let promise = watch::Promise::new(row.number("arl").max(2.0)).expect("a promise");
        let found = match row["what"].as_str() {
            "kl_p1_p0" => power::kl(drop.after(p0), p0.get()),
            "kl_p0_p1" => power::kl(p0.get(), drop.after(p0)),
            "lorden_first_order_delay" => power::lorden_first_order_delay(p0, drop, promise),
            "siegmund_h" => power::siegmund_h(p0, drop, promise),
            "siegmund_delay" => power::siegmund_delay(p0, drop, promise),
            other => panic!("{other}"),
        };
        near(found, row.number("value"), 1e-9, 0.0, &row);
    }
}

#[test]
fn the_trace_of_the_watch() {
    let sequence = include_str!("golden/asr_sequence.txt").trim();
    let prior = Beta::new(1.0, 9.0).expect("a prior");
    let promise = watch::Promise::new(5_000.0).expect("a promise");
    let (mut watch, mut trace, mut first) = (watch::Watch::default(), Vec::new(), None);
    for outcome in sequence.bytes().filter(u8::is_ascii_digit) {
        let evidence = watch.push(outcome == b'1', 1.0, prior);
        trace.push((watch.counts(), evidence));
        first = first.or_else(|| watch.alarm(promise));
    }
    for row in rows("asr_trace.csv") {
        let (seen, evidence) = trace[row.whole("attempt") as usize - 1];
        assert_eq!(seen.yes(), row.whole("yes_so_far"), "{row:?}");
        match row["what"].as_str() {
            "asr_mean" => near(evidence, row.number("value"), 1e-9, 0.0, &row),
            "first_alarm_gamma5000" => {
                assert_eq!(first.expect("an alarm").at, row.whole("value"));
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn persistence_by_attempt() {
    let mut sets: HashMap<String, persistence::ByAttempt> = HashMap::new();
    let all = rows("survival.csv");
    let mut counts: HashMap<(String, u64), (u64, u64)> = HashMap::new();
    for row in &all {
        let pair = counts
            .entry((row["dataset"].clone(), row.whole("attempt")))
            .or_default();
        match row["what"].as_str() {
            "at_risk" => pair.0 = row.whole("value"),
            "yes" => pair.1 = row.whole("value"),
            _ => {}
        }
    }
    for ((set, attempt), (at_risk, yes)) in &counts {
        let counts = Counts::new(*yes, *at_risk).expect("counts");
        sets.entry(set.clone())
            .or_default()
            .add(*attempt as u32, counts);
    }
    let sets: HashMap<&String, Vec<persistence::Step>> = sets
        .iter()
        .map(|(set, by_attempt)| (set, by_attempt.steps()))
        .collect();
    let mut compared = 0;
    for row in &all {
        let steps = &sets[&row["dataset"]];
        let Some(step) = steps
            .iter()
            .find(|step| u64::from(step.attempt) == row.whole("attempt"))
        else {
            panic!("{row:?}");
        };
        // Rows are kept back: a survival figure needs every attempt number before it.
        let whole = (1..=row.whole("attempt")).all(|k| {
            counts
                .get(&(row["dataset"].clone(), k))
                .is_some_and(|(at_risk, _)| *at_risk > 0)
        });
        let band = step.survival_band;
        let found = match row["what"].as_str() {
            "at_risk" => step.at_risk as f64,
            "yes" => step.yes as f64,
            "hazard" => step.hazard,
            "hazard_wilson_lo" => step.hazard_band.low,
            "hazard_wilson_hi" => step.hazard_band.high,
            "km" if whole => step.survival,
            "greenwood_var" if whole => step.greenwood,
            "km_lo95_loglog" if whole => band.expect("a band").low,
            "km_hi95_loglog" if whole => band.expect("a band").high,
            _ => continue,
        };
        near(found, row.number("value"), 0.0, 1e-9, row);
        compared += 1;
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn rates_of_groups() {
    let all = rows("empirical_bayes.csv");
    let mut sets: HashMap<String, Vec<String>> = HashMap::new();
    let mut seen: HashMap<(String, String), (Option<u64>, Option<u64>)> = HashMap::new();
    for row in &all {
        let key = (row["dataset"].clone(), row["group"].clone());
        if !seen.contains_key(&key) && row["group"] != "ALL" {
            sets.entry(row["dataset"].clone())
                .or_default()
                .push(row["group"].clone());
        }
        match row["what"].as_str() {
            "yes" => seen.entry(key).or_default().0 = Some(row.whole("value")),
            "tries" => seen.entry(key).or_default().1 = Some(row.whole("value")),
            _ => {}
        }
    }
    for (set, groups) in &sets {
        let counts: Vec<Counts> = groups
            .iter()
            .map(|group| {
                let (yes, tries) = seen[&(set.clone(), group.clone())];
                Counts::new(yes.expect("yes"), tries.expect("tries")).expect("counts")
            })
            .collect();
        let rates = rates::estimate(&counts).expect("trials");
        let fit = shrinkage::maximum_likelihood(&counts);
        let stein = shrinkage::james_stein(&counts);
        for row in all.iter().filter(|row| row["dataset"] == *set) {
            let place = groups.iter().position(|group| *group == row["group"]);
            let after = || fit.belief().after(counts[place.expect("a group")]);
            let (found, relative, absolute) = match row["what"].as_str() {
                "mle_alpha" => (fit.a, 1e-4, 0.0),
                "mle_beta" => (fit.b, 1e-4, 0.0),
                "loglik_without_binomial_coef" => (fit.ln_likelihood, 1e-8, 0.0),
                "pooled_rate" => (shrinkage::pooled(&counts), 1e-12, 0.0),
                "anova_moment_rho" => (shrinkage::anova_rho(&counts), 1e-9, 0.0),
                "fullbayes_mu_mean" => (rates.mu, 1e-3, 0.0),
                "fullbayes_mean" => (rates.groups[place.expect("a group")].mean, 1e-3, 0.0),
                "eb_mean" => (after().mean(), 0.0, 1e-6),
                "eb_q025" => (after().quantile(0.025), 0.0, 1e-6),
                "eb_q975" => (after().quantile(0.975), 0.0, 1e-6),
                "js_arcsine" => (stein[place.expect("a group")], 1e-6, 0.0),
                _ => continue,
            };
            near(found, row.number("value"), relative, absolute, row);
        }
    }
}

#[test]
fn the_lattice_cusum() {
    for row in rows("cusum_lattice.csv") {
        let p0 = row.number("p0");
        let (m, h) = (row.whole("m") as usize, row.whole("H") as usize);
        let found = match row["what"].as_str() {
            "p1_design" => cusum::design(p0, m as f64),
            "arl_at_p0" => cusum::mean_tries_to_alarm(p0, m, h),
            "arl_at_p1" => cusum::mean_tries_to_alarm(cusum::design(p0, m as f64), m, h),
            other => panic!("{other}"),
        };
        near(found, row.number("value"), 1e-7, 0.0, &row);
    }
}
