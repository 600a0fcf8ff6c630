//! The program that asks: a token, and through it a seller.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Mutex;

use app::Seller;
use app::tokens::{self, Scope, Secret};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::api::Problem;
use crate::ctx::Ctx;
use crate::me::Permission;
use crate::routes::Access;

/// A seller, as far as a token's scope goes.
#[derive(Debug, Clone)]
pub(crate) struct Caller<S> {
    seller: Seller,
    scope: PhantomData<S>,
}

impl<S> Caller<S> {
    pub(crate) fn seller(&self) -> &Seller {
        &self.seller
    }
}

/// A scope as a type.
pub(crate) trait InScope: Send + Sync + 'static {
    /// The scope.
    const SCOPE: Scope;
}

/// May read.
#[derive(Debug, Clone)]
pub(crate) enum Read {}

/// May write.
#[derive(Debug, Clone)]
pub(crate) enum Write {}

impl InScope for Read {
    const SCOPE: Scope = Scope::Read;
}

impl InScope for Write {
    const SCOPE: Scope = Scope::Write;
}

impl<S: InScope> Permission for Caller<S> {
    const ACCESS: Access = Access::Api(S::SCOPE);
}

impl<S: InScope> FromRequestParts<Ctx> for Caller<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Problem> {
        let secret = bearer(&parts.headers)?;
        let found = ctx.app.read(move |act| tokens::who(act, &secret)).await?;
        let bearer = found.ok_or_else(|| {
            unauthorized(
                "This token does not stand: it is wrong, has ended, or its owner may not come in.",
                true,
            )
        })?;
        let now = ctx.app.now().as_second();
        if let Some(wait) = ctx
            .rate
            .take(bearer.id, now, ctx.app.thresholds().token_requests)
        {
            let problem = Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "This token asked more often in a minute than it may.",
            );
            return Err(problem.with_header(header::RETRY_AFTER, HeaderValue::from(wait)));
        }
        let scope = S::SCOPE;
        if !bearer.may(scope) {
            let detail = format!("This token has not the scope {}.", scope.code());
            let value = format!(
                "Bearer realm=\"rebound\", error=\"insufficient_scope\", scope=\"{}\"",
                scope.code()
            );
            let problem = Problem::new(StatusCode::FORBIDDEN, detail)
                .with_hint("Make a token that has it, under Settings, API tokens.");
            return Err(match HeaderValue::from_str(&value) {
                Ok(value) => problem.with_header(header::WWW_AUTHENTICATE, value),
                Err(_) => problem,
            });
        }
        let seller = bearer
            .seller(scope)
            .ok_or_else(app::session::not_a_seller)?;
        if bearer.note_due {
            ctx.app
                .write(move |act| tokens::used(act, &bearer.id))
                .await?;
        }
        Ok(Self {
            seller,
            scope: PhantomData,
        })
    }
}

/// The token of a request.
fn bearer(headers: &HeaderMap) -> Result<Secret, Problem> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(line), None) = (all.next(), all.next()) else {
        return Err(unauthorized(
            "Send a token: Authorization: Bearer rbt_….",
            false,
        ));
    };
    line.to_str()
        .ok()
        .and_then(|line| line.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, token)| token.trim().parse().ok())
        .ok_or_else(|| unauthorized("That is no token of this Rebound.", true))
}

fn unauthorized(detail: &str, given: bool) -> Problem {
    let how = if given {
        "Bearer realm=\"rebound\", error=\"invalid_token\""
    } else {
        "Bearer realm=\"rebound\""
    };
    Problem::new(StatusCode::UNAUTHORIZED, detail)
        .with_hint("Make one under Settings, API tokens, or with `rebound token add`.")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(how))
}

/// How often each token asked in this minute; each process counts for itself.
#[derive(Debug, Default)]
pub(crate) struct Rate(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    minute: i64,
    asked: HashMap<[u8; 16], u32>,
}

impl Rate {
    /// Counts a request; says how many seconds to wait when it is one too many.
    fn take(&self, token: [u8; 16], now: i64, most: u32) -> Option<i64> {
        let mut window = self.0.lock().unwrap_or_else(|e| e.into_inner());
        let minute = now.div_euclid(60);
        if window.minute != minute {
            *window = Window {
                minute,
                asked: HashMap::new(),
            };
        }
        let asked = window.asked.entry(token).or_default();
        *asked = asked.saturating_add(1);
        (*asked > most).then(|| 60 - now.rem_euclid(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_waits_for_the_next_minute_and_for_no_other_token() {
        let rate = Rate::default();
        for _ in 0..3 {
            assert_eq!(rate.take([1; 16], 120, 3), None);
        }
        assert_eq!(rate.take([1; 16], 125, 3), Some(55));
        assert_eq!(rate.take([2; 16], 125, 3), None);
        assert_eq!(rate.take([1; 16], 180, 3), None);
    }
}
