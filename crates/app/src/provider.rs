//! Coming in by another provider, such as an organisation's single sign-on. The pages speak with
//! the provider and check what it signed; here it is decided who that is.
//!
//! Somebody is known by issuer and subject alone: both are the provider's and never change. An
//! account that stood here before is theirs only if the provider says that the address is
//! verified, it is the account's own, and nobody has a way into that account yet: people write
//! their address themselves, so somebody could hold another's and wait for them to come in. Who
//! has a way in connects the provider from inside, under Settings.

use domain::{Person, PersonId, Role, Roles, Standing, Zone};
use serde::{Deserialize, Serialize};
use store::tables::{passing, person, ways};

use crate::act::MINUTE;
use crate::audit::Audited;
use crate::session::{Way, has_way_in, is_first_run};
use crate::sign_in::{Visitor, came_in, enter, knock};
use crate::{Act, App, AppError, Kind, Member, Proved, Result, Token, accounts};

/// What ceremonies of this kind are called.
const CEREMONY: &str = "oidc";

/// What a provider says of somebody, checked.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    /// Who says it.
    pub issuer: String,
    /// Whom it is about, in the provider's own words.
    pub subject: String,
    /// Their address, or empty.
    pub email: String,
    /// Whether the provider knows that the address is theirs.
    pub email_verified: bool,
    /// What they are called, or empty.
    pub name: String,
    /// Where they work, as an IANA zone, or empty.
    pub zone: String,
    /// The groups they are in.
    pub groups: Vec<String>,
    /// Whether it asked them who they are a moment ago, and did not know them from before.
    pub just_asked: bool,
}

/// Which group of the provider means which role here. A role that stands in it is given and taken
/// at each sign-in; one that does not is the administrator's to give.
#[derive(Debug, Clone, Default)]
pub struct GroupRoles(pub Vec<(String, Role)>);

impl GroupRoles {
    /// The roles that follow from groups at all.
    fn mapped(&self) -> Roles {
        self.0.iter().map(|(_, role)| *role).collect()
    }

    /// The roles these groups mean.
    fn of(&self, groups: &[String]) -> Roles {
        let mine = self.0.iter().filter(|(group, _)| groups.contains(group));
        mine.map(|(_, role)| *role).collect()
    }
}

/// What has to be remembered until the provider sends the browser back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pending {
    /// What the answer has to carry.
    pub state: String,
    /// What the signed token has to carry.
    pub nonce: String,
    /// The half of the proof key that the provider has not seen.
    pub verifier: String,
    /// Which provider was asked.
    pub issuer: String,
    /// The page to go on to; empty for the first one.
    pub next: String,
    /// The provider was told to ask them who they are, even if it knows them.
    #[serde(default)]
    pub asks_anew: bool,
}

/// A sign-in under way.
#[derive(Debug)]
pub struct UnderWay {
    /// What was remembered.
    pub pending: Pending,
    /// Who connects the provider to their account; nobody when somebody comes in.
    pub connects: Option<PersonId>,
}

/// What is counted before anybody is named: beginnings, by address and browser.
fn door(visitor: &Visitor) -> String {
    format!("provider from {} by {}", visitor.address, visitor.agent)
}

fn refused(message: &str, hint: &str) -> AppError {
    AppError::new(Kind::Refused, message).with_hint(hint)
}

/// Begins coming in, or connecting the provider to one's own account.
///
/// # Errors
/// When it was tried too often.
pub fn begin(
    act: &mut Act<'_, '_>,
    visitor: &Visitor,
    connects: Option<&Proved>,
    pending: &Pending,
) -> Result<Token> {
    if connects.is_none() {
        knock(act, visitor, &door(visitor))?;
    }
    let state =
        serde_json::to_string(pending).map_err(|e| AppError::new(Kind::Internal, e.to_string()))?;
    let (token, now) = (Token::draw()?, act.micros());
    let t = &act.workspace.thresholds;
    let (until, stale) = (
        now + t.ceremony_minutes * MINUTE,
        now - t.tries_minutes * MINUTE,
    );
    passing::sweep(act.tx, now, stale)?;
    let whose = connects.map(Proved::id);
    passing::add_ceremony(act.tx, &token.hash(), CEREMONY, whose, &state, until)?;
    Ok(token)
}

