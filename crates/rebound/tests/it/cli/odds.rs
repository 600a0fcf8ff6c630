//! `rebound odds`, held to the golden numbers through its JSON.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Ran, Terminal};

type Row = HashMap<String, String>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../evidence/tests/it/golden")
}

/// The rows of a golden file, together where one call answers them.
fn calls(file: &str, key: impl Fn(&Row) -> Vec<String>) -> BTreeMap<Vec<String>, Vec<Row>> {
    let text = std::fs::read_to_string(folder().join(file)).expect("a golden file");
    let mut lines = text
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().expect("a header");
    let mut calls: BTreeMap<Vec<String>, Vec<Row>> = BTreeMap::new();
    for line in lines {
        let row: Row = head.iter().cloned().zip(line).collect();
        calls.entry(key(&row)).or_default().push(row);
    }
    calls
}

fn odds(terminal: &Terminal, args: &[String]) -> Value {
    let mut all = vec!["odds"];
    all.extend(args.iter().map(String::as_str));
    all.push("--json");
    let ran = Ran::of(terminal.bare(&all));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
    serde_json::from_str(&ran.out).expect("one object")
}

fn held(file: &str, relative: f64, absolute: f64, key: impl Fn(&Row) -> Vec<String>) {
    let terminal = Terminal::new();
    for (args, rows) in calls(file, key) {
        let object = odds(&terminal, &args);
        for row in rows {
            let found = match &object[&row["what"]] {
                Value::String(word) if word == "inf" => f64::INFINITY,
                value => value
                    .as_f64()
                    .unwrap_or_else(|| panic!("{args:?} {row:?}: {value}")),
            };
            let wanted: f64 = row["value"].parse().expect("a number");
            let near = found == wanted
                || (found - wanted).abs() <= (relative * wanted.abs()).max(absolute);
            assert!(near, "{args:?} {row:?}: {found:e}");
        }
    }
    assert!(
        !terminal.home().join("data").exists(),
        "a calculator opens no database"
    );
}

fn given(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn streaks() {
    held("streaks.csv", 1e-9, 1e-12, |row| {
        given(&[
            "streak", "--rate", &row["p"], "--tries", &row["n"], "--run", &row["k"],
        ])
    });
}

#[test]
fn the_next_yes() {
    let prior = |row: &Row| match row["prior"].as_str() {
        "team10pc" => "2,18".to_owned(),
        "none" => "jeffreys".to_owned(),
        named => named.to_owned(),
    };
    for (file, relative, absolute) in [("next_yes.csv", 1e-9, 0.0), ("intervals.csv", 0.0, 1e-9)] {
        held(file, relative, absolute, |row| {
            given(&[
                "next-yes",
                "--yes",
                &row["yes"],
                "--tries",
                &row["tries"],
                "--prior",
                &prior(row),
            ])
        });
    }
}

#[test]
fn power() {
    held("cusum_bounds.csv", 1e-9, 0.0, |row| {
        let mut args = given(&["power", "--rate", &row["p0"], "--drop", &row["ratio"]]);
        if row["arl"] != "0" {
            args.extend(given(&["--promise", &row["arl"]]));
        }
        args
    });
}

#[test]
fn two_pitches() {
    held("ab.csv", 1e-9, 0.0, |row| {
        if row["what"] == "robbins_mixture_e_value" {
            given(&["pitch", &row["a"], "--against", &row["b_or_p0"]])
        } else {
            given(&["pitch", &row["a"], &row["b_or_p0"]])
        }
    });
}

#[test]
fn a_slump_in_a_sequence() {
    let terminal = Terminal::new();
    let sequence = std::fs::read_to_string(folder().join("asr_sequence.txt")).expect("a sequence");
    let args = given(&["slump", "--sequence", sequence.trim()]);
    let object = odds(&terminal, &args);
    assert_eq!(object["first_alarm"], 1694);
    assert!(object["since"].as_u64().is_some_and(|since| since < 1694));
    for rows in calls("asr_trace.csv", |row| vec![row["attempt"].clone()]).into_values() {
        let row = &rows[0];
        let at: usize = row["attempt"].parse().expect("an attempt");
        let step = &object["trace"][at - 1];
        assert_eq!(
            (step["attempt"].to_string(), step["yes_so_far"].to_string()),
            (row["attempt"].clone(), row["yes_so_far"].clone())
        );
        if row["what"] == "asr_mean" {
            let (found, wanted) = (
                step["asr_mean"].as_f64().expect("a number"),
                row["value"].parse::<f64>().expect("a number"),
            );
            assert!((found / wanted - 1.0).abs() < 1e-9, "{row:?}: {found}");
        }
    }
}

#[test]
fn a_sequence_of_two_pitches() {
    let terminal = Terminal::new();
    // Worked out by hand: the first pair is even; then qa = 1/4, qb = 3/4, q0 = 1/2.
    let object = odds(&terminal, &given(&["pitch", "--sequence", "a0b1a0b1b1"]));
    let e = object["e_value"].as_f64().expect("a number");
    assert!((e - (0.75 * 0.75) / (0.5 * 0.5)).abs() < 1e-12, "{object}");
    assert_eq!(object["waiting"]["b"], 1);
}

#[test]
fn what_cannot_be_worked_out_says_what_to_give() {
    let terminal = Terminal::new();
    for args in [
        &["streak", "--rate", "1.5", "--tries", "10"][..],
        &["streak", "--rate", "NaN", "--tries", "10"],
        &["streak", "--rate", "0.1"],
        &["streak", "--rate", "0.1", "--tries", "-3"],
        &["next-yes", "--yes", "5", "--tries", "3"],
        &["next-yes", "--prior", "0,1"],
        &["slump", "--sequence", "0102"],
        &["slump", "--sequence", ""],
        &["slump", "--sequence", "01", "--promise", "0"],
        &["slump", "--sequence", "01", "--promise", "inf"],
        &["power", "--rate", "0.1", "--drop", "1"],
        &["pitch"],
        &["pitch", "5/100"],
        &["pitch", "5/3", "1/2"],
        &["pitch", "--sequence", "a0c1"],
        &["pitch", "--sequence", "a0b1", "--blocks", "0:1"],
    ] {
        let ran = Ran::of(terminal.bare(&[&["odds"], args, &["--json"]].concat()));
        assert_eq!(ran.code, 2, "{args:?} {ran:?}");
        let object: Value = serde_json::from_str(&ran.out).expect("one object");
        assert!(object["error"]["message"].is_string(), "{args:?} {ran:?}");
    }
}

#[test]
fn why_no_delay_is_told() {
    let terminal = Terminal::new();
    let said = |rate: &str, drop: &str, seen: &str| {
        let args = [
            "odds", "power", "--rate", rate, "--drop", drop, "--seen", seen,
        ];
        let ran = Ran::of(terminal.bare(&args));
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    for seen in ["0", "10", "29"] {
        let said = said("0.3", "0.2", seen);
        assert!(
            said.contains("Too few were seen") && said.contains("30 are needed"),
            "{said}"
        );
    }
    let enough = said("0.3", "0.2", "30");
    assert!(
        enough.contains("(typical_delay)") && !enough.contains("Too few"),
        "{enough}"
    );
    assert!(said("0.6", "0.5", "1000").contains("rates from 1 to 50 in 100"));
    assert!(said("0.1", "0.1", "1000").contains("where 0.2 to 0.8 of the rate is left"));
    assert!(said("0.05", "0.9", "1000").contains("Too slight, or too seldom a yes"));
}
