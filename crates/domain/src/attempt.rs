//! An attempt: one ask of one prospect.

use serde::{Deserialize, Serialize};

use crate::{
    AttemptId, Channel, DealId, LossKind, Money, Outcome, PersonId, ProspectId, SaidBy, Stage,
    When, Zone,
};

/// Why it was a no, by whoever said so. All are kept, also when they differ.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Reasons {
    /// Code the prospect gave.
    pub prospect: Option<String>,
    /// Code the seller guesses.
    pub guess: Option<String>,
    /// Code somebody else gave.
    pub third_party: Option<String>,
}

impl Reasons {
    /// One reason.
    pub fn one(code: &str, said_by: SaidBy) -> Self {
        let mut reasons = Self::default();
        reasons.set(said_by, Some(code.to_owned()));
        reasons
    }

    /// The reason by one voice.
    pub fn by(&self, said_by: SaidBy) -> Option<&str> {
        match said_by {
            SaidBy::Prospect => self.prospect.as_deref(),
            SaidBy::SellerGuess => self.guess.as_deref(),
            SaidBy::ThirdParty => self.third_party.as_deref(),
        }
    }

    /// Sets or clears the reason of one voice; the others stay.
    pub fn set(&mut self, said_by: SaidBy, code: Option<String>) {
        match said_by {
            SaidBy::Prospect => self.prospect = code,
            SaidBy::SellerGuess => self.guess = code,
            SaidBy::ThirdParty => self.third_party = code,
        }
    }

    /// The reason that lists show: the prospect's word before somebody else's before the guess.
    pub fn leading(&self) -> Option<(&str, SaidBy)> {
        [SaidBy::Prospect, SaidBy::ThirdParty, SaidBy::SellerGuess]
            .into_iter()
            .find_map(|who| self.by(who).map(|code| (code, who)))
    }

    /// Whether nobody gave one.
    pub fn is_empty(&self) -> bool {
        self.leading().is_none()
    }
}

/// Where an attempt came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Source {
    /// Format of the import it came from, such as `hubspot-deals`; empty when logged here.
    pub kind: String,
    /// The row's own id there, where it had one.
    pub id: Option<String>,
}

/// One ask of one prospect, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id; a client may draw it, so that sending twice logs once.
    pub id: AttemptId,
    /// Whose attempt it is.
    pub owner: PersonId,
    /// The seller's label in the source, where rows of several came in.
    pub rep: Option<String>,
    /// Who was asked.
    pub prospect: ProspectId,
    /// The deal it served.
    pub deal: Option<DealId>,
    /// When it happened, as exactly as it is known.
    pub when: When,
    /// The zone it happened in.
    pub zone: Zone,
    /// Where it stands among others, in microseconds UTC; an undated ask of a dated row takes
    /// the row's. [`i64::MIN`] for asks with no time at all.
    pub order: i64,
    /// Source sequence: file order for imports, order of logging otherwise.
    pub seq: i64,
    /// Which ask of this prospect and deal it was, when the source said so; from 1.
    pub ordinal: Option<u32>,
    /// What came of it.
    pub outcome: Outcome,
    /// How far along.
    pub stage: Stage,
    /// By which way.
    pub channel: Channel,
    /// What kind of loss, when it was one.
    pub loss_kind: Option<LossKind>,
    /// Why, by each voice.
    pub reasons: Reasons,
    /// The prospect's words.
    pub words: Option<String>,
    /// Segment code, frozen when logged.
    pub segment: Option<String>,
    /// Pitch code, frozen when logged.
    pub pitch: Option<String>,
    /// What was at stake.
    pub value: Option<Money>,
    /// Where it came from.
    pub source: Source,
    /// Set by undo: it counts nowhere, and stays in the history.
    pub voided: bool,
    /// How often it was changed since it was logged.
    pub version: i64,
    /// When it was written down, in microseconds UTC.
    pub recorded_at: i64,
    /// Who brought it in with a file, and so knows it; nobody when it was logged.
    pub brought_by: Option<PersonId>,
}

/// The parts of an attempt that history keeps when they change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the same fields as in Attempt")]
pub struct Version {
    pub prospect: ProspectId,
    pub deal: Option<DealId>,
    pub at: String,
    pub zone: Zone,
    pub order: i64,
    pub ordinal: Option<u32>,
    pub outcome: Outcome,
    pub stage: Stage,
    pub channel: Channel,
    pub loss_kind: Option<LossKind>,
    pub reasons: Reasons,
    pub words: Option<String>,
    pub segment: Option<String>,
    pub pitch: Option<String>,
    pub value: Option<Money>,
    pub voided: bool,
}

impl Attempt {
    /// What history keeps of the attempt as it stands.
    pub fn version(&self) -> Version {
        Version {
            prospect: self.prospect,
            deal: self.deal,
            at: self.when.iso(),
            zone: self.zone.clone(),
            order: self.order,
            ordinal: self.ordinal,
            outcome: self.outcome,
            stage: self.stage,
            channel: self.channel,
            loss_kind: self.loss_kind,
            reasons: self.reasons.clone(),
            words: self.words.clone(),
            segment: self.segment.clone(),
            pitch: self.pitch.clone(),
            value: self.value.clone(),
            voided: self.voided,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prospects_word_leads_and_the_guess_is_kept() {
        let mut reasons = Reasons::one("N4", SaidBy::SellerGuess);
        assert_eq!(reasons.leading(), Some(("N4", SaidBy::SellerGuess)));
        reasons.set(SaidBy::Prospect, Some("N6".into()));
        assert_eq!(reasons.leading(), Some(("N6", SaidBy::Prospect)));
        assert_eq!(reasons.by(SaidBy::SellerGuess), Some("N4"));
    }
}
