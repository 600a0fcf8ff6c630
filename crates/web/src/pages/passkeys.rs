//! Passkeys: what the script asks before and after the browser's own question, and the list of
//! one's own.

use app::passkeys::{self, Begun, Place};
use app::sign_in::WaysIn;
use app::{Member, Token};
use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ceremony::Ceremony::Passkey;
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::guard::Host;
use crate::me::{self, Anyone};
use crate::reply::{self, Reply, see_other};
use crate::visitor::From;
use crate::words;

/// Where one's own ways in are listed.
pub(crate) const MINE: &str = "/settings/sign-in";

/// A passkey as its owner sees it.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) about: String,
}

/// One's own passkeys, for `partials/passkey_mine.html`.
pub(crate) fn rows(ways: &WaysIn, me: &Member, now: Timestamp) -> Vec<Row> {
    let zone = me.zone();
    let day = |micros: i64| {
        let at = Timestamp::from_microsecond(micros).unwrap_or(now);
        words::day(zone.day_of(at), zone.day_of(now))
    };
    let keys = ways.passkeys.iter();
    keys.map(|(id, name, added, used)| Row {
        id: id.clone(),
        name: name.clone(),
        about: match used {
            Some(used) => format!("Added {}, last used {}", day(*added), day(*used)),
            None => format!("Added {}, not used yet", day(*added)),
        },
    })
    .collect()
}

/// Passkeys are bound to the name that the browser knows this page by.
fn place(ctx: &Ctx, host: &Host) -> Place {
    Place {
        name: ctx.site.name(&host.0),
        origin: ctx.site.origin(&host.0),
    }
}

fn begun(ctx: &Ctx, host: &Host, begun: Begun) -> Response {
    let mut response = Json(begun.options).into_response();
    Passkey.keep(ctx, host, Some(&begun.token), &mut response);
    response
}

/// Tells the script where to go, and has the browser keep nothing more of the ceremony.
fn done(ctx: &Ctx, host: &Host, place: &str, session: Option<&Token>) -> Response {
    let mut response = Json(json!({ "next": place })).into_response();
    Passkey.keep(ctx, host, None, &mut response);
    if let Some(cookie) = session.and_then(|token| me::cookie(ctx, host, Some(token))) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What the script sends: the name typed, and the browser's answer.
fn read(body: &Bytes) -> Result<(String, String), Fault> {
    let unreadable = || Fault::invalid("Your browser's answer did not arrive whole. Try again.");
    let sent: Value = serde_json::from_slice(body).map_err(|_| unreadable())?;
    let answer = sent.get("credential").ok_or_else(unreadable)?;
    let name = sent.get("name").and_then(Value::as_str).unwrap_or_default();
    Ok((name.to_owned(), answer.to_string()))
}

/// POST `/passkeys/begin`.
pub(crate) async fn begin(_me: Anyone, ctx: Ctx, host: Host, headers: HeaderMap) -> Reply {
    let place = place(&ctx, &host);
    let me = me::proved(&ctx, &headers, MINE).await?;
    let first = ctx
        .app
        .write(move |act| passkeys::begin_own(act, &me, &place))
        .await?;
    Ok(begun(&ctx, &host, first))
}

/// POST `/passkeys/finish`.
pub(crate) async fn finish(
    me: Anyone,
    ctx: Ctx,
    host: Host,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    let (name, answer) = read(&body)?;
    let (place, token) = (place(&ctx, &host), Passkey.token(&ctx, &headers));
    passkeys::finish_own(&ctx.app, me.0, &place, token, name, &answer).await?;
    Ok(done(&ctx, &host, &format!("{MINE}?saved=1"), None))
}

/// POST `/passkeys/remove` with `id`.
pub(crate) async fn remove(me: Anyone, ctx: Ctx, fields: Fields) -> Reply {
    let id = fields.get("id").to_owned();
    ctx.app
        .write(move |act| passkeys::remove(act, &me, &id))
        .await?;
    Ok(see_other(&format!("{MINE}?saved=1")))
}

/// POST `/enter/passkey/begin`.
pub(crate) async fn begin_entering(from: From, ctx: Ctx, host: Host) -> Reply {
    let place = place(&ctx, &host);
    let first = ctx
        .app
        .write(move |act| passkeys::begin_entering(act, &from.0, &place))
        .await?;
    Ok(begun(&ctx, &host, first))
}

/// POST `/enter/passkey/finish`.
pub(crate) async fn enter(
    from: From,
    ctx: Ctx,
    host: Host,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    let (_, answer) = read(&body)?;
    let (place, token) = (place(&ctx, &host), Passkey.token(&ctx, &headers));
    let before = me::session_token(&ctx, &headers);
    let (member, session) =
        passkeys::enter_by(&ctx.app, from.0, &place, token, &answer, before).await?;
    let home = reply::home(member.roles());
    Ok(done(&ctx, &host, home, Some(&session)))
}

fn link(text: &str) -> Result<Token, Fault> {
    text.parse().map_err(|()| Fault::not_found())
}

/// POST `/link/{token}/passkey/begin`.
pub(crate) async fn begin_by_link(
    from: From,
    ctx: Ctx,
    host: Host,
    Path(token): Path<String>,
) -> Reply {
    let place = place(&ctx, &host);
    let first = passkeys::begin_by_link(&ctx.app, from.0, link(&token)?, place).await?;
    Ok(begun(&ctx, &host, first))
}

/// POST `/link/{token}/passkey/finish`.
pub(crate) async fn finish_by_link(
    from: From,
    ctx: Ctx,
    host: Host,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    let (name, answer) = read(&body)?;
    let (place, ceremony) = (place(&ctx, &host), Passkey.token(&ctx, &headers));
    let link = link(&token)?;
    let before = me::session_token(&ctx, &headers);
    let (member, session) = passkeys::finish_by_link(
        &ctx.app, from.0, link, &place, ceremony, name, &answer, before,
    )
    .await?;
    let home = reply::home(member.roles());
    Ok(done(&ctx, &host, home, Some(&session)))
}
