//! Real rows: a bank's telephone campaign. Not part of the repository, so the test says when it
//! was left out.

use std::path::PathBuf;
use std::time::Instant;

use domain::{Outcome, Zone};
use exchange::{Mapping, Reader, RowResult};

#[test]
fn bank_full() {
    let shared = std::env::var_os("REBOUND_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let Ok(file) = std::fs::File::open(shared.join("data/bank/bank-full.csv")) else {
        eprintln!("skipped: bank-full.csv not present");
        return;
    };
    let mapping = Mapping {
        columns: ["outcome=y", "attempts=campaign", "segment=job"]
            .map(|map| Mapping::parse_map(map).expect("a map"))
            .to_vec(),
        ..Mapping::default()
    };
    let start = Instant::now();
    let reader = Reader::open(file, &mapping, &Zone::utc()).expect("a table");
    let (mut rows, mut attempts, mut yes) = (0, 0, 0);
    for row in reader {
        let row = row.expect("a good row");
        rows += 1;
        attempts += row.attempts;
        yes += u32::from(row.result == RowResult::Attempt(Outcome::Yes));
        assert!(row.segment.is_some());
    }
    eprintln!("{rows} rows in {:?}", start.elapsed());
    assert_eq!((rows, attempts, yes), (45_211, 124_956, 5_289));
}
