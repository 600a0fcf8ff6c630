//! Bringing a file in: sent, looked at, tried, brought in.

use std::sync::Arc;
use std::time::Duration;

use app::import::{self, Imported, Options, RepRows, RowsGo};
use app::labels;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::{LabelKind, PersonId};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::Wrong;
use crate::me::{Anyone, Me};
use crate::pages::history::stamp;
use crate::pages::mapping::Look;
use crate::pages::meant;
use crate::reply::{Reply, Shell, page, page_with, see_other};
use crate::upload::Upload;
use crate::uploads::{Running, Stands, Waiting};
use crate::words;

/// Faults listed on the page.
const SHOWN: usize = 200;

/// Said when every row stayed out; the file then waits on, to be read another way.
const NOT_ONE: &str =
    "Not one row could be read like this, so nothing was brought in. The rows below say why.";

/// How long a press waits for the import to end before the page says how far it is.
const PATIENCE: Duration = Duration::from_secs(8);

struct Before {
    at: String,
    says: String,
}

#[derive(Template)]
#[template(path = "import.html")]
struct Choose<'a> {
    shell: Shell<'a>,
    most: String,
    before: Vec<Before>,
    wrong: Wrong,
}

/// GET `/import`.
pub(crate) async fn show(me: Me, ctx: Ctx) -> Reply {
    choose(&me, &ctx, Wrong::default()).await
}

async fn choose(me: &Me, ctx: &Ctx, wrong: Wrong) -> Reply {
    let runs = {
        let seller = me.0.clone();
        let read = move |act: &mut app::Act<'_, '_>| import::latest(act, &seller, 5);
        ctx.app.read(read).await?
    };
    let today = me.zone().day_of(ctx.app.now());
    let before = runs
        .into_iter()
        .map(|run| {
            let [rows, _, attempts, yes, ..] = run.counts;
            Before {
                at: stamp(
                    jiff::Timestamp::from_microsecond(run.at).unwrap_or_default(),
                    me.zone(),
                    today,
                ),
                says: format!(
                    "{}: {} read, {} added, {} of them yes.",
                    format_label(&run.format),
                    words::count(rows, "row"),
                    words::count(attempts, "attempt"),
                    words::number(yes)
                ),
            }
        })
        .collect();
    let status = if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page_with(
        status,
        &Choose {
            shell: Shell::new(ctx, me, "noes", "Import"),
            most: size(ctx.app.thresholds().upload_bytes),
            before,
            wrong,
        },
    )
}

fn format_label(code: &str) -> &str {
    code.parse::<exchange::Format>().map_or(code, |f| f.label())
}

/// `4.5 MB`.
fn size(bytes: usize) -> String {
    let tenths = bytes.saturating_mul(10) / 1_048_576;
    match (bytes, tenths) {
        (0..=1_023, _) => format!("{bytes} bytes"),
        (_, 0..=9) => format!("{} kB", bytes / 1_024),
        (_, 10..=99) => format!("{}.{} MB", tenths / 10, tenths % 10),
        _ => format!("{} MB", tenths / 10),
    }
}

/// POST `/import` with a file.
pub(crate) async fn send(me: Me, ctx: Ctx, upload: Upload) -> Reply {
    let Some(sent) = upload.file else {
        let wrong = Wrong::with(
            "file",
            "Choose a file first. An empty one has nothing to bring in.",
        );
        return choose(&me, &ctx, wrong).await;
    };
    // What is no table is said at once, not on the next page.
    let file = sent.file.reopen().map_err(|_| Fault::internal())?;
    let headers = tokio::task::spawn_blocking(move || exchange::headers(file))
        .await
        .map_err(|_| Fault::internal())?;
    if let Err(error) = headers {
        let wrong = Wrong::with("file", meant::sentence(&error));
        return choose(&me, &ctx, wrong).await;
    }
    let secret = app::random_bytes()?;
    let token: String = secret.iter().map(|b| format!("{b:02x}")).collect();
    let name = sent.name.chars().take(120).collect();
    ctx.uploads
        .keep(token.clone(), me.id(), name, sent.bytes, sent.file);
    Ok(see_other(&format!("/import/{token}")))
}

fn gone() -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "This file is not here any more.").with_hint(
        "A file waits half an hour and goes when it was brought in. Choose it once more under Import.",
    )
}

fn waiting(me: &Me, ctx: &Ctx, token: &str) -> Result<Waiting, Fault> {
    ctx.uploads.get(token, me.id()).ok_or_else(gone)
}

#[derive(Template)]
#[template(path = "import_file.html")]
struct Map<'a> {
    shell: Shell<'a>,
    token: &'a str,
    file: String,
    look: Look,
    strict: bool,
    /// Whose the rows would be, where an administrator brings in several people's.
    reps: Vec<Rep>,
    more_reps: Option<String>,
    tried: Option<Outcome>,
    failed: Option<String>,
}

/// The rows of one name in a file: how many, and whose they would be.
struct Rep {
    name: String,
    rows: String,
    whose: String,
}

