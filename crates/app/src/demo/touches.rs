//! What people did after the asks: corrected, found out why, undid, noted, merged, came back.
//!
//! All of it goes through the acts that pages and command line call, at the time it happened, so
//! that the sample has a real history.

use domain::{
    Channel, DealState, FollowUp, FollowUpKind, FollowUpState, Outcome, ProspectId,
    REASON_DO_NOT_CONTACT, SaidBy, Stage, When,
};
use jiff::{Timestamp, ToSpan};
use store::tables::{call_list, follow_up};

use super::dice::Dice;
use super::words::{NOTES, WHY};
use super::year::{Ask, Year};
use super::{Written, at, calendar, names};
use crate::act::{DAY, MINUTE};
use crate::ledger::{self, Correction, NewAttempt, WhoRef};
use crate::prospects::Contact;
use crate::{Act, Result, deals, follow_ups, prospects};

/// Everything, in an order in which nothing undoes another; says who is to be forgotten.
pub(super) fn all(
    act: &mut Act<'_, '_>,
    plan: &Year,
    written: &Written,
) -> Result<Option<ProspectId>> {
    let mut dice = Dice::new(0x70c4, 0);
    leave_alone(act, plan, written)?;
    undo(act, plan, written)?;
    correct(act, plan, written)?;
    find_out(act, plan, written, &mut dice)?;
    note(act, plan, written, &mut dice)?;
    reopen(act, plan, written)?;
    merge(act, plan, written)?;
    come_back(act, plan, written)?;
    due(act, plan, written)?;
    list(act, plan, written)?;
    Ok(to_forget(act, plan, written))
}

/// Evenly spread asks of the local person that pass a test and are a day old, so many at most.
fn some<'p>(
    act: &Act<'_, '_>,
    plan: &'p Year,
    most: usize,
    test: impl Fn(&Ask) -> bool,
) -> Vec<(usize, &'p Ask)> {
    let before = act.micros() - DAY;
    let all: Vec<(usize, &Ask)> = plan
        .asks
        .iter()
        .enumerate()
        .filter(|(_, a)| a.person == 0 && a.at < before && test(a))
        .collect();
    let step = (all.len() / most.max(1)).max(1);
    all.into_iter()
        .skip(step / 2)
        .step_by(step)
        .take(most)
        .collect()
}

/// Who asked not to be contacted.
fn leave_alone(act: &mut Act<'_, '_>, plan: &Year, written: &Written) -> Result<()> {
    for (i, ask) in plan.asks.iter().enumerate() {
        if ask.said == Some(REASON_DO_NOT_CONTACT) {
            prospects::mark_do_not_contact(
                &mut at(act, ask.at),
                Some(written.team[ask.person].id()),
                written.prospects[ask.lead].id,
                Some(written.attempts[i]),
            )?;
        }
    }
    Ok(())
}

/// A key pressed twice, and taken back.
fn undo(act: &mut Act<'_, '_>, plan: &Year, written: &Written) -> Result<()> {
    let me = &written.team[0];
    for (_, ask) in some(act, plan, 5, |a| {
        a.outcome == Outcome::No && a.said.is_none()
    }) {
        let who = WhoRef::Id(written.prospects[ask.lead].id);
        let twice = NewAttempt {
            stage: Some(ask.stage),
            channel: Some(ask.channel),
            ..NewAttempt::new(who, Outcome::No)
        };
        let logged = ledger::log(&mut at(act, ask.at + MINUTE), me, twice)?;
        ledger::undo(
            &mut at(act, ask.at + MINUTE + MINUTE / 10),
            me,
            logged.attempt.id,
        )?;
    }
    Ok(())
}

