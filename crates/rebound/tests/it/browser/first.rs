//! The first run, and the first page.

use testkit::browser::{Browser, Setup};
use testkit::server::{Launch, Server};
use testkit::tls::Authority;

use super::{first_run, said};

#[test]
fn a_fresh_installation_begins_with_a_name() {
    let server = Server::start();
    let browser = Browser::desktop(server.base());
    browser.open("/noes");
    browser.wait_for_path("/welcome");
    browser.wait_for_text("Who can read it");
    // The browser knows its zone.
    let zone = browser.js("Intl.DateTimeFormat().resolvedOptions().timeZone");
    assert_eq!(browser.value("#zone"), zone);
    // Without a name nothing begins, and the page says so itself.
    browser.click("form button.primary");
    assert_eq!(browser.path(), "/welcome");
    browser.fill("#name", "Robin Ames");
    browser.click("form button.primary");
    browser.wait_for_path("/today");
    browser.wait_for_text("Nothing is logged yet.");
    assert!(browser.text(".nav .foot").contains("Robin Ames"));
    // It happens once.
    browser.open("/welcome");
    assert_ne!(browser.path(), "/welcome");
    let other = Browser::desktop(server.base());
    other.open("/today");
    other.wait_for_path("/enter");
    other.click("form button.primary");
    other.wait_for_path("/today");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_first_page_is_light_and_stands_still() {
    let server = Server::start();
    let browser = Browser::desktop(server.base());
    browser.open("/");
    assert_eq!(browser.path(), "/welcome");
    light(&browser);
    first_run(&browser);
    for who in ["Ada Merrow, Whitlock Print", "Bram Osei", "Cleo Tarn"] {
        super::log(&server, "no", who);
    }
    let fresh = Browser::desktop(server.base());
    fresh.open("/enter");
    fresh.click("form button.primary");
    fresh.wait_for_path("/today");
    still(&fresh);
    fresh.reload();
    still(&fresh);
    // Once more as it comes over the wire: kept nowhere, handed on by nobody.
    fresh.devtools("Network.enable", serde_json::json!({}));
    fresh.devtools("Network.clearBrowserCache", serde_json::json!({}));
    let bypass = serde_json::json!({"bypass": true});
    fresh.devtools("Network.setBypassServiceWorker", bypass);
    fresh.reload();
    light(&fresh);
}

/// The page, its styles and scripts stay under 60 kB, as they travel.
fn light(browser: &Browser) {
    let sum = "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]\
        .filter(e => !e.name.endsWith('/sw.js'))\
        .reduce((sum, e) => sum + e.encodedBodySize, 0)";
    let bytes = browser.js(sum).as_u64().expect("a sum");
    let each = browser.js("[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(e => e.name + ' ' + e.encodedBodySize)");
    assert!(
        bytes > 5_000,
        "the browser does not say what it loaded: {bytes}"
    );
    assert!(
        bytes < 60_000,
        "{} weighs {bytes} bytes: {each}",
        browser.path()
    );
}

/// Nothing moves when scripts start.
fn still(browser: &Browser) {
    let shift = browser.js("new Promise(ok => { let sum = 0;\
         new PerformanceObserver(l => { for (const e of l.getEntries()) sum += e.value; })\
           .observe({ type: 'layout-shift', buffered: true });\
         setTimeout(() => ok(sum), 400); })");
    let shift = shift.as_f64().expect("a sum");
    assert!(shift < 0.01, "{} moved by {shift}", browser.path());
}

/// Whoever could come from elsewhere has to know what the terminal says.
#[test]
fn beyond_this_computer_it_asks_for_the_token() {
    let server = Launch::new().interface("0.0.0.0").start();
    let printed = server.printed();
    let token = printed
        .lines()
        .find_map(|line| line.split_once("is asked for this once: "))
        .map(|(_, token)| token.trim().to_owned())
        .unwrap_or_else(|| panic!("no token is printed: {printed}"));
    let browser = Browser::desktop(server.base());
    browser.open("/");
    browser.wait_for_path("/welcome");
    browser.fill("#name", "Robin Ames");
    browser.fill("#token", "perhaps-this-one");
    browser.click("form button.primary");
    browser.wait_for_text("That is not the token.");
    assert_eq!(
        browser.value("#name"),
        "Robin Ames",
        "nothing typed is lost"
    );
    browser.clear("#token");
    browser.fill("#token", &token);
    browser.click("form button.primary");
    browser.wait_for_path("/today");
}

/// Over https with a certificate of one's own, as the page “On your phone” tells it.
#[test]
fn https_with_an_authority_of_ones_own() {
    let authority = Authority::new(&[]);
    let server = Launch::new()
        .arg("--tls-cert")
        .arg(authority.cert())
        .arg("--tls-key")
        .arg(authority.key())
        .start();
    assert!(server.base().starts_with("https://"), "{}", server.base());
    let setup = Setup {
        trusted: Some(authority.ca()),
        ..Setup::default()
    };
    let browser = Browser::with(server.base(), &setup);
    first_run(&browser);
    // What a phone asks for before it keeps pages for use without a network.
    assert_eq!(browser.js("isSecureContext"), true);
    browser.js("navigator.serviceWorker.ready.then(r => r.scope)");
    let installable = browser.devtools("Page.getInstallabilityErrors", serde_json::json!({}));
    let errors = installable["installabilityErrors"].as_array();
    assert_eq!(errors.map(Vec::len), Some(0), "{installable}");
    browser.fill("#find", "Ada Merrow");
    browser.click(".key[value=no]");
    browser.wait_for_text("That was a no.");
    assert_eq!(said(&server), ["Ada Merrow: no"]);
}
