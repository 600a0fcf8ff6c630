//! `rebound backup` and `rebound restore`.

use std::fs;

use testkit::db::Backend::{self, Postgres, Sqlite};
use testkit::server::Launch;

use super::{Ran, Terminal, fixture};

fn filled(backend: Backend) -> Terminal {
    let terminal = Terminal::on(backend);
    for format in ["rebound", "hubspot-calls", "pipedrive-deals"] {
        terminal.json(&["import", &fixture(format).display().to_string()]);
    }
    terminal.says(&[
        "no",
        "Ada Merrow, Whitlock & Pell",
        "--why",
        "N4",
        "--said",
        "too dear",
    ]);
    terminal
}

#[test]
fn a_ledger_moves_from_one_database_to_the_other_and_back() {
    let laptop = filled(Sqlite);
    let everything = laptop.everything();
    let archive = laptop.home().join("move.archive").display().to_string();
    let written = laptop.json(&["backup", &archive]);
    // Several asks that came in as one row go out as one.
    let all = laptop.home().join("all.json").display().to_string();
    let exported = laptop.json(&["export", &all, "--format", "json"]);
    assert_eq!(written["rows"]["attempt"], exported["attempts"]);

    let office = Terminal::on(Postgres);
    let restored = office.json(&["restore", &archive]);
    assert_eq!(restored["rows"], written["rows"]);
    assert_eq!(restored["sha256"], written["sha256"]);
    assert_eq!(office.everything(), everything);
    // What is known stays known, and the key of do-not-contact went along.
    let again = office.json(&["import", &fixture("hubspot-calls").display().to_string()]);
    assert_eq!(
        (&again["attempts"], &again["duplicates"]),
        (&0.into(), &5.into())
    );
    office.says(&["no", "Bram Osei"]);

    let back = office.home().join("back.archive").display().to_string();
    office.json(&["backup", &back]);
    let home = Terminal::on(Sqlite);
    home.json(&["restore", &back]);
    assert_eq!(home.everything(), office.everything());
}

#[test]
fn a_ledger_in_use_is_not_replaced_unasked() {
    for backend in [Sqlite, Postgres] {
        let terminal = filled(backend);
        let archive = terminal.home().join("a.archive").display().to_string();
        terminal.json(&["backup", &archive]);
        let then = terminal.everything();
        terminal.says(&["no", "Late Comer"]);
        let now = terminal.everything();
        let (error, said) = terminal.fails(5, &["restore", &archive]);
        assert_eq!(error["kind"], "refused");
        assert!(said.contains("--replace"), "{said}");
        assert_eq!(terminal.everything(), now);
        terminal.json(&["restore", &archive, "--replace"]);
        assert_eq!(terminal.everything(), then);
    }
}

#[test]
fn a_damaged_archive_is_refused_before_anything_is_touched() {
    let terminal = filled(Sqlite);
    let path = terminal.home().join("a.archive");
    let archive = path.display().to_string();
    terminal.json(&["backup", &archive]);
    let now = terminal.everything();
    let whole = fs::read(&path).expect("an archive");
    for damage in [
        &whole[..whole.len() / 2],
        &whole[..0],
        b"not an archive at all",
    ] {
        fs::write(&path, damage).expect("a file can be written");
        let (_, said) = terminal.fails(2, &["restore", &archive, "--replace"]);
        assert!(said.contains("not a whole Rebound archive"), "{said}");
        assert_eq!(terminal.everything(), now);
    }
    terminal.fails(3, &["restore", "nowhere.archive"]);
    // A fresh database is not even made.
    let other = Terminal::new();
    other.fails(2, &["restore", &archive]);
    assert!(!other.file().exists());
}

#[test]
fn without_the_list_of_the_forgotten_it_asks() {
    let terminal = filled(Sqlite);
    let archive = terminal.home().join("a.archive").display().to_string();
    terminal.json(&["backup", &archive]);
    fs::remove_file(format!("{archive}.forgotten")).expect("the list stands beside it");
    let other = Terminal::new();
    let (error, said) = other.fails(5, &["restore", &archive]);
    assert_eq!(error["kind"], "refused");
    assert!(said.contains("--without-list"), "{said}");
    assert!(!other.file().exists(), "nothing was changed");
    other.json(&["restore", &archive, "--without-list"]);
    assert_eq!(other.everything(), terminal.everything());
}

#[test]
fn a_backup_folder_is_kept_in_mind() {
    let terminal = filled(Sqlite);
    let (_, said) = terminal.fails(2, &["backup"]);
    assert!(said.contains("--folder"), "{said}");
    terminal.fails(3, &["backup", "--folder", "nowhere"]);
    terminal.fails(3, &["backup", "nowhere/a.archive"]);
    let file = terminal.write("a-file", "");
    let (_, said) = terminal.fails(2, &["backup", "--folder", &file]);
    assert!(said.contains("is a file, not a folder"), "{said}");
    let (_, said) = terminal.fails(2, &["restore", "."]);
    assert!(said.contains("is a folder; name the file in it"), "{said}");
    let folder = terminal.home().join("backups");
    fs::create_dir(&folder).expect("a folder can be made");
    let first = terminal.json(&["backup", "--folder", "backups"]);
    let path = first["archive"].as_str().expect("a path").to_owned();
    assert!(path.starts_with(&folder.display().to_string()), "{path}");
    assert!(fs::metadata(&path).is_ok() && fs::metadata(format!("{path}.forgotten")).is_ok());
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path)
            .expect("an archive")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "an archive is its owner's alone");
    }
    assert_eq!(terminal.run(&["backup"]).code, 0, "the folder is known now");
}

/// Somebody forgotten after the archive was written stays forgotten when it is brought back.
#[test]
fn nobody_forgotten_comes_back() {
    for backend in [Sqlite, Postgres] {
        let database = backend.fresh();
        let server = Launch::new().database(&database.url).start();
        let client = server.first_person();
        let run = |args: &[&str]| Ran::from(server.command(args));
        let folder = tempfile::tempdir().expect("a folder");
        let no = run(&[
            "--json",
            "no",
            "Zebulon Quickthorn, Hollowmere",
            "--said",
            "never again",
        ])
        .object();
        let folder_name = folder.path().display().to_string();
        let first = run(&["--json", "backup", "--folder", &folder_name]).object();
        let archive = first["archive"].as_str().expect("a path").to_owned();

        let id = no["prospect"].as_str().expect("an id");
        let reply = client.post_form(&format!("/prospects/{id}/forget"), &[("sure", "yes")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let out = run(&["export"]).out;
        assert!(
            !out.contains("Quickthorn") && !out.contains("never again"),
            "{out}"
        );

        let ran = run(&["restore", &archive, "--replace"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let out = run(&["export"]).out;
        assert_eq!(out.lines().count(), 2, "the no itself stays");
        assert!(
            !out.contains("Quickthorn") && !out.contains("never again"),
            "{out}"
        );

        // Into a fresh database too, by the list in the folder.
        let other = Terminal::on(backend);
        other.json(&["restore", &archive]);
        assert!(!other.everything().contains("Quickthorn"));
    }
}
