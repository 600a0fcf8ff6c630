//! What somebody does who means harm, each attack as one test. Requests that are too
//! slow or too large have files of their own; what is broken into headers and log lines over a real
//! connection is tried on the running program.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use web::routes::{Access, Route, table};

use crate::access::field_names;
use crate::desk::{Answer, Desk, HOST, ORIGIN};
use crate::sign_in::{RIGHT, shown_once};

const NOBODYS: &str = "00000000-0000-4000-8000-000000000000";

/// A route's path with something in place of its parameters.
pub(crate) fn filled(route: &Route) -> String {
    let parts = route.path.split('/');
    let parts = parts.map(|p| if p.starts_with('{') { NOBODYS } else { p });
    parts.collect::<Vec<_>>().join("/")
}

/// Percent-encodes every byte.
fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

pub(crate) fn is_for_programs(route: &Route) -> bool {
    matches!(route.access, Access::Api(_))
}

/// Asks with the desk's cookie and exactly these headers beside it.
async fn ask(desk: &Desk, method: &Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, &desk.cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.send(request.body(Body::empty()).expect("a request"))
        .await
}

/// Changes when anybody wrote to the ledger.
fn version(desk: &Desk) -> impl Fn() -> i64 {
    let file = desk.app.database().to_string();
    let beside = rusqlite::Connection::open(file.trim_start_matches("sqlite:")).expect("opened");
    move || {
        let version = beside.query_row("PRAGMA data_version", [], |row| row.get(0));
        version.expect("a number")
    }
}

#[tokio::test]
async fn csrf_no_route_takes_a_change_from_another_site() {
    let desk = Desk::with_password().await;
    let written = version(&desk);
    let before = written();
    let longer = format!("{ORIGIN}.evil.example");
    let port = format!("{ORIGIN}0");
    let elsewhere: [&[(&str, &str)]; 11] = [
        &[],
        &[("referer", ORIGIN)],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", &longer)],
        &[("origin", &port)],
        &[("origin", "https://localhost:7700")],
        &[("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
        &[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "same-origin"),
        ],
        &[("sec-fetch-site", "same-site")],
    ];
    let mut tried = 0;
    for route in table() {
        if route.method == Method::GET {
            continue;
        }
        for from in elsewhere {
            let headers = [&[("host", HOST)], from].concat();
            let answer = ask(&desk, &route.method, &filled(&route), &headers).await;
            // Programs show a token and no cookie opens anything there.
            let refused = match is_for_programs(&route) {
                true => StatusCode::UNAUTHORIZED,
                false => StatusCode::FORBIDDEN,
            };
            assert_eq!(answer.status, refused, "{route:?} {from:?}");
            assert!(
                is_for_programs(&route) || answer.text.contains("nothing was changed"),
                "{route:?} {from:?}: {}",
                answer.text
            );
            assert!(!answer.headers.contains_key("set-cookie"), "{route:?}");
            tried += 1;
        }
        // No other site may read an answer or ask beforehand whether it may.
        let asked = [("host", HOST), ("origin", "https://evil.example")];
        let answer = ask(&desk, &Method::OPTIONS, &filled(&route), &asked).await;
        let allowed = answer
            .headers
            .keys()
            .any(|n| n.as_str().starts_with("access-control"));
        assert!(!allowed, "{route:?}");
    }
    assert!(tried > 500, "{tried}");
    assert_eq!(written(), before, "something was changed");
}

#[tokio::test]
async fn session_fixation_no_way_in_keeps_the_session_that_was_put_there() {
    let mut desk = Desk::of_mara().await;
    let name = desk.cookie.split('=').next().unwrap_or_default().to_owned();
    let made_up = format!("{name}={}", "ab".repeat(32));
    // Each way in, taken with a session somebody else holds, and with one somebody made up.
    let invited = async |desk: &Desk| {
        let add = |act: &mut app::Act<'_, '_>| {
            let zone = domain::Zone::utc();
            let mara = app::session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone)?;
            let who = mara.administrator().expect("she looks after it");
            let new = app::accounts::add(act, &who, "Jun", "", domain::Roles::NONE)?;
            Ok(app::accounts::make_link(act, &who, new.id)?.0)
        };
        desk.app.write(add).await
    };
    let alone = ("/enter".to_owned(), String::new());
    let ways = async |desk: &Desk, n: usize| match n {
        0 => alone.clone(),
        1 => {
            let form = format!("email=mara%40example.com&password={RIGHT}");
            ("/enter".to_owned(), form)
        }
        _ => {
            let link = invited(desk).await.expect("a link");
            let form = format!(
                "email={}%40example.com&password={RIGHT}",
                &link.to_string()[..8]
            );
            (format!("/link/{link}"), form)
        }
    };
    for n in 0..3 {
        if n == 1 {
            let form = format!("email=mara%40example.com&password={RIGHT}");
            let set = desk.post("/settings/password", &form).await;
            assert_eq!(set.location(), "/settings/sign-in?saved=1");
        }
        for planted in [desk.cookie.clone(), made_up.clone()] {
            let (path, form) = ways(&desk, n).await;
            desk.cookie = planted.clone();
            let answer = desk.post(&path, &form).await;
            assert_eq!(
                answer.status,
                StatusCode::SEE_OTHER,
                "{path}: {}",
                answer.text
            );
            desk.keep_cookie(&answer);
            assert_ne!(desk.cookie, planted, "{path}");
            assert_eq!(desk.get("/settings").await.status, StatusCode::OK, "{path}");
            let mine = std::mem::replace(&mut desk.cookie, planted);
            assert_ne!(desk.get("/settings").await.status, StatusCode::OK, "{path}");
            desk.cookie = mine;
        }
        if n == 0 {
            let answer = desk.post("/enter", "").await;
            desk.keep_cookie(&answer);
        }
    }
    // Nor is a session taken from an address or a form.
    let token = desk.cookie.split('=').nth(1).unwrap_or_default().to_owned();
    desk.cookie = String::new();
    let asked = desk
        .get(&format!("/settings?{name}={token}&session={token}"))
        .await;
    assert!(asked.location().starts_with("/enter"));
}

