//! Recognising the same person: keyed hashes of ways to reach them, and what is left of those who
//! asked not to be contacted and were forgotten.

use std::collections::HashMap;

use domain::ProspectId;

use super::{each_of, sixty_four};
use crate::conn::Bulk;
use crate::keyed::{Hash, Keyed};
use crate::sql::{Sql, statements};
use crate::{Result, Tx};

statements! {
    ADD = "INSERT INTO match_key (hash, prospect) VALUES ($1, $2) ON CONFLICT (hash, prospect) DO NOTHING";
    COPY = "COPY match_key (hash, prospect) FROM STDIN BINARY";
    FIND = "SELECT k.hash, p.root FROM match_key k JOIN prospect p ON p.id = k.prospect WHERE k.hash IN ", sixty_four!();
    OF_PROSPECT = "SELECT hash FROM match_key WHERE prospect = $1";
    REMOVE = "DELETE FROM match_key WHERE prospect = $1";
    SUPPRESS = "INSERT INTO suppressed (hash) VALUES ($1) ON CONFLICT (hash) DO NOTHING";
    ALL_SUPPRESSED = "SELECT hash FROM suppressed ORDER BY hash";
    SUPPRESSED = "SELECT hash FROM suppressed WHERE hash IN ", sixty_four!();
}

const BULK: Bulk = Bulk {
    insert: ADD as Sql,
    copy: COPY,
};

/// The ways one person can be recognised.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatchKeys {
    /// By the id in a source.
    pub external: Option<Hash>,
    /// By e-mail address.
    pub email: Option<Hash>,
    /// By telephone number.
    pub phone: Option<Hash>,
    /// By name and company.
    pub name: Option<Hash>,
}

impl MatchKeys {
    /// Works them out under the workspace's key.
    pub fn of(
        keyed: &Keyed,
        external: Option<(&str, &str)>,
        name: &str,
        company: &str,
        email: &str,
        phone: &str,
    ) -> Self {
        let hash =
            |purpose: &str, key: Option<String>| key.map(|k| keyed.hash(purpose, &[k.as_bytes()]));
        Self {
            external: external
                .map(|(kind, id)| keyed.hash("external", &[kind.as_bytes(), id.as_bytes()])),
            email: hash("email", domain::email_key(email)),
            phone: hash("phone", domain::phone_key(phone)),
            name: hash("name", domain::name_key(name, company)),
        }
    }

    /// All that are there, the surest first.
    pub fn iter(&self) -> impl Iterator<Item = Hash> {
        [self.external, self.email, self.phone, self.name]
            .into_iter()
            .flatten()
    }
}

/// Lets a prospect be recognised by these.
pub fn add(tx: &mut Tx<'_>, prospect: ProspectId, keys: &MatchKeys) -> Result<()> {
    for hash in keys.iter() {
        tx.exec(ADD, &[(&hash).into(), (&prospect).into()])?;
    }
    Ok(())
}

/// Adds pairs that are known to be new, in the order of their key.
pub fn bulk(tx: &mut Tx<'_>, pairs: &[(Hash, ProspectId)]) -> Result<()> {
    let mut pairs: Vec<_> = pairs.iter().collect();
    pairs.sort_unstable();
    tx.bulk(
        BULK,
        pairs
            .iter()
            .map(|(hash, prospect)| vec![hash.into(), prospect.into()]),
    )
}

/// Each hash once, in order: many rows are about few people, and neighbours share a page.
fn once(hashes: &[Hash]) -> Vec<Hash> {
    let mut hashes = hashes.to_vec();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// Who is known by each of these hashes; merged prospects answer with the one that stands for them.
pub fn find(tx: &mut Tx<'_>, hashes: &[Hash]) -> Result<HashMap<Hash, Vec<ProspectId>>> {
    let mut out: HashMap<Hash, Vec<ProspectId>> = HashMap::new();
    each_of(tx, FIND, &once(hashes), |row| {
        let root = ProspectId::from_bytes(row.sixteen(1)?);
        let known = out.entry(row.sixteen(0)?).or_default();
        if !known.contains(&root) {
            known.push(root);
        }
        Ok(())
    })?;
    Ok(out)
}

/// The hashes of one prospect.
pub fn of_prospect(tx: &mut Tx<'_>, prospect: ProspectId) -> Result<Vec<Hash>> {
    tx.all(OF_PROSPECT, &[(&prospect).into()], |row| row.sixteen(0))
}

/// Forgets how a prospect could be recognised.
pub fn remove(tx: &mut Tx<'_>, prospect: ProspectId) -> Result<()> {
    tx.exec(REMOVE, &[(&prospect).into()]).map(drop)
}

/// Keeps a hash of somebody forgotten who asked not to be contacted.
pub fn suppress(tx: &mut Tx<'_>, hash: &Hash) -> Result<()> {
    tx.exec(SUPPRESS, &[hash.into()]).map(drop)
}

/// Every hash that is kept of somebody forgotten who asked not to be contacted.
pub fn all_suppressed(tx: &mut Tx<'_>) -> Result<Vec<Hash>> {
    tx.all(ALL_SUPPRESSED, &[], |row| row.sixteen(0))
}

/// Which of these belong to somebody forgotten who asked not to be contacted.
pub fn suppressed(tx: &mut Tx<'_>, hashes: &[Hash]) -> Result<Vec<Hash>> {
    let mut out = Vec::new();
    each_of(tx, SUPPRESSED, &once(hashes), |row| {
        out.push(row.sixteen(0)?);
        Ok(())
    })?;
    Ok(out)
}
