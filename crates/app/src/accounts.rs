//! People and their accounts: what an administrator does, and what one does about oneself.

use domain::{Person, PersonId, Role, Roles, Standing, Team, Zone};
use jiff::Timestamp;
use store::tables::{passing, person, team, ways};

use crate::act::HOUR;
use crate::audit::Audited;
use crate::claiming::unclaimed;
pub use crate::claiming::{Claimed, claim, set_rep_names};
pub use crate::grouping::{add_team, close_team, rename_team, set_team, teams};
use crate::session::has_way_in;
use crate::sign_in::shut_out;
use crate::{Act, Administrator, AppError, Kind, Member, Result, Token, error};

/// Writes a new person down. Files call them by this name and address too: whoever gives them has
/// authority over both.
pub(crate) fn insert(
    act: &mut Act<'_, '_>,
    name: &str,
    email: &str,
    zone: Zone,
    roles: Roles,
    standing: Standing,
) -> Result<Person> {
    let mut new = Person {
        email: email_of(act, email, None)?,
        roles,
        standing,
        ..Person::new(act.ids.person(), name_of(act, name)?, zone)
    };
    for named in [new.name.clone(), new.email.clone()] {
        new.add_rep(&named);
    }
    let now = act.micros();
    person::insert(act.tx, &new, now)?;
    Ok(new)
}

/// Checks a name.
pub(crate) fn name_of(act: &Act<'_, '_>, name: &str) -> Result<String> {
    let most = act.workspace.thresholds.name_chars;
    let name = error::text("name", "The name", name, most)?;
    if name.is_empty() {
        return Err(AppError::invalid("name", "Write the name to be called by."));
    }
    Ok(name)
}

/// Checks an address that somebody signs in with, which nobody else may have.
fn email_of(act: &mut Act<'_, '_>, email: &str, own: Option<PersonId>) -> Result<String> {
    let most = act.workspace.thresholds.name_chars;
    let email = error::text("email", "The address", email, most)?;
    if email.is_empty() {
        return Ok(email);
    }
    if domain::email_key(&email).is_none() {
        return Err(AppError::invalid(
            "email",
            "That is not an e-mail address; write one such as mara@example.com.",
        ));
    }
    match person::by_email(act.tx, &email)? {
        Some(other) if Some(other.id) != own => Err(AppError::invalid(
            "email",
            "Somebody here has this address already.",
        )),
        _ => Ok(email),
    }
}

/// The active person of this name or address.
pub(crate) fn find_active(act: &mut Act<'_, '_>, named: &str) -> Result<Person> {
    let found = find_among(act, named, |p| p.standing == Standing::Active);
    if is_nobody(&found) && !is_nobody(&find_among(act, named, is_waiting)) {
        return Err(AppError::new(
            Kind::NotFound,
            format!("“{named}” has rows here that were brought in, and no account yet."),
        )
        .with_hint("`rebound user add` makes one; `rebound user claim` gives it the rows."));
    }
    found
}

fn is_nobody(found: &Result<Person>) -> bool {
    matches!(found, Err(e) if e.kind == Kind::NotFound)
}

fn is_waiting(person: &Person) -> bool {
    person.standing == Standing::Placeholder
}

/// The person of this name, address or id.
///
/// # Errors
/// When there is none, or several are called so.
pub fn find(act: &mut Act<'_, '_>, _who: &Administrator, named: &str) -> Result<Person> {
    // Somebody shut out, or a placeholder, may be called as somebody who is here is.
    match find_among(act, named, |p| p.standing == Standing::Active) {
        Err(e) if e.kind == Kind::NotFound => find_among(act, named, |p| !is_left_over(p)),
        found => found,
    }
}

/// The placeholder of this name or id.
///
/// # Errors
/// When there is none, or several are called so.
pub fn find_placeholder(
    act: &mut Act<'_, '_>,
    _who: &Administrator,
    named: &str,
) -> Result<Person> {
    let found = find_among(act, named, is_waiting);
    if is_nobody(&found) && !is_nobody(&find_among(act, named, |_| true)) {
        return Err(AppError::new(
            Kind::NotFound,
            format!("No rows wait for anybody under the name “{named}”."),
        )
        .with_hint("`rebound user list` shows who has no account yet."));
    }
    found
}

