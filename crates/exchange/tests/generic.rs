//! Any table: dialects, encodings, mappings, dates, and what happens when something is wrong.

use domain::{Channel, Outcome, When, Zone};
use exchange::{
    DateOrder, Format, Mapping, OpenError, Reader, Row, RowError, RowKind, RowResult, read_all,
};
use proptest::prelude::*;

fn mapping(maps: &[&str], values: &[&str]) -> Mapping {
    Mapping {
        columns: maps
            .iter()
            .map(|m| Mapping::parse_map(m).expect("a map"))
            .collect(),
        values: values
            .iter()
            .map(|v| Mapping::parse_value(v).expect("a value"))
            .collect(),
        ..Mapping::default()
    }
}

fn all(text: &str, mapping: &Mapping) -> Vec<Result<Row, RowError>> {
    read_all(text.as_bytes().to_vec(), mapping).expect("a table")
}

fn good(text: &str, mapping: &Mapping) -> Vec<Row> {
    all(text, mapping)
        .into_iter()
        .map(|row| row.expect("a good row"))
        .collect()
}

fn refused(bytes: &[u8], mapping: &Mapping) -> String {
    read_all(bytes.to_vec(), mapping)
        .expect_err("no table")
        .to_string()
}

fn outcome(row: &Row) -> Option<Outcome> {
    match row.result {
        RowResult::Attempt(outcome) => Some(outcome),
        RowResult::OpenDeal => None,
    }
}

#[test]
fn separators_marks_and_encodings_do_not_matter() {
    let plain = "prospect,outcome,words\nMüller,no,\"a;b\nc\"\n";
    let expected = good(plain, &Mapping::default());
    assert_eq!(expected[0].prospect, "Müller");
    assert_eq!(expected[0].words.as_deref(), Some("a;b\nc"));
    let semicolons = plain.replace(',', ";");
    let tabs = plain.replace(',', "\t");
    let utf16: Vec<u8> = format!("\u{feff}{tabs}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin: Vec<u8> = plain
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("latin"))
        .collect();
    for bytes in [
        semicolons.clone().into_bytes(),
        tabs.into_bytes(),
        format!("\u{feff}{plain}").into_bytes(),
        format!("sep=;\n{semicolons}").into_bytes(),
        plain.trim_end().as_bytes().to_vec(),
        utf16,
        latin,
    ] {
        let rows = read_all(bytes.clone(), &Mapping::default()).expect("a table");
        let rows: Vec<Row> = rows.into_iter().map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].raw, expected[0].raw, "{bytes:?}");
    }
}

#[test]
fn headers_match_in_any_case_and_the_mapping_comes_first() {
    let text = " OUTCOME , Name ,prospect\nyes,Ada,Bram\n";
    assert_eq!(good(text, &Mapping::default())[0].prospect, "Bram");
    assert_eq!(
        good(text, &mapping(&["prospect=name"], &[]))[0].prospect,
        "Ada"
    );
    // An empty column leaves the field out; the last of two maps counts.
    assert_eq!(
        good(text, &mapping(&["prospect=name", "prospect="], &[]))[0].prospect,
        ""
    );
}

#[test]
fn a_row_is_a_deal_only_when_nothing_says_it_is_an_ask() {
    let kind = |header: &str, rows: Option<RowKind>| {
        let text = format!("outcome,{header}\nyes,1\n");
        let mapping = Mapping {
            rows,
            ..Mapping::default()
        };
        Reader::open(text.into_bytes(), &mapping, &Zone::utc())
            .expect("a table")
            .kind()
    };
    assert_eq!(kind("deal", None), RowKind::Deals);
    assert_eq!(kind("prospect", None), RowKind::Asks);
    assert_eq!(kind("deal,channel", None), RowKind::Asks);
    assert_eq!(kind("deal,attempt", None), RowKind::Asks);
    assert_eq!(kind("deal,attempts", None), RowKind::Asks);
    assert_eq!(kind("deal", Some(RowKind::Asks)), RowKind::Asks);
    assert_eq!(kind("prospect", Some(RowKind::Deals)), RowKind::Deals);
}

#[test]
fn deals_neither_won_nor_lost_are_open_without_prospect_or_date() {
    let text = "deal,outcome,at\nA,Phase 2,\nB,,whenever\nC,not now,2026-03-02\nD,won,2026-03-02\n";
    let rows = good(text, &Mapping::default());
    assert_eq!(
        rows.iter().map(outcome).collect::<Vec<_>>(),
        [None, None, None, Some(Outcome::Yes)]
    );
    assert!(rows[..3].iter().all(|row| row.when == When::Undated));
    assert_eq!(rows[0].deal_stage, "Phase 2");
}

