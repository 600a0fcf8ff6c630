//! The list in the order of names, the newest attempt of each person first.

use std::collections::{HashMap, HashSet};

use domain::{Attempt, ProspectId};
use store::tables::attempt::{self, Place};
use store::tables::list::{self, Filter, Name, Part};

use super::Query;
use super::place::{After, Lines, name, name_text};
use crate::search::{Hits, Words};
use crate::{Act, Result, Seller};

/// A page; `total` is how many attempts pass the filter, where that is known.
pub(super) fn page(
    act: &mut Act<'_, '_>,
    me: &Seller,
    query: &Query,
    wanted: &[String],
    total: Option<i64>,
) -> Result<Lines<(Name, Attempt)>> {
    let size = query.limit.unwrap_or(act.workspace.thresholds.page_rows);
    let after = After::of(query.after.as_deref());
    let (spot, back) = after.place(name)?;
    let limits = &act.workspace.thresholds;
    let (known, walk) = (limits.search_known, limits.search_walk);
    let mut words = Words::read(act, wanted, known)?;
    let mut few = if wanted.is_empty() {
        few_passing(act, me, &query.filter, total)?
    } else {
        match words.lead(words.few(act)) {
            Some(people) => Some(few_found(act, &words, &people)?),
            None => None,
        }
    };
    let mut out: Vec<(Name, Attempt)> = Vec::new();
    // First the rest of the person at the place, if they still stand there.
    let (mut batch, mut from) = match &spot {
        Some((at, _)) => {
            let mut there = list::names(act.tx, &[at.id])?;
            there.retain(|n| n == at);
            (there, at.clone())
        }
        None => (
            Vec::new(),
            Name {
                key: String::new(),
                id: ProspectId::from_bytes([0; 16]),
            },
        ),
    };
    let mut looked = 0;
    // Most people were asked more than once.
    let mut limit = size / 2 + 1;
    loop {
        let mut theirs = of_people(act, me, &query.filter, &words, &batch)?;
        for person in &batch {
            let mut attempts = theirs.remove(&person.id).unwrap_or_default();
            if let Some((_, place)) = spot.as_ref().filter(|(at, _)| at == person) {
                let beyond = |a: &Attempt| (Place::of(a) < *place) != back;
                attempts.retain(|a| beyond(a) && a.id != place.id);
            }
            attempts.sort_by_key(|a| std::cmp::Reverse(Place::of(a)));
            if back {
                attempts.reverse();
            }
            out.extend(attempts.into_iter().map(|a| (person.clone(), a)));
        }
        looked += batch.len();
        if few.is_none() && !wanted.is_empty() && looked > walk && out.len() <= size {
            // The words stand far from here.
            words = Words::read(act, wanted, usize::MAX)?;
            let people = words.lead(usize::MAX).unwrap_or_default();
            few = Some(few_found(act, &words, &people)?);
        }
        from = batch.pop().unwrap_or(from);
        batch = match &few {
            Some(people) => beyond(people, &from, back, limit),
            None => list::names_beyond(act.tx, &from, back, limit)?,
        };
        if out.len() > size || batch.is_empty() {
            break;
        }
        limit = (limit * 2).min(256);
    }
    Ok(Lines::page(out, size, &after, |(name, a)| {
        name_text(name, Place::of(a))
    }))
}

/// The next of some sorted names.
fn beyond(people: &[Name], from: &Name, back: bool, limit: usize) -> Vec<Name> {
    if back {
        let before = people.partition_point(|n| n < from);
        people[..before].iter().rev().take(limit).cloned().collect()
    } else {
        let after = people.partition_point(|n| n <= from);
        people[after..].iter().take(limit).cloned().collect()
    }
}

/// The people of a filter that few attempts pass, in the order of their names; nothing when walking
/// along the names is the better way.
fn few_passing(
    act: &mut Act<'_, '_>,
    me: &Seller,
    filter: &Filter,
    total: Option<i64>,
) -> Result<Option<Vec<Name>>> {
    let most = act.workspace.thresholds.few_listed;
    if total.is_some_and(|n| usize::try_from(n).is_ok_and(|n| n > most)) {
        return Ok(None);
    }
    let part = Part {
        owner: me.id(),
        filter,
        newest: true,
        from: Place::LAST,
        limit: most + 1,
    };
    let passing = list::places(act.tx, &part)?;
    if passing.len() > most {
        return Ok(None);
    }
    let asked: HashSet<ProspectId> = passing.into_iter().map(|(_, p)| p).collect();
    let asked: Vec<ProspectId> = asked.into_iter().collect();
    let families = list::families(act.tx, &asked)?;
    sorted(act, families.into_values().collect()).map(Some)
}

/// Those of these people with whom every word stands somewhere, in the order of their names.
fn few_found(act: &mut Act<'_, '_>, words: &Words, people: &[ProspectId]) -> Result<Vec<Name>> {
    let hits = Hits::among(act, words, people)?;
    sorted(act, hits.people().iter().map(|p| hits.root(*p)).collect())
}

fn sorted(act: &mut Act<'_, '_>, roots: HashSet<ProspectId>) -> Result<Vec<Name>> {
    let roots: Vec<ProspectId> = roots.into_iter().collect();
    let mut names = list::names(act.tx, &roots)?;
    names.sort();
    Ok(names)
}

/// One's own attempts that belong on the list, by the prospect that stands for whoever was asked.
fn of_people(
    act: &mut Act<'_, '_>,
    me: &Seller,
    filter: &Filter,
    words: &Words,
    people: &[Name],
) -> Result<HashMap<ProspectId, Vec<Attempt>>> {
    let ids: Vec<ProspectId> = people.iter().map(|n| n.id).collect();
    let hits = Hits::among(act, words, &ids)?;
    let roots: HashSet<ProspectId> = hits.people().iter().map(|p| hits.root(*p)).collect();
    let roots: Vec<ProspectId> = roots.into_iter().collect();
    let mut out: HashMap<ProspectId, Vec<Attempt>> = HashMap::new();
    for a in attempt::of_prospects(act.tx, &roots)? {
        if a.owner == me.id() && filter.passes(&a) && hits.fits(a.prospect, a.id) {
            out.entry(hits.root(a.prospect)).or_default().push(a);
        }
    }
    Ok(out)
}
