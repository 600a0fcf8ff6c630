//! What a seller's attempts say is kept beside them and is always what the ledger says now.

use app::evidence::{self, By, Page};
use app::ledger::{self, Correction, NewAttempt};
use domain::{Outcome, SaidBy, When};
use jiff::ToSpan;
use store::tables::{alarm, evidence as kept};
use testkit::db::Backend;

use crate::made::{Desk, on_each, three_weeks_later, thursday, with};

fn page(desk: &Desk) -> Page {
    let me = desk.me.clone();
    desk.app
        .read_blocking(move |act| evidence::page(act, &me, By::Segment, None))
        .unwrap()
}

fn behind(desk: &Desk) -> usize {
    desk.look(|tx| kept::behind(tx, 100)).len()
}

fn alarms(desk: &Desk) -> Vec<alarm::Alarm> {
    let me = desk.me.id();
    desk.look(move |tx| alarm::of_person(tx, me, 100))
}

/// One in eight says yes, for so many attempts ending `ago` days back; then nobody does.
fn then_nobody(desk: &Desk, before: i64, after: i64, days: i64) {
    desk.act(move |act, me| {
        for i in 0..before + after {
            let outcome = if i < before && i % 8 == 0 {
                Outcome::Yes
            } else {
                Outcome::NoReply
            };
            let left = before + after - i;
            let at = thursday() - (left * 10 + days * 1_440).minutes();
            let new = NewAttempt {
                at: Some(When::Instant(at)),
                ..with(&format!("Person {}", i % 90), outcome)
            };
            ledger::log(act, me, new)?;
        }
        Ok(())
    });
}

#[test]
fn logging_folds_and_a_correction_folds_again() {
    on_each(|desk| {
        for (who, outcome) in [
            ("Ada Merrow", Outcome::No),
            ("Bram Osei", Outcome::Yes),
            ("Ada Merrow", Outcome::NotNow),
        ] {
            desk.log(who, outcome);
            assert_eq!(behind(desk), 0);
        }
        let last = desk.log("Ada Merrow", Outcome::Yes).attempt;
        let before = page(desk);
        assert_eq!((before.attempts, before.yes, before.tries.len()), (4, 2, 3));
        // Ada's third ask was a no after all, and her first has a reason.
        let first = desk.attempts()[0].id;
        desk.act(move |act, me| {
            let c = Correction {
                outcome: Some(Outcome::No),
                ..Correction::default()
            };
            ledger::correct(act, me, last.id, c)?;
            ledger::add_reason(act, me, &[first], "N2", SaidBy::Prospect, None)
        });
        assert_eq!(behind(desk), 0);
        let after = page(desk);
        assert_eq!((after.attempts, after.yes), (4, 1));
        assert_eq!((after.barriers.noes, after.barriers.said), (2, 1));
        assert_eq!(after.luck.unwrap().run.current, 2);
        desk.act(move |act, me| ledger::undo(act, me, first).map(drop));
        let undone = page(desk);
        assert_eq!((undone.attempts, undone.barriers.noes), (3, 1));
        // Her next asks moved up by one.
        assert_eq!(undone.tries.iter().map(|t| t.at_risk).sum::<u64>(), 3);
        assert_eq!(undone.tries.len(), 2);
    });
}

#[test]
fn the_page_says_what_the_report_says() {
    on_each(|desk| {
        then_nobody(desk, 300, 40, 0);
        let kept = page(desk);
        let report = desk.act(|act, me| evidence::of_mine(act, me, &[]));
        let luck = kept.luck.unwrap();
        assert_eq!(luck.run, report.streams[0].run);
        assert_eq!(luck.rate, report.streams[0].rate);
        assert_eq!(luck.next_yes, report.streams[0].next_yes);
        assert_eq!(kept.tries, report.persistence);
        let who_next = report.who_next.unwrap();
        assert_eq!(kept.forecasts.n, who_next.n);
        assert_eq!(kept.forecasts.log_loss, who_next.log_loss);
        assert_eq!(
            luck.watch.evidence,
            report.streams[0].slump.unwrap().evidence
        );
    });
}

#[test]
fn what_comes_in_late_stands_where_it_belongs() {
    on_each(|desk| {
        then_nobody(desk, 40, 5, 0);
        assert_eq!(page(desk).luck.unwrap().run.current, 12);
        let late = NewAttempt {
            at: Some(When::Instant(thursday() - 25.minutes())),
            ..with("Ada Merrow", Outcome::Yes)
        };
        desk.log_new(late).unwrap();
        assert_eq!(behind(desk), 0);
        assert_eq!(page(desk).luck.unwrap().run.current, 2);
    });
}

#[test]
fn many_at_once_are_left_to_be_folded_and_shown_all_the_same() {
    on_each(|desk| {
        let mut csv = String::from("prospect,outcome,at\n");
        for i in 0..5_000_u32 {
            let outcome = if i % 9 == 0 { "yes" } else { "no" };
            let day = 1 + i / 200;
            csv.push_str(&format!(
                "Person {},{outcome},2026-10-{day:02}T{:02}:{:02}:00Z\n",
                i % 700,
                i % 200 / 20,
                i % 60
            ));
        }
        crate::importing::bring(desk, &csv);
        assert_eq!(behind(desk), 1);
        let shown = page(desk);
        assert_eq!(shown.attempts, 5_000);
        // A no logged meanwhile does not hold who logs it up.
        desk.log("Ada Merrow", Outcome::No);
        assert_eq!((behind(desk), page(desk).attempts), (1, 5_001));
        let before = page(desk);
        desk.fold_what_is_left();
        assert_eq!(behind(desk), 0);
        assert_eq!(page(desk), before);
        // A correction in the middle takes no state away that stands before it.
        let middle = desk.attempts()[3_900].id;
        desk.act(move |act, me| ledger::undo(act, me, middle).map(drop));
        assert_eq!((behind(desk), page(desk).attempts), (0, 5_000));
    });
}

