//! Many writers at once: nobody takes anybody along, and what was acknowledged is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use domain::{Cell, Zone};
use store::tables::{counts, prospect};
use store::{Store, StoreError, derived};
use testkit::db::{Backend, for_each_database};

use crate::made::{self, no, sql};

/// Each of `n` threads does its own writes.
fn at_once(store: &Store, n: u32, work: impl Fn(&Store, u32) + Send + Sync + 'static) {
    let work = Arc::new(work);
    let threads: Vec<_> = (0..n)
        .map(|i| {
            let (store, work) = (store.clone(), Arc::clone(&work));
            thread::spawn(move || work(&store, i))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn failing_and_panicking_jobs_take_nobody_with_them() {
    for_each_database(|url| {
        let store = made::ledger(url);
        let kept = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&kept);
        at_once(&store, 8, move |store, i| {
            for k in 0..30 {
                let a = no(i * 30 + k);
                let result = store.write_blocking(move |tx| {
                    derived::append(tx, &a, &Zone::utc())?;
                    match k % 5 {
                        1 => Err(StoreError::Conflict),
                        2 => panic!("a job of the test's own"),
                        // The same id again: the database itself refuses.
                        3 => derived::append(tx, &a, &Zone::utc()),
                        _ => Ok(()),
                    }
                });
                match k % 5 {
                    0 | 4 => {
                        result.unwrap();
                        counter.fetch_add(1, Ordering::Relaxed);
                    }
                    1 | 3 => assert!(matches!(result, Err(StoreError::Conflict)), "{result:?}"),
                    _ => assert!(result.is_err()),
                }
            }
        });
        let kept = kept.load(Ordering::Relaxed);
        assert_eq!(kept, 8 * 12);
        assert_eq!(made::attempts(&store).len(), kept as usize);
        made::derived_matches(&store);
        // Opened again by somebody else: all of it is there.
        drop(store);
        let store = made::open(url);
        assert_eq!(made::attempts(&store).len(), kept as usize);
        let cells = store.read_blocking(counts::all).unwrap();
        let sum: i64 = cells.iter().map(|(_, tally)| tally.attempts()).sum();
        assert_eq!(sum, i64::from(kept));
    });
}

/// What was answered stands in the file at once, also to another connection.
#[test]
fn an_answer_means_that_others_see_it() {
    let fresh = Backend::Sqlite.fresh();
    let store = made::ledger(&fresh.url);
    let path = fresh.url.strip_prefix("sqlite:").unwrap().to_owned();
    at_once(&store, 4, move |store, i| {
        let other = rusqlite::Connection::open(&path).unwrap();
        for k in 0..20 {
            let a = no(i * 20 + k);
            let id = a.id;
            made::append(store, a).unwrap();
            let there: i64 = other
                .query_row(
                    "SELECT COUNT(*) FROM attempt WHERE id = ?1",
                    [&id.as_bytes()[..]],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(there, 1);
        }
    });
}

/// A disk that fills up in the middle of a group: whoever was told "kept" is kept, and nobody who
/// was told "not kept" is there.
#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let fresh = Backend::Sqlite.fresh();
    let store = made::ledger(&fresh.url);
    let pages = store
        .read_blocking(|tx| {
            tx.first(sql("PRAGMA page_count"), &[], |row| row.int(0))
                .map(Option::unwrap_or_default)
        })
        .unwrap();
    assert!(pages < 190, "{pages}");
    store
        .write_blocking(|tx| tx.each(sql("PRAGMA max_page_count = 200"), &[], |_| Ok(())))
        .unwrap();
    let told = Arc::new(std::sync::Mutex::new((Vec::new(), Vec::new())));
    let list = Arc::clone(&told);
    at_once(&store, 8, move |store, i| {
        for k in 0..25 {
            let mut a = no(i * 25 + k);
            a.words = Some("no ".repeat(1_500));
            let id = a.id;
            let result = made::append(store, a);
            let mut lists = list.lock().unwrap();
            match result {
                Ok(()) => lists.0.push(id),
                Err(e) => {
                    assert!(matches!(e, StoreError::Disk(_)), "{e}");
                    lists.1.push(id);
                }
            }
        }
    });
    let there: Vec<_> = made::attempts(&store).iter().map(|a| a.id).collect();
    let lists = told.lock().unwrap();
    assert!(!lists.0.is_empty() && !lists.1.is_empty());
    assert!(lists.0.iter().all(|id| there.contains(id)));
    assert!(lists.1.iter().all(|id| !there.contains(id)));
    drop(lists);
    store
        .write_blocking(|tx| tx.each(sql("PRAGMA max_page_count = 100000"), &[], |_| Ok(())))
        .unwrap();
    made::append(&store, no(9_999)).unwrap();
    made::derived_matches(&store);
}

/// A read sees one moment, however long it takes and whatever is written meanwhile.
#[test]
fn a_reader_keeps_its_snapshot() {
    for_each_database(|url| {
        let store = made::ledger(url);
        made::append(&store, no(1)).unwrap();
        let other = store.clone();
        let (first, second) = store
            .read_blocking(move |tx| {
                let count = |tx: &mut store::Tx<'_>| {
                    tx.first(sql("SELECT COUNT(*) FROM attempt"), &[], |row| row.int(0))
                };
                let first = count(tx)?;
                // The writer is another thread, so this does not wait for itself.
                made::append(&other, no(2))?;
                Ok::<_, StoreError>((first, count(tx)?))
            })
            .unwrap();
        assert_eq!((first, second), (Some(1), Some(1)));
        assert_eq!(made::attempts(&store).len(), 2);
    });
}

#[test]
fn a_reader_cannot_write() {
    for_each_database(|url| {
        let store = made::ledger(url);
        let error = store
            .read_blocking(|tx| derived::append(tx, &no(1), &Zone::utc()))
            .unwrap_err();
        assert!(!error.to_string().is_empty());
        assert!(made::attempts(&store).is_empty());
        // The connection is as good as before.
        made::append(&store, no(1)).unwrap();
        assert_eq!(made::attempts(&store).len(), 1);
    });
}

#[test]
fn jobs_after_a_panicking_read_go_on() {
    for_each_database(|url| {
        let store = made::ledger(url);
        for _ in 0..10 {
            let result =
                store.read_blocking(|_| -> Result<(), StoreError> { panic!("on purpose") });
            assert!(result.is_err());
        }
        assert_eq!(store.read_blocking(prospect::count).unwrap(), 1);
    });
}

#[test]
fn an_older_version_is_a_conflict_and_changes_nothing() {
    for_each_database(|url| {
        let store = made::ledger(url);
        made::append(&store, no(1)).unwrap();
        let newer = |stage| domain::Attempt {
            version: 1,
            stage,
            ..no(1)
        };
        let change = |to: domain::Attempt| {
            store.write_blocking(move |tx| derived::change(tx, &no(1), &to, &Zone::utc()))
        };
        change(newer(domain::Stage::Demo)).unwrap();
        let late = change(newer(domain::Stage::Renewal));
        assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
        assert_eq!(made::attempts(&store)[0].stage, domain::Stage::Demo);
        let cells = store.read_blocking(counts::all).unwrap();
        assert_eq!(cells.len(), 1);
        assert_eq!(
            cells[0].0,
            Cell::of(&newer(domain::Stage::Demo), &Zone::utc())
        );
        made::derived_matches(&store);
    });
}
