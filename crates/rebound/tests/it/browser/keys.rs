//! Single keys: where they lead, and that they can be turned off.

use testkit::browser::keys;

use super::{desk, log, said, settled};

#[test]
fn letters_lead_around() {
    let (server, browser) = desk();
    for (keys, path) in [
        ("gn", "/noes"),
        ("ge", "/evidence"),
        ("gt", "/today"),
        ("gs", "/settings"),
        ("?", "/keys"),
    ] {
        browser.press(keys);
        browser.wait_for_path(path);
    }
    // A letter that belongs to no page leads nowhere.
    browser.press("gq");
    settled(&browser);
    assert_eq!(browser.path(), "/keys");
    browser.press("gt");
    browser.wait_for_path("/today");
    // In a field they are letters.
    browser.press("/");
    browser.press("gn");
    assert_eq!(browser.value("#find"), "gn");
    browser.press(keys::ESCAPE);
    // With Control or another held they belong to the browser.
    browser.clear("#find");
    browser.press(keys::ESCAPE);
    log(&server, "no", "Ada Merrow");
    browser.open("/today");
    browser.chord(&["\u{e009}"], "n");
    settled(&browser);
    assert_eq!(said(&server).len(), 1);
}

#[test]
fn the_list_is_walked_with_keys() {
    let (server, browser) = desk();
    for who in ["Ada Merrow", "Bram Osei", "Cleo Tarn"] {
        log(&server, "no", who);
    }
    browser.open("/noes");
    browser.press("jjx");
    browser.wait_for(".bulk");
    browser.press("kx");
    browser.wait("two are not ticked", || {
        (browser.count("tbody .tick:checked") == 2).then_some(())
    });
    browser.press("r");
    browser.wait_for_text("Bram Osei");
    assert!(
        browser.path().starts_with("/noes/reason"),
        "{}",
        browser.path()
    );
    browser.open("/noes");
    browser.press("j");
    browser.press(keys::ENTER);
    browser.wait("the attempt does not open", || {
        browser.path().starts_with("/attempts/").then_some(())
    });
    browser.open("/noes");
    browser.press("jf");
    browser.wait("the follow-up does not open", || {
        browser.path().starts_with("/noes/follow-up").then_some(())
    });
}

#[test]
fn keys_can_be_turned_off() {
    let (server, browser) = desk();
    log(&server, "no", "Ada Merrow");
    browser.open("/settings");
    browser.click("label:has(input[name=keys])");
    browser.click("form[action='/settings/profile'] button.primary");
    browser.wait_for_text("Kept.");
    browser.press("gn");
    settled(&browser);
    assert!(
        browser.path().starts_with("/settings"),
        "{}",
        browser.path()
    );
    browser.open("/today");
    assert!(
        !browser.source().contains("Two keys, no mouse."),
        "no key is promised"
    );
    browser.press("1n");
    settled(&browser);
    assert_eq!(browser.path(), "/today");
    assert_eq!(said(&server).len(), 1);
    // What has a key has a control.
    browser.click(".key[value=no]");
    browser.wait_for_text("That was a no.");
    browser.press("z");
    settled(&browser);
    assert_eq!(said(&server).len(), 2);
    // And on again.
    browser.open("/settings");
    browser.click("label:has(input[name=keys])");
    browser.click("form[action='/settings/profile'] button.primary");
    browser.wait_for_text("Kept.");
    browser.press("gn");
    browser.wait_for_path("/noes");
}
