//! Tokens of the API, and the answers kept for requests that are repeated.

use std::collections::HashSet;

use domain::{AttemptId, Person, PersonId, ProspectId};

use super::person::{WIDTH, person, person_columns as columns};
use crate::keyed::Hash;
use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    ADD_TOKEN = "INSERT INTO api_token (id, token_hash, person, name, scopes, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
    TOKENS = "SELECT id, person, name, scopes, created_at, expires_at, used_at FROM api_token WHERE person = $1 ORDER BY created_at, id";
    WHO = "SELECT ", columns!(), ", api_token.scopes, api_token.used_at, api_token.id FROM api_token JOIN person ON person.id = api_token.person WHERE token_hash = $1 AND expires_at > $2";
    USED = "UPDATE api_token SET used_at = $2 WHERE id = $1";
    DROP_TOKEN = "DELETE FROM api_token WHERE id = $1 AND person = $2";
    DROP_TOKENS = "DELETE FROM api_token WHERE person = $1";
    CLEAR_TOKENS = "DELETE FROM api_token";
    KEEP = "INSERT INTO answer (person, key, request, status, body, at) VALUES ($1, $2, $3, $4, $5, $6)";
    KEPT = "SELECT request, status, body FROM answer WHERE person = $1 AND key = $2 AND at > $3";
    DROP_OLD = "DELETE FROM answer WHERE person = $1 AND key = $2 AND at <= $3";
    DROP_ANSWERS = "DELETE FROM answer WHERE at <= $1";
    ANSWERS = "SELECT person, key, body FROM answer";
    DROP_ANSWER = "DELETE FROM answer WHERE person = $1 AND key = $2";
    THEIRS = "SELECT id FROM attempt WHERE prospect = $1 UNION ALL SELECT id FROM deal WHERE prospect = $1 UNION ALL SELECT id FROM follow_up WHERE prospect = $1";
}

/// A token as its owner sees it; the token itself is kept by nobody but them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: [u8; 16],
    /// Whose it is.
    pub person: PersonId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do, separated by spaces.
    pub scopes: String,
    /// When it was made, in microseconds UTC.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was last used, to the hour.
    pub used_at: Option<i64>,
}

/// Keeps a token under its hash.
pub fn add(tx: &mut Tx<'_>, hash: &Hash, token: &ApiToken) -> Result<()> {
    let values = [
        (&token.id).into(),
        hash.into(),
        (&token.person).into(),
        token.name.as_str().into(),
        token.scopes.as_str().into(),
        token.created_at.into(),
        token.expires_at.into(),
    ];
    tx.exec(ADD_TOKEN, &values).map(drop)
}

/// A person's tokens, oldest first.
pub fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<ApiToken>> {
    tx.all(TOKENS, &[(&person).into()], |row| {
        Ok(ApiToken {
            id: row.sixteen(0)?,
            person: PersonId::from_bytes(row.sixteen(1)?),
            name: row.text(2)?.to_owned(),
            scopes: row.text(3)?.to_owned(),
            created_at: row.int(4)?,
            expires_at: row.int(5)?,
            used_at: row.opt_int(6)?,
        })
    })
}

/// Whose token it is, what it may do, when it was last used, and its id, while it stands.
#[expect(
    clippy::type_complexity,
    reason = "read in one place, at once taken apart"
)]
pub fn who(
    tx: &mut Tx<'_>,
    hash: &Hash,
    now: i64,
) -> Result<Option<(Person, String, Option<i64>, [u8; 16])>> {
    tx.first(WHO, &[hash.into(), now.into()], |row| {
        Ok((
            person(row)?,
            row.text(WIDTH)?.to_owned(),
            row.opt_int(WIDTH + 1)?,
            row.sixteen(WIDTH + 2)?,
        ))
    })
}

/// Notes that a token was used.
pub fn used(tx: &mut Tx<'_>, id: &[u8; 16], now: i64) -> Result<()> {
    tx.exec(USED, &[id.into(), now.into()]).map(drop)
}

/// Ends one of a person's tokens; says whether it was there.
pub fn end(tx: &mut Tx<'_>, person: PersonId, id: &[u8; 16]) -> Result<bool> {
    Ok(tx.exec(DROP_TOKEN, &[id.into(), (&person).into()])? > 0)
}

/// Ends every token of a person.
pub fn end_all(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(DROP_TOKENS, &[(&person).into()]).map(drop)
}

/// An answer given under a key of the client's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The hash of the request it answered.
    pub request: Hash,
    /// Its status.
    pub status: i64,
    /// Its body.
    pub body: String,
}

/// Keeps an answer in place of one given at or before `until`.
///
/// # Errors
/// [`crate::StoreError::Conflict`] when a later one stands there: somebody else was quicker.
pub fn keep(
    tx: &mut Tx<'_>,
    person: PersonId,
    key: &Hash,
    answer: &Answer,
    now: i64,
    until: i64,
) -> Result<()> {
    tx.exec(DROP_OLD, &[(&person).into(), key.into(), until.into()])?;
    let values = [
        (&person).into(),
        key.into(),
        (&answer.request).into(),
        answer.status.into(),
        answer.body.as_str().into(),
        now.into(),
    ];
    tx.exec(KEEP, &values).map(drop)
}

/// The answer kept under a key since `after`.
pub fn kept(tx: &mut Tx<'_>, person: PersonId, key: &Hash, after: i64) -> Result<Option<Answer>> {
    let values = [(&person).into(), key.into(), after.into()];
    tx.first(KEPT, &values, |row| {
        Ok(Answer {
            request: row.sixteen(0)?,
            status: row.int(1)?,
            body: row.text(2)?.to_owned(),
        })
    })
}

/// Drops the answers given at or before a moment.
pub fn drop_answers(tx: &mut Tx<'_>, until: i64) -> Result<()> {
    tx.exec(DROP_ANSWERS, &[until.into()]).map(drop)
}

/// Drops the answers that name a prospect, or an attempt, a deal or a follow-up of theirs. The table
/// holds a day at most, so it is read whole.
pub fn drop_answers_about(tx: &mut Tx<'_>, prospect: ProspectId) -> Result<()> {
    let mut named: HashSet<String> = tx
        .all(THEIRS, &[(&prospect).into()], |row| {
            Ok(AttemptId::from_bytes(row.sixteen(0)?).to_string())
        })?
        .into_iter()
        .collect();
    named.insert(prospect.to_string());
    let all = tx.all(ANSWERS, &[], |row| {
        let key = (PersonId::from_bytes(row.sixteen(0)?), row.sixteen(1)?);
        Ok((key, row.text(2)?.to_owned()))
    })?;
    for ((person, key), body) in all {
        // Ids stand in JSON as texts of their own.
        if body.split('"').any(|text| named.contains(text)) {
            tx.exec(DROP_ANSWER, &[(&person).into(), (&key).into()])?;
        }
    }
    Ok(())
}

/// Ends every token and drops every answer, before a backup is brought back.
pub(crate) fn clear(tx: &mut Tx<'_>) -> Result<()> {
    drop_answers(tx, i64::MAX)?;
    tx.exec(CLEAR_TOKENS, &[]).map(drop)
}
