//! Bringing rows in: each becomes attempts, a deal or both, once, however often it comes.
//!
//! Rows are taken in chunks, each one transaction, so that a long import never holds the ledger
//! and can be run again where it broke off. With `strict`, and for a trial, it is one transaction.

mod asks;
mod chunk;
mod correct;
mod identity;
mod people;
mod reps;

use std::collections::HashMap;

use domain::{ImportId, Zone};
use exchange::{Input, Mapping, Reader, Row, RowError};
use serde::Serialize;
use store::Hash;
use store::tables::import::{self, ImportRun};

use reps::Reps;
pub use reps::{Owner, RepRows, RowsGo, reps_of};

use crate::audit::Audited;
use crate::{Act, App, AppError, Kind, Result, Seller, error};

/// How to bring rows in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Show what would happen, and change nothing.
    pub dry_run: bool,
    /// All rows or none.
    pub strict: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of the file.
    pub bytes: u64,
    /// Bytes of the file.
    pub of: u64,
    /// Rows read.
    pub rows: u64,
}

/// One row that stayed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Line in the file.
    pub line: u64,
    /// The column by its header in the file, or empty when it is the whole row.
    pub column: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl From<RowError> for Fault {
    fn from(e: RowError) -> Self {
        Self {
            line: e.line,
            column: e.column,
            reason: e.reason,
        }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Format it was read as.
    pub format: String,
    /// Data rows read.
    pub rows: u64,
    /// Prospects added.
    pub prospects: u64,
    /// Attempts added.
    pub attempts: u64,
    /// How many of them were a yes.
    pub yes: u64,
    /// Open deals added.
    pub deals_open: u64,
    /// Rows already known.
    pub duplicates: u64,
    /// How many of them had changed and were corrected.
    pub corrected: u64,
    /// Rows that stayed out; the first [`MOST_FAULTS`] of them.
    pub errors: Vec<Fault>,
    /// How many stayed out in all.
    pub errors_in_all: u64,
    /// What those are called who have no account yet and whose rows came in. Only totals read these
    /// rows until an administrator says who has claimed them.
    pub placeholders: Vec<String>,
}

/// Most faults that are listed.
pub const MOST_FAULTS: usize = 10_000;

/// Rows of one transaction: enough that sorted rows fall on the same pages, few enough that others
/// wait for half a second at most.
const CHUNK: usize = 10_000;

/// Bytes of cells after which a transaction ends though it has fewer rows.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;

/// What is remembered from chunk to chunk.
struct Run {
    /// What it is called in the log, from its first transaction on.
    id: Option<ImportId>,
    /// Who brings the file in.
    me: Seller,
    /// Whom its rows may belong to.
    reps: Reps,
    /// Whose the row at hand is.
    whose: Seller,
    format: exchange::Format,
    /// Keyed hash of where the file's ids come from.
    source: Hash,
    /// How the file itself calls what a field is read from, by the field's code.
    headers: HashMap<&'static str, String>,
    done: Imported,
    /// Whether the whole file was taken.
    ended: bool,
    /// How often each raw row was seen in this file.
    seen: HashMap<Hash, u32>,
    /// Codes of labels already looked up, by kind and text.
    labels: HashMap<(domain::LabelKind, String), String>,
    /// Reasons this run has added to the list.
    new_reasons: usize,
    /// Next source sequence.
    seq: i64,
}

impl Run {
    fn fault(&mut self, fault: Fault) {
        self.done.errors_in_all += 1;
        if self.done.errors.len() < MOST_FAULTS {
            self.done.errors.push(fault);
        }
    }
}

/// Brings a file in. Each row belongs to the seller it names, or to who brings it in.
///
/// # Errors
/// When the file cannot be read with the mapping, when a row is wrong and `strict` was asked, or
/// when the database cannot. A broken-off import is finished by running it again.
pub fn run(
    app: &App,
    owner: impl Into<Owner>,
    input: impl Into<Input>,
    mapping: &Mapping,
    options: Options,
    mut progress: impl FnMut(Progress),
) -> Result<Imported> {
    let input = input.into();
    let reps = Reps::read(app, owner.into(), &input, mapping)?;
    let me = reps.me().clone();
    let mut reader = Reader::open(input, mapping, me.zone())
        .map_err(|e| AppError::new(Kind::Invalid, error::sentence(&e.to_string())))?;
    let mut state = Run {
        id: None,
        whose: me.clone(),
        me,
        reps,
        format: reader.format(),
        source: identity::source(&app.workspace().keyed, reader.format(), reader.headers()),
        headers: exchange::Field::ALL
            .iter()
            .filter_map(|&field| Some((field.code(), reader.header_of(field)?.to_owned())))
            .collect(),
        done: Imported {
            format: reader.format().code().to_owned(),
            ..Imported::default()
        },
        ended: false,
        seen: HashMap::new(),
        labels: HashMap::new(),
        new_reasons: 0,
        // Microseconds: later imports come after earlier ones, as none reads a row in less than one.
        seq: app.now().as_microsecond(),
    };
    let mut read = move || {
        let chunk = Chunk::read(&mut reader);
        progress(Progress {
            bytes: reader.bytes_read(),
            of: reader.bytes_total(),
            rows: chunk.read,
        });
        chunk
    };
    if options.dry_run || options.strict {
        state = all_at_once(app, state, options, read)?;
    } else {
        while !state.ended {
            let chunk = read();
            state = app.write_blocking(move |act| take(act, state, [chunk]))?;
        }
    }
    // The reader finds some faults and the ledger others; people read them from the top.
    state.done.errors.sort_by_key(|fault| fault.line);
    Ok(state.done)
}

/// What is read before it is written.
struct Chunk {
    rows: Vec<Row>,
    faults: Vec<Fault>,
    /// Rows read so far.
    read: u64,
    /// Nothing comes after it.
    last: bool,
}

impl Chunk {
    fn read(reader: &mut Reader) -> Self {
        let (mut rows, mut faults, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut last = false;
        while !last && rows.len() + faults.len() < CHUNK && bytes < CHUNK_BYTES {
            match reader.next() {
                Some(Ok(row)) => {
                    bytes += row.raw.len();
                    rows.push(row);
                }
                Some(Err(e)) => faults.push(e.into()),
                None => last = true,
            }
        }
        Self {
            rows,
            faults,
            read: reader.rows_read(),
            last,
        }
    }
}

/// One transaction for everything: kept when nothing is wrong, or never, for a trial. Others wait
/// to write until it ends. The file is read beside it, and no more than three chunks are in memory.
fn all_at_once(
    app: &App,
    mut state: Run,
    options: Options,
    mut read: impl FnMut() -> Chunk,
) -> Result<Run> {
    let (tx, rx) = std::sync::mpsc::channel();
    let (chunks, waiting) = std::sync::mpsc::sync_channel(1);
    let result = std::thread::scope(|scope| {
        let writing = scope.spawn(move || {
            app.write_blocking(move |act| {
                state = take(act, state, waiting)?;
                let wrong = options.strict && state.done.errors_in_all > 0;
                let keep = state.ended && !options.dry_run && !wrong;
                // The receiver waits below for as long as this runs.
                let _ = tx.send(state);
                if keep {
                    Ok(())
                } else {
                    Err(AppError::new(Kind::Refused, "undone"))
                }
            })
        });
        let mut last = false;
        while !last {
            let chunk = read();
            last = chunk.last;
            // Whoever no longer takes any has an answer that says why.
            last |= chunks.send(chunk).is_err();
        }
        drop(chunks);
        writing.join().unwrap_or_else(|_| {
            Err(AppError::new(
                Kind::Internal,
                "The import broke off; nothing was brought in.",
            ))
        })
    });
    match (result, rx.try_recv()) {
        (Ok(()), Ok(state)) => Ok(state),
        (Err(_), Ok(state)) if options.dry_run => Ok(state),
        (Err(_), Ok(mut state)) if state.done.errors_in_all > 0 => Err(refused(&mut state.done)),
        (Err(e), _) => Err(e),
        (Ok(()), Err(_)) => Err(AppError::new(
            Kind::Internal,
            "The import's figures were lost.",
        )),
    }
}

fn refused(done: &mut Imported) -> AppError {
    done.errors.sort_by_key(|fault| fault.line);
    let first = done.errors.first();
    let text = first.map_or_else(String::new, |f| {
        let column = if f.column.is_empty() {
            String::new()
        } else {
            format!(", {}", f.column)
        };
        format!(" The first: line {}{column}: {}", f.line, f.reason)
    });
    let rows = match done.errors_in_all {
        1 => "1 row".to_owned(),
        n => format!("{n} rows"),
    };
    AppError::new(
        Kind::Invalid,
        format!("{rows} could not be read, so nothing was brought in.{text}"),
    )
    .with_hint(
        "Correct what is wrong, or bring in the others alone. A trial run lists all that is wrong.",
    )
}

fn take(
    act: &mut Act<'_, '_>,
    mut state: Run,
    chunks: impl IntoIterator<Item = Chunk>,
) -> Result<Run> {
    act.tx.exclusive()?;
    // Before the first row: an import that breaks off is in the log, with what it did until then.
    let id = match state.id {
        Some(id) => id,
        None => begin(act, &state)?,
    };
    state.id = Some(id);
    for chunk in chunks {
        for fault in chunk.faults {
            state.fault(fault);
        }
        chunk::take(act, &mut state, chunk.rows)?;
        state.done.rows = chunk.read;
        state.ended = chunk.last;
    }
    import::set_counts(act.tx, id, &counts(&state.done))?;
    Ok(state)
}

/// Writes down who begins to bring something in.
fn begin(act: &mut Act<'_, '_>, state: &Run) -> Result<ImportId> {
    let run = ImportRun {
        id: act.ids.import(),
        at: act.micros(),
        person: state.me.id(),
        format: state.done.format.clone(),
        counts: [0; 8],
    };
    import::add_run(act.tx, &run)?;
    let subject = Some(run.id.as_bytes());
    act.audit(Some(run.person), Audited::Import, subject, run.format)?;
    Ok(run.id)
}

fn counts(done: &Imported) -> [i64; 8] {
    [
        done.rows,
        done.prospects,
        done.attempts,
        done.yes,
        done.deals_open,
        done.duplicates,
        done.corrected,
        done.errors_in_all,
    ]
    .map(|n| i64::try_from(n).unwrap_or(i64::MAX))
}

/// One's own latest imports, newest first.
///
/// # Errors
/// When the database cannot be read.
pub fn latest(act: &mut Act<'_, '_>, me: &Seller, limit: i64) -> Result<Vec<ImportRun>> {
    Ok(import::runs_of(act.tx, me.id(), limit)?)
}

/// What a mapping would make of a file; reads the file, not the ledger.
///
/// # Errors
/// When the file is no table or has no rows.
pub fn preview(
    input: impl Into<Input>,
    mapping: &Mapping,
    zone: &Zone,
) -> Result<exchange::Preview> {
    exchange::preview(input, mapping, zone)
        .map_err(|e| AppError::new(Kind::Invalid, error::sentence(&e.to_string())))
}
