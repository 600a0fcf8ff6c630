//! The list in the order of time.

use std::collections::HashSet;

use domain::{Attempt, AttemptId, Cell, ProspectId, Tally};
use jiff::civil::Date;
use store::tables::attempt::{self, Place};
use store::tables::list::{self, Filter, Part};

use super::place::{After, Lines, time, time_text};
use super::{Query, Sort, in_cell};
use crate::search::{Hits, Words};
use crate::{Act, Result, Seller};

/// A page, and how many lines there are in all where a search has counted them.
pub(super) fn page(
    act: &mut Act<'_, '_>,
    me: &Seller,
    query: &Query,
    wanted: &[String],
    cells: &[(Cell, Tally)],
    passing: i64,
) -> Result<(Lines<Attempt>, Option<i64>)> {
    let size = query.limit.unwrap_or(act.workspace.thresholds.page_rows);
    let after = After::of(query.after.as_deref());
    let (from, back) = after.place(time)?;
    let newest = (query.sort == Sort::Newest) != back;
    let part = Part {
        owner: me.id(),
        filter: &query.filter,
        newest,
        from: from.unwrap_or(if newest { Place::LAST } else { Place::FIRST }),
        limit: size + 1,
    };
    let (rows, total) = if wanted.is_empty() {
        (all(act, &part, cells)?, None)
    } else {
        searched(act, wanted, &part, passing)?
    };
    let page = Lines::page(rows, size, &after, |a| time_text(Place::of(a)));
    Ok((page, total))
}

fn all(act: &mut Act<'_, '_>, part: &Part<'_>, cells: &[(Cell, Tally)]) -> Result<Vec<Attempt>> {
    if part.newest
        && part.filter.from.is_none()
        && let Some(from) = far_enough(act, part, cells)?
    {
        let filter = Filter {
            from: Some(from),
            ..part.filter.clone()
        };
        let near = Part {
            filter: &filter,
            ..*part
        };
        let rows = list::attempts(act.tx, &near)?;
        if rows.len() >= part.limit {
            return Ok(rows);
        }
        // The months were misjudged by a day at their edge: look at all of them.
    }
    Ok(list::attempts(act.tx, part)?)
}

/// How far back a page must look for its rows, by the monthly counts: a filter that few attempts
/// pass would else walk through all of them.
fn far_enough(
    act: &mut Act<'_, '_>,
    part: &Part<'_>,
    cells: &[(Cell, Tally)],
) -> Result<Option<i64>> {
    let filter = part.filter;
    if filter.stage.is_none()
        && filter.channel.is_none()
        && filter.segment.is_none()
        && filter.word.is_none()
    {
        return Ok(None);
    }
    let zone = act.zone()?;
    let from = part.from.order.min(filter.to.unwrap_or(i64::MAX));
    let latest = jiff::Timestamp::from_microsecond(from).map_or(i64::MAX, |t| {
        let day = zone.day_of(t);
        i64::from(day.year()) * 100 + i64::from(day.month())
    });
    let mut enough = i64::try_from(part.limit).unwrap_or(i64::MAX);
    let mut months: Vec<(i64, i64)> = Vec::new();
    for (cell, tally) in cells {
        let Some(n) = in_cell(filter, cell, tally) else {
            return Ok(None);
        };
        match months.last_mut() {
            Some((month, sum)) if *month == cell.month => *sum += n,
            _ => months.push((cell.month, n)),
        }
    }
    // The page's own month may lie behind it already, so it does not count towards enough.
    for (month, n) in months
        .into_iter()
        .filter(|(month, _)| *month <= latest && *month > 0)
    {
        if month != latest {
            enough -= n;
        }
        if enough <= 0 {
            let first = i16::try_from(month / 100)
                .ok()
                .zip(i8::try_from(month % 100).ok())
                .and_then(|(year, month)| Date::new(year, month, 1).ok());
            // A day's slack: attempts may lie in another zone than the workspace.
            return Ok(first.map(|day| zone.start_of(day).as_microsecond() - 86_400_000_000));
        }
    }
    Ok(None)
}

