//! A no is logged; so is everything else.

use app::ledger::{self, NewAttempt, WhoRef};
use app::{AppError, Kind, Who};
use askama::Template;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::{AttemptId, Outcome};

use crate::ctx::Ctx;
use crate::fault::{self, Fault};
use crate::fields::Fields;
use crate::guard::Wants;
use crate::me::Me;
use crate::pages::today;
use crate::reply::{self, Reply, Shell};
use crate::words;

/// POST /log. `outcome` and either `other` (a text) or `who` (an id, or `new` with `name`). A
/// client may add its own `id`, a `pitch`, and device time `at` and `zone`; and `workspace` and `person`, so
/// that what was kept for one person is never logged for another.
pub(crate) async fn log(me: Me, ctx: Ctx, wants: Wants, fields: Fields) -> Reply {
    for (name, own) in [
        ("workspace", ctx.app.workspace().id.clone()),
        ("person", me.id().to_string()),
    ] {
        if fields.opt(name).is_some_and(|given| given != own) {
            let message =
                "This was kept for somebody else who was signed in here, so it was not logged.";
            return Err(Fault::new(StatusCode::CONFLICT, message));
        }
    }
    let new = match read(&me, &fields) {
        Ok(new) => new,
        Err(fault) if wants.json => return Err(fault),
        Err(fault) => return today::again(me, ctx, &fields, &fault.message).await,
    };
    let (seller, outcome) = (me.0.clone(), new.outcome);
    let write = |new: NewAttempt| {
        let seller = seller.clone();
        ctx.app.write(move |act| ledger::log(act, &seller, new))
    };
    let mut answer = write(new.clone()).await;
    // Two tabs may send the same attempt at once; then the second finds it logged already.
    if new.id.is_some() && matches!(&answer, Err(error) if error.kind == Kind::Conflict) {
        answer = write(new).await;
    }
    let logged = match answer {
        Ok(logged) => logged,
        Err(error) if wants.json => return Err(error.into()),
        Err(error) if error.kind == Kind::Ambiguous => {
            return choose(&me, &ctx, &fields, outcome, error);
        }
        Err(error) if error.kind == Kind::Invalid => {
            return today::again(me, ctx, &fields, &error.message).await;
        }
        Err(error) => return Err(error.into()),
    };
    let id = logged.attempt.id;
    let next = if logged.attempt.outcome == Outcome::No {
        format!("/logged/{id}")
    } else {
        let back = logged
            .follow_up
            .and_then(|f| f.due.day(&f.zone))
            .map(|d| d.to_string());
        let mut pairs = vec![("done", id.to_string())];
        pairs.extend(back.map(|day| ("back", day)));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (*n, v.as_str())).collect();
        format!("/today?{}", words::query(&pairs))
    };
    if wants.json {
        let body = serde_json::json!({
            "id": id,
            "outcome": logged.attempt.outcome,
            "who": logged.who.name,
            "next": next,
            "repeated": logged.repeated,
        });
        return Ok(Json(body).into_response());
    }
    Ok(reply::see_other(&next))
}

fn read(me: &Me, fields: &Fields) -> Result<NewAttempt, Fault> {
    let outcome = fields.read::<Outcome>("outcome")?.ok_or_else(|| {
        Fault::invalid("Press what happened: no, no reply, not now, send info or yes.")
    })?;
    let mut new = NewAttempt::new(who(fields)?, outcome);
    new.id = fields.read::<AttemptId>("id")?;
    new.at = fields.when("at")?;
    new.pitch = fields.opt("pitch").map(str::to_owned);
    // A device may know zones this program does not; its own zone will do then.
    new.zone = Some(
        fields
            .zone("zone")
            .ok()
            .flatten()
            .unwrap_or_else(|| me.zone().clone()),
    );
    Ok(new)
}

fn who(fields: &Fields) -> Result<WhoRef, Fault> {
    match (fields.opt("other"), fields.opt("who")) {
        (Some(text), _) => Ok(WhoRef::Text(text.to_owned())),
        (None, Some("new")) => {
            let (name, company) = split(fields.get("name"));
            Ok(WhoRef::New { name, company })
        }
        (None, Some(_)) => fields
            .read("who")?
            .map(WhoRef::Id)
            .ok_or_else(|| Fault::invalid("Say who it was.")),
        (None, None) => Err(Fault::invalid(
            "Say who it was: a name, an address or a number.",
        )),
    }
}

/// `Ada Merrow, Whitlock Print` as name and company.
fn split(text: &str) -> (String, String) {
    let (name, company) = text.split_once(',').unwrap_or((text, ""));
    (name.trim().to_owned(), company.trim().to_owned())
}

#[derive(Template)]
#[template(path = "choose.html")]
struct Choose<'a> {
    shell: Shell<'a>,
    message: &'a str,
    candidates: &'a [Who],
    name: &'a str,
    outcome: &'static str,
    kept: Vec<(&'a str, &'a str)>,
}

/// Several people could be meant: one press decides, and what was pressed before is kept.
fn choose(me: &Me, ctx: &Ctx, fields: &Fields, outcome: Outcome, error: AppError) -> Reply {
    let mut kept: Vec<_> = fields
        .pairs()
        .filter(|(n, _)| matches!(*n, "id" | "at" | "zone" | "outcome" | "pitch"))
        .collect();
    kept.push(("name", fields.get("other")));
    let page = Choose {
        shell: Shell::new(ctx, me, "today", "Which one?"),
        message: &error.message,
        candidates: &error.candidates,
        name: fields.get("other"),
        outcome: outcome.label(),
        kept,
    };
    reply::page_with(fault::status_of(error.kind), &page)
}

/// POST /undo/{attempt}
pub(crate) async fn undo(me: Me, ctx: Ctx, Path(attempt): Path<String>) -> Reply {
    let id: AttemptId = attempt.parse().map_err(|_| Fault::not_found())?;
    ctx.app.write(move |act| ledger::undo(act, &me, id)).await?;
    Ok(reply::see_other(&format!("/today?undone={id}")))
}
