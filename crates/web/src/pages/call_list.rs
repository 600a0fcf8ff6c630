//! Pasting a call list.

use app::call_list::{self, Pasted};
use app::{AppError, Kind};
use askama::Template;
use axum::http::StatusCode;

use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::forms::Wrong;
use crate::me::Me;
use crate::pages::find::says;
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::words;

/// People of the list that are named.
const NAMED: i64 = 20;

#[derive(Template)]
#[template(path = "call_list.html")]
struct Page<'a> {
    shell: Shell<'a>,
    /// What came of the last paste, a sentence each.
    came: Vec<String>,
    unclear: usize,
    typed: String,
    waiting: Vec<(String, String)>,
    more: i64,
    wrong: Wrong,
}

/// GET `/call-list`; `added`, `known` and `left` tell of the last paste.
pub(crate) async fn show(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let figure = |name| fields.get(name).parse().unwrap_or(0);
    let pasted = Pasted {
        added: figure("added"),
        known: figure("known"),
        left_alone: figure("left"),
        unclear: Vec::new(),
    };
    page(&me, &ctx, &pasted, String::new(), Wrong::default()).await
}

async fn page(me: &Me, ctx: &Ctx, pasted: &Pasted, typed: String, wrong: Wrong) -> Reply {
    let seller = me.0.clone();
    let (waiting, all) = ctx
        .app
        .read(move |act| call_list::waiting(act, &seller, NAMED))
        .await?;
    let status = if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let named = i64::try_from(waiting.len()).unwrap_or(0);
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "today", "Paste a call list"),
            came: came(pasted),
            unclear: pasted.unclear.len(),
            typed,
            waiting: waiting
                .iter()
                .map(|w| (w.id.to_string(), says(w)))
                .collect(),
            more: (all - named).max(0),
            wrong,
        },
    )
}

fn came(p: &Pasted) -> Vec<String> {
    let people = |n: usize| match n {
        1 => "1 person".to_owned(),
        n => format!(
            "{} people",
            words::number(i64::try_from(n).unwrap_or(i64::MAX))
        ),
    };
    let mut out = Vec::new();
    if p.added > 0 {
        out.push(format!("{} added to your list.", people(p.added)));
    }
    if p.known > 0 {
        out.push(format!("{} on it already.", people(p.known)));
    }
    if p.left_alone > 0 {
        out.push(format!(
            "{} left alone: they asked not to be contacted.",
            people(p.left_alone)
        ));
    }
    out
}

/// POST `/call-list` with `list`. Lines that could mean several people stay in the field.
pub(crate) async fn paste(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let (seller, list) = (me.0.clone(), fields.get("list").to_owned());
    match ctx
        .app
        .write(move |act| call_list::paste(act, &seller, &list))
        .await
    {
        Ok(pasted) if pasted.unclear.is_empty() => {
            let figure = |n: usize| n.to_string();
            let (added, known, left) = (
                figure(pasted.added),
                figure(pasted.known),
                figure(pasted.left_alone),
            );
            let query = words::query(&[("added", &added), ("known", &known), ("left", &left)]);
            Ok(see_other(&format!("/call-list?{query}")))
        }
        Ok(pasted) => {
            let typed = pasted.unclear.join("\n");
            page(&me, &ctx, &pasted, typed, Wrong::default()).await
        }
        Err(error) => again(&me, &ctx, &fields, error).await,
    }
}

async fn again(me: &Me, ctx: &Ctx, fields: &Fields, error: AppError) -> Reply {
    if error.kind != Kind::Invalid {
        return Err(error.into());
    }
    let wrong = Wrong::of(AppError {
        field: Some("list"),
        ..error
    })?;
    page(
        me,
        ctx,
        &Pasted::default(),
        fields.get("list").to_owned(),
        wrong,
    )
    .await
}
