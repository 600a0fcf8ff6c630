//! What was done about this installation, a plain sentence an act, newest first.

use std::io::{BufWriter, Seek, Write};

use app::audit::{self, Line};
use app::{accounts, labels};
use askama::Template;
use domain::{AuditId, LabelKind};
use jiff::Timestamp;

use crate::audited::{Names, did, short};
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::me::Admin;
use crate::pages::export;
use crate::reply::{Reply, Shell, page};
use crate::words;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    day: String,
    /// The time of day; of several alike, of the newest.
    clock: String,
    /// How many lines it stands for, and when the first of them was.
    times: i64,
    since: String,
    who: String,
    /// What they did, without who and without the full stop.
    did: String,
    /// To whom or what, short, and by which way.
    note: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Page<'a> {
    shell: Shell<'a>,
    rows: Vec<Row>,
    /// From which line on the older ones stand.
    older: Option<AuditId>,
    first: bool,
}

fn row(line: &Line, names: &Names, me: &Admin, now: Timestamp) -> Row {
    let at = Timestamp::from_microsecond(line.at).unwrap_or(now);
    let zone = me.zone();
    let who = match line.actor {
        Some(id) => names.people.get(id.as_bytes()).cloned(),
        None if line.act == "sign_in_failed" => Some("Somebody".to_owned()),
        None => Some("Rebound".to_owned()),
    };
    let subject = line
        .subject
        .filter(|id| line.actor.is_none_or(|actor| actor.as_bytes() != id));
    let by_hand = line.via == audit::COMMAND_LINE;
    let note: Vec<String> = subject
        .map(short)
        .into_iter()
        .chain(by_hand.then(|| "by command line".to_owned()))
        .collect();
    Row {
        day: words::day(zone.day_of(at), zone.day_of(now)),
        clock: words::clock(at, zone),
        times: 1,
        since: words::clock(at, zone),
        who: who.unwrap_or_else(|| "Somebody who is not here any more".into()),
        did: did(line, names),
        note: note.join(" · "),
    }
}

/// Lines of one day that say the same, one after the other, as one.
fn together(rows: impl Iterator<Item = Row>) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    for row in rows {
        match all.last_mut() {
            Some(last)
                if (&last.day, &last.who, &last.did, &last.note)
                    == (&row.day, &row.who, &row.did, &row.note) =>
            {
                last.times += 1;
                last.since = row.since;
            }
            _ => all.push(row),
        }
    }
    all
}

/// GET `/audit`, `before` a line. Names are looked up for the page; the log holds none.
pub(crate) async fn show(me: Admin, ctx: Ctx, fields: Fields) -> Reply {
    let before = fields.read::<AuditId>("before")?;
    let who = me.0.clone();
    let (lines, names) = ctx
        .app
        .read(move |act| {
            let lines = audit::page(act, &who, before)?;
            let people = accounts::all(act, &who)?;
            let names = Names {
                people: people
                    .into_iter()
                    .map(|a| (*a.person.id.as_bytes(), a.person.name))
                    .collect(),
                teams: accounts::teams(act, &who)?
                    .into_iter()
                    .map(|t| (*t.id.as_bytes(), t.name))
                    .collect(),
                reasons: labels::names(act, LabelKind::Reason)?,
            };
            Ok((lines, names))
        })
        .await?;
    let full = lines.len() >= ctx.app.thresholds().page_rows;
    let older = lines.last().filter(|_| full).map(|line| line.id);
    let now = ctx.app.now();
    page(&Page {
        shell: Shell::new(&ctx, &me, "audit", "Audit log"),
        rows: together(lines.iter().map(|l| row(l, &names, &me, now))),
        older,
        first: before.is_none(),
    })
}

/// POST `/audit/file`: the whole log as CSV, with ids. Taking it out is a line of it.
pub(crate) async fn file(me: Admin, ctx: Ctx) -> Reply {
    let (app, who) = (ctx.app.clone(), me.0.clone());
    let written = tokio::task::spawn_blocking(move || {
        let no_room = |error: std::io::Error| {
            tracing::error!(%error, "the audit log could not be written out");
            Fault::internal()
        };
        let out = BufWriter::new(tempfile::tempfile().map_err(no_room)?);
        let mut out = audit::write_csv(&app, &who, out)?;
        out.flush().map_err(no_room)?;
        let mut file = out.into_inner().map_err(|e| no_room(e.into_error()))?;
        let length = file.stream_position().map_err(no_room)?;
        file.rewind().map_err(no_room)?;
        Ok::<_, Fault>((file, length))
    });
    let written = written.await.map_err(|_| Fault::internal())??;
    let today = me.zone().day_of(ctx.app.now());
    export::download(
        written,
        "text/csv; charset=utf-8",
        &format!("rebound-audit-{today}.csv"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: &str, clock: &str, did: &str) -> Row {
        Row {
            day: day.into(),
            clock: clock.into(),
            times: 1,
            since: clock.into(),
            who: "Somebody".into(),
            did: did.into(),
            note: String::new(),
        }
    }

    #[test]
    fn the_same_again_and_again_is_one_line_a_day() {
        let lines = [
            row("Today", "14:02", "did not get in by password"),
            row("Today", "14:01", "did not get in by password"),
            row("Today", "13:58", "did not get in by password"),
            row("Today", "13:50", "signed in by password"),
            row("Today", "00:10", "did not get in by password"),
            row("Yesterday", "23:59", "did not get in by password"),
        ];
        let shown = together(lines.into_iter());
        let seen: Vec<(&str, i64, &str)> = shown
            .iter()
            .map(|r| (r.clock.as_str(), r.times, r.since.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("14:02", 3, "13:58"),
                ("13:50", 1, "13:50"),
                ("00:10", 1, "00:10"),
                ("23:59", 1, "23:59"),
            ]
        );
    }
}
