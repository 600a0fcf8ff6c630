//! Backup and restore: one portable archive for both databases.
//!
//! An archive is zstd over lines of JSON: a header, then each table's name and columns followed by
//! its rows, then the number of rows and the SHA-256 of everything before. It is read in one
//! snapshot, holds no sessions and nothing derived, and goes into either database. Beside it
//! stands `ARCHIVE.forgotten`: the ids of what was forgotten or deleted since, so that bringing an
//! old archive back brings nobody back.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use domain::ProspectId;
use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use store::tables::whole::{self, Cell, Kind as Column, TABLES, Table};
use store::tables::{forget, import, matching, person, prospect, setting};

use crate::act::{RESTORED, hex, unhex};
use crate::forgotten::add_to_list;
use crate::{Act, App, AppError, Kind, Result, older, random_bytes};

pub use crate::forgotten::{Forgotten, lists_beside, lists_in, write_forgotten_lists};

/// Version of the archive's own form.
pub(crate) const VERSION: u64 = 1;

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// When it was written, ISO 8601.
    pub written_at: String,
    /// Rows in each table, in the archive's order.
    pub tables: Vec<(String, u64)>,
    /// SHA-256 of its content.
    pub sha256: String,
}

impl Summary {
    /// Rows of one table.
    pub fn rows(&self, table: &str) -> u64 {
        self.tables
            .iter()
            .find(|(name, _)| name == table)
            .map_or(0, |(_, n)| *n)
    }
}

pub(crate) fn io(what: &str, path: &Path, e: &std::io::Error) -> AppError {
    AppError::file(what, path, e)
}

fn damaged(why: &str) -> AppError {
    AppError::new(
        Kind::Invalid,
        format!("This is not a whole Rebound archive: {why}."),
    )
    .with_hint("Take another archive. Nothing was changed.")
}

/// Writes everything at one moment into an archive, checks it by reading it back, and writes the
/// list of the forgotten beside it.
///
/// # Errors
/// When the file cannot be written or the database cannot be read.
pub fn backup(app: &App, path: &Path) -> Result<Summary> {
    let partial = beside(path, ".partial");
    let target = partial.clone();
    let written = app.read_blocking(move |act| write(act, &target));
    let summary = written.and_then(|()| verify(&partial)).inspect_err(|_| {
        let _ = fs::remove_file(&partial);
    })?;
    fs::rename(&partial, path).map_err(|e| io("Cannot write", path, &e))?;
    let list = app.read_blocking(|act| Ok(forget::list(act.tx)?))?;
    add_to_list(&beside(path, ".forgotten"), &list)?;
    Ok(summary)
}

/// `path` with something appended to its file name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// Writes lines and hashes what it writes.
struct Lines<W: Write> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Lines<W> {
    fn line(&mut self, json: &Json) -> std::io::Result<()> {
        let mut text = json.to_string();
        text.push('\n');
        self.hash.update(text.as_bytes());
        self.out.write_all(text.as_bytes())
    }
}

fn write(act: &mut Act<'_, '_>, path: &Path) -> Result<()> {
    let wrong = |e: std::io::Error| io("Cannot write", path, &e);
    let file = private_file(path).map_err(wrong)?;
    let encoder = zstd::Encoder::new(BufWriter::new(file), 3).map_err(wrong)?;
    let mut lines = Lines {
        out: encoder,
        hash: Sha256::new(),
    };
    lines
        .line(&json!({
            "rebound": "archive",
            "version": VERSION,
            "schema": store::SCHEMA_VERSION,
            "written_at": act.now.to_string(),
        }))
        .map_err(wrong)?;
    let mut rows = 0u64;
    for table in TABLES {
        lines.line(&header(table, 0)).map_err(wrong)?;
        let mut failed = None;
        whole::each(act.tx, table, |row| {
            // A mark of this database, not of what is in it.
            if row.first() == Some(&Cell::Text(RESTORED.into())) {
                return Ok(());
            }
            rows += 1;
            let cells: Vec<Json> = row.into_iter().map(to_json).collect();
            lines.line(&Json::Array(cells)).map_err(|e| {
                failed = Some(e);
                store::StoreError::Stopped
            })
        })
        .map_err(|e| failed.take().map_or_else(|| e.into(), wrong))?;
    }
    let sha256 = hex(&lines.hash.clone().finalize());
    lines
        .line(&json!({ "end": rows, "sha256": sha256 }))
        .map_err(wrong)?;
    let out = lines.out.finish().map_err(wrong)?;
    let file = out.into_inner().map_err(|e| wrong(e.into_error()))?;
    file.sync_all().map_err(wrong)
}

