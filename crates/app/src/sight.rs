//! Out of sight, and back: prospects whom only undone attempts know.
//!
//! A mistyped name makes a prospect. Undoing the attempt takes that prospect out of search, lists
//! and what an import recognises people by; the row stays, because the undone attempt names it.

use domain::{Attempt, AttemptId, Prospect, ProspectId};
use serde_json::{Value as Json, json};
use store::tables::matching::{self, MatchKeys};
use store::tables::{attempt, prospect};

use crate::joining::happened;
use crate::prospects::{get, refuse_forgotten};
use crate::{Act, Result, Seller};

/// Whether the prospect was written down by logging this attempt.
fn made_by(p: &Prospect, a: &Attempt) -> bool {
    a.source.kind.is_empty() && a.recorded_at == p.created_at
}

/// Takes a prospect out of sight when logging made them and nothing about them stands any more;
/// `undone` is the attempt that stood last. The transaction must be alone.
pub(crate) fn take_back(
    act: &mut Act<'_, '_>,
    me: &Seller,
    undone: AttemptId,
    id: ProspectId,
) -> Result<()> {
    let before = get(act, id)?;
    let kept = before.forgotten || before.taken_back || before.do_not_contact.is_some();
    if kept || prospect::uses(act.tx, id)? > 0 {
        return Ok(());
    }
    let logged = attempt::of_prospects(act.tx, &[id])?;
    if !logged.iter().any(|a| made_by(&before, a)) {
        return Ok(());
    }
    let after = Prospect {
        taken_back: true,
        ..before.clone()
    };
    store::derived::change_prospect(act.tx, &before, &after)?;
    matching::remove(act.tx, id)?;
    happened(
        act,
        Some(me.id()),
        "taken_back",
        id,
        json!({ "by": undone }),
    )
}

/// A prospect about whom something is to be written, which brings them back into sight.
///
/// # Errors
/// When there is no such prospect, or they were forgotten.
pub(crate) fn to_write_about(
    act: &mut Act<'_, '_>,
    me: &Seller,
    id: ProspectId,
) -> Result<Prospect> {
    let p = get(act, id)?;
    refuse_forgotten(&p)?;
    if !p.taken_back {
        return Ok(p);
    }
    let back = Prospect {
        taken_back: false,
        ..p.clone()
    };
    store::derived::change_prospect(act.tx, &p, &back)?;
    let keys = MatchKeys::of(
        &act.workspace.keyed,
        None,
        &back.name,
        &back.company,
        &back.email,
        &back.phone,
    );
    matching::add(act.tx, back.id, &keys)?;
    happened(act, Some(me.id()), "brought_back", id, Json::Null)?;
    Ok(back)
}
