//! Whose rows a file brings in: a seller's their own, an administrator's each its seller's, whoever calls
//! themselves what and whoever brought in what before.

use app::export::{self, Target};
use app::import::{self, Owner, RowsGo};
use app::noes::{self, Filter, Query};
use app::{App, Member, accounts, labels, settings};
use domain::{DealState, LabelKind, PersonId, Role, Roles, Standing};
use exchange::{Mapping, RowKind};
use store::tables::{deal, ways};

use crate::isolation::{by, colleague, member};
use crate::made::{Desk, lisbon, on_each};
use crate::provider::{claims, come, connected};

pub(crate) fn bring(app: &App, owner: impl Into<Owner>, file: &str) -> import::Imported {
    bring_so(app, owner, file, import::Options::default())
}

fn bring_so(
    app: &App,
    owner: impl Into<Owner>,
    file: &str,
    options: import::Options,
) -> import::Imported {
    let (bytes, mapping) = (file.as_bytes().to_vec(), Mapping::default());
    import::run(app, owner, bytes, &mapping, options, |_| {}).unwrap()
}

const TRIAL: import::Options = import::Options {
    dry_run: true,
    strict: false,
};

#[test]
fn an_import_neither_corrects_nor_reveals_what_is_somebody_elses() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller])
            .seller()
            .unwrap();
        let head = "id,date,prospect,outcome,words\n";
        let first = format!("{head}7,2026-11-02,Ada Merrow,no,too dear\n");
        assert_eq!(bring(&desk.app, &jun, &first).attempts, 1);
        let before = desk.attempts();
        // The same row with other words, by somebody else: their own, as if hers were not there.
        let other = format!("{head}7,2026-11-02,Ada Merrow,yes,lovely\n");
        for options in [TRIAL, import::Options::default()] {
            let done = bring_so(&desk.app, &desk.me, &other, options);
            assert_eq!((done.attempts, done.duplicates, done.corrected), (1, 0, 0));
        }
        let hers = || {
            let mut all = desk.attempts();
            all.retain(|a| a.owner == jun.id());
            all
        };
        assert_eq!(hers(), before);
        let runs = desk.act(|act, me| import::latest(act, me, 9));
        assert_eq!(runs.len(), 1);
        // Her own export, changed, brought in by another.
        let (bytes, _) =
            export::write(&desk.app, &jun, Target::Csv, Filter::default(), Vec::new()).unwrap();
        let text = String::from_utf8(bytes)
            .unwrap()
            .replace("too dear", "lovely");
        let done = bring(&desk.app, &desk.me, &text);
        assert_eq!((done.attempts, done.duplicates, done.corrected), (1, 0, 0));
        let again = bring(&desk.app, &desk.me, &text);
        assert_eq!((again.attempts, again.duplicates), (0, 1));
        assert_eq!(hers(), before);
        // She corrects it herself.
        let done = bring(&desk.app, &jun, &text);
        assert_eq!((done.attempts, done.corrected), (0, 1));
    });
}

#[test]
fn rows_belong_to_the_seller_they_name() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller]);
        let ines = member(desk, "Ines Marlowe");
        let file = "id,date,prospect,outcome,rep\n\
            1,2026-11-02,Ada Merrow,no,JUN CALDER\n\
            2,2026-11-02,Ben Oake,no,\n\
            3,2026-11-02,Cleo Vane,yes,Rafe Dunmore\n";
        // A seller brings in their own alone.
        let done = bring(&desk.app, &jun.seller().unwrap(), file);
        assert_eq!((done.attempts, done.errors_in_all), (2, 1));
        assert_eq!(
            (done.errors[0].line, done.errors[0].column.as_str()),
            (4, "rep")
        );
        assert!(
            done.errors[0].reason.contains("administrator"),
            "{:?}",
            done.errors
        );
        assert!(desk.attempts().iter().all(|a| a.owner == jun.id()));
        // An administrator brings everybody's; what she brought in herself is found under her name.
        let file = &file.replace("no,\n", "no,Jun Calder\n");
        let done = bring(&desk.app, Owner::of(&ines).unwrap(), file);
        assert_eq!(
            (done.attempts, done.duplicates, done.errors_in_all),
            (1, 2, 0)
        );
        assert_eq!(done.placeholders, ["Rafe Dunmore"]);
        let rafe = desk.tend(|act, who| accounts::find(act, who, "Rafe Dunmore"));
        assert_eq!(rafe.standing, domain::Standing::Placeholder);
        assert_eq!(
            desk.attempts()
                .iter()
                .filter(|a| a.owner == rafe.id)
                .count(),
            1
        );
        assert_eq!(desk.page(Query::default()).figures.attempts, 0);
        // What was brought in for a placeholder is corrected by the next file, as theirs.
        let changed = file.replace("yes,Rafe", "no,Rafe");
        let done = bring(&desk.app, Owner::of(&ines).unwrap(), &changed);
        assert_eq!((done.attempts, done.corrected), (0, 1));
        // Claimed: rows that come later under that name are the claimant's.
        let (from, to) = (rafe.id, jun.id());
        desk.tend(move |act, who| accounts::claim(act, who, from, to));
        let more = "id,date,prospect,outcome,rep\n9,2026-11-03,Cleo Vane,yes,Rafe Dunmore\n";
        let done = bring(&desk.app, Owner::of(&ines).unwrap(), more);
        assert_eq!((done.attempts, done.placeholders.len()), (1, 0));
        assert!(desk.attempts().iter().all(|a| a.owner == jun.id()));
    });
}

