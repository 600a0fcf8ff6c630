//! One chunk of rows: who is meant, what is new, what is known.

use std::collections::HashMap;

use domain::{
    Attempt, AttemptId, Channel, Deal, DealId, DealState, FollowUp, LabelKind, Outcome, Prospect,
    ProspectId, Reasons, SaidBy, Source, Stage, When,
};
use exchange::{Format, Row, RowKind, RowResult};
use store::Hash;
use store::tables::import::{self, ImportRow};
use store::tables::matching::{self, MatchKeys};
use store::tables::{attempt, deal, follow_up};

use super::people::{People, person, source};
use super::{Run, correct, identity};
use crate::{Act, AppError, Kind, Result, labels, prospects};

/// Reasons longer than this are somebody's words rather than a label.
const LONGEST_REASON: usize = 80;
/// Most reasons one import may add to the list; what comes after stays as words.
const MOST_NEW_REASONS: usize = 300;

/// What a chunk adds, written at its end.
#[derive(Default)]
pub(super) struct Added {
    pub(super) prospects: Vec<Prospect>,
    pub(super) keys: Vec<(Hash, ProspectId)>,
    deals: Vec<Deal>,
    attempts: Vec<Attempt>,
    rows: Vec<ImportRow>,
    follow_ups: Vec<FollowUp>,
    stopped: Vec<(ProspectId, AttemptId)>,
}

pub(super) fn take(act: &mut Act<'_, '_>, run: &mut Run, rows: Vec<Row>) -> Result<()> {
    let keyed = &act.workspace.keyed;
    let marked: Vec<(Hash, Hash, MatchKeys, Row)> = rows
        .into_iter()
        .map(|mut row| {
            let id = identity::of(keyed, &run.source, &row, &mut run.seen);
            let content = identity::content(keyed, &row);
            tidy(&mut row);
            let external = row
                .prospect_external_id
                .as_deref()
                .map(|id| (source(run.format), id));
            let keys = MatchKeys::of(
                keyed,
                external,
                &row.prospect,
                &row.company,
                &row.email,
                &row.phone,
            );
            (id, content, keys, row)
        })
        .collect();
    let identities: Vec<Hash> = marked.iter().map(|(id, ..)| *id).collect();
    let known = import::known(act.tx, &identities)?;
    let hashes: Vec<Hash> = marked
        .iter()
        .flat_map(|(_, _, keys, _)| keys.iter())
        .collect();
    let mut people = People {
        known: matching::find(act.tx, &hashes)?,
        suppressed: matching::suppressed(act.tx, &hashes)?,
    };
    let mut added = Added::default();
    let mut here: HashMap<Hash, ImportRow> = HashMap::new();
    for (id, content, keys, row) in marked {
        let (line, before) = (row.line, here.get(&id).or_else(|| known.get(&id)).cloned());
        // Before anything is added: a row that is refused leaves nothing behind.
        let taken = match check(act, &row) {
            Ok(()) => one(
                act,
                run,
                &mut people,
                &mut added,
                before,
                id,
                content,
                &keys,
                row,
            ),
            Err(e) => Err(e),
        };
        match taken {
            Ok(Some(new)) => {
                here.insert(id, new);
            }
            Ok(None) => {}
            Err(e) if e.kind == Kind::Invalid => run.fault(super::Fault {
                line,
                column: e.field.unwrap_or_default().to_owned(),
                reason: e.message,
            }),
            Err(e) => return Err(e),
        }
    }
    flush(act, run, &mut added)
}

/// Takes one row in, and says what is known of it now if that is new.
#[allow(
    clippy::too_many_arguments,
    reason = "one row with everything known about it"
)]
fn one(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    people: &mut People,
    added: &mut Added,
    before: Option<ImportRow>,
    identity: Hash,
    content: Hash,
    keys: &MatchKeys,
    row: Row,
) -> Result<Option<ImportRow>> {
    if let Some(before) = before {
        run.done.duplicates += 1;
        if before.forgotten || before.content == content {
            return Ok(None);
        }
        // What the chunk has added so far must be there to be corrected.
        flush(act, run, added)?;
        return correct::row(act, run, people, &before, content, keys, &row);
    }
    if let Some(own) = own_attempt(act, run.format, &row)? {
        run.done.duplicates += 1;
        correct::own(act, run, &own, &row)?;
        return Ok(None);
    }
    let new = fresh(act, run, people, added, identity, content, keys, row)?;
    added.rows.push(new.clone());
    Ok(Some(new))
}

