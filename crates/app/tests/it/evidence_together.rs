//! Evidence of several: two programs at one ledger, and what many sellers say together.

use std::thread;

use app::ledger::{self, NewAttempt};
use app::{App, Seller, evidence};
use domain::{Outcome, Role, When};
use jiff::ToSpan;
use store::tables::evidence as kept;
use testkit::db::Backend;

use crate::isolation::{by, colleague};
use crate::made::{Desk, on_each, thursday, with};

/// Two programs log for one person at once, corrections among it: nothing is folded twice or not at all.
#[test]
fn two_programs_fold_one_persons_attempts() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let other = App::open(&desk.fresh.url.parse().unwrap(), thursday).unwrap();
        let busy = |app: &App, from: i64| {
            let (app, me) = (app.clone(), desk.me.clone());
            thread::spawn(move || {
                for n in from..from + 40 {
                    let outcome = if n % 7 == 0 {
                        Outcome::Yes
                    } else {
                        Outcome::No
                    };
                    let new = NewAttempt {
                        at: Some(When::Instant(thursday() - n.minutes())),
                        ..with(&format!("Person {}", n % 5), outcome)
                    };
                    let log = |act: &mut app::Act<'_, '_>, me: &Seller| ledger::log(act, me, new);
                    let logged = retried(|| by(&app, &me, log.clone()));
                    if n % 6 == 0 {
                        let id = logged.attempt.id;
                        retried(|| by(&app, &me, move |act, me| ledger::undo(act, me, id)));
                    }
                }
            })
        };
        // Both know the people already, so that neither makes one twice.
        for n in 0..5 {
            desk.log(&format!("Person {n}"), Outcome::NoReply);
        }
        let threads = [busy(&desk.app, 100), busy(&other, 120), busy(&desk.app, 10)];
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(desk.look(|tx| kept::behind(tx, 9)), []);
        desk.derived_stand();
    }
}

/// Does it again when somebody else was first, as a caller would.
fn retried<T>(act: impl Fn() -> Result<T, app::AppError>) -> T {
    for _ in 0..50 {
        match act() {
            Ok(done) => return done,
            Err(e) if e.kind == app::Kind::Conflict || e.kind == app::Kind::Busy => {}
            Err(e) => panic!("{e}"),
        }
    }
    panic!("never first");
}

/// So many colleagues with forty attempts each in October, one in four a yes.
fn colleagues(desk: &Desk, many: usize) {
    for n in 0..many {
        let who = colleague(desk, &format!("Colleague {n}"), &[Role::Seller]);
        let me = who.seller().unwrap();
        desk.act(move |act, _| {
            for i in 0..40_i64 {
                let outcome = if i % 4 == 0 {
                    Outcome::Yes
                } else {
                    Outcome::No
                };
                let new = NewAttempt {
                    at: Some(When::Instant(thursday() - (30 * 24 + i).hours())),
                    ..with(&format!("Person {n}{i:02}"), outcome)
                };
                ledger::log(act, &me, new)?;
            }
            Ok(())
        });
    }
}

/// The evidence for a slump after twenty noes of a newcomer, logged two hours from now on.
fn newcomer(desk: &Desk) -> f64 {
    desk.act(|act, me| {
        act.now += 2.hours();
        for i in 0..20 {
            ledger::log(act, me, with(&format!("Somebody {i}"), Outcome::No))?;
        }
        let page = evidence::page(act, me, evidence::By::Segment, None)?;
        Ok(page.luck.unwrap().watch.evidence)
    })
}

#[test]
fn a_newcomer_begins_with_what_six_say_and_never_with_what_five_do() {
    let alone = newcomer(&Desk::new(Backend::Sqlite));
    on_each(|desk| {
        colleagues(desk, 6);
        desk.fold_what_is_left();
        let pools = desk.look(kept::pooled);
        assert_eq!((pools.len(), pools[0].people), (1, 6));
        assert!(pools[0].value.is_some());
        // At one in four, twenty noes say more than at the one in ten of a stranger.
        assert!(newcomer(desk) > 1.5 * alone);
        // Once worked out, it stays what it is.
        desk.fold_what_is_left();
        assert_eq!(desk.look(kept::pooled), pools);
    });
    let few = Desk::new(Backend::Sqlite);
    colleagues(&few, 5);
    few.fold_what_is_left();
    let pools = few.look(kept::pooled);
    assert_eq!((pools[0].people, &pools[0].value), (5, &None));
    assert!((newcomer(&few) - alone).abs() < 1e-12);
}
