//! People.

use domain::{Person, PersonId, Roles, Standing, Zone};

use crate::sql::statements;
use crate::{Result, Row, StoreError, Tx, Value};

macro_rules! columns {
    () => {
        "person.id, person.name, person.zone, person.keys, person.email, person.roles, person.standing, person.language, person.shares_rows, person.shared_until, person.rep_names, person.claimed_by"
    };
}
pub(crate) use columns as person_columns;

statements! {
    INSERT = "INSERT INTO person (id, name, zone, keys, email, roles, standing, language, shares_rows, shared_until, rep_names, claimed_by, email_key, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    UPDATE = "UPDATE person SET name = $2, zone = $3, keys = $4, email = $5, roles = $6, standing = $7, language = $8, shares_rows = $9, shared_until = $10, rep_names = $11, claimed_by = $12, email_key = $13 WHERE id = $1";
    GET = "SELECT ", columns!(), " FROM person WHERE id = $1";
    BY_EMAIL = "SELECT ", columns!(), " FROM person WHERE email_key = $1";
    ALL = "SELECT ", columns!(), " FROM person ORDER BY created_at, id";
}

/// How many columns [`person`] reads.
pub(crate) const WIDTH: usize = 12;

/// Reads a person from the first columns of a row.
pub(crate) fn person(row: Row<'_>) -> Result<Person> {
    Ok(Person {
        id: PersonId::from_bytes(row.sixteen(0)?),
        name: row.text(1)?.to_owned(),
        zone: Zone::new(row.text(2)?).map_err(StoreError::value)?,
        keys: row.bool(3)?,
        email: row.text(4)?.to_owned(),
        roles: Roles::from_bits(row.int(5)?),
        standing: row
            .text(6)?
            .parse::<Standing>()
            .map_err(StoreError::value)?,
        language: row.text(7)?.to_owned(),
        shares_rows: row.bool(8)?,
        shared_until: row.opt_int(9)?,
        rep_names: row.text(10)?.lines().map(str::to_owned).collect(),
        claimed_by: row.opt_sixteen(11)?.map(PersonId::from_bytes),
    })
}

/// The values both [`INSERT`] and [`UPDATE`] take.
fn values(person: &Person) -> Vec<Value<'_>> {
    vec![
        (&person.id).into(),
        person.name.as_str().into(),
        person.zone.name().into(),
        person.keys.into(),
        person.email.as_str().into(),
        person.roles.bits().into(),
        person.standing.code().into(),
        person.language.as_str().into(),
        person.shares_rows.into(),
        person.shared_until.into(),
        person.rep_names.join("\n").into(),
        person.claimed_by.as_ref().into(),
        domain::email_key(&person.email).map_or(Value::Null, Value::from),
    ]
}

/// Adds a person.
pub fn insert(tx: &mut Tx<'_>, person: &Person, now: i64) -> Result<()> {
    let mut values = values(person);
    values.push(now.into());
    tx.exec(INSERT, &values).map(drop)
}

/// Changes everything about a person but their id.
pub fn update(tx: &mut Tx<'_>, person: &Person) -> Result<()> {
    tx.exec(UPDATE, &values(person)).map(drop)
}

/// One person.
pub fn get(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<Person>> {
    tx.first(GET, &[(&id).into()], person)
}

/// The person with this address, which is compared folded.
pub fn by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<Person>> {
    match domain::email_key(email) {
        Some(key) => tx.first(BY_EMAIL, &[key.into()], person),
        None => Ok(None),
    }
}

/// Everybody, in the order they came.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Person>> {
    tx.all(ALL, &[], person)
}
