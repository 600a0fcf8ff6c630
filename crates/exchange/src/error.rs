//! Why a file cannot be read at all.

use crate::Field;

/// A file that cannot be read, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The system could not read it.
    #[error("the file could not be read: {0}")]
    Io(#[from] std::io::Error),
    /// No bytes, or nothing but blank lines.
    #[error("the file is empty; export it again with a header line and at least one row")]
    Empty,
    /// A header and nothing else.
    #[error("the file has a header line ({0}) and no rows under it")]
    NoRows(String),
    /// It is not a text file.
    #[error("this is {0}; save the table as CSV (UTF-8) or Parquet and try that file")]
    NotText(String),
    /// The header line is longer than any header.
    #[error(
        "the header line does not end; check that every quotation mark in it is closed and that \
         the file is a table"
    )]
    EndlessHeader,
    /// The first line is text that cannot be decoded.
    #[error("the header line is not valid text; save the file as UTF-8 and try again")]
    BrokenHeader,
    /// A Parquet file that cannot be read.
    #[error("this Parquet file cannot be read: {0}; write it again or export it as CSV")]
    Parquet(String),
    /// No column says what came of each row.
    #[error(
        "no column says what came of each row; name it with --map outcome=COLUMN (the columns \
         are: {headers})"
    )]
    NoOutcome {
        /// The columns there are.
        headers: String,
    },
    /// A column that the mapping names is not there.
    #[error("there is no column “{column}” for {field}; the columns are: {headers}")]
    NoColumn {
        /// The field that was mapped.
        field: Field,
        /// The column that was named.
        column: String,
        /// The columns there are.
        headers: String,
    },
}
