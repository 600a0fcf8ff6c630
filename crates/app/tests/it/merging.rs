//! Two prospects are said to be one, and taken apart again.

use app::ledger::{self, NewAttempt, WhoRef};
use app::noes::{Query, Sort};
use app::{Kind, archive, prospects};
use domain::{Outcome, ProspectId, SaidBy, When};
use jiff::civil::date;

use crate::made::{Desk, contact, on_each, with};

fn merge(desk: &Desk, from: ProspectId, into: ProspectId) {
    desk.act(move |act, me| prospects::merge(act, me, from, into));
}

fn unmerge(desk: &Desk, id: ProspectId) {
    desk.act(move |act, me| prospects::unmerge(act, me, id));
}

fn page(desk: &Desk, id: ProspectId) -> prospects::ProspectPage {
    desk.act(move |act, me| prospects::page(act, me, id))
}

#[test]
fn one_stands_for_both() {
    on_each(|desk| {
        let ada = desk
            .prospect(contact(
                "Ada Merrow",
                "Whitlock",
                "ada@whitlock.example",
                "",
            ))
            .id;
        let old = desk
            .prospect(contact("A. Merrow", "Pell & Sons", "", "+44 20 7946 0182"))
            .id;
        desk.log("ada@whitlock.example", Outcome::No);
        let theirs = desk.log("+44 20 7946 0182", Outcome::NotNow);
        desk.act(move |act, me| prospects::add_note(act, me, old, None, "likes mornings"));
        let deal = desk.act(move |act, me| app::deals::open(act, me, old, "Shelves", None));
        merge(desk, old, ada);
        // Every way of the one means the other.
        for text in [
            "+44 20 7946 0182",
            "A. Merrow",
            "Ada Merrow",
            "ada@whitlock.example",
        ] {
            let logged = desk.log(text, Outcome::NoReply);
            assert_eq!(
                (logged.who.id, logged.attempt.prospect),
                (ada, ada),
                "{text}"
            );
        }
        for id in [ada, old] {
            let page = page(desk, id);
            assert_eq!(page.prospect.id, ada);
            assert_eq!(page.merged.len(), 1);
            assert_eq!(page.attempts.len(), 6);
            assert_eq!(page.notes.len(), 1);
            assert_eq!(page.deals, std::slice::from_ref(&deal));
            assert_eq!(page.follow_ups.len(), 1);
        }
        assert_eq!(desk.find("pell"), ["Ada Merrow"]);
        assert_eq!(desk.find("merrow"), ["Ada Merrow"]);
        let found = desk.page(Query {
            text: "pell sons".into(),
            ..Query::default()
        });
        assert!(
            found
                .rows
                .iter()
                .all(|r| r.who.id == ada && r.who.name == "Ada Merrow")
        );
        assert_eq!(desk.page(Query::default()).rows.len(), 6);
        // A note to the one that was merged stays with it, and shows with both.
        desk.act(move |act, me| prospects::add_note(act, me, old, None, "two"));
        assert_eq!(page(desk, ada).notes.len(), 2);

        unmerge(desk, old);
        assert_eq!(page(desk, ada).attempts.len(), 5);
        assert_eq!(page(desk, old).attempts.len(), 1);
        assert_eq!(page(desk, old).notes.len(), 2);
        assert_eq!(page(desk, old).follow_ups.len(), 1);
        assert_eq!(desk.log("A. Merrow", Outcome::No).who.id, old);
        assert_eq!(desk.attempt(theirs.attempt.id), theirs.attempt);
        let kinds: Vec<String> = desk
            .lines(old.as_bytes())
            .into_iter()
            .map(|line| line.kind)
            .collect();
        assert_eq!(kinds, ["merged", "unmerged"]);
    });
}

