//! Undoing what made somebody: a mistyped name goes with the attempt that brought it in, and
//! nothing else that stands is lost.

use app::archive;
use app::ledger::{self, NewAttempt, WhoRef};
use app::prospects::{self, Contact};
use domain::{AttemptId, Outcome, ProspectId, When};
use jiff::civil::date;
use store::tables::matching;

use crate::importing::bring;
use crate::made::{Desk, on_each, with};

fn undo(desk: &Desk, id: AttemptId) {
    desk.act(move |act, me| ledger::undo(act, me, id));
}

/// Whether anybody could still come across them.
fn in_sight(desk: &Desk, id: ProspectId, word: &str) -> bool {
    let hashes = desk.look(move |tx| matching::of_prospect(tx, id));
    let taken_back = desk.stored(id).taken_back;
    let found = !desk.find(word).is_empty();
    assert_eq!(taken_back, !found, "the row and the words agree");
    assert_eq!(taken_back, hashes.is_empty(), "the row and the keys agree");
    !taken_back
}

#[test]
fn a_name_that_was_new_goes_with_its_only_attempt() {
    on_each(|desk| {
        let logged = desk.log(
            "Ada Merow, Whitlock Print, ada@whitlock.example",
            Outcome::NotNow,
        );
        let (ada, id) = (logged.who.id, logged.attempt.id);
        assert!(logged.new_prospect && in_sight(desk, ada, "merow"));
        undo(desk, id);
        assert!(!in_sight(desk, ada, "merow") && desk.find("whitlock").is_empty());
        let day = desk.act(app::today::page);
        assert!(day.likely.is_empty() && day.due.is_empty() && day.next.is_none());
        // History keeps it: who it was stands on the attempt's page, and what became of them.
        let history = desk.act(move |act, me| ledger::history(act, me, id));
        assert_eq!(history.who.name, "Ada Merow");
        let page = desk.act(move |act, me| prospects::page(act, me, ada));
        assert!(page.lines.iter().any(|l| l.what.starts_with("Taken out")));
        let lines = desk.lines(ada.as_bytes()).len();
        undo(desk, id);
        assert_eq!(desk.lines(ada.as_bytes()).len(), lines);
    });
}

#[test]
fn the_same_name_later_is_somebody_new_and_never_ambiguous() {
    on_each(|desk| {
        let who = "Ada Merow, ada@whitlock.example";
        let first = desk.log(who, Outcome::No);
        undo(desk, first.attempt.id);
        let second = desk.log(who, Outcome::No);
        assert!(second.new_prospect);
        assert_ne!(second.who.id, first.who.id);
        assert_eq!(desk.find("merow"), ["Ada Merow"]);
        // A file that names them finds the one in sight.
        bring(
            desk,
            "prospect,email,outcome\nAda Merow,ada@whitlock.example,no\n",
        );
        assert_eq!(desk.find("merow"), ["Ada Merow"]);
        let asked = desk.attempts();
        let with = |id| asked.iter().filter(|a| a.prospect == id).count();
        assert_eq!((with(first.who.id), with(second.who.id)), (1, 2));
    });
}

#[test]
fn writing_about_them_again_brings_them_back() {
    type Act = fn(&Desk, ProspectId);
    let ways: [Act; 6] = [
        |desk, id| {
            let again = NewAttempt::new(WhoRef::Id(id), Outcome::Yes);
            desk.log_new(again).unwrap();
        },
        |desk, id| {
            // As the command line takes an id.
            desk.log(&id.to_string(), Outcome::NoReply);
        },
        |desk, id| {
            let due = When::Day(date(2026, 12, 1));
            desk.act(move |act, me| app::follow_ups::set(act, me, id, None, due, ""));
        },
        |desk, id| {
            desk.act(move |act, me| prospects::add_note(act, me, id, None, "Met at the fair"));
        },
        |desk, id| {
            let contact = Contact::named("Ada Merow", "Whitlock Print");
            desk.act(move |act, me| prospects::edit(act, me, id, &contact));
        },
        |desk, id| {
            desk.act(move |act, me| prospects::set_do_not_contact(act, me, id, true));
        },
    ];
    on_each(|desk| {
        for (n, way) in ways.iter().enumerate() {
            let name = format!("Ada Merow{n}");
            let logged = desk.log(&name, Outcome::No);
            let ada = logged.who.id;
            undo(desk, logged.attempt.id);
            assert!(!desk.stored(ada).taken_back || desk.find(&name).is_empty());
            way(desk, ada);
            assert!(!desk.stored(ada).taken_back, "way {n}");
            assert_eq!(
                desk.look(move |tx| matching::of_prospect(tx, ada)).len(),
                1 + usize::from(n == 4)
            );
            desk.derived_stand();
        }
    });
}

