//! The person's own call list, in their own order.

use std::collections::HashSet;

use domain::{PersonId, ProspectId};

use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    ADD = "INSERT INTO call_list (person, prospect, position, not_before) VALUES ($1, $2, $3, 0) ON CONFLICT (person, prospect) DO NOTHING";
    LAST = "SELECT COALESCE(MAX(position), 0) FROM call_list WHERE person = $1";
    NEXT = "SELECT p.root FROM call_list c JOIN prospect p ON p.id = c.prospect JOIN prospect r ON r.id = p.root WHERE c.person = $1 AND c.not_before <= $2 AND r.do_not_contact IS NULL AND r.forgotten = 0 ORDER BY c.position LIMIT $3";
    WAITING = "SELECT r.id, r.segment FROM call_list c JOIN prospect p ON p.id = c.prospect JOIN prospect r ON r.id = p.root WHERE c.person = $1 AND c.not_before <= $2 AND r.do_not_contact IS NULL AND r.forgotten = 0 AND NOT EXISTS (SELECT 1 FROM prospect g JOIN follow_up f ON f.prospect = g.id WHERE g.root = r.id AND f.owner = $1 AND f.state NOT IN ('done', 'dropped') AND f.due > $3) ORDER BY c.position LIMIT $4";
    COUNT = "SELECT COUNT(*) FROM (SELECT DISTINCT r.id FROM call_list c JOIN prospect p ON p.id = c.prospect JOIN prospect r ON r.id = p.root WHERE c.person = $1 AND c.not_before <= $2 AND r.do_not_contact IS NULL AND r.forgotten = 0 LIMIT $3) AS up";
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

/// Somebody on the list who may be asked now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Who, or whom they were merged with.
    pub root: ProspectId,
    /// Their segment's code.
    pub segment: Option<String>,
}

/// The next prospects in the person's own order, each once, as [`next`] leaves out and also those
/// whom the person comes back to only after `today` (its end, in microseconds UTC).
pub fn waiting(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: i64,
    today: i64,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let params = [(&person).into(), now.into(), today.into(), limit.into()];
    let mut out: Vec<Waiting> = Vec::new();
    let mut seen = HashSet::new();
    // Several who were merged later may each stand on the list.
    tx.each(WAITING, &params, |row| {
        let root = ProspectId::from_bytes(row.sixteen(0)?);
        if seen.insert(root) {
            let segment = row.opt_string(1)?;
            out.push(Waiting { root, segment });
        }
        Ok(())
    })?;
    Ok(out)
}

/// How many on the list are up by now, counted no further than `most`.
pub fn count(tx: &mut Tx<'_>, person: PersonId, now: i64, most: i64) -> Result<i64> {
    let params = [(&person).into(), now.into(), most.into()];
    Ok(tx.first(COUNT, &params, |r| r.int(0))?.unwrap_or(0))
}

/// Leaves a prospect on the list but not before an instant (microseconds UTC).
pub fn skip(tx: &mut Tx<'_>, person: PersonId, root: ProspectId, until: i64) -> Result<()> {
    tx.exec(SKIP, &[(&person).into(), (&root).into(), until.into()])
        .map(drop)
}
