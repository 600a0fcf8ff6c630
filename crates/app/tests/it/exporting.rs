//! What is written out comes back: here it adds nothing, elsewhere it gives the same figures.

use app::export::{self, Target};
use app::import::{self, Imported, Options};
use app::ledger::{self, NewAttempt};
use app::noes::{Filter, Query};
use domain::{Channel, LossKind, Money, Outcome, SaidBy, Stage, Tally, When, Zone};
use exchange::{Format, Mapping};
use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::tables::counts;
use testkit::db::Backend;

use crate::importing::{bring, figures};
use crate::made::{Desk, on_each, thursday, with};

fn written(desk: &Desk, target: Target, filter: Filter) -> (String, u64) {
    let (out, done) = export::write(&desk.app, &desk.me, target, filter, Vec::new()).unwrap();
    (String::from_utf8(out).unwrap(), done.rows)
}

fn csv(desk: &Desk) -> String {
    written(desk, Target::Csv, Filter::default()).0
}

/// Counts without the person and with labels for codes, which differ between ledgers.
fn sums(desk: &Desk) -> Vec<(i64, String, Stage, Channel, Tally)> {
    let labels = desk.act(|act, _| app::labels::names(act, domain::LabelKind::Segment));
    let mut all: Vec<_> = desk
        .look(counts::all)
        .into_iter()
        .map(|(c, tally)| {
            let segment = labels.get(&c.segment).cloned().unwrap_or(c.segment);
            (c.month, segment, c.stage, c.channel, tally)
        })
        .collect();
    all.sort_by_key(|(month, segment, stage, channel, _)| {
        (*month, segment.clone(), *stage, *channel)
    });
    all
}

fn busy(desk: &Desk) {
    bring(
        desk,
        "id,prospect,outcome,attempts,at,channel,words,segment,reason,said_by\n\
         1,Ada Merrow,no,3,2026-10-02,call,\"we, have \"\"one\"\"\nalready\",Retail,Too dear,prospect\n\
         2,Bram Osei,yes,1,,email,,Trade,,\n",
    );
    let deal = desk.log("Cleo Tarn, Foxglove", Outcome::No).who.id;
    desk.act(move |act, me| {
        let d = app::deals::open(act, me, deal, "Shelves", None)?;
        let new = NewAttempt {
            reason: Some("N7".into()),
            said_by: Some(SaidBy::ThirdParty),
            loss_kind: Some(LossKind::Competitor),
            value: Some(Money {
                hundredths: 123_456,
                currency: "EUR".into(),
            }),
            ..NewAttempt::new(ledger::WhoRef::Unnamed, Outcome::No)
        };
        app::deals::close(act, me, d.id, new)
    });
    desk.log_new(NewAttempt {
        at: Some(When::Day(date(2026, 11, 3))),
        zone: Some(Zone::new("Asia/Tokyo").unwrap()),
        pitch: Some("Short".into()),
        ..with("Dora Vale", Outcome::NotNow)
    })
    .unwrap();
    let gone = desk.log("Dora Vale", Outcome::No).attempt.id;
    desk.act(move |act, me| ledger::undo(act, me, gone));
}

#[test]
fn into_the_same_ledger_it_adds_nothing() {
    on_each(|desk| {
        busy(desk);
        let before = (desk.attempts(), desk.prospects(), sums(desk));
        let file = csv(desk);
        assert_eq!(file.lines().next().unwrap().split(',').count(), 23);
        let done = bring(desk, &file);
        assert_eq!(figures(&done), [5, 0, 0, 0, 0, 5, 0, 0]);
        assert_eq!((desk.attempts(), desk.prospects(), sums(desk)), before);
    });
}

#[test]
fn into_another_ledger_it_gives_the_same_figures() {
    on_each(|desk| {
        busy(desk);
        let other = Desk::new(Backend::Sqlite);
        let done = bring(&other, &csv(desk));
        assert_eq!(done.attempts, 7);
        assert_eq!(sums(&other), sums(desk));
        assert_eq!(
            other.page(Query::default()).figures,
            desk.page(Query::default()).figures
        );
        assert_eq!(csv(&other).lines().count(), csv(desk).lines().count());
        // Twice is once there as well.
        assert_eq!(bring(&other, &csv(desk)).attempts, 0);
        other.derived_stand();
    });
}

