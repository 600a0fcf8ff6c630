//! A gallery for people: every page on a phone and at a desk, by day and by night, with nothing, a
//! handful and a great many in the ledger. `cargo xtask look` makes it; somebody must look at it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use testkit::browser::{Browser, DESKTOP, PHONE};
use testkit::client::Client;
use testkit::server::{Launch, Server};
use testkit::tools;
use testkit::watched::Watch;

use super::{attempts, fill, team};

/// The pages that are there whatever the ledger holds.
const PAGES: [(&str, &str); 28] = [
    ("today", "/today"),
    ("noes", "/noes"),
    ("noes-all", "/noes?o=all"),
    ("noes-search", "/noes?q=ada"),
    ("evidence", "/evidence"),
    ("evidence-stages", "/evidence?by=stage"),
    ("evidence-pitches", "/evidence/pitches"),
    ("call-list", "/call-list"),
    ("import", "/import"),
    ("export", "/export"),
    ("settings", "/settings"),
    ("settings-reasons", "/settings/reasons"),
    ("settings-segments", "/settings/segments"),
    ("settings-pitches", "/settings/pitches"),
    ("settings-tokens", "/settings/tokens"),
    ("settings-sign-in", "/settings/sign-in"),
    ("people", "/people"),
    ("teams", "/teams"),
    ("audit", "/audit"),
    ("keys", "/keys"),
    ("more", "/more"),
    ("phone", "/phone"),
    ("leave", "/leave"),
    ("help", "/help"),
    ("breath", "/breath"),
    ("offline", "/offline"),
    ("not-there", "/no/such/page"),
    ("find-nobody", "/today?other=Somebody+New"),
];

#[test]
#[ignore = "a gallery for people: `cargo xtask look`"]
fn gallery() {
    let dir = tools::profile_dir().join("../look");
    let _ = std::fs::remove_dir_all(&dir);
    let server = Server::start();
    let browser = Browser::desktop(server.base());
    shoot(&browser, &dir, "empty", "welcome", "/welcome");
    let client = server.first_person();
    shoot(&browser, &dir, "empty", "enter", "/enter");
    enter(&browser);
    for (name, path) in PAGES {
        shoot(&browser, &dir, "empty", name, path);
    }

    let filled = fill::small(&server, &client);
    for (name, path) in PAGES {
        shoot(&browser, &dir, "small", name, path);
    }
    people(&browser, &dir, "small", &server, &filled.prospect);
    for (n, path) in filled.others.iter().enumerate() {
        let name: String = path
            .split(['?', '='])
            .next()
            .unwrap_or_default()
            .split('/')
            .filter(|part| part.len() < 16)
            .collect::<Vec<_>>()
            .join("-");
        shoot(
            &browser,
            &dir,
            "small",
            &format!("other-{n:02}{name}"),
            path,
        );
    }
    acts(&browser, &dir);
    several(&dir);

    let server = Server::start();
    let client = server.first_person();
    fill::huge(&server, 20_000);
    let filled = fill::small(&server, &client);
    let browser = Browser::desktop(server.base());
    enter(&browser);
    for (name, path) in PAGES {
        shoot(&browser, &dir, "huge", name, path);
    }
    people(&browser, &dir, "huge", &server, &filled.prospect);

    if let Some(server) = demo() {
        let browser = Browser::desktop(server.base());
        enter(&browser);
        for (name, path) in PAGES {
            shoot(&browser, &dir, "demo", name, path);
        }
        let who = attempts(&server)[0]["prospect"]
            .as_str()
            .expect("an id")
            .to_owned();
        people(&browser, &dir, "demo", &server, &who);
    }
}

fn enter(browser: &Browser) {
    // Nothing moves while a picture is taken.
    browser.dark(false);
    browser.open("/enter");
    browser.click("form button.primary");
    browser.wait_for_path("/today");
}

