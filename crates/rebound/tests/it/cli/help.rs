//! What `--help` says, held word for word: it changes only on purpose.

use super::{Ran, Terminal};

fn help(terminal: &Terminal, command: &[&str]) -> String {
    let ran = Ran::of(terminal.bare(&[command, &["--help"]].concat()));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    // Trailing blanks carry no meaning, and editors take them away.
    ran.out
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_command_explains_itself() {
    let terminal = Terminal::new();
    insta::assert_snapshot!("rebound", help(&terminal, &[]));
    for command in [
        "serve", "no", "yes", "noes", "import", "export", "evidence", "odds", "backup", "restore",
        "user", "token",
    ] {
        insta::assert_snapshot!(command, help(&terminal, &[command]));
    }
}

#[test]
fn help_opens_no_database_and_says_its_version() {
    let terminal = Terminal::new();
    help(&terminal, &["no"]);
    let ran = Ran::of(terminal.bare(&["--version"]));
    assert_eq!(
        ran.out,
        format!("rebound {}\n", env!("CARGO_PKG_VERSION")),
        "{ran:?}"
    );
    assert!(
        !terminal.home().join("data").exists(),
        "help makes no folder"
    );
}

#[test]
fn what_cannot_be_understood_is_refused_with_2() {
    let terminal = Terminal::new();
    for wrong in [
        &["blame", "Ada"][..],
        &["no"],
        &["noes", "--outcome", "perhaps"],
        &["no", "Ada", "--stage", "altar"],
        &["import", "x.csv", "--zone", "Mars/Olympus"],
        &["import", "x.csv", "--map", "result"],
        &["--bind", "127.0.0.1:0", "noes"],
    ] {
        let (error, _) = terminal.fails_to_parse(wrong);
        assert_eq!(error["kind"], "invalid", "{wrong:?}");
        assert!(!terminal.file().exists(), "{wrong:?} made a database");
    }
    let ran = Ran::of(terminal.bare(&["--json", "serve"]));
    assert_eq!(ran.code, 2, "serving answers with pages, not JSON: {ran:?}");
}

impl Terminal {
    /// As `fails` with 2; what people read comes from the parser and is worded by it.
    fn fails_to_parse(&self, args: &[&str]) -> (serde_json::Value, String) {
        let for_people = self.run(args);
        assert_eq!((for_people.code, for_people.out.as_str()), (2, ""));
        let ran = self.run(&[&["--json"], args].concat());
        assert_eq!(ran.code, 2, "{ran:?}");
        (ran.object()["error"].clone(), for_people.err)
    }
}