/// Takes out what no text may hold; a Parquet file or UTF-16 may have brought it.
fn tidy(row: &mut Row) {
    let clean = |text: &mut String| {
        let keep = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
        if !text.chars().all(keep) {
            text.retain(keep);
        }
    };
    for text in [
        &mut row.rep,
        &mut row.prospect,
        &mut row.company,
        &mut row.email,
        &mut row.phone,
        &mut row.language,
        &mut row.deal,
        &mut row.deal_stage,
    ] {
        clean(text);
    }
    for text in [
        &mut row.external_id,
        &mut row.prospect_external_id,
        &mut row.deal_external_id,
        &mut row.reason,
        &mut row.words,
        &mut row.segment,
        &mut row.pitch,
    ]
    .into_iter()
    .flatten()
    {
        clean(text);
    }
}

/// Whether a row can be taken at all.
fn check(act: &Act<'_, '_>, row: &Row) -> Result<()> {
    order_of(act, row)?;
    let most = act.workspace.thresholds.name_chars;
    let text = |option: &Option<String>| option.clone().unwrap_or_default();
    for (field, what, given) in [
        ("prospect", "The name", &row.prospect),
        ("company", "The company", &row.company),
        ("email", "The address", &row.email),
        ("phone", "The number", &row.phone),
        ("language", "The language", &row.language),
        ("rep", "The seller", &row.rep),
        ("segment", "The segment", &text(&row.segment)),
        ("pitch", "The pitch", &text(&row.pitch)),
    ] {
        crate::error::text(field, what, given, most)?;
    }
    Ok(())
}

/// An attempt of this very ledger that comes back in its own export.
fn own_attempt(act: &mut Act<'_, '_>, format: Format, row: &Row) -> Result<Option<Attempt>> {
    let id = row
        .external_id
        .as_deref()
        .filter(|_| format == Format::Rebound);
    match id.and_then(|id| id.parse::<AttemptId>().ok()) {
        Some(id) => Ok(attempt::get(act.tx, id)?),
        None => Ok(None),
    }
}

/// Writes what was gathered.
pub(super) fn flush(act: &mut Act<'_, '_>, run: &mut Run, added: &mut Added) -> Result<()> {
    let zone = act.zone()?;
    store::derived::append_prospects(act.tx, &added.prospects)?;
    matching::bulk(act.tx, &added.keys)?;
    for d in &added.deals {
        deal::insert(act.tx, d)?;
    }
    store::derived::append_all(act.tx, &added.attempts, &zone)?;
    import::bulk(act.tx, &added.rows)?;
    for f in &added.follow_ups {
        follow_up::insert(act.tx, f)?;
    }
    for (prospect, by) in added.stopped.drain(..) {
        prospects::mark_do_not_contact(act, Some(run.me.id()), prospect, Some(by))?;
    }
    *added = Added::default();
    Ok(())
}

#[allow(
    clippy::too_many_arguments,
    reason = "one row with everything known about it"
)]
fn fresh(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    people: &mut People,
    added: &mut Added,
    identity: Hash,
    content: Hash,
    keys: &MatchKeys,
    row: Row,
) -> Result<ImportRow> {
    let nobody = keys.iter().next().is_none();
    let open = row.result == RowResult::OpenDeal;
    let prospect = if open && nobody {
        None
    } else {
        Some(person(act, run, people, added, keys, &row)?)
    };
    let deal = deal_of(act, run, added, &row, prospect)?;
    let mut new = ImportRow {
        identity,
        content,
        prospect,
        deal,
        attempt: None,
        asks: 0,
        forgotten: false,
    };
    if let (RowResult::Attempt(outcome), Some(prospect)) = (row.result, prospect) {
        let base = base_id(act, run.format, &row);
        let asks = asks(act, run, &row, outcome, base, prospect, deal)?;
        new.attempt = Some(base);
        new.asks = i64::try_from(asks.len()).unwrap_or(1);
        add_asks(act, run, added, asks);
    }
    Ok(new)
}

