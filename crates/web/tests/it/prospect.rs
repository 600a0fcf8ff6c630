//! A prospect's page, and everything that can be done on it.

use axum::http::StatusCode;

use crate::desk::Desk;
use crate::rows::{Row, add, prospect_of};

async fn ada(desk: &Desk) -> String {
    let row = Row::no("Ada Merrow, Whitlock Print").said("N6", "Tied in till spring.");
    let id = add(desk, row).await;
    format!("/prospects/{}", prospect_of(desk, id).await)
}

#[tokio::test]
async fn details_are_kept_and_lead_to_a_call() {
    let desk = Desk::of_mara().await;
    let place = ada(&desk).await;
    let page = desk.get(&place).await.text;
    assert!(page.contains("<h1>Ada Merrow</h1>") && page.contains("Whitlock Print"));
    assert!(page.contains("Tied in till spring.") && !page.contains("tel:"));
    let form = "name=Ada+Merrow&company=Whitlock+Print&email=nonsense&phone=020+7946+0182&segment=Print&language=&zone=";
    let wrong = desk.post(&format!("{place}/edit"), form).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("is no e-mail address")
            && wrong.text.contains("value=\"020 7946 0182\"")
    );
    let form = form.replace("nonsense", "ada%40whitlock.example");
    let done = desk.post(&format!("{place}/edit"), &form).await;
    assert_eq!(done.location(), format!("{place}?done=edited"));
    let page = desk.get(&place).await.text;
    assert!(
        page.contains("href=\"tel:02079460182\"")
            && page.contains("href=\"mailto:ada@whitlock.example\"")
    );
    assert!(page.contains("Contact details changed."));
}

#[tokio::test]
async fn notes_say_who_reads_them() {
    let desk = Desk::of_mara().await;
    let place = ada(&desk).await;
    assert!(
        desk.get(&place)
            .await
            .text
            .contains("Everybody who sells here can read these.")
    );
    let empty = desk.post(&format!("{place}/note"), "note=+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text.contains("Write the note first."));
    desk.post(&format!("{place}/note"), "note=%3Cb%3EJo+decides")
        .await;
    let page = desk.get(&place).await.text;
    assert!(page.contains("&#60;b&#62;Jo decides") || page.contains("&lt;b&gt;Jo decides"));
}

#[tokio::test]
async fn what_was_asked_is_respected_and_can_be_taken_back() {
    let desk = Desk::of_mara().await;
    let place = ada(&desk).await;
    desk.post(&format!("{place}/contact"), "stop=1").await;
    let page = desk.get(&place).await.text;
    assert!(page.contains("Do not contact.") && page.contains("They may be contacted again"));
    assert!(desk.get("/noes").await.text.contains("left alone"));
    desk.post(&format!("{place}/contact"), "stop=0").await;
    assert!(!desk.get(&place).await.text.contains("Do not contact."));
}

#[tokio::test]
async fn follow_ups_are_set_moved_done_and_dropped() {
    let desk = Desk::of_mara().await;
    let place = ada(&desk).await;
    let acts = format!("{place}/follow-ups");
    let wrong = desk.post(&acts, "do=set&due=&note=Ring+Jo").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Choose the day") && wrong.text.contains("value=\"Ring Jo\""));
    desk.post(&acts, "do=set&due=2035-03-01&note=Ring+Jo").await;
    let page = desk.get(&place).await.text;
    assert!(page.contains("1 Mar 2035") && page.contains("Ring Jo"));
    let id = page
        .split("name=\"follow_up\" value=\"")
        .nth(1)
        .expect("a follow-up");
    let id = id.split('"').next().unwrap_or_default().to_owned();
    let moved = desk
        .post(&acts, &format!("do=move&follow_up={id}&due=2035-04-01"))
        .await;
    assert_eq!(moved.location(), format!("{place}#coming"));
    assert!(desk.get(&place).await.text.contains("1 Apr 2035"));
    desk.post(&acts, &format!("do=done&follow_up={id}")).await;
    assert!(!desk.get(&place).await.text.contains("1 Apr 2035"));
    assert_eq!(
        desk.post(&acts, "do=done&follow_up=").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_deal_opens_closes_and_opens_again() {
    let desk = Desk::of_mara().await;
    let place = ada(&desk).await;
    let wrong = desk
        .post(&format!("{place}/deals"), "title=Rota&value=much")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("is not an amount") && wrong.text.contains("value=\"Rota\""));
    desk.post(
        &format!("{place}/deals"),
        "title=Rota&value=1%2C250.00&currency=eur",
    )
    .await;
    let page = desk.get(&place).await.text;
    assert!(
        page.contains("<b>Rota</b>") && page.contains("€1,250"),
        "{page}"
    );
    let deal = page
        .split("/deals/")
        .find(|rest| rest.contains("/close"))
        .expect("a deal");
    let deal = deal.split('/').next().unwrap_or_default().to_owned();
    let prospect = place.strip_prefix("/prospects/").unwrap_or_default();
    let bare = desk
        .post(
            &format!("/deals/{deal}/close"),
            &format!("prospect={prospect}"),
        )
        .await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = desk
        .post(
            &format!("/deals/{deal}/close"),
            &format!("prospect={prospect}&outcome=yes"),
        )
        .await;
    assert_eq!(done.location(), format!("{place}?done=closed#deals"));
    let page = desk.get(&place).await.text;
    assert!(page.contains("Closed with a yes on ") && page.contains("Negotiation, call."));
    desk.post(
        &format!("/deals/{deal}/reopen"),
        &format!("prospect={prospect}"),
    )
    .await;
    assert!(desk.get(&place).await.text.contains("Close it"));
}