#[test]
fn an_outcome_that_is_not_known_says_how_to_map_it() {
    let text = "prospect,outcome\nAda,Maybe\nBram,\nCleo,offen\n";
    let rows = all(text, &Mapping::default());
    let error = rows[0].as_ref().expect_err("not known");
    assert_eq!((error.line, error.column.as_str()), (2, "outcome"));
    assert!(
        error.reason.contains("--value \"outcome:Maybe=no\""),
        "{}",
        error.reason
    );
    assert_eq!(rows[1].as_ref().map(outcome), Ok(Some(Outcome::Unknown)));
    assert_eq!(rows[2].as_ref().map(outcome), Ok(Some(Outcome::Unknown)));
    let mapped = mapping(&[], &["outcome:maybe=not_now", "outcome:=no_reply"]);
    let rows = good(text, &mapped);
    assert_eq!(
        outcome(&rows[0]),
        Some(Outcome::NotNow),
        "case does not matter"
    );
    assert_eq!(
        outcome(&rows[1]),
        Some(Outcome::NoReply),
        "nothing can mean something"
    );
}

#[test]
fn words_of_the_other_closed_lists_must_be_known_too() {
    let text = "prospect,outcome,channel,stage\nAda,no,pigeon,Demo\nBram,no,Anruf,Phase 9\n";
    let rows = all(text, &Mapping::default());
    assert_eq!(rows[0].as_ref().expect_err("no channel").column, "channel");
    assert_eq!(rows[1].as_ref().expect_err("no stage").column, "stage");
    let rows = good(
        text,
        &mapping(&[], &["channel:pigeon=message", "stage:Phase 9=proposal"]),
    );
    assert_eq!(rows[0].channel, Some(Channel::Message));
    assert_eq!(rows[1].channel, Some(Channel::Call));
}

#[test]
fn how_many_asks_and_which() {
    let text =
        "outcome,attempts,attempt\nno,3,\nno,1.0,2\nno,,\nno,0,\nno,10001,\nno,many,\nno,1,0\n";
    let rows = all(text, &Mapping::default());
    assert_eq!(
        rows[0].as_ref().map(|r| (r.attempts, r.ordinal)),
        Ok((3, None))
    );
    assert_eq!(
        rows[1].as_ref().map(|r| (r.attempts, r.ordinal)),
        Ok((1, Some(2)))
    );
    assert_eq!(rows[2].as_ref().map(|r| r.attempts), Ok(1));
    for row in &rows[3..6] {
        let error = row.as_ref().expect_err("no number of asks");
        assert!(error.reason.contains("from 1 to 10000"), "{}", error.reason);
    }
    assert_eq!(rows[6].as_ref().expect_err("no ordinal").column, "attempt");
}

#[test]
fn a_column_settles_the_order_of_its_dates_or_says_that_it_cannot() {
    let at = |rows: &[Result<Row, RowError>]| -> Vec<String> {
        rows.iter()
            .map(|row| match row {
                Ok(row) => row.when.iso(),
                Err(error) => error.reason.clone(),
            })
            .collect()
    };
    // What settles it may stand far below what needs it.
    let mut text = String::from("outcome,at\n");
    text += &"no,03/04/2026\n".repeat(3_000);
    let open = all(&text, &Mapping::default());
    assert!(
        at(&open)[0].contains("could be 3 April or 4 March"),
        "{:?}",
        at(&open)[0]
    );
    let told = Mapping {
        date_format: Some(DateOrder::Mdy),
        ..Mapping::default()
    };
    assert_eq!(at(&all(&text, &told))[0], "2026-03-04");
    text += "no,13/04/2026\n";
    assert_eq!(at(&all(&text, &Mapping::default()))[0], "2026-04-03");
    // A day that is its own month needs no settling.
    assert_eq!(
        at(&all("outcome,at\nno,4/4/26\n", &Mapping::default())),
        ["2026-04-04"]
    );
}

#[test]
fn times_are_meant_in_the_zone_of_the_row_then_the_mapping_then_the_fallback() {
    let text = "outcome,at,zone\nno,2026-07-01 12:00,Asia/Tokyo\nno,2026-07-01 12:00,\n\
                no,2026-07-01 12:00,Mars/Olympus\nno,2026-07-01T12:00:00Z,Asia/Tokyo\n";
    let rows = all(text, &Mapping::default());
    assert_eq!(
        rows[0].as_ref().map(|r| r.when.iso()),
        Ok("2026-07-01T03:00:00Z".into())
    );
    assert_eq!(
        rows[1].as_ref().map(|r| r.when.iso()),
        Ok("2026-07-01T12:00:00Z".into())
    );
    assert!(
        rows[2]
            .as_ref()
            .expect_err("no zone")
            .reason
            .contains("Mars/Olympus")
    );
    assert_eq!(
        rows[3].as_ref().map(|r| r.when.iso()),
        Ok("2026-07-01T12:00:00Z".into())
    );
    let told = Mapping {
        zone: Zone::new("America/Lima").ok(),
        ..Mapping::default()
    };
    let rows = all(text, &told);
    assert_eq!(
        rows[1].as_ref().map(|r| r.when.iso()),
        Ok("2026-07-01T17:00:00Z".into())
    );
    assert_eq!(rows[1].as_ref().map(|r| r.zone_given), Ok(false));
}

