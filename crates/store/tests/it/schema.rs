//! Two folders of migrations, one schema.

use std::collections::BTreeMap;
use std::path::PathBuf;

use store::{SCHEMA_VERSION, migrations};
use testkit::db::{Backend, Fresh};

use crate::made::open;

/// Files of a folder, sorted.
fn files(folder: &str) -> Vec<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(folder);
    let mut all: Vec<String> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    all.sort();
    all
}

#[test]
fn both_folders_hold_the_same_numbered_files() {
    let known: Vec<String> = migrations()
        .map(|(name, ..)| format!("{name}.sql"))
        .collect();
    assert_eq!(files("sqlite"), known);
    assert_eq!(files("postgres"), known);
    for (i, name) in known.iter().enumerate() {
        assert!(name.starts_with(&format!("{:04}_", i + 1)), "{name}");
    }
    assert_eq!(SCHEMA_VERSION, known.len() as i64);
}

/// A table: its columns with kind and whether NULL may stand in them, its keys, its indexes.
#[derive(Debug, PartialEq, Eq, Default)]
struct Table {
    columns: Vec<(String, &'static str, bool)>,
    primary: Vec<String>,
    /// Column, other table, other column.
    foreign: Vec<(String, String, String)>,
    /// Name, columns, whether only some rows are in it.
    indexes: Vec<(String, Vec<String>, bool)>,
}

type Schema = BTreeMap<String, Table>;

fn of_sqlite(fresh: &Fresh) -> Schema {
    let path = fresh.url.strip_prefix("sqlite:").unwrap();
    let conn = rusqlite::Connection::open(path).unwrap();
    let strings = |text: &str, name: &str| -> Vec<String> {
        conn.prepare(text)
            .unwrap()
            .query_map([name], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let tables: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut out = Schema::new();
    for name in tables {
        let mut table = Table::default();
        let mut columns = conn
            .prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid")
            .unwrap();
        let mut keys = Vec::new();
        let rows = columns
            .query_map([&name], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, bool>(2)?,
                    row.get::<_, i64>(3)?,
                ))
            })
            .unwrap();
        for row in rows {
            let (column, kind, not_null, pk) = row.unwrap();
            let kind = match kind.as_str() {
                "TEXT" => "text",
                "BIGINT" => "bigint",
                "BLOB" => "bytes",
                other => panic!("{name}.{column} is {other}"),
            };
            if pk > 0 {
                keys.push((pk, column.clone()));
            }
            table.columns.push((column, kind, !not_null));
        }
        keys.sort();
        table.primary = keys.into_iter().map(|(_, column)| column).collect();
        let mut foreign = conn
            .prepare("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(?1)")
            .unwrap();
        table.foreign = foreign
            .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        table.foreign.sort();
        let mut indexes = conn
            .prepare("SELECT name, partial FROM pragma_index_list(?1) WHERE origin = 'c'")
            .unwrap();
        let all: Vec<(String, bool)> = indexes
            .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for (index, partial) in all {
            let over = strings(
                "SELECT name FROM pragma_index_info(?1) ORDER BY seqno",
                &index,
            );
            table.indexes.push((index, over, partial));
        }
        table.indexes.sort();
        out.insert(name, table);
    }
    out
}

fn of_postgres(fresh: &Fresh) -> Schema {
    let mut client = postgres::Client::connect(&fresh.url, postgres::NoTls).unwrap();
    let mut out = Schema::new();
    let columns = client
        .query(
            "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES', collation_name::text FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
            &[],
        )
        .unwrap();
    for row in columns {
        let (table, column, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let kind = match kind.as_str() {
            "text" => {
                let collation: Option<String> = row.get(4);
                // The list of migrations is read by nobody in order of name.
                if table != "schema_version" {
                    assert_eq!(collation.as_deref(), Some("C"), "{table}.{column}");
                }
                "text"
            }
            "bigint" => "bigint",
            "bytea" => "bytes",
            other => panic!("{table}.{column} is {other}"),
        };
        out.entry(table)
            .or_default()
            .columns
            .push((column, kind, row.get(3)));
    }
    let indexes = client
        .query(
            "SELECT t.relname::text, i.relname::text, x.indisprimary, x.indpred IS NOT NULL, \
             ARRAY(SELECT a.attname::text FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k(n, place) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.place) \
             FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = 'public'",
            &[],
        )
        .unwrap();
    for row in indexes {
        let table = out.entry(row.get(0)).or_default();
        if row.get(2) {
            table.primary = row.get(4);
        } else {
            table.indexes.push((row.get(1), row.get(4), row.get(3)));
        }
    }
    let foreign = client
        .query(
            "SELECT t.relname::text, a.attname::text, o.relname::text, b.attname::text FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1] JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'",
            &[],
        )
        .unwrap();
    for row in foreign {
        let table = out.entry(row.get(0)).or_default();
        table.foreign.push((row.get(1), row.get(2), row.get(3)));
    }
    for table in out.values_mut() {
        table.foreign.sort();
        table.indexes.sort();
    }
    out
}

#[test]
fn both_databases_get_the_same_tables() {
    let (lite, pg) = (Backend::Sqlite.fresh(), Backend::Postgres.fresh());
    drop(open(&lite.url));
    drop(open(&pg.url));
    let (lite, pg) = (of_sqlite(&lite), of_postgres(&pg));
    assert_eq!(
        lite.keys().collect::<Vec<_>>(),
        pg.keys().collect::<Vec<_>>()
    );
    for (name, table) in &lite {
        assert_eq!(table, &pg[name], "{name}");
        assert!(!table.primary.is_empty(), "{name} has no key");
    }
}

#[test]
fn opening_again_changes_nothing() {
    for backend in testkit::db::each() {
        let fresh = backend.fresh();
        drop(open(&fresh.url));
        let look = |fresh: &Fresh| match backend {
            Backend::Sqlite => of_sqlite(fresh),
            Backend::Postgres => of_postgres(fresh),
        };
        let before = look(&fresh);
        drop(open(&fresh.url));
        assert_eq!(before, look(&fresh));
    }
}
