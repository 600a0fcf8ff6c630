//! People and their sessions.

use domain::{Person, PersonId, Zone};

use crate::keyed::Hash;
use crate::sql::statements;
use crate::{Result, Row, StoreError, Tx};

statements! {
    INSERT = "INSERT INTO person (id, name, zone, keys, created_at) VALUES ($1, $2, $3, $4, $5)";
    UPDATE = "UPDATE person SET name = $2, zone = $3, keys = $4 WHERE id = $1";
    GET = "SELECT id, name, zone, keys FROM person WHERE id = $1";
    ALL = "SELECT id, name, zone, keys FROM person ORDER BY created_at, id";
    BEGIN_SESSION = "INSERT INTO session (token_hash, person, created_at, seen_at) VALUES ($1, $2, $3, $3)";
    SESSION = "SELECT person.id, name, zone, keys, seen_at FROM session JOIN person ON person.id = session.person WHERE token_hash = $1";
    TOUCH_SESSION = "UPDATE session SET seen_at = $2 WHERE token_hash = $1";
    END_SESSION = "DELETE FROM session WHERE token_hash = $1";
    END_OLD_SESSIONS = "DELETE FROM session WHERE seen_at < $1";
}

fn person(row: Row<'_>) -> Result<Person> {
    Ok(Person {
        id: PersonId::from_bytes(row.sixteen(0)?),
        name: row.text(1)?.to_owned(),
        zone: Zone::new(row.text(2)?).map_err(StoreError::value)?,
        keys: row.bool(3)?,
    })
}

/// Adds a person.
pub fn insert(tx: &mut Tx<'_>, person: &Person, now: i64) -> Result<()> {
    tx.exec(
        INSERT,
        &[
            (&person.id).into(),
            person.name.as_str().into(),
            person.zone.name().into(),
            person.keys.into(),
            now.into(),
        ],
    )
    .map(drop)
}

/// Changes name, zone and keys.
pub fn update(tx: &mut Tx<'_>, person: &Person) -> Result<()> {
    tx.exec(
        UPDATE,
        &[
            (&person.id).into(),
            person.name.as_str().into(),
            person.zone.name().into(),
            person.keys.into(),
        ],
    )
    .map(drop)
}

/// One person.
pub fn get(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<Person>> {
    tx.first(GET, &[(&id).into()], person)
}

/// Everybody, in the order they came.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Person>> {
    tx.all(ALL, &[], person)
}

/// Begins a session under the hash of its token.
pub fn begin_session(tx: &mut Tx<'_>, token: &Hash, person: PersonId, now: i64) -> Result<()> {
    tx.exec(BEGIN_SESSION, &[token.into(), (&person).into(), now.into()])
        .map(drop)
}

/// Whose session it is, and when it was last seen.
pub fn session(tx: &mut Tx<'_>, token: &Hash) -> Result<Option<(Person, i64)>> {
    tx.first(SESSION, &[token.into()], |row| {
        Ok((person(row)?, row.int(4)?))
    })
}

/// Notes that a session was used.
pub fn touch_session(tx: &mut Tx<'_>, token: &Hash, now: i64) -> Result<()> {
    tx.exec(TOUCH_SESSION, &[token.into(), now.into()])
        .map(drop)
}

/// Ends a session.
pub fn end_session(tx: &mut Tx<'_>, token: &Hash) -> Result<()> {
    tx.exec(END_SESSION, &[token.into()]).map(drop)
}

/// Ends the sessions not seen since `before`.
pub fn end_sessions_before(tx: &mut Tx<'_>, before: i64) -> Result<()> {
    tx.exec(END_OLD_SESSIONS, &[before.into()]).map(drop)
}
