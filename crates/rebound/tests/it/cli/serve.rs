//! `rebound` and `rebound serve`: how it begins, and why it may not.

use std::net::TcpListener;
use std::time::Duration;

use testkit::client::Client;
use testkit::server::Server;
use testkit::tools;
use testkit::watched::{Watch, Watched};

use super::{Ran, Terminal};

/// The program without a database named, once it serves, and where.
fn begun(terminal: &Terminal, args: &[&str]) -> (Watched, String) {
    let home = terminal.home();
    let rebound = Watch::new(tools::rebound(), home.join("log"))
        .args(args)
        .args(["--bind", "127.0.0.1:0"])
        .env("HOME", home)
        .env("XDG_DATA_HOME", home)
        .without_env("REBOUND_DATABASE")
        .start();
    let base = rebound.wait_until(Duration::from_secs(120), |process| {
        let printed = process.printed();
        let (_, rest) = printed.split_once("Rebound is at ")?;
        let (url, _) = rest.split_once('\n')?;
        Some(url.trim().to_owned())
    });
    let base = base.unwrap_or_else(|| panic!("it does not serve: {}", rebound.printed()));
    (rebound, base)
}

#[test]
fn without_a_command_it_serves() {
    let terminal = Terminal::new();
    let (rebound, base) = begun(&terminal, &[]);
    assert_eq!(Client::new(&base).get("/welcome").status, 200);
    assert!(terminal.home().join("rebound/rebound.db").is_file());
    // Asked to stop, it stops as one that was done.
    assert!(rebound.stop().success());
}

#[test]
fn links_made_on_the_command_line_lead_to_where_it_was_served() {
    let terminal = Terminal::new();
    let (rebound, base) = begun(&terminal, &[]);
    Client::new(&base).first_run("Robin Ames", "Europe/Berlin");
    assert!(rebound.stop().success());
    let file = terminal.home().join("rebound/rebound.db");
    let ledger = format!("sqlite:{}", file.display());
    let ran = Ran::of(terminal.bare(&["--database", &ledger, "user", "add", "Jun Okafor"]));
    assert!(ran.out.starts_with(&format!("{base}/link/")), "{ran:?}");
    assert!(
        ran.out.contains(" (Europe/Berlin), and is shown"),
        "{ran:?}"
    );
    assert!(ran.err.contains("opens on this computer alone"), "{ran:?}");
}

#[test]
fn the_sample_year_never_touches_the_real_ledger() {
    let terminal = Terminal::new();
    let (_rebound, base) = begun(&terminal, &["--demo"]);
    let data = terminal.home().join("rebound");
    assert!(data.join("demo.db").is_file() && !data.join("rebound.db").exists());
    let client = Client::new(&base);
    assert_eq!(client.post_form("/enter", &[]).status, 303);
    let today = client.get("/today").text();
    assert!(today.contains("since your last yes"), "{today}");
    let ran = terminal.run(&["--demo"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("a database of its own"), "{ran:?}");
    assert!(!terminal.file().exists());
}

#[test]
fn what_hinders_it_is_said() {
    let terminal = Terminal::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    for (args, needle) in [
        (&["serve", "--bind", &address][..], address.as_str()),
        (&["serve", "--log", "=loud"], "error, warn, info or debug"),
        (
            &["serve", "--tls-cert", "no.pem", "--tls-key", "no.key"],
            "no.pem",
        ),
        (&["serve", "--public-url", "ftp://x"], "ftp://x"),
        (&["serve", "--tls-cert", "no.pem"], "--tls-key"),
    ] {
        let mut command = terminal.bare(args);
        command.env("REBOUND_DATABASE", &terminal.database);
        let ran = Ran::of(command);
        assert!(
            (1..=6).contains(&ran.code) && ran.code != 1,
            "{args:?}: {ran:?}"
        );
        assert!(ran.err.contains(needle), "{args:?}: {ran:?}");
    }
}

#[test]
fn what_was_acknowledged_is_there_after_a_stop() {
    let mut server = Server::start();
    let client = server.first_person();
    let reply = client.post_form("/log", &[("other", "Ada Merrow"), ("outcome", "no")]);
    assert_eq!(reply.status, 303);
    let ended = server.stop();
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    server.restart();
    // The same person, the same session, the same no.
    assert!(client.get("/noes").text().contains("Ada Merrow"));
}
