//! Rows out of a file, one after the other.

use std::collections::VecDeque;

use csv::StringRecord;
use domain::Zone;

use crate::dates::{self, DateOrder, Hint};
use crate::input::Input;
use crate::interpret::Interpreter;
use crate::plan::{Plan, listed};
use crate::table::{Broken, Source, Table};
use crate::{Field, Format, Mapping, OpenError, Row, RowError, RowKind, report};

/// Reads a file row by row. Memory does not grow with the file.
///
/// A row that is only planned (a task that is not done) is counted and passed over: it is no ask
/// yet. So are the lines with totals and notices that end a Salesforce report, which are not
/// counted either.
#[derive(Debug)]
pub struct Reader {
    table: Table,
    interpreter: Interpreter,
    record: StringRecord,
    /// The first row, read when the file was opened.
    first: Option<Result<u64, Broken>>,
    /// What may be a report's last lines; rows as soon as another row follows.
    held: VecDeque<Result<Row, RowError>>,
    /// What comes out next.
    ready: VecDeque<Result<Row, RowError>>,
    size: u64,
    rows: u64,
    planned: u64,
}

impl Reader {
    /// Opens a file or bytes. The whole of a text is looked at once for its encoding, and the
    /// columns with dates for the order of day and month.
    ///
    /// # Errors
    /// When it is no table, has no rows, or the mapping does not fit its columns.
    pub fn open(
        input: impl Into<Input>,
        mapping: &Mapping,
        fallback_zone: &Zone,
    ) -> Result<Self, OpenError> {
        let source = Source::new(input.into())?;
        let plan = Plan::new(source.table()?.headers(), mapping)?;
        let order = match mapping.date_format {
            Some(order) => Some(order),
            None => order_of_dates(&source, &plan)?.0,
        };
        let mut table = source.table()?;
        let mut record = StringRecord::new();
        let Some(first) = table.next(&mut record) else {
            return Err(OpenError::NoRows(listed(table.headers())));
        };
        Ok(Self {
            table,
            interpreter: Interpreter::new(plan, mapping, fallback_zone, order),
            record,
            first: Some(first),
            held: VecDeque::new(),
            ready: VecDeque::new(),
            size: source.size(),
            rows: 0,
            planned: 0,
        })
    }

    /// The format, as the mapping says or the header tells.
    pub fn format(&self) -> Format {
        self.interpreter.plan.format
    }

    /// What a row stands for.
    pub fn kind(&self) -> RowKind {
        self.interpreter.plan.kind
    }

    /// The headers, as they stand.
    pub fn headers(&self) -> &[String] {
        &self.interpreter.plan.headers
    }

    /// The header of the column that a field is read from; of several, the most trusted one.
    pub fn header_of(&self, field: Field) -> Option<&str> {
        let column = self.interpreter.plan.first_column(field)?;
        self.headers().get(column).map(String::as_str)
    }

    /// Rows read so far, good, bad and planned.
    pub fn rows_read(&self) -> u64 {
        self.rows
    }

    /// Rows passed over because they are only planned.
    pub fn planned(&self) -> u64 {
        self.planned
    }

    /// Bytes read so far; reaches [`Reader::bytes_total`] at the end.
    pub fn bytes_read(&self) -> u64 {
        self.table.bytes_read()
    }

    /// Length of the file in bytes.
    pub fn bytes_total(&self) -> u64 {
        self.size
    }

    fn interpret(&mut self, line: u64) -> Option<Result<Row, RowError>> {
        self.interpreter.row(line, &self.record).transpose()
    }
}

impl Iterator for Reader {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                self.rows += 1;
                return Some(item);
            }
            let next = self
                .first
                .take()
                .or_else(|| self.table.next(&mut self.record));
            let item = match next? {
                Err(Broken { line, reason }) => Some(Err(RowError {
                    line,
                    column: String::new(),
                    reason,
                })),
                Ok(line) => {
                    if self.format() == Format::SalesforceReport {
                        match report::last_lines(&self.interpreter.plan, &self.record) {
                            report::Line::Ending => continue,
                            report::Line::Perhaps if self.held.len() < MOST_HELD => {
                                let row = self.interpret(line);
                                self.held.extend(row);
                                continue;
                            }
                            report::Line::Row | report::Line::Perhaps => {}
                        }
                    }
                    self.interpret(line)
                }
            };
            self.ready.append(&mut self.held);
            match item {
                Some(item) => self.ready.push_back(item),
                None => {
                    self.rows += 1;
                    self.planned += 1;
                }
            }
        }
    }
}

/// Lines held back as a report's possible last ones; more than this are no ending.
const MOST_HELD: usize = 100;

/// Rows looked at before a column is taken to hold no date that could be read two ways.
const FIRST_ROWS: usize = 1_000;

/// The order of day and month that a file's own dates prove, and whether some could be read two
/// ways.
pub(crate) fn order_of_dates(
    source: &Source,
    plan: &Plan,
) -> Result<(Option<DateOrder>, bool), OpenError> {
    let columns = plan.date_columns();
    if columns.is_empty() {
        return Ok((None, false));
    }
    let mut table = source.table()?;
    let mut record = StringRecord::new();
    let mut ambiguous = false;
    let mut seen = 0;
    while let Some(row) = table.next(&mut record) {
        if row.is_ok() {
            for cell in columns.iter().filter_map(|column| record.get(*column)) {
                match dates::hint(cell) {
                    Hint::None => {}
                    Hint::Ambiguous => ambiguous = true,
                    Hint::Settles(order) => return Ok((Some(order), ambiguous)),
                }
            }
        }
        seen += 1;
        if seen >= FIRST_ROWS && !ambiguous {
            break;
        }
    }
    Ok((None, ambiguous))
}

/// Reads all rows of a file that is already in memory; times without an offset are UTC unless the
/// mapping names a zone.
///
/// # Errors
/// As [`Reader::open`].
pub fn read_all(
    bytes: Vec<u8>,
    mapping: &Mapping,
) -> Result<Vec<Result<Row, RowError>>, OpenError> {
    Ok(Reader::open(bytes, mapping, &Zone::utc())?.collect())
}