/// Who goes by this name here already: people, and placeholders whose rows wait.
///
/// # Errors
/// When the database cannot be read.
pub fn namesakes(act: &mut Act<'_, '_>, _who: &Administrator, name: &str) -> Result<Vec<Person>> {
    let key = domain::fold(name.trim());
    let mut all = person::all(act.tx)?;
    all.retain(|p| {
        let called = domain::fold(&p.name) == key || (is_waiting(p) && p.is_rep(name));
        !key.is_empty() && called && !is_left_over(p)
    });
    Ok(all)
}

/// Whether a person goes by this name or address, however it is written.
pub(crate) fn is_called(person: &Person, named: &str) -> bool {
    let email = domain::email_key(named);
    domain::fold(&person.name) == domain::fold(named)
        || (email.is_some() && domain::email_key(&person.email) == email)
}

fn find_among(
    act: &mut Act<'_, '_>,
    named: &str,
    fits: impl Fn(&Person) -> bool,
) -> Result<Person> {
    let id = named.parse().ok();
    let all: Vec<Person> = person::all(act.tx)?.into_iter().filter(fits).collect();
    let like = begin_alike(&all, named);
    let mut found: Vec<Person> = all
        .into_iter()
        .filter(|p| Some(p.id) == id || is_called(p, named))
        .collect();
    match (found.pop(), found.len()) {
        (Some(person), 0) => Ok(person),
        (Some(_), _) => Err(AppError::new(
            Kind::Ambiguous,
            format!("Several people here are called “{named}”."),
        )
        .with_hint(
            "Name them by their e-mail address, or by the id in `rebound user list --json`.",
        )),
        (None, _) => Err(AppError::new(
            Kind::NotFound,
            format!("Nobody here is called “{named}”."),
        )
        .with_hint(match like {
            Some(names) => format!("Did you mean {names}?"),
            None => "`rebound user list` shows who is.".to_owned(),
        })),
    }
}

/// People of whose name a word begins with this one, a few of them: `Nora Quist or Norbert Vane`.
fn begin_alike(all: &[Person], named: &str) -> Option<String> {
    let key = domain::fold(named.trim());
    let begins = |p: &&Person| {
        let name = domain::fold(&p.name);
        name.starts_with(&key) || name.split(' ').any(|word| word.starts_with(&key))
    };
    let names: Vec<&str> = match key.is_empty() {
        true => Vec::new(),
        false => (all.iter().filter(begins).take(ALIKE))
            .map(|p| p.name.as_str())
            .collect(),
    };
    (!names.is_empty()).then(|| names.join(" or "))
}

/// How many names are offered for one that nobody has.
const ALIKE: usize = 3;

/// A person as the administrator's list shows them.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person.
    pub person: Person,
    /// Their team, and since when in microseconds UTC.
    pub team: Option<(Team, i64)>,
    /// Whether they can come in by themselves.
    pub has_way_in: bool,
    /// Until when a link stands that lets them in, in microseconds UTC.
    pub link_until: Option<i64>,
}

/// What is left of a placeholder whose rows were claimed: nobody, kept because history names it.
fn is_left_over(person: &Person) -> bool {
    person.claimed_by.is_some()
}

/// Everybody, in the order they came.
///
/// # Errors
/// When the database cannot be read.
pub fn all(act: &mut Act<'_, '_>, _who: &Administrator) -> Result<Vec<Account>> {
    let now = act.micros();
    let teams = team::all(act.tx)?;
    let present = team::present(act.tx)?;
    let mut out = Vec::new();
    for person in person::all(act.tx)? {
        let id = person.id;
        let has_way_in = has_way_in(act, id)?;
        if is_left_over(&person) && !has_way_in {
            continue;
        }
        let team = present.iter().find(|(p, _)| *p == id).map(|(_, t)| *t);
        let team = team.and_then(|id| teams.iter().find(|t| t.id == id).cloned());
        let since = team::since(act.tx, id)?;
        out.push(Account {
            team: team.zip(since),
            has_way_in,
            link_until: passing::links_of(act.tx, id, now)?
                .last()
                .map(|(_, at)| *at),
            person,
        });
    }
    Ok(out)
}

/// One person, for an administrator.
///
/// # Errors
/// When there is no such person.
pub fn get(act: &mut Act<'_, '_>, _who: &Administrator, id: PersonId) -> Result<Person> {
    one(act, id)
}

