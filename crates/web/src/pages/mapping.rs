//! What the columns and values of a file mean: shown as choices, and read back from them.

use std::fs::File;

use domain::{Channel, Label, LossKind, Outcome, SaidBy, Stage, When, Zone};
use exchange::{DateOrder, Field, Format, Mapping, OpenError, Preview, Row, RowKind, RowResult};

use crate::forms::{self, Choice, choices, pairs};
use crate::pages::meant::{plain, sentence};
use crate::{words, zones};

/// Values of one field that are asked about.
const ASKED: usize = 30;

/// Rows shown as they would be read.
const ROWS: usize = 8;

/// Fields everybody looks for; the others show when the file has them, or when asked for.
const FIRST: [Field; 8] = [
    Field::Prospect,
    Field::Company,
    Field::Email,
    Field::Phone,
    Field::At,
    Field::Outcome,
    Field::Reason,
    Field::Words,
];

pub(crate) struct Column {
    pub(crate) code: &'static str,
    pub(crate) label: &'static str,
    pub(crate) columns: Vec<Choice>,
}

/// One value that somebody should say the meaning of.
pub(crate) struct Asked {
    pub(crate) field: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) count: Option<String>,
    pub(crate) meanings: Vec<Choice>,
    /// What it means when nothing is chosen.
    pub(crate) otherwise: &'static str,
}

/// One of the first rows.
pub(crate) struct Shown {
    pub(crate) line: u64,
    pub(crate) who: String,
    pub(crate) mark: Option<&'static str>,
    pub(crate) outcome: String,
    pub(crate) when: String,
    pub(crate) more: String,
    pub(crate) wrong: Option<String>,
}

/// Everything the page shows of a file.
pub(crate) struct Look {
    pub(crate) formats: Vec<Choice>,
    pub(crate) read_as: String,
    pub(crate) kinds: Vec<Choice>,
    /// What a row is, by the columns.
    pub(crate) kind: Option<&'static str>,
    pub(crate) headers: Vec<String>,
    /// The first rows, cell by cell.
    pub(crate) raw: Vec<Vec<String>>,
    pub(crate) first: Vec<Column>,
    pub(crate) rest: Vec<Column>,
    pub(crate) values: Vec<Asked>,
    pub(crate) more_values: usize,
    pub(crate) zone: String,
    pub(crate) zones: Vec<(String, Vec<String>)>,
    /// Whether the order of day and month is asked for.
    pub(crate) ambiguous: bool,
    /// Whether nobody has answered that yet.
    pub(crate) unsettled: bool,
    pub(crate) orders: Vec<Choice>,
    pub(crate) warnings: Vec<String>,
    pub(crate) rows: Vec<Shown>,
    pub(crate) errors: Option<String>,
    pub(crate) first_errors: Vec<(u64, String, String)>,
    /// Why nothing can be read yet.
    pub(crate) missing: Option<String>,
}

impl Look {
    /// Looks at a file as `mapping` reads it. What is missing for that is part of the answer; a
    /// file that is no table is not.
    pub(crate) fn at(
        file: File,
        mapping: &Mapping,
        zone: &Zone,
        reasons: &[Label],
    ) -> Result<Self, String> {
        let again = file.try_clone().map_err(|e| sentence(&OpenError::Io(e)))?;
        let (preview, missing) = match exchange::preview(file, mapping, zone) {
            Ok(preview) => (Some(preview), None),
            Err(error @ (OpenError::NoOutcome { .. } | OpenError::NoColumn { .. })) => {
                (None, Some(sentence(&error)))
            }
            Err(error) => return Err(sentence(&error)),
        };
        let headers = match &preview {
            Some(preview) => preview.headers.clone(),
            None => exchange::headers(again.try_clone().map_err(|e| sentence(&OpenError::Io(e)))?)
                .map_err(|e| sentence(&e))?,
        };
        let raw = match &preview {
            Some(preview) => cells(preview),
            None => begins(again, &headers, zone),
        };
        Ok(Self {
            raw,
            ..Self::of(preview.as_ref(), headers, mapping, zone, reasons, missing)
        })
    }

