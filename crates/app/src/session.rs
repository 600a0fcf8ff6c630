//! Who is here: first run, sessions, and who is at the keyboard.

use std::fmt;
use std::str::FromStr;

use domain::{Person, PersonId, Role, Roles, Standing, Thresholds, Zone};
use sha2::{Digest, Sha256};
use store::Hash;
pub use store::tables::session::Session;
use store::tables::{passing, person, session, ways};

use crate::act::{DAY, HOUR, MINUTE};
use crate::audit::Audited;
use crate::{Act, AppError, Kind, Member, Proved, Result, Seller, accounts, random_bytes};

/// What a browser keeps: 32 random bytes, of which the store keeps only a hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// The hash under which the store knows it.
    pub(crate) fn hash(&self) -> Hash {
        let mut out = [0; 16];
        out.copy_from_slice(&Sha256::digest(self.0)[..16]);
        out
    }

    /// A token of these random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new token.
    pub(crate) fn draw() -> Result<Self> {
        random_bytes().map(Self)
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

/// How somebody came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Alone on this computer, without being asked for anything.
    Local,
    /// By password.
    Password,
    /// By passkey.
    Passkey,
    /// By another provider, which may have known them from before.
    Oidc,
    /// By another provider, which asked them who they are at that moment.
    OidcAsked,
    /// By an invitation or a link to a new way in.
    Link,
}

impl Way {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Oidc => "oidc",
            Self::OidcAsked => "oidc_asked",
            Self::Link => "link",
        }
    }
}

/// Whether nobody has used this ledger yet.
///
/// # Errors
/// When the database cannot be read.
pub fn is_first_run(act: &mut Act<'_, '_>) -> Result<bool> {
    Ok(person::all(act.tx)?.is_empty())
}

/// The roles of whoever sets an installation up: they sell, and they look after it.
fn first_roles() -> Roles {
    Roles::of(&[Role::Seller, Role::Administrator])
}

/// The first person gives their name and zone, and is signed in.
///
/// # Errors
/// When somebody is there already, or the name is missing or too long.
pub fn first_run(act: &mut Act<'_, '_>, name: &str, zone: Zone) -> Result<(Member, Token)> {
    act.tx.exclusive()?;
    if !is_first_run(act)? {
        return Err(AppError::new(
            Kind::Refused,
            "This Rebound is already set up.",
        ));
    }
    let me = accounts::insert(act, name, "", zone.clone(), first_roles(), Standing::Active)?;
    act.set_zone(&zone)?;
    let token = begin(act, &me, Way::Local, "")?;
    Ok((Member::vouched(me), token))
}

/// Whoever sits at a computer that can open the database: the only person, one made on the spot in
/// a new ledger, or of several the one named by name or address.
///
/// # Errors
/// When there are several and none is named, or nobody of that name may come in.
pub fn at_keyboard(
    act: &mut Act<'_, '_>,
    named: Option<&str>,
    name: &str,
    zone: &Zone,
) -> Result<Member> {
    match named {
        Some(named) => accounts::find_active(act, named).map(Member::vouched),
        None => only_or_new(act, name, zone),
    }
}

/// The only person who may come in, made on the spot in a new ledger.
///
/// # Errors
/// When there are several, or the database cannot.
pub fn only_or_new(act: &mut Act<'_, '_>, name: &str, zone: &Zone) -> Result<Member> {
    act.tx.exclusive()?;
    if is_first_run(act)? {
        let standing = Standing::Active;
        let me = accounts::insert(act, name, "", zone.clone(), first_roles(), standing)?;
        act.set_zone(zone)?;
        return Ok(Member::vouched(me));
    }
    only(act)?.ok_or_else(|| {
        AppError::new(Kind::Ambiguous, "Several people use this Rebound.")
            .with_hint("Say who you are with --as NAME.")
    })
}

/// As [`only_or_new`], for the one who sells.
///
/// # Errors
/// As [`only_or_new`], and when that person does not sell.
pub fn local_or_new(act: &mut Act<'_, '_>, name: &str, zone: &Zone) -> Result<Seller> {
    let me = only_or_new(act, name, zone)?;
    me.seller().ok_or_else(not_a_seller)
}

