//! Rows of a Parquet file as text cells, so that one definition of every field serves both.
//!
//! Only flat columns are read (a struct's leaves count as flat, lists do not), a few rows at a
//! time, one row group after the other.

use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use csv::StringRecord;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};

use crate::OpenError;
use crate::input::Input;
use crate::parquet_text::Kind;
use crate::table::Broken;

impl Length for Input {
    fn len(&self) -> u64 {
        self.size().unwrap_or_default()
    }
}

impl ChunkReader for Input {
    type T = BufReader<Input>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        use std::io::{Seek, SeekFrom};
        let mut again = self.again()?;
        again.seek(SeekFrom::Start(start))?;
        Ok(BufReader::new(again))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        Ok(self.stretch(start, length)?)
    }
}

/// Rows taken from all columns at once.
const BATCH: usize = 1024;

pub(crate) struct ParquetTable {
    file: SerializedFileReader<Input>,
    headers: Vec<String>,
    /// Place among the file's leaves and kind of content of each header.
    leaves: Vec<(usize, Kind)>,
    next_group: usize,
    /// Rows of the current group not taken yet.
    left_in_group: u64,
    columns: Vec<ColumnReader>,
    cells: Vec<Cells>,
    /// Rows in `cells`, and how many were given.
    in_batch: usize,
    given: usize,
    row: u64,
    rows_in_all: u64,
    size: u64,
    ended: bool,
}

impl std::fmt::Debug for ParquetTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetTable")
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// A few cells of one column, end to end.
#[derive(Debug, Default)]
struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    fn get(&self, row: usize) -> &str {
        let start = row
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied();
        let end = self.ends.get(row).copied().unwrap_or_default();
        self.text.get(start.unwrap_or(0)..end).unwrap_or_default()
    }
}

/// The Parquet library may panic on a damaged file; here that is one more way of being damaged.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("it is damaged".to_owned()),
    }
}

impl ParquetTable {
    pub(crate) fn open(input: Input) -> Result<Self, OpenError> {
        let size = Length::len(&input);
        let file = guarded(|| SerializedFileReader::new(input)).map_err(OpenError::Parquet)?;
        let mut headers = Vec::new();
        let mut leaves = Vec::new();
        for (place, column) in file
            .metadata()
            .file_metadata()
            .schema_descr()
            .columns()
            .iter()
            .enumerate()
        {
            if column.max_rep_level() == 0 {
                headers.push(column.path().parts().join(".").trim().to_owned());
                leaves.push((place, Kind::of(column)));
            }
        }
        if headers.is_empty() {
            return Err(OpenError::Empty);
        }
        let rows_in_all = file.metadata().file_metadata().num_rows();
        Ok(Self {
            file,
            cells: headers.iter().map(|_| Cells::default()).collect(),
            headers,
            leaves,
            next_group: 0,
            left_in_group: 0,
            columns: Vec::new(),
            in_batch: 0,
            given: 0,
            row: 0,
            rows_in_all: u64::try_from(rows_in_all).unwrap_or_default(),
            size,
            ended: false,
        })
    }

    pub(crate) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// How far through the file, as a share of its bytes.
    pub(crate) fn bytes_read(&self) -> u64 {
        if self.rows_in_all == 0 {
            return self.size;
        }
        let share = u128::from(self.size) * u128::from(self.row.min(self.rows_in_all))
            / u128::from(self.rows_in_all);
        u64::try_from(share).unwrap_or(self.size)
    }

    pub(crate) fn next(&mut self, record: &mut StringRecord) -> Option<Result<u64, Broken>> {
        loop {
            while self.given == self.in_batch {
                if self.ended {
                    return None;
                }
                match self.fill() {
                    Ok(true) => {}
                    Ok(false) => {
                        self.ended = true;
                        return None;
                    }
                    Err(why) => {
                        self.ended = true;
                        self.in_batch = self.given;
                        return Some(Err(Broken {
                            line: self.row + 1,
                            reason: format!(
                                "the Parquet file cannot be read any further: {why}; write it again"
                            ),
                        }));
                    }
                }
            }
            record.clear();
            self.cells
                .iter()
                .for_each(|cells| record.push_field(cells.get(self.given)));
            self.given += 1;
            self.row += 1;
            if !record.as_slice().trim().is_empty() {
                return Some(Ok(self.row));
            }
        }
    }

