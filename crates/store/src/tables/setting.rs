//! Settings: a key and a text each. They are the workspace's, but for those whose key names a person.

use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    GET = "SELECT value FROM setting WHERE key = $1";
    SET = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    ADD = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
}

/// A setting, if it was ever made.
pub fn get(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>> {
    tx.first(GET, &[key.into()], |row| Ok(row.text(0)?.to_owned()))
}

/// Makes or changes a setting.
pub fn set(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    tx.exec(SET, &[key.into(), value.into()]).map(drop)
}

/// Makes a setting unless it is there.
pub fn add(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<()> {
    tx.exec(ADD, &[key.into(), value.into()]).map(drop)
}