/// Names in a file that are listed on the page.
const SHOWN_REPS: usize = 100;

impl Rep {
    fn of(rep: RepRows, me: PersonId) -> Self {
        let whose = match rep.to {
            RowsGo::Account { person, .. } if person == me => "yours".to_owned(),
            RowsGo::Account {
                name,
                email,
                active,
                ..
            } => {
                let address = match email.as_str() {
                    "" => String::new(),
                    email => format!(", {email}"),
                };
                let out = if active { "" } else { ", who may not come in" };
                format!("{name}{address}{out}")
            }
            RowsGo::Waiting => "wait with those that wait already".to_owned(),
            RowsGo::New => "wait for somebody: files call nobody here so".to_owned(),
            RowsGo::Out(why) => format!("stay out. {why}"),
        };
        Self {
            name: match rep.rep.as_str() {
                "" => "No name".to_owned(),
                name => name.to_owned(),
            },
            rows: words::number(i64::try_from(rep.rows).unwrap_or(i64::MAX)),
            whose,
        }
    }
}

#[derive(Template)]
#[template(path = "import_progress.html")]
struct UnderWay<'a> {
    shell: Shell<'a>,
    token: &'a str,
    rows: String,
    percent: u64,
}

#[derive(Template)]
#[template(path = "import_done.html")]
struct Finished<'a> {
    shell: Shell<'a>,
    file: String,
    outcome: Outcome,
}

/// What an import did or would do, in words.
struct Outcome {
    rows: String,
    figures: Vec<(String, String)>,
    errors: Vec<(String, String, String)>,
    more_errors: Option<String>,
    nothing_new: bool,
    /// Whose rows wait for somebody with an account.
    placeholders: Option<String>,
}

impl Outcome {
    fn of(done: &Imported, would: bool) -> Self {
        let figure = |n: u64| words::number(i64::try_from(n).unwrap_or(i64::MAX));
        let (be, added) = if would {
            ("would be ", "would be added")
        } else {
            ("", "added")
        };
        let known = done.duplicates.saturating_sub(done.corrected);
        let figures = [
            (done.prospects, format!("people {added}")),
            (done.attempts, format!("attempts {added}")),
            (done.yes, "of them a yes".to_owned()),
            (done.deals_open, format!("open deals {added}")),
            (
                known,
                "rows were known already and stay as they are".to_owned(),
            ),
            (
                done.corrected,
                format!(
                    "known rows had changed and {be}{}",
                    if would { "corrected" } else { "were corrected" }
                ),
            ),
            (
                done.errors_in_all,
                "rows could not be read and stay out".to_owned(),
            ),
        ];
        let errors: Vec<_> = done
            .errors
            .iter()
            .take(SHOWN)
            .map(|e| (figure(e.line), e.column.clone(), meant::plain(&e.reason)))
            .collect();
        let more = done
            .errors_in_all
            .saturating_sub(u64::try_from(errors.len()).unwrap_or(0));
        Self {
            rows: words::count(i64::try_from(done.rows).unwrap_or(i64::MAX), "row"),
            nothing_new: done.attempts == 0 && done.deals_open == 0 && done.corrected == 0,
            figures: figures
                .into_iter()
                .filter(|(n, _)| *n > 0)
                .map(|(n, what)| (figure(n), what))
                .collect(),
            errors,
            placeholders: waiting_for(&done.placeholders, would),
            more_errors: (more > 0).then(|| format!("and {} more", figure(more))),
        }
    }
}

/// Whose rows nobody with an account has, and what to do about it.
fn waiting_for(names: &[String], would: bool) -> Option<String> {
    let names = words::listed(names)?;
    let wait = if would { "would wait" } else { "wait" };
    Some(format!(
        "Rows of {names} {wait} for them: nobody with that name has an account here, so only totals count them. An administrator says on the People page whose they are."
    ))
}

