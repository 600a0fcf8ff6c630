//! The command line, as people and scripts use it.

mod archive;
mod database;
mod evidence;
mod export;
mod help;
mod import;
mod list;
mod log;
mod odds;
mod serve;
mod user;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use testkit::db::{Backend, Fresh};
use testkit::tools;

/// One person's terminal: a home of its own and one database.
pub(crate) struct Terminal {
    home: TempDir,
    database: String,
    _fresh: Fresh,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Terminal {
    /// With an empty SQLite database.
    fn new() -> Self {
        Self::on(Backend::Sqlite)
    }

    /// With an empty database of this kind.
    fn on(backend: Backend) -> Self {
        let fresh = backend.fresh();
        Self {
            home: tempfile::tempdir().expect("a folder"),
            database: fresh.url.clone(),
            _fresh: fresh,
        }
    }

    fn home(&self) -> &Path {
        self.home.path()
    }

    /// The file of a SQLite database.
    fn file(&self) -> PathBuf {
        self.database.trim_start_matches("sqlite:").into()
    }

    /// The program in this home, without a database named.
    fn bare<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut command = Command::new(tools::rebound());
        command.args(args).current_dir(self.home());
        settle(&mut command, self.home());
        command
    }

    /// Runs a command on this database.
    fn run<A: AsRef<OsStr>>(&self, args: &[A]) -> Ran {
        let mut command = self.bare(args);
        command.env("REBOUND_DATABASE", &self.database);
        Ran::of(command)
    }

    /// What a command that must succeed says.
    fn says<A: AsRef<OsStr>>(&self, args: &[A]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    }

    /// The object that a command which must succeed gives.
    fn json(&self, args: &[&str]) -> Value {
        let ran = self.run(&[&["--json"], args].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.object()
    }

    /// The error object of a command that must fail with this exit code, and what people read.
    fn fails(&self, code: i32, args: &[&str]) -> (Value, String) {
        let for_people = self.run(args);
        assert_eq!(for_people.code, code, "{for_people:?}");
        assert_eq!(for_people.out, "", "an error goes to standard error");
        let ran = self.run(&[&["--json"], args].concat());
        assert_eq!(ran.code, code, "{ran:?}");
        let mut object = ran.object();
        let error = object["error"].take();
        assert!(error.is_object(), "{ran:?}");
        let said = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        assert!(
            for_people.err.contains(&said("message")),
            "people read the same"
        );
        assert!(
            for_people.err.contains(&said("hint")),
            "people read the same"
        );
        (error, for_people.err)
    }

    /// Writes a file into the home and gives its path.
    fn write(&self, name: &str, text: &str) -> String {
        let path = self.home().join(name);
        std::fs::write(&path, text).expect("a file can be written");
        path.display().to_string()
    }

    /// All attempts there are, as an export has them.
    fn everything(&self) -> String {
        self.says(&["export"])
    }
}

impl Ran {
    fn of(mut command: Command) -> Self {
        let output = command.output().expect("the program can be run");
        Self::from(output)
    }

    /// The one JSON object on standard output.
    fn object(&self) -> Value {
        let value: Value = serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("standard output is not one JSON value ({e}): {self:?}"));
        assert!(value.is_object(), "{self:?}");
        value
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("the program writes UTF-8"),
            err: String::from_utf8(output.stderr).expect("the program writes UTF-8"),
        }
    }
}

/// An environment that does not depend on whose machine it is.
fn settle(command: &mut Command, home: &Path) {
    for key in [
        "REBOUND_DATABASE",
        "REBOUND_PUBLIC_URL",
        "REBOUND_TRUSTED_PROXIES",
        "REBOUND_AS",
        "REBOUND_LOG",
        "COLUMNS",
    ] {
        command.env_remove(key);
    }
    command
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("USER", "robin")
        .env("TZ", "Europe/Berlin");
}

/// The file of a built-in format, with fictional people, as one seller exports their own: whoever is
/// alone in a ledger has all its rows.
pub(crate) fn fixture(format: &str) -> PathBuf {
    const OTHERS: [(&str, &str); 3] = [
        (",Ines,", ",Ines Marlowe,"),
        ("Tobias Renn", "Ines Marlowe"),
        ("0055e000001AbCeAAK", "0055e000001AbCdAAK"),
    ];
    let name = format!("{format}.csv");
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../exchange/tests/fixtures")
        .join(&name);
    let mut text = std::fs::read_to_string(path).expect("a fixture");
    for (other, seller) in OTHERS {
        text = text.replace(other, seller);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-seller");
    std::fs::create_dir_all(&folder).expect("a folder");
    // Other tests may read it meanwhile: it is there whole, or not yet.
    let partial = folder.join(format!("{name}.{}", std::process::id()));
    std::fs::write(&partial, text).expect("written");
    std::fs::rename(&partial, folder.join(&name)).expect("in place");
    folder.join(name)
}
