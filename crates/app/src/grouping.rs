//! Teams, and who is in which: an administrator's acts.

use domain::{PersonId, Team, TeamId};
use store::tables::team;

use crate::accounts::{name_of, one};
use crate::audit::Audited;
use crate::{Act, Administrator, AppError, Result};

/// Every team, by name.
///
/// # Errors
/// When the database cannot be read.
pub fn teams(act: &mut Act<'_, '_>, _who: &Administrator) -> Result<Vec<Team>> {
    Ok(team::all(act.tx)?)
}

/// Makes a team.
///
/// # Errors
/// When the name will not do or is taken.
pub fn add_team(act: &mut Act<'_, '_>, who: &Administrator, name: &str) -> Result<Team> {
    act.tx.exclusive()?;
    let name = name_of(act, name)?;
    if team::named(act.tx, &name)?.is_some() {
        return Err(AppError::invalid("name", "There is a team of this name."));
    }
    let new = Team {
        id: act.ids.team(),
        name,
    };
    let now = act.micros();
    team::add(act.tx, &new, now)?;
    act.audit(
        Some(who.id()),
        Audited::Team,
        Some(new.id.as_bytes()),
        "added",
    )?;
    Ok(new)
}

/// Gives a team another name.
///
/// # Errors
/// When the name will not do or is taken.
pub fn rename_team(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    id: TeamId,
    name: &str,
) -> Result<()> {
    act.tx.exclusive()?;
    let name = name_of(act, name)?;
    if team::get(act.tx, id)?.is_none() {
        return Err(AppError::not_found("team"));
    }
    if team::named(act.tx, &name)?.is_some_and(|t| t.id != id) {
        return Err(AppError::invalid("name", "There is a team of this name."));
    }
    team::rename(act.tx, &Team { id, name })?;
    act.audit(
        Some(who.id()),
        Audited::Team,
        Some(id.as_bytes()),
        "renamed",
    )
}

/// Puts a person into a team, or out of any. `since` may lie in the past, so that history brought
/// in later is counted; never before they were in another team, and never a closed month twice.
///
/// # Errors
/// When there is no such team or person, or `since` lies in the future or too far back.
pub fn set_team(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    id: PersonId,
    into: Option<TeamId>,
    since: Option<i64>,
) -> Result<()> {
    act.tx.exclusive()?;
    one(act, id)?;
    let now = act.micros();
    let before = team::of(act.tx, id)?.map(|t| t.id);
    if before == into && since.is_none() {
        return Ok(());
    }
    let since = since.unwrap_or(now);
    let earliest = team::left(act.tx, id)?.unwrap_or(i64::MIN);
    if since > now || since < earliest {
        return Err(AppError::invalid(
            "since",
            "They can be in a team from the day they left another one on, and not from tomorrow on.",
        ));
    }
    match into {
        Some(team) => {
            if team::get(act.tx, team)?.is_none() {
                return Err(AppError::not_found("team"));
            }
            team::join(act.tx, id, team, since)?;
        }
        None => team::leave(act.tx, id, now)?,
    }
    let detail = into.map_or_else(|| "none".to_owned(), |team| team.to_string());
    act.audit(Some(who.id()), Audited::Team, Some(id.as_bytes()), detail)
}
