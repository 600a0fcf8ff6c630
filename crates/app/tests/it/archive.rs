//! Everything into one file and out of it again, on either database; nobody forgotten comes back.

use std::path::{Path, PathBuf};

use app::archive::{self, Forgotten};
use app::ledger::{self, Correction, NewAttempt, WhoRef};
use app::pitch_tests::{self, How};
use app::{App, Kind, accounts, prospects, session, settings};
use domain::Outcome;
use store::tables::whole::{self, Cell, TABLES};
use store::tables::{counts, forget, setting, term, ways};
use testkit::db::Backend;

use crate::importing::bring;
use crate::made::{Desk, contact, thursday, with};

type Tables = Vec<(&'static str, Vec<Vec<Cell>>)>;

pub(crate) fn tables(desk: &Desk) -> Tables {
    desk.look(|tx| {
        let mut out = Vec::new();
        for table in TABLES {
            let mut rows = Vec::new();
            whole::each(tx, table, |row| {
                // Each restore leaves a mark of its own.
                if row.first() != Some(&Cell::Text("restored".into())) {
                    rows.push(row);
                }
                Ok(())
            })?;
            out.push((table.name, rows));
        }
        Ok(out)
    })
}

/// A ledger with something in every table.
pub(crate) fn full(backend: Backend) -> Desk {
    let desk = Desk::new(backend);
    bring(
        &desk,
        "id,prospect,email,outcome,words,attempts,deal,channel,at,value,currency\n\
         1,Ada Merrow,ada@whitlock.example,no,\"über\n“dear”\",3,,call,2026-11-02,-12.50,EUR\n\
         2,Bram Osei,,not_now,,1,,email,,,\n",
    );
    bring(
        &desk,
        "id,deal,prospect,outcome\nd1,Shelves,Ada Merrow,lost\n",
    );
    desk.act(|act, me| app::call_list::paste(act, me, "Cleo Tarn\nDora Vale, Foxglove"));
    let ada = desk.find_one("Ada Merrow");
    let (cleo, dora) = (desk.find_one("Cleo Tarn"), desk.find_one("Dora Vale"));
    desk.act(move |act, me| {
        prospects::add_note(act, me, ada, None, "likes mornings")?;
        prospects::set_do_not_contact(act, me, dora, true)?;
        prospects::merge(act, me, cleo, ada)
    });
    desk.log("Eve Quill", Outcome::SendInfo);
    prospects::forget(&desk.app, &desk.me, dora).unwrap();
    desk.act(move |act, me| {
        pitch_tests::begin(act, me, "Short", "Long", How::Drawn)?;
        let new = NewAttempt::new(WhoRef::Id(ada), Outcome::No);
        let asked = ledger::log(act, me, new)?.attempt.id;
        let pitch = Some("Improvised".into());
        let corrected = Correction {
            pitch,
            ..Correction::default()
        };
        ledger::correct(act, me, asked, corrected)
    });
    desk.tend(|act, admin| {
        let team = accounts::add_team(act, admin, "North")?;
        accounts::set_team(act, admin, admin.id(), Some(team.id), None)?;
        ways::set_password(act.tx, admin.id(), "$argon2id$made-up", 1)?;
        ways::add_subject(act.tx, "https://id.example", "17", admin.id())?;
        let key = ways::Passkey {
            id: vec![1, 2, 3],
            person: admin.id(),
            name: "A key".into(),
            credential: "{}".into(),
            created_at: 1,
            used_at: None,
        };
        Ok(ways::add_passkey(act.tx, &key)?)
    });
    // The month is pooled, of nobody.
    desk.fold_what_is_left();
    desk
}

/// An empty ledger of another workspace.
pub(crate) fn empty(backend: Backend) -> App {
    let fresh = backend.fresh();
    let app = App::open(&fresh.url.parse().unwrap(), thursday).unwrap();
    // The folder or database goes with the test's process.
    std::mem::forget(fresh);
    app
}

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn an_archive_goes_from_each_database_into_the_other() {
    let dir = folder();
    let lite = full(Backend::Sqlite);
    let began = tables(&lite);
    assert!(
        // A team's months and alarms have their own tests.
        began
            .iter()
            .all(|(name, rows)| !rows.is_empty() || name.starts_with("team_") || *name == "alarm"),
        "a table is empty"
    );
    let mut from = lite;
    for (n, to) in [Backend::Postgres, Backend::Sqlite, Backend::Sqlite]
        .into_iter()
        .enumerate()
    {
        let path = dir.path().join(format!("{n}.archive"));
        let summary = archive::backup(&from.app, &path).unwrap();
        assert_eq!(summary, archive::verify(&path).unwrap());
        for (name, rows) in &began {
            assert_eq!(summary.rows(name), rows.len() as u64, "{name}");
        }
        let fresh = to.fresh();
        let app = App::open(&fresh.url.parse().unwrap(), thursday).unwrap();
        assert!(app.read_blocking(archive::is_empty).unwrap());
        archive::restore(&app, &path, Vec::new()).unwrap();
        assert!(!app.read_blocking(archive::is_empty).unwrap());
        drop(app);
        let next = Desk::at(fresh, thursday);
        assert_eq!(tables(&next), began);
        let look = |tx: &mut store::Tx<'_>| Ok((counts::all(tx)?, term::all(tx)?));
        assert_eq!(from.look(look), next.look(look));
        next.derived_stand();
        // It is the same workspace: the same people are recognised, the same rows known.
        assert_eq!(next.me.id(), from.me.id());
        assert_eq!(next.app.workspace().id, from.app.workspace().id);
        from = next;
    }
    let again = bring(
        &from,
        "id,deal,prospect,outcome\nd1,Shelves,Ada Merrow,lost\n",
    );
    assert_eq!((again.attempts, again.duplicates), (0, 1));
    from.log("ada@whitlock.example", Outcome::No);
    let people = began.iter().find(|(name, _)| *name == "prospect");
    assert_eq!(from.prospects().len(), people.unwrap().1.len());
}

#[test]
fn sessions_stay_out() {
    for backend in testkit::db::each() {
        let dir = folder();
        let desk = Desk::new(backend);
        let (_, token) = desk.act(|act, _| session::enter(act, "a browser", None));
        let path = dir.path().join("a.archive");
        archive::backup(&desk.app, &path).unwrap();
        let copy = token.clone();
        assert!(desk.act(move |act, _| session::who(act, &copy)).is_some());
        archive::restore(&desk.app, &path, Vec::new()).unwrap();
        assert!(desk.act(move |act, _| session::who(act, &token)).is_none());
    }
}

#[test]
fn only_its_owner_reads_an_archive() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder();
    let desk = full(Backend::Sqlite);
    archive::backup(&desk.app, &dir.path().join("a.archive")).unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", entry.path());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["a.archive", "a.archive.forgotten"]);
}

