//! PostgreSQL: connecting, and running statements.

use std::collections::HashMap;
use std::error::Error as _;
use std::time::Duration;

use postgres::binary_copy::BinaryCopyInWriter;
use postgres::config::SslMode;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement, Transaction};

use crate::sql::Sql;
use crate::{OpenError, Result, Row, StoreError, Value, encryption};

/// The lock that an exclusive transaction takes: "rebound" in ASCII.
pub(crate) const EXCLUSIVE: i64 = 0x0072_6562_6f75_6e64;

/// A connection and the statements it has prepared.
pub(crate) struct PgConn {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

/// How long to wait for a server that says nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connects. Encrypted when the server offers it and the URL does not forbid it; on this very
/// machine, where certificates are rarely signed by anybody, only when the URL asks for it. What is
/// encrypted is also verified, whichever `sslmode` asked for it: against `sslrootcert`, else against
/// the authorities the system knows.
pub(crate) fn open(url: &str, name: &str) -> Result<PgConn, OpenError> {
    let (url, authority) = encryption::read(url);
    let mut config: postgres::Config =
        url.parse().map_err(|e: postgres::Error| OpenError::Other {
            database: name.into(),
            cause: cause(&e),
        })?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    let client = match config.get_ssl_mode() {
        SslMode::Disable => config.connect(NoTls),
        SslMode::Prefer if is_here(&config) && authority.is_none() => config.connect(NoTls),
        _ => {
            let tls = encryption::trusting(authority.as_deref(), name)?;
            config.connect(tokio_postgres_rustls::MakeRustlsConnect::new(tls))
        }
    };
    let client = client.map_err(|e| match e.code() {
        Some(code) if *code == SqlState::INVALID_CATALOG_NAME => {
            OpenError::MissingDatabase(name.into())
        }
        Some(code)
            if *code == SqlState::INVALID_PASSWORD
                || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION =>
        {
            OpenError::Refused(name.into())
        }
        None => not_connected(&e, name),
        Some(_) => OpenError::Other {
            database: name.into(),
            cause: cause(&e),
        },
    })?;
    Ok(PgConn {
        client,
        prepared: HashMap::new(),
    })
}

fn is_here(config: &postgres::Config) -> bool {
    use postgres::config::Host;
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            let address = name.parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|a| a.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

/// Why there is no connection when the server itself did not say so.
fn not_connected(e: &postgres::Error, name: &str) -> OpenError {
    let io = e
        .source()
        .and_then(|source| source.downcast_ref::<std::io::Error>());
    let distrust = io
        .and_then(std::io::Error::get_ref)
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let said = cause(e);
    match (distrust, io) {
        (Some(e), _) => OpenError::Other {
            database: name.into(),
            cause: format!(
                "its certificate is not trusted ({e}); name its authority with ?sslrootcert=FILE or make it known to this system, or add ?sslmode=disable on a network you trust"
            ),
        },
        (None, Some(_)) => OpenError::Unreachable(name.into()),
        (None, None) if said.contains("does not support TLS") => OpenError::Other {
            database: name.into(),
            cause: "it takes no encrypted connections; turn them on there (ssl = on), or ask for none with ?sslmode=disable on a network you trust".into(),
        },
        (None, None) if said.contains("password") => OpenError::Refused(name.into()),
        (None, None) => OpenError::Other {
            database: name.into(),
            cause: said,
        },
    }
}

/// What the server said, without the values it said it about.
fn cause(e: &postgres::Error) -> String {
    match e.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => e
            .source()
            .map_or_else(|| e.to_string(), ToString::to_string),
    }
}

fn failed(sql: Sql, e: &postgres::Error) -> StoreError {
    if e.is_closed() {
        return StoreError::Lost;
    }
    match e.code() {
        Some(code)
            if *code == SqlState::T_R_SERIALIZATION_FAILURE
                || *code == SqlState::T_R_DEADLOCK_DETECTED
                || *code == SqlState::UNIQUE_VIOLATION =>
        {
            StoreError::Conflict
        }
        Some(code) if *code == SqlState::DISK_FULL => StoreError::Disk(cause(e)),
        Some(code) if *code == SqlState::ADMIN_SHUTDOWN => StoreError::Lost,
        _ => StoreError::Statement {
            statement: sql.name,
            cause: cause(e),
        },
    }
}

const BEGIN_READ: Sql = Sql {
    name: "begin",
    text: "START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
};
const BEGIN: Sql = Sql {
    name: "begin",
    text: "START TRANSACTION",
};
const COMMIT: Sql = Sql {
    name: "commit",
    text: "COMMIT",
};

impl PgConn {
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs several statements as they stand, outside of [`Sql`]: migrations and maintenance.
    pub(crate) fn batch(&mut self, text: &str) -> Result<()> {
        self.client
            .batch_execute(text)
            .map_err(|e| failed(BEGIN, &e))
    }

