//! The lists of the forgotten that stand beside archives: random ids, so that bringing an old
//! archive back brings nobody back.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use store::tables::forget;

use crate::act::{hex, unhex};
use crate::archive::{VERSION, beside, io, private_file};
use crate::{App, AppError, Kind, Result, settings};

/// Ids of what was forgotten or deleted, and kinds.
pub type Forgotten = Vec<([u8; 16], String)>;

/// The lists that stand beside an archive: its own and every other in the same folder.
///
/// # Errors
/// When a list is there and cannot be read.
pub fn lists_beside(path: &Path) -> Result<Option<Forgotten>> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    lists_in(folder)
}

/// The lists that stand in a folder.
///
/// # Errors
/// When a list is there and cannot be read.
pub fn lists_in(folder: &Path) -> Result<Option<Forgotten>> {
    let mut found: Option<Forgotten> = None;
    let entries = fs::read_dir(folder).map_err(|e| io("Cannot read", folder, &e))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|e| e == "forgotten") {
            found.get_or_insert_default().extend(read_list(&path)?);
        }
    }
    Ok(found)
}

#[derive(Serialize, Deserialize)]
struct List {
    rebound: String,
    version: u64,
    forgotten: Vec<(String, String)>,
}

fn read_list(path: &Path) -> Result<Forgotten> {
    let wrong = || {
        AppError::new(
            Kind::Invalid,
            format!("{} is not a list of the forgotten.", path.display()),
        )
        .with_hint("It must be whole, or somebody forgotten could come back. Nothing was changed.")
    };
    let text = fs::read_to_string(path).map_err(|e| io("Cannot read", path, &e))?;
    let list: List = serde_json::from_str(&text).map_err(|_| wrong())?;
    if list.rebound != "forgotten" || list.version > VERSION {
        return Err(wrong());
    }
    list.forgotten
        .into_iter()
        .map(|(id, kind)| {
            let id = unhex(&id)
                .and_then(|b| b.try_into().ok())
                .ok_or_else(wrong)?;
            Ok((id, kind))
        })
        .collect()
}

fn write_list(path: &Path, list: &Forgotten) -> Result<()> {
    let wrong = |e: std::io::Error| io("Cannot write", path, &e);
    let list = List {
        rebound: "forgotten".into(),
        version: VERSION,
        forgotten: list
            .iter()
            .map(|(id, kind)| (hex(id), kind.clone()))
            .collect(),
    };
    let text = serde_json::to_string_pretty(&list).map_err(|e| wrong(e.into()))?;
    let partial = beside(path, ".partial");
    let mut file = private_file(&partial).map_err(wrong)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(wrong)?;
    fs::rename(&partial, path).map_err(wrong)
}

/// Writes the list of the forgotten anew in the backup folder, beside every archive there.
///
/// # Errors
/// When a folder is set and cannot be written.
pub fn write_forgotten_lists(app: &App) -> Result<()> {
    let (folder, list) =
        app.read_blocking(|act| Ok((settings::backup_folder(act)?, forget::list(act.tx)?)))?;
    let Some(folder) = folder else { return Ok(()) };
    let entries = fs::read_dir(&folder).map_err(|e| {
        io("The prospect was forgotten, but the list beside the backups was not written. Cannot read", &folder, &e)
    })?;
    let own = folder.join("rebound.forgotten");
    let mut first_wrong = Ok(());
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|e| e == "forgotten") && path != own {
            // One that cannot be read is left for people to look at; the others are written.
            let added = add_to_list(&path, &list);
            first_wrong = first_wrong.and(added);
        }
    }
    first_wrong.and(add_to_list(&own, &list))
}

/// Adds to a list; it may hold ids this ledger does not know, as when it came from elsewhere.
pub(crate) fn add_to_list(path: &Path, list: &Forgotten) -> Result<()> {
    let mut all = match path.exists() {
        true => read_list(path)?,
        false => Vec::new(),
    };
    all.extend(list.iter().cloned());
    all.sort();
    all.dedup();
    write_list(path, &all)
}
