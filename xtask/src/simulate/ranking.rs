//! Who next, on the calls of a bank: each is forecast before it is learnt from.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use evidence::who_next::{Features, Ranker};
use sha2::{Digest, Sha256};

use super::table::{Answer, Bar, whole};
use crate::shell;

const FILE: &str = "data/bank/bank-additional-full.csv";
/// Known only after the call.
const HINDSIGHT: &str = "duration";
const OUTCOME: &str = "y";
/// The share of rows, from the first, that only teaches.
const TAUGHT: f64 = 0.8;

pub(super) fn answer() -> Result<Answer> {
    let mut answer = Answer::new(
        "Who next, on a bank's calls",
        format!(
            "`{FILE}` of the shared data (UCI Bank Marketing, CC BY 4.0; Moro, Cortez and Rita 2014), rows in the \
             order of the calls, without `{HINDSIGHT}`, which is known only afterwards. Every column is a feature as it \
             stands, the age in fives. Each call is forecast before it is learnt from; the last fifth of the rows is \
             judged, in which the yes-rate is five times what it was before."
        ),
        &["what", "measured", "bar at", "bar"],
    );
    let shared = std::env::var_os("REBOUND_SHARED")
        .map_or_else(|| shell::root().join("../shared"), PathBuf::from);
    let path = shared.join(FILE);
    if !path.is_file() {
        answer.note = format!("Left out: `{FILE}` is not here.");
        return Ok(answer);
    }
    let bytes = std::fs::read(&path).context("the bank's calls cannot be read")?;
    let hash: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let calls = calls(&bytes)?;

    let mut ranker = Ranker::default();
    let forecasts: Vec<(f64, bool)> = calls
        .iter()
        .map(|(features, yes)| (ranker.push(features, *yes), *yes))
        .collect();
    let judged = &forecasts[(TAUGHT * calls.len() as f64) as usize..];

    let mut figure = |what: &str, figure: f64, shown: String, at: String, bar: Bar| {
        let verdict = answer.judge(what, figure, bar, 4);
        answer.row([what.into(), shown, at, verdict]);
    };
    let area = area_under_the_curve(judged);
    figure(
        "AUC",
        area,
        format!("{area:.4}"),
        ">= .765".into(),
        Bar::AtLeast(0.765),
    );
    let loss = log_loss(judged);
    figure(
        "log-loss",
        loss,
        format!("{loss:.4}"),
        "<= .525".into(),
        Bar::AtMost(0.525),
    );
    let ece = calibration_error(judged);
    figure(
        "calibration error (ten equal parts)",
        ece,
        format!("{ece:.4}"),
        "<= .035".into(),
        Bar::AtMost(0.035),
    );
    let speed = rows_a_second(&ranker, &calls);
    figure(
        "forecasts a second on one core, millions",
        speed / 1e6,
        format!("{:.1}", speed / 1e6),
        ">= 5".into(),
        Bar::AtLeast(5.0),
    );
    answer.note = format!(
        "{} rows, {} judged; sha256 `{hash}`. The speed is the best of 20 passes over all rows by `Scorer`, \
         features hashed beforehand.",
        whole(calls.len() as f64),
        whole(judged.len() as f64)
    );
    Ok(answer)
}

/// The calls as features and whether each brought a yes.
fn calls(bytes: &[u8]) -> Result<Vec<(Features, bool)>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(bytes);
    let names = reader.headers()?.clone();
    let mut calls = Vec::new();
    for row in reader.records() {
        let row = row?;
        let (mut features, mut yes) = (Features::default(), false);
        for (name, value) in names.iter().zip(&row) {
            match name {
                HINDSIGHT => {}
                OUTCOME => yes = value == "yes",
                "age" => {
                    let age: u32 = value.parse().context("an age")?;
                    features = features.with(name, &(age / 5).to_string());
                }
                _ => features = features.with(name, value),
            }
        }
        calls.push((features, yes));
    }
    Ok(calls)
}

/// The chance that a yes was given more than a no, ties counting half.
fn area_under_the_curve(forecasts: &[(f64, bool)]) -> f64 {
    let mut sorted = forecasts.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut noes, mut yes, mut won) = (0.0, 0.0, 0.0);
    for equal in sorted.chunk_by(|a, b| a.0 == b.0) {
        let here = equal.iter().filter(|(_, yes)| *yes).count() as f64;
        let others = equal.len() as f64 - here;
        won += here * (noes + 0.5 * others);
        yes += here;
        noes += others;
    }
    won / (yes * noes)
}

fn log_loss(forecasts: &[(f64, bool)]) -> f64 {
    let loss = |(chance, yes): &(f64, bool)| -(if *yes { *chance } else { 1.0 - chance }).ln();
    forecasts.iter().map(loss).sum::<f64>() / forecasts.len() as f64
}

fn calibration_error(forecasts: &[(f64, bool)]) -> f64 {
    let mut off = [0.0; 10];
    for (chance, yes) in forecasts {
        off[((chance * 10.0) as usize).min(9)] += chance - f64::from(u8::from(*yes));
    }
    off.iter().map(|off: &f64| off.abs()).sum::<f64>() / forecasts.len() as f64
}

fn rows_a_second(ranker: &Ranker, calls: &[(Features, bool)]) -> f64 {
    let scorer = ranker.scorer();
    let pass = |_| {
        let start = Instant::now();
        let sum: f64 = calls
            .iter()
            .map(|(features, _)| scorer.chance(features))
            .sum();
        std::hint::black_box(sum);
        calls.len() as f64 / start.elapsed().as_secs_f64()
    };
    (0..20).map(pass).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_forecasts_are_what_they_are_by_hand() {
        let forecasts = [(0.1, false), (0.4, true), (0.4, false), (0.8, true)];
        // Of four pairs of a yes and a no, three are in order and one is a tie.
        assert_eq!(area_under_the_curve(&forecasts), 3.5 / 4.0);
        let loss = -(0.9_f64.ln() + 0.4_f64.ln() + 0.6_f64.ln() + 0.8_f64.ln()) / 4.0;
        assert!((log_loss(&forecasts) - loss).abs() < 1e-12);
        assert!((calibration_error(&forecasts) - (0.1 + 0.2 + 0.2) / 4.0).abs() < 1e-12);
    }
}
