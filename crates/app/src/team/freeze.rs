//! Counting a team's closed months: once each, from the third of the next month on, then frozen.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Attempt, Cell as Counted, Outcome, PersonId, Role, TeamId, Zone};
use jiff::ToSpan;
use jiff::civil::Date;
use store::tables::team;
use store::tables::team_month::{self, Contributor, Key, Month};

use super::known::People;
use super::publish::{self, Cell, OTHER};
use crate::{Act, Result};

/// The first day on which a month may be counted, in the month after: what is written down late
/// for its last days is in by then.
const COUNTED_ON: i8 = 3;

/// Most words that stand beside a cell.
const MOST_WORDS: usize = 12;

/// A day in microseconds: attempts may lie in another zone than the workspace.
const SLACK: i64 = 2 * 86_400_000_000;

/// Year and month as `202611`.
pub(super) fn number(first: Date) -> i64 {
    i64::from(first.year()) * 100 + i64::from(first.month())
}

/// The first of the month after.
fn next(first: Date) -> Date {
    first.checked_add(1.month()).unwrap_or(Date::MAX)
}

/// The first of the latest month that may be counted by now.
fn latest(today: Date) -> Date {
    let back = if today.day() < COUNTED_ON { 2 } else { 1 };
    let first = today.first_of_month();
    first.checked_sub(back.months()).unwrap_or(Date::MIN)
}

/// When the first of the months not counted yet will be.
pub(super) fn next_counting(today: Date) -> Date {
    let third = |first: Date| first.checked_add((i32::from(COUNTED_ON) - 1).days());
    third(next(next(latest(today)))).unwrap_or(today)
}

/// The months of a team that are to be counted, oldest first. A month in which nobody was in the team
/// on the first, or nobody asked anybody, has nothing to count.
pub(super) fn due(act: &mut Act<'_, '_>, id: TeamId) -> Result<Vec<Date>> {
    let zone = act.zone()?;
    let Some(began) = team::first(act.tx, id)? else {
        return Ok(Vec::new());
    };
    let began = jiff::Timestamp::from_microsecond(began).unwrap_or(act.now);
    let mut month = zone.day_of(began).first_of_month();
    let latest = latest(zone.day_of(act.now));
    let counted: BTreeSet<i64> = team_month::months(act.tx, id)?
        .iter()
        .map(|m| m.month)
        .collect();
    let mut out = Vec::new();
    while month <= latest {
        if !counted.contains(&number(month)) {
            let (from, to) = bounds(&zone, month);
            if team_month::any_dated(act.tx, id, from, from - SLACK, to + SLACK)? {
                out.push(month);
            }
        }
        month = next(month);
    }
    Ok(out)
}

/// Counts what is due; says how many months. The caller is alone with the database.
pub(super) fn all_due(act: &mut Act<'_, '_>, id: TeamId) -> Result<usize> {
    let months = due(act, id)?;
    for &month in &months {
        one(act, id, month)?;
    }
    Ok(months.len())
}

fn bounds(zone: &Zone, first: Date) -> (i64, i64) {
    let at = |day: Date| zone.start_of(day).as_microsecond();
    (at(first), at(next(first)))
}

/// When a month begins, in microseconds UTC.
pub(super) fn began(zone: &Zone, month: i64) -> i64 {
    let year = i16::try_from(month / 100).unwrap_or(i16::MAX);
    let first = Date::new(year, i8::try_from(month % 100).unwrap_or(1), 1);
    bounds(zone, first.unwrap_or(Date::MAX)).0
}

/// Who leads a team: of those who were in it on the first, and of those who are in it now.
fn leads(
    act: &mut Act<'_, '_>,
    id: TeamId,
    members: &[PersonId],
    people: &People,
) -> Result<Vec<PersonId>> {
    let present = team::present(act.tx)?.into_iter();
    let present = present.filter(|(_, team)| *team == id).map(|(p, _)| p);
    let leads = |p: &PersonId| people.get(*p).is_some_and(|p| p.roles.has(Role::Lead));
    Ok(members
        .iter()
        .copied()
        .chain(present)
        .filter(leads)
        .collect())
}

