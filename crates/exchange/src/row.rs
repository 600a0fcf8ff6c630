//! What comes out of a reader: one row, or what is wrong with it.

use domain::{Channel, LossKind, Money, Outcome, SaidBy, Stage, When, Zone};

use crate::RowKind;

/// Most asks one row may stand for.
pub const MOST_ATTEMPTS: u32 = 10_000;

/// Longest cell, in bytes.
pub const LONGEST_CELL: usize = 64 * 1024;

/// What a row says happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowResult {
    /// An attempt with its outcome.
    Attempt(Outcome),
    /// A deal that is neither won nor lost: no attempt yet.
    OpenDeal,
}

/// One row of a file, read and understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands: the line of the text file on which it begins (the header is line 1), or
    /// the number of the row in a Parquet file, from 1.
    pub line: u64,
    /// Whether it is a deal or an ask.
    pub kind: RowKind,
    /// The row's own id in its source.
    pub external_id: Option<String>,
    /// The prospect's id in its source. Where only their company has one it is
    /// `company:` and that id.
    pub prospect_external_id: Option<String>,
    /// Every raw cell, each after its length (four bytes, little-endian): equal for equal rows
    /// whatever the mapping, and different for different ones. The header is not in it.
    pub raw: Vec<u8>,
    /// When it happened. Undated for an open deal, whose date is only hoped for.
    pub when: When,
    /// The zone it happened in.
    pub zone: Zone,
    /// Whether the row itself named the zone, rather than the mapping or the fallback.
    pub zone_given: bool,
    /// The seller's label.
    pub rep: String,
    /// Who was asked.
    pub prospect: String,
    /// Where they work.
    pub company: String,
    /// Their e-mail address as given.
    pub email: String,
    /// Their telephone number as given.
    pub phone: String,
    /// Their language as given.
    pub language: String,
    /// Title of the deal, or empty.
    pub deal: String,
    /// The deal's id in its source.
    pub deal_external_id: Option<String>,
    /// The deal's stage in the source's own words.
    pub deal_stage: String,
    /// What came of it.
    pub result: RowResult,
    /// How far along. Negotiation for a closed deal unless mapped.
    pub stage: Option<Stage>,
    /// By which way, where the row says.
    pub channel: Option<Channel>,
    /// What kind of loss.
    pub loss_kind: Option<LossKind>,
    /// Why: a code or any text, after the mapping's values; to be looked up by the caller.
    pub reason: Option<String>,
    /// Whose word the reason is.
    pub said_by: Option<SaidBy>,
    /// The prospect's own words.
    pub words: Option<String>,
    /// What was at stake.
    pub value: Option<Money>,
    /// Label of the segment.
    pub segment: Option<String>,
    /// Label of the pitch.
    pub pitch: Option<String>,
    /// Which ask it was, from 1, when the row says so.
    pub ordinal: Option<u32>,
    /// How many asks the row stands for: the last has its outcome and time, the earlier ones are
    /// noes without a time. At least 1, at most [`MOST_ATTEMPTS`].
    pub attempts: u32,
}

/// A row that could not be read; the others go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {reason}", if column.is_empty() { String::new() } else { format!(", {column}") })]
pub struct RowError {
    /// Where it stands, as in [`Row::line`].
    pub line: u64,
    /// Header of the column at fault, or empty when it is the whole row.
    pub column: String,
    /// A sentence that says what is wrong and what would be right.
    pub reason: String,
}
