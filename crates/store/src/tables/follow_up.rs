//! Things to come back to.

use std::collections::HashMap;

use domain::{
    AttemptId, FollowUp, FollowUpId, FollowUpKind, FollowUpState, PersonId, ProspectId, When, Zone,
};
use jiff::Timestamp;

use super::{each_of, sixty_four};
use crate::sql::statements;
use crate::{Result, Row, StoreError, Tx};

macro_rules! columns {
    () => {
        "f.id, f.owner, f.prospect, f.attempt, f.due, f.day_only, f.zone, f.kind, f.note, f.state"
    };
}

statements! {
    INSERT = "INSERT INTO follow_up (id, owner, prospect, attempt, due, day_only, zone, kind, note, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    UPDATE = "UPDATE follow_up SET due = $2, day_only = $3, zone = $4, note = $5, state = $6 WHERE id = $1";
    GET = "SELECT ", columns!(), " FROM follow_up f WHERE f.id = $1";
    DUE = "SELECT ", columns!(), " FROM follow_up f JOIN prospect p ON p.id = f.prospect JOIN prospect r ON r.id = p.root WHERE f.owner = $1 AND f.state = 'open' AND f.due <= $2 AND r.do_not_contact IS NULL ORDER BY f.due, f.id LIMIT $3";
    DUE_AFTER = "SELECT ", columns!(), " FROM follow_up f JOIN prospect p ON p.id = f.prospect JOIN prospect r ON r.id = p.root WHERE f.owner = $1 AND f.state = 'open' AND f.due <= $2 AND (f.due, f.id) > ($3, $4) AND r.do_not_contact IS NULL ORDER BY f.due, f.id LIMIT $5";
    OPEN_OF_PROSPECT = "SELECT ", columns!(), " FROM follow_up f JOIN prospect p ON p.id = f.prospect WHERE p.root = $1 AND f.state = 'open' ORDER BY f.due, f.id";
    OPEN_OF_ROOTS = "SELECT p.root, f.due, f.day_only, f.zone FROM follow_up f JOIN prospect p ON p.id = f.prospect WHERE f.state = 'open' AND f.prospect IN (SELECT id FROM prospect WHERE root IN ", sixty_four!(), ") ORDER BY f.due DESC, f.id DESC";
    OF_ATTEMPT = "SELECT ", columns!(), " FROM follow_up f WHERE f.prospect = $1 AND f.attempt = $2 AND f.state = 'open' ORDER BY f.due, f.id";
}

/// A time as two columns: the instant it stands at, and whether only the day is meant.
fn due(follow_up: &FollowUp) -> (i64, bool) {
    let at = follow_up
        .due
        .instant(&follow_up.zone)
        .unwrap_or(Timestamp::UNIX_EPOCH);
    (at.as_microsecond(), matches!(follow_up.due, When::Day(_)))
}

/// Due, whether only the day is meant, and zone, as three columns from `i`.
fn when(row: Row<'_>, i: usize) -> Result<(When, Zone)> {
    let zone = Zone::new(row.text(i + 2)?).map_err(StoreError::value)?;
    let at = Timestamp::from_microsecond(row.int(i)?).map_err(StoreError::value)?;
    let due = if row.bool(i + 1)? {
        When::Day(zone.day_of(at))
    } else {
        When::Instant(at)
    };
    Ok((due, zone))
}

fn follow_up(row: Row<'_>) -> Result<FollowUp> {
    let (due, zone) = when(row, 4)?;
    Ok(FollowUp {
        id: FollowUpId::from_bytes(row.sixteen(0)?),
        owner: PersonId::from_bytes(row.sixteen(1)?),
        prospect: ProspectId::from_bytes(row.sixteen(2)?),
        attempt: row.opt_sixteen(3)?.map(AttemptId::from_bytes),
        due,
        zone,
        kind: FollowUpKind::from_code(row.text(7)?)
            .ok_or_else(|| StoreError::value("follow-up kind"))?,
        note: row.text(8)?.to_owned(),
        state: FollowUpState::from_code(row.text(9)?)
            .ok_or_else(|| StoreError::value("follow-up state"))?,
    })
}

/// Adds a follow-up.
pub fn insert(tx: &mut Tx<'_>, f: &FollowUp) -> Result<()> {
    let (at, day_only) = due(f);
    tx.exec(
        INSERT,
        &[
            (&f.id).into(),
            (&f.owner).into(),
            (&f.prospect).into(),
            f.attempt.as_ref().into(),
            at.into(),
            day_only.into(),
            f.zone.name().into(),
            f.kind.code().into(),
            f.note.as_str().into(),
            f.state.code().into(),
        ],
    )
    .map(drop)
}

/// Changes when, what and whether it is done.
pub fn update(tx: &mut Tx<'_>, f: &FollowUp) -> Result<()> {
    let (at, day_only) = due(f);
    tx.exec(
        UPDATE,
        &[
            (&f.id).into(),
            at.into(),
            day_only.into(),
            f.zone.name().into(),
            f.note.as_str().into(),
            f.state.code().into(),
        ],
    )
    .map(drop)
}

/// One follow-up.
pub fn get(tx: &mut Tx<'_>, id: FollowUpId) -> Result<Option<FollowUp>> {
    tx.first(GET, &[(&id).into()], follow_up)
}

/// Open ones of a person due by an instant (microseconds UTC), earliest first.
pub fn due_by(tx: &mut Tx<'_>, owner: PersonId, by: i64, limit: i64) -> Result<Vec<FollowUp>> {
    tx.all(DUE, &[(&owner).into(), by.into(), limit.into()], follow_up)
}

/// As [`due_by`], from after a moment and id on.
pub fn due_after(
    tx: &mut Tx<'_>,
    owner: PersonId,
    by: i64,
    (at, id): (i64, FollowUpId),
    limit: i64,
) -> Result<Vec<FollowUp>> {
    let values = [
        (&owner).into(),
        by.into(),
        at.into(),
        (&id).into(),
        limit.into(),
    ];
    tx.all(DUE_AFTER, &values, follow_up)
}

/// Open ones with a prospect and those merged with them.
pub fn open_of_prospect(tx: &mut Tx<'_>, root: ProspectId) -> Result<Vec<FollowUp>> {
    tx.all(OPEN_OF_PROSPECT, &[(&root).into()], follow_up)
}

/// Open ones that an attempt made.
pub fn open_of_attempt(
    tx: &mut Tx<'_>,
    prospect: ProspectId,
    attempt: AttemptId,
) -> Result<Vec<FollowUp>> {
    tx.all(
        OF_ATTEMPT,
        &[(&prospect).into(), (&attempt).into()],
        follow_up,
    )
}

/// When the earliest open one with each of these prospects is due.
pub fn next_of_prospects(
    tx: &mut Tx<'_>,
    roots: &[ProspectId],
) -> Result<HashMap<ProspectId, When>> {
    let keys: Vec<_> = roots.iter().map(|id| *id.as_bytes()).collect();
    let mut out = HashMap::new();
    each_of(tx, OPEN_OF_ROOTS, &keys, |row| {
        // Latest first, so that the earliest is what stays.
        out.insert(ProspectId::from_bytes(row.sixteen(0)?), when(row, 1)?.0);
        Ok(())
    })?;
    Ok(out)
}
