//! Every built-in format, with its real headers and fictional people.

use domain::{Channel, LossKind, Money, Outcome, SaidBy, Stage, When, Zone};
use exchange::{Format, Mapping, Reader, Row, RowKind, RowResult};

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a fixture")
}

/// All rows of a fixture, which must be told by its header and have no bad row; and how many
/// were only planned.
fn rows(format: Format) -> (Vec<Row>, u64) {
    let bytes = fixture(format.code());
    let zone = Zone::new("Europe/Berlin").expect("a zone");
    let mut reader = Reader::open(bytes, &Mapping::default(), &zone).expect("a table");
    assert_eq!(reader.format(), format);
    let rows: Vec<Row> = reader
        .by_ref()
        .map(|row| row.expect("a good row"))
        .collect();
    assert_eq!(reader.rows_read(), rows.len() as u64 + reader.planned());
    assert_eq!(reader.bytes_read(), reader.bytes_total());
    assert!(
        rows.iter()
            .all(|row| row.kind == reader.kind() && row.zone == zone || row.zone_given)
    );
    (rows, reader.planned())
}

fn results(rows: &[Row]) -> Vec<Option<Outcome>> {
    rows.iter()
        .map(|row| match row.result {
            RowResult::Attempt(outcome) => Some(outcome),
            RowResult::OpenDeal => None,
        })
        .collect()
}

fn whens(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.when.iso()).collect()
}

fn euros(hundredths: i64) -> Option<Money> {
    Some(Money {
        hundredths,
        currency: "EUR".into(),
    })
}

const YES: Option<Outcome> = Some(Outcome::Yes);
const NO: Option<Outcome> = Some(Outcome::No);
const OPEN: Option<Outcome> = None;

#[test]
fn hubspot_deals() {
    let (rows, _) = rows(Format::HubspotDeals);
    // The last one's stage is the company's own; its flag says that it is won.
    assert_eq!(results(&rows), [YES, NO, OPEN, YES]);
    assert_eq!(
        whens(&rows),
        [
            "2026-03-02T13:30:00Z",
            "2026-03-05T08:15:00Z",
            "",
            "2026-04-01T10:00:00Z"
        ]
    );
    let first = &rows[0];
    assert_eq!(
        (first.prospect.as_str(), first.email.as_str()),
        ("Ada Merrow", "ada@whitlock.example")
    );
    assert_eq!(first.external_id.as_deref(), Some("7001"));
    assert_eq!(first.deal_external_id.as_deref(), Some("7001"));
    assert_eq!(first.prospect_external_id.as_deref(), Some("501"));
    assert_eq!(first.rep, "Ines Marlowe");
    assert_eq!(first.deal, "Ledger for Whitlock & Pell");
    assert_eq!(first.stage, Some(Stage::Negotiation));
    assert_eq!(first.value.as_ref().map(|v| v.hundredths), Some(1_250_000));
    assert_eq!(rows[1].reason.as_deref(), Some("Too expensive, for now"));
    assert_eq!(rows[2].deal_stage, "Presentation Scheduled");
    assert_eq!(rows[2].prospect_external_id.as_deref(), Some("company:903"));
    assert_eq!(rows[2].stage, None);
    assert!(
        rows.iter()
            .all(|row| row.kind == RowKind::Deals && row.attempts == 1)
    );
}

#[test]
fn hubspot_calls() {
    let (rows, _) = rows(Format::HubspotCalls);
    assert_eq!(
        results(&rows),
        [
            Outcome::Unknown,
            Outcome::NoReply,
            Outcome::NoReply,
            Outcome::NoReply,
            Outcome::Unknown
        ]
        .map(Some)
    );
    assert!(
        rows.iter()
            .all(|row| row.channel == Some(Channel::Call) && row.stage.is_none())
    );
    assert_eq!(rows[0].deal_external_id.as_deref(), Some("7001"));
    assert_eq!(rows[1].prospect_external_id.as_deref(), Some("503"));
    // The first row's notes take two lines.
    assert_eq!(
        rows.iter().map(|row| row.line).collect::<Vec<_>>(),
        [2, 4, 5, 6, 7]
    );
    assert_eq!(
        rows[0].words, None,
        "a seller's notes are not the prospect's words"
    );
}

