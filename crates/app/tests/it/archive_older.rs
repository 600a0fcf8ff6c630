//! Archives of earlier schemas come back as what a ledger of theirs became where it stood.

use std::path::{Path, PathBuf};

use app::archive::{self, Forgotten};
use app::import::Owner;
use app::{accounts, session};
use domain::{Outcome, Role};
use jiff::civil::date;
use store::tables::team_month::{self, Contributor, Key, Month};
use testkit::db::Backend;

use crate::archive::{empty, folder, forged_lines, full};
use crate::isolation::{colleague, member};
use crate::made::Desk;
use crate::team::{ask, log, new_team};
use crate::whose_rows::bring;

/// How many columns a table had under a schema; none of them when there was no such table.
fn columns(schema: u8, table: &str) -> Option<usize> {
    let before_people = [
        "team",
        "membership",
        "password",
        "passkey",
        "subject",
        "audit",
        "team_month",
        "team_cell",
        "team_part",
        "team_word",
    ];
    Some(match (schema, table) {
        (1, table) if before_people.contains(&table) => return None,
        (_, "alarm" | "pooled" | "pitch_test" | "pitch_late") => return None,
        (1, "person") => 5,
        (2, "person") => 11,
        (_, "attempt") => 29,
        (_, "import_row") => 7,
        (2, "team") => 4,
        (2, "audit" | "team_part" | "team_word") => 6,
        _ => usize::MAX,
    })
}

/// The archive as a program of this schema would have written it: without what came later.
fn earlier(path: &Path, schema: u8) -> PathBuf {
    let mut table = String::new();
    forged_lines(path, |line| {
        let mut json: serde_json::Value = serde_json::from_str(line).unwrap();
        if let Some(name) = json["table"].as_str() {
            table = name.to_owned();
        }
        if json["end"].is_number() {
            return Some(line.to_owned());
        }
        if table.is_empty() {
            let now = format!("\"schema\":{}", store::SCHEMA_VERSION);
            return Some(line.replacen(&now, &format!("\"schema\":{schema}"), 1));
        }
        let width = columns(schema, &table)?;
        if let Some(row) = json.as_array_mut() {
            row.truncate(width);
        } else if let Some(columns) = json["columns"].as_array_mut() {
            columns.truncate(width);
        }
        Some(json.to_string())
    })
}

#[test]
fn an_archive_of_the_first_schema_comes_back() {
    let dir = folder();
    let desk = full(Backend::Sqlite);
    let path = dir.path().join("a.archive");
    archive::backup(&desk.app, &path).unwrap();
    let old = earlier(&path, 1);
    for backend in testkit::db::each() {
        let app = empty(backend);
        archive::restore(&app, &old, Forgotten::new()).unwrap();
        let me = app.read_blocking(session::only).unwrap().unwrap();
        assert_eq!(me.name(), "Ines Marlowe");
        assert!(me.administrator().is_some() && me.seller().is_some());
        let again = app.read_blocking(|act| Ok(store::tables::person::all(act.tx)?));
        assert_eq!(again.unwrap()[0].rep_names, ["Ines Marlowe"]);
    }
}

#[test]
fn an_archive_of_the_second_schema_comes_back_with_names_claims_and_who_brought_what_in() {
    let dir = folder();
    let desk = Desk::new(Backend::Sqlite);
    let jun = colleague(&desk, "Jun Calder", &[Role::Seller]);
    let ines = Owner::of(&member(&desk, "Ines Marlowe")).unwrap();
    let file = "id,date,prospect,outcome,rep\n\
        1,2026-11-02,Ada Merrow,no,Jun Calder\n\
        2,2026-11-02,Ben Oake,no,Rafe Dunmore\n";
    bring(&desk.app, ines, file);
    let from = desk.tend(|act, who| accounts::find_placeholder(act, who, "Rafe Dunmore"));
    let (from, to) = (from.id, jun.id());
    desk.tend(move |act, who| accounts::claim(act, who, from, to));
    // A month was counted while they waited, and he has logged one since.
    let team = new_team(&desk, "North");
    log(&desk, &jun, ask(date(2026, 11, 3), Outcome::No, None, None));
    desk.act(move |act, _| {
        let month = Month {
            month: 202_610,
            at: 1,
            members: 1,
            attempts: Some(1),
        };
        let key = Key {
            stage: "opener".into(),
            outcome: "no".into(),
            reason: String::new(),
        };
        let part = Contributor {
            person: from,
            brought_by: None,
        };
        team_month::add(act.tx, team, &month)?;
        Ok(team_month::add_cell(
            act.tx,
            team,
            202_610,
            &key,
            1,
            [part],
        )?)
    });
    for on in [true, false] {
        let jun = jun.clone();
        desk.act(move |act, _| accounts::share_rows(act, &jun, on));
    }
    let stands = desk.look(store::tables::person::all);
    let path = dir.path().join("a.archive");
    archive::backup(&desk.app, &path).unwrap();
    let old = earlier(&path, 2);
    for backend in testkit::db::each() {
        let app = empty(backend);
        archive::restore(&app, &old, Forgotten::new()).unwrap();
        let people = app.read_blocking(|act| Ok(store::tables::person::all(act.tx)?));
        assert_eq!(people.unwrap(), stands);
        let parts = app.read_blocking(move |act| Ok(team_month::parts(act.tx, team, 202_610)?));
        let parts: Vec<_> = parts.unwrap().into_iter().map(|(_, one)| one).collect();
        let expected = Contributor {
            person: from,
            brought_by: Some(desk.me.id()),
        };
        assert_eq!(parts, [expected]);
        drop(app);
    }
    // The same rows are found again, and none is added.
    let app = app::App::open(&desk.fresh.url.parse().unwrap(), crate::made::thursday).unwrap();
    archive::restore(&app, &old, Forgotten::new()).unwrap();
    let desk = Desk { app, ..desk };
    let ines = Owner::of(&member(&desk, "Ines Marlowe")).unwrap();
    let done = bring(&desk.app, ines, file);
    assert_eq!((done.attempts, done.duplicates), (0, 2));
    let by: Vec<_> = desk.attempts().iter().map(|a| a.brought_by).collect();
    assert_eq!(by, [Some(desk.me.id()), Some(desk.me.id()), None]);
}
