//! What can be wrong with a database: named, with what to do, and nothing changed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use testkit::db::Backend::Postgres;
use testkit::{pg, tools, watched};

use super::{Ran, Terminal, settle};

fn sqlite(path: &Path) -> Connection {
    Connection::open(path).expect("a database")
}

/// Every file of a folder with what is in it.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            (path.display().to_string(), fs::read(&path).expect("a file"))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn a_file_whose_folder_exists_is_made_with_one_local_person() {
    for command in [
        &["noes"][..],
        &["no", "Ada"],
        &["export"],
        &["backup", "x.archive"],
    ] {
        let terminal = Terminal::new();
        assert!(!terminal.file().exists());
        terminal.says(command);
        let names: Vec<String> = sqlite(&terminal.file())
            .prepare("SELECT name FROM person")
            .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
            .expect("people");
        assert_eq!(names, ["robin"], "{command:?}");
    }
}

#[test]
fn a_missing_folder() {
    let terminal = Terminal::new();
    let folder = terminal.home().join("not/here");
    let url = format!("sqlite:{}", folder.join("a.db").display());
    let (error, said) = terminal.fails(3, &["--database", &url, "noes"]);
    assert_eq!(error["kind"], "not_found");
    assert!(
        said.contains(&format!("The folder {} does not exist", folder.display())),
        "{said}"
    );
    assert!(said.contains("make it first"), "{said}");
    assert!(!folder.exists(), "it is not made unasked");
}