#[test]
fn an_alarm_is_written_down_and_may_be_withdrawn() {
    on_each(|desk| {
        then_nobody(desk, 400, 120, 0);
        let raised = alarms(desk);
        assert_eq!(raised.len(), 1, "{raised:?}");
        let one = raised[0].clone();
        assert!(one.evidence >= 5_000_000 && one.threshold == 5_000);
        assert!(one.asks > 20 && one.yes <= 1, "{one:?}");
        let shown = page(desk).luck.unwrap();
        assert!(shown.alarms[0].current && shown.alarms[0].since.is_some());
        assert_eq!(shown.alarms[0].asks, one.asks.unsigned_abs());
        // The start it names is where that many asks before it lie.
        let me = desk.me.id();
        let back = one.asks - 1;
        let at = desk.look(move |tx| alarm::asked_at(tx, me, one.place, "", back));
        assert_eq!(at, one.since);
        // Folding it all again neither doubles nor withdraws it.
        desk.derived_stand();
        assert_eq!(alarms(desk), raised);
        // Every fifth of those was a yes after all.
        let ids: Vec<_> = desk
            .attempts()
            .iter()
            .skip(400)
            .step_by(5)
            .map(|a| a.id)
            .collect();
        let corrected = ids.clone();
        desk.act(move |act, me| ledger::set_outcome(act, me, &corrected, Outcome::Yes).map(drop));
        let after = alarms(desk);
        assert_eq!(after.len(), 1);
        assert_eq!(
            (after[0].withdrawn_at.is_some(), after[0].evidence),
            (true, raised[0].evidence)
        );
        assert!(page(desk).luck.unwrap().alarms[0].withdrawn);
        // And they were not: it stands again, as it was.
        desk.act(move |act, me| ledger::set_outcome(act, me, &ids, Outcome::NoReply).map(drop));
        assert_eq!(alarms(desk), raised);
    });
}

#[test]
fn old_history_warns_nobody() {
    on_each(|desk| {
        then_nobody(desk, 400, 200, 31);
        assert_eq!(alarms(desk), []);
        let luck = page(desk).luck.unwrap();
        assert!(luck.alarms.is_empty());
        assert!(luck.watch.evidence < luck.watch.threshold);
    });
}

#[test]
fn an_alarm_is_at_the_head_for_thirty_days() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        then_nobody(&desk, 400, 120, 10);
        assert!(page(&desk).luck.unwrap().alarms[0].current);
        let desk = desk.later(three_weeks_later);
        let shown = page(&desk).luck.unwrap();
        assert_eq!((shown.alarms.len(), shown.alarms[0].current), (1, false));
    }
}

#[test]
fn what_is_kept_of_another_version_is_folded_again() {
    let desk = Desk::new(Backend::Sqlite);
    then_nobody(&desk, 60, 10, 0);
    let before = page(&desk);
    let me = desk.me.id();
    desk.act(move |act, _| {
        let mut kept = kept::latest(act.tx, me)?.unwrap();
        kept.state[0] = 0;
        Ok(kept::keep(act.tx, me, &kept)?)
    });
    assert_eq!(page(&desk), before);
    desk.log("Ada Merrow", Outcome::No);
    assert_eq!(page(&desk).attempts, before.attempts + 1);
    desk.derived_stand();
}

#[test]
fn an_alarm_goes_with_the_attempt_that_raised_it() {
    on_each(|desk| {
        then_nobody(desk, 400, 30, 0);
        let mut n = 0;
        while alarms(desk).is_empty() {
            desk.log(&format!("Somebody {n}"), Outcome::No);
            n += 1;
            assert!(n < 200);
        }
        let raised = alarms(desk)[0].place.id;
        desk.act(move |act, me| ledger::undo(act, me, raised).map(drop));
        assert!(alarms(desk)[0].withdrawn_at.is_some());
        assert!(!page(desk).luck.unwrap().alarms[0].current);
    });
}

#[test]
fn a_slump_that_lasts_is_told_from_where_it_began() {
    on_each(|desk| {
        then_nobody(desk, 400, 200, 0);
        let [second, first] = alarms(desk).try_into().unwrap();
        assert_eq!(second.since, first.since);
        assert!(second.asks > first.asks + 20 && second.yes == first.yes);
        let shown = page(desk).luck.unwrap();
        assert_eq!(shown.alarms[0].asks, second.asks.unsigned_abs());
        assert!(shown.watch.in_this_run && !shown.alarms[0].yes_since);
        desk.log("Ada Merrow", Outcome::Yes);
        let shown = page(desk).luck.unwrap();
        assert!(!shown.watch.in_this_run && shown.alarms[0].yes_since);
    });
}
