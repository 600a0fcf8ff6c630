//! Forgetting somebody leaves figures and nothing that names them.

use app::export::{self, Target};
use app::import::{self, Options};
use app::ledger::{self, Correction, NewAttempt, WhoRef};
use app::noes::{Filter, Query};
use app::{Kind, prospects};
use domain::{Money, Outcome, ProspectId, SaidBy, When};
use exchange::Mapping;
use jiff::civil::date;
use store::tables::{call_list, counts, deal, follow_up, forget};
use testkit::db::Backend;

use crate::made::{Desk, contact, with};

/// Words that stand nowhere else.
const TELLING: &[&str] = &[
    "xanthippe",
    "vantablack",
    "quillfeatherstone",
    "79460182",
    "7946 0182",
    "obsidian",
    "marmalade",
    "zugzwang",
    "tourmaline",
    "widdershins",
    "crm-4711-id",
];

/// Somebody about whom everything there is was written, in every place there is.
fn known(desk: &Desk) -> ProspectId {
    let ada = desk
        .prospect(prospects::Contact {
            language: "pt".into(),
            segment: "Retail".into(),
            ..contact(
                "Xanthippe Vantablack",
                "Quillfeatherstone",
                "xanthippe@vantablack.example",
                "+44 20 7946 0182",
            )
        })
        .id;
    desk.log("Bram Osei", Outcome::No);
    let a = desk
        .log_new(NewAttempt {
            words: Some("my brother Obsidian does it".into()),
            at: Some(When::Day(date(2026, 10, 2))),
            ..NewAttempt::new(WhoRef::Id(ada), Outcome::No)
        })
        .unwrap()
        .attempt
        .id;
    desk.act(move |act, me| {
        let c = Correction {
            words: Some("Obsidian and Marmalade".into()),
            ..Correction::default()
        };
        ledger::correct(act, me, a, c)?;
        let c = Correction {
            words: Some("said nothing".into()),
            outcome: Some(Outcome::SendInfo),
            ..Correction::default()
        };
        ledger::correct(act, me, a, c)?;
        prospects::add_note(act, me, ada, Some(a), "Zugzwang at home")?;
        let due = When::Day(date(2026, 12, 1));
        app::follow_ups::set(act, me, ada, Some(a), due, "Tourmaline first")?;
        let value = Money {
            hundredths: 100,
            currency: "EUR".into(),
        };
        let deal = app::deals::open(act, me, ada, "Widdershins for Xanthippe", Some(value))?;
        let new = NewAttempt {
            reason: Some("N4".into()),
            ..NewAttempt::new(WhoRef::Id(ada), Outcome::No)
        };
        app::deals::close(act, me, deal.id, new)?;
        app::deals::reopen(act, me, deal.id)?;
        app::call_list::paste(act, me, "Xanthippe Vantablack")?;
        // Called something else for a while, and merged with another spelling.
        let renamed = contact("X. Obsidian", "Marmalade", "x@zugzwang.example", "");
        prospects::edit(act, me, ada, &renamed)?;
        let back = contact(
            "Xanthippe Vantablack",
            "Quillfeatherstone",
            "xanthippe@vantablack.example",
            "+44 20 7946 0182",
        );
        prospects::edit(act, me, ada, &back)?;
        let other = prospects::create(act, &contact("Xanthippe V.", "", "", ""))?;
        prospects::merge(act, me, other.id, ada)
    });
    // And brought in by a file, with a reason that names them.
    let file = "id,email,outcome,reason,words,deal,channel,at\n\
        crm-4711-id,xanthippe@vantablack.example,no,Prefers Tourmaline,zugzwang,Widdershins,call,2026-09-01\n";
    bring(desk, file);
    ada
}

fn bring(desk: &Desk, file: &str) -> import::Imported {
    import::run(
        &desk.app,
        &desk.me,
        file.as_bytes().to_vec(),
        &Mapping::default(),
        Options::default(),
        |_| {},
    )
    .unwrap()
}

