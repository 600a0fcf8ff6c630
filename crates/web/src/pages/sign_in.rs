//! One's own sign-in: the password, the other ways in, and the browsers one is signed in with.

use app::sign_in::{self, Typed, WaysIn};
use app::{Kind, Member, session};
use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::Wrong;
use crate::guard::Host;
use crate::me::{self, Anyone};
use crate::pages::enter::wanted;
use crate::pages::history::stamp;
use crate::pages::passkeys;
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::visitor::From;

/// A browser somebody is signed in with.
struct Browser {
    id: String,
    name: String,
    about: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    shell: Shell<'a>,
    saved: bool,
    ways: WaysIn,
    /// They signed in a moment ago, and may add a way in.
    proved: bool,
    passkeys: Vec<passkeys::Row>,
    email: String,
    least: usize,
    /// Where to go on once a password is set.
    next: &'a str,
    browsers: Vec<Browser>,
    wrong: Wrong,
}

/// How a browser is called: `Firefox on Linux`.
fn browser(agent: &str) -> String {
    let find = |table: &[(&str, &'static str)]| {
        let found = table.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    // Browsers name those they are like as well, so the telling ones come first.
    let name = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chromium", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "A browser".to_owned(),
    }
}

/// How somebody came in, behind what the browser is called.
pub(crate) fn by(way: &str) -> &'static str {
    match way {
        "password" => "by password",
        "passkey" => "by passkey",
        "oidc" | "oidc_asked" => "by another account",
        "link" => "by a link",
        _ => "on this computer",
    }
}

/// A session's hash as its page names it.
fn hash_of(text: &str) -> Option<[u8; 16]> {
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}

fn browsers(
    sessions: Vec<(session::Session, bool)>,
    me: &Member,
    agent: &str,
    now: Timestamp,
) -> Vec<Browser> {
    let today = me.zone().day_of(now);
    let time = |micros: i64| {
        let at = Timestamp::from_microsecond(micros).unwrap_or(now);
        stamp(at, me.zone(), today)
    };
    sessions
        .into_iter()
        .map(|(s, here)| Browser {
            id: format!("{:032x}", u128::from_be_bytes(s.hash)),
            name: browser(if here { agent } else { &s.agent }),
            about: match here {
                true => format!("Signed in {}, {}", by(&s.way), time(s.created_at)),
                false => format!(
                    "Last used about {}; signed in {}, {}",
                    time(s.seen_at),
                    by(&s.way),
                    time(s.created_at)
                ),
            },
            here,
        })
        .collect()
}

async fn page(
    me: &Anyone,
    ctx: &Ctx,
    headers: &HeaderMap,
    typed: &Fields,
    next: Option<&str>,
    saved: bool,
    wrong: Wrong,
) -> Reply {
    let here = me::session_token(ctx, headers).ok_or_else(|| Fault::enter("/enter"))?;
    let member = me.0.clone();
    let (ways, sessions) = ctx
        .app
        .read(move |act| {
            Ok((
                sign_in::mine(act, &member)?,
                session::mine(act, &member, &here)?,
            ))
        })
        .await?;
    let now = ctx.app.now();
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|a| a.to_str().ok()).unwrap_or_default();
    let status = if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "settings", "Sign-in"),
            saved,
            proved: me::if_proved(ctx, headers).await?.is_some(),
            passkeys: passkeys::rows(&ways, me, now),
            ways,
            email: typed.opt("email").unwrap_or(me.email()).to_owned(),
            least: ctx.app.thresholds().password_chars,
            next: next.unwrap_or_default(),
            browsers: browsers(sessions, me, agent, now),
            wrong,
        },
    )
}

/// GET `/settings/sign-in`, with `next` where somebody came to set a password first.
pub(crate) async fn show(me: Anyone, ctx: Ctx, headers: HeaderMap, fields: Fields) -> Reply {
    let saved = fields.has("saved");
    let next = wanted(&fields);
    let typed = Fields::default();
    page(&me, &ctx, &headers, &typed, next, saved, Wrong::default()).await
}

/// POST `/settings/password` with `password`, `present` where there is one, `email`, and `next` where
/// somebody came from elsewhere to set it; with `do=drop` the password is taken away.
pub(crate) async fn password(
    me: Anyone,
    ctx: Ctx,
    host: Host,
    from: From,
    headers: HeaderMap,
    fields: Fields,
) -> Reply {
    let here = me::session_token(&ctx, &headers).ok_or_else(|| Fault::enter("/enter"))?;
    let member = me.0.clone();
    let proof = me::if_proved(&ctx, &headers).await?;
    let done = if fields.get("do") == "drop" {
        ctx.app
            .write(move |act| sign_in::drop_password(act, &member))
            .await
            .map(|()| None)
    } else {
        let set = sign_in::set_password(
            &ctx.app,
            from.0,
            member,
            proof,
            here,
            Typed {
                present: fields.raw("present").to_owned(),
                email: fields.get("email").to_owned(),
                new: fields.raw("password").to_owned(),
            },
        );
        set.await.map(Some)
    };
    match done {
        Ok(session) => {
            let mut response = see_other(wanted(&fields).unwrap_or("/settings/sign-in?saved=1"));
            if let Some(cookie) = session.and_then(|token| me::cookie(&ctx, &host, Some(&token))) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(e) if e.kind == Kind::Invalid => {
            let wrong = Wrong::of(e)?.among(&["present", "email", "password"]);
            let next = wanted(&fields);
            page(&me, &ctx, &headers, &fields, next, false, wrong).await
        }
        Err(e) => Err(e.into()),
    }
}

/// POST `/settings/browsers` with `do` (`end`, `others`) and `id`.
pub(crate) async fn end(me: Anyone, ctx: Ctx, headers: HeaderMap, fields: Fields) -> Reply {
    let here = me::session_token(&ctx, &headers).ok_or_else(|| Fault::enter("/enter"))?;
    let hash = hash_of(fields.get("id"));
    let others = fields.get("do") == "others";
    ctx.app
        .write(move |act| {
            if others {
                return session::end_others(act, &me, &here).map(drop);
            }
            let hash = hash.ok_or_else(|| app::AppError::not_found("browser"))?;
            session::end_mine(act, &me, &hash)
        })
        .await?;
    Ok(see_other("/settings/sign-in?saved=1#browsers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/142.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                 Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("<script>", "A browser"),
            ("", "A browser"),
        ] {
            assert_eq!(browser(agent), name);
        }
    }
}
