//! Fresh PostgreSQL databases.

use std::sync::OnceLock;

use postgres::{Client, NoTls};

use crate::postgres_server::{PostgresServer, random_word};

/// An empty database, dropped with this value.
#[derive(Debug)]
pub struct Database {
    url: String,
    name: String,
}

impl Database {
    /// The address to hand to the program or the store.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server that is gone took the database with it.
        if let Ok(mut client) = Client::connect(&format!("{}/postgres", server()), NoTls) {
            let _ = client.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

/// Makes a fresh empty database.
///
/// # Panics
/// When there is no server to make it on.
pub fn database() -> Database {
    let name = format!("rb_{}", random_word());
    let mut client = connect("postgres");
    client
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .unwrap_or_else(|e| panic!("the test database {name} could not be made: {e}"));
    Database {
        url: format!("{}/{name}", server()),
        name,
    }
}

/// The address of the server that tests share, without a database: the one `cargo xtask test`
/// started (`REBOUND_TEST_POSTGRES`), else one of this process's own.
pub fn server() -> &'static str {
    static SHARED: OnceLock<String> = OnceLock::new();
    static OWN: OnceLock<PostgresServer> = OnceLock::new();
    SHARED.get_or_init(|| {
        std::env::var("REBOUND_TEST_POSTGRES")
            .unwrap_or_else(|_| OWN.get_or_init(PostgresServer::start).url().to_owned())
    })
}

/// Runs statements on a database, past the program.
///
/// # Panics
/// When the server refuses them.
pub fn execute(url: &str, statements: &str) {
    Client::connect(url, NoTls)
        .and_then(|mut client| client.batch_execute(statements))
        .unwrap_or_else(|e| panic!("{statements} was refused: {e}"));
}

fn connect(database: &str) -> Client {
    let url = format!("{}/{database}", server());
    Client::connect(&url, NoTls)
        .unwrap_or_else(|e| panic!("the test server does not answer at {url}: {e}"))
}
