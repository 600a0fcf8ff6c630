//! Today by the evidence: who of the call list is next, and how ordinary the run is.

use app::evidence::{self, By};
use app::ledger::{self, NewAttempt, WhoRef};
use app::prospects::Contact;
use app::today::{self, Order, Today};
use app::{Act, Result, Seller, call_list, deals, follow_ups, prospects};
use domain::{Outcome, ProspectId, Role, Stage, When};
use jiff::ToSpan;
use jiff::civil::date;

use crate::isolation::{by, colleague};
use crate::made::{Desk, on_each, thursday, with};

fn today(desk: &Desk) -> Today {
    let me = desk.me.clone();
    desk.app
        .read_blocking(move |act| today::page(act, &me))
        .unwrap()
}

fn page(desk: &Desk) -> evidence::Page {
    desk.act(|act, me| evidence::page(act, me, By::Segment, None))
}

/// Asks of as many people, hourly and longest ago first: half the renewals are a yes, no opener is.
fn history(act: &mut Act<'_, '_>, me: &Seller, asks: i64) -> Result<()> {
    for i in 0..asks {
        let (stage, outcome) = match i % 4 {
            0 | 2 => (Stage::Opener, Outcome::No),
            1 => (Stage::Renewal, Outcome::Yes),
            _ => (Stage::Renewal, Outcome::No),
        };
        let new = NewAttempt {
            stage: Some(stage),
            at: Some(When::Instant(thursday() - (asks - i + 100).hours())),
            ..with(&format!("Somebody {i}"), outcome)
        };
        ledger::log(act, me, new)?;
    }
    Ok(())
}

/// An ask days ago that nobody answered.
fn asked(act: &mut Act<'_, '_>, me: &Seller, who: &str, stage: Stage, days: i64) -> Result<()> {
    let new = NewAttempt {
        stage: Some(stage),
        at: Some(When::Instant(thursday() - (days * 24).hours())),
        ..with(who, Outcome::NoReply)
    };
    ledger::log(act, me, new).map(drop)
}

const LIST: &str = "Ada Merrow\nBram Osei\nCleo Tarn";

/// Ada and Cleo were asked as openers, Bram and Dora for a renewal; Dora is on no list.
fn laid_out(desk: &Desk, asks: i64) {
    desk.act(move |act, me| {
        history(act, me, asks)?;
        for (who, stage) in [
            ("Ada Merrow", Stage::Opener),
            ("Bram Osei", Stage::Renewal),
            ("Cleo Tarn", Stage::Opener),
            ("Dora Vale", Stage::Renewal),
        ] {
            asked(act, me, who, stage, 2)?;
        }
        call_list::paste(act, me, LIST).map(drop)
    });
}

/// Who is next, by name, and in which order.
fn next(desk: &Desk) -> (String, Order) {
    let next = today(desk).next.expect("somebody");
    (next.prospect.name, next.order)
}

fn likely(desk: &Desk) -> Vec<String> {
    today(desk).likely.into_iter().map(|w| w.name).collect()
}

#[test]
fn the_likeliest_are_first_once_forecasts_tell() {
    on_each(|desk| {
        // The four asks of the list are trials as well: one short of enough.
        laid_out(desk, 195);
        assert!(!page(desk).forecasts.tells);
        assert_eq!(next(desk), ("Ada Merrow".into(), Order::Own));
        desk.log("Somebody 7", Outcome::No);
        assert!(page(desk).forecasts.tells);
        let (name, order) = next(desk);
        assert_eq!(name, "Bram Osei");
        let Order::Likely {
            chance,
            learnt_from,
        } = order
        else {
            panic!("{order:?}")
        };
        assert!((0.2..0.7).contains(&chance), "{chance}");
        assert_eq!(learnt_from, 200);
        // Those whom nothing tells apart keep their own order; the bar means the same people.
        assert_eq!(likely(desk)[..2], ["Bram Osei", "Ada Merrow"]);
    });
}

#[test]
fn forecasts_that_tell_nothing_order_nobody() {
    on_each(|desk| {
        desk.act(|act, me| {
            // Every second ask is a yes, whatever is known of it: the rate says all there is.
            for i in 0..240_i64 {
                let stage = Stage::ALL[usize::try_from(i / 2 % 8).unwrap_or(0)];
                let outcome = [Outcome::Yes, Outcome::No][usize::from(i % 2 == 0)];
                let new = NewAttempt {
                    stage: Some(stage),
                    at: Some(When::Instant(thursday() - (300 - i).hours())),
                    ..with(&format!("Somebody {i}"), outcome)
                };
                ledger::log(act, me, new)?;
            }
            call_list::paste(act, me, LIST).map(drop)
        });
        assert!(!page(desk).forecasts.tells);
        assert_eq!(next(desk), ("Ada Merrow".into(), Order::Own));
    });
}

