//! Monthly counts: what one attempt adds to which cell.

use crate::{Attempt, Outcome, SaidBy, Zone};

/// One cell of the monthly counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// Whose attempts.
    pub person: crate::PersonId,
    /// Year and month as `202611`; 0 for undated attempts. In the workspace's zone.
    pub month: i64,
    /// Segment code, or empty.
    pub segment: String,
    /// Stage.
    pub stage: crate::Stage,
    /// Channel.
    pub channel: crate::Channel,
}

impl Cell {
    /// The cell an attempt belongs to.
    pub fn of(attempt: &Attempt, workspace: &Zone) -> Self {
        // A day is a day wherever the workspace is; only an instant must be placed in its zone.
        let zone = match attempt.when {
            crate::When::Day(_) => &attempt.zone,
            _ => workspace,
        };
        let month = attempt.when.day(zone).map_or(0, |day| {
            i64::from(day.year()) * 100 + i64::from(day.month())
        });
        Self {
            person: attempt.owner,
            month,
            segment: attempt.segment.clone().unwrap_or_default(),
            stage: attempt.stage,
            channel: attempt.channel,
        }
    }
}

/// What is counted in a cell. Fields may be negative while a correction is being worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Attempts by outcome, in the order of [`Outcome::ALL`].
    pub by_outcome: [i64; 6],
    /// Noes with a reason in the prospect's words.
    pub no_said: i64,
    /// Noes with only a guess or somebody else's word.
    pub no_guessed: i64,
}

impl Tally {
    /// What one attempt counts: itself, or nothing when it is void.
    pub fn of(attempt: &Attempt) -> Self {
        let mut tally = Self::default();
        if attempt.voided {
            return tally;
        }
        tally.by_outcome[attempt.outcome as usize] = 1;
        if attempt.outcome == Outcome::No {
            match attempt.reasons.leading() {
                Some((_, SaidBy::Prospect)) => tally.no_said = 1,
                Some(_) => tally.no_guessed = 1,
                None => {}
            }
        }
        tally
    }

    /// Adds another tally, `sign` times.
    pub fn add(&mut self, other: &Self, sign: i64) {
        for (mine, theirs) in self.by_outcome.iter_mut().zip(other.by_outcome) {
            *mine += sign * theirs;
        }
        self.no_said += sign * other.no_said;
        self.no_guessed += sign * other.no_guessed;
    }

    /// Attempts of one outcome.
    pub fn outcome(&self, outcome: Outcome) -> i64 {
        self.by_outcome[outcome as usize]
    }

    /// All attempts.
    pub fn attempts(&self) -> i64 {
        self.by_outcome.iter().sum()
    }

    /// Whether nothing is counted.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}
