//! What goes out: one row of an export, and why it could not be written.

use domain::{Channel, LossKind, Money, Outcome, SaidBy, Stage, When, Zone};

/// One attempt, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// Its id: what the neutral export shows, and an import of it finds again.
    pub id: String,
    /// When it happened.
    pub when: When,
    /// The zone it happened in.
    pub zone: Zone,
    /// The seller's label.
    pub rep: String,
    /// Who was asked.
    pub prospect: String,
    /// Where they work.
    pub company: String,
    /// Their e-mail address.
    pub email: String,
    /// Their telephone number.
    pub phone: String,
    /// Their language.
    pub language: String,
    /// Title of the deal.
    pub deal: String,
    /// By which way.
    pub channel: Channel,
    /// How far along.
    pub stage: Stage,
    /// What came of it.
    pub outcome: Outcome,
    /// What kind of loss.
    pub loss_kind: Option<LossKind>,
    /// Stable code of the reason, for the neutral export.
    pub reason: String,
    /// Label of the reason, for people and CRMs.
    pub reason_label: String,
    /// Whose word the reason is.
    pub said_by: Option<SaidBy>,
    /// The prospect's words.
    pub words: String,
    /// What was at stake.
    pub value: Option<Money>,
    /// Code of the segment.
    pub segment: String,
    /// Code of the pitch.
    pub pitch: String,
    /// Which ask it was, when that is known.
    pub attempt: Option<u32>,
    /// How many asks the row stands for; 1 unless several are written as one.
    pub attempts: u32,
    /// Whether it was corrected in Rebound since it came in.
    pub changed: bool,
    /// Code of the format it was imported from, such as `hubspot-deals`; empty when logged here.
    pub source_kind: String,
    /// Its id there.
    pub source_id: Option<String>,
    /// The deal's id in the same program.
    pub deal_source_id: Option<String>,
    /// The prospect's id in the same program.
    pub prospect_source_id: Option<String>,
}

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It could not be written.
    #[error("the export could not be written: {0}")]
    Io(#[from] std::io::Error),
    /// No CRM takes this format back.
    #[error("{0} cannot be written; choose one of: {known}", known = writable())]
    Format(crate::Format),
}

impl From<csv::Error> for WriteError {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Io(error),
            other => Self::Io(std::io::Error::other(format!("{other:?}"))),
        }
    }
}

fn writable() -> String {
    crate::Format::WRITABLE
        .iter()
        .map(|f| f.code())
        .collect::<Vec<_>>()
        .join(", ")
}
