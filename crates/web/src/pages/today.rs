//! Today: log, see how it stands, go on.

use app::today::Today;
use app::{Who, ledger, pitch_tests, prospects, today};
use askama::Template;
use axum::http::StatusCode;
use domain::{AttemptId, ProspectId};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::me::Me;
use crate::pages::pitches::{self, InBar};
use crate::pages::run_line::RunLine;
use crate::pages::run_odds::Plainly;
use crate::pages::up_next::{DueRow, NextUp};
use crate::reply::{self, Reply, Shell};
use crate::words;

#[derive(Template)]
#[template(path = "today.html")]
struct Page<'a> {
    shell: Shell<'a>,
    heading: String,
    attempts_today: String,
    toast: Option<Toast>,
    fault: Option<&'a str>,
    chips: Vec<Chip>,
    /// The pitch, while two are put to the test.
    pitch: InBar,
    /// The pitch that the next prospect hears.
    next_pitch: Option<String>,
    typed: &'a str,
    /// What somebody new is called when the chip for them is chosen.
    new_name: Option<&'a str>,
    run: Option<RunLine>,
    next: Option<NextUp>,
    due: Vec<DueRow>,
    tomorrow: String,
    /// People are still on the call list, but come up on another day.
    list_left: bool,
    empty: bool,
}

struct Toast {
    mark: Option<&'static str>,
    words: String,
    undo: Option<AttemptId>,
    see_noes: bool,
}

struct Chip {
    value: String,
    name: String,
    company: String,
    chosen: bool,
    digit: Option<usize>,
}

/// GET /today. `who` and `other` choose whom the bar means; `done`, `undone` and `later` name an
/// attempt the toast speaks of.
pub(crate) async fn show(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    page(me, ctx, &fields, None).await
}

/// The same page with what was wrong about the last press, and everything typed.
pub(crate) async fn again(me: Me, ctx: Ctx, fields: &Fields, fault: &str) -> Reply {
    page(me, ctx, fields, Some(fault)).await
}

/// What the page was asked to speak of.
struct Asked {
    other: String,
    who: Option<ProspectId>,
    spoken_of: Option<(Speech, AttemptId)>,
    back: Option<Date>,
}

#[derive(Clone, Copy)]
enum Speech {
    Done,
    Undone,
    Later,
}

fn asked(fields: &Fields) -> Asked {
    let spoken_of = [
        ("done", Speech::Done),
        ("undone", Speech::Undone),
        ("later", Speech::Later),
    ]
    .into_iter()
    .find_map(|(name, speech)| Some((speech, fields.get(name).parse().ok()?)));
    Asked {
        other: fields.get("other").chars().take(400).collect(),
        who: fields.get("who").parse().ok(),
        spoken_of,
        back: fields.get("back").parse().ok(),
    }
}

async fn page(me: Me, ctx: Ctx, fields: &Fields, fault: Option<&str>) -> Reply {
    let asked = asked(fields);
    let (seller, other) = (me.0.clone(), asked.other.clone());
    let (who, spoken_of) = (asked.who, asked.spoken_of.map(|(_, id)| id));
    let (today, found, chosen, history, test) = ctx
        .app
        .read(move |act| {
            let today = today::page(act, &seller)?;
            let found = match other.is_empty() {
                true => Vec::new(),
                false => {
                    let most = act.workspace.thresholds.found_people;
                    prospects::find(act, &seller, &other, most)?
                }
            };
            // An id in an address may be old; then the page simply does without it.
            let chosen = who.and_then(|id| prospects::who(act, id).ok());
            let history = spoken_of.and_then(|id| ledger::history(act, &seller, id).ok());
            let test = match pitch_tests::running(act, &seller)? {
                Some(test) => Some((pitch_tests::last_chosen(act, &seller, &test)?, test)),
                None => None,
            };
            Ok((today, found, chosen, history, test))
        })
        .await?;
    if today.behind {
        ctx.app.fold_soon();
    }
    let day = today.day;
    let looked_up = fault.is_none() && !asked.other.trim().is_empty();
    let chips = if looked_up {
        found_chips(&found, asked.other.trim())
    } else {
        chips(&today.likely, chosen)
    };
    let toast = match (asked.spoken_of, history) {
        (Some((speech, _)), Some(history)) => Some(toast(speech, &history, asked.back, day)),
        _ => None,
    };
    let run = (today.sample.attempts > 0 || today.run.since_yes > 0).then(|| {
        let few = ctx.app.thresholds().few_attempts;
        let plainly = Plainly::of(&today.run, today.sample, &today.glance, few, day);
        RunLine::of(&today.run, today.sample, plainly)
    });
    let test = test.as_ref().map(|(last, test)| (test, *last));
    let pitch = InBar::of(&ctx, test, fields, chips.iter().map(|c| c.value.as_str()));
    let next_pitch = today.next.as_ref().and_then(|next| {
        let (test, _) = test?;
        pitches::heard(&ctx, test, next.prospect.root)
    });
    let page = Page {
        shell: Shell::new(&ctx, &me, "today", "Today"),
        pitch,
        next_pitch,
        heading: words::long_day(day),
        attempts_today: words::number(today.attempts_today),
        toast,
        fault,
        typed: if looked_up { "" } else { &asked.other },
        new_name: looked_up.then_some(asked.other.as_str()),
        chips,
        empty: is_empty(&today),
        next: today.next.as_ref().map(|n| NextUp::of(n, &me, day)),
        due: today.due.iter().map(|d| DueRow::of(d, &me, day)).collect(),
        tomorrow: day.tomorrow().unwrap_or(day).to_string(),
        run,
        list_left: today.list_left > 0,
    };
    let status = if fault.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    reply::page_with(status, &page)
}

