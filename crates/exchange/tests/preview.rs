//! What somebody sees before an import.

use domain::Zone;
use exchange::{DateOrder, Field, Format, Mapping, RowKind, UnknownValue, preview};

fn seen(text: &str, mapping: &Mapping) -> exchange::Preview {
    preview(text.as_bytes().to_vec(), mapping, &Zone::utc()).expect("a preview")
}

fn values(text: &str, mapping: &Mapping) -> Vec<(Field, String, u64)> {
    seen(text, mapping)
        .unknown
        .into_iter()
        .map(|u: UnknownValue| (u.field, u.value, u.count))
        .collect()
}

#[test]
fn it_shows_what_would_be_read_and_what_is_not_understood() {
    let text = "id,prospect,outcome,reason,channel\n\
        1,Ada,no,Zu teuer,call\n2,Bram,maybe,N4,owl\n3,Cleo,maybe,No budget,call\n4,Dov,perhaps,,\n5,Edda,yes,Zu teuer,\n";
    let looked = seen(text, &Mapping::default());
    assert_eq!(
        (looked.format, looked.kind),
        (Format::Rebound, RowKind::Asks)
    );
    assert_eq!(looked.mapping[0], (Field::Id, "id".to_owned()));
    assert_eq!(
        (looked.rows_seen, looked.errors, looked.complete),
        (5, 3, true)
    );
    assert_eq!(looked.samples.len(), 5);
    assert_eq!(looked.samples[1].cells[1], "Bram");
    assert!(looked.samples[1].row.is_err() && looked.samples[0].row.is_ok());
    assert_eq!(
        values(text, &Mapping::default()),
        [
            (Field::Channel, "owl".to_owned(), 1),
            (Field::Outcome, "maybe".to_owned(), 2),
            (Field::Outcome, "perhaps".to_owned(), 1),
            (Field::Reason, "Zu teuer".to_owned(), 2),
        ]
    );
    let told = Mapping {
        values: ["outcome:maybe=not_now", "reason:zu teuer=N4"]
            .map(|v| Mapping::parse_value(v).expect("a value"))
            .to_vec(),
        ..Mapping::default()
    };
    assert_eq!(values(text, &told).len(), 2);
}

#[test]
fn dates_that_could_be_two_are_pointed_out() {
    let text = "outcome,at\nno,03/04/2026\n";
    assert!(seen(text, &Mapping::default()).ambiguous_dates);
    let told = Mapping {
        date_format: Some(DateOrder::Dmy),
        ..Mapping::default()
    };
    assert!(!seen(text, &told).ambiguous_dates);
    assert!(
        !seen(
            "outcome,at\nno,03/04/2026\nno,13/04/2026\n",
            &Mapping::default()
        )
        .ambiguous_dates
    );
}

#[test]
fn it_warns_of_what_is_missing_or_double() {
    let warned = seen("outcome,Note,note\nno,a,b\n", &Mapping::default())
        .warnings
        .join("\n");
    assert!(warned.contains("Two columns are called “note”"), "{warned}");
    assert!(warned.contains("No column says when"), "{warned}");
    let activities = "Activity - ID,Activity - Type,Activity - Due date\n1,Call,2026-03-02\n";
    let warned = seen(activities, &Mapping::default()).warnings.join("\n");
    assert!(
        warned.contains("every outcome will be “not known”"),
        "{warned}"
    );
}

#[test]
fn a_long_file_is_looked_at_in_part() {
    let text = format!("outcome\n{}", "no\n".repeat(100_001));
    let looked = seen(&text, &Mapping::default());
    assert_eq!(
        (looked.rows_seen, looked.complete, looked.samples.len()),
        (100_000, false, 20)
    );
}
