//! The Evidence page in a real browser: of ledgers with nothing, little and much in them.

use testkit::browser::{Browser, PHONE, keys};
use testkit::server::Server;

use super::{fill, first_run, settled, walk};

/// A file of attempts, three a day up to today: a letter each, `y` for yes, `n` for no.
fn file(outcomes: &str, dated: bool) -> String {
    let now = jiff::Timestamp::now();
    let mut text = String::from("at,prospect,outcome,stage,channel,segment,reason,said_by\n");
    for (i, letter) in outcomes.chars().enumerate() {
        let left = i64::try_from(outcomes.len() - i).expect("few");
        let at = now - jiff::SignedDuration::from_hours(8 * left);
        let at = if dated {
            format!("{at:.0}")
        } else {
            String::new()
        };
        let outcome = if letter == 'y' { "yes" } else { "no" };
        let (reason, by) = match (outcome, i % 3) {
            ("no", 0) => (["N6", "N2", "N4"][i % 7 % 3], "prospect"),
            ("no", 1) => (["N4", "N4", "N4", "N2"][i % 4], "seller_guess"),
            _ => ("", ""),
        };
        text.push_str(&format!(
            "{at},Person {},{outcome},{},{},{},{reason},{by}\n",
            i / 2,
            ["opener", "demo"][i % 2],
            ["call", "email"][i / 3 % 2],
            ["Print shops", "Joinery", "Food and drink"][i % 3],
        ));
    }
    text
}

/// A seller with these attempts, at their Evidence page.
fn seller(outcomes: &str, dated: bool) -> (Server, Browser) {
    let server = Server::start();
    let browser = Browser::desktop(server.base());
    first_run(&browser);
    if !outcomes.is_empty() {
        fill::import(&server, "attempts.csv", &file(outcomes, dated));
    }
    browser.open("/evidence");
    (server, browser)
}

#[test]
fn every_ledger_reads_right_and_fits() {
    let slump = format!("{}{}", "nnnny".repeat(60), "n".repeat(80));
    let ledgers = [
        (String::new(), true, "Nothing to judge yet."),
        ("n".into(), true, "You have 1."),
        ("nnynn".into(), true, "You have 5."),
        (
            "n".repeat(40),
            true,
            "No yes yet: luck or not cannot be told.",
        ),
        ("y".repeat(24), true, "All 24 attempts were a yes."),
        (
            format!("{}y{}", "n".repeat(20), "n".repeat(9)),
            false,
            "None of your attempts has a date",
        ),
        (slump, true, "This looks like more than luck."),
    ];
    let mut faults = Vec::new();
    for (outcomes, dated, says) in ledgers {
        let (_server, browser) = seller(&outcomes, dated);
        browser.wait_for_text(says);
        walk::look(&browser, "/evidence", &mut faults);
        walk::reach(&browser, "/evidence", &mut faults);
        // What is folded away is as sound as what is seen.
        browser.open("/evidence");
        browser.js("document.querySelectorAll('details').forEach(d => d.open = true)");
        walk::look_at(
            &browser,
            &format!("/evidence, all open ({says})"),
            &mut faults,
        );
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn it_is_read_with_keys_alone() {
    let (_server, browser) = seller(&"nnnnnnynnnnnnnnnny".repeat(8), true);
    browser.open("/today");
    browser.press("ge");
    browser.wait_for_path("/evidence");
    // From the top: the tabs lead to their sections, the figures open, all by Tab and Enter.
    browser.js("document.querySelector('.tabs a[href$=\"#tries\"]').focus()");
    browser.press(keys::ENTER);
    browser.wait("the section is not reached", || {
        (browser.js("location.hash") == "#tries").then_some(())
    });
    browser.js("document.querySelector('#tries summary').focus()");
    browser.press(keys::ENTER);
    browser.wait_for("#tries details[open] table");
    // The switch of rates comes back to them, and a segment narrows tries and barriers alone.
    browser.js("document.querySelector('#rates .seg a[href*=\"by=channel\"]').focus()");
    browser.press(keys::ENTER);
    browser.wait_for("#rates .seg a[aria-current][href*='by=channel']");
    assert_eq!(browser.js("location.hash"), "#rates");
    browser.js("document.querySelector('#segment').selectedIndex = 2");
    browser.click(".pickseg button");
    browser.wait_for("#barriers-h");
    browser.wait("the segment is not named", || {
        browser
            .source()
            .contains("What stands in the way, in “")
            .then_some(())
    });
    assert!(
        browser
            .js("location.search")
            .as_str()
            .is_some_and(|q| q.contains("by=channel"))
    );
}

#[test]
fn charts_can_be_read_on_a_narrow_phone() {
    let (_server, browser) = seller(&"nnnnnnynnnnnnnnnny".repeat(8), true);
    for width in [390, 320] {
        browser.resize((width, PHONE.1));
        browser.open("/evidence");
        settled(&browser);
        // No two words of a chart lie over each other, and none leaves the window.
        let bad = browser.js(
            "[...document.querySelectorAll('.plot svg, .dw svg')].flatMap(svg => {\
               const words = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);\
               const out = words.filter(([, b]) => b.left < -1 || b.right > innerWidth + 1).map(([t]) => t + ' leaves the window');\
               words.forEach(([t, a], i) => words.slice(i + 1).forEach(([u, b]) => {\
                 if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)\
                   out.push(t + ' lies over ' + u);\
               }));\
               return out; })",
        );
        assert_eq!(bad, serde_json::json!([]), "at {width} px");
    }
}