fn refused(app: &App, path: &Path) -> app::AppError {
    archive::restore(app, path, Vec::new()).unwrap_err()
}

#[test]
fn what_is_not_whole_is_refused_and_changes_nothing() {
    let dir = folder();
    let desk = full(Backend::Sqlite);
    let path = dir.path().join("a.archive");
    archive::backup(&desk.app, &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let before = tables(&desk);
    let wrong = dir.path().join("wrong.archive");
    let mut broken: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"not an archive".to_vec(),
        zstd::encode_all(&b"{\"hello\":1}\n"[..], 3).unwrap(),
        zstd::encode_all(&b"id,outcome\n1,no\n"[..], 3).unwrap(),
        [&whole[..], &zstd::encode_all(&b"more\n"[..], 3).unwrap()].concat(),
    ];
    broken.extend((0..whole.len()).step_by(97).map(|n| whole[..n].to_vec()));
    broken.extend((0..whole.len()).step_by(53).map(|n| {
        let mut flipped = whole.clone();
        flipped[n] ^= 1 << (n % 8);
        flipped
    }));
    let mut read = 0;
    for bytes in &broken {
        std::fs::write(&wrong, bytes).unwrap();
        match archive::verify(&wrong) {
            // A bit of the packing itself may mean nothing; then what is read is what was written.
            Ok(summary) => {
                assert_eq!(summary, archive::verify(&path).unwrap());
                read += 1;
            }
            Err(e) => {
                assert_eq!(e.kind, Kind::Invalid, "{e}");
                assert_eq!(refused(&desk.app, &wrong).kind, Kind::Invalid);
            }
        }
    }
    assert!(read * 10 < broken.len(), "{read} of {}", broken.len());
    assert_eq!(tables(&desk), before);
    let gone = refused(&desk.app, &dir.path().join("none.archive"));
    assert_eq!(gone.kind, Kind::NotFound);
}

