//! An invitation, or a link to a new way in: handed over by an administrator, good for one person,
//! once.

use app::sign_in::{self, Invited};
use app::{AppError, Kind, Token};
use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::forms::Wrong;
use crate::guard::Host;
use crate::me;
use crate::pages::enter;
use crate::reply::{Bare, Reply, page_with};
use crate::visitor::From;

#[derive(Template)]
#[template(path = "link.html")]
struct Page<'a> {
    shell: Bare<'a>,
    who: &'a Invited,
    email: &'a str,
    least: usize,
    wrong: Wrong,
}

#[derive(Template)]
#[template(path = "link_gone.html")]
struct Gone<'a> {
    shell: Bare<'a>,
}

/// What whoever comes with a link that does not stand is told: used, run out, replaced or never made
/// alike.
fn gone(ctx: &Ctx) -> Reply {
    let shell = Bare::new(ctx, "This link no longer works");
    page_with(StatusCode::NOT_FOUND, &Gone { shell })
}

/// Reads the address' last part. One that is no token at all is answered as one nobody ever made.
fn token(text: &str) -> Token {
    text.parse().unwrap_or(Token::from_bytes([0; 32]))
}

fn page(ctx: &Ctx, who: &Invited, typed: &Fields, wrong: Wrong) -> Reply {
    let status = if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let title = if who.again { "A new way in" } else { "Welcome" };
    let page = Page {
        shell: Bare::new(ctx, title),
        who,
        email: typed.opt("email").unwrap_or(&who.email),
        least: ctx.app.thresholds().password_chars,
        wrong,
    };
    let mut response = page_with(status, &page)?;
    // The address is a secret: no page it leads to is told it.
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("strict-origin"),
    );
    Ok(response)
}

async fn invited(ctx: &Ctx, token: &Token) -> Result<Invited, AppError> {
    let token = token.clone();
    ctx.app.read(move |act| sign_in::invited(act, &token)).await
}

/// GET `/link/{token}`; changes nothing.
pub(crate) async fn show(ctx: Ctx, Path(text): Path<String>) -> Reply {
    match invited(&ctx, &token(&text)).await {
        Ok(who) => page(&ctx, &who, &Fields::default(), Wrong::default()),
        Err(e) if e.kind == Kind::NotFound => gone(&ctx),
        Err(e) => Err(e.into()),
    }
}

/// POST `/link/{token}` with `password`, and `email` where none is known.
pub(crate) async fn enter(
    ctx: Ctx,
    host: Host,
    from: From,
    Path(text): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Reply {
    let link = token(&text);
    let (email, password) = (fields.get("email"), fields.raw("password"));
    let before = me::session_token(&ctx, &headers);
    let entered = sign_in::by_link(
        &ctx.app,
        from.0,
        link.clone(),
        email.to_owned(),
        password.to_owned(),
        before,
    );
    match entered.await {
        Ok((member, token)) => enter::signed_in(&ctx, &host, &member, &token, None),
        Err(e) if e.kind == Kind::Invalid => {
            let wrong = Wrong::of(e)?.among(&["email", "password"]);
            let who = invited(&ctx, &link).await?;
            page(&ctx, &who, &fields, wrong)
        }
        Err(e) if e.kind == Kind::NotFound => gone(&ctx),
        Err(e) => Err(e.into()),
    }
}
