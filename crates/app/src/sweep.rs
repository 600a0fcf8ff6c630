//! What happens by itself: an e-mail or message without an answer counts as no reply after a while,
//! and closed months of teams are counted.

use domain::Outcome;
use jiff::ToSpan;
use store::tables::attempt;

use crate::{Act, Result, ledger};

/// Most attempts one sweep takes, so that it never holds the ledger for long.
const BATCH: i64 = 500;

/// Appends the change for attempts that have waited long enough; says how many. Call again until
/// it says 0.
///
/// # Errors
/// When the database cannot.
pub fn no_reply(act: &mut Act<'_, '_>) -> Result<usize> {
    let hours = act.workspace.thresholds.no_reply_after_days * 24;
    let before = act
        .now
        .checked_sub(hours.hours())
        .unwrap_or(act.now)
        .as_microsecond();
    let waiting = attempt::waiting_before(act.tx, before, BATCH)?;
    for a in &waiting {
        let mut after = a.clone();
        after.outcome = Outcome::NoReply;
        ledger::change(act, None, a, after, "no_reply_after_wait")?;
    }
    Ok(waiting.len())
}

/// Counts the closed months of teams that were not counted yet; says how many.
///
/// # Errors
/// When the database cannot.
pub fn team_months(act: &mut Act<'_, '_>) -> Result<usize> {
    crate::team::count_all(act)
}
