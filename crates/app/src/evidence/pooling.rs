//! What many sellers' attempts say together, worked out once a month.
//!
//! It is what a newcomer's rate is believed to be before their first attempt, and how much likelier
//! a yes is at one attempt number or stage than at another. Nobody's own figures can be read off it:
//! it is only worked out from six sellers on, so that there are five others whoever looks.

use std::collections::BTreeMap;

use domain::Stage;
use evidence::persistence::ByAttempt;
use evidence::{Counts, Evidence, Pooled};
use store::tables::evidence::{self as kept, Pool};

use super::keep::month_of;
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
    let mut people: Vec<Counts> = Vec::new();
    let mut by_attempt = ByAttempt::default();
    let mut by_stage: BTreeMap<Stage, Counts> = BTreeMap::new();
    for (_, state) in kept::everybody(act.tx)? {
        let Some(evidence) = state
            .get(1..)
            .and_then(|state| postcard::from_bytes::<Evidence>(state).ok())
        else {
            continue;
        };
        let so_far = evidence.before(month);
        if so_far.counts.tries() < FEWEST_ATTEMPTS {
            continue;
        }
        people.push(so_far.counts);
        by_attempt.merge(&so_far.by_attempt);
        for (stage, counts) in so_far.by_stage {
            let all = by_stage.entry(stage).or_default();
            *all = all.merge(counts);
        }
    }
    let enough = people.len() >= FEWEST_PEOPLE;
    let by_stage: Vec<(Stage, Counts)> = by_stage.into_iter().collect();
    let value = enough
        .then(|| postcard::to_allocvec(&Pooled::of(&people, &by_attempt, &by_stage)))
        .transpose()
        .map_err(|e| AppError::new(Kind::Internal, format!("A month was not written: {e}.")))?;
    kept::pool(
        act.tx,
        &Pool {
            month: i64::from(month),
            // No ask that has been folded lies as far ahead.
            at: now + HOUR,
            people: i64::try_from(people.len()).unwrap_or(i64::MAX),
            value,
        },
    )?;
    Ok(enough)
}
