//! The front door, and the first run.

use app::session;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Role, Zone};

use crate::ctx::Ctx;
use crate::fault::{self, Fault};
use crate::fields::{Fields, sentence};
use crate::guard::Host;
use crate::me::Anyone;
use crate::pages::enter;
use crate::reply::{self, Bare, Reply, Shell};
use crate::{words, zones};

/// GET /
pub(crate) async fn go(me: Result<Anyone, Fault>) -> Response {
    reply::see_other(me.map_or("/today", |me| reply::home(me.roles())))
}

#[derive(Template)]
#[template(path = "start.html")]
struct Start<'a> {
    shell: Shell<'a>,
    /// What they are here as.
    as_what: Option<String>,
    /// Whether another page is theirs.
    elsewhere: bool,
}

/// GET /start: says what there is for somebody who has no page to work on, and no more than that.
pub(crate) async fn start(me: Anyone, ctx: Ctx) -> Reply {
    let as_what: Vec<String> = me
        .roles()
        .each()
        .map(|role| match role {
            Role::Administrator => "an administrator".to_owned(),
            role => format!("a {}", role.label().to_lowercase()),
        })
        .collect();
    reply::page(&Start {
        shell: Shell::new(&ctx, &me, "start", "Start"),
        as_what: words::listed(&as_what),
        elsewhere: reply::home(me.roles()) != "/start",
    })
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome<'a> {
    shell: Bare<'a>,
    zones: Vec<(String, Vec<String>)>,
    token_asked: bool,
    name: &'a str,
    zone: &'a str,
    zone_given: bool,
    fault: Option<&'a str>,
    field: &'a str,
}

/// Says where to go when somebody is here already: on, for who is signed in.
async fn only_first_run(ctx: &Ctx, me: &Result<Anyone, Fault>) -> Result<(), Fault> {
    match ctx.app.read(session::is_first_run).await? {
        true => Ok(()),
        false => Err(Fault::enter(
            me.as_ref().map_or("/enter", |me| reply::home(me.roles())),
        )),
    }
}

fn form(ctx: &Ctx, host: &Host, fields: &Fields, wrong: Option<(StatusCode, &str, &str)>) -> Reply {
    let zone = fields.opt("zone");
    let page = Welcome {
        shell: Bare::new(ctx, "Welcome"),
        zones: zones::by_region(),
        token_asked: ctx.site.asks_for_token(&host.0),
        name: fields.get("name"),
        zone: zone.unwrap_or("UTC"),
        zone_given: zone.is_some(),
        fault: wrong.map(|(_, _, message)| message),
        field: wrong.map_or("", |(_, field, _)| field),
    };
    reply::page_with(wrong.map_or(StatusCode::OK, |w| w.0), &page)
}

/// GET /welcome
pub(crate) async fn welcome(me: Result<Anyone, Fault>, ctx: Ctx, host: Host) -> Reply {
    only_first_run(&ctx, &me).await?;
    form(&ctx, &host, &Fields::default(), None)
}

/// What to say when the token was not the one.
pub(crate) fn token_fault(ctx: &Ctx) -> &'static str {
    if ctx.site.has_token() {
        "That is not the token. Copy the line from the terminal in which Rebound was started last."
    } else {
        "This Rebound was started without a token, so it can only be opened on its own computer."
    }
}

/// POST /welcome
pub(crate) async fn begin(
    me: Result<Anyone, Fault>,
    ctx: Ctx,
    host: Host,
    fields: Fields,
) -> Reply {
    only_first_run(&ctx, &me).await?;
    let wrong =
        |status, field, message: &str| form(&ctx, &host, &fields, Some((status, field, message)));
    if ctx.site.asks_for_token(&host.0) && !ctx.site.is_token(fields.get("token")) {
        return wrong(StatusCode::FORBIDDEN, "token", token_fault(&ctx));
    }
    let zone = match Zone::new(fields.opt("zone").unwrap_or("UTC")) {
        Ok(zone) => zone,
        Err(e) => return wrong(StatusCode::UNPROCESSABLE_ENTITY, "zone", &sentence(&e)),
    };
    let name = fields.get("name").to_owned();
    match ctx
        .app
        .write(move |act| session::first_run(act, &name, zone))
        .await
    {
        Ok((member, token)) => enter::signed_in(&ctx, &host, &member, &token, None),
        Err(e) if e.field.is_some() => wrong(
            fault::status_of(e.kind),
            e.field.unwrap_or_default(),
            &e.message,
        ),
        Err(e) => Err(e.into()),
    }
}
