//! What can be done with something to come back to.

use app::follow_ups;
use axum::extract::Path;
use domain::{FollowUpId, When};
use jiff::ToSpan;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::me::Me;
use crate::reply::{self, Reply};

fn id(text: &str) -> Result<FollowUpId, Fault> {
    text.parse().map_err(|_| Fault::not_found())
}

/// POST /follow-ups/{id}/done
pub(crate) async fn done(me: Me, ctx: Ctx, Path(follow_up): Path<String>) -> Reply {
    let follow_up = id(&follow_up)?;
    ctx.app
        .write(move |act| follow_ups::done(act, &me, follow_up))
        .await?;
    Ok(reply::see_other("/today"))
}

/// POST /follow-ups/{id}/move with `days` from today, or the day `due`.
pub(crate) async fn move_to(
    me: Me,
    ctx: Ctx,
    Path(follow_up): Path<String>,
    fields: Fields,
) -> Reply {
    let follow_up = id(&follow_up)?;
    let today = me.zone().day_of(ctx.app.now());
    let day = match fields.read::<i64>("days")? {
        Some(days) => today
            .checked_add(days.clamp(0, 3_650).days())
            .map(When::Day)
            .ok(),
        None => fields.when("due")?,
    };
    let day = day.ok_or_else(|| {
        Fault::invalid("Choose the day to come back.").with_hint("Go back and pick one.")
    })?;
    ctx.app
        .write(move |act| follow_ups::move_to(act, &me, follow_up, day))
        .await?;
    Ok(reply::see_other("/today"))
}
