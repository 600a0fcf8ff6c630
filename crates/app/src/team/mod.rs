//! What a lead sees of their team: closed months as counts of many people, and the rows of those who
//! share them.

mod freeze;
mod known;
mod publish;

use std::collections::{BTreeMap, BTreeSet};

use domain::{Person, PersonId, Role, Standing, Team, TeamId};
use jiff::civil::Date;
use store::tables::team_month::{self, Month};
use store::tables::{person, team};

pub use publish::OTHER;
pub use store::tables::team_month::Key;

use known::People;

use crate::noes::{self, NoesPage, Query};
use crate::{Act, AppError, Kind, Lead, Result, Seller};

/// What a lead sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Their team.
    pub team: Team,
    /// The months that were counted, newest first, and whether there is anything to see in them.
    pub months: Vec<(i64, bool)>,
    /// The one asked for, or the newest.
    pub month: Option<Closed>,
    /// The day on which the next month is counted.
    pub next: Date,
    /// Members who share their rows, by name.
    pub sharing: Vec<(PersonId, String)>,
    /// The fewest people a figure is of, the viewer not counted.
    pub least: usize,
}

/// A closed month as one lead may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Year and month as `202611`.
    pub month: i64,
    /// How many were in the team on the first of it.
    pub members: i64,
    /// What there is to see.
    pub shown: Shown,
}

/// What there is to see of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Its figures.
    Figures(Figures),
    /// Too few people took part.
    TooFew,
    /// Enough took part, but the rows the viewer knows, their own, those shared with them and those
    /// that they or, to an administrator, anybody brought in for others, would tell too much about the
    /// rest.
    KnownRows,
}

/// Attempts in parts of which each is of enough people; every figure shown is a sum of parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// The parts.
    pub parts: Vec<(Key, i64)>,
    /// What prospects said, beside the part it belongs to; in an order that means nothing.
    pub words: BTreeMap<Key, Vec<String>>,
}

impl Figures {
    /// How many attempts there are in the parts that pass a test.
    pub fn sum(&self, passes: impl Fn(&Key) -> bool) -> i64 {
        let passing = self.parts.iter().filter(|(key, _)| passes(key));
        passing.map(|(_, n)| n).sum()
    }

    /// How many of how many attempts got an answer, at a stage or at all; nothing where outcomes
    /// were merged, as then it cannot be told.
    pub fn answered(&self, stage: Option<&str>) -> Option<(i64, i64)> {
        let here = |key: &Key| stage.is_none_or(|s| key.stage == s);
        if self
            .parts
            .iter()
            .any(|(k, _)| here(k) && k.outcome == OTHER)
        {
            return None;
        }
        let known = self.sum(|k| here(k) && k.outcome != "unknown");
        let silent = self.sum(|k| here(k) && k.outcome == "no_reply");
        (known > 0).then_some((known - silent, known))
    }
}

/// The team a lead is a member of.
fn led(act: &mut Act<'_, '_>, lead: &Lead) -> Result<Team> {
    team::of(act.tx, lead.id())?.ok_or_else(|| {
        AppError::new(Kind::NotFound, "You are in no team yet.")
            .with_hint("An administrator can put you into one, on the People page.")
    })
}

/// Whether there are closed months to count before the page is read.
///
/// # Errors
/// When the database cannot be read.
pub fn is_due(act: &mut Act<'_, '_>, lead: &Lead) -> Result<bool> {
    match team::of(act.tx, lead.id())? {
        Some(team) => Ok(!freeze::due(act, team.id)?.is_empty()),
        None => Ok(false),
    }
}

/// Counts the closed months of the lead's team that were not counted yet.
///
/// # Errors
/// When the lead is in no team, or the database cannot.
pub fn count(act: &mut Act<'_, '_>, lead: &Lead) -> Result<()> {
    // Nobody changes who is in which team, or counts the same month, meanwhile.
    act.tx.exclusive()?;
    let team = led(act, lead)?;
    freeze::all_due(act, team.id).map(drop)
}

/// Counts the closed months of every team; says how many.
///
/// # Errors
/// When the database cannot.
pub(crate) fn count_all(act: &mut Act<'_, '_>) -> Result<usize> {
    act.tx.exclusive()?;
    let mut done = 0;
    for team in team::all(act.tx)? {
        done += freeze::all_due(act, team.id)?;
    }
    Ok(done)
}

/// The team as its lead sees it; of the month asked for, or the newest that shows something.
///
/// # Errors
/// When the lead is in no team, or the database cannot be read.
pub fn page(act: &mut Act<'_, '_>, lead: &Lead, month: Option<i64>) -> Result<Page> {
    let team = led(act, lead)?;
    let months = team_month::months(act.tx, team.id)?;
    let sharing = sharing(act, lead, team.id)?;
    let people = People::read(act)?;
    let mut seen = Vec::with_capacity(months.len());
    for m in &months {
        seen.push((m.month, withheld(act, lead, team.id, m, &people)?.is_none()));
    }
    let newest = seen.iter().find(|(_, has)| *has).or(seen.first());
    let chosen = month.or(newest.map(|(m, _)| *m));
    let chosen = months.iter().find(|m| Some(m.month) == chosen);
    let zone = act.zone()?;
    Ok(Page {
        months: seen,
        month: match chosen {
            Some(m) => Some(closed(act, lead, team.id, m, &people)?),
            None => None,
        },
        next: freeze::next_counting(zone.day_of(act.now)),
        sharing: sharing.into_iter().map(|p| (p.id, p.name)).collect(),
        least: act.workspace.thresholds.contributors,
        team,
    })
}