/// An archive whose lines are changed and whose check is made to fit again.
fn forged(path: &Path, change: impl Fn(&str) -> String) -> PathBuf {
    forged_lines(path, |line| Some(change(line)))
}

pub(crate) fn forged_lines(path: &Path, change: impl FnMut(&str) -> Option<String>) -> PathBuf {
    use sha2::{Digest, Sha256};
    let text = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
    let text = String::from_utf8(text).unwrap();
    let mut lines: Vec<String> = text.lines().filter_map(change).collect();
    let end = lines.pop().unwrap();
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let hash: String = Sha256::digest(body.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let rows = lines.iter().filter(|line| line.starts_with('[')).count();
    assert!(end.contains("sha256"));
    let body = format!("{body}{{\"end\":{rows},\"sha256\":\"{hash}\"}}\n");
    let out = path.with_extension("forged");
    std::fs::write(&out, zstd::encode_all(body.as_bytes(), 3).unwrap()).unwrap();
    out
}

#[test]
fn newer_and_forged_archives_are_refused_on_both() {
    let dir = folder();
    let desk = full(Backend::Sqlite);
    let path = dir.path().join("a.archive");
    archive::backup(&desk.app, &path).unwrap();
    for backend in testkit::db::each() {
        let target = Desk::new(backend);
        target.log("Somebody", Outcome::No);
        let before = tables(&target);
        let same = forged(&path, str::to_owned);
        archive::verify(&same).unwrap();
        let now = format!("\"schema\":{}", store::SCHEMA_VERSION);
        for (from, to) in [
            ("\"version\":1", "\"version\":2"),
            (now.as_str(), "\"schema\":99"),
        ] {
            let newer = forged(&path, |line| line.replacen(from, to, 1));
            let error = refused(&target.app, &newer);
            assert_eq!(error.kind, Kind::Invalid);
            assert!(error.message.contains("newer"), "{error}");
        }
        // Well made and wrong: found while it is written, and all of it undone.
        for (from, to) in [
            ("\"not_now\"", "\"maybe\""),
            ("\"Europe/Lisbon\"", "\"Mars/Olympus\""),
            ("\"opener\"", "\"shouting\""),
        ] {
            let wrong = forged(&path, |line| {
                if line.starts_with('[') {
                    line.replacen(from, to, 1)
                } else {
                    line.to_owned()
                }
            });
            archive::restore(&target.app, &wrong, Vec::new()).unwrap_err();
            assert_eq!(tables(&target), before, "{to}");
        }
        target.derived_stand();
    }
}

/// Forgotten after the archive was written: the archive's, the folder's and the ledger's own list
/// each keep them from coming back.
#[test]
fn nobody_forgotten_comes_back() {
    for backend in testkit::db::each() {
        let dir = folder();
        let desk = Desk::new(backend);
        desk.prospect(contact("Ada Merrow", "", "ada@whitlock.example", ""));
        desk.prospect(contact("Bram Osei", "", "", ""));
        desk.log_new(NewAttempt {
            words: Some("zugzwang".into()),
            ..with("Ada Merrow", Outcome::No)
        })
        .unwrap();
        let old = dir.path().join("old.archive");
        archive::backup(&desk.app, &old).unwrap();
        let ada = desk.find_one("Ada Merrow");
        let folder_path = dir.path().display().to_string();
        desk.act(move |act, me| prospects::set_do_not_contact(act, me, ada, true));
        desk.tend(move |act, me| settings::set_backup_folder(act, me, &folder_path));
        prospects::forget(&desk.app, &desk.me, ada).unwrap();
        // Forgetting wrote the lists in the folder anew.
        let beside = archive::lists_beside(&old).unwrap().unwrap();
        assert!(
            beside
                .iter()
                .any(|(id, kind)| id == ada.as_bytes() && kind == "prospect")
        );
        assert!(dir.path().join("rebound.forgotten").is_file());
        let text = std::fs::read_to_string(dir.path().join("old.archive.forgotten")).unwrap();
        assert!(!text.to_lowercase().contains("merrow"));

        let stays_gone = |app: &App, lists: Forgotten| {
            archive::restore(app, &old, lists).unwrap();
            let me = app.read_blocking(session::only).unwrap().unwrap();
            let me = me.seller().unwrap();
            let found = app
                .read_blocking(move |act| {
                    let mut found = prospects::find(act, &me, "Merrow", 9)?;
                    found.extend(prospects::find(act, &me, "Osei", 9)?);
                    let words = term::all(act.tx)?;
                    assert!(words.iter().all(|t| t.word != "zugzwang"));
                    Ok(found)
                })
                .unwrap();
            let names: Vec<&str> = found.iter().map(|w| w.name.as_str()).collect();
            assert_eq!(names, ["Bram Osei"]);
        };
        // By the list beside the archive, in another ledger.
        stays_gone(&empty(backend), beside);
        // By the ledger's own list, without any other.
        stays_gone(&desk.app, Vec::new());
        assert_eq!(desk.look(forget::list).len(), 1);
        // And is still left alone, though the archive did not know that yet.
        let desk = desk.later(thursday);
        let new = desk.prospect(contact("", "", "ADA@whitlock.example", ""));
        assert!(new.do_not_contact.is_some());
        desk.derived_stand();
    }
}

/// Two who were merged when the archive was written, taken apart, and one forgotten: only that one.
#[test]
fn only_who_is_on_the_list_is_forgotten() {
    for backend in testkit::db::each() {
        let dir = folder();
        let desk = Desk::new(backend);
        let ada = desk.log("Ada Merrow", Outcome::No).who.id;
        let bram = desk.log("Bram Osei", Outcome::No).who.id;
        desk.act(move |act, me| prospects::merge(act, me, ada, bram));
        let old = dir.path().join("old.archive");
        archive::backup(&desk.app, &old).unwrap();
        desk.act(move |act, me| prospects::unmerge(act, me, ada));
        prospects::forget(&desk.app, &desk.me, ada).unwrap();
        archive::restore(&desk.app, &old, Vec::new()).unwrap();
        assert!(desk.stored(ada).forgotten);
        assert!(!desk.stored(bram).forgotten);
        assert_eq!(desk.stored(bram).name, "Bram Osei");
        desk.derived_stand();
    }
}

#[test]
fn lists_are_added_to_and_a_damaged_one_is_not_overwritten() {
    let dir = folder();
    let desk = Desk::new(Backend::Sqlite);
    let ada = desk.log("Ada Merrow", Outcome::No).who.id;
    let bram = desk.log("Bram Osei", Outcome::No).who.id;
    let folder_path = dir.path().display().to_string();
    desk.tend(move |act, me| settings::set_backup_folder(act, me, &folder_path));
    let theirs = dir.path().join("rebound.forgotten");
    let other = "00112233445566778899aabbccddeeff";
    let text = format!(
        "{{\"rebound\":\"forgotten\",\"version\":1,\"forgotten\":[[\"{other}\",\"vault\"]]}}"
    );
    std::fs::write(&theirs, text).unwrap();
    prospects::forget(&desk.app, &desk.me, ada).unwrap();
    let list = archive::lists_beside(&theirs).unwrap().unwrap();
    assert_eq!(list.len(), 2);
    let damaged = dir.path().join("b.archive.forgotten");
    std::fs::write(&damaged, "{\"rebound\":\"forg").unwrap();
    let error = prospects::forget(&desk.app, &desk.me, bram).unwrap_err();
    assert!(error.message.contains("b.archive.forgotten"), "{error}");
    // The prospect is forgotten all the same, and the other lists know.
    assert!(desk.stored(bram).forgotten);
    assert_eq!(
        std::fs::read_to_string(&damaged).unwrap(),
        "{\"rebound\":\"forg"
    );
    let whole = std::fs::read_to_string(&theirs).unwrap();
    assert_eq!(whole.matches("prospect").count(), 2);
    assert!(archive::lists_beside(&theirs).is_err());
}

#[test]
fn a_folder_without_lists_says_so() {
    let dir = folder();
    assert_eq!(
        archive::lists_beside(&dir.path().join("a.archive")).unwrap(),
        None
    );
    let missing = dir.path().join("gone/a.archive");
    assert_eq!(
        archive::lists_beside(&missing).unwrap_err().kind,
        Kind::NotFound
    );
    let desk = Desk::new(Backend::Sqlite);
    let error = archive::backup(&desk.app, &missing).unwrap_err();
    assert_eq!(error.kind, Kind::NotFound);
    let left = std::fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 0);
}

