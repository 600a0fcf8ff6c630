//! What is done to several lines of the ledger at once, or to one: a reason, another outcome, a
//! follow-up. First a page that shows whom it is about, then the act.

use app::noes::{self, NoesRow};
use app::{follow_ups, labels, ledger};
use askama::Template;
use axum::http::StatusCode;
use domain::{AttemptId, LabelKind, Outcome, SaidBy, When};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{self, Choice, Wrong, choices, pairs};
use crate::me::Me;
use crate::pages::asked::Asked;
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::words;

/// Most lines at once.
const MOST: usize = 500;

/// Names written out before “and 12 more”.
const NAMED: usize = 6;

/// The lines meant, and the list to go back to.
struct Chosen {
    ids: Vec<AttemptId>,
    list: Asked,
}

impl Chosen {
    fn of(fields: &Fields) -> Result<Self, Fault> {
        let mut ids = Vec::new();
        for text in fields.all("id").filter(|t| !t.is_empty()) {
            let id: AttemptId = text.parse().map_err(|_| {
                Fault::invalid("One of the lines cannot be recognised.")
                    .with_hint("Go back to Noes and tick them once more.")
            })?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        if ids.len() > MOST {
            return Err(Fault::invalid(format!(
                "That is {} lines; at most {MOST} can be changed at once.",
                ids.len()
            )));
        }
        Ok(Self {
            ids,
            list: Asked::of(&Fields::parse(fields.get("list").as_bytes())),
        })
    }
}

/// What every one of the three forms shows.
struct Frame {
    ids: Vec<String>,
    list: String,
    names: Vec<String>,
    more: usize,
    count: usize,
    wrong: Wrong,
}

async fn frame(
    me: &Me,
    ctx: &Ctx,
    chosen: &Chosen,
    wrong: Wrong,
) -> Result<(Frame, Vec<NoesRow>), Fault> {
    let (seller, ids) = (me.0.clone(), chosen.ids.clone());
    let rows = ctx
        .app
        .read(move |act| noes::chosen(act, &seller, &ids))
        .await?;
    if rows.is_empty() {
        return Err(Fault::new(
            StatusCode::NOT_FOUND,
            "None of these lines is there any more.",
        ));
    }
    let mut names: Vec<String> = Vec::new();
    for row in &rows {
        let name = match row.who.company.as_str() {
            "" => row.who.name.clone(),
            company => format!("{}, {company}", row.who.name),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let frame = Frame {
        ids: rows.iter().map(|r| r.attempt.id.to_string()).collect(),
        list: chosen.list.text(),
        names,
        more,
        count: rows.len(),
        wrong,
    };
    Ok((frame, rows))
}

fn status(wrong: &Wrong) -> StatusCode {
    if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    }
}

#[derive(Template)]
#[template(path = "noes_reason.html")]
struct ReasonPage<'a> {
    shell: Shell<'a>,
    frame: Frame,
    voices: Vec<Choice>,
    reasons: Vec<Choice>,
    words: String,
}

/// GET `/noes/reason`.
pub(crate) async fn ask_reason(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let chosen = Chosen::of(&fields)?;
    if chosen.ids.is_empty() {
        return Ok(see_other(&chosen.list.done("none", 0)));
    }
    reason_page(&me, &ctx, &chosen, &fields, Wrong::default()).await
}

async fn reason_page(me: &Me, ctx: &Ctx, chosen: &Chosen, fields: &Fields, wrong: Wrong) -> Reply {
    let status = status(&wrong);
    let (frame, _) = frame(me, ctx, chosen, wrong).await?;
    let all = ctx
        .app
        .read(|act| labels::all(act, LabelKind::Reason))
        .await?;
    let voice = fields.opt("said_by").unwrap_or(SaidBy::Prospect.code());
    page_with(
        status,
        &ReasonPage {
            shell: Shell::new(ctx, me, "noes", "Add a reason"),
            frame,
            voices: choices(pairs!(SaidBy), voice),
            reasons: forms::labels(&all, fields.get("reason")),
            words: fields.get("words").to_owned(),
        },
    )
}

/// POST `/noes/reason`.
pub(crate) async fn reason(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let chosen = Chosen::of(&fields)?;
    let done = match read_reason(&fields) {
        Ok((code, said_by, words)) => {
            let (seller, ids) = (me.0.clone(), chosen.ids.clone());
            ctx.app
                .write(move |act| {
                    ledger::add_reason(act, &seller, &ids, &code, said_by, words.as_deref())
                })
                .await
                .map_or_else(|e| Wrong::of(e).map(Err), |()| Ok(Ok(())))?
        }
        Err(wrong) => Err(wrong),
    };
    match done {
        Ok(()) => Ok(see_other(&chosen.list.done("reason", chosen.ids.len()))),
        Err(wrong) => reason_page(&me, &ctx, &chosen, &fields, wrong).await,
    }
}

fn read_reason(fields: &Fields) -> forms::Read<(String, SaidBy, Option<String>)> {
    let code = fields
        .opt("reason")
        .ok_or_else(|| Wrong::with("reason", "Choose a reason. “Not said” is one, too."))?;
    let said_by = forms::word(fields, "said_by")?.unwrap_or(SaidBy::Prospect);
    Ok((
        code.to_owned(),
        said_by,
        fields.opt("words").map(str::to_owned),
    ))
}

#[derive(Template)]
#[template(path = "noes_outcome.html")]
struct OutcomePage<'a> {
    shell: Shell<'a>,
    frame: Frame,
    outcomes: Vec<Choice>,
}

