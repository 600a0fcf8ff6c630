//! Who is here: first run, sessions, and the permission that only they make.

use std::fmt;
use std::str::FromStr;

use domain::{Person, PersonId, Zone};
use sha2::{Digest, Sha256};
use store::Hash;
use store::tables::{person, setting};

use crate::{Act, AppError, Kind, Result, error, random_bytes};

/// Permission to act as a seller on one's own ledger. Only this module makes one.
#[derive(Debug, Clone)]
pub struct Seller {
    person: Person,
}

impl Seller {
    /// Their id.
    pub fn id(&self) -> PersonId {
        self.person.id
    }

    /// What they are called.
    pub fn name(&self) -> &str {
        &self.person.name
    }

    /// Where they work.
    pub fn zone(&self) -> &Zone {
        &self.person.zone
    }

    /// Whether single-letter keys act.
    pub fn keys(&self) -> bool {
        self.person.keys
    }

    pub(crate) fn person(&self) -> &Person {
        &self.person
    }

    /// The permission of a person the program itself vouches for.
    pub(crate) fn vouched(person: Person) -> Self {
        Self { person }
    }
}

/// What a browser keeps: 32 random bytes, of which the store keeps only a hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// The hash under which the store knows it.
    fn hash(&self) -> Hash {
        let mut out = [0; 16];
        out.copy_from_slice(&Sha256::digest(self.0)[..16]);
        out
    }

    /// A token of these random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::act::hex(&self.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl FromStr for Token {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        crate::act::unhex(text)
            .and_then(|b| b.try_into().ok())
            .map(Self)
            .ok_or(())
    }
}

/// Days a session lasts without being used.
const SESSION_DAYS: i64 = 365;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Whether nobody has used this ledger yet.
///
/// # Errors
/// When the database cannot be read.
pub fn is_first_run(act: &mut Act<'_, '_>) -> Result<bool> {
    Ok(person::all(act.tx)?.is_empty())
}

/// The first person gives their name and zone, and is signed in.
///
/// # Errors
/// When somebody is there already, or the name is missing or too long.
pub fn first_run(act: &mut Act<'_, '_>, name: &str, zone: Zone) -> Result<(Seller, Token)> {
    act.tx.exclusive()?;
    if !is_first_run(act)? {
        return Err(AppError::new(
            Kind::Refused,
            "This Rebound is already set up.",
        ));
    }
    let me = add_person(act, name, zone.clone())?;
    act.set_zone(&zone)?;
    set_local(act, me.id())?;
    let token = begin(act, me.id())?;
    Ok((me, token))
}

/// The setting that names the person this installation belongs to.
const LOCAL_PERSON: &str = "local_person";

/// Makes a person the one this installation belongs to.
pub(crate) fn set_local(act: &mut Act<'_, '_>, id: PersonId) -> Result<()> {
    Ok(setting::set(act.tx, LOCAL_PERSON, &id.to_string())?)
}

pub(crate) fn add_person(act: &mut Act<'_, '_>, name: &str, zone: Zone) -> Result<Seller> {
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
    let person = Person {
        id: act.ids.person(),
        name,
        zone,
        keys: true,
    };
    let now = act.micros();
    person::insert(act.tx, &person, now)?;
    Ok(Seller::vouched(person))
}

/// The person this installation belongs to, made on the spot in a new ledger.
///
/// # Errors
/// When the database cannot.
pub fn local_or_new(act: &mut Act<'_, '_>, name: &str, zone: &Zone) -> Result<Seller> {
    act.tx.exclusive()?;
    if let Some(me) = local(act)? {
        return Ok(me);
    }
    let me = add_person(act, name, zone.clone())?;
    act.set_zone(zone)?;
    set_local(act, me.id())?;
    Ok(me)
}

/// The person this installation belongs to, if there is one yet.
///
/// # Errors
/// When the database cannot be read.
pub fn local(act: &mut Act<'_, '_>) -> Result<Option<Seller>> {
    let id = setting::get(act.tx, LOCAL_PERSON)?.and_then(|id| id.parse().ok());
    match id {
        Some(id) => Ok(person::get(act.tx, id)?.map(Seller::vouched)),
        None => Ok(None),
    }
}

/// Signs the person of this installation in on another browser; the caller has checked that it may.
///
/// # Errors
/// When there is nobody yet.
pub fn enter(act: &mut Act<'_, '_>) -> Result<(Seller, Token)> {
    let me = local(act)?
        .ok_or_else(|| AppError::new(Kind::Refused, "There is nobody to go on as yet."))?;
    let token = begin(act, me.id())?;
    Ok((me, token))
}

fn begin(act: &mut Act<'_, '_>, person: PersonId) -> Result<Token> {
    let (token, now) = (Token(random_bytes()?), act.micros());
    person::begin_session(act.tx, &token.hash(), person, now)?;
    person::end_sessions_before(act.tx, now - SESSION_DAYS * DAY)?;
    Ok(token)
}

/// Whose session this is; nothing when it ended. Also says whether [`touch`] is due, at most once
/// a day, so that reading a page writes nothing.
///
/// # Errors
/// When the database cannot be read.
pub fn who(act: &mut Act<'_, '_>, token: &Token) -> Result<Option<(Seller, bool)>> {
    let now = act.micros();
    Ok(person::session(act.tx, &token.hash())?
        .filter(|(_, seen)| now - seen < SESSION_DAYS * DAY)
        .map(|(person, seen)| (Seller::vouched(person), now - seen > DAY)))
}

/// Notes that a session is in use.
///
/// # Errors
/// When the database cannot be written.
pub fn touch(act: &mut Act<'_, '_>, token: &Token) -> Result<()> {
    let now = act.micros();
    Ok(person::touch_session(act.tx, &token.hash(), now)?)
}

/// Ends a session.
///
/// # Errors
/// When the database cannot be written.
pub fn leave(act: &mut Act<'_, '_>, token: &Token) -> Result<()> {
    Ok(person::end_session(act.tx, &token.hash())?)
}
