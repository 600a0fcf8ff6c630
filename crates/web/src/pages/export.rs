//! Taking everything out, or back into the CRM it came from.

use std::fs::File;
use std::future::Future;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use app::export::{self, Target};
use app::noes::{self, Filter};
use askama::Template;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Outcome;
use exchange::Format;
use futures_core::Stream;
use tokio::task::JoinHandle;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{self, Choice, Wrong, choices, pairs};
use crate::me::Me;
use crate::reply::{Reply, Shell, page_with};

#[derive(Template)]
#[template(path = "export.html")]
struct Page<'a> {
    shell: Shell<'a>,
    own: Vec<(Choice, &'static str)>,
    crms: Vec<Choice>,
    outcomes: Vec<Choice>,
    from: String,
    to: String,
    wrong: Wrong,
}

/// GET `/export`.
pub(crate) async fn show(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    page(&me, &ctx, &fields, Wrong::default())
}

fn page(me: &Me, ctx: &Ctx, fields: &Fields, wrong: Wrong) -> Reply {
    let status = if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let format = fields.opt("format").unwrap_or("csv");
    let own = [
        (
            "csv",
            "A table (CSV)",
            "Opens in any spreadsheet, and another Rebound reads it back.",
        ),
        ("json", "JSON", "The same for a program."),
    ];
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "noes", "Export"),
            own: own
                .into_iter()
                .map(|(code, label, says)| (Choice::new(code, label, format), says))
                .collect(),
            crms: choices(
                Format::WRITABLE.iter().map(|f| (f.code(), f.label())),
                format,
            ),
            outcomes: choices(pairs!(Outcome), fields.get("outcome")),
            from: fields.get("from").to_owned(),
            to: fields.get("to").to_owned(),
            wrong,
        },
    )
}

fn filter(me: &Me, fields: &Fields) -> forms::Read<Filter> {
    let (from, to) = (forms::day(fields, "from")?, forms::day(fields, "to")?);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        return Err(Wrong::with("to", "This day lies before the first one."));
    }
    Ok(Filter {
        outcome: forms::word(fields, "outcome")?,
        from: from.map(|day| noes::day_begins(me, day)),
        to: to.map(|day| noes::day_ends(me, day)),
        ..Filter::default()
    })
}

/// POST `/export/file` with `format`, and `outcome`, `from` and `to` where wanted. Taking rows out
/// stands in the audit log.
pub(crate) async fn file(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let target = Target::parse(fields.opt("format").unwrap_or("csv")).map_err(Wrong::of);
    let (target, filter) = match (target, filter(&me, &fields)) {
        (Ok(target), Ok(filter)) => (target, filter),
        (Err(Err(fault)), _) => return Err(fault),
        (Err(Ok(wrong)), _) | (_, Err(wrong)) => return page(&me, &ctx, &fields, wrong),
    };
    let (app, seller) = (ctx.app.clone(), me.0.clone());
    // Written down first, outside the list of files: a slow network then holds no snapshot of the
    // ledger, and what goes wrong is said on a page.
    let written = tokio::task::spawn_blocking(move || write(&app, &seller, target, filter))
        .await
        .map_err(|_| Fault::internal())??;
    let today = me.zone().day_of(ctx.app.now());
    let (kind, code, ending) = match target {
        Target::Csv => ("text/csv; charset=utf-8", "rebound", "csv"),
        Target::Json => ("application/json", "rebound", "json"),
        Target::Crm(format) => ("text/csv; charset=utf-8", format.code(), "csv"),
    };
    download(written, kind, &format!("{code}-{today}.{ending}"))
}

fn write(
    app: &app::App,
    me: &app::Seller,
    target: Target,
    filter: Filter,
) -> Result<(File, u64), Fault> {
    let no_room = |error: io::Error| {
        tracing::error!(%error, "an export could not be written");
        Fault::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "There was no room to write the file.",
        )
        .with_hint("Make room in the temporary folder of the computer that runs Rebound.")
    };
    let out = BufWriter::new(tempfile::tempfile().map_err(no_room)?);
    let (mut out, _) = export::write(app, me, target, filter, out)?;
    out.flush().map_err(no_room)?;
    let mut file = out.into_inner().map_err(|e| no_room(e.into_error()))?;
    let length = file.stream_position().map_err(no_room)?;
    file.rewind().map_err(no_room)?;
    Ok((file, length))
}

pub(crate) fn download((file, length): (File, u64), kind: &'static str, name: &str) -> Reply {
    let mut response: Response = Body::from_stream(Chunks::Idle(file)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let attachment = format!("attachment; filename=\"{name}\"");
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&attachment).map_err(|_| Fault::internal())?,
    );
    Ok(response)
}

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// A file, read piece by piece on threads that may wait.
enum Chunks {
    Idle(File),
    Reading(JoinHandle<io::Result<(File, Bytes)>>),
    Ended,
}

fn piece(mut file: File) -> io::Result<(File, Bytes)> {
    let mut buf = vec![0; CHUNK];
    let n = file.read(&mut buf)?;
    buf.truncate(n);
    Ok((file, buf.into()))
}

impl Stream for Chunks {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Self::Idle(_) = *self
            && let Self::Idle(file) = std::mem::replace(&mut *self, Self::Ended)
        {
            *self = Self::Reading(tokio::task::spawn_blocking(move || piece(file)));
        }
        let Self::Reading(reading) = &mut *self else {
            return Poll::Ready(None);
        };
        let done = match pin!(reading).poll(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(done) => done.unwrap_or_else(|e| Err(io::Error::other(e))),
        };
        match done {
            Ok((_, bytes)) if bytes.is_empty() => {
                *self = Self::Ended;
                Poll::Ready(None)
            }
            Ok((file, bytes)) => {
                *self = Self::Idle(file);
                Poll::Ready(Some(Ok(bytes)))
            }
            Err(error) => {
                *self = Self::Ended;
                Poll::Ready(Some(Err(error)))
            }
        }
    }
}
