//! The ledger as a list, one attempt, and what is done to several at once.

use axum::http::StatusCode;

use crate::desk::Desk;
use crate::rows::{Row, add, ids_on};

#[tokio::test]
async fn an_empty_ledger_says_what_would_fill_it() {
    let desk = Desk::of_mara().await;
    let page = desk.get("/noes").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Nothing is logged yet.") && page.text.contains("href=\"/import\""));
    assert!(!page.text.contains("<table"));
}

#[tokio::test]
async fn lines_stand_under_their_day_and_open_their_attempt() {
    let desk = Desk::of_mara().await;
    add(
        &desk,
        Row::no("Ada Merrow, Whitlock Print").said("N6", "Our press maker bundles one."),
    )
    .await;
    add(&desk, Row::no("Wim Daalder").guessed("N4")).await;
    add(&desk, Row::of("Jo Undated", "no").undated()).await;
    add(&desk, Row::of("Greta Sandvall", "not_now")).await;
    let page = desk.get("/noes").await.text;
    assert!(
        page.contains("Today, ") && page.contains("No date"),
        "{page}"
    );
    assert!(
        page.contains("Has a supplier") && page.contains("<q>Our press maker bundles one.</q>")
    );
    assert!(
        page.contains("your guess") && page.contains("Add a reason") && page.contains("Set one")
    );
    assert!(!page.contains("Greta Sandvall"), "not now is no no");
    assert!(page.contains("<b>3</b> of 4 attempts"), "{page}");
    assert!(page.contains("no reason yet: 1") && page.contains("3 shown of 3"));
    let all = desk.get("/noes?o=all").await.text;
    assert!(all.contains("Greta Sandvall") && all.contains("4 shown of 4"));
    let by_name = desk.get("/noes?o=all&sort=who").await.text;
    let place = |name: &str| by_name.find(name).expect(name);
    assert!(
        place("<b>Ada Merrow") < place("<b>Greta Sandvall") && place("<b>Jo") < place("<b>Wim")
    );
    let found = desk.get("/noes?q=press+whit").await.text;
    assert!(found.contains("Ada Merrow") && !found.contains("Wim Daalder"));
    let none = desk.get("/noes?q=zzz").await.text;
    assert!(none.contains("Nothing matches."));
}

