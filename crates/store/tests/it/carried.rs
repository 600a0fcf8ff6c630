//! A ledger of the second schema becomes one of the third where it stands.

use domain::{PersonId, Standing};
use store::tables::{attempt, import, person, team_month};
use store::{Store, migrations};
use testkit::db::{Backend, Fresh};

use crate::made::open;

/// Sixteen equal bytes, as each database writes them.
fn id(backend: Backend, n: u8) -> String {
    let hex = format!("{n:02x}").repeat(16);
    match backend {
        Backend::Sqlite => format!("X'{hex}'"),
        Backend::Postgres => format!("'\\x{hex}'"),
    }
}

fn run(backend: Backend, fresh: &Fresh, text: &str) {
    match backend {
        Backend::Sqlite => {
            let path = fresh.url.strip_prefix("sqlite:").unwrap();
            let conn = rusqlite::Connection::open(path).unwrap();
            conn.execute_batch(text).unwrap();
        }
        Backend::Postgres => {
            let mut client = postgres::Client::connect(&fresh.url, postgres::NoTls).unwrap();
            client.batch_execute(text).unwrap();
        }
    }
}

/// Jun (1) has Rafe's (2) rows, of which Ines (3) and Otto (4) brought some in, and logged one; Ines has one
/// that she brought in herself. A month of all three was counted, and what was said in one of its noes was
/// changed since.
fn second(backend: Backend) -> Fresh {
    let fresh = backend.fresh();
    let mut text = String::from(
        "CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL);\n",
    );
    for (n, (name, lite, pg)) in migrations().take(2).enumerate() {
        text += match backend {
            Backend::Sqlite => lite,
            Backend::Postgres => pg,
        };
        text += &format!(
            "\nINSERT INTO schema_version VALUES ({}, '{name}');\n",
            n + 1
        );
    }
    let at = |n| id(backend, n);
    let [jun, rafe, ines, otto] = [1, 2, 3, 4].map(at);
    let by = "01010101-0101-0101-0101-010101010101";
    text += &format!(
        "INSERT INTO person (id, name, zone, keys, created_at, email, email_key, roles, standing) VALUES
           ({jun}, 'Jun', 'UTC', 1, 1, 'jun@example.com', 'jun@example.com', 1, 'active'),
           ({rafe}, 'Rafe', 'UTC', 1, 2, '', NULL, 0, 'deactivated'),
           ({ines}, 'Ines', 'UTC', 1, 3, '', NULL, 17, 'active'),
           ({otto}, 'Otto', 'UTC', 1, 4, '', NULL, 17, 'active');
         INSERT INTO audit (id, at, actor, act, subject, detail) VALUES
           ({}, 5, {ines}, 'person', {rafe}, 'claimed by {by}'),
           ({}, 6, {jun}, 'row_sharing', {jun}, 'on'),
           ({}, 7, {jun}, 'row_sharing', {jun}, 'off');
         INSERT INTO prospect (id, name, company, email, phone, language, sort_key, root, forgotten, created_at) VALUES ({p}, 'Ada', '', '', '', '', 'ada', {p}, 0, 1);\n",
        at(11), at(12), at(13), p = at(9),
    );
    for (n, source, recorded_at) in [
        (21, "generic", 10),
        (22, "generic", 10),
        (23, "", 30),
        (24, "generic", 11),
        (25, "generic", 25),
    ] {
        text += &format!(
            "INSERT INTO attempt (id, owner, prospect, precision, zone, ord, seq, outcome, stage, channel, reason, words, source, voided, version, recorded_at) VALUES ({}, {}, {}, 0, 'UTC', 1, {n}, 'no', 'opener', 'call', '', 'said so', '{source}', 0, {}, {recorded_at});\n",
            at(n),
            if n == 24 { &ines } else { &jun },
            at(9),
            i64::from(n == 22),
        );
    }
    text += &format!(
        "INSERT INTO import_run (id, at, person, format, rows, prospects, attempts, yes, deals_open, duplicates, corrected, errors) VALUES ({run}, 20, {ines}, 'generic', 3, 1, 3, 0, 0, 0, 0, 0), ({later}, 26, {otto}, 'generic', 1, 0, 1, 0, 0, 0, 0, 0);
         INSERT INTO import_row (identity, content, attempt, asks, forgotten) VALUES ({row}, {row}, {a}, 1, 0);
         INSERT INTO team (id, name, name_key, created_at) VALUES ({team}, 'North', 'north', 1);
         INSERT INTO team_month (team, month, at, members, attempts) VALUES ({team}, 202610, 40, 2, 3);
         INSERT INTO team_part (team, month, stage, outcome, reason, person) VALUES ({team}, 202610, 'opener', 'no', '', {ines}), ({team}, 202610, 'opener', 'no', '', {jun}), ({team}, 202610, 'opener', 'no', '', {rafe});
         INSERT INTO team_word (team, month, stage, outcome, reason, attempt) VALUES ({team}, 202610, 'opener', 'no', '', {a}), ({team}, 202610, 'opener', 'no', '', {b});
         INSERT INTO event (id, at, kind, subject) VALUES ({run}, 50, 'corrected', {b});\n",
        run = at(31), later = at(34), row = at(32), a = at(21), b = at(22), team = at(33),
    );
    run(backend, &fresh, &text);
    fresh
}

