//! The table of routes, walked.

use std::collections::HashSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use web::routes::{Access, Cache, Route, table};

use crate::desk::{Answer, Desk, HOST, ORIGIN};

/// The path with something in place of its parameters.
fn filled(route: &Route) -> String {
    route
        .path
        .split('/')
        .map(|part| match part {
            p if p.starts_with('{') => "00000000-0000-4000-8000-000000000000",
            p => p,
        })
        .collect::<Vec<_>>()
        .join("/")
}

async fn ask(desk: &Desk, route: &Route, json: bool) -> Answer {
    let mut request = Request::builder()
        .method(route.method.clone())
        .uri(filled(route))
        .header(header::HOST, HOST)
        .header(header::ORIGIN, ORIGIN)
        .header(header::COOKIE, &desk.cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if json {
        request = request.header(header::ACCEPT, "application/json");
    }
    desk.send(request.body(Body::empty()).expect("a request"))
        .await
}

#[test]
fn no_route_is_mounted_twice() {
    let mut seen = HashSet::new();
    for route in table() {
        assert!(
            seen.insert((route.method.clone(), route.path)),
            "{route:?} stands twice"
        );
        assert!(
            matches!(route.method, Method::GET | Method::POST | Method::PATCH),
            "{route:?}"
        );
        assert!(
            !route.name.is_empty() && !route.name.contains('/'),
            "{route:?}"
        );
        assert!(
            route.access == Access::Open || route.cache == Cache::Private,
            "{route:?}"
        );
    }
}

#[tokio::test]
async fn a_page_of_somebody_sends_strangers_to_the_door() {
    let fresh = Desk::fresh();
    let mut used = Desk::of_mara().await;
    used.cookie = String::new();
    let for_people = |r: &&Route| !matches!(r.access, Access::Open | Access::Api(_));
    for route in table().iter().filter(for_people) {
        assert_eq!(
            ask(&fresh, route, false).await.location(),
            "/welcome",
            "{route:?}"
        );
        // Where they wanted to go comes along, if it is a page.
        let answer = ask(&used, route, false).await;
        let place = answer.location();
        assert!(
            place == "/enter"
                || (route.method == Method::GET && place.starts_with("/enter?next=%2F")),
            "{route:?}: {place}"
        );
        let answer = ask(&used, route, true).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{route:?}");
        assert!(
            answer.text.contains("\"enter\":\"/enter"),
            "{route:?}: {}",
            answer.text
        );
    }
    // A cookie that opens nothing is no cookie.
    used.cookie = format!(
        "rebound-{}={}",
        &used.app.workspace().id[..8],
        "0".repeat(64)
    );
    assert_eq!(used.get("/today").await.location(), "/enter");
}

#[tokio::test]
async fn every_route_answers_and_says_how_long_it_may_be_kept() {
    let desk = Desk::of_mara().await;
    for route in table() {
        let answer = ask(&desk, &route, false).await;
        assert!(
            answer.status.as_u16() < 500,
            "{route:?}: {} {}",
            answer.status,
            answer.text
        );
        assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{route:?}");
        assert_eq!(
            answer.header("x-content-type-options"),
            "nosniff",
            "{route:?}"
        );
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{route:?}"
        );
        let kept = answer.header("cache-control");
        let expected = match route.cache {
            _ if !answer.status.is_success() => "private, no-store",
            Cache::Immutable => "public, max-age=31536000, immutable",
            Cache::Revalidate => "no-cache",
            Cache::Private => "private, no-store",
        };
        assert_eq!(kept, expected, "{route:?}");
    }
}

/// The path of a page that is there: of this attempt, of this prospect, of this person.
fn whole(route: &Route, [attempt, prospect, person]: &[String; 3]) -> String {
    let id = match route.path.split('/').nth(1) {
        Some("prospects") => prospect,
        Some("people" | "team") => person,
        Some("settings") => "reasons",
        _ => attempt,
    };
    let parts = route.path.split('/');
    let parts = parts.map(|p| if p.starts_with('{') { id } else { p });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn looking_changes_nothing() {
    let desk = Desk::with_password().await;
    let filled = desk.app.write(|act| {
        let zone = domain::Zone::utc();
        let me = app::session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone)?;
        let admin = me.administrator().expect("she looks after it");
        let all = domain::Role::ALL.iter().copied().collect();
        app::accounts::set_roles(act, &admin, me.id(), all)?;
        let team = app::accounts::add_team(act, &admin, "North")?;
        let long_ago = act.now.as_microsecond() - 120 * 86_400_000_000;
        app::accounts::set_team(act, &admin, me.id(), Some(team.id), Some(long_ago))?;
        let who = app::ledger::WhoRef::Text("Ada Merrow".into());
        let mut new = app::ledger::NewAttempt::new(who, domain::Outcome::No);
        // In a month that is over and not counted yet.
        let day = zone.day_of(act.now - jiff::SignedDuration::from_hours(24 * 40));
        new.at = Some(domain::When::Day(day));
        let seller = me.seller().expect("she sells");
        let logged = app::ledger::log(act, &seller, new)?.attempt;
        Ok([
            logged.id.to_string(),
            logged.prospect.to_string(),
            me.id().to_string(),
        ])
    });
    let ids = filled.await.expect("filled");
    let file = desk.app.database().to_string();
    let file = file.trim_start_matches("sqlite:");
    let beside = rusqlite::Connection::open(file).expect("the ledger");
    // Changes when anybody else wrote.
    let written = || -> i64 {
        let version = beside.query_row("PRAGMA data_version", [], |row| row.get(0));
        version.expect("a number")
    };
    let pages = |r: &&Route| r.method == Method::GET && !matches!(r.access, Access::Api(_));
    for route in table().iter().filter(pages) {
        let before = written();
        let path = whole(route, &ids);
        let answer = desk.get(&path).await;
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.text);
        assert_eq!(written(), before, "GET {path} wrote");
    }
    let before = written();
    desk.post("/log", "other=Bo+Ferrant&outcome=no").await;
    assert_ne!(written(), before, "what is written is seen");
}

#[tokio::test]
async fn what_is_not_there_is_said_calmly() {
    let desk = Desk::of_mara().await;
    let answer = desk.get("/nothing/here").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text.contains("Nothing is here") && answer.text.contains("href=\"/\""));
    let answer = desk.get("/undo/x").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(
        desk.get("/logged/not-an-id").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        desk.get("/a/rebound.css").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn help_is_on_every_page_and_pages_are_whole() {
    let desk = Desk::of_mara().await;
    for route in table().iter().filter(|r| r.method == Method::GET) {
        let answer = ask(&desk, route, false).await;
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        assert!(answer.text.contains("Need someone now?"), "{route:?}");
        assert!(
            answer.text.contains("href=\"#main\"") && answer.text.contains("id=\"main\""),
            "{route:?}"
        );
        assert_eq!(answer.text.matches("<h1").count(), 1, "{route:?}");
        assert!(
            !answer.text.contains(" style=") && !answer.text.contains("<script>"),
            "{route:?}"
        );
        assert!(!answer.text.contains(" onclick"), "{route:?}");
    }
}
