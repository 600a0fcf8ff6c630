//! The ledger as a list: filtered, searched, sorted, paged.

use std::collections::{HashMap, HashSet};

use domain::{
    Attempt, AttemptId, Cell, LabelKind, Outcome, Prospect, ProspectId, Tally, When, words,
};
use jiff::civil::Date;
use store::tables::attempt::{self, Place, UNDATED};

pub use store::tables::attempt::{Filter, Word};
use store::tables::{counts, follow_up, prospect};

use crate::{Act, AppError, Result, Seller, Who, labels, prospects, search};

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// By name.
    Who,
}

/// Which attempts to show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// What they must be.
    pub filter: Filter,
    /// Words that name, firm or words must begin with; all of them.
    pub text: String,
    /// In which order.
    pub sort: Sort,
    /// Where the page before ended or the one after began; see [`NoesPage::next`] and
    /// [`NoesPage::prev`].
    pub after: Option<String>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoesRow {
    /// The attempt.
    pub attempt: Attempt,
    /// With whom.
    pub who: Who,
    /// Label of the leading reason.
    pub reason: Option<String>,
    /// Label of one's own guess, where the prospect's word differs from it.
    pub guessed: Option<String>,
    /// The next open follow-up with the prospect.
    pub next: Option<When>,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoesPage {
    /// Its lines.
    pub rows: Vec<NoesRow>,
    /// How many there are in all, where that is known.
    pub total: Option<i64>,
    /// Figures over everything of the chosen outcome.
    pub figures: Figures,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Where the page before lies, where there is one and the order lets it be found.
    pub prev: Option<String>,
    /// The search matches too many people; another word is needed.
    pub too_many: bool,
}

/// Counts beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// All attempts.
    pub attempts: i64,
    /// Attempts of the chosen outcome; all of them when none is chosen.
    pub chosen: i64,
    /// Noes with a reason in the prospect's words.
    pub said: i64,
    /// Noes with only a guess.
    pub guessed: i64,
    /// Noes with no reason yet.
    pub bare: i64,
}

/// A page of the list.
///
/// # Errors
/// When the place of the page before cannot be read.
pub fn page(act: &mut Act<'_, '_>, me: &Seller, query: &Query) -> Result<NoesPage> {
    let cells = counts::of_person(act.tx, me.id())?;
    let figures = figures(&cells, query.filter.outcome);
    let size = act.workspace.thresholds.page_rows;
    let (found, total, too_many) = if !words(&query.text).is_empty() {
        search::searched(act, me, query, size)?
    } else {
        let total = known_total(&cells, &query.filter);
        let found = match total {
            // The counts know that nothing passes: nothing is looked through.
            Some(0) => Found::none(),
            _ if query.sort == Sort::Who => by_name(act, me, query, size)?,
            _ => by_time(act, me, query, &cells, size)?,
        };
        (found, total, false)
    };
    Ok(NoesPage {
        rows: rows(act, found.attempts)?,
        total,
        figures,
        next: found.next,
        prev: found.prev,
        too_many,
    })
}

/// These attempts as lines of the list, in the order asked for; those that are not one's own are
/// left out.
///
/// # Errors
/// When the database cannot be read.
pub fn chosen(act: &mut Act<'_, '_>, me: &Seller, ids: &[AttemptId]) -> Result<Vec<NoesRow>> {
    let mut attempts = attempt::get_many(act.tx, ids)?;
    attempts.retain(|a| a.owner == me.id());
    attempts.sort_by_key(|a| ids.iter().position(|id| *id == a.id));
    rows(act, attempts)
}

fn figures(cells: &[(Cell, Tally)], outcome: Option<Outcome>) -> Figures {
    let mut all = Tally::default();
    for (_, tally) in cells {
        all.add(tally, 1);
    }
    let noes = all.outcome(Outcome::No);
    Figures {
        attempts: all.attempts(),
        chosen: outcome.map_or(all.attempts(), |o| all.outcome(o)),
        said: all.no_said,
        guessed: all.no_guessed,
        bare: noes - all.no_said - all.no_guessed,
    }
}

