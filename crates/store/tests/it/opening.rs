//! A database that cannot be opened is named as what it is, with what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use store::{DatabaseUrl, OpenError, SCHEMA_VERSION, Store};
use testkit::db::Backend;
use testkit::postgres_server::PostgresServer;
use testkit::watched::{free_port, is_root, unprivileged};

use crate::made;

fn try_open(url: &str) -> Result<Store, OpenError> {
    Store::open(&url.parse::<DatabaseUrl>().unwrap())
}

fn refused(url: &str) -> OpenError {
    try_open(url).expect_err("it cannot be opened")
}

fn lite(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

#[test]
fn a_missing_folder_is_named() {
    let fresh = Backend::Sqlite.fresh();
    let folder = fresh.dir().unwrap().join("not/there");
    let error = refused(&lite(&folder.join("rebound.db")));
    assert!(matches!(&error, OpenError::MissingFolder(f) if *f == folder));
    assert!(error.to_string().contains("make it first"), "{error}");
    assert!(!folder.exists());
}

#[test]
fn a_file_is_made_where_its_folder_is() {
    let fresh = Backend::Sqlite.fresh();
    drop(try_open(&fresh.url).unwrap());
    assert!(fresh.dir().unwrap().join("rebound.db").is_file());
}

#[test]
fn a_new_file_is_its_owners_alone() {
    let fresh = Backend::Sqlite.fresh();
    let path = fresh.dir().unwrap().join("own.db");
    let store = made::ledger(&lite(&path));
    assert_eq!(made::attempts(&store).len(), 0);
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", path.display());
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_folder_is_no_database() {
    let fresh = Backend::Sqlite.fresh();
    let error = refused(&lite(fresh.dir().unwrap()));
    assert!(matches!(error, OpenError::Folder(_)), "{error}");
    assert!(error.to_string().contains("is a folder"), "{error}");
}

#[test]
fn a_name_that_means_memory_to_sqlite_is_a_file() {
    // Under cargo a test runs in its package's folder: leave nothing there.
    let fresh = Backend::Sqlite.fresh();
    let path = fresh.dir().unwrap().join(":memory:");
    let store = made::ledger(&lite(&path));
    assert_eq!(made::attempts(&store).len(), 0);
    assert!(path.is_file());
}

#[test]
fn what_is_no_database_is_left_as_it_was() {
    let fresh = Backend::Sqlite.fresh();
    let path = fresh.dir().unwrap().join("rebound.db");
    let garbage = b"id,outcome\n1,no\n".repeat(1_000);
    fs::write(&path, &garbage).unwrap();
    let error = refused(&fresh.url);
    assert!(matches!(error, OpenError::Corrupt(_)), "{error}");
    assert!(error.to_string().contains("restore"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), garbage);
}

#[test]
fn a_damaged_ledger_is_named() {
    let fresh = Backend::Sqlite.fresh();
    drop(made::ledger(&fresh.url));
    let path = fresh.dir().unwrap().join("rebound.db");
    let mut bytes = fs::read(&path).unwrap();
    // The header is whole, the schema's page is not.
    bytes[100..4_096].fill(0x5a);
    fs::write(&path, &bytes).unwrap();
    let error = refused(&fresh.url);
    assert!(matches!(error, OpenError::Corrupt(_)), "{error}");
}

#[test]
fn somebody_elses_database_is_left_as_it_was() {
    for text in [
        "CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('one');",
        // A name that others use as well.
        "CREATE TABLE schema_version (major INTEGER, minor INTEGER); INSERT INTO schema_version VALUES (99, 1);",
        "CREATE TABLE schema_version (version TEXT); INSERT INTO schema_version VALUES ('2.4.1');",
        "CREATE TABLE schema_version (version INTEGER); CREATE TABLE songs (title TEXT);",
    ] {
        let fresh = Backend::Sqlite.fresh();
        let path = fresh.dir().unwrap().join("rebound.db");
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute_batch(text)
            .unwrap();
        let before = fs::read(&path).unwrap();
        let error = refused(&fresh.url);
        assert!(matches!(error, OpenError::Corrupt(_)), "{text}: {error}");
        assert_eq!(fs::read(&path).unwrap(), before, "{text}");
    }
}

#[test]
fn a_newer_schema_is_named_on_both() {
    for backend in testkit::db::each() {
        let fresh = backend.fresh();
        drop(made::ledger(&fresh.url));
        let newer = format!(
            "INSERT INTO schema_version (version, name) VALUES ({}, 'later')",
            SCHEMA_VERSION + 3
        );
        match backend {
            Backend::Sqlite => rusqlite::Connection::open(fresh.dir().unwrap().join("rebound.db"))
                .unwrap()
                .execute_batch(&newer)
                .unwrap(),
            Backend::Postgres => postgres::Client::connect(&fresh.url, postgres::NoTls)
                .unwrap()
                .batch_execute(&newer)
                .unwrap(),
        }
        let error = refused(&fresh.url);
        assert!(
            matches!(error, OpenError::Newer { found, known, .. } if found == known + 3),
            "{error}"
        );
        assert!(error.to_string().contains("update this program"), "{error}");
    }
}

#[test]
fn a_locked_new_file_is_named() {
    for lock in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] {
        let fresh = Backend::Sqlite.fresh();
        let other = rusqlite::Connection::open(fresh.dir().unwrap().join("rebound.db")).unwrap();
        other.execute_batch(lock).unwrap();
        let error = refused(&fresh.url);
        assert!(matches!(error, OpenError::Locked(_)), "{lock}: {error}");
        other.execute_batch("ROLLBACK").unwrap();
        drop(try_open(&fresh.url).unwrap());
    }
}

/// An open ledger is read while another program writes it; only writing waits, and says so.
#[test]
fn a_ledger_somebody_writes_is_read_and_says_busy_to_writers() {
    let fresh = Backend::Sqlite.fresh();
    drop(made::ledger(&fresh.url));
    let other = rusqlite::Connection::open(fresh.dir().unwrap().join("rebound.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let store = try_open(&fresh.url).unwrap();
    assert!(made::attempts(&store).is_empty());
    let error = made::append(&store, made::no(1)).unwrap_err();
    assert!(matches!(error, store::StoreError::Busy), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    made::append(&store, made::no(1)).unwrap();
    assert_eq!(made::attempts(&store).len(), 1);
}

/// What may be written is asked of somebody who is not root: this test runs itself again as one.
#[test]
fn read_only_files_and_folders_are_named() {
    const SELF: &str = "REBOUND_TEST_READ_ONLY";
    if let Ok(folder) = std::env::var(SELF) {
        let folder = Path::new(&folder);
        for name in ["file", "folder"] {
            let error = refused(&lite(&folder.join(name).join("rebound.db")));
            assert!(matches!(error, OpenError::ReadOnly(_)), "{name}: {error}");
        }
        let error = refused(&lite(&folder.join("folder/new.db")));
        assert!(matches!(error, OpenError::ReadOnly(_)), "new: {error}");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in ["file", "folder"] {
        let folder = root.path().join(name);
        fs::create_dir(&folder).unwrap();
        drop(made::ledger(&lite(&folder.join("rebound.db"))));
    }
    mode(&root.path().join("file/rebound.db"), 0o444);
    mode(&root.path().join("folder/rebound.db"), 0o666);
    mode(root.path(), 0o755);
    mode(&root.path().join("file"), 0o777);
    mode(&root.path().join("folder"), 0o555);
    // Nobody may not look into the build's folder, but may run a copy of this test.
    let program = root.path().join("again");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut words: Vec<String> = unprivileged().into_iter().map(str::to_owned).collect();
    words.push(program.display().to_string());
    let output = Command::new(&words[0])
        .args(&words[1..])
        .args(["--exact", "opening::read_only_files_and_folders_are_named"])
        .env(SELF, root.path())
        .current_dir(root.path())
        .output()
        .unwrap();
    mode(&root.path().join("folder"), 0o755);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    assert!(is_root() || words.len() == 1);
}

#[test]
fn a_missing_postgres_database_is_named() {
    let fresh = Backend::Postgres.fresh();
    let error = refused(&format!("{}_not", fresh.url));
    assert!(matches!(error, OpenError::MissingDatabase(_)), "{error}");
    assert!(error.to_string().contains("createdb"), "{error}");
}

/// The address of the tests' server with other credentials.
fn with_credentials(url: &str, credentials: &str) -> String {
    let (_, rest) = url.rsplit_once('@').unwrap();
    format!("postgres://{credentials}@{rest}")
}

#[test]
fn a_refused_password_or_user_is_named_and_never_shown() {
    let fresh = Backend::Postgres.fresh();
    for credentials in [
        "rebound:wrong-secret",
        "nobody-here:wrong-secret",
        "rebound",
    ] {
        let error = refused(&with_credentials(&fresh.url, credentials));
        assert!(
            matches!(error, OpenError::Refused(_)),
            "{credentials}: {error:?}"
        );
        assert!(!error.to_string().contains("wrong-secret"), "{error}");
    }
}

#[test]
fn an_unreachable_server_is_named() {
    let url = format!("postgres://me:secret@127.0.0.1:{}/rebound", free_port());
    let error = refused(&url);
    assert!(matches!(error, OpenError::Unreachable(_)), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn a_server_that_goes_away_says_lost_and_is_found_again() {
    let server = PostgresServer::start();
    let url = format!("{}/postgres", server.url());
    let store = made::ledger(&url);
    made::append(&store, made::no(1)).unwrap();
    let mut other = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    other
        .batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'postgres' AND pid <> pg_backend_pid()")
        .unwrap();
    // Each connection says so at most once, and the next try finds a new one.
    let kept = (2..12).filter(|n| made::append(&store, made::no(*n)).is_ok());
    let kept = kept.count();
    assert!(kept >= 6, "{kept}");
    assert_eq!(made::attempts(&store).len(), kept + 1);
}
