//! What is written reads back: as itself, or into the CRM it came from.

use domain::{Channel, LossKind, Money, Outcome, SaidBy, Stage, When, Zone};
use exchange::{
    CrmWriter, CsvWriter, ExportRow, Format, JsonWriter, Mapping, Row, RowResult, read_all,
};
use jiff::Timestamp;
use proptest::prelude::*;

fn plain() -> ExportRow {
    ExportRow {
        id: "a1".into(),
        when: When::from_iso("2026-03-02T10:05:00Z").expect("a time"),
        zone: Zone::new("Europe/Berlin").expect("a zone"),
        rep: "Ines Marlowe".into(),
        prospect: "Ada Merrow".into(),
        company: "Whitlock & Pell".into(),
        email: "ada@whitlock.example".into(),
        phone: String::new(),
        language: "en".into(),
        deal: "Shelves".into(),
        channel: Channel::Call,
        stage: Stage::Negotiation,
        outcome: Outcome::No,
        loss_kind: Some(LossKind::NoDecision),
        reason: "N2".into(),
        reason_label: "Bad time".into(),
        said_by: Some(SaidBy::Prospect),
        words: "Ask me \"later\";\nplease".into(),
        value: Some(Money {
            hundredths: 125_000,
            currency: "EUR".into(),
        }),
        segment: "retail".into(),
        pitch: String::new(),
        attempt: Some(2),
        attempts: 1,
        changed: false,
        source_kind: String::new(),
        source_id: None,
        deal_source_id: None,
        prospect_source_id: None,
    }
}

fn read(bytes: Vec<u8>, mapping: &Mapping) -> Vec<Row> {
    let rows = read_all(bytes, mapping).expect("a table");
    rows.into_iter()
        .map(|row| row.expect("a good row"))
        .collect()
}

fn written(row: &ExportRow) -> Vec<u8> {
    let mut writer = CsvWriter::new(Vec::new()).expect("a header");
    writer.write(row).expect("written");
    writer.finish().expect("finished")
}

fn assert_same(read: &Row, row: &ExportRow) {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    assert_eq!(read.external_id, some(&row.id));
    assert_eq!((read.when, &read.zone), (row.when, &row.zone));
    assert_eq!(
        (&read.rep, &read.prospect, &read.company),
        (&row.rep, &row.prospect, &row.company)
    );
    assert_eq!((&read.email, &read.phone), (&row.email, &row.phone));
    assert_eq!((&read.language, &read.deal), (&row.language, &row.deal));
    assert_eq!(
        (read.channel, read.stage),
        (Some(row.channel), Some(row.stage))
    );
    assert_eq!(read.result, RowResult::Attempt(row.outcome));
    assert_eq!((read.loss_kind, read.said_by), (row.loss_kind, row.said_by));
    assert_eq!(
        (&read.reason, &read.words),
        (&some(&row.reason), &some(&row.words))
    );
    assert_eq!(read.value, row.value);
    assert_eq!(
        (&read.segment, &read.pitch),
        (&some(&row.segment), &some(&row.pitch))
    );
    assert_eq!((read.ordinal, read.attempts), (row.attempt, row.attempts));
}

#[test]
fn the_neutral_table_reads_back() {
    let bytes = written(&plain());
    assert!(bytes.starts_with(b"id,at,rep,prospect,company,email,phone,zone,language,deal,channel,stage,outcome,loss_kind,reason,said_by,words,value,currency,segment,pitch,attempt,attempts\n"));
    assert_same(&read(bytes, &Mapping::default())[0], &plain());
}

#[test]
fn json_is_one_object() {
    let mut writer = JsonWriter::new(Vec::new()).expect("begun");
    for _ in 0..2 {
        writer.write(&plain()).expect("written");
    }
    let bytes = writer.finish().expect("finished");
    let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    let attempts = value["attempts"].as_array().expect("a list");
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0]["outcome"], "no");
    assert_eq!(attempts[0]["value"], "1250.00");
    assert_eq!(attempts[0]["attempt"], 2);
    assert_eq!(attempts[0]["pitch"], serde_json::Value::Null);
    let empty = JsonWriter::new(Vec::new())
        .expect("begun")
        .finish()
        .expect("finished");
    let value: serde_json::Value = serde_json::from_slice(&empty).expect("JSON");
    assert_eq!(value, serde_json::json!({ "attempts": [] }));
}

fn crm(format: Format, rows: &[ExportRow]) -> (String, Vec<Row>) {
    let mut writer = CrmWriter::new(format, Vec::new()).expect("a format");
    for row in rows {
        writer.write(row).expect("written");
    }
    let bytes = writer.finish().expect("finished");
    let zone = Mapping {
        zone: Zone::new("Europe/Berlin").ok(),
        ..Mapping::default()
    };
    let rows = exchange::Reader::open(bytes.clone(), &zone, &Zone::utc()).expect("a table");
    assert_eq!(rows.format(), format);
    let rows = rows.map(|row| row.expect("a good row")).collect();
    (String::from_utf8(bytes).expect("text"), rows)
}

