//! After a no.

use app::{labels, ledger, today};
use askama::Template;
use axum::extract::Path;
use domain::{Attempt, AttemptId, LabelKind, Outcome, SaidBy, Stage};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::me::Me;
use crate::pages::find::says;
use crate::reply::{self, Reply, Shell};
use crate::words;

#[derive(Template)]
#[template(path = "logged.html")]
struct Page<'a> {
    shell: Shell<'a>,
    id: AttemptId,
    saved: String,
    turned_down: String,
    words: Option<String>,
    facts: String,
    has_reason: bool,
    /// Code, what it says, chosen.
    voices: Vec<(&'static str, &'static str, bool)>,
    reasons: Vec<(String, String, bool)>,
    next: Option<String>,
}

/// GET /logged/{attempt}
pub(crate) async fn show(me: Me, ctx: Ctx, Path(attempt): Path<String>) -> Reply {
    let id: AttemptId = attempt.parse().map_err(|_| Fault::not_found())?;
    let seller = me.0.clone();
    let (history, reasons, pitches, next) = ctx
        .app
        .read(move |act| {
            let history = ledger::history(act, &seller, id)?;
            let reasons = labels::all(act, LabelKind::Reason)?;
            let pitches = labels::names(act, LabelKind::Pitch)?;
            Ok((history, reasons, pitches, today::page(act, &seller)?.next))
        })
        .await?;
    let a = &history.attempt;
    if a.voided {
        return Ok(reply::see_other(&format!("/today?undone={id}")));
    }
    if a.outcome != Outcome::No {
        return Ok(reply::see_other(&format!("/today?done={id}")));
    }
    let leading = a.reasons.leading();
    let label = |code: &str| {
        reasons
            .iter()
            .find(|l| l.code == code)
            .map_or(code.to_owned(), |l| l.label.clone())
    };
    let mut facts = match leading {
        Some((code, by)) => format!("{} Reason: {}, {}.", channel(a), label(code), voice(by)),
        None => channel(a).to_owned(),
    };
    if let Some(pitch) = a.pitch.as_ref().and_then(|code| pitches.get(code)) {
        facts = format!("{facts} Pitch: {pitch}.");
    }
    let said_by = leading.map_or(SaidBy::SellerGuess, |(_, by)| by);
    let saved_at = jiff::Timestamp::from_microsecond(a.recorded_at).unwrap_or_default();
    let page = Page {
        shell: Shell::new(&ctx, &me, "today", "Logged"),
        id,
        saved: format!(
            "{}, saved {}",
            says(&history.who),
            words::clock(saved_at, me.zone())
        ),
        turned_down: format!("What was turned down: {}.", ask(a.stage)),
        words: a.words.clone(),
        facts,
        has_reason: leading.is_some(),
        voices: [
            (SaidBy::Prospect, "They said"),
            (SaidBy::SellerGuess, "My guess"),
            (SaidBy::ThirdParty, "Somebody else said"),
        ]
        .into_iter()
        .map(|(by, text)| (by.code(), text, by == said_by))
        .collect(),
        reasons: reasons
            .iter()
            .filter(|l| !l.hidden)
            .map(|l| {
                let chosen = a.reasons.by(said_by) == Some(l.code.as_str());
                (l.code.clone(), l.label.clone(), chosen)
            })
            .collect(),
        next: next.map(|n| says(&app::Who::from(&n.prospect))),
    };
    reply::page(&page)
}

/// What was asked for, and therefore refused: the ask, not the person.
fn ask(stage: Stage) -> &'static str {
    match stage {
        Stage::Opener => "a first conversation",
        Stage::Discovery => "a talk about what they need",
        Stage::Demo => "a demo",
        Stage::Proposal => "a proposal",
        Stage::Negotiation => "these terms",
        Stage::Referral => "an introduction",
        Stage::Repeat => "another order",
        Stage::Renewal => "a renewal",
    }
}

fn channel(a: &Attempt) -> &'static str {
    use domain::Channel::{Call, Email, Meeting, Message, Other, Visit};
    match a.channel {
        Call => "By telephone.",
        Email => "By e-mail.",
        Meeting => "In a meeting.",
        Message => "By message.",
        Visit => "At their door.",
        Other => "Some other way.",
    }
}

fn voice(by: SaidBy) -> &'static str {
    match by {
        SaidBy::Prospect => "their word",
        SaidBy::SellerGuess => "your guess",
        SaidBy::ThirdParty => "somebody else’s word",
    }
}

/// POST /logged/{attempt}/reason with `reason` and `said_by`.
pub(crate) async fn reason(me: Me, ctx: Ctx, Path(attempt): Path<String>, fields: Fields) -> Reply {
    let id: AttemptId = attempt.parse().map_err(|_| Fault::not_found())?;
    let said_by = fields.read("said_by")?.unwrap_or(SaidBy::SellerGuess);
    let reason = fields.get("reason").to_owned();
    ctx.app
        .write(move |act| ledger::add_reason(act, &me, &[id], &reason, said_by, None))
        .await?;
    Ok(reply::see_other(&format!("/logged/{id}")))
}
