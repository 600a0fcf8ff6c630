//! One's own tokens of the API: made here and shown once, seen, ended.

use app::tokens::{self, Listed, Scope};
use app::{AppError, Kind};
use askama::Template;
use axum::http::{HeaderMap, StatusCode};

use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::forms::Wrong;
use crate::me::{self, Me};
use crate::pages::history::stamp;
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::words;

struct Line {
    id: String,
    name: String,
    may: &'static str,
    facts: String,
    over: bool,
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct Page<'a> {
    shell: Shell<'a>,
    lines: Vec<Line>,
    /// They signed in a moment ago, and may make one.
    proved: bool,
    /// The token just made: its name and its text, shown this once.
    made: Option<(String, String)>,
    ended: bool,
    name: String,
    /// Whether it may write.
    writes: bool,
    days: String,
    most_days: i64,
    wrong: Wrong,
}

/// GET `/settings/tokens`.
pub(crate) async fn show(me: Me, ctx: Ctx, headers: HeaderMap, fields: Fields) -> Reply {
    let ended = fields.has("ended");
    let proved = me::if_proved(&ctx, &headers).await?.is_some();
    let says = Says {
        proved,
        ended,
        ..Says::default()
    };
    page(&me, &ctx, &Fields::default(), says).await
}

/// What the page says besides the tokens there are.
#[derive(Default)]
struct Says {
    proved: bool,
    made: Option<(String, String)>,
    ended: bool,
    wrong: Wrong,
}

async fn page(me: &Me, ctx: &Ctx, typed: &Fields, says: Says) -> Reply {
    let Says {
        proved,
        made,
        ended,
        wrong,
    } = says;
    let seller = me.0.clone();
    let all = ctx.app.read(move |act| tokens::mine(act, &seller)).await?;
    let status = if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let t = ctx.app.thresholds();
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "settings", "API tokens"),
            lines: all.into_iter().map(|l| line(me, ctx, l)).collect(),
            proved,
            made,
            ended,
            name: typed.get("name").to_owned(),
            writes: typed.get("may") == "write",
            days: typed
                .opt("days")
                .map_or_else(|| t.token_days.to_string(), str::to_owned),
            most_days: t.token_most_days,
            wrong,
        },
    )
}

fn line(me: &Me, ctx: &Ctx, token: Listed) -> Line {
    let today = me.zone().day_of(ctx.app.now());
    let day = |at| words::day(me.zone().day_of(at), today);
    let used = token.used.map_or_else(
        || "never used".to_owned(),
        |at| format!("last used about {}", stamp(at, me.zone(), today)),
    );
    let ends = if token.over { "ended" } else { "ends" };
    Line {
        facts: format!(
            "Made {}, {ends} {}, {used}.",
            day(token.created),
            day(token.expires)
        ),
        may: match token.scopes.as_slice() {
            [Scope::Read] => "Reads",
            [Scope::Write] => "Writes",
            _ => "Reads and writes",
        },
        id: token.id,
        name: token.name,
        over: token.over,
    }
}

/// POST `/settings/tokens`: makes one, or ends one.
pub(crate) async fn change(me: Me, ctx: Ctx, headers: HeaderMap, fields: Fields) -> Reply {
    let seller = me.0.clone();
    if fields.get("do") == "end" {
        let id = fields.get("id").to_owned();
        ctx.app
            .write(move |act| tokens::end(act, &seller, &id))
            .await?;
        return Ok(see_other("/settings/tokens?ended=1"));
    }
    let proof = me::proved(&ctx, &headers, "/settings/tokens").await?;
    let says = |made, wrong| Says {
        proved: true,
        made,
        wrong,
        ended: false,
    };
    let days = match fields.opt("days").map(str::parse::<i64>) {
        None => None,
        Some(Ok(days)) => Some(days),
        Some(Err(_)) => {
            let wrong = Wrong::with("days", "Write a number of days.");
            return page(&me, &ctx, &fields, says(None, wrong)).await;
        }
    };
    let scopes: &'static [Scope] = match fields.get("may") {
        "write" => Scope::ALL,
        _ => &[Scope::Read],
    };
    let name = fields.get("name").to_owned();
    let made = ctx
        .app
        .write(move |act| tokens::add(act, &proof, &name, scopes, days))
        .await;
    match made.map_err(shown_on_top).map_err(Wrong::of) {
        // The text is in this answer only; loading the page again does not show it again.
        Ok((token, secret)) => {
            let made = Some((token.name, secret.to_string()));
            page(&me, &ctx, &Fields::default(), says(made, Wrong::default())).await
        }
        Err(Ok(wrong)) => page(&me, &ctx, &fields, says(None, wrong)).await,
        Err(Err(fault)) => Err(fault),
    }
}

/// Too many tokens is said above the form, not on a page of its own.
fn shown_on_top(error: AppError) -> AppError {
    match error.kind {
        Kind::Refused => AppError {
            kind: Kind::Invalid,
            ..error
        },
        _ => error,
    }
}
