//! `rebound user`: who is here, from the keyboard.

use serde_json::Value;
use testkit::db;

use super::{Ran, Terminal};

/// Whoever is at the keyboard has a way in, so that others may be added.
fn settled(terminal: &Terminal) {
    terminal.says(&["no", "Ada Merrow"]);
    let file = terminal.file();
    let sql =
        "INSERT INTO password (person, hash, changed_at) SELECT id, '$argon2id$', 0 FROM person";
    let ledger = rusqlite::Connection::open(file).expect("the ledger");
    ledger.execute(sql, []).expect("a password");
}

fn names(object: &Value) -> Vec<&str> {
    let people = object["people"].as_array().expect("a list");
    people.iter().filter_map(|p| p["name"].as_str()).collect()
}

#[test]
fn who_adds_somebody_is_told_to_get_a_way_in_themselves() {
    for backend in db::each() {
        let terminal = Terminal::on(backend);
        let ran = terminal.run(&["user", "add", "Jun Okafor"]);
        assert!(ran.err.contains("rebound user invite \"robin\""), "{ran:?}");
        // At the keyboard one makes oneself a link.
        let link = terminal.json(&[
            "--as",
            "robin",
            "user",
            "invite",
            "robin",
            "--public-url",
            "https://rebound.example/",
        ]);
        let text = link["link"].as_str().expect("a link");
        assert!(text.starts_with("https://rebound.example/link/"), "{text}");
        assert_eq!(text.len(), "https://rebound.example/link/".len() + 64);
        let list = terminal.json(&["user", "list"]);
        assert_eq!(names(&list), ["robin", "Jun Okafor"]);
        assert_eq!(list["people"][0]["has_way_in"], false);
        assert!(list["people"][0]["link_until"].is_string());
        assert!(list["people"][0].get("link").is_none());
    }
}

#[test]
fn people_come_change_and_go() {
    let terminal = Terminal::new();
    settled(&terminal);
    let out = terminal.says(&[
        "--as",
        "robin",
        "user",
        "add",
        "Jun Okafor",
        "--email",
        "jun@example.com",
    ]);
    assert!(out.starts_with("http://localhost:7700/link/"), "{out}");
    assert!(out.contains("It works once"), "{out}");
    let jun = terminal.json(&[
        "--as",
        "robin",
        "user",
        "role",
        "jun@example.com",
        "seller",
        "lead",
    ]);
    assert_eq!(jun["roles"], serde_json::json!(["seller", "lead"]));
    let jun = terminal.json(&[
        "--as",
        "robin",
        "user",
        "team",
        "Jun Okafor",
        "South",
        "--since",
        "2026-01-02",
    ]);
    assert_eq!(jun["team"], "South");
    assert_eq!(jun["team_since"], "2026-01-01T23:00:00Z");
    let jun = terminal.json(&["--as", "robin", "user", "team", "Jun Okafor"]);
    assert_eq!(jun["team"], Value::Null);
    let reset = terminal.json(&["--as", "robin", "user", "reset", "jun okafor"]);
    assert!(reset["link"].is_string());
    let jun = terminal.json(&["--as", "robin", "user", "deactivate", "Jun Okafor"]);
    assert_eq!(
        (&jun["standing"], &jun["link_until"]),
        (&"deactivated".into(), &Value::Null)
    );
    terminal.fails(5, &["--as", "robin", "user", "reset", "Jun Okafor"]);
    let jun = terminal.json(&["--as", "robin", "user", "activate", "Jun Okafor"]);
    assert_eq!(jun["standing"], "active");
    let none = terminal.json(&["--as", "robin", "user", "role", "Jun Okafor", "--none"]);
    assert_eq!(none["roles"], serde_json::json!([]));
    let text = terminal.says(&["--as", "robin", "user", "list"]);
    assert!(text.contains("robin") && text.contains("no role"), "{text}");
}

#[test]
fn a_claim_says_how_many_rows_went_over() {
    let terminal = Terminal::new();
    settled(&terminal);
    terminal.says(&["--as", "robin", "user", "add", "Jun Okafor"]);
    let file = terminal.write(
        "two.csv",
        "date,prospect,outcome,rep\n2026-11-02,Ada Merrow,no,Rafe\n2026-11-03,Ben Oake,no,Rafe\n2026-11-03,Ben Oake,no,Tom\n",
    );
    terminal.says(&["--as", "robin", "import", &file]);
    let said = terminal.says(&["--as", "robin", "user", "claim", "Rafe", "Jun Okafor"]);
    assert_eq!(said, "2 attempts are Jun Okafor’s now.\n");
    // Whoever is at the keyboard may say that they are their own.
    let robin = terminal.json(&["--as", "robin", "user", "claim", "Tom", "robin"]);
    assert_eq!(
        (&robin["attempts_claimed"], &robin["deals_claimed"]),
        (&1.into(), &0.into())
    );
}

