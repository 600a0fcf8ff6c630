//! `rebound import`.

use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::db::each;

use super::{Terminal, fixture};

/// Format; then rows, prospects, attempts, yes and open deals of its fixture, and how many of the
/// rows are known when it comes again (what is only planned is no ask, and so never known).
const FORMATS: [(&str, [u64; 5], u64); 9] = [
    ("hubspot-deals", [4, 4, 3, 2, 1], 4),
    ("hubspot-calls", [5, 5, 5, 0, 0], 5),
    ("pipedrive-deals", [3, 3, 2, 1, 1], 3),
    ("pipedrive-activities", [4, 2, 3, 0, 0], 3),
    ("salesforce-report", [3, 3, 2, 1, 1], 3),
    ("salesforce-opportunities", [3, 3, 2, 1, 1], 3),
    ("salesforce-tasks", [4, 3, 3, 0, 0], 3),
    ("zoho-deals", [3, 3, 2, 1, 1], 3),
    ("rebound", [3, 3, 5, 1, 0], 3),
];

fn object(rows: u64, counts: [u64; 4], duplicates: u64) -> Value {
    let [prospects, attempts, yes, deals_open] = counts;
    json!({
        "rows": rows, "prospects": prospects, "attempts": attempts, "yes": yes,
        "deals_open": deals_open, "duplicates": duplicates, "errors": [],
    })
}

#[test]
fn every_built_in_format_twice_on_both_databases() {
    for backend in each() {
        for (format, [rows, prospects, attempts, yes, open], known) in FORMATS {
            let terminal = Terminal::on(backend);
            // Told by its header, whatever its name.
            let text = std::fs::read_to_string(fixture(format)).expect("a fixture");
            let file = terminal.write("export.txt", &text);
            let new = object(rows, [prospects, attempts, yes, open], 0);

            assert_eq!(
                terminal.json(&["import", &file, "--dry-run"]),
                new,
                "{format}"
            );
            assert_eq!(
                terminal.everything().lines().count(),
                1,
                "a trial of {format} added something"
            );

            assert_eq!(
                terminal.json(&["import", &file]),
                new,
                "{format} on {backend:?}"
            );
            let before = terminal.everything();
            // Several asks of one row go out as one row.
            let lines = if format == "rebound" { rows } else { attempts };
            assert_eq!(before.lines().count() as u64, lines + 1, "{format}");

            let again = object(rows, [0; 4], known);
            assert_eq!(
                terminal.json(&["import", &file]),
                again,
                "{format} again on {backend:?}"
            );
            // Another name and another place change nothing either.
            let moved = terminal.write("moved.csv", &text);
            assert_eq!(
                terminal.json(&["import", &moved, "--strict"]),
                again,
                "{format}"
            );
            assert_eq!(
                terminal.everything(),
                before,
                "{format} again changed something"
            );
        }
    }
}

#[test]
fn all_formats_meet_in_one_ledger() {
    let terminal = Terminal::new();
    for (format, ..) in FORMATS {
        let path = fixture(format).display().to_string();
        terminal.json(&["import", &path]);
    }
    let before = terminal.everything();
    for (format, ..) in FORMATS {
        let path = fixture(format).display().to_string();
        let again = terminal.json(&["import", &path]);
        assert_eq!(again["attempts"], 0, "{format}");
        assert_eq!(again["prospects"], 0, "{format}");
    }
    assert_eq!(terminal.everything(), before);
}

const MIXED: &str = "at,prospect,outcome\n\
    2026-01-05,Ada Merrow,no\n\
    2026-01-06,Bram Osei,perhaps\n\
    someday,Cleo Tarn,no\n\
    2199-01-01,Dario Voss,no\n\
    2026-01-09,Elin Frost,yes\n";

#[test]
fn a_bad_row_is_named_and_the_rest_goes_in() {
    for backend in each() {
        let terminal = Terminal::on(backend);
        let file = terminal.write("mixed.csv", MIXED);
        let done = terminal.json(&["import", &file]);
        assert_eq!(done["rows"], 5);
        assert_eq!(
            (&done["prospects"], &done["attempts"], &done["yes"]),
            (&2.into(), &2.into(), &1.into())
        );
        let errors = done["errors"].as_array().expect("a list");
        let places: Vec<(u64, &str)> = errors
            .iter()
            .map(|e| {
                let keys: Vec<&String> = e.as_object().expect("an object").keys().collect();
                assert_eq!(keys, ["column", "line", "reason"]);
                assert!(!e["reason"].as_str().expect("a reason").is_empty());
                (
                    e["line"].as_u64().expect("a line"),
                    e["column"].as_str().expect("a column"),
                )
            })
            .collect();
        assert_eq!(places, [(3, "outcome"), (4, "at"), (5, "at")]);
        // Corrected and brought in again, only what was missing is added.
        let file = terminal.write("mixed.csv", &MIXED.replace("perhaps", "no"));
        let done = terminal.json(&["import", &file]);
        assert_eq!(
            (&done["attempts"], &done["duplicates"]),
            (&1.into(), &2.into())
        );
    }
}

