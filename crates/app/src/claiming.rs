//! Whose rows a file brings in: names that files call people by, which an administrator gives, and
//! placeholders, who hold rows for somebody without an account until they are claimed.

use domain::{Person, PersonId, Role, Roles, Standing, Zone};
use store::tables::{owner, person, team};

use crate::accounts::{insert, name_of, one};
use crate::audit::Audited;
use crate::{Act, Administrator, AppError, Kind, Result};

/// Somebody whose rows are brought in before they have an account.
pub(crate) fn add_placeholder(act: &mut Act<'_, '_>, name: &str, zone: Zone) -> Result<Person> {
    let roles = Roles::of(&[Role::Seller]);
    insert(act, name, "", zone, roles, Standing::Placeholder)
}

/// Most names by which files call one person.
const MOST_REP_NAMES: usize = 20;

/// Somebody who is not left over from rows that were claimed: they are somebody else now, and nobody
/// comes back under their name.
pub(crate) fn unclaimed(act: &mut Act<'_, '_>, id: PersonId) -> Result<Person> {
    let person = one(act, id)?;
    if person.claimed_by.is_some() {
        return Err(AppError::new(
            Kind::Refused,
            format!("The rows of {} belong to somebody else now.", person.name),
        )
        .with_hint("Open that person instead."));
    }
    Ok(person)
}

/// Whether this would have to be another administrator's to say: rows for oneself, while there is one.
/// Who sits at the database is past asking.
fn anothers_to_say(act: &mut Act<'_, '_>, who: &Administrator, about: PersonId) -> Result<bool> {
    Ok(about == who.id() && !act.at_keyboard && crate::session::only(act)?.is_none())
}

/// Says by which names and addresses files call a person, in place of those before. What they call
/// themselves is theirs to change and counts for nothing here. An administrator gives themselves none,
/// as they would claim nothing.
///
/// # Errors
/// When one is too long, there are too many, somebody else is called so, or one gives oneself any.
pub fn set_rep_names(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    id: PersonId,
    names: &[String],
) -> Result<()> {
    act.tx.exclusive()?;
    let before = unclaimed(act, id)?;
    let mut after = before.clone();
    after.rep_names.clear();
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        let name = name_of(act, name).map_err(|e| AppError::invalid("rep_names", e.message))?;
        after.add_rep(&name);
    }
    if after.rep_names.len() > MOST_REP_NAMES {
        return Err(AppError::invalid(
            "rep_names",
            format!("{MOST_REP_NAMES} names are the most."),
        ));
    }
    if after.rep_names == before.rep_names {
        return Ok(());
    }
    let lacking = |those: &Person, of: &Person| {
        let names = of.rep_names.iter();
        names.filter(|name| !those.is_rep(name)).count()
    };
    let (added, taken) = (lacking(&before, &after), lacking(&after, &before));
    if added > 0 && anothers_to_say(act, who, id)? {
        return Err(AppError::new(
            Kind::Refused,
            "Nobody takes rows for themselves: another administrator says what files call you.",
        )
        .with_hint("Or somebody at the server, with rebound user files."));
    }
    for other in person::all(act.tx)?.iter().filter(|p| p.id != id) {
        if let Some(name) = after.rep_names.iter().find(|name| other.is_rep(name)) {
            let why = match other.standing {
                Standing::Placeholder => format!(
                    "Rows of “{name}” wait for somebody already. Open that name under People and say whose they are."
                ),
                _ => format!("Files call {} “{name}” already.", other.name),
            };
            return Err(AppError::invalid("rep_names", why));
        }
    }
    person::update(act.tx, &after)?;
    act.audit(
        Some(who.id()),
        Audited::Person,
        Some(id.as_bytes()),
        format!("names in files: {added} added, {taken} taken away"),
    )
}

/// What went over to who claimed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// Attempts.
    pub attempts: u64,
    /// Deals.
    pub deals: u64,
}

/// Makes a placeholder's rows those of a person with an account, and the rows that files bring in
/// under its names from now on; the placeholder is gone after. An administrator claims nothing for
/// themselves while another could say whose it is; who sits at the database is past asking.
///
/// # Errors
/// When the one is no placeholder, the other has no ledger, or one claims for oneself.
pub fn claim(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    placeholder: PersonId,
    by: PersonId,
) -> Result<Claimed> {
    act.tx.exclusive()?;
    if anothers_to_say(act, who, by)? {
        return Err(AppError::new(
            Kind::Refused,
            "Nobody takes rows for themselves: another administrator says which are yours.",
        )
        .with_hint("Or somebody at the server, with rebound user claim."));
    }
    let (mut from, mut to) = (one(act, placeholder)?, one(act, by)?);
    let sells = to.standing == Standing::Active && to.roles.has(Role::Seller);
    if from.standing != Standing::Placeholder || !sells {
        return Err(AppError::new(
            Kind::Refused,
            "Only the rows of somebody without an account can be claimed, by a seller with one.",
        ));
    }
    let (attempts, deals) = owner::change(act.tx, from.id, to.id)?;
    let now = act.micros();
    team::leave(act.tx, from.id, now)?;
    for name in from.rep_names.drain(..) {
        to.add_rep(&name);
    }
    person::update(act.tx, &to)?;
    // The empty row stays: events and frozen months name it.
    let left = Person {
        standing: Standing::Deactivated,
        roles: Roles::NONE,
        claimed_by: Some(by),
        ..from
    };
    person::update(act.tx, &left)?;
    let zone = act.zone()?;
    store::derived::rebuild(act.tx, &zone)?;
    act.audit(
        Some(who.id()),
        Audited::Person,
        Some(placeholder.as_bytes()),
        format!("{CLAIMED_BY}{by}"),
    )?;
    Ok(Claimed { attempts, deals })
}

/// What the audit log says of a placeholder, before the id of who has their rows now.
pub(crate) const CLAIMED_BY: &str = "claimed by ";