/// What the monthly counts know of a filter, without looking at an attempt; nothing when the
/// filter asks for more than they hold.
fn in_cell(filter: &Filter, cell: &Cell, tally: &Tally) -> Option<i64> {
    if filter.reason.is_some() || filter.from.is_some() || filter.to.is_some() {
        return None;
    }
    let fits = filter.stage.is_none_or(|s| s == cell.stage)
        && filter.channel.is_none_or(|c| c == cell.channel)
        && filter.segment.as_ref().is_none_or(|s| *s == cell.segment);
    if !fits {
        return Some(0);
    }
    match (filter.word, filter.outcome) {
        (None, None) => Some(tally.attempts()),
        (None, Some(outcome)) => Some(tally.outcome(outcome)),
        (Some(Word::Said), Some(Outcome::No)) => Some(tally.no_said),
        (Some(Word::Guess), Some(Outcome::No)) => Some(tally.no_guessed),
        (Some(Word::None), Some(Outcome::No)) => {
            Some(tally.outcome(Outcome::No) - tally.no_said - tally.no_guessed)
        }
        (Some(_), _) => None,
    }
}

fn known_total(cells: &[(Cell, Tally)], filter: &Filter) -> Option<i64> {
    cells
        .iter()
        .map(|(cell, tally)| in_cell(filter, cell, tally))
        .sum()
}

/// A page's attempts and the places around it.
pub(crate) struct Found {
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) next: Option<String>,
    pub(crate) prev: Option<String>,
}

impl Found {
    fn none() -> Self {
        Self {
            attempts: Vec::new(),
            next: None,
            prev: None,
        }
    }
}

/// What the place of a page before begins with, to tell it from that of a page after: a letter, as
/// a place itself begins with a number that is negative where there is no time.
pub(crate) const BACK: char = 'b';

/// The page that ends where another began.
pub(crate) fn back_to(attempts: &[Attempt]) -> Option<String> {
    attempts
        .first()
        .map(|a| format!("{BACK}{}", place_text(Place::of(a))))
}

fn by_time(
    act: &mut Act<'_, '_>,
    me: &Seller,
    query: &Query,
    cells: &[(Cell, Tally)],
    size: usize,
) -> Result<Found> {
    let newest = query.sort == Sort::Newest;
    let limit = i64::try_from(size).unwrap_or(50) + 1;
    if let Some(text) = query.after.as_deref().and_then(|a| a.strip_prefix(BACK)) {
        let from = parse_place(text)?;
        let mut rows = attempt::list(act.tx, me.id(), &query.filter, !newest, from, limit)?;
        let more = rows.len() > size;
        rows.truncate(size);
        rows.reverse();
        return Ok(Found {
            next: rows.last().map(|a| place_text(Place::of(a))),
            prev: back_to(&rows).filter(|_| more),
            attempts: rows,
        });
    }
    let from = match &query.after {
        Some(text) => parse_place(text)?,
        None if newest => Place::LAST,
        None => Place::FIRST,
    };
    let mut filter = query.filter.clone();
    if newest && filter.from.is_none() {
        filter.from = far_enough(act, query, cells, from, size)?;
    }
    let mut rows = attempt::list(act.tx, me.id(), &filter, newest, from, limit)?;
    if filter.from != query.filter.from && rows.len() <= size {
        // The months were misjudged by a day at their edge: look at all of them.
        rows = attempt::list(act.tx, me.id(), &query.filter, newest, from, limit)?;
    }
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|a| place_text(Place::of(a)));
    Ok(Found {
        prev: back_to(&rows).filter(|_| query.after.is_some()),
        attempts: rows,
        next,
    })
}

