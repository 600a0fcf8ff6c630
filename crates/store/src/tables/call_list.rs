//! The person's own call list, in their own order.

use domain::{PersonId, ProspectId};

use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    ADD = "INSERT INTO call_list (person, prospect, position, not_before) VALUES ($1, $2, $3, 0) ON CONFLICT (person, prospect) DO NOTHING";
    LAST = "SELECT COALESCE(MAX(position), 0) FROM call_list WHERE person = $1";
    NEXT = "SELECT p.root FROM call_list c JOIN prospect p ON p.id = c.prospect JOIN prospect r ON r.id = p.root WHERE c.person = $1 AND c.not_before <= $2 AND r.do_not_contact IS NULL AND r.forgotten = 0 ORDER BY c.position LIMIT $3";
    COUNT = "SELECT COUNT(DISTINCT r.id) FROM call_list c JOIN prospect p ON p.id = c.prospect JOIN prospect r ON r.id = p.root WHERE c.person = $1 AND c.not_before <= $2 AND r.do_not_contact IS NULL AND r.forgotten = 0";
    SKIP = "UPDATE call_list SET not_before = $3 WHERE person = $1 AND prospect IN (SELECT id FROM prospect WHERE root = $2)";
}

/// Puts a prospect at the end of the list, unless they are on it; says whether they were added.
pub fn add(tx: &mut Tx<'_>, person: PersonId, prospect: ProspectId) -> Result<bool> {
    let last = tx
        .first(LAST, &[(&person).into()], |r| r.int(0))?
        .unwrap_or(0);
    Ok(tx.exec(
        ADD,
        &[(&person).into(), (&prospect).into(), (last + 1).into()],
    )? == 1)
}

/// The next prospects in the person's own order, leaving out the skipped and do-not-contact.
pub fn next(tx: &mut Tx<'_>, person: PersonId, now: i64, limit: i64) -> Result<Vec<ProspectId>> {
    tx.all(NEXT, &[(&person).into(), now.into(), limit.into()], |r| {
        Ok(ProspectId::from_bytes(r.sixteen(0)?))
    })
}

/// How many on the list are up by now.
pub fn count(tx: &mut Tx<'_>, person: PersonId, now: i64) -> Result<i64> {
    Ok(tx
        .first(COUNT, &[(&person).into(), now.into()], |r| r.int(0))?
        .unwrap_or(0))
}

/// Leaves a prospect on the list but not before an instant (microseconds UTC).
pub fn skip(tx: &mut Tx<'_>, person: PersonId, root: ProspectId, until: i64) -> Result<()> {
    tx.exec(SKIP, &[(&person).into(), (&root).into(), until.into()])
        .map(drop)
}