/// Slips put right later.
fn correct(act: &mut Act<'_, '_>, plan: &Year, written: &Written) -> Result<()> {
    let me = &written.team[0];
    let by_message = some(act, plan, 5, |a| {
        a.channel == Channel::Email && a.heard.is_none()
    });
    for (i, ask) in by_message {
        let c = Correction {
            channel: Some(Channel::Message),
            ..Correction::default()
        };
        ledger::correct(
            &mut at(act, ask.at + 20 * MINUTE),
            me,
            written.attempts[i],
            c,
        )?;
    }
    let further = |a: &Ask| a.stage == Stage::Opener && a.channel == Channel::Visit;
    for (i, ask) in some(act, plan, 3, further) {
        let c = Correction {
            stage: Some(Stage::Discovery),
            ..Correction::default()
        };
        ledger::correct(
            &mut at(act, ask.at + 3 * MINUTE),
            me,
            written.attempts[i],
            c,
        )?;
    }
    // They did call back, to say no.
    let silent = |a: &Ask| a.outcome == Outcome::NoReply && a.channel == Channel::Call;
    for (i, ask) in some(act, plan, 4, silent) {
        let c = Correction {
            outcome: Some(Outcome::No),
            reason: Some((SaidBy::Prospect, "N1".to_owned())),
            words: Some("You called. We are fine as we are, thank you.".to_owned()),
            ..Correction::default()
        };
        ledger::correct(
            &mut at(act, ask.at + 90 * MINUTE),
            me,
            written.attempts[i],
            c,
        )?;
    }
    let wrong_number = some(act, plan, 3, |a| a.outcome == Outcome::SendInfo);
    for (i, ask) in wrong_number {
        let before = &written.prospects[ask.lead];
        if before.phone.is_empty() {
            continue;
        }
        let contact = Contact {
            name: before.name.clone(),
            company: before.company.clone(),
            email: before.email.clone(),
            phone: format!("0808 157 0{:03}", i % 900),
            language: before.language.clone(),
            zone: None,
            segment: before.segment.clone().unwrap_or_default(),
        };
        prospects::edit(&mut at(act, ask.at + 2 * MINUTE), me, before.id, &contact)?;
    }
    Ok(())
}

/// Reasons that came days later, in their own words.
fn find_out(act: &mut Act<'_, '_>, plan: &Year, written: &Written, dice: &mut Dice) -> Result<()> {
    let me = &written.team[0];
    let open = |a: &Ask| a.outcome == Outcome::No && a.said.is_none() && a.heard.is_none();
    let weights: Vec<_> = WHY
        .iter()
        .filter(|w| w.code != REASON_DO_NOT_CONTACT)
        .map(|w| (w, w.said))
        .collect();
    for (i, ask) in some(act, plan, 36, open) {
        let why = dice.weighed(&weights);
        let words = dice.pick(why.words);
        let later = ask.at + i64::from(dice.between(1, 5)) * DAY;
        let ids = [written.attempts[i]];
        ledger::add_reason(
            &mut at(act, later),
            me,
            &ids,
            why.code,
            SaidBy::Prospect,
            Some(words),
        )?;
    }
    Ok(())
}

fn note(act: &mut Act<'_, '_>, plan: &Year, written: &Written, dice: &mut Dice) -> Result<()> {
    let late = plan
        .asks
        .iter()
        .enumerate()
        .filter(|(_, a)| a.stage == Stage::Discovery);
    for (i, ask) in late.step_by(12) {
        prospects::add_note(
            &mut at(act, ask.at + 5 * MINUTE),
            &written.team[ask.person],
            written.prospects[ask.lead].id,
            Some(written.attempts[i]),
            dice.pick(&NOTES),
        )?;
    }
    Ok(())
}

/// Deals that were lost and are talked about again.
fn reopen(act: &mut Act<'_, '_>, plan: &Year, written: &Written) -> Result<()> {
    let lost = plan
        .deals
        .iter()
        .zip(&written.deals)
        .filter_map(|(planned, deal)| {
            let (closed, state) = planned.closed?;
            (planned.person == 0 && state == DealState::Lost).then_some((closed, deal.id))
        });
    let lost: Vec<_> = lost.collect();
    for (closed, id) in lost.into_iter().rev().step_by(4).take(4) {
        deals::reopen(&mut at(act, closed + 9 * DAY), &written.team[0], id)?;
    }
    Ok(())
}

/// Somebody who was written down twice, found out some days later.
fn merge(act: &mut Act<'_, '_>, plan: &Year, written: &Written) -> Result<()> {
    for (i, twin) in plan.leads.iter().enumerate() {
        if let Some(one) = twin.twin_of {
            let found = plan.leads[one].last + 2 * DAY;
            let (from, into) = (written.prospects[i].id, written.prospects[one].id);
            prospects::merge(&mut at(act, found), &written.team[0], from, into)?;
        }
    }
    Ok(())
}

/// Most follow-ups of the local person that are up by now, those with a part left out.
const UP_BY_NOW: usize = 6;

