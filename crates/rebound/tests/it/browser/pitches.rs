//! Two pitches put to the test in a real browser: what the log bar shows and asks, and the page.

use testkit::browser::{Browser, DESKTOP, PHONE};
use testkit::client::Client;
use testkit::server::Server;

use super::{desk, fill, settled, walk};

const HERE: &str = "/evidence/pitches";

fn begin(browser: &Browser, how: &str) {
    browser.open(HERE);
    browser.fill("#usual", "Short");
    browser.fill("#new", "Story first");
    browser.click(&format!("[name=how][value={how}]"));
    browser.click("main form button.primary");
    browser.wait_for_text("The test runs.");
}

fn sound(browser: &Browser, path: &str, faults: &mut Vec<String>) {
    walk::look(browser, path, faults);
    walk::reach(browser, path, faults);
}

fn log(client: &Client, outcome: &str, pitch: Option<&str>) {
    let mut fields = vec![("other", "Ada Merrow"), ("outcome", outcome)];
    fields.extend(pitch.map(|pitch| ("pitch", pitch)));
    fill::post(client, "/log", &fields);
}

/// What the bar says of the pitch of whoever is chosen.
fn shown(browser: &Browser) -> Vec<String> {
    let all = browser.js(
        "[...document.querySelectorAll('.pitches span')].filter(s => s.checkVisibility()).map(s => s.textContent)",
    );
    let all = all.as_array().cloned().unwrap_or_default();
    all.iter()
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

#[test]
fn the_bar_shows_or_asks_for_the_pitch_and_the_page_tells_what_came_of_it() {
    let (server, browser): (Server, Browser) = desk();
    let client = server.client();
    client.post_form("/enter", &[]);
    let list = "Ada Merrow, Whitlock Print\nBram Osei, Quillfeather\nCleo Tarn, Tarn & Tow";
    fill::post(&client, "/call-list", &[("list", list)]);
    let mut faults = Vec::new();
    for name in ["Ada Merrow", "Bram Osei", "Cleo Tarn"] {
        let fields = [("other", name), ("outcome", "no_reply")];
        fill::post(&client, "/log", &fields);
    }

    // Drawn: one line for whoever is chosen, another as soon as another is.
    begin(&browser, "drawn");
    sound(&browser, HERE, &mut faults);
    sound(&browser, "/today", &mut faults);
    browser.open("/today");
    for nth in 1..=3 {
        browser.js(&format!(
            "document.querySelectorAll('[name=who]')[{nth} - 1].click()"
        ));
        let lines = shown(&browser);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            ["Pitch: Short", "Pitch: Story first"].contains(&lines[0].as_str()),
            "{lines:?}"
        );
        let described = browser.js(
            "document.getElementById(document.querySelector('[name=who]:checked').getAttribute('aria-describedby')).textContent",
        );
        assert_eq!(described, lines[0].as_str());
    }
    browser.fill("[data-find]", "Somebody New");
    assert!(
        shown(&browser).is_empty(),
        "nobody knows the coin of a new name"
    );
    for n in 0..30 {
        log(&client, if n % 6 == 0 { "yes" } else { "no" }, None);
    }
    sound(&browser, HERE, &mut faults);
    browser.open(HERE);
    browser.click("main form button");
    browser.wait_for_text("The test has ended.");

    // By hand: the bar asks, sends what is chosen, and remembers it.
    begin(&browser, "chosen");
    browser.open("/today");
    let codes = browser.js("[...document.querySelectorAll('[name=pitch]')].map(i => i.value)");
    let code = |i: usize| codes[i].as_str().expect("a code").to_owned();
    browser.js("document.querySelectorAll('[name=pitch]')[1].click()");
    browser.js("document.querySelector('[name=outcome][value=no_reply]').click()");
    browser.wait_for("#toast button");
    settled(&browser);
    assert_eq!(
        browser.js("document.querySelector('[name=pitch]:checked').value"),
        code(1).as_str()
    );
    sound(&browser, "/today", &mut faults);
    for n in 0..45 {
        log(&client, "no", Some(&code(0)));
        log(
            &client,
            if n % 3 == 0 { "yes" } else { "no" },
            Some(&code(1)),
        );
    }
    sound(&browser, HERE, &mut faults);
    browser.wait_for_text("Where you used “Story first”, more asks ended in a yes.");
    browser.wait_for_text("46 asks");
    browser.js("document.querySelectorAll('details').forEach(d => d.open = true)");
    walk::look_at(&browser, "/evidence/pitches, all open", &mut faults);
    for size in [DESKTOP, PHONE, (320, 640)] {
        browser.resize(size);
        let wide = browser.js("document.documentElement.scrollWidth - innerWidth");
        assert!(wide.as_i64().is_some_and(|n| n <= 0), "{size:?}: {wide}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
