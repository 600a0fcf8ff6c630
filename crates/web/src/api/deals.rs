//! `/api/v1/deals`.

use app::ledger::{NewAttempt, WhoRef};
use app::{deals, directory};
use domain::{Channel, DealId, DealState, Outcome, ProspectId, Stage};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::attempts::{LoggedShown, More};
use crate::api::shapes::{Amount, DealShown, Id, Limit, Page, Short, Word, cursor, place};
use crate::api::takes::Body;
use crate::api::{Asked, Caller, Done, Nothing, Read, Ref, Sent, Write, read, write};
use crate::ctx::Ctx;

/// Which deals.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// That stand so; all when left out.
    state: Option<Word<DealState>>,
    /// How many at most.
    limit: Option<Limit>,
    /// Where the page before ended: its `next`.
    cursor: Option<String>,
}

/// GET: a page of one's own deals, newest first.
pub(crate) async fn list(
    me: Caller<Read>,
    ctx: Ctx,
    Asked(which): Asked<Which>,
) -> Done<Page<DealShown>> {
    read(&ctx, &me, move |act, me| {
        let state = which.state.map(|w| w.0);
        let text = format!("deals {}", state.map_or("", DealState::code));
        let after = place(act, &text, which.cursor.as_deref())?;
        let limit = Limit::or_usual(which.limit);
        let page = directory::deals(act, me, state, after.as_deref(), limit)?;
        let rows = page.rows.into_iter();
        Ok(Page {
            items: rows.map(|d| DealShown::new(d, me)).collect(),
            next: page.next.map(|place| cursor(act, &text, &place)),
        })
    })
    .await
}

/// A deal to open.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDeal {
    prospect: Id<ProspectId>,
    #[schemars(length(min = 1))]
    title: Short,
    value: Option<Amount>,
}

impl Body for NewDeal {}

/// POST: opens one.
pub(crate) async fn open(me: Caller<Write>, ctx: Ctx, sent: Sent<NewDeal>) -> Done<DealShown, 201> {
    let new = sent.body;
    write(&ctx, &me, sent.once, move |act, me| {
        let value = new.value.as_ref().map(Amount::read).transpose()?;
        let deal = deals::open(act, me, new.prospect.0, &new.title.0, value)?;
        Ok(DealShown::new(deal, me))
    })
    .await
}

/// The ask that closes a deal: a yes, a no or no reply.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloseDeal {
    outcome: Word<Closing>,
    /// Negotiation when left out.
    stage: Option<Word<Stage>>,
    /// As the last time with them when left out, else call.
    channel: Option<Word<Channel>>,
    #[serde(flatten)]
    more: More,
}

/// An outcome that closes a deal.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Closing {
    Yes,
    No,
    NoReply,
}

impl crate::api::shapes::List for Closing {
    const NAME: &'static str = "ClosingOutcome";
    fn codes() -> Vec<&'static str> {
        [Self::Yes, Self::No, Self::NoReply]
            .map(|c| c.outcome().code())
            .to_vec()
    }
}

impl Closing {
    const fn outcome(self) -> Outcome {
        match self {
            Self::Yes => Outcome::Yes,
            Self::No => Outcome::No,
            Self::NoReply => Outcome::NoReply,
        }
    }
}

impl Body for CloseDeal {}

/// POST: closes one; the closing ask is logged with it.
pub(crate) async fn close(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<DealId>,
    sent: Sent<CloseDeal>,
) -> Done<LoggedShown, 201> {
    let c = sent.body;
    write(&ctx, &me, sent.once, move |act, me| {
        let new = NewAttempt {
            stage: c.stage.map(|w| w.0),
            channel: c.channel.map(|w| w.0),
            // A deal without a prospect gets an unnamed one.
            ..c.more.about(WhoRef::Unnamed, c.outcome.0.outcome())?
        };
        let logged = deals::close(act, me, id, new)?;
        LoggedShown::of(act, me, logged)
    })
    .await
}

/// POST: opens a closed one again.
pub(crate) async fn reopen(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<DealId>,
    sent: Sent<Nothing>,
) -> Done<DealShown> {
    write(&ctx, &me, sent.once, move |act, me| {
        deals::reopen(act, me, id)?;
        Ok(DealShown::new(deals::get(act, me, id)?, me))
    })
    .await
}
