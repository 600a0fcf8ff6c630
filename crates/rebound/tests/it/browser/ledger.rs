//! Noes: reasons added later, many at once, and the history of an attempt.

use serde_json::Value;

use super::{attempts, desk, log, said};

fn reason(row: &Value) -> (String, String) {
    let word = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
    (word("reason"), word("said_by"))
}

#[test]
fn a_reason_is_added_later() {
    let (server, browser) = desk();
    log(&server, "no", "Ada Merrow, Whitlock Print");
    // Right after the no: one tap.
    browser.open("/today");
    browser.press("n");
    browser.wait_for_text("Was there a reason?");
    browser.click(".chips button[value=N2]");
    browser.wait_for_text("Reason: Bad time");
    assert_eq!(reason(&attempts(&server)[0]).0, "N2");

    // Days later, from the list.
    browser.open("/noes");
    browser.click("td.why a[href^='/noes/reason']");
    browser.wait_for("label:has(input[name=reason])");
    browser.click("label:has(input[name=said_by][value=prospect])");
    browser.click("label:has(input[name=reason][value=N4])");
    browser.fill("#words", "“We have no money, sorry.”");
    browser.click("form button.primary");
    browser.wait_for_text("Price or value");
    assert!(browser.path().starts_with("/noes"), "{}", browser.path());
    let rows = attempts(&server);
    assert_eq!(reason(&rows[1]), ("N4".into(), "prospect".into()));
    assert_eq!(rows[1]["words"], "“We have no money, sorry.”");

    // Both voices are kept, and how it stood before.
    browser.open(&format!(
        "/attempts/{}",
        rows[1]["attempt"].as_str().unwrap_or_default()
    ));
    browser.click("#reason_guess");
    browser.click("#reason_guess option[value=N1]");
    browser.click("form[aria-labelledby=reason] button.primary");
    browser.wait_for_text("Kept. How it stood before is in the history below.");
    assert_eq!(reason(&attempts(&server)[1]).0, "N4", "their word leads");
    assert_eq!(browser.value("#reason_guess"), "N1");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn many_at_once() {
    let (server, browser) = desk();
    for who in ["Ada Merrow", "Bram Osei", "Cleo Tarn"] {
        log(&server, "no", who);
    }
    browser.open("/noes");
    assert!(!browser.shows(".bulk"), "the bar comes with the first tick");
    browser.click("tbody tr:nth-of-type(2) .ticker");
    browser.click("tbody tr:nth-of-type(3) .ticker");
    browser.wait_for(".bulk");
    assert_eq!(browser.count("tbody .tick:checked"), 2);
    browser.click(".bulk button[data-many=r]");
    browser.wait_for("label:has(input[name=reason])");
    browser.click("label:has(input[name=reason][value=N3])");
    browser.click("form button.primary");
    browser.wait_for_text("No budget");
    let with: Vec<_> = attempts(&server).iter().map(|row| reason(row).0).collect();
    assert_eq!(with.iter().filter(|r| *r == "N3").count(), 2, "{with:?}");

    // Another outcome: they leave the list of noes and make follow-ups.
    browser.click("tbody tr:nth-of-type(2) .ticker");
    browser.click("tbody tr:nth-of-type(3) .ticker");
    browser.wait_for(".bulk");
    browser.click(".bulk button[formaction='/noes/outcome']");
    browser.wait_for("label:has(input[name=outcome])");
    browser.click("label:has(input[name=outcome][value=not_now])");
    browser.click("form button.primary");
    browser.wait_for("[role=status] p");
    let outcomes = said(&server);
    assert_eq!(
        outcomes.iter().filter(|s| s.ends_with("not_now")).count(),
        2
    );
    assert_eq!(browser.count("tbody tr .ticker"), 1);

    // A follow-up for what is left.
    browser.click("tbody tr .ticker");
    browser.click(".bulk button[data-many=f]");
    browser.wait_for(".days button");
    browser.click(".days button");
    browser.wait_for_text("A follow-up was set.");
    browser.open("/noes");
    assert!(
        !browser.text("tbody").contains("Set one"),
        "the next step is set"
    );
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_list_is_searched_narrowed_and_walked() {
    let (server, browser) = desk();
    let mut rows = String::from("at,prospect,company,outcome,stage\n");
    for n in 0..120 {
        let stage = if n % 4 == 0 { "demo" } else { "opener" };
        rows.push_str(&format!(
            "2026-01-{:02}T10:00:00Z,Person {n},Firm {},no,{stage}\n",
            n % 28 + 1,
            n % 7
        ));
    }
    // Some without any time: they stand at the end, and the list reaches them.
    for n in 0..60 {
        rows.push_str(&format!(",Undated {n},Firm 9,no,opener\n"));
    }
    let file = server.home().join("rows.csv");
    std::fs::write(&file, rows).expect("a file can be written");
    let output = server.command(&["import", &file.display().to_string()]);
    assert!(output.status.success());

    browser.open("/noes");
    let mut seen = 0;
    loop {
        seen += browser.count("tbody tr .ticker");
        if !browser.shows("a[rel=next]") {
            break;
        }
        assert!(seen <= 180, "the list has no end");
        let before = browser.url();
        browser.click("a[rel=next]");
        browser.wait("the next page does not come", || {
            (browser.url() != before).then_some(())
        });
    }
    assert_eq!(seen, 180);
    browser.click("a[rel=prev]");
    browser.wait_for("a[rel=next]");

    browser.open("/noes");
    browser.click("summary");
    browser.click("#f-stage option[value=demo]");
    browser.click(".panel button.primary");
    browser.wait_for_text("(1 set)");
    assert_eq!(browser.count("tbody tr .ticker"), 30);
    browser.fill("input[name=q]", "person 48\u{e007}");
    browser.wait("the search does not narrow", || {
        (browser.count("tbody tr .ticker") < 30).then_some(())
    });
    let names = browser.texts("td.name b");
    assert!(
        names.iter().all(|name| name.starts_with("Person 48")),
        "{names:?}"
    );
    browser.open("/noes?q=nobody+of+this+name");
    assert!(browser.shows(".empty"));
}
