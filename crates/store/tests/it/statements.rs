//! Every statement means something to both databases.

use std::collections::HashSet;

use store::StoreError;
use store::tables::statements;
use testkit::db::{Backend, for_each_database};

use crate::made::open;

#[test]
fn every_statement_prepares_on_both() {
    for_each_database(|url| {
        let store = open(url);
        let wrong: Vec<String> = statements()
            .filter_map(|sql| {
                store
                    .read_blocking(move |tx| tx.prepare(sql))
                    .err()
                    .map(|e: StoreError| format!("{}: {e}", sql.name))
            })
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

#[test]
fn every_statement_has_a_name_of_its_own() {
    let mut seen = HashSet::new();
    let all: Vec<_> = statements().collect();
    assert!(all.len() > 100, "only {}", all.len());
    for sql in all {
        assert!(seen.insert(sql.name), "{} stands twice", sql.name);
    }
}

#[test]
fn a_pitch_test_reads_the_index_alone() {
    let fresh = Backend::Sqlite.fresh();
    drop(open(&fresh.url));
    let asks = statements()
        .find(|sql| sql.name.ends_with("pitch_test::ASKS"))
        .unwrap();
    let path = fresh.url.strip_prefix("sqlite:").unwrap();
    let conn = rusqlite::Connection::open(path).unwrap();
    let plan: String = conn
        .query_row(
            &format!("EXPLAIN QUERY PLAN {}", asks.text),
            (&[1u8; 16][..], "x", 0),
            |row| row.get(3),
        )
        .unwrap();
    assert!(
        plan.contains("USING COVERING INDEX attempt_pitch"),
        "{plan}"
    );
}