    /// Reads the next few rows of every column; false at the end of the file.
    fn fill(&mut self) -> Result<bool, String> {
        while self.left_in_group == 0 {
            if self.next_group >= self.file.num_row_groups() {
                return Ok(false);
            }
            let (file, leaves, place) = (&self.file, &self.leaves, self.next_group);
            let (rows, columns) = guarded(|| {
                let group = file.get_row_group(place)?;
                let columns = leaves
                    .iter()
                    .map(|(leaf, _)| group.get_column_reader(*leaf))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok((group.metadata().num_rows(), columns))
            })?;
            self.next_group += 1;
            self.left_in_group = u64::try_from(rows).unwrap_or_default();
            self.columns = columns;
        }
        let wanted = usize::try_from(self.left_in_group)
            .unwrap_or(BATCH)
            .min(BATCH);
        for ((column, (_, kind)), cells) in self
            .columns
            .iter_mut()
            .zip(&self.leaves)
            .zip(&mut self.cells)
        {
            guarded(|| read_column(column, *kind, wanted, cells))?;
            if cells.ends.len() != wanted {
                return Err("a column has fewer rows than the file says".to_owned());
            }
        }
        self.left_in_group -= wanted as u64;
        self.in_batch = wanted;
        self.given = 0;
        Ok(true)
    }
}

fn read_column(
    column: &mut ColumnReader,
    kind: Kind,
    wanted: usize,
    cells: &mut Cells,
) -> Result<(), ParquetError> {
    use ColumnReader as R;
    match column {
        R::BoolColumnReader(c) => read_values(c, wanted, cells, |v, out| kind.boolean(*v, out)),
        R::Int32ColumnReader(c) => read_values(c, wanted, cells, |v, out| {
            kind.integer(i64::from(*v), 32, out)
        }),
        R::Int64ColumnReader(c) => {
            read_values(c, wanted, cells, |v, out| kind.integer(*v, 64, out))
        }
        R::Int96ColumnReader(c) => {
            read_values(c, wanted, cells, |v, out| kind.int96(v.data(), out))
        }
        R::FloatColumnReader(c) => read_values(c, wanted, cells, |v, out| {
            kind.float(f64::from(*v), &v.to_string(), out)
        }),
        R::DoubleColumnReader(c) => read_values(c, wanted, cells, |v, out| {
            kind.float(*v, &v.to_string(), out)
        }),
        R::ByteArrayColumnReader(c) => {
            read_values(c, wanted, cells, |v, out| kind.bytes(v.data(), out))
        }
        R::FixedLenByteArrayColumnReader(c) => {
            read_values(c, wanted, cells, |v, out| kind.bytes(v.data(), out))
        }
    }
}

/// The next values of a column as text; nothing is an empty cell.
fn read_values<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    wanted: usize,
    cells: &mut Cells,
    to_text: impl Fn(&T::T, &mut String),
) -> Result<(), ParquetError> {
    cells.text.clear();
    cells.ends.clear();
    let mut values = Vec::new();
    let mut levels = Vec::new();
    while cells.ends.len() < wanted {
        values.clear();
        levels.clear();
        let (records, present, _) = column.read_records(
            wanted - cells.ends.len(),
            Some(&mut levels),
            None,
            &mut values,
        )?;
        if records == 0 {
            break;
        }
        // A required column has no levels: every value is there.
        let deepest = levels.iter().copied().max().unwrap_or_default();
        let some_missing = present < records;
        let mut next = values.iter();
        for row in 0..records {
            let is_there = !some_missing || levels.get(row).is_some_and(|l| *l == deepest);
            if is_there && let Some(value) = next.next() {
                to_text(value, &mut cells.text);
            }
            cells.ends.push(cells.text.len());
        }
    }
    Ok(())
}
