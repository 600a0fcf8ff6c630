//! Imports, and which row of which source became what.

use std::collections::HashMap;

use domain::{AttemptId, DealId, ImportId, PersonId, ProspectId};

use super::{each_of, sixty_four};
use crate::conn::Bulk;
use crate::keyed::Hash;
use crate::sql::{Sql, statements};
use crate::{Result, Row, Tx, Value};

statements! {
    INSERT_ROW = "INSERT INTO import_row (identity, content, prospect, deal, attempt, asks, forgotten) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    COPY_ROW = "COPY import_row (identity, content, prospect, deal, attempt, asks, forgotten) FROM STDIN BINARY";
    UPDATE_ROW = "UPDATE import_row SET content = $2, prospect = $3, deal = $4, attempt = $5, asks = $6 WHERE identity = $1";
    KNOWN = "SELECT identity, content, prospect, deal, attempt, asks, forgotten FROM import_row WHERE identity IN ", sixty_four!();
    INSERT_RUN = "INSERT INTO import_run (id, at, person, format, rows, prospects, attempts, yes, deals_open, duplicates, corrected, errors) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
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
    ]
}

/// Remembers new rows, in the order of their key.
pub fn bulk(tx: &mut Tx<'_>, rows: &[ImportRow]) -> Result<()> {
    let mut rows: Vec<&ImportRow> = rows.iter().collect();
    rows.sort_unstable_by_key(|row| row.identity);
    tx.bulk(BULK, rows.into_iter().map(values))
}

/// Remembers how a known row was read this time.
pub fn update(tx: &mut Tx<'_>, row: &ImportRow) -> Result<()> {
    tx.exec(UPDATE_ROW, &values(row)[..6]).map(drop)
}

/// Which of these rows are known.
pub fn known(tx: &mut Tx<'_>, identities: &[Hash]) -> Result<HashMap<Hash, ImportRow>> {
    let mut out = HashMap::with_capacity(identities.len());
    each_of(tx, KNOWN, identities, |row| {
        let row = import_row(row)?;
        out.insert(row.identity, row);
        Ok(())
    })?;
    Ok(out)
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// Its id.
    pub id: ImportId,
    /// When it ended, in microseconds UTC.
    pub at: i64,
    /// Who ran it.
    pub person: PersonId,
    /// Format it was read as.
    pub format: String,
    /// Rows, prospects, attempts, yes, open deals, duplicates, corrected, errors.
    pub counts: [i64; 8],
}

/// Keeps the summary of an import.
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
