//! A phone in one hand, and a page at night.

use testkit::browser::{Browser, PHONE, Setup};
use testkit::server::Server;

use super::{first_run, log, said};

#[test]
fn a_no_in_two_taps() {
    let server = Server::start();
    let browser = Browser::phone(server.base());
    first_run(&browser);
    log(&server, "no", "Ada Merrow, Whitlock Print");
    log(&server, "no", "Bram Osei, Quillfeather");
    browser.open("/today");
    reachable(&browser);
    browser.click("label.pick:nth-of-type(2)");
    browser.click(".key[value=no]");
    browser.wait_for_text("That was a no.");
    reachable(&browser);
    assert_eq!(said(&server).len(), 3);
    browser.click(".three a:first-of-type");
    browser.wait_for_path("/today");

    // The toast covers no key.
    browser.js("document.querySelector('[name=outcome][value=no_reply]').click()");
    browser.wait_for("#toast button");
    reachable(&browser);

    // The bar at the foot leads on; the bulk bar stands above it.
    browser.click(".nav a[href='/noes']");
    browser.wait_for_path("/noes");
    browser.click("tbody .ticker");
    browser.wait_for(".bulk");
    reachable(&browser);
    browser.click(".nav a[href='/more']");
    browser.wait_for_path("/more");
}

/// Whatever is docked can be pressed: it is in the window, nothing lies over it, and it is 44 px
/// high.
fn reachable(browser: &Browser) {
    let bad = browser.js(
        "[...document.querySelectorAll('.nav li a, .dock .key, .dock .pick, .dock .btn, .bulk .btn, #toast .btn')]\
         .filter(e => e.offsetParent !== null || getComputedStyle(e).position === 'fixed')\
         .filter(e => !e.classList.contains('vh'))\
         .map(e => { const b = e.getBoundingClientRect();\
           if (!b.width) return null;\
           const at = document.elementFromPoint(Math.min(b.x + b.width / 2, innerWidth - 2), b.y + b.height / 2);\
           const name = e.textContent.trim().slice(0, 30);\
           if (b.x > innerWidth - 10) return null;\
           if (b.y < 0 || b.bottom > innerHeight + 1) return name + ' lies outside: ' + b.y + '..' + b.bottom;\
           if (!e.contains(at) && !at?.contains(e)) return name + ' is covered by ' + at?.outerHTML.slice(0, 80);\
           if (b.height < 44) return name + ' is ' + b.height + ' px high';\
           return null; })\
         .filter(Boolean)",
    );
    assert_eq!(bad, serde_json::json!([]), "on {}", browser.path());
}

#[test]
fn at_night() {
    let server = Server::start();
    let setup = Setup {
        size: PHONE,
        dark: true,
        ..Setup::default()
    };
    let browser = Browser::with(server.base(), &setup);
    first_run(&browser);
    // The first number of an oklch colour is how light it is.
    let lightness = || {
        let colour = browser.js("getComputedStyle(document.body).backgroundColor");
        let text = colour.as_str().expect("a colour").to_owned();
        let number = text
            .strip_prefix("oklch(")
            .and_then(|rest| rest.split(' ').next());
        number
            .and_then(|n| n.parse::<f64>().ok())
            .unwrap_or_else(|| panic!("{text}"))
    };
    assert!(lightness() < 0.4, "the page is bright at night");
    browser.dark(false);
    assert!(lightness() > 0.8, "the page is dark by day");
}
