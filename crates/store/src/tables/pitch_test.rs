//! Tests of two pitches, and what their judgement reads of the ledger.

use domain::{AttemptId, Outcome, PersonId, PitchTestId, ProspectId};

use super::attempt::{Place, place};
use crate::sql::statements;
use crate::{Result, Row, StoreError, Tx};

macro_rules! columns {
    () => {
        "id, owner, a, b, drawn, began_at, ended_at, result"
    };
}

statements! {
    BEGIN = "INSERT INTO pitch_test (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL) ON CONFLICT DO NOTHING";
    END = "UPDATE pitch_test SET ended_at = $3, result = $4 WHERE id = $1 AND owner = $2 AND ended_at IS NULL";
    RUNNING = "SELECT ", columns!(), " FROM pitch_test WHERE owner = $1 AND ended_at IS NULL";
    ENDED = "SELECT ", columns!(), " FROM pitch_test WHERE owner = $1 AND ended_at IS NOT NULL ORDER BY began_at DESC, id DESC";
    GET = "SELECT ", columns!(), " FROM pitch_test WHERE id = $1 AND owner = $2";
    ASKS = "SELECT ord, seq, id, outcome, prospect, source FROM attempt WHERE owner = $1 AND pitch = $2 AND voided = 0 AND ord >= $3 ORDER BY ord, seq, id";
    NEWEST = "SELECT ord, seq, id FROM attempt WHERE owner = $1 AND pitch = $2 AND voided = 0 AND ord >= $3 ORDER BY ord DESC, seq DESC, id DESC LIMIT 1";
    NOTE_LATE = "INSERT INTO pitch_late (owner, attempt, pitch) VALUES ($1, $2, $3) ON CONFLICT (owner, attempt) DO NOTHING";
    LATE = "SELECT a.id, l.pitch, COALESCE(a.pitch, '') FROM pitch_late l JOIN attempt a ON a.id = l.attempt WHERE l.owner = $1 AND a.voided = 0 AND a.outcome <> 'unknown' AND a.ord >= $2";
}

/// A test of two pitches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PitchTest {
    /// Its id.
    pub id: PitchTestId,
    /// Whose it is.
    pub owner: PersonId,
    /// The code of the usual pitch.
    pub a: String,
    /// The code of the new one.
    pub b: String,
    /// Whether a coin decides who hears which.
    pub drawn: bool,
    /// When it began, in microseconds UTC.
    pub began_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// What it had found when it ended, as JSON.
    pub result: Option<String>,
}

fn test(row: Row<'_>) -> Result<PitchTest> {
    Ok(PitchTest {
        id: PitchTestId::from_bytes(row.sixteen(0)?),
        owner: PersonId::from_bytes(row.sixteen(1)?),
        a: row.text(2)?.to_owned(),
        b: row.text(3)?.to_owned(),
        drawn: row.bool(4)?,
        began_at: row.int(5)?,
        ended_at: row.opt_int(6)?,
        result: row.opt_string(7)?,
    })
}

/// Begins a test, unless one of the same person is running; says whether it did.
pub fn begin(tx: &mut Tx<'_>, test: &PitchTest) -> Result<bool> {
    let values = [
        (&test.id).into(),
        (&test.owner).into(),
        test.a.as_str().into(),
        test.b.as_str().into(),
        test.drawn.into(),
        test.began_at.into(),
    ];
    Ok(tx.exec(BEGIN, &values)? == 1)
}

/// Ends a running test of a person's and keeps what it found; says whether there was one.
pub fn end(
    tx: &mut Tx<'_>,
    id: PitchTestId,
    owner: PersonId,
    at: i64,
    result: &str,
) -> Result<bool> {
    let values = [(&id).into(), (&owner).into(), at.into(), result.into()];
    Ok(tx.exec(END, &values)? == 1)
}

/// A person's running test.
pub fn running(tx: &mut Tx<'_>, owner: PersonId) -> Result<Option<PitchTest>> {
    tx.first(RUNNING, &[(&owner).into()], test)
}

/// A person's tests that ended, the newest first.
pub fn ended(tx: &mut Tx<'_>, owner: PersonId) -> Result<Vec<PitchTest>> {
    tx.all(ENDED, &[(&owner).into()], test)
}

/// One test of a person's.
pub fn get(tx: &mut Tx<'_>, id: PitchTestId, owner: PersonId) -> Result<Option<PitchTest>> {
    tx.first(GET, &[(&id).into(), (&owner).into()], test)
}

/// What a test reads of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Where it stands in the ledger.
    pub place: Place,
    /// What came of it.
    pub outcome: Outcome,
    /// Who was asked: the prospect they were when it was logged, whoever they were merged with since.
    pub prospect: ProspectId,
    /// Whether it came in with a file.
    pub from_file: bool,
}

/// A person's asks with one pitch that are dated at an instant or later, in the order of the ledger.
/// The index holds all that is read.
pub fn asks(tx: &mut Tx<'_>, owner: PersonId, pitch: &str, from: i64) -> Result<Vec<Ask>> {
    tx.all(ASKS, &[(&owner).into(), pitch.into(), from.into()], |row| {
        Ok(Ask {
            place: place(row)?,
            outcome: row.text(3)?.parse().map_err(StoreError::value)?,
            prospect: ProspectId::from_bytes(row.sixteen(4)?),
            from_file: !row.text(5)?.is_empty(),
        })
    })
}

/// Where a person's newest ask with one pitch stands, of those dated at an instant or later.
pub fn newest(tx: &mut Tx<'_>, owner: PersonId, pitch: &str, from: i64) -> Result<Option<Place>> {
    tx.first(NEWEST, &[(&owner).into(), pitch.into(), from.into()], place)
}

/// Notes that the pitch of an attempt was changed when its outcome was known already. The first pitch
/// that stood is kept, none as an empty text.
pub fn note_late(
    tx: &mut Tx<'_>,
    owner: PersonId,
    attempt: AttemptId,
    pitch: Option<&str>,
) -> Result<()> {
    let values = [
        (&owner).into(),
        (&attempt).into(),
        pitch.unwrap_or("").into(),
    ];
    tx.exec(NOTE_LATE, &values).map(drop)
}

/// An attempt whose pitch was changed when its outcome was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// The attempt.
    pub attempt: AttemptId,
    /// The pitch that stood when the outcome became known; empty for none.
    pub was: String,
    /// The pitch that stands now; empty for none.
    pub is: String,
}

/// A person's attempts whose pitch was changed late, of those dated at an instant or later.
pub fn late(tx: &mut Tx<'_>, owner: PersonId, from: i64) -> Result<Vec<Late>> {
    tx.all(LATE, &[(&owner).into(), from.into()], |row| {
        Ok(Late {
            attempt: AttemptId::from_bytes(row.sixteen(0)?),
            was: row.text(1)?.to_owned(),
            is: row.text(2)?.to_owned(),
        })
    })
}
