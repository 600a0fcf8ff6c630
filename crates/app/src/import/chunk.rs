//! One chunk of rows: who is meant, what is new, what is known.

use std::collections::HashMap;

use domain::{
    Attempt, AttemptId, Deal, DealId, DealState, FollowUp, Outcome, PersonId, Prospect, ProspectId,
    Role, Source, Standing,
};
use exchange::{Format, Row, RowKind, RowResult};
use store::Hash;
use store::tables::import::{self, ImportRow, Known};
use store::tables::matching::{self, MatchKeys};
use store::tables::{attempt, deal, person as persons};

use super::people::{People, person, source};
use super::reps::Whose;
use super::{Run, asks, correct, identity};
use crate::{Act, AppError, Kind, Result, Seller, follow_ups, prospects};

/// What a chunk adds, written at its end.
#[derive(Default)]
pub(super) struct Added {
    pub(super) prospects: Vec<Prospect>,
    pub(super) keys: Vec<(Hash, ProspectId)>,
    deals: Vec<Deal>,
    pub(super) attempts: Vec<Attempt>,
    rows: Vec<ImportRow>,
    /// With the place of the attempt that asks for it, and whose that is.
    pub(super) follow_ups: Vec<((i64, i64), Seller, FollowUp)>,
    pub(super) stopped: Vec<(ProspectId, AttemptId)>,
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
    let mut here: HashMap<Hash, Known> = HashMap::new();
    for (id, content, keys, row) in marked {
        let line = row.line;
        let before: Vec<&Known> = here
            .get(&id)
            .into_iter()
            .chain(known.get(&id).into_iter().flatten())
            .collect();
        // Before anything is added: a row that is refused leaves nothing behind.
        let taken = match check(act, &row) {
            Ok(()) => one(
                act,
                run,
                &mut people,
                &mut added,
                &before,
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
            Err(e) if e.kind == Kind::Invalid => {
                let field = e.field.unwrap_or_default();
                let header = run.headers.get(field).map(String::as_str);
                run.fault(super::Fault {
                    line,
                    column: header.unwrap_or(field).to_owned(),
                    reason: e.message,
                });
            }
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
    before: &[&Known],
    identity: Hash,
    content: Hash,
    keys: &MatchKeys,
    row: Row,
) -> Result<Option<Known>> {
    let whose = run.reps.whose(act, &row.rep)?;
    if let Some(before) = seen(run, &whose, before) {
        let changed = !before.row.forgotten && before.row.content != content;
        if changed || matches!(whose, Whose::Refused(_)) {
            // What the chunk has added so far must be there to be looked at.
            flush(act, run, added)?;
            let standing = before.owner.map(|owner| (owner, before.rep.clone()));
            if may_correct(act, run, whose, standing, &row)? && changed {
                run.done.duplicates += 1;
                let after = correct::row(act, run, people, &before.row, content, keys, &row)?;
                return Ok(after.map(|row| Known {
                    row,
                    ..before.clone()
                }));
            }
        }
        run.done.duplicates += 1;
        return Ok(None);
    }
    let own = own_attempt(act, run.format, &row)?;
    let taken = own.is_some();
    if let Some(own) = own
        && finds(act, run, &whose, &own)?
    {
        let standing = Some((own.owner, own.rep.clone()));
        if may_correct(act, run, whose, standing, &row)? {
            correct::own(act, run, &own, &row)?;
        }
        run.done.duplicates += 1;
        return Ok(None);
    }
    run.whose = match whose {
        Whose::Of(seller) => seller,
        Whose::Nobody => run.reps.add(act, &row.rep)?,
        Whose::Refused(why) => return Err(AppError::invalid("rep", why)),
    };
    note_placeholder(run);
    let rep = Some(row.rep.clone()).filter(|rep| !rep.is_empty());
    // An id that is a colleague's tells nobody that it is: the row is one's own, under another.
    let base = match taken {
        true => AttemptId::of_row(act.ids.attempt(), 0),
        false => asks::base_id(act, run.format, &row),
    };
    let row = fresh(act, run, people, added, identity, content, keys, base, row)?;
    added.rows.push(row.clone());
    let owner = Some(run.whose.id());
    Ok(Some(Known { row, owner, rep }))
}

/// What a row is known as to who brings it in. A seller finds what they brought in themselves, and of
/// what an administrator brought in what is theirs; an administrator finds what administrators brought
/// in, whosever it is by now, and what its seller did. Nobody else's ids are seen, or in the way.
fn seen<'k>(run: &Run, whose: &Whose, known: &[&'k Known]) -> Option<&'k Known> {
    let me = Some(run.me.id());
    let sees = |k: &&&Known| match (run.reps.everybody(), k.row.seller) {
        (true, None) => true,
        (true, by) => matches!(whose, Whose::Of(seller) if by == Some(seller.id())),
        (false, None) => k.owner == me,
        (false, by) => by == me,
    };
    let as_now = |k: &&&Known| k.row.seller == run.reps.seller();
    let mut seen = known.iter().filter(sees);
    seen.clone().find(as_now).or_else(|| seen.next()).copied()
}