#[test]
fn every_crm_file_is_told_by_its_header_and_keeps_ids_outcomes_and_times() {
    for &format in Format::WRITABLE {
        let from_there = ExportRow {
            source_kind: format.code().into(),
            source_id: Some("77".into()),
            deal_source_id: Some("006abc".into()),
            prospect_source_id: Some("003abc".into()),
            ..plain()
        };
        let logged_here = ExportRow {
            outcome: Outcome::Yes,
            ..plain()
        };
        let from_elsewhere = ExportRow {
            source_kind: "bank".into(),
            ..plain()
        };
        let (text, rows) = crm(format, &[from_there, logged_here, from_elsewhere]);
        assert_eq!(rows.len(), 2, "{text}");
        assert!(text.lines().next().is_some_and(|line| {
            line.split(',')
                .next()
                .is_some_and(|id| id.to_lowercase().ends_with("id"))
        }));
        assert_eq!(rows[0].external_id.as_deref(), Some("77"));
        assert_eq!(
            rows[1].external_id, None,
            "what was logged here makes a new record"
        );
        assert_eq!(rows[0].result, RowResult::Attempt(Outcome::No), "{text}");
        assert_eq!(rows[1].result, RowResult::Attempt(Outcome::Yes), "{text}");
        assert_eq!(
            rows[0]
                .when
                .day(&rows[0].zone)
                .map(|d| d.to_string())
                .as_deref(),
            Some("2026-03-02")
        );
        if rows[0].kind == exchange::RowKind::Deals {
            assert_eq!(rows[0].reason.as_deref(), Some("Bad time"), "{text}");
            assert_eq!(rows[0].deal, "Shelves");
        }
    }
}

#[test]
fn a_record_that_exists_keeps_what_rebound_does_not_know() {
    let busy = ExportRow {
        source_kind: "hubspot-calls".into(),
        source_id: Some("8004".into()),
        outcome: Outcome::NoReply,
        ..plain()
    };
    let corrected = ExportRow {
        changed: true,
        ..busy.clone()
    };
    let (text, rows) = crm(Format::HubspotCalls, &[busy, corrected]);
    assert!(
        text.contains("8004,,2026-03-02 11:05,,Ines Marlowe,,,,no_reply"),
        "{text}"
    );
    assert!(
        text.contains("8004,,2026-03-02 11:05,No answer,Ines Marlowe,,,,no_reply"),
        "{text}"
    );
    assert!(
        rows.iter()
            .all(|row| row.result == RowResult::Attempt(Outcome::NoReply))
    );
}

#[test]
fn an_ask_that_closed_nothing_is_no_deal() {
    let asked = ExportRow {
        outcome: Outcome::NotNow,
        ..plain()
    };
    let writer = CrmWriter::new(Format::HubspotDeals, Vec::new()).expect("a format");
    assert!(!writer.takes(&asked));
    assert!(!writer.takes(&ExportRow {
        deal: String::new(),
        ..plain()
    }));
    assert!(writer.takes(&plain()));
}

#[test]
fn a_format_no_crm_takes_is_refused() {
    let error = CrmWriter::new(Format::Generic, Vec::new()).expect_err("no format");
    assert!(
        error.to_string().contains("choose one of: hubspot-deals"),
        "{error}"
    );
}

prop_compose! {
    fn any_row()(
        texts in proptest::collection::vec("[\\PC\n\r\t,;\"'=+|]{0,30}", 12),
        seconds in proptest::option::of(-2_000_000_000_i64..6_000_000_000),
        micros in 0_i64..1_000_000,
        is_day in any::<bool>(),
        zone in 0..3_usize,
        picks in proptest::array::uniform5(0..6_usize),
        value in proptest::option::of((-1_000_000_000_i64..1_000_000_000, "([A-Z]{3})?")),
        attempt in proptest::option::of(1..500_u32),
        attempts in 1..10_000_u32,
    ) -> ExportRow {
        let zone = Zone::new(["UTC", "Europe/Lisbon", "Asia/Kathmandu"][zone]).expect("a zone");
        let when = match seconds {
            None => When::Undated,
            Some(s) => {
                let at = Timestamp::from_microsecond(s * 1_000_000 + micros).expect("in range");
                if is_day { When::Day(zone.day_of(at)) } else { When::Instant(at) }
            }
        };
        let mut texts = texts.into_iter().map(|t| t.trim().to_owned());
        let mut text = move || texts.next().unwrap_or_default();
        ExportRow {
            id: text(), rep: text(), prospect: text(), company: text(), email: text(),
            phone: text(), language: text(), deal: text(), reason: text(), words: text(),
            segment: text(), pitch: text(),
            when, zone,
            outcome: Outcome::ALL[picks[0]],
            channel: Channel::ALL[picks[1]],
            stage: Stage::ALL[picks[2]],
            loss_kind: LossKind::ALL.get(picks[3]).copied().filter(|_| Outcome::ALL[picks[0]] != Outcome::Yes),
            said_by: SaidBy::ALL.get(picks[4]).copied(),
            value: value.map(|(hundredths, currency)| Money { hundredths, currency }),
            attempt,
            attempts,
            ..plain()
        }
    }
}

proptest! {
    #[test]
    fn any_row_reads_back(row in any_row()) {
        let rows = read(written(&row), &Mapping::default());
        prop_assert_eq!(rows.len(), 1);
        assert_same(&rows[0], &row);
    }

    #[test]
    fn any_row_fits_every_crm(row in any_row()) {
        for &format in Format::WRITABLE {
            let mut writer = CrmWriter::new(format, Vec::new()).expect("a format");
            if writer.write(&row).expect("written") {
                prop_assert_eq!(read(writer.finish().expect("finished"), &Mapping::default()).len(), 1);
            }
        }
    }
}