#[test]
fn a_solo_sellers_own_export_just_works() {
    on_each(|desk| {
        let ines = member(desk, "Ines Marlowe");
        let file = "id,date,prospect,outcome,rep\n\
            1,2026-11-02,Ada Merrow,no,I. Marlowe (north)\n\
            2,2026-11-02,Ben Oake,no,\n";
        let done = bring(&desk.app, Owner::of(&ines).unwrap(), file);
        assert_eq!((done.attempts, done.placeholders.len()), (2, 0));
        assert_eq!(desk.page(Query::default()).figures.attempts, 2);
        // Alone, with nothing set up: a whole history is theirs, under whatever names.
        let all = "id,date,prospect,outcome,rep\n\
            6,2026-11-02,Ada Merrow,no,Rafe Dunmore\n\
            7,2026-11-02,Ben Oake,no,Jun Calder\n";
        let done = bring(&desk.app, Owner::of(&ines).unwrap(), all);
        assert_eq!((done.attempts, done.placeholders.len()), (2, 0));
        assert_eq!(desk.page(Query::default()).figures.attempts, 4);
        // With a way in it may be many people's: several names are several people.
        desk.tend(|act, who| {
            Ok(ways::set_password(
                act.tx,
                who.id(),
                "$argon2id$made-up",
                1,
            )?)
        });
        let several = "id,date,prospect,outcome,rep\n\
            3,2026-11-02,Ada Merrow,no,Rafe Dunmore\n\
            4,2026-11-02,Ben Oake,no,ines marlowe\n\
            5,2026-11-02,Ben Oake,no,Rafe  Dunmore\n";
        let done = bring(&desk.app, Owner::of(&ines).unwrap(), several);
        assert_eq!((done.attempts, done.errors_in_all), (3, 0));
        assert_eq!(done.placeholders, ["Rafe Dunmore"]);
        assert_eq!(desk.page(Query::default()).figures.attempts, 5);
    });
}

/// A colleague calls themselves something else from now on.
fn rename(desk: &Desk, who: &Member, name: &str) -> Member {
    let (me, called) = (who.clone(), name.to_owned());
    desk.act(move |act, _| {
        settings::update_profile(act, &me, &called, lisbon(), "en", true)?;
        accounts::set_email(act, &me, "tom@example.com")
    });
    member(desk, &who.id().to_string())
}

pub(crate) fn ines(desk: &Desk) -> Owner {
    Owner::of(&member(desk, "Ines Marlowe")).unwrap()
}

pub(crate) fn rows_of(desk: &Desk, id: PersonId) -> usize {
    desk.attempts().iter().filter(|a| a.owner == id).count()
}

/// The only placeholder of a name.
pub(crate) fn waiting(desk: &Desk, name: &'static str) -> PersonId {
    desk.tend(move |act, who| accounts::find_placeholder(act, who, name))
        .id
}

