//! Rows of a text table, whatever stands between its cells.

use std::io::Read;

use csv::{ErrorKind, StringRecord};
use encoding_rs::Encoding;

use crate::OpenError;
use crate::input::{Input, LONGEST_ROW, Text};
use crate::table::Broken;

/// How a text table is written, told by its beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    pub(crate) encoding: &'static Encoding,
    separator: u8,
    /// The first line is a spreadsheet's `sep=;` and not the header.
    has_separator_line: bool,
    /// Lines end in carriage return and newline.
    has_carriage_returns: bool,
}

/// Longest header line that is looked at.
const LONGEST_HEADER: u64 = 1024 * 1024;

impl Dialect {
    pub(crate) fn of(input: &Input, encoding: &'static Encoding) -> Result<Self, OpenError> {
        let mut start = Vec::new();
        Text::new(input.again()?, encoding)
            .take(LONGEST_HEADER)
            .read_to_end(&mut start)?;
        let blank = start
            .iter()
            .take_while(|b| b.is_ascii_whitespace() && **b != b'\t')
            .count();
        let start = &start[blank..];
        let (separator, has_carriage_returns) = header_line(start);
        Ok(match *start {
            [b's', b'e', b'p', b'=', separator, b'\r' | b'\n', ..] => Self {
                encoding,
                separator,
                has_separator_line: true,
                has_carriage_returns,
            },
            _ => Self {
                encoding,
                separator,
                has_separator_line: false,
                has_carriage_returns,
            },
        })
    }
}

/// The separator that stands most often in the first line, outside quotes, and whether the line
/// ends in a carriage return.
fn header_line(start: &[u8]) -> (u8, bool) {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    let mut carriage_return = false;
    for &byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => {
                carriage_return = byte == b'\r';
                break;
            }
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(sep, _)| *sep == byte)
                .for_each(|(_, n)| *n += 1),
        }
    }
    // The first of equals, so that a single column reads as comma-separated.
    let most = counts.into_iter().rev().max_by_key(|(_, n)| *n);
    (
        most.map_or(b',', |(separator, _)| separator),
        carriage_return,
    )
}

#[derive(Debug)]
pub(crate) struct TextTable {
    rows: csv::Reader<Text>,
    headers: Vec<String>,
    /// Whether the parser has counted a row's newline when it gives the row: not when the row
    /// ends at the carriage return before it.
    counts_endings: bool,
    /// After a row without end, nothing more can be read.
    ended: bool,
}

impl TextTable {
    pub(crate) fn open(input: Input, dialect: Dialect) -> Result<Self, OpenError> {
        let text = Text::new(input, dialect.encoding);
        let text = if dialect.has_carriage_returns {
            text
        } else {
            text.with_last_newline()
        };
        let rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(dialect.separator)
            .buffer_capacity(64 * 1024)
            .from_reader(text);
        let mut table = Self {
            rows,
            headers: Vec::new(),
            counts_endings: !dialect.has_carriage_returns,
            ended: false,
        };
        let mut record = StringRecord::new();
        if dialect.has_separator_line {
            table.header(&mut record)?;
        }
        table.header(&mut record)?;
        table.headers = record.iter().map(|cell| cell.trim().to_owned()).collect();
        Ok(table)
    }

