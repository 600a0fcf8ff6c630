//! Prospects, and which of them are one.

use domain::{Prospect, ProspectId, Zone, fold};

use super::{each_of, sixty_four};
use crate::conn::Bulk;
use crate::sql::{Sql, statements};
use crate::{Result, Row, StoreError, Tx, Value};

macro_rules! columns {
    () => {
        "id, name, company, email, phone, zone, language, segment, do_not_contact, merged_into, root, forgotten, created_at"
    };
}

statements! {
    INSERT = "INSERT INTO prospect (", columns!(), ", sort_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    COPY = "COPY prospect (", columns!(), ", sort_key) FROM STDIN BINARY";
    UPDATE = "UPDATE prospect SET name = $2, company = $3, email = $4, phone = $5, zone = $6, language = $7, segment = $8, do_not_contact = $9, merged_into = $10, root = $11, forgotten = $12, sort_key = $13 WHERE id = $1";
    GET = "SELECT ", columns!(), " FROM prospect WHERE id = $1";
    GET_MANY = "SELECT ", columns!(), " FROM prospect WHERE id IN ", sixty_four!();
    MERGED = "SELECT ", columns!(), " FROM prospect WHERE root = $1 AND merged_into IS NOT NULL ORDER BY created_at, id";
    AFTER = "SELECT ", columns!(), ", sort_key FROM prospect WHERE (sort_key, id) > ($1, $2) ORDER BY sort_key, id LIMIT $3";
    COUNT = "SELECT COUNT(*) FROM prospect WHERE merged_into IS NULL AND forgotten <> 2";
    USES = "SELECT (SELECT COUNT(*) FROM attempt WHERE prospect = $1 AND voided = 0) + (SELECT COUNT(*) FROM deal WHERE prospect = $1) + (SELECT COUNT(*) FROM note WHERE prospect = $1) + (SELECT COUNT(*) FROM follow_up WHERE prospect = $1 AND (kind = 'own' OR state <> 'dropped')) + (SELECT COUNT(*) FROM call_list WHERE prospect = $1) + (SELECT COUNT(*) FROM import_row WHERE prospect = $1) + (SELECT COUNT(*) FROM event WHERE subject = $1 AND kind IN ('edited', 'merged', 'merged_with', 'unmerged'))";
}

const BULK: Bulk = Bulk {
    insert: INSERT as Sql,
    copy: COPY,
};

/// The column `forgotten` of somebody who was.
const FORGOTTEN: i64 = 1;
/// The column `forgotten` of somebody whom only undone attempts know.
const TAKEN_BACK: i64 = 2;

fn standing(p: &Prospect) -> i64 {
    match (p.forgotten, p.taken_back) {
        (true, _) => FORGOTTEN,
        (false, true) => TAKEN_BACK,
        (false, false) => 0,
    }
}

/// The key lists are sorted by: name, else company.
pub fn sort_key(p: &Prospect) -> String {
    if p.forgotten {
        return String::new();
    }
    fold(if p.name.is_empty() {
        &p.company
    } else {
        &p.name
    })
}

pub(crate) fn prospect(row: Row<'_>) -> Result<Prospect> {
    Ok(Prospect {
        id: ProspectId::from_bytes(row.sixteen(0)?),
        name: row.text(1)?.to_owned(),
        company: row.text(2)?.to_owned(),
        email: row.text(3)?.to_owned(),
        phone: row.text(4)?.to_owned(),
        zone: row
            .opt_text(5)?
            .map(Zone::new)
            .transpose()
            .map_err(StoreError::value)?,
        language: row.text(6)?.to_owned(),
        segment: row.opt_string(7)?,
        do_not_contact: row.opt_int(8)?,
        merged_into: row.opt_sixteen(9)?.map(ProspectId::from_bytes),
        root: ProspectId::from_bytes(row.sixteen(10)?),
        forgotten: row.int(11)? == FORGOTTEN,
        taken_back: row.int(11)? == TAKEN_BACK,
        created_at: row.int(12)?,
    })
}

fn values(p: &Prospect) -> Vec<Value<'_>> {
    vec![
        (&p.id).into(),
        p.name.as_str().into(),
        p.company.as_str().into(),
        p.email.as_str().into(),
        p.phone.as_str().into(),
        p.zone.as_ref().map(Zone::name).into(),
        p.language.as_str().into(),
        p.segment.as_deref().into(),
        p.do_not_contact.into(),
        p.merged_into.as_ref().into(),
        (&p.root).into(),
        standing(p).into(),
        p.created_at.into(),
        sort_key(p).into(),
    ]
}

/// Adds a prospect.
pub fn insert(tx: &mut Tx<'_>, p: &Prospect) -> Result<()> {
    tx.exec(INSERT, &values(p)).map(drop)
}

/// Adds many.
pub fn bulk(tx: &mut Tx<'_>, prospects: &[Prospect]) -> Result<()> {
    tx.bulk(BULK, prospects.iter().map(values))
}

/// Changes a prospect; the caller writes the history.
pub fn update(tx: &mut Tx<'_>, p: &Prospect) -> Result<()> {
    let mut values = values(p);
    // created_at stands second to last and never changes.
    values.remove(12);
    tx.exec(UPDATE, &values).map(drop)
}

/// One prospect.
pub fn get(tx: &mut Tx<'_>, id: ProspectId) -> Result<Option<Prospect>> {
    tx.first(GET, &[(&id).into()], prospect)
}

/// Several, in no particular order; unknown ids are left out.
pub fn get_many(tx: &mut Tx<'_>, ids: &[ProspectId]) -> Result<Vec<Prospect>> {
    let keys: Vec<[u8; 16]> = ids.iter().map(|id| *id.as_bytes()).collect();
    let mut out: Vec<Prospect> = Vec::new();
    each_of(tx, GET_MANY, &keys, |row| {
        out.push(prospect(row)?);
        Ok(())
    })?;
    Ok(out)
}

/// Those that were merged into this one, directly or through others.
pub fn merged_into(tx: &mut Tx<'_>, root: ProspectId) -> Result<Vec<Prospect>> {
    tx.all(MERGED, &[(&root).into()], prospect)
}

/// The next prospects in order of their sort key after `(key, id)`, with that key.
pub fn after(tx: &mut Tx<'_>, key: &str, id: &[u8], limit: i64) -> Result<Vec<(String, Prospect)>> {
    tx.all(AFTER, &[key.into(), id.into(), limit.into()], |row| {
        Ok((row.text(13)?.to_owned(), prospect(row)?))
    })
}

/// How much stands that has to do with a prospect: attempts that count, deals, notes, follow-ups
/// that were not dropped, places on call lists, imported rows, and what was done to the prospect.
pub fn uses(tx: &mut Tx<'_>, id: ProspectId) -> Result<i64> {
    Ok(tx
        .first(USES, &[(&id).into()], |row| row.int(0))?
        .unwrap_or(0))
}

/// How many there are in sight, merged ones counted once.
pub fn count(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.first(COUNT, &[], |row| row.int(0))?.unwrap_or(0))
}
