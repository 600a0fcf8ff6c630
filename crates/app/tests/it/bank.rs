//! Real rows: 45,211 clients of a bank, each called one or more times.

use std::path::PathBuf;
use std::time::Instant;

use app::import::{self, Options};
use exchange::{Field, Mapping};
use testkit::db::Backend;

use crate::importing::{figures, mapped};
use crate::made::Desk;

#[test]
fn a_banks_campaign_comes_in_whole_and_once() {
    let shared = std::env::var_os("REBOUND_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = shared.join("data/bank/bank-full.csv");
    if !path.is_file() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    let mapping: Mapping = mapped(&[
        (Field::Outcome, "y"),
        (Field::Attempts, "campaign"),
        (Field::Segment, "job"),
    ]);
    let desk = Desk::new(Backend::Sqlite);
    let bring = || {
        let file = std::fs::File::open(&path).unwrap();
        let began = Instant::now();
        let mut rows = 0;
        let done = import::run(
            &desk.app,
            &desk.me,
            file,
            &mapping,
            Options::default(),
            |progress| rows = progress.rows,
        )
        .unwrap();
        println!("{:?}", began.elapsed());
        assert_eq!(rows, 45_211);
        figures(&done)
    };
    assert_eq!(bring(), [45_211, 45_211, 124_956, 5_289, 0, 0, 0, 0]);
    assert_eq!(bring(), [45_211, 0, 0, 0, 0, 45_211, 0, 0]);
    let page = desk.page(app::noes::Query::default());
    assert_eq!(page.figures.attempts, 124_956);
    assert_eq!(page.total, Some(124_956));
    desk.derived_stand();
}
