//! Those who ask, those who are asked, and what was agreed between them.

use serde::{Deserialize, Serialize};

use crate::{
    AttemptId, DealId, FollowUpId, Money, NoteId, PersonId, ProspectId, Roles, Standing, TeamId,
    When, Zone,
};

/// Somebody who uses Rebound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// What they are called.
    pub name: String,
    /// Where they work; days and "today" follow it.
    pub zone: Zone,
    /// Whether single-letter keys act.
    pub keys: bool,
    /// The e-mail address they sign in with; empty when they have none.
    pub email: String,
    /// What they are here for.
    pub roles: Roles,
    /// Whether they may come in.
    pub standing: Standing,
    /// Their language as a BCP 47 tag.
    pub language: String,
    /// Whether the lead of their team may read their rows; theirs alone to turn on.
    pub shares_rows: bool,
    /// Until when they last shared their rows, in microseconds UTC, if they ever ended it.
    pub shared_until: Option<i64>,
    /// Names and addresses that files call them by: an administrator's to give, so that nobody gets
    /// another's rows by what they call themselves.
    pub rep_names: Vec<String>,
    /// Who has their rows now, when they never had an account.
    pub claimed_by: Option<PersonId>,
}

impl Person {
    /// An active seller whom nothing else is known of yet.
    pub fn new(id: PersonId, name: impl Into<String>, zone: Zone) -> Self {
        Self {
            id,
            name: name.into(),
            zone,
            keys: true,
            email: String::new(),
            roles: Roles::of(&[crate::Role::Seller]),
            standing: Standing::Active,
            language: "en".into(),
            shares_rows: false,
            shared_until: None,
            rep_names: Vec::new(),
            claimed_by: None,
        }
    }

    /// Whether files call them by this name or address, however it is written.
    pub fn is_rep(&self, named: &str) -> bool {
        let (name, email) = (crate::fold(named), crate::email_key(named));
        self.rep_names.iter().any(|known| {
            crate::fold(known) == name || (email.is_some() && crate::email_key(known) == email)
        })
    }

    /// Lets files call them by this name or address too.
    pub fn add_rep(&mut self, named: &str) {
        let named: Vec<&str> = named.split_whitespace().collect();
        let named = named.join(" ");
        if !named.is_empty() && !self.is_rep(&named) {
            self.rep_names.push(named);
        }
    }
}

/// People who are led together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// What it is called.
    pub name: String,
    /// Whether it was closed: nobody is put into it, and what it counted stays.
    pub closed: bool,
}

/// Somebody asked, or to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prospect {
    /// Their id; random.
    pub id: ProspectId,
    /// Their name; empty for an unnamed or forgotten one.
    pub name: String,
    /// Where they work.
    pub company: String,
    /// E-mail address as given.
    pub email: String,
    /// Telephone number as given.
    pub phone: String,
    /// Their time zone, where known.
    pub zone: Option<Zone>,
    /// Their language as a BCP 47 tag, or empty.
    pub language: String,
    /// Segment code; copied onto attempts when they are logged.
    pub segment: Option<String>,
    /// Set when they asked not to be contacted, in microseconds UTC.
    pub do_not_contact: Option<i64>,
    /// The prospect this one was merged into.
    pub merged_into: Option<ProspectId>,
    /// The prospect that stands for all that were merged with it; itself when not merged.
    pub root: ProspectId,
    /// Set when everything that names them was blanked.
    pub forgotten: bool,
    /// Set while everything that ever named them is undone: they stand in no list and are found by
    /// no word until something is written about them again.
    pub taken_back: bool,
    /// When they were first written down, in microseconds UTC.
    pub created_at: i64,
}

impl Prospect {
    /// How lists name them.
    pub fn display_name(&self) -> &str {
        match (self.name.as_str(), self.company.as_str()) {
            ("", "") if self.forgotten => "Forgotten prospect",
            ("", "") => "Unnamed prospect",
            ("", company) => company,
            (name, _) => name,
        }
    }
}

/// How a deal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DealState {
    /// Still going.
    Open,
    /// Closed with a yes.
    Won,
    /// Closed without.
    Lost,
}

impl DealState {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Reads a code; nothing when it is not one.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Won, Self::Lost]
            .into_iter()
            .find(|s| s.code() == code)
    }
}

/// An opportunity that several attempts may serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Its id.
    pub id: DealId,
    /// Whose deal it is.
    pub owner: PersonId,
    /// With whom, where known.
    pub prospect: Option<ProspectId>,
    /// What it is called.
    pub title: String,
    /// How it stands.
    pub state: DealState,
    /// Its stage in the source's own words.
    pub stage: String,
    /// What it is worth.
    pub value: Option<Money>,
    /// The row's id where it came from.
    pub source: crate::Source,
    /// When it was first written down, in microseconds UTC.
    pub created_at: i64,
    /// When it was closed, in microseconds UTC.
    pub closed_at: Option<i64>,
}

/// Why one comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpKind {
    /// They said not now.
    NotNow,
    /// Something is to be sent, and asked about.
    SendInfo,
    /// Set by hand.
    Own,
}

impl FollowUpKind {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotNow => "not_now",
            Self::SendInfo => "send_info",
            Self::Own => "own",
        }
    }

    /// Reads a code; nothing when it is not one.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::NotNow, Self::SendInfo, Self::Own]
            .into_iter()
            .find(|k| k.code() == code)
    }
}

/// Whether it was come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpState {
    /// Still to do.
    Open,
    /// Done, or overtaken by a new attempt.
    Done,
    /// Dropped.
    Dropped,
}

impl FollowUpState {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    /// Reads a code; nothing when it is not one.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Dropped]
            .into_iter()
            .find(|s| s.code() == code)
    }
}

/// A thing to come back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Its id.
    pub id: FollowUpId,
    /// Whose it is.
    pub owner: PersonId,
    /// With whom.
    pub prospect: ProspectId,
    /// The attempt it came from.
    pub attempt: Option<AttemptId>,
    /// The day or instant it is due; never undated.
    pub due: When,
    /// The zone the day is meant in.
    pub zone: Zone,
    /// Why.
    pub kind: FollowUpKind,
    /// What to do.
    pub note: String,
    /// Whether it is done.
    pub state: FollowUpState,
}

/// A note about a prospect that everybody who sells may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Who wrote it.
    pub author: PersonId,
    /// About whom.
    pub prospect: ProspectId,
    /// About which attempt, if one.
    pub attempt: Option<AttemptId>,
    /// When, in microseconds UTC.
    pub at: i64,
    /// What.
    pub text: String,
}