#[test]
fn rows_of_the_wrong_shape_are_named_and_the_rest_goes_on() {
    let long = "x".repeat(65 * 1024);
    let text = format!(
        "prospect,outcome,value\nAda,no\nBram,no,1,2\nCleo,no,1,\n\n,,\n{long},no,1\nDov,no,plenty\nEdda,no,12\n"
    );
    let rows = all(&text, &Mapping::default());
    let errors: Vec<(u64, &str, &str)> = rows
        .iter()
        .filter_map(|row| row.as_ref().err())
        .map(|e| (e.line, e.column.as_str(), e.reason.as_str()))
        .collect();
    assert_eq!(errors.len(), 4, "{errors:?}");
    assert!(errors[0].0 == 2 && errors[0].2.contains("2 cells where the header has 3"));
    assert!(errors[1].0 == 3 && errors[1].2.contains("4 cells"));
    assert!(errors[2].1 == "prospect" && errors[2].2.contains("64 KiB"));
    assert!(errors[3].1 == "value" && errors[3].2.contains("not an amount"));
    assert_eq!(rows.len(), 6, "blank lines are no rows");
}

#[test]
fn files_that_are_no_tables_say_what_to_do() {
    let none = Mapping::default();
    assert!(refused(b"", &none).contains("empty"));
    assert!(refused(b"\n\n  \n", &none).contains("empty"));
    assert!(refused(b"outcome,at\n\n", &none).contains("no rows under it"));
    assert!(refused(b"a,b\n1,2\n", &none).contains("--map outcome=COLUMN"));
    assert!(refused(&[0; 4096], &none).contains("not text"));
    assert!(refused(b"PK\x03\x04....", &none).contains("Excel"));
    assert!(refused(b"PAR1 and nothing else", &none).contains("Parquet"));
    let unclosed = format!("\"outcome,at\n{}", "no,2026\n".repeat(2_000_000));
    assert!(refused(unclosed.as_bytes(), &none).contains("header line does not end"));
    let error = read_all(b"a,b\n1,2\n".to_vec(), &mapping(&["outcome=c"], &[])).expect_err("no c");
    assert!(matches!(error, OpenError::NoColumn { .. }));
    assert_eq!(
        error.to_string(),
        "there is no column “c” for outcome; the columns are: a, b"
    );
}

#[test]
fn a_file_is_read_from_its_beginning_wherever_it_stands() {
    use std::io::{Seek, SeekFrom, Write};
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"prospect,outcome\nAda,no\n")
        .expect("written");
    file.seek(SeekFrom::End(0)).expect("at its end");
    let mut reader = Reader::open(file, &Mapping::default(), &Zone::utc()).expect("a table");
    assert_eq!(reader.headers(), ["prospect", "outcome"]);
    assert_eq!(reader.format(), Format::Rebound);
    assert_eq!(reader.by_ref().filter(Result::is_ok).count(), 1);
    assert_eq!(
        (reader.rows_read(), reader.bytes_read()),
        (1, reader.bytes_total())
    );
}

#[test]
fn a_report_cut_short_reports_its_broken_rows() {
    let text = "Opportunity Name,Stage,Close Date\nA,Closed Won,2026-03-02\nbroken\nB,Closed Lost,2026-03-02\n\nMade by Ines\n";
    let rows = all(text, &Mapping::default());
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1].as_ref().expect_err("broken").line, 3);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_all(bytes, &Mapping::default());
    }

    #[test]
    fn no_table_panics(
        header in "[a-z,;\t\" \n]{0,40}",
        body in "[\\PC,;\"\n\r\t0-9/.:-]{0,200}",
        deals in any::<bool>(),
    ) {
        let mapping = Mapping {
            rows: Some(if deals { RowKind::Deals } else { RowKind::Asks }),
            ..Mapping::default()
        };
        let text = format!("outcome,at,attempts,value,zone,stage,{header}\n{body}");
        let _ = read_all(text.into_bytes(), &mapping);
    }
}
