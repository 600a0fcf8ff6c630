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

struct Row {
    at: String,
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
        at: format!(
            "{}, {}",
            words::day(zone.day_of(at), zone.day_of(now)),
            words::clock(at, zone)
        ),
        who: who.unwrap_or_else(|| "Somebody who is not here any more".into()),
        did: did(line, names),
        note: note.join(" · "),
    }
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
        rows: lines.iter().map(|l| row(l, &names, &me, now)).collect(),
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