/// Everything the database files or tables hold, in lower case.
fn everything(desk: &Desk) -> Vec<(String, String)> {
    match desk.fresh.backend {
        Backend::Sqlite => std::fs::read_dir(desk.fresh.dir().unwrap())
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let bytes = std::fs::read(&path).unwrap();
                let text = String::from_utf8_lossy(&bytes).to_lowercase();
                (path.display().to_string(), text)
            })
            .collect(),
        Backend::Postgres => {
            let mut client = postgres::Client::connect(&desk.fresh.url, postgres::NoTls).unwrap();
            let tables = client
                .query(
                    "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
                    &[],
                )
                .unwrap();
            tables
                .iter()
                .map(|row| {
                    let table: String = row.get(0);
                    let rows = client
                        .query(&format!("SELECT t::text FROM {table} t"), &[])
                        .unwrap();
                    let text: String = rows.iter().map(|r| r.get::<_, String>(0)).collect();
                    (table, text.to_lowercase())
                })
                .collect()
        }
    }
}

fn exported(desk: &Desk, target: Target) -> String {
    let (out, _) =
        export::write(&desk.app, &desk.me, target, Filter::default(), Vec::new()).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn nothing_that_names_them_is_left_and_the_figures_stay() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let ada = known(&desk);
        let there = everything(&desk);
        for wanted in TELLING {
            // Otherwise this test would find nothing afterwards for a wrong reason.
            let found = there.iter().any(|(_, text)| text.contains(wanted));
            assert!(found || *wanted == "79460182", "{wanted}");
        }
        let before = (desk.look(counts::all), desk.page(Query::default()).figures);
        let kept: Vec<_> = desk
            .attempts()
            .into_iter()
            .map(|a| (a.id, a.outcome, a.when, a.segment, a.stage, a.value))
            .collect();
        prospects::forget(&desk.app, &desk.me, ada).unwrap();

        for (place, text) in everything(&desk) {
            for wanted in TELLING {
                assert!(!text.contains(wanted), "{wanted} in {place}");
            }
        }
        for target in [Target::Csv, Target::Json] {
            let text = exported(&desk, target).to_lowercase();
            assert!(TELLING.iter().all(|word| !text.contains(word)), "{text}");
        }
        for word in TELLING {
            assert!(desk.find(word).is_empty());
            let query = Query {
                text: (*word).into(),
                ..Query::default()
            };
            assert!(desk.page(query).rows.is_empty());
        }
        let after = (desk.look(counts::all), desk.page(Query::default()).figures);
        assert_eq!(before, after);
        let now: Vec<_> = desk
            .attempts()
            .into_iter()
            .map(|a| (a.id, a.outcome, a.when, a.segment, a.stage, a.value))
            .collect();
        assert_eq!(kept, now);
        desk.derived_stand();

        // What is open with them is over.
        let page = desk.act(move |act, me| prospects::page(act, me, ada));
        assert!(page.prospect.forgotten && page.notes.is_empty() && page.follow_ups.is_empty());
        assert!(page.attempts.iter().all(|a| a.words.is_none()));
        let me = desk.me.id();
        assert!(
            desk.look(move |tx| call_list::next(tx, me, i64::MAX, 9))
                .is_empty()
        );
        assert!(
            desk.look(move |tx| follow_up::due_by(tx, me, i64::MAX, 9))
                .is_empty()
        );
        // Bram, who has nothing to do with it, is as he was.
        assert_eq!(desk.find("bram"), ["Bram Osei"]);
    }
}