#[tokio::test]
async fn pages_follow_one_another_both_ways() {
    let desk = Desk::of_mara().await;
    for i in 0..120 {
        add(&desk, Row::no(&format!("Person {i:03}")).days_ago(i)).await;
    }
    let first = desk.get("/noes").await.text;
    assert!(first.contains("50 shown of 120") && first.contains("Person 000"));
    let older = link(&first, "next");
    let second = desk.get(&older).await.text;
    assert!(
        second.contains("Person 050") && !second.contains("Person 049"),
        "{second}"
    );
    let third = desk.get(&link(&second, "next")).await.text;
    assert!(third.contains("20 shown of 120") && third.contains("Person 119"));
    assert!(!third.contains("rel=\"next\""));
    let back = desk.get(&link(&third, "prev")).await.text;
    assert!(back.contains("Person 050") && back.contains("Person 099"));
    let home = desk.get(&link(&back, "prev")).await.text;
    assert!(home.contains("Person 000") && !home.contains("rel=\"prev\""));
    assert_eq!(
        desk.get("/noes?after=nonsense").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        desk.get("/noes?stage=nonsense").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

fn link(page: &str, rel: &str) -> String {
    let end = page
        .find(&format!("\" rel=\"{rel}\""))
        .unwrap_or_else(|| panic!("no {rel}"));
    let start = page[..end].rfind("href=\"").expect("a link") + 6;
    page[start..end].replace("&#38;", "&").replace("&amp;", "&")
}

#[tokio::test]
async fn a_reason_is_added_to_several_and_the_list_comes_back() {
    let desk = Desk::of_mara().await;
    add(&desk, Row::no("Ada Merrow")).await;
    add(&desk, Row::no("Wim Daalder")).await;
    let ids = ids_on(&desk.get("/noes").await.text);
    let form = format!("id={}&id={}&list=q%3Da", ids[0], ids[1]);
    let ask = desk.get(&format!("/noes/reason?{form}")).await;
    assert!(ask.text.contains("Ada Merrow") && ask.text.contains("Wim Daalder"));
    let wrong = desk
        .post(
            "/noes/reason",
            &format!("{form}&said_by=prospect&words=No+need"),
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Choose a reason") && wrong.text.contains("No need</textarea>"));
    let done = desk
        .post(
            "/noes/reason",
            &format!("{form}&reason=N1&said_by=prospect"),
        )
        .await;
    assert_eq!(done.location(), "/noes?q=a&done=reason&n=2");
    let page = desk.get("/noes?done=reason&n=2").await.text;
    assert!(page.contains("The reason was added to 2 attempts.") && page.contains("theirs"));
    assert!(page.contains("reason in their words: <b>2</b>"));
    // Nothing ticked: said, not failed.
    assert_eq!(
        desk.get("/noes/reason?list=").await.location(),
        "/noes?done=none&n=0"
    );
    assert_eq!(
        desk.get("/noes/reason?id=x").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn several_get_another_outcome_or_a_follow_up() {
    let desk = Desk::of_mara().await;
    add(&desk, Row::no("Ada Merrow")).await;
    add(&desk, Row::no("Wim Daalder")).await;
    let ids = ids_on(&desk.get("/noes").await.text);
    let form = format!("id={}&id={}", ids[0], ids[1]);
    let wrong = desk
        .post(
            "/noes/follow-up",
            &format!("{form}&due=2026-11-31&note=ask"),
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong
            .text
            .contains("Did you mean 30 November or 1 December?")
    );
    assert!(wrong.text.contains("value=\"ask\""));
    let done = desk
        .post("/noes/follow-up", &format!("{form}&soon=2035-01-31&due="))
        .await;
    assert_eq!(done.location(), "/noes?done=follow-up&n=2");
    assert!(desk.get("/noes").await.text.contains("31 Jan 2035"));
    let done = desk
        .post("/noes/outcome", &format!("{form}&outcome=no_reply"))
        .await;
    assert_eq!(done.location(), "/noes?done=outcome&n=2");
    assert!(desk.get("/noes").await.text.contains("None of these yet."));
    assert!(
        desk.get("/noes?o=no_reply")
            .await
            .text
            .contains("2 shown of 2")
    );
}

#[tokio::test]
async fn an_attempt_is_corrected_and_remembers_how_it_stood() {
    let desk = Desk::of_mara().await;
    let id = add(&desk, Row::no("Ada Merrow, Whitlock Print")).await;
    let place = format!("/attempts/{id}");
    let page = desk.get(&place).await;
    assert!(page.text.contains("Ada Merrow</a></h1>") && page.text.contains("Logged."));
    let form =
        "reason_prospect=N6&reason_guess=N4&reason_other=&words=Tied+in.&loss_kind=competitor";
    assert_eq!(
        desk.post(&place, form).await.location(),
        format!("{place}?saved=1")
    );
    let page = desk.get(&place).await.text;
    assert!(
        page.contains("Reason, their word: from nothing to Has a supplier."),
        "{page}"
    );
    assert!(page.contains("Reason, your guess: from nothing to Price or value."));
    assert!(page.contains("Tied in.</textarea>"));
    let wrong = desk
        .post(
            &place,
            "date=2026-02-30&time=10%3A00&zone=Europe%2FLisbon&stage=demo&segment=Print",
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("February has 28 days") && wrong.text.contains("value=\"Print\""));
    assert!(wrong.text.contains("value=\"demo\" selected"));
    let future = desk
        .post(&place, "date=2099-01-01&time=&zone=Europe%2FLisbon")
        .await;
    assert!(
        future.text.contains("lies in the future"),
        "{}",
        future.text
    );
    assert_eq!(
        desk.post(&format!("{place}/undo"), "").await.location(),
        place
    );
    let page = desk.get(&place).await.text;
    assert!(page.contains("This attempt was undone.") && page.contains("Undone."));
    assert!(
        desk.get("/noes")
            .await
            .text
            .contains("Nothing is logged yet.")
    );
    assert_eq!(
        desk.get("/attempts/nonsense").await.status,
        StatusCode::NOT_FOUND
    );
}
