//! Coming in by password and by link, as a browser without scripts does it, and as somebody tries
//! who should not.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};

use crate::desk::{Answer, Desk, HOST, ORIGIN, config};

pub(crate) const RIGHT: &str = "lanterns+by+the+river";

/// The text between two others.
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).expect("an end").0
}

/// What a page shows this once: a link, or a token.
pub(crate) fn shown_once(page: &str) -> &str {
    let (_, rest) = page.split_once("<textarea").expect("a field");
    between(rest, ">", "</textarea>")
}

impl Desk {
    /// Mara has set a password.
    pub(crate) async fn with_password() -> Self {
        Self::of_mara().await.and_password().await
    }

    pub(crate) async fn and_password(mut self) -> Self {
        let form = format!("email=mara%40example.com&password={RIGHT}");
        let answer = self.post("/settings/password", &form).await;
        assert_eq!(answer.location(), "/settings/sign-in?saved=1");
        self.keep_cookie(&answer);
        self
    }

    /// Adds somebody and gives the path of the link to hand over.
    pub(crate) async fn invited(&self, form: &str) -> String {
        let answer = self.post("/people", form).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let link = shown_once(&answer.text);
        link.strip_prefix(ORIGIN)
            .expect("a link of ours")
            .to_owned()
    }

    /// Comes in with another browser.
    pub(crate) async fn as_other(&mut self, form: &str) -> String {
        self.cookie = String::new();
        let answer = self.post("/enter", form).await;
        let place = answer.location().to_owned();
        self.keep_cookie(&answer);
        place
    }

    pub(crate) async fn knock(&self, peer: &str, forwarded: Option<&str>, email: &str) -> Answer {
        let mut request = Request::post("/enter")
            .header(header::HOST, HOST)
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(line) = forwarded {
            request = request.header("x-forwarded-for", line);
        }
        let peer: SocketAddr = peer.parse().expect("an address");
        let body = Body::from(format!("email={email}%40example.com&password=wrong"));
        let request = request.extension(ConnectInfo(peer)).body(body);
        self.send(request.expect("a request")).await
    }
}

