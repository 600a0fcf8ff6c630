//! Encrypted connections to a PostgreSQL that has a certificate of its own authority.

use std::path::Path;

use store::{DatabaseUrl, OpenError, Store};
use testkit::postgres_server::PostgresServer;
use testkit::tls::Authority;

fn open(server: &PostgresServer, host: &str, options: &str) -> Result<Store, OpenError> {
    let url = server.url().replace("127.0.0.1", host);
    let url: DatabaseUrl = format!("{url}/postgres{options}").parse().unwrap();
    Store::open(&url)
}

/// How many connections of the store are encrypted, and how many are not.
fn connections(server: &PostgresServer) -> (i64, i64) {
    let url = format!("{}/postgres", server.url());
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    let row = client
        .query_one(
            "SELECT COUNT(*) FILTER (WHERE s.ssl), COUNT(*) FILTER (WHERE NOT s.ssl)
             FROM pg_stat_ssl s JOIN pg_stat_activity a ON a.pid = s.pid
             WHERE a.datname = 'postgres' AND a.pid <> pg_backend_pid()",
            &[],
        )
        .unwrap();
    (row.get(0), row.get(1))
}

fn with_root(mode: &str, ca: &Path) -> String {
    format!("?{mode}sslrootcert={}", ca.display())
}

#[test]
fn a_server_is_trusted_by_the_authority_that_the_url_names() {
    let authority = Authority::new(&[]);
    let server = PostgresServer::encrypted(&authority.cert(), &authority.key());
    for mode in [
        "sslmode=require&",
        "sslmode=verify-full&",
        "sslmode=verify-ca&",
        "",
    ] {
        for host in ["127.0.0.1", "localhost"] {
            let store = open(&server, host, &with_root(mode, &authority.ca())).unwrap();
            store.read_blocking(store::tables::person::all).unwrap();
            let (encrypted, plain) = connections(&server);
            assert!(encrypted > 0 && plain == 0, "{mode}{host}");
            drop(store);
        }
    }
    // Everybody else is a stranger: another authority, and those of the system.
    let other = Authority::new(&[]);
    for options in [
        with_root("sslmode=require&", &other.ca()),
        with_root("sslmode=verify-full&", &other.ca()),
        "?sslmode=require".into(),
        "?sslmode=verify-full".into(),
    ] {
        let error = open(&server, "127.0.0.1", &options)
            .unwrap_err()
            .to_string();
        assert!(error.contains("its certificate is not trusted"), "{error}");
        assert!(error.contains("?sslrootcert=FILE"), "{error}");
        assert!(!error.contains("rebound:"), "{error}");
    }
    // A file that is none.
    for (file, why) in [
        ("/nowhere/ca.pem", "cannot be read"),
        ("/dev/null", "no certificate"),
    ] {
        let options = with_root("", Path::new(file));
        let error = open(&server, "127.0.0.1", &options)
            .unwrap_err()
            .to_string();
        assert!(error.contains(file) && error.contains(why), "{error}");
    }
    // On this very machine plain stays what it is without being asked.
    for options in ["", "?sslmode=disable", "?sslmode=prefer"] {
        let store = open(&server, "127.0.0.1", options).unwrap();
        store.read_blocking(store::tables::person::all).unwrap();
        let (encrypted, plain) = connections(&server);
        assert!(encrypted == 0 && plain > 0, "{options}");
        drop(store);
    }
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new(&[]);
    let server = PostgresServer::encrypted(&authority.cert(), &authority.key());
    let options = with_root("sslmode=verify-full&", &authority.ca());
    // Another name for this machine, which the certificate does not hold for.
    let options = format!("{options}&hostaddr=127.0.0.1");
    let error = open(&server, "db.example", &options)
        .unwrap_err()
        .to_string();
    assert!(error.contains("its certificate is not trusted"), "{error}");
}

#[test]
fn a_server_without_encryption_is_named_when_it_is_asked_for() {
    let server = PostgresServer::start();
    let error = open(&server, "127.0.0.1", "?sslmode=require").unwrap_err();
    let error = error.to_string();
    assert!(error.contains("no encrypted connections"), "{error}");
}