/// Whether a row that carries an attempt's id is that attempt, to who brings it in. A seller finds their
/// own; an administrator what is whose the row says, and whatever came in by an administrator. What
/// somebody brought in for themselves under a colleague's ids is in nobody's way.
fn finds(act: &mut Act<'_, '_>, run: &Run, whose: &Whose, known: &Attempt) -> Result<bool> {
    if !run.reps.everybody() {
        return Ok(known.owner == run.me.id());
    }
    if matches!(whose, Whose::Of(seller) if seller.id() == known.owner) {
        return Ok(true);
    }
    let (owner, by) = (known.owner, known.brought_by);
    if by.is_some_and(|by| by != owner) {
        return Ok(true);
    }
    // Rows of somebody without an account come from the program itself or from an administrator.
    Ok(persons::get(act.tx, owner)?.is_some_and(|p| {
        p.standing == Standing::Placeholder || (by.is_some() && p.roles.has(Role::Administrator))
    }))
}

/// Whether what a row became may be corrected by it, and as whose: one's own, or what an
/// administrator brings in again for the same seller. Anything else is known, and no more is said.
///
/// The name a row came in under counts only while it waits for an account: whoever has one can call
/// themselves anything and bring in another's ids first. What is claimed is the claimant's.
fn may_correct(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    row_of: Whose,
    standing: Option<(PersonId, Option<String>)>,
    row: &Row,
) -> Result<bool> {
    let Some((owner, rep)) = standing else {
        return Ok(false);
    };
    if owner == run.me.id() {
        run.whose = run.me.clone();
        return Ok(true);
    }
    let resolved = match row_of {
        Whose::Refused(why) => return Err(AppError::invalid("rep", why)),
        Whose::Of(seller) => Some(seller.id()),
        Whose::Nobody => None,
    };
    let Some(person) = persons::get(act.tx, owner)? else {
        return Ok(false);
    };
    let same_name = || rep.is_some_and(|rep| domain::fold(&rep) == domain::fold(&row.rep));
    let waits = run.reps.everybody() && person.standing == Standing::Placeholder;
    if resolved != Some(owner) && !(waits && same_name()) {
        return Ok(false);
    }
    run.whose = Seller::vouched(person);
    Ok(true)
}

/// Notes that rows came in for somebody without an account.
fn note_placeholder(run: &mut Run) {
    let person = run.whose.person();
    let named = |all: &[String]| all.contains(&person.name);
    if person.standing == Standing::Placeholder && !named(&run.done.placeholders) {
        run.done.placeholders.push(person.name.clone());
    }
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
    asks::order_of(act, row)?;
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
    match asks::own_id(format, row) {
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
    // The latest first: what somebody asked for before that no longer counts.
    added
        .follow_ups
        .sort_by_key(|(place, ..)| std::cmp::Reverse(*place));
    for (place, whose, new) in added.follow_ups.drain(..) {
        follow_ups::ask_for(act, &whose, &new, place)?;
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
    base: AttemptId,
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
        seller: run.reps.seller(),
    };
    if let (RowResult::Attempt(outcome), Some(prospect)) = (row.result, prospect) {
        let mut asks = asks::asks(act, run, &row, outcome, base, prospect, deal)?;
        new.attempt = Some(base);
        new.asks = i64::try_from(asks.len()).unwrap_or(1);
        if asks.len() > 1 && asks::own_id(run.format, &row) == Some(base) {
            // An export of noes alone may have brought the earlier ones in each by itself.
            let ids: Vec<AttemptId> = asks.iter().map(|a| a.id).collect();
            let mut there = attempt::get_many(act.tx, &ids)?;
            there.extend(
                added
                    .attempts
                    .iter()
                    .filter(|a| ids.contains(&a.id))
                    .cloned(),
            );
            asks.retain(|a| there.iter().all(|known| known.id != a.id));
        }
        asks::add(act, run, added, asks);
    }
    Ok(new)
}

/// The deal of a row: its own in a deal row, in an ask row a link to one of its owner's.
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
            .find(|d| d.owner == run.whose.id() && d.source.kind.starts_with(source(run.format))),
        None => None,
    };
    if by_id.is_some() || row.deal.is_empty() {
        return Ok(by_id.map(|d| d.id));
    }
    let by_title = deal::by_title(act.tx, &row.deal)?;
    let mut theirs = by_title.iter().filter(|d| d.owner == run.whose.id());
    Ok(match (theirs.next(), theirs.next()) {
        (Some(only), None) => Some(only.id),
        _ => None,
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
        owner: run.whose.id(),
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
