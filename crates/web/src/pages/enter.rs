//! Coming in, and leaving.

use app::sign_in::{self, Visitor};
use app::{AppError, Kind, Member, Token, session};
use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};

use crate::ctx::Ctx;
use crate::fault::{self, Fault};
use crate::fields::Fields;
use crate::guard::Host;
use crate::me::{self, Anyone};
use crate::pages::front::token_fault;
use crate::reply::{self, Bare, Reply, Shell};
use crate::routes;
use crate::visitor::From;

#[derive(Template)]
#[template(path = "enter.html")]
struct Enter<'a> {
    shell: Bare<'a>,
    /// Somebody is alone here and has set up no way in.
    alone: bool,
    token_asked: bool,
    name: &'a str,
    email: &'a str,
    next: &'a str,
    /// Somebody is signed in and shows once more that it is they.
    again: bool,
    fault: Option<&'a str>,
}

/// Why the last try did not let anybody in.
struct Refused {
    status: StatusCode,
    message: String,
    wait: Option<i64>,
}

/// The page; `fault` says why the last try did not let anybody in.
async fn form(ctx: &Ctx, host: &Host, fields: &Fields, fault: Option<Refused>) -> Reply {
    let who = ctx
        .app
        .read(|act| {
            let first_run = session::is_first_run(act)?;
            Ok((first_run, session::local(act)?))
        })
        .await?;
    let (false, alone) = who else {
        return Err(Fault::enter("/welcome"));
    };
    let token_asked = alone.is_some() && ctx.site.asks_for_token(&host.0);
    let page = Enter {
        shell: Bare::new(ctx, if alone.is_some() { "Go on" } else { "Sign in" }),
        again: fields.has("again"),
        token_asked,
        // Elsewhere the name is shown to nobody who has not the token.
        name: alone
            .as_ref()
            .filter(|_| !token_asked)
            .map_or("before", |p| p.name()),
        alone: alone.is_some(),
        email: fields.get("email"),
        next: wanted(fields).unwrap_or_default(),
        fault: fault.as_ref().map(|f| f.message.as_str()),
    };
    let status = fault.as_ref().map_or(StatusCode::OK, |f| f.status);
    let mut response = reply::page_with(status, &page)?;
    fault::say_when(response.headers_mut(), fault.and_then(|f| f.wait));
    Ok(response)
}

/// Where somebody wanted to go before they were asked who they are: a page of ours, or nothing.
pub(crate) fn wanted(fields: &Fields) -> Option<&str> {
    fields.opt("next").filter(|place| routes::is_page(place))
}

/// GET /enter, with `next` where a page was asked for before.
pub(crate) async fn show(ctx: Ctx, host: Host, fields: Fields) -> Reply {
    form(&ctx, &host, &fields, None).await
}

/// POST /enter: one press for who is alone here, `email` and `password` for everybody else.
pub(crate) async fn go_on(
    ctx: Ctx,
    host: Host,
    from: From,
    headers: HeaderMap,
    fields: Fields,
) -> Reply {
    let before = me::session_token(&ctx, &headers);
    let alone = ctx.app.read(session::local).await?.is_some();
    if alone && ctx.site.asks_for_token(&host.0) && !ctx.site.is_token(fields.get("token")) {
        let fault = Refused {
            status: StatusCode::FORBIDDEN,
            message: token_fault(&ctx).to_owned(),
            wait: None,
        };
        return form(&ctx, &host, &fields, Some(fault)).await;
    }
    let entered = if alone {
        by_press(&ctx, from.0, before).await
    } else {
        let (email, password) = (fields.get("email"), fields.raw("password"));
        sign_in::by_password(&ctx.app, from.0, email.into(), password.into(), before).await
    };
    match entered {
        Ok((member, token)) => signed_in(&ctx, &host, &member, &token, wanted(&fields)),
        Err(e) if matches!(e.kind, Kind::Refused | Kind::TooOften) => {
            let hint = e.hint.map_or_else(String::new, |hint| format!(" {hint}"));
            let fault = Refused {
                status: fault::status_of(e.kind),
                message: format!("{}{hint}", e.message),
                wait: e.wait,
            };
            form(&ctx, &host, &fields, Some(fault)).await
        }
        Err(e) => Err(e.into()),
    }
}

async fn by_press(
    ctx: &Ctx,
    visitor: Visitor,
    before: Option<Token>,
) -> Result<(Member, Token), AppError> {
    ctx.app
        .write(move |act| session::enter(act, &visitor.agent, before.as_ref()))
        .await
}

/// On with a session, to the page wanted or the person's first one.
pub(crate) fn signed_in(
    ctx: &Ctx,
    host: &Host,
    member: &Member,
    token: &Token,
    wanted: Option<&str>,
) -> Reply {
    let place = wanted.unwrap_or_else(|| reply::home(member.roles()));
    let mut response = reply::see_other(place);
    if let Some(cookie) = me::cookie(ctx, host, Some(token)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[derive(Template)]
#[template(path = "leave.html")]
struct Leave<'a> {
    shell: Shell<'a>,
}

/// GET /leave
pub(crate) async fn ask_to_leave(me: Anyone, ctx: Ctx) -> Reply {
    reply::page(&Leave {
        shell: Shell::new(&ctx, &me, "more", "Sign out"),
    })
}

/// POST /leave
pub(crate) async fn leave(_me: Anyone, ctx: Ctx, host: Host, headers: HeaderMap) -> Reply {
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
