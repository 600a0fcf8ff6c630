//! No script at all: everything there is, by forms and links alone.

use testkit::browser::{Browser, keys};
use testkit::server::Server;

use super::{attempts, said};
use crate::cli::fixture;

#[test]
fn everything_works_without_scripts() {
    let server = Server::start();
    let browser = Browser::without_scripts(server.base());
    browser.open("/");
    browser.wait_for_path("/welcome");
    browser.fill("#name", "Robin Ames");
    browser.click(
        "#zone option[value='Europe/Lisbon'], #zone optgroup[label=Europe] option:first-child",
    );
    browser.click("form button.primary");
    browser.wait_for_path("/today");

    // Log, and take it back.
    browser.fill("#find", "Ada Merrow, Whitlock Print");
    browser.click(".key[value=no]");
    browser.wait_for_text("That was a no.");
    assert_eq!(said(&server), ["Ada Merrow: no"]);
    browser.click("form[action^='/undo/'] button");
    browser.wait_for_text("Taken back: No, Ada Merrow.");
    assert_eq!(said(&server), [""; 0]);

    // Again, and then with a chip; and a reason in one press.
    super::log(&server, "no", "Ada Merrow");
    browser.open("/today");
    browser.click("label.pick");
    browser.click(".key[value=no]");
    browser.wait_for_text("Was there a reason?");
    browser.click(".seg label:first-of-type");
    browser.click(".chips button[value=N4]");
    browser.wait_for_text("Reason: Price or value, their word.");
    assert_eq!(attempts(&server)[0]["said_by"], "prospect");
    browser.click(".three a:first-of-type");
    browser.wait_for_path("/today");

    // Somebody found by a part of the name.
    browser.fill("#find", "merr");
    browser.press(keys::ENTER);
    browser.wait_for("label.pick:has(input[value=new])");
    browser.click(".key[value=not_now]");
    browser.wait_for_text("Not now, Ada Merrow. Back on");
    browser.click("#toast button");
    browser.wait_for_text("Taken back");

    // The list: narrow it, tick, add a reason.
    super::log(&server, "no", "Bram Osei");
    browser.open("/noes");
    browser.click("summary");
    browser.click("#f-word option[value=none]");
    browser.click(".panel button.primary");
    browser.wait_for_text("(1 set)");
    assert_eq!(browser.count("tbody .ticker"), 2);
    browser.click("tbody .ticker");
    browser.click(".bulk button[data-many=r]");
    browser.wait_for("label:has(input[name=reason])");
    browser.click("label.opt-row:has(input[value=N1])");
    browser.click("form button.primary");
    browser.wait_for("[role=status] p");
    assert_eq!(attempts(&server)[0]["reason"], "N1");

    // Import.
    browser.open("/import");
    browser.choose_file("#file", &fixture("pipedrive-deals"));
    browser.click("form button.primary");
    browser.wait_for_text("Which column is what");
    browser.click("button[name=do][value=run]");
    browser.wait_for_text("The file itself is not kept.");
    assert_eq!(attempts(&server).len(), 5);

    // Settings: a name, a reason of one's own.
    browser.open("/settings");
    browser.clear("#name");
    browser.fill("#name", "Robin A. Ames");
    browser.click("form[action='/settings/profile'] button.primary");
    browser.wait_for_text("Kept.");
    assert_eq!(browser.value("#name"), "Robin A. Ames");
    browser.open("/settings/reasons");
    browser.fill("#new", "They moved to the sea");
    browser.click("button[name=do][value=add]");
    browser.wait_for_text("Kept.");
    let labels = browser.js("1");
    assert_eq!(labels, 1, "the test itself may ask the page");
    assert!(browser.source().contains("They moved to the sea"));

    // A prospect's page: a note, a deal, do not contact.
    let who = attempts(&server)[0]["prospect"]
        .as_str()
        .expect("an id")
        .to_owned();
    browser.open(&format!("/prospects/{who}"));
    browser.fill("#note", "Prefers mornings.");
    browser.click("form[action$='/note'] button");
    browser.wait_for_text("Prefers mornings.");
    browser.click("form[action$='/contact'] button");
    browser.wait_for_text("Do not contact.");

    // And out.
    browser.open("/leave");
    browser.click("form[action='/leave'] button");
    browser.wait_for_path("/enter");
}
