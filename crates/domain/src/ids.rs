//! Ids as newtypes: a prospect's id cannot be passed where an attempt's is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps 16 bytes that were drawn elsewhere.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The id as the store keeps it.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(s).map(Self)
            }
        }
    )+};
}

id! {
    /// One ask of one prospect.
    AttemptId,
    /// Somebody asked, or to be asked.
    ProspectId,
    /// An opportunity that several attempts may serve.
    DealId,
    /// Somebody who uses Rebound.
    PersonId,
    /// People who are led together.
    TeamId,
    /// One line of the audit log.
    AuditId,
    /// A thing to come back to.
    FollowUpId,
    /// A note about a prospect.
    NoteId,
    /// One line of the history.
    EventId,
    /// One import.
    ImportId,
    /// A test of two pitches.
    PitchTestId,
}

impl AttemptId {
    /// The id of the `k`-th ask (0-based) that came from one imported row: the row's base id
    /// with its last two bytes counting. Keeps the asks of a row together and findable.
    pub fn of_row(base: Self, k: u16) -> Self {
        let mut bytes = *base.as_bytes();
        bytes[14..].copy_from_slice(&k.to_be_bytes());
        Self::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_of_one_row_differ_and_keep_their_order() {
        let base = AttemptId::from_bytes([7; 16]);
        let first = AttemptId::of_row(base, 0);
        let second = AttemptId::of_row(base, 1);
        assert!(first < second);
        assert_eq!(first.as_bytes()[..14], second.as_bytes()[..14]);
        assert_eq!(first.to_string().parse::<AttemptId>().ok(), Some(first));
    }
}