#[test]
fn nothing_is_written_about_somebody_forgotten() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let logged = desk.log("Ada Merrow", Outcome::No);
        let (ada, a) = (logged.who.id, logged.attempt.id);
        let bram = desk.log("Bram Osei", Outcome::No).who.id;
        prospects::forget(&desk.app, &desk.me, ada).unwrap();
        let due = When::Day(date(2026, 12, 1));
        let refused = [
            desk.attempt_to(move |act, me| {
                let new = NewAttempt::new(WhoRef::Id(ada), Outcome::No);
                ledger::log(act, me, new).map(drop)
            }),
            desk.attempt_to(move |act, me| {
                let c = Correction {
                    words: Some("it was Ada".into()),
                    ..Correction::default()
                };
                ledger::correct(act, me, a, c).map(drop)
            }),
            desk.attempt_to(move |act, me| {
                ledger::add_reason(act, me, &[a], "N1", SaidBy::Prospect, Some("it was Ada"))
            }),
            desk.attempt_to(move |act, me| {
                prospects::add_note(act, me, ada, None, "Ada").map(drop)
            }),
            desk.attempt_to(move |act, me| {
                prospects::edit(act, me, ada, &contact("Ada", "", "", "")).map(drop)
            }),
            desk.attempt_to(move |act, me| {
                app::follow_ups::set(act, me, ada, None, due, "Ada").map(drop)
            }),
            desk.attempt_to(move |act, me| app::deals::open(act, me, ada, "Ada", None).map(drop)),
            desk.attempt_to(move |act, me| prospects::merge(act, me, ada, bram)),
            desk.attempt_to(move |act, me| prospects::merge(act, me, bram, ada)),
            desk.attempt_to(move |act, me| prospects::set_do_not_contact(act, me, ada, true)),
        ];
        for (n, result) in refused.into_iter().enumerate() {
            assert_eq!(result.unwrap_err().kind, Kind::Conflict, "{n}");
        }
        // Figures may still be put right, and the same name is somebody new.
        desk.act(move |act, me| ledger::set_outcome(act, me, &[a], Outcome::NoReply));
        assert_ne!(desk.log("Ada Merrow", Outcome::No).who.id, ada);
        desk.derived_stand();
    }
}

const TWO: &str = "id,email,prospect,outcome,words,channel\n\
    1,ada@whitlock.example,Ada Merrow,no,never again,call\n\
    2,bram@osei.example,Bram Osei,no,perhaps,call\n";

#[test]
fn a_forgotten_row_is_neither_corrected_nor_made_again() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        bring(&desk, TWO);
        let ada = desk.find_one("Ada Merrow");
        prospects::forget(&desk.app, &desk.me, ada).unwrap();
        let before = (desk.attempts(), desk.prospects());
        let same = bring(&desk, TWO);
        assert_eq!((same.attempts, same.prospects, same.duplicates), (0, 0, 2));
        let changed = TWO
            .replace("never again", "never ever")
            .replace("no,never", "yes,never");
        let again = bring(&desk, &changed);
        assert_eq!(
            (again.attempts, again.prospects, again.corrected),
            (0, 0, 0)
        );
        assert_eq!(before, (desk.attempts(), desk.prospects()));
        for (place, text) in everything(&desk) {
            assert!(
                !text.contains("merrow") && !text.contains("never ever"),
                "{place}"
            );
        }
        desk.derived_stand();
    }
}

#[test]
fn what_was_exported_before_does_not_come_back() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        desk.log_new(NewAttempt {
            words: Some("not for us".into()),
            ..with("Ada Merrow, Whitlock, ada@whitlock.example", Outcome::No)
        })
        .unwrap();
        let file = exported(&desk, Target::Csv);
        let ada = desk.find_one("Ada Merrow");
        prospects::forget(&desk.app, &desk.me, ada).unwrap();
        let done = bring(&desk, &file);
        assert_eq!((done.attempts, done.prospects, done.corrected), (0, 0, 0));
        assert!(desk.find("merrow").is_empty());
        assert!(desk.attempts()[0].words.is_none());
    }
}

