//! Nobody reads or changes another person's attempts: an id of somebody else's answers as one that
//! is nobody's, and lists, search and exports hold one's own rows alone. Prospects, deals,
//! follow-ups and notes are everybody's to see.

use app::export::{self, Target};
use app::ledger::{self, Correction, NewAttempt};
use app::noes::{self, Filter, Query, Sort};
use app::{Act, App, AppError, Kind, Member, Seller, accounts, call_list, deals, follow_ups};
use app::{prospects, session, today};
use domain::{Attempt, AttemptId, FollowUpId, Outcome, Role, Roles, SaidBy, When};
use jiff::civil::date;

use crate::made::{Desk, lisbon, on_each, with};

/// Adds a colleague and answers with them.
pub(crate) fn colleague(desk: &Desk, name: &str, roles: &[Role]) -> Member {
    let (called, roles) = (name.to_owned(), Roles::of(roles));
    desk.tend(move |act, who| accounts::add(act, who, &called, "", roles).map(drop));
    member(desk, name)
}

pub(crate) fn member(desk: &Desk, name: &str) -> Member {
    let name = name.to_owned();
    desk.act(move |act, _| session::at_keyboard(act, Some(&name), "", &lisbon()))
}

pub(crate) fn by<T: Send + 'static>(
    app: &App,
    who: &Seller,
    f: impl FnOnce(&mut Act<'_, '_>, &Seller) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let who = who.clone();
    app.write_blocking(move |act| f(act, &who))
}

/// Somebody's no with words, a guess and a follow-up beside it.
fn theirs(desk: &Desk, jun: &Seller) -> Attempt {
    let new = NewAttempt {
        reason: Some("N1".into()),
        said_by: Some(SaidBy::Prospect),
        words: Some("zanzibar costs us less".into()),
        ..with("Ada Merrow, Quarrel Mills", Outcome::No)
    };
    by(&desk.app, jun, move |act, me| ledger::log(act, me, new))
        .unwrap()
        .attempt
}

#[test]
fn an_id_of_somebody_elses_attempt_is_as_good_as_none() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller]);
        let a = theirs(desk, &jun.seller().unwrap());
        let (hers, nobodys) = (a.id, AttemptId::from_bytes([7; 16]));
        let ada = a.prospect;
        let same = |what: &str, answers: [AppError; 2]| {
            let [hers, nobodys] = answers;
            assert_eq!(hers.to_string(), nobodys.to_string(), "{what}");
            assert_eq!(
                (hers.kind, &hers.hint),
                (nobodys.kind, &nobodys.hint),
                "{what}"
            );
            assert_eq!(hers.kind, Kind::NotFound, "{what}");
        };
        let each = |f: fn(&mut Act<'_, '_>, &Seller, AttemptId) -> Result<(), AppError>| {
            [hers, nobodys].map(|id| desk.attempt_to(move |act, me| f(act, me, id)).unwrap_err())
        };
        same(
            "history",
            each(|act, me, id| ledger::history(act, me, id).map(drop)),
        );
        same(
            "undo",
            each(|act, me, id| ledger::undo(act, me, id).map(drop)),
        );
        same(
            "correct",
            each(|act, me, id| {
                let to = Correction {
                    outcome: Some(Outcome::Yes),
                    ..Correction::default()
                };
                ledger::correct(act, me, id, to).map(drop)
            }),
        );
        same(
            "reason",
            each(|act, me, id| {
                ledger::add_reason(act, me, &[id], "N2", SaidBy::SellerGuess, Some("words"))
            }),
        );
        same(
            "outcome",
            each(|act, me, id| ledger::set_outcome(act, me, &[id], Outcome::Yes)),
        );
        same(
            "follow-ups",
            each(|act, me, id| {
                let due = When::Day(date(2026, 12, 1));
                follow_ups::set_many(act, me, &[id], due, "").map(drop)
            }),
        );
        let with_it = |f: fn(
            &mut Act<'_, '_>,
            &Seller,
            domain::ProspectId,
            AttemptId,
        ) -> Result<(), AppError>| {
            [hers, nobodys].map(|id| {
                desk.attempt_to(move |act, me| f(act, me, ada, id))
                    .unwrap_err()
            })
        };
        same(
            "follow-up",
            with_it(|act, me, ada, id| {
                follow_ups::set(act, me, ada, Some(id), When::Day(date(2026, 12, 1)), "").map(drop)
            }),
        );
        same(
            "note",
            with_it(|act, me, ada, id| {
                prospects::add_note(act, me, ada, Some(id), "text").map(drop)
            }),
        );
        let chosen = desk.act(move |act, me| noes::chosen(act, me, &[hers, nobodys]));
        assert!(chosen.is_empty());
        // Drawing an id that is taken is answered as drawing one that is free.
        let drawn = [hers, nobodys].map(|id| {
            let new = NewAttempt {
                id: Some(id),
                ..with("Bo Ferrant", Outcome::Yes)
            };
            let logged = desk.log_new(new).unwrap();
            assert_ne!(logged.attempt.id, id);
            (logged.repeated, logged.attempt.outcome, logged.who.name)
        });
        assert_eq!(drawn[0], drawn[1]);
        assert_eq!(desk.attempt(hers), a);
        assert_eq!(desk.attempts().len(), 3);
    });
}

