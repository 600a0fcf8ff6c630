//! `rebound noes`.

use std::process::{Command, Stdio};

use testkit::db::each;
use testkit::tools;

use super::{Terminal, settle};

fn filled(terminal: &Terminal) {
    let file = terminal.write(
        "ledger.csv",
        "at,prospect,company,outcome,stage,channel,reason,said_by,words,segment\n\
         2026-03-02T10:00:00Z,Ada Merrow,Whitlock Print,no,demo,meeting,N4,prospect,too dear,Print\n\
         2026-03-03T10:00:00Z,Bram Osei,Quillfeather,no,opener,call,N1,seller_guess,,Pens\n\
         2026-03-04T10:00:00Z,Cleo Tarn,Tarn & Tow,no,opener,email,,,,Rope\n\
         2026-03-05T10:00:00Z,Cleo Tarn,Tarn & Tow,yes,proposal,meeting,,,,Rope\n\
         2026-03-06T10:00:00Z,Dario Voss,,not_now,opener,call,,,,\n",
    );
    terminal.says(&["import", &file]);
}

fn names(terminal: &Terminal, args: &[&str]) -> Vec<String> {
    let list = terminal.json(&[&["noes"], args].concat());
    let rows = list["noes"].as_array().expect("a list");
    rows.iter()
        .map(|row| row["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn the_list_is_narrowed_and_sorted() {
    for backend in each() {
        let terminal = Terminal::on(backend);
        assert_eq!(terminal.says(&["noes"]), "Nothing here yet.\n");
        filled(&terminal);
        let names = |args: &[&str]| names(&terminal, args);
        assert_eq!(names(&[]), ["Cleo Tarn", "Bram Osei", "Ada Merrow"]);
        assert_eq!(
            names(&["--sort", "oldest"]),
            ["Ada Merrow", "Bram Osei", "Cleo Tarn"]
        );
        assert_eq!(
            names(&["--sort", "who"]),
            ["Ada Merrow", "Bram Osei", "Cleo Tarn"]
        );
        assert_eq!(names(&["--outcome", "yes"]), ["Cleo Tarn"]);
        assert_eq!(names(&["--outcome", "not_now"]), ["Dario Voss"]);
        assert_eq!(names(&["--outcome", "all"]).len(), 5);
        assert_eq!(names(&["--why", "N4"]), ["Ada Merrow"]);
        assert_eq!(names(&["--why", "No need"]), ["Bram Osei"]);
        assert_eq!(names(&["--stage", "opener"]), ["Cleo Tarn", "Bram Osei"]);
        assert_eq!(names(&["--channel", "email"]), ["Cleo Tarn"]);
        assert_eq!(names(&["--segment", "print"]), ["Ada Merrow"]);
        assert_eq!(names(&["--word", "said"]), ["Ada Merrow"]);
        assert_eq!(names(&["--word", "guess"]), ["Bram Osei"]);
        assert_eq!(names(&["--word", "none"]), ["Cleo Tarn"]);
        assert_eq!(
            names(&["--since", "2026-03-03", "--until", "2026-03-03"]),
            ["Bram Osei"]
        );
        assert_eq!(names(&["--find", "whit"]), ["Ada Merrow"]);
        assert_eq!(names(&["--find", "dear"]), ["Ada Merrow"]);
        assert_eq!(names(&["--find", "nobody"]), [""; 0]);
        let list = terminal.json(&["noes", "--limit", "2"]);
        assert_eq!(list["noes"].as_array().map(Vec::len), Some(2));
        assert_eq!((&list["total"], &list["more"]), (&3.into(), &true.into()));
        let said = terminal.says(&["noes", "--limit", "2"]);
        assert!(
            said.ends_with("There are more; see them with --limit.\n"),
            "{said}"
        );
    }
}

#[test]
fn a_line_says_what_happened() {
    let terminal = Terminal::new();
    filled(&terminal);
    insta::assert_snapshot!(terminal.says(&["noes", "--outcome", "all"]), @"
    Fri 06 Mar 2026 11:00   Not now    Dario Voss                            Opener, call
    Thu 05 Mar 2026 11:00   Yes        Cleo Tarn, Tarn & Tow                 Proposal, meeting
    Wed 04 Mar 2026 11:00   No         Cleo Tarn, Tarn & Tow                 Opener, e-mail
    Tue 03 Mar 2026 11:00   No         Bram Osei, Quillfeather               Opener, call  No need (your guess)
    Mon 02 Mar 2026 11:00   No         Ada Merrow, Whitlock Print            Demo, meeting  Price or value (they said)  “too dear”
    ");
    let list = terminal.json(&["noes", "--why", "N4"]);
    let row = &list["noes"][0];
    assert_eq!(row["reason"], "N4");
    assert_eq!(row["reason_label"], "Price or value");
    assert_eq!(
        (&row["said_by"], &row["words"]),
        (&"prospect".into(), &"too dear".into())
    );
}

#[test]
fn what_cannot_be_narrowed_by_is_said() {
    let terminal = Terminal::new();
    filled(&terminal);
    let (_, said) = terminal.fails(3, &["noes", "--why", "the moon"]);
    assert!(said.contains("Price or value"), "the list is shown: {said}");
    terminal.fails(3, &["noes", "--segment", "the moon"]);
    terminal.fails(2, &["noes", "--word", "gossip"]);
    terminal.fails(2, &["noes", "--sort", "sideways"]);
    let (_, said) = terminal.fails(2, &["noes", "--since", "01.11.2026"]);
    assert!(said.contains("is not a day; write 2026-11-01"), "{said}");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let terminal = Terminal::new();
    let mut rows = String::from("prospect,outcome\n");
    for n in 0..6_000 {
        rows.push_str(&format!("Person number {n},no\n"));
    }
    terminal.says(&["import", &terminal.write("many.csv", &rows)]);
    for args in [
        "noes --limit 6000",
        "noes --limit 6000 --json",
        "export",
        "export --format json",
    ] {
        // The shell answers with the exit code of the program, not of `head`.
        let line = format!("{{ \"$REBOUND\" {args}; echo \"$?\" >&2; }} | head -n 1",);
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).env("REBOUND", tools::rebound());
        settle(&mut shell, terminal.home());
        let output = shell
            .env("REBOUND_DATABASE", &terminal.database)
            .stdin(Stdio::null())
            .output()
            .expect("every machine has a shell");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "0\n", "{args}");
        assert!(!output.stdout.is_empty(), "{args}");
    }
}
