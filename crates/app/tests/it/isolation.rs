//! Nobody reads or changes another person's attempts: an id of somebody else's answers as one that
//! is nobody's, and lists, search and exports hold one's own rows alone. Prospects, deals,
//! follow-ups and notes are everybody's to see.

use app::export::{self, Target};
use app::import::{self, Owner};
use app::ledger::{self, Correction, NewAttempt};
use app::noes::{self, Filter, Query, Sort};
use app::{Act, App, AppError, Kind, Member, Seller, accounts, call_list, deals, follow_ups};
use app::{labels, prospects, session, today};
use domain::{
    Attempt, AttemptId, DealState, FollowUpId, LabelKind, Outcome, Role, Roles, SaidBy, When,
};
use exchange::{Mapping, RowKind};
use jiff::civil::date;
use store::tables::{deal, ways};

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

fn by<T: Send + 'static>(
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

fn bring(app: &App, owner: impl Into<Owner>, file: &str) -> import::Imported {
    let (bytes, mapping) = (file.as_bytes().to_vec(), Mapping::default());
    import::run(
        app,
        owner,
        bytes,
        &mapping,
        import::Options::default(),
        |_| {},
    )
    .unwrap()
}

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
        // The same row with other words, by somebody else.
        let other = format!("{head}7,2026-11-02,Ada Merrow,yes,lovely\n");
        let done = bring(&desk.app, &desk.me, &other);
        assert_eq!((done.attempts, done.duplicates, done.corrected), (0, 1, 0));
        assert_eq!(desk.attempts(), before);
        let runs = desk.act(|act, me| import::latest(act, me, 9));
        assert_eq!(runs.len(), 1);
        // Her own export, changed, brought in by another.
        let (bytes, _) =
            export::write(&desk.app, &jun, Target::Csv, Filter::default(), Vec::new()).unwrap();
        let text = String::from_utf8(bytes)
            .unwrap()
            .replace("too dear", "lovely");
        let done = bring(&desk.app, &desk.me, &text);
        assert_eq!((done.attempts, done.corrected), (0, 0));
        assert_eq!(desk.attempts(), before);
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
        // An administrator brings everybody's.
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

/// A colleague is called something else from now on.
fn rename(desk: &Desk, who: &Member, name: &str) {
    let (id, name) = (who.id(), name.to_owned());
    desk.tend(move |act, admin| accounts::rename(act, admin, id, &name, ""));
}

#[test]
fn ids_brought_in_beforehand_under_anothers_name_catch_none_of_their_words() {
    on_each(|desk| {
        let admin = Owner::of(&member(desk, "Ines Marlowe")).unwrap();
        let eve = colleague(desk, "Eve Lark", &[Role::Seller]);
        let me = eve.seller().unwrap();
        let head = "id,date,prospect,outcome,words,rep\n";
        rename(desk, &eve, "Tom Birch");
        let planted = format!(
            "{head}1001,2026-11-02,Ada Merrow,no,x,Tom Birch\n1002,2026-11-02,Ben Oake,no,x,Tom Birch\n"
        );
        let renamed = member(desk, "Tom Birch").seller().unwrap();
        assert_eq!(bring(&desk.app, &renamed, &planted).attempts, 2);
        rename(desk, &eve, "Eve Lark");
        let before = desk.attempts();
        let real = |n: u8| {
            format!(
                "{head}1001,2026-11-02,Ada Merrow,yes,zanzibar {n},Tom Birch\n\
                1002,2026-11-02,Ben Oake,no,zanzibar {n},Tom Birch\n\
                {n},2026-11-02,Cleo Vane,no,zanzibar,Tom Birch\n"
            )
        };
        let unseen = |n: u8| {
            let done = bring(&desk.app, admin.clone(), &real(n));
            assert_eq!((done.attempts, done.duplicates, done.corrected), (1, 2, 0));
            let hers: Vec<Attempt> = desk.attempts();
            let hers: Vec<Attempt> = hers.into_iter().filter(|a| a.owner == me.id()).collect();
            assert_eq!(hers, before);
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
        // He has no account, his rows wait for one, and he has taken them.
        unseen(1);
        unseen(2);
        let tom = colleague(desk, "Tom B.", &[Role::Seller]);
        let (from, to) = (
            desk.tend(|act, who| accounts::find(act, who, "Tom Birch"))
                .id,
            tom.id(),
        );
        desk.tend(move |act, who| accounts::claim(act, who, from, to));
        unseen(3);
        assert_eq!(desk.attempts().iter().filter(|a| a.owner == to).count(), 3);
    });
}

#[test]
fn nobody_takes_an_imported_seller_over_by_their_name() {
    on_each(|desk| {
        let admin = Owner::of(&member(desk, "Ines Marlowe")).unwrap();
        let eve = colleague(desk, "Eve Lark", &[Role::Seller]);
        let file = |id: u8| {
            format!("id,date,prospect,outcome,rep\n{id},2026-11-02,Ada Merrow,no,Tom Birch\n")
        };
        let next = |id: u8| bring(&desk.app, admin.clone(), &file(id));
        assert_eq!(next(1).placeholders, ["Tom Birch"]);
        let waiting = desk
            .tend(|act, who| accounts::find(act, who, "Tom Birch"))
            .id;
        rename(desk, &eve, "Tom Birch");
        assert_eq!(next(2).attempts, 1);
        let rows = |id| desk.attempts().iter().filter(|a| a.owner == id).count();
        assert_eq!((rows(waiting), rows(eve.id())), (2, 0));
        // Claimed by another, the name is two people's until it is told which.
        let tom = colleague(desk, "Tom B.", &[Role::Seller]).id();
        desk.tend(move |act, who| accounts::claim(act, who, waiting, tom));
        let done = next(3);
        assert_eq!((done.attempts, done.errors_in_all), (0, 1));
        rename(desk, &eve, "Eve Lark");
        assert_eq!(next(3).attempts, 1);
        assert_eq!((rows(tom), rows(eve.id())), (3, 0));
    });
}

#[test]
fn an_import_neither_links_to_nor_changes_a_colleagues_deal() {
    on_each(|desk| {
        let admin = Owner::of(&member(desk, "Ines Marlowe")).unwrap();
        let jun = colleague(desk, "Jun Calder", &[Role::Seller]);
        let hers = "id,deal,prospect,outcome,rep\n1,Shelves,Ada Merrow,open,Jun Calder\n";
        assert_eq!(bring(&desk.app, &jun.seller().unwrap(), hers).deals_open, 1);
        let deal = |id: &'static str| desk.look(move |tx| deal::by_source_id(tx, id));
        let before = deal("1");
        assert_eq!((before.len(), before[0].owner), (1, jun.id()));
        // The row itself, by another, and by an administrator for another.
        let won = "id,deal,prospect,outcome,rep\n1,Doors,Ada Merrow,won,Ines Marlowe\n";
        for owner in [Owner::from(&desk.me), admin.clone()] {
            let done = bring(&desk.app, owner, won);
            assert_eq!((done.attempts, done.corrected), (0, 0));
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
            assert_ne!(desk.attempts()[0].deal, Some(before[0].id));
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