/// GET `/noes/outcome`.
pub(crate) async fn ask_outcome(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let chosen = Chosen::of(&fields)?;
    if chosen.ids.is_empty() {
        return Ok(see_other(&chosen.list.done("none", 0)));
    }
    outcome_page(&me, &ctx, &chosen, Wrong::default()).await
}

async fn outcome_page(me: &Me, ctx: &Ctx, chosen: &Chosen, wrong: Wrong) -> Reply {
    let status = status(&wrong);
    let (frame, _) = frame(me, ctx, chosen, wrong).await?;
    let shell = Shell::new(ctx, me, "noes", "Change the outcome");
    page_with(
        status,
        &OutcomePage {
            shell,
            frame,
            outcomes: choices(pairs!(Outcome), ""),
        },
    )
}

/// POST `/noes/outcome`.
pub(crate) async fn outcome(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let chosen = Chosen::of(&fields)?;
    let outcome = forms::word::<Outcome>(&fields, "outcome")
        .and_then(|o| o.ok_or_else(|| Wrong::with("outcome", "Choose what really came of it.")));
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(wrong) => return outcome_page(&me, &ctx, &chosen, wrong).await,
    };
    let (seller, ids) = (me.0.clone(), chosen.ids.clone());
    ctx.app
        .write(move |act| ledger::set_outcome(act, &seller, &ids, outcome))
        .await?;
    Ok(see_other(&chosen.list.done("outcome", chosen.ids.len())))
}

#[derive(Template)]
#[template(path = "noes_follow_up.html")]
struct FollowUpPage<'a> {
    shell: Shell<'a>,
    frame: Frame,
    due: String,
    note: String,
    /// Days one tap away: value and words.
    soon: Vec<(String, String)>,
    /// Follow-ups that are there already, in words.
    there: Option<String>,
}

/// GET `/noes/follow-up`.
pub(crate) async fn ask_follow_up(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let chosen = Chosen::of(&fields)?;
    if chosen.ids.is_empty() {
        return Ok(see_other(&chosen.list.done("none", 0)));
    }
    follow_up_page(&me, &ctx, &chosen, &fields, Wrong::default()).await
}

async fn follow_up_page(
    me: &Me,
    ctx: &Ctx,
    chosen: &Chosen,
    fields: &Fields,
    wrong: Wrong,
) -> Reply {
    let status = status(&wrong);
    let (frame, rows) = frame(me, ctx, chosen, wrong).await?;
    let today = me.zone().day_of(ctx.app.now());
    let there = rows
        .iter()
        .find_map(|r| r.next.map(|due| (r, due)))
        .map(|(r, due)| {
            format!(
                "There is one with {} already: {}. The new one comes beside it.",
                r.who.name,
                words::due(due, me.zone(), today)
            )
        });
    page_with(
        status,
        &FollowUpPage {
            shell: Shell::new(ctx, me, "noes", "Set a follow-up"),
            frame,
            due: fields.get("due").to_owned(),
            note: fields.get("note").to_owned(),
            soon: soon(today),
            there,
        },
    )
}

/// Days that are chosen most: tomorrow, in a week, in two, in a month, in a quarter.
pub(crate) fn soon(today: Date) -> Vec<(String, String)> {
    [
        (1.day(), "Tomorrow"),
        (1.week(), "In a week"),
        (2.weeks(), "In two weeks"),
        (1.month(), "In a month"),
        (3.months(), "In three months"),
    ]
    .into_iter()
    .filter_map(|(span, says)| {
        let day = today.checked_add(span).ok()?;
        Some((
            day.to_string(),
            format!("{says}, {}", day.strftime("%-d %b")),
        ))
    })
    .collect()
}

/// The day chosen: a button's, or the field's.
pub(crate) fn due(fields: &Fields) -> forms::Read<When> {
    let field = if fields.opt("soon").is_some() {
        "soon"
    } else {
        "due"
    };
    match forms::day(fields, field)? {
        Some(day) => Ok(When::Day(day)),
        None => Err(Wrong::with("due", "Choose the day to come back.")),
    }
}

/// POST `/noes/follow-up`.
pub(crate) async fn follow_up(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let chosen = Chosen::of(&fields)?;
    let done = match due(&fields) {
        Ok(due) => {
            let (seller, ids) = (me.0.clone(), chosen.ids.clone());
            let note = fields.get("note").to_owned();
            ctx.app
                .write(move |act| follow_ups::set_many(act, &seller, &ids, due, &note))
                .await
                .map_or_else(|e| Wrong::of(e).map(Err), |n| Ok(Ok(n)))?
        }
        Err(wrong) => Err(wrong),
    };
    match done {
        Ok(n) => Ok(see_other(&chosen.list.done("follow-up", n))),
        Err(wrong) => follow_up_page(&me, &ctx, &chosen, &fields, wrong).await,
    }
}
