//! `rebound noes`: the ledger as a list.

use app::noes::{self, Filter, NoesRow, Query, Sort, Word};
use app::{Act, AppError, Kind, Seller, labels};
use domain::{LabelKind, SaidBy};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::log::name;
use crate::cli::{Global, Noes};
use crate::{output, place, times};

pub(crate) fn run(global: &Global, ask: Noes) -> Result<(), AppError> {
    let app = place::open(global)?;
    let me = place::me(&app, global)?;
    let day = |text: &Option<String>, field| {
        text.as_deref()
            .map(|text| times::day(text, field, me.zone(), app.now()))
            .transpose()
    };
    let days = (day(&ask.since, "since")?, day(&ask.until, "until")?);
    let sort = match ask.sort.as_str() {
        "newest" => Sort::Newest,
        "oldest" => Sort::Oldest,
        "who" => Sort::Who,
        other => {
            return Err(AppError::invalid(
                "sort",
                format!("“{other}” is no order; use newest, oldest or who."),
            ));
        }
    };
    let zone = me.zone().clone();
    let limit = ask.limit;
    let (rows, total, more) = app.read_blocking(move |act| {
        let mut query = Query {
            filter: filter(act, &me, &ask, days)?,
            text: ask.find.clone().unwrap_or_default(),
            sort,
            ..Query::default()
        };
        let (mut rows, mut total) = (Vec::new(), None);
        loop {
            let page = noes::page(act, &me, &query)?;
            total = total.or(page.total);
            rows.extend(page.rows);
            query.after = page.next;
            if rows.len() >= limit || query.after.is_none() {
                let more = rows.len() > limit || query.after.is_some();
                rows.truncate(limit);
                return Ok((rows, total, more));
            }
        }
    })?;
    let list: Vec<Value> = rows.iter().map(object).collect();
    let mut text: String = rows.iter().map(|row| line(row, &zone)).collect();
    match (rows.is_empty(), more) {
        (true, _) => text.push_str("Nothing here yet.\n"),
        (_, true) => text.push_str("There are more; see them with --limit.\n"),
        _ => {}
    }
    output::result(
        global.json,
        &json!({ "noes": list, "total": total, "more": more }),
        &text,
    )
}

fn filter(
    act: &mut Act<'_, '_>,
    me: &Seller,
    ask: &Noes,
    (since, until): (Option<Date>, Option<Date>),
) -> Result<Filter, AppError> {
    let word = match ask.word.as_deref() {
        None => None,
        Some("said") => Some(Word::Said),
        Some("guess") => Some(Word::Guess),
        Some("none") => Some(Word::None),
        Some(other) => {
            return Err(AppError::invalid(
                "word",
                format!("“{other}” is not known here; use said, guess or none."),
            ));
        }
    };
    let mut code = |kind, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => {
            let all = labels::all(act, kind)?;
            let known = labels::find(&all, text).map(|l| l.code.clone());
            known.map(Some).ok_or_else(|| {
                let labels: Vec<&str> = all.iter().map(|l| l.label.as_str()).collect();
                AppError::new(Kind::NotFound, format!("“{text}” is not on the list."))
                    .with_hint(format!("The list: {}.", labels.join(", ")))
            })
        }
    };
    Ok(Filter {
        outcome: ask.outcome.0,
        reason: code(LabelKind::Reason, &ask.why)?,
        segment: code(LabelKind::Segment, &ask.segment)?,
        stage: ask.stage,
        channel: ask.channel,
        word,
        from: since.map(|day| noes::day_begins(me, day)),
        to: until.map(|day| noes::day_ends(me, day)),
    })
}

fn line(row: &NoesRow, zone: &domain::Zone) -> String {
    let a = &row.attempt;
    let mut text = format!(
        "{:<22}  {:<9}  {:<36}  {}, {}",
        times::shown(a.when, zone),
        a.outcome.label(),
        name(&row.who),
        a.stage.label(),
        a.channel.label().to_lowercase(),
    );
    if let Some(reason) = &row.reason {
        let whose = match a.reasons.leading() {
            Some((_, SaidBy::Prospect)) => "they said",
            Some((_, SaidBy::ThirdParty)) => "somebody else said",
            _ => "your guess",
        };
        text.push_str(&format!("  {reason} ({whose})"));
    }
    if let Some(words) = &a.words {
        text.push_str(&format!("  “{}”", words.replace('\n', " ")));
    }
    text.push('\n');
    text
}

fn object(row: &NoesRow) -> Value {
    let a = &row.attempt;
    let mut object = output::attempt(a, &row.who);
    object["reason_label"] = json!(row.reason);
    object["segment"] = json!(a.segment);
    object["pitch"] = json!(a.pitch);
    object["next"] = json!(row.next.map(|w| w.iso()));
    object
}
