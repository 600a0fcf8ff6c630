//! Passkeys: adding one, coming in with one, taking one away.
//!
//! A ceremony has two halves that different processes may serve: what the first has to remember is
//! kept in the database under the hash of a token that only the browser holds, is taken by the
//! second, and serves once. Signatures are checked outside any transaction. Every passkey asks its
//! owner to show that it is they (by finger, face or PIN), so one is enough to come in.

use domain::{Person, PersonId, Standing};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::tables::{passing, person, ways};
use webauthn_rs::prelude::{
    CreationChallengeResponse, DiscoverableAuthentication, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

use crate::act::MINUTE;
use crate::audit::Audited;
use crate::session::Way;
use crate::sign_in::{Visitor, came_in, end_every_way, enter, keep_one_way, knock, linked};
use crate::{Act, App, AppError, Kind, Member, Proved, Result, Token, error};

/// Most passkeys of one person: more than anybody has devices.
const MOST: usize = 20;

/// Where a passkey holds: it is bound to the name it was made under.
#[derive(Debug, Clone)]
pub struct Place {
    /// The name, such as `rebound.example`.
    pub name: String,
    /// The address of the pages, such as `https://rebound.example`.
    pub origin: String,
}

/// The first half of a ceremony.
#[derive(Debug)]
pub struct Begun {
    /// What the browser's own question needs, as JSON.
    pub options: serde_json::Value,
    /// What the browser keeps until the second half.
    pub token: Token,
}

/// What a ceremony is for; its codes are kept.
#[derive(Debug, Clone, Copy)]
enum For {
    Adding,
    Link,
    Entering,
}

impl For {
    const fn code(self) -> &'static str {
        match self {
            Self::Adding => "passkey_add",
            Self::Link => "passkey_link",
            Self::Entering => "passkey_enter",
        }
    }
}

/// What somebody is told whose passkey did not let them in, whatever the cause.
fn unknown() -> AppError {
    AppError::new(Kind::Refused, "That passkey is not known here.")
        .with_hint("Try another one, or come in another way.")
}

fn not_under_way() -> AppError {
    AppError::new(
        Kind::Refused,
        "This took too long, or was finished already.",
    )
    .with_hint("Begin again.")
}

fn not_taken() -> AppError {
    AppError::new(
        Kind::Invalid,
        "Your browser's answer could not be used, so no passkey was added.",
    )
    .with_hint("Try again, or choose another device.")
}

fn broken(e: impl std::fmt::Display) -> AppError {
    AppError::new(Kind::Internal, format!("A passkey's words are broken: {e}"))
}

fn webauthn(place: &Place) -> Result<Webauthn> {
    let no_name = || {
        AppError::new(
            Kind::Refused,
            "Passkeys are bound to a name, and this address has none.",
        )
        .with_hint("Open Rebound as localhost, or under the name it was given.")
    };
    let origin = Url::parse(&place.origin).map_err(|_| no_name())?;
    WebauthnBuilder::new(&place.name, &origin)
        .and_then(|builder| builder.rp_name("Rebound").build())
        .map_err(|_| no_name())
}

fn begin(
    act: &mut Act<'_, '_>,
    what: For,
    whose: Option<PersonId>,
    state: &impl Serialize,
    options: serde_json::Value,
) -> Result<Begun> {
    let state = serde_json::to_string(state).map_err(broken)?;
    let (token, now) = (Token::draw()?, act.micros());
    let t = &act.workspace.thresholds;
    let (until, stale) = (
        now + t.ceremony_minutes * MINUTE,
        now - t.tries_minutes * MINUTE,
    );
    passing::sweep(act.tx, now, stale)?;
    passing::add_ceremony(act.tx, &token.hash(), what.code(), whose, &state, until)?;
    Ok(Begun { options, token })
}

/// Takes a ceremony under way, with whom it is for.
fn take<T: DeserializeOwned>(
    act: &mut Act<'_, '_>,
    what: For,
    token: Option<&Token>,
) -> Result<Option<(Option<PersonId>, T)>> {
    let Some(token) = token else { return Ok(None) };
    let now = act.micros();
    let taken = passing::take_ceremony(act.tx, &token.hash(), what.code(), now)?;
    let Some((whose, state)) = taken else {
        return Ok(None);
    };
    let state = serde_json::from_str(&state).map_err(broken)?;
    Ok(Some((whose, state)))
}

/// What the browser is asked when a passkey is made. It has to be one that names its owner by
/// itself, as nobody types a name to come in with it.
fn creation(made: &CreationChallengeResponse) -> Result<serde_json::Value> {
    let mut options = serde_json::to_value(made).map_err(broken)?;
    let choice = &mut options["publicKey"]["authenticatorSelection"];
    choice["residentKey"] = "required".into();
    choice["requireResidentKey"] = true.into();
    choice["userVerification"] = "required".into();
    Ok(options)
}

