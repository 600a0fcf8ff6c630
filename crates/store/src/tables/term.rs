//! Search by word prefix.

use domain::{AttemptId, ProspectId};

use super::{each_of_with, sixty_four};
use crate::conn::Bulk;
use crate::sql::{Sql, statements};
use crate::{Result, Tx, Value};

statements! {
    ADD = "INSERT INTO term (word, prospect, attempt) VALUES ($1, $2, $3) ON CONFLICT (word, prospect, attempt) DO NOTHING";
    COPY = "COPY term (word, prospect, attempt) FROM STDIN BINARY";
    PREFIX = "SELECT prospect, attempt FROM term WHERE word >= $1 AND word < $2 LIMIT $3";
    AMONG = "SELECT prospect, attempt FROM term WHERE prospect IN ", sixty_four!(), " AND word >= $65 AND word < $66";
    PEOPLE = "SELECT prospect FROM term WHERE word >= $1 AND word < $2 AND attempt = $3 LIMIT $4";
    NAMED = "SELECT prospect FROM term WHERE word = $1 AND attempt = $2 LIMIT $3";
    ALL = "SELECT word, prospect, attempt FROM term ORDER BY word, prospect, attempt";
    REMOVE = "DELETE FROM term WHERE word = $1 AND prospect = $2 AND attempt = $3";
    FORGET = "DELETE FROM term WHERE prospect = $1";
    CLEAR = "DELETE FROM term";
}

const BULK: Bulk = Bulk {
    insert: ADD as Sql,
    copy: COPY,
};

/// A word of a prospect, or of one of their attempts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// Folded word.
    pub word: String,
    /// Whose.
    pub prospect: ProspectId,
    /// Which attempt's, or the prospect's own.
    pub attempt: Option<AttemptId>,
}

fn attempt_key(attempt: Option<&AttemptId>) -> Value<'_> {
    attempt.map_or(Value::from(&[][..]), Value::from)
}

fn values(term: &Term) -> Vec<Value<'_>> {
    vec![
        term.word.as_str().into(),
        (&term.prospect).into(),
        attempt_key(term.attempt.as_ref()),
    ]
}

/// Adds the words of a text.
pub fn add(
    tx: &mut Tx<'_>,
    prospect: ProspectId,
    attempt: Option<AttemptId>,
    texts: &[&str],
) -> Result<()> {
    for word in texts.iter().flat_map(|text| domain::words(text)) {
        tx.exec(
            ADD,
            &[
                word.into(),
                (&prospect).into(),
                attempt_key(attempt.as_ref()),
            ],
        )?;
    }
    Ok(())
}

/// Adds terms that are known to be new; each at most once. In the order of their key, as equal
/// words then fall on one page instead of all over the table.
pub fn bulk(tx: &mut Tx<'_>, terms: &[Term]) -> Result<()> {
    let mut terms: Vec<&Term> = terms.iter().collect();
    terms.sort_unstable();
    tx.bulk(BULK, terms.into_iter().map(values))
}

/// Takes terms away, each found by its key: no other index has to be kept for it.
pub fn remove(tx: &mut Tx<'_>, terms: &[Term]) -> Result<()> {
    for term in terms {
        tx.exec(REMOVE, &values(term))?;
    }
    Ok(())
}

/// Takes away every word of a prospect and their attempts.
pub(crate) fn forget(tx: &mut Tx<'_>, prospect: ProspectId) -> Result<()> {
    tx.exec(FORGET, &[(&prospect).into()]).map(drop)
}

/// Where some word begins with a folded prefix; `limit` hits at most.
pub fn with_prefix(
    tx: &mut Tx<'_>,
    prefix: &str,
    limit: i64,
) -> Result<Vec<(ProspectId, Option<AttemptId>)>> {
    tx.all(
        PREFIX,
        &[prefix.into(), after(prefix).into(), limit.into()],
        |row| {
            let attempt = row.bytes(1)?.try_into().ok().map(AttemptId::from_bytes);
            Ok((ProspectId::from_bytes(row.sixteen(0)?), attempt))
        },
    )
}

/// Where, among these people, some word of theirs or of their attempts begins with a folded prefix.
pub fn among(
    tx: &mut Tx<'_>,
    prefix: &str,
    people: &[ProspectId],
    mut f: impl FnMut(ProspectId, Option<AttemptId>),
) -> Result<()> {
    let keys: Vec<[u8; 16]> = people.iter().map(|id| *id.as_bytes()).collect();
    let range = [prefix.into(), after(prefix).into()];
    each_of_with(tx, AMONG, &keys, &range, |row| {
        let attempt = row.bytes(1)?.try_into().ok().map(AttemptId::from_bytes);
        f(ProspectId::from_bytes(row.sixteen(0)?), attempt);
        Ok(())
    })
}

/// The first text after every text with this prefix, in code point (and so in byte) order.
fn after(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// Prospects of whose own words some begins with a folded prefix, in no particular order.
pub fn people_with_prefix(tx: &mut Tx<'_>, prefix: &str, limit: i64) -> Result<Vec<ProspectId>> {
    let params = [
        prefix.into(),
        after(prefix).into(),
        attempt_key(None),
        limit.into(),
    ];
    tx.all(PEOPLE, &params, |row| {
        Ok(ProspectId::from_bytes(row.sixteen(0)?))
    })
}

/// Prospects of whose own words one is exactly this folded word.
pub fn people_with_word(tx: &mut Tx<'_>, word: &str, limit: i64) -> Result<Vec<ProspectId>> {
    let params = [word.into(), attempt_key(None), limit.into()];
    tx.all(NAMED, &params, |row| {
        Ok(ProspectId::from_bytes(row.sixteen(0)?))
    })
}

/// Every term, in order.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Term>> {
    tx.all(ALL, &[], |row| {
        Ok(Term {
            word: row.text(0)?.to_owned(),
            prospect: ProspectId::from_bytes(row.sixteen(1)?),
            attempt: row.bytes(2)?.try_into().ok().map(AttemptId::from_bytes),
        })
    })
}

/// Drops them all, before a rebuild.
pub(crate) fn clear(tx: &mut Tx<'_>) -> Result<()> {
    tx.exec(CLEAR, &[]).map(drop)
}
