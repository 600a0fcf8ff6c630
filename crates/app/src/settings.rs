//! One's own profile and the workspace's few settings.

use std::path::PathBuf;

use domain::{Person, Zone};
use store::tables::{person, setting};

use crate::{Act, AppError, Result, Seller, error};

const BACKUP_FOLDER: &str = "backup_folder";

/// Changes one's own name, zone and keys.
///
/// # Errors
/// When the name is missing or too long.
pub fn update_profile(
    act: &mut Act<'_, '_>,
    me: &Seller,
    name: &str,
    zone: Zone,
    keys: bool,
) -> Result<()> {
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
    Ok(person::update(
        act.tx,
        &Person {
            name,
            zone,
            keys,
            ..me.person().clone()
        },
    )?)
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
pub fn set_workspace_zone(act: &mut Act<'_, '_>, _me: &Seller, zone: &Zone) -> Result<()> {
    act.tx.exclusive()?;
    act.set_zone(zone)
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
pub fn set_backup_folder(act: &mut Act<'_, '_>, _me: &Seller, folder: &str) -> Result<()> {
    let folder = error::text("backup_folder", "The folder", folder, 1_000)?;
    if !folder.is_empty() && !PathBuf::from(&folder).is_absolute() {
        return Err(AppError::invalid(
            "backup_folder",
            "Write the whole path of the folder, from the root of the disk.",
        ));
    }
    Ok(setting::set(act.tx, BACKUP_FOLDER, &folder)?)
}
