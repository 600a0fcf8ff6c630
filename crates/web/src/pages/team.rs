//! The team as its lead sees it: closed months as counts of many people, and the rows of those who
//! share them. No person is a row of any table, and nobody is compared with anybody.

use std::collections::HashMap;

use app::noes::{NoesRow, Query};
use app::team::{self, Closed, Figures, Key, OTHER, Shown};
use app::{AppError, Kind, labels};
use askama::Template;
use axum::extract::Path;
use domain::{LabelKind, Outcome, PersonId, SaidBy, Stage, When, Zone};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::me::Leading;
use crate::pages::noes::heading;
use crate::reply::{Reply, Shell, page, see_other};
use crate::words;

/// Months that can be chosen at once.
const MONTHS: usize = 12;

struct MonthLink {
    month: i64,
    label: String,
    here: bool,
}

/// A table of counts: a name a row, and what stands beside it.
struct Table {
    heads: Vec<Head>,
    rows: Vec<(String, Vec<String>)>,
    /// Some figures stand under another one, because too few people were in them.
    merged: bool,
}

struct Head {
    mark: Option<&'static str>,
    label: String,
}

struct Said {
    at: String,
    words: Vec<String>,
}

/// A month with something to see.
struct Month {
    stages: Table,
    reasons: Option<Table>,
    said: Vec<Said>,
}

#[derive(Template)]
#[template(path = "team.html")]
struct Page<'a> {
    shell: Shell<'a>,
    team: String,
    months: Vec<MonthLink>,
    chosen: String,
    says: String,
    month: Option<Month>,
    least: String,
    next: String,
    sharing: Vec<(PersonId, String)>,
}

#[derive(Template)]
#[template(path = "team_none.html")]
struct NoTeam<'a> {
    shell: Shell<'a>,
}

/// GET `/team`, with `month` such as `202610`.
pub(crate) async fn show(me: Leading, ctx: Ctx, fields: Fields) -> Reply {
    let month: Option<i64> = fields.read("month")?;
    let lead = me.0.clone();
    // Closed months are counted when the program starts and every hour; looking counts nothing.
    let first = ctx.app.read(move |act| read(act, &lead, month));
    let (seen, reasons) = match first.await {
        Ok(seen) => seen,
        Err(e) if e.kind == Kind::NotFound => {
            return page(&NoTeam {
                shell: Shell::new(&ctx, &me, "team", "Team"),
            });
        }
        Err(e) => return Err(e.into()),
    };
    let closed = seen.month;
    let chosen = closed.as_ref().map_or_else(String::new, |c| long(c.month));
    let newest = seen.months.first().map_or(0, |(month, _)| *month);
    let least = small(seen.least);
    let says = says(closed.as_ref(), &least);
    page(&Page {
        shell: Shell::new(&ctx, &me, "team", "Team"),
        team: seen.team.name,
        months: seen
            .months
            .iter()
            .take(MONTHS)
            .map(|&(month, _)| MonthLink {
                month,
                label: short(month, newest),
                here: closed.as_ref().is_some_and(|c| c.month == month),
            })
            .collect(),
        chosen,
        says,
        month: closed.and_then(|c| match c.shown {
            Shown::Figures(figures) => Some(shown(&figures, &reasons)),
            Shown::TooFew | Shown::KnownRows => None,
        }),
        least,
        next: words::long_day(seen.next),
        sharing: seen.sharing,
    })
}

type Read = (team::Page, HashMap<String, String>);

fn read(
    act: &mut app::Act<'_, '_>,
    lead: &app::Lead,
    month: Option<i64>,
) -> Result<Read, AppError> {
    let seen = team::page(act, lead, month)?;
    Ok((seen, labels::names(act, LabelKind::Reason)?))
}