/// GET `/import/{token}`.
pub(crate) async fn look(
    me: Me,
    Anyone(member): Anyone,
    ctx: Ctx,
    Path(token): Path<String>,
) -> Reply {
    let file = waiting(&me, &ctx, &token)?;
    let said = format!("{}, {}", file.name, size(file.bytes));
    match &file.stands {
        Stands::Running(running) => page(&UnderWay {
            shell: Shell::new(&ctx, &me, "noes", "Bringing it in"),
            token: &token,
            rows: words::count(i64::try_from(running.rows()).unwrap_or(0), "row"),
            percent: running.percent().min(100),
        }),
        Stands::Done(done) => page(&Finished {
            shell: Shell::new(&ctx, &me, "noes", "Brought in"),
            file: said,
            outcome: Outcome::of(done, false),
        }),
        stands => {
            let (tried, failed) = match stands {
                Stands::Tried(done) => (Some(Outcome::of(done, true)), None),
                Stands::Failed(text) => (None, Some(text.clone())),
                _ => (None, None),
            };
            let reasons = ctx
                .app
                .read(|act| labels::all(act, LabelKind::Reason))
                .await?;
            let (input, read_by, zone) = (
                file.open().ok_or_else(gone)?,
                file.mapping.clone(),
                me.zone().clone(),
            );
            let again = file.open().ok_or_else(gone)?;
            let owner = import::Owner::of(&member).unwrap_or_else(|| (&*me).into());
            let app = ctx.app.clone();
            let (look, reps) = tokio::task::spawn_blocking(move || {
                // A file that cannot be read yet says so in what is looked at.
                let reps = import::reps_of(&app, owner, again, &read_by).unwrap_or_default();
                (Look::at(input, &read_by, &zone, &reasons), reps)
            })
            .await
            .map_err(|_| Fault::internal())?;
            let look = look.map_err(Fault::invalid)?;
            let more_reps = reps.len().checked_sub(SHOWN_REPS).filter(|n| *n > 0);
            let more_reps = more_reps.map(|n| i64::try_from(n).unwrap_or(i64::MAX));
            page(&Map {
                shell: Shell::new(&ctx, &me, "noes", "What is what"),
                token: &token,
                file: said,
                strict: file.strict,
                look,
                reps: (reps.into_iter().take(SHOWN_REPS))
                    .map(|rep| Rep::of(rep, me.id()))
                    .collect(),
                more_reps: more_reps.map(|n| format!("and {} more", words::count(n, "name"))),
                tried,
                failed,
            })
        }
    }
}

/// POST `/import/{token}` with the mapping and `do` (`look`, `try`, `run`, `drop`).
pub(crate) async fn decide(
    me: Me,
    Anyone(member): Anyone,
    ctx: Ctx,
    Path(token): Path<String>,
    fields: Fields,
) -> Reply {
    let file = waiting(&me, &ctx, &token)?;
    let place = format!("/import/{token}");
    if fields.get("do") == "drop" {
        ctx.uploads.forget(&token, me.id());
        return Ok(see_other("/import"));
    }
    if matches!(file.stands, Stands::Running(_) | Stands::Done(_)) {
        return Ok(see_other(&place));
    }
    let (input, was, zone) = (
        file.open().ok_or_else(gone)?,
        file.mapping.clone(),
        me.zone().clone(),
    );
    let sent = fields.clone();
    let read = tokio::task::spawn_blocking(move || meant::read(input, was, &zone, &sent))
        .await
        .map_err(|_| Fault::internal())?;
    let (strict, trial) = (fields.has("strict"), fields.get("do") == "try");
    let runs = trial || fields.get("do") == "run";
    let running = Arc::new(Running::default());
    let stands = match (&read, runs) {
        (Ok(_), true) => Stands::Running(Arc::clone(&running)),
        (Ok(_), false) => Stands::Looking,
        (Err(text), _) => Stands::Failed(text.clone()),
    };
    let kept = ctx.uploads.change(&token, me.id(), |w| {
        if let Ok(mapping) = &read {
            w.mapping = mapping.clone();
        }
        w.strict = strict;
        w.stands = stands;
    });
    if let (Ok(mapping), true, true) = (read, runs, kept) {
        let options = Options {
            dry_run: trial,
            strict: strict && !trial,
        };
        let input = file.open().ok_or_else(gone)?;
        let owner = import::Owner::of(&member).unwrap_or_else(|| (&*me).into());
        let (app, uploads) = (ctx.app.clone(), ctx.uploads.clone());
        // Goes on when the browser does not wait for it.
        let reading = tokio::task::spawn_blocking(move || {
            let done = import::run(&app, owner, input, &mapping, options, |p| running.tell(p));
            let stands = match done {
                Ok(done) if trial => Stands::Tried(Box::new(done)),
                Ok(done) if done.errors_in_all > 0 && done.errors_in_all >= done.rows => {
                    Stands::Failed(NOT_ONE.into())
                }
                Ok(done) => Stands::Done(Box::new(done)),
                Err(e) => {
                    let hint = e
                        .hint
                        .as_deref()
                        .map_or_else(String::new, |h| format!(" {h}"));
                    Stands::Failed(meant::plain(&format!("{}{hint}", e.message)))
                }
            };
            uploads.end(&token, stands);
        });
        let _ = tokio::time::timeout(PATIENCE, reading).await;
    }
    Ok(see_other(&place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_do() {
        assert_eq!(size(512), "512 bytes");
        assert_eq!(size(40 * 1_024), "40 kB");
        assert_eq!(size(4_610_348), "4.3 MB");
        assert_eq!(size(256 * 1_024 * 1_024), "256 MB");
    }

    #[test]
    fn figures_leave_out_what_is_not() {
        let done = Imported {
            rows: 3,
            attempts: 2,
            duplicates: 1,
            ..Imported::default()
        };
        let outcome = Outcome::of(&done, true);
        let said: Vec<&str> = outcome
            .figures
            .iter()
            .map(|(_, what)| what.as_str())
            .collect();
        assert_eq!(
            said,
            [
                "attempts would be added",
                "rows were known already and stay as they are"
            ]
        );
        assert!(outcome.errors.is_empty() && outcome.more_errors.is_none());
    }
}
