//! `rebound backup` and `rebound restore`.

use std::path::PathBuf;

use app::archive::{self, Summary};
use app::{App, AppError, Kind, session, settings};
use serde_json::json;

use crate::cli::{Backup, Global, Restore};
use crate::{output, place};

pub(crate) fn backup(global: &Global, ask: Backup) -> Result<(), AppError> {
    let app = place::open(global)?;
    if app.read_blocking(session::is_first_run)? {
        // Whoever makes a ledger is in it.
        place::member(&app, global)?;
    }
    if let Some(folder) = &ask.folder {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        if folder.exists() && !folder.is_dir() {
            return Err(AppError::new(
                Kind::Invalid,
                format!(
                    "{} is a file, not a folder; name a folder.",
                    folder.display()
                ),
            ));
        }
        if !folder.is_dir() {
            return Err(AppError::new(
                Kind::NotFound,
                format!(
                    "The folder {} does not exist; make it first.",
                    folder.display()
                ),
            ));
        }
        let folder = folder.display().to_string();
        let who = place::looking(&app, global)?;
        app.write_blocking(move |act| settings::set_backup_folder(act, &who, &folder))?;
    }
    let path = match ask.archive {
        Some(path) => path,
        None => in_folder(&app)?,
    };
    place::not_a_folder(&path)?;
    let summary = archive::backup(&app, &path)?;
    let mut object = json!({ "archive": path.display().to_string() });
    add(&mut object, &summary);
    let text = format!(
        "Everything is in {}: {}, {}. It was read back and is whole.\n",
        path.display(),
        count(&summary, "attempt"),
        count(&summary, "prospect"),
    );
    output::result(global.json, &object, &text)
}

/// A name after the moment, in the backup folder.
fn in_folder(app: &App) -> Result<PathBuf, AppError> {
    let folder = app.read_blocking(settings::backup_folder)?.ok_or_else(|| {
        AppError::new(Kind::Invalid, "Say where to: `rebound backup ARCHIVE`.")
            .with_hint("Or name a folder for good with `rebound backup --folder FOLDER`.")
    })?;
    let now = app.now().to_zoned(place::system_zone().rules());
    Ok(folder.join(now.strftime("rebound-%Y-%m-%d-%H%M%S.archive").to_string()))
}

fn count(summary: &Summary, table: &str) -> String {
    output::count(summary.rows(table), table)
}

fn add(object: &mut serde_json::Value, summary: &Summary) {
    let tables: serde_json::Map<_, _> = summary
        .tables
        .iter()
        .map(|(name, n)| (name.clone(), (*n).into()))
        .collect();
    object["written_at"] = summary.written_at.clone().into();
    object["sha256"] = summary.sha256.clone().into();
    object["rows"] = tables.into();
}

pub(crate) fn restore(global: &Global, ask: Restore) -> Result<(), AppError> {
    place::not_a_folder(&ask.archive)?;
    // The archive is checked before the database is even opened.
    archive::verify(&ask.archive)?;
    let lists = match archive::lists_beside(&ask.archive)? {
        Some(lists) => lists,
        None if ask.without_list => Vec::new(),
        None => without_list(global)?,
    };
    let app = place::open(global)?;
    if !app.read_blocking(archive::is_empty)? && !ask.replace && !may_replace(global)? {
        return Err(AppError::new(Kind::Refused, "Nothing was changed."));
    }
    let folder = app.read_blocking(settings::backup_folder)?;
    let mut lists = lists;
    if let Some(folder) = folder.filter(|f| f.is_dir()) {
        lists.extend(archive::lists_in(&folder)?.unwrap_or_default());
    }
    let summary = archive::restore(&app, &ask.archive, lists)?;
    let mut object = json!({ "database": app.database().to_string() });
    add(&mut object, &summary);
    let text = format!(
        "{} now holds {} and {}, as of {}.\n",
        app.database(),
        count(&summary, "attempt"),
        count(&summary, "prospect"),
        summary.written_at,
    );
    output::result(global.json, &object, &text)
}

/// No list of the forgotten was found: somebody forgotten since could come back.
fn without_list(global: &Global) -> Result<archive::Forgotten, AppError> {
    let question = "No list of the forgotten stands beside this archive. Somebody who was forgotten after it was \
         written would come back.";
    if output::can_ask(global.json) {
        output::note(question);
        if output::ask("Go on without it? (yes/no)").is_some_and(|a| a.eq_ignore_ascii_case("yes"))
        {
            return Ok(Vec::new());
        }
    }
    Err(AppError::new(Kind::Refused, question)
        .with_hint("Put the newest .forgotten file beside the archive, or go on with --without-list. Nothing was changed."))
}

fn may_replace(global: &Global) -> Result<bool, AppError> {
    let question = "This database is in use; restoring replaces everything in it.";
    if output::can_ask(global.json) {
        output::note(question);
        return Ok(
            output::ask("Replace it? (yes/no)").is_some_and(|a| a.eq_ignore_ascii_case("yes"))
        );
    }
    Err(AppError::new(Kind::Refused, question)
        .with_hint("Name another with --database, or add --replace. Nothing was changed."))
}