#[test]
fn what_somebody_calls_themselves_neither_gains_nor_loses_rows() {
    on_each(|desk| {
        let eve = colleague(desk, "Eve Lark", &[Role::Seller]);
        let file = |id: u8| {
            format!(
                "id,date,prospect,outcome,rep\n\
                {id},2026-11-02,Ada Merrow,no,Tom Birch\n\
                1{id},2026-11-02,Ada Merrow,no,tom@example.com\n\
                2{id},2026-11-02,Ada Merrow,no,Eve Lark\n"
            )
        };
        // He has no account yet, and she calls herself like him, by name and address.
        let eve = rename(desk, &eve, "Tom Birch");
        let done = bring(&desk.app, ines(desk), &file(1));
        assert_eq!((done.attempts, done.errors_in_all), (3, 0));
        assert_eq!(done.placeholders, ["Tom Birch", "tom@example.com"]);
        assert_eq!(rows_of(desk, eve.id()), 1);
        let tom = waiting(desk, "Tom Birch");
        assert_eq!(rows_of(desk, tom), 1);
        // An administrator says so: then they are hers. Not while they wait for him.
        let id = eve.id();
        let give = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&n| n.to_owned()).collect();
            desk.attempt_to_tend(move |act, who| accounts::set_rep_names(act, who, id, &names))
        };
        assert_eq!(give(&["Tom Birch"]).unwrap_err().field, Some("rep_names"));
        give(&["E. Lark", "lark@example.com"]).unwrap();
        let more = "id,date,prospect,outcome,rep\n\
            31,2026-11-02,Ada Merrow,no,LARK@example.com\n32,2026-11-02,Ada Merrow,no,E.  Lark\n";
        assert_eq!(bring(&desk.app, ines(desk), more).attempts, 2);
        assert_eq!(rows_of(desk, id), 3);
        // The file from before still finds hers, whatever files call her now.
        let done = bring(&desk.app, ines(desk), &file(1));
        assert_eq!((done.attempts, done.duplicates), (0, 3));
    });
}

#[test]
fn ids_brought_in_beforehand_catch_none_of_anothers_words_and_stand_in_no_way() {
    on_each(|desk| {
        let eve = colleague(desk, "Eve Lark", &[Role::Seller]);
        let head = "id,date,prospect,outcome,words,rep\n";
        let eve = rename(desk, &eve, "Tom Birch");
        let planted = format!(
            "{head}1001,2026-11-02,Ada Merrow,no,x,Tom Birch\n1002,2026-11-02,Ben Oake,no,x,\n"
        );
        let me = eve.seller().unwrap();
        assert_eq!(bring(&desk.app, &me, &planted).attempts, 2);
        let hers = || {
            let mut all = desk.attempts();
            all.retain(|a| a.owner == me.id());
            all
        };
        let before = hers();
        let real = |n: u8| {
            format!(
                "{head}1001,2026-11-02,Ada Merrow,yes,zanzibar {n},Tom Birch\n\
                1002,2026-11-02,Ben Oake,no,zanzibar {n},Tom Birch\n"
            )
        };
        let unseen = |n: u8, expected: (u64, u64, u64)| {
            let done = bring(&desk.app, ines(desk), &real(n));
            assert_eq!((done.attempts, done.duplicates, done.corrected), expected);
            let again = bring(&desk.app, ines(desk), &real(n));
            assert_eq!(
                (again.attempts, again.duplicates, again.corrected),
                (0, 2, 0)
            );
            assert_eq!(hers(), before);
            // Nor does she learn from a trial that his are there.
            let guessed = format!(
                "{head}1001,2026-11-02,Ada Merrow,no,x,\n1003,2026-11-02,Ada Merrow,no,x,\n"
            );
            let done = bring_so(&desk.app, &me, &guessed, TRIAL);
            assert_eq!((done.attempts, done.duplicates), (1, 1));
            let query = Query {
                text: "zanzibar".into(),
                ..Query::default()
            };
            let page = by(&desk.app, &me, move |act, me| noes::page(act, me, &query)).unwrap();
            assert!(page.rows.is_empty());
            let target = Target::Csv;
            let (bytes, _) =
                export::write(&desk.app, &me, target, Filter::default(), Vec::new()).unwrap();
            assert!(!String::from_utf8(bytes).unwrap().contains("zanzibar"));
        };
        // He has no account, his rows wait for one, he has taken them, and he left.
        unseen(1, (2, 0, 0));
        unseen(2, (0, 2, 2));
        let tom = colleague(desk, "Tom B.", &[Role::Seller]);
        let (from, to) = (waiting(desk, "Tom Birch"), tom.id());
        let went = desk.tend(move |act, who| accounts::claim(act, who, from, to));
        assert_eq!((went.attempts, went.deals), (2, 0));
        unseen(3, (0, 2, 2));
        desk.tend(move |act, who| accounts::set_standing(act, who, to, Standing::Deactivated));
        unseen(4, (0, 2, 2));
        assert_eq!(rows_of(desk, to), 2);
        // His own file finds what an administrator brought in for him.
        let done = bring(
            &desk.app,
            &tom.seller().unwrap(),
            &real(4).replace("Tom Birch", ""),
        );
        assert_eq!((done.attempts, done.duplicates), (0, 2));
    });
}

