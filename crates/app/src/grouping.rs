//! Teams, and who is in which: an administrator's acts.

use domain::{PersonId, Team, TeamId, Zone};
use jiff::Timestamp;
use jiff::civil::Date;
use store::tables::team;

use crate::accounts::name_of;
use crate::audit::Audited;
use crate::claiming::unclaimed;
use crate::{Act, Administrator, AppError, Kind, Result};

/// Every team, by name; closed ones among them.
///
/// # Errors
/// When the database cannot be read.
pub fn teams(act: &mut Act<'_, '_>, _who: &Administrator) -> Result<Vec<Team>> {
    Ok(team::all(act.tx)?)
}

fn get(act: &mut Act<'_, '_>, id: TeamId) -> Result<Team> {
    team::get(act.tx, id)?.ok_or_else(|| AppError::not_found("team"))
}

/// Checks a name, which no other team may have.
fn free_name(act: &mut Act<'_, '_>, name: &str, own: Option<TeamId>) -> Result<String> {
    let name = name_of(act, name)?;
    match team::named(act.tx, &name)?.filter(|t| Some(t.id) != own) {
        None => Ok(name),
        Some(Team { closed: true, .. }) => Err(AppError::invalid(
            "name",
            "There is a closed team of this name. Open it again, or choose another name.",
        )),
        Some(_) => Err(AppError::invalid("name", "There is a team of this name.")),
    }
}

/// Makes a team.
///
/// # Errors
/// When the name will not do or is taken.
pub fn add_team(act: &mut Act<'_, '_>, who: &Administrator, name: &str) -> Result<Team> {
    act.tx.exclusive()?;
    let name = free_name(act, name, None)?;
    let new = Team {
        id: act.ids.team(),
        name,
        closed: false,
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
    let before = get(act, id)?;
    let name = free_name(act, name, Some(id))?;
    team::rename(act.tx, &Team { name, ..before })?;
    act.audit(
        Some(who.id()),
        Audited::Team,
        Some(id.as_bytes()),
        "renamed",
    )
}

/// Closes a team nobody is in, or opens it again. Its months stay as they were counted.
///
/// # Errors
/// When somebody is still in it.
pub fn close_team(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    id: TeamId,
    closed: bool,
) -> Result<()> {
    act.tx.exclusive()?;
    let before = get(act, id)?;
    if before.closed == closed {
        return Ok(());
    }
    let inside = team::present(act.tx)?
        .iter()
        .filter(|(_, t)| *t == id)
        .count();
    if closed && inside > 0 {
        let people = match inside {
            1 => "One person is".to_owned(),
            n => format!("{n} people are"),
        };
        return Err(
            AppError::new(Kind::Refused, format!("{people} in {} still.", before.name))
                .with_hint("Put them into another team, or into none, first."),
        );
    }
    let now = act.micros();
    team::close(act.tx, id, closed.then_some(now))?;
    let detail = if closed { "closed" } else { "opened" };
    act.audit(Some(who.id()), Audited::Team, Some(id.as_bytes()), detail)
}

/// Says from which day on somebody can be in a team: until today, and not before they left another
/// one at `left`, if that is what stands in the way.
fn not_then(zone: &Zone, now: Timestamp, left: Option<i64>) -> String {
    let said = |day: Date| day.strftime("%-d %B %Y").to_string();
    let today = zone.day_of(now);
    let Some(left) = left else {
        return format!(
            "That day is still to come. Choose today, {}, or an earlier one.",
            said(today)
        );
    };
    let on = zone.day_of(Timestamp::from_microsecond(left).unwrap_or(now));
    // Who left in the middle of a day can be in another team from the next one on.
    let first = match zone.start_of(on).as_microsecond() < left {
        true => on.tomorrow().unwrap_or(on),
        false => on,
    };
    let choose = match first > today {
        true => "Leave the day empty, which means from now on.".to_owned(),
        false => format!("Choose {} or a later day.", said(first)),
    };
    format!("They were in a team until {}. {choose}", said(on))
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
    unclaimed(act, id)?;
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
            not_then(who.zone(), act.now, (since <= now).then_some(earliest)),
        ));
    }
    match into {
        Some(team) => {
            let into = get(act, team)?;
            if into.closed {
                return Err(AppError::invalid(
                    "team",
                    format!("{} is closed. Open it again first.", into.name),
                ));
            }
            team::join(act.tx, id, team, since)?;
        }
        None => team::leave(act.tx, id, now)?,
    }
    let detail = into.map_or_else(|| "none".to_owned(), |team| team.to_string());
    act.audit(Some(who.id()), Audited::Team, Some(id.as_bytes()), detail)
}