    fn header(&mut self, record: &mut StringRecord) -> Result<(), OpenError> {
        loop {
            match self.rows.read_record(record).map_err(csv::Error::into_kind) {
                Ok(true) if is_blank(record) => {}
                Ok(true) => {
                    self.rows.get_mut().renew();
                    return Ok(());
                }
                Ok(false) => return Err(OpenError::Empty),
                Err(ErrorKind::Utf8 { .. }) => return Err(OpenError::BrokenHeader),
                Err(ErrorKind::Io(error)) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                    return Err(OpenError::EndlessHeader);
                }
                Err(ErrorKind::Io(error)) => return Err(error.into()),
                Err(other) => return Err(std::io::Error::other(format!("{other:?}")).into()),
            }
        }
    }

    pub(crate) fn headers(&self) -> &[String] {
        &self.headers
    }

    pub(crate) fn bytes_read(&self) -> u64 {
        self.rows.get_ref().taken()
    }

    /// The next row that is not blank, and the line it begins on.
    pub(crate) fn next(&mut self, record: &mut StringRecord) -> Option<Result<u64, Broken>> {
        while !self.ended {
            let line = self.rows.position().line();
            match self.rows.read_record(record).map_err(csv::Error::into_kind) {
                Ok(false) => return None,
                Ok(true) => {
                    self.rows.get_mut().renew();
                    if !is_blank(record) {
                        return Some(Ok(self.first_line_of(record)));
                    }
                }
                Err(ErrorKind::Utf8 { .. }) => {
                    self.rows.get_mut().renew();
                    return Some(Err(Broken {
                        line,
                        reason: "this row is not valid text; save the file as UTF-8".to_owned(),
                    }));
                }
                Err(ErrorKind::Io(error)) => {
                    self.ended = true;
                    let reason = if error.kind() == std::io::ErrorKind::FileTooLarge {
                        format!(
                            "this row is longer than {} MiB; close the quotation mark that is \
                             open here. Nothing after it could be read",
                            LONGEST_ROW / (1024 * 1024)
                        )
                    } else {
                        format!("the file could not be read any further: {error}")
                    };
                    return Some(Err(Broken { line, reason }));
                }
                Err(other) => {
                    self.ended = true;
                    let reason = format!("the file could not be read any further: {other:?}");
                    return Some(Err(Broken { line, reason }));
                }
            }
        }
        None
    }

    /// The parser knows the line after a row; blank lines before it make the line at which it
    /// began to look useless.
    fn first_line_of(&self, record: &StringRecord) -> u64 {
        let inside = record.as_slice().bytes().filter(|b| *b == b'\n').count() as u64;
        let ending = u64::from(self.counts_endings);
        self.rows
            .position()
            .line()
            .saturating_sub(inside + ending)
            .max(1)
    }
}

fn is_blank(record: &StringRecord) -> bool {
    record.as_slice().trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::encoding_of;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let input = Input::from(text.as_bytes().to_vec());
        let encoding = encoding_of(&input).expect("text");
        let dialect = Dialect::of(&input, encoding).expect("readable");
        let mut table = TextTable::open(input.again().expect("bytes"), dialect).expect("a header");
        let mut record = StringRecord::new();
        let mut out = vec![(0, table.headers().to_vec())];
        while let Some(row) = table.next(&mut record) {
            out.push((
                row.expect("a row"),
                record.iter().map(str::to_owned).collect(),
            ));
        }
        out
    }

    #[test]
    fn lines_are_those_of_the_file() {
        for end in ["\n", "\r\n"] {
            let text = ["a,b", "1,2", "", "", "\"x", "y\",4", "5,6", "", "7,8"].join(end);
            for text in [
                text.clone(),
                format!("{text}{end}"),
                format!("{text}{end}{end}"),
            ] {
                let lines: Vec<u64> = rows(&text).into_iter().map(|(line, _)| line).collect();
                assert_eq!(lines, [0, 2, 5, 7, 9], "{text:?}");
            }
        }
    }

    #[test]
    fn the_separator_is_found_outside_quotes() {
        for (text, cells) in [
            ("a;b\n1,0;2", vec!["1,0", "2"]),
            ("a\tb\n1,0\t2", vec!["1,0", "2"]),
            ("\"a;b;c;d\",\"e\"\n1;1,2", vec!["1;1", "2"]),
            ("sep=;\na;b\n1;2", vec!["1", "2"]),
            ("\n\na,b\n1,2", vec!["1", "2"]),
            ("a\n1", vec!["1"]),
        ] {
            assert_eq!(rows(text)[1].1, cells, "{text:?}");
        }
    }

    #[test]
    fn a_mark_that_is_never_closed_ends_the_reading() {
        let mut text = String::from("a,b\n1,\"open\n");
        text.push_str(&"never closed\n".repeat(LONGEST_ROW / 12));
        let input = Input::from(text.into_bytes());
        let dialect = Dialect::of(&input, encoding_rs::UTF_8).expect("readable");
        let mut table = TextTable::open(input, dialect).expect("a header");
        let mut record = StringRecord::new();
        let broken = table.next(&mut record).expect("a row").expect_err("broken");
        assert_eq!(broken.line, 2);
        assert!(broken.reason.contains("quotation mark"));
        assert!(table.next(&mut record).is_none());
    }
}
