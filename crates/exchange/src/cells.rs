//! Small readings of a cell's text.

use csv::StringRecord;

pub(crate) fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The first of several joined by `;`.
pub(crate) fn first(text: &str) -> &str {
    text.split(';')
        .map(str::trim)
        .find(|part| !part.is_empty())
        .unwrap_or_default()
}

/// Enough of a text to recognise it in a message.
pub(crate) fn short(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut out: String = text.chars().take(SHOWN).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

/// The currency that an amount names itself.
pub(crate) fn currency_in(text: &str) -> &str {
    let code = text
        .split(|c: char| !c.is_ascii_uppercase())
        .find(|word| word.len() == 3)
        .unwrap_or_default();
    match code {
        "" if text.contains('€') => "EUR",
        "" if text.contains('£') => "GBP",
        code => code,
    }
}

pub(crate) fn raw(record: &StringRecord) -> Vec<u8> {
    let mut out = Vec::with_capacity(record.as_slice().len() + record.len() * 4);
    for cell in record {
        // A row is far shorter than four gigabytes.
        let length = u32::try_from(cell.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(cell.as_bytes());
    }
    out
}