/// Attempts in order, with what tells them apart; their people have other ids elsewhere.
fn in_order(desk: &Desk) -> Vec<String> {
    let mut all = desk.attempts();
    all.retain(|a| !a.voided);
    all.sort_by_key(|a| (a.order, a.seq, a.id));
    all.iter()
        .map(|a| {
            let place = (a.id, a.when, &a.zone, a.order, a.ordinal);
            let what = (a.outcome, a.stage, a.channel, a.loss_kind, &a.words);
            format!("{place:?} {what:?} {:?} {:?}", a.value, a.reasons)
        })
        .collect()
}

#[test]
fn several_asks_of_one_row_keep_their_ids_and_their_place() {
    on_each(|desk| {
        busy(desk);
        bring(
            desk,
            "id,prospect,outcome,attempts,attempt,at,deal\n\
             7,Eda Rook,no,4,5,,Shelves\n8,Finn Aske,yes,2,,2026-09-30,Shelves\n9,Gwen Oram,no,2,,,\n",
        );
        let file = csv(desk);
        let other = Desk::new(Backend::Sqlite);
        other.log("Ines Calder", Outcome::No);
        let ines = other.attempts()[0].id;
        bring(&other, &file);
        let mut there = in_order(&other);
        there.retain(|line| !line.contains(&format!("{ines:?}")));
        assert_eq!(there, in_order(desk));
        // There and back again adds nothing.
        let back = csv(&other);
        assert_eq!(bring(desk, &back).attempts, 1);
        // Where the noes came in alone, only the rest is new.
        let noes = Filter {
            outcome: Some(Outcome::No),
            ..Filter::default()
        };
        let third = Desk::new(Backend::Sqlite);
        bring(&third, &written(desk, Target::Csv, noes).0);
        bring(&third, &csv(desk));
        assert_eq!(third.attempts().len(), in_order(desk).len());
        third.derived_stand();
    });
}

#[test]
fn what_was_corrected_in_the_file_is_a_correction() {
    on_each(|desk| {
        let a = desk.log("Ada Merrow", Outcome::Unknown).attempt;
        let file = csv(desk).replace(",unknown,", ",yes,");
        assert_eq!(figures(&bring(desk, &file)), [1, 0, 0, 0, 0, 1, 1, 0]);
        let now = desk.attempt(a.id);
        assert_eq!((now.outcome, now.version), (Outcome::Yes, 1));
        assert_eq!(now.when, a.when);
    });
}

#[test]
fn only_what_passes_is_written() {
    on_each(|desk| {
        busy(desk);
        let only = |filter| written(desk, Target::Csv, filter).1;
        assert_eq!(only(Filter::default()), 5);
        let yes = Filter {
            outcome: Some(Outcome::Yes),
            ..Filter::default()
        };
        assert_eq!(only(yes), 1);
        let (json, rows) = written(desk, Target::Json, Filter::default());
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            read["attempts"].as_array().map(Vec::len),
            Some(rows as usize)
        );
        assert_eq!(rows, 7);
    });
}

#[test]
fn rows_go_back_to_the_program_they_came_from() {
    on_each(|desk| {
        let calls = "Record ID,Activity date,Call outcome,Associated Contact,Associated Contact IDs\n\
            9001,2026-11-02 10:00,Connected,Ada Merrow (ada@whitlock.example),501\n\
            9002,2026-11-03 10:00,No answer,Bram Osei (bram@osei.example),502\n";
        let done = bring(desk, calls);
        assert_eq!(figures(&done), [2, 2, 2, 0, 0, 0, 0, 0]);
        assert_eq!(done.format, Format::HubspotCalls.code());
        desk.log("ada@whitlock.example", Outcome::NotNow);
        let target = Target::parse("hubspot-calls").unwrap();
        let (file, rows) = written(desk, target, Filter::default());
        assert_eq!(rows, 3);
        let own: Vec<&str> = file.lines().skip(1).collect();
        assert!(
            own[0].starts_with("9001,") && own[1].starts_with("9002,"),
            "{file}"
        );
        assert!(own[2].starts_with(','), "{file}");
        // Back again: known by their ids. The new call had none.
        let again = bring(desk, &file);
        assert_eq!(again.duplicates, 2);
        assert!(Target::parse("xlsx").is_err());
    });
}

