//! Ways in: passwords, passkeys, and who somebody is at another provider.

use domain::PersonId;

use crate::sql::statements;
use crate::{Result, Row, Tx, Value};

statements! {
    SET_PASSWORD = "INSERT INTO password (person, hash, changed_at) VALUES ($1, $2, $3) ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at";
    PASSWORD = "SELECT hash FROM password WHERE person = $1";
    DROP_PASSWORD = "DELETE FROM password WHERE person = $1";
    ADD_PASSKEY = "INSERT INTO passkey (id, person, name, credential, created_at, used_at) VALUES ($1, $2, $3, $4, $5, NULL)";
    PASSKEYS = "SELECT id, person, name, credential, created_at, used_at FROM passkey WHERE person = $1 ORDER BY created_at, id";
    PASSKEY = "SELECT id, person, name, credential, created_at, used_at FROM passkey WHERE id = $1";
    USED_PASSKEY = "UPDATE passkey SET credential = $2, used_at = $3 WHERE id = $1";
    DROP_PASSKEY = "DELETE FROM passkey WHERE id = $1 AND person = $2";
    ADD_SUBJECT = "INSERT INTO subject (issuer, subject, person) VALUES ($1, $2, $3)";
    SUBJECT = "SELECT person FROM subject WHERE issuer = $1 AND subject = $2";
    SUBJECTS = "SELECT issuer FROM subject WHERE person = $1 ORDER BY issuer";
    DROP_SUBJECTS = "DELETE FROM subject WHERE person = $1";
}

/// A passkey: its public half and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The credential's id as the browser knows it.
    pub id: Vec<u8>,
    /// Whose.
    pub person: PersonId,
    /// What its owner calls it.
    pub name: String,
    /// The public half, as JSON.
    pub credential: String,
    /// When it was added, in microseconds UTC.
    pub created_at: i64,
    /// When it last let its owner in.
    pub used_at: Option<i64>,
}

fn passkey_row(row: Row<'_>) -> Result<Passkey> {
    Ok(Passkey {
        id: row.bytes(0)?.to_vec(),
        person: PersonId::from_bytes(row.sixteen(1)?),
        name: row.text(2)?.to_owned(),
        credential: row.text(3)?.to_owned(),
        created_at: row.int(4)?,
        used_at: row.opt_int(5)?,
    })
}

/// Sets a person's password, as its argon2id string.
pub fn set_password(tx: &mut Tx<'_>, person: PersonId, hash: &str, now: i64) -> Result<()> {
    let values = [(&person).into(), hash.into(), now.into()];
    tx.exec(SET_PASSWORD, &values).map(drop)
}

/// A person's password, as its argon2id string.
pub fn password(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<String>> {
    tx.first(PASSWORD, &[(&person).into()], |row| {
        Ok(row.text(0)?.to_owned())
    })
}

/// Takes a person's password away.
pub fn drop_password(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(DROP_PASSWORD, &[(&person).into()]).map(drop)
}

/// Adds a passkey.
pub fn add_passkey(tx: &mut Tx<'_>, key: &Passkey) -> Result<()> {
    let values = [
        Value::from(key.id.as_slice()),
        (&key.person).into(),
        key.name.as_str().into(),
        key.credential.as_str().into(),
        key.created_at.into(),
    ];
    tx.exec(ADD_PASSKEY, &values).map(drop)
}

/// A person's passkeys, oldest first.
pub fn passkeys(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Passkey>> {
    tx.all(PASSKEYS, &[(&person).into()], passkey_row)
}

/// The passkey with this credential id.
pub fn passkey(tx: &mut Tx<'_>, id: &[u8]) -> Result<Option<Passkey>> {
    tx.first(PASSKEY, &[id.into()], passkey_row)
}

/// Keeps what using a passkey changed about it.
pub fn used_passkey(tx: &mut Tx<'_>, id: &[u8], credential: &str, now: i64) -> Result<()> {
    tx.exec(USED_PASSKEY, &[id.into(), credential.into(), now.into()])
        .map(drop)
}

/// Takes one of a person's passkeys away; says whether it was there.
pub fn drop_passkey(tx: &mut Tx<'_>, person: PersonId, id: &[u8]) -> Result<bool> {
    Ok(tx.exec(DROP_PASSKEY, &[id.into(), (&person).into()])? > 0)
}

/// Notes who somebody is at a provider.
pub fn add_subject(tx: &mut Tx<'_>, issuer: &str, subject: &str, person: PersonId) -> Result<()> {
    let values = [issuer.into(), subject.into(), (&person).into()];
    tx.exec(ADD_SUBJECT, &values).map(drop)
}

/// Who a provider's subject is here.
pub fn subject(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> Result<Option<PersonId>> {
    tx.first(SUBJECT, &[issuer.into(), subject.into()], |row| {
        Ok(PersonId::from_bytes(row.sixteen(0)?))
    })
}

/// The providers that know a person.
pub fn subjects(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<String>> {
    tx.all(SUBJECTS, &[(&person).into()], |row| {
        Ok(row.text(0)?.to_owned())
    })
}

/// Takes away every tie of a person to a provider.
pub fn drop_subjects(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(DROP_SUBJECTS, &[(&person).into()]).map(drop)
}
