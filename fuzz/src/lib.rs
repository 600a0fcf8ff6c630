//! What every fuzz target does with its bytes. A test of the exchange crate includes this file and
//! replays the corpus, so that the gate needs no fuzzer.

use domain::{When, Zone};
use exchange::{Field, Format, MOST_ATTEMPTS, Mapping, RowResult, preview, read_all};

/// Any table, read as its header says.
pub fn csv(data: &[u8]) {
    read(data, &Mapping::default());
}

/// Any table, read as the format that the first byte chooses.
pub fn formats(data: &[u8]) {
    let Some((chosen, rest)) = data.split_first() else {
        return;
    };
    let format = Format::ALL[usize::from(*chosen) % Format::ALL.len()];
    read(
        rest,
        &Mapping {
            format: Some(format),
            ..Mapping::default()
        },
    );
}

/// A Parquet file.
pub fn parquet(data: &[u8]) {
    let attempts = (Field::Attempts, "campaign".to_owned());
    read(
        data,
        &Mapping {
            columns: vec![attempts],
            ..Mapping::default()
        },
    );
    read(data, &Mapping::default());
}

/// Reads, looks, and checks what must hold whatever the bytes are.
fn read(data: &[u8], mapping: &Mapping) {
    let read = read_all(data.to_vec(), mapping);
    let looked = preview(data.to_vec(), mapping, &Zone::utc());
    assert!(
        read.is_ok() || looked.is_err(),
        "what cannot be read cannot be looked at"
    );
    for row in read.into_iter().flatten() {
        match row {
            Ok(row) => {
                assert!((1..=MOST_ATTEMPTS).contains(&row.attempts));
                assert!(row.ordinal != Some(0));
                assert!(!row.raw.is_empty() && row.line > 0);
                assert!(row.result != RowResult::OpenDeal || row.when == When::Undated);
            }
            Err(error) => assert!(!error.reason.is_empty() && error.line > 0),
        }
    }
}