#[test]
fn ones_own_order_is_a_press_away_and_back() {
    on_each(|desk| {
        laid_out(desk, 220);
        let by_chance = next(desk);
        assert_eq!(by_chance.0, "Bram Osei");
        desk.act(|act, me| today::set_own_order(act, me, true));
        assert_eq!(next(desk), ("Ada Merrow".into(), Order::OwnChosen));
        assert_eq!(likely(desk)[..2], ["Ada Merrow", "Bram Osei"]);
        desk.act(|act, me| today::set_own_order(act, me, false));
        assert_eq!(next(desk), by_chance);

        // It is each seller's own to choose.
        let jun = colleague(desk, "Jun Calder", &[Role::Seller])
            .seller()
            .unwrap();
        by(&desk.app, &jun, |act, me| {
            today::set_own_order(act, me, true)
        })
        .unwrap();
        assert_eq!(next(desk), by_chance);

        // Somebody alone is next in any order.
        for gone in ["Ada Merrow", "Cleo Tarn"] {
            desk.log(gone, Outcome::No);
        }
        assert_eq!(next(desk), ("Bram Osei".into(), Order::Own));
    });
}

#[test]
fn who_is_not_up_is_passed_over() {
    on_each(|desk| {
        laid_out(desk, 220);
        let bram = desk.find_one("Bram Osei");
        let set = |day| {
            desk.act(move |act, me| {
                follow_ups::set(act, me, bram, None, When::Day(day), "").map(drop)
            });
        };
        set(date(2026, 11, 19));
        assert_eq!(next(desk).0, "Bram Osei", "due today");
        set(date(2026, 11, 20));
        assert_eq!(next(desk).0, "Ada Merrow", "there is a later day for him");
        assert!(likely(desk).iter().take(2).all(|name| name != "Bram Osei"));
        assert_eq!(today(desk).list_left, 3);
        // In one's own order as well.
        let ada = desk.find_one("Ada Merrow");
        desk.act(move |act, me| {
            today::set_own_order(act, me, true)?;
            follow_ups::set(act, me, ada, None, When::Day(date(2026, 12, 1)), "").map(drop)
        });
        assert_eq!(next(desk).0, "Cleo Tarn");
        let cleo = desk.find_one("Cleo Tarn");
        desk.act(move |act, me| prospects::set_do_not_contact(act, me, cleo, true));
        let day = today(desk);
        assert!(day.next.is_none());
        assert_eq!(day.list_left, 2);
    });
}

#[test]
fn a_colleagues_day_to_come_back_holds_nobody_up() {
    on_each(|desk| {
        laid_out(desk, 220);
        let bram = desk.find_one("Bram Osei");
        let jun = colleague(desk, "Jun Calder", &[Role::Seller])
            .seller()
            .unwrap();
        by(&desk.app, &jun, move |act, me| {
            follow_ups::set(act, me, bram, None, When::Day(date(2026, 12, 1)), "").map(drop)
        })
        .unwrap();
        assert_eq!(next(desk).0, "Bram Osei");
    });
}

#[test]
fn skipped_and_left_alone_are_not_next() {
    on_each(|desk| {
        laid_out(desk, 220);
        desk.act(|act, me| call_list::paste(act, me, "Dora Vale"));
        assert_eq!(next(desk).0, "Bram Osei");
        let bram = desk.find_one("Bram Osei");
        desk.act(move |act, me| prospects::skip_today(act, me, bram));
        assert_eq!(
            next(desk).0,
            "Dora Vale",
            "likelier, though last on the list"
        );
        let dora = desk.find_one("Dora Vale");
        desk.act(move |act, me| prospects::set_do_not_contact(act, me, dora, true));
        assert_eq!(next(desk).0, "Ada Merrow");
        assert!(likely(desk).iter().all(|name| name != "Dora Vale"));
        // Two who turn out to be one stand on the list twice, and are next once.
        let (ada, cleo) = (desk.find_one("Ada Merrow"), desk.find_one("Cleo Tarn"));
        desk.act(move |act, me| prospects::merge(act, me, cleo, ada).map(drop));
        assert_eq!(next(desk), ("Ada Merrow".into(), Order::Own));
    });
}

