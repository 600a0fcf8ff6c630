//! Without a network: kept in this browser, shown as not sent, sent once.

use serde_json::Value;
use testkit::browser::Browser;
use testkit::server::Server;

use super::{desk, first_run, log, said, settled};

/// Waits until the service worker has taken the page over and holds what it needs.
fn worker_ready(browser: &Browser) {
    browser.js("navigator.serviceWorker.ready.then(() => true)");
    browser.reload();
    browser.wait("the service worker does not take over", || {
        (browser.js("!!navigator.serviceWorker.controller") == true).then_some(())
    });
}

/// A request to the store in which the browser keeps what is not sent.
fn stored(browser: &Browser, store: &str, mode: &str, request: &str) -> Value {
    browser.js(&format!(
        "new Promise((ok, no) => {{ const asked = indexedDB.open('rebound');\
         asked.onerror = no; asked.onsuccess = () => {{ const db = asked.result;\
         const r = db.transaction('{store}', '{mode}').objectStore('{store}').{request};\
         r.onerror = no; r.onsuccess = () => {{ db.close(); ok(r.result); }}; }}; }})"
    ))
}

fn unsent(browser: &Browser) -> u64 {
    stored(browser, "queue", "readonly", "count()")
        .as_u64()
        .expect("a number")
}

fn all_sent(browser: &Browser) {
    browser.wait("it is not sent", || (unsent(browser) == 0).then_some(()));
}

#[test]
fn what_is_logged_offline_goes_out_once() {
    let (mut server, browser) = desk();
    log(&server, "no", "Ada Merrow");
    browser.open("/today");
    worker_ready(&browser);
    server.stop();

    // On the page that is open.
    browser.press("n");
    browser.wait_for_text("Not sent yet");
    assert_eq!(browser.text("[data-saved]"), "1 unsent");
    assert_eq!(browser.text("[data-unsent-rows] b"), "Ada Merrow");
    // On a page opened without a network.
    browser.open("/noes");
    browser.wait_for_text("No connection to Rebound");
    browser.fill("#find", "Bram Osei");
    browser.click(".key[value=not_now]");
    browser.wait_for_text("Not now. Not sent yet.");
    assert_eq!(unsent(&browser), 2);

    server.restart();
    browser.open("/today");
    all_sent(&browser);
    browser.wait("the page says something is unsent", || {
        (browser.text("[data-saved]") == "All saved").then_some(())
    });
    assert!(!browser.shows("[data-unsent-box]"));
    assert_eq!(
        said(&server),
        ["Bram Osei: not_now", "Ada Merrow: no", "Ada Merrow: no"]
    );
    // Once more the same page: nothing goes out twice.
    browser.reload();
    settled(&browser);
    assert_eq!(said(&server).len(), 3);
}

#[test]
fn an_answer_that_was_lost_is_no_second_no() {
    let (server, browser) = desk();
    worker_ready(&browser);
    let mut entry = stored(&browser, "meta", "readonly", "get('home')");
    for (key, value) in [
        ("id", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        ("name", "Ada Merrow"),
        ("outcome", "yes"),
        ("at", "2026-03-02T10:00:00Z"),
        ("zone", "UTC"),
    ] {
        entry[key] = value.into();
    }
    // The second time as if the answer had not come: the entry is still there, under the same id.
    for _ in 0..2 {
        stored(&browser, "queue", "readwrite", &format!("put({entry})"));
        browser.reload();
        all_sent(&browser);
        assert_eq!(said(&server), ["Ada Merrow: yes"]);
    }
}

#[test]
fn an_undo_of_what_is_not_sent_takes_it_out() {
    let (mut server, browser) = desk();
    worker_ready(&browser);
    server.stop();
    browser.fill("#find", "Ada Merrow");
    browser.click(".key[value=no]");
    browser.wait_for("[data-unsent-rows] button");
    browser.click("[data-unsent-rows] button");
    all_sent(&browser);
    assert_eq!(browser.text("[data-saved]"), "All saved");
    server.restart();
    browser.open("/today");
    settled(&browser);
    assert_eq!(said(&server), [""; 0]);
}

/// Another ledger at the same address: what was logged for the first stays where it is.
#[test]
fn nothing_goes_to_another_workspace() {
    let (mut server, browser) = desk();
    worker_ready(&browser);
    server.stop();
    browser.fill("#find", "Ada Merrow");
    browser.click(".key[value=no]");
    browser.wait_for_text("Not sent yet");
    begin_anew(&mut server);
    first_run(&browser);
    browser.wait_for("[data-unsent-rows]");
    browser.wait_for_text("Kept for somebody else who was signed in here.");
    assert_eq!(unsent(&browser), 1);
    assert_eq!(said(&server), [""; 0]);

    // Signing out warns, and takes it along.
    browser.open("/leave");
    browser.wait_for_text("1 attempt is not sent yet. Signing out deletes it from this device.");
    browser.click("form[data-leave] button");
    browser.wait_for_path("/enter");
    assert_eq!(unsent(&browser), 0);
    browser.click("form button.primary");
    browser.wait_for_path("/today");
    settled(&browser);
    assert!(!browser.shows("[data-unsent-box]"));
}

fn begin_anew(server: &mut Server) {
    server.stop();
    let file = server.database().trim_start_matches("sqlite:").to_owned();
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{file}{suffix}"));
    }
    server.restart();
}

#[test]
fn signed_out_elsewhere_it_waits_for_its_person() {
    let (server, browser) = desk();
    worker_ready(&browser);
    // The session ends without this page knowing of it.
    browser.devtools("Network.clearBrowserCookies", serde_json::json!({}));
    browser.fill("#find", "Ada Merrow");
    browser.click(".key[value=no]");
    browser.wait_for_text("is kept here");
    assert_eq!(unsent(&browser), 1);
    browser.click("#toast a.btn");
    browser.wait_for_path("/enter");
    browser.click("form button.primary");
    all_sent(&browser);
    assert_eq!(said(&server), ["Ada Merrow: no"]);
}
