//! Every page there is: accessible by day and by night, wide and narrow, and never wider than the
//! window.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;
use testkit::browser::{Browser, DESKTOP, PHONE};
use testkit::server::Server;

use super::{fill, team};

#[test]
fn every_page_is_accessible_and_fits() {
    let server = Server::start();
    let empty = server.client();
    let browser = Browser::desktop(server.base());
    let mut faults = Vec::new();
    look(&browser, "/welcome", &mut faults);
    empty.first_run("Robin Ames", "Europe/Berlin");
    look(&browser, "/enter", &mut faults);
    browser.open("/enter");
    browser.click("form button.primary");
    browser.wait_for_path("/today");
    for path in [
        "/today",
        "/noes",
        "/import",
        "/call-list",
        "/settings/segments",
    ] {
        look(&browser, path, &mut faults);
    }

    let client = server.client();
    client.post_form("/enter", &[]);
    let filled = fill::small(&server, &client);
    let pages = walk(&browser, &filled, &mut faults);
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );

    // The table of routes knows of no page that was not looked at.
    let routes = web::routes::table();
    let missed: Vec<&str> = routes
        .iter()
        .filter(|route| route.method == "GET" && !is_file(route.path))
        .map(|route| route.path)
        .filter(|path| !["/", "/welcome", "/enter", "/find"].contains(path))
        .filter(|path| !OF_SEVERAL.contains(path))
        .filter(|path| !pages.iter().any(|page| fits(path, page)))
        .collect();
    assert_eq!(missed, [""; 0], "pages nobody looked at");
}

/// Pages nobody alone on their computer comes to.
const OF_SEVERAL: [&str; 6] = [
    "/start",
    "/team",
    "/team/rows",
    "/team/rows/{person}",
    "/link/{token}",
    "/enter/provider/back",
];

