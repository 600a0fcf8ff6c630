//! Coming in by password, by link, and setting one's own ways in. What takes time is done outside
//! any transaction, and a known and an unknown person are answered alike.

use std::net::IpAddr;

use domain::{Person, PersonId, Standing};
use store::Hash;
use store::tables::{api, passing, person, session, ways};

use crate::act::MINUTE;
use crate::audit::Audited;
use crate::session::{Way, begin, has_way_in, renew};
use crate::{Act, App, AppError, Kind, Member, Proved, Result, Token, password};

#[cfg(test)]
mod alike;

/// Whoever asks to come in: from where, and how their browser calls itself.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Their address, as far as trusted proxies tell.
    pub address: IpAddr,
    /// What the browser says of itself.
    pub agent: String,
}

/// What somebody who did not get in is told, whatever the cause.
fn refused() -> AppError {
    AppError::new(
        Kind::Refused,
        "That address and that password do not belong together.",
    )
    .with_hint("Look at both and try again, or ask an administrator for a new way in.")
}

/// What somebody is told who tried too often, whoever they are; `left` is in microseconds.
fn wait(left: i64) -> AppError {
    let minutes = (left + MINUTE - 1).div_euclid(MINUTE);
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    AppError {
        wait: Some((left + 999_999).div_euclid(1_000_000)),
        ..AppError::new(
            Kind::TooOften,
            format!("That was a few tries too many. You can try again in {minutes} {unit}."),
        )
        .with_hint("Until then even the right password waits. Trying earlier changes nothing, and makes nothing worse.")
    }
}

/// The keys under which tries are counted: one for the account named, one for the address.
fn keys(act: &Act<'_, '_>, visitor: &Visitor, account: &str) -> [(Hash, i64); 2] {
    let t = &act.workspace.thresholds;
    // A household behind IPv6 has a whole /64 to itself.
    let address = match visitor.address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    };
    let account = domain::email_key(account).unwrap_or_else(|| domain::fold(account));
    let keyed = &act.workspace.keyed;
    [
        (
            keyed.hash("tries of account", &[account.as_bytes()]),
            t.account_tries,
        ),
        (
            keyed.hash("tries from address", &[&address]),
            t.address_tries,
        ),
    ]
}

/// Counts a try before it is made, so that many at once cannot slip through; refuses when there
/// were too many.
///
/// # Errors
/// Says how long to wait.
pub fn knock(act: &mut Act<'_, '_>, visitor: &Visitor, account: &str) -> Result<()> {
    let now = act.micros();
    let window = act.workspace.thresholds.tries_minutes * MINUTE;
    for (key, most) in keys(act, visitor, account) {
        // Counting holds the row until this transaction ends, so the count read after it is true. A
        // refused try is taken back with the transaction: waiting never gets longer by trying.
        passing::count_try(act.tx, &key, now, now - window)?;
        let (count, began) = passing::tries(act.tx, &key, now - window)?;
        if count > most {
            return Err(wait(began + window - now));
        }
    }
    Ok(())
}

/// Takes the count of an account back, after its person came in, and this one try of the address:
/// many people come in from one office, and only wrong tries slow them down.
pub(crate) fn came_in(act: &mut Act<'_, '_>, visitor: &Visitor, account: &str) -> Result<()> {
    let [(account, _), (address, _)] = keys(act, visitor, account);
    passing::end_tries(act.tx, &account)?;
    Ok(passing::uncount_try(act.tx, &address)?)
}

/// Comes in by address and password. Whatever session the browser had is ended: nobody keeps a
/// session that was put into their browser before.
///
/// # Errors
/// When it is not theirs, or was tried too often.
pub async fn by_password(
    app: &App,
    visitor: Visitor,
    email: String,
    given: String,
    before: Option<Token>,
) -> Result<(Member, Token)> {
    // What is no address is counted as one account: nothing typed here meets the counts of others.
    let email = domain::email_key(&email).unwrap_or_else(|| "no address".into());
    let (v, named) = (visitor.clone(), email.clone());
    let known = app
        .write(move |act| {
            knock(act, &v, &named)?;
            let person = person::by_email(act.tx, &named)?;
            // Asked for an unknown person too, so that both take the same steps.
            let id = person
                .as_ref()
                .map_or(PersonId::from_bytes([0; 16]), |p| p.id);
            let hash = ways::password(act.tx, id)?;
            let may = person
                .as_ref()
                .is_some_and(|p| p.standing == Standing::Active);
            Ok((person, hash.filter(|_| may)))
        })
        .await?;
    let (person, hash) = known;
    let right = app.hasher().verify(given, hash.clone()).await?;
    app.write(move |act| {
        act.tx.exclusive()?;
        if !right {
            let whose = person.as_ref().map(|p| p.id.as_bytes());
            act.audit(None, Audited::SignInFailed, whose, Way::Password.code())?;
        }
        let Some(person) = person.filter(|_| right) else {
            return Ok(None);
        };
        // The password may have changed, or the person been shut out, while it was checked.
        let still = person::get(act.tx, person.id)?.filter(|p| p.standing == Standing::Active);
        let (Some(person), true) = (still, ways::password(act.tx, person.id)? == hash) else {
            return Ok(None);
        };
        came_in(act, &visitor, &email)?;
        enter(act, person, Way::Password, &visitor, before.as_ref()).map(Some)
    })
    .await?
    .ok_or_else(refused)
}