/// Members who share their rows now, by name; the lead's own are left out.
fn sharing(act: &mut Act<'_, '_>, lead: &Lead, id: TeamId) -> Result<Vec<Person>> {
    let present = team::present(act.tx)?;
    let mut all = person::all(act.tx)?;
    all.retain(|p| p.id != lead.id() && shares(p) && present.contains(&(p.id, id)));
    all.sort_by_cached_key(|p| domain::fold(&p.name));
    Ok(all)
}

fn shares(p: &Person) -> bool {
    p.shares_rows && p.standing == Standing::Active && p.roles.has(Role::Seller)
}

/// Why a month is not shown to a lead.
fn withheld(
    act: &mut Act<'_, '_>,
    lead: &Lead,
    id: TeamId,
    month: &Month,
    people: &People,
) -> Result<Option<Shown>> {
    let began = freeze::began(&act.zone()?, month.month);
    let mut all: BTreeMap<Key, BTreeSet<PersonId>> = BTreeMap::new();
    let mut unknown = all.clone();
    for (key, one) in team_month::parts(act.tx, id, month.month)? {
        let rest = unknown.entry(key.clone()).or_default();
        rest.extend(people.unknown_to(&[lead.id()], &one, began));
        all.entry(key).or_default().insert(people.who(one.person));
    }
    let least = act.workspace.thresholds.contributors;
    let few = |of: &BTreeMap<Key, BTreeSet<PersonId>>| of.values().any(|p| p.len() < least);
    Ok(if month.attempts.is_none() || few(&all) {
        Some(Shown::TooFew)
    } else {
        few(&unknown).then_some(Shown::KnownRows)
    })
}

fn closed(
    act: &mut Act<'_, '_>,
    lead: &Lead,
    id: TeamId,
    month: &Month,
    people: &People,
) -> Result<Closed> {
    let shown = match withheld(act, lead, id, month, people)? {
        Some(why) => why,
        None => Shown::Figures(Figures {
            parts: team_month::cells(act.tx, id, month.month)?,
            words: words(act, lead, id, month.month, people)?,
        }),
    };
    Ok(Closed {
        month: month.month,
        members: month.members,
        shown,
    })
}

/// What prospects said, where it is still of enough people whose rows the lead does not know.
fn words(
    act: &mut Act<'_, '_>,
    lead: &Lead,
    id: TeamId,
    month: i64,
    people: &People,
) -> Result<BTreeMap<Key, Vec<String>>> {
    let began = freeze::began(&act.zone()?, month);
    let mut all = team_month::words(act.tx, id, month)?;
    let keyed = &act.workspace.keyed;
    all.sort_by_key(|said| keyed.hash("team-words", &[said.attempt.as_bytes()]));
    let mut of: BTreeMap<Key, BTreeSet<PersonId>> = BTreeMap::new();
    for said in &all {
        let there = of.entry(said.key.clone()).or_default();
        there.extend(people.unknown_to(&[lead.id()], &said.by, began));
    }
    of.retain(|_, people| people.len() >= act.workspace.thresholds.contributors);
    let mut out: BTreeMap<Key, Vec<String>> = BTreeMap::new();
    for said in all {
        if of.contains_key(&said.key) {
            let there = out.entry(said.key).or_default();
            if !there.contains(&said.words) {
                there.push(said.words);
            }
        }
    }
    Ok(out)
}

/// Permission to read the rows of one person who shares them, made by [`shared_rows`] alone.
#[derive(Debug, Clone)]
pub struct SharedRows {
    of: Seller,
}

impl SharedRows {
    /// Whose rows these are.
    pub fn name(&self) -> &str {
        self.of.name()
    }
}

/// Permission to read somebody's rows: they are in the lead's team now, and share them now. It is
/// worth nothing outside the transaction that gave it.
///
/// # Errors
/// When it is not so, which is answered as if there were nobody.
pub fn shared_rows(act: &mut Act<'_, '_>, lead: &Lead, id: PersonId) -> Result<SharedRows> {
    let team = led(act, lead)?;
    let of = sharing(act, lead, team.id)?
        .into_iter()
        .find(|p| p.id == id);
    let of = of.ok_or_else(|| AppError::not_found("shared list"))?;
    Ok(SharedRows {
        of: Seller::vouched(of),
    })
}

/// A page of the rows that somebody shares.
///
/// # Errors
/// When the place of the page before cannot be read.
pub fn rows(act: &mut Act<'_, '_>, shared: &SharedRows, query: &Query) -> Result<NoesPage> {
    noes::page(act, &shared.of, query)
}