/// Takes the sign-in under way; it serves once. Nothing when there is none.
///
/// # Errors
/// When the database cannot.
pub fn take(act: &mut Act<'_, '_>, token: &Token) -> Result<Option<UnderWay>> {
    let now = act.micros();
    let taken = passing::take_ceremony(act.tx, &token.hash(), CEREMONY, now)?;
    Ok(taken.and_then(|(connects, state)| {
        let pending = serde_json::from_str(&state).ok()?;
        Some(UnderWay { pending, connects })
    }))
}

/// Notes that the provider's answer let nobody in.
///
/// # Errors
/// When the database cannot be written.
pub fn failed(act: &mut Act<'_, '_>) -> Result<()> {
    act.audit(None, Audited::SignInFailed, None, Way::Oidc.code())
}

/// Lets in whom the provider means. Whatever session the browser had is ended.
///
/// # Errors
/// Says why they are not let in, and who can change it.
pub async fn come_in(
    app: &App,
    visitor: Visitor,
    claims: Claims,
    roles: GroupRoles,
    before: Option<Token>,
) -> Result<(Member, Token)> {
    let came = app
        .write(move |act| {
            act.tx.exclusive()?;
            let person = whom(act, &claims, &roles)?;
            let person = keep_roles(act, person, &claims, &roles)?;
            // Roles that were taken stay taken, whether or not they come in.
            if person.roles == Roles::NONE {
                return Ok(None);
            }
            came_in(act, &visitor, &door(&visitor))?;
            let way = if claims.just_asked {
                Way::OidcAsked
            } else {
                Way::Oidc
            };
            enter(act, person, way, &visitor, before.as_ref()).map(Some)
        })
        .await
        .and_then(|came| came.ok_or_else(no_group));
    if came.is_err() {
        app.write(failed).await?;
    }
    came
}

/// Who somebody is here, made on the spot when they are new.
fn whom(act: &mut Act<'_, '_>, claims: &Claims, roles: &GroupRoles) -> Result<Person> {
    if is_first_run(act)? {
        return Err(refused(
            "This Rebound is not set up yet.",
            "Whoever installed it goes first, with the token from the terminal.",
        ));
    }
    let person = match ways::subject(act.tx, &claims.issuer, &claims.subject)? {
        Some(id) => person::get(act.tx, id)?,
        None => match invited(act, claims)? {
            Some(person) => Some(person),
            None => Some(newcomer(act, claims, roles)?),
        },
    };
    person
        .filter(|p| p.standing == Standing::Active)
        .ok_or_else(shut_out)
}

fn shut_out() -> AppError {
    refused(
        "This account may not come in.",
        "An administrator of this Rebound can change that.",
    )
}

/// The account an administrator made for them, which nobody has a way into yet.
fn invited(act: &mut Act<'_, '_>, claims: &Claims) -> Result<Option<Person>> {
    if !claims.email_verified || claims.email.trim().is_empty() {
        return Ok(None);
    }
    let Some(person) = person::by_email(act.tx, &claims.email)? else {
        return Ok(None);
    };
    if person.standing != Standing::Active {
        return Err(shut_out());
    }
    if has_way_in(act, person.id)? {
        return Err(refused(
            "Somebody here has this address and another way in.",
            "If it is you, sign in that way and connect your account under Settings, Sign-in.",
        ));
    }
    tie(act, claims, person.id)?;
    Ok(Some(person))
}

/// Ties a person to who they are at the provider.
fn tie(act: &mut Act<'_, '_>, claims: &Claims, id: PersonId) -> Result<()> {
    ways::add_subject(act.tx, &claims.issuer, &claims.subject, id)?;
    // A link that still lies about would be a way in for whoever finds it.
    passing::end_links_of(act.tx, id)?;
    act.audit(Some(id), Audited::WayIn, Some(id.as_bytes()), "provider")
}

