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
    terminal.says(&["noes"]);
    let ran = terminal.run(&["evidence"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Nothing is logged yet.\n")
    );
}

#[test]
fn looking_at_a_ledger_that_is_not_there_names_it_and_begins_none() {
    let terminal = Terminal::new();
    let url = format!("sqlite:{}", terminal.home().join("lost.db").display());
    let ran = terminal.run(&["--database", &url, "evidence"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("lost.db"), "{ran:?}");
    assert!(!terminal.home().join("lost.db").exists());
}

#[test]
fn times_that_lie_ahead_stay_out_as_in_an_import() {
    let terminal = Terminal::new();
    let now = jiff::Timestamp::now();
    let hours = |n: i64| now + jiff::SignedDuration::from_hours(n);
    let in_half = now + jiff::SignedDuration::from_mins(30);
    let tomorrow = hours(24).to_string()[..10].to_owned();
    let today = now.to_string()[..10].to_owned();
    let text = format!(
        "at,prospect,outcome\n{},A,no\n{in_half},B,no\n{today},C,yes\n{},D,no\n{tomorrow},E,no\n",
        hours(-3),
        hours(2),
    );
    let file = terminal.write("ahead.csv", &text);
    let ran = Ran::of(terminal.bare(&["evidence", "--from", &file, "--json", "--zone", "UTC"]));
    assert_eq!(ran.object()["streams"][0]["attempts"], 3, "{ran:?}");
    assert!(ran.err.contains("2 rows of 5"), "{ran:?}");
    let imported = terminal.json(&["import", &file, "--zone", "UTC"]);
    assert_eq!(imported["attempts"], 3, "{imported}");
    // Read as UTC by default, and that is said.
    let ran = Ran::of(terminal.bare(&["evidence", "--from", &file]));
    assert!(
        ran.err.contains("read in UTC") && ran.err.contains("--zone"),
        "{ran:?}"
    );
}

/// What a file of these outcomes says to people.
fn read_out(terminal: &Terminal, outcomes: &[&str]) -> String {
    let file = terminal.write("said.csv", &format!("outcome\n{}\n", outcomes.join("\n")));
    let ran = Ran::of(terminal.bare(&["evidence", "--from", &file]));
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

#[test]
fn one_s_own_reasons_are_said_by_their_labels() {
    let terminal = Terminal::new();
    let mut text = "at,prospect,outcome,reason,said_by\n".to_owned();
    for day in 1..=8 {
        let why = ["Moving house", "Price or value"][day % 2];
        text.push_str(&format!("2025-03-{day:02},P{day},no,{why},prospect\n"));
    }
    let file = terminal.write("own.csv", &text);
    terminal.says(&["import", &file]);
    let said = terminal.says(&["evidence"]);
    assert!(said.contains("Moving house, they said"), "{said}");
    assert!(!said.contains("x-"), "{said}");
    let codes = terminal.json(&["evidence"])["reasons"].to_string();
    assert!(
        codes.contains("\"x-") && !codes.contains("Moving"),
        "{codes}"
    );
}

#[test]
fn without_any_yes_luck_is_not_told() {
    let terminal = Terminal::new();
    let said = read_out(&terminal, &["no"; 60]);
    assert!(
        said.contains("No yes yet: luck or not cannot be told."),
        "{said}"
    );
    assert!(
        said.contains("60 attempts without a yes allow any rate up to 4 in 100."),
        "{said}"
    );
    for wrong in [
        "Luck, as far",
        "since the last yes",
        "longest run",
        "times in 100",
    ] {
        assert!(!said.contains(wrong), "{wrong}: {said}");
    }
}

#[test]
fn where_all_are_a_yes_there_is_no_run_to_judge() {
    let terminal = Terminal::new();
    let said = read_out(&terminal, &["yes"; 60]);
    assert!(
        said.contains("There is no run to judge. All 60 attempts were a yes."),
        "{said}"
    );
    assert!(
        said.contains("the next attempt is a yes at even odds or better, 8 in 10 at the 1st."),
        "{said}"
    );
    for wrong in ["longest run", "1 attempts", "Luck, as far"] {
        assert!(!said.contains(wrong), "{wrong}: {said}");
    }
}

#[test]
fn runs_are_judged_from_twenty_attempts_on() {
    let terminal = Terminal::new();
    let mut outcomes = vec!["no"; 19];
    outcomes[3] = "yes";
    let said = read_out(&terminal, &outcomes);
    assert!(
        said.contains("Not enough attempts to tell luck from a slump. You have 19; runs are judged from 20 on."),
        "{said}"
    );
    assert!(
        !said.contains("since the last yes") && !said.contains("Luck, as far"),
        "{said}"
    );
    outcomes.push("no");
    let said = read_out(&terminal, &outcomes);
    assert!(said.contains("16 attempts since the last yes"), "{said}");
    assert!(
        said.contains("The longest run without a yes was 16."),
        "{said}"
    );
    assert!(said.contains("Luck, as far as anyone can tell"), "{said}");
}

#[test]
fn a_rare_yes_is_said_of_a_thousand() {
    let terminal = Terminal::new();
    let mut outcomes = vec!["no"; 1_000];
    outcomes[300] = "yes";
    outcomes[700] = "yes";
    outcomes[800] = "yes";
    outcomes[950] = "yes";
    let said = read_out(&terminal, &outcomes);
    assert!(
        said.contains(", 4 a yes: 4 in 1,000, and the data allow 1 to 9."),
        "{said}"
    );
    assert!(!said.contains("under 1 to"), "{said}");
}

#[test]
fn groups_say_that_they_are_drawn_together_and_what_has_no_date() {
    let terminal = Terminal::new();
    let mut text = "at,prospect,segment,outcome\n".to_owned();
    for i in 0..120 {
        let at = match i {
            0..3 => String::new(),
            _ => format!("2025-{:02}-{:02}", 1 + i / 28, 1 + i % 28),
        };
        let outcome = word(i % 40 == 39);
        text.push_str(&format!(
            "{at},P{i},{},{outcome}\n",
            ["Food", "Metal"][i % 2]
        ));
    }
    let file = terminal.write("mixed.csv", &text);
    let read = |more: &[&str]| {
        let ran = Ran::of(terminal.bare(&[&["evidence", "--from", &file], more].concat()));
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    let (alone, groups) = (read(&[]), read(&["--by", "segment"]));
    let undated = "3 without a date count in rates, not in runs.";
    assert!(
        alone.contains(undated) && groups.contains(undated),
        "{alone}{groups}"
    );
    assert!(
        groups.contains("Rates side by side are drawn towards each other"),
        "{groups}"
    );
    assert!(!alone.contains("drawn towards"), "{alone}");
    // Every yes fell to one of them.
    assert!(groups.contains("none yet"), "{groups}");
    assert!(
        groups.contains("The slump watch is quiet in all of them"),
        "{groups}"
    );
}

#[test]
fn alarms_are_counted() {
    let terminal = Terminal::new();
    // Two slumps, each after a good time.
    let mut outcomes: Vec<&str> = Vec::new();
    for _ in 0..2 {
        outcomes.extend((0..600).map(|i| word(i % 3 == 0)));
        outcomes.extend(["no"; 120]);
    }
    let said = read_out(&terminal, &outcomes);
    assert!(said.contains("It was the last of "), "{said}");
    let file = terminal.home().join("said.csv").display().to_string();
    let ran = Ran::of(terminal.bare(&["evidence", "--from", &file, "--by", "segment"]));
    assert!(
        ran.out.contains("It was the last of "),
        "one group reads as none: {ran:?}"
    );
    let first = read_out(&terminal, &outcomes[..630]);
    assert!(
        first.contains("The slump watch raise") && !first.contains("the last of"),
        "{first}"
    );
}
