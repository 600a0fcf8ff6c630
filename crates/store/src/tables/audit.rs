//! Who changed what about the installation. Appended only.

use domain::{AuditId, PersonId, ProspectId};

use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    ADD = "INSERT INTO audit (id, at, actor, act, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)";
    BEFORE = "SELECT id, at, actor, act, subject, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2";
    EACH = "SELECT id, at, actor, act, subject, detail FROM audit ORDER BY id";
    BLANK = "UPDATE audit SET detail = '' WHERE subject = $1";
}

/// One line: ids and codes, never names or words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id; later ones sort after earlier ones.
    pub id: AuditId,
    /// When, in microseconds UTC.
    pub at: i64,
    /// Who did it; nobody for the program itself or an unknown visitor.
    pub actor: Option<PersonId>,
    /// What was done, as a stable code such as `sign_in`.
    pub act: String,
    /// To whom or what.
    pub subject: Option<[u8; 16]>,
    /// Codes that say more, or empty.
    pub detail: String,
}

fn line(row: crate::Row<'_>) -> Result<Line> {
    Ok(Line {
        id: AuditId::from_bytes(row.sixteen(0)?),
        at: row.int(1)?,
        actor: row.opt_sixteen(2)?.map(PersonId::from_bytes),
        act: row.text(3)?.to_owned(),
        subject: row.opt_sixteen(4)?,
        detail: row.text(5)?.to_owned(),
    })
}

/// Appends a line.
pub fn append(tx: &mut Tx<'_>, line: &Line) -> Result<()> {
    let values = [
        (&line.id).into(),
        line.at.into(),
        line.actor.as_ref().into(),
        line.act.as_str().into(),
        line.subject.as_ref().into(),
        line.detail.as_str().into(),
    ];
    tx.exec(ADD, &values).map(drop)
}

/// Lines before an id, newest first; without one, from the newest.
pub fn before(tx: &mut Tx<'_>, before: Option<AuditId>, most: i64) -> Result<Vec<Line>> {
    let before = before.unwrap_or(AuditId::from_bytes([255; 16]));
    tx.all(BEFORE, &[(&before).into(), most.into()], line)
}

/// Every line in order.
pub fn each(tx: &mut Tx<'_>, mut f: impl FnMut(Line) -> Result<()>) -> Result<()> {
    tx.each(EACH, &[], |row| f(line(row)?))
}

/// Blanks the details about a prospect who is forgotten.
pub fn blank(tx: &mut Tx<'_>, prospect: ProspectId) -> Result<()> {
    tx.exec(BLANK, &[(&prospect).into()]).map(drop)
}