/// What somebody who does not sell is told.
pub fn not_a_seller() -> AppError {
    AppError::new(Kind::Refused, "This account has no ledger of its own.")
        .with_hint("An administrator can make it a seller's.")
}

/// The only person who may come in; nothing when there are several, or nobody.
///
/// # Errors
/// When the database cannot be read.
pub fn only(act: &mut Act<'_, '_>) -> Result<Option<Member>> {
    let mut active = person::all(act.tx)?
        .into_iter()
        .filter(|p| p.standing == Standing::Active);
    let first = active.next();
    Ok(first
        .filter(|_| active.next().is_none())
        .map(Member::vouched))
}

/// The only person who looks after this installation; nothing when there are several.
///
/// # Errors
/// When the database cannot be read.
pub fn tending(act: &mut Act<'_, '_>) -> Result<Option<Member>> {
    let mut all = person::all(act.tx)?
        .into_iter()
        .map(Member::vouched)
        .filter(|m| m.administrator().is_some());
    let first = all.next();
    Ok(first.filter(|_| all.next().is_none()))
}

/// The person who is alone here and has set up no way in: on their own computer they are let in
/// without one.
///
/// # Errors
/// When the database cannot be read.
pub fn local(act: &mut Act<'_, '_>) -> Result<Option<Member>> {
    match only(act)? {
        Some(me) if !has_way_in(act, me.id())? => Ok(Some(me)),
        _ => Ok(None),
    }
}

/// Whether this Rebound is one person's own: nobody else is here, not even somebody whose rows wait
/// for an account, and no way in was set up.
///
/// # Errors
/// When the database cannot be read.
pub(crate) fn is_personal(act: &mut Act<'_, '_>) -> Result<bool> {
    Ok(person::all(act.tx)?.len() == 1 && local(act)?.is_some())
}

/// Whether a person can come in from elsewhere.
pub(crate) fn has_way_in(act: &mut Act<'_, '_>, person: PersonId) -> Result<bool> {
    Ok(ways::password(act.tx, person)?.is_some()
        || !ways::passkeys(act.tx, person)?.is_empty()
        || !ways::subjects(act.tx, person)?.is_empty())
}

/// Signs the person who is alone here in on another browser, in place of the session it had before;
/// the caller has checked that it may.
///
/// # Errors
/// When there is nobody, several, or a way in was set up.
pub fn enter(
    act: &mut Act<'_, '_>,
    agent: &str,
    before: Option<&Token>,
) -> Result<(Member, Token)> {
    let me = local(act)?
        .ok_or_else(|| AppError::new(Kind::Refused, "This Rebound asks who you are first."))?;
    if let Some(before) = before {
        leave(act, before)?;
    }
    let token = begin(act, me.person(), Way::Local, agent)?;
    Ok((me, token))
}

/// Begins a session; whatever session the browser had before is the caller's to end.
pub(crate) fn begin(
    act: &mut Act<'_, '_>,
    person: &Person,
    way: Way,
    agent: &str,
) -> Result<Token> {
    let token = keep(act, person, way, agent)?;
    act.audit(Some(person.id), Audited::SignIn, None, way.code())?;
    Ok(token)
}

/// A new session in place of one whose person just showed that it is they.
pub(crate) fn renew(
    act: &mut Act<'_, '_>,
    person: &Person,
    way: Way,
    agent: &str,
    here: &Token,
) -> Result<Token> {
    leave(act, here)?;
    keep(act, person, way, agent)
}

fn keep(act: &mut Act<'_, '_>, person: &Person, way: Way, agent: &str) -> Result<Token> {
    let (token, now) = (Token::draw()?, act.micros());
    let agent: String = agent
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    session::begin(act.tx, &token.hash(), person.id, now, &agent, way.code())?;
    let t = &act.workspace.thresholds;
    session::end_before(act.tx, now - t.session_days * DAY)?;
    passing::sweep(act.tx, now, now - t.tries_minutes * MINUTE)?;
    Ok(token)
}