#[test]
fn nobody_elses_attempts_teach_it_or_stand_in_it() {
    on_each(|desk| {
        laid_out(desk, 220);
        let before = next(desk);
        let jun = colleague(desk, "Jun Calder", &[Role::Seller])
            .seller()
            .unwrap();
        by(&desk.app, &jun, |act, me| {
            history(act, me, 230)?;
            for who in ["Ada Merrow", "Bram Osei", "Cleo Tarn"] {
                let yes = NewAttempt {
                    stage: Some(Stage::Referral),
                    ..with(who, Outcome::Yes)
                };
                ledger::log(act, me, yes)?;
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(next(desk), before, "to the bit");
        // And hers are hers: her list is empty.
        let hers = by(&desk.app, &jun, today::page).unwrap();
        assert!(hers.next.is_none() && hers.glance.odds.is_some());
    });
}

/// The loss of a yes that is logged now with somebody says what its forecast was.
fn forecast_of_a_yes(desk: &Desk, who: ProspectId) -> f64 {
    let loss = |desk: &Desk| {
        let forecasts = page(desk).forecasts;
        forecasts.n as f64 * forecasts.log_loss.unwrap()
    };
    let before = loss(desk);
    desk.log_new(NewAttempt::new(WhoRef::Id(who), Outcome::Yes))
        .unwrap();
    (before - loss(desk)).exp()
}

#[test]
fn what_is_said_of_the_next_ask_is_what_it_is_held_to() {
    on_each(|desk| {
        desk.act(|act, me| history(act, me, 240));
        let segment = |name: &str| {
            let id = desk
                .prospect(Contact {
                    segment: "Print shops".into(),
                    ..Contact::named(name, "")
                })
                .id;
            (name.to_owned(), id)
        };
        // Never asked; asked twice; asked after a yes; asked within a deal; not known yet; undated.
        let people: Vec<(String, ProspectId)> = ["A", "B", "C", "D", "E", "F"]
            .map(|letter| segment(&format!("{letter} Candidate")))
            .into();
        let id = |place: usize| WhoRef::Id(people[place].1);
        let log = |place: usize, days: i64, outcome: Outcome, stage: Stage| {
            let new = NewAttempt {
                stage: Some(stage),
                at: Some(When::Instant(thursday() - (days * 24).hours())),
                ..NewAttempt::new(id(place), outcome)
            };
            desk.log_new(new).unwrap();
        };
        log(1, 20, Outcome::No, Stage::Opener);
        log(1, 8, Outcome::NoReply, Stage::Demo);
        log(2, 40, Outcome::No, Stage::Opener);
        log(2, 31, Outcome::Yes, Stage::Renewal);
        log(2, 2, Outcome::No, Stage::Renewal);
        let within = people[3].1;
        desk.act(move |act, me| {
            let deal = deals::open(act, me, within, "A year of print", None)?;
            let new = NewAttempt {
                deal: Some(deal.id),
                stage: Some(Stage::Negotiation),
                at: Some(When::Instant(thursday() - 30.hours())),
                ..NewAttempt::new(WhoRef::Id(within), Outcome::No)
            };
            ledger::log(act, me, new).map(drop)
        });
        log(4, 3, Outcome::Unknown, Stage::Proposal);
        let undated = NewAttempt {
            at: Some(When::Undated),
            ..NewAttempt::new(id(5), Outcome::No)
        };
        desk.log_new(undated).unwrap();
        assert!(page(desk).forecasts.tells);

        let mut left: Vec<ProspectId> = people.iter().map(|(_, id)| *id).collect();
        let names: Vec<String> = people.into_iter().map(|(name, _)| name).collect();
        desk.act(move |act, me| call_list::paste(act, me, &names.join("\n")).map(drop));
        for filler in 0..20 {
            let next = today(desk).next.expect("somebody");
            let Order::Likely { chance, .. } = next.order else {
                // Nobody is ordered alone.
                let name = format!("Filler {filler}");
                desk.act(move |act, me| call_list::paste(act, me, &name).map(drop));
                continue;
            };
            let (who, name) = (next.prospect.id, next.prospect.name);
            let said = forecast_of_a_yes(desk, who);
            assert!((said - chance).abs() < 1e-6, "{name}: {said} {chance}");
            left.retain(|id| *id != who);
            if left.is_empty() {
                return;
            }
        }
        panic!("{left:?} were never next");
    });
}

#[test]
fn only_the_head_of_a_long_list_is_ordered() {
    on_each(|desk| {
        let most = desk.app.thresholds().ordered_people;
        laid_out(desk, 220);
        let bram = desk.find_one("Bram Osei");
        desk.log_new(NewAttempt::new(WhoRef::Id(bram), Outcome::No))
            .unwrap();
        let rows: Vec<String> = (0..most - 2).map(|i| format!("Newcomer {i}")).collect();
        desk.act(move |act, me| call_list::paste(act, me, &rows.join("\n")).map(drop));
        // Ada, Cleo and the newcomers fill it.
        desk.act(|act, me| call_list::paste(act, me, "Dora Vale").map(drop));
        assert_ne!(next(desk).0, "Dora Vale");
        let ada = desk.find_one("Ada Merrow");
        desk.act(move |act, me| prospects::skip_today(act, me, ada));
        assert_eq!(next(desk).0, "Dora Vale");
    });
}

#[test]
fn the_run_is_as_ordinary_as_evidence_says() {
    on_each(|desk| {
        laid_out(desk, 220);
        let (day, page) = (today(desk), page(desk));
        let (odds, luck) = (day.glance.odds.unwrap(), page.luck.unwrap());
        assert_eq!(day.run.since_yes.unsigned_abs(), luck.run.current);
        assert_eq!((day.sample.attempts, day.sample.yes), (224, 55));
        assert_eq!((odds.rate, odds.in_month), (luck.rate, luck.in_month));
        let now = luck.now.unwrap();
        assert_eq!((odds.these, odds.month), (now.these, Some(now.month)));
        assert!(day.glance.alarm.is_none());
    });
}

#[test]
fn an_alarm_over_all_attempts_stands_on_today_while_it_is_new() {
    let raise = |act: &mut Act<'_, '_>, me: &Seller| {
        for i in 0..520_i64 {
            let outcome = match i {
                0..400 if i % 8 == 0 => Outcome::Yes,
                _ => Outcome::NoReply,
            };
            let new = NewAttempt {
                at: Some(When::Instant(thursday() - ((520 - i) * 10).minutes())),
                ..with(&format!("Person {}", i % 90), outcome)
            };
            ledger::log(act, me, new)?;
        }
        Ok(())
    };
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        desk.act(raise);
        let alarm = today(&desk).glance.alarm.unwrap();
        assert_eq!(
            (alarm.segment, alarm.withdrawn, alarm.current),
            (None, false, true)
        );
        let desk = desk.later(|| "2026-12-20T11:38:00Z".parse().unwrap());
        assert!(today(&desk).glance.alarm.is_none());
        // A colleague's is theirs alone.
        let desk = Desk::new(backend);
        let jun = colleague(&desk, "Jun Calder", &[Role::Seller])
            .seller()
            .unwrap();
        by(&desk.app, &jun, raise).unwrap();
        let hers = by(&desk.app, &jun, today::page).unwrap();
        assert!(hers.glance.alarm.is_some());
        assert!(today(&desk).glance.alarm.is_none());
    }
}

#[test]
fn while_much_is_still_to_be_folded_today_counts_and_says_no_more() {
    on_each(|desk| {
        let mut csv = String::from("prospect,outcome,at\n");
        for i in 0..3_000_u32 {
            let outcome = ["no", "no_reply", "no", "yes", "unknown"][(i % 5) as usize];
            let (day, hour) = (1 + i / 150, i % 150 / 10);
            csv.push_str(&format!(
                "Person {i},{outcome},2026-10-{day:02}T{hour:02}:{:02}:00Z\n",
                i % 10
            ));
        }
        csv.push_str("Person 1,yes,\nPerson 2,no,\n");
        crate::importing::bring(desk, &csv);
        desk.act(|act, me| call_list::paste(act, me, LIST));
        let before = today(desk);
        assert!(before.behind && before.glance.odds.is_none());
        assert_eq!(before.sample.attempts, 2_402);
        desk.fold_what_is_left();
        let after = today(desk);
        assert!(!after.behind && after.glance.odds.is_some());
        assert_eq!((before.sample, &before.run), (after.sample, &after.run));
        assert_eq!((after.sample.waiting, after.sample.yes), (600, 601));
    });
}
