//! Reading and writing other people's formats.
//!
//! [`Reader`] turns a file (CSV in any of its dialects and encodings, or Parquet) into [`Row`]s;
//! a [`Mapping`] says what its columns and values mean where the headers do not. [`preview`] shows
//! what a mapping would make of a file. Writers turn [`ExportRow`]s into Rebound's own tables and
//! into files a CRM takes back.
//!
//! Nothing here knows a database or a clock: labels, prospects and storing are the caller's.

mod cells;
mod clock;
mod crm;
mod dates;
mod error;
mod export;
mod field;
mod format;
mod input;
mod interpret;
mod known;
mod mapping;
mod neutral;
mod parquet_table;
mod parquet_text;
mod plan;
mod preview;
mod reader;
mod report;
mod row;
mod table;
mod text_table;
mod values;
mod vocabulary;
mod words;

pub use crm::CrmWriter;
pub use dates::{DateOrder, UnknownDateOrder};
pub use error::OpenError;
pub use export::{ExportRow, WriteError};
pub use field::{Field, UnknownField};
pub use format::{Format, RowKind, UnknownFormat, UnknownRowKind};
pub use input::Input;
pub use mapping::{Mapping, MappingError, ValueMap};
pub use neutral::{CsvWriter, JsonWriter};
pub use preview::{Preview, Sample, UnknownValue, headers, preview};
pub use reader::{Reader, read_all};
pub use row::{LONGEST_CELL, MOST_ATTEMPTS, Row, RowError, RowResult};
