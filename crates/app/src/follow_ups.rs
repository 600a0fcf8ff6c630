//! Things to come back to.

use std::collections::HashMap;

use domain::{
    AttemptId, FollowUp, FollowUpId, FollowUpKind, FollowUpState, PersonId, ProspectId, When,
};
use serde_json::json;
use store::tables::{attempt, follow_up};

use crate::ledger::{self, WhoRef};
use crate::{Act, AppError, Result, Seller, error, prospects};

/// Sets a follow-up by hand.
///
/// # Errors
/// When it has no day, or the note is too long.
pub fn set(
    act: &mut Act<'_, '_>,
    me: &Seller,
    prospect: ProspectId,
    attempt: Option<AttemptId>,
    due: When,
    note: &str,
) -> Result<FollowUp> {
    if due == When::Undated {
        return Err(AppError::invalid("due", "Choose the day to come back."));
    }
    let prospect = prospects::resolve(act, me, &WhoRef::Id(prospect))?.id;
    if let Some(id) = attempt {
        ledger::own(act, me, id)?;
    }
    let follow_up = FollowUp {
        id: act.ids.follow_up(),
        owner: me.id(),
        prospect,
        attempt,
        due,
        zone: me.zone().clone(),
        kind: FollowUpKind::Own,
        note: error::text(
            "note",
            "The note",
            note,
            act.workspace.thresholds.text_chars,
        )?,
        state: FollowUpState::Open,
    };
    follow_up::insert(act.tx, &follow_up)?;
    Ok(follow_up)
}

/// Keeps what an attempt asked for, as the only such thing with its prospect: the latest attempt
/// says when to come back. What was set by hand stays. `place` is the attempt's order and sequence.
/// Says whether it was kept.
///
/// # Errors
/// When the database cannot.
pub(crate) fn ask_for(
    act: &mut Act<'_, '_>,
    me: &Seller,
    new: &FollowUp,
    place: (i64, i64),
) -> Result<bool> {
    let root = prospects::root(act, new.prospect)?;
    for open in follow_up::open_of_prospect(act.tx, root)? {
        let (Some(by), Some(id)) = (new.attempt, open.attempt) else {
            continue;
        };
        if open.kind == FollowUpKind::Own || open.owner != me.id() {
            continue;
        }
        let later = attempt::get(act.tx, id)?.is_some_and(|a| (a.order, a.seq) > place);
        if later {
            return Ok(false);
        }
        ledger::end_follow_up(act, me, open, FollowUpState::Dropped, by)?;
    }
    follow_up::insert(act.tx, new)?;
    Ok(true)
}

/// Sets the same day for the prospects of several attempts.
///
/// # Errors
/// As [`set`], or when an attempt is not one's own.
pub fn set_many(
    act: &mut Act<'_, '_>,
    me: &Seller,
    attempts: &[AttemptId],
    due: When,
    note: &str,
) -> Result<usize> {
    let mut seen = Vec::new();
    for &id in attempts {
        let a = crate::ledger::own(act, me, id)?;
        if !seen.contains(&a.prospect) {
            seen.push(a.prospect);
            set(act, me, a.prospect, Some(id), due, note)?;
        }
    }
    Ok(seen.len())
}

/// One's own follow-up.
///
/// # Errors
/// When it is not one's own.
pub fn get(act: &mut Act<'_, '_>, me: &Seller, id: FollowUpId) -> Result<FollowUp> {
    own(act, me, id)
}

fn own(act: &mut Act<'_, '_>, me: &Seller, id: FollowUpId) -> Result<FollowUp> {
    follow_up::get(act.tx, id)?
        .filter(|f| f.owner == me.id())
        .ok_or_else(|| AppError::not_found("follow-up"))
}

fn change(
    act: &mut Act<'_, '_>,
    me: &Seller,
    before: &FollowUp,
    after: &FollowUp,
    kind: &str,
) -> Result<()> {
    if before == after {
        return Ok(());
    }
    follow_up::update(act.tx, after)?;
    let shown = |f: &FollowUp| json!({ "due": f.due.iso(), "state": f.state });
    act.record(
        Some(me.id()),
        kind,
        before.id.as_bytes(),
        Some(before.prospect),
        Some(&shown(before)),
        Some(&shown(after)),
    )?;
    Ok(())
}

/// It was come back to.
///
/// # Errors
/// When it is not one's own.
pub fn done(act: &mut Act<'_, '_>, me: &Seller, id: FollowUpId) -> Result<()> {
    let before = own(act, me, id)?;
    change(
        act,
        me,
        &before,
        &FollowUp {
            state: FollowUpState::Done,
            ..before.clone()
        },
        "follow_up_closed",
    )
}

/// It is no longer wanted.
///
/// # Errors
/// When it is not one's own.
pub fn drop_it(act: &mut Act<'_, '_>, me: &Seller, id: FollowUpId) -> Result<()> {
    let before = own(act, me, id)?;
    change(
        act,
        me,
        &before,
        &FollowUp {
            state: FollowUpState::Dropped,
            ..before.clone()
        },
        "follow_up_closed",
    )
}

/// Another day.
///
/// # Errors
/// When it is not one's own, or no day is given.
pub fn move_to(act: &mut Act<'_, '_>, me: &Seller, id: FollowUpId, due: When) -> Result<()> {
    if due == When::Undated {
        return Err(AppError::invalid("due", "Choose the day to come back."));
    }
    let before = own(act, me, id)?;
    let after = FollowUp {
        due,
        zone: me.zone().clone(),
        state: FollowUpState::Open,
        ..before.clone()
    };
    change(act, me, &before, &after, "follow_up_moved")
}

/// Everybody's open follow-ups with a prospect and those merged with them, earliest first, and what
/// the others they belong to are called.
///
/// # Errors
/// When there is no such prospect.
pub fn open_with(
    act: &mut Act<'_, '_>,
    me: &Seller,
    prospect: ProspectId,
) -> Result<(Vec<FollowUp>, HashMap<PersonId, String>)> {
    let root = prospects::root(act, prospect)?;
    let open = follow_up::open_of_prospect(act.tx, root)?;
    let colleagues = prospects::colleagues(act, me, open.iter().map(|f| f.owner))?;
    Ok((open, colleagues))
}