/// How far back a page must look for its rows, by the monthly counts: a filter that few attempts
/// pass would else walk through all of them.
fn far_enough(
    act: &mut Act<'_, '_>,
    query: &Query,
    cells: &[(Cell, Tally)],
    from: Place,
    size: usize,
) -> Result<Option<i64>> {
    let filter = &query.filter;
    if filter.stage.is_none()
        && filter.channel.is_none()
        && filter.segment.is_none()
        && filter.word.is_none()
    {
        return Ok(None);
    }
    let zone = act.zone()?;
    let latest = jiff::Timestamp::from_microsecond(from.order.min(filter.to.unwrap_or(i64::MAX)))
        .map_or(i64::MAX, |t| {
            let day = zone.day_of(t);
            i64::from(day.year()) * 100 + i64::from(day.month())
        });
    let mut enough = i64::try_from(size).unwrap_or(50) + 1;
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

fn by_name(act: &mut Act<'_, '_>, me: &Seller, query: &Query, size: usize) -> Result<Found> {
    // Place: the sort key and id of the last prospect shown in full, and how many of the next
    // one's attempts were shown.
    let (mut key, mut id, mut skip) = match &query.after {
        Some(text) => parse_name_place(text)?,
        None => (String::new(), Vec::new(), 0),
    };
    let mut out: Vec<Attempt> = Vec::new();
    let mut few = few_people(act, me, &query.filter)?;
    loop {
        let batch = match &mut few {
            Some(people) => {
                let mut rest = std::mem::take(people);
                rest.retain(|(k, p)| (k, &p.id.as_bytes()[..]) > (&key, &id[..]));
                rest
            }
            None => prospect::after(act.tx, &key, &id, 200)?,
        };
        if batch.is_empty() {
            return Ok(Found {
                attempts: out,
                ..Found::none()
            });
        }
        let mut theirs = of_people(act, me, &query.filter, &batch)?;
        for (sort_key, p) in batch {
            // Who was merged is listed with the one that stands for them.
            let mut attempts = theirs.remove(&p.id).unwrap_or_default();
            attempts.sort_by_key(|a| std::cmp::Reverse(Place::of(a)));
            let left = attempts.len().saturating_sub(skip);
            let room = size - out.len();
            out.extend(attempts.into_iter().skip(skip).take(room));
            if left > room {
                return Ok(Found {
                    attempts: out,
                    next: Some(name_place_text(&key, &id, skip + room)),
                    prev: None,
                });
            }
            skip = 0;
            (key, id) = (sort_key, p.id.as_bytes().to_vec());
        }
    }
}

/// Attempts a filter may pass for its people to be looked up rather than walked to.
const FEW: i64 = 1_000;

/// The people of a filter that an index answers and few attempts pass, in the order of their
/// names; nothing when walking along the names is the better way.
fn few_people(
    act: &mut Act<'_, '_>,
    me: &Seller,
    filter: &Filter,
) -> Result<Option<Vec<(String, Prospect)>>> {
    if filter.reason.is_none() && filter.outcome.is_none() {
        return Ok(None);
    }
    let passing = attempt::list(act.tx, me.id(), filter, true, Place::LAST, FEW + 1)?;
    if passing.len() as i64 > FEW {
        return Ok(None);
    }
    let asked: HashSet<ProspectId> = passing.iter().map(|a| a.prospect).collect();
    let asked: Vec<ProspectId> = asked.into_iter().collect();
    let roots: HashSet<ProspectId> = prospect::get_many(act.tx, &asked)?
        .iter()
        .map(|p| p.root)
        .collect();
    let roots: Vec<ProspectId> = roots.into_iter().collect();
    let mut people: Vec<(String, Prospect)> = prospect::get_many(act.tx, &roots)?
        .into_iter()
        .map(|p| (prospect::sort_key(&p), p))
        .collect();
    people.sort_by(|a, b| (&a.0, a.1.id.as_bytes()).cmp(&(&b.0, b.1.id.as_bytes())));
    Ok(Some(people))
}

/// One's own attempts that pass, by the prospect that stands for whoever was asked.
fn of_people(
    act: &mut Act<'_, '_>,
    me: &Seller,
    filter: &Filter,
    batch: &[(String, Prospect)],
) -> Result<HashMap<ProspectId, Vec<Attempt>>> {
    let mut roots: HashMap<ProspectId, ProspectId> = batch
        .iter()
        .filter(|(_, p)| p.root == p.id)
        .map(|(_, p)| (p.id, p.id))
        .collect();
    let ids: Vec<ProspectId> = roots.keys().copied().collect();
    let mut attempts = attempt::of_prospects(act.tx, &ids)?;
    attempts.retain(|a| a.owner == me.id() && filter.passes(a));
    let merged: HashSet<ProspectId> = attempts
        .iter()
        .map(|a| a.prospect)
        .filter(|id| !roots.contains_key(id))
        .collect();
    let merged: Vec<ProspectId> = merged.into_iter().collect();
    roots.extend(
        prospect::get_many(act.tx, &merged)?
            .into_iter()
            .map(|p| (p.id, p.root)),
    );
    let mut out: HashMap<ProspectId, Vec<Attempt>> = HashMap::new();
    for a in attempts {
        let root = roots.get(&a.prospect).copied().unwrap_or(a.prospect);
        out.entry(root).or_default().push(a);
    }
    Ok(out)
}

/// Names, labels and next steps for a page of attempts.
fn rows(act: &mut Act<'_, '_>, attempts: Vec<Attempt>) -> Result<Vec<NoesRow>> {
    let ids: HashSet<ProspectId> = attempts.iter().map(|a| a.prospect).collect();
    let ids: Vec<ProspectId> = ids.into_iter().collect();
    let names: HashMap<ProspectId, Who> = prospects::names(act, &ids)?.into_iter().collect();
    let roots: Vec<ProspectId> = names.values().map(|w| w.id).collect();
    let next = follow_up::next_of_prospects(act.tx, &roots)?;
    let reasons = labels::names(act, LabelKind::Reason)?;
    let label = |code: &str| {
        reasons
            .get(code)
            .cloned()
            .unwrap_or_else(|| code.to_owned())
    };
    attempts
        .into_iter()
        .map(|a| {
            let who = names
                .get(&a.prospect)
                .cloned()
                .ok_or_else(|| AppError::not_found("prospect"))?;
            let leading = a.reasons.leading();
            let guess = a.reasons.guess.as_deref();
            let guessed = guess
                .filter(|g| leading.is_some_and(|(code, _)| code != *g))
                .map(label);
            Ok(NoesRow {
                reason: leading.map(|(code, _)| label(code)),
                guessed,
                next: next.get(&who.id).copied(),
                who,
                attempt: a,
            })
        })
        .collect()
}

pub(crate) fn place_text(p: Place) -> String {
    format!("{}.{}.{}", p.order, p.seq, p.id)
}

pub(crate) fn parse_place(text: &str) -> Result<Place> {
    let mut parts = text.splitn(3, '.');
    let mut part = || parts.next().unwrap_or_default();
    let (order, seq, id) = (part().parse(), part().parse(), part().parse::<AttemptId>());
    match (order, seq, id) {
        (Ok(order), Ok(seq), Ok(id)) => Ok(Place { order, seq, id }),
        _ => Err(wrong_place()),
    }
}

fn name_place_text(key: &str, id: &[u8], skip: usize) -> String {
    format!(
        "{}.{}.{skip}",
        crate::act::hex(key.as_bytes()),
        crate::act::hex(id)
    )
}

fn parse_name_place(text: &str) -> Result<(String, Vec<u8>, usize)> {
    let parts: Vec<&str> = text.splitn(3, '.').collect();
    let [key, id, skip] = parts.as_slice() else {
        return Err(wrong_place());
    };
    let key = crate::act::unhex(key).and_then(|k| String::from_utf8(k).ok());
    match (key, crate::act::unhex(id), skip.parse()) {
        (Some(key), Some(id), Ok(skip)) => Ok((key, id, skip)),
        _ => Err(wrong_place()),
    }
}

fn wrong_place() -> AppError {
    AppError::invalid(
        "after",
        "That page is not there any more. Begin the list again.",
    )
}

/// Microseconds at which a calendar day begins where the person works.
pub fn day_begins(me: &Seller, day: Date) -> i64 {
    me.zone().start_of(day).as_microsecond()
}

/// Microseconds at which a calendar day ends where the person works.
pub fn day_ends(me: &Seller, day: Date) -> i64 {
    me.zone().end_of(day).as_microsecond()
}

/// Whether an order is that of an attempt without any time.
pub fn is_undated(order: i64) -> bool {
    order == UNDATED
}