/// Two who back up and log at once: the archive is one moment, not a mixture.
#[test]
fn a_backup_is_one_moment() {
    for backend in testkit::db::each() {
        let dir = folder();
        let desk = Desk::new(backend);
        let app = desk.app.clone();
        let me = desk.me.clone();
        let writer = std::thread::spawn(move || {
            for n in 0..30 {
                let me = me.clone();
                let new = with(&format!("Person {n}"), Outcome::NotNow);
                app.write_blocking(move |act| app::ledger::log(act, &me, new))
                    .unwrap();
            }
        });
        let mut n = 0;
        while !writer.is_finished() {
            let path = dir.path().join(format!("{n}.archive"));
            let summary = archive::backup(&desk.app, &path).unwrap();
            // Each came with its prospect and its follow-up.
            assert_eq!(summary.rows("attempt"), summary.rows("prospect"));
            assert_eq!(summary.rows("attempt"), summary.rows("follow_up"));
            n += 1;
        }
        writer.join().unwrap();
    }
}

#[test]
fn the_workspace_key_travels_with_the_archive() {
    let dir = folder();
    let desk = full(Backend::Sqlite);
    let path = dir.path().join("a.archive");
    archive::backup(&desk.app, &path).unwrap();
    let other = Desk::new(Backend::Sqlite);
    let key = |desk: &Desk| desk.look(|tx| setting::get(tx, "hash_key")).unwrap();
    assert_ne!(key(&desk), key(&other));
    archive::restore(&other.app, &path, Vec::new()).unwrap();
    assert_eq!(key(&desk), key(&other));
}

/// A server that runs on while a backup is restored beside it would recognise nobody.
#[test]
fn who_had_it_open_before_a_restore_writes_nothing_more() {
    for backend in testkit::db::each() {
        let dir = folder();
        let path = dir.path().join("a.archive");
        archive::backup(&full(Backend::Sqlite).app, &path).unwrap();
        let running = Desk::new(backend);
        let beside = App::open(&running.fresh.url.parse().unwrap(), thursday).unwrap();
        archive::restore(&beside, &path, Vec::new()).unwrap();
        let before = tables(&running);
        for app in [&running.app, &beside] {
            let me = running.me.clone();
            let new = with("Ada Merrow", Outcome::No);
            let error = app
                .write_blocking(move |act| app::ledger::log(act, &me, new))
                .unwrap_err();
            assert_eq!(error.kind, Kind::Busy);
            assert!(error.message.contains("restored from a backup"), "{error}");
        }
        assert_eq!(tables(&running), before);
        // Opened again, it knows everybody.
        drop(beside);
        let again = running.later(thursday);
        again.log("ada@whitlock.example", Outcome::No);
        assert_eq!(again.find("merrow").len(), 1);
    }
}