#[tokio::test]
async fn a_password_once_set_is_asked_for_on_this_computer_too() {
    let mut desk = Desk::with_password().await;
    desk.cookie = String::new();
    let page = desk.get("/enter").await.text;
    assert!(
        page.contains("Sign in") && page.contains("current-password"),
        "{page}"
    );
    assert!(
        !page.contains("Mara"),
        "no name before somebody has signed in"
    );
    let answer = desk.post("/enter", "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let wrong = desk
        .post("/enter", "email=mara%40example.com&password=guess")
        .await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    assert!(wrong.text.contains("value=\"mara@example.com\"") && !wrong.text.contains("guess"));
    let place = desk
        .as_other(&format!("email=Mara%40example.com&password={RIGHT}"))
        .await;
    assert_eq!(place, "/today");
    assert!(desk.get("/today").await.status.is_success());
}

#[tokio::test]
async fn known_and_unknown_people_are_answered_alike() {
    let desk = Desk::with_password().await;
    let ask = async |email: &str| {
        let form = format!("email={email}%40example.com&password=guess");
        let mut answer = desk.post("/enter", &form).await;
        answer.text = answer.text.replace(&format!("{email}@"), "@");
        answer
    };
    let (known, unknown) = (ask("mara").await, ask("nobody").await);
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    assert_eq!(
        known.headers.keys().collect::<Vec<_>>(),
        unknown.headers.keys().collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn the_browsers_session_is_a_new_one_after_signing_in() {
    let mut desk = Desk::with_password().await;
    let planted = desk.cookie.clone();
    let form = format!("email=mara%40example.com&password={RIGHT}");
    let answer = desk.post("/enter", &form).await;
    desk.keep_cookie(&answer);
    assert_ne!(desk.cookie, planted);
    assert!(desk.get("/today").await.status.is_success());
    desk.cookie = planted;
    assert_eq!(
        desk.get("/today").await.location(),
        "/enter",
        "the old one is over"
    );
    // A token somebody made up is never taken for a session.
    let name = desk.cookie.split('=').next().unwrap_or_default().to_owned();
    let made_up = format!("{name}={}", "ab".repeat(32));
    desk.cookie = made_up.clone();
    let answer = desk.post("/enter", &form).await;
    desk.keep_cookie(&answer);
    assert_ne!(desk.cookie, made_up);
}

#[tokio::test]
async fn after_signing_in_only_pages_of_ours_come_next() {
    let desk = Desk::with_password().await;
    for (next, place) in [
        ("/noes", "/noes"),
        ("/noes?outcome=no", "/noes?outcome=no"),
        ("/settings/sign-in", "/settings/sign-in"),
        ("", "/today"),
        ("//evil.example", "/today"),
        ("///evil.example", "/today"),
        ("/\\evil.example", "/today"),
        ("https://evil.example/noes", "/today"),
        ("javascript:alert(1)", "/today"),
        ("/noes/../../evil", "/today"),
        ("/nowhere", "/today"),
        ("/enter", "/today"),
        ("/noes\r\nset-cookie: x=y", "/today"),
        (" /noes\t", "/noes"),
        ("/noes evil", "/today"),
        ("/today@evil.example", "/today"),
    ] {
        let pairs = [("email", "mara@example.com"), ("next", next)];
        let mut form = format!("password={RIGHT}");
        for (name, value) in pairs {
            let value: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
            form.push_str(&format!("&{name}={value}"));
        }
        let answer = desk.post("/enter", &form).await;
        assert_eq!(answer.location(), place, "{next:?}");
        assert!(!answer.headers.contains_key("x"), "{next:?}");
    }
    let page = desk.get("/enter?next=%2Fnoes").await.text;
    assert!(page.contains("name=\"next\" value=\"/noes\""));
    // Who is not signed in is led there and back.
    let mut desk = desk;
    desk.cookie = String::new();
    let asked = desk.get("/noes?outcome=no").await.location().to_owned();
    assert_eq!(asked, "/enter?next=%2Fnoes%3Foutcome%3Dno");
    let page = desk.get(&asked).await.text;
    assert!(
        page.contains("name=\"next\" value=\"/noes?outcome=no\""),
        "{page}"
    );
    let page = desk.get("/enter?next=%2F%2Fevil.example").await.text;
    assert!(!page.contains("evil"));
}

#[tokio::test]
async fn tries_are_counted_and_nobody_counts_as_somebody_else() {
    let behind = web::Config {
        trusted_proxies: vec!["10.0.0.0/8".parse().expect("a network")],
        ..config()
    };
    let mut desk = Desk::with(&behind);
    let answer = desk.post("/welcome", "name=Mara&zone=UTC").await;
    desk.keep_cookie(&answer);
    let desk = desk.and_password().await;
    let most = desk.app.thresholds().address_tries;
    // A stranger who makes up where they come from is counted as who they are.
    for n in 0..most {
        let line = format!("198.51.100.{n}, 192.0.2.{n}");
        let answer = desk
            .knock("203.0.113.9:4000", Some(&line), &format!("p{n}"))
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{n}");
    }
    let answer = desk
        .knock("203.0.113.9:4001", Some("198.51.100.77"), "q")
        .await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.text.contains("in 15 minutes."), "{}", answer.text);
    let wait: i64 = answer.header("retry-after").parse().expect("seconds");
    assert!((840..=900).contains(&wait), "{wait}");
    // Behind the proxy each visitor stands for themselves, whatever they wrote before it.
    let line = "127.0.0.1, 203.0.113.9";
    let answer = desk.knock("10.1.2.3:4000", Some(line), "q").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let answer = desk.knock("10.1.2.3:4000", Some("203.0.113.10"), "q").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_link_lets_in_once_and_its_address_goes_nowhere() {
    let mut desk = Desk::with_password().await;
    let link = desk.invited("name=Jun+Okafor&email=&role=lead").await;
    let mara = std::mem::take(&mut desk.cookie);
    let page = desk.get(&link).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Welcome, Jun Okafor") && page.text.contains("new-password"));
    assert_eq!(page.header("referrer-policy"), "strict-origin");
    assert_eq!(page.header("cache-control"), "private, no-store");
    assert_eq!(
        desk.get(&link).await.text,
        page.text,
        "looking uses nothing up"
    );
    let weak = desk
        .post(&link, "email=jun%40example.com&password=short")
        .await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        weak.text.contains("at least 10 characters")
            && weak.text.contains("value=\"jun@example.com\"")
    );
    // From another site it does nothing.
    let form = format!("email=jun%40example.com&password={RIGHT}");
    let elsewhere = desk
        .post_with(&link, &form, &[("origin", "https://evil.example")])
        .await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    let answer = desk.post(&link, &form).await;
    assert_eq!(answer.location(), "/team", "a lead's first page");
    desk.keep_cookie(&answer);
    assert!(desk.get("/settings").await.status.is_success());
    let (used, never) = (
        desk.get(&link).await,
        desk.get(&format!("/link/{}", "0".repeat(64))).await,
    );
    let nonsense = desk.get("/link/..%2Fx").await;
    for answer in [&used, &nonsense, &desk.post(&link, &form).await] {
        assert_eq!((answer.status, &answer.text), (never.status, &never.text));
    }
    assert_eq!(never.status, StatusCode::NOT_FOUND);
    // A new way in, and the old session is over.
    let jun = std::mem::replace(&mut desk.cookie, mara);
    let page = desk.get("/people").await.text;
    let person = between(&page, "<a href=\"/people/", "\"><b>Jun");
    let person = person
        .rsplit_once("/people/")
        .map_or(person, |(_, id)| id)
        .to_owned();
    let answer = desk.post(&format!("/people/{person}"), "do=link").await;
    let reset = shown_once(&answer.text).replace(ORIGIN, "");
    assert!(answer.text.contains("new password"));
    assert_eq!(
        desk.post(&reset, "password=a+kettle+and+four+stamps")
            .await
            .location(),
        "/team"
    );
    desk.cookie = jun;
    assert_eq!(
        desk.get("/settings").await.location(),
        "/enter?next=%2Fsettings"
    );
}

#[tokio::test]
async fn browsers_are_listed_and_signed_out() {
    let mut desk = Desk::with_password().await;
    let first = desk.cookie.clone();
    desk.as_other(&format!("email=mara%40example.com&password={RIGHT}"))
        .await;
    let page = desk.get("/settings/sign-in").await.text;
    assert_eq!(page.matches("This browser, in use now").count(), 1);
    let id = between(&page, "name=\"id\" value=\"", "\"").to_owned();
    for wrong in ["", "zz", &"0".repeat(32), &"f".repeat(40)] {
        let answer = desk
            .post("/settings/browsers", &format!("do=end&id={wrong}"))
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    desk.post("/settings/browsers", &format!("do=end&id={id}"))
        .await;
    let second = std::mem::replace(&mut desk.cookie, first);
    assert_eq!(desk.get("/today").await.location(), "/enter");
    desk.cookie = second.clone();
    desk.as_other(&format!("email=mara%40example.com&password={RIGHT}"))
        .await;
    desk.post("/settings/browsers", "do=others").await;
    assert!(desk.get("/today").await.status.is_success());
    desk.cookie = second;
    assert_eq!(desk.get("/today").await.location(), "/enter");
}
