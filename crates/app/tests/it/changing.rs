//! What was logged is corrected, explained later or undone, and its history stays.

use app::ledger::{self, Correction, NewAttempt};
use app::{Kind, sweep};
use domain::{
    AttemptId, Channel, FollowUpState, Outcome, Reasons, SaidBy, Stage, Version, When, Zone,
};
use jiff::ToSpan;
use jiff::civil::date;
use store::tables::{call_list, follow_up};
use testkit::db::Backend;

use crate::made::{Desk, on_each, three_weeks_later, thursday, with};

/// Every version of an attempt that its history holds, the present one last.
fn versions(desk: &Desk, id: AttemptId) -> Vec<Version> {
    let read = |json: &Option<String>| serde_json::from_str(json.as_deref().unwrap()).unwrap();
    let mut out: Vec<Version> = desk
        .lines(id.as_bytes())
        .iter()
        .map(|line| read(&line.before))
        .collect();
    out.push(desk.attempt(id).version());
    out
}

#[test]
fn a_correction_keeps_what_stood_before() {
    on_each(|desk| {
        let first = desk
            .log_new(NewAttempt {
                words: Some("not with us".into()),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap()
            .attempt;
        let id = first.id;
        let second = desk.act(move |act, me| {
            let c = Correction {
                when: Some(When::Day(date(2026, 11, 2))),
                zone: Some(Zone::new("Asia/Tokyo").unwrap()),
                outcome: Some(Outcome::SendInfo),
                stage: Some(Stage::Demo),
                channel: Some(Channel::Meeting),
                loss_kind: Some(Some(domain::LossKind::NoDecision)),
                reason: Some((SaidBy::ThirdParty, "N2".into())),
                words: Some("send me the list".into()),
                segment: Some("Trade".into()),
                pitch: Some("Short".into()),
                ..Correction::default()
            };
            ledger::correct(act, me, id, c)
        });
        assert_eq!((second.version, second.outcome), (1, Outcome::SendInfo));
        let third = desk.act(move |act, me| {
            let c = Correction {
                when: Some(When::Undated),
                loss_kind: Some(None),
                reason: Some((SaidBy::ThirdParty, String::new())),
                words: Some(String::new()),
                segment: Some(String::new()),
                pitch: Some(String::new()),
                ..Correction::default()
            };
            ledger::correct(act, me, id, c)
        });
        assert_eq!(desk.attempt(id), third);
        assert_eq!(third.when, When::Undated);
        assert!(third.words.is_none() && third.segment.is_none() && third.reasons.is_empty());
        assert_eq!(
            versions(desk, id),
            [first.version(), second.version(), third.version()]
        );
        // Nothing different is no correction.
        desk.act(move |act, me| ledger::correct(act, me, id, Correction::default()));
        assert_eq!(desk.attempt(id).version, 2);
        let history = desk.act(move |act, me| ledger::history(act, me, id));
        assert_eq!(history.lines.len(), 3);
        assert!(
            history.lines[1]
                .what
                .contains("Outcome: from No to Send info.")
        );
    });
}

#[test]
fn a_later_reason_keeps_the_guess() {
    on_each(|desk| {
        let a = desk
            .log_new(NewAttempt {
                reason: Some("N4".into()),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap()
            .attempt;
        let b = desk.log("Bram Osei", Outcome::No).attempt;
        desk.act(move |act, me| {
            let ids = [a.id, b.id];
            let words = Some("we have Quillfeather");
            ledger::add_reason(act, me, &ids, "Has a supplier", SaidBy::Prospect, words)
        });
        let after = desk.attempt(a.id);
        assert_eq!(after.reasons.leading(), Some(("N6", SaidBy::Prospect)));
        assert_eq!(after.reasons.guess.as_deref(), Some("N4"));
        assert_eq!(after.words.as_deref(), Some("we have Quillfeather"));
        assert_eq!(desk.attempt(b.id).reasons.guess, None);
        let row = desk
            .page(app::noes::Query::default())
            .rows
            .into_iter()
            .find(|r| r.attempt.id == a.id)
            .unwrap();
        assert_eq!(row.reason.as_deref(), Some("Has a supplier"));
        assert_eq!(row.guessed.as_deref(), Some("Price or value"));
        assert_eq!(
            versions(desk, a.id)[0].reasons,
            Reasons::one("N4", SaidBy::SellerGuess)
        );
    });
}

#[test]
fn undo_voids_and_takes_back_what_it_set_in_motion() {
    on_each(|desk| {
        desk.act(|act, me| app::call_list::paste(act, me, "Ada Merrow"));
        let me = desk.me.id();
        let up = || {
            desk.look(move |tx| call_list::next(tx, me, thursday().as_microsecond(), 10))
                .len()
        };
        let ada = desk.find_one("Ada Merrow");
        let due = desk.act(move |act, me| {
            let today = When::Day(date(2026, 11, 19));
            app::follow_ups::set(act, me, ada, None, today, "ring")
        });
        let logged = desk
            .log_new(NewAttempt {
                words: Some("zebra".into()),
                ..with("Ada Merrow", Outcome::NotNow)
            })
            .unwrap();
        let made = logged.follow_up.unwrap();
        let state = |id| desk.look(move |tx| follow_up::get(tx, id)).unwrap().state;
        assert_eq!(
            (state(due.id), state(made.id), up()),
            (FollowUpState::Done, FollowUpState::Open, 0)
        );
        let id = logged.attempt.id;
        let undone = desk.act(move |act, me| ledger::undo(act, me, id));
        assert!(undone.voided && desk.attempt(id).voided);
        assert_eq!(
            (state(due.id), state(made.id), up()),
            (FollowUpState::Open, FollowUpState::Dropped, 1)
        );
        assert!(desk.page(app::noes::Query::default()).rows.is_empty());
        let searched = desk.page(app::noes::Query {
            text: "zebra".into(),
            ..app::noes::Query::default()
        });
        assert!(searched.rows.is_empty());
        // Twice changes nothing more, and it cannot be corrected any more.
        let again = desk.act(move |act, me| ledger::undo(act, me, id));
        assert_eq!(again, undone);
        assert_eq!(desk.lines(id.as_bytes()).len(), 1);
        let refused = desk
            .attempt_to(move |act, me| {
                let c = Correction {
                    outcome: Some(Outcome::Yes),
                    ..Correction::default()
                };
                ledger::correct(act, me, id, c)
            })
            .unwrap_err();
        assert_eq!(refused.kind, Kind::Conflict);
        let refused = desk
            .attempt_to(move |act, me| {
                ledger::add_reason(act, me, &[id], "N1", SaidBy::Prospect, None)
            })
            .unwrap_err();
        assert_eq!(refused.kind, Kind::Conflict);
    });
}

fn stop(desk: &Desk, who: &str) -> ledger::Logged {
    desk.log_new(NewAttempt {
        reason: Some("N15".into()),
        ..with(who, Outcome::No)
    })
    .unwrap()
}

#[test]
fn undo_takes_back_do_not_contact_unless_it_was_said_again() {
    on_each(|desk| {
        let ada = desk.log("Ada Merrow", Outcome::NoReply).who.id;
        let first = stop(desk, "Ada Merrow");
        let stopped = || desk.stored(ada).do_not_contact.is_some();
        let undo = |id| desk.act(move |act, me| ledger::undo(act, me, id));
        undo(first.attempt.id);
        assert!(!stopped());
        // Said twice: one undone, the other stands.
        let second = stop(desk, "Ada Merrow");
        let third = stop(desk, "Ada Merrow");
        undo(second.attempt.id);
        assert!(stopped());
        undo(third.attempt.id);
        assert!(!stopped());
        // Marked by hand in between: what the hand did stays.
        let fourth = stop(desk, "Ada Merrow");
        desk.act(move |act, me| {
            app::prospects::set_do_not_contact(act, me, ada, false)?;
            app::prospects::set_do_not_contact(act, me, ada, true)
        });
        undo(fourth.attempt.id);
        assert!(stopped());
    });
}

#[test]
fn undo_takes_back_what_it_did_to_those_merged_with_the_prospect() {
    on_each(|desk| {
        let one = desk.log("Ada Merrow", Outcome::No).who.id;
        let two = desk.log("A. Merrow", Outcome::No).who.id;
        let due = desk.act(move |act, me| {
            let today = When::Day(date(2026, 11, 19));
            app::follow_ups::set(act, me, two, None, today, "")
        });
        desk.act(move |act, me| app::prospects::merge(act, me, two, one));
        let logged = stop(desk, "Ada Merrow");
        let state = || {
            desk.look(move |tx| follow_up::get(tx, due.id))
                .unwrap()
                .state
        };
        assert_eq!(state(), FollowUpState::Done);
        let id = logged.attempt.id;
        desk.act(move |act, me| ledger::undo(act, me, id));
        assert_eq!(state(), FollowUpState::Open);
        assert!(desk.stored(one).do_not_contact.is_none());
        // Also when the word was added to an attempt of the one that was merged.
        let old = desk
            .attempts()
            .into_iter()
            .find(|a| a.prospect == two)
            .unwrap()
            .id;
        desk.act(move |act, me| ledger::add_reason(act, me, &[old], "N15", SaidBy::Prospect, None));
        assert!(desk.stored(one).do_not_contact.is_some());
        desk.act(move |act, me| ledger::undo(act, me, old));
        assert!(desk.stored(one).do_not_contact.is_none());
    });
}

#[test]
fn another_outcome_changes_the_follow_up() {
    on_each(|desk| {
        let logged = desk.log("Ada Merrow", Outcome::NotNow);
        let (id, first) = (logged.attempt.id, logged.follow_up.unwrap());
        desk.act(move |act, me| ledger::set_outcome(act, me, &[id], Outcome::SendInfo));
        let ada = logged.who.id;
        let open = || desk.look(move |tx| follow_up::open_of_prospect(tx, ada));
        assert_eq!(open().len(), 1);
        assert_ne!(open()[0].id, first.id);
        assert_eq!(open()[0].kind, domain::FollowUpKind::SendInfo);
        desk.act(move |act, me| ledger::set_outcome(act, me, &[id], Outcome::No));
        assert!(open().is_empty());
    });
}

#[test]
fn an_attempt_moved_to_somebody_else_takes_its_follow_up_along() {
    on_each(|desk| {
        let logged = desk.log("Ada Merrow", Outcome::NotNow);
        let bram = desk.log("Bram Osei", Outcome::No).who.id;
        let id = logged.attempt.id;
        desk.act(move |act, me| {
            let c = Correction {
                prospect: Some(bram),
                ..Correction::default()
            };
            ledger::correct(act, me, id, c)
        });
        let open = |of| {
            desk.look(move |tx| follow_up::open_of_prospect(tx, of))
                .len()
        };
        assert_eq!((open(logged.who.id), open(bram)), (0, 1));
        desk.act(move |act, me| ledger::undo(act, me, id));
        assert_eq!(open(bram), 0);
    });
}

/// Silence becomes an answer after two weeks, on e-mails and messages, as a line of the history.
#[test]
fn silence_counts_as_no_reply_after_a_while() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let log = |channel, at| {
            desk.log_new(NewAttempt {
                channel: Some(channel),
                at: Some(at),
                ..with(&format!("{channel} {at:?}"), Outcome::Unknown)
            })
            .unwrap()
            .attempt
            .id
        };
        let today = When::Instant(thursday());
        let waited = [
            log(Channel::Email, today),
            log(Channel::Message, When::Day(date(2026, 11, 19))),
        ];
        let others = [
            log(Channel::Call, today),
            log(Channel::Meeting, today),
            log(Channel::Email, When::Undated),
        ];
        let answered = desk
            .log_new(NewAttempt {
                channel: Some(Channel::Email),
                ..with("answered", Outcome::No)
            })
            .unwrap()
            .attempt
            .id;
        assert_eq!(desk.act(|act, _| sweep::no_reply(act)), 0);
        let desk = desk.later(three_weeks_later);
        let fresh = desk
            .log_new(NewAttempt {
                channel: Some(Channel::Email),
                at: Some(When::Instant(three_weeks_later() - 330.hours())),
                ..with("fresh", Outcome::Unknown)
            })
            .unwrap()
            .attempt
            .id;
        assert_eq!(desk.act(|act, _| sweep::no_reply(act)), 2);
        assert_eq!(desk.act(|act, _| sweep::no_reply(act)), 0);
        for id in waited {
            assert_eq!(desk.attempt(id).outcome, Outcome::NoReply);
            let lines = desk.lines(id.as_bytes());
            assert_eq!(lines.len(), 1);
            assert_eq!(lines[0].actor, None);
            assert_eq!(versions(&desk, id)[0].outcome, Outcome::Unknown);
        }
        for id in others.into_iter().chain([fresh]) {
            assert_eq!(desk.attempt(id).outcome, Outcome::Unknown);
        }
        assert_eq!(desk.attempt(answered).outcome, Outcome::No);
        desk.derived_stand();
    }
}

#[test]
fn two_who_correct_at_once_do_not_overwrite_each_other() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let desk = Desk::new(backend);
        let id = desk.log("Ada Merrow", Outcome::No).attempt.id;
        let other = app::App::open(&desk.fresh.url.parse().unwrap(), thursday).unwrap();
        let threads: Vec<_> = [desk.app.clone(), other]
            .into_iter()
            .enumerate()
            .map(|(n, app)| {
                let me = desk.me.clone();
                std::thread::spawn(move || {
                    let mut kept = 0;
                    for k in 0..15 {
                        let stage = Stage::ALL[(n + 2 * k) % Stage::ALL.len()];
                        let me = me.clone();
                        let result = app.write_blocking(move |act| {
                            let c = Correction {
                                stage: Some(stage),
                                ..Correction::default()
                            };
                            ledger::correct(act, &me, id, c)
                        });
                        match result {
                            Ok(_) => kept += 1,
                            Err(e) => assert_eq!(e.kind, Kind::Conflict, "{e}"),
                        }
                    }
                    kept
                })
            })
            .collect();
        let kept: i64 = threads.into_iter().map(|t| t.join().unwrap()).sum();
        let version = desk.attempt(id).version;
        assert!(version <= kept && version >= 1, "{version} of {kept}");
        assert_eq!(desk.lines(id.as_bytes()).len() as i64, version);
        desk.derived_stand();
    }
}

#[test]
fn who_asked_not_to_be_contacted_is_whoever_the_attempt_is_moved_to() {
    on_each(|desk| {
        let stop = NewAttempt {
            reason: Some("N15".into()),
            ..with("Ada Merrow", Outcome::No)
        };
        let id = desk.log_new(stop).unwrap().attempt.id;
        let bram = desk.log("Bram Osei", Outcome::NoReply).who.id;
        desk.act(move |act, me| {
            let c = Correction {
                prospect: Some(bram),
                ..Correction::default()
            };
            ledger::correct(act, me, id, c)
        });
        assert!(desk.stored(bram).do_not_contact.is_some());
    });
}
