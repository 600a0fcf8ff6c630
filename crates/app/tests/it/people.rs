//! Who is here, for how long, and where they work.

use app::ledger::NewAttempt;
use app::session::{self, Token};
use app::{App, Kind, settings};
use domain::{Outcome, When, Zone};
use jiff::Timestamp;
use jiff::civil::date;
use store::tables::{counts, person};
use testkit::db::Backend;

use crate::made::{Desk, lisbon, on_each, thursday, with};

fn next_day() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn next_year() -> Timestamp {
    "2027-11-20T12:00:00Z".parse().unwrap()
}

fn app(backend: Backend) -> (testkit::db::Fresh, App) {
    let fresh = backend.fresh();
    let app = App::open(&fresh.url.parse().unwrap(), thursday).unwrap();
    (fresh, app)
}

#[test]
fn a_ledger_is_set_up_once() {
    for backend in testkit::db::each() {
        let (_fresh, app) = app(backend);
        assert!(app.read_blocking(session::is_first_run).unwrap());
        let set_up = |name: &str| {
            let name = name.to_owned();
            app.write_blocking(move |act| session::first_run(act, &name, lisbon()))
        };
        assert_eq!(set_up("  ").unwrap_err().kind, Kind::Invalid);
        assert_eq!(set_up(&"x".repeat(201)).unwrap_err().kind, Kind::Invalid);
        assert!(app.read_blocking(session::is_first_run).unwrap());
        let (me, token) = set_up(" Ines ").unwrap();
        assert_eq!((me.name(), me.zone()), ("Ines", &lisbon()));
        assert_eq!(set_up("Jun").unwrap_err().kind, Kind::Refused);
        let zone = app.read_blocking(settings::workspace_zone).unwrap();
        assert_eq!(zone, lisbon());
        // What the browser keeps is not what the ledger keeps.
        let text = token.to_string();
        assert_eq!(text.parse::<Token>(), Ok(token.clone()));
        assert_eq!(format!("{token:?}"), "Token");
        let known = app
            .write_blocking(move |act| session::who(act, &token))
            .unwrap();
        assert_eq!(known.unwrap().0.id(), me.id());
        let local = app.read_blocking(session::local).unwrap().unwrap();
        assert_eq!(local.id(), me.id());
    }
}

#[test]
fn of_several_who_set_up_at_once_one_does() {
    for backend in testkit::db::each() {
        let (fresh, first) = app(backend);
        let threads: Vec<_> = (0..4)
            .map(|n| {
                let url = fresh.url.parse().unwrap();
                std::thread::spawn(move || {
                    let app = App::open(&url, thursday).unwrap();
                    let name = format!("Person {n}");
                    app.write_blocking(move |act| {
                        if n % 2 == 0 {
                            session::first_run(act, &name, lisbon()).map(drop)
                        } else {
                            session::local_or_new(act, &name, &lisbon()).map(drop)
                        }
                    })
                    .is_ok()
                })
            })
            .collect();
        assert!(threads.into_iter().any(|t| t.join().unwrap()));
        let all = first.read_blocking(|act| Ok(person::all(act.tx)?)).unwrap();
        assert_eq!(all.len(), 1, "{all:?}");
    }
}

#[test]
fn a_session_lasts_while_it_is_used() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let (_, kept) = desk.act(|act, _| session::enter(act, "a browser", None));
        let (_, ended) = desk.act(|act, _| session::enter(act, "a browser", None));
        let who = |desk: &Desk, token: &Token| {
            let token = token.clone();
            desk.act(move |act, _| session::who(act, &token))
                .map(|(_, due)| due)
        };
        assert_eq!(who(&desk, &kept), Some(false));
        assert_eq!(who(&desk, &Token::from_bytes([0; 32])), None);
        let copy = ended.clone();
        desk.act(move |act, _| session::leave(act, &copy));
        assert_eq!(who(&desk, &ended), None);
        let desk = desk.later(next_day);
        assert_eq!(who(&desk, &kept), Some(true));
        let copy = kept.clone();
        desk.act(move |act, _| session::touch(act, &copy));
        assert_eq!(who(&desk, &kept), Some(false));
        let desk = desk.later(next_year);
        assert_eq!(who(&desk, &kept), None);
    }
}

#[test]
fn months_follow_the_zone_of_the_workspace_and_days_their_own() {
    on_each(|desk| {
        // One minute into November in Lisbon, still October in Los Angeles.
        let instant = "2026-11-01T00:01:00Z".parse().unwrap();
        for at in [When::Instant(instant), When::Day(date(2026, 11, 1))] {
            desk.log_new(NewAttempt {
                at: Some(at),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap();
        }
        let months = || {
            let cells = desk.look(counts::all);
            let mut all: Vec<(i64, i64)> = cells
                .iter()
                .map(|(c, tally)| (c.month, tally.attempts()))
                .collect();
            all.sort_unstable();
            all
        };
        assert_eq!(months(), [(202_611, 2)]);
        desk.tend(|act, me| {
            let zone = Zone::new("America/Los_Angeles").unwrap();
            settings::set_workspace_zone(act, me, &zone)
        });
        assert_eq!(months(), [(202_610, 1), (202_611, 1)]);
        desk.log_new(NewAttempt {
            at: Some(When::Instant(instant)),
            ..with("Ada Merrow", Outcome::No)
        })
        .unwrap();
        assert_eq!(months(), [(202_610, 2), (202_611, 1)]);
    });
}

#[test]
fn one_keeps_ones_own_profile() {
    on_each(|desk| {
        let change = |name: &str, keys| {
            let name = name.to_owned();
            desk.attempt_to(move |act, _| {
                let me = session::only(act)?.unwrap();
                settings::update_profile(act, &me, &name, Zone::utc(), "pt-PT", keys)
            })
        };
        change("Ines M.", false).unwrap();
        let me = desk.act(|act, _| session::local(act)).unwrap();
        assert_eq!(
            (me.name(), me.zone(), me.language(), me.keys()),
            ("Ines M.", &Zone::utc(), "pt-PT", false)
        );
        assert_eq!(change(" ", true).unwrap_err().field, Some("name"));
        let folder = desk
            .attempt_to_tend(|act, me| settings::set_backup_folder(act, me, "backups"))
            .unwrap_err();
        assert_eq!(folder.field, Some("backup_folder"));
        desk.tend(|act, me| settings::set_backup_folder(act, me, ""));
        assert_eq!(desk.act(|act, _| settings::backup_folder(act)), None);
    });
}
