//! What many sellers' attempts say together, worked out once a month.
//!
//! It is what a newcomer's rate is believed to be before their first attempt, and how much likelier
//! a yes is at one attempt number than at another. Each of these is only worked out from six sellers on,
//! so that there are five others whoever looks.

use evidence::persistence::ByAttempt;
use evidence::{Counts, Pooled, SoFar};
use store::tables::evidence::{self as kept, Pool};

use super::keep::{decoded, month_of};
use crate::act::HOUR;
use crate::{Act, AppError, Kind, Result};

/// Fewest sellers: five others and oneself.
const FEWEST_PEOPLE: usize = 6;
/// Fewest attempts of a seller who is counted.
const FEWEST_ATTEMPTS: u64 = 20;

/// Works out the present month's quantities where that has not been done; says whether there may be
/// more to do after it.
pub(super) fn begin_month(act: &mut Act<'_, '_>) -> Result<bool> {
    let now = act.micros();
    let Some(month) = month_of(now) else {
        return Ok(false);
    };
    if kept::is_pooled(act.tx, i64::from(month))? {
        return Ok(false);
    }
    let mut people: Vec<SoFar> = Vec::new();
    for (person, state) in kept::everybody(act.tx)? {
        let Some(evidence) = decoded(&state) else {
            // Written by another version: folded again before anything is pooled.
            kept::left_behind(act.tx, person)?;
            return Ok(true);
        };
        // A clock that was wrong once; what comes after an attempt must not judge it.
        if evidence.span().is_some_and(|(_, last)| last > now + HOUR) {
            return Ok(false);
        }
        let so_far = evidence.before(month);
        if so_far.counts.tries() >= FEWEST_ATTEMPTS {
            people.push(so_far);
        }
    }
    let counts: Vec<Counts> = people.iter().map(|one| one.counts).collect();
    let enough = counts.len() >= FEWEST_PEOPLE;
    let value = enough
        .then(|| postcard::to_allocvec(&Pooled::of(&counts, &by_attempt(&people))))
        .transpose()
        .map_err(|e| AppError::new(Kind::Internal, format!("A month was not written: {e}.")))?;
    kept::pool(
        act.tx,
        &Pool {
            month: i64::from(month),
            // No ask that has been folded lies as far ahead.
            at: now + HOUR,
            people: i64::try_from(counts.len()).unwrap_or(i64::MAX),
            value,
        },
    )?;
    Ok(enough)
}

/// Tries by attempt number, of those numbers to which enough people have brought enough.
fn by_attempt(people: &[SoFar]) -> ByAttempt {
    let mut all = ByAttempt::default();
    let mut number = 0;
    loop {
        let cells = people
            .iter()
            .filter_map(|one| one.by_attempt.counts().get(number));
        let cells: Vec<Counts> = cells.copied().collect();
        if cells.is_empty() {
            return all;
        }
        let brought = |cell: &&Counts| cell.tries() >= FEWEST_ATTEMPTS;
        if cells.iter().filter(brought).count() >= FEWEST_PEOPLE {
            let sum = cells.into_iter().fold(Counts::default(), Counts::merge);
            all.add(number as u32 + 1, sum);
        }
        number += 1;
    }
}
