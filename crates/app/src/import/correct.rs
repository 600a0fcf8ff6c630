//! A row that was known and now says something else.

use domain::{Attempt, AttemptId, DealState, Outcome, PersonId, When};
use exchange::{Row, RowResult};
use store::Hash;
use store::tables::import::{self, ImportRow};
use store::tables::matching::MatchKeys;
use store::tables::{attempt, deal, prospect};

use super::Run;
use super::asks;
use super::chunk::{self, Added};
use super::people::{self, People};
use crate::{Act, Result, deals, ledger};

/// Corrects what a row became before, and says what is known of it now; its history stays.
pub(super) fn row(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    people: &mut People,
    before: &ImportRow,
    content: Hash,
    keys: &MatchKeys,
    row: &Row,
) -> Result<Option<ImportRow>> {
    let standing = match before.attempt {
        Some(id) => attempt::get(act.tx, id)?,
        None => None,
    };
    // It may have been moved to somebody who was forgotten since.
    if let Some(a) = &standing
        && prospect::get(act.tx, a.prospect)?.is_none_or(|p| p.forgotten)
    {
        return Ok(None);
    }
    if row.kind == exchange::RowKind::Deals
        && let Some(id) = before.deal
        && deal::get(act.tx, id)?.is_some_and(|d| d.owner != run.whose.id())
    {
        // A colleague's by now, or one that a row named by its title.
        return Ok(None);
    }
    run.done.corrected += 1;
    let mut after = ImportRow {
        content,
        ..before.clone()
    };
    let mut added = Added::default();
    let named = keys.iter().next().is_some();
    if named {
        after.prospect = Some(match before.prospect {
            Some(id) if fits(act, people, id, keys)? => id,
            Some(id) if nameless(act, id)? && !people.knows_any(keys) => {
                people::learn(act, run, people, &mut added, id, keys, row)?;
                id
            }
            _ => people::person(act, run, people, &mut added, keys, row)?,
        });
    }
    chunk::flush(act, run, &mut added)?;
    if row.kind == exchange::RowKind::Deals && after.deal.is_none() {
        // Read as an ask until now.
        after.deal = chunk::deal_of(act, run, &mut added, row, after.prospect)?;
        chunk::flush(act, run, &mut added)?;
    }
    let was_open = update_deal(act, run, &after, row)?;
    let RowResult::Attempt(outcome) = row.result else {
        // Open again: the ask that closed it stays.
        import::update(act.tx, &after)?;
        return Ok(Some(after));
    };
    // Closed, opened again and now closed once more: that is another ask.
    let known = standing.filter(|_| !was_open);
    let prospect = match after.prospect {
        Some(id) => id,
        None => people::person(act, run, people, &mut added, keys, row)?,
    };
    after.prospect = Some(prospect);
    chunk::flush(act, run, &mut added)?;
    let base = match &known {
        Some(a) => a.id,
        None => AttemptId::of_row(act.ids.attempt(), 0),
    };
    // Who moved an attempt to somebody else knew better than a row that says the same as before.
    let whose = match &known {
        Some(a) if after.prospect == before.prospect => a.prospect,
        _ => prospect,
    };
    let mut asks = asks::asks(act, run, row, outcome, base, whose, after.deal)?;
    if let Some(known) = known
        && let Some(mut last) = asks.pop()
    {
        if last.reasons.is_empty() {
            last.reasons = known.reasons.clone();
        } else {
            // What another voice said was not in the file, and stays.
            for &voice in domain::SaidBy::ALL {
                if last.reasons.by(voice).is_none() {
                    last.reasons
                        .set(voice, known.reasons.by(voice).map(str::to_owned));
                }
            }
        }
        keep_what_is_not_said(&known, &mut last, row);
        // Without a column for it a row is one ask, which says nothing about how many there were.
        let had = u32::try_from(before.asks).unwrap_or(1);
        let asks = if row.attempts == 1 {
            had.max(1)
        } else {
            row.attempts
        };
        after.asks = i64::from(asks);
        change_asks(act, run, before, &known, last, asks)?;
    } else {
        asks::add(act, run, &mut added, asks);
        chunk::flush(act, run, &mut added)?;
        after.asks = i64::from(row.attempts);
    }
    after.attempt = Some(base);
    import::update(act.tx, &after)?;
    Ok(Some(after))
}

/// A blank cell, or a column that is not mapped this time, says nothing: what is known stays.
fn keep_what_is_not_said(known: &Attempt, last: &mut Attempt, row: &Row) {
    if row.when == When::Undated {
        last.when = known.when;
        last.zone = known.zone.clone();
        last.order = known.order;
    }
    if row.stage.is_none() {
        last.stage = known.stage;
    }
    if row.channel.is_none() {
        last.channel = known.channel;
    }
    last.ordinal = last.ordinal.or(known.ordinal);
    if last.outcome != Outcome::Yes {
        last.loss_kind = last.loss_kind.or(known.loss_kind);
    }
    last.deal = last.deal.or(known.deal);
    last.words = last.words.take().or_else(|| known.words.clone());
    last.segment = last.segment.take().or_else(|| known.segment.clone());
    last.pitch = last.pitch.take().or_else(|| known.pitch.clone());
    last.value = last.value.take().or_else(|| known.value.clone());
}