fn begin_adding(act: &mut Act<'_, '_>, place: &Place, what: For, whose: &Person) -> Result<Begun> {
    let webauthn = webauthn(place)?;
    let keys = ways::passkeys(act.tx, whose.id)?;
    if keys.len() >= MOST {
        return Err(AppError::new(
            Kind::Refused,
            format!("You have {MOST} passkeys; that is as many as are kept."),
        )
        .with_hint("Take away one that you do not use any more."));
    }
    let there = keys.into_iter().map(|k| k.id).collect();
    let called = if whose.email.is_empty() {
        &whose.name
    } else {
        &whose.email
    };
    let id = Uuid::from_bytes(*whose.id.as_bytes());
    let (made, state) = webauthn
        .start_passkey_registration(id, called, &whose.name, Some(there))
        .map_err(broken)?;
    let options = creation(&made)?;
    begin(act, what, Some(whose.id), &state, options)
}

/// Checks what the browser answered; what is kept of it, and its id.
fn made(place: &Place, state: &PasskeyRegistration, answer: &str) -> Result<(Vec<u8>, String)> {
    let answer: RegisterPublicKeyCredential =
        serde_json::from_str(answer).map_err(|_| not_taken())?;
    let key = webauthn(place)?
        .finish_passkey_registration(&answer, state)
        .map_err(|_| not_taken())?;
    let credential = serde_json::to_string(&key).map_err(broken)?;
    Ok((key.cred_id().to_vec(), credential))
}

fn keep(
    act: &mut Act<'_, '_>,
    whose: PersonId,
    name: &str,
    (id, credential): (Vec<u8>, String),
) -> Result<()> {
    let name = error::text("name", "The name", name, 60)?;
    if ways::passkey(act.tx, &id)?.is_some() {
        return Err(AppError::new(
            Kind::Conflict,
            "This passkey is kept already.",
        ));
    }
    let key = ways::Passkey {
        id,
        person: whose,
        name: if name.is_empty() {
            "Passkey".to_owned()
        } else {
            name
        },
        credential,
        created_at: act.micros(),
        used_at: None,
    };
    ways::add_passkey(act.tx, &key)?;
    act.audit(
        Some(whose),
        Audited::WayIn,
        Some(whose.as_bytes()),
        "passkey",
    )
}

/// Begins adding a passkey of one's own.
///
/// # Errors
/// When the address has no name to bind it to, or one has as many as are kept.
pub fn begin_own(act: &mut Act<'_, '_>, me: &Proved, place: &Place) -> Result<Begun> {
    begin_adding(act, place, For::Adding, me.person())
}

/// Adds the passkey that the browser made, under a name of one's own.
///
/// # Errors
/// When nothing is under way, or the answer will not do.
pub async fn finish_own(
    app: &App,
    me: Member,
    place: &Place,
    token: Option<Token>,
    name: String,
    answer: &str,
) -> Result<()> {
    let taken = app.write(move |act| take(act, For::Adding, token.as_ref()));
    let (whose, state) = taken.await?.ok_or_else(not_under_way)?;
    if whose != Some(me.id()) {
        return Err(not_under_way());
    }
    let key = made(place, &state, answer)?;
    app.write(move |act| keep(act, me.id(), &name, key)).await
}

/// Begins setting a passkey by an invitation, or by a link to a new way in.
///
/// # Errors
/// When the link does not stand, or was tried too often.
pub async fn begin_by_link(
    app: &App,
    visitor: Visitor,
    link: Token,
    place: Place,
) -> Result<Begun> {
    // By itself, so that the try stays counted when there is no such link.
    let named = link.to_string();
    app.write(move |act| knock(act, &visitor, &named)).await?;
    app.write(move |act| {
        let (_, person) = linked(act, &link)?;
        begin_adding(act, &place, For::Link, &person)
    })
    .await
}

/// Uses a link: the person gets this passkey, whatever password and session they had ends, and so
/// does the session the browser had, whose it ever was; they are in.
///
/// # Errors
/// When the link does not stand any more, or the answer will not do; then the link still stands.
#[expect(
    clippy::too_many_arguments,
    reason = "both halves of a ceremony meet here"
)]
pub async fn finish_by_link(
    app: &App,
    visitor: Visitor,
    link: Token,
    place: &Place,
    token: Option<Token>,
    name: String,
    answer: &str,
    before: Option<Token>,
) -> Result<(Member, Token)> {
    let taken = app.write(move |act| take(act, For::Link, token.as_ref()));
    let (whose, state) = taken.await?.ok_or_else(not_under_way)?;
    let key = made(place, &state, answer)?;
    app.write(move |act| {
        act.tx.exclusive()?;
        let (_, person) = linked(act, &link)?;
        if whose != Some(person.id) {
            return Err(not_under_way());
        }
        // A link is made when a way in is lost, or not theirs alone any more.
        end_every_way(act, person.id)?;
        keep(act, person.id, &name, key)?;
        enter(act, person, Way::Link, &visitor, before.as_ref())
    })
    .await
}