fn is_empty(today: &Today) -> bool {
    today.sample.attempts == 0
        && today.run.since_yes == 0
        && today.next.is_none()
        && today.due.is_empty()
        && today.likely.is_empty()
}

fn chip(who: &Who, at: usize, chosen: bool) -> Chip {
    Chip {
        value: who.id.to_string(),
        name: who.name.clone(),
        company: who.company.clone(),
        chosen,
        digit: (at < 3).then_some(at + 1),
    }
}

/// The likely people; somebody asked for comes first.
fn chips(likely: &[Who], asked: Option<Who>) -> Vec<Chip> {
    let rest = likely
        .iter()
        .filter(|w| asked.as_ref().is_none_or(|a| a.id != w.id));
    asked
        .iter()
        .chain(rest)
        .take(3)
        .enumerate()
        .map(|(i, who)| chip(who, i, i == 0))
        .collect()
}

/// Whom a typed name may mean, and somebody new: by their name when nobody else can be meant.
fn found_chips(found: &[Who], typed: &str) -> Vec<Chip> {
    let mut chips: Vec<Chip> = found
        .iter()
        .enumerate()
        .map(|(i, who)| chip(who, i, i == 0))
        .collect();
    let alone = found.is_empty();
    let (name, company) = if alone {
        (typed, "somebody new")
    } else {
        ("Somebody new", "")
    };
    chips.push(Chip {
        value: "new".into(),
        name: name.into(),
        company: company.into(),
        chosen: alone,
        digit: alone.then_some(1),
    });
    chips
}

fn toast(speech: Speech, history: &ledger::History, back: Option<Date>, today: Date) -> Toast {
    let a = &history.attempt;
    let what = format!("{}, {}", a.outcome.label(), history.who.name);
    let saved = Toast {
        mark: Some(a.outcome.code()),
        words: what.clone(),
        undo: Some(a.id),
        see_noes: false,
    };
    match speech {
        Speech::Undone if a.voided => Toast {
            words: format!("Taken back: {what}."),
            undo: None,
            ..saved
        },
        Speech::Later if a.reasons.is_empty() && !a.voided => Toast {
            mark: None,
            words: "It waits under Noes, “No reason yet”.".into(),
            undo: None,
            see_noes: true,
        },
        Speech::Later => Toast {
            mark: None,
            words: "It waits under Noes.".into(),
            undo: None,
            see_noes: true,
        },
        Speech::Done | Speech::Undone if a.voided => Toast {
            undo: None,
            ..saved
        },
        Speech::Done | Speech::Undone => match back {
            Some(day) => Toast {
                words: format!("{what}. Back on {}.", words::day(day, today)),
                ..saved
            },
            None => saved,
        },
    }
}

/// POST /today/skip with `who`.
pub(crate) async fn skip(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let id: ProspectId = fields
        .read("who")?
        .ok_or_else(|| Fault::invalid("Say whom to skip."))?;
    ctx.app
        .write(move |act| prospects::skip_today(act, &me, id))
        .await?;
    Ok(reply::see_other("/today"))
}

/// POST /today/order with `order`: `own`, or `likely` for the likeliest first.
pub(crate) async fn order(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let own = match fields.get("order") {
        "own" => true,
        "likely" => false,
        _ => return Err(Fault::invalid("Say in which order.")),
    };
    ctx.app
        .write(move |act| today::set_own_order(act, &me, own))
        .await?;
    Ok(reply::see_other("/today"))
}