/// Begins a session in place of the one before.
pub(crate) fn enter(
    act: &mut Act<'_, '_>,
    person: Person,
    way: Way,
    visitor: &Visitor,
    before: Option<&Token>,
) -> Result<(Member, Token)> {
    if let Some(before) = before {
        session::end(act.tx, &before.hash())?;
    }
    let token = begin(act, &person, way, &visitor.agent)?;
    Ok((Member::vouched(person), token))
}

/// Whom a link lets in.
#[derive(Debug, Clone)]
pub struct Invited {
    /// What they are called.
    pub name: String,
    /// The address they will sign in with, or empty.
    pub email: String,
    /// Whether they have a way in already and get a new one.
    pub again: bool,
}

fn no_link() -> AppError {
    AppError::new(
        Kind::NotFound,
        "This link does not let anybody in any more.",
    )
    .with_hint("Links work once and for a few days. Ask an administrator for a new one.")
}

pub(crate) fn linked(act: &mut Act<'_, '_>, link: &Token) -> Result<(String, Person)> {
    let now = act.micros();
    let (kind, id) = passing::link(act.tx, &link.hash(), now)?.ok_or_else(no_link)?;
    let person = person::get(act.tx, id)?.filter(|p| p.standing == Standing::Active);
    Ok((kind, person.ok_or_else(no_link)?))
}

/// Whom a link lets in, while it stands. Changes nothing.
///
/// # Errors
/// When it was used, ran out, or never was.
pub fn invited(act: &mut Act<'_, '_>, link: &Token) -> Result<Invited> {
    let (kind, person) = linked(act, link)?;
    Ok(Invited {
        name: person.name,
        email: person.email,
        again: kind == "reset",
    })
}

fn needs_address(address: &str) -> Result<()> {
    if address.trim().is_empty() {
        return Err(AppError::invalid(
            "email",
            "Write the address you will sign in with.",
        ));
    }
    Ok(())
}

/// Uses a link: the person gets this password (and this address, where they have none), every
/// other session of theirs ends, and they are in.
///
/// # Errors
/// When the link does not stand, or the address or the password will not do.
pub async fn by_link(
    app: &App,
    visitor: Visitor,
    link: Token,
    email: String,
    given: String,
    before: Option<Token>,
) -> Result<(Member, Token)> {
    let (l, v) = (link.clone(), visitor.clone());
    let (_, person) = app
        .write(move |act| {
            // Links are long and random; guessing is slowed all the same. Who holds one guesses not.
            knock(act, &v, &l.to_string())?;
            let found = linked(act, &l);
            if found.is_ok() {
                came_in(act, &v, &l.to_string())?;
            }
            // Whatever was found, the try stays counted.
            Ok(found)
        })
        .await??;
    let address = if person.email.is_empty() {
        email
    } else {
        person.email.clone()
    };
    needs_address(&address)?;
    password::check(app.thresholds(), &given, &[&person.name, &address])?;
    let hash = app.hasher().hash(given).await?;
    app.write(move |act| {
        act.tx.exclusive()?;
        let (_, person) = linked(act, &link)?;
        let now = act.micros();
        crate::accounts::set_email(act, &Member::vouched(person.clone()), &address)?;
        // Whoever got hold of the account keeps nothing of it.
        end_every_way(act, person.id)?;
        ways::set_password(act.tx, person.id, &hash, now)?;
        act.audit(
            Some(person.id),
            Audited::WayIn,
            Some(person.id.as_bytes()),
            "password",
        )?;
        let person = person::get(act.tx, person.id)?.ok_or_else(no_link)?;
        enter(act, person, Way::Link, &visitor, before.as_ref())
    })
    .await
}

/// Ends what lets somebody in without being asked: sessions but the one named, links, API tokens.
/// How many tokens stood until now is audited, as ended by `by`.
pub(crate) fn shut_out(
    act: &mut Act<'_, '_>,
    by: PersonId,
    person: PersonId,
    but: Option<&Token>,
) -> Result<()> {
    let (but, now) = (but.map(Token::hash), act.micros());
    session::end_others(act.tx, person, but.as_ref())?;
    passing::end_links_of(act.tx, person)?;
    let tokens = api::of(act.tx, person)?;
    let stood = tokens.iter().filter(|t| t.expires_at > now).count();
    api::end_all(act.tx, person)?;
    if stood == 0 {
        return Ok(());
    }
    let whose = Some(person.as_bytes());
    act.audit(Some(by), Audited::ApiToken, whose, format!("ended {stood}"))
}

