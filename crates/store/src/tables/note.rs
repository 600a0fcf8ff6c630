//! Notes about prospects.

use domain::{AttemptId, Note, NoteId, PersonId, ProspectId};

use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    INSERT = "INSERT INTO note (id, author, prospect, attempt, at, text) VALUES ($1, $2, $3, $4, $5, $6)";
    OF_PROSPECT = "SELECT n.id, n.author, n.prospect, n.attempt, n.at, n.text FROM note n JOIN prospect p ON p.id = n.prospect WHERE p.root = $1 ORDER BY n.at DESC, n.id DESC";
}

/// Adds a note.
pub fn insert(tx: &mut Tx<'_>, note: &Note) -> Result<()> {
    tx.exec(
        INSERT,
        &[
            (&note.id).into(),
            (&note.author).into(),
            (&note.prospect).into(),
            note.attempt.as_ref().into(),
            note.at.into(),
            note.text.as_str().into(),
        ],
    )
    .map(drop)
}

/// Notes about a prospect and those merged with them, newest first.
pub fn of_prospect(tx: &mut Tx<'_>, root: ProspectId) -> Result<Vec<Note>> {
    tx.all(OF_PROSPECT, &[(&root).into()], |row| {
        Ok(Note {
            id: NoteId::from_bytes(row.sixteen(0)?),
            author: PersonId::from_bytes(row.sixteen(1)?),
            prospect: ProspectId::from_bytes(row.sixteen(2)?),
            attempt: row.opt_sixteen(3)?.map(AttemptId::from_bytes),
            at: row.int(4)?,
            text: row.text(5)?.to_owned(),
        })
    })
}
