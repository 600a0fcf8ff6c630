//! What stands only for a while: links to hand over, sign-ins under way, tries counted.

use domain::PersonId;

use crate::keyed::Hash;
use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    ADD_LINK = "INSERT INTO link (token_hash, kind, person, made_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    LINK = "SELECT kind, person FROM link WHERE token_hash = $1 AND expires_at > $2";
    LINKS_OF = "SELECT kind, expires_at FROM link WHERE person = $1 AND expires_at > $2 ORDER BY expires_at";
    END_LINKS_OF = "DELETE FROM link WHERE person = $1";
    END_OLD_LINKS = "DELETE FROM link WHERE expires_at <= $1";
    ADD_CEREMONY = "INSERT INTO ceremony (token_hash, kind, person, state, expires_at) VALUES ($1, $2, $3, $4, $5)";
    CEREMONY = "SELECT person, state FROM ceremony WHERE token_hash = $1 AND kind = $2 AND expires_at > $3";
    END_CEREMONY = "DELETE FROM ceremony WHERE token_hash = $1";
    END_OLD_CEREMONIES = "DELETE FROM ceremony WHERE expires_at <= $1";
    TRY = "INSERT INTO tries (key, began_at, count) VALUES ($1, $2, 1) ON CONFLICT (key) DO UPDATE SET count = CASE WHEN tries.began_at <= $3 THEN 1 ELSE tries.count + 1 END, began_at = CASE WHEN tries.began_at <= $3 THEN excluded.began_at ELSE tries.began_at END";
    TRIES = "SELECT count, began_at FROM tries WHERE key = $1 AND began_at > $2";
    UNTRY = "UPDATE tries SET count = count - 1 WHERE key = $1 AND count > 0";
    END_TRIES = "DELETE FROM tries WHERE key = $1";
    END_OLD_TRIES = "DELETE FROM tries WHERE began_at <= $1";
}

/// What a link is for: `invitation` or `reset`.
pub type LinkKind = String;

/// Keeps a link under the hash of its token.
pub fn add_link(
    tx: &mut Tx<'_>,
    token: &Hash,
    kind: &str,
    person: PersonId,
    made_by: Option<PersonId>,
    now: i64,
    expires_at: i64,
) -> Result<()> {
    let values = [
        token.into(),
        kind.into(),
        (&person).into(),
        made_by.as_ref().into(),
        now.into(),
        expires_at.into(),
    ];
    tx.exec(ADD_LINK, &values).map(drop)
}

/// What a link is for and whom it lets in, while it stands.
pub fn link(tx: &mut Tx<'_>, token: &Hash, now: i64) -> Result<Option<(LinkKind, PersonId)>> {
    tx.first(LINK, &[token.into(), now.into()], |row| {
        Ok((
            row.text(0)?.to_owned(),
            PersonId::from_bytes(row.sixteen(1)?),
        ))
    })
}

/// The links that stand for a person: what for, and until when.
pub fn links_of(tx: &mut Tx<'_>, person: PersonId, now: i64) -> Result<Vec<(LinkKind, i64)>> {
    tx.all(LINKS_OF, &[(&person).into(), now.into()], |row| {
        Ok((row.text(0)?.to_owned(), row.int(1)?))
    })
}

/// Ends every link of a person: one was used, or a newer one takes their place. Says how many there
/// were, so that of two who use one at once only one is let in.
pub fn end_links_of(tx: &mut Tx<'_>, person: PersonId) -> Result<u64> {
    tx.exec(END_LINKS_OF, &[(&person).into()])
}

/// Keeps the state of a sign-in under way.
pub fn add_ceremony(
    tx: &mut Tx<'_>,
    token: &Hash,
    kind: &str,
    person: Option<PersonId>,
    state: &str,
    expires_at: i64,
) -> Result<()> {
    let values = [
        token.into(),
        kind.into(),
        person.as_ref().into(),
        state.into(),
        expires_at.into(),
    ];
    tx.exec(ADD_CEREMONY, &values).map(drop)
}

/// Takes the state of a sign-in under way; nobody can take it twice.
pub fn take_ceremony(
    tx: &mut Tx<'_>,
    token: &Hash,
    kind: &str,
    now: i64,
) -> Result<Option<(Option<PersonId>, String)>> {
    let found = tx.first(CEREMONY, &[token.into(), kind.into(), now.into()], |row| {
        let person = row.opt_sixteen(0)?.map(PersonId::from_bytes);
        Ok((person, row.text(1)?.to_owned()))
    })?;
    // Of two who come at once, the one whose deletion found the row has it.
    let taken = found.is_some() && tx.exec(END_CEREMONY, &[token.into()])? > 0;
    Ok(found.filter(|_| taken))
}

/// Counts one try; a window that began at or before `stale` begins anew.
pub fn count_try(tx: &mut Tx<'_>, key: &Hash, now: i64, stale: i64) -> Result<()> {
    tx.exec(TRY, &[key.into(), now.into(), stale.into()])
        .map(drop)
}

/// How many tries there were in a window begun after `stale`, and when it began.
pub fn tries(tx: &mut Tx<'_>, key: &Hash, stale: i64) -> Result<(i64, i64)> {
    let found = tx.first(TRIES, &[key.into(), stale.into()], |row| {
        Ok((row.int(0)?, row.int(1)?))
    })?;
    Ok(found.unwrap_or((0, 0)))
}

/// Takes one counted try back.
pub fn uncount_try(tx: &mut Tx<'_>, key: &Hash) -> Result<()> {
    tx.exec(UNTRY, &[key.into()]).map(drop)
}

/// Forgets the tries under a key.
pub fn end_tries(tx: &mut Tx<'_>, key: &Hash) -> Result<()> {
    tx.exec(END_TRIES, &[key.into()]).map(drop)
}

/// Drops what has run out by `now`, tries begun by `stale` among it.
pub fn sweep(tx: &mut Tx<'_>, now: i64, stale: i64) -> Result<()> {
    tx.exec(END_OLD_LINKS, &[now.into()])?;
    tx.exec(END_OLD_CEREMONIES, &[now.into()])?;
    tx.exec(END_OLD_TRIES, &[stale.into()]).map(drop)
}
