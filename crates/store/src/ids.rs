//! Drawing ids: time-ordered for the ledger, random where an id may outlive what it named.

use domain::{
    AttemptId, AuditId, DealId, EventId, FollowUpId, ImportId, NoteId, PersonId, PitchTestId,
    ProspectId, TeamId,
};
use uuid::Uuid;

/// Draws new ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids;

macro_rules! ordered {
    ($($name:ident -> $id:ident),+ $(,)?) => {$(
        #[doc = concat!("A new [`", stringify!($id), "`], later ones sorting after earlier ones.")]
        pub fn $name(self) -> $id {
            $id::from_bytes(*Uuid::now_v7().as_bytes())
        }
    )+};
}

impl Ids {
    ordered! {
        attempt -> AttemptId,
        deal -> DealId,
        person -> PersonId,
        team -> TeamId,
        audit -> AuditId,
        follow_up -> FollowUpId,
        note -> NoteId,
        event -> EventId,
        import -> ImportId,
        pitch_test -> PitchTestId,
    }

    /// A new prospect's id: random, as the list of the forgotten keeps it.
    pub fn prospect(self) -> ProspectId {
        ProspectId::from_bytes(*Uuid::new_v4().as_bytes())
    }

    /// 32 random bytes for keys and tokens.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn secret(self) -> Result<[u8; 32], getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(bytes)
    }
}