fn read<T: Send + 'static>(
    store: &Store,
    f: impl FnOnce(&mut store::Tx<'_>) -> store::Result<T> + Send + 'static,
) -> T {
    store.read_blocking(f).unwrap()
}

#[test]
fn a_ledger_of_the_second_schema_keeps_what_it_knew() {
    for backend in testkit::db::each() {
        let fresh = second(backend);
        let store = open(&fresh.url);
        let [jun, rafe, ines, otto] = [1, 2, 3, 4].map(|n| PersonId::from_bytes([n; 16]));
        let people = read(&store, person::all);
        let of = |id| people.iter().find(|p| p.id == id).unwrap();
        assert_eq!(of(jun).rep_names, ["Jun", "jun@example.com", "Rafe"]);
        assert_eq!((of(jun).shared_until, of(jun).claimed_by), (Some(7), None));
        assert_eq!(
            (of(rafe).claimed_by, of(rafe).standing),
            (Some(jun), Standing::Deactivated)
        );
        assert!(of(rafe).rep_names.is_empty());
        assert_eq!(of(ines).rep_names, ["Ines"]);
        let brought = read(&store, |tx| {
            let mut all = Vec::new();
            attempt::each(tx, |a| {
                all.push((a.seq, a.brought_by));
                Ok(())
            })?;
            Ok(all)
        });
        let by = [Some(ines), Some(ines), None, Some(ines), Some(otto)];
        let expected: Vec<_> = (21..).zip(by).collect();
        assert_eq!(brought, expected);
        let known = read(&store, |tx| import::known(tx, &[[32; 16]]));
        let known = &known[&[32; 16]];
        assert_eq!(
            (known.len(), known[0].row.seller, known[0].owner),
            (1, None, Some(jun))
        );
        let team = domain::TeamId::from_bytes([33; 16]);
        let parts = read(&store, move |tx| team_month::parts(tx, team, 202_610));
        let parts: Vec<_> = parts
            .iter()
            .map(|(_, one)| (one.person, one.brought_by))
            .collect();
        // Whoever brought in any of somebody's is taken to know theirs; one's own are nobody else's.
        let expected = [
            (jun, Some(ines)),
            (jun, Some(otto)),
            (rafe, Some(ines)),
            (rafe, Some(otto)),
            (ines, None),
        ];
        assert_eq!(parts, expected);
        let words = read(&store, move |tx| team_month::words(tx, team, 202_610));
        assert_eq!(words.len(), 1);
        assert_eq!(words[0].attempt, domain::AttemptId::from_bytes([21; 16]));
    }
}
