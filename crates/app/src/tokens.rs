//! Tokens of the API: made and ended by the person whose they are, shown once, kept as a hash.
//! They reach the ledger as far as their scopes say and nothing else: not people, not tokens.

use std::fmt;
use std::str::FromStr;

use domain::Standing;
use jiff::Timestamp;
use store::tables::api::{self, ApiToken};

use crate::act::{HOUR, hex, unhex};
use crate::audit::Audited;
use crate::session::not_a_seller;
use crate::{Act, AppError, Kind, Member, Proved, Result, Seller, Token, error};

/// What a token's text begins with, so that tools that look for leaked secrets know it.
const PREFIX: &str = "rbt_";

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Read its owner's ledger.
    Read,
    /// Write in its owner's ledger.
    Write,
}

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[Self::Read, Self::Write];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Read => "ledger:read",
            Self::Write => "ledger:write",
        }
    }
}

impl FromStr for Scope {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self> {
        let known = Self::ALL.iter().find(|s| s.code() == text.trim());
        known.copied().ok_or_else(|| {
            let text: String = text.chars().take(60).collect();
            AppError::invalid(
                "scope",
                format!("“{text}” is no scope; use ledger:read or ledger:write."),
            )
        })
    }
}

/// A token as a program sends it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Token);

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl FromStr for Secret {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.strip_prefix(PREFIX).ok_or(())?.parse().map(Self)
    }
}

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id, by which it is ended; not the token itself.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// When it was last used, to the hour.
    pub used: Option<Timestamp>,
    /// Whether its time is over.
    pub over: bool,
}

fn listed(token: ApiToken, now: i64) -> Listed {
    let at = |micros| Timestamp::from_microsecond(micros).unwrap_or_default();
    Listed {
        id: hex(&token.id),
        name: token.name,
        scopes: scopes(&token.scopes),
        created: at(token.created_at),
        expires: at(token.expires_at),
        used: token.used_at.map(at),
        over: token.expires_at <= now,
    }
}

fn scopes(text: &str) -> Vec<Scope> {
    text.split(' ').filter_map(|s| s.parse().ok()).collect()
}

/// Makes a token. The text is given once and kept nowhere.
///
/// # Errors
/// When the name, the scopes or the days will not do, one is called so already, there are too many,
/// or the person does not sell.
pub fn add(
    act: &mut Act<'_, '_>,
    me: &Proved,
    name: &str,
    scopes: &[Scope],
    days: Option<i64>,
) -> Result<(Listed, Secret)> {
    act.tx.exclusive()?;
    let me = me.member().seller().ok_or_else(not_a_seller)?;
    let t = &act.workspace.thresholds;
    let (days, most_days, most) = (
        days.unwrap_or(t.token_days),
        t.token_most_days,
        t.tokens_each,
    );
    let name = error::text("name", "The name", name, t.name_chars)?;
    if name.is_empty() {
        return Err(AppError::invalid(
            "name",
            "Write what the token is for, so that you know it again.",
        ));
    }
    if scopes.is_empty() {
        return Err(AppError::invalid("scope", "Say what the token may do."));
    }
    if !(1..=most_days).contains(&days) {
        return Err(AppError::invalid(
            "days",
            format!("A token stands for 1 to {most_days} days."),
        ));
    }
    let now = act.micros();
    let before = api::of(act.tx, me.id())?;
    for over in before.iter().filter(|t| t.expires_at <= now) {
        api::end(act.tx, me.id(), &over.id)?;
    }
    let live: Vec<&ApiToken> = before.iter().filter(|t| t.expires_at > now).collect();
    if live
        .iter()
        .any(|t| domain::fold(&t.name) == domain::fold(&name))
    {
        return Err(AppError::invalid(
            "name",
            "You have a token of this name. Call this one something else, or end the other first.",
        ));
    }
    if live.len() >= most {
        return Err(AppError::new(
            Kind::Refused,
            format!("There are {most} tokens already. End one you no longer use."),
        ));
    }
    let secret = Secret(Token::draw()?);
    let mut scopes = scopes.to_vec();
    scopes.sort();
    scopes.dedup();
    let codes: Vec<&str> = scopes.iter().map(|s| s.code()).collect();
    let token = ApiToken {
        id: *act.ids.event().as_bytes(),
        person: me.id(),
        name,
        scopes: codes.join(" "),
        created_at: now,
        expires_at: now + days * 24 * HOUR,
        used_at: None,
    };
    api::add(act.tx, &secret.0.hash(), &token)?;
    let detail = format!("made {} for {days} d", token.scopes);
    act.audit(Some(me.id()), Audited::ApiToken, Some(&token.id), detail)?;
    Ok((listed(token, now), secret))
}

/// One's own tokens, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub fn mine(act: &mut Act<'_, '_>, me: &Seller) -> Result<Vec<Listed>> {
    let now = act.micros();
    let all = api::of(act.tx, me.id())?;
    Ok(all.into_iter().map(|token| listed(token, now)).collect())
}

/// Ends one of one's own tokens, at once and everywhere.
///
/// # Errors
/// When it is not one of them.
pub fn end(act: &mut Act<'_, '_>, me: &Seller, id: &str) -> Result<()> {
    let id: Option<[u8; 16]> = unhex(id).and_then(|b| b.try_into().ok());
    let id = id.ok_or_else(|| AppError::not_found("token"))?;
    if !api::end(act.tx, me.id(), &id)? {
        return Err(AppError::not_found("token"));
    }
    act.audit(Some(me.id()), Audited::ApiToken, Some(&id), "ended")
}

/// Whoever sent a token that stands.
#[derive(Debug, Clone)]
pub struct Bearer {
    member: Member,
    scopes: Vec<Scope>,
    /// The token's id: what is counted, never shown.
    pub id: [u8; 16],
    /// Whether [`used`] is due: at most once an hour, so that reading writes nothing.
    pub note_due: bool,
}

impl Bearer {
    /// Whether the token may do this.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Its owner's ledger, if the token may do this there and its owner sells.
    pub fn seller(&self, scope: Scope) -> Option<Seller> {
        if self.may(scope) {
            self.member.seller()
        } else {
            None
        }
    }
}

/// Whose token this is; nothing when it is none, has ended, or its owner may not come in.
///
/// # Errors
/// When the database cannot be read.
pub fn who(act: &mut Act<'_, '_>, secret: &Secret) -> Result<Option<Bearer>> {
    let now = act.micros();
    let found = api::who(act.tx, &secret.0.hash(), now)?;
    Ok(found
        .filter(|(person, ..)| person.standing == Standing::Active)
        .map(|(person, text, used, id)| Bearer {
            member: Member::vouched(person),
            scopes: scopes(&text),
            id,
            note_due: used.is_none_or(|used| used != hour_of(now)),
        }))
}

/// Notes that a token is in use, to the hour.
///
/// # Errors
/// When the database cannot be written.
pub fn used(act: &mut Act<'_, '_>, id: &[u8; 16]) -> Result<()> {
    let hour = hour_of(act.micros());
    Ok(api::used(act.tx, id, hour)?)
}

fn hour_of(micros: i64) -> i64 {
    micros.div_euclid(HOUR) * HOUR
}
