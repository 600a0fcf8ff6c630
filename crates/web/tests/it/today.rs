//! Today as it is read: the honest line, and the order of who is next.

use axum::http::StatusCode;

use crate::desk::Desk;
use crate::rows::{Row, add_all};

/// So many asks, one of four a yes and that only among print shops; the last of Ada Merrow, and of Bram
/// Osei, who is in print. Both are put on the call list.
async fn laid_out(asks: i64) -> Desk {
    let desk = Desk::of_mara().await;
    let mut rows: Vec<Row> = (0..asks)
        .map(|i| {
            let outcome = if i % 4 == 1 { "yes" } else { "no" };
            let row = Row::of(&format!("Somebody {i}"), outcome).days_ago((asks - i) / 10 + 3);
            if i % 2 == 1 {
                row.in_segment("Print shops")
            } else {
                row
            }
        })
        .collect();
    rows.push(Row::of("Ada Merrow", "no_reply").days_ago(2));
    let bram = Row::of("Bram Osei", "no_reply").days_ago(2);
    rows.push(bram.in_segment("Print shops"));
    add_all(&desk, rows).await;
    desk.post("/call-list", "list=Ada+Merrow%0ABram+Osei").await;
    desk
}

/// The name under which somebody is next.
fn next(page: &str) -> &str {
    let rest = page.split("<h2 id=\"next\">").nth(1).unwrap_or_default();
    rest.split("</h2>").next().unwrap_or_default()
}

#[tokio::test]
async fn the_likeliest_are_next_and_ones_own_order_is_a_press_away() {
    let desk = laid_out(240).await;
    let page = desk.get("/today").await.text;
    assert_eq!(next(&page), "Bram Osei");
    assert!(page.contains("Next, likeliest to say yes"));
    assert!(
        page.contains("Asks like this one bring a yes about "),
        "{page}"
    );
    assert!(page.contains(
        "Ordered from 242 attempts by stage, channel, segment, number of tries, last answer and how long ago."
    ));
    assert!(page.contains("name=\"order\" value=\"own\">Use my own order<"));

    let answer = desk.post("/today/order", "order=own").await;
    assert_eq!(answer.location(), "/today");
    let page = desk.get("/today").await.text;
    assert_eq!(next(&page), "Ada Merrow");
    assert!(page.contains("Next, from your own list order") && !page.contains("Ordered from"));
    assert!(page.contains("name=\"order\" value=\"likely\">Order by likelihood<"));
    // The bar means the same person.
    let first = page.find("Ada Merrow").unwrap_or(usize::MAX);
    assert!(first < page.find("Bram Osei").unwrap_or(0));

    desk.post("/today/order", "order=likely").await;
    assert_eq!(next(&desk.get("/today").await.text), "Bram Osei");
    for wrong in ["", "order=", "order=best"] {
        let answer = desk.post("/today/order", wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(next(&desk.get("/today").await.text), "Bram Osei");
}

#[tokio::test]
async fn after_a_no_the_same_person_is_next() {
    let desk = laid_out(240).await;
    let answer = desk.post("/log", "other=Somebody+Else&outcome=no").await;
    let page = desk.get(answer.location()).await.text;
    assert!(page.contains("Bram Osei"), "{page}");
    desk.post("/today/order", "order=own").await;
    let page = desk.get(answer.location()).await.text;
    assert!(page.contains("Ada Merrow") && !page.contains("Bram Osei"));
}

#[tokio::test]
async fn few_attempts_order_nobody() {
    let desk = laid_out(40).await;
    let page = desk.get("/today").await.text;
    assert_eq!(next(&page), "Ada Merrow");
    assert!(page.contains("Next, from your own list order"));
    assert!(!page.contains("/today/order") && !page.contains("Asks like this one"));
}

#[tokio::test]
async fn the_line_says_how_ordinary_the_run_is() {
    let desk = laid_out(240).await;
    let page = desk.get("/today").await.text;
    // The last yes stands four attempts back.
    assert!(page.contains("4 attempts since your last yes."), "{page}");
    assert!(
        page.contains("At your rate of 25 in 100, 4 tries in a row bring no yes 32 times in 100. Nearly every month holds a run this long."),
        "{page}"
    );
    assert!(page.contains("From 242 attempts, 60 of them yes."));
    assert!(page.contains("A month is 242 tries, as in your last thirty days."));
    assert!(!page.contains("Evidence says more"));

    add_all(
        &desk,
        (0..60).map(|i| Row::no(&format!("No {i}"))).collect(),
    )
    .await;
    let page = desk.get("/today").await.text;
    assert!(page.contains("64 attempts since your last yes."));
    assert!(
        page.contains("<a href=\"/evidence\">Evidence says more</a>."),
        "{page}"
    );
    assert!(!page.contains("Nearly every month"));
}

#[tokio::test]
async fn few_none_and_only_yeses_are_said_as_they_are() {
    let few = "That is too few to tell more than what happened.";
    let desk = Desk::of_mara().await;
    assert!(!desk.get("/today").await.text.contains(few));
    add_all(&desk, vec![Row::no("Ada Merrow")]).await;
    assert!(desk.get("/today").await.text.contains(few));
    add_all(
        &desk,
        (1..40).map(|i| Row::no(&format!("No {i}"))).collect(),
    )
    .await;
    let page = desk.get("/today").await.text;
    assert!(!page.contains(few));
    assert!(
        page.contains(
            "No yes yet, so luck or not cannot be told: 40 attempts allow any rate up to 6 in 100."
        ),
        "{page}"
    );

    let desk = Desk::of_mara().await;
    add_all(
        &desk,
        (0..24)
            .map(|i| Row::of(&format!("Yes {i}"), "yes"))
            .collect(),
    )
    .await;
    let page = desk.get("/today").await.text;
    assert!(page.contains("Your last attempt was a yes.") && !page.contains("At your rate"));
    assert!(page.contains("From 24 attempts, 24 of them yes."));
}