/// Ends everything that lets somebody in, as they take up a link: sessions, tokens, passkeys,
/// providers, the password.
pub(crate) fn end_every_way(act: &mut Act<'_, '_>, person: PersonId) -> Result<()> {
    shut_out(act, person, person, None)?;
    for key in ways::passkeys(act.tx, person)? {
        ways::drop_passkey(act.tx, person, &key.id)?;
    }
    ways::drop_subjects(act.tx, person)?;
    Ok(ways::drop_password(act.tx, person)?)
}

/// What somebody is told who signed in a while ago and adds a way in.
fn not_proved() -> AppError {
    AppError::new(Kind::Refused, "Sign in once more before you change this.")
        .with_hint("It keeps whoever finds this browser open from making a way in of their own.")
}

/// What somebody types who sets their password.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The present one, where there is one.
    pub present: String,
    /// The address beside it; the one that is kept when empty.
    pub email: String,
    /// The new one.
    pub new: String,
}

/// Sets one's own password. Who has one shows that they know it, whoever has none that it is they;
/// every other session ends, and this one begins anew: who it is was shown just now.
///
/// # Errors
/// When the present password is wrong, the new one will not do, or they have to sign in once more.
pub async fn set_password(
    app: &App,
    visitor: Visitor,
    me: Member,
    proof: Option<Proved>,
    here: Token,
    typed: Typed,
) -> Result<Token> {
    let Typed {
        present,
        email,
        new,
    } = typed;
    let address = if email.trim().is_empty() {
        me.email().to_owned()
    } else {
        email
    };
    needs_address(&address)?;
    password::check(app.thresholds(), &new, &[me.name(), &address])?;
    let (id, named, v) = (me.id(), me.id().to_string(), visitor.clone());
    let known = app
        .write(move |act| {
            knock(act, &v, &named)?;
            Ok(ways::password(act.tx, id)?)
        })
        .await?;
    if known.is_none() && proof.is_none_or(|p| p.id() != me.id()) {
        return Err(not_proved());
    }
    if known.is_some() && !app.hasher().verify(present, known.clone()).await? {
        return Err(AppError::invalid(
            "present",
            "That is not your present password.",
        ));
    }
    let hash = app.hasher().hash(new).await?;
    app.write(move |act| {
        act.tx.exclusive()?;
        if ways::password(act.tx, me.id())? != known {
            return Err(AppError::new(
                Kind::Conflict,
                "Your password was changed elsewhere in the meantime.",
            ));
        }
        let now = act.micros();
        came_in(act, &visitor, &me.id().to_string())?;
        crate::accounts::set_email(act, &me, &address)?;
        ways::set_password(act.tx, me.id(), &hash, now)?;
        shut_out(act, me.id(), me.id(), Some(&here))?;
        act.audit(
            Some(me.id()),
            Audited::WayIn,
            Some(me.id().as_bytes()),
            "password",
        )?;
        renew(act, me.person(), Way::Password, &visitor.agent, &here)
    })
    .await
}

/// Which ways in a person has.
#[derive(Debug, Clone, Default)]
pub struct WaysIn {
    /// Whether by password.
    pub password: bool,
    /// The passkeys: id in hexadecimal, name, when added and last used in microseconds UTC.
    pub passkeys: Vec<(String, String, i64, Option<i64>)>,
    /// The providers.
    pub providers: Vec<String>,
}

/// One's own ways in.
///
/// # Errors
/// When the database cannot be read.
pub fn mine(act: &mut Act<'_, '_>, me: &Member) -> Result<WaysIn> {
    let keys = ways::passkeys(act.tx, me.id())?;
    Ok(WaysIn {
        password: ways::password(act.tx, me.id())?.is_some(),
        passkeys: keys
            .into_iter()
            .map(|k| (crate::act::hex(&k.id), k.name, k.created_at, k.used_at))
            .collect(),
        providers: ways::subjects(act.tx, me.id())?,
    })
}

/// Refuses to take the last way in away while others use this Rebound.
///
/// # Errors
/// Says what to add first.
pub(crate) fn keep_one_way(act: &mut Act<'_, '_>, me: &Member) -> Result<()> {
    if has_way_in(act, me.id())? || crate::session::only(act)?.is_some() {
        return Ok(());
    }
    Err(
        AppError::new(Kind::Refused, "Then you could not come in any more.")
            .with_hint("Add another way in first."),
    )
}

/// Takes one's own password away.
///
/// # Errors
/// When it is the last way in.
pub fn drop_password(act: &mut Act<'_, '_>, me: &Member) -> Result<()> {
    ways::drop_password(act.tx, me.id())?;
    keep_one_way(act, me)?;
    act.audit(
        Some(me.id()),
        Audited::WayIn,
        Some(me.id().as_bytes()),
        "password removed",
    )
}
