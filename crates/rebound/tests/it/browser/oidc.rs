//! Another provider's sign-in page, in a real browser: its cookies, its redirects, and ours.

use serde_json::json;
use testkit::browser::Browser;
use testkit::oidc::{Provider, SECRET, person};
use testkit::server::Launch;

use super::first_run;

#[test]
fn a_provider_is_connected_and_lets_its_people_in() {
    let people = json!({
        "robin": person("Robin Ames", "robin@example.com", &[]),
        "jun": person("Jun Abara", "jun@example.com", &[]),
    });
    let Some(provider) = Provider::start(&people) else {
        return;
    };
    let mut launch = Launch::new().env("REBOUND_OIDC_CLIENT_SECRET", SECRET);
    for flag in provider.flags() {
        launch = launch.arg(flag);
    }
    let server = launch.start();
    let base = server.base().replace("127.0.0.1", "localhost");
    let sign_in_there = |browser: &Browser, who: &str| {
        browser.fill("input[name=login]", who);
        browser.fill("input[name=password]", "any");
        browser.click("button[type=submit]");
        browser.wait_for_text("Authorize");
        browser.click("button[type=submit]");
    };
    let browser = Browser::desktop(&base);
    first_run(&browser);
    browser.open("/settings/sign-in");
    browser.click("form[action='/provider/connect'] button");
    sign_in_there(&browser, "robin");
    browser.wait_for_text("Your account there lets you in here.");

    browser.open("/leave");
    browser.click("form[action='/leave'] button");
    browser.wait_for_path("/enter");
    browser.assert_accessible();
    browser.click("form[action='/enter/provider'] button");
    // They are signed in there already, and asked only whether they mind.
    browser.wait_for_text("Authorize");
    browser.click("button[type=submit]");
    browser.wait_for_path("/today");
    browser.wait_for_text("Robin Ames");

    let second = Browser::without_scripts(&base);
    second.open("/enter");
    second.click("form[action='/enter/provider'] button");
    sign_in_there(&second, "jun");
    second.wait_for_path("/today");
    second.wait_for_text("Jun Abara");
    browser.reload();
    browser.wait_for_text("Robin Ames");
}