/// Whether a session still stands. Who has no way in is alone on their own computer and stays in;
/// everybody else signs in again after a while, whatever they did meanwhile.
fn stands(t: &Thresholds, has_way_in: bool, way: &str, began: i64, seen: i64, now: i64) -> bool {
    let most = match way {
        "oidc" | "oidc_asked" => t.provider_session_hours * HOUR,
        _ if has_way_in => t.session_most_days * DAY,
        _ => i64::MAX,
    };
    now - began < most && now - seen < t.session_days * DAY
}

fn found(act: &mut Act<'_, '_>, token: &Token) -> Result<Option<session::Found>> {
    let (now, t) = (act.micros(), &act.workspace.thresholds);
    Ok(session::who(act.tx, &token.hash())?.filter(|s| {
        s.person.standing == Standing::Active
            && stands(t, s.has_way_in, &s.way, s.created_at, s.seen_at, now)
    }))
}

/// Whose session this is; nothing when it ended. Also says whether [`touch`] is due, at most once
/// an hour, so that reading a page writes nothing.
///
/// # Errors
/// When the database cannot be read.
pub fn who(act: &mut Act<'_, '_>, token: &Token) -> Result<Option<(Member, bool)>> {
    let now = act.micros();
    Ok(found(act, token)?.map(|s| (Member::vouched(s.person), now - s.seen_at > HOUR)))
}

/// Whose session this is, when they showed a moment ago that it is they: what adds a way in asks
/// for it, so that a browser left open gives nobody one of their own. Who has no way in has nothing
/// to show, and a provider that did not ask has shown nothing.
///
/// # Errors
/// When the database cannot be read.
pub fn proved(act: &mut Act<'_, '_>, token: &Token) -> Result<Option<Proved>> {
    let latest = act.micros() - act.workspace.thresholds.proof_minutes * MINUTE;
    Ok(found(act, token)?
        .filter(|s| !s.has_way_in || (s.created_at > latest && s.way != Way::Oidc.code()))
        .map(|s| Proved::vouched(s.person)))
}

/// Whoever can open the database itself has shown enough.
pub fn proved_at_keyboard(me: &Seller) -> Proved {
    Proved::vouched(me.person().clone())
}

/// Notes that a session is in use.
///
/// # Errors
/// When the database cannot be written.
pub fn touch(act: &mut Act<'_, '_>, token: &Token) -> Result<()> {
    let now = act.micros();
    Ok(session::touch(act.tx, &token.hash(), now)?)
}

/// Ends a session.
///
/// # Errors
/// When the database cannot be written.
pub fn leave(act: &mut Act<'_, '_>, token: &Token) -> Result<()> {
    Ok(session::end(act.tx, &token.hash())?)
}

/// Where one is signed in, the browser last used first; says which is this one.
///
/// # Errors
/// When the database cannot be read.
pub fn mine(act: &mut Act<'_, '_>, me: &Member, here: &Token) -> Result<Vec<(Session, bool)>> {
    let (here, now) = (here.hash(), act.micros());
    let (known, t) = (has_way_in(act, me.id())?, &act.workspace.thresholds);
    Ok(session::of(act.tx, me.id())?
        .into_iter()
        .filter(|s| stands(t, known, &s.way, s.created_at, s.seen_at, now))
        .map(|s| (s.hash == here, s))
        .map(|(h, s)| (s, h))
        .collect())
}

/// Ends one of one's own sessions.
///
/// # Errors
/// When it is not one of them.
pub fn end_mine(act: &mut Act<'_, '_>, me: &Member, hash: &Hash) -> Result<()> {
    if !session::of(act.tx, me.id())?
        .iter()
        .any(|s| s.hash == *hash)
    {
        return Err(AppError::not_found("browser"));
    }
    Ok(session::end(act.tx, hash)?)
}

/// Ends every session of one's own but this one; says how many there were.
///
/// # Errors
/// When the database cannot be written.
pub fn end_others(act: &mut Act<'_, '_>, me: &Member, here: &Token) -> Result<u64> {
    Ok(session::end_others(act.tx, me.id(), Some(&here.hash()))?)
}