fn people(browser: &Browser, dir: &Path, ledger: &str, server: &Server, who: &str) {
    let newest = attempts(server)[0]["attempt"]
        .as_str()
        .expect("an id")
        .to_owned();
    for (name, path) in [
        ("prospect", format!("/prospects/{who}")),
        ("prospect-forget", format!("/prospects/{who}/forget")),
        ("attempt", format!("/attempts/{newest}")),
        ("logged", format!("/logged/{newest}")),
    ] {
        shoot(browser, dir, ledger, name, &path);
    }
}

/// A team, as who leads and looks after it sees it.
fn several(dir: &Path) {
    let mut server = Server::start();
    let here = team::several(&server, &server.first_person());
    server.restart();
    let browser = Browser::desktop(server.base());
    browser.open("/enter");
    browser.fill("#email", team::ROBIN);
    browser.fill("#password", team::PASSWORD);
    browser.click("form button.primary");
    browser.wait_for_path("/today");
    for (name, path) in [
        ("team", "/team"),
        ("team-rows", &here.shared),
        ("people", "/people"),
        ("people-same-name", "/people?name=Lena+Ostrow"),
        ("person-waiting", &here.waiting),
        ("person-out", &here.out),
        ("teams", "/teams"),
        ("audit", "/audit"),
        ("start", "/start"),
        ("link", &here.invitation),
        ("link-gone", "/link/used"),
    ] {
        shoot(&browser, dir, "several", name, path);
    }
}

/// What shows only after somebody did something.
fn acts(browser: &Browser, dir: &Path) {
    let sizes = [("phone", PHONE), ("desktop", DESKTOP)];
    for (device, size) in sizes {
        browser.resize(size);
        browser.open("/noes");
        browser.click("tbody .ticker");
        browser.wait_for(".bulk");
        browser.screenshot(&dir.join(format!("act-bulk-{device}-light.png")));
        browser.open("/today");
        browser.js("document.querySelector('[name=outcome][value=no_reply]').click()");
        browser.wait_for("#toast button");
        super::settled(browser);
        window(browser, &dir.join(format!("act-toast-{device}-light.png")));
        browser.open("/noes");
        browser.js("document.querySelector('.filter details').open = true");
        window(browser, &dir.join(format!("act-filter-{device}-light.png")));
    }
}

/// A picture of the window alone, as a person sees it without scrolling.
fn window(browser: &Browser, file: &Path) {
    browser.screenshot_window(file);
}

fn shoot(browser: &Browser, dir: &Path, ledger: &str, name: &str, path: &str) {
    for (device, size) in [("desktop", DESKTOP), ("phone", PHONE)] {
        browser.resize(size);
        browser.open(path);
        super::settled(browser);
        for (light, dark) in [("light", false), ("dark", true)] {
            // By night the whole of a great many pages says no more than the first.
            if dark && ledger != "small" {
                continue;
            }
            browser.dark(dark);
            let file = |what: &str| -> PathBuf {
                dir.join(format!("{ledger}-{name}-{device}-{light}{what}.png"))
            };
            browser.screenshot(&file(""));
            if device == "phone" && !dark {
                browser.screenshot_window(&file("-window"));
            }
        }
        browser.dark(false);
    }
}

/// The sample year, in the database that `--demo` fills.
fn demo() -> Option<Server> {
    let home = tempfile::tempdir().ok()?;
    let log = home.path().join("log");
    let demo = Watch::new(tools::rebound(), &log)
        .args(["--demo", "--bind", "127.0.0.1:0"])
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .without_env("REBOUND_DATABASE")
        .start();
    demo.wait_until(Duration::from_secs(120), |d| {
        d.printed().contains("Rebound is at").then_some(())
    })?;
    demo.stop();
    let file = home.keep().join("rebound/demo.db");
    let server = Launch::new()
        .database(format!("sqlite:{}", file.display()))
        .start();
    let client: Client = server.client();
    client.post_form("/enter", &[]);
    Some(server)
}
