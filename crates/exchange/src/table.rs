//! A table, as text or as Parquet: headers, and rows of text cells.

use csv::StringRecord;

use crate::OpenError;
use crate::input::{Input, encoding_of};
use crate::parquet_table::ParquetTable;
use crate::text_table::{Dialect, TextTable};

/// A row that could not be taken apart into cells.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) line: u64,
    pub(crate) reason: String,
}

/// Where a table comes from; it can be opened more than once, one after the other.
#[derive(Debug)]
pub(crate) struct Source {
    input: Input,
    /// How the text is written; nothing for Parquet.
    dialect: Option<Dialect>,
}

impl Source {
    pub(crate) fn new(input: Input) -> Result<Self, OpenError> {
        let size = input.size()?;
        if size == 0 {
            return Err(OpenError::Empty);
        }
        let is_parquet = size >= 4 && input.stretch(0, 4)?.as_ref() == b"PAR1";
        let dialect = if is_parquet {
            None
        } else {
            Some(Dialect::of(&input, encoding_of(&input)?)?)
        };
        Ok(Self { input, dialect })
    }

    pub(crate) fn size(&self) -> u64 {
        self.input.size().unwrap_or_default()
    }

    pub(crate) fn table(&self) -> Result<Table, OpenError> {
        let input = self.input.again()?;
        Ok(match self.dialect {
            Some(dialect) => Table::Text(Box::new(TextTable::open(input, dialect)?)),
            None => Table::Parquet(Box::new(ParquetTable::open(input)?)),
        })
    }
}

#[derive(Debug)]
pub(crate) enum Table {
    Text(Box<TextTable>),
    Parquet(Box<ParquetTable>),
}

impl Table {
    pub(crate) fn headers(&self) -> &[String] {
        match self {
            Self::Text(table) => table.headers(),
            Self::Parquet(table) => table.headers(),
        }
    }

    /// The next row's cells into `record`, and where it stands.
    pub(crate) fn next(&mut self, record: &mut StringRecord) -> Option<Result<u64, Broken>> {
        match self {
            Self::Text(table) => table.next(record),
            Self::Parquet(table) => table.next(record),
        }
    }

    pub(crate) fn bytes_read(&self) -> u64 {
        match self {
            Self::Text(table) => table.bytes_read(),
            Self::Parquet(table) => table.bytes_read(),
        }
    }
}