/// A new file that only its owner may read.
pub(crate) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

fn header(table: &Table, left_out: usize) -> Json {
    let mut columns: Vec<&str> = table.columns().map(|(name, _)| name).collect();
    columns.truncate(columns.len() - left_out);
    json!({ "table": table.name, "columns": columns })
}

fn to_json(cell: Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Int(n) => n.into(),
        Cell::Text(s) => s.into(),
        Cell::Bytes(b) => hex(&b).into(),
    }
}

fn from_json(json: Json, kind: Column) -> Option<Cell> {
    Some(match (json, kind) {
        (Json::Null, _) => Cell::Null,
        (Json::Number(n), Column::Int) => Cell::Int(n.as_i64()?),
        (Json::String(s), Column::Text) => Cell::Text(s),
        (Json::String(s), Column::Bytes) => Cell::Bytes(unhex(&s)?),
        _ => return None,
    })
}

/// Reads an archive line by line; the lines' own hash is checked at the end.
struct Reader {
    lines: BufReader<Box<dyn Read>>,
    hash: Sha256,
    /// The line that was read and not yet used.
    next: Option<Vec<u8>>,
    /// The schema of the ledger it was written from.
    schema: i64,
}

/// How the rows of a table look in an archive, and what is put at the end of each.
struct Shape {
    kinds: Vec<Column>,
    left_out: Vec<Cell>,
}

/// Longest line an archive may hold, in bytes.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

impl Reader {
    fn open(path: &Path) -> Result<(Self, Json)> {
        let file = File::open(path).map_err(|e| io("Cannot read", path, &e))?;
        let decoder =
            zstd::Decoder::new(file).map_err(|_| damaged("it is not compressed as one"))?;
        let mut reader = Self {
            lines: BufReader::new(Box::new(decoder)),
            hash: Sha256::new(),
            next: None,
            schema: 0,
        };
        reader.advance()?;
        let head = reader.take_json()?;
        if head["rebound"] != "archive" {
            return Err(damaged("it begins like something else"));
        }
        reader.schema = head["schema"].as_i64().unwrap_or(i64::MAX);
        let newer = head["version"].as_u64().is_none_or(|v| v > VERSION)
            || reader.schema > store::SCHEMA_VERSION;
        if newer {
            return Err(AppError::new(
                Kind::Invalid,
                "This archive was written by a newer Rebound. Update this program.",
            ));
        }
        reader.advance()?;
        Ok((reader, head))
    }

    /// Reads the next line into `next`; nothing at the end.
    fn advance(&mut self) -> Result<()> {
        let mut line = Vec::new();
        let n = self
            .lines
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|_| damaged("it breaks off or was changed"))?;
        if n > 0 && line.last() != Some(&b'\n') {
            return Err(damaged("it breaks off"));
        }
        self.next = (n > 0).then_some(line);
        Ok(())
    }

    fn take_json(&mut self) -> Result<Json> {
        let line = self.next.take().ok_or_else(|| damaged("it breaks off"))?;
        let json =
            serde_json::from_slice(&line).map_err(|_| damaged("a line of it was changed"))?;
        self.hash.update(&line);
        Ok(json)
    }

    /// Whether the next line is a row.
    fn at_row(&self) -> bool {
        self.next
            .as_ref()
            .is_some_and(|line| line.first() == Some(&b'['))
    }

    fn row(&mut self, shape: &Shape) -> Result<Vec<Cell>> {
        let columns = &shape.kinds;
        let Json::Array(cells) = self.take_json()? else {
            return Err(damaged("a row is missing"));
        };
        self.advance()?;
        if cells.len() != columns.len() {
            return Err(damaged("a row has the wrong length"));
        }
        cells
            .into_iter()
            .zip(columns)
            .map(|(json, kind)| {
                from_json(json, *kind).ok_or_else(|| damaged("a value is of the wrong kind"))
            })
            .chain(shape.left_out.iter().cloned().map(Ok))
            .collect()
    }

    /// Goes on to a table; nothing when archives of this schema have no such one.
    fn table(&mut self, table: &Table) -> Result<Option<Shape>> {
        let Some(left_out) = table.left_out(self.schema) else {
            return Ok(None);
        };
        let found = self.take_json()?;
        self.advance()?;
        if found != header(table, left_out.len()) {
            return Err(damaged("its tables are not the ones this program knows"));
        }
        let mut kinds: Vec<Column> = table.columns().map(|(_, kind)| kind).collect();
        kinds.truncate(kinds.len() - left_out.len());
        Ok(Some(Shape { kinds, left_out }))
    }

    fn end(mut self, rows: u64) -> Result<String> {
        let sha256 = hex(&self.hash.clone().finalize());
        let end = self.take_json()?;
        if end["end"].as_u64() != Some(rows) || end["sha256"] != sha256.as_str() {
            return Err(damaged("its content does not fit its own check"));
        }
        self.advance()?;
        if self.next.is_some() {
            return Err(damaged("something stands after its end"));
        }
        Ok(sha256)
    }
}

