//! Attempts. What is derived from them is kept in step by [`crate::derived`].

use domain::{
    Attempt, AttemptId, Channel, DealId, LossKind, Outcome, PersonId, ProspectId, Reasons, Source,
    Stage, When, Zone,
};
use jiff::Timestamp;

use super::{each_of, sixty_four};
use crate::conn::Bulk;
use crate::sql::{Sql, statements};
use crate::{Result, Row, StoreError, Tx, Value};

macro_rules! columns {
    () => {
        "id, owner, rep, prospect, deal, at, precision, zone, ord, seq, ordinal, outcome, stage, channel, loss_kind, reason, reason_prospect, reason_guess, reason_other, words, segment, pitch, value, currency, source, source_id, voided, version, recorded_at, brought_by"
    };
}
pub(super) use columns as attempt_columns;

/// One person's attempts on a prospect and those merged with them. `voided <> 1` says what
/// `voided = 0` says, but keeps from walking the person's whole ledger in order.
macro_rules! by_one {
    () => {
        "WHERE prospect IN (SELECT id FROM prospect WHERE root = $1) AND owner = $2 AND voided <> 1"
    };
}

statements! {
    INSERT = "INSERT INTO attempt (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)";
    COPY = "COPY attempt (", columns!(), ") FROM STDIN BINARY";
    UPDATE = "UPDATE attempt SET prospect = $2, deal = $3, at = $4, precision = $5, zone = $6, ord = $7, ordinal = $8, outcome = $9, stage = $10, channel = $11, loss_kind = $12, reason = $13, reason_prospect = $14, reason_guess = $15, reason_other = $16, words = $17, segment = $18, pitch = $19, value = $20, currency = $21, voided = $22, version = $23, brought_by = $24 WHERE id = $1 AND version = $25";
    GET = "SELECT ", columns!(), " FROM attempt WHERE id = $1";
    GET_MANY = "SELECT ", columns!(), " FROM attempt WHERE id IN ", sixty_four!();
    OF_ROOTS = "SELECT ", columns!(), " FROM attempt WHERE prospect IN (SELECT id FROM prospect WHERE root IN ", sixty_four!(), ")";
    OF_PROSPECT = "SELECT ", columns!(), " FROM attempt WHERE prospect IN (SELECT id FROM prospect WHERE root = $1) AND owner = $2 ORDER BY ord DESC, seq DESC, id DESC LIMIT $3";
    WITH_PROSPECT = "SELECT ", columns!(), " FROM attempt ", by_one!(), " ORDER BY ord DESC, seq DESC, id DESC LIMIT $3";
    COUNT_WITH_PROSPECT = "SELECT COUNT(*) FROM attempt ", by_one!();
    ALL = "SELECT ", columns!(), " FROM attempt ORDER BY ord, seq, id";
    OF_OWNER = "SELECT ", columns!(), " FROM attempt WHERE owner = $1 AND voided = 0 ORDER BY ord, seq, id";
    WAITING = "SELECT ", columns!(), " FROM attempt WHERE outcome = 'unknown' AND voided = 0 AND ord > $1 AND ord < $2 AND channel IN ('email', 'message') AND at IS NOT NULL ORDER BY ord LIMIT $3";
    LAST_OF_OUTCOME = "SELECT ord, seq, id FROM attempt WHERE owner = $1 AND voided = 0 AND outcome = $2 AND ord > $3 ORDER BY ord DESC, seq DESC, id DESC LIMIT 1";
    COUNT_AFTER = "SELECT COUNT(*) FROM attempt WHERE owner = $1 AND voided = 0 AND (ord, seq, id) > ($2, $3, $4) AND outcome <> 'unknown' AND at IS NOT NULL";
    COUNT_BETWEEN = "SELECT COUNT(*) FROM attempt WHERE owner = $1 AND voided = 0 AND ord >= $2 AND ord <= $3 AND at IS NOT NULL";
    RUN = "SELECT outcome FROM attempt WHERE owner = $1 AND voided = 0 AND (ord, seq, id) > ($2, $3, $4) AND outcome <> 'unknown' AND at IS NOT NULL ORDER BY ord, seq, id LIMIT $5";
    RECENT_PROSPECTS = "SELECT p.root FROM (SELECT prospect, ord, seq, id FROM attempt WHERE owner = $1 AND voided = 0 AND ord > $3 ORDER BY ord DESC, seq DESC, id DESC LIMIT $2) a JOIN prospect p ON p.id = a.prospect ORDER BY a.ord DESC, a.seq DESC, a.id DESC";
}

