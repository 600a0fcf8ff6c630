//! The person who asks.

use std::ops::Deref;

use app::{Seller, Token, session};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::guard::Host;

/// A signed-in person. Handlers of [`Access::Person`](crate::routes::Access::Person) take it as
/// their first argument, and cannot be put into the table of routes without it.
#[derive(Debug, Clone)]
pub(crate) struct Me(pub(crate) Seller);

impl Deref for Me {
    type Target = Seller;
    fn deref(&self) -> &Seller {
        &self.0
    }
}

impl FromRequestParts<Ctx> for Me {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Fault> {
        let token = session_token(ctx, &parts.headers);
        let (found, first_run) = ctx
            .app
            .read(move |act| {
                let found = match &token {
                    Some(token) => {
                        session::who(act, token)?.map(|(me, due)| (me, due, token.clone()))
                    }
                    None => None,
                };
                let first_run = found.is_none() && session::is_first_run(act)?;
                Ok((found, first_run))
            })
            .await?;
        let Some((me, touch_due, token)) = found else {
            return Err(Fault::enter(if first_run { "/welcome" } else { "/enter" }));
        };
        if touch_due {
            ctx.app
                .write(move |act| session::touch(act, &token))
                .await?;
        }
        Ok(Self(me))
    }
}

/// What the session cookie is called. The workspace is part of it, because cookies do not tell
/// ports apart: a made-up year beside the real one must not sign it out.
fn cookie_name(ctx: &Ctx, https: bool) -> String {
    let workspace = ctx.app.workspace().id.get(..8).unwrap_or_default();
    let prefix = if https { "__Host-" } else { "" };
    format!("{prefix}rebound-{workspace}")
}

/// The session's token, as the browser's cookie holds it.
pub(crate) fn session_token(ctx: &Ctx, headers: &HeaderMap) -> Option<Token> {
    let name = cookie_name(ctx, ctx.site.is_https(&Host::of(headers)));
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .and_then(|(_, value)| value.parse().ok())
}

/// The cookie that signs a browser in, or out when there is no token.
pub(crate) fn cookie(ctx: &Ctx, host: &Host, token: Option<&Token>) -> Option<HeaderValue> {
    let https = ctx.site.is_https(&host.0);
    let (value, age) = token.map_or((String::new(), 0), |t| (t.to_string(), 365 * 86_400));
    let secure = if https { "; Secure" } else { "" };
    let line = format!(
        "{}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}",
        cookie_name(ctx, https)
    );
    HeaderValue::from_str(&line).ok()
}
