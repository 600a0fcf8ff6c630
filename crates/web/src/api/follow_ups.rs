//! `/api/v1/follow-ups`.

use app::{directory, follow_ups};
use domain::FollowUpId;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::shapes::{Day, FollowUpShown, Limit, Moment, Page, cursor, place};
use crate::api::takes::Body;
use crate::api::{Asked, Caller, Done, Nothing, Read, Ref, Sent, Write, read, write};
use crate::ctx::Ctx;

/// Which follow-ups.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// Due by this day; today when left out.
    until: Option<Day>,
    /// How many at most.
    limit: Option<Limit>,
    /// Where the page before ended: its `next`.
    cursor: Option<String>,
}

/// GET: a page of one's own open follow-ups that are due, earliest first.
pub(crate) async fn list(
    me: Caller<Read>,
    ctx: Ctx,
    Asked(which): Asked<Which>,
) -> Done<Page<FollowUpShown>> {
    read(&ctx, &me, move |act, me| {
        let until = which.until.map(|d| d.0);
        let text = format!(
            "follow-ups {}",
            until.map_or(String::new(), |d| d.to_string())
        );
        let after = place(act, &text, which.cursor.as_deref())?;
        let limit = Limit::or_usual(which.limit);
        let page = directory::follow_ups(act, me, until, after.as_deref(), limit)?;
        let mut items = Vec::with_capacity(page.rows.len());
        for f in page.rows {
            items.push(FollowUpShown::of(act, me, f)?);
        }
        Ok(Page {
            items,
            next: page.next.map(|place| cursor(act, &text, &place)),
        })
    })
    .await
}

/// POST: it was come back to.
pub(crate) async fn done(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<FollowUpId>,
    sent: Sent<Nothing>,
) -> Done<FollowUpShown> {
    write(&ctx, &me, sent.once, move |act, me| {
        follow_ups::done(act, me, id)?;
        let after = follow_ups::get(act, me, id)?;
        FollowUpShown::of(act, me, after)
    })
    .await
}

/// Another day.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveFollowUp {
    due: Moment,
}

impl Body for MoveFollowUp {}

/// POST: moves it to another day.
pub(crate) async fn move_to(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<FollowUpId>,
    sent: Sent<MoveFollowUp>,
) -> Done<FollowUpShown> {
    let due = sent.body.due.0;
    write(&ctx, &me, sent.once, move |act, me| {
        follow_ups::move_to(act, me, id, due)?;
        let after = follow_ups::get(act, me, id)?;
        FollowUpShown::of(act, me, after)
    })
    .await
}
