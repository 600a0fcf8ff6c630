//! Passkeys, with the authenticator that the browser's driver brings.

use testkit::browser::Browser;
use testkit::db::Backend;
use testkit::server::{Launch, Server};

use super::first_run;

const PLACE: &str = "[data-passkey] button";

/// Passkeys are bound to a name, and a number is none.
fn by_name(server: &Server) -> String {
    server.base().replace("127.0.0.1", "localhost")
}

/// A fresh installation whose person has added a passkey, and may come in by password as well.
fn desk() -> (Server, Browser, String) {
    desk_of(Server::start())
}

fn desk_of(server: Server) -> (Server, Browser, String) {
    let browser = Browser::desktop(&by_name(&server));
    let authenticator = browser.authenticator();
    first_run(&browser);
    browser.open("/settings/sign-in");
    browser.fill("#passkey-name", "Laptop");
    browser.click(PLACE);
    browser.wait_for_text("Kept.");
    browser.wait_for_text("Laptop");
    browser.fill("#email", "robin@example.com");
    browser.fill("#password", "lanterns by the river");
    browser.click("form[action='/settings/password'] button.primary");
    browser.wait_for_text("You have one.");
    (server, browser, authenticator)
}

fn sign_out(browser: &Browser) {
    browser.open("/leave");
    browser.click("form[action='/leave'] button");
    browser.wait_for_path("/enter");
}

fn refused(browser: &Browser) {
    browser.click(PLACE);
    browser.wait_for_text("That passkey is not known here.");
    assert_eq!(browser.path(), "/enter");
}

#[test]
fn a_passkey_lets_its_owner_in_until_it_is_taken_away() {
    let (_server, browser, authenticator) = desk();
    browser.assert_accessible();
    let kept = browser.passkeys(&authenticator);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["isResidentCredential"], true);
    assert_eq!(kept[0]["rpId"], "localhost");
    // The same device is not asked twice.
    browser.click(PLACE);
    browser.wait_for_text("This device has a passkey for you already.");

    sign_out(&browser);
    browser.assert_accessible();
    for _ in 0..2 {
        browser.click(PLACE);
        browser.wait_for_path("/today");
        sign_out(&browser);
    }
    // Where it began it goes on.
    browser.open("/enter?next=%2Fnoes");
    browser.click(PLACE);
    browser.wait_for_path("/noes");
    browser.open("/settings/sign-in");
    browser.wait_for_text("last used");
    browser.wait_for_text("by passkey");

    browser.click("form[action='/passkeys/remove'] button");
    browser.wait_for_text("Kept.");
    assert!(!browser.source().contains("Laptop"));
    sign_out(&browser);
    refused(&browser);
    // A refused try is what the page says, and nothing the browser complains about but that.
    let complaints = browser.complaints();
    assert!(
        complaints
            .iter()
            .all(|c| c.contains("403") || c.contains("status of")),
        "{complaints:?}"
    );
}

#[test]
fn a_passkey_is_carried_to_a_second_browser_and_both_stay_in() {
    let (server, browser, authenticator) = desk();
    let second = Browser::desktop(&by_name(&server));
    let other = second.authenticator();
    let mut carried = browser.passkeys(&authenticator).remove(0);
    // Carried over, it counts on from where it was.
    carried["signCount"] = 40.into();
    second.add_passkey(&other, &carried);
    second.open("/enter");
    second.click(PLACE);
    second.wait_for_path("/today");
    browser.open("/today");
    browser.wait_for("[data-log]");

    // A copy that was left behind shows by its count, and is not let in.
    sign_out(&browser);
    refused(&browser);
    second.reload();
    second.wait_for("[data-log]");
}

#[test]
fn somebody_shut_out_or_not_shown_to_be_they_does_not_come_in() {
    let (server, browser, authenticator) = desk();
    sign_out(&browser);
    browser.verifies(&authenticator, false);
    browser.click(PLACE);
    browser.wait_for_text("Your browser did not answer");
    assert_eq!(browser.path(), "/enter");
    browser.verifies(&authenticator, true);
    let path = server.database().trim_start_matches("sqlite:").to_owned();
    let database = rusqlite::Connection::open(path).expect("the ledger");
    let shut_out = |standing: &str| {
        let sql = "UPDATE person SET standing = ?1";
        database.execute(sql, [standing]).expect("changed");
    };
    shut_out("deactivated");
    browser.open("/enter");
    refused(&browser);
    shut_out("active");
    browser.click(PLACE);
    browser.wait_for_path("/today");
}

#[test]
fn without_scripts_or_without_a_name_nothing_is_promised() {
    let (server, _browser, _) = desk();
    let plain = Browser::without_scripts(&by_name(&server));
    plain.open("/enter");
    plain.wait_for("#password");
    assert!(!plain.shows(PLACE));
    let numbered = Browser::desktop(server.base());
    numbered.authenticator();
    numbered.open("/enter");
    numbered.click(PLACE);
    numbered.wait_for_text("Passkeys are bound to a name");
}

#[test]
fn an_invitation_is_taken_up_with_a_passkey_alone() {
    // As an organisation has it: on PostgreSQL.
    let database = Backend::Postgres.fresh();
    let (server, browser, _) = desk_of(Launch::new().database(&database.url).start());
    let robin = |words: &[&str]| {
        let mut all = vec!["--json", "--as", "Robin Ames", "user"];
        all.extend(words);
        let output = server.command(&all);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("one object")
    };
    let base = by_name(&server);
    let added = robin(&["add", "Jun Okafor", "--public-url", &base]);
    let link = added["link"].as_str().expect("a link").to_owned();

    let second = Browser::desktop(&base);
    second.authenticator();
    second.open(&link);
    second.wait_for_text("Jun Okafor");
    second.wait_for(PLACE);
    second.assert_accessible();
    second.click(PLACE);
    second.wait_for_path("/today");
    second.wait_for_text("Jun Okafor");
    second.open(&link);
    second.wait_for_text("This link no longer works");
    sign_out(&second);
    second.click(PLACE);
    second.wait_for_path("/today");

    // With others here nobody takes their only way in away.
    second.open("/settings/sign-in");
    second.click("form[action='/passkeys/remove'] button");
    second.wait_for_text("Then you could not come in any more.");

    robin(&["deactivate", "Jun Okafor"]);
    second.open("/today");
    second.wait_for(PLACE);
    second.click(PLACE);
    second.wait_for_text("That passkey is not known here.");
    browser.open("/today");
    browser.wait_for("[data-log]");
}