/// Whatever was logged: out and in again adds nothing here and the same figures there.
#[test]
fn any_ledger_comes_back_as_it_was() {
    type Drawn = (u8, u8, u8, u8, u8, Option<String>, Option<i64>);
    let text = "[ -~äß€“”\\n\\t;,\"']{0,24}";
    let drawn = prop::collection::vec(
        (
            any::<u8>(),
            any::<u8>(),
            any::<u8>(),
            any::<u8>(),
            any::<u8>(),
            proptest::option::of(text),
            proptest::option::of(-1_000_000i64..1_000_000_000),
        ),
        1..24,
    );
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(24)
    });
    runner
        .run(&drawn, |drawn: Vec<Drawn>| {
            let desk = Desk::new(Backend::Sqlite);
            let mut rows = String::from("id,prospect,outcome,at,attempts,attempt,segment\n");
            for (i, (who, outcome, asks, time, place, ..)) in drawn.iter().enumerate() {
                let outcome = Outcome::ALL[usize::from(*outcome) % 6].code();
                let at = match time % 3 {
                    0 => String::new(),
                    _ => format!("2026-10-{:02}", 1 + time % 28),
                };
                let (asks, ordinal) = (1 + asks % 5, 1 + place % 7);
                rows += &format!("r{i},W{},{outcome},{at},{asks},{ordinal},Far\n", who % 4);
            }
            bring(&desk, &rows);
            desk.act(move |act, me| {
                for (who, outcome, reason, time, place, words, value) in drawn {
                    let names = ["Ada Merrow", "Bram, \"the\" Osei", "Cleo Tarn", "=1+1"];
                    let reasons = [None, Some("N4"), Some("N12"), Some("Staying as they are")];
                    let zones = ["Europe/Lisbon", "Asia/Tokyo", "America/Los_Angeles"];
                    ledger::log(
                        act,
                        me,
                        NewAttempt {
                            stage: Some(Stage::ALL[usize::from(place) % 8]),
                            channel: Some(Channel::ALL[usize::from(place) % 6]),
                            loss_kind: (place % 3 == 0 && outcome % 6 != 0)
                                .then_some(LossKind::ALL[usize::from(who) % 5]),
                            at: Some(match time % 4 {
                                0 => When::Undated,
                                1 => When::Day(date(2026, 10, 1 + (time % 28) as i8)),
                                _ => When::Instant(
                                    thursday() - i64::from(time).seconds() - 7.microseconds(),
                                ),
                            }),
                            zone: Some(Zone::new(zones[usize::from(who) % 3]).unwrap()),
                            reason: reasons[usize::from(reason) % 4].map(str::to_owned),
                            said_by: Some(SaidBy::ALL[usize::from(reason) % 3]),
                            segment: (place % 2 == 0).then(|| "Small; and, far".into()),
                            words,
                            value: value.map(|hundredths| Money {
                                hundredths,
                                currency: ["", "EUR"][usize::from(who) % 2].into(),
                            }),
                            ..NewAttempt::new(
                                ledger::WhoRef::New {
                                    name: names[usize::from(who) % 4].into(),
                                    company: String::new(),
                                },
                                Outcome::ALL[usize::from(outcome) % 6],
                            )
                        },
                    )?;
                }
                Ok(())
            });
            let before = desk.attempts();
            let file = csv(&desk);
            let again: Imported = import::run(
                &desk.app,
                &desk.me,
                file.clone().into_bytes(),
                &Mapping::default(),
                Options {
                    strict: true,
                    ..Options::default()
                },
                |_| {},
            )
            .unwrap();
            prop_assert_eq!(
                (again.attempts, again.prospects, again.corrected),
                (0, 0, 0),
                "{}",
                file
            );
            prop_assert_eq!(desk.attempts(), before);
            let other = Desk::new(Backend::Sqlite);
            let done = bring(&other, &file);
            prop_assert_eq!(done.errors_in_all, 0);
            prop_assert_eq!(sums(&other), sums(&desk));
            // Row for row the same and in the same order, but for who is who: the same name may be
            // one person there.
            prop_assert_eq!(in_order(&other), in_order(&desk));
            prop_assert_eq!(csv(&other).lines().count(), file.lines().count());
            Ok(())
        })
        .unwrap();
}