    fn of(
        preview: Option<&Preview>,
        headers: Vec<String>,
        mapping: &Mapping,
        zone: &Zone,
        reasons: &[Label],
        missing: Option<String>,
    ) -> Self {
        let effective = effective(preview, mapping);
        let (first, rest): (Vec<Field>, Vec<Field>) = Field::ALL
            .iter()
            .partition(|f| FIRST.contains(f) || !column_of(&effective, **f).is_empty());
        let columns = |fields: Vec<Field>| -> Vec<Column> {
            fields
                .into_iter()
                .map(|f| column(f, &headers, column_of(&effective, f)))
                .collect()
        };
        let mut values = Vec::new();
        let mut more_values = 0;
        for field in Field::ALL {
            let mut of_field = asked(*field, preview, mapping, reasons);
            more_values += of_field.len().saturating_sub(ASKED);
            of_field.truncate(ASKED);
            values.append(&mut of_field);
        }
        let rows_seen = preview.map_or(0, |p| p.rows_seen);
        Self {
            formats: choices(
                Format::ALL.iter().map(|f| (f.code(), f.label())),
                mapping.format.map_or("", Format::code),
            ),
            read_as: preview.map_or_else(String::new, |p| p.format.label().to_owned()),
            kinds: choices(
                [("asks", "An ask"), ("deals", "A deal")],
                mapping.rows.map_or("", RowKind::code),
            ),
            kind: preview.map(|p| match p.kind {
                RowKind::Asks => "an ask",
                RowKind::Deals => "a deal",
            }),
            values,
            more_values,
            zone: mapping.zone.as_ref().unwrap_or(zone).name().to_owned(),
            zones: zones::by_region(),
            ambiguous: preview.is_some_and(|p| p.ambiguous_dates) || mapping.date_format.is_some(),
            unsettled: preview.is_some_and(|p| p.ambiguous_dates),
            orders: choices(
                [
                    ("dmy", "Day first: 3 April"),
                    ("mdy", "Month first: 4 March"),
                ],
                mapping.date_format.map_or("", DateOrder::code),
            ),
            warnings: preview.map_or_else(Vec::new, |p| p.warnings.clone()),
            rows: preview.map_or_else(Vec::new, |p| shown(p, reasons)),
            first: columns(first),
            rest: columns(rest),
            headers,
            raw: Vec::new(),
            errors: preview
                .filter(|p| p.errors > 0)
                .map(|p| errors(p.errors, rows_seen, p.complete)),
            first_errors: preview.map_or_else(Vec::new, |p| {
                p.first_errors
                    .iter()
                    .map(|e| (e.line, e.column.clone(), plain(&e.reason)))
                    .collect()
            }),
            missing,
        }
    }
}

/// Rows shown as they stand.
const RAW: usize = 3;

fn cells(preview: &Preview) -> Vec<Vec<String>> {
    let rows = preview.samples.iter().take(RAW);
    rows.map(|sample| sample.cells.clone()).collect()
}

/// How a file begins that cannot be read yet: as it would with any column for the outcome.
fn begins(file: File, headers: &[String], zone: &Zone) -> Vec<Vec<String>> {
    let any = headers.iter().find(|h| !h.trim().is_empty());
    let mapping = Mapping {
        format: Some(Format::Generic),
        columns: any
            .map(|h| (Field::Outcome, h.clone()))
            .into_iter()
            .collect(),
        rows: Some(RowKind::Asks),
        ..Mapping::default()
    };
    exchange::preview(file, &mapping, zone).map_or_else(|_| Vec::new(), |p| cells(&p))
}

fn errors(n: u64, seen: u64, complete: bool) -> String {
    let figure = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    format!(
        "{} of {}{} cannot be read like this and would stay out.",
        words::number(figure(n)),
        if complete { "" } else { "the first " },
        words::count(figure(seen), "row"),
    )
}

/// Field and column as they are read: what the file's format knows, under what was chosen.
pub(crate) fn effective(preview: Option<&Preview>, mapping: &Mapping) -> Vec<(Field, String)> {
    preview.map_or_else(|| mapping.columns.clone(), |p| p.mapping.clone())
}

pub(crate) fn column_of(pairs: &[(Field, String)], field: Field) -> &str {
    pairs
        .iter()
        .rev()
        .find(|(f, _)| *f == field)
        .map_or("", |(_, column)| column)
}

fn column(field: Field, headers: &[String], chosen: &str) -> Column {
    let mut columns: Vec<Choice> = Vec::new();
    for header in headers.iter().filter(|h| !h.trim().is_empty()) {
        if !columns.iter().any(|c| c.value == *header) {
            columns.push(Choice::new(header, header, chosen));
        }
    }
    Column {
        code: field.code(),
        label: field.label(),
        columns,
    }
}

/// The values of a field that need a meaning, or were given one.
fn asked(
    field: Field,
    preview: Option<&Preview>,
    mapping: &Mapping,
    reasons: &[Label],
) -> Vec<Asked> {
    let given = mapping.values.iter().filter(|v| v.field == field);
    let given = given.map(|v| (v.from.clone(), None, v.to.as_str()));
    let unknown = preview.into_iter().flat_map(|p| &p.unknown);
    let unknown = unknown
        .filter(|u| u.field == field)
        .map(|u| (u.value.clone(), Some(u.count), ""));
    let mut out: Vec<Asked> = Vec::new();
    for (value, count, to) in given.chain(unknown) {
        if !out.iter().any(|a| a.value == value) {
            let rows = count.map(|n| words::count(i64::try_from(n).unwrap_or(i64::MAX), "row"));
            out.push(Asked {
                field: field.code(),
                label: field.label(),
                value,
                count: rows,
                meanings: meanings(field, reasons, to),
                otherwise: match field {
                    Field::Reason => "A reason of its own",
                    _ => "Leave it as it is",
                },
            });
        }
    }
    out
}

