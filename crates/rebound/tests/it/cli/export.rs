//! `rebound export`.

use serde_json::Value;
use testkit::db::{Backend, each};

use super::{Terminal, fixture};

const WRITTEN: [&str; 6] = [
    "hubspot-deals",
    "hubspot-calls",
    "pipedrive-deals",
    "pipedrive-activities",
    "salesforce-opportunities",
    "zoho-deals",
];

#[test]
fn what_goes_out_comes_back_the_same() {
    for backend in each() {
        let terminal = Terminal::on(backend);
        for format in ["rebound", "hubspot-calls", "pipedrive-deals"] {
            terminal.json(&["import", &fixture(format).display().to_string()]);
        }
        terminal.says(&[
            "no",
            "Ada Merrow, Whitlock & Pell",
            "--why",
            "N4",
            "--said",
            "“Too dear”, she said,\nand laughed",
        ]);
        let out = terminal.everything();
        let file = terminal.write("all.csv", &out);
        // Into the ledger it came from: nothing is new.
        let again = terminal.json(&["import", &file]);
        assert_eq!(
            (&again["attempts"], &again["prospects"]),
            (&0.into(), &0.into())
        );
        assert_eq!(terminal.everything(), out);
        // Into an empty one: everything is.
        for other in each() {
            let fresh = Terminal::on(other);
            let done = fresh.json(&["import", &file]);
            assert_eq!(done["errors"], Value::Array(Vec::new()));
            assert_eq!(
                settled(&fresh.everything()),
                settled(&out),
                "{backend:?} to {other:?}"
            );
        }
    }
}

/// The records without their order and without their deals: where an undated ask stands and a deal
/// that was only linked are what an archive carries and a table does not.
fn settled(csv: &str) -> Vec<String> {
    let mut lines: Vec<String> = csv
        .lines()
        .map(|line| {
            line.replace("Harrowgate desk", "")
                .replace("Mossbank chairs", "")
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn json_is_one_object() {
    let terminal = Terminal::on(Backend::Sqlite);
    terminal.says(&["no", "Ada Merrow"]);
    let object = terminal.json(&["export", "--format", "json"]);
    assert_eq!(object["attempts"][0]["prospect"], "Ada Merrow");
    assert_eq!(object["attempts"][0]["outcome"], "no");
    // Rows are not an object; into a file they can go, and the object tells of it.
    terminal.fails_with_json(2, &["export"]);
    let file = terminal.home().join("out.csv");
    let done = terminal.json(&["export", &file.display().to_string()]);
    assert_eq!(done["rows"], 1);
    assert_eq!(
        std::fs::read_to_string(file).expect("it was written"),
        terminal.everything()
    );
}

#[test]
fn every_crm_takes_its_own_back() {
    for format in WRITTEN {
        let terminal = Terminal::new();
        let source = fixture(format).display().to_string();
        terminal.json(&["import", &source]);
        terminal.says(&["no", "Somebody New, Firm", "--channel", "call"]);
        let out = terminal.says(&["export", "--format", format]);
        let file = terminal.write("back.csv", &out);
        // It has the CRM's own shape: this program reads it as that format again.
        let fresh = Terminal::new();
        let said = fresh.says(&["import", &file, "--format", format]);
        assert!(!said.contains("could not be read"), "{format}: {said}");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_nothing_is_left_behind() {
    let terminal = Terminal::new();
    terminal.says(&["no", "Ada Merrow"]);
    let (error, said) = terminal.fails(3, &["export", "nowhere/out.csv"]);
    assert_eq!(error["kind"], "not_found");
    assert!(said.contains("the folder nowhere does not exist"), "{said}");
    let (_, said) = terminal.fails(2, &["export", "."]);
    assert!(said.contains("is a folder; name the file in it"), "{said}");
    let (_, said) = terminal.fails(2, &["export", "--format", "papyrus"]);
    assert!(
        said.contains("hubspot-deals"),
        "the formats are listed: {said}"
    );
    let left = std::fs::read_dir(terminal.home())
        .expect("a folder")
        .count();
    assert_eq!(left, 0, "something was left behind");
}

#[test]
fn a_file_that_exists_is_written_over_only_when_asked_to() {
    let terminal = Terminal::new();
    terminal.says(&["no", "Ada Merrow", "--channel", "call"]);
    terminal.says(&["no", "Bram Osei", "--channel", "email"]);
    let file = terminal.write("out.csv", "mine");
    let (error, said) = terminal.fails(5, &["export", &file]);
    assert_eq!(error["kind"], "refused");
    assert!(said.contains("--force"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "mine");
    let force = ["export", &file, "--force", "--format", "hubspot-calls"];
    let said = terminal.says(&force);
    assert_eq!(
        said,
        format!("1 attempt written to {file}. 1 has no place in hubspot-calls and was left out.\n")
    );
    let done = terminal.json(&force);
    assert_eq!((&done["rows"], &done["left_out"]), (&1.into(), &1.into()));
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(&file)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "an export is its owner's alone");
}

impl Terminal {
    fn fails_with_json(&self, code: i32, args: &[&str]) -> Value {
        let ran = self.run(&[&["--json"], args].concat());
        assert_eq!(ran.code, code, "{ran:?}");
        ran.object()["error"].clone()
    }
}
