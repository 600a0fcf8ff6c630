//! SQLite: opening, pragmas, and running statements.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ToSql};

use crate::sql::Sql;
use crate::{OpenError, Result, Row, StoreError, Value, migrate};

/// How long to wait for another program's write.
const BUSY: Duration = Duration::from_secs(5);

/// Opens the file, making it when its folder exists.
///
/// `write` decides whether the connection may change anything.
pub(crate) fn open(path: &Path, write: bool) -> Result<Connection, OpenError> {
    let name = format!("sqlite:{}", path.display());
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty())
        && !folder.is_dir()
    {
        return Err(OpenError::MissingFolder(folder.to_owned()));
    }
    if path.is_dir() {
        return Err(OpenError::Folder(name));
    }
    // A whole path, as some short names mean no file to SQLite.
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if write {
        make_private(&whole);
    }
    let flags = if write {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE
    };
    let conn = Connection::open_with_flags(whole, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|e| open_error(&name, e))?;
    if conn.is_readonly("main").unwrap_or(false) {
        return Err(OpenError::ReadOnly(name));
    }
    let wrong = |e| open_error(&name, e);
    conn.busy_timeout(BUSY).map_err(wrong)?;
    if write {
        // Before anything is set: somebody else's database stays as it is.
        migrate::recognise(&conn, &name)?;
    }
    configure(&conn, write).map_err(wrong)?;
    Ok(conn)
}

/// Makes a new file one that only its owner may read; the log beside it is given the same mode.
/// What cannot be made here is named when SQLite opens it.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let _ = options.open(path);
}

/// Durable when acknowledged, overwriting what is deleted, small in memory.
fn configure(conn: &Connection, write: bool) -> rusqlite::Result<()> {
    conn.set_prepared_statement_cache_capacity(128);
    if write {
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "secure_delete", "ON")?;
    } else {
        conn.pragma_update(None, "query_only", "ON")?;
    }
    conn.pragma_update(None, "foreign_keys", "ON")?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cache_size", if write { -12_000 } else { -6_000 })
}

fn open_error(name: &str, e: rusqlite::Error) -> OpenError {
    match e.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked(name.into()),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            OpenError::ReadOnly(name.into())
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenError::Corrupt(name.into())
        }
        _ => OpenError::Other {
            database: name.into(),
            cause: e.to_string(),
        },
    }
}

/// The error of a transaction that could not be opened, such as a locked file at start.
pub(crate) fn as_open_error(name: &str, e: rusqlite::Error) -> OpenError {
    open_error(name, e)
}

pub(crate) fn failed(sql: Sql, e: rusqlite::Error) -> StoreError {
    match e.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly) => {
            StoreError::Disk(e.to_string())
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged(e.to_string())
        }
        Some(ErrorCode::ConstraintViolation) if is_taken(&e) => StoreError::Conflict,
        _ => StoreError::Statement {
            statement: sql.name,
            cause: e.to_string(),
        },
    }
}

/// Whether a key is there already.
fn is_taken(e: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    e.sqlite_error().is_some_and(|e| {
        [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE].contains(&e.extended_code)
    })
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Text(s) => ValueRef::Text(s.as_bytes()),
            Value::Bytes(b) => ValueRef::Blob(b),
        }))
    }
}

pub(crate) fn prepare(conn: &Connection, sql: Sql) -> Result<CachedStatement<'_>> {
    conn.prepare_cached(sql.text).map_err(|e| failed(sql, e))
}

/// Which of `$1`, `$2`, … each parameter is: SQLite itself numbers them by first appearance.
fn numbers(statement: &CachedStatement<'_>) -> Vec<usize> {
    let number = |i| {
        let name = statement.parameter_name(i)?.strip_prefix('$')?;
        name.parse::<usize>().ok()
    };
    (1..=statement.parameter_count())
        .map(|i| number(i).unwrap_or(0))
        .collect()
}

fn bind(
    statement: &mut CachedStatement<'_>,
    sql: Sql,
    numbers: &[usize],
    params: &[Value<'_>],
) -> Result<()> {
    for (i, number) in (1..).zip(numbers) {
        let value = number.checked_sub(1).and_then(|n| params.get(n));
        let value = value.ok_or_else(|| StoreError::Statement {
            statement: sql.name,
            cause: format!("parameter {i} is not given"),
        })?;
        statement
            .raw_bind_parameter(i, value)
            .map_err(|e| failed(sql, e))?;
    }
    Ok(())
}

/// Runs a statement once for each of these rows.
pub(crate) fn exec_all<'v>(
    conn: &Connection,
    sql: Sql,
    rows: impl Iterator<Item = impl AsRef<[Value<'v>]>>,
) -> Result<u64> {
    let mut statement = prepare(conn, sql)?;
    let numbers = numbers(&statement);
    let mut changed = 0;
    for row in rows {
        bind(&mut statement, sql, &numbers, row.as_ref())?;
        changed += statement.raw_execute().map_err(|e| failed(sql, e))? as u64;
    }
    Ok(changed)
}

pub(crate) fn exec(conn: &Connection, sql: Sql, params: &[Value<'_>]) -> Result<u64> {
    exec_all(conn, sql, std::iter::once(params))
}

pub(crate) fn each(
    conn: &Connection,
    sql: Sql,
    params: &[Value<'_>],
    f: &mut dyn FnMut(Row<'_>) -> Result<()>,
) -> Result<()> {
    let mut statement = prepare(conn, sql)?;
    let numbers = numbers(&statement);
    bind(&mut statement, sql, &numbers, params)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|e| failed(sql, e))? {
        f(Row::Lite(row))?;
    }
    Ok(())
}
