//! Deals: opened, closed, opened again.

use domain::{AttemptId, Deal, DealId, DealState, Money, Outcome, ProspectId, Source, Stage};
use serde_json::json;
use store::tables::deal;

use crate::ledger::{Logged, NewAttempt, WhoRef, log};
use crate::{Act, AppError, Kind, Result, Seller, error, prospects};

/// Opens a deal with a prospect.
///
/// # Errors
/// When the title is missing or too long.
pub fn open(
    act: &mut Act<'_, '_>,
    me: &Seller,
    prospect: ProspectId,
    title: &str,
    value: Option<Money>,
) -> Result<Deal> {
    let title = error::text(
        "title",
        "The title",
        title,
        act.workspace.thresholds.name_chars,
    )?;
    if title.is_empty() {
        return Err(AppError::invalid("title", "Write what the deal is called."));
    }
    let deal = Deal {
        id: act.ids.deal(),
        owner: me.id(),
        prospect: Some(prospects::resolve(act, me, &WhoRef::Id(prospect))?.id),
        title,
        state: DealState::Open,
        stage: String::new(),
        value,
        source: Source::default(),
        created_at: act.micros(),
        closed_at: None,
    };
    deal::insert(act.tx, &deal)?;
    Ok(deal)
}

/// One's own deal.
///
/// # Errors
/// When it is not one's own.
pub fn get(act: &mut Act<'_, '_>, me: &Seller, id: DealId) -> Result<Deal> {
    own(act, me, id)
}

fn own(act: &mut Act<'_, '_>, me: &Seller, id: DealId) -> Result<Deal> {
    deal::get(act.tx, id)?
        .filter(|d| d.owner == me.id())
        .ok_or_else(|| AppError::not_found("deal"))
}

/// Writes a new state and the line of history that keeps the old one; `by` is the attempt that
/// did it.
pub(crate) fn change(
    act: &mut Act<'_, '_>,
    actor: Option<domain::PersonId>,
    before: &Deal,
    after: &Deal,
    kind: &str,
    by: Option<AttemptId>,
) -> Result<()> {
    if before == after {
        return Ok(());
    }
    deal::update(act.tx, after)?;
    let shown = |d: &Deal| json!({ "title": d.title, "state": d.state, "stage": d.stage, "value": d.value, "closed_at": d.closed_at });
    let mut now = shown(after);
    if let Some(by) = by {
        now["by"] = json!(by);
    }
    act.record(
        actor,
        kind,
        before.id.as_bytes(),
        before.prospect,
        Some(&shown(before)),
        Some(&now),
    )?;
    Ok(())
}

/// Closes a deal: the closing ask is logged with it, at negotiation unless `new` says otherwise.
///
/// # Errors
/// When it is not one's own, is closed already, or the outcome closes nothing.
pub fn close(
    act: &mut Act<'_, '_>,
    me: &Seller,
    id: DealId,
    mut new: NewAttempt,
) -> Result<Logged> {
    let before = own(act, me, id)?;
    if before.state != DealState::Open {
        return Err(AppError::new(
            Kind::Conflict,
            "This deal is closed already. Open it again first.",
        ));
    }
    let state = match new.outcome {
        Outcome::Yes => DealState::Won,
        Outcome::No | Outcome::NoReply => DealState::Lost,
        _ => {
            return Err(AppError::invalid(
                "outcome",
                "A deal closes with a yes, a no or no reply.",
            ));
        }
    };
    if let Some(prospect) = before.prospect {
        new.who = WhoRef::Id(prospect);
    }
    new.deal = Some(id);
    new.stage = new.stage.or(Some(Stage::Negotiation));
    new.value = new.value.or_else(|| before.value.clone());
    let logged = log(act, me, new)?;
    let asked = logged.attempt.when.instant(&logged.attempt.zone);
    let after = Deal {
        state,
        // Forgetting somebody finds their deals by this.
        prospect: before.prospect.or(Some(logged.attempt.prospect)),
        closed_at: Some(asked.map_or(act.micros(), |t| t.as_microsecond())),
        ..before.clone()
    };
    let by = Some(logged.attempt.id);
    change(act, Some(me.id()), &before, &after, "deal_closed", by)?;
    Ok(logged)
}

/// Opens a closed deal again; the ask that closed it, and its reason, stay.
///
/// # Errors
/// When it is not one's own or is open.
pub fn reopen(act: &mut Act<'_, '_>, me: &Seller, id: DealId) -> Result<()> {
    let before = own(act, me, id)?;
    if before.state == DealState::Open {
        return Err(AppError::new(Kind::Conflict, "This deal is open already."));
    }
    let after = Deal {
        state: DealState::Open,
        closed_at: None,
        ..before.clone()
    };
    change(act, Some(me.id()), &before, &after, "deal_reopened", None)
}