#[test]
fn pipedrive_deals() {
    let (rows, _) = rows(Format::PipedriveDeals);
    assert_eq!(results(&rows), [YES, NO, OPEN]);
    assert_eq!(
        whens(&rows),
        ["2026-02-11T15:45:10Z", "2026-02-12T10:00:00Z", ""]
    );
    assert_eq!(rows[0].value, euros(420_000));
    assert_eq!(rows[0].stage, Some(Stage::Negotiation));
    assert_eq!(
        rows[1].stage,
        Some(Stage::Negotiation),
        "a closed deal, unless mapped"
    );
    assert_eq!(rows[1].deal_stage, "Proposal Made");
    assert_eq!(rows[1].reason.as_deref(), Some("No budget"));
    assert_eq!(rows[1].prospect_external_id.as_deref(), Some("company:62"));
    assert_eq!(rows[0].phone, "+44 20 7946 0182");
}

#[test]
fn pipedrive_activities() {
    let (rows, planned) = rows(Format::PipedriveActivities);
    assert_eq!(planned, 1, "what is still to do is no ask yet");
    assert_eq!(results(&rows), [Some(Outcome::Unknown); 3]);
    assert_eq!(
        rows.iter().map(|row| row.channel).collect::<Vec<_>>(),
        [Channel::Call, Channel::Email, Channel::Other].map(Some)
    );
    assert_eq!(
        whens(&rows),
        ["2026-02-02T08:30:00Z", "2026-02-03", "2026-02-04"]
    );
    assert_eq!(rows[0].deal, "Harrowgate desk");
}

#[test]
fn salesforce_report() {
    let (rows, _) = rows(Format::SalesforceReport);
    assert_eq!(
        results(&rows),
        [YES, NO, OPEN],
        "totals and notices are no rows"
    );
    // 3/25 can only be a month first, and so 4/3 is April.
    assert_eq!(whens(&rows), ["2026-03-25", "2026-04-03", ""]);
    assert_eq!(rows[0].value, euros(125_000));
    assert_eq!(rows[0].company, "Whitlock & Pell");
    assert_eq!(rows[2].deal_stage, "Negotiation/Review");
}

#[test]
fn salesforce_opportunities() {
    let (rows, _) = rows(Format::SalesforceOpportunities);
    assert_eq!(
        results(&rows),
        [YES, NO, OPEN],
        "IsWon decides, not the stage's name"
    );
    assert_eq!(
        rows[1].reason.as_deref(),
        Some("Price"),
        "any field that ends in Reason__c"
    );
    assert_eq!(rows[1].value, euros(90_000));
    assert_eq!(
        rows[0].prospect_external_id.as_deref(),
        Some("company:0015e00000XyZaBAAV")
    );
    assert_eq!(whens(&rows), ["2026-03-25", "2026-04-03", ""]);
}

#[test]
fn salesforce_tasks() {
    let (rows, planned) = rows(Format::SalesforceTasks);
    assert_eq!(planned, 1);
    assert_eq!(
        results(&rows),
        [Outcome::NoReply, Outcome::Unknown, Outcome::No].map(Some)
    );
    assert_eq!(
        rows.iter().map(|row| row.channel).collect::<Vec<_>>(),
        [Channel::Call, Channel::Email, Channel::Call].map(Some)
    );
    assert_eq!(
        rows[0].deal_external_id.as_deref(),
        Some("0065e00000AbCdEAAV")
    );
    assert_eq!(rows[1].deal_external_id, None, "it hangs on an account");
}

#[test]
fn zoho_deals() {
    let (rows, _) = rows(Format::ZohoDeals);
    assert_eq!(results(&rows), [YES, NO, OPEN]);
    assert_eq!(rows[1].loss_kind, Some(LossKind::Competitor));
    assert_eq!(rows[1].reason.as_deref(), Some("Cheaper elsewhere"));
    assert_eq!(rows[0].prospect_external_id.as_deref(), Some("zcrm_7001"));
}

