//! Two programs, one ledger.

use std::thread;

use domain::{Attempt, Stage, Zone};
use store::tables::{attempt, counts};
use store::{Store, StoreError, derived};
use testkit::db::for_each_database;

use crate::made::{self, no};

#[test]
fn two_stores_write_at_once_and_the_counts_are_right() {
    for_each_database(|url| {
        let one = made::ledger(url);
        let two = made::open(url);
        let write = |store: &Store, from: u32| {
            let store = store.clone();
            thread::spawn(move || {
                for n in from..from + 60 {
                    let mut a = no(n);
                    a.words = Some("not this year".into());
                    made::append(&store, a).unwrap();
                }
            })
        };
        let threads = [
            write(&one, 0),
            write(&two, 100),
            write(&one, 200),
            write(&two, 300),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(made::attempts(&one).len(), 240);
        assert_eq!(made::attempts(&two).len(), 240);
        made::derived_matches(&one);
    });
}

/// Everybody corrects the same attempt from what they saw: one of each round wins, the others are
/// told, and the counts follow the winner.
#[test]
fn of_two_corrections_at_once_one_wins() {
    for_each_database(|url| {
        let stores = [made::ledger(url), made::open(url)];
        made::append(&stores[0], no(1)).unwrap();
        let mut won = 0;
        for round in 0..20 {
            let seen = made::attempts(&stores[0]).remove(0);
            let threads = stores.clone().map(|store| {
                let seen = seen.clone();
                let stage = Stage::ALL[round % Stage::ALL.len()];
                thread::spawn(move || {
                    store.write_blocking(move |tx| {
                        let after = Attempt {
                            version: seen.version + 1,
                            stage,
                            ..seen.clone()
                        };
                        derived::change(tx, &seen, &after, &Zone::utc())
                    })
                })
            });
            let answers = threads.map(|t| t.join().unwrap());
            let wins = answers.iter().filter(|a| a.is_ok()).count();
            assert_eq!(wins, 1, "{answers:?}");
            assert!(
                answers
                    .iter()
                    .all(|a| matches!(a, Ok(()) | Err(StoreError::Conflict)))
            );
            won += wins;
        }
        let there = made::attempts(&stores[1]).remove(0);
        assert_eq!(there.version, won as i64);
        made::derived_matches(&stores[1]);
    });
}

/// Counting everything again while others log: nothing is counted twice or left out.
#[test]
fn a_rebuild_beside_writers_counts_each_attempt_once() {
    for_each_database(|url| {
        let one = made::ledger(url);
        let two = made::open(url);
        let writer = {
            let two = two.clone();
            thread::spawn(move || {
                for n in 0..80 {
                    // Each in a cell of its own, so that cells appear while others are counted.
                    let mut a = no(n);
                    a.segment = Some(format!("s{n}"));
                    a.words = Some(format!("word{n}"));
                    made::append(&two, a).unwrap();
                }
            })
        };
        while !writer.is_finished() {
            one.write_blocking(|tx| derived::rebuild(tx, &Zone::utc()))
                .unwrap();
        }
        writer.join().unwrap();
        let cells = one.read_blocking(counts::all).unwrap();
        let sum: i64 = cells.iter().map(|(_, tally)| tally.attempts()).sum();
        assert_eq!(sum, 80);
        made::derived_matches(&two);
    });
}

#[test]
fn two_programs_may_make_the_same_new_ledger() {
    for_each_database(|url| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let url = url.to_owned();
                thread::spawn(move || made::open(&url))
            })
            .collect();
        let stores: Vec<Store> = threads.into_iter().map(|t| t.join().unwrap()).collect();
        stores[0].write_blocking(made::begin).unwrap();
        for (n, store) in (0..).zip(&stores) {
            made::append(store, no(n)).unwrap();
        }
        assert_eq!(made::attempts(&stores[3]).len(), 4);
    });
}

#[test]
fn the_same_id_twice_at_once_is_stored_once() {
    for_each_database(|url| {
        let stores = [made::ledger(url), made::open(url)];
        for n in 0..10 {
            let threads = stores.clone().map(|store| {
                thread::spawn(move || {
                    store.write_blocking(move |tx| match attempt::get(tx, no(n).id)? {
                        Some(_) => Ok(()),
                        None => derived::append(tx, &no(n), &Zone::utc()),
                    })
                })
            });
            for answer in threads.map(|t| t.join().unwrap()) {
                assert!(
                    matches!(answer, Ok(()) | Err(StoreError::Conflict)),
                    "{answer:?}"
                );
            }
        }
        assert_eq!(made::attempts(&stores[0]).len(), 10);
        made::derived_matches(&stores[0]);
    });
}
