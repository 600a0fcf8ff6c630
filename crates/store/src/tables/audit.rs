//! Who changed what about the installation. Appended only.

use domain::{AuditId, PersonId, ProspectId};

use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    ADD = "INSERT INTO audit (id, at, actor, act, subject, detail, via) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    NEWEST = "SELECT id, at, actor, act, subject, detail, via FROM audit ORDER BY at DESC, id DESC LIMIT $1";
    BEFORE = "SELECT id, at, actor, act, subject, detail, via FROM audit WHERE (at, id) < ((SELECT at FROM audit WHERE id = $1), $1) ORDER BY at DESC, id DESC LIMIT $2";
    EACH = "SELECT id, at, actor, act, subject, detail, via FROM audit ORDER BY at, id";
    EVER = "SELECT DISTINCT subject FROM audit WHERE act = 'roles' AND subject IS NOT NULL AND detail LIKE $1";
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
    /// By which way it came: empty for pages and programs, [`COMMAND_LINE`] for the keyboard.
    pub via: String,
}

/// What [`Line::via`] is for an act of the command line.
pub const COMMAND_LINE: &str = "command_line";

fn line(row: crate::Row<'_>) -> Result<Line> {
    Ok(Line {
        id: AuditId::from_bytes(row.sixteen(0)?),
        at: row.int(1)?,
        actor: row.opt_sixteen(2)?.map(PersonId::from_bytes),
        act: row.text(3)?.to_owned(),
        subject: row.opt_sixteen(4)?,
        detail: row.text(5)?.to_owned(),
        via: row.text(6)?.to_owned(),
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
        line.via.as_str().into(),
    ];
    tx.exec(ADD, &values).map(drop)
}

/// Lines before a line, newest first; without one, from the newest. What happened at the same time
/// stands in the order in which it was written.
pub fn before(tx: &mut Tx<'_>, before: Option<AuditId>, most: i64) -> Result<Vec<Line>> {
    match before {
        Some(before) => tx.all(BEFORE, &[(&before).into(), most.into()], line),
        None => tx.all(NEWEST, &[most.into()], line),
    }
}

/// Every line in order.
pub fn each(tx: &mut Tx<'_>, mut f: impl FnMut(Line) -> Result<()>) -> Result<()> {
    tx.each(EACH, &[], |row| f(line(row)?))
}

/// Everybody who was given a role, or from whom it was taken, by its code.
pub fn ever(tx: &mut Tx<'_>, role: &str) -> Result<Vec<PersonId>> {
    let named = format!("%{role}%");
    tx.all(EVER, &[named.as_str().into()], |row| {
        Ok(PersonId::from_bytes(row.sixteen(0)?))
    })
}

/// Blanks the details about a prospect who is forgotten.
pub fn blank(tx: &mut Tx<'_>, prospect: ProspectId) -> Result<()> {
    tx.exec(BLANK, &[(&prospect).into()]).map(drop)
}
