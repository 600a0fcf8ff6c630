//! Parquet says the same as CSV: one definition for both.

use std::sync::Arc;

use domain::{Outcome, When, Zone};
use exchange::{Mapping, Reader, Row, RowResult, preview, read_all};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

const SCHEMA: &str = "message attempts {
    optional binary prospect (STRING);
    required binary outcome (STRING);
    optional int64 at (TIMESTAMP(MICROS, true));
    optional int32 day (DATE);
    required int64 campaign;
    optional double value;
    optional int64 price (DECIMAL(12, 2));
    required boolean won;
    optional group who { optional binary company (STRING); }
    repeated int32 ignored;
}";

/// Three rows, in two row groups of three each.
fn file() -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).expect("a schema"));
    let mut out = Vec::new();
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(&mut out, schema, properties).expect("a writer");
    for _ in 0..2 {
        let mut group = writer.next_row_group().expect("a group");
        let text = |words: &[&str]| {
            words
                .iter()
                .map(|w| ByteArray::from(*w))
                .collect::<Vec<_>>()
        };
        let mut column = 0;
        while let Some(mut cells) = group.next_column().expect("a column") {
            let some = [1, 0, 1];
            match column {
                0 => cells.typed::<ByteArrayType>().write_batch(
                    &text(&["Ada", "Cleo"]),
                    Some(&some),
                    None,
                ),
                1 => cells.typed::<ByteArrayType>().write_batch(
                    &text(&["no", "yes", "busy"]),
                    None,
                    None,
                ),
                2 => cells.typed::<Int64Type>().write_batch(
                    &[1_795_087_320_000_000, 1_795_087_321_500_000],
                    Some(&some),
                    None,
                ),
                3 => cells
                    .typed::<Int32Type>()
                    .write_batch(&[20_776, 20_777], Some(&some), None),
                4 => cells
                    .typed::<Int64Type>()
                    .write_batch(&[1, 2, 3], None, None),
                5 => cells
                    .typed::<DoubleType>()
                    .write_batch(&[12.5, f64::NAN], Some(&some), None),
                6 => cells
                    .typed::<Int64Type>()
                    .write_batch(&[1_299, 5], Some(&some), None),
                7 => cells
                    .typed::<BoolType>()
                    .write_batch(&[true, false, true], None, None),
                8 => cells.typed::<ByteArrayType>().write_batch(
                    &text(&["Tarn"]),
                    Some(&[0, 1, 2]),
                    None,
                ),
                _ => cells.typed::<Int32Type>().write_batch(
                    &[7, 8],
                    Some(&[1, 1, 0, 0]),
                    Some(&[0, 1, 0, 0]),
                ),
            }
            .expect("written");
            cells.close().expect("closed");
            column += 1;
        }
        group.close().expect("closed");
    }
    writer.close().expect("closed");
    out
}

fn mapping(maps: &[&str]) -> Mapping {
    Mapping {
        columns: maps
            .iter()
            .map(|m| Mapping::parse_map(m).expect("a map"))
            .collect(),
        ..Mapping::default()
    }
}

#[test]
fn typed_columns_become_fields() {
    let maps = mapping(&["attempts=campaign", "company=who.company"]);
    let mut reader = Reader::open(file(), &maps, &Zone::utc()).expect("a table");
    assert!(
        reader.headers().iter().all(|h| h != "ignored"),
        "lists are left out"
    );
    let rows: Vec<Row> = reader.by_ref().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!(reader.bytes_read(), reader.bytes_total());
    assert_eq!(
        rows.iter().map(|row| row.line).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6]
    );
    assert_eq!(
        rows[3..].iter().map(|row| row.result).collect::<Vec<_>>(),
        [Outcome::No, Outcome::Yes, Outcome::NoReply].map(RowResult::Attempt)
    );
    assert_eq!(rows[0].prospect, "Ada");
    assert_eq!(rows[1].prospect, "");
    assert_eq!(rows[0].when.iso(), "2026-11-19T11:22:00Z");
    assert_eq!(rows[1].when, When::Undated);
    assert_eq!(rows[2].when.iso(), "2026-11-19T11:22:01.5Z");
    assert_eq!(rows[2].attempts, 3);
    assert_eq!(rows[0].value.as_ref().map(|v| v.hundredths), Some(1_250));
    assert_eq!(rows[2].value, None, "not a number is no amount");
    assert_eq!(
        rows.iter().map(|r| r.company.as_str()).collect::<Vec<_>>(),
        ["", "", "Tarn", "", "", "Tarn"]
    );
    assert_eq!(rows[0].raw, rows[3].raw);
}

#[test]
fn dates_decimals_and_flags() {
    let maps = mapping(&["outcome=won", "at=day", "value=price"]);
    let rows: Vec<Row> = read_all(file(), &maps)
        .expect("a table")
        .into_iter()
        .map(|r| r.expect("a row"))
        .collect();
    assert_eq!(rows[0].when.iso(), "2026-11-19");
    assert_eq!(rows[2].value.as_ref().map(|v| v.hundredths), Some(5));
    assert_eq!(rows[1].result, RowResult::Attempt(Outcome::No));
}

#[test]
fn a_csv_of_the_same_cells_says_the_same() {
    let csv = "prospect,outcome,at,day,campaign,value,price,won,who.company\n\
        Ada,no,2026-11-19T11:22:00Z,2026-11-19,1,12.5,12.99,true,\n";
    let maps = mapping(&["attempts=campaign"]);
    let from_csv = read_all(csv.as_bytes().to_vec(), &maps).expect("a table");
    let from_parquet = read_all(file(), &maps).expect("a table");
    let mut row = from_parquet[0].clone().expect("a row");
    row.line = 2;
    assert_eq!(from_csv[0], Ok(row));
}

#[test]
fn it_can_be_read_from_a_file_and_looked_at_before() {
    use std::io::Write;
    let mut on_disk = tempfile::tempfile().expect("a file");
    on_disk.write_all(&file()).expect("written");
    let again = on_disk.try_clone().expect("a file");
    let seen = preview(again, &Mapping::default(), &Zone::utc()).expect("a preview");
    assert_eq!((seen.rows_seen, seen.complete, seen.errors), (6, true, 0));
    let reader = Reader::open(on_disk, &Mapping::default(), &Zone::utc()).expect("a table");
    assert_eq!(reader.count(), 6);
}

#[test]
fn damage_is_an_error_and_never_a_panic() {
    let whole = file();
    let quiet = std::panic::take_hook();
    // A panic inside the Parquet library is caught; its message is no news here.
    std::panic::set_hook(Box::new(|_| {}));
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let _ = read_all(bytes, &Mapping::default());
        if at % 16 == 0 {
            let _ = read_all(whole[..at].to_vec(), &Mapping::default());
        }
    }
    std::panic::set_hook(quiet);
}