/// Corrects the last ask of a row, adds earlier ones it now has, and voids those it no longer has.
fn change_asks(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    before: &ImportRow,
    known: &Attempt,
    last: Attempt,
    asks: u32,
) -> Result<()> {
    let me = run.whose.clone();
    let had = u32::try_from(before.asks).unwrap_or(1);
    let after = Attempt {
        owner: known.owner,
        seq: known.seq,
        voided: known.voided,
        version: known.version,
        recorded_at: known.recorded_at,
        source: known.source.clone(),
        rep: known.rep.clone(),
        brought_by: brought_by(run, known),
        ..last
    };
    let template = after.clone();
    ledger::change(act, Some(&me), known, after, "corrected_by_import")?;
    let zone = act.zone()?;
    for k in 1..had.max(asks) {
        let earlier = asks::earlier(&template, k);
        match attempt::get(act.tx, earlier.id)? {
            None if k < asks => {
                run.done.attempts += 1;
                store::derived::append(act.tx, &earlier, &zone)?;
            }
            Some(there) => {
                let mut new = Attempt {
                    prospect: earlier.prospect,
                    order: earlier.order,
                    zone: earlier.zone,
                    stage: earlier.stage,
                    channel: earlier.channel,
                    segment: earlier.segment,
                    pitch: earlier.pitch,
                    deal: earlier.deal,
                    brought_by: brought_by(run, &there),
                    ..there.clone()
                };
                // One that had left the row comes back with it; one that was undone stays so.
                new.voided = k >= asks || (k < had && there.voided);
                ledger::change(act, Some(&me), &there, new, "corrected_by_import")?;
            }
            None => {}
        }
    }
    Ok(())
}

/// Who an attempt was brought in by, from now on: whoever first did so for somebody else. They know it,
/// whoever changes it later.
fn brought_by(run: &Run, known: &Attempt) -> Option<PersonId> {
    let another = known.brought_by.filter(|by| *by != known.owner);
    another.or(Some(run.me.id()))
}

/// Whether nothing tells who a prospect is, as when the name was not mapped the first time.
fn nameless(act: &mut Act<'_, '_>, id: domain::ProspectId) -> Result<bool> {
    Ok(prospect::get(act.tx, id)?.is_some_and(|p| {
        !p.forgotten
            && p.name.is_empty()
            && p.company.is_empty()
            && p.email.is_empty()
            && p.phone.is_empty()
    }))
}

/// Whether the prospect a row went to is still who it names.
fn fits(
    act: &mut Act<'_, '_>,
    people: &People,
    id: domain::ProspectId,
    keys: &MatchKeys,
) -> Result<bool> {
    Ok(prospect::get(act.tx, id)?.is_some_and(|known| people.knows(known.root, keys)))
}

/// Brings a deal to what its row says; whether it had been open.
fn update_deal(act: &mut Act<'_, '_>, run: &mut Run, after: &ImportRow, row: &Row) -> Result<bool> {
    let Some(before) = (match after.deal {
        Some(id) if row.kind == exchange::RowKind::Deals => deal::get(act.tx, id)?,
        _ => None,
    }) else {
        return Ok(false);
    };
    let state = chunk::state_of(row);
    let closed_at = row.when.instant(&row.zone).map(|t| t.as_microsecond());
    let mut new = before.clone();
    new.prospect = after.prospect.or(before.prospect);
    // A blank says nothing here either.
    if !row.deal.is_empty() {
        new.title = row
            .deal
            .chars()
            .take(act.workspace.thresholds.name_chars)
            .collect();
    }
    if !row.deal_stage.is_empty() {
        new.stage.clone_from(&row.deal_stage);
    }
    new.value = row.value.clone().or(new.value);
    new.state = state;
    new.closed_at = closed_at.filter(|_| state != DealState::Open);
    let kind = match (before.state, state) {
        (DealState::Open, DealState::Open) => "deal_changed",
        (_, DealState::Open) => "deal_reopened",
        (DealState::Open, _) => "deal_closed",
        _ => "deal_changed",
    };
    deals::change(act, Some(run.me.id()), &before, &new, kind, None)?;
    Ok(before.state == DealState::Open)
}

/// An attempt of this ledger came back in its own export: what the file says differently is a
/// correction.
pub(super) fn own(act: &mut Act<'_, '_>, run: &mut Run, known: &Attempt, row: &Row) -> Result<()> {
    let RowResult::Attempt(outcome) = row.result else {
        return Ok(());
    };
    let forgotten = prospect::get(act.tx, known.prospect)?.is_none_or(|p| p.forgotten);
    if known.voided || forgotten || known.owner != run.whose.id() {
        return Ok(());
    }
    let (reasons, words) = asks::reason(act, run, row)?;
    let segment = asks::label(act, run, domain::LabelKind::Segment, row.segment.as_deref())?;
    let pitch = asks::label(act, run, domain::LabelKind::Pitch, row.pitch.as_deref())?;
    let mut after = known.clone();
    after.outcome = outcome;
    after.stage = row.stage.unwrap_or(known.stage);
    after.channel = row.channel.unwrap_or(known.channel);
    after.loss_kind = row.loss_kind.or(known.loss_kind);
    if let Some((code, voice)) = reasons.leading() {
        after.reasons.set(voice, Some(code.to_owned()));
    }
    after.words = words;
    after.segment = segment.or_else(|| known.segment.clone());
    after.pitch = pitch.or_else(|| known.pitch.clone());
    if row.when.iso() != known.when.iso() && row.when != domain::When::Undated {
        after.when = row.when;
        after.zone = row.zone.clone();
        after.order = row
            .when
            .instant(&row.zone)
            .map_or(known.order, |t| t.as_microsecond());
    }
    let me = run.whose.clone();
    if after.version() != known.version() {
        after.brought_by = brought_by(run, known);
        run.done.corrected += 1;
    }
    ledger::change(act, Some(&me), known, after, "corrected_by_import").map(drop)
}
