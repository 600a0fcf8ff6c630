//! Every statement means something to both databases.

use std::collections::HashSet;

use store::StoreError;
use store::tables::statements;
use testkit::db::for_each_database;

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
