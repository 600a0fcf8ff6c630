//! What may happen to an attempt afterwards: corrected, given a reason, given another outcome.

use domain::{
    Attempt, AttemptId, Channel, DealId, FollowUpKind, FollowUpState, LabelKind, LossKind, Outcome,
    ProspectId, SaidBy, Stage, When, Zone,
};
use store::tables::{attempt, follow_up};

use crate::ledger::{WhoRef, end_follow_up, follow_up_for, known_reason, lies_ahead, says_stop};
use crate::{Act, AppError, Kind, Result, Seller, deals, error, labels, pitch_tests, prospects};

/// What to change about an attempt; what is left out stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the same fields as in Attempt")]
pub struct Correction {
    pub when: Option<When>,
    pub zone: Option<Zone>,
    pub outcome: Option<Outcome>,
    pub stage: Option<Stage>,
    pub channel: Option<Channel>,
    pub loss_kind: Option<Option<LossKind>>,
    /// A reason by one voice; an empty code takes it away.
    pub reason: Option<(SaidBy, String)>,
    pub words: Option<String>,
    /// A code; an empty one takes it away.
    pub segment: Option<String>,
    pub pitch: Option<String>,
    pub prospect: Option<ProspectId>,
    pub deal: Option<Option<DealId>>,
}

/// One's own attempt.
pub(crate) fn own(act: &mut Act<'_, '_>, me: &Seller, id: AttemptId) -> Result<Attempt> {
    attempt::get(act.tx, id)?
        .filter(|a| a.owner == me.id())
        .ok_or_else(|| AppError::not_found("attempt"))
}

/// One's own attempt that was not undone.
fn standing(act: &mut Act<'_, '_>, me: &Seller, id: AttemptId) -> Result<Attempt> {
    let a = own(act, me, id)?;
    if a.voided {
        return Err(AppError::new(
            Kind::Conflict,
            "This attempt was undone. Log it again instead.",
        ));
    }
    Ok(a)
}

/// Corrects an attempt; how it stood before stays in its history.
///
/// # Errors
/// When it is not one's own, was undone, or a value is not right.
pub fn correct(
    act: &mut Act<'_, '_>,
    me: &Seller,
    id: AttemptId,
    c: Correction,
) -> Result<Attempt> {
    let before = standing(act, me, id)?;
    let most = act.workspace.thresholds.text_chars;
    let mut after = before.clone();
    if let Some(zone) = c.zone {
        after.zone = zone;
    }
    if let Some(when) = c.when {
        after.when = when;
        after.order = when
            .instant(&after.zone)
            .map_or(attempt::UNDATED, |t| t.as_microsecond());
        if lies_ahead(when, &after.zone, act.now) {
            return Err(AppError::invalid("at", "That time lies in the future."));
        }
    }
    after.outcome = c.outcome.unwrap_or(after.outcome);
    after.stage = c.stage.unwrap_or(after.stage);
    after.channel = c.channel.unwrap_or(after.channel);
    after.loss_kind = c.loss_kind.unwrap_or(after.loss_kind);
    if let Some((said_by, code)) = c.reason {
        let code = if code.trim().is_empty() {
            None
        } else {
            Some(known_reason(act, &code)?)
        };
        after.reasons.set(said_by, code);
    }
    if let Some(words) = c.words {
        after.words =
            Some(error::text("words", "What they said", &words, most)?).filter(|w| !w.is_empty());
        prospects::refuse_words(act, after.prospect, after.words.as_deref())?;
    }
    if let Some(segment) = c.segment {
        after.segment = label_code(act, LabelKind::Segment, &segment)?;
    }
    if let Some(pitch) = c.pitch {
        after.pitch = label_code(act, LabelKind::Pitch, &pitch)?;
    }
    if let Some(prospect) = c.prospect {
        after.prospect = prospects::resolve(act, me, &WhoRef::Id(prospect))?.id;
    }
    if let Some(Some(deal)) = c.deal {
        deals::get(act, me, deal)?;
    }
    after.deal = c.deal.unwrap_or(after.deal);
    change(act, Some(me), &before, after, "corrected")
}