    /// Begins a transaction; dropping it without [`PgTx::commit`] rolls it back.
    pub(crate) fn begin(&mut self, write: bool) -> Result<PgTx<'_>> {
        let begin = if write { BEGIN } else { BEGIN_READ };
        let tx = if write {
            self.client.transaction()
        } else {
            self.client
                .build_transaction()
                .isolation_level(postgres::IsolationLevel::RepeatableRead)
                .read_only(true)
                .start()
        }
        .map_err(|e| failed(begin, &e))?;
        Ok(PgTx {
            tx,
            prepared: &mut self.prepared,
            waits: write,
        })
    }
}

/// A transaction on PostgreSQL.
pub(crate) struct PgTx<'c> {
    tx: Transaction<'c>,
    prepared: &'c mut HashMap<&'static str, Statement>,
    /// It writes and has not said yet whether beside others or alone.
    waits: bool,
}

impl PgTx<'_> {
    pub(crate) fn commit(self) -> Result<()> {
        self.tx.commit().map_err(|e| failed(COMMIT, &e))
    }

    fn statement(&mut self, sql: Sql) -> Result<Statement> {
        if let Some(statement) = self.prepared.get(sql.text) {
            return Ok(statement.clone());
        }
        let statement = self.tx.prepare(sql.text).map_err(|e| failed(sql, &e))?;
        self.prepared.insert(sql.text, statement.clone());
        Ok(statement)
    }

    pub(crate) fn prepare(&mut self, sql: Sql) -> Result<()> {
        self.statement(sql).map(drop)
    }

    /// Waits for whoever writes alone. The first statement of a transaction that writes does this,
    /// so that everything it reads was there before or after them, never in between.
    fn enter(&mut self) -> Result<()> {
        const BESIDE: Sql = Sql {
            name: "lock",
            text: "SELECT pg_advisory_xact_lock_shared($1)",
        };
        if std::mem::take(&mut self.waits) {
            self.each(BESIDE, &[Value::Int(EXCLUSIVE)], &mut |_| Ok(()))?;
        }
        Ok(())
    }

    pub(crate) fn exec(&mut self, sql: Sql, params: &[Value<'_>]) -> Result<u64> {
        self.enter()?;
        let statement = self.statement(sql)?;
        self.tx
            .execute(&statement, &as_params(&statement, params))
            .map_err(|e| failed(sql, &e))
    }

    pub(crate) fn each(
        &mut self,
        sql: Sql,
        params: &[Value<'_>],
        f: &mut dyn FnMut(Row<'_>) -> Result<()>,
    ) -> Result<()> {
        self.enter()?;
        let statement = self.statement(sql)?;
        let mut rows = self
            .tx
            .query_raw(&statement, as_params(&statement, params))
            .map_err(|e| failed(sql, &e))?;
        while let Some(row) = rows.next().map_err(|e| failed(sql, &e))? {
            f(Row::Pg(&row))?;
        }
        Ok(())
    }

    pub(crate) fn copy<'v>(
        &mut self,
        copy: Sql,
        rows: impl Iterator<Item = Vec<Value<'v>>>,
    ) -> Result<()> {
        self.enter()?;
        // `COPY table (a, b) FROM STDIN BINARY`: ask the server what types a and b have.
        let list = copy
            .text
            .trim_start_matches("COPY ")
            .trim_end_matches(" FROM STDIN BINARY");
        let (table, columns) = list.split_once(" (").ok_or_else(|| StoreError::Statement {
            statement: copy.name,
            cause: "not a COPY with a column list".into(),
        })?;
        let columns = columns.trim_end_matches(')');
        let shape = format!("SELECT {columns} FROM {table} LIMIT 0");
        let shape = self.tx.prepare(&shape).map_err(|e| failed(copy, &e))?;
        let types: Vec<Type> = shape.columns().iter().map(|c| c.type_().clone()).collect();
        let writer = self.tx.copy_in(copy.text).map_err(|e| failed(copy, &e))?;
        let mut writer = BinaryCopyInWriter::new(writer, &types);
        for row in rows {
            writer.write_raw(row.iter()).map_err(|e| failed(copy, &e))?;
        }
        writer.finish().map(drop).map_err(|e| failed(copy, &e))
    }

    pub(crate) fn exclusive(&mut self) -> Result<()> {
        const LOCK: Sql = Sql {
            name: "lock",
            text: "SELECT pg_advisory_xact_lock($1)",
        };
        self.waits = false;
        self.each(LOCK, &[Value::Int(EXCLUSIVE)], &mut |_| Ok(()))
    }
}

/// As many parameters as the statement takes: SQLite ignores surplus ones, so this does too.
fn as_params<'p>(statement: &Statement, params: &'p [Value<'_>]) -> Vec<&'p (dyn ToSql + Sync)> {
    params
        .iter()
        .take(statement.params().len())
        .map(|v| v as &(dyn ToSql + Sync))
        .collect()
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(n) if *ty == Type::INT8 => n.to_sql(ty, out),
            Value::Int(n) if *ty == Type::INT4 => i32::try_from(*n)?.to_sql(ty, out),
            Value::Text(s) if <&str as ToSql>::accepts(ty) => s.as_ref().to_sql(ty, out),
            Value::Bytes(b) if *ty == Type::BYTEA => b.as_ref().to_sql(ty, out),
            _ => Err(format!("a parameter does not fit the column type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
