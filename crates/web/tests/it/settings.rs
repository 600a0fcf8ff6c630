//! Settings, and the lists to choose from.

use axum::http::StatusCode;

use crate::desk::Desk;

#[tokio::test]
async fn the_profile_is_kept_and_what_is_wrong_is_said() {
    let desk = Desk::of_mara().await;
    let page = desk.get("/settings").await.text;
    assert!(
        page.contains("value=\"Mara Lindqvist\"")
            && page.contains("<option selected>Europe/Lisbon")
    );
    let wrong = desk
        .post("/settings/profile", "name=&zone=Asia%2FTokyo")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("Write the name") && wrong.text.contains("<option selected>Asia/Tokyo")
    );
    let done = desk
        .post("/settings/profile", "name=Mara+L&zone=Asia%2FTokyo")
        .await;
    assert_eq!(done.location(), "/settings?saved=1");
    let page = desk.get("/settings?saved=1").await.text;
    assert!(page.contains("Kept.") && page.contains("value=\"Mara L\""));
    assert!(page.contains("data-keys=\"off\""));
    let wrong = desk
        .post(
            "/settings/workspace",
            "workspace_zone=UTC&backup_folder=here",
        )
        .await;
    assert!(wrong.text.contains("Write the whole path") && wrong.text.contains("value=\"here\""));
    desk.post(
        "/settings/workspace",
        "workspace_zone=Europe%2FOslo&backup_folder=%2Fsrv%2Fkept",
    )
    .await;
    assert!(
        desk.get("/settings")
            .await
            .text
            .contains("value=\"/srv/kept\"")
    );
}

#[tokio::test]
async fn reasons_are_renamed_moved_hidden_and_added() {
    let desk = Desk::of_mara().await;
    let place = "/settings/reasons";
    let page = desk.get(place).await.text;
    assert!(page.find("No need") < page.find("Bad time"));
    desk.post(place, "do=rename&code=N1&label=Nothing+to+solve")
        .await;
    desk.post(place, "do=down&code=N1&label=Nothing+to+solve")
        .await;
    let page = desk.get(place).await.text;
    assert!(
        page.find("Bad time") < page.find("Nothing to solve"),
        "{page}"
    );
    let taken = desk.post(place, "do=rename&code=N1&label=bad+TIME").await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("is there already") && taken.text.contains("value=\"bad TIME\""));
    desk.post(place, "do=hide&code=N2&label=Bad+time").await;
    assert!(
        desk.get(place)
            .await
            .text
            .contains("Hidden: not offered any more.")
    );
    let empty = desk.post(place, "do=add&label=").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    desk.post("/settings/segments", "do=add&label=Packaging")
        .await;
    assert!(
        desk.get("/settings/segments")
            .await
            .text
            .contains("value=\"Packaging\"")
    );
    assert_eq!(
        desk.get("/settings/colours").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn ones_rows_are_shared_by_oneself_and_not_for_ever() {
    let desk = Desk::of_mara().await;
    let page = desk.get("/settings").await.text;
    assert!(page.contains("Let the lead of my team read my rows"));
    desk.post("/settings/sharing", "share=on").await;
    let page = desk.get("/settings").await.text;
    assert!(page.contains("may read your attempts") && page.contains("Stop sharing them"));
    desk.post("/settings/sharing", "share=off").await;
    assert!(desk.get("/settings").await.text.contains("Let the lead"));
    let log = desk.get("/audit").await.text;
    assert!(log.contains("lets the lead of their team read their rows"));
    assert!(log.contains("stopped letting the lead of their team read their rows"));
}

#[tokio::test]
async fn the_language_is_one_of_the_list_or_stays() {
    let desk = Desk::of_mara().await;
    desk.post("/settings/profile", "name=Mara&zone=UTC&language=pt")
        .await;
    let page = desk.get("/settings").await.text;
    assert!(page.contains("<option value=\"pt\" selected>Portuguese"));
    let odd = desk
        .post("/settings/profile", "name=Mara&zone=UTC&language=%3Cb%3E")
        .await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    desk.post("/settings/profile", "name=Mara&zone=UTC").await;
    assert!(
        desk.get("/settings")
            .await
            .text
            .contains("<option value=\"pt\" selected>")
    );
}
