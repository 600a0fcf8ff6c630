//! `rebound no` and `rebound yes`.

use testkit::db::each;

use super::{Ran, Terminal};

#[test]
fn a_no_in_one_line() {
    for backend in each() {
        let terminal = Terminal::on(backend);
        assert_eq!(
            terminal.says(&["no", "Ada Merrow, Whitlock Print"]),
            "Ada Merrow, Whitlock Print: No. Opener, call. (new)\n"
        );
        let no = terminal.json(&[
            "no",
            "ada merrow",
            "--why",
            "price",
            "--said",
            "We have no money, sorry.",
            "--stage",
            "demo",
            "--channel",
            "meeting",
            "--loss",
            "no_decision",
            "--at",
            "2026-03-02 14:30",
            "--pitch",
            "Short",
            "--segment",
            "Print",
        ]);
        assert_eq!(no["name"], "Ada Merrow");
        assert_eq!(no["company"], "Whitlock Print");
        assert_eq!(no["new"], false);
        assert_eq!(no["outcome"], "no");
        assert_eq!(
            (&no["reason"], &no["said_by"]),
            (&"N4".into(), &"prospect".into())
        );
        assert_eq!(no["words"], "We have no money, sorry.");
        assert_eq!(
            (&no["stage"], &no["channel"]),
            (&"demo".into(), &"meeting".into())
        );
        assert_eq!(no["loss_kind"], "no_decision");
        assert_eq!(no["at"], "2026-03-02T13:30:00Z", "half past two in Berlin");
        assert_eq!(no["zone"], "Europe/Berlin");

        // What is left out is as the last time; a yes is logged the same way.
        let yes = terminal.json(&["yes", "Ada Merrow"]);
        assert_eq!(yes["outcome"], "yes");
        assert_eq!(yes["prospect"], no["prospect"], "the same person");
        let list = terminal.json(&["noes", "--outcome", "all"]);
        assert_eq!(list["total"], 3);
    }
}

#[test]
fn an_unknown_who_makes_a_prospect_and_is_then_known() {
    let terminal = Terminal::new();
    let first = terminal.json(&["no", "Bram Osei"]);
    assert_eq!(
        first["prospect"],
        terminal.json(&["no", "Bram Osei"])["prospect"]
    );
    // By address and by number, however it is written.
    let mail = terminal.json(&["no", "ines@quillfeather.example"]);
    assert_eq!(
        mail["prospect"],
        terminal.json(&["yes", "INES@quillfeather.example"])["prospect"]
    );
    let phone = terminal.json(&["no", "+44 20 7946 0182"]);
    assert_eq!(
        phone["prospect"],
        terminal.json(&["no", "+442079460182"])["prospect"]
    );
}

#[test]
fn an_ambiguous_who_lists_the_candidates_and_logs_nothing() {
    for backend in each() {
        let terminal = Terminal::on(backend);
        terminal.says(&["no", "Ada Merrow, Whitlock Print"]);
        terminal.says(&["no", "Ada Merrow, Tarn & Tow"]);
        let before = terminal.everything();
        let (error, said) = terminal.fails(4, &["no", "Ada Merrow"]);
        assert_eq!(error["kind"], "ambiguous");
        let candidates = error["candidates"].as_array().expect("a list");
        let companies: Vec<_> = candidates.iter().map(|c| c["company"].clone()).collect();
        assert_eq!(companies.len(), 2);
        assert!(companies.contains(&"Tarn & Tow".into()), "{error}");
        for company in ["Whitlock Print", "Tarn & Tow"] {
            assert!(said.contains(company), "people read the candidates: {said}");
        }
        assert_eq!(terminal.everything(), before, "nothing was logged");
        // Said in full, it is one of them.
        let one = terminal.json(&["yes", "Ada Merrow, Tarn & Tow"]);
        assert_eq!(one["company"], "Tarn & Tow");
    }
}

#[test]
fn what_is_not_right_is_said_and_changes_nothing() {
    let terminal = Terminal::new();
    terminal.says(&["no", "Ada Merrow"]);
    let before = terminal.everything();
    for (code, args, needle) in [
        (2, &["no", ""][..], "a name, an address or a number"),
        (2, &["no", "Ada Merrow", "--at", "soon"], "is not a time"),
        (
            2,
            &["no", "Ada Merrow", "--at", "2199-01-01"],
            "in the future",
        ),
        (
            2,
            &["no", "Ada Merrow", "--why", "the moon"],
            "N4 (Price or value)",
        ),
    ] {
        let (_, said) = terminal.fails(code, args);
        assert!(said.contains(needle), "{args:?} says {said}");
        assert_eq!(terminal.everything(), before, "{args:?} changed something");
    }
}

#[test]
fn somebody_who_asked_not_to_be_contacted_is_marked() {
    let terminal = Terminal::new();
    let no = terminal.json(&["no", "Ada Merrow", "--why", "N15"]);
    assert_eq!(no["do_not_contact"], true);
    let said = terminal.says(&["no", "Ada Merrow"]);
    assert!(said.contains("They asked not to be contacted."), "{said}");
}

#[test]
fn the_database_is_named_in_the_environment_or_on_the_line() {
    let terminal = Terminal::new();
    // Nothing named: a file of one's own, in a folder that others may not look into.
    let ran = Ran::of(terminal.bare(&["no", "Own"]));
    assert_eq!(ran.code, 0, "{ran:?}");
    let own = terminal.home().join("data/rebound/rebound.db");
    assert!(own.is_file());
    {
        use std::os::unix::fs::PermissionsExt;
        let folder = own.parent().expect("a folder");
        let mode = std::fs::metadata(folder)
            .expect("it is there")
            .permissions();
        assert_eq!(mode.mode() & 0o077, 0, "others may look into it");
    }
    // The line wins over the environment.
    let other = format!("sqlite:{}", terminal.home().join("other.db").display());
    let mut command = terminal.bare(&["--database", &other, "no", "Line"]);
    command.env("REBOUND_DATABASE", &terminal.database);
    assert_eq!(Ran::of(command).code, 0);
    assert_eq!(terminal.json(&["noes"])["total"], 0);
    // Also after the command, and by a path that begins here.
    let ran = Ran::of(terminal.bare(&["noes", "--database", "sqlite:other.db", "--json"]));
    assert_eq!(ran.object()["total"], 1);
    let ran = Ran::of(terminal.bare(&["--json", "noes"]));
    assert_eq!(ran.object()["noes"][0]["name"], "Own");
    let (error, said) = {
        let ran =
            Ran::of(terminal.bare(&["--json", "--database", "mysql://me:secret@x/y", "noes"]));
        assert_eq!(ran.code, 2);
        (ran.object(), ran.err)
    };
    assert!(said.contains("sqlite:PATH or postgres://"), "{said}");
    let leaked = error.to_string();
    assert!(
        !leaked.contains("REBOUND_"),
        "only what was given is spoken of: {leaked}"
    );
}
