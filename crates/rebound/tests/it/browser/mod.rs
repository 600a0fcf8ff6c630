//! The pages in a real Chromium, as people meet them.

mod evidence;
mod fill;
mod first;
mod import;
mod keys;
mod ledger;
mod look;
mod offline;
mod oidc;
mod passkey;
mod phone;
mod pitches;
mod plain;
mod team;
mod today;
mod walk;

use serde_json::Value;
use testkit::browser::Browser;
use testkit::server::Server;

/// Goes through the first-run page and waits for Today.
pub(crate) fn first_run(browser: &Browser) {
    browser.open("/");
    browser.wait_for_path("/welcome");
    browser.fill("#name", "Robin Ames");
    browser.click("form button.primary");
    browser.wait_for_path("/today");
}

/// A fresh installation with a person in front of it.
pub(crate) fn desk() -> (Server, Browser) {
    let server = Server::start();
    let browser = Browser::desktop(server.base());
    first_run(&browser);
    (server, browser)
}

/// What the command line says of the same ledger.
pub(crate) fn attempts(server: &Server) -> Vec<Value> {
    let output = server.command(&["--json", "noes", "--outcome", "all", "--limit", "100000"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut answer: Value = serde_json::from_slice(&output.stdout).expect("one object");
    answer["noes"]
        .as_array_mut()
        .map(std::mem::take)
        .expect("a list")
}

/// Who was asked and what came of it, newest first: `Ada Merrow: no`.
pub(crate) fn said(server: &Server) -> Vec<String> {
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    attempts(server)
        .iter()
        .map(|row| format!("{}: {}", word(row, "name"), word(row, "outcome")))
        .collect()
}

/// Logs from the command line.
pub(crate) fn log(server: &Server, outcome: &str, who: &str) {
    let output = server.command(&[outcome, who]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Waits until nothing more is on its way to the server and the page stands still.
pub(crate) fn settled(browser: &Browser) {
    browser.js("new Promise(ok => requestAnimationFrame(() => setTimeout(ok, 60)))");
}
