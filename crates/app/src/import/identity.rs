//! What makes a row itself, and whether it was read the same way before.

use std::collections::HashMap;

use exchange::{Format, Row, RowResult};
use store::{Hash, Keyed};

/// Where a file's ids come from: the program that exported it; for any other table the names of
/// its columns, so that row 7 of one is not row 7 of another. Never the mapping, never the file's
/// name.
pub(super) fn source(keyed: &Keyed, format: Format, headers: &[String]) -> Hash {
    let mut names: Vec<String> = match format {
        Format::Generic | Format::Rebound => headers.iter().map(|h| domain::fold(h)).collect(),
        known => vec![known.code().to_owned()],
    };
    names.sort();
    let names: Vec<&[u8]> = names.iter().map(|n| n.as_bytes()).collect();
    keyed.hash("source", &names)
}

/// The identity of a row: its source and id, or all its raw cells and how many equal rows stand
/// before it in the file.
pub(super) fn of(keyed: &Keyed, source: &Hash, row: &Row, seen: &mut HashMap<Hash, u32>) -> Hash {
    if let Some(id) = &row.external_id {
        return keyed.hash("row", &[source, id.as_bytes()]);
    }
    let raw = keyed.hash("raw", &[&row.raw]);
    let before = seen.entry(raw).or_default();
    *before += 1;
    keyed.hash("copy", &[&raw, &before.to_le_bytes()])
}

/// How a row was read: changes when a cell or the mapping changes what it says.
pub(super) fn content(keyed: &Keyed, row: &Row) -> Hash {
    fn text(value: Option<&str>) -> &[u8] {
        value.map_or(&[0][..], str::as_bytes)
    }
    let when = row.when.iso();
    let result = match row.result {
        RowResult::Attempt(outcome) => outcome.code(),
        RowResult::OpenDeal => "open",
    };
    let value = row.value.as_ref().map(ToString::to_string);
    let ordinal = row.ordinal.unwrap_or(0).to_le_bytes();
    keyed.hash(
        "content",
        &[
            result.as_bytes(),
            when.as_bytes(),
            row.zone.name().as_bytes(),
            row.rep.as_bytes(),
            row.prospect.as_bytes(),
            row.company.as_bytes(),
            row.email.as_bytes(),
            row.phone.as_bytes(),
            row.language.as_bytes(),
            row.deal.as_bytes(),
            row.deal_stage.as_bytes(),
            text(row.prospect_external_id.as_deref()),
            text(row.deal_external_id.as_deref()),
            text(row.stage.map(domain::Stage::code)),
            text(row.channel.map(domain::Channel::code)),
            text(row.loss_kind.map(domain::LossKind::code)),
            text(row.reason.as_deref()),
            text(row.said_by.map(domain::SaidBy::code)),
            text(row.words.as_deref()),
            text(value.as_deref()),
            text(row.segment.as_deref()),
            text(row.pitch.as_deref()),
            &ordinal,
            &row.attempts.to_le_bytes(),
        ],
    )
}
