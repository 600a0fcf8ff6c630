//! One's own profile and the workspace's few settings.

use std::path::PathBuf;

use domain::{Person, Zone};
use store::tables::{person, setting};

use crate::audit::Audited;
use crate::{Act, Administrator, AppError, Member, Result, error};

const BACKUP_FOLDER: &str = "backup_folder";
const PUBLIC_URL: &str = "public_url";

/// Changes one's own name, zone, language (a BCP 47 tag) and keys.
///
/// # Errors
/// When the name is missing or too long, or the language is none.
pub fn update_profile(
    act: &mut Act<'_, '_>,
    me: &Member,
    name: &str,
    zone: Zone,
    language: &str,
    keys: bool,
) -> Result<()> {
    act.tx.exclusive()?;
    let name = error::text(
        "name",
        "The name",
        name,
        act.workspace.thresholds.name_chars,
    )?;
    if name.is_empty() {
        return Err(AppError::invalid(
            "name",
            "Write the name you want to be called by.",
        ));
    }
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !(2..=35).contains(&language.len()) || !language.chars().all(letter) {
        return Err(AppError::invalid(
            "language",
            "Choose one of the languages.",
        ));
    }
    // Read anew: what an administrator changed meanwhile stays.
    let before = person::get(act.tx, me.id())?.ok_or_else(|| AppError::not_found("person"))?;
    let after = Person {
        name,
        zone,
        language: language.to_owned(),
        keys,
        ..before
    };
    Ok(person::update(act.tx, &after)?)
}

/// The zone team months follow.
///
/// # Errors
/// When the database cannot be read.
pub fn workspace_zone(act: &mut Act<'_, '_>) -> Result<Zone> {
    act.zone()
}

/// Changes the zone team months follow; the months are counted again.
///
/// # Errors
/// When the database cannot be written.
pub fn set_workspace_zone(act: &mut Act<'_, '_>, who: &Administrator, zone: &Zone) -> Result<()> {
    act.tx.exclusive()?;
    if act.zone()? == *zone {
        return Ok(());
    }
    act.set_zone(zone)?;
    act.audit(Some(who.id()), Audited::Settings, None, "zone")
}

/// The public address the ledger was last served at; nothing when it never was.
///
/// # Errors
/// When the database cannot be read.
pub fn served_at(act: &mut Act<'_, '_>) -> Result<Option<String>> {
    Ok(setting::get(act.tx, PUBLIC_URL)?)
}

/// Notes the public address the ledger is served at.
///
/// # Errors
/// When the database cannot be written.
pub fn serve_at(act: &mut Act<'_, '_>, url: &str) -> Result<()> {
    if served_at(act)?.as_deref() == Some(url) {
        return Ok(());
    }
    Ok(setting::set(act.tx, PUBLIC_URL, url)?)
}

/// Where `backup` writes, and where the list of the forgotten is kept beside the archives.
///
/// # Errors
/// When the database cannot be read.
pub fn backup_folder(act: &mut Act<'_, '_>) -> Result<Option<PathBuf>> {
    Ok(setting::get(act.tx, BACKUP_FOLDER)?
        .filter(|f| !f.is_empty())
        .map(PathBuf::from))
}

/// Changes the backup folder; an empty text takes it away.
///
/// # Errors
/// When the path is not absolute.
pub fn set_backup_folder(act: &mut Act<'_, '_>, who: &Administrator, folder: &str) -> Result<()> {
    act.tx.exclusive()?;
    let folder = error::text("backup_folder", "The folder", folder, 1_000)?;
    if !folder.is_empty() && !PathBuf::from(&folder).is_absolute() {
        return Err(AppError::invalid(
            "backup_folder",
            "Write the whole path of the folder, from the root of the disk.",
        ));
    }
    if setting::get(act.tx, BACKUP_FOLDER)?.unwrap_or_default() == folder {
        return Ok(());
    }
    setting::set(act.tx, BACKUP_FOLDER, &folder)?;
    act.audit(Some(who.id()), Audited::Settings, None, "backup_folder")
}