/// By words. A rare word leads to its people, whose attempts are put in order; where every word is
/// common, the list is walked in its order until the page is full. `passing` is how many attempts
/// the list has without the words, or more.
fn searched(
    act: &mut Act<'_, '_>,
    wanted: &[String],
    part: &Part<'_>,
    passing: i64,
) -> Result<(Vec<Attempt>, Option<i64>)> {
    let limits = &act.workspace.thresholds;
    let (known, walk) = (limits.search_known, limits.search_walk);
    let words = Words::read(act, wanted, known)?;
    if let Some(people) = words.lead(words.few(act)) {
        return gathered(act, &words, part, &people);
    }
    if let Some(rows) = walked(act, &words, part, walk)? {
        return Ok((rows, None));
    }
    // The words stand far from here. Somebody's attempts cost about what four lines do.
    let words = Words::read(act, wanted, usize::MAX)?;
    match words.lead(usize::try_from(passing / 4).unwrap_or(usize::MAX)) {
        Some(people) => gathered(act, &words, part, &people),
        None => {
            let rows = walked(act, &words, part, usize::MAX)?;
            Ok((rows.unwrap_or_default(), None))
        }
    }
}

/// The attempts of these people that fit, and how many in all where they are few.
fn gathered(
    act: &mut Act<'_, '_>,
    words: &Words,
    part: &Part<'_>,
    people: &[ProspectId],
) -> Result<(Vec<Attempt>, Option<i64>)> {
    let hits = Hits::among(act, words, people)?;
    let mut places: Vec<Place> = list::places_with(act.tx, hits.people())?
        .into_iter()
        .filter(|(place, prospect)| hits.fits(*prospect, place.id))
        .map(|(place, _)| place)
        .collect();
    let beyond = |place: &Place| {
        if part.newest {
            *place < part.from
        } else {
            *place > part.from
        }
    };
    let ids = |places: &[Place]| -> Vec<AttemptId> { places.iter().map(|p| p.id).collect() };
    if places.len() <= act.workspace.thresholds.search_counted {
        let mut rows = read(act, part, &ids(&places))?;
        let total = i64::try_from(rows.len()).ok();
        rows.retain(|a| beyond(&Place::of(a)));
        rows.truncate(part.limit);
        return Ok((rows, total));
    }
    places.retain(beyond);
    if part.newest {
        places.sort_unstable_by_key(|p| std::cmp::Reverse(*p));
    } else {
        places.sort_unstable();
    }
    let mut rows = Vec::new();
    for some in places.chunks(64) {
        rows.extend(read(act, part, &ids(some))?);
        if rows.len() >= part.limit {
            rows.truncate(part.limit);
            break;
        }
    }
    Ok((rows, None))
}

/// Those of these attempts that belong in the part, in its order.
fn read(act: &mut Act<'_, '_>, part: &Part<'_>, ids: &[AttemptId]) -> Result<Vec<Attempt>> {
    let mut rows = attempt::get_many(act.tx, ids)?;
    rows.retain(|a| a.owner == part.owner && part.filter.passes(a));
    if part.newest {
        rows.sort_by_key(|a| std::cmp::Reverse(Place::of(a)));
    } else {
        rows.sort_by_key(Place::of);
    }
    Ok(rows)
}

/// What fits along the list, until the part is full; nothing when that is too far a way.
fn walked(
    act: &mut Act<'_, '_>,
    words: &Words,
    part: &Part<'_>,
    most: usize,
) -> Result<Option<Vec<Attempt>>> {
    let mut found: Vec<AttemptId> = Vec::new();
    let (mut from, mut walked, mut limit) = (part.from, 0, part.limit * 5);
    while walked < most {
        let batch = list::places(
            act.tx,
            &Part {
                from,
                limit,
                ..*part
            },
        )?;
        let people: HashSet<ProspectId> = batch.iter().map(|(_, p)| *p).collect();
        let people: Vec<ProspectId> = people.into_iter().collect();
        let hits = Hits::among(act, words, &people)?;
        let fitting = batch.iter().filter(|(place, p)| hits.fits(*p, place.id));
        found.extend(fitting.map(|(place, _)| place.id));
        let end = batch.len() < limit;
        if end || found.len() >= part.limit {
            found.truncate(part.limit);
            return read(act, part, &found).map(Some);
        }
        walked += batch.len();
        // As many as the page still wants, going by those seen.
        let missing = part.limit - found.len();
        limit = (missing * walked / found.len().max(1))
            .max(part.limit)
            .min(4_096);
        from = batch.last().map_or(from, |(place, _)| *place);
    }
    Ok(None)
}