#[test]
fn with_several_people_one_says_who_one_is() {
    let terminal = Terminal::new();
    settled(&terminal);
    terminal.says(&["user", "add", "Jun Okafor", "--role", "lead"]);
    terminal.fails(4, &["no", "Ada Merrow"]);
    terminal.says(&["--as", "robin", "no", "Ada Merrow"]);
    let (error, _) = terminal.fails(5, &["--as", "Jun Okafor", "no", "Ada Merrow"]);
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|m| m.contains("no ledger"))
    );
    // Who is here can be looked at without a name; what the audit log says somebody did cannot be done
    // without one.
    terminal.says(&["user", "list"]);
    terminal.fails(5, &["--as", "Jun Okafor", "user", "list"]);
    let (error, _) = terminal.fails(4, &["user", "deactivate", "Jun Okafor"]);
    let hint = error["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("--as \"robin\""), "{hint}");
    terminal.fails(5, &["--as", "robin", "user", "deactivate", "robin"]);
    // A name that nobody has is a beginning of one, perhaps.
    let (error, _) = terminal.fails(3, &["--as", "robin", "user", "reset", "oka"]);
    assert_eq!(error["hint"], "Did you mean Jun Okafor?");
}

#[test]
fn what_is_not_right_is_said() {
    let terminal = Terminal::new();
    settled(&terminal);
    terminal.fails(3, &["--as", "robin", "user", "role", "Nobody", "lead"]);
    let (error, _) = terminal.fails(2, &["--as", "robin", "user", "role", "robin"]);
    assert_eq!(error["field"], "role");
    terminal.fails(
        2,
        &["--as", "robin", "user", "add", "Jun", "--email", "nowhere"],
    );
    terminal.fails(
        3,
        &["--as", "robin", "user", "claim", "Somebody Else", "robin"],
    );
    terminal.fails(
        2,
        &[
            "--as", "robin", "user", "team", "robin", "South", "--since", "soon",
        ],
    );
}

#[test]
fn a_ledger_that_nobody_uses_is_named_and_not_begun() {
    let terminal = Terminal::new();
    for words in [
        &["user", "list"][..],
        &["user", "add", "Jun Okafor"],
        &["user", "invite", "robin"],
        &["token", "list"],
        &["token", "add", "a script"],
    ] {
        // Without a database named, that is the one of this home.
        let ran = Ran::of(terminal.bare(words));
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran:?}");
        assert!(
            ran.err.contains("Nobody uses a ledger at sqlite:"),
            "{ran:?}"
        );
        assert!(ran.err.contains("rebound.db yet."), "{ran:?}");
        assert!(ran.err.contains("--database"), "{ran:?}");
    }
    terminal.fails(3, &["user", "list"]);
    assert!(!terminal.file().exists(), "nothing was begun");
    // Named, it begins with the first one added, and says so.
    let ran = terminal.run(&["user", "add", "Jun Okafor"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err.contains("A new ledger begins at sqlite:"),
        "{ran:?}"
    );
    assert!(ran.err.contains("and robin looks after it."), "{ran:?}");
    assert!(ran.err.contains("where nothing may answer"), "{ran:?}");
    let named = [
        "--as",
        "robin",
        "user",
        "invite",
        "Jun Okafor",
        "--public-url",
        "https://rebound.example",
    ];
    assert!(!terminal.run(&named).err.contains("--public-url"));
}

#[test]
fn names_that_are_here_already_are_said() {
    let terminal = Terminal::new();
    settled(&terminal);
    let rows = "at,prospect,outcome,stage,channel,rep\n\
                2026-10-01,Ada,no,opener,call,Ines Vale\n\
                2026-10-01,Bo,no,opener,call,robin\n";
    let file = terminal.write("rows.csv", rows);
    let out = terminal.says(&["import", &file]);
    assert!(
        out.contains("Rows of Ines Vale wait for an account"),
        "{out}"
    );
    let (error, _) = terminal.fails(3, &["--as", "Ines Vale", "noes"]);
    let message = error["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("has rows here that were brought in"),
        "{message}"
    );
    let (error, _) = terminal.fails(5, &["--as", "robin", "user", "invite", "Ines Vale"]);
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains("no account yet"), "{message}");
    let ran = terminal.run(&[
        "--as",
        "robin",
        "user",
        "add",
        "Ines Vale",
        "--email",
        "ines@example.com",
    ]);
    assert!(
        ran.err.contains("Rows wait under the name “Ines Vale”."),
        "{ran:?}"
    );
    // Again it is the same person, unless somebody says that it is another.
    let add = ["--as", "robin", "user", "add", "ines vale"];
    let (error, _) = terminal.fails(5, &add);
    assert_eq!(error["message"], "Ines Vale is here already.");
    let hint = error["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("invite \"ines@example.com\""), "{hint}");
    assert!(hint.contains("--another"), "{hint}");
    let same = ["--another", "--email", "INES@example.com"];
    terminal.fails(5, &[&add[..], &same].concat());
    let other = ["--another", "--email", "vale@example.com"];
    let ran = terminal.run(&[&add[..], &other].concat());
    assert!(
        ran.err
            .contains("Somebody else here is called “Ines Vale” too"),
        "{ran:?}"
    );
    terminal.says(&[
        "--as",
        "robin",
        "user",
        "claim",
        "Ines Vale",
        "ines@example.com",
    ]);
    let (error, _) = terminal.fails(
        3,
        &[
            "--as",
            "robin",
            "user",
            "claim",
            "Ines Vale",
            "ines@example.com",
        ],
    );
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains("No rows wait for anybody"), "{message}");
}
