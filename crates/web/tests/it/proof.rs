//! Adding a way in asks who signed in a while ago to sign in once more.

use app::{App, session};
use axum::http::StatusCode;
use domain::Zone;
use store::tables::session as kept;

use crate::desk::{Desk, ORIGIN};
use crate::sign_in::RIGHT;

/// As if everybody had signed in so many minutes earlier.
async fn earlier(app: &App, minutes: i64) {
    let moved = app.write(move |act| {
        let me = session::at_keyboard(act, Some("Mara Lindqvist"), "", &Zone::utc())?;
        for s in kept::of(act.tx, me.id())? {
            kept::end(act.tx, &s.hash)?;
            let began = s.created_at - minutes * 60_000_000;
            kept::begin(act.tx, &s.hash, me.id(), began, &s.agent, &s.way)?;
        }
        Ok(())
    });
    moved.await.expect("moved");
}

#[tokio::test]
async fn a_browser_left_open_gives_nobody_a_way_in() {
    let mut desk = Desk::with_password().await;
    assert!(
        desk.get("/settings/sign-in")
            .await
            .text
            .contains("/passkeys")
    );
    earlier(&desk.app, 11).await;
    let again = "/enter?again=1&next=%2Fsettings%2Fsign-in";
    let page = desk.get("/settings/sign-in").await.text;
    assert!(page.contains("Sign in once more"), "{page}");
    assert!(page.contains(&again.replace('&', "&amp;")), "{page}");
    assert!(!page.contains("data-passkey=\"/passkeys\""), "{page}");
    // The password in place shows it as well.
    assert!(page.contains("id=\"present\""), "{page}");
    let asked = desk.post_json("/passkeys/begin", "").await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    let said: serde_json::Value = serde_json::from_str(&asked.text).expect("JSON");
    assert_eq!(said["enter"], again, "{said}");
    let page = desk.get("/settings/tokens").await.text;
    assert!(
        page.contains("Sign in once more") && !page.contains("Make it"),
        "{page}"
    );
    let form = "do=add&name=Dialler&may=write";
    let made = desk.post("/settings/tokens", form).await;
    assert_eq!(made.location(), "/enter?again=1&next=%2Fsettings%2Ftokens");
    let none = desk.post("/settings/tokens", "do=end&id=00").await;
    assert_eq!(
        none.status,
        StatusCode::NOT_FOUND,
        "ending one asks for nothing"
    );

    // There, and back.
    let page = desk.get(again).await.text;
    for said in [
        "Sign in once more",
        "name=\"again\"",
        "value=\"/settings/sign-in\"",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    let place = desk
        .as_other(&format!(
            "email=mara%40example.com&password={RIGHT}&again=1&next=%2Fsettings%2Fsign-in"
        ))
        .await;
    assert_eq!(place, "/settings/sign-in");
    let begun = desk
        .post_with("/passkeys/begin", "", &[("origin", ORIGIN)])
        .await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    assert_eq!(
        desk.post("/settings/tokens", form).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn who_is_alone_without_a_way_in_is_asked_for_nothing() {
    let desk = Desk::of_mara().await;
    earlier(&desk.app, 60 * 24).await;
    let begun = desk.post_json("/passkeys/begin", "").await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    desk.and_password().await;
}
