//! Who a row is about: recognised, learnt more about, or somebody new.

use std::collections::HashMap;

use domain::{LabelKind, Prospect, ProspectId};
use exchange::{Format, Row};
use store::Hash;
use store::tables::matching::{self, MatchKeys};
use store::tables::prospect;

use super::Run;
use super::asks::label;
use super::chunk::Added;
use crate::{Act, Result, prospects};

/// Who is known by which hash, for the rows of this chunk.
pub(super) struct People {
    pub(super) known: HashMap<Hash, Vec<ProspectId>>,
    pub(super) suppressed: Vec<Hash>,
}

impl People {
    /// Whether anybody is known by one of these.
    pub(super) fn knows_any(&self, keys: &MatchKeys) -> bool {
        keys.iter()
            .any(|k| self.known.get(&k).is_some_and(|ids| !ids.is_empty()))
    }

    /// Whether a prospect is known by one of these.
    pub(super) fn knows(&self, root: ProspectId, keys: &MatchKeys) -> bool {
        keys.iter()
            .any(|k| self.known.get(&k).is_some_and(|ids| ids.contains(&root)))
    }
}

/// The name under which a CRM's own ids are known, the same for its deals and its calls.
pub(super) fn source(format: Format) -> &'static str {
    format.code().split('-').next().unwrap_or_default()
}

/// Who a row is about: recognised by external id, e-mail or telephone, then by name and company
/// when that is one person; else somebody new.
pub(super) fn person(
    act: &mut Act<'_, '_>,
    run: &mut Run,
    people: &mut People,
    added: &mut Added,
    keys: &MatchKeys,
    row: &Row,
) -> Result<ProspectId> {
    let only = |people: &People, key: Option<Hash>| {
        key.and_then(|k| people.known.get(&k))
            .filter(|ids| ids.len() == 1)
            .map(|ids| ids[0])
    };
    let sure = only(people, keys.external)
        .or_else(|| only(people, keys.email))
        .or_else(|| only(people, keys.phone));
    let known = match sure {
        Some(id) => Some(id),
        None => match only(people, keys.name) {
            Some(id) if same_by_name(act, run, people, added, id, keys, row)? => Some(id),
            _ => None,
        },
    };
    if let Some(id) = known {
        learn(act, run, people, added, id, keys, row)?;
        return Ok(id);
    }
    let most = act.workspace.thresholds.name_chars;
    let short =
        |field: &'static str, what: &str, text: &str| crate::error::text(field, what, text, most);
    let segment = label(act, run, LabelKind::Segment, row.segment.as_deref())?;
    let stopped = keys.iter().any(|k| people.suppressed.contains(&k));
    let id = act.ids.prospect();
    added.prospects.push(Prospect {
        id,
        name: short("prospect", "The name", &row.prospect)?,
        company: short("company", "The company", &row.company)?,
        email: short("email", "The address", &row.email)?,
        phone: short("phone", "The number", &row.phone)?,
        zone: row.zone_given.then(|| row.zone.clone()),
        language: short("language", "The language", &row.language)?,
        segment,
        do_not_contact: stopped.then(|| act.micros()),
        merged_into: None,
        root: id,
        forgotten: false,
        taken_back: false,
        created_at: act.micros(),
    });
    run.done.prospects += 1;
    let mut all: Vec<Hash> = keys.iter().collect();
    all.extend(keys.external.map(|_| has_external(act, run.format, id)));
    for hash in all {
        added.keys.push((hash, id));
        people.known.entry(hash).or_default().push(id);
    }
    Ok(id)
}

/// The mark of a prospect that carries an id of this source.
fn has_external(act: &Act<'_, '_>, format: Format, id: ProspectId) -> Hash {
    act.workspace
        .keyed
        .hash("has-external", &[source(format).as_bytes(), id.as_bytes()])
}

/// Whether somebody of the same name and company may be the same person: not when both carry an
/// id of this source, or an address, and these differ.
fn same_by_name(
    act: &mut Act<'_, '_>,
    run: &Run,
    people: &People,
    added: &Added,
    id: ProspectId,
    keys: &MatchKeys,
    row: &Row,
) -> Result<bool> {
    if keys.external.is_some() {
        let mark = has_external(act, run.format, id);
        if people.known.contains_key(&mark) || !matching::find(act.tx, &[mark])?.is_empty() {
            return Ok(false);
        }
    }
    if keys.email.is_none() && keys.phone.is_none() {
        return Ok(true);
    }
    let Some(known) = lookup(act, added, id)? else {
        return Ok(false);
    };
    // Had the addresses been equal, the person would have been recognised by them.
    let other_email = !row.email.is_empty() && !known.email.is_empty();
    let other_phone = !row.phone.is_empty()
        && !known.phone.is_empty()
        && !domain::may_be_one_phone(&row.phone, &known.phone);
    Ok(!other_email && !other_phone)
}

fn lookup(act: &mut Act<'_, '_>, added: &Added, id: ProspectId) -> Result<Option<Prospect>> {
    match added.prospects.iter().rev().find(|p| p.id == id) {
        Some(p) => Ok(Some(p.clone())),
        None => Ok(prospect::get(act.tx, id)?),
    }
}

/// Keeps what a row adds about somebody known: further ways to recognise them, and blanks filled.
pub(super) fn learn(
    act: &mut Act<'_, '_>,
    run: &Run,
    people: &mut People,
    added: &mut Added,
    id: ProspectId,
    keys: &MatchKeys,
    row: &Row,
) -> Result<()> {
    let unknown =
        |people: &People, k: &Hash| !people.known.get(k).is_some_and(|ids| ids.contains(&id));
    let mut news: Vec<Hash> = keys.iter().filter(|k| unknown(people, k)).collect();
    if news.is_empty() {
        return Ok(());
    }
    if keys.external.is_some_and(|k| news.contains(&k)) {
        news.push(has_external(act, run.format, id));
    }
    for hash in news {
        added.keys.push((hash, id));
        people.known.entry(hash).or_default().push(id);
    }
    let most = act.workspace.thresholds.name_chars;
    let fill = |have: &mut String, new: &str| {
        let empty = have.is_empty() && !new.is_empty();
        if empty {
            *have = new.chars().take(most).collect();
        }
        empty
    };
    let filled = |p: &mut Prospect| {
        let a = fill(&mut p.name, &row.prospect);
        let b = fill(&mut p.company, &row.company);
        let c = fill(&mut p.email, &row.email);
        let d = fill(&mut p.phone, &row.phone);
        a || b || c || d
    };
    if let Some(p) = added.prospects.iter_mut().rev().find(|p| p.id == id) {
        filled(p);
        return Ok(());
    }
    if let Some(before) = prospect::get(act.tx, id)?.filter(|p| !p.forgotten) {
        let mut after = before.clone();
        if filled(&mut after) {
            prospects::keep_edit(act, Some(run.me.id()), &before, &after)?;
        }
    }
    Ok(())
}
