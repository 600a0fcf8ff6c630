//! What a mapping would make of a file, before anything is stored.

use std::collections::HashMap;

use csv::StringRecord;
use domain::Zone;

use crate::input::Input;
use crate::interpret::Interpreter;
use crate::known::header_key;
use crate::plan::{Plan, listed};
use crate::reader::order_of_dates;
use crate::report;
use crate::table::Source;
use crate::{Field, Format, Mapping, OpenError, Row, RowError, RowKind};

/// Rows shown.
const SAMPLES: usize = 20;

/// Rows whose values are looked at.
const ROWS_SEEN: u64 = 100_000;

/// Different values of one field that are offered.
const MOST_VALUES: usize = 100;

/// What a file holds and how it would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The format.
    pub format: Format,
    /// What a row stands for.
    pub kind: RowKind,
    /// The headers, as they stand.
    pub headers: Vec<String>,
    /// Field and column of everything that would be read.
    pub mapping: Vec<(Field, String)>,
    /// The first rows.
    pub samples: Vec<Sample>,
    /// Values that are not understood, and the reasons; per field the most frequent first.
    pub unknown: Vec<UnknownValue>,
    /// Whether dates could be day-month or month-day, and nothing in the file settles it.
    pub ambiguous_dates: bool,
    /// Rows whose values were looked at.
    pub rows_seen: u64,
    /// Whether these were all rows.
    pub complete: bool,
    /// Rows among them that would be reported as errors.
    pub errors: u64,
    /// The first of these errors.
    pub first_errors: Vec<RowError>,
    /// What else is worth knowing, a sentence each.
    pub warnings: Vec<String>,
}

/// One row as it stands and as it would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Where it stands, as in [`Row::line`].
    pub line: u64,
    /// Its raw cells.
    pub cells: Vec<String>,
    /// The row, or nothing when it is only planned, or what is wrong with it.
    pub row: Result<Option<Row>, RowError>,
}

/// A value that somebody should say the meaning of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownValue {
    /// In which field.
    pub field: Field,
    /// The value.
    pub value: String,
    /// In how many rows.
    pub count: u64,
}

/// Fields whose values are offered for translation.
const OFFERED: [Field; 6] = [
    Field::Outcome,
    Field::Stage,
    Field::Channel,
    Field::Reason,
    Field::LossKind,
    Field::SaidBy,
];

/// Looks at a file as [`crate::Reader`] would read it.
///
/// # Errors
/// When it is no table, has no rows, or the mapping does not fit its columns.
pub fn preview(
    input: impl Into<Input>,
    mapping: &Mapping,
    fallback_zone: &Zone,
) -> Result<Preview, OpenError> {
    let source = Source::new(input.into())?;
    let mut table = source.table()?;
    let plan = Plan::new(table.headers(), mapping)?;
    let (order, ambiguous_dates) = match mapping.date_format {
        Some(order) => (Some(order), false),
        None => match order_of_dates(&source, &plan)? {
            (None, ambiguous) => (None, ambiguous),
            settled => (settled.0, false),
        },
    };
    // The two tables share the file's position; this one begins again.
    table = source.table()?;
    let mut interpreter = Interpreter::new(plan, mapping, fallback_zone, order);
    let mut record = StringRecord::new();
    let mut unknown: HashMap<(Field, String), u64> = HashMap::new();
    let mut out = Preview {
        format: interpreter.plan.format,
        kind: interpreter.plan.kind,
        headers: interpreter.plan.headers.clone(),
        mapping: interpreter.plan.effective(),
        samples: Vec::new(),
        unknown: Vec::new(),
        ambiguous_dates,
        rows_seen: 0,
        complete: true,
        errors: 0,
        first_errors: Vec::new(),
        warnings: warnings(&interpreter.plan),
    };
    while let Some(row) = table.next(&mut record) {
        if out.rows_seen == ROWS_SEEN {
            out.complete = false;
            break;
        }
        let (line, row) = match row {
            Ok(line) => {
                if out.format == Format::SalesforceReport
                    && report::last_lines(&interpreter.plan, &record) != report::Line::Row
                {
                    continue;
                }
                count_unknown(&mut interpreter, &record, &mut unknown);
                (line, interpreter.row(line, &record))
            }
            Err(broken) => {
                record.clear();
                let (line, reason) = (broken.line, broken.reason);
                (
                    line,
                    Err(RowError {
                        line,
                        column: String::new(),
                        reason,
                    }),
                )
            }
        };
        out.rows_seen += 1;
        if let Err(error) = &row {
            out.errors += 1;
            if out.first_errors.len() < SAMPLES {
                out.first_errors.push(error.clone());
            }
        }
        if out.samples.len() < SAMPLES {
            let cells = record.iter().map(str::to_owned).collect();
            out.samples.push(Sample { line, cells, row });
        }
    }
    if out.rows_seen == 0 {
        return Err(OpenError::NoRows(listed(&out.headers)));
    }
    out.unknown = unknown
        .into_iter()
        .map(|((field, value), count)| UnknownValue {
            field,
            value,
            count,
        })
        .collect();
    out.unknown
        .sort_by(|a, b| (a.field, b.count, &a.value).cmp(&(b.field, a.count, &b.value)));
    Ok(out)
}

/// The headers of a file, as they stand: what a person chooses from while nothing is mapped yet.
///
/// # Errors
/// When it is no table.
pub fn headers(input: impl Into<Input>) -> Result<Vec<String>, OpenError> {
    Ok(Source::new(input.into())?.table()?.headers().to_vec())
}

/// Notes the values of a row that the mapping may want to translate.
fn count_unknown(
    interpreter: &mut Interpreter,
    record: &StringRecord,
    unknown: &mut HashMap<(Field, String), u64>,
) {
    for field in OFFERED {
        let text = interpreter.plan.text(field, record);
        if text.is_empty() || interpreter.is_understood(field, text) {
            continue;
        }
        if let Some(count) = unknown.get_mut(&(field, text.to_owned())) {
            *count += 1;
        } else if unknown.keys().filter(|(f, _)| *f == field).count() < MOST_VALUES {
            unknown.insert((field, text.to_owned()), 1);
        }
    }
}

fn warnings(plan: &Plan) -> Vec<String> {
    let mut out = Vec::new();
    let keys: Vec<String> = plan.headers.iter().map(|h| header_key(h)).collect();
    for (i, key) in keys.iter().enumerate() {
        if !key.is_empty() && keys[..i].contains(key) {
            out.push(format!(
                "Two columns are called “{}”; only the first of them is read.",
                plan.headers[i]
            ));
        }
    }
    if !plan.has(Field::Outcome) && plan.kind == RowKind::Asks {
        out.push(
            "No column says what came of each ask; every outcome will be “not known”.".to_owned(),
        );
    }
    if plan.date_columns().is_empty() {
        out.push(
            "No column says when it happened; the rows will have no date and count in rates, not \
             in runs or the calendar."
                .to_owned(),
        );
    }
    out
}