#[test]
fn whoever_anything_else_is_known_of_stays() {
    type Act = fn(&Desk, ProspectId, AttemptId);
    let uses: [Act; 7] = [
        |desk, id, _| {
            let again = NewAttempt::new(WhoRef::Id(id), Outcome::NoReply);
            desk.log_new(again).unwrap();
        },
        |desk, id, _| {
            desk.act(move |act, me| app::deals::open(act, me, id, "Shelves", None));
        },
        |desk, id, _| {
            desk.act(move |act, me| prospects::add_note(act, me, id, None, "Rings back"));
        },
        |desk, id, _| {
            let due = When::Day(date(2026, 12, 1));
            desk.act(move |act, me| app::follow_ups::set(act, me, id, None, due, ""));
        },
        |desk, id, _| {
            let contact = Contact::named("Ada Merow", "Whitlock Print");
            desk.act(move |act, me| prospects::edit(act, me, id, &contact));
        },
        |desk, id, _| {
            desk.act(move |act, me| prospects::set_do_not_contact(act, me, id, true));
        },
        |desk, id, _| {
            let name = desk.stored(id).name;
            let pasted = desk.act(move |act, me| app::call_list::paste(act, me, &name));
            assert_eq!(pasted.added, 1);
        },
    ];
    on_each(|desk| {
        for (n, what) in uses.iter().enumerate() {
            let name = format!("Ada Merow{n}");
            let logged = desk.log(&name, Outcome::NotNow);
            what(desk, logged.who.id, logged.attempt.id);
            undo(desk, logged.attempt.id);
            let now = desk.stored(logged.who.id).name;
            assert!(in_sight(desk, logged.who.id, &now), "use {n}");
        }
        // Nor does somebody go who was known before, from a file or as one of two.
        bring(desk, "id,prospect,outcome\n1,Bram Osei,no\n");
        let asked = desk.attempts();
        let brought = asked.iter().find(|a| a.source.id.is_some()).unwrap();
        undo(desk, brought.id);
        assert!(in_sight(desk, brought.prospect, "bram"));
        let (one, two) = (
            desk.log("Cleo Tarn", Outcome::No),
            desk.log("C. Tarn", Outcome::No),
        );
        let (into, from) = (one.who.id, two.who.id);
        desk.act(move |act, me| prospects::merge(act, me, from, into));
        undo(desk, one.attempt.id);
        undo(desk, two.attempt.id);
        assert!(in_sight(desk, into, "cleo"));
    });
}

#[test]
fn the_last_of_several_takes_the_name_along_in_any_order() {
    on_each(|desk| {
        let who = |n: usize| format!("Ada Merow{n}");
        for (n, order) in [[0, 1], [1, 0]].iter().enumerate() {
            let tries = [
                desk.log(&who(n), Outcome::NoReply),
                desk.log_new(with(&who(n), Outcome::No)).unwrap(),
            ];
            undo(desk, tries[order[0]].attempt.id);
            assert!(in_sight(desk, tries[0].who.id, &who(n)));
            undo(desk, tries[order[1]].attempt.id);
            assert!(!in_sight(desk, tries[0].who.id, &who(n)));
        }
    });
}

#[test]
fn an_archive_keeps_them_out_of_sight_and_forgetting_blanks_them() {
    on_each(|desk| {
        let logged = desk.log("Ada Merow", Outcome::No);
        let ada = logged.who.id;
        undo(desk, logged.attempt.id);
        // Into the same ledger again, after they were brought back there.
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("before.rebound");
        archive::backup(&desk.app, &path).unwrap();
        desk.act(move |act, me| prospects::add_note(act, me, ada, None, "Met at the fair"));
        assert!(in_sight(desk, ada, "merow"));
        archive::restore(&desk.app, &path, Vec::new()).unwrap();
        desk.derived_stand();
        assert!(!in_sight(desk, ada, "merow"));
        prospects::forget(&desk.app, &desk.me, ada).unwrap();
        let p = desk.stored(ada);
        assert!(p.forgotten && !p.taken_back && p.name.is_empty());
    });
}
