//! Replays the fuzzers' corpus, so that what was found once stays found without a fuzzer.

use std::path::PathBuf;

#[allow(unreachable_pub, reason = "the fuzzers' crate has it as its library")]
#[path = "../../../fuzz/src/lib.rs"]
mod targets;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("a corpus")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    // What a fuzzer adds on this machine has a hash for a name and is not committed.
    files.retain(|file| file.file_name().is_some_and(|name| name.len() != 40));
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        let bytes = std::fs::read(&file).expect("readable");
        assert!(
            std::panic::catch_unwind(|| run(&bytes)).is_ok(),
            "{}",
            file.display()
        );
    }
}

#[test]
fn csv() {
    replay("csv", targets::csv);
}

#[test]
fn formats() {
    replay("formats", targets::formats);
}

#[test]
fn parquet() {
    replay("parquet", targets::parquet);
}
