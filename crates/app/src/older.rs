//! What an archive of an earlier schema lacks and is worked out from what it holds, after it was read.
//! Where the ledger stood, the migrations did the same.

use domain::{Person, PersonId, Role};
use store::tables::{audit, carried, person, setting};

use crate::claiming::CLAIMED_BY;
use crate::{Act, Result};

/// Brings what was read from an archive of this schema to the present one.
pub(crate) fn carry_over(act: &mut Act<'_, '_>, schema: i64) -> Result<()> {
    if schema < 2 {
        first_looks_after_it(act)?;
    }
    if schema < 3 {
        carried::to_third(act.tx)?;
        keep_claims(act)?;
        carried::months_to_third(act.tx)?;
    }
    Ok(())
}

/// In a ledger from before there were roles, one person had the whole installation.
fn first_looks_after_it(act: &mut Act<'_, '_>) -> Result<()> {
    let local = setting::get(act.tx, "local_person")?.and_then(|id| id.parse().ok());
    let first = match local {
        Some(id) => person::get(act.tx, id)?,
        None => person::all(act.tx)?.into_iter().next(),
    };
    if let Some(first) = first {
        let roles = first.roles.with(Role::Administrator);
        person::update(act.tx, &Person { roles, ..first })?;
    }
    Ok(())
}

/// Who claimed whose rows stood in the audit log alone.
fn keep_claims(act: &mut Act<'_, '_>) -> Result<()> {
    let mut claims: Vec<(PersonId, PersonId)> = Vec::new();
    audit::each(act.tx, |line| {
        let by = line.detail.strip_prefix(CLAIMED_BY);
        if let (Some(from), Some(by)) = (line.subject, by.and_then(|id| id.parse().ok())) {
            claims.push((PersonId::from_bytes(from), by));
        }
        Ok(())
    })?;
    for (from, by) in claims {
        let (Some(mut from), Some(mut to)) = (person::get(act.tx, from)?, person::get(act.tx, by)?)
        else {
            continue;
        };
        for name in from.rep_names.drain(..) {
            to.add_rep(&name);
        }
        from.claimed_by = Some(by);
        person::update(act.tx, &from)?;
        person::update(act.tx, &to)?;
    }
    Ok(())
}
