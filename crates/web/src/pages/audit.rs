//! Who changed what about the installation.

use std::collections::HashMap;
use std::io::{BufWriter, Seek, Write};

use app::accounts;
use app::audit::{self, Line};
use askama::Template;
use domain::AuditId;
use jiff::Timestamp;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::me::Admin;
use crate::pages::{export, sign_in};
use crate::reply::{Reply, Shell, page};

struct Row {
    at: String,
    who: String,
    what: &'static str,
    /// To whom, and what exactly.
    more: String,
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

/// What a line's code says in words.
fn said(code: &str) -> &'static str {
    match code {
        "sign_in" => "Signed in",
        "sign_in_failed" => "A sign-in that did not succeed",
        "way_in" => "Changed a way in",
        "person" => "Changed a person",
        "invitation" => "Made an invitation",
        "reset" => "Made a link to a new way in",
        "roles" => "Changed roles",
        "standing" => "Changed access",
        "team" => "Changed a team",
        "settings" => "Changed settings",
        "import" => "Brought rows in",
        "export" => "Took rows out",
        "merge" => "Joined or took apart prospects",
        "forget" => "Forgot a prospect",
        "do_not_contact" => "Changed do-not-contact",
        "row_sharing" => "Changed row sharing",
        "api_token" => "Changed an API token",
        _ => "Something else",
    }
}

fn row(line: Line, names: &HashMap<[u8; 16], String>, me: &Admin) -> Row {
    let at = Timestamp::from_microsecond(line.at).unwrap_or_default();
    let by_itself = || match line.act.as_str() {
        "sign_in_failed" => "Somebody".to_owned(),
        _ => "Rebound".to_owned(),
    };
    let actor = line.actor.map(|id| *id.as_bytes());
    let subject = line
        .subject
        .filter(|id| Some(*id) != actor)
        .and_then(|id| names.get(&id).cloned());
    let detail = match line.act.as_str() {
        "sign_in" | "sign_in_failed" => sign_in::by(&line.detail).to_owned(),
        _ => line.detail.clone(),
    };
    let detail = Some(detail).filter(|d| !d.is_empty());
    Row {
        at: at
            .to_zoned(me.zone().rules())
            .strftime("%-d %b %Y, %H:%M")
            .to_string(),
        who: actor.map_or_else(by_itself, |id| {
            names
                .get(&id)
                .cloned()
                .unwrap_or_else(|| "Nobody known".into())
        }),
        what: said(&line.act),
        more: subject
            .into_iter()
            .chain(detail)
            .collect::<Vec<_>>()
            .join(": "),
    }
}

/// GET `/audit`, `before` a line. Names are looked up for the page; the log holds none.
pub(crate) async fn show(me: Admin, ctx: Ctx, fields: Fields) -> Reply {
    let before = fields.read::<AuditId>("before")?;
    let who = me.0.clone();
    let (lines, people, teams) = ctx
        .app
        .read(move |act| {
            Ok((
                audit::page(act, &who, before)?,
                accounts::all(act, &who)?,
                accounts::teams(act, &who)?,
            ))
        })
        .await?;
    let people = people
        .into_iter()
        .map(|a| (*a.person.id.as_bytes(), a.person.name));
    let teams = teams.into_iter().map(|t| (*t.id.as_bytes(), t.name));
    let names = people.chain(teams).collect();
    let full = lines.len() >= ctx.app.thresholds().page_rows;
    let older = lines.last().filter(|_| full).map(|line| line.id);
    page(&Page {
        shell: Shell::new(&ctx, &me, "audit", "Audit log"),
        rows: lines.into_iter().map(|l| row(l, &names, &me)).collect(),
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