fn one(act: &mut Act<'_, '_>, id: TeamId, first: Date) -> Result<()> {
    let (zone, month) = (act.zone()?, number(first));
    let (from, to) = bounds(&zone, first);
    let mut members = team::as_of(act.tx, id, from)?;
    // One team a person, also where who was in which team was written down again later.
    let people = People::read(act)?;
    let elsewhere = team_month::elsewhere(act.tx, id, month)?;
    let elsewhere: BTreeSet<PersonId> = elsewhere.into_iter().map(|p| people.who(p)).collect();
    members.retain(|m| !elsewhere.contains(m));
    let leads = leads(act, id, &members, &people)?;
    let mut cells: BTreeMap<Key, Cell> = BTreeMap::new();
    let mut said: BTreeMap<Key, BTreeMap<PersonId, Vec<Attempt>>> = BTreeMap::new();
    for &member in &members {
        for a in team_month::dated(act.tx, member, from - SLACK, to + SLACK)? {
            if Counted::of(&a, &zone).month != month {
                continue;
            }
            let key = key_of(&a);
            let cell = cells.entry(key.clone()).or_default();
            cell.attempts += 1;
            let one = Contributor::of(&a);
            let Some(person) = people.unknown_to(&leads, &one, from) else {
                continue;
            };
            cell.people.insert(person);
            cell.contributors.insert(one);
            if a.reasons.prospect.is_some() && a.words.as_deref().is_some_and(|w| !w.is_empty()) {
                said.entry(key)
                    .or_default()
                    .entry(person)
                    .or_default()
                    .push(a);
            }
        }
    }
    if cells.is_empty() {
        return Ok(());
    }
    let least = act.workspace.thresholds.contributors;
    let attempts: i64 = cells.values().map(|c| c.attempts).sum();
    let leaves = publish::partition(cells, least);
    let counted = Month {
        month,
        at: act.micros(),
        members: i64::try_from(members.len()).unwrap_or(i64::MAX),
        attempts: leaves.is_some().then_some(attempts),
    };
    if !team_month::add(act.tx, id, &counted)? {
        return Ok(());
    }
    for (key, cell) in leaves.unwrap_or_default() {
        team_month::add_cell(act.tx, id, month, &key, cell.attempts, cell.contributors)?;
        let real =
            key.outcome == Outcome::No.code() && !key.reason.is_empty() && key.reason != OTHER;
        let Some(by_person) = said.remove(&key).filter(|s| real && s.len() >= least) else {
            continue;
        };
        for a in some_of_each(act, by_person) {
            team_month::add_word(act.tx, id, month, &key, &a)?;
        }
    }
    Ok(())
}

fn key_of(a: &Attempt) -> Key {
    let reason = match a.outcome {
        Outcome::No => a.reasons.leading().map_or("", |(code, _)| code),
        _ => "",
    };
    Key {
        stage: a.stage.code().into(),
        outcome: a.outcome.code().into(),
        reason: reason.into(),
    }
}

/// A few of the words, in turn of each person, so that they are of as many people as may be.
fn some_of_each(
    act: &Act<'_, '_>,
    mut by_person: BTreeMap<PersonId, Vec<Attempt>>,
) -> Vec<Attempt> {
    let order = |a: &Attempt| act.workspace.keyed.hash("team-word", &[a.id.as_bytes()]);
    for theirs in by_person.values_mut() {
        theirs.sort_by_key(order);
    }
    let mut turns: Vec<(usize, Attempt)> = by_person
        .into_values()
        .flat_map(|theirs| theirs.into_iter().enumerate())
        .collect();
    turns.sort_by_key(|(turn, a)| (*turn, order(a)));
    turns.into_iter().map(|(_, a)| a).take(MOST_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_month_is_counted_from_the_third_of_the_next() {
        assert_eq!(latest(date(2026, 11, 2)), date(2026, 9, 1));
        assert_eq!(latest(date(2026, 11, 3)), date(2026, 10, 1));
        assert_eq!(latest(date(2026, 1, 31)), date(2025, 12, 1));
        assert_eq!(next_counting(date(2026, 11, 2)), date(2026, 11, 3));
        assert_eq!(next_counting(date(2026, 11, 3)), date(2026, 12, 3));
        assert_eq!(number(date(2026, 1, 1)), 202_601);
    }
}