/// Under which tries to come in by passkey are counted: nobody is named before the browser
/// answered, and a whole office may share an address. Each try has to begin, so beginning is what
/// counts.
fn door(visitor: &Visitor) -> String {
    format!("passkey from {} by {}", visitor.address, visitor.agent)
}

/// Begins coming in: the browser offers whichever passkeys it has for this place.
///
/// # Errors
/// When it was tried too often, or the address has no name.
pub fn begin_entering(act: &mut Act<'_, '_>, visitor: &Visitor, place: &Place) -> Result<Begun> {
    knock(act, visitor, &door(visitor))?;
    let (asked, state) = webauthn(place)?
        .start_discoverable_authentication()
        .map_err(broken)?;
    let mut options = serde_json::to_value(&asked).map_err(broken)?;
    // The browser asks when the button was pressed, not while something is typed.
    if let Some(options) = options.as_object_mut() {
        options.remove("mediation");
    }
    begin(act, For::Entering, None, &state, options)
}

/// What a credential's row says after its owner came in: counter and all.
fn used(
    place: &Place,
    state: DiscoverableAuthentication,
    answer: &PublicKeyCredential,
    kept: &ways::Passkey,
) -> Option<String> {
    let webauthn = webauthn(place).ok()?;
    let (whose, _) = webauthn.identify_discoverable_authentication(answer).ok()?;
    if whose.as_bytes() != kept.person.as_bytes() {
        return None;
    }
    let mut key: Passkey = serde_json::from_str(&kept.credential).ok()?;
    let right = webauthn.finish_discoverable_authentication_v2(answer, state, &key);
    let right = right.ok().filter(|r| r.user_verified())?;
    key.update_credential(&right);
    serde_json::to_string(&key).ok()
}

/// Comes in by passkey. Whatever session the browser had is ended.
///
/// # Errors
/// When nothing is under way, or the passkey lets nobody in: one that is not known, was taken
/// away, is somebody's who is shut out, or signed wrongly is answered alike.
pub async fn enter_by(
    app: &App,
    visitor: Visitor,
    place: &Place,
    token: Option<Token>,
    answer: &str,
    before: Option<Token>,
) -> Result<(Member, Token)> {
    let answer: Option<PublicKeyCredential> = serde_json::from_str(answer).ok();
    let id = answer.as_ref().map(|a| a.get_credential_id().to_vec());
    let (state, kept) = app
        .write(move |act| {
            let Some((_, state)) = take(act, For::Entering, token.as_ref())? else {
                return Ok(None);
            };
            let kept = match &id {
                Some(id) => ways::passkey(act.tx, id)?,
                None => None,
            };
            Ok(Some((state, kept)))
        })
        .await?
        .ok_or_else(not_under_way)?;
    let now = match (&answer, &kept) {
        (Some(answer), Some(kept)) => used(place, state, answer, kept),
        _ => None,
    };
    app.write(move |act| {
        let came = match (kept, now) {
            (Some(kept), Some(now)) => let_in(act, &visitor, &kept, &now, before.as_ref())?,
            _ => None,
        };
        if came.is_none() {
            act.audit(None, Audited::SignInFailed, None, Way::Passkey.code())?;
        }
        Ok(came)
    })
    .await?
    .ok_or_else(unknown)
}

fn let_in(
    act: &mut Act<'_, '_>,
    visitor: &Visitor,
    kept: &ways::Passkey,
    now: &str,
    before: Option<&Token>,
) -> Result<Option<(Member, Token)>> {
    act.tx.exclusive()?;
    // It may have been used or taken away, or its owner shut out, while it was checked.
    let still = ways::passkey(act.tx, &kept.id)?;
    if still.is_none_or(|k| k.credential != kept.credential) {
        return Ok(None);
    }
    let person = person::get(act.tx, kept.person)?.filter(|p| p.standing == Standing::Active);
    let Some(person) = person else {
        return Ok(None);
    };
    let micros = act.micros();
    ways::used_passkey(act.tx, &kept.id, now, micros)?;
    came_in(act, visitor, &door(visitor))?;
    enter(act, person, Way::Passkey, visitor, before).map(Some)
}

/// Takes one of one's own passkeys away.
///
/// # Errors
/// When it is not there, or is the last way in.
pub fn remove(act: &mut Act<'_, '_>, me: &Member, id: &str) -> Result<()> {
    act.tx.exclusive()?;
    let id = crate::act::unhex(id).unwrap_or_default();
    if !ways::drop_passkey(act.tx, me.id(), &id)? {
        return Err(AppError::not_found("passkey"));
    }
    keep_one_way(act, me)?;
    act.audit(
        Some(me.id()),
        Audited::WayIn,
        Some(me.id().as_bytes()),
        "passkey removed",
    )
}
