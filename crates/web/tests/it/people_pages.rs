//! The pages of who looks after the installation, and what somebody without a ledger sees.

use axum::http::StatusCode;

use crate::desk::Desk;
use crate::sign_in::{RIGHT, between};

/// The id of the person of this name in the list.
fn id_of(list: &str, name: &str) -> String {
    let (before, _) = list
        .split_once(&format!("\"><b>{name}</b>"))
        .unwrap_or_else(|| panic!("no {name} in {list}"));
    let (_, id) = before.rsplit_once("/people/").expect("a link");
    id.to_owned()
}

#[tokio::test]
async fn nobody_is_added_before_the_administrator_has_a_way_in() {
    let desk = Desk::of_mara().await;
    let page = desk.get("/people").await.text;
    assert!(
        page.contains("you have no way in of your own yet"),
        "{page}"
    );
    assert!(page.contains("href=\"/settings/sign-in\"") && !page.contains("action=\"/people\""));
    let answer = desk.post("/people", "name=Jun&role=seller").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text.contains("Sign-in"));
    let desk = desk.and_password().await;
    let link = desk
        .invited("name=Jun+Okafor&email=jun%40example.com&role=seller")
        .await;
    assert!(link.starts_with("/link/"));
    let taken = desk
        .post("/people", "name=Jo&email=JUN%40example.com&role=lead")
        .await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("has this address already") && taken.text.contains("value=\"Jo\""));
    let odd = desk.post("/people", "name=Jo&role=owner").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = desk.get("/people").await.text;
    assert!(page.contains("Jun Okafor") && page.contains("a link stands until"));
    assert!(!page.contains(&link), "a link is shown once");
}

#[tokio::test]
async fn people_are_changed_one_by_one() {
    let desk = Desk::with_password().await;
    desk.invited("name=Jun+Okafor&email=jun%40example.com&role=seller")
        .await;
    let jun = format!(
        "/people/{}",
        id_of(&desk.get("/people").await.text, "Jun Okafor")
    );
    assert_eq!(
        desk.post("/teams", "name=South").await.location(),
        "/teams?saved=1"
    );
    let taken = desk.post("/teams", "name=south").await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = desk.get(&jun).await.text;
    let team = between(
        &page,
        "<option value=\"\">None</option><option value=\"",
        "\"",
    )
    .to_owned();
    let saved = format!("{jun}?saved=1");
    for form in [
        "do=rename&name=Jun+O.&email=jun.o%40example.com".to_owned(),
        "do=roles&role=seller&role=lead".to_owned(),
        format!("do=team&team={team}&since="),
    ] {
        assert_eq!(desk.post(&jun, &form).await.location(), saved, "{form}");
    }
    let page = desk.get(&saved).await.text;
    assert!(page.contains("Kept.") && page.contains("Jun O.") && page.contains("In South since"));
    let future = desk
        .post(&jun, &format!("do=team&team={team}&since=2199-01-01"))
        .await;
    assert_eq!(future.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(desk.get("/teams").await.text.contains("1 person"));
    assert_eq!(desk.post(&jun, "do=deactivate").await.location(), saved);
    assert!(desk.get("/people").await.text.contains("may not come in"));
    assert_eq!(
        desk.post(&jun, "do=link").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(desk.post(&jun, "do=activate").await.location(), saved);
    // The last one who looks after it stays.
    let mara = format!(
        "/people/{}",
        id_of(&desk.get("/people").await.text, "Mara Lindqvist")
    );
    for form in ["do=deactivate", "do=roles&role=seller"] {
        let answer = desk.post(&mara, form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form}");
        assert!(answer.text.contains("somebody else"));
    }
    assert_eq!(
        desk.get("/people/nobody").await.status,
        StatusCode::NOT_FOUND
    );
    let odd = desk.post(&jun, "do=crown").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);

    let log = desk.get("/audit").await;
    for said in [
        "Changed roles",
        "Changed access",
        "Jun O.: seller -&#62; seller, lead",
    ] {
        assert!(log.text.contains(said), "{said} in {}", log.text);
    }
    let file = desk.post("/audit/file", "").await;
    assert!(file.header("content-type").starts_with("text/csv"));
    assert!(file.text.contains("standing") && !file.text.contains("Jun"));
}

#[tokio::test]
async fn the_log_is_read_page_by_page() {
    let desk = Desk::with_password().await;
    for n in 0..60 {
        desk.post("/teams", &format!("name=Team+{n}")).await;
    }
    let page = desk.get("/audit").await.text;
    assert!(page.contains("Team 59: added") && !page.contains("Team 5: added"));
    let older = between(&page, "/audit?before=", "\"");
    let older = desk.get(&format!("/audit?before={older}")).await.text;
    assert!(older.contains("Team 5: added") && !older.contains("Team 59: added"));
    assert!(older.contains("Signed in") && older.contains(">Newest<"));
}

#[tokio::test]
async fn everybody_sees_what_they_are_here_for() {
    let mut desk = Desk::with_password().await;
    for (name, role) in [
        ("lead", "lead"),
        ("tender", "administrator"),
        ("mentor", "mentor"),
    ] {
        let mara = desk.cookie.clone();
        let link = desk
            .invited(&format!(
                "name={name}&email={name}%40example.com&role={role}"
            ))
            .await;
        desk.cookie = String::new();
        let answer = desk.post(&link, &format!("password={RIGHT}")).await;
        let home = match role {
            "lead" => "/team",
            "administrator" => "/people",
            _ => "/settings",
        };
        assert_eq!(answer.location(), home);
        desk.keep_cookie(&answer);
        assert_eq!(desk.get("/").await.location(), home);
        let page = desk.get("/settings").await.text;
        let tends = role == "administrator";
        for (entry, there) in [
            ("href=\"/today\"", false),
            ("href=\"/noes\"", false),
            ("href=\"/team\"", role == "lead"),
            ("href=\"/people\"", tends),
            ("href=\"/audit\"", tends),
            ("action=\"/settings/workspace\"", tends),
            ("action=\"/settings/sharing\"", false),
            ("href=\"/settings/sign-in\"", true),
        ] {
            assert_eq!(page.contains(entry), there, "{role}: {entry}");
        }
        assert_eq!(desk.get("/today").await.status, StatusCode::FORBIDDEN);
        assert!(desk.get("/more").await.status.is_success());
        assert!(
            desk.get("/leave")
                .await
                .text
                .contains(&format!("href=\"{home}\">Stay"))
        );
        let people = desk.get("/people").await;
        assert_eq!(people.status.is_success(), tends);
        desk.cookie = mara;
    }
}

#[tokio::test]
async fn lists_are_read_by_sellers_and_changed_by_administrators() {
    let mut desk = Desk::with_password().await;
    let link = desk
        .invited("name=Jun&email=jun%40example.com&role=seller")
        .await;
    desk.cookie = String::new();
    let answer = desk.post(&link, &format!("password={RIGHT}")).await;
    desk.keep_cookie(&answer);
    let page = desk.get("/settings/reasons").await.text;
    assert!(
        page.contains("No need") && !page.contains("do\" value"),
        "{page}"
    );
    for (path, form) in [
        ("/settings/reasons", "do=add&label=Weather"),
        ("/settings/workspace", "workspace_zone=UTC&backup_folder="),
        ("/teams", "name=Mine"),
        ("/people", "name=Friend&role=administrator"),
    ] {
        assert_eq!(
            desk.post(path, form).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert!(!desk.get("/settings/reasons").await.text.contains("Weather"));
}
