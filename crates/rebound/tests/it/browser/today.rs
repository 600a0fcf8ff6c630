//! Today: a no in two keys, what follows it, and taking it back.

use std::time::Duration;

use testkit::browser::keys;

use super::{attempts, desk, log, said, settled};

#[test]
fn a_no_in_two_keys_and_undone() {
    let (server, browser) = desk();
    log(&server, "no", "Ada Merrow, Whitlock Print");
    log(&server, "no", "Bram Osei, Quillfeather");
    browser.open("/today");

    // Who and what happened: `2` then `n`.
    let second = browser.text("label.pick:nth-of-type(2) span");
    let second = second.lines().next().unwrap_or_default().to_owned();
    browser.press("2n");
    browser.wait_for_text("That was a no.");
    assert!(browser.path().starts_with("/logged/"), "{}", browser.path());
    assert_eq!(said(&server)[0], format!("{second}: no"));

    // Three equal buttons.
    let sizes = browser.js(
        "[...document.querySelectorAll('.three .btn')].map(b => [b.offsetWidth, b.offsetHeight])",
    );
    let sizes = sizes.as_array().expect("sizes");
    assert_eq!(sizes.len(), 3);
    assert!(sizes.iter().all(|s| *s == sizes[0]), "{sizes:?}");
    assert_eq!(
        browser.texts(".three .btn"),
        ["Next prospect", "Take a breath", "Look at it later"]
    );

    // `z` takes it back and says so.
    let count = said(&server).len();
    browser.press("z");
    browser.wait_for_text("Taken back");
    assert_eq!(said(&server).len(), count - 1);

    // The first person is chosen before anything is pressed: `n` alone.
    browser.press("n");
    browser.wait_for_text("That was a no.");
    assert_eq!(said(&server).len(), count);
    browser.press(keys::ENTER);
    browser.wait_for_path("/today");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_double_press_logs_once() {
    let (server, browser) = desk();
    log(&server, "no", "Ada Merrow");
    browser.open("/today");
    browser.press("nn");
    browser.wait_for_text("That was a no.");
    assert_eq!(said(&server).len(), 2);
    // Here `n` does nothing for a second, so that a late second press cannot log twice.
    browser.press("n");
    settled(&browser);
    assert!(browser.path().starts_with("/logged/"), "{}", browser.path());
    assert_eq!(said(&server).len(), 2);

    // Two clicks on the key are one no as well.
    browser.open("/today");
    browser.js(
        "(() => { const b = document.querySelector('.key[value=no]'); b.click(); b.click(); })()",
    );
    browser.wait_for_text("That was a no.");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(said(&server).len(), 3);
}

#[test]
fn every_outcome_has_its_key_and_the_toast_its_undo() {
    let (server, browser) = desk();
    log(&server, "no", "Ada Merrow");
    browser.open("/today");
    for (key, outcome, words) in [
        ("r", "no_reply", "No reply, Ada Merrow"),
        ("l", "not_now", "Not now, Ada Merrow. Back on"),
        ("i", "send_info", "Send info, Ada Merrow. Back on"),
        ("y", "yes", "Yes, Ada Merrow"),
    ] {
        // The guard against a double press lasts a second.
        std::thread::sleep(Duration::from_millis(1_050));
        browser.press(key);
        browser.wait_for_text(words);
        assert_eq!(browser.path(), "/today");
        browser.wait_for("#toast button");
        assert_eq!(said(&server)[0], format!("Ada Merrow: {outcome}"));
    }
    assert_eq!(said(&server).len(), 5);
    // By its button.
    browser.click("#toast button");
    browser.wait_for_text("Taken back: Yes, Ada Merrow.");
    assert_eq!(said(&server)[0], "Ada Merrow: send_info");
    assert_eq!(attempts(&server).len(), 4);
}

#[test]
fn a_name_is_typed_and_recognised() {
    let (server, browser) = desk();
    browser.press("/");
    settled(&browser);
    // Letters go into the field while it has the focus.
    browser.press("Cleo Tarn, Tarn & Tow");
    assert_eq!(browser.value("#find"), "Cleo Tarn, Tarn & Tow");
    browser.click(".key[value=no]");
    browser.wait_for_text("That was a no.");
    assert_eq!(said(&server), ["Cleo Tarn: no"]);
    assert_eq!(attempts(&server)[0]["company"], "Tarn & Tow");

    // Somebody known: found by a part of the name, chosen, logged by a letter.
    log(&server, "no", "Somebody Else");
    browser.open("/today");
    browser.fill("#find", "tarn");
    browser.press(keys::ENTER);
    browser.wait_for("label.pick:has(input[value=new])");
    settled(&browser);
    browser.press("n");
    browser.wait_for_text("That was a no.");
    assert_eq!(
        said(&server),
        ["Cleo Tarn: no", "Somebody Else: no", "Cleo Tarn: no"]
    );

    // Nobody of that name: it stands where the person is chosen, so that nobody else is meant.
    browser.open("/today");
    browser.fill("#find", "Wim Daalder");
    browser.press(keys::ENTER);
    browser.wait("the new name is not chosen", || {
        browser
            .text("label.pick")
            .starts_with("1\nWim Daalder")
            .then_some(())
    });
    browser.press("n");
    browser.wait_for_text("That was a no.");
    assert_eq!(said(&server)[0], "Wim Daalder: no");

    // Two of one name: the page asks, and nothing is saved until it is answered.
    log(&server, "no", "Cleo Tarn, Elsewhere");
    let before = said(&server).len();
    browser.open("/today");
    browser.fill("#find", "Cleo Tarn");
    browser.click(".key[value=yes]");
    browser.wait_for_text("Which one?");
    assert_eq!(said(&server).len(), before);
    browser.click("button.pickone:first-of-type");
    browser.wait_for_path("/today");
    assert_eq!(said(&server)[0], "Cleo Tarn: yes");
}

#[test]
fn nobody_named_is_asked_for() {
    let (server, browser) = desk();
    browser.press("n");
    browser.wait_for_text("Say who it was.");
    // The field is ready for the name.
    browser.press("Ada");
    assert_eq!(browser.value("#find"), "Ada");
    assert_eq!(said(&server), [""; 0]);
}

#[test]
fn a_call_list_is_worked_through() {
    let (server, browser) = desk();
    browser.open("/call-list");
    browser.fill(
        "#list",
        "Ada Merrow, Whitlock Print, 020 7946 0182\nWim Daalder; Kestrel Boxes; wim@kestrel.example",
    );
    browser.click("form button.primary");
    browser.wait_for_text("Waiting on your list");
    browser.open("/today");
    assert_eq!(browser.text("#next"), "Ada Merrow, Whitlock Print");
    let call = browser.attribute(".next a.primary", "href");
    assert!(call.is_some_and(|href| href.starts_with("tel:")));
    browser.press("n");
    browser.wait_for_text("That was a no.");
    browser.wait_for_text("Next on your list: Wim Daalder, Kestrel Boxes");
    browser.press(keys::ENTER);
    browser.wait_for_path("/today");
    assert_eq!(browser.text("#next"), "Wim Daalder, Kestrel Boxes");
    let write = browser.attribute(".next a.primary", "href");
    assert!(write.is_some_and(|href| href.starts_with("mailto:")));
    browser.press("s");
    browser.wait_for_text("Nobody is left on your call list.");
    assert_eq!(said(&server), ["Ada Merrow: no"]);
}