#[test]
fn who_comes_by_a_provider_has_the_rows_of_their_verified_address_alone() {
    on_each(|desk| {
        connected(desk);
        let jun = come(desk, claims("jun", "jun@example.com", &[]), &[]).unwrap();
        assert_eq!(jun.name(), "jun by name");
        let file = "id,date,prospect,outcome,rep\n\
            1,2026-11-02,Ada Merrow,no,jun by name\n\
            2,2026-11-02,Ada Merrow,no,JUN@example.com\n";
        let done = bring(&desk.app, ines(desk), file);
        assert_eq!((done.attempts, rows_of(desk, jun.id())), (2, 1));
        assert_eq!(done.placeholders, ["jun by name"]);
    });
}

#[test]
fn a_name_that_two_are_called_by_is_asked_about() {
    on_each(|desk| {
        let file = |id: u8| {
            format!("id,date,prospect,outcome,rep\n{id},2026-11-02,Ada Merrow,no,Tom Birch\n")
        };
        colleague(desk, "Jun Calder", &[Role::Seller]);
        let next = |id: u8| bring(&desk.app, ines(desk), &file(id));
        assert_eq!(next(1).placeholders, ["Tom Birch"]);
        // Somebody new of that name: rows that wait go on waiting until they are claimed.
        let tom = colleague(desk, "Tom Birch", &[Role::Seller]).id();
        assert_eq!(next(2).attempts, 1);
        let from = waiting(desk, "Tom Birch");
        assert_eq!((rows_of(desk, from), rows_of(desk, tom)), (2, 0));
        desk.tend(move |act, who| accounts::claim(act, who, from, tom));
        assert_eq!(next(3).attempts, 1);
        assert_eq!(rows_of(desk, tom), 3);
        let roles = Roles::of(&[Role::Seller]);
        desk.tend(move |act, who| accounts::add(act, who, "Tom Birch", "t@example.com", roles));
        let done = next(4);
        assert_eq!((done.attempts, done.errors_in_all), (0, 1));
        let file = file(4).replace("Tom Birch", "t@example.com");
        assert_eq!(bring(&desk.app, ines(desk), &file).attempts, 1);
        assert_eq!(rows_of(desk, tom), 3);
    });
}

#[test]
fn an_administrator_sees_beforehand_whose_the_rows_would_be() {
    on_each(|desk| {
        let jun = colleague(desk, "Jun Calder", &[Role::Seller]);
        let gone = colleague(desk, "Rafe Dunmore", &[Role::Seller]).id();
        desk.tend(move |act, who| accounts::set_standing(act, who, gone, Standing::Deactivated));
        let first = "id,date,prospect,outcome,rep\n1,2026-11-02,Ada Merrow,no,Cleo Vane\n";
        bring(&desk.app, ines(desk), first);
        let file = "id,date,prospect,outcome,rep\n\
            1,2026-11-02,Ada Merrow,no,JUN CALDER\n\
            2,2026-11-02,Ada Merrow,no,Jun Calder\n\
            3,2026-11-02,Ada Merrow,no,Cleo Vane\n\
            4,2026-11-02,Ada Merrow,no,Dora Finch\n\
            5,2026-11-02,Ada Merrow,no,Rafe Dunmore\n\
            6,2026-11-02,Ada Merrow,no,\n";
        let people = || desk.look(store::tables::person::all).len();
        let before = people();
        let reps = |owner: Owner| {
            let bytes = file.as_bytes().to_vec();
            import::reps_of(&desk.app, owner, bytes, &Mapping::default()).unwrap()
        };
        let account = |person: PersonId, name: &str, active| RowsGo::Account {
            person,
            name: name.into(),
            email: String::new(),
            active,
        };
        let found: Vec<_> = (reps(ines(desk)).into_iter())
            .map(|r| (r.rep, r.rows, r.to))
            .collect();
        let me = desk.me.id();
        let expected = [
            ("JUN CALDER", 2, account(jun.id(), "Jun Calder", true)),
            ("", 1, account(me, "Ines Marlowe", true)),
            ("Cleo Vane", 1, RowsGo::Waiting),
            ("Dora Finch", 1, RowsGo::New),
            ("Rafe Dunmore", 1, account(gone, "Rafe Dunmore", false)),
        ];
        let expected = expected.map(|(rep, rows, to)| (rep.to_owned(), rows, to));
        assert_eq!(found, expected);
        assert!(reps(Owner::Mine(jun.seller().unwrap())).is_empty());
        assert_eq!(people(), before);
    });
}