/// Adds the asks of a row, with what the last of them sets in motion.
pub(super) fn add_asks(act: &Act<'_, '_>, run: &mut Run, added: &mut Added, asks: Vec<Attempt>) {
    run.done.attempts += asks.len() as u64;
    if let Some(last) = asks.last() {
        run.done.yes += u64::from(last.outcome == Outcome::Yes);
        if crate::ledger::says_stop(&last.reasons) {
            added.stopped.push((last.prospect, last.id));
        } else {
            added.follow_ups.extend(follow_up_of(act, run, last));
        }
    }
    added.attempts.extend(asks);
}

fn base_id(act: &Act<'_, '_>, format: Format, row: &Row) -> AttemptId {
    let own = row
        .external_id
        .as_deref()
        .filter(|_| format == Format::Rebound);
    match own.and_then(|id| id.parse().ok()) {
        Some(id) if row.attempts == 1 => id,
        _ => AttemptId::of_row(act.ids.attempt(), 0),
    }
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

/// The reason of a row and the words with it. A text that is no label stays as words.
pub(super) fn reason(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    row: &Row,
) -> Result<(Reasons, Option<String>)> {
    let most = act.workspace.thresholds.text_chars;
    let cut = |text: &str| text.chars().take(most).collect::<String>();
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
            if text.chars().count() > LONGEST_REASON || run.new_reasons >= MOST_NEW_REASONS {
                return Ok((Reasons::default(), words.or_else(|| Some(cut(text)))));
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

/// The deal of a row: its own in a deal row, a link in an ask row.
pub(super) fn deal_of(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    added: &mut Added,
    row: &Row,
    prospect: Option<ProspectId>,
) -> Result<Option<DealId>> {
    if row.kind == RowKind::Deals {
        let new = new_deal(act, run, row, prospect);
        run.done.deals_open += u64::from(new.state == DealState::Open);
        let id = new.id;
        added.deals.push(new);
        return Ok(Some(id));
    }
    let by_id = match &row.deal_external_id {
        Some(id) => deal::by_source_id(act.tx, id)?
            .into_iter()
            .find(|d| d.source.kind.starts_with(source(run.format))),
        None => None,
    };
    if by_id.is_some() || row.deal.is_empty() {
        return Ok(by_id.map(|d| d.id));
    }
    let by_title = deal::by_title(act.tx, &row.deal)?;
    Ok(if by_title.len() == 1 {
        by_title.first().map(|d| d.id)
    } else {
        None
    })
}

pub(super) fn state_of(row: &Row) -> DealState {
    match row.result {
        RowResult::OpenDeal => DealState::Open,
        RowResult::Attempt(Outcome::Yes) => DealState::Won,
        RowResult::Attempt(_) => DealState::Lost,
    }
}

fn new_deal(act: &Act<'_, '_>, run: &Run, row: &Row, prospect: Option<ProspectId>) -> Deal {
    let state = state_of(row);
    let closed_at = row.when.instant(&row.zone).map(|t| t.as_microsecond());
    let most = act.workspace.thresholds.name_chars;
    Deal {
        id: act.ids.deal(),
        owner: run.me.id(),
        prospect,
        title: row.deal.chars().take(most).collect(),
        state,
        stage: row.deal_stage.chars().take(most).collect(),
        value: row.value.clone(),
        source: Source {
            kind: run.format.code().to_owned(),
            id: row
                .deal_external_id
                .clone()
                .or_else(|| row.external_id.clone()),
        },
        created_at: act.micros(),
        closed_at: closed_at.filter(|_| state != DealState::Open),
    }
}

/// Where a row stands in time; an ask that lies in the future is none yet.
fn order_of(act: &Act<'_, '_>, row: &Row) -> Result<i64> {
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
        owner: run.me.id(),
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
    let today = run.me.zone().day_of(act.now);
    let asked_for = crate::ledger::follow_up_of(act, &run.me, a)?;
    (asked_for.due.day(&asked_for.zone)? >= today).then_some(asked_for)
}
