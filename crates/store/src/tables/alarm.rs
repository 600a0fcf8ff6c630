//! Alarms of the slump watch, as they were when they were raised. They are the person's alone: nothing
//! here reads anybody else's.

use domain::{AttemptId, PersonId};

use super::attempt::Place;
use crate::sql::statements;
use crate::{Result, Row, Tx};

macro_rules! columns {
    () => {
        "segment, attempt, ord, seq, since, asks, yes, evidence, threshold, recorded_at, withdrawn_at"
    };
}

statements! {
    RECORD = "INSERT INTO alarm (person, ", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL) ON CONFLICT (person, segment, attempt) DO UPDATE SET ord = excluded.ord, seq = excluded.seq, withdrawn_at = NULL";
    WITHDRAW = "UPDATE alarm SET withdrawn_at = $4 WHERE person = $1 AND segment = $2 AND attempt = $3";
    STANDING_BETWEEN = "SELECT ", columns!(), " FROM alarm WHERE person = $1 AND withdrawn_at IS NULL AND (ord, seq, attempt) > ($2, $3, $4) AND (ord, seq, attempt) <= ($5, $6, $7)";
    OF_PERSON = "SELECT ", columns!(), " FROM alarm WHERE person = $1 ORDER BY ord DESC, seq DESC, attempt DESC, segment LIMIT $2";
    LAST_BEFORE = "SELECT ", columns!(), " FROM alarm WHERE person = $1 AND segment = $5 AND withdrawn_at IS NULL AND (ord, seq, attempt) < ($2, $3, $4) ORDER BY ord DESC, seq DESC, attempt DESC LIMIT 1";
    GONE = "DELETE FROM alarm WHERE person = $1";
    ASK_BACK = "SELECT a.at FROM attempt a WHERE a.owner = $1 AND a.voided = 0 AND a.outcome <> 'unknown' AND (a.ord, a.seq, a.id) <= ($2, $3, $4) AND ($5 = '' OR a.segment = $5) ORDER BY a.ord DESC, a.seq DESC, a.id DESC LIMIT 1 OFFSET $6";
}

/// An alarm as it was when it was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Code of the segment; empty for all asks together.
    pub segment: String,
    /// The ask that raised it, and where it stood.
    pub place: Place,
    /// When the slump most likely began, in microseconds UTC.
    pub since: Option<i64>,
    /// Asks from then until the alarm.
    pub asks: i64,
    /// Yeses among those.
    pub yes: i64,
    /// The evidence, in thousandths.
    pub evidence: i64,
    /// What it had to reach, in asks between false alarms.
    pub threshold: i64,
    /// When it was written down, in microseconds UTC.
    pub recorded_at: i64,
    /// When a correction took its ground away.
    pub withdrawn_at: Option<i64>,
}

fn alarm(row: Row<'_>) -> Result<Alarm> {
    Ok(Alarm {
        segment: row.text(0)?.to_owned(),
        place: Place {
            id: AttemptId::from_bytes(row.sixteen(1)?),
            order: row.int(2)?,
            seq: row.int(3)?,
        },
        since: row.opt_int(4)?,
        asks: row.int(5)?,
        yes: row.int(6)?,
        evidence: row.int(7)?,
        threshold: row.int(8)?,
        recorded_at: row.int(9)?,
        withdrawn_at: row.opt_int(10)?,
    })
}

/// Writes an alarm down; one that was withdrawn stands again as it was.
pub fn record(tx: &mut Tx<'_>, person: PersonId, alarm: &Alarm) -> Result<()> {
    let params = [
        (&person).into(),
        alarm.segment.as_str().into(),
        (&alarm.place.id).into(),
        alarm.place.order.into(),
        alarm.place.seq.into(),
        alarm.since.into(),
        alarm.asks.into(),
        alarm.yes.into(),
        alarm.evidence.into(),
        alarm.threshold.into(),
        alarm.recorded_at.into(),
    ];
    tx.exec(RECORD, &params).map(drop)
}

/// Marks an alarm as one whose ground was taken away at `now` (microseconds UTC).
pub fn withdraw(tx: &mut Tx<'_>, person: PersonId, alarm: &Alarm, now: i64) -> Result<()> {
    let params = [
        (&person).into(),
        alarm.segment.as_str().into(),
        (&alarm.place.id).into(),
        now.into(),
    ];
    tx.exec(WITHDRAW, &params).map(drop)
}

/// A person's alarms that stand and were raised after one place and not after another.
pub fn between(
    tx: &mut Tx<'_>,
    person: PersonId,
    after: Place,
    until: Place,
) -> Result<Vec<Alarm>> {
    let params = [
        (&person).into(),
        after.order.into(),
        after.seq.into(),
        (&after.id).into(),
        until.order.into(),
        until.seq.into(),
        (&until.id).into(),
    ];
    tx.all(STANDING_BETWEEN, &params, alarm)
}

/// A person's alarms, the newest first.
pub fn of_person(tx: &mut Tx<'_>, person: PersonId, most: i64) -> Result<Vec<Alarm>> {
    tx.all(OF_PERSON, &[(&person).into(), most.into()], alarm)
}

/// The alarm of a segment, or of all asks, that stands and was the last before a place.
pub fn last_before(
    tx: &mut Tx<'_>,
    person: PersonId,
    before: Place,
    segment: &str,
) -> Result<Option<Alarm>> {
    let params = [
        (&person).into(),
        before.order.into(),
        before.seq.into(),
        (&before.id).into(),
        segment.into(),
    ];
    tx.first(LAST_BEFORE, &params, alarm)
}

/// Drops a person's alarms, when their attempts become another's.
pub(crate) fn gone(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(GONE, &[(&person).into()]).map(drop)
}

/// When the ask that lies `back` judged asks before this one was, in a segment or, where that is
/// empty, among all.
pub fn asked_at(
    tx: &mut Tx<'_>,
    person: PersonId,
    from: Place,
    segment: &str,
    back: i64,
) -> Result<Option<i64>> {
    let params = [
        (&person).into(),
        from.order.into(),
        from.seq.into(),
        (&from.id).into(),
        segment.into(),
        back.into(),
    ];
    Ok(tx.first(ASK_BACK, &params, |row| row.opt_int(0))?.flatten())
}
