//! How likely the next ask of a prospect is to bring a yes.

use std::collections::HashMap;

use domain::{Channel, DealId, Outcome, ProspectId, Stage};
use evidence::{Evidence, Known};
use store::tables::call_list::Waiting;
use store::tables::evidence as kept;

use super::ask::{Numbering, key_of};
use crate::{Act, Result, Seller};

/// What the last ask of a prospect left behind.
struct Last {
    stage: Stage,
    channel: Channel,
    segment: Option<String>,
    outcome: Outcome,
    /// The last time that is known.
    at: Option<i64>,
}

/// The chance of a yes for the next ask of each, by what one's own asks so far have taught. The next
/// ask is taken to be as logging takes it: at the stage and by the way of the last one, for no deal.
pub(crate) fn chances(
    act: &mut Act<'_, '_>,
    me: &Seller,
    evidence: &Evidence,
    waiting: &[Waiting],
) -> Result<Vec<f64>> {
    let mut numbering = Numbering::default();
    let mut lasts: HashMap<ProspectId, Last> = HashMap::new();
    let roots: Vec<ProspectId> = waiting.iter().map(|one| one.root).collect();
    kept::asked(act.tx, me.id(), &roots, |ask| {
        let yes = ask.outcome == Outcome::Yes;
        numbering.number(Some(key_of(&ask.root)), key_of(&ask.deal), ask.ordinal, yes);
        let at = ask.at.or(lasts.get(&ask.root).and_then(|before| before.at));
        let last = Last {
            stage: ask.stage,
            channel: ask.channel,
            segment: ask.segment,
            outcome: ask.outcome,
            at,
        };
        lasts.insert(ask.root, last);
        Ok(())
    })?;
    let now = act.micros();
    let scorer = evidence.ranker().scorer();
    let chance = |one: &Waiting| {
        let last = lasts.get(&one.root);
        let own = one.segment.as_deref();
        let known = Known {
            stage: last.map_or(Stage::Opener, |last| last.stage),
            channel: last.map_or(Channel::Call, |last| last.channel),
            segment: own.or(last.and_then(|last| last.segment.as_deref())),
            number: numbering.number(
                Some(key_of(&one.root)),
                key_of(&None::<DealId>),
                None,
                false,
            ),
            before: last.map(|last| last.outcome),
            gap: last.and_then(|last| now.checked_sub(last.at?)),
        };
        scorer.chance(&known.features())
    };
    Ok(waiting.iter().map(chance).collect())
}
