//! Teams, and who was in which when.

use domain::{PersonId, Team, TeamId};

use crate::sql::statements;
use crate::{Result, Row, Tx};

statements! {
    ADD = "INSERT INTO team (id, name, name_key, created_at) VALUES ($1, $2, $3, $4)";
    RENAME = "UPDATE team SET name = $2, name_key = $3 WHERE id = $1";
    CLOSE = "UPDATE team SET closed_at = $2 WHERE id = $1";
    ALL = "SELECT id, name, closed_at FROM team ORDER BY name_key";
    GET = "SELECT id, name, closed_at FROM team WHERE id = $1";
    NAMED = "SELECT id, name, closed_at FROM team WHERE name_key = $1";
    OF = "SELECT team.id, team.name, team.closed_at FROM membership JOIN team ON team.id = membership.team WHERE membership.person = $1 AND membership.until IS NULL";
    PRESENT = "SELECT person, team FROM membership WHERE until IS NULL";
    SINCE = "SELECT since FROM membership WHERE person = $1 AND until IS NULL";
    JOIN = "INSERT INTO membership (person, since, until, team) VALUES ($1, $2, NULL, $3) ON CONFLICT (person, since) DO UPDATE SET until = NULL, team = excluded.team";
    LEAVE = "UPDATE membership SET until = $2 WHERE person = $1 AND until IS NULL";
    AS_OF = "SELECT person FROM membership WHERE team = $1 AND since <= $2 AND (until IS NULL OR until > $2) ORDER BY person";
    LEFT = "SELECT MAX(until) FROM membership WHERE person = $1";
    FIRST = "SELECT MIN(since) FROM membership WHERE team = $1";
}

fn team(row: Row<'_>) -> Result<Team> {
    Ok(Team {
        id: TeamId::from_bytes(row.sixteen(0)?),
        name: row.text(1)?.to_owned(),
        closed: row.opt_int(2)?.is_some(),
    })
}

/// Adds a team; `now` in microseconds UTC.
pub fn add(tx: &mut Tx<'_>, team: &Team, now: i64) -> Result<()> {
    let key = domain::fold(&team.name);
    let values = [
        (&team.id).into(),
        team.name.as_str().into(),
        key.into(),
        now.into(),
    ];
    tx.exec(ADD, &values).map(drop)
}

/// Gives a team another name.
pub fn rename(tx: &mut Tx<'_>, team: &Team) -> Result<()> {
    let key = domain::fold(&team.name);
    let values = [(&team.id).into(), team.name.as_str().into(), key.into()];
    tx.exec(RENAME, &values).map(drop)
}

/// Closes a team at a moment in microseconds UTC, or opens it again.
pub fn close(tx: &mut Tx<'_>, id: TeamId, at: Option<i64>) -> Result<()> {
    tx.exec(CLOSE, &[(&id).into(), at.into()]).map(drop)
}

/// Every team, by name; closed ones among them.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Team>> {
    tx.all(ALL, &[], team)
}

/// One team.
pub fn get(tx: &mut Tx<'_>, id: TeamId) -> Result<Option<Team>> {
    tx.first(GET, &[(&id).into()], team)
}

/// The team of this name, however it is written.
pub fn named(tx: &mut Tx<'_>, name: &str) -> Result<Option<Team>> {
    tx.first(NAMED, &[domain::fold(name).into()], team)
}

/// The team a person is in now.
pub fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Team>> {
    tx.first(OF, &[(&person).into()], team)
}

/// Who is in which team now.
pub fn present(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, TeamId)>> {
    tx.all(PRESENT, &[], |row| {
        Ok((
            PersonId::from_bytes(row.sixteen(0)?),
            TeamId::from_bytes(row.sixteen(1)?),
        ))
    })
}

/// Since when a person is in the team they are in now, in microseconds UTC.
pub fn since(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<i64>> {
    tx.first(SINCE, &[(&person).into()], |row| row.int(0))
}

/// Puts a person into a team from `since` on, and out of the one they were in.
pub fn join(tx: &mut Tx<'_>, person: PersonId, team: TeamId, since: i64) -> Result<()> {
    leave(tx, person, since)?;
    let values = [(&person).into(), since.into(), (&team).into()];
    tx.exec(JOIN, &values).map(drop)
}

/// Takes a person out of their team.
pub fn leave(tx: &mut Tx<'_>, person: PersonId, now: i64) -> Result<()> {
    tx.exec(LEAVE, &[(&person).into(), now.into()]).map(drop)
}

/// Who was in a team at a moment.
pub fn as_of(tx: &mut Tx<'_>, team: TeamId, at: i64) -> Result<Vec<PersonId>> {
    tx.all(AS_OF, &[(&team).into(), at.into()], |row| {
        Ok(PersonId::from_bytes(row.sixteen(0)?))
    })
}

/// When a person left the last team they are not in any more.
pub fn left(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<i64>> {
    Ok(tx
        .first(LEFT, &[(&person).into()], |row| row.opt_int(0))?
        .flatten())
}

/// When the first person joined a team.
pub fn first(tx: &mut Tx<'_>, team: TeamId) -> Result<Option<i64>> {
    Ok(tx
        .first(FIRST, &[(&team).into()], |row| row.opt_int(0))?
        .flatten())
}