const BULK: Bulk = Bulk {
    insert: INSERT as Sql,
    copy: COPY,
};

/// `order` of attempts that have no time at all.
pub const UNDATED: i64 = i64::MIN;

fn precision(when: When) -> i64 {
    match when {
        When::Undated => 0,
        When::Day(_) => 1,
        When::Instant(_) => 2,
    }
}

fn micros(a: &Attempt) -> Option<i64> {
    a.when.instant(&a.zone).map(Timestamp::as_microsecond)
}

fn values(a: &Attempt) -> Vec<Value<'_>> {
    vec![
        (&a.id).into(),
        (&a.owner).into(),
        a.rep.as_deref().into(),
        (&a.prospect).into(),
        a.deal.as_ref().into(),
        micros(a).into(),
        precision(a.when).into(),
        a.zone.name().into(),
        a.order.into(),
        a.seq.into(),
        a.ordinal.map(i64::from).into(),
        a.outcome.code().into(),
        a.stage.code().into(),
        a.channel.code().into(),
        a.loss_kind.map(LossKind::code).into(),
        a.reasons.leading().map_or("", |(code, _)| code).into(),
        a.reasons.prospect.as_deref().into(),
        a.reasons.guess.as_deref().into(),
        a.reasons.third_party.as_deref().into(),
        a.words.as_deref().into(),
        a.segment.as_deref().into(),
        a.pitch.as_deref().into(),
        a.value.as_ref().map(|m| m.hundredths).into(),
        a.value.as_ref().map(|m| m.currency.as_str()).into(),
        a.source.kind.as_str().into(),
        a.source.id.as_deref().into(),
        a.voided.into(),
        a.version.into(),
        a.recorded_at.into(),
        a.brought_by.as_ref().into(),
    ]
}

/// Where [`values`] holds what never changes: owner, rep, sequence, source and its id, and when
/// it was written down.
const FIXED: [usize; 6] = [1, 2, 9, 24, 25, 28];

pub(super) fn attempt(row: Row<'_>) -> Result<Attempt> {
    let zone = Zone::new(row.text(7)?).map_err(StoreError::value)?;
    let at = row.opt_int(5)?.map(Timestamp::from_microsecond).transpose();
    let when = match (at.map_err(StoreError::value)?, row.int(6)?) {
        (Some(at), 1) => When::Day(zone.day_of(at)),
        (Some(at), _) => When::Instant(at),
        (None, _) => When::Undated,
    };
    Ok(Attempt {
        id: AttemptId::from_bytes(row.sixteen(0)?),
        owner: PersonId::from_bytes(row.sixteen(1)?),
        rep: row.opt_string(2)?,
        prospect: ProspectId::from_bytes(row.sixteen(3)?),
        deal: row.opt_sixteen(4)?.map(DealId::from_bytes),
        when,
        zone,
        order: row.int(8)?,
        seq: row.int(9)?,
        ordinal: row
            .opt_int(10)?
            .map(u32::try_from)
            .transpose()
            .map_err(StoreError::value)?,
        outcome: row
            .text(11)?
            .parse::<Outcome>()
            .map_err(StoreError::value)?,
        stage: row.text(12)?.parse::<Stage>().map_err(StoreError::value)?,
        channel: row
            .text(13)?
            .parse::<Channel>()
            .map_err(StoreError::value)?,
        loss_kind: row
            .opt_text(14)?
            .map(str::parse::<LossKind>)
            .transpose()
            .map_err(StoreError::value)?,
        reasons: Reasons {
            prospect: row.opt_string(16)?,
            guess: row.opt_string(17)?,
            third_party: row.opt_string(18)?,
        },
        words: row.opt_string(19)?,
        segment: row.opt_string(20)?,
        pitch: row.opt_string(21)?,
        value: super::deal::money(row, 22)?,
        source: Source {
            kind: row.text(24)?.to_owned(),
            id: row.opt_string(25)?,
        },
        voided: row.bool(26)?,
        version: row.int(27)?,
        recorded_at: row.int(28)?,
        brought_by: row.opt_sixteen(29)?.map(PersonId::from_bytes),
    })
}