pub(crate) fn one(act: &mut Act<'_, '_>, id: PersonId) -> Result<Person> {
    person::get(act.tx, id)?.ok_or_else(|| AppError::not_found("person"))
}

/// Adds a person and makes the link by which they get a way in, to be handed over.
///
/// # Errors
/// When the name or the address will not do, or whoever adds them would be shut out.
pub fn invite(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    name: &str,
    email: &str,
    roles: Roles,
) -> Result<(Person, Token, Timestamp)> {
    act.tx.exclusive()?;
    needs_own_way_in(act, who)?;
    let new = add(act, who, name, email, roles)?;
    let (token, until) = make_link(act, who, new.id)?;
    Ok((new, token, until))
}

/// Adds a person who may come in once they have a way in.
///
/// # Errors
/// When the name or the address will not do.
pub fn add(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    name: &str,
    email: &str,
    roles: Roles,
) -> Result<Person> {
    act.tx.exclusive()?;
    let zone = act.zone()?;
    let new = insert(act, name, email, zone, roles, Standing::Active)?;
    act.audit(
        Some(who.id()),
        Audited::Person,
        Some(new.id.as_bytes()),
        "added",
    )?;
    act.audit(
        Some(who.id()),
        Audited::Roles,
        Some(new.id.as_bytes()),
        roles.to_string(),
    )?;
    Ok(new)
}

/// Refuses when the administrator would have no way back in once more than one person is here.
///
/// # Errors
/// Says what to set up first.
pub fn needs_own_way_in(act: &mut Act<'_, '_>, who: &Administrator) -> Result<()> {
    if has_way_in(act, who.id())? {
        return Ok(());
    }
    Err(AppError::new(
        Kind::Refused,
        "With several people here everybody signs in, and you have no way in of your own yet.",
    )
    .with_hint("Set a password or a passkey under Settings, Sign-in; then invite."))
}

/// Whether a person has a way in already.
///
/// # Errors
/// When the database cannot be read.
pub fn may_come_in(act: &mut Act<'_, '_>, _who: &Administrator, id: PersonId) -> Result<bool> {
    has_way_in(act, id)
}

/// Makes a single-use link by which a person gets a way in, and ends the ones before it. The link
/// is handed over by hand.
///
/// # Errors
/// When the person may not come in.
pub fn make_link(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    id: PersonId,
) -> Result<(Token, Timestamp)> {
    act.tx.exclusive()?;
    let person = unclaimed(act, id)?;
    match person.standing {
        Standing::Active => {}
        Standing::Placeholder => {
            return Err(AppError::new(
                Kind::Refused,
                format!("{} has rows here, and no account yet.", person.name),
            )
            .with_hint("Add them first, then give them the rows."));
        }
        Standing::Deactivated => {
            return Err(AppError::new(
                Kind::Refused,
                "Only somebody who may come in can be given a link.",
            )
            .with_hint("Let them in again first."));
        }
    }
    let known = has_way_in(act, id)?;
    let (kind, what) = if known {
        ("reset", Audited::Reset)
    } else {
        ("invitation", Audited::Invitation)
    };
    let (token, now) = (Token::draw()?, act.micros());
    let until = now + act.workspace.thresholds.link_hours * HOUR;
    passing::end_links_of(act.tx, id)?;
    passing::add_link(act.tx, &token.hash(), kind, id, Some(who.id()), now, until)?;
    act.audit(Some(who.id()), what, Some(id.as_bytes()), "")?;
    Ok((token, Timestamp::from_microsecond(until).unwrap_or(act.now)))
}

/// Changes what a person is here for.
///
/// # Errors
/// When nobody would be left to look after the installation.
pub fn set_roles(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    id: PersonId,
    roles: Roles,
) -> Result<()> {
    act.tx.exclusive()?;
    let before = unclaimed(act, id)?;
    let after = Person {
        roles,
        ..before.clone()
    };
    keep_one_administrator(act, &after)?;
    person::update(act.tx, &after)?;
    act.audit(
        Some(who.id()),
        Audited::Roles,
        Some(id.as_bytes()),
        format!("{} -> {}", before.roles, after.roles),
    )
}

fn looks_after(p: &Person) -> bool {
    p.standing == Standing::Active && p.roles.has(Role::Administrator)
}