#[test]
fn strict_brings_in_all_rows_or_none() {
    for backend in each() {
        let terminal = Terminal::on(backend);
        let file = terminal.write("mixed.csv", MIXED);
        let (error, said) = terminal.fails(2, &["import", &file, "--strict"]);
        assert!(said.contains("3 rows could not be read"), "{said}");
        assert!(said.contains("line 3, outcome"), "{said}");
        assert_eq!(error["kind"], "invalid");
        assert_eq!(
            terminal.everything().lines().count(),
            1,
            "something went in"
        );
        let good = terminal.write("good.csv", "prospect,outcome\nAda Merrow,no\n");
        assert_eq!(terminal.json(&["import", &good, "--strict"])["attempts"], 1);
    }
}

#[test]
fn people_read_sentences() {
    let terminal = Terminal::new();
    let file = terminal.write("mixed.csv", MIXED);
    insta::assert_snapshot!(terminal.says(&["import", &file, "--dry-run"]), @r#"
    5 rows read as Rebound.
            2  prospects would be added
            2  attempts would be added, 1 of them yes
            3  rows could not be read and stayed out
               line 3, outcome: “perhaps” is not a word Rebound knows for outcome; say what it means with --value "outcome:perhaps=no" (one of yes, no, not_now, send_info, no_reply, unknown)
               line 4, at: “someday” is not a time Rebound can read; write 2026-11-19 or 2026-11-19 11:22
               line 5, at: That time lies in the future; an ask is logged when it has happened.
    Nothing was changed.
    "#);
    let ran = terminal.run(&["import", &file]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.err, "", "no bar where nobody watches");
    insta::assert_snapshot!(terminal.says(&["import", &file]), @r#"
    5 rows read as Rebound.
            2  rows were known already
            3  rows could not be read and stayed out
               line 3, outcome: “perhaps” is not a word Rebound knows for outcome; say what it means with --value "outcome:perhaps=no" (one of yes, no, not_now, send_info, no_reply, unknown)
               line 4, at: “someday” is not a time Rebound can read; write 2026-11-19 or 2026-11-19 11:22
               line 5, at: That time lies in the future; an ask is logged when it has happened.
    "#);
}

#[test]
fn any_table_through_a_mapping() {
    let terminal = Terminal::new();
    let text = "Datum;Kunde;Ergebnis;Grund\n\
        05.01.2026 14:30;Jörg Weiß;Gewonnen;\n\
        06.01.2026 09:00;Änne Groß;verloren;Zu teuer\n\
        07.01.2026 09:00;Änne Groß;vertagt;\n";
    let map = [
        "import",
        "F",
        "--map",
        "at=Datum",
        "--map",
        "prospect=Kunde",
        "--map",
        "outcome=Ergebnis",
        "--map",
        "reason=Grund",
        "--value",
        "outcome:vertagt=not_now",
        "--value",
        "reason:Zu teuer=N4",
        "--zone",
        "America/New_York",
        "--date-format",
        "dmy",
    ];
    // As a spreadsheet of another country writes it.
    let (bytes, _) = latin(text);
    let file = terminal.home().join("liste.csv");
    std::fs::write(&file, bytes).expect("a file can be written");
    let file = file.display().to_string();
    let mut args = map;
    args[1] = &file;
    let done = terminal.json(&args);
    assert_eq!(
        (&done["attempts"], &done["yes"], &done["prospects"]),
        (&3.into(), &1.into(), &2.into())
    );
    let list = terminal.json(&["noes", "--outcome", "all", "--sort", "oldest"]);
    assert_eq!(list["noes"][0]["name"], "Jörg Weiß");
    assert_eq!(
        list["noes"][0]["at"], "2026-01-05T19:30:00Z",
        "half past two in New York"
    );
    assert_eq!(list["noes"][1]["reason"], "N4");
    assert_eq!(list["noes"][2]["outcome"], "not_now");
    // The same file through another mapping corrects what is known instead of adding to it.
    let other: Vec<&str> = args
        .iter()
        .map(|a| {
            if *a == "reason:Zu teuer=N4" {
                "reason:Zu teuer=N3"
            } else {
                a
            }
        })
        .collect();
    let done = terminal.json(&other);
    assert_eq!(
        (&done["attempts"], &done["duplicates"]),
        (&0.into(), &3.into())
    );
    let list = terminal.json(&["noes"]);
    assert_eq!(list["noes"][0]["reason"], "N3");
}

/// The text in Windows-1252; these letters have the same numbers there as in Unicode.
fn latin(text: &str) -> (Vec<u8>, usize) {
    let bytes: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("a letter of the west"))
        .collect();
    let n = bytes.len();
    (bytes, n)
}

#[test]
fn a_file_that_cannot_be_read_changes_nothing() {
    let terminal = Terminal::new();
    let (error, _) = terminal.fails(3, &["import", "nowhere.csv"]);
    assert_eq!(error["kind"], "not_found");
    assert!(
        !terminal.file().exists(),
        "no database is made for a file that is not there"
    );
    for (name, text) in [
        ("empty.csv", ""),
        ("prose.csv", "Dear Ada,\n\nthank you for the cake.\n"),
        ("nothing.csv", "prospect,outcome\n"),
    ] {
        let file = terminal.write(name, text);
        let ran = terminal.run(&["--json", "import", &file]);
        let object = ran.object();
        if ran.code == 0 {
            assert_eq!(object["attempts"], 0, "{name}: {ran:?}");
        } else {
            assert_eq!(ran.code, 2, "{name}: {ran:?}");
            assert!(
                !object["error"]["message"]
                    .as_str()
                    .unwrap_or_default()
                    .is_empty()
            );
        }
    }
    let file = terminal.write("columns.csv", "a,b\n1,2\n");
    let (_, said) = terminal.fails(2, &["import", &file, "--map", "outcome=result"]);
    assert!(
        said.contains("result"),
        "the missing column is named: {said}"
    );
    assert_eq!(terminal.everything().lines().count(), 1);
}

#[test]
fn a_real_campaign() {
    let shared = std::env::var_os("REBOUND_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let file = shared.join("data/bank/bank-full.csv");
    if !file.is_file() {
        eprintln!("left out: bank-full.csv is not there");
        return;
    }
    let terminal = Terminal::new();
    let file = file.display().to_string();
    let args = [
        "import",
        &file,
        "--map",
        "outcome=y",
        "--map",
        "attempts=campaign",
        "--map",
        "segment=job",
    ];
    assert_eq!(
        terminal.json(&args),
        object(45_211, [45_211, 124_956, 5_289, 0], 0)
    );
}

#[test]
fn rows_of_others_wait_for_them_and_the_answer_says_how() {
    let terminal = Terminal::new();
    terminal.says(&["noes"]);
    terminal.says(&["user", "add", "Lea Brandt", "--email", "lea@example.com"]);
    let file = terminal.write(
        "two.csv",
        "date,prospect,outcome,rep\n2026-11-02,Ada Merrow,no,Rafe Dunmore\n2026-11-03,Ben Oake,yes,Jun Calder\n",
    );
    let said = terminal.json(&["--as", "robin", "import", &file]);
    assert_eq!(said["attempts"], 2);
    let own = terminal.says(&["--as", "robin", "export"]);
    assert_eq!(own.lines().count(), 1);
    let text = terminal.run(&["--as", "robin", "import", &file]).out;
    assert!(!text.contains("rebound user claim"), "nothing new: {text}");
    let more = terminal.write(
        "more.csv",
        "date,prospect,outcome,rep\n2026-11-04,Cleo Vane,no,Rafe Dunmore\n2026-11-05,Ben Oake,no,Jun Calder\n",
    );
    let ran = terminal.run(&["--as", "robin", "import", &more]);
    assert!(ran.err.contains("Whose the rows are:"), "{ran:?}");
    assert!(
        ran.err.contains("1 row  Rafe Dunmore  ->  waiting"),
        "{ran:?}"
    );
    let text = ran.out;
    assert!(text.contains("Rafe Dunmore, Jun Calder"), "{text}");
    assert!(
        text.contains("rebound user claim \"Rafe Dunmore\""),
        "{text}"
    );
    // Who is not said to be anybody is asked.
    terminal.fails(4, &["import", &more]);
}

#[test]
fn a_trial_says_whose_the_rows_would_be() {
    let terminal = Terminal::new();
    terminal.says(&["noes"]);
    terminal.says(&["user", "add", "Lea Brandt", "--email", "lea@example.com"]);
    let file = terminal.write(
        "two.csv",
        "date,prospect,outcome,rep\n2026-11-02,Ada Merrow,no,Rafe Dunmore\n2026-11-03,Ben Oake,yes,lea@example.com\n2026-11-03,Cleo Vane,no,Rafe  Dunmore\n",
    );
    let trial = ["--as", "robin", "import", "--dry-run", &file];
    let said = terminal.json(&trial);
    let reps = said["reps"].as_array().expect("a list");
    assert_eq!(reps.len(), 2);
    let told = |n: usize| (&reps[n]["rep"], &reps[n]["rows"], &reps[n]["to"]);
    assert_eq!(told(0), (&"Rafe Dunmore".into(), &2.into(), &"new".into()));
    assert_eq!(
        told(1),
        (&"lea@example.com".into(), &1.into(), &"account".into())
    );
    assert!(reps[1]["person"].is_string());
    let told = terminal.run(&trial).err;
    assert!(told.contains("2 rows  Rafe Dunmore  ->  waiting"), "{told}");
    assert!(
        told.contains("1 row  lea@example.com  ->  Lea Brandt <lea@example.com>"),
        "{told}"
    );
    // An administrator says that files call her so; then they are hers.
    let lea = terminal.json(&[
        "--as",
        "robin",
        "user",
        "files",
        "Lea Brandt",
        "Rafe Dunmore",
        "lea@example.com",
    ]);
    assert_eq!(
        lea["rep_names"],
        serde_json::json!(["Rafe Dunmore", "lea@example.com"])
    );
    assert_eq!(terminal.json(&trial)["reps"][0]["to"], "account");
}