/// Places outside, in every spelling that some browser or library once took for one.
const OUTSIDE: &[&str] = &[
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/noes/..//evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example/noes",
    "http://localhost:7700@evil.example/noes",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//noes",
    "java\tscript:alert(1)",
    "data:text/html,evil",
    "@evil.example",
    ".evil.example",
    ":80@evil.example",
    "/noes\r\nlocation: https://evil.example",
    "/noes%0d%0alocation:%20https://evil.example",
    "/noes\u{2028}evil",
    "\u{ff0f}/evil.example",
];

/// Whether a browser that is sent there stays with us.
fn is_ours(place: &str) -> bool {
    let plain = place.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    plain && place.starts_with('/') && !place.starts_with("//")
}

#[tokio::test]
async fn open_redirect_nothing_sent_leads_away() {
    let mut desk = Desk::with_password().await;
    for outside in OUTSIDE {
        let next = encoded(outside);
        let form = format!("email=mara%40example.com&password={RIGHT}&next={next}");
        let answer = desk.post("/enter", &form).await;
        assert_eq!(answer.location(), "/today", "{outside:?}");
        desk.keep_cookie(&answer);
        let page = desk.get(&format!("/enter?next={next}")).await.text;
        assert!(
            !page.contains("evil") && !page.contains("alert"),
            "{outside:?}"
        );
    }
    // Asked for as a page by who is not signed in.
    let cookie = std::mem::take(&mut desk.cookie);
    for path in [
        "//evil.example/noes",
        "/%2fevil.example",
        "/noes//evil.example",
    ] {
        let answer = desk.get(path).await;
        let place = answer.header("location");
        assert!(place.is_empty() || is_ours(place), "{path}: {place}");
    }
    desk.cookie = cookie;
    // Under every name that any form of ours sends, on every route.
    let names = field_names();
    for route in table().iter().filter(|r| !is_for_programs(r)) {
        for outside in ["//evil.example", "https://evil.example", "x\r\nx-forged: 1"] {
            let value = encoded(outside);
            let all: Vec<String> = names.iter().map(|n| format!("{n}={value}")).collect();
            let (path, all) = (filled(route), all.join("&"));
            let answer = match route.method == Method::GET {
                true => desk.get(&format!("{path}?{all}")).await,
                false => desk.post(&path, &all).await,
            };
            let place = answer.header("location");
            let what = format!("{route:?} with {outside:?}: {place}");
            assert!(place.is_empty() || is_ours(place), "{what}");
            assert!(answer.status.as_u16() < 500, "{what} {}", answer.text);
            assert!(!answer.headers.contains_key("x-forged"), "{what}");
            if route.path == "/leave" {
                desk.as_other(&format!("email=mara%40example.com&password={RIGHT}"))
                    .await;
            }
        }
    }
    assert_eq!(
        desk.get("/today").await.status,
        StatusCode::OK,
        "still signed in"
    );
}

