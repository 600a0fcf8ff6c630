//! Two prospects known to be one, and taken apart again; prospects who are left alone.

use domain::{AttemptId, PersonId, Prospect, ProspectId};
use serde_json::{Value as Json, json};
use store::tables::prospect;

use crate::audit::Audited;
use crate::prospects::{get, refuse_forgotten, root};
use crate::{Act, AppError, Kind, Result, Seller, sight};

/// Appends what happened to a prospect to its history.
pub(crate) fn happened(
    act: &mut Act<'_, '_>,
    actor: Option<PersonId>,
    kind: &str,
    id: ProspectId,
    what: Json,
) -> Result<()> {
    let what = (!what.is_null()).then_some(&what);
    act.record(actor, kind, id.as_bytes(), Some(id), None::<&()>, what)?;
    Ok(())
}

/// Says that two prospects are one: `from` shows as `into` from now on. Can be taken back.
///
/// # Errors
/// When one of them is not there, was forgotten, or they are one already.
pub fn merge(act: &mut Act<'_, '_>, me: &Seller, from: ProspectId, into: ProspectId) -> Result<()> {
    act.tx.exclusive()?;
    let (from, into) = (root(act, from)?, root(act, into)?);
    if from == into {
        return Err(AppError::new(Kind::Conflict, "These two are one already."));
    }
    let mut moved = prospect::merged_into(act.tx, from)?;
    let mut first = sight::to_write_about(act, me, from)?;
    let target = sight::to_write_about(act, me, into)?;
    first.merged_into = Some(into);
    let stop = first.do_not_contact.is_some() && target.do_not_contact.is_none();
    moved.push(first);
    for p in moved {
        let after = Prospect {
            root: into,
            ..p.clone()
        };
        store::derived::change_prospect(act.tx, &p, &after)?;
    }
    let by = Some(me.id());
    happened(act, by, "merged", from, json!({ "into": into }))?;
    happened(act, by, "merged_with", into, json!({ "from": from }))?;
    act.audit(by, Audited::Merge, Some(from.as_bytes()), "merged")?;
    if stop {
        mark_do_not_contact(act, by, into, None)?;
    }
    Ok(())
}

/// Takes a merge back: the prospect stands for itself again, and for those merged into it before.
///
/// # Errors
/// When it is not merged.
pub fn unmerge(act: &mut Act<'_, '_>, me: &Seller, id: ProspectId) -> Result<()> {
    act.tx.exclusive()?;
    let mut apart = get(act, id)?;
    let Some(from) = apart.merged_into.take() else {
        return Err(AppError::new(
            Kind::Conflict,
            "This prospect is not merged with another.",
        ));
    };
    refuse_forgotten(&apart)?;
    let stood_for = get(act, apart.root)?;
    let group = prospect::merged_into(act.tx, apart.root)?;
    let before = apart.clone();
    apart.root = id;
    store::derived::change_prospect(act.tx, &before, &apart)?;
    // Those that came along through this one go with it.
    let mut mine = vec![id];
    loop {
        let more: Vec<Prospect> = group
            .iter()
            .filter(|p| p.merged_into.is_some_and(|m| mine.contains(&m)) && !mine.contains(&p.id))
            .cloned()
            .collect();
        if more.is_empty() {
            break;
        }
        for p in more {
            mine.push(p.id);
            let after = Prospect {
                root: id,
                ..p.clone()
            };
            store::derived::change_prospect(act.tx, &p, &after)?;
        }
    }
    happened(act, Some(me.id()), "unmerged", id, json!({ "from": from }))?;
    act.audit(
        Some(me.id()),
        Audited::Merge,
        Some(id.as_bytes()),
        "unmerged",
    )?;
    if stood_for.do_not_contact.is_some() {
        // Either may be the one who asked; both are left alone until somebody says otherwise.
        mark_do_not_contact(act, Some(me.id()), id, None)?;
    }
    Ok(())
}

/// Notes that somebody asked not to be contacted; `by` is the attempt that said so.
pub(crate) fn mark_do_not_contact(
    act: &mut Act<'_, '_>,
    actor: Option<PersonId>,
    id: ProspectId,
    by: Option<AttemptId>,
) -> Result<()> {
    let root = root(act, id)?;
    let mut p = get(act, root)?;
    if p.do_not_contact.is_none() {
        p.do_not_contact = Some(act.micros());
        prospect::update(act.tx, &p)?;
        happened(act, actor, "do_not_contact", root, json!({ "by": by }))?;
        act.audit(actor, Audited::DoNotContact, Some(root.as_bytes()), "on")?;
    }
    Ok(())
}

pub(crate) fn clear_do_not_contact(
    act: &mut Act<'_, '_>,
    me: &Seller,
    id: ProspectId,
) -> Result<()> {
    let root = root(act, id)?;
    let mut p = get(act, root)?;
    if p.do_not_contact.take().is_some() {
        prospect::update(act.tx, &p)?;
        happened(act, Some(me.id()), "contact_again", root, Json::Null)?;
        let by = Some(me.id());
        act.audit(by, Audited::DoNotContact, Some(root.as_bytes()), "off")?;
    }
    Ok(())
}

/// Notes or takes back that somebody asked not to be contacted.
///
/// # Errors
/// When there is no such prospect.
pub fn set_do_not_contact(
    act: &mut Act<'_, '_>,
    me: &Seller,
    id: ProspectId,
    stop: bool,
) -> Result<()> {
    sight::to_write_about(act, me, id)?;
    if stop {
        mark_do_not_contact(act, Some(me.id()), id, None)
    } else {
        clear_do_not_contact(act, me, id)
    }
}
