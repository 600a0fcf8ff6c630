//! One test body, every database.

use tempfile::TempDir;

use crate::pg;

/// The databases Rebound runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, in a file of its own.
    Sqlite,
    /// PostgreSQL, on the tests' own server.
    Postgres,
}

/// Both databases.
pub fn each() -> [Backend; 2] {
    [Backend::Sqlite, Backend::Postgres]
}

impl Backend {
    /// Makes a fresh, empty database of this kind. For SQLite the file does not exist yet.
    pub fn fresh(self) -> Fresh {
        match self {
            Self::Sqlite => {
                let dir = tempfile::Builder::new()
                    .prefix("rebound-db-")
                    .tempdir()
                    .expect("a temporary directory can be made");
                Fresh {
                    url: format!("sqlite:{}", dir.path().join("rebound.db").display()),
                    backend: self,
                    keep: Keep::Dir(dir),
                }
            }
            Self::Postgres => {
                let database = pg::database();
                Fresh {
                    url: database.url().to_owned(),
                    backend: self,
                    keep: Keep::Database(database),
                }
            }
        }
    }
}

/// An empty database, removed with this value.
#[derive(Debug)]
pub struct Fresh {
    /// Its address, as `--database` takes it.
    pub url: String,
    /// Its kind.
    pub backend: Backend,
    keep: Keep,
}

impl Fresh {
    /// The folder a SQLite database lies in.
    pub fn dir(&self) -> Option<&std::path::Path> {
        match &self.keep {
            Keep::Dir(dir) => Some(dir.path()),
            Keep::Database(_) => None,
        }
    }
}

#[derive(Debug)]
enum Keep {
    Dir(TempDir),
    Database(#[expect(dead_code, reason = "held for its drop")] pg::Database),
}

/// Runs a test body once on each database, each time on an empty one.
///
/// A failure says on which database it happened.
pub fn for_each_database(body: impl Fn(&str)) {
    for backend in each() {
        let fresh = backend.fresh();
        // Shown with a failing test's output, hidden otherwise.
        let on = Announce(backend);
        body(&fresh.url);
        drop(on);
    }
}

struct Announce(Backend);

impl Drop for Announce {
    #[expect(clippy::print_stderr, reason = "a failing test says where it failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("(this was on {:?})", self.0);
        }
    }
}