#[test]
fn rebounds_own() {
    let (rows, _) = rows(Format::Rebound);
    assert_eq!(
        results(&rows),
        [Outcome::No, Outcome::NotNow, Outcome::Yes].map(Some)
    );
    let first = &rows[0];
    assert_eq!(first.kind, RowKind::Asks);
    assert_eq!(first.reason.as_deref(), Some("N2"));
    assert_eq!(first.said_by, Some(SaidBy::Prospect));
    assert_eq!(first.loss_kind, Some(LossKind::NoDecision));
    assert_eq!(
        first.words.as_deref(),
        Some("Not this quarter; ask me \"later\"")
    );
    assert_eq!(first.value, euros(125_000));
    assert_eq!(first.ordinal, Some(2));
    assert_eq!(
        (first.segment.as_deref(), first.pitch.as_deref()),
        (Some("retail"), Some("short"))
    );
    assert_eq!(first.zone.name(), "Europe/London");
    assert_eq!(rows[1].attempts, 3);
    assert_eq!(rows[2].when, When::Undated);
    assert_eq!(rows[2].prospect, "");
}

#[test]
fn the_same_cells_make_the_same_raw_bytes_whatever_the_mapping() {
    let mapped = Mapping {
        format: Some(Format::Generic),
        columns: vec![Mapping::parse_map("outcome=Deal Stage").expect("a map")],
        rows: Some(RowKind::Deals),
        ..Mapping::default()
    };
    let raw = |mapping: &Mapping| -> Vec<Vec<u8>> {
        let rows = exchange::read_all(fixture("hubspot-deals"), mapping).expect("a table");
        rows.into_iter()
            .map(|row| row.expect("a row").raw)
            .collect()
    };
    let raw_by_header = raw(&Mapping::default());
    assert_eq!(raw_by_header, raw(&mapped));
    assert!(raw_by_header.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn headers_in_other_languages_come_through_the_mapping() {
    let map = |text: &str| Mapping::parse_map(text).expect("a map");
    let german = "Datensatz-ID;Deal-Name;Deal-Phase;Abschlussdatum;Betrag\n\
        1;Regale;Abgeschlossen und gewonnen;25.03.2026 14:30;1.250,00\n\
        2;Stifte;Abgeschlossen und verloren;26.03.2026 09:00;900\n\
        3;Seile;Präsentation geplant;;\n";
    let mapping = Mapping {
        columns: [
            "id=Datensatz-ID",
            "deal=Deal-Name",
            "outcome=deal-phase",
            "at=Abschlussdatum",
            "value=Betrag",
        ]
        .map(map)
        .to_vec(),
        ..Mapping::default()
    };
    let rows: Vec<Row> = exchange::read_all(german.as_bytes().to_vec(), &mapping)
        .expect("a table")
        .into_iter()
        .map(|row| row.expect("a row"))
        .collect();
    assert_eq!(results(&rows), [YES, NO, OPEN]);
    assert_eq!(
        whens(&rows),
        ["2026-03-25T14:30:00Z", "2026-03-26T09:00:00Z", ""]
    );
    assert_eq!(rows[0].value.as_ref().map(|v| v.hundredths), Some(125_000));

    let portuguese = "ID do registro,Resultado da chamada,Data da atividade,Contato\n\
        1,Não atendeu,2026-03-25 14:30,Ada\n\
        2,Ligar depois,2026-03-25 14:40,Bram\n\
        3,Caixa postal,2026-03-25 14:50,Cleo\n\
        4,Pediu proposta,2026-03-25 15:00,Dov\n";
    let mapping = Mapping {
        format: Some(Format::HubspotCalls),
        columns: [
            "id=ID do registro",
            "outcome=Resultado da chamada",
            "at=Data da atividade",
            "prospect=Contato",
        ]
        .map(map)
        .to_vec(),
        values: vec![Mapping::parse_value("outcome:Pediu proposta=send_info").expect("a value")],
        ..Mapping::default()
    };
    let rows: Vec<Row> = exchange::read_all(portuguese.as_bytes().to_vec(), &mapping)
        .expect("a table")
        .into_iter()
        .map(|row| row.expect("a row"))
        .collect();
    assert_eq!(
        results(&rows),
        [
            Outcome::NoReply,
            Outcome::NotNow,
            Outcome::NoReply,
            Outcome::SendInfo
        ]
        .map(Some)
    );
    assert!(rows.iter().all(|row| row.channel == Some(Channel::Call)));
}