#[test]
fn lists_search_and_exports_hold_ones_own_rows() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller, Role::Lead]);
        let hers = theirs(desk, &jun.seller().unwrap());
        let mine = desk.log("Ada Merrow", Outcome::No).attempt;
        assert_eq!(mine.prospect, hers.prospect);
        let ada = mine.prospect;
        for sort in [Sort::Newest, Sort::Oldest, Sort::Who] {
            let found = |text: &str| {
                let page = desk.page(Query {
                    text: text.to_owned(),
                    sort,
                    ..Query::default()
                });
                let ids: Vec<AttemptId> = page.rows.iter().map(|r| r.attempt.id).collect();
                (ids, page.total, page.figures.attempts)
            };
            assert_eq!(found(""), (vec![mine.id], Some(1), 1));
            // A word said to a colleague finds nobody; a name does.
            assert_eq!(found("zanzibar").0, []);
            assert_eq!(found("merrow zanzibar").0, []);
            assert_eq!(found("quarrel").0, [mine.id]);
            assert_eq!(found("zanzibar").1.unwrap_or(0), 0);
        }
        assert!(desk.find("zanzibar").is_empty());
        assert_eq!(desk.find("merrow"), ["Ada Merrow"]);
        let page = desk.act(move |act, me| prospects::page(act, me, ada));
        let ids: Vec<AttemptId> = page.attempts.iter().map(|a| a.id).collect();
        assert_eq!(ids, [mine.id]);
        assert!(!format!("{page:?}").contains("zanzibar"));
        let today = desk.act(today::page);
        assert_eq!((today.attempts_today, today.run.since_yes), (1, 1));
        assert!(!format!("{today:?}").contains("zanzibar"));
        for target in ["csv", "json", "salesforce-opportunities"] {
            let Ok(target) = Target::parse(target) else {
                continue;
            };
            let written = export::write(&desk.app, &desk.me, target, Filter::default(), Vec::new());
            let (bytes, _) = written.unwrap();
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains("zanzibar") && !text.contains(&hers.id.to_string()));
        }
    });
}

#[test]
fn a_crowd_of_a_colleagues_attempts_pushes_none_of_ones_own_out() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller])
            .seller()
            .unwrap();
        let mine = desk.log("Ada Merrow", Outcome::No).attempt;
        by(&desk.app, &jun, |act, me| {
            for _ in 0..260 {
                ledger::log(act, me, with("Ada Merrow", Outcome::NoReply))?;
            }
            Ok(())
        })
        .unwrap();
        let ada = mine.prospect;
        let page = desk.act(move |act, me| prospects::page(act, me, ada));
        assert_eq!(page.attempts.len(), 1);
    });
}

#[test]
fn what_is_planned_is_seen_by_all_and_changed_by_its_owner() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller])
            .seller()
            .unwrap();
        let not_now = with("Ada Merrow", Outcome::NotNow);
        let logged = by(&desk.app, &jun, move |act, me| {
            ledger::log(act, me, not_now)
        })
        .unwrap();
        let (ada, follow_up) = (logged.who.id, logged.follow_up.unwrap().id);
        let deal = by(&desk.app, &jun, move |act, me| {
            deals::open(act, me, ada, "Forty seats", None)
        })
        .unwrap();
        // An ask of one's own ends nothing that a colleague planned.
        desk.log("Ada Merrow", Outcome::No);
        let page = desk.act(move |act, me| prospects::page(act, me, ada));
        assert_eq!(page.follow_ups.len(), 1);
        assert_eq!(page.deals.len(), 1);
        let name = page.colleagues.get(&jun.id()).map(String::as_str);
        assert_eq!((name, page.colleagues.len()), (Some("Jun Calder"), 1));
        assert!(desk.act(today::page).due.is_empty());
        let nobodys = FollowUpId::from_bytes([7; 16]);
        let wrong = [follow_up, nobodys].map(|id| {
            let done = desk.attempt_to(move |act, me| follow_ups::done(act, me, id));
            let dropped = desk.attempt_to(move |act, me| follow_ups::drop_it(act, me, id));
            let day = When::Day(date(2026, 12, 1));
            let moved = desk.attempt_to(move |act, me| follow_ups::move_to(act, me, id, day));
            [done, dropped, moved].map(|e| e.unwrap_err().to_string())
        });
        assert_eq!(wrong[0], wrong[1]);
        let closed = desk.attempt_to(move |act, me| {
            deals::close(act, me, deal.id, with("Ada Merrow", Outcome::Yes)).map(drop)
        });
        assert_eq!(closed.unwrap_err().kind, Kind::NotFound);
        let pasted = desk.act(|act, me| call_list::paste(act, me, "Ada Merrow"));
        assert_eq!(pasted.added, 1);
        let hers = by(&desk.app, &jun, |act, me| call_list::waiting(act, me, 5)).unwrap();
        assert_eq!(hers.1, 0);
    });
}
