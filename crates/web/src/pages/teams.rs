//! Teams, for who looks after the installation.

use app::accounts;
use askama::Template;
use domain::{Team, TeamId};

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
    /// Nobody is in it, so that it may be closed.
    empty: bool,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "teams.html")]
struct Page<'a> {
    shell: Shell<'a>,
    saved: bool,
    rows: Vec<Row>,
    closed: Vec<Row>,
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
    let row = |team: Team| {
        let inside = people
            .iter()
            .filter(|a| a.team.as_ref().is_some_and(|(t, _)| t.id == team.id))
            .count();
        let this = wrong.any() && mine == Some(team.id.to_string().as_str());
        Row {
            id: team.id,
            name: match typed.opt("name").filter(|_| this) {
                Some(name) => name.to_owned(),
                None => team.name,
            },
            members: match inside {
                0 => "Nobody is in it.".to_owned(),
                1 => "1 person".to_owned(),
                n => format!("{} people", words::number(i64::try_from(n).unwrap_or(0))),
            },
            empty: inside == 0,
            wrong: wrong.at("name").filter(|_| this).map(str::to_owned),
        }
    };
    let (closed, open): (Vec<Team>, Vec<Team>) = teams.into_iter().partition(|t| t.closed);
    let (rows, closed) = (
        open.into_iter().map(row).collect(),
        closed.into_iter().map(row).collect(),
    );
    let status = wrong.status();
    let about_new = mine.is_none();
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "people", "Teams"),
            saved,
            rows,
            closed,
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

/// POST `/teams` with `name` of a new one; or with `id` and `do`: `rename` (`name`), `close`, `open`.
pub(crate) async fn change(me: Admin, ctx: Ctx, fields: Fields) -> Reply {
    let (who, name) = (me.0.clone(), fields.get("name").to_owned());
    let id = fields.read::<TeamId>("id")?;
    let what = fields.get("do").to_owned();
    let done = ctx.app.write(move |act| match (id, what.as_str()) {
        (None, _) => accounts::add_team(act, &who, &name).map(drop),
        (Some(id), "close") => accounts::close_team(act, &who, id, true),
        (Some(id), "open") => accounts::close_team(act, &who, id, false),
        (Some(id), _) => accounts::rename_team(act, &who, id, &name),
    });
    match done.await {
        Ok(()) => Ok(see_other("/teams?saved=1")),
        Err(error) => {
            let wrong = Wrong::or_refused(error)?.among_or(&[], "name");
            page(&me, &ctx, &fields, false, wrong).await
        }
    }
}
