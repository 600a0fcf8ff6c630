//! The asks of a row: what they say, how many there are, and what the last sets in motion.

use domain::{
    Attempt, AttemptId, Channel, DealId, FollowUp, LabelKind, Outcome, ProspectId, Reasons, SaidBy,
    Source, Stage, When,
};
use exchange::{Format, Row, RowKind};
use store::tables::attempt;

use super::Run;
use super::chunk::Added;
use crate::{Act, AppError, Result, labels};

/// Adds the asks of a row, with what the last of them sets in motion.
pub(super) fn add(act: &Act<'_, '_>, run: &mut Run, added: &mut Added, asks: Vec<Attempt>) {
    run.done.attempts += asks.len() as u64;
    if let Some(last) = asks.last() {
        run.done.yes += u64::from(last.outcome == Outcome::Yes);
        if crate::ledger::says_stop(&last.reasons) {
            added.stopped.push((last.prospect, last.id));
        } else {
            let asked_for = follow_up_of(act, run, last);
            added
                .follow_ups
                .extend(asked_for.map(|f| ((last.order, last.seq), run.whose.clone(), f)));
        }
    }
    added.attempts.extend(asks);
}

pub(super) fn base_id(act: &Act<'_, '_>, format: Format, row: &Row) -> AttemptId {
    match own_id(format, row) {
        // The earlier asks of a row take their ids from the last one's.
        Some(id) if row.attempts == 1 || AttemptId::of_row(id, 0) == id => id,
        _ => AttemptId::of_row(act.ids.attempt(), 0),
    }
}

/// The id under which a Rebound wrote this row.
pub(super) fn own_id(format: Format, row: &Row) -> Option<AttemptId> {
    let id = row.external_id.as_deref()?;
    id.parse().ok().filter(|_| format == Format::Rebound)
}

/// The code of a label, added when it is new.
pub(super) fn label(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    kind: LabelKind,
    text: Option<&str>,
) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    let key = (kind, text.to_owned());
    if let Some(code) = run.labels.get(&key) {
        return Ok(Some(code.clone()));
    }
    let code = labels::find_or_add(act, kind, text)?.code;
    run.labels.insert(key, code.clone());
    Ok(Some(code))
}

/// The reason of a row and the words with it. A text that is no label stays as words: when it is
/// long, when there are many, or when a seller brings it in, for everybody sees the labels.
pub(super) fn reason(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    row: &Row,
) -> Result<(Reasons, Option<String>)> {
    let limits = &act.workspace.thresholds;
    let cut = |text: &str| text.chars().take(limits.text_chars).collect::<String>();
    let words = row.words.as_deref().map(cut);
    let Some(text) = row
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|t| !t.is_empty())
    else {
        return Ok((Reasons::default(), words));
    };
    let known = run
        .labels
        .contains_key(&(LabelKind::Reason, text.to_owned()));
    if !known {
        let all = labels::all(act, LabelKind::Reason)?;
        if labels::find(&all, text).is_none() {
            if !run.reps.makes_labels()
                || text.chars().count() > limits.reason_chars
                || run.new_reasons >= limits.new_reasons
            {
                let both = words.map_or_else(|| text.to_owned(), |said| format!("{text}: {said}"));
                return Ok((Reasons::default(), Some(cut(&both))));
            }
            run.new_reasons += 1;
        }
    }
    let code = label(act, run, LabelKind::Reason, Some(text))?.unwrap_or_default();
    Ok((
        Reasons::one(&code, row.said_by.unwrap_or(SaidBy::SellerGuess)),
        words,
    ))
}

/// Where a row stands in time; an ask that lies in the future is none yet.
pub(super) fn order_of(act: &Act<'_, '_>, row: &Row) -> Result<i64> {
    let order = row
        .when
        .instant(&row.zone)
        .map_or(attempt::UNDATED, |t| t.as_microsecond());
    if row.kind == RowKind::Asks && crate::ledger::lies_ahead(row.when, &row.zone, act.now) {
        return Err(AppError::invalid(
            "at",
            "That time lies in the future; an ask is logged when it has happened.",
        ));
    }
    Ok(order)
}

/// The asks of one row, earlier ones first: all but the last are noes without a time that stand
/// directly before it. The last has the row's base id.
pub(super) fn asks(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    row: &Row,
    outcome: Outcome,
    base: AttemptId,
    prospect: ProspectId,
    deal: Option<DealId>,
) -> Result<Vec<Attempt>> {
    let order = order_of(act, row)?;
    let (reasons, words) = reason(act, run, row)?;
    let segment = label(act, run, LabelKind::Segment, row.segment.as_deref())?;
    let pitch = label(act, run, LabelKind::Pitch, row.pitch.as_deref())?;
    let closing = row.kind == RowKind::Deals;
    let last = Attempt {
        id: base,
        owner: run.whose.id(),
        rep: Some(row.rep.clone()).filter(|r| !r.is_empty()),
        prospect,
        deal,
        when: row.when,
        zone: row.zone.clone(),
        order,
        seq: run.seq + i64::from(row.attempts),
        ordinal: row.ordinal,
        outcome,
        stage: row.stage.unwrap_or(if closing {
            Stage::Negotiation
        } else {
            Stage::Opener
        }),
        channel: row.channel.unwrap_or(Channel::Other),
        loss_kind: row.loss_kind,
        reasons,
        words,
        segment,
        pitch,
        value: row.value.clone(),
        source: Source {
            kind: run.format.code().to_owned(),
            id: row.external_id.clone(),
        },
        voided: false,
        brought_by: Some(run.me.id()),
        version: 0,
        recorded_at: act.micros(),
    };
    run.seq += i64::from(row.attempts);
    let mut out = Vec::with_capacity(row.attempts as usize);
    for k in (1..row.attempts).rev() {
        out.push(earlier(&last, k));
    }
    out.push(last);
    Ok(out)
}

/// The `k`-th ask before the last one of its row.
pub(super) fn earlier(last: &Attempt, k: u32) -> Attempt {
    Attempt {
        id: AttemptId::of_row(last.id, u16::try_from(k).unwrap_or(u16::MAX)),
        when: When::Undated,
        seq: last.seq - i64::from(k),
        ordinal: last.ordinal.map(|n| n.saturating_sub(k)).filter(|n| *n > 0),
        outcome: Outcome::No,
        loss_kind: None,
        reasons: Reasons::default(),
        words: None,
        value: None,
        ..last.clone()
    }
}

/// The follow-up of a recent “not now” or “send info”; history makes none.
fn follow_up_of(act: &Act<'_, '_>, run: &Run, a: &Attempt) -> Option<FollowUp> {
    a.when.day(&a.zone)?;
    let today = run.whose.zone().day_of(act.now);
    let asked_for = crate::ledger::follow_up_of(act, &run.whose, a)?;
    (asked_for.due.day(&asked_for.zone)? >= today).then_some(asked_for)
}
