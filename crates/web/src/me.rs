//! The person who asks.

use std::ops::Deref;

use app::{Administrator, Lead, Member, Proved, Seller, Token, session};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::guard::Host;
use crate::routes::{self, Access};

/// What a handler of the table of routes may begin with: a permission, and the access class it means.
/// The class of a route is read off its handler, so that there is no route without one.
pub(crate) trait Permission: FromRequestParts<Ctx> {
    /// Who may ask.
    const ACCESS: Access;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident($held:ty) is $access:ident by $from:ident, $without:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub(crate) struct $name(pub(crate) $held);

        impl Deref for $name {
            type Target = $held;
            fn deref(&self) -> &$held {
                &self.0
            }
        }

        impl Permission for $name {
            const ACCESS: Access = Access::$access;
        }

        impl FromRequestParts<Ctx> for $name {
            type Rejection = Fault;

            async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Fault> {
                let member = signed_in(parts, ctx).await?;
                member.$from().map(Self).ok_or_else(|| {
                    Fault::new(StatusCode::FORBIDDEN, $without)
                        .with_hint("An administrator can change what your account is for.")
                })
            }
        }
    )+};
}

permissions! {
    /// A seller, on their own ledger.
    Me(Seller) is Seller by seller, "This page is for people who sell.";
    /// A lead, with their team's counts.
    Leading(Lead) is Lead by lead, "This page is for people who lead a team.";
    /// An administrator.
    Admin(Administrator) is Administrator by administrator, "This page is for administrators.";
}

/// Anybody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Anyone(pub(crate) Member);

impl Deref for Anyone {
    type Target = Member;
    fn deref(&self) -> &Member {
        &self.0
    }
}

impl Permission for Anyone {
    const ACCESS: Access = Access::Member;
}

impl FromRequestParts<Ctx> for Anyone {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Fault> {
        signed_in(parts, ctx).await.map(Self)
    }
}

/// The signed-in person, once a request: the shell of a page and its handler may both ask.
async fn signed_in(parts: &mut Parts, ctx: &Ctx) -> Result<Member, Fault> {
    if let Some(member) = parts.extensions.get::<Member>() {
        return Ok(member.clone());
    }
    let token = session_token(ctx, &parts.headers);
    let (found, first_run) = ctx
        .app
        .read(move |act| {
            let found = match &token {
                Some(token) => session::who(act, token)?.map(|(me, due)| (me, due, token.clone())),
                None => None,
            };
            let first_run = found.is_none() && session::is_first_run(act)?;
            Ok((found, first_run))
        })
        .await?;
    let Some((me, touch_due, token)) = found else {
        if first_run {
            return Err(Fault::enter("/welcome"));
        }
        return Err(Fault {
            next: wanted(parts),
            ..Fault::enter("/enter")
        });
    };
    if touch_due {
        ctx.app
            .write(move |act| session::touch(act, &token))
            .await?;
    }
    parts.extensions.insert(me.clone());
    Ok(me)
}

/// The person of this browser, who showed a moment ago that it is they; else they sign in once more
/// and come back to this page of ours.
pub(crate) async fn proved(ctx: &Ctx, headers: &HeaderMap, back: &str) -> Result<Proved, Fault> {
    if_proved(ctx, headers)
        .await?
        .ok_or_else(|| Fault::again(back))
}

/// As [`proved`]; nothing when they signed in too long ago.
pub(crate) async fn if_proved(ctx: &Ctx, headers: &HeaderMap) -> Result<Option<Proved>, Fault> {
    let Some(token) = session_token(ctx, headers) else {
        return Ok(None);
    };
    let found = ctx.app.read(move |act| session::proved(act, &token));
    Ok(found.await?)
}

/// The page that was asked for, where signing in would not lead there anyway.
fn wanted(parts: &Parts) -> Option<String> {
    let place = parts.uri.path_and_query()?.as_str();
    let worth_it = parts.method == Method::GET && !matches!(place, "/today" | "/leave");
    (worth_it && routes::is_page(place)).then(|| place.to_owned())
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

/// The cookie that signs a browser in, or out when there is no token. It is kept for longer than any
/// session that is not used: how long one stands is decided where it is kept.
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
