//! Coming in by another provider, and connecting it to one's own account.

use std::sync::Arc;

use app::provider::{self, Pending};
use app::{Proved, session};
use askama::Template;
use axum::http::{HeaderMap, StatusCode};

use crate::ceremony::Ceremony;
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::guard::Host;
use crate::me::{self, Anyone};
use crate::oidc::{Oidc, Refusal};
use crate::pages::enter;
use crate::pages::passkeys::MINE;
use crate::reply::{self, Bare, Reply, see_other};
use crate::visitor::From;

/// Where the provider sends people back to.
pub(crate) const BACK: &str = "/enter/provider/back";

fn configured(ctx: &Ctx) -> Result<Arc<Oidc>, Fault> {
    ctx.oidc.clone().ok_or_else(Fault::not_found)
}

/// Speaks with the provider, away from the threads that serve pages.
async fn speak<T: Send + 'static>(
    oidc: &Arc<Oidc>,
    f: impl FnOnce(&Oidc) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Fault> {
    let speaker = Arc::clone(oidc);
    let said = tokio::task::spawn_blocking(move || f(&speaker)).await;
    let refusal = match said {
        Ok(Ok(said)) => return Ok(said),
        Ok(Err(refusal)) => refusal,
        Err(_) => return Err(Fault::internal()),
    };
    let name = &oidc.provider.name;
    tracing::warn!(%refusal, "signing in by the provider failed");
    Err(match refusal {
        Refusal::Away(_) => Fault::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{name} cannot be reached just now."),
        )
        .with_hint("Try again in a minute, or come in another way."),
        Refusal::Wrong(_) => Fault::new(
            StatusCode::FORBIDDEN,
            format!("What {name} answered cannot be relied on, so nobody was signed in."),
        )
        .with_hint("Try once more. If it happens again, the log in the terminal says more."),
    })
}

#[derive(Template)]
#[template(path = "provider_go.html")]
struct Go<'a> {
    shell: Bare<'a>,
    name: &'a str,
    url: &'a str,
}

/// Sends somebody to the provider by a page of ours: browsers hold a redirect after a form against
/// `form-action 'self'`, and so they should.
async fn send(
    from: From,
    ctx: &Ctx,
    host: &Host,
    connects: Option<Proved>,
    fields: &Fields,
) -> Reply {
    let oidc = configured(ctx)?;
    // The provider sends people back to the public address, and a cookie stays with its name.
    let public = ctx.site.public_origin();
    if ctx.site.origin(&host.0) != public {
        return Err(Fault::new(
            StatusCode::FORBIDDEN,
            format!("{} sends people back to {public}.", oidc.provider.name),
        )
        .with_hint("Open Rebound there, and sign in."));
    }
    let now = ctx.app.now();
    // Who shows once more that it is they is asked there, too, however lately they were.
    let anew = fields
        .has("again")
        .then(|| ctx.app.thresholds().proof_minutes);
    let (url, mut pending) = speak(&oidc, move |oidc| oidc.begin(now, anew)).await?;
    pending.next = enter::wanted(fields).unwrap_or_default().to_owned();
    let token = ctx
        .app
        .write(move |act| provider::begin(act, &from.0, connects.as_ref(), &pending))
        .await?;
    let mut response = reply::page(&Go {
        shell: Bare::new(ctx, "Going on"),
        name: &oidc.provider.name,
        url: &url,
    })?;
    Ceremony::Provider.keep(ctx, host, Some(&token), &mut response);
    Ok(response)
}

/// POST `/enter/provider`, with `next` where a page was asked for before, and `again` where somebody
/// signed in shows once more that it is they.
pub(crate) async fn go(from: From, ctx: Ctx, host: Host, fields: Fields) -> Reply {
    send(from, &ctx, &host, None, &fields).await
}

/// POST `/provider/connect`.
pub(crate) async fn connect(
    _me: Anyone,
    from: From,
    ctx: Ctx,
    host: Host,
    headers: HeaderMap,
) -> Reply {
    let me = me::proved(&ctx, &headers, MINE).await?;
    send(from, &ctx, &host, Some(me), &Fields::default()).await
}