/// Whether somebody has a way in, or a link by which they get one.
pub(crate) fn can_come_in(act: &mut Act<'_, '_>, id: PersonId) -> Result<bool> {
    let now = act.micros();
    Ok(has_way_in(act, id)? || !passing::links_of(act.tx, id, now)?.is_empty())
}

/// Refuses a change after which nobody who can come in would look after the installation.
pub(crate) fn keep_one_administrator(act: &mut Act<'_, '_>, after: &Person) -> Result<()> {
    let before = person::get(act.tx, after.id)?;
    if looks_after(after) || !before.is_some_and(|p| looks_after(&p)) {
        return Ok(());
    }
    let others: Vec<Person> = person::all(act.tx)?
        .into_iter()
        .filter(|p| p.id != after.id && p.standing == Standing::Active)
        .collect();
    // Who will be alone here comes in without being asked.
    let alone = others.len() == 1 && after.standing != Standing::Active;
    for other in others.iter().filter(|p| looks_after(p)) {
        if alone || can_come_in(act, other.id)? {
            return Ok(());
        }
    }
    Err(AppError::new(
        Kind::Refused,
        "Then nobody could look after this Rebound any more.",
    )
    .with_hint("Make somebody else an administrator first, one who can sign in."))
}

/// Shuts a person out, at once and everywhere, or lets them in again. Their rows stay.
///
/// # Errors
/// When nobody would be left to look after the installation, or for a placeholder.
pub fn set_standing(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    id: PersonId,
    standing: Standing,
) -> Result<()> {
    act.tx.exclusive()?;
    let before = unclaimed(act, id)?;
    if standing == Standing::Active && id != who.id() {
        needs_own_way_in(act, who)?;
    }
    if before.standing == Standing::Placeholder || standing == Standing::Placeholder {
        return Err(AppError::new(
            Kind::Refused,
            "Somebody without an account can only be claimed by one who has one.",
        ));
    }
    let after = Person { standing, ..before };
    keep_one_administrator(act, &after)?;
    person::update(act.tx, &after)?;
    if standing == Standing::Deactivated {
        shut_out(act, who.id(), id, None)?;
    }
    act.audit(
        Some(who.id()),
        Audited::Standing,
        Some(id.as_bytes()),
        standing.code(),
    )
}

/// Changes a person's name and address.
///
/// # Errors
/// When either will not do.
pub fn rename(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    id: PersonId,
    name: &str,
    email: &str,
) -> Result<()> {
    act.tx.exclusive()?;
    let before = one(act, id)?;
    let after = Person {
        name: name_of(act, name)?,
        email: email_of(act, email, Some(id))?,
        ..before
    };
    person::update(act.tx, &after)?;
    act.audit(
        Some(who.id()),
        Audited::Person,
        Some(id.as_bytes()),
        "renamed",
    )
}

/// Changes one's own address to sign in with.
///
/// # Errors
/// When it is none, or somebody else has it.
pub fn set_email(act: &mut Act<'_, '_>, me: &Member, email: &str) -> Result<()> {
    act.tx.exclusive()?;
    let before = one(act, me.id())?;
    let after = Person {
        email: email_of(act, email, Some(me.id()))?,
        ..before.clone()
    };
    if after == before {
        return Ok(());
    }
    if after.email.is_empty() && ways::password(act.tx, me.id())?.is_some() {
        return Err(AppError::invalid(
            "email",
            "Your password needs an address beside it.",
        ));
    }
    person::update(act.tx, &after)?;
    act.audit(
        Some(me.id()),
        Audited::WayIn,
        Some(me.id().as_bytes()),
        "address",
    )
}

/// Begins or ends sharing one's own rows with the lead of one's team.
///
/// # Errors
/// When the database cannot be written.
pub fn share_rows(act: &mut Act<'_, '_>, me: &Member, share: bool) -> Result<()> {
    act.tx.exclusive()?;
    let before = one(act, me.id())?;
    if before.shares_rows == share {
        return Ok(());
    }
    let ended = (!share).then(|| act.micros());
    let after = Person {
        shares_rows: share,
        shared_until: ended.or(before.shared_until),
        ..before
    };
    person::update(act.tx, &after)?;
    let detail = if share { "on" } else { "off" };
    act.audit(
        Some(me.id()),
        Audited::RowSharing,
        Some(me.id().as_bytes()),
        detail,
    )
}