#[test]
fn chains_come_apart_where_they_were_joined() {
    on_each(|desk| {
        let ids: Vec<ProspectId> = ["One", "Two", "Three", "Four"]
            .iter()
            .map(|name| desk.log(name, Outcome::No).who.id)
            .collect();
        let [one, two, three, four] = ids[..] else {
            panic!("four were made")
        };
        merge(desk, one, two);
        merge(desk, two, three);
        merge(desk, four, one); // one stands for three by now
        let root = |id| desk.stored(id).root;
        assert!([one, two, three, four].iter().all(|id| root(*id) == three));
        assert_eq!(page(desk, one).attempts.len(), 4);
        unmerge(desk, two);
        assert_eq!([one, two, three, four].map(root), [two, two, three, three]);
        assert_eq!(page(desk, one).attempts.len(), 2);
        merge(desk, three, two);
        assert!([one, two, three, four].iter().all(|id| root(*id) == two));
        unmerge(desk, one);
        assert_eq!([one, two, three, four].map(root), [one, two, two, two]);
        for (a, b) in [(one, one), (three, two), (four, three)] {
            let error = desk
                .attempt_to(move |act, me| prospects::merge(act, me, a, b))
                .unwrap_err();
            assert_eq!(error.kind, Kind::Conflict);
        }
        let error = desk
            .attempt_to(move |act, me| prospects::unmerge(act, me, two))
            .unwrap_err();
        assert_eq!(error.kind, Kind::Conflict);
    });
}

#[test]
fn do_not_contact_holds_for_both_and_after_taking_apart() {
    on_each(|desk| {
        let one = desk.log("One", Outcome::No).who.id;
        let two = desk.log("Two", Outcome::No).who.id;
        merge(desk, one, two);
        let old = desk.attempts().into_iter().find(|a| a.prospect == one);
        let id = old.unwrap().id;
        desk.act(move |act, me| ledger::add_reason(act, me, &[id], "N15", SaidBy::Prospect, None));
        let stopped = |id| desk.stored(id).do_not_contact.is_some();
        assert!(stopped(two));
        unmerge(desk, one);
        // Who said so cannot be told any more for sure: both are left alone.
        assert!(stopped(one) && stopped(two));
        let three = desk.log("Three", Outcome::No).who.id;
        merge(desk, one, three);
        assert!(stopped(three));
    });
}

#[test]
fn merged_people_stand_once_in_lists_by_name() {
    on_each(|desk| {
        // Enough people for several pages of names between the two.
        let ids = desk.act(|act, me| {
            let mut ids = Vec::new();
            for n in 0..230 {
                let new = with(&format!("Person {n:03}"), Outcome::No);
                ids.push(ledger::log(act, me, new)?.who.id);
            }
            Ok(ids)
        });
        merge(desk, ids[229], ids[0]);
        merge(desk, ids[1], ids[228]);
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = desk.page(Query {
                sort: Sort::Who,
                after,
                ..Query::default()
            });
            seen.extend(page.rows.iter().map(|r| (r.who.name.clone(), r.attempt.id)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 230);
        let names: Vec<&str> = seen.iter().map(|(name, _)| name.as_str()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(names, sorted);
    });
}

#[test]
fn a_follow_up_of_the_merged_one_is_done_by_an_attempt_with_either() {
    on_each(|desk| {
        let one = desk.log("One", Outcome::No).who.id;
        let two = desk.log("Two", Outcome::No).who.id;
        desk.act(move |act, me| {
            let today = When::Day(date(2026, 11, 19));
            app::follow_ups::set(act, me, one, None, today, "")
        });
        merge(desk, one, two);
        desk.log_new(NewAttempt::new(WhoRef::Id(one), Outcome::Yes))
            .unwrap();
        assert!(page(desk, two).follow_ups.is_empty());
    });
}

#[test]
fn a_list_forgets_nobody_beside_whom_it_names() {
    on_each(|desk| {
        let people = ["Ada Merrow", "Bram Osei"].map(|name| desk.log(name, Outcome::No).who.id);
        let [ada, bram] = people;
        merge(desk, bram, ada);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("then.archive");
        archive::backup(&desk.app, &path).unwrap();
        // They were taken apart after it was written, and then one of them was forgotten.
        let list = vec![(*bram.as_bytes(), "prospect".to_owned())];
        archive::restore(&desk.app, &path, list).unwrap();
        let forgotten = people.map(|id| desk.stored(id).forgotten);
        assert_eq!(forgotten, [false, true]);
        assert_eq!(desk.find("Merrow"), ["Ada Merrow"]);
    });
}
