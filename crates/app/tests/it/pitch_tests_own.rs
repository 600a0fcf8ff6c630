//! Tests of two pitches begin, end and stay as they ended, and are their owner's alone.

use app::ledger;
use app::pitch_tests::{self, Arm, How};
use app::{AppError, Kind};
use domain::{LabelKind, Outcome, PitchTestId, Role};
use testkit::db::Backend;

use crate::isolation::{by, colleague};
use crate::made::{Desk, on_each, thursday};
use crate::pitch_tests::{all, ask, asks, begin, end, found, known};

fn refused(desk: &Desk, usual: &str, new: &str) -> AppError {
    let (usual, new) = (usual.to_owned(), new.to_owned());
    desk.attempt_to(move |act, me| pitch_tests::begin(act, me, &usual, &new, How::Drawn))
        .unwrap_err()
}

#[test]
fn a_test_that_ended_keeps_what_it_found() {
    on_each(|desk| {
        let test = begin(desk, How::Chosen);
        let ada = known(desk, "Ada Merrow");
        let first = ask(desk, ada, Outcome::No, Some("Short")).id;
        ask(desk, ada, Outcome::Yes, Some("Long"));
        let before = found(desk);
        let ended = end(desk, test.id).unwrap();
        assert_eq!(
            (ended.test.ended, &ended.found),
            (Some(thursday()), &before)
        );
        ask(desk, ada, Outcome::Yes, Some("Long"));
        desk.act(move |act, me| ledger::undo(act, me, first));
        let (running, kept) = all(desk);
        assert!(running.is_none());
        assert_eq!(kept, [ended]);
        let twice = end(desk, test.id).unwrap_err();
        assert_eq!(twice.kind, Kind::Conflict);
        assert_eq!(all(desk).1, kept);
        // The next one begins with nothing, whatever the last one found.
        begin(desk, How::Chosen);
        // Both began at one moment of this standing clock; what was asked since then counts.
        assert_eq!(all(desk).1, kept);
    });
}

#[test]
fn what_is_not_right_is_said_and_changes_nothing() {
    on_each(|desk| {
        let labels = |desk: &Desk| {
            desk.look(|tx| store::tables::label::all(tx, LabelKind::Pitch))
                .len()
        };
        let said = [
            refused(desk, "", "Long"),
            refused(desk, "Short", "  "),
            refused(desk, "Short", "SHORT"),
            refused(desk, "Short", &"long ".repeat(200)),
        ];
        let fields: Vec<_> = said.iter().map(|e| (e.kind, e.field.unwrap())).collect();
        let wrong = |field| (Kind::Invalid, field);
        assert_eq!(
            fields,
            [wrong("usual"), wrong("new"), wrong("new"), wrong("new")]
        );
        assert_eq!(labels(desk), 0);
        assert_eq!(all(desk), (None, Vec::new()));
        let test = begin(desk, How::Drawn);
        assert_eq!(labels(desk), 2);
        // By code, by another spelling, and with a word that is new: one runs already.
        let again = refused(desk, "Third", "Fourth");
        assert_eq!(again.kind, Kind::Invalid);
        assert!(
            again.to_string().contains("“Long” against “Short”"),
            "{again}"
        );
        assert!(again.hint.unwrap().starts_with("End that test first"));
        assert_eq!(labels(desk), 2);
        assert_eq!(all(desk).0.unwrap().test, test);
        let nobodys = PitchTestId::from_bytes([9; 16]);
        assert_eq!(end(desk, nobodys).unwrap_err().kind, Kind::NotFound);
    });
}

#[test]
fn a_test_is_its_owners_alone() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller]);
        let jun = jun.seller().unwrap();
        let theirs = by(&desk.app, &jun, |act, me| {
            pitch_tests::begin(act, me, "Short", "Long", How::Drawn)
        })
        .unwrap();
        // Nothing of it on anybody else's side: they may run their own, and draw nothing of it.
        assert_eq!(all(desk), (None, Vec::new()));
        let ada = known(desk, "Ada Merrow");
        assert_eq!(ask(desk, ada, Outcome::Yes, None).pitch, None);
        let (others, nobodys) = (
            end(desk, theirs.id).unwrap_err(),
            end(desk, PitchTestId::from_bytes([9; 16])).unwrap_err(),
        );
        assert_eq!(
            (others.kind, others.to_string()),
            (nobodys.kind, nobodys.to_string())
        );
        begin(desk, How::Chosen);
        ask(desk, ada, Outcome::Yes, Some("Long"));
        assert_eq!(asks(&found(desk)), [(0, 0), (1, 1)]);
        let seen = by(&desk.app, &jun, pitch_tests::all).unwrap();
        let seen = seen.0.unwrap();
        assert_eq!(seen.test, theirs);
        assert_eq!(asks(&seen.found), [(0, 0), (0, 0)]);
    });
}

#[test]
fn the_last_pitch_chosen_is_offered_next() {
    on_each(|desk| {
        let test = begin(desk, How::Chosen);
        let ada = known(desk, "Ada Merrow");
        let last = |desk: &Desk| {
            let test = test.clone();
            desk.act(move |act, me| pitch_tests::last_chosen(act, me, &test))
        };
        assert_eq!(last(desk), Arm::A);
        let long = ask(desk, ada, Outcome::No, Some("Long")).id;
        assert_eq!(last(desk), Arm::B);
        ask(desk, ada, Outcome::No, Some("Short"));
        assert_eq!(last(desk), Arm::A);
        ask(desk, ada, Outcome::No, Some("Long"));
        desk.act(move |act, me| ledger::undo(act, me, long));
        assert_eq!(last(desk), Arm::B);
    });
}

#[test]
fn names_are_those_the_labels_have_now() {
    let desk = Desk::new(Backend::Sqlite);
    let test = begin(&desk, How::Drawn);
    let code = test.pitch(Arm::B).code.clone();
    desk.tend(move |act, who| app::labels::rename(act, who, LabelKind::Pitch, &code, "Story"));
    let now = all(&desk).0.unwrap().test;
    assert_eq!(now.pitch(Arm::B).label, "Story");
    assert_eq!(now.pitch(Arm::B).code, test.pitch(Arm::B).code);
}
