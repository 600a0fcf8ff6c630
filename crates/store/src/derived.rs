//! What is derived from attempts and prospects, kept in the transaction that changes them, and
//! rebuilt from them when it was dropped.

use std::collections::BTreeMap;

use domain::{Attempt, Cell, PersonId, Prospect, Tally, Zone};

use crate::tables::attempt::Place;
use crate::tables::counts::Changes;
use crate::tables::term::Term;
use crate::tables::{attempt, counts, evidence, prospect, term};
use crate::{Result, Tx};

/// Appends an attempt with its counts and words.
///
/// # Errors
/// When the database cannot.
pub fn append(tx: &mut Tx<'_>, a: &Attempt, workspace: &Zone) -> Result<()> {
    attempt::insert(tx, a)?;
    let mut changes = Changes::default();
    changes.add(Cell::of(a, workspace), &Tally::of(a), 1);
    changes.write(tx)?;
    if let Some(words) = &a.words {
        term::add(tx, a.prospect, Some(a.id), &[words])?;
    }
    evidence::changed(tx, a.owner, Place::of(a))
}

/// Appends many new attempts with their counts and words.
///
/// # Errors
/// When the database cannot.
pub fn append_all(tx: &mut Tx<'_>, attempts: &[Attempt], workspace: &Zone) -> Result<()> {
    attempt::bulk(tx, attempts)?;
    let mut changes = Changes::default();
    let mut terms = Vec::new();
    let mut first: BTreeMap<PersonId, Place> = BTreeMap::new();
    for a in attempts {
        let place = Place::of(a);
        let first = first.entry(a.owner).or_insert(place);
        *first = place.min(*first);
        changes.add(Cell::of(a, workspace), &Tally::of(a), 1);
        terms.extend(attempt_terms(a));
    }
    changes.write(tx)?;
    term::bulk(tx, &terms)?;
    for (owner, from) in first {
        evidence::changed(tx, owner, from)?;
    }
    Ok(())
}

/// Replaces an attempt's present version and moves its counts and words along.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when somebody else changed it meanwhile.
pub fn change(tx: &mut Tx<'_>, before: &Attempt, after: &Attempt, workspace: &Zone) -> Result<()> {
    attempt::update(tx, after)?;
    let mut changes = Changes::default();
    changes.add(Cell::of(before, workspace), &Tally::of(before), -1);
    changes.add(Cell::of(after, workspace), &Tally::of(after), 1);
    changes.write(tx)?;
    if attempt_terms(before) != attempt_terms(after) {
        term::remove(tx, &attempt_terms(before))?;
        if !after.voided
            && let Some(words) = &after.words
        {
            term::add(tx, after.prospect, Some(after.id), &[words])?;
        }
    }
    let from = Place::of(before).min(Place::of(after));
    evidence::changed(tx, after.owner, from)
}

/// Replaces a prospect and their words.
///
/// # Errors
/// When the database cannot.
pub fn change_prospect(tx: &mut Tx<'_>, before: &Prospect, after: &Prospect) -> Result<()> {
    prospect::update(tx, after)?;
    if before.root != after.root {
        evidence::regrouped(tx, before.root, after.root)?;
    }
    if prospect_terms(before) != prospect_terms(after) {
        term::remove(tx, &prospect_terms(before))?;
        term::bulk(tx, &prospect_terms(after))?;
    }
    Ok(())
}

/// Adds prospects with their words.
///
/// # Errors
/// When the database cannot.
pub fn append_prospects(tx: &mut Tx<'_>, prospects: &[Prospect]) -> Result<()> {
    prospect::bulk(tx, prospects)?;
    let terms: Vec<Term> = prospects.iter().flat_map(prospect_terms).collect();
    term::bulk(tx, &terms)
}

/// The words a prospect is found by: name, company and the address's own words.
pub fn prospect_terms(p: &Prospect) -> Vec<Term> {
    if p.taken_back {
        return Vec::new();
    }
    domain::words(&format!("{} {} {}", p.name, p.company, p.email))
        .into_iter()
        .map(|word| Term {
            word,
            prospect: p.id,
            attempt: None,
        })
        .collect()
}

fn attempt_terms(a: &Attempt) -> Vec<Term> {
    if a.voided {
        return Vec::new();
    }
    domain::words(a.words.as_deref().unwrap_or_default())
        .into_iter()
        .map(|word| Term {
            word,
            prospect: a.prospect,
            attempt: Some(a.id),
        })
        .collect()
}

/// Drops counts, terms and what attempts say, and builds the first two again from the ledger; the third
/// is folded again by who asks next.
///
/// # Errors
/// When the database cannot.
pub fn rebuild(tx: &mut Tx<'_>, workspace: &Zone) -> Result<()> {
    tx.exclusive()?;
    counts::clear(tx)?;
    term::clear(tx)?;
    evidence::clear(tx)?;
    let mut changes = Changes::default();
    let mut terms = Vec::new();
    attempt::each(tx, |a| {
        changes.add(Cell::of(&a, workspace), &Tally::of(&a), 1);
        terms.extend(attempt_terms(&a));
        Ok(())
    })?;
    changes.write(tx)?;
    term::bulk(tx, &terms)?;
    let (mut key, mut id) = (String::new(), Vec::new());
    loop {
        let page = prospect::after(tx, &key, &id, 1_000)?;
        let Some((last, p)) = page.last() else {
            return Ok(());
        };
        (key, id) = (last.clone(), p.id.as_bytes().to_vec());
        let terms: Vec<Term> = page.iter().flat_map(|(_, p)| prospect_terms(p)).collect();
        term::bulk(tx, &terms)?;
    }
}