fn meanings(field: Field, reasons: &[Label], to: &str) -> Vec<Choice> {
    match field {
        Field::Outcome => {
            let mut out = choices(pairs!(Outcome), to);
            out.push(Choice::new("open", "Still open: no attempt yet", to));
            out
        }
        Field::Stage => choices(pairs!(Stage), to),
        Field::Channel => choices(pairs!(Channel), to),
        Field::LossKind => choices(pairs!(LossKind), to),
        Field::SaidBy => choices(pairs!(SaidBy), to),
        Field::Reason => forms::labels(reasons, to),
        _ => Vec::new(),
    }
}

fn shown(preview: &Preview, reasons: &[Label]) -> Vec<Shown> {
    preview
        .samples
        .iter()
        .take(ROWS)
        .map(|sample| match &sample.row {
            Ok(Some(row)) => read_row(row, reasons),
            Ok(None) => Shown {
                outcome: "Only planned: no attempt yet".into(),
                ..nothing(sample.line)
            },
            Err(error) => Shown {
                wrong: Some(match error.column.as_str() {
                    "" => plain(&error.reason),
                    column => format!("{column}: {}", plain(&error.reason)),
                }),
                ..nothing(sample.line)
            },
        })
        .collect()
}

fn nothing(line: u64) -> Shown {
    Shown {
        line,
        who: String::new(),
        mark: None,
        outcome: String::new(),
        when: String::new(),
        more: String::new(),
        wrong: None,
    }
}

fn read_row(row: &Row, reasons: &[Label]) -> Shown {
    let who: Vec<&str> = [
        row.prospect.as_str(),
        row.company.as_str(),
        row.email.as_str(),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .take(2)
    .collect();
    let (mark, outcome) = match row.result {
        RowResult::Attempt(outcome) => (Some(outcome.code()), outcome.label()),
        RowResult::OpenDeal => (None, "Open deal"),
    };
    let when = match row.when {
        When::Undated => String::new(),
        When::Day(day) => day.to_string(),
        When::Instant(at) => at
            .to_zoned(row.zone.rules())
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
    };
    let mut more: Vec<String> = Vec::new();
    if row.attempts > 1 {
        more.push(format!("{} asks", row.attempts));
    }
    more.extend(row.stage.map(|s| s.label().to_owned()));
    more.extend(row.channel.map(|c| c.label().to_lowercase()));
    more.extend(row.reason.as_deref().map(|text| {
        let known = reasons.iter().find(|l| l.code == text);
        known.map_or_else(|| text.to_owned(), |l| l.label.clone())
    }));
    more.extend(row.segment.clone());
    if !row.deal.is_empty() {
        more.push(row.deal.clone());
    }
    more.extend(row.words.as_ref().map(|w| format!("“{w}”")));
    Shown {
        who: if who.is_empty() {
            "Unnamed".into()
        } else {
            who.join(", ")
        },
        mark,
        outcome: outcome.to_owned(),
        when,
        more: more.join(" · "),
        ..nothing(row.line)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;
    use crate::fields::Fields;
    use crate::pages::meant::read;

    fn file(text: &str) -> File {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        file.rewind().expect("rewound");
        file
    }

    const TABLE: &str = "Kunde,Ergebnis,Wann\nAda,Gewonnen,03/04/2026\nWim,Vielleicht,05/06/2026\n";

    fn looked(mapping: &Mapping) -> Look {
        Look::at(file(TABLE), mapping, &Zone::utc(), &[]).expect("a table")
    }

    #[test]
    fn what_is_missing_is_asked_for_not_refused() {
        let look = looked(&Mapping::default());
        assert!(look.missing.is_some_and(|m| m.contains("Outcome")));
        assert_eq!(look.first[0].columns.len(), 3);
        assert!(Look::at(file(""), &Mapping::default(), &Zone::utc(), &[]).is_err());
    }

    #[test]
    fn choices_become_a_mapping_and_show_again() {
        let form =
            "map-outcome=Ergebnis&map-prospect=Kunde&map-at=Wann&map-reason=&format=&zone=UTC";
        let fields = Fields::parse(form.as_bytes());
        let mapping =
            read(file(TABLE), Mapping::default(), &Zone::utc(), &fields).expect("readable");
        assert_eq!(mapping.columns.len(), 3);
        assert_eq!(mapping.zone, None);
        let look = looked(&mapping);
        assert!(look.missing.is_none() && look.ambiguous);
        assert!(look.values.iter().any(|v| v.value == "Vielleicht"));
        assert!(
            look.first_errors
                .iter()
                .all(|(_, _, reason)| !reason.contains("--"))
        );

        let form = "dates=dmy&value-field-0=outcome&value-from-0=Vielleicht&value-to-0=not_now";
        let mapping = read(
            file(TABLE),
            mapping,
            &Zone::utc(),
            &Fields::parse(form.as_bytes()),
        )
        .expect("readable");
        let look = looked(&mapping);
        assert_eq!(look.rows[1].outcome, "Not now");
        assert_eq!(look.rows[0].when, "2026-04-03");
        assert!(look.errors.is_none());
        assert_eq!(mapping.columns.len(), 3, "what stood is kept");

        let other = read(
            file(TABLE),
            mapping,
            &Zone::utc(),
            &Fields::parse(b"format=zoho-deals"),
        );
        assert!(other.is_ok_and(|m| m.columns.is_empty() && m.format == Some(Format::ZohoDeals)));
    }
}