/// Adds a row; see [`crate::derived::append`] for what must go with it.
pub(crate) fn insert(tx: &mut Tx<'_>, a: &Attempt) -> Result<()> {
    tx.exec(INSERT, &values(a)).map(drop)
}

/// Adds many rows.
pub(crate) fn bulk(tx: &mut Tx<'_>, attempts: &[Attempt]) -> Result<()> {
    tx.bulk(BULK, attempts.iter().map(values))
}

/// Replaces the present version; `a.version` is the new one. Fails with
/// [`StoreError::Conflict`] when somebody else changed it meanwhile.
pub(crate) fn update(tx: &mut Tx<'_>, a: &Attempt) -> Result<()> {
    let changing = values(a).into_iter().enumerate();
    let mut values: Vec<Value<'_>> = changing
        .filter(|(i, _)| !FIXED.contains(i))
        .map(|(_, value)| value)
        .collect();
    values.push((a.version - 1).into());
    let changed = tx.exec(UPDATE, &values)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict)
    }
}

/// One attempt, void or not.
pub fn get(tx: &mut Tx<'_>, id: AttemptId) -> Result<Option<Attempt>> {
    tx.first(GET, &[(&id).into()], attempt)
}

/// Several, in no particular order; unknown ids are left out.
pub fn get_many(tx: &mut Tx<'_>, ids: &[AttemptId]) -> Result<Vec<Attempt>> {
    let keys: Vec<_> = ids.iter().map(|id| *id.as_bytes()).collect();
    collect(tx, GET_MANY, &keys)
}

/// All attempts on these prospects and those merged with them, in no particular order.
pub fn of_prospects(tx: &mut Tx<'_>, roots: &[ProspectId]) -> Result<Vec<Attempt>> {
    let keys: Vec<_> = roots.iter().map(|id| *id.as_bytes()).collect();
    collect(tx, OF_ROOTS, &keys)
}

fn collect(tx: &mut Tx<'_>, sql: Sql, keys: &[[u8; 16]]) -> Result<Vec<Attempt>> {
    let mut out = Vec::new();
    each_of(tx, sql, keys, |row| {
        out.push(attempt(row)?);
        Ok(())
    })?;
    Ok(out)
}

/// One person's attempts on a prospect and those merged with them, newest first, void ones too.
pub fn of_prospect(
    tx: &mut Tx<'_>,
    owner: PersonId,
    root: ProspectId,
    limit: i64,
) -> Result<Vec<Attempt>> {
    let params = [(&root).into(), (&owner).into(), limit.into()];
    tx.all(OF_PROSPECT, &params, attempt)
}

/// One person's attempts that count on a prospect and those merged with them, newest first.
pub fn with_prospect(
    tx: &mut Tx<'_>,
    owner: PersonId,
    root: ProspectId,
    limit: i64,
) -> Result<Vec<Attempt>> {
    let params = [(&root).into(), (&owner).into(), limit.into()];
    tx.all(WITH_PROSPECT, &params, attempt)
}

/// How many attempts of one person count on a prospect and those merged with them.
pub fn count_with_prospect(tx: &mut Tx<'_>, owner: PersonId, root: ProspectId) -> Result<i64> {
    let params = [(&root).into(), (&owner).into()];
    Ok(tx
        .first(COUNT_WITH_PROSPECT, &params, |row| row.int(0))?
        .unwrap_or(0))
}

/// Every attempt of everybody, void ones too, in order.
pub fn each(tx: &mut Tx<'_>, mut f: impl FnMut(Attempt) -> Result<()>) -> Result<()> {
    tx.each(ALL, &[], |row| f(attempt(row)?))
}

