//! Imports, and which row of which source became what.

use std::collections::HashMap;

use domain::{AttemptId, DealId, ImportId, PersonId, ProspectId};

use super::{each_of, sixty_four};
use crate::conn::Bulk;
use crate::keyed::Hash;
use crate::sql::{Sql, statements};
use crate::{Result, Row, Tx, Value};

statements! {
    INSERT_ROW = "INSERT INTO import_row (identity, content, prospect, deal, attempt, asks, forgotten, seller) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    COPY_ROW = "COPY import_row (identity, content, prospect, deal, attempt, asks, forgotten, seller) FROM STDIN BINARY";
    UPDATE_ROW = "UPDATE import_row SET content = $2, prospect = $3, deal = $4, attempt = $5, asks = $6 WHERE identity = $1 AND seller = $7";
    KNOWN = "SELECT r.identity, r.content, r.prospect, r.deal, r.attempt, r.asks, r.forgotten, r.seller, COALESCE(a.owner, d.owner), a.rep FROM import_row r LEFT JOIN attempt a ON a.id = r.attempt LEFT JOIN deal d ON d.id = r.deal WHERE r.identity IN ", sixty_four!();
    INSERT_RUN = "INSERT INTO import_run (id, at, person, format, rows, prospects, attempts, yes, deals_open, duplicates, corrected, errors) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    SET_COUNTS = "UPDATE import_run SET rows = $2, prospects = $3, attempts = $4, yes = $5, deals_open = $6, duplicates = $7, corrected = $8, errors = $9 WHERE id = $1";
    RUNS = "SELECT id, at, person, format, rows, prospects, attempts, yes, deals_open, duplicates, corrected, errors FROM import_run ORDER BY at DESC, id DESC LIMIT $1";
    RUNS_OF = "SELECT id, at, person, format, rows, prospects, attempts, yes, deals_open, duplicates, corrected, errors FROM import_run WHERE person = $2 ORDER BY at DESC, id DESC LIMIT $1";
}

const BULK: Bulk = Bulk {
    insert: INSERT_ROW as Sql,
    copy: COPY_ROW,
};

/// What a source's row became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Keyed hash of what makes the row itself.
    pub identity: Hash,
    /// Keyed hash of how it was last read.
    pub content: Hash,
    /// Its prospect.
    pub prospect: Option<ProspectId>,
    /// Its deal.
    pub deal: Option<DealId>,
    /// Base id of its attempts (see [`AttemptId::of_row`]).
    pub attempt: Option<AttemptId>,
    /// How many asks it stands for.
    pub asks: i64,
    /// Its prospect was forgotten: it is never corrected or re-created.
    pub forgotten: bool,
    /// The seller who brought it in for themselves; nobody when an administrator brought it in for
    /// all. The same row may have come both ways.
    pub seller: Option<PersonId>,
}

/// What a source's row became, and whose that is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The row.
    pub row: ImportRow,
    /// Whose attempt or deal it is.
    pub owner: Option<PersonId>,
    /// The name its attempt came in under.
    pub rep: Option<String>,
}

/// Stands in a key for nobody.
pub(super) const NOBODY: [u8; 16] = [0; 16];

/// Reads an id that stands in a key.
pub(super) fn somebody(id: [u8; 16]) -> Option<PersonId> {
    (id != NOBODY).then(|| PersonId::from_bytes(id))
}

/// Writes an id that stands in a key.
pub(super) fn in_key(id: Option<&PersonId>) -> Value<'_> {
    id.map_or(Value::from(&NOBODY), Value::from)
}

fn import_row(row: Row<'_>) -> Result<ImportRow> {
    Ok(ImportRow {
        identity: row.sixteen(0)?,
        content: row.sixteen(1)?,
        prospect: row.opt_sixteen(2)?.map(ProspectId::from_bytes),
        deal: row.opt_sixteen(3)?.map(DealId::from_bytes),
        attempt: row.opt_sixteen(4)?.map(AttemptId::from_bytes),
        asks: row.int(5)?,
        forgotten: row.bool(6)?,
        seller: somebody(row.sixteen(7)?),
    })
}