/// An attempt that came in with one person and was moved to another, who was then forgotten.
#[test]
fn a_row_that_was_moved_is_forgotten_with_whoever_had_it() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        bring(&desk, TWO);
        let (ada, bram) = (desk.find_one("Ada Merrow"), desk.find_one("Bram Osei"));
        let a = desk
            .attempts()
            .into_iter()
            .find(|a| a.prospect == ada)
            .unwrap()
            .id;
        desk.act(move |act, me| {
            let c = Correction {
                prospect: Some(bram),
                ..Correction::default()
            };
            ledger::correct(act, me, a, c)
        });
        prospects::forget(&desk.app, &desk.me, bram).unwrap();
        let done = bring(&desk, &TWO.replace("never again", "never ever"));
        assert_eq!(done.corrected, 0);
        assert_eq!(desk.attempt(a).words, None);
        assert_eq!(desk.attempt(a).prospect, bram);
        // Ada herself was not forgotten.
        assert_eq!(desk.find("merrow"), ["Ada Merrow"]);
    }
}

/// A deal whose row named nobody, served by the asks of one person or of two.
#[test]
fn a_deal_that_came_without_anybody_goes_with_the_last_who_was_asked() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let deals = "id,deal,outcome\nd1,Obsidian for Ada,open\nd2,Shelves,open\n";
        let asks = "id,prospect,outcome,channel,deal\n\
            1,Ada Merrow,no,call,Obsidian for Ada\n\
            2,Ada Merrow,no,call,Shelves\n3,Bram Osei,no,call,Shelves\n";
        assert_eq!(bring(&desk, deals).deals_open, 2);
        assert_eq!(bring(&desk, asks).attempts, 3);
        let titles = |desk: &Desk| {
            let mut all: Vec<String> = desk
                .act(|act, me| Ok(deal::open(act.tx, me.id(), 10)?))
                .into_iter()
                .map(|d| d.title)
                .collect();
            all.sort();
            all
        };
        prospects::forget(&desk.app, &desk.me, desk.find_one("Ada Merrow")).unwrap();
        assert_eq!(titles(&desk), ["", "Shelves"]);
        assert!(
            everything(&desk)
                .iter()
                .all(|(_, text)| !text.contains("obsidian"))
        );
        // Its row says something else now, and is not heard.
        let done = bring(&desk, &deals.replace("for Ada", "for Ada Merrow"));
        assert_eq!(done.corrected, 0);
        assert_eq!(titles(&desk), ["", "Shelves"]);
        prospects::forget(&desk.app, &desk.me, desk.find_one("Bram Osei")).unwrap();
        assert_eq!(titles(&desk), ["", ""]);
    }
}

#[test]
fn do_not_contact_survives_forgetting() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        bring(&desk, TWO);
        let (ada, bram) = (desk.find_one("Ada Merrow"), desk.find_one("Bram Osei"));
        desk.act(move |act, me| prospects::set_do_not_contact(act, me, ada, true));
        prospects::forget(&desk.app, &desk.me, ada).unwrap();
        prospects::forget(&desk.app, &desk.me, bram).unwrap();
        assert_eq!(desk.look(forget::list).len(), 2);
        // A new row about the same person, by address, and by name alone.
        let file = "id,email,prospect,outcome,channel\n\
            77,ADA@whitlock.example,A. M.,no,call\n\
            78,,Ada Merrow,no,call\n\
            79,bram@osei.example,Bram Osei,no,call\n";
        assert_eq!(bring(&desk, file).prospects, 3);
        for p in desk.prospects().iter().filter(|p| !p.forgotten) {
            let stopped = p.do_not_contact.is_some();
            assert_eq!(stopped, p.name != "Bram Osei", "{p:?}");
        }
        let pasted = desk.act(|act, me| {
            app::call_list::paste(act, me, "Somebody, ada@whitlock.example\nBram Osei")
        });
        assert_eq!((pasted.left_alone, pasted.added), (1, 1));
        let by_hand = desk.prospect(contact("ada  MERROW", "", "", ""));
        assert!(by_hand.do_not_contact.is_some());
    }
}
