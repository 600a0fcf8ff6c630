//! Alarms, written down as they were when they were raised.

use std::collections::HashSet;

use domain::{AttemptId, PersonId};
use evidence::Raised;
use store::tables::alarm::{self, Alarm};
use store::tables::attempt::Place;

use crate::act::DAY;
use crate::{Act, Result};

/// Days for which an alarm says something of now. An older ask raises none: what is brought in late
/// warns nobody.
const RECENT: i64 = 30;

/// From when on an alarm is recent, seen from `now`; both in microseconds UTC.
pub(super) fn recent_from(now: i64) -> i64 {
    now - RECENT * DAY
}

/// Holds what is written down against what asks after one place and up to another raised: what is new
/// is written down, what is not raised any more is marked as withdrawn.
pub(super) fn reconcile(
    act: &mut Act<'_, '_>,
    person: PersonId,
    (after, until): (Place, Place),
    raised: &[(Place, Raised)],
) -> Result<()> {
    let standing = alarm::between(act.tx, person, after, until)?;
    if standing.is_empty() && raised.is_empty() {
        return Ok(());
    }
    let now = act.micros();
    let raised_by: HashSet<(AttemptId, &str)> = raised
        .iter()
        .map(|(place, raised)| (place.id, raised.segment.as_deref().unwrap_or_default()))
        .collect();
    for one in &standing {
        if !raised_by.contains(&(one.place.id, one.segment.as_str())) {
            alarm::withdraw(act.tx, person, one, now)?;
        }
    }
    for (place, raised) in raised {
        // The order of a dated ask is its time; undated ones are older than anything.
        if place.order < recent_from(now) {
            continue;
        }
        let segment = raised.segment.clone().unwrap_or_default();
        let (mut asks, mut yes) = (
            whole(raised.alarm.at.saturating_sub(raised.alarm.since) + 1),
            whole(raised.alarm.yes),
        );
        let mut since = alarm::asked_at(act.tx, person, *place, &segment, asks - 1)?;
        // The watch began anew with the alarm before: a slump that begins with the very next ask is the
        // same one, and began where that one did.
        let before = alarm::asked_at(act.tx, person, *place, &segment, asks)?;
        let last = alarm::last_before(act.tx, person, *place, &segment)?;
        if let Some(last) = last.filter(|last| before == Some(last.place.order)) {
            since = last.since;
            asks += last.asks;
            yes += last.yes;
        }
        let new = Alarm {
            since,
            segment,
            place: *place,
            asks,
            yes,
            evidence: (raised.alarm.evidence * 1_000.0) as i64,
            threshold: raised.threshold as i64,
            recorded_at: now,
            withdrawn_at: None,
        };
        alarm::record(act.tx, person, &new)?;
    }
    Ok(())
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