fn values(r: &ImportRow) -> Vec<Value<'_>> {
    vec![
        (&r.identity).into(),
        (&r.content).into(),
        r.prospect.as_ref().into(),
        r.deal.as_ref().into(),
        r.attempt.as_ref().into(),
        r.asks.into(),
        r.forgotten.into(),
        in_key(r.seller.as_ref()),
    ]
}

/// Remembers new rows, in the order of their key.
pub fn bulk(tx: &mut Tx<'_>, rows: &[ImportRow]) -> Result<()> {
    let mut rows: Vec<&ImportRow> = rows.iter().collect();
    rows.sort_unstable_by_key(|row| (row.identity, row.seller));
    tx.bulk(BULK, rows.into_iter().map(values))
}

/// Remembers how a known row was read this time.
pub fn update(tx: &mut Tx<'_>, row: &ImportRow) -> Result<()> {
    let mut values = values(row);
    values.remove(6);
    tx.exec(UPDATE_ROW, &values).map(drop)
}

/// Which of these rows are known, by whomever they were brought in.
pub fn known(tx: &mut Tx<'_>, identities: &[Hash]) -> Result<HashMap<Hash, Vec<Known>>> {
    let mut out: HashMap<Hash, Vec<Known>> = HashMap::with_capacity(identities.len());
    each_of(tx, KNOWN, identities, |row| {
        let known = Known {
            row: import_row(row)?,
            owner: row.opt_sixteen(8)?.map(PersonId::from_bytes),
            rep: row.opt_string(9)?,
        };
        let there = out.entry(known.row.identity).or_default();
        // A list of keys is filled up with its last one.
        if !there.contains(&known) {
            there.push(known);
        }
        Ok(())
    })?;
    Ok(out)
}

/// What an import did, or has done so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// Its id.
    pub id: ImportId,
    /// When it began, in microseconds UTC; of imports before schema 3, when it ended.
    pub at: i64,
    /// Who ran it.
    pub person: PersonId,
    /// Format it was read as.
    pub format: String,
    /// Rows, prospects, attempts, yes, open deals, duplicates, corrected, errors.
    pub counts: [i64; 8],
}

/// Keeps that an import began.
pub fn add_run(tx: &mut Tx<'_>, run: &ImportRun) -> Result<()> {
    let mut params: Vec<Value<'_>> = vec![
        (&run.id).into(),
        run.at.into(),
        (&run.person).into(),
        run.format.as_str().into(),
    ];
    params.extend(run.counts.iter().map(|n| Value::Int(*n)));
    tx.exec(INSERT_RUN, &params).map(drop)
}

/// Says how far an import came.
pub fn set_counts(tx: &mut Tx<'_>, id: ImportId, counts: &[i64; 8]) -> Result<()> {
    let mut params: Vec<Value<'_>> = vec![(&id).into()];
    params.extend(counts.iter().map(|n| Value::Int(*n)));
    tx.exec(SET_COUNTS, &params).map(drop)
}

fn run(row: Row<'_>) -> Result<ImportRun> {
    let mut counts = [0; 8];
    for (i, n) in counts.iter_mut().enumerate() {
        *n = row.int(4 + i)?;
    }
    Ok(ImportRun {
        id: ImportId::from_bytes(row.sixteen(0)?),
        at: row.int(1)?,
        person: PersonId::from_bytes(row.sixteen(2)?),
        format: row.text(3)?.to_owned(),
        counts,
    })
}

/// The latest imports, newest first.
pub fn runs(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<ImportRun>> {
    tx.all(RUNS, &[limit.into()], run)
}

/// One person's latest imports, newest first.
pub fn runs_of(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<ImportRun>> {
    tx.all(RUNS_OF, &[limit.into(), (&person).into()], run)
}