/// POST `/provider/disconnect`.
pub(crate) async fn disconnect(me: Anyone, ctx: Ctx) -> Reply {
    ctx.app
        .write(move |act| provider::disconnect(act, &me))
        .await?;
    Ok(see_other(&format!("{MINE}?saved=1")))
}

fn not_ours() -> Fault {
    Fault::new(
        StatusCode::FORBIDDEN,
        "This sign-in was not begun in this browser, or too long ago.",
    )
    .with_hint("Begin again on the sign-in page.")
}

/// Why a provider signs nobody in, in the words of OAuth 2.0 and OpenID Connect.
const SAID: [&str; 12] = [
    "none",
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_request",
    "invalid_scope",
    "login_required",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
];

/// The code with which the provider tells who came, after the answer was held against what was
/// asked.
fn code(pending: &Pending, oidc: &Oidc, fields: &Fields) -> Result<String, Fault> {
    // Of another provider's answer, or one to another sign-in, nothing is taken.
    let issuer = fields.opt("iss").unwrap_or(&pending.issuer);
    if fields.get("state") != pending.state
        || issuer != pending.issuer
        || pending.issuer != oidc.provider.issuer
    {
        return Err(not_ours());
    }
    match (fields.opt("code"), fields.opt("error")) {
        (Some(code), None) => Ok(code.to_owned()),
        (_, error) => {
            // What stands in the address may be anybody's words; the log gets the known ones.
            let error = error.unwrap_or("none");
            let error = SAID.iter().find(|e| **e == error).unwrap_or(&"another");
            tracing::info!(error, "the provider signed nobody in");
            Err(Fault::new(
                StatusCode::FORBIDDEN,
                format!("{} signed nobody in.", oidc.provider.name),
            )
            .with_hint("Try again, or come in another way."))
        }
    }
}

/// GET `/enter/provider/back`. The one GET that changes something: the protocol brings people back
/// by one. It cannot be had from elsewhere: it does something only in the browser that holds the
/// cookie of a sign-in under way, only with that sign-in's own state, and only once.
pub(crate) async fn back(
    from: From,
    ctx: Ctx,
    host: Host,
    headers: HeaderMap,
    fields: Fields,
) -> Reply {
    let oidc = configured(&ctx)?;
    let token = Ceremony::Provider.token(&ctx, &headers);
    let token = token.ok_or_else(not_ours)?;
    let under_way = ctx
        .app
        .write(move |act| provider::take(act, &token))
        .await?;
    let under_way = under_way.ok_or_else(not_ours)?;
    let now = ctx.app.now();
    let next = under_way.pending.next.clone();
    let claims = match code(&under_way.pending, &oidc, &fields) {
        Ok(code) => {
            let pending = under_way.pending;
            let anew = ctx.app.thresholds().proof_minutes;
            speak(&oidc, move |oidc| oidc.finish(now, code, &pending, anew)).await
        }
        Err(fault) => Err(fault),
    };
    let claims = match claims {
        Ok(claims) => claims,
        Err(fault) => {
            ctx.app.write(provider::failed).await?;
            return Err(fault);
        }
    };
    let before = me::session_token(&ctx, &headers);
    let mut response = match under_way.connects {
        None => {
            let roles = oidc.provider.roles.clone();
            let (member, session) =
                provider::come_in(&ctx.app, from.0, claims, roles, before).await?;
            let next = Some(next.as_str()).filter(|next| !next.is_empty());
            enter::signed_in(&ctx, &host, &member, &session, next)?
        }
        Some(whose) => {
            let here = before.ok_or_else(not_ours)?;
            ctx.app
                .write(move |act| {
                    let me = session::who(act, &here)?.map(|(me, _)| me);
                    match me.filter(|me| me.id() == whose) {
                        Some(me) => provider::connect(act, &me, &claims).map(Some),
                        None => Ok(None),
                    }
                })
                .await?
                .ok_or_else(not_ours)?;
            see_other(&format!("{MINE}?saved=1"))
        }
    };
    Ceremony::Provider.keep(&ctx, &host, None, &mut response);
    Ok(response)
}