/// Every attempt of one person that counts, in order.
pub fn each_of_owner(
    tx: &mut Tx<'_>,
    owner: PersonId,
    mut f: impl FnMut(Attempt) -> Result<()>,
) -> Result<()> {
    tx.each(OF_OWNER, &[(&owner).into()], |row| f(attempt(row)?))
}

/// E-mails and messages dated before an instant whose outcome is still unknown, oldest first.
pub fn waiting_before(tx: &mut Tx<'_>, before: i64, limit: i64) -> Result<Vec<Attempt>> {
    tx.all(
        WAITING,
        &[UNDATED.into(), before.into(), limit.into()],
        attempt,
    )
}

/// Where an attempt stands in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Microseconds UTC, or [`UNDATED`].
    pub order: i64,
    /// Source sequence.
    pub seq: i64,
    /// The attempt.
    pub id: AttemptId,
}

impl Place {
    /// Before everything.
    pub const FIRST: Self = Self {
        order: i64::MIN,
        seq: i64::MIN,
        id: AttemptId::from_bytes([0; 16]),
    };
    /// After everything.
    pub const LAST: Self = Self {
        order: i64::MAX,
        seq: i64::MAX,
        id: AttemptId::from_bytes([0xff; 16]),
    };

    /// The place of an attempt.
    pub fn of(a: &Attempt) -> Self {
        Self {
            order: a.order,
            seq: a.seq,
            id: a.id,
        }
    }
}

/// The place of an attempt, read from the first three columns.
pub(super) fn place(row: Row<'_>) -> Result<Place> {
    Ok(Place {
        order: row.int(0)?,
        seq: row.int(1)?,
        id: AttemptId::from_bytes(row.sixteen(2)?),
    })
}

/// Where a person's last dated attempt of an outcome stands.
pub fn last_of(tx: &mut Tx<'_>, owner: PersonId, outcome: Outcome) -> Result<Option<Place>> {
    tx.first(
        LAST_OF_OUTCOME,
        &[(&owner).into(), outcome.code().into(), UNDATED.into()],
        place,
    )
}

/// How many dated attempts with a known outcome stand after a place.
pub fn count_after(tx: &mut Tx<'_>, owner: PersonId, after: Place) -> Result<i64> {
    let params = [
        (&owner).into(),
        after.order.into(),
        after.seq.into(),
        (&after.id).into(),
    ];
    Ok(tx
        .first(COUNT_AFTER, &params, |row| row.int(0))?
        .unwrap_or(0))
}

/// How many dated attempts stand between two instants, both included.
pub fn count_between(tx: &mut Tx<'_>, owner: PersonId, from: i64, to: i64) -> Result<i64> {
    let params = [(&owner).into(), from.into(), to.into()];
    Ok(tx
        .first(COUNT_BETWEEN, &params, |row| row.int(0))?
        .unwrap_or(0))
}

/// The outcomes of the dated attempts after a place, oldest first.
pub fn run_after(
    tx: &mut Tx<'_>,
    owner: PersonId,
    after: Place,
    limit: i64,
) -> Result<Vec<Outcome>> {
    tx.all(
        RUN,
        &[
            (&owner).into(),
            after.order.into(),
            after.seq.into(),
            (&after.id).into(),
            limit.into(),
        ],
        |row| row.text(0)?.parse().map_err(StoreError::value),
    )
}

/// The prospects of a person's latest dated attempts, newest first, each once.
pub fn recent_prospects(
    tx: &mut Tx<'_>,
    owner: PersonId,
    attempts: i64,
) -> Result<Vec<ProspectId>> {
    let all = tx.all(
        RECENT_PROSPECTS,
        &[(&owner).into(), attempts.into(), UNDATED.into()],
        |row| Ok(ProspectId::from_bytes(row.sixteen(0)?)),
    )?;
    let mut out: Vec<ProspectId> = Vec::new();
    for id in all {
        if !out.contains(&id) {
            out.push(id);
        }
    }
    Ok(out)
}