#[test]
fn a_newer_one() {
    let terminal = Terminal::new();
    terminal.says(&["no", "Ada"]);
    sqlite(&terminal.file())
        .execute_batch("INSERT INTO schema_version (version, name) VALUES (999, '0999_later'); PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("a row can be added");
    let folder = terminal.file().parent().expect("a folder").to_owned();
    let before = contents(&folder);
    let (_, said) = terminal.fails(2, &["no", "Bram"]);
    assert!(
        said.contains("a newer Rebound") && said.contains("update this program"),
        "{said}"
    );
    assert_eq!(contents(&folder), before);

    let terminal = Terminal::on(Postgres);
    terminal.says(&["no", "Ada"]);
    pg::execute(
        &terminal.database,
        "INSERT INTO schema_version (version, name) VALUES (999, '0999_later')",
    );
    let (_, said) = terminal.fails(2, &["no", "Bram"]);
    assert!(
        said.contains("a newer Rebound") && said.contains("update this program"),
        "{said}"
    );
    let secret = terminal
        .database
        .split(['/', '@'])
        .nth(2)
        .expect("user and password");
    assert!(!said.contains(secret), "the password is shown");
}

#[test]
fn a_corrupt_one() {
    let terminal = Terminal::new();
    let folder = terminal.file().parent().expect("a folder").to_owned();
    // Not a database at all.
    fs::write(
        terminal.file(),
        "Dear diary, nobody bought anything today. ".repeat(200),
    )
    .expect("a file can be written");
    let before = contents(&folder);
    let (_, said) = terminal.fails(2, &["no", "Ada"]);
    assert!(
        said.contains("is damaged or is not a Rebound database") && said.contains("backup"),
        "{said}"
    );
    assert_eq!(contents(&folder), before);

    // Somebody else's database.
    fs::remove_file(terminal.file()).expect("it was there");
    sqlite(&terminal.file())
        .execute_batch("CREATE TABLE cake (slice INTEGER)")
        .expect("a table");
    let before = contents(&folder);
    let (_, said) = terminal.fails(2, &["no", "Ada"]);
    assert!(said.contains("is not a Rebound database"), "{said}");
    let after = contents(&folder);
    let only =
        |all: &[(String, Vec<u8>)]| all.iter().filter(|(name, _)| name.ends_with(".db")).count();
    assert_eq!(only(&after), only(&before));
    let tables: i64 = sqlite(&terminal.file())
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(tables, 1, "nothing was added to it");

    // Damaged in the middle: whatever meets the damage names it.
    let terminal = Terminal::new();
    for n in 0..200 {
        if n % 50 == 0 {
            terminal.says(&["no", &format!("Person {n}")]);
        }
    }
    sqlite(&terminal.file())
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("a checkpoint");
    let mut bytes = fs::read(terminal.file()).expect("a file");
    for byte in &mut bytes[4096 * 2..] {
        *byte = 0xA5;
    }
    fs::write(terminal.file(), &bytes).expect("a file can be written");
    let (_, said) = terminal.fails(2, &["noes"]);
    assert!(
        said.contains("damaged") && said.contains("backup"),
        "{said}"
    );
}

#[test]
fn a_locked_one() {
    let terminal = Terminal::new();
    terminal.says(&["no", "Ada"]);
    // Another program that lets nobody else in.
    let other = sqlite(&terminal.file());
    other
        .execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; CREATE TABLE cake (slice); ROLLBACK",
        )
        .expect("it is free");
    let ran = terminal.run(&["--json", "no", "Bram"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let message = ran.object()["error"]["message"].to_string();
    assert!(
        message.contains("is locked by another program"),
        "{message}"
    );
    assert!(message.contains("close that program"), "{message}");
    drop(other);

    // Another program that writes: reading goes on, writing says that it is busy.
    let other = sqlite(&terminal.file());
    other.execute_batch("BEGIN IMMEDIATE").expect("it is free");
    assert_eq!(terminal.json(&["noes"])["total"], 1);
    let ran = terminal.run(&["--json", "no", "Bram"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let error = ran.object()["error"].clone();
    assert_eq!(error["kind"], "busy");
    assert!(
        error["message"].to_string().contains("Try again"),
        "{error}"
    );
    drop(other);
    assert_eq!(terminal.json(&["noes"])["total"], 1);
    assert_eq!(terminal.run(&["no", "Bram"]).code, 0);
}

/// The rights of a file bind everybody but root, so the program runs here as somebody else.
#[test]
fn a_read_only_one() {
    let terminal = Terminal::new();
    terminal.says(&["no", "Ada"]);
    let dir = terminal.home();
    let file = dir.join("a.db");
    fs::copy(terminal.file(), &file).expect("a copy");
    let program = dir.join("rebound");
    fs::hard_link(tools::rebound(), &program)
        .or_else(|_| fs::copy(tools::rebound(), &program).map(drop))
        .expect("the program can be copied");
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("one's own file")
    };
    allow(&file, 0o444);
    allow(dir, 0o555);
    let mut words: Vec<String> = watched::unprivileged()
        .into_iter()
        .map(str::to_owned)
        .collect();
    words.push(program.display().to_string());
    let run = |args: &[&str]| {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).args(args);
        settle(&mut command, dir);
        Ran::of(command)
    };
    let before = fs::read(&file).expect("a file");
    let url = format!("sqlite:{}", file.display());
    for args in [["no", "Bram"], ["noes", "--json"]] {
        let ran = run(&[&["--database", &url], &args[..]].concat());
        assert_eq!(ran.code, 5, "{ran:?}");
        assert!(
            ran.err.contains("cannot be written by this user"),
            "{ran:?}"
        );
        assert!(ran.err.contains("change its permissions"), "{ran:?}");
    }
    assert_eq!(fs::read(&file).expect("a file"), before);
    // A folder that may not be written to cannot take a new one either.
    let new = format!("sqlite:{}", dir.join("new.db").display());
    let ran = run(&["--database", &new, "noes"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(
        ran.err.contains("cannot be written by this user"),
        "{ran:?}"
    );
    allow(dir, 0o755);
}

#[test]
fn postgresql_is_missing_unreachable_or_refuses() {
    let terminal = Terminal::on(Postgres);
    let server = pg::server();
    let (error, said) = terminal.fails(
        3,
        &["--database", &format!("{server}/not_there"), "no", "Ada"],
    );
    assert_eq!(error["kind"], "not_found");
    assert!(
        said.contains("There is no database") && said.contains("not_there"),
        "{said}"
    );
    assert!(said.contains("createdb"), "{said}");

    let nobody = format!(
        "postgres://me:secretword@127.0.0.1:{}/x",
        watched::free_port()
    );
    let (error, said) = terminal.fails(6, &["--database", &nobody, "no", "Ada"]);
    assert_eq!(error["kind"], "busy");
    assert!(said.contains("cannot be reached"), "{said}");

    let (_, rest) = terminal.database.split_once('@').expect("a server");
    let wrong = format!("postgres://rebound:secretword@{rest}");
    let (error, refused) = terminal.fails(5, &["--database", &wrong, "no", "Ada"]);
    assert_eq!(error["kind"], "refused");
    assert!(
        refused.contains("refused the user or the password"),
        "{refused}"
    );
    for text in [said, refused] {
        assert!(
            !text.contains("secretword"),
            "the password is shown: {text}"
        );
    }
}

/// The command line beside the program that serves, on one database.
#[test]
fn both_work_on_one_ledger_at_once() {
    for backend in testkit::db::each() {
        let database = backend.fresh();
        let server = testkit::server::Launch::new()
            .database(&database.url)
            .start();
        let client = server.first_person();
        let done = Ran::from(server.command(&["--json", "no", "Ada Merrow"])).object();
        let page = client.get("/noes");
        assert!(page.text().contains("Ada Merrow"), "{}", page.text());
        let reply = client.post_form("/log", &[("other", "Bram Osei"), ("outcome", "no")]);
        assert_eq!(reply.status, 303);
        let list = Ran::from(server.command(&["--json", "noes"])).object();
        assert_eq!(list["total"], 2);
        assert_eq!(list["noes"][1]["attempt"], done["attempt"]);
    }
}
