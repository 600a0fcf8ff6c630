//! What SQLite was told, so that what is acknowledged is kept and what is forgotten is gone.

use store::{Store, StoreError};
use testkit::db::Backend;

use crate::made::{self, no, sql};

fn pragma(store: &Store, write: bool, text: &'static str) -> String {
    let ask = move |tx: &mut store::Tx<'_>| {
        let number = tx.first(sql(text), &[], |row| {
            row.int(0)
                .map(|n| n.to_string())
                .or_else(|_| row.text(0).map(str::to_owned))
        })?;
        Ok::<_, StoreError>(number.unwrap_or_default())
    };
    if write {
        store.write_blocking(ask).unwrap()
    } else {
        store.read_blocking(ask).unwrap()
    }
}

#[test]
fn the_writer_is_durable_and_overwrites_what_it_deletes() {
    let fresh = Backend::Sqlite.fresh();
    let store = made::ledger(&fresh.url);
    let told = |text| pragma(&store, true, text);
    assert_eq!(told("PRAGMA journal_mode"), "wal");
    assert_eq!(told("PRAGMA synchronous"), "2");
    assert_eq!(told("PRAGMA secure_delete"), "1");
    assert_eq!(told("PRAGMA foreign_keys"), "1");
    assert_eq!(told("PRAGMA query_only"), "0");
}

#[test]
fn readers_only_read() {
    let fresh = Backend::Sqlite.fresh();
    let store = made::ledger(&fresh.url);
    assert_eq!(pragma(&store, false, "PRAGMA query_only"), "1");
    assert_eq!(pragma(&store, false, "PRAGMA journal_mode"), "wal");
}

#[test]
fn scrubbing_empties_the_log_also_beside_a_reader() {
    let fresh = Backend::Sqlite.fresh();
    let store = made::ledger(&fresh.url);
    for n in 0..20 {
        made::append(&store, no(n)).unwrap();
    }
    let wal = fresh.dir().unwrap().join("rebound.db-wal");
    assert!(wal.metadata().unwrap().len() > 0);
    // A reader that has begun earlier holds the log for a moment.
    let slow = store.clone();
    let reader = std::thread::spawn(move || {
        slow.read_blocking(|tx| {
            let count = tx.first(sql("SELECT COUNT(*) FROM attempt"), &[], |r| r.int(0));
            std::thread::sleep(std::time::Duration::from_millis(300));
            count
        })
    });
    std::thread::sleep(std::time::Duration::from_millis(50));
    store.scrub_blocking().unwrap();
    assert_eq!(reader.join().unwrap().unwrap(), Some(20));
    assert_eq!(wal.metadata().unwrap().len(), 0);
}
