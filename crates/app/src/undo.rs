//! Taking an attempt back, with what it set in motion.

use domain::{
    Attempt, AttemptId, DealId, DealState, FollowUpId, FollowUpState, Prospect, ProspectId,
};
use serde_json::json;
use store::tables::event::{self, Event};
use store::tables::{attempt, call_list, deal, follow_up, prospect};

use crate::ledger::{change, own, says_stop};
use crate::{Act, Result, Seller, deals, prospects, sight};

/// Undoes an attempt: it counts nowhere any more, and stays in the history. What it set in motion
/// is taken back, a name that was new with it among the rest. Undoing twice changes nothing more.
///
/// # Errors
/// When it is not one's own.
pub fn undo(act: &mut Act<'_, '_>, me: &Seller, id: AttemptId) -> Result<Attempt> {
    // Nobody may write about a prospect while it is found out whether anything else stands.
    act.tx.exclusive()?;
    let before = own(act, me, id)?;
    if before.voided {
        return Ok(before);
    }
    let voided = Attempt {
        voided: true,
        ..before.clone()
    };
    let after = change(act, Some(me), &before, voided, "voided")?;
    let root = prospects::root(act, before.prospect)?;
    let mut group = prospect::merged_into(act.tx, root)?;
    group.extend(prospect::get(act.tx, root)?);
    open_follow_ups(act, me, id, &group)?;
    if says_stop(&before.reasons) {
        contact_again(act, me, root)?;
    }
    if let Some(deal) = before.deal {
        open_deal(act, me, id, deal)?;
    }
    call_list::skip(act.tx, me.id(), root, 0)?;
    sight::take_back(act, me, id, before.prospect)?;
    Ok(after)
}

/// Whether a line of the history names this attempt as its cause.
fn is_by(line: &Event, id: AttemptId) -> bool {
    let cause = format!("\"by\":\"{id}\"");
    line.after
        .as_deref()
        .is_some_and(|json| json.contains(&cause))
}

/// Opens the follow-ups again that the attempt had done.
fn open_follow_ups(
    act: &mut Act<'_, '_>,
    me: &Seller,
    id: AttemptId,
    group: &[Prospect],
) -> Result<()> {
    for p in group {
        for line in event::of_prospect(act.tx, p.id)? {
            if line.kind != "follow_up_done" || !is_by(&line, id) {
                continue;
            }
            let found = follow_up::get(act.tx, FollowUpId::from_bytes(line.subject))?;
            let Some(mut done) = found.filter(|f| f.state == FollowUpState::Done) else {
                continue;
            };
            done.state = FollowUpState::Open;
            follow_up::update(act.tx, &done)?;
            act.record(
                Some(me.id()),
                "follow_up_reopened",
                done.id.as_bytes(),
                Some(done.prospect),
                None::<&()>,
                Some(&json!({ "undone": id })),
            )?;
        }
    }
    Ok(())
}

/// Lets a prospect be contacted again, unless another attempt says stop as well or somebody
/// marked them by hand.
fn contact_again(act: &mut Act<'_, '_>, me: &Seller, root: ProspectId) -> Result<()> {
    let said_again = attempt::of_prospects(act.tx, &[root])?
        .iter()
        .any(|a| !a.voided && says_stop(&a.reasons));
    let marked = event::of_subject(act.tx, root.as_bytes())?
        .into_iter()
        .rfind(|line| line.kind == "do_not_contact");
    let by_attempt = marked
        .and_then(|line| line.after)
        .is_some_and(|json| json.contains("\"by\":\""));
    if by_attempt && !said_again {
        prospects::clear_do_not_contact(act, me, root)?;
    }
    Ok(())
}

/// Opens the deal again that the attempt closed, unless more has happened to it since.
fn open_deal(act: &mut Act<'_, '_>, me: &Seller, id: AttemptId, deal: DealId) -> Result<()> {
    let last = event::of_subject(act.tx, deal.as_bytes())?.pop();
    let closed_by_it = last.is_some_and(|line| line.kind == "deal_closed" && is_by(&line, id));
    let Some(closed) = deal::get(act.tx, deal)?.filter(|_| closed_by_it) else {
        return Ok(());
    };
    let open = domain::Deal {
        state: DealState::Open,
        closed_at: None,
        ..closed.clone()
    };
    deals::change(act, Some(me.id()), &closed, &open, "deal_reopened", None)
}
