//! The ledger as a list: filtered, searched, sorted, paged.

mod by_name;
mod by_time;
mod place;

use std::collections::{HashMap, HashSet};

use domain::{Attempt, AttemptId, Cell, LabelKind, Outcome, ProspectId, Tally, When, words};
use jiff::civil::Date;
use store::tables::attempt::{self, UNDATED};
use store::tables::{counts, follow_up};

pub use store::tables::list::{Filter, Word};

use crate::{Act, AppError, Result, Seller, Who, labels, prospects};
use place::Lines;

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
    /// How many lines at most; as many as a page has when left out.
    pub limit: Option<usize>,
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
    /// Where the page before lies.
    pub prev: Option<String>,
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
    let passing = known_total(&cells, &query.filter);
    let wanted = words(&query.text);
    let (found, counted) = match (passing, query.sort) {
        // The counts know that nothing passes: nothing is looked through.
        (Some(0), _) => (Lines::none(), Some(0)),
        (_, Sort::Who) => {
            let named = by_name::page(act, me, query, &wanted, passing)?;
            let found = Lines {
                rows: named.rows.into_iter().map(|(_, a)| a).collect(),
                next: named.next,
                prev: named.prev,
            };
            (found, None)
        }
        _ => {
            let most = passing.unwrap_or(figures.attempts);
            by_time::page(act, me, query, &wanted, &cells, most)?
        }
    };
    Ok(NoesPage {
        rows: rows(act, found.rows)?,
        total: if wanted.is_empty() { passing } else { counted },
        figures,
        next: found.next,
        prev: found.prev,
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
