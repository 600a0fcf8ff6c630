//! Closed months of teams, each counted once: rows are added and never changed.

use domain::{Attempt, AttemptId, PersonId, TeamId};

use super::attempt::{attempt, attempt_columns};
use super::import::{in_key, somebody};
use crate::sql::statements;
use crate::{Result, Row, Tx, Value};

statements! {
    ADD = "INSERT INTO team_month (team, month, at, members, attempts) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (team, month) DO NOTHING";
    ADD_CELL = "INSERT INTO team_cell (team, month, stage, outcome, reason, attempts) VALUES ($1, $2, $3, $4, $5, $6)";
    ADD_PART = "INSERT INTO team_part (team, month, stage, outcome, reason, person, brought_by) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ADD_WORD = "INSERT INTO team_word (team, month, stage, outcome, reason, attempt, version) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    MONTHS = "SELECT month, at, members, attempts FROM team_month WHERE team = $1 ORDER BY month DESC";
    CELLS = "SELECT stage, outcome, reason, attempts FROM team_cell WHERE team = $1 AND month = $2 ORDER BY stage, outcome, reason";
    PARTS = "SELECT stage, outcome, reason, person, brought_by FROM team_part WHERE team = $1 AND month = $2 ORDER BY stage, outcome, reason, person, brought_by";
    WORDS = "SELECT w.stage, w.outcome, w.reason, a.id, a.owner, a.brought_by, a.words FROM team_word w JOIN attempt a ON a.id = w.attempt AND a.version = w.version WHERE w.team = $1 AND w.month = $2 AND a.voided = 0 AND a.words IS NOT NULL AND a.words <> ''";
    ELSEWHERE = "SELECT DISTINCT person FROM team_part WHERE month = $1 AND team <> $2";
    DATED = "SELECT ", attempt_columns!(), " FROM attempt WHERE owner = $1 AND voided = 0 AND ord >= $2 AND ord < $3 AND at IS NOT NULL ORDER BY ord, seq, id";
    ANY_DATED = "SELECT a.ord FROM membership m JOIN attempt a ON a.owner = m.person WHERE m.team = $1 AND m.since <= $2 AND (m.until IS NULL OR m.until > $2) AND a.voided = 0 AND a.ord >= $3 AND a.ord < $4 AND a.at IS NOT NULL LIMIT 1";
}

/// A month of a team that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Year and month as `202611`.
    pub month: i64,
    /// When it was counted, in microseconds UTC.
    pub at: i64,
    /// How many were in the team on the first of the month.
    pub members: i64,
    /// How many attempts there were; nothing when too few people took part to say.
    pub attempts: Option<i64>,
}

/// What a cell is called. Codes, or what stands for several merged into one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Stage.
    pub stage: String,
    /// Outcome.
    pub outcome: String,
    /// Reason of a no; else empty.
    pub reason: String,
}

impl Key {
    fn of(row: Row<'_>) -> Result<Self> {
        Ok(Self {
            stage: row.text(0)?.to_owned(),
            outcome: row.text(1)?.to_owned(),
            reason: row.text(2)?.to_owned(),
        })
    }

    fn values<'a>(&'a self, team: &'a TeamId, month: i64) -> Vec<Value<'a>> {
        vec![
            team.into(),
            month.into(),
            self.stage.as_str().into(),
            self.outcome.as_str().into(),
            self.reason.as_str().into(),
        ]
    }
}

/// Whose attempts are in a cell, and who brought them in: one person may stand there twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contributor {
    /// Whose attempts they are.
    pub person: PersonId,
    /// Who brought them in with a file, and so knows them.
    pub brought_by: Option<PersonId>,
}

impl Contributor {
    /// Of an attempt.
    pub fn of(a: &Attempt) -> Self {
        Self {
            person: a.owner,
            brought_by: a.brought_by,
        }
    }
}

/// Words that stand beside a cell, of an attempt that is as it was when the month was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The cell.
    pub key: Key,
    /// The attempt at which they were said.
    pub attempt: AttemptId,
    /// Whose attempt that is, and who brought it in.
    pub by: Contributor,
    /// The words.
    pub words: String,
}