#[tokio::test]
async fn two_become_one_and_two_again() {
    let desk = Desk::of_mara().await;
    let place = ada(&desk).await;
    let other = add(&desk, Row::no("A. Merrow")).await;
    let other = prospect_of(&desk, other).await;
    let found = desk.get(&format!("{place}/merge?q=merrow")).await.text;
    assert!(found.contains("A. Merrow") && found.contains(&other));
    let ask = desk.get(&format!("{place}/merge?with={other}")).await.text;
    assert!(ask.contains("the same?"));
    let done = desk
        .post(&format!("{place}/merge"), &format!("with={other}"))
        .await;
    assert_eq!(done.location(), format!("{place}?done=merged"));
    assert_eq!(
        desk.get(&format!("/prospects/{other}")).await.location(),
        place
    );
    assert!(
        desk.get(&place)
            .await
            .text
            .contains("Merged with <b>A. Merrow</b>")
    );
    desk.post(&format!("/prospects/{other}/unmerge"), "").await;
    assert!(
        desk.get(&format!("/prospects/{other}"))
            .await
            .text
            .contains("<h1>A. Merrow</h1>")
    );
}

#[tokio::test]
async fn forgetting_says_what_goes_and_then_it_is_gone() {
    let desk = Desk::of_mara().await;
    let place = ada(&desk).await;
    desk.post(&format!("{place}/note"), "note=Plays+the+cello")
        .await;
    let ask = desk.get(&format!("{place}/forget")).await.text;
    for said in [
        "What goes",
        "What stays",
        "keyed hash",
        "test guesses",
        "cannot be taken back",
    ] {
        assert!(ask.contains(said), "{said}");
    }
    let done = desk.post(&format!("{place}/forget"), "").await;
    assert_eq!(done.location(), format!("{place}?done=forgotten"));
    let page = desk.get(&place).await.text;
    assert!(page.contains("<h1>Forgotten prospect</h1>") && page.contains("Has a supplier"));
    for gone in ["Ada", "Whitlock", "spring", "cello"] {
        assert!(!page.contains(gone), "{gone}");
    }
    assert_eq!(
        desk.get(&format!("{place}/forget")).await.status,
        StatusCode::CONFLICT
    );
    assert_eq!(
        desk.get(&format!("{place}/merge")).await.status,
        StatusCode::CONFLICT
    );
    let again = desk.post(&format!("{place}/note"), "note=x").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

/// Where the first link to an attempt leads.
fn attempt_in(page: &str) -> String {
    let rest = page.split("href=\"/attempts/").nth(1).expect("an attempt");
    let id = rest.split('"').next().unwrap_or_default();
    format!("/attempts/{id}")
}

#[tokio::test]
async fn an_attempt_with_somebody_forgotten_offers_only_what_can_be_done() {
    let desk = Desk::of_mara().await;
    let place = ada(&desk).await;
    let attempt = attempt_in(&desk.get(&place).await.text);
    let before = desk.get(&attempt).await.text;
    assert!(before.contains("Set one") && before.contains("What they said"));
    desk.post(&format!("{place}/forget"), "").await;
    let page = desk.get(&attempt).await.text;
    assert!(page.contains("were forgotten") && page.contains("Undo this attempt"));
    for refused in ["Set one", "What they said", "/follow-ups"] {
        assert!(!page.contains(refused), "{refused}");
    }
    // What is still offered is done.
    let kept = desk
        .post(
            &attempt,
            "reason_guess=N4&outcome=no&stage=demo&channel=call",
        )
        .await;
    assert_eq!(kept.location(), format!("{attempt}?saved=1"));
}

#[tokio::test]
async fn a_name_that_went_with_its_attempt_says_so_and_comes_back() {
    let desk = Desk::of_mara().await;
    let logged = desk.post("/log", "other=Ada+Merow&outcome=no_reply").await;
    let id = logged.location().split("done=").nth(1).unwrap_or_default();
    let id = id.split('&').next().unwrap_or_default().to_owned();
    let who = prospect_of(&desk, id.parse().expect("an id")).await;
    desk.post(&format!("/undo/{id}"), "").await;
    assert!(!desk.get("/find?q=Merow").await.text.contains("Merow"));
    let place = format!("/prospects/{who}");
    let page = desk.get(&place).await.text;
    assert!(page.contains("<h1>Ada Merow</h1>") && page.contains("stand in no list"));
    desk.post("/log", &format!("who={who}&outcome=no_reply"))
        .await;
    assert!(desk.get("/find?q=Merow").await.text.contains("Merow"));
    assert!(!desk.get(&place).await.text.contains("stand in no list"));
}

#[tokio::test]
async fn a_language_and_a_zone_are_said_in_words() {
    let desk = Desk::of_mara().await;
    let place = ada(&desk).await;
    let form = "name=Ada+Merrow&company=Whitlock+Print&email=&phone=&segment=Print&language=pt-PT&zone=Europe%2FLisbon";
    desk.post(&format!("{place}/edit"), form).await;
    let page = desk.get(&place).await.text;
    assert!(page.contains("Whitlock Print, Print, Portuguese, Lisbon time"));
}
