//! One attempt: what it was, why, what happened to it since; corrected here.

use std::collections::HashMap;

use app::ledger::{self, Correction, History};
use app::{follow_ups, labels};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::{Attempt, AttemptId, FollowUp, Label, LabelKind, PersonId, When, Zone};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::Wrong;
use crate::me::Me;
use crate::pages::attempt_form::{Form, changes};
use crate::pages::coming::Coming;
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::words;

struct Line {
    at: String,
    what: String,
}

#[derive(Template)]
#[template(path = "attempt.html")]
struct Page<'a> {
    shell: Shell<'a>,
    id: String,
    who: String,
    company: String,
    who_id: String,
    mark: &'static str,
    outcome: &'static str,
    facts: String,
    value: Option<String>,
    voided: bool,
    saved: bool,
    form: Form,
    /// The attempt's own zone, where it is not the person's: day and time are edited in it.
    elsewhere: Option<String>,
    segments: Vec<String>,
    pitches: Vec<String>,
    coming: Coming,
    left_alone: bool,
    /// Nothing can be written about them any more.
    forgotten: bool,
    lines: Vec<Line>,
    wrong: Wrong,
}

/// Which form of the page something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The attempt itself.
    Attempt,
    /// What is to be come back to.
    Coming,
}

/// Everything the page is made of.
struct Whole {
    history: History,
    open: (Vec<FollowUp>, HashMap<PersonId, String>),
    reasons: Vec<Label>,
    segments: Vec<Label>,
    pitches: Vec<Label>,
}

async fn read(me: &Me, ctx: &Ctx, id: AttemptId) -> Result<Whole, Fault> {
    let seller = me.0.clone();
    let all = ctx.app.read(move |act| {
        let history = ledger::history(act, &seller, id)?;
        Ok(Whole {
            open: follow_ups::open_with(act, &seller, history.who.id)?,
            reasons: labels::all(act, LabelKind::Reason)?,
            segments: labels::all(act, LabelKind::Segment)?,
            pitches: labels::all(act, LabelKind::Pitch)?,
            history,
        })
    });
    Ok(all.await?)
}

/// GET `/attempts/{id}`.
pub(crate) async fn show(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let all = read(&me, &ctx, parsed(&id)?).await?;
    page(
        &me,
        &ctx,
        all,
        &Fields::default(),
        fields.has("saved"),
        None,
    )
}

/// The page with what was typed and what is wrong about it.
pub(crate) async fn again(
    me: &Me,
    ctx: &Ctx,
    id: AttemptId,
    fields: &Fields,
    part: Part,
    wrong: Wrong,
) -> Reply {
    let all = read(me, ctx, id).await?;
    page(me, ctx, all, fields, false, Some((part, wrong)))
}

fn parsed(id: &str) -> Result<AttemptId, Fault> {
    id.parse().map_err(|_| Fault::not_found())
}

fn page(
    me: &Me,
    ctx: &Ctx,
    all: Whole,
    typed: &Fields,
    saved: bool,
    wrong: Option<(Part, Wrong)>,
) -> Reply {
    let History {
        attempt: a,
        who,
        forgotten,
        lines,
    } = all.history;
    let today = me.zone().day_of(ctx.app.now());
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let mut coming = Coming::new(
        who.id,
        Some(a.id),
        &all.open.0,
        &all.open.1,
        me.zone(),
        today,
    );
    let mut form = Form::of(&a, &all.reasons, &all.segments, &all.pitches);
    let wrong = match wrong {
        Some((Part::Coming, wrong)) => {
            coming = coming.again(typed, wrong);
            Wrong::default()
        }
        Some((Part::Attempt, wrong)) => {
            form.type_over(typed);
            wrong
        }
        None => Wrong::default(),
    };
    let title = format!("{}, {}", a.outcome.label(), who.name);
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "noes", &title),
            id: a.id.to_string(),
            who: who.name.clone(),
            company: who.company.clone(),
            who_id: who.id.to_string(),
            mark: a.outcome.code(),
            outcome: a.outcome.label(),
            facts: facts(&a, me.zone(), today),
            elsewhere: (a.zone != *me.zone()).then(|| a.zone.name().to_owned()),
            value: a.value.as_ref().map(words::money),
            voided: a.voided,
            saved,
            form,
            segments: names(&all.segments),
            pitches: names(&all.pitches),
            coming,
            left_alone: who.do_not_contact,
            forgotten,
            lines: lines
                .into_iter()
                .rev()
                .map(|l| Line {
                    at: stamp(l.at, me.zone(), today),
                    what: l.what,
                })
                .collect(),
            wrong,
        },
    )
}

/// `19 November, 11:22`, as somebody in this zone says it.
pub(crate) fn stamp(at: jiff::Timestamp, zone: &Zone, today: Date) -> String {
    format!(
        "{}, {}",
        words::day(zone.day_of(at), today),
        words::clock(at, zone)
    )
}

fn facts(a: &Attempt, zone: &Zone, today: Date) -> String {
    let when = match a.when {
        When::Undated => "no date".to_owned(),
        When::Day(day) => words::day(day, today),
        When::Instant(at) => stamp(at, zone, today),
    };
    format!(
        "{}, {}. {when}.",
        a.stage.label(),
        a.channel.label().to_lowercase()
    )
}

fn names(all: &[Label]) -> Vec<String> {
    all.iter()
        .filter(|l| !l.hidden)
        .map(|l| l.label.clone())
        .collect()
}

/// POST `/attempts/{id}`: corrects it.
pub(crate) async fn correct(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let id = parsed(&id)?;
    let all = read(&me, &ctx, id).await?;
    let changed = changes(&all.history.attempt, &all.segments, &all.pitches, &fields);
    let (correction, reasons) = match changed {
        Ok(changed) => changed,
        Err(wrong) => return again(&me, &ctx, id, &fields, Part::Attempt, wrong).await,
    };
    let seller = me.0.clone();
    let done = ctx.app.write(move |act| {
        let mut correction = correction;
        let mut reasons = reasons.into_iter();
        correction.reason = reasons.next();
        ledger::correct(act, &seller, id, correction)?;
        for reason in reasons {
            let next = Correction {
                reason: Some(reason),
                ..Correction::default()
            };
            ledger::correct(act, &seller, id, next)?;
        }
        Ok(())
    });
    match done.await.map_err(Wrong::of) {
        Ok(()) => Ok(see_other(&format!("/attempts/{id}?saved=1"))),
        Err(Ok(wrong)) => again(&me, &ctx, id, &fields, Part::Attempt, renamed(wrong)).await,
        Err(Err(fault)) => Err(fault),
    }
}

/// The ledger calls a field by its own name; the form may have another.
fn renamed(wrong: Wrong) -> Wrong {
    for (ledgers, forms) in [("at", "date"), ("reason", "reason_prospect")] {
        if let Some(text) = wrong.at(ledgers) {
            return Wrong::with(forms, text);
        }
    }
    wrong.among(&["words"])
}

/// POST `/attempts/{id}/undo`.
pub(crate) async fn undo(me: Me, ctx: Ctx, Path(id): Path<String>) -> Reply {
    let id = parsed(&id)?;
    ctx.app.write(move |act| ledger::undo(act, &me, id)).await?;
    Ok(see_other(&format!("/attempts/{id}")))
}