#[test]
fn every_page_of_several_people_is_accessible_and_fits() {
    let mut server = Server::start();
    let robin = server.first_person();
    let here = team::several(&server, &robin);
    // Months that are over are counted when the program starts.
    server.restart();
    let browser = Browser::desktop(server.base());
    let mut faults = Vec::new();
    browser.open("/enter");
    browser.fill("#email", team::ROBIN);
    browser.fill("#password", team::PASSWORD);
    browser.click("form button.primary");
    browser.wait_for_path("/today");
    let pages = [
        "/team",
        "/team?month=190001",
        "/team/rows",
        &here.shared,
        "/people",
        "/people?name=Lena+Ostrow",
        &here.waiting,
        &here.out,
        "/teams",
        "/audit",
        "/settings/sign-in",
        "/settings/tokens",
        "/start",
        &here.invitation,
        "/link/used",
        "/enter/provider/back",
    ];
    for path in pages {
        look(&browser, path, &mut faults);
        reach(&browser, path, &mut faults);
    }
    for route in OF_SEVERAL {
        assert!(pages.iter().any(|page| fits(route, page)), "{route}");
    }
    browser.open("/team");
    assert_eq!(browser.count(".cut"), 2, "both tables are full");

    // What shows only after somebody did something: a refusal, a question, what is shown once.
    browser.open("/people");
    browser.fill("form[action='/people'] [name=name]", "Lena Ostrow");
    browser.click("form[action='/people'] button.primary");
    browser.wait_for_text("Say below whether they are theirs.");
    look_at(&browser, "a question", &mut faults);
    browser.click("[name=alike][value=other]");
    browser.click("form[action='/people'] button.primary");
    browser.wait_for("[data-copy]");
    look_at(&browser, "a link, shown once", &mut faults);
    browser.click("[data-copy]");
    browser.wait_for_text("Copied.");
    browser.open("/settings/tokens");
    browser.fill("#name", "The dialler");
    browser.click("button[value=add]");
    browser.wait_for("#secret");
    look_at(&browser, "a token, shown once", &mut faults);

    // Who mentors comes in by the link, and is told what there is.
    let jun = Browser::desktop(server.base());
    jun.open(&here.invitation);
    jun.fill("#email", "jun@example.com");
    jun.fill("#password", "a kettle and four stamps");
    jun.click("form button.primary");
    jun.wait_for_path("/start");
    for path in ["/start", "/today", "/more", "/settings"] {
        look(&jun, path, &mut faults);
        reach(&jun, path, &mut faults);
    }
    jun.open("/today");
    jun.click("main a.btn");
    jun.wait_for_path("/start");
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Notes what a thumb would miss on a phone: what is pressed and is less than 44 px high.
pub(super) fn reach(browser: &Browser, path: &str, faults: &mut Vec<String>) {
    browser.open(path);
    browser.resize(PHONE);
    let found = browser.js(
        "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]\
         .filter(e => e.offsetParent && !e.matches('.vh'))\
         .map(e => e.matches('[type=checkbox], [type=radio]') ? e.closest('label') : e)\
         .filter(e => e.getBoundingClientRect().height < 43.5)\
         .map(e => e.outerHTML.slice(0, 120))",
    );
    let found = found.as_array().cloned().unwrap_or_default();
    let small = found.iter().filter_map(Value::as_str);
    faults.extend(small.map(|e| format!("{path} (390 px): a small target: {e}")));
    browser.resize(DESKTOP);
}

fn is_file(path: &str) -> bool {
    ["/a/", "/api/", "/sw.js", "/app.webmanifest"]
        .iter()
        .any(|file| path.starts_with(file))
}

/// Whether a path is one of a route.
fn fits(route: &str, path: &str) -> bool {
    let (route, path): (Vec<&str>, Vec<&str>) =
        (route.split('/').collect(), path.split('/').collect());
    route.len() == path.len()
        && route
            .iter()
            .zip(&path)
            .all(|(r, p)| r.starts_with('{') || r == p)
}

/// Follows every link, one page of each shape; gives the paths seen.
fn walk(browser: &Browser, filled: &fill::Filled, faults: &mut Vec<String>) -> BTreeSet<String> {
    let mut shapes: BTreeMap<String, String> = BTreeMap::new();
    let mut paths = BTreeSet::new();
    let mut queue: VecDeque<String> = VecDeque::from(["/today".to_owned()]);
    queue.push_back(format!("/prospects/{}", filled.prospect));
    // Each of these is looked at, whatever its shape.
    for path in &filled.others {
        shapes.insert(path.clone(), path.clone());
        look(browser, path, faults);
        paths.insert(bare(path));
        queue.extend(links(browser));
    }
    while let Some(path) = queue.pop_front() {
        let shape = shape(&path);
        if is_file(&path) || shapes.contains_key(&shape) || shapes.contains_key(&path) {
            continue;
        }
        shapes.insert(shape, path.clone());
        look(browser, &path, faults);
        paths.insert(bare(&path));
        queue.extend(links(browser));
        assert!(shapes.len() < 150, "the walk has no end: {shapes:?}");
    }
    paths
}

fn bare(path: &str) -> String {
    path.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// A path without its ids, and the names of what is asked.
fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_id =
        |part: &str| part.len() >= 16 && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    let parts: Vec<&str> = path
        .split('#')
        .next()
        .unwrap_or_default()
        .split('/')
        .map(|part| if is_id(part) { "{}" } else { part })
        .collect();
    let mut names: Vec<&str> = query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .collect();
    names.sort_unstable();
    names.dedup();
    format!("{}?{}", parts.join("/"), names.join("&"))
}

fn links(browser: &Browser) -> Vec<String> {
    let found = browser.js(
        "[...document.querySelectorAll('a[href]')].map(a => new URL(a.href))\
         .filter(u => u.origin === location.origin).map(u => u.pathname + u.search)",
    );
    let found = found.as_array().cloned().unwrap_or_default();
    found
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Looks at one page in both lights and sizes.
pub(super) fn look(browser: &Browser, path: &str, faults: &mut Vec<String>) {
    browser.open(path);
    look_at(browser, path, faults);
}

/// As [`look`], at the page that is open.
pub(super) fn look_at(browser: &Browser, path: &str, faults: &mut Vec<String>) {
    let mut note = |how: &str, found: Vec<String>| {
        faults.extend(
            found
                .into_iter()
                .map(|fault| format!("{path} ({how}): {fault}")),
        );
    };
    note("wide", browser.axe());
    browser.dark(true);
    note("wide, dark", browser.axe_rules(&["color-contrast"]));
    browser.resize(PHONE);
    note("narrow, dark", browser.axe_rules(&["color-contrast"]));
    browser.dark(false);
    note("narrow", browser.axe());
    note("390 px", overflow(browser, 390));
    browser.resize((320, 700));
    note("320 px", overflow(browser, 320));
    browser.resize(DESKTOP);
    // A page that is not there, or refuses, says so in the browser's log, too.
    let complaints = browser.complaints();
    let real = complaints
        .into_iter()
        .filter(|line| !line.contains("status of 4"));
    note("console", real.collect());
}

/// What sticks out of the window, if anything makes the page scroll sideways.
fn overflow(browser: &Browser, width: u32) -> Vec<String> {
    let found = browser.js(&format!(
        "document.scrollingElement.scrollWidth <= {width} ? [] :\
         [...document.querySelectorAll('main *, nav *, header *')]\
         .filter(e => e.getBoundingClientRect().right > {width} + 1 && !e.closest('.scroll'))\
         .slice(0, 5).map(e => e.outerHTML.slice(0, 120))\
         .concat(['the page is ' + document.scrollingElement.scrollWidth + ' px wide'])"
    ));
    let found = found.as_array().cloned().unwrap_or_default();
    found
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
