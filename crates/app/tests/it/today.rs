//! Today: the run since the last yes, what is due, who is next.

use app::ledger::{self, NewAttempt};
use app::today::{self, Today};
use domain::{Channel, Outcome, When};
use jiff::ToSpan;
use jiff::civil::date;

use crate::made::{Desk, on_each, thursday, with};

fn today(desk: &Desk) -> Today {
    desk.act(today::page)
}

fn at(desk: &Desk, minutes_ago: i64, outcome: Outcome) -> ledger::Logged {
    desk.log_new(NewAttempt {
        at: Some(When::Instant(thursday() - minutes_ago.minutes())),
        ..with("Ada Merrow", outcome)
    })
    .unwrap()
}

#[test]
fn an_empty_ledger_has_an_empty_day() {
    on_each(|desk| {
        let day = today(desk);
        assert_eq!(day.day, date(2026, 11, 19));
        assert_eq!(
            (day.attempts_today, day.run.since_yes, day.run.more),
            (0, 0, 0)
        );
        assert!(!day.run.ever_yes && day.run.marks.is_empty());
        assert!(day.next.is_none() && day.due.is_empty() && day.likely.is_empty());
        assert_eq!(
            (day.sample.attempts, day.sample.yes, day.list_left),
            (0, 0, 0)
        );
    });
}

#[test]
fn the_run_counts_what_is_dated_and_known_since_the_last_yes() {
    on_each(|desk| {
        use Outcome::{No, NoReply, NotNow, SendInfo, Unknown, Yes};
        for (ago, outcome) in [
            (9_000, No),
            (8_000, Yes),
            (7_000, NoReply),
            (6_000, NotNow),
            (5_000, Unknown),
            (40, SendInfo),
            (30, No),
        ] {
            at(desk, ago, outcome);
        }
        // Whenever it was: it is in the rates, not in the run.
        desk.log_new(NewAttempt {
            at: Some(When::Undated),
            ..with("Bram Osei", No)
        })
        .unwrap();
        let undated_yes = NewAttempt {
            at: Some(When::Undated),
            ..with("Cleo Tarn", Yes)
        };
        desk.log_new(undated_yes).unwrap();
        let day = today(desk);
        assert_eq!(day.run.marks, [NoReply, NotNow, SendInfo, No]);
        assert_eq!((day.run.since_yes, day.run.more), (4, 0));
        assert!(day.run.ever_yes);
        assert_eq!((day.sample.attempts, day.sample.yes), (8, 2));
        assert_eq!(day.attempts_today, 2);
        // An undone yes is none.
        let yes = at(desk, 10, Yes).attempt.id;
        assert_eq!(today(desk).run.since_yes, 0);
        desk.act(move |act, me| ledger::undo(act, me, yes));
        assert_eq!(today(desk).run.since_yes, 4);
    });
}

#[test]
fn a_long_run_shows_its_first_marks_and_counts_the_rest() {
    on_each(|desk| {
        for n in 0..43 {
            at(
                desk,
                1_000 - n,
                if n == 0 {
                    Outcome::NoReply
                } else {
                    Outcome::No
                },
            );
        }
        let run = today(desk).run;
        assert_eq!((run.since_yes, run.marks.len(), run.more), (43, 40, 3));
        assert_eq!(run.marks[0], Outcome::NoReply);
        assert!(!run.ever_yes);
    });
}

#[test]
fn what_is_due_stands_with_its_attempt_and_late_ones_first() {
    on_each(|desk| {
        let ada = desk.log("Ada Merrow", Outcome::No).who.id;
        let asked = at(desk, 60 * 24 * 20, Outcome::NotNow); // two weeks after: past
        let bram = desk.log("Bram Osei", Outcome::No).who.id;
        desk.act(move |act, me| {
            let set = |act: &mut app::Act<'_, '_>, id, day| {
                app::follow_ups::set(act, me, id, None, When::Day(day), "")
            };
            set(act, bram, date(2026, 11, 19))?;
            set(act, bram, date(2026, 11, 20))
        });
        let due = today(desk).due;
        assert_eq!(due.len(), 2);
        assert_eq!((due[0].prospect.id, due[0].late), (ada, true));
        assert_eq!(
            due[0].attempt.as_ref().map(|a| a.id),
            Some(asked.attempt.id)
        );
        assert_eq!((due[1].prospect.id, due[1].late), (bram, false));
        let first = due[0].follow_up.id;
        desk.act(move |act, me| {
            app::follow_ups::move_to(act, me, first, When::Day(date(2026, 12, 1)))
        });
        let second = due[1].follow_up.id;
        desk.act(move |act, me| app::follow_ups::done(act, me, second));
        assert!(today(desk).due.is_empty());
        desk.act(move |act, me| app::prospects::set_do_not_contact(act, me, bram, true));
    });
}

#[test]
fn the_next_try_is_counted_however_many_there_were() {
    on_each(|desk| {
        desk.act(|act, me| app::call_list::paste(act, me, "Ada Merrow\nBram Osei"));
        let mut tries = Vec::new();
        for n in 0..57 {
            tries.push(at(desk, 60 * 24 * 60 - n, Outcome::NoReply).attempt.id);
        }
        let (ada, merged) = (desk.find_one("Ada Merrow"), desk.find_one("Bram Osei"));
        let undone = tries[0];
        desk.act(move |act, me| ledger::undo(act, me, undone));
        desk.log("Bram Osei", Outcome::NoReply);
        desk.act(move |act, me| app::prospects::merge(act, me, merged, ada));
        desk.act(move |act, me| app::prospects::skip_today(act, me, ada));
        desk.act(|act, me| app::call_list::paste(act, me, "Ada Merrow"));
        let next = today(desk).next.unwrap();
        assert_eq!((next.prospect.id, next.tries), (ada, 57));
        assert_eq!(next.attempts.len(), 3);
        assert!(next.attempts.iter().all(|a| !a.voided));
        assert_eq!(next.attempts[0].prospect, merged);
    });
}

#[test]
fn the_next_and_the_likely_leave_out_who_wants_to_be_left_alone() {
    on_each(|desk| {
        desk.act(|act, me| {
            app::call_list::paste(act, me, "Ada Merrow\nBram Osei\nCleo Tarn\nDora Vale")
        });
        let ada = desk.find_one("Ada Merrow");
        desk.act(move |act, me| app::prospects::set_do_not_contact(act, me, ada, true));
        let day = today(desk);
        let next = day.next.unwrap();
        assert_eq!((next.prospect.name.as_str(), next.tries), ("Bram Osei", 0));
        assert!(day.likely.iter().all(|w| w.name != "Ada Merrow"));
        assert_eq!(day.list_left, 3);
        let bram = next.prospect.id;
        desk.act(move |act, me| app::prospects::skip_today(act, me, bram));
        assert_eq!(today(desk).next.unwrap().prospect.name, "Cleo Tarn");
        desk.log_new(NewAttempt {
            channel: Some(Channel::Email),
            ..with("Cleo Tarn", Outcome::Unknown)
        })
        .unwrap();
        let day = today(desk);
        assert_eq!(day.next.unwrap().prospect.name, "Dora Vale");
        assert_eq!(day.list_left, 1);
    });
}
