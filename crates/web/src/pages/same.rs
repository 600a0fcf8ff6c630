//! Two prospects that are one, and two again; forgetting one.

use app::Who;
use app::prospects::{self, ProspectPage};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::ProspectId;
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::me::Me;
use crate::pages::find::says;
use crate::pages::prospect::parsed;
use crate::reply::{Reply, Shell, page, see_other};
use crate::words;

#[derive(Template)]
#[template(path = "merge.html")]
struct Merge<'a> {
    shell: Shell<'a>,
    id: String,
    name: String,
    typed: &'a str,
    searched: bool,
    found: Vec<(String, String)>,
    /// The one chosen: id and how lists name them.
    other: Option<(String, String)>,
    /// What tells the two apart: the one chosen first.
    both: Vec<Known>,
}

/// How somebody is reached, and when they were last asked.
struct Known {
    name: String,
    phone: String,
    email: String,
    last: String,
}

impl Known {
    fn of(page: &ProspectPage, me: &Me, today: Date) -> Self {
        let p = &page.prospect;
        let last = page.attempts.iter().find(|a| !a.voided);
        Self {
            name: says(&Who::from(p)),
            phone: p.phone.clone(),
            email: p.email.clone(),
            last: last.map_or("No attempt yet".into(), |a| {
                let day = a.when.day(me.zone());
                let on = day.map_or("no date".into(), |d| words::day(d, today));
                format!("Last attempt: {}, {on}", a.outcome.label().to_lowercase())
            }),
        }
    }
}

/// GET `/prospects/{id}/merge`: `q` searches, `with` asks to confirm.
pub(crate) async fn ask_merge(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let id = parsed(&id)?;
    let with: Option<ProspectId> = fields.read("with")?;
    let typed: String = fields.get("q").chars().take(200).collect();
    let (seller, text) = (me.0.clone(), typed.clone());
    let (own, found, other, pages) = ctx
        .app
        .read(move |act| {
            let own = prospects::page(act, &seller, id)?;
            let most = act.workspace.thresholds.merge_people;
            let found = match text.is_empty() {
                true => Vec::new(),
                false => prospects::find(act, &seller, &text, most)?,
            };
            let other = with.map(|id| prospects::who(act, id)).transpose()?;
            let pages = match &other {
                Some(other) => vec![prospects::page(act, &seller, other.id)?, own.clone()],
                None => Vec::new(),
            };
            Ok((own.prospect, found, other, pages))
        })
        .await?;
    if own.forgotten {
        return Err(gone());
    }
    let own = Who::from(&own);
    let today = me.zone().day_of(ctx.app.now());
    let pair = |w: &Who| (w.id.to_string(), says(w));
    page(&Merge {
        shell: Shell::new(&ctx, &me, "noes", "Merge with somebody"),
        id: own.id.to_string(),
        name: says(&own),
        searched: !typed.is_empty(),
        typed: &typed,
        found: found.iter().filter(|w| w.id != own.id).map(pair).collect(),
        other: other.as_ref().filter(|w| w.id != own.id).map(pair),
        both: pages.iter().map(|p| Known::of(p, &me, today)).collect(),
    })
}

/// POST `/prospects/{id}/merge` with `with`: the other shows as this one from now on.
pub(crate) async fn merge(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let into = parsed(&id)?;
    let from: ProspectId = fields
        .read("with")?
        .ok_or_else(|| Fault::invalid("Choose whom to merge with first."))?;
    ctx.app
        .write(move |act| prospects::merge(act, &me, from, into))
        .await?;
    Ok(see_other(&format!("/prospects/{into}?done=merged")))
}

/// POST `/prospects/{id}/unmerge`: this one stands for itself again.
pub(crate) async fn unmerge(me: Me, ctx: Ctx, Path(id): Path<String>) -> Reply {
    let id = parsed(&id)?;
    ctx.app
        .write(move |act| prospects::unmerge(act, &me, id))
        .await?;
    Ok(see_other(&format!("/prospects/{id}?done=unmerged")))
}

#[derive(Template)]
#[template(path = "forget.html")]
struct Forget<'a> {
    shell: Shell<'a>,
    id: String,
    name: String,
    attempts: String,
    merged: usize,
    left_alone: bool,
}

/// Neither can be done with somebody who was forgotten.
fn gone() -> Fault {
    Fault::new(StatusCode::CONFLICT, "This prospect was forgotten already.")
}

/// GET `/prospects/{id}/forget`: says exactly what goes and what stays.
pub(crate) async fn ask_forget(me: Me, ctx: Ctx, Path(id): Path<String>) -> Reply {
    let id = parsed(&id)?;
    let seller = me.0.clone();
    let all = ctx
        .app
        .read(move |act| prospects::page(act, &seller, id))
        .await?;
    if all.prospect.forgotten {
        return Err(gone());
    }
    page(&Forget {
        shell: Shell::new(&ctx, &me, "noes", "Forget this prospect"),
        id: all.prospect.id.to_string(),
        name: says(&Who::from(&all.prospect)),
        attempts: words::count(i64::try_from(all.attempts.len()).unwrap_or(0), "attempt"),
        merged: all
            .merged
            .iter()
            .filter(|p| p.id != all.prospect.id)
            .count(),
        left_alone: all.prospect.do_not_contact.is_some(),
    })
}

/// POST `/prospects/{id}/forget`. Blanking and cleaning the database's files takes a moment.
pub(crate) async fn forget(me: Me, ctx: Ctx, Path(id): Path<String>) -> Reply {
    let id = parsed(&id)?;
    let app = ctx.app.clone();
    tokio::task::spawn_blocking(move || prospects::forget(&app, &me, id))
        .await
        .map_err(|_| Fault::internal())??;
    Ok(see_other(&format!("/prospects/{id}?done=forgotten")))
}
