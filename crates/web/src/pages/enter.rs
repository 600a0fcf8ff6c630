//! Signing in on another browser, and signing out.

use app::session;
use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::guard::Host;
use crate::me::{self, Me};
use crate::pages::front::{signed_in, token_fault};
use crate::reply::{self, Bare, Reply, Shell};

#[derive(Template)]
#[template(path = "enter.html")]
struct Enter<'a> {
    shell: Bare<'a>,
    token_asked: bool,
    name: &'a str,
    fault: Option<&'a str>,
}

async fn form(ctx: &Ctx, host: &Host, fault: Option<&str>) -> Reply {
    let token_asked = ctx.site.asks_for_token(&host.0);
    let who = ctx
        .app
        .read(|act| {
            let first_run = session::is_first_run(act)?;
            Ok((first_run, session::local(act)?))
        })
        .await?;
    let (false, person) = who else {
        return Err(Fault::enter("/welcome"));
    };
    let page = Enter {
        shell: Bare::new(ctx, "Go on"),
        token_asked,
        // Elsewhere the name is shown to nobody who has not the token.
        name: person
            .as_ref()
            .filter(|_| !token_asked)
            .map_or("before", |p| p.name()),
        fault,
    };
    let status = if fault.is_some() {
        StatusCode::FORBIDDEN
    } else {
        StatusCode::OK
    };
    reply::page_with(status, &page)
}

/// GET /enter
pub(crate) async fn show(ctx: Ctx, host: Host) -> Reply {
    form(&ctx, &host, None).await
}

/// POST /enter
pub(crate) async fn go_on(ctx: Ctx, host: Host, headers: HeaderMap, fields: Fields) -> Reply {
    if ctx.site.asks_for_token(&host.0) && !ctx.site.is_token(fields.get("token")) {
        return form(&ctx, &host, Some(token_fault(&ctx))).await;
    }
    let agent = agent(&headers);
    let (_, token) = ctx
        .app
        .write(move |act| session::enter(act, &agent))
        .await?;
    signed_in(&ctx, &host, &token)
}

/// How the browser calls itself.
fn agent(headers: &HeaderMap) -> String {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok());
    agent.unwrap_or_default().to_owned()
}

#[derive(Template)]
#[template(path = "leave.html")]
struct Leave<'a> {
    shell: Shell<'a>,
}

/// GET /leave
pub(crate) async fn ask_to_leave(me: Me, ctx: Ctx) -> Reply {
    reply::page(&Leave {
        shell: Shell::new(&ctx, &me, "more", "Sign out"),
    })
}

/// POST /leave
pub(crate) async fn leave(_me: Me, ctx: Ctx, host: Host, headers: HeaderMap) -> Reply {
    if let Some(token) = me::session_token(&ctx, &headers) {
        ctx.app
            .write(move |act| session::leave(act, &token))
            .await?;
    }
    let mut response = reply::see_other("/enter");
    if let Some(cookie) = me::cookie(&ctx, &host, None) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
