//! One ask as a study takes it, and its number among the asks of its prospect.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;

use domain::{Channel, Money, Outcome, SaidBy, Stage};

use crate::AppError;

/// What attempts may be told apart by, each group a stream of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// The seller, in a file that names several.
    Rep,
    /// The segment.
    Segment,
    /// The stage.
    Stage,
    /// The channel.
    Channel,
    /// The pitch.
    Pitch,
}

impl By {
    /// Everything there is, in the order of the output.
    pub const ALL: &'static [Self] = &[
        Self::Rep,
        Self::Segment,
        Self::Stage,
        Self::Channel,
        Self::Pitch,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::Segment => "segment",
            Self::Stage => "stage",
            Self::Channel => "channel",
            Self::Pitch => "pitch",
        }
    }
}

impl FromStr for By {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self, AppError> {
        Self::ALL
            .iter()
            .find(|by| by.code() == text)
            .copied()
            .ok_or_else(|| {
                let all: Vec<&str> = Self::ALL.iter().map(|by| by.code()).collect();
                AppError::invalid(
                    "by",
                    format!(
                        "“{text}” is nothing to tell attempts apart by; use {}.",
                        all.join(", ")
                    ),
                )
            })
    }
}

/// An ask, with what a study looks at.
#[derive(Debug, Clone)]
pub(super) struct Ask<'a> {
    pub(super) rep: &'a str,
    pub(super) segment: Option<&'a str>,
    pub(super) pitch: Option<&'a str>,
    pub(super) stage: Stage,
    pub(super) channel: Channel,
    pub(super) outcome: Outcome,
    /// Whether it is known when it was.
    pub(super) dated: bool,
    /// Microseconds UTC, where that is known.
    pub(super) at: Option<i64>,
    /// Which ask of its prospect it was, from 1.
    pub(super) number: u32,
    /// Whom it was put to; nobody in particular where the source does not say.
    pub(super) prospect: Option<Person<'a>>,
    /// Why it was a no, by each voice.
    pub(super) reasons: Vec<(&'a str, SaidBy)>,
    pub(super) value: Option<&'a Money>,
}

/// A prospect as the source tells them apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person<'a> {
    pub(super) key: u64,
    pub(super) name: &'a str,
    pub(super) company: &'a str,
}

/// A key for something that is told apart by these words.
pub(super) fn key_of(words: &impl Hash) -> u64 {
    // With fixed keys: the same words give the same key in every run.
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

/// Counts the asks of each prospect and deal since their last yes.
#[derive(Debug, Default)]
pub(super) struct Numbering(HashMap<(u64, u64), u32>);

impl Numbering {
    /// The number of this ask; `given` wins where the source says.
    pub(super) fn number(
        &mut self,
        prospect: Option<u64>,
        deal: u64,
        given: Option<u32>,
        yes: bool,
    ) -> u32 {
        let Some(prospect) = prospect else {
            return given.unwrap_or(1).max(1);
        };
        let so_far = self.0.entry((prospect, deal)).or_insert(0);
        let number = given.unwrap_or(*so_far + 1).max(1);
        *so_far = if yes { 0 } else { number };
        number
    }
}