fn label_code(act: &mut Act<'_, '_>, kind: LabelKind, text: &str) -> Result<Option<String>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(labels::find_or_add(act, kind, text)?.code))
}

/// Writes a new version and the line of history that keeps the old one. Changes nothing when
/// nothing is different.
pub(crate) fn change(
    act: &mut Act<'_, '_>,
    me: Option<&Seller>,
    before: &Attempt,
    mut after: Attempt,
    kind: &str,
) -> Result<Attempt> {
    if before.version() == after.version() {
        return Ok(after);
    }
    after.version = before.version + 1;
    if before.pitch != after.pitch {
        pitch_tests::about_to_change(act, before)?;
    }
    let zone = act.zone()?;
    store::derived::change(act.tx, before, &after, &zone)?;
    act.record(
        me.map(Seller::id),
        kind,
        before.id.as_bytes(),
        Some(before.prospect),
        Some(&before.version()),
        Some(&after.version()),
    )?;
    // Also when it turns out to have been said by somebody else.
    let said_before = says_stop(&before.reasons) && before.prospect == after.prospect;
    let stops = says_stop(&after.reasons) && !said_before;
    if stops && !after.voided {
        prospects::mark_do_not_contact(act, me.map(Seller::id), after.prospect, Some(after.id))?;
    }
    if let Some(me) = me
        && (before.outcome != after.outcome
            || before.voided != after.voided
            || before.prospect != after.prospect)
    {
        drop_follow_ups(act, me, before)?;
        // History that comes in corrected asks nobody to come back years too late.
        let today = me.zone().day_of(act.now);
        let old = after.when.day(&after.zone).is_none_or(|d| d < today);
        if !after.voided && !stops && (!old || kind != "corrected_by_import") {
            follow_up_for(act, me, &after)?;
        }
    }
    Ok(after)
}

/// Drops the open follow-ups an attempt made, as it no longer asks for them.
fn drop_follow_ups(act: &mut Act<'_, '_>, me: &Seller, a: &Attempt) -> Result<()> {
    for open in follow_up::open_of_attempt(act.tx, a.prospect, a.id)? {
        if open.kind != FollowUpKind::Own {
            end_follow_up(act, me, open, FollowUpState::Dropped, a.id)?;
        }
    }
    Ok(())
}

/// Gives one reason to several attempts, by one voice; what other voices said stays.
///
/// # Errors
/// When an attempt is not one's own, or the reason is unknown.
pub fn add_reason(
    act: &mut Act<'_, '_>,
    me: &Seller,
    ids: &[AttemptId],
    reason: &str,
    said_by: SaidBy,
    words: Option<&str>,
) -> Result<()> {
    let code = known_reason(act, reason)?;
    let most = act.workspace.thresholds.text_chars;
    let words = words
        .map(|w| error::text("words", "What they said", w, most))
        .transpose()?;
    for &id in ids {
        let before = standing(act, me, id)?;
        let mut after = before.clone();
        after.reasons.set(said_by, Some(code.clone()));
        if let Some(words) = words.as_ref().filter(|w| !w.is_empty()) {
            prospects::refuse_words(act, before.prospect, Some(words))?;
            after.words = Some(words.clone());
        }
        change(act, Some(me), &before, after, "reason")?;
    }
    Ok(())
}

/// Gives several attempts another outcome.
///
/// # Errors
/// When an attempt is not one's own.
pub fn set_outcome(
    act: &mut Act<'_, '_>,
    me: &Seller,
    ids: &[AttemptId],
    outcome: Outcome,
) -> Result<()> {
    for &id in ids {
        correct(
            act,
            me,
            id,
            Correction {
                outcome: Some(outcome),
                ..Correction::default()
            },
        )?;
    }
    Ok(())
}
