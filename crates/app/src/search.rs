//! The list by what it says: words of names, firms and of what prospects said.

use std::collections::{HashMap, HashSet};

use domain::{Attempt, Prospect, ProspectId, words};
use store::tables::attempt::{self, Place};
use store::tables::{prospect, term};

use crate::noes::{BACK, Found, Query, Sort, back_to, parse_place, place_text};
use crate::{Act, Result, Seller};

pub(crate) type Searched = (Found, Option<i64>, bool);

/// The people that the rarest word leads to; every word is then checked on what they were asked.
/// Also says whether even that word finds more than are read.
fn led_to(
    act: &mut Act<'_, '_>,
    wanted: &[String],
    most: usize,
) -> Result<(Vec<ProspectId>, bool)> {
    let limit = i64::try_from(most).unwrap_or(4_000);
    let mut best: Option<(bool, HashSet<ProspectId>)> = None;
    for word in wanted {
        let hits = term::with_prefix(act.tx, word, limit)?;
        let cut = hits.len() >= most;
        let ids: HashSet<ProspectId> = hits.into_iter().map(|(p, _)| p).collect();
        // What is known to its end comes before what is not.
        if best
            .as_ref()
            .is_none_or(|(was_cut, b)| (cut, ids.len()) < (*was_cut, b.len()))
        {
            best = Some((cut, ids));
        }
    }
    let (cut, ids) = best.unwrap_or_default();
    Ok((ids.into_iter().collect(), cut))
}

pub(crate) fn searched(
    act: &mut Act<'_, '_>,
    me: &Seller,
    query: &Query,
    size: usize,
) -> Result<Searched> {
    let wanted = words(&query.text);
    let most = act.workspace.thresholds.search_people;
    let (mut people, cut) = led_to(act, &wanted, most * 8)?;
    let too_many = cut || people.len() > most;
    people.sort();
    people.truncate(most);
    let known = prospect::get_many(act.tx, &people)?;
    let mut roots: Vec<ProspectId> = known.iter().map(|p| p.root).collect();
    roots.sort();
    roots.dedup();
    let attempts = attempt::of_prospects(act.tx, &roots)?;
    let all: Vec<ProspectId> = attempts
        .iter()
        .map(|a| a.prospect)
        .chain(roots)
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let texts: HashMap<ProspectId, (String, ProspectId)> = prospect::get_many(act.tx, &all)?
        .into_iter()
        .map(|p| (p.id, (text_of(&p), p.root)))
        .collect();
    let mut rows: Vec<Attempt> = attempts
        .into_iter()
        .filter(|a| a.owner == me.id() && query.filter.passes(a))
        .filter(|a| {
            let own = texts.get(&a.prospect);
            let root = own.and_then(|(_, root)| texts.get(root));
            let mut there = words(a.words.as_deref().unwrap_or_default());
            for (text, _) in own.into_iter().chain(root) {
                there.extend(words(text));
            }
            wanted
                .iter()
                .all(|w| there.iter().any(|t| t.starts_with(w.as_str())))
        })
        .collect();
    match query.sort {
        Sort::Newest => rows.sort_by_key(|a| std::cmp::Reverse(Place::of(a))),
        Sort::Oldest => rows.sort_by_key(Place::of),
        Sort::Who => {
            let shown = |a: &Attempt| {
                let root = texts.get(&a.prospect).map(|(_, root)| *root)?;
                texts.get(&root).map(|(t, _)| (domain::fold(t), root))
            };
            rows.sort_by_cached_key(|a| (shown(a), std::cmp::Reverse(Place::of(a))));
        }
    }
    let total = i64::try_from(rows.len()).ok().filter(|_| !too_many);
    // How many lines stand before a place; it may have been undone meanwhile.
    let before = |text: &str| -> Result<(usize, bool)> {
        let place = parse_place(text)?;
        let there = rows.iter().position(|a| Place::of(a) == place);
        Ok(match (there, query.sort) {
            (Some(i), _) => (i, true),
            (None, Sort::Newest) => (rows.partition_point(|a| Place::of(a) > place), false),
            (None, Sort::Oldest) => (rows.partition_point(|a| Place::of(a) < place), false),
            (None, Sort::Who) => (0, false),
        })
    };
    let (from, to) = match query.after.as_deref() {
        None => (0, size),
        Some(text) => match text.strip_prefix(BACK) {
            Some(text) => {
                let (end, _) = before(text)?;
                (end.saturating_sub(size), end)
            }
            None => {
                let (i, there) = before(text)?;
                let from = i + usize::from(there);
                (from, from + size)
            }
        },
    };
    let to = to.min(rows.len());
    let attempts: Vec<Attempt> = rows.get(from..to).unwrap_or_default().to_vec();
    let more = rows.len() > to;
    let found = Found {
        next: attempts
            .last()
            .filter(|_| more)
            .map(|a| place_text(Place::of(a))),
        prev: back_to(&attempts).filter(|_| from > 0),
        attempts,
    };
    Ok((found, total, too_many))
}

fn text_of(p: &Prospect) -> String {
    format!("{} {} {}", p.name, p.company, p.email)
}
