//! What Today says of the run since the last yes.

use std::collections::HashMap;

use evidence::{Beta, Evidence, Rate, runs};

use super::judged::{FEWEST_IN_MONTH, alarms};
use super::page::AlarmLine;
use super::report::{Range, range};
use crate::{Act, Result, Seller};

/// What one's attempts say of the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Glance {
    /// How ordinary it is; none before the first ask whose outcome is known, or while much that was
    /// brought in or corrected is still to be folded.
    pub odds: Option<Odds>,
    /// The alarm over all asks that says something of now.
    pub alarm: Option<AlarmLine>,
}

/// How ordinary a run without a yes is, at the rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Odds {
    /// Yeses in all asks whose outcome is known, and what the data allow.
    pub rate: Range,
    /// Chance that as many asks picked beforehand all end without a yes.
    pub these: f64,
    /// Asks in the thirty days up to the last dated one.
    pub in_month: u64,
    /// Chance of such a run somewhere in a month of as many; none where a month is too empty to hold
    /// one, or to speak of one.
    pub month: Option<f64>,
}

/// What the attempts say of a run of so many; how ordinary it is only where their evidence is at hand.
pub(crate) fn glance(
    act: &mut Act<'_, '_>,
    me: &Seller,
    evidence: Option<&Evidence>,
    run: i64,
) -> Result<Glance> {
    let alarms = alarms(act, me, &HashMap::new())?;
    Ok(Glance {
        odds: evidence.and_then(|evidence| odds(evidence, run.unsigned_abs())),
        alarm: alarms
            .into_iter()
            .find(|alarm| alarm.segment.is_none() && alarm.current),
    })
}

fn odds(evidence: &Evidence, run: u64) -> Option<Odds> {
    let counts = evidence.all().stream.counts();
    if counts.tries() == 0 {
        return None;
    }
    let belief = Beta::JEFFREYS.after(counts);
    let rate = Rate::new(belief.mean()).ok()?;
    let in_month = evidence.in_month();
    let holds = in_month >= FEWEST_IN_MONTH.max(run);
    Some(Odds {
        rate: range(belief.mean(), belief.interval()),
        these: runs::p_next_k_all_no(rate, run),
        in_month,
        month: holds.then(|| runs::p_longest_ge_k(rate, in_month, run)),
    })
}