/// Reads a whole archive and checks it, changing nothing.
///
/// # Errors
/// When it is not a whole archive, or of a newer release.
pub fn verify(path: &Path) -> Result<Summary> {
    let (mut reader, head) = Reader::open(path)?;
    let (mut tables, mut rows) = (Vec::new(), 0);
    for table in TABLES {
        let Some(shape) = reader.table(table)? else {
            continue;
        };
        let mut here = 0;
        while reader.at_row() {
            reader.row(&shape)?;
            here += 1;
        }
        rows += here;
        tables.push((table.name.to_owned(), here));
    }
    let sha256 = reader.end(rows)?;
    let written_at = head["written_at"].as_str().unwrap_or_default().to_owned();
    Ok(Summary {
        written_at,
        tables,
        sha256,
    })
}

/// Whether a ledger holds anything that a restore would replace.
///
/// # Errors
/// When the database cannot be read.
pub fn is_empty(act: &mut Act<'_, '_>) -> Result<bool> {
    Ok(prospect::after(act.tx, "", &[], 1)?.is_empty()
        // Open deals may come in without anybody.
        && import::runs(act.tx, 1)?.is_empty()
        && person::all(act.tx)?.len() <= 1)
}

/// Brings an archive back, replacing whatever the ledger holds, and forgets again what the lists
/// name: those given and the ledger's own. All of it or nothing. The key by which people are
/// recognised is the archive's from then on: open the ledger again before anything else is done.
///
/// # Errors
/// When the archive is not whole or the database cannot; then nothing is changed.
pub fn restore(app: &App, path: &Path, lists: Forgotten) -> Result<Summary> {
    let summary = verify(path)?;
    let path = path.to_owned();
    app.replace_blocking(move |act| {
        act.tx.exclusive()?;
        let mut forgotten = lists;
        forgotten.extend(forget::list(act.tx)?);
        let (key, stopped) = (hash_key(act)?, matching::all_suppressed(act.tx)?);
        whole::clear(act.tx)?;
        let (mut reader, _) = Reader::open(&path)?;
        let mut rows = 0;
        for table in TABLES {
            let Some(shape) = reader.table(table)? else {
                continue;
            };
            let mut failed = None;
            let mut source = std::iter::from_fn(|| {
                reader.at_row().then(|| {
                    reader.row(&shape).map_err(|e| {
                        failed = Some(e);
                        store::StoreError::Stopped
                    })
                })
            });
            let loaded = whole::load(act.tx, table, &mut source);
            rows += loaded.map_err(|e| failed.take().unwrap_or_else(|| e.into()))?;
        }
        let schema = reader.schema;
        reader.end(rows)?;
        // Whoever still works on what was there before is told.
        setting::set(act.tx, RESTORED, &hex(&random_bytes()?))?;
        older::carry_over(act, schema)?;
        apply(act, &forgotten)?;
        if hash_key(act)? == key {
            // Who was forgotten since and asked not to be contacted is still left alone.
            for hash in &stopped {
                matching::suppress(act.tx, hash)?;
            }
        }
        let zone = act.zone()?;
        Ok(store::derived::rebuild(act.tx, &zone)?)
    })?;
    app.scrub_blocking()?;
    Ok(summary)
}

fn hash_key(act: &mut Act<'_, '_>) -> Result<Option<String>> {
    Ok(setting::get(act.tx, crate::act::HASH_KEY)?)
}

/// Forgets again what the lists name.
fn apply(act: &mut Act<'_, '_>, forgotten: &Forgotten) -> Result<()> {
    let now = act.micros();
    for (id, kind) in forgotten {
        let known = prospect::get(act.tx, ProspectId::from_bytes(*id))?;
        match known {
            Some(p) if kind == "prospect" && !p.forgotten => forget::forget_alone(act.tx, &p, now)?,
            _ => forget::remember(act.tx, id, kind, now)?,
        }
    }
    Ok(())
}
