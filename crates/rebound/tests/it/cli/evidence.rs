//! `rebound evidence`: from a file, from the ledger, and the same from both.

use std::path::Path;

use serde_json::{Value, json};

use super::{Ran, Terminal};

impl Terminal {
    /// What a file tells, without the ledger of this terminal.
    fn told(&self, file: &str, more: &[&str]) -> Value {
        let ran = Ran::of(self.bare(&[&["evidence", "--from", file, "--json"], more].concat()));
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str(&ran.out).expect("one object")
    }
}

fn golden() -> Vec<bool> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../evidence/tests/it/golden/asr_sequence.txt");
    let text = std::fs::read_to_string(path).expect("a sequence");
    text.trim().bytes().map(|outcome| outcome == b'1').collect()
}

fn word(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// Rows with a time, a prospect and a segment each, in order of time.
fn rows(outcomes: &[bool]) -> Vec<String> {
    let row = |(i, &yes): (usize, &bool)| {
        let (day, minute) = (i / 600, i % 600);
        let reason = ["Price or value", "No budget", "No need"][i % 3];
        let why = if yes { "" } else { reason };
        let at = format!(
            "2025-{:02}-{:02}T{:02}:{:02}:00Z",
            1 + day / 28,
            1 + day % 28,
            8 + minute / 60,
            minute % 60
        );
        format!(
            "{at},Person {},{},{},{why},prospect",
            i % 700,
            ["Food", "Metal"][i / 2 % 2],
            word(yes)
        )
    };
    outcomes.iter().enumerate().map(row).collect()
}

const HEAD: &str = "at,prospect,segment,outcome,reason,said_by";

fn table(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

#[test]
fn the_golden_sequence_raises_its_alarm_where_it_should() {
    let terminal = Terminal::new();
    let lines: Vec<&str> = golden().into_iter().map(word).collect();
    let file = terminal.write("undated.csv", &format!("outcome\n{}\n", lines.join("\n")));
    let object = terminal.told(&file, &[]);
    let stream = &object["streams"][0];
    assert_eq!(
        (&stream["rep"], &stream["segment"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(stream["attempts"], 3_000);
    assert_eq!(stream["slump"]["promise"], 5_000.0);
    // The first alarm; the watch then begins anew, and the last one is told.
    let first = terminal.write(
        "first.csv",
        &format!("outcome\n{}\n", lines[..1_694].join("\n")),
    );
    let slump = &terminal.told(&first, &[])["streams"][0]["slump"];
    assert_eq!(
        (&slump["alarm"], &slump["alarm_at"]),
        (&json!(true), &json!(1_694))
    );
    let before = terminal.write(
        "before.csv",
        &format!("outcome\n{}\n", lines[..1_693].join("\n")),
    );
    assert_eq!(
        terminal.told(&before, &[])["streams"][0]["slump"]["alarm"],
        false
    );
    assert!(
        !terminal.home().join("data").exists(),
        "a file opens no database"
    );
}

#[test]
fn a_file_out_of_order_tells_the_same() {
    let terminal = Terminal::new();
    let mut rows = rows(&golden());
    let sorted = terminal.write("sorted.csv", &table(&rows));
    // A step that has no factor with the number of rows goes over each of them once.
    let n = rows.len();
    rows = (0..n).map(|i| rows[i * 1_999 % n].clone()).collect();
    let mixed = terminal.write("mixed.csv", &table(&rows));
    for by in [&[][..], &["--by", "segment"]] {
        let (one, two) = (terminal.told(&sorted, by), terminal.told(&mixed, by));
        assert_eq!(one["persistence"], two["persistence"]);
        assert_eq!(one["who_next"], two["who_next"]);
        assert_eq!(one, two);
    }
}

#[test]
fn the_ledger_tells_what_its_file_told() {
    let terminal = Terminal::new();
    let file = terminal.write("rows.csv", &table(&rows(&golden()[..900])));
    terminal.says(&["import", &file]);
    for by in [&[][..], &["--by", "segment"], &["--by", "segment,stage"]] {
        let mut mine = terminal.json(&[&["evidence"], by].concat());
        let mut told = terminal.told(&file, by);
        for object in [&mut mine, &mut told] {
            // Gaps until now are a moment apart.
            object["who_next"]["order"] = Value::Null;
        }
        assert_eq!(mine, told, "{by:?}");
    }
    assert_eq!(
        terminal.json(&["evidence", "--by", "segment"])["streams"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
}

#[test]
fn several_sellers_stand_in_order_of_appearance_and_nobody_is_watched() {
    let terminal = Terminal::new();
    let mut text = String::from("rep,segment,outcome\n");
    for i in 0..400 {
        let rep = ["Nadia Ferrow", "Ilse Brandt", "Tom Achterberg"][i % 3];
        text.push_str(&format!(
            "{rep},Food,{}\n",
            word(i % [20, 5, 9][i % 3] == 0)
        ));
    }
    let file = terminal.write("team.csv", &text);
    let object = terminal.told(&file, &["--by", "rep"]);
    let reps: Vec<&str> = object["streams"]
        .as_array()
        .expect("streams")
        .iter()
        .filter_map(|s| s["rep"].as_str())
        .collect();
    assert_eq!(reps, ["Nadia Ferrow", "Ilse Brandt", "Tom Achterberg"]);
    for object in [
        object,
        terminal.told(&file, &[]),
        terminal.told(&file, &["--by", "segment"]),
    ] {
        assert!(object.get("who_next").is_none());
        for stream in object["streams"].as_array().expect("streams") {
            assert!(stream.get("slump").is_none(), "{stream}");
        }
    }
}

#[test]
fn streams_share_one_promise() {
    let terminal = Terminal::new();
    let file = terminal.write("rows.csv", &table(&rows(&golden()[..60])));
    for stream in terminal.told(&file, &["--by", "segment"])["streams"]
        .as_array()
        .expect("streams")
    {
        assert_eq!(stream["slump"]["promise"], 10_000.0);
    }
}

#[test]
fn ends_of_the_scale_have_numbers_everywhere() {
    let terminal = Terminal::new();
    for (name, text) in [
        ("one no", "outcome\nno\n".to_owned()),
        ("one yes", "outcome\nyes\n".to_owned()),
        ("all noes", format!("outcome\n{}", "no\n".repeat(3_000))),
        ("all yeses", format!("outcome\n{}", "yes\n".repeat(3_000))),
        (
            "five",
            "outcome\nno\nno_reply\nnot_now\nyes\nsend_info\n".to_owned(),
        ),
    ] {
        let file = terminal.write("ends.csv", &text);
        let object = terminal.told(&file, &[]);
        let stream = &object["streams"][0];
        for figure in ["mean", "low", "high"] {
            assert!(stream["rate"][figure].is_number(), "{name}: {stream}");
        }
        for figure in ["median", "low80", "high80", "mean"] {
            let value = &stream["next_yes"][figure];
            assert!(value.is_number() || value == "inf", "{name}: {stream}");
        }
        assert!(stream["slump"]["evidence"].is_number(), "{name}: {stream}");
        let text = Ran::of(terminal.bare(&["evidence", "--from", &file]));
        assert!(
            text.code == 0 && !text.out.contains("NaN") && !text.out.contains("inf"),
            "{text:?}"
        );
    }
}

#[test]
fn what_cannot_be_read_says_so() {
    let terminal = Terminal::new();
    let code = |args: &[&str]| Ran::of(terminal.bare(args)).code;
    let empty = terminal.write("empty.csv", "");
    let head = terminal.write("head.csv", "outcome\n");
    let open = terminal.write("unknown.csv", "outcome\nunknown\n");
    for file in [empty, head, open] {
        assert_eq!(code(&["evidence", "--from", &file]), 2, "{file:?}");
    }
    assert_ne!(code(&["evidence", "--from", "nowhere.csv"]), 0);
    assert_eq!(code(&["evidence", "--by", "mood"]), 2);
    assert_eq!(terminal.run(&["evidence", "--map", "outcome=y"]).code, 2);
}

#[test]
fn nothing_logged_is_an_answer() {
    let terminal = Terminal::new();
    let ran = terminal.run(&["evidence"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Nothing is logged yet.\n")
    );
}