#[tokio::test]
async fn host_spoofing_no_route_answers_to_a_name_that_is_not_its_own() {
    let desk = Desk::with_password().await;
    let written = version(&desk);
    let before = written();
    for route in table() {
        let path = filled(&route);
        // A name of the attacker's that was made to lead to this computer: DNS rebinding.
        let origin = ("origin", "http://evil.example:7700");
        for host in [
            "evil.example:7700",
            "localhost.evil.example:7700",
            "0.0.0.0:7700",
        ] {
            let headers = [("host", host), origin, ("sec-fetch-site", "same-origin")];
            let answer = ask(&desk, &route.method, &path, &headers).await;
            assert_eq!(
                answer.status,
                StatusCode::MISDIRECTED_REQUEST,
                "{route:?} {host}"
            );
            assert!(!answer.text.contains("Mara"), "{route:?} {host}");
            assert!(
                !answer.headers.contains_key("set-cookie"),
                "{route:?} {host}"
            );
        }
        // The name in the address counts, whatever the header beside it says.
        let absolute = format!("http://evil.example:7700{path}");
        let headers = [("host", HOST), ("origin", ORIGIN)];
        let answer = ask(&desk, &route.method, &absolute, &headers).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{route:?}");
    }
    assert_eq!(written(), before, "something was changed");
    for host in [
        "localhost:7700\u{7f}",
        "",
        "localhost:7700,evil.example",
        "localhost:7700 ",
    ] {
        let Ok(value) = HeaderValue::from_str(host) else {
            continue;
        };
        let request = Request::get("/today").header(header::HOST, value);
        let answer = desk
            .send(request.body(Body::empty()).expect("a request"))
            .await;
        assert!(
            host.trim() == HOST || answer.status == StatusCode::MISDIRECTED_REQUEST,
            "{host:?}"
        );
    }
    // What a proxy may say about names is not heard: a link that is handed over leads here.
    let headers = [
        ("origin", ORIGIN),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-server", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-host", "evil.example"),
        ("x-original-url", "/more"),
        ("x-rewrite-url", "/more"),
        ("forwarded", "host=evil.example;proto=https"),
    ];
    let form = "name=Jun+Okafor&email=&role=lead";
    let page = desk.post_with("/people", form, &headers).await.text;
    let link = shown_once(&page);
    assert!(link.starts_with(&format!("{ORIGIN}/link/")), "{link}");
    assert!(!page.contains("evil"));
}

#[tokio::test]
async fn rate_limit_by_account_holds_from_wherever_one_tries() {
    let desk = Desk::with_password().await;
    let most = desk.app.thresholds().account_tries;
    // Each try from another address, and the last one from yet another.
    for n in 0..most {
        let answer = desk
            .knock(&format!("203.0.113.{n}:4000"), None, "mara")
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{n}");
    }
    for email in ["mara", "MARA", "%20mara"] {
        let answer = desk.knock("198.51.100.7:4000", None, email).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
        assert!(!answer.header("retry-after").is_empty());
    }
    // The right password does not end it either, and another account is not slowed.
    let form = format!("email=mara%40example.com&password={RIGHT}");
    let answer = desk.post("/enter", &form).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let answer = desk.knock("198.51.100.7:4000", None, "jun").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn rate_limit_by_address_cannot_be_talked_out_of() {
    let desk = Desk::with_password().await;
    let most = desk.app.thresholds().address_tries;
    // Nobody is a trusted proxy here: what a visitor writes about themselves counts for nothing.
    let knock = async |n: i64| {
        let forwarded = format!("198.51.100.{n}");
        let request = Request::post("/enter")
            .header(header::HOST, HOST)
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-forwarded-for", &forwarded)
            .header("x-forwarded-for", "127.0.0.1")
            .header("x-real-ip", &forwarded)
            .header("true-client-ip", &forwarded)
            .header("forwarded", format!("for={forwarded}"))
            .extension(axum::extract::ConnectInfo(std::net::SocketAddr::from((
                [203, 0, 113, 9],
                4000 + u16::try_from(n).expect("a port"),
            ))))
            .body(Body::from(format!(
                "email=p{n}%40example.com&password=wrong"
            )));
        desk.send(request.expect("a request")).await.status
    };
    for n in 0..most {
        assert_eq!(knock(n).await, StatusCode::FORBIDDEN, "{n}");
    }
    for n in most..most + 3 {
        assert_eq!(knock(n).await, StatusCode::TOO_MANY_REQUESTS, "{n}");
    }
    let answer = desk.knock("203.0.113.10:4000", None, "p").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "another address");
}
