//! `rebound token add|list|end`.

use app::tokens::{self, Listed, Scope};
use app::{AppError, Kind, session};
use domain::{When, Zone};
use serde_json::{Value, json};

use crate::cli::{Global, TokenAct, TokenAdd};
use crate::{output, place, times};

pub(crate) fn run(global: &Global, what: TokenAct) -> Result<(), AppError> {
    match what {
        TokenAct::Add(new) => add(global, new),
        TokenAct::List => list(global),
        TokenAct::End { token } => end(global, token),
    }
}

fn add(global: &Global, new: TokenAdd) -> Result<(), AppError> {
    let app = place::open_or_begin(global)?;
    let me = place::me(&app, global)?;
    let scopes = if new.scope.is_empty() {
        vec![Scope::Read]
    } else {
        new.scope
    };
    let (proof, zone) = (session::proved_at_keyboard(&me), me.zone().clone());
    let (token, secret) =
        app.write_blocking(move |act| tokens::add(act, &proof, &new.name, &scopes, new.days))?;
    let mut shown = object(&token);
    shown["token"] = json!(secret.to_string());
    // The token alone on standard output, so that it can be piped to where it belongs.
    if !global.json {
        output::note(&format!(
            "{}: {}. Copy it now; it is shown this once.",
            token.name,
            facts(&token, &zone)
        ));
    }
    output::result(global.json, &shown, &format!("{secret}\n"))
}

fn list(global: &Global) -> Result<(), AppError> {
    let app = place::open_existing(global)?;
    let me = place::me(&app, global)?;
    let zone = me.zone().clone();
    let all = app.read_blocking(move |act| tokens::mine(act, &me))?;
    let object = json!({ "tokens": all.iter().map(object).collect::<Vec<_>>() });
    let mut text = String::new();
    for token in &all {
        text.push_str(&format!(
            "{}  {}: {}.\n",
            token.id,
            token.name,
            facts(token, &zone)
        ));
    }
    if all.is_empty() {
        text.push_str("There is no token. Make one with `rebound token add NAME`.\n");
    }
    output::result(global.json, &object, &text)
}

fn end(global: &Global, named: String) -> Result<(), AppError> {
    let app = place::open_existing(global)?;
    let me = place::me(&app, global)?;
    let ended = app.write_blocking(move |act| {
        let mut all = tokens::mine(act, &me)?;
        all.retain(|t| t.id == named || t.name == named);
        let token = match all.len() {
            0 => return Err(AppError::not_found("token")),
            1 => all.remove(0),
            n => {
                let message = format!("{n} tokens are called {named}.");
                return Err(AppError::new(Kind::Ambiguous, message)
                    .with_hint("Name it by its id; `rebound token list` shows them."));
            }
        };
        tokens::end(act, &me, &token.id)?;
        Ok(token)
    })?;
    let text = format!("{}: ended.\n", ended.name);
    output::result(global.json, &object(&ended), &text)
}

fn object(token: &Listed) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "scopes": token.scopes.iter().map(|s| s.code()).collect::<Vec<_>>(),
        "created": token.created.to_string(),
        "expires": token.expires.to_string(),
        "used": token.used.map(|at| at.to_string()),
        "over": token.over,
    })
}

fn facts(token: &Listed, zone: &Zone) -> String {
    let shown = |at| times::shown(When::Instant(at), zone);
    let scopes: Vec<&str> = token.scopes.iter().map(|s| s.code()).collect();
    let ends = if token.over { "ended" } else { "ends" };
    let used = token.used.map_or_else(
        || "never used".to_owned(),
        |at| format!("last used about {}", shown(at)),
    );
    format!(
        "{}, {ends} {}, {used}",
        scopes.join(" and "),
        shown(token.expires)
    )
}
