//! Bringing a database to the schema this program knows.

use crate::conn::{Inner, Tx};
use crate::pg::PgConn;
use crate::{DatabaseUrl, OpenError, lite};

struct Migration {
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migration {
    ($name:literal) => {
        Migration {
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }
    };
}

const MIGRATIONS: &[Migration] = &[
    migration!("0001_ledger"),
    migration!("0002_people"),
    migration!("0003_upkeep"),
    migration!("0004_evidence"),
    migration!("0005_pitch_tests"),
];

/// Newest schema this program knows.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// Name and both texts of every migration, for the test that compares the two trees.
pub fn migrations() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    MIGRATIONS.iter().map(|m| (m.name, m.sqlite, m.postgres))
}

const VERSION_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)";

/// The schema of a SQLite file: nothing when it is new. Changes nothing.
///
/// Somebody else's database is refused, even when it too has a table `schema_version`.
pub(crate) fn recognise(conn: &rusqlite::Connection, name: &str) -> Result<Option<i64>, OpenError> {
    let wrong = |e| lite::as_open_error(name, e);
    let number = |text: &str| {
        conn.query_row(text, [], |r| r.get::<_, Option<i64>>(0))
            .map_err(wrong)
    };
    if number("SELECT count(*) FROM sqlite_master")? == Some(0) {
        return Ok(None);
    }
    let ours = number(
        "SELECT (SELECT count(*) FROM pragma_table_info('schema_version') WHERE name IN ('version', 'name')) + (SELECT count(*) FROM pragma_table_info('setting') WHERE name IN ('key', 'value'))",
    )?;
    if ours != Some(4) {
        return Err(OpenError::Corrupt(name.into()));
    }
    number("SELECT max(version) FROM schema_version")
}

/// Migrates SQLite; two programs starting at once do it one after the other.
pub(crate) fn sqlite(conn: &rusqlite::Connection, url: &DatabaseUrl) -> Result<(), OpenError> {
    let name = url.to_string();
    let wrong = |e| lite::as_open_error(&name, e);
    // Most starts find everything in place; reading that needs no write lock.
    if let Some(found) = recognise(conn, &name)?
        && found >= SCHEMA_VERSION
    {
        return newer(&name, found);
    }
    conn.execute_batch("BEGIN IMMEDIATE").map_err(wrong)?;
    let run = || -> rusqlite::Result<i64> {
        conn.execute_batch(VERSION_TABLE)?;
        let found = conn
            .query_row("SELECT max(version) FROM schema_version", [], |r| {
                r.get::<_, Option<i64>>(0)
            })?
            .unwrap_or(0);
        for (i, migration) in MIGRATIONS
            .iter()
            .enumerate()
            .skip(usize::try_from(found).unwrap_or(0))
        {
            conn.execute_batch(migration.sqlite)?;
            conn.execute(
                "INSERT INTO schema_version (version, name) VALUES (?1, ?2)",
                (i as i64 + 1, migration.name),
            )?;
        }
        Ok(found)
    };
    match run() {
        Ok(found) => {
            conn.execute_batch("COMMIT").map_err(wrong)?;
            newer(&name, found)
        }
        Err(e) => {
            let _ = conn.execute_batch("ROLLBACK");
            Err(wrong(e))
        }
    }
}

fn newer(database: &str, found: i64) -> Result<(), OpenError> {
    if found > SCHEMA_VERSION {
        return Err(OpenError::Newer {
            database: database.into(),
            found,
            known: SCHEMA_VERSION,
        });
    }
    Ok(())
}

/// Migrates PostgreSQL under the exclusive lock.
pub(crate) fn postgres(conn: &mut PgConn, url: &DatabaseUrl) -> Result<(), OpenError> {
    let database = url.to_string();
    let wrong = |e: crate::StoreError| OpenError::Other {
        database: database.clone(),
        cause: e.to_string(),
    };
    // Reading the version first keeps ordinary starts free of locks and of DDL rights.
    let found = version(conn).map_err(wrong)?;
    if let Some(found) = found
        && found >= SCHEMA_VERSION
    {
        return newer(&database, found);
    }
    let mut script = format!(
        "BEGIN; SELECT pg_advisory_xact_lock({});",
        crate::pg::EXCLUSIVE
    );
    script.push_str(VERSION_TABLE);
    script.push(';');
    for (i, migration) in MIGRATIONS.iter().enumerate() {
        let version = i as i64 + 1;
        // Another process may have run it while this one waited for the lock.
        script.push_str(&format!(
            "DO $migration$ BEGIN IF NOT EXISTS (SELECT 1 FROM schema_version WHERE version = {version}) THEN\n{}\nINSERT INTO schema_version (version, name) VALUES ({version}, '{}'); END IF; END $migration$;",
            migration.postgres, migration.name
        ));
    }
    script.push_str("COMMIT;");
    conn.batch(&script).map_err(|e| {
        let _ = conn.batch("ROLLBACK");
        wrong(e)
    })
}

fn version(conn: &mut PgConn) -> crate::Result<Option<i64>> {
    const THERE: crate::sql::Sql = crate::sql::Sql {
        name: "migrate::there",
        text: "SELECT CAST(count(*) AS BIGINT) FROM pg_tables WHERE tablename = 'schema_version' AND schemaname = ANY (current_schemas(false))",
    };
    const MAX: crate::sql::Sql = crate::sql::Sql {
        name: "migrate::max",
        text: "SELECT max(version) FROM schema_version",
    };
    let mut tx = Tx {
        inner: Inner::Pg(conn.begin(false)?),
        touched: Vec::new(),
        dropped: false,
    };
    if tx.first(THERE, &[], |r| r.int(0))?.unwrap_or(0) == 0 {
        return Ok(None);
    }
    Ok(tx.first(MAX, &[], |r| r.opt_int(0))?.flatten())
}