/// What a month holds, or why nothing.
fn says(closed: Option<&Closed>, least: &str) -> String {
    let Some(closed) = closed else {
        return "No closed month to show yet.".into();
    };
    match &closed.shown {
        Shown::Figures(figures) => {
            let attempts = words::count(figures.sum(|_| true), "attempt");
            let people = match closed.members {
                1 => "one person who was".to_owned(),
                n => format!("the {} people who were", words::number(n)),
            };
            let answered = match figures.answered(None) {
                Some((answered, of)) => {
                    format!(" {} of every 100 got an answer.", hundred(answered, of))
                }
                None => String::new(),
            };
            format!("{attempts} of {people} in the team when the month began.{answered}")
        }
        Shown::TooFew => format!(
            "Not enough yet: a month is shown when at least {least} people besides you took part. Where one who leads the team is or was an administrator, rows that an administrator brought in are not counted as people: they know them."
        ),
        Shown::KnownRows => format!(
            "Not shown to you: without the rows you know, some figures would be of fewer than {least} people. You know your own, those shared with you, those you brought in and, if you are or were an administrator, all that one brought in for others."
        ),
    }
}

fn hundred(part: i64, of: i64) -> i64 {
    (part * 100 + of / 2) / of.max(1)
}

/// Small numbers as words.
fn small(n: usize) -> String {
    const WORDS: [&str; 11] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    WORDS
        .get(n)
        .map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

fn first_of(month: i64) -> Option<Date> {
    let (year, month) = (i16::try_from(month / 100), i8::try_from(month % 100));
    Date::new(year.ok()?, month.ok()?, 1).ok()
}

fn long(month: i64) -> String {
    first_of(month).map_or_else(String::new, |d| d.strftime("%B %Y").to_string())
}

/// `Oct`, with its year where that is not the newest one's.
fn short(month: i64, newest: i64) -> String {
    let form = if month / 100 == newest / 100 {
        "%b"
    } else {
        "%b %Y"
    };
    first_of(month).map_or_else(String::new, |d| d.strftime(form).to_string())
}

/// The codes that stand in the parts, in their usual order, what was merged last.
fn present(figures: &Figures, all: &[&'static str], of: fn(&Key) -> &str) -> Vec<&'static str> {
    let there = |code: &&str| figures.parts.iter().any(|(key, _)| of(key) == *code);
    all.iter().copied().chain([OTHER]).filter(there).collect()
}

fn stage_label(code: &str) -> String {
    code.parse::<Stage>()
        .map_or_else(|_| "Other stages".into(), |s| s.label().to_owned())
}

fn outcome_label(code: &str) -> String {
    code.parse::<Outcome>()
        .map_or_else(|_| "Other outcomes".into(), |o| o.label().to_owned())
}

fn reason_label(code: &str, reasons: &HashMap<String, String>) -> String {
    match code {
        "" => "No reason written down".into(),
        OTHER => "Other reasons".into(),
        code => reasons
            .get(code)
            .cloned()
            .unwrap_or_else(|| code.to_owned()),
    }
}

fn shown(figures: &Figures, reasons: &HashMap<String, String>) -> Month {
    let stages: Vec<&'static str> = Stage::ALL.iter().map(|s| s.code()).collect();
    let outcomes: Vec<&'static str> = Outcome::ALL.iter().map(|o| o.code()).collect();
    let stages = present(figures, &stages, |k| &k.stage);
    let outcomes = present(figures, &outcomes, |k| &k.outcome);
    Month {
        stages: by_stage(figures, &stages, &outcomes),
        reasons: by_reason(figures, &stages, reasons),
        said: said(figures, &stages, reasons),
    }
}

/// A figure, or a dash where nothing stands alone but something may stand under another figure.
fn figure(n: i64, may_be_elsewhere: bool) -> String {
    match n {
        0 if may_be_elsewhere => "–".into(),
        n => words::number(n),
    }
}

fn by_stage(figures: &Figures, stages: &[&'static str], outcomes: &[&'static str]) -> Table {
    let plain = |label: &str| Head {
        mark: None,
        label: label.into(),
    };
    let mut heads = vec![plain("Attempts"), plain("Answered")];
    heads.extend(outcomes.iter().map(|code| Head {
        mark: code.parse::<Outcome>().ok().map(|o| o.code()),
        label: outcome_label(code),
    }));
    let merged_in = |stage: &str| figures.sum(|k| k.stage == stage && k.outcome == OTHER) > 0;
    let mut rows = Vec::new();
    if stages.len() > 1 {
        let mut cells = vec![
            words::number(figures.sum(|_| true)),
            answered(figures.answered(None)),
        ];
        for outcome in outcomes {
            cells.push(words::number(figures.sum(|k| k.outcome == *outcome)));
        }
        rows.push(("All stages".into(), cells));
    }
    for stage in stages {
        let here = |k: &Key| k.stage == *stage;
        let mut cells = vec![
            words::number(figures.sum(here)),
            answered(figures.answered(Some(stage))),
        ];
        for outcome in outcomes {
            let n = figures.sum(|k| here(k) && k.outcome == *outcome);
            cells.push(figure(n, merged_in(stage) && *outcome != OTHER));
        }
        rows.push((stage_label(stage), cells));
    }
    Table {
        heads,
        rows,
        merged: stages.iter().any(|stage| merged_in(stage)),
    }
}

fn answered(rate: Option<(i64, i64)>) -> String {
    rate.map_or_else(
        || "–".into(),
        |(n, of)| format!("{} in 100", hundred(n, of)),
    )
}

/// Noes by reason and stage; nothing where no no stands alone.
fn by_reason(
    figures: &Figures,
    stages: &[&'static str],
    reasons: &HashMap<String, String>,
) -> Option<Table> {
    let no = |k: &Key| k.outcome == Outcome::No.code();
    let stages: Vec<&str> = stages
        .iter()
        .copied()
        .filter(|s| figures.sum(|k| no(k) && k.stage == *s) > 0)
        .collect();
    let mut codes: Vec<&str> = Vec::new();
    for (key, _) in figures.parts.iter().filter(|(k, _)| no(k)) {
        if !codes.contains(&key.reason.as_str()) {
            codes.push(&key.reason);
        }
    }
    let total = |code: &str| figures.sum(|k| no(k) && k.reason == code);
    // What is no reason by itself stands last.
    codes.sort_by_key(|c| (*c == OTHER, c.is_empty(), -total(c), (*c).to_owned()));
    if codes.is_empty() {
        return None;
    }
    let other = |stage: &str| figures.sum(|k| no(k) && k.stage == stage && k.reason == OTHER) > 0;
    let plain = |label: String| Head { mark: None, label };
    let mut heads = Vec::new();
    if stages.len() > 1 {
        heads.push(plain("All stages".into()));
    }
    heads.extend(stages.iter().map(|s| plain(stage_label(s))));
    let rows = codes
        .iter()
        .map(|code| {
            let mut cells = Vec::new();
            if stages.len() > 1 {
                cells.push(words::number(total(code)));
            }
            cells.extend(stages.iter().map(|s| {
                let n = figures.sum(|k| no(k) && k.stage == *s && k.reason == *code);
                figure(n, other(s) && *code != OTHER)
            }));
            (reason_label(code, reasons), cells)
        })
        .collect();
    Some(Table {
        heads,
        rows,
        merged: stages.iter().any(|s| other(s)),
    })
}

fn said(figures: &Figures, stages: &[&str], reasons: &HashMap<String, String>) -> Vec<Said> {
    let mut keys: Vec<&Key> = figures.words.keys().collect();
    let at = |k: &Key| stages.iter().position(|s| *s == k.stage);
    keys.sort_by_key(|k| (at(k), k.reason.clone()));
    keys.into_iter()
        .map(|key| Said {
            at: format!(
                "{}, {}",
                reason_label(&key.reason, reasons),
                stage_label(&key.stage).to_lowercase()
            ),
            words: figures.words.get(key).cloned().unwrap_or_default(),
        })
        .collect()
}

/// One row that somebody shares.
struct Row {
    day: Option<String>,
    at: String,
    name: String,
    company: String,
    stage: String,
    mark: &'static str,
    outcome: &'static str,
    reason: Option<String>,
    words: Option<String>,
}

#[derive(Template)]
#[template(path = "team_rows.html")]
struct Rows<'a> {
    shell: Shell<'a>,
    of: String,
    rows: Vec<Row>,
    newer: Option<String>,
    older: Option<String>,
}

/// GET `/team/rows`: who shares their rows stands on the team's page.
pub(crate) async fn sharing(_me: Leading) -> Reply {
    Ok(see_other("/team#shared"))
}

/// GET `/team/rows/{person}`, read only.
pub(crate) async fn rows(
    me: Leading,
    ctx: Ctx,
    Path(person): Path<String>,
    fields: Fields,
) -> Reply {
    let id: PersonId = person.parse().map_err(|_| Fault::not_found())?;
    let lead = me.0.clone();
    let query = Query {
        after: fields.opt("after").map(str::to_owned),
        ..Query::default()
    };
    let (of, list) = ctx
        .app
        .read(move |act| {
            let shared = team::shared_rows(act, &lead, id)?;
            let list = team::rows(act, &shared, &query)?;
            Ok((shared.name().to_owned(), list))
        })
        .await?;
    let today = me.zone().day_of(ctx.app.now());
    let place = |after: &str| format!("/team/rows/{id}?{}", words::query(&[("after", after)]));
    let title = format!("Attempts of {of}");
    let mut last: Option<Option<Date>> = None;
    let rows = list
        .rows
        .into_iter()
        .map(|row| {
            let day = row.attempt.when.day(me.zone());
            let begins = last != Some(day);
            last = Some(day);
            line(row, begins.then(|| heading(day, today)), me.zone())
        })
        .collect();
    page(&Rows {
        shell: Shell::new(&ctx, &me, "team", &title),
        rows,
        newer: list.prev.as_deref().map(place),
        older: list.next.as_deref().map(place),
        of,
    })
}

fn line(row: NoesRow, day: Option<String>, zone: &Zone) -> Row {
    let a = row.attempt;
    let voice = a.reasons.leading().map(|(_, voice)| match voice {
        SaidBy::Prospect => "they said",
        SaidBy::SellerGuess => "a guess",
        SaidBy::ThirdParty => "somebody else said",
    });
    Row {
        day,
        at: match a.when {
            When::Instant(at) => words::clock(at, zone),
            _ => String::new(),
        },
        name: row.who.name,
        company: row.who.company,
        stage: format!("{}, {}", a.stage.label(), a.channel.label().to_lowercase()),
        mark: a.outcome.code(),
        outcome: a.outcome.label(),
        reason: row
            .reason
            .zip(voice)
            .map(|(reason, voice)| format!("{reason}, {voice}")),
        words: a.words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(parts: &[(&str, &str, &str, i64)]) -> Figures {
        Figures {
            parts: parts
                .iter()
                .map(|(stage, outcome, reason, n)| {
                    let key = Key {
                        stage: (*stage).into(),
                        outcome: (*outcome).into(),
                        reason: (*reason).into(),
                    };
                    (key, *n)
                })
                .collect(),
            ..Figures::default()
        }
    }

    #[test]
    fn what_was_merged_is_a_dash_where_it_may_stand() {
        let f = figures(&[
            ("opener", "no", "N1", 40),
            ("opener", "no", OTHER, 12),
            ("opener", OTHER, OTHER, 9),
            ("demo", "yes", "", 7),
            ("demo", "no", "N1", 5),
        ]);
        let month = shown(&f, &HashMap::new());
        let cells: Vec<&[String]> = month
            .stages
            .rows
            .iter()
            .map(|(_, c)| c.as_slice())
            .collect();
        // Attempts, answered, yes, no, other outcomes.
        assert_eq!(cells[0], ["73", "–", "7", "57", "9"]);
        assert_eq!(cells[1], ["61", "–", "–", "52", "9"]);
        assert_eq!(cells[2], ["12", "100 in 100", "7", "5", "0"]);
        let reasons = month.reasons.unwrap_or_else(|| panic!("there are noes"));
        assert_eq!(reasons.rows[0].1, ["45", "40", "5"]);
        assert_eq!(reasons.rows[1].1, ["12", "12", "0"]);
        assert!(month.stages.merged && reasons.merged);
    }

    #[test]
    fn months_are_said_in_words() {
        assert_eq!(
            (long(202_610), short(202_501, 202_610)),
            ("October 2026".into(), "Jan 2025".into())
        );
        assert_eq!(small(5), "five");
    }
}
