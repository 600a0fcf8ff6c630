//! Each test gets databases of its own.

use postgres::{Client, NoTls};
use testkit::db::for_each_database;
use testkit::pg;

#[test]
fn a_database_is_fresh_and_gone_afterwards() {
    let first = pg::database();
    let mut client = Client::connect(first.url(), NoTls).expect("it answers");
    client
        .batch_execute("CREATE TABLE asks (id BIGINT); INSERT INTO asks VALUES (1)")
        .expect("it takes tables");
    let second = pg::database();
    assert_ne!(first.url(), second.url());
    let mut other = Client::connect(second.url(), NoTls).expect("it answers");
    assert!(other.batch_execute("SELECT * FROM asks").is_err());
    let url = first.url().to_owned();
    drop(first);
    assert!(Client::connect(&url, NoTls).is_err());
}

#[test]
fn the_server_sorts_unlike_bytes() {
    let database = pg::database();
    let mut client = Client::connect(database.url(), NoTls).expect("it answers");
    let row = client
        .query_one("SELECT 'a' < 'B', 'a' < 'B' COLLATE \"C\"", &[])
        .expect("it compares");
    assert_eq!((row.get(0), row.get(1)), (true, false));
}

#[test]
fn one_body_runs_on_both() {
    let seen = std::cell::RefCell::new(Vec::new());
    for_each_database(|url| {
        let kind = url.split(':').next().unwrap_or_default();
        seen.borrow_mut().push(kind.to_owned());
    });
    assert_eq!(*seen.borrow(), ["sqlite", "postgres"]);
}
