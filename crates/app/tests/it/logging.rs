//! A no is logged, once, as exactly as it is known.

use app::Kind;
use app::ledger::{self, NewAttempt, WhoRef};
use domain::{
    AttemptId, Channel, FollowUpKind, FollowUpState, Outcome, Person, PersonId, SaidBy, Stage,
    When, Zone,
};
use jiff::ToSpan;
use jiff::civil::date;
use store::tables::{call_list, follow_up, person};

use crate::made::{Desk, contact, on_each, thursday, with};

#[test]
fn what_is_left_out_comes_from_the_last_time() {
    on_each(|desk| {
        let first = desk.log("Ada Merrow", Outcome::NoReply).attempt;
        assert_eq!((first.stage, first.channel), (Stage::Opener, Channel::Call));
        assert_eq!(first.when, When::Instant(thursday()));
        assert_eq!(first.zone, crate::made::lisbon());
        desk.log_new(NewAttempt {
            stage: Some(Stage::Proposal),
            channel: Some(Channel::Email),
            ..with("Ada Merrow", Outcome::NotNow)
        })
        .unwrap();
        let undone = desk
            .log_new(NewAttempt {
                stage: Some(Stage::Renewal),
                channel: Some(Channel::Visit),
                at: Some(When::Instant(thursday() + 1.minute())),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap();
        desk.act(move |act, me| ledger::undo(act, me, undone.attempt.id));
        let last = desk.log("Ada Merrow", Outcome::No).attempt;
        assert_eq!(
            (last.stage, last.channel),
            (Stage::Proposal, Channel::Email)
        );
        let other = desk.log("Bram Osei", Outcome::No).attempt;
        assert_eq!((other.stage, other.channel), (Stage::Opener, Channel::Call));
    });
}

#[test]
fn the_segment_is_copied_and_frozen() {
    on_each(|desk| {
        let ada = desk.prospect(app::prospects::Contact {
            segment: "Retail".into(),
            ..contact("Ada Merrow", "", "", "")
        });
        let before = desk.log("Ada Merrow", Outcome::No).attempt;
        assert_eq!(before.segment, ada.segment);
        assert!(before.segment.is_some());
        desk.act(move |act, me| {
            let changed = app::prospects::Contact {
                segment: "Trade".into(),
                ..contact("Ada Merrow", "", "", "")
            };
            app::prospects::edit(act, me, ada.id, &changed)
        });
        let after = desk.log("Ada Merrow", Outcome::No).attempt;
        assert_ne!(after.segment, before.segment);
        assert_eq!(desk.attempt(before.id).segment, before.segment);
    });
}

#[test]
fn the_same_client_id_logs_once() {
    on_each(|desk| {
        let new = NewAttempt {
            id: Some(AttemptId::from_bytes([7; 16])),
            ..with("Ada Merrow", Outcome::NotNow)
        };
        let first = desk.log_new(new.clone()).unwrap();
        assert!(!first.repeated && first.follow_up.is_some());
        let changed = NewAttempt {
            outcome: Outcome::Yes,
            who: WhoRef::Text("Somebody Else".into()),
            ..new
        };
        let again = desk.log_new(changed).unwrap();
        assert!(again.repeated);
        assert_eq!(again.attempt, first.attempt);
        assert_eq!(desk.attempts().len(), 1);
        assert_eq!(desk.prospects().len(), 1);
    });
}

/// Another person of the same ledger, who logged something.
fn somebody_else(desk: &Desk) -> domain::Attempt {
    let mut theirs = desk.log("Bram Osei", Outcome::No).attempt;
    theirs.id = AttemptId::from_bytes([9; 16]);
    theirs.owner = PersonId::from_bytes([8; 16]);
    let a = theirs.clone();
    desk.act(move |act, _| {
        let p = Person::new(a.owner, "Jun Vale", Zone::utc());
        person::insert(act.tx, &p, 0)?;
        let zone = app::settings::workspace_zone(act)?;
        Ok(store::derived::append(act.tx, &a, &zone)?)
    });
    theirs
}

#[test]
fn what_is_somebody_elses_is_refused() {
    on_each(|desk| {
        let theirs = somebody_else(desk);
        // An id that is another's attempt is drawn like any other: it meets nothing of theirs.
        let own = NewAttempt {
            id: Some(theirs.id),
            ..with("Ada Merrow", Outcome::No)
        };
        let first = desk.log_new(own.clone()).unwrap();
        assert!(!first.repeated && first.attempt.id != theirs.id);
        assert!(desk.log_new(own).unwrap().repeated);
        let count = desk.attempts().len();
        let id = theirs.id;
        let kinds = [
            desk.attempt_to(move |act, me| ledger::undo(act, me, id).map(drop)),
            desk.attempt_to(move |act, me| {
                ledger::correct(act, me, id, ledger::Correction::default()).map(drop)
            }),
            desk.attempt_to(move |act, me| {
                ledger::add_reason(act, me, &[id], "N1", SaidBy::Prospect, None)
            }),
            desk.attempt_to(move |act, me| ledger::set_outcome(act, me, &[id], Outcome::Yes)),
            desk.attempt_to(move |act, me| ledger::history(act, me, id).map(drop)),
            desk.attempt_to(move |act, me| {
                let due = When::Day(date(2026, 12, 1));
                app::follow_ups::set_many(act, me, &[id], due, "").map(drop)
            }),
        ]
        .map(|result| result.unwrap_err().kind);
        assert!(kinds.iter().all(|k| *k == Kind::NotFound), "{kinds:?}");
        assert_eq!(desk.attempts().len(), count);
        assert_eq!(desk.attempt(theirs.id), theirs);
        // Nor does it show in one's own lists and figures.
        assert_eq!(desk.page(app::noes::Query::default()).rows.len(), count - 1);
        assert_eq!(
            desk.page(app::noes::Query::default()).figures.attempts,
            count as i64 - 1
        );
    });
}

#[test]
fn a_time_to_come_is_refused_and_changes_nothing() {
    on_each(|desk| {
        for when in [
            When::Instant(thursday() + 25.hours()),
            When::Instant(thursday() + 3.hours()),
            When::Day(date(2026, 11, 20)),
            When::Day(date(2027, 1, 1)),
        ] {
            let error = desk
                .log_new(NewAttempt {
                    at: Some(when),
                    ..with("Ada Merrow", Outcome::No)
                })
                .unwrap_err();
            assert_eq!(
                (error.kind, error.field),
                (Kind::Invalid, Some("at")),
                "{when:?}"
            );
        }
        assert!(desk.attempts().is_empty() && desk.prospects().is_empty());
        // Where it is tomorrow already, tomorrow is today.
        desk.log_new(NewAttempt {
            at: Some(When::Day(date(2026, 11, 20))),
            zone: Some(Zone::new("Pacific/Kiritimati").unwrap()),
            ..with("Ada Merrow", Outcome::No)
        })
        .unwrap();
        // A telephone's clock may be a little ahead.
        let logged = desk
            .log_new(NewAttempt {
                at: Some(When::Instant(thursday() + 2.minutes())),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap();
        let id = logged.attempt.id;
        let error = desk
            .attempt_to(move |act, me| {
                let c = ledger::Correction {
                    when: Some(When::Day(date(2026, 11, 21))),
                    ..ledger::Correction::default()
                };
                ledger::correct(act, me, id, c)
            })
            .unwrap_err();
        assert_eq!(error.field, Some("at"));
    });
}

#[test]
fn an_unknown_time_stays_unknown() {
    on_each(|desk| {
        let a = desk
            .log_new(NewAttempt {
                at: Some(When::Undated),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap()
            .attempt;
        assert_eq!(a.when, When::Undated);
        assert_eq!(desk.attempt(a.id), a);
        let day = desk
            .log_new(NewAttempt {
                at: Some(When::Day(date(2026, 11, 3))),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap()
            .attempt;
        assert_eq!(desk.attempt(day.id).when, When::Day(date(2026, 11, 3)));
    });
}

#[test]
fn a_refused_attempt_makes_nobody() {
    on_each(|desk| {
        for new in [
            NewAttempt {
                reason: Some("no such reason".into()),
                ..with("Ada Merrow", Outcome::No)
            },
            NewAttempt {
                words: Some("x".repeat(4_001)),
                ..with("Ada Merrow", Outcome::No)
            },
            NewAttempt {
                pitch: Some("x".repeat(201)),
                ..with("Ada Merrow", Outcome::No)
            },
            with(&"x".repeat(201), Outcome::No),
            with("  ", Outcome::No),
        ] {
            assert_eq!(desk.log_new(new).unwrap_err().kind, Kind::Invalid);
        }
        assert!(desk.prospects().is_empty());
    });
}

#[test]
fn words_lead_the_reason() {
    on_each(|desk| {
        let said = desk
            .log_new(NewAttempt {
                reason: Some("N3".into()),
                words: Some("the pot is empty".into()),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap()
            .attempt;
        assert_eq!(said.reasons.leading(), Some(("N3", SaidBy::Prospect)));
        let guessed = desk
            .log_new(NewAttempt {
                reason: Some("no budget".into()),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap()
            .attempt;
        assert_eq!(guessed.reasons.leading(), Some(("N3", SaidBy::SellerGuess)));
    });
}

#[test]
fn not_now_and_send_info_make_a_follow_up() {
    on_each(|desk| {
        for (outcome, kind, due) in [
            (Outcome::NotNow, FollowUpKind::NotNow, date(2026, 12, 3)),
            (
                Outcome::SendInfo,
                FollowUpKind::SendInfo,
                date(2026, 11, 22),
            ),
        ] {
            let logged = desk.log(outcome.code(), outcome);
            let made = logged.follow_up.unwrap();
            assert_eq!((made.kind, made.due), (kind, When::Day(due)));
            assert_eq!(made.attempt, Some(logged.attempt.id));
            let id = made.id;
            assert_eq!(desk.look(move |tx| follow_up::get(tx, id)), Some(made));
        }
        for outcome in [
            Outcome::Yes,
            Outcome::No,
            Outcome::NoReply,
            Outcome::Unknown,
        ] {
            assert_eq!(desk.log(outcome.code(), outcome).follow_up, None);
        }
    });
}

#[test]
fn an_attempt_does_what_was_due_and_leaves_what_comes_later() {
    on_each(|desk| {
        let ada = desk.log("Ada Merrow", Outcome::No).who.id;
        let set = |day| {
            desk.act(move |act, me| {
                app::follow_ups::set(act, me, ada, None, When::Day(day), "ring again")
            })
        };
        let (due, later) = (set(date(2026, 11, 19)), set(date(2026, 11, 25)));
        desk.log("Ada Merrow", Outcome::NoReply);
        let state = |id| desk.look(move |tx| follow_up::get(tx, id)).unwrap().state;
        assert_eq!(state(due.id), FollowUpState::Done);
        assert_eq!(state(later.id), FollowUpState::Open);
    });
}

#[test]
fn who_asks_not_to_be_contacted_is_left_alone() {
    on_each(|desk| {
        desk.act(|act, me| app::call_list::paste(act, me, "Ada Merrow\nBram Osei"));
        let logged = desk
            .log_new(NewAttempt {
                reason: Some("N15".into()),
                said_by: Some(SaidBy::Prospect),
                ..with("Ada Merrow", Outcome::NotNow)
            })
            .unwrap();
        assert!(logged.who.do_not_contact);
        assert_eq!(logged.follow_up, None);
        assert!(desk.stored(logged.who.id).do_not_contact.is_some());
        let me = desk.me.id();
        let next = desk.look(move |tx| call_list::next(tx, me, i64::MAX, 10));
        assert_eq!(next.len(), 1);
        let pasted = desk.act(|act, me| app::call_list::paste(act, me, "Ada Merrow"));
        assert_eq!((pasted.left_alone, pasted.added), (1, 0));
    });
}

#[test]
fn the_call_list_moves_on() {
    on_each(|desk| {
        let pasted = desk.act(|act, me| {
            app::call_list::paste(
                act,
                me,
                "Ada Merrow, Whitlock, +44 20 7946 0182\nBram Osei; bram@quillfeather.example\nCleo Tarn\n\nAda Merrow, Whitlock",
            )
        });
        assert_eq!((pasted.added, pasted.known), (3, 1));
        assert!(pasted.unclear.is_empty());
        let me = desk.me.id();
        let up = |by: jiff::Timestamp| {
            let ids = desk.look(move |tx| call_list::next(tx, me, by.as_microsecond(), 10));
            ids.into_iter()
                .map(|id| desk.stored(id).name)
                .collect::<Vec<_>>()
        };
        assert_eq!(up(thursday()), ["Ada Merrow", "Bram Osei", "Cleo Tarn"]);
        desk.log("Ada Merrow", Outcome::No);
        desk.log("bram@quillfeather.example", Outcome::NoReply);
        assert_eq!(up(thursday()), ["Cleo Tarn"]);
        // Nobody was there: tomorrow again.
        assert_eq!(up(thursday() + 24.hours()), ["Bram Osei", "Cleo Tarn"]);
    });
}

#[test]
fn what_is_written_down_late_does_nothing_that_was_due_after_it() {
    on_each(|desk| {
        let ada = desk.log("Ada Merrow", Outcome::No).who.id;
        let due = When::Day(date(2026, 11, 19));
        let set = desk.act(move |act, me| app::follow_ups::set(act, me, ada, None, due, ""));
        let last_week = NewAttempt {
            at: Some(When::Day(date(2026, 11, 12))),
            ..with("Ada Merrow", Outcome::No)
        };
        desk.log_new(last_week).unwrap();
        let state = |id| desk.look(move |tx| follow_up::get(tx, id)).unwrap().state;
        assert_eq!(state(set.id), FollowUpState::Open);
        desk.log("Ada Merrow", Outcome::No);
        assert_eq!(state(set.id), FollowUpState::Done);
    });
}
