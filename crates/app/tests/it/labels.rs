//! Labels are edited; the codes under them, and what was logged, are not.

use app::ledger::NewAttempt;
use app::{Kind, labels};
use domain::{LabelKind, Outcome};

use crate::made::{Desk, on_each, with};

fn all(desk: &Desk) -> Vec<(String, String)> {
    desk.act(|act, _| labels::all(act, LabelKind::Reason))
        .into_iter()
        .map(|l| (l.code, l.label))
        .collect()
}

#[test]
fn another_name_changes_no_history() {
    on_each(|desk| {
        let a = desk
            .log_new(NewAttempt {
                reason: Some("N4".into()),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap()
            .attempt;
        desk.tend(|act, me| labels::rename(act, me, LabelKind::Reason, "N4", "Too dear"));
        assert_eq!(desk.attempt(a.id), a);
        assert!(desk.lines(a.id.as_bytes()).is_empty());
        let row = desk.page(app::noes::Query::default()).rows.remove(0);
        assert_eq!(row.reason.as_deref(), Some("Too dear"));
        // The new name is understood, the code still is.
        for text in ["too  DEAR", "n4"] {
            let new = NewAttempt {
                reason: Some(text.into()),
                ..with("Ada Merrow", Outcome::No)
            };
            let logged = desk.log_new(new).unwrap().attempt;
            assert_eq!(logged.reasons.guess.as_deref(), Some("N4"));
        }
    });
}

#[test]
fn what_says_the_same_is_there_already() {
    on_each(|desk| {
        let kind = LabelKind::Reason;
        desk.tend(move |act, me| labels::add(act, me, kind, "Wants a trial"));
        for text in [
            "Wants a trial",
            " wants  A trial",
            "no need",
            "N4",
            "",
            "  ",
        ] {
            let error = desk
                .attempt_to_tend(move |act, me| labels::add(act, me, kind, text))
                .unwrap_err();
            assert_eq!(error.kind, Kind::Invalid, "{text}");
        }
        let taken = desk
            .attempt_to_tend(move |act, me| labels::rename(act, me, kind, "N1", "wants a TRIAL"))
            .unwrap_err();
        assert_eq!(taken.kind, Kind::Invalid);
        // Its own name in another spelling is no other's.
        desk.tend(move |act, me| labels::rename(act, me, kind, "N1", "no NEED"));
        assert_eq!(all(desk).len(), 17);
        let gone = desk
            .attempt_to_tend(move |act, me| labels::rename(act, me, kind, "x-none", "New"))
            .unwrap_err();
        assert_eq!(gone.kind, Kind::NotFound);
        // A name given up is free for another code.
        desk.tend(move |act, me| {
            let mine = labels::find_or_add(act, kind, "Wants a trial")?;
            labels::rename(act, me, kind, &mine.code, "Wants to see it")?;
            let new = labels::add(act, me, kind, "Wants a trial")?;
            assert_ne!(new.code, mine.code);
            Ok(())
        });
    });
}

#[test]
fn hidden_ones_stay_where_they_were_used() {
    on_each(|desk| {
        desk.tend(|act, me| labels::hide(act, me, LabelKind::Reason, "N4", true));
        let hidden = desk.act(|act, _| labels::all(act, LabelKind::Reason));
        assert!(hidden.iter().any(|l| l.code == "N4" && l.hidden));
        let names = desk.act(|act, _| labels::names(act, LabelKind::Reason));
        assert_eq!(names["N4"], "Price or value");
        desk.tend(|act, me| labels::hide(act, me, LabelKind::Reason, "N4", false));
        let shown = desk.act(|act, _| labels::all(act, LabelKind::Reason));
        assert!(shown.iter().all(|l| !l.hidden));
    });
}

#[test]
fn labels_move_one_place() {
    on_each(|desk| {
        let before = all(desk);
        let shift = |code: &'static str, up| {
            desk.tend(move |act, me| labels::shift(act, me, LabelKind::Reason, code, up));
        };
        shift("N1", true);
        shift("N0", false);
        assert_eq!(all(desk), before);
        shift("N2", true);
        let moved: Vec<String> = all(desk).into_iter().map(|(code, _)| code).collect();
        assert_eq!(moved[..3], ["N2", "N1", "N3"]);
        shift("N2", false);
        assert_eq!(all(desk), before);
    });
}

#[test]
fn segments_and_pitches_are_added_as_they_come() {
    on_each(|desk| {
        for (segment, pitch) in [
            ("Retail", "Short"),
            (" retail ", "SHORT"),
            ("Trade", "Long"),
        ] {
            desk.log_new(NewAttempt {
                segment: Some(segment.into()),
                pitch: Some(pitch.into()),
                ..with("Ada Merrow", Outcome::No)
            })
            .unwrap();
        }
        for kind in [LabelKind::Segment, LabelKind::Pitch] {
            assert_eq!(desk.act(move |act, _| labels::all(act, kind)).len(), 2);
        }
    });
}
