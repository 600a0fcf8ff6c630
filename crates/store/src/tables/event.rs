//! History: appended, read, never changed but by forgetting.

use domain::{EventId, PersonId, ProspectId};

use crate::sql::statements;
use crate::{Result, Row, Tx};

statements! {
    INSERT = "INSERT INTO event (id, at, actor, kind, subject, prospect, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    OF_SUBJECT = "SELECT id, at, actor, kind, subject, prospect, before, after FROM event WHERE subject = $1 ORDER BY id";
    OF_PROSPECT = "SELECT id, at, actor, kind, subject, prospect, before, after FROM event WHERE prospect = $1 ORDER BY id";
    REWRITE = "UPDATE event SET before = $2, after = $3 WHERE id = $1";
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id; later ones sort after earlier ones.
    pub id: EventId,
    /// When it was written, in microseconds UTC.
    pub at: i64,
    /// Who did it; nobody for what the program did by itself.
    pub actor: Option<PersonId>,
    /// What happened, such as `corrected`.
    pub kind: String,
    /// What it happened to: the id of an attempt, prospect, deal or follow-up.
    pub subject: [u8; 16],
    /// The prospect concerned, if one; forgetting them blanks this line's words.
    pub prospect: Option<ProspectId>,
    /// How it stood before, as JSON.
    pub before: Option<String>,
    /// How it stands after, as JSON.
    pub after: Option<String>,
}

fn event(row: Row<'_>) -> Result<Event> {
    Ok(Event {
        id: EventId::from_bytes(row.sixteen(0)?),
        at: row.int(1)?,
        actor: row.opt_sixteen(2)?.map(PersonId::from_bytes),
        kind: row.text(3)?.to_owned(),
        subject: row.sixteen(4)?,
        prospect: row.opt_sixteen(5)?.map(ProspectId::from_bytes),
        before: row.opt_string(6)?,
        after: row.opt_string(7)?,
    })
}

/// Appends a line.
pub fn append(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    tx.exec(
        INSERT,
        &[
            (&event.id).into(),
            event.at.into(),
            event.actor.as_ref().into(),
            event.kind.as_str().into(),
            (&event.subject).into(),
            event.prospect.as_ref().into(),
            event.before.as_deref().into(),
            event.after.as_deref().into(),
        ],
    )
    .map(drop)
}

/// What happened to one thing, oldest first.
pub fn of_subject(tx: &mut Tx<'_>, subject: &[u8; 16]) -> Result<Vec<Event>> {
    tx.all(OF_SUBJECT, &[subject.into()], event)
}

/// What happened around one prospect, oldest first.
pub fn of_prospect(tx: &mut Tx<'_>, prospect: ProspectId) -> Result<Vec<Event>> {
    tx.all(OF_PROSPECT, &[(&prospect).into()], event)
}

/// Replaces the words of a line; only forgetting does this.
pub(crate) fn rewrite(
    tx: &mut Tx<'_>,
    id: EventId,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<()> {
    tx.exec(REWRITE, &[(&id).into(), before.into(), after.into()])
        .map(drop)
}
