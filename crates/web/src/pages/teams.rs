//! Teams, for who looks after the installation.

use app::accounts;
use askama::Template;
use axum::http::StatusCode;
use domain::TeamId;

use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::forms::Wrong;
use crate::me::Admin;
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::words;

struct Row {
    id: TeamId,
    name: String,
    members: String,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "teams.html")]
struct Page<'a> {
    shell: Shell<'a>,
    saved: bool,
    rows: Vec<Row>,
    new: String,
    wrong: Wrong,
}

async fn page(me: &Admin, ctx: &Ctx, typed: &Fields, saved: bool, wrong: Wrong) -> Reply {
    let who = me.0.clone();
    let (teams, people) = ctx
        .app
        .read(move |act| Ok((accounts::teams(act, &who)?, accounts::all(act, &who)?)))
        .await?;
    let mine = typed.opt("id");
    let rows = teams
        .into_iter()
        .map(|team| {
            let members = people
                .iter()
                .filter(|a| a.team.as_ref().is_some_and(|(t, _)| t.id == team.id))
                .count();
            let this = wrong.any() && mine == Some(team.id.to_string().as_str());
            Row {
                id: team.id,
                name: if this {
                    typed.get("name").to_owned()
                } else {
                    team.name
                },
                members: match members {
                    1 => "1 person".to_owned(),
                    n => format!("{} people", words::number(i64::try_from(n).unwrap_or(0))),
                },
                wrong: wrong.at("name").filter(|_| this).map(str::to_owned),
            }
        })
        .collect();
    let status = match wrong.any() {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let about_new = mine.is_none();
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "people", "Teams"),
            saved,
            rows,
            new: if about_new {
                typed.get("name").to_owned()
            } else {
                String::new()
            },
            wrong: if about_new { wrong } else { Wrong::default() },
        },
    )
}

/// GET `/teams`.
pub(crate) async fn show(me: Admin, ctx: Ctx, fields: Fields) -> Reply {
    let saved = fields.has("saved");
    page(&me, &ctx, &Fields::default(), saved, Wrong::default()).await
}

/// POST `/teams` with `name`, and `id` to rename one.
pub(crate) async fn change(me: Admin, ctx: Ctx, fields: Fields) -> Reply {
    let (who, name) = (me.0.clone(), fields.get("name").to_owned());
    let id = fields.read::<TeamId>("id")?;
    let done = ctx.app.write(move |act| match id {
        Some(id) => accounts::rename_team(act, &who, id, &name),
        None => accounts::add_team(act, &who, &name).map(drop),
    });
    match done.await {
        Ok(()) => Ok(see_other("/teams?saved=1")),
        Err(error) => {
            let wrong = Wrong::of(error)?.among(&["name"]);
            page(&me, &ctx, &fields, false, wrong).await
        }
    }
}
