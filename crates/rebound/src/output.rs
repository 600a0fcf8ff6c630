//! What the program says: text for people, or exactly one JSON object.

use std::io::{self, IsTerminal, Write};

use app::{AppError, Kind, Who};
use domain::Attempt;
use serde_json::{Value, json};

/// Prints a result: the object, or the text.
pub(crate) fn result(as_json: bool, object: &Value, text: &str) -> Result<(), AppError> {
    let mut out = io::stdout().lock();
    let written = if as_json {
        writeln!(out, "{object}")
    } else {
        write!(out, "{text}")
    };
    match written {
        // Whoever read the beginning has what they wanted, as with `| head`.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(e) => Err(AppError::new(
            Kind::Busy,
            format!("Cannot write the answer: {e}."),
        )),
        Ok(()) => Ok(()),
    }
}

/// An attempt as every object shows it.
pub(crate) fn attempt(a: &Attempt, who: &Who) -> Value {
    let reason = a.reasons.leading();
    json!({
        "attempt": a.id,
        "prospect": who.id,
        "name": who.name,
        "company": who.company,
        "at": a.when.iso(),
        "zone": a.zone.name(),
        "outcome": a.outcome,
        "stage": a.stage,
        "channel": a.channel,
        "loss_kind": a.loss_kind,
        "reason": reason.map(|(code, _)| code),
        "said_by": reason.map(|(_, who)| who),
        "words": a.words,
    })
}

/// A number of things: `1 attempt`, `7 attempts`.
pub(crate) fn count(n: u64, what: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{n} {what}{ending}")
}

/// A remark for people, beside the result.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says what went wrong, and with which exit code to end.
pub(crate) fn error(as_json: bool, e: &AppError) -> u8 {
    if as_json {
        let object = json!({ "error": {
            "kind": kind(e.kind),
            "message": e.message,
            "hint": e.hint,
            "field": e.field,
            "candidates": e.candidates,
        }});
        let _ = writeln!(io::stdout().lock(), "{object}");
    }
    note(&format!("rebound: {}", e.message));
    if let Some(hint) = &e.hint {
        note(hint);
    }
    match e.kind {
        Kind::Internal => 1,
        Kind::Invalid => 2,
        Kind::NotFound => 3,
        Kind::Ambiguous => 4,
        Kind::Conflict | Kind::Refused => 5,
        Kind::Busy | Kind::TooOften => 6,
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "invalid",
        Kind::NotFound => "not_found",
        Kind::Ambiguous => "ambiguous",
        Kind::Conflict => "conflict",
        Kind::Refused => "refused",
        Kind::TooOften => "too_often",
        Kind::Busy => "busy",
        Kind::Internal => "internal",
    }
}

/// Whether there is somebody to ask.
pub(crate) fn can_ask(as_json: bool) -> bool {
    !as_json && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question and reads one line.
pub(crate) fn ask(question: &str) -> Option<String> {
    let mut err = io::stderr().lock();
    let _ = write!(err, "{question} ");
    let _ = err.flush();
    let mut line = String::new();
    io::stdin().read_line(&mut line).ok().filter(|n| *n > 0)?;
    Some(line.trim().to_owned())
}
