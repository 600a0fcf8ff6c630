//! Sessions: who is signed in where.

use domain::{Person, PersonId};

use super::person::{WIDTH, person, person_columns as columns};
use crate::keyed::Hash;
use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    BEGIN = "INSERT INTO session (token_hash, person, created_at, seen_at, agent, way) VALUES ($1, $2, $3, $3, $4, $5)";
    WHO = "SELECT ", columns!(), ", session.created_at, session.seen_at, session.way, CAST(CASE WHEN EXISTS (SELECT 1 FROM password WHERE password.person = person.id) OR EXISTS (SELECT 1 FROM passkey WHERE passkey.person = person.id) OR EXISTS (SELECT 1 FROM subject WHERE subject.person = person.id) THEN 1 ELSE 0 END AS BIGINT) FROM session JOIN person ON person.id = session.person WHERE session.token_hash = $1";
    OF = "SELECT token_hash, created_at, seen_at, agent, way FROM session WHERE person = $1 ORDER BY seen_at DESC, token_hash";
    TOUCH = "UPDATE session SET seen_at = $2 WHERE token_hash = $1";
    END = "DELETE FROM session WHERE token_hash = $1";
    END_OF = "DELETE FROM session WHERE person = $1 AND token_hash <> $2";
    END_OLD = "DELETE FROM session WHERE seen_at < $1";
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its token, by which it is ended.
    pub hash: Hash,
    /// When it began, in microseconds UTC.
    pub created_at: i64,
    /// When it was last seen, to the hour.
    pub seen_at: i64,
    /// How the browser calls itself.
    pub agent: String,
    /// How it came in: `local`, `password`, `passkey`, `oidc`, `oidc_asked` or `link`.
    pub way: String,
}

/// Begins a session under the hash of its token.
pub fn begin(
    tx: &mut Tx<'_>,
    token: &Hash,
    person: PersonId,
    now: i64,
    agent: &str,
    way: &str,
) -> Result<()> {
    tx.exec(
        BEGIN,
        &[
            token.into(),
            (&person).into(),
            now.into(),
            agent.into(),
            way.into(),
        ],
    )
    .map(drop)
}

/// A session as it is checked at each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whose it is.
    pub person: Person,
    /// When it began, in microseconds UTC.
    pub created_at: i64,
    /// When it was last seen, to the hour.
    pub seen_at: i64,
    /// How it came in.
    pub way: String,
    /// Whether its person has a password, a passkey or a provider.
    pub has_way_in: bool,
}

/// The session under this hash.
pub fn who(tx: &mut Tx<'_>, token: &Hash) -> Result<Option<Found>> {
    tx.first(WHO, &[token.into()], |row| {
        Ok(Found {
            person: person(row)?,
            created_at: row.int(WIDTH)?,
            seen_at: row.int(WIDTH + 1)?,
            way: row.text(WIDTH + 2)?.to_owned(),
            has_way_in: row.int(WIDTH + 3)? > 0,
        })
    })
}

/// Every session of a person, the one last used first.
pub fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Session>> {
    tx.all(OF, &[(&person).into()], |row| {
        Ok(Session {
            hash: row.sixteen(0)?,
            created_at: row.int(1)?,
            seen_at: row.int(2)?,
            agent: row.text(3)?.to_owned(),
            way: row.text(4)?.to_owned(),
        })
    })
}

/// Notes that a session was used.
pub fn touch(tx: &mut Tx<'_>, token: &Hash, now: i64) -> Result<()> {
    tx.exec(TOUCH, &[token.into(), now.into()]).map(drop)
}

/// Ends a session.
pub fn end(tx: &mut Tx<'_>, token: &Hash) -> Result<()> {
    tx.exec(END, &[token.into()]).map(drop)
}

/// Ends every session of a person but this one.
pub fn end_others(tx: &mut Tx<'_>, person: PersonId, but: Option<&Hash>) -> Result<u64> {
    let but: &[u8] = but.map_or(&[], |hash| hash.as_slice());
    tx.exec(END_OF, &[(&person).into(), but.into()])
}

/// Ends the sessions not seen since `before`.
pub fn end_before(tx: &mut Tx<'_>, before: i64) -> Result<()> {
    tx.exec(END_OLD, &[before.into()]).map(drop)
}