/// The open follow-ups of those who were not asked again since; older ones were let go, but for
/// those with a part.
fn come_back(act: &mut Act<'_, '_>, plan: &Year, written: &Written) -> Result<()> {
    let calendar = &written.calendar;
    let oldest = calendar.working_day_before();
    let mut up = 0;
    for (i, ask) in plan.asks.iter().enumerate() {
        let kind = match ask.outcome {
            Outcome::NotNow => FollowUpKind::NotNow,
            Outcome::SendInfo => FollowUpKind::SendInfo,
            _ => continue,
        };
        let me = &written.team[ask.person];
        let asked =
            Timestamp::from_microsecond(ask.at).map_or(calendar.today, |t| me.zone().day_of(t));
        let days = ask.again.unwrap_or_default().days();
        let due = asked.checked_add(days).unwrap_or(calendar.today);
        let part = names::DUE
            .iter()
            .any(|part| written.cast[*part] == Some(ask.lead));
        let crowded = ask.person == 0 && due <= calendar.today && up == UP_BY_NOW;
        let asked_since = plan.leads[ask.lead].last != ask.at;
        if asked_since || !part && (due < oldest || crowded) {
            continue;
        }
        up += usize::from(ask.person == 0 && due <= calendar.today && !part);
        let open = FollowUp {
            id: act.ids.follow_up(),
            owner: me.id(),
            prospect: written.prospects[ask.lead].id,
            attempt: Some(written.attempts[i]),
            due: When::Day(due),
            zone: me.zone().clone(),
            kind,
            note: String::new(),
            state: FollowUpState::Open,
        };
        follow_up::insert(act.tx, &open)?;
    }
    Ok(())
}

/// Who is to be come back to: somebody yesterday, some today, some soon.
fn due(act: &mut Act<'_, '_>, plan: &Year, written: &Written) -> Result<()> {
    let me = &written.team[0];
    let c = &written.calendar;
    let hour = 3_600;
    let times = [
        When::Day(c.working_day_before()),
        When::Instant(c.instant(c.today, 5 * hour + hour / 2)),
        When::Instant(c.instant(c.today, 7 * hour)),
    ];
    for (part, when) in names::DUE.into_iter().zip(times) {
        let Some(lead) = written.cast[part] else {
            continue;
        };
        let mut then = at(act, plan.leads[lead].last + MINUTE);
        for open in follow_up::open_of_prospect(then.tx, written.prospects[lead].id)? {
            follow_ups::move_to(&mut then, me, open.id, when)?;
        }
    }
    // What they said makes one come back, too.
    let soon = [
        ("N12", 1, "Ask for Jo."),
        ("N2", 9, "The busy weeks are over by then."),
        ("N3", 40, "New budget, new question."),
    ];
    for (code, days, note) in soon {
        if let Some((_, ask)) = some(act, plan, 200, |a| a.said == Some(code)).pop() {
            let day = c.today.checked_add(days.days()).unwrap_or(c.today);
            let prospect = written.prospects[ask.lead].id;
            let mut then = at(act, ask.at + MINUTE);
            follow_ups::set(&mut then, me, prospect, None, When::Day(day), note)?;
        }
    }
    Ok(())
}

/// About a dozen to call next: somebody who waits for news, some nobody reached, some new.
fn list(act: &mut Act<'_, '_>, plan: &Year, written: &Written) -> Result<()> {
    let c = &written.calendar;
    let start = |back: i32| {
        c.instant(c.date(calendar::DAYS - 1 - back), 0)
            .as_microsecond()
    };
    let lately = start(14)..start(1);
    let mine = || plan.leads.iter().enumerate().filter(|(_, l)| l.person == 0);
    let unreached = mine().filter(|(i, l)| {
        let part = names::NEXT.iter().any(|p| written.cast[*p] == Some(*i));
        !part && l.outcome == Outcome::NoReply && l.asks < 4 && lately.contains(&l.last)
    });
    let new = mine().filter(|(_, l)| l.asks == 0);
    let order = names::NEXT
        .into_iter()
        .filter_map(|part| written.cast[part])
        .chain(unreached.map(|(i, _)| i).take(4))
        .chain(new.map(|(i, _)| i))
        .take(12);
    for lead in order {
        call_list::add(act.tx, written.team[0].id(), written.prospects[lead].id)?;
    }
    Ok(())
}

/// Somebody from long ago who said no once.
fn to_forget(act: &Act<'_, '_>, plan: &Year, written: &Written) -> Option<ProspectId> {
    let before = act.micros() - 120 * DAY;
    let lead = plan.leads.iter().position(|l| {
        l.person == 0 && l.asks == 1 && l.outcome == Outcome::No && l.last < before
    })?;
    Some(written.prospects[lead].id)
}
