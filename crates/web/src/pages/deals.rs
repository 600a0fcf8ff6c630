//! Deals of a prospect: opened, closed with the attempt that closed them, opened again.

use app::deals;
use app::ledger::{NewAttempt, WhoRef};
use axum::extract::Path;
use domain::{DealId, Money, Outcome, ProspectId, SaidBy};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::{Fields, sentence};
use crate::forms::{self, Read, Wrong};
use crate::me::Me;
use crate::pages::prospect::{self, Part, parsed};
use crate::reply::{Reply, see_other};

fn value(fields: &Fields) -> Read<Option<Money>> {
    fields
        .opt("value")
        .map(|text| {
            Money::parse(text, fields.get("currency"))
                .map_err(|e| Wrong::with("value", sentence(&e)))
        })
        .transpose()
}

/// POST `/prospects/{id}/deals`: opens one.
pub(crate) async fn open(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let id = parsed(&id)?;
    let value = match value(&fields) {
        Ok(value) => value,
        Err(wrong) => return prospect::again(&me, &ctx, id, &fields, Part::Deal, wrong).await,
    };
    let (seller, title) = (me.0.clone(), fields.get("title").to_owned());
    match ctx
        .app
        .write(move |act| deals::open(act, &seller, id, &title, value))
        .await
    {
        Ok(_) => Ok(see_other(&format!("/prospects/{id}?done=opened#deals"))),
        Err(error) => {
            let wrong = Wrong::of(error)?.among(&["title"]);
            prospect::again(&me, &ctx, id, &fields, Part::Deal, wrong).await
        }
    }
}

/// Where the deal's buttons stand.
fn page_of(fields: &Fields) -> Result<ProspectId, Fault> {
    fields
        .read("prospect")?
        .ok_or_else(|| Fault::invalid("It is not clear whose deal this is."))
}

fn closing(prospect: ProspectId, fields: &Fields) -> Read<NewAttempt> {
    let outcome = forms::word::<Outcome>(fields, "outcome")?
        .ok_or_else(|| Wrong::with("outcome", "Choose how it closed: yes, no or no reply."))?;
    let mut new = NewAttempt::new(WhoRef::Id(prospect), outcome);
    new.reason = fields.opt("reason").map(str::to_owned);
    new.said_by = new.reason.as_ref().map(|_| SaidBy::Prospect);
    new.words = fields.opt("words").map(str::to_owned);
    if let Some(said_by) = forms::word(fields, "said_by")? {
        new.said_by = Some(said_by);
    }
    Ok(new)
}

/// POST `/deals/{id}/close` with `outcome`, and `reason`, `said_by` and `words` where known.
pub(crate) async fn close(me: Me, ctx: Ctx, Path(deal): Path<String>, fields: Fields) -> Reply {
    let deal: DealId = deal.parse().map_err(|_| Fault::not_found())?;
    let prospect = page_of(&fields)?;
    let new = match closing(prospect, &fields) {
        Ok(new) => new,
        Err(wrong) => {
            let wrong = wrong.among(&[]);
            return prospect::again(&me, &ctx, prospect, &fields, Part::Deal, wrong).await;
        }
    };
    let seller = me.0.clone();
    match ctx
        .app
        .write(move |act| deals::close(act, &seller, deal, new))
        .await
    {
        Ok(logged) if logged.attempt.outcome == Outcome::No => {
            Ok(see_other(&format!("/logged/{}", logged.attempt.id)))
        }
        Ok(_) => Ok(see_other(&format!(
            "/prospects/{prospect}?done=closed#deals"
        ))),
        Err(error) => {
            let wrong = Wrong::of(error)?.among(&[]);
            prospect::again(&me, &ctx, prospect, &fields, Part::Deal, wrong).await
        }
    }
}

/// POST `/deals/{id}/reopen`.
pub(crate) async fn reopen(me: Me, ctx: Ctx, Path(deal): Path<String>, fields: Fields) -> Reply {
    let deal: DealId = deal.parse().map_err(|_| Fault::not_found())?;
    let prospect = page_of(&fields)?;
    ctx.app
        .write(move |act| deals::reopen(act, &me, deal))
        .await?;
    Ok(see_other(&format!(
        "/prospects/{prospect}?done=reopened#deals"
    )))
}