/// Adds a month; whether nobody had counted it yet. Its cells are only to be added if so.
pub fn add(tx: &mut Tx<'_>, team: TeamId, month: &Month) -> Result<bool> {
    let values = [
        (&team).into(),
        month.month.into(),
        month.at.into(),
        month.members.into(),
        month.attempts.into(),
    ];
    Ok(tx.exec(ADD, &values)? == 1)
}

/// Adds a cell and whose attempts are in it.
pub fn add_cell(
    tx: &mut Tx<'_>,
    team: TeamId,
    month: i64,
    key: &Key,
    attempts: i64,
    people: impl IntoIterator<Item = Contributor>,
) -> Result<()> {
    let mut values = key.values(&team, month);
    values.push(attempts.into());
    tx.exec(ADD_CELL, &values)?;
    for one in people {
        let mut values = key.values(&team, month);
        values.push((&one.person).into());
        values.push(in_key(one.brought_by.as_ref()));
        tx.exec(ADD_PART, &values)?;
    }
    Ok(())
}

/// Lets the words of an attempt stand beside a cell for as long as it stays as it is.
pub fn add_word(
    tx: &mut Tx<'_>,
    team: TeamId,
    month: i64,
    key: &Key,
    attempt: &Attempt,
) -> Result<()> {
    let mut values = key.values(&team, month);
    values.push((&attempt.id).into());
    values.push(attempt.version.into());
    tx.exec(ADD_WORD, &values).map(drop)
}

/// Every month of a team that was counted, newest first.
pub fn months(tx: &mut Tx<'_>, team: TeamId) -> Result<Vec<Month>> {
    tx.all(MONTHS, &[(&team).into()], |row| {
        Ok(Month {
            month: row.int(0)?,
            at: row.int(1)?,
            members: row.int(2)?,
            attempts: row.opt_int(3)?,
        })
    })
}

/// The cells of a month with how many attempts are in each, in order.
pub fn cells(tx: &mut Tx<'_>, team: TeamId, month: i64) -> Result<Vec<(Key, i64)>> {
    tx.all(CELLS, &[(&team).into(), month.into()], |row| {
        Ok((Key::of(row)?, row.int(3)?))
    })
}

/// Whose attempts are in which cell of a month.
pub fn parts(tx: &mut Tx<'_>, team: TeamId, month: i64) -> Result<Vec<(Key, Contributor)>> {
    tx.all(PARTS, &[(&team).into(), month.into()], |row| {
        let one = Contributor {
            person: PersonId::from_bytes(row.sixteen(3)?),
            brought_by: somebody(row.sixteen(4)?),
        };
        Ok((Key::of(row)?, one))
    })
}

/// What was said beside the cells of a month, in no order; nothing of attempts changed, undone or
/// forgotten since.
pub fn words(tx: &mut Tx<'_>, team: TeamId, month: i64) -> Result<Vec<Said>> {
    tx.all(WORDS, &[(&team).into(), month.into()], |row| {
        Ok(Said {
            key: Key::of(row)?,
            attempt: AttemptId::from_bytes(row.sixteen(3)?),
            by: Contributor {
                person: PersonId::from_bytes(row.sixteen(4)?),
                brought_by: row.opt_sixteen(5)?.map(PersonId::from_bytes),
            },
            words: row.text(6)?.to_owned(),
        })
    })
}

/// Whose attempts of a month are in the cells of other teams.
pub fn elsewhere(tx: &mut Tx<'_>, team: TeamId, month: i64) -> Result<Vec<PersonId>> {
    tx.all(ELSEWHERE, &[month.into(), (&team).into()], |row| {
        Ok(PersonId::from_bytes(row.sixteen(0)?))
    })
}

/// One person's dated attempts from one instant to before another (microseconds UTC).
pub fn dated(tx: &mut Tx<'_>, owner: PersonId, from: i64, to: i64) -> Result<Vec<Attempt>> {
    let values = [(&owner).into(), from.into(), to.into()];
    tx.all(DATED, &values, attempt)
}

/// Whether anybody who was in a team at a moment has a dated attempt from one instant to before
/// another.
pub fn any_dated(
    tx: &mut Tx<'_>,
    team: TeamId,
    member_at: i64,
    from: i64,
    to: i64,
) -> Result<bool> {
    let values = [(&team).into(), member_at.into(), from.into(), to.into()];
    Ok(tx.first(ANY_DATED, &values, |row| row.int(0))?.is_some())
}
