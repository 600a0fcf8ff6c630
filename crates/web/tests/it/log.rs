//! Logging, undoing and going on, without scripts.

use axum::http::StatusCode;

use crate::desk::Desk;

/// What stands in a named field of a page.
fn after<'t>(text: &'t str, before: &str) -> &'t str {
    let at = text
        .find(before)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    let rest = &text[at + before.len()..];
    rest.split('"').next().unwrap_or_default()
}

#[tokio::test]
async fn a_no_is_logged_in_one_post_and_undone_in_another() {
    let desk = Desk::of_mara().await;
    let page = desk.get("/today").await;
    assert!(page.text.contains("Nothing is logged yet."));

    let answer = desk
        .post(
            "/log",
            "other=Joost+Hallema%2C+Birk+%26+Daughters&outcome=no",
        )
        .await;
    let place = answer.location().to_owned();
    let page = desk.get(&place).await;
    assert!(
        page.text
            .contains("That was a no. Fine if it stings, fine if it doesn’t.")
    );
    assert!(
        page.text
            .contains("Joost Hallema, Birk &#38; Daughters, saved")
    );
    for three in ["Next prospect", "Take a breath", "Look at it later"] {
        assert!(page.text.contains(three), "{three}");
    }
    assert!(!page.text.contains("sting\""), "no vault, no sting row");

    let page = desk.get("/today").await;
    assert!(
        page.text.contains("1 attempt so far, and no yes yet."),
        "{}",
        page.text
    );
    // Said once.
    assert!(!page.text.contains("From 1 attempt"));
    assert!(page.text.contains("1 attempt: 1 no"));

    let id = place.strip_prefix("/logged/").expect("an id");
    let answer = desk.post(&format!("/undo/{id}"), "").await;
    let page = desk.get(answer.location()).await;
    assert!(page.text.contains("Taken back: No, Joost Hallema."));
    assert!(page.text.contains("<b>0</b> attempts"));
    assert_eq!(desk.get(&place).await.location(), answer.location());
}

#[tokio::test]
async fn other_outcomes_come_back_to_today_with_an_undo() {
    let desk = Desk::of_mara().await;
    for (outcome, label) in [("no_reply", "No reply"), ("yes", "Yes")] {
        let answer = desk
            .post("/log", &format!("other=Ilse+Brandt&outcome={outcome}"))
            .await;
        let page = desk.get(answer.location()).await;
        assert!(
            page.text
                .contains(&format!("<span>{label}, Ilse Brandt</span>")),
            "{}",
            page.text
        );
        assert!(page.text.contains("formaction=\"/undo/"));
    }
    let page = desk.get("/today").await;
    assert!(page.text.contains("Your last attempt was a yes."));
    assert!(page.text.contains("From 2 attempts, 1 of them yes."));
    let answer = desk.post("/log", "other=Ilse+Brandt&outcome=not_now").await;
    let page = desk.get(answer.location()).await;
    assert!(
        page.text.contains("Not now, Ilse Brandt. Back on "),
        "{}",
        page.text
    );
    assert!(page.text.contains("1 attempt since your last yes."));
}