/// Somebody who was not here before.
fn newcomer(act: &mut Act<'_, '_>, claims: &Claims, roles: &GroupRoles) -> Result<Person> {
    let given = if roles.0.is_empty() {
        Roles::of(&[Role::Seller])
    } else {
        roles.of(&claims.groups)
    };
    if given == Roles::NONE {
        return Err(no_group());
    }
    // With a second person here everybody signs in; whoever looks after it must be able to.
    let mut reachable = given.has(Role::Administrator);
    for other in person::all(act.tx)? {
        let looks_after =
            other.standing == Standing::Active && other.roles.has(Role::Administrator);
        reachable = reachable || (looks_after && has_way_in(act, other.id)?);
    }
    if !reachable {
        return Err(refused(
            "This Rebound lets nobody else in yet.",
            "Its administrator first needs a way in of their own: a password, a passkey, or this \
             provider, under Settings, Sign-in.",
        ));
    }
    let zone = match Zone::new(&claims.zone) {
        Ok(zone) if !claims.zone.is_empty() => zone,
        _ => act.zone()?,
    };
    // An address that is not known to be theirs is not kept: it may be somebody else's.
    let email = if claims.email_verified {
        claims.email.as_str()
    } else {
        ""
    };
    let name = called(claims, act.workspace.thresholds.name_chars);
    let mut new = accounts::insert(act, &name, email, zone, given, Standing::Active)?;
    // What they are called there is theirs to change, and so gives nobody the rows of that name.
    new.rep_names.clear();
    new.add_rep(email);
    person::update(act.tx, &new)?;
    let id = new.id;
    act.audit(
        Some(id),
        Audited::Person,
        Some(id.as_bytes()),
        "added by provider",
    )?;
    act.audit(
        Some(id),
        Audited::Roles,
        Some(id.as_bytes()),
        given.to_string(),
    )?;
    tie(act, claims, id)?;
    Ok(new)
}

fn no_group() -> AppError {
    refused(
        "None of your groups is for Rebound.",
        "Whoever looks after your sign-on can add you to one.",
    )
}

/// What to call a newcomer: their name, the front of their address, or anything at all.
fn called(claims: &Claims, most: usize) -> String {
    let front = claims.email.split('@').next().unwrap_or_default();
    let name = [claims.name.trim(), front.trim(), "New here"]
        .into_iter()
        .find(|name| name.chars().any(|c| !c.is_control()))
        .unwrap_or("New here");
    name.chars().take(most).collect()
}

/// Gives and takes the roles that follow from groups. The last administrator stays one.
fn keep_roles(
    act: &mut Act<'_, '_>,
    before: Person,
    claims: &Claims,
    roles: &GroupRoles,
) -> Result<Person> {
    if roles.0.is_empty() {
        return Ok(before);
    }
    let (mapped, mine) = (roles.mapped(), roles.of(&claims.groups));
    let kept = before.roles.each().filter(|role| !mapped.has(*role));
    let mut after = Person {
        roles: kept.chain(mine.each()).collect(),
        ..before.clone()
    };
    if accounts::keep_one_administrator(act, &after).is_err() {
        after.roles = after.roles.with(Role::Administrator);
    }
    if after.roles != before.roles {
        person::update(act.tx, &after)?;
        act.audit(
            None,
            Audited::Roles,
            Some(after.id.as_bytes()),
            format!("{} -> {} by provider", before.roles, after.roles),
        )?;
    }
    Ok(after)
}

/// Connects the provider to the account of somebody who is signed in.
///
/// # Errors
/// When the provider's account is another person's.
pub fn connect(act: &mut Act<'_, '_>, me: &Member, claims: &Claims) -> Result<()> {
    act.tx.exclusive()?;
    match ways::subject(act.tx, &claims.issuer, &claims.subject)? {
        Some(id) if id == me.id() => Ok(()),
        Some(_) => Err(refused(
            "Somebody else here comes in with that account.",
            "Sign out at the provider, and choose your own.",
        )),
        None => tie(act, claims, me.id()),
    }
}

/// Takes one's own ties to providers away.
///
/// # Errors
/// When they are the last way in.
pub fn disconnect(act: &mut Act<'_, '_>, me: &Member) -> Result<()> {
    act.tx.exclusive()?;
    ways::drop_subjects(act.tx, me.id())?;
    crate::sign_in::keep_one_way(act, me)?;
    act.audit(
        Some(me.id()),
        Audited::WayIn,
        Some(me.id().as_bytes()),
        "provider removed",
    )
}
