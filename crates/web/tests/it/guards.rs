//! What is kept out.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::desk::{Desk, ORIGIN, config};

async fn status_for_host(desk: &Desk, host: &str) -> StatusCode {
    let request = Request::get("/today")
        .header(header::HOST, host)
        .body(Body::empty());
    desk.send(request.expect("a request")).await.status
}

#[tokio::test]
async fn only_its_own_names_are_answered() {
    let desk = Desk::fresh();
    for good in ["localhost:7700", "127.0.0.1:7700", "[::1]:7700"] {
        assert_eq!(
            status_for_host(&desk, good).await,
            StatusCode::SEE_OTHER,
            "{good}"
        );
    }
    for bad in [
        "evil.example",
        "evil.example:7700",
        "localhost",
        "localhost:80",
        "127.0.0.1.evil.example:7700",
        "",
    ] {
        assert_eq!(
            status_for_host(&desk, bad).await,
            StatusCode::MISDIRECTED_REQUEST,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn changes_come_from_our_own_pages_only() {
    let desk = Desk::of_mara().await;
    let form = "other=Joost+Hallema&outcome=no";
    let refused: [&[(&str, &str)]; 5] = [
        &[],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ];
    for headers in refused {
        let answer = desk.post_with("/log", form, headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(answer.text.contains("nothing was changed"));
    }
    assert!(
        desk.get("/find?q=joost").await.text.contains("[]"),
        "something was logged"
    );
    let answer = desk
        .post_with("/log", form, &[("sec-fetch-site", "same-origin")])
        .await;
    assert!(answer.location().starts_with("/logged/"));
}

#[tokio::test]
async fn too_much_is_refused() {
    let desk = Desk::of_mara().await;
    let answer = desk
        .post("/log", &format!("outcome=no&other={}", "x".repeat(100_000)))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("nothing was saved"), "{}", answer.text);
    // Announced, it is not even read.
    let headers = [("origin", ORIGIN), ("content-length", "99999999")];
    let answer = desk.post_with("/log", "outcome=no&other=x", &headers).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts() {
    let desk = Desk::fresh();
    let answer = desk.post("/welcome", "name=Mara&zone=UTC").await;
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(
        !cookie.contains("Secure"),
        "plain http would never send it back: {cookie}"
    );
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure_and_the_token_is_asked_for() {
    let public = web::Config {
        public_url: "https://rebound.example".into(),
        ..config()
    };
    let mut desk = Desk::with(&public);
    let there = |desk: &Desk, path: &str, form: Option<&str>| {
        let request = Request::builder()
            .method(if form.is_some() { "POST" } else { "GET" })
            .uri(path)
            .header(header::HOST, "rebound.example")
            .header(header::ORIGIN, "https://rebound.example")
            .header(header::COOKIE, &desk.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.unwrap_or_default().to_owned()));
        request.expect("a request")
    };
    let page = desk.send(there(&desk, "/welcome", None)).await;
    assert!(page.text.contains("name=\"token\""));
    let wrong = desk
        .send(there(
            &desk,
            "/welcome",
            Some("name=Mara&zone=UTC&token=guess"),
        ))
        .await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    assert!(wrong.text.contains("That is not the token") && wrong.text.contains("value=\"Mara\""));
    let right = Some("name=Mara&zone=UTC&token=a-token-of-the-terminal");
    let answer = desk.send(there(&desk, "/welcome", right)).await;
    assert_eq!(answer.location(), "/today");
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-rebound-") && cookie.contains("; Secure"),
        "{cookie}"
    );
    desk.keep_cookie(&answer);
    assert_eq!(
        desk.send(there(&desk, "/today", None)).await.status,
        StatusCode::OK
    );

    // Another browser, elsewhere: no name is shown before the token.
    desk.cookie = String::new();
    let page = desk.send(there(&desk, "/enter", None)).await;
    assert!(page.text.contains("name=\"token\"") && !page.text.contains("Mara"));
    let answer = desk
        .send(there(&desk, "/enter", Some("token=a-token")))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = desk
        .send(there(
            &desk,
            "/enter",
            Some("token=a-token-of-the-terminal"),
        ))
        .await;
    assert_eq!(answer.location(), "/today");
}

#[tokio::test]
async fn on_this_computer_one_press_goes_on_and_leaving_ends_it() {
    let mut desk = Desk::of_mara().await;
    assert_eq!(
        desk.get("/welcome").await.location(),
        "/today",
        "the first run comes once"
    );
    let old = std::mem::take(&mut desk.cookie);
    assert_eq!(desk.get("/welcome").await.location(), "/enter");
    let page = desk.get("/enter").await;
    assert!(page.text.contains("Go on as Mara Lindqvist"));
    let answer = desk.post("/enter", "").await;
    desk.keep_cookie(&answer);
    assert!(desk.get("/today").await.status.is_success());

    let answer = desk.post("/leave", "").await;
    assert_eq!(answer.location(), "/enter");
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(
        desk.get("/today").await.location(),
        "/enter",
        "the session is over"
    );
    desk.cookie = old;
    assert!(
        desk.get("/today").await.status.is_success(),
        "the other browser stays signed in"
    );
}

#[tokio::test]
async fn a_first_run_keeps_what_was_typed_and_says_what_is_wrong() {
    let desk = Desk::fresh();
    let answer = desk.post("/welcome", "name=&zone=Asia%2FTokyo").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.text.contains("Write the name")
            && answer.text.contains("<option selected>Asia/Tokyo")
    );
    let answer = desk.post("/welcome", "name=Mara&zone=Mars%2FOlympus").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("no time zone") && answer.text.contains("value=\"Mara\""));
    assert_eq!(desk.get("/enter").await.location(), "/welcome");
}