#[tokio::test]
async fn a_reason_takes_one_press_and_says_whose_word_it_is() {
    let desk = Desk::of_mara().await;
    let answer = desk.post("/log", "other=Joost+Hallema&outcome=no").await;
    let place = answer.location().to_owned();
    let answer = desk
        .post(&format!("{place}/reason"), "said_by=prospect&reason=N6")
        .await;
    assert_eq!(answer.location(), place);
    let page = desk.get(&place).await;
    assert!(
        page.text.contains("Reason: Has a supplier, their word."),
        "{}",
        page.text
    );
    let answer = desk
        .post(
            &format!("{place}/reason"),
            "said_by=prospect&reason=nothing+known",
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let later = desk.get(&format!("/today?later={}", &place[8..])).await;
    assert!(later.text.contains("It waits under Noes."));
}

#[tokio::test]
async fn looking_at_it_later_says_where_it_waits() {
    let desk = Desk::of_mara().await;
    let answer = desk.post("/log", "other=Joost+Hallema&outcome=no").await;
    let page = desk
        .get(&format!("/today?later={}", &answer.location()[8..]))
        .await;
    assert!(
        page.text.contains("It waits under Noes, “No reason yet”."),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn two_of_the_same_name_are_asked_about_and_the_outcome_is_kept() {
    let desk = Desk::of_mara().await;
    for company in ["Loom", "Larch"] {
        desk.post(
            "/log",
            &format!("who=new&name=Anna+Wend%2C+{company}&outcome=no_reply"),
        )
        .await;
    }
    let answer = desk
        .post(
            "/log",
            "other=Anna+Wend&outcome=send_info&at=2026-01-05T10:00:00Z",
        )
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("Loom") && answer.text.contains("Larch"));
    assert_eq!(
        after(&answer.text, "name=\"outcome\" value=\""),
        "send_info"
    );
    assert_eq!(
        after(&answer.text, "name=\"at\" value=\""),
        "2026-01-05T10:00:00Z"
    );
    let who = after(&answer.text, "name=\"who\" value=\"").to_owned();
    let answer = desk
        .post("/log", &format!("who={who}&outcome=send_info"))
        .await;
    assert!(answer.location().starts_with("/today?done="));
    let answer = desk
        .post("/log", "who=new&name=Anna+Wend&outcome=yes")
        .await;
    assert!(answer.location().starts_with("/today?done="));
    let answer = desk.post_json("/log", "other=Anna+Wend&outcome=no").await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("could be several people"));
}

#[tokio::test]
async fn enter_in_the_field_looks_somebody_up() {
    let desk = Desk::of_mara().await;
    desk.post(
        "/log",
        "other=Sunniva+Reyes%2C+Delmere+Cartons&outcome=no_reply",
    )
    .await;
    let page = desk.get("/today?other=sunn").await;
    assert!(
        page.text
            .contains("Sunniva Reyes<small>Delmere Cartons</small>")
    );
    assert!(
        page.text.contains("value=\"new\"") && page.text.contains("name=\"name\" value=\"sunn\"")
    );
    let page = desk.get("/today?other=Nobody+Known").await;
    // Nobody else can be meant, so nobody else is chosen.
    assert!(
        page.text
            .contains("Nobody Known<small>somebody new</small>")
    );
    assert_eq!(after(&page.text, "name=\"name\" value=\""), "Nobody Known");
    let found = desk.get("/find?q=delm").await;
    assert!(
        found
            .text
            .contains("\"says\":\"Sunniva Reyes, Delmere Cartons\""),
        "{}",
        found.text
    );
}

#[tokio::test]
async fn nothing_typed_is_lost_when_something_is_missing() {
    let desk = Desk::of_mara().await;
    let answer = desk
        .post("/log", "other=Joost+Hallema&outcome=perhaps")
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        after(&answer.text, "name=\"other\" value=\""),
        "Joost Hallema"
    );
    assert!(answer.text.contains("role=\"alert\""));
    let answer = desk.post("/log", "outcome=no&other=").await;
    assert!(answer.text.contains("Say who it was"));
    let answer = desk.post("/log", "outcome=no&other=A&at=2999-01-01").await;
    assert!(answer.text.contains("lies in the future"));
}

#[tokio::test]
async fn a_queue_may_send_twice_and_never_for_somebody_else() {
    let desk = Desk::of_mara().await;
    let page = desk.get("/today").await;
    let person = after(&page.text, "data-person=\"").to_owned();
    let workspace = after(&page.text, "data-workspace=\"").to_owned();
    let id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    let form = |person: &str| {
        format!(
            "id={id}&other=Wim+Daalder&outcome=no&at=2026-01-05T10:00:00.123Z&zone=Asia%2FTokyo&workspace={workspace}&person={person}"
        )
    };
    let first = desk.post_json("/log", &form(&person)).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert!(first.text.contains("\"repeated\":false"));
    // The attempt's own id follows from the one drawn, and is not it.
    assert!(!first.text.contains(id), "{}", first.text);
    let again = desk.post_json("/log", &form(&person)).await;
    assert!(again.text.contains("\"repeated\":true"));
    let other = desk
        .post_json("/log", &form("00000000-0000-4000-8000-000000000000"))
        .await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.text.contains("somebody else"));
    let page = desk.get("/today").await;
    assert!(page.text.contains("1 attempt so far"), "{}", page.text);
}

#[tokio::test]
async fn what_people_are_called_is_never_markup() {
    let desk = Desk::of_mara().await;
    let answer = desk
        .post(
            "/log",
            "other=%3Cscript%3Ealert(1)%3C%2Fscript%3E&outcome=yes",
        )
        .await;
    let page = desk.get(answer.location()).await;
    assert!(!page.text.contains("<script>") && page.text.contains("&#60;script&#62;"));
}
