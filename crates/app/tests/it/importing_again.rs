//! The same row twice is one row; a changed one is corrected; history stays.

use app::import::Options;
use app::ledger::{self, Correction};
use domain::{Attempt, Outcome, SaidBy, When};
use exchange::{Field, Format, Mapping};
use jiff::civil::date;
use store::tables::deal;

use crate::importing::{bring, figures, mapped, try_bring};
use crate::made::{Desk, on_each};

fn only(desk: &Desk) -> Attempt {
    let mut all: Vec<Attempt> = desk.attempts().into_iter().filter(|a| !a.voided).collect();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn the_same_file_twice_adds_nothing() {
    on_each(|desk| {
        for file in [
            "id,prospect,outcome,channel\n1,Ada,no,call\n2,Bram,yes,call\n",
            "prospect,outcome,channel\nCleo,no,call\nDora,yes,call\n",
        ] {
            assert_eq!(figures(&bring(desk, file)), [2, 2, 2, 1, 0, 0, 0, 0]);
            let before = (desk.attempts(), desk.prospects());
            assert_eq!(figures(&bring(desk, file)), [2, 0, 0, 0, 0, 2, 0, 0]);
            assert_eq!((desk.attempts(), desk.prospects()), before);
        }
    });
}

#[test]
fn overlapping_files_add_what_is_new() {
    on_each(|desk| {
        let head = "prospect,outcome,channel\n";
        bring(desk, &format!("{head}Ada,no,call\nBram,no,call\n"));
        let second = format!("{head}Bram,no,call\nCleo,no,call\n");
        assert_eq!(figures(&bring(desk, &second)), [2, 1, 1, 0, 0, 1, 0, 0]);
        let ids = "id,prospect,outcome,channel\n";
        bring(desk, &format!("{ids}1,Eve,no,call\n2,Finn,no,call\n"));
        let second = format!("{ids}2,Finn,no,call\n3,Gus,no,call\n");
        assert_eq!(figures(&bring(desk, &second)), [2, 1, 1, 0, 0, 1, 0, 0]);
    });
}

#[test]
fn equal_rows_are_told_apart_by_how_often_they_came() {
    on_each(|desk| {
        let head = "prospect,outcome,channel\n";
        let row = "Ada,no_reply,call\n";
        let file = |n: usize| format!("{head}{}", row.repeat(n));
        assert_eq!(figures(&bring(desk, &file(2))), [2, 1, 2, 0, 0, 0, 0, 0]);
        assert_eq!(figures(&bring(desk, &file(3))), [3, 0, 1, 0, 0, 2, 0, 0]);
        assert_eq!(figures(&bring(desk, &file(1))), [1, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(desk.attempts().len(), 3);
    });
}

#[test]
fn a_changed_row_is_corrected_and_its_history_kept() {
    on_each(|desk| {
        let file = |outcome: &str, words: &str| {
            format!(
                "id,prospect,outcome,words,at,channel\n1,Ada,{outcome},{words},2026-11-02,call\n"
            )
        };
        bring(desk, &file("no", "too dear"));
        let first = only(desk);
        let changed = bring(desk, &file("yes", "go on then"));
        assert_eq!(figures(&changed), [1, 0, 0, 0, 0, 1, 1, 0]);
        let second = only(desk);
        assert_eq!((second.id, second.outcome), (first.id, Outcome::Yes));
        assert_eq!(second.words.as_deref(), Some("go on then"));
        let line = &desk.lines(first.id.as_bytes())[0];
        assert!(line.before.as_ref().unwrap().contains("too dear"));
        // And back: both stand in the history.
        bring(desk, &file("no", "too dear"));
        assert_eq!(only(desk).version(), first.version());
        assert_eq!(desk.lines(first.id.as_bytes()).len(), 2);
    });
}

/// Three states of one row in one file: the last one stands.
#[test]
fn a_row_that_changes_within_one_file_ends_as_its_last() {
    on_each(|desk| {
        let file = "id,prospect,outcome,channel\n1,Ada,no,call\n1,Ada,yes,call\n1,Ada,no,call\n";
        assert_eq!(figures(&bring(desk, file)), [3, 1, 1, 0, 0, 2, 2, 0]);
        assert_eq!(only(desk).outcome, Outcome::No);
        let again = "id,prospect,outcome,channel\n1,Ada,no,call\n1,Ada,yes,call\n1,Ada,yes,call\n";
        assert_eq!(figures(&bring(desk, again)), [3, 0, 0, 0, 0, 3, 1, 0]);
        assert_eq!(only(desk).outcome, Outcome::Yes);
    });
}

#[test]
fn a_changed_row_that_is_wrong_changes_nothing_and_stops_nobody() {
    on_each(|desk| {
        let head = "id,prospect,outcome,at,channel\n";
        bring(desk, &format!("{head}1,Ada,no,2026-11-02,call\n"));
        let before = only(desk);
        let file = format!("{head}1,Ada,yes,2031-01-01,call\n2,Bram,no,2026-11-02,call\n");
        let done = bring(desk, &file);
        assert_eq!((done.errors_in_all, done.attempts), (1, 1));
        assert_eq!(done.errors[0].line, 2);
        assert_eq!(desk.attempt(before.id), before);
    });
}

/// Another mapping over the same file: what was nobody gets a name, nothing is doubled.
#[test]
fn another_mapping_corrects_instead_of_doubling() {
    on_each(|desk| {
        let file = "who;result;what;tries\nAda Merrow;nein;zu teuer;2\nBram Osei;ja;;1\n";
        let mut mapping = mapped(&[(Field::Outcome, "result")]);
        mapping.format = Some(Format::Generic);
        let bring = |m: &Mapping| figures(&try_bring(desk, file, m, Options::default()).unwrap());
        assert_eq!(bring(&mapping), [2, 2, 2, 1, 0, 0, 0, 0]);
        mapping.columns.push((Field::Prospect, "who".into()));
        mapping.columns.push((Field::Words, "what".into()));
        assert_eq!(bring(&mapping), [2, 0, 0, 0, 0, 2, 2, 0]);
        let names: Vec<String> = desk.prospects().into_iter().map(|p| p.name).collect();
        assert_eq!(names, ["Ada Merrow", "Bram Osei"]);
        mapping.columns.push((Field::Attempts, "tries".into()));
        assert_eq!(bring(&mapping), [2, 0, 1, 0, 0, 2, 1, 0]);
        assert_eq!(bring(&mapping), [2, 0, 0, 0, 0, 2, 0, 0]);
        let standing = || desk.attempts().into_iter().filter(|a| !a.voided).count();
        assert_eq!(standing(), 3);
        // Without them again: a column that is not mapped says nothing, and all stay.
        mapping.columns.pop();
        assert_eq!(bring(&mapping)[2], 0);
        assert_eq!(standing(), 3);
        assert_eq!(desk.attempts().len(), 3);
    });
}

#[test]
fn what_was_undone_by_hand_stays_undone() {
    on_each(|desk| {
        let file = |tries: u32, words: &str| {
            format!("id,prospect,outcome,attempts,words\n1,Ada,no,{tries},{words}\n")
        };
        bring(desk, &file(3, "one"));
        let all = desk.attempts();
        let earlier = all[0].id;
        desk.act(move |act, me| ledger::undo(act, me, earlier));
        bring(desk, &file(4, "two"));
        assert!(desk.attempt(earlier).voided);
        let standing = desk.attempts().iter().filter(|a| !a.voided).count();
        assert_eq!(standing, 3);
        let last = all[2].id;
        desk.act(move |act, me| ledger::undo(act, me, last));
        bring(desk, &file(4, "three"));
        assert!(desk.attempt(last).voided);
    });
}

#[test]
fn what_people_wrote_and_moved_stays_when_the_row_changes_elsewhere() {
    on_each(|desk| {
        let file = |stage: &str| {
            format!("id,prospect,outcome,stage,channel\n1,Ada Merrow,no,{stage},call\n")
        };
        bring(desk, &file("opener"));
        let id = only(desk).id;
        let bram = desk.log("Bram Osei", Outcome::No);
        let (to, gone) = (bram.who.id, bram.attempt.id);
        desk.act(move |act, me| {
            ledger::undo(act, me, gone)?;
            ledger::add_reason(act, me, &[id], "N4", SaidBy::Prospect, Some("too dear"))?;
            let c = Correction {
                prospect: Some(to),
                pitch: Some("Short".into()),
                ..Correction::default()
            };
            ledger::correct(act, me, id, c)
        });
        bring(desk, &file("demo"));
        let now = desk.attempt(id);
        assert_eq!(now.stage, domain::Stage::Demo);
        assert_eq!(now.prospect, to);
        assert_eq!(now.words.as_deref(), Some("too dear"));
        assert_eq!(now.reasons.leading(), Some(("N4", SaidBy::Prospect)));
        assert!(now.pitch.is_some());
    });
}

#[test]
fn a_row_that_names_somebody_else_moves_to_them() {
    on_each(|desk| {
        let file = |who: &str| format!("id,prospect,outcome,channel\n1,{who},no,call\n");
        bring(desk, &file("Ada Merrow"));
        assert_eq!(
            figures(&bring(desk, &file("Bram Osei"))),
            [1, 1, 0, 0, 0, 1, 1, 0]
        );
        assert_eq!(only(desk).prospect, desk.find_one("Bram Osei"));
    });
}

/// An import that corrects history years old asks nobody to come back.
#[test]
fn corrected_history_makes_no_late_follow_up() {
    on_each(|desk| {
        let file = |outcome: &str, at: &str| {
            format!("id,prospect,outcome,at,channel\n1,Ada,{outcome},{at},call\n")
        };
        bring(desk, &file("no", "2024-03-01"));
        bring(desk, &file("not_now", "2024-03-01"));
        assert!(desk.act(app::today::page).due.is_empty());
        let ada = desk.find_one("Ada");
        let open = || {
            desk.look(move |tx| store::tables::follow_up::open_of_prospect(tx, ada))
                .len()
        };
        assert_eq!(open(), 0);
        bring(desk, &file("send_info", "2026-11-19"));
        assert_eq!(open(), 1);
    });
}

#[test]
fn a_merged_prospect_is_recognised_and_stays_merged() {
    on_each(|desk| {
        let file = |outcome: &str| {
            format!(
                "id,prospect,email,outcome,channel\n1,A. Merrow,old@merrow.example,{outcome},call\n"
            )
        };
        bring(desk, &file("no"));
        let old = only(desk).prospect;
        let new = desk.log("Ada Merrow", Outcome::No);
        let (into, gone) = (new.who.id, new.attempt.id);
        desk.act(move |act, me| {
            ledger::undo(act, me, gone)?;
            app::prospects::merge(act, me, old, into)
        });
        assert_eq!(
            figures(&bring(desk, &file("yes"))),
            [1, 0, 0, 0, 0, 1, 1, 0]
        );
        assert_eq!(only(desk).prospect, old);
        let more = "id,prospect,email,outcome,channel\n2,A. Merrow,old@merrow.example,no,call\n";
        bring(desk, more);
        let newest = desk
            .attempts()
            .into_iter()
            .find(|a| a.source.id.as_deref() == Some("2"));
        assert_eq!(newest.unwrap().prospect, into);
        assert_eq!(desk.stored(old).root, into);
    });
}

/// What somebody asked for last counts, in one import and in the next; what was set by hand stays.
#[test]
fn an_import_leaves_one_thing_to_come_back_to() {
    on_each(|desk| {
        let head = "id,prospect,outcome,at,channel\n";
        let open = |desk: &Desk| {
            let ada = desk.find_one("Ada");
            desk.look(move |tx| store::tables::follow_up::open_of_prospect(tx, ada))
        };
        let file = "2,Ada,not_now,2026-11-12,call\n1,Ada,not_now,2026-11-10,call\n\
            3,Ada,not_now,2021-03-01,call\n";
        bring(desk, &format!("{head}{file}"));
        let first = open(desk);
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].due, When::Day(date(2026, 11, 26)));
        let (me, ada) = (desk.me.clone(), desk.find_one("Ada"));
        desk.act(move |act, _| {
            let day = When::Day(date(2026, 12, 24));
            app::follow_ups::set(act, &me, ada, None, day, "a card")
        });
        bring(desk, &format!("{head}4,Ada,not_now,2026-11-11,call\n"));
        assert_eq!(open(desk)[0].id, first[0].id);
        bring(desk, &format!("{head}5,Ada,not_now,2026-11-14,call\n"));
        let days: Vec<When> = open(desk).iter().map(|f| f.due).collect();
        assert_eq!(
            days,
            [date(2026, 11, 28), date(2026, 12, 24)].map(When::Day)
        );
    });
}

/// A file longer than one transaction, and rows that meet across its border.
#[test]
fn chunks_do_not_show() {
    on_each(|desk| {
        let mut file = String::from("prospect,email,outcome,channel,words\n");
        let words = "no ".repeat(20_000);
        for n in 0..80 {
            let who = n % 40;
            file.push_str(&format!("P{who},p{who}@x.example,no,call,{words}\n"));
        }
        assert_eq!(figures(&bring(desk, &file)), [80, 40, 80, 0, 0, 0, 0, 0]);
        assert_eq!(figures(&bring(desk, &file)), [80, 0, 0, 0, 0, 80, 0, 0]);
    });
}

#[test]
fn deals_that_close_and_change_keep_their_title_in_history() {
    on_each(|desk| {
        let file = |title: &str| format!("id,deal,prospect,outcome\n1,{title},Ada,open\n");
        bring(desk, &file("Shelves"));
        bring(desk, &file("Doors"));
        let d = desk.look(|tx| deal::by_source_id(tx, "1")).remove(0);
        assert_eq!(d.title, "Doors");
        let line = desk.lines(d.id.as_bytes()).remove(0);
        assert!(line.before.unwrap().contains("Shelves"));
        assert_eq!(desk.attempts().len(), 0);
        let day = When::Day(date(2026, 11, 2));
        bring(
            desk,
            "id,deal,prospect,outcome,at\n1,Doors,Ada,won,2026-11-02\n",
        );
        assert_eq!(only(desk).when, day);
    });
}

/// Fewer columns mapped than before: what they said stays.
#[test]
fn a_column_that_is_not_mapped_takes_nothing_away() {
    on_each(|desk| {
        let file = "wer;ergebnis;am;grund;sagt\nAda Merrow;nein;2026-03-02;Preis;zu teuer\n";
        let mut mapping = mapped(&[(Field::Outcome, "ergebnis"), (Field::Prospect, "wer")]);
        mapping.format = Some(Format::Generic);
        let few = mapping.clone();
        for (field, column) in [
            (Field::At, "am"),
            (Field::Reason, "grund"),
            (Field::Words, "sagt"),
        ] {
            mapping.columns.push((field, column.into()));
        }
        try_bring(desk, file, &mapping, Options::default()).unwrap();
        let before = only(desk);
        try_bring(desk, file, &few, Options::default()).unwrap();
        assert_eq!(only(desk), before);
    });
}

/// Row 1 of one table is not row 1 of another.
#[test]
fn the_same_ids_in_tables_of_different_columns_are_different_rows() {
    on_each(|desk| {
        let calls = "no,caller,end\n1,Ada,no\n2,Bram,yes\n";
        let mails = "no,writer,answer\n1,Carla,no\n2,Dov,no\n";
        let mapping = |who: &str, what: &str| {
            mapped(&[
                (Field::Id, "no"),
                (Field::Prospect, who),
                (Field::Outcome, what),
            ])
        };
        try_bring(desk, calls, &mapping("caller", "end"), Options::default()).unwrap();
        let done = try_bring(
            desk,
            mails,
            &mapping("writer", "answer"),
            Options::default(),
        )
        .unwrap();
        assert_eq!(figures(&done), [2, 2, 2, 0, 0, 0, 0, 0]);
        let again = try_bring(desk, calls, &mapping("caller", "end"), Options::default()).unwrap();
        assert_eq!(figures(&again), [2, 0, 0, 0, 0, 2, 0, 0]);
    });
}