#[test]
fn an_import_neither_links_to_nor_changes_a_colleagues_deal() {
    on_each(|desk| {
        let admin = Owner::of(&member(desk, "Ines Marlowe")).unwrap();
        let jun = colleague(desk, "Jun Calder", &[Role::Seller]);
        let hers = "id,deal,prospect,outcome,rep\n1,Shelves,Ada Merrow,open,Jun Calder\n";
        assert_eq!(bring(&desk.app, &jun.seller().unwrap(), hers).deals_open, 1);
        let her = jun.id();
        let deal = |id: &'static str| {
            let mut all = desk.look(move |tx| deal::by_source_id(tx, id));
            all.retain(|d| d.owner == her);
            all
        };
        let before = deal("1");
        assert_eq!((before.len(), before[0].owner), (1, jun.id()));
        // The row itself, by another, and by an administrator for another: theirs, beside hers.
        let won = "id,deal,prospect,outcome,rep\n1,Doors,Ada Merrow,won,Ines Marlowe\n";
        for (owner, attempts) in [(Owner::from(&desk.me), 1), (admin.clone(), 0)] {
            let done = bring(&desk.app, owner, won);
            assert_eq!((done.attempts, done.corrected), (attempts, 0));
        }
        assert_eq!(deal("1"), before);
        // An ask that names it, read as a deal after all.
        let file = "id,deal,prospect,outcome\n5,Shelves,Ada Merrow,lost\n";
        for rows in [RowKind::Asks, RowKind::Deals] {
            let mapping = Mapping {
                rows: Some(rows),
                ..Mapping::default()
            };
            let options = import::Options::default();
            let bytes = file.as_bytes().to_vec();
            import::run(&desk.app, &desk.me, bytes, &mapping, options, |_| {}).unwrap();
            let linked = desk.attempts().iter().any(|a| a.deal == Some(before[0].id));
            assert!(!linked);
        }
        assert_eq!(deal("1"), before);
        // For her, it is hers.
        let won = won.replace("Ines Marlowe", "Jun Calder");
        assert_eq!(bring(&desk.app, admin, &won).corrected, 1);
        assert_eq!(deal("1")[0].state, DealState::Won);
    });
}

#[test]
fn a_sellers_own_words_for_a_reason_become_no_label() {
    on_each(|desk| {
        let admin = Owner::of(&member(desk, "Ines Marlowe")).unwrap();
        let jun = colleague(desk, "Jun Calder", &[Role::Seller]);
        let all = || desk.act(|act, _| labels::all(act, LabelKind::Reason));
        let before = all();
        let known = &before[0];
        let file = format!(
            "id,date,prospect,outcome,reason,words\n\
            1,2026-11-02,Ada Merrow,no,Her sister sells zinc,not today\n\
            2,2026-11-02,Ben Oake,no,Her brother too,\n\
            3,2026-11-02,Cleo Vane,no,{},\n",
            known.label
        );
        assert_eq!(bring(&desk.app, &jun.seller().unwrap(), &file).attempts, 3);
        assert_eq!(all(), before);
        let mut rows = desk.attempts();
        rows.sort_by_key(|a| a.source.id.clone());
        let words: Vec<_> = rows.iter().map(|a| a.words.as_deref()).collect();
        let both = Some("Her sister sells zinc: not today");
        assert_eq!(words, [both, Some("Her brother too"), None]);
        let codes: Vec<_> = rows.iter().map(|a| a.reasons.leading()).collect();
        assert_eq!((codes[0], codes[1]), (None, None));
        assert_eq!(codes[2].map(|(code, _)| code), Some(known.code.as_str()));
        // An administrator's file makes one.
        let file = "id,date,prospect,outcome,reason\n9,2026-11-02,Ada Merrow,no,Sells zinc\n";
        bring(&desk.app, admin, file);
        assert_eq!(all().len(), before.len() + 1);
    });
}
