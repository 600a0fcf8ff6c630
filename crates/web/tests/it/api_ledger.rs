//! What programs do with a ledger: an attempt's way, pages, requests sent again, and what is refused.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::api::{another, body, mara, problem, program};
use crate::desk::Desk;

#[tokio::test]
async fn an_attempt_goes_its_way() {
    let desk = Desk::of_mara().await;
    let me = mara(&desk).await;
    let program = program(&desk, &me).await;
    let answer = program
        .post(
            "/api/v1/attempts",
            &json!({
                "who": "Ada Merrow, Whitlock Print", "outcome": "no", "reason": "price",
                "at": "2026-01-07", "value": { "amount": "1250.5", "currency": "EUR" },
            }),
        )
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let attempt = body(&answer)["attempt"].clone();
    assert_eq!(attempt["at"], "2026-01-07");
    assert_eq!(attempt["reasons"]["seller_guess"], "N4");
    assert_eq!(
        attempt["value"],
        json!({ "amount": "1250.50", "currency": "EUR" })
    );
    let path = format!(
        "/api/v1/attempts/{}",
        attempt["id"].as_str().expect("an id")
    );
    let later = json!({ "reason": "N6", "said_by": "prospect", "words": "We have one" });
    let answer = program.post(&format!("{path}/reason"), &later).await;
    assert_eq!(body(&answer)["reasons"]["prospect"], "N6");
    let answer = program
        .patch(&path, &json!({ "stage": "demo", "words": null }))
        .await;
    let corrected = body(&answer);
    assert_eq!(corrected["stage"], "demo", "{}", answer.text);
    assert_eq!(corrected["words"], Value::Null);
    assert_eq!(corrected["reasons"]["seller_guess"], "N4");
    let answer = program.send("POST", &format!("{path}/undo"), &[], "").await;
    assert_eq!(body(&answer)["undone"], true, "{}", answer.text);
    let whole = body(&program.get(&path).await);
    assert_eq!(whole["history"].as_array().map(Vec::len), Some(4));
    // Two of one name: the answer says who could be meant.
    for company in ["Whitlock Print", "Hale Works"] {
        let new = json!({ "name": "Cy Dunmore", "company": company });
        let answer = program.post("/api/v1/prospects", &new).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    }
    let answer = program
        .post(
            "/api/v1/attempts",
            &json!({ "who": "Cy Dunmore", "outcome": "yes" }),
        )
        .await;
    let ambiguous = problem(&answer, StatusCode::CONFLICT);
    assert_eq!(ambiguous["type"], "urn:rebound:problem:ambiguous");
    let candidates = ambiguous["candidates"].as_array().expect("candidates");
    assert_eq!(candidates.len(), 2);
    let answer = program
        .post(
            "/api/v1/attempts",
            &json!({ "prospect": candidates[0]["id"], "outcome": "yes" }),
        )
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
}

#[tokio::test]
async fn what_is_not_right_is_said_in_one_way() {
    let desk = Desk::of_mara().await;
    let me = mara(&desk).await;
    let program = program(&desk, &me).await;
    let json = ("content-type", "application/json");
    let log = "/api/v1/attempts";
    for sent in [
        "",
        "{",
        "[]",
        "null",
        "{\"outcome\":\"no\"}",
        "{\"outcome\":\"maybe\",\"who\":\"Ada\"}",
        "{\"outcome\":\"no\",\"who\":\"Ada\",\"sting\":3}",
        "{\"outcome\":\"no\",\"who\":\"Ada\",\"at\":\"\"}",
        "{\"outcome\":\"no\",\"who\":\"Ada\",\"at\":\"2999-01-01\"}",
        "{\"outcome\":\"no\",\"who\":\"Ada\",\"zone\":\"Mars/Olympus\"}",
        "{\"outcome\":\"no\",\"who\":\"Ada\",\"value\":{\"amount\":\"much\",\"currency\":\"\"}}",
        "\u{0}",
    ] {
        let answer = program.send("POST", log, &[json], sent).await;
        problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let good = "{\"outcome\":\"no\",\"who\":\"Ada\"}";
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let answer = program
            .send("POST", log, &[("content-type", kind)], good)
            .await;
        problem(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    problem(
        &program.send("POST", log, &[], good).await,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
    );
    let large = format!("{{\"outcome\":\"no\",\"who\":\"{}\"}}", "x".repeat(70_000));
    problem(
        &program.send("POST", log, &[json], &large).await,
        StatusCode::PAYLOAD_TOO_LARGE,
    );
    let two = [json, ("idempotency-key", "a"), ("idempotency-key", "b")];
    for headers in [
        &[json, ("idempotency-key", "")][..],
        &[json, ("idempotency-key", "with space")],
        &two,
    ] {
        let answer = program.send("POST", log, headers, good).await;
        problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
    }
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=",
        "outcome=maybe",
        "from=2026-13-01",
        "colour=blue",
        "cursor=1.2.3",
        "cursor=",
        "reason=nonesuch",
        "limit=1&limit=2",
    ] {
        let answer = program.get(&format!("{log}?{query}")).await;
        problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
    }
    problem(
        &program.get("/api/v1/attempts/x").await,
        StatusCode::NOT_FOUND,
    );
    problem(&program.get("/api/v1/nothing").await, StatusCode::NOT_FOUND);
    problem(&program.get("/api/v2/me").await, StatusCode::NOT_FOUND);
    let answer = program.send("DELETE", log, &[], "").await;
    problem(&answer, StatusCode::METHOD_NOT_ALLOWED);
    assert!(
        answer.header("allow").contains("POST"),
        "{}",
        answer.header("allow")
    );
    let elsewhere = Request::get(log)
        .header(header::HOST, "elsewhere.example")
        .body(Body::empty());
    let answer = desk.send(elsewhere.expect("a request")).await;
    problem(&answer, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(body(&program.get(log).await)["items"], json!([]));
}

fn hours_ago(n: i64) -> String {
    (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(n)).to_string()
}

#[tokio::test]
async fn pages_hold_everything_once_while_rows_are_added() {
    let desk = Desk::of_mara().await;
    let me = mara(&desk).await;
    let program = program(&desk, &me).await;
    let log = async |who: String, at: String| {
        let new = json!({ "who": who, "outcome": "not_now", "at": at });
        let answer = program.post("/api/v1/attempts", &new).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        body(&answer)
    };
    let mut there = Vec::new();
    for i in 0..23 {
        let logged = log(format!("Prospect {i:02}"), hours_ago(i)).await;
        there.push(logged["attempt"].clone());
        let deal = json!({ "prospect": logged["attempt"]["prospect"]["id"], "title": format!("Deal {i}") });
        program.post("/api/v1/deals", &deal).await;
    }
    for (path, find) in [
        ("/api/v1/attempts?limit=5", "/attempts"),
        ("/api/v1/attempts?limit=5&sort=oldest", "/attempts"),
        (
            "/api/v1/attempts?limit=5&sort=who&outcome=not_now",
            "/attempts",
        ),
        ("/api/v1/attempts?limit=4&find=prospect", "/attempts"),
        ("/api/v1/prospects?limit=5", "/prospects"),
        ("/api/v1/prospects?limit=7&find=prosp", "/prospects"),
        ("/api/v1/deals?limit=5&state=open", "/deals"),
        ("/api/v1/follow-ups?limit=5&until=2099-12-31", "/follow-ups"),
    ] {
        let first = body(&program.get(path).await);
        let mut seen = Vec::new();
        let mut page = first;
        let mut rounds = 0;
        loop {
            for item in page["items"].as_array().expect("items") {
                seen.push(item["id"].as_str().expect("an id").to_owned());
            }
            let Some(next) = page["next"].as_str().map(str::to_owned) else {
                break;
            };
            rounds += 1;
            // Somebody goes on working meanwhile.
            log(format!("Newcomer {rounds} {}", path.len()), hours_ago(40)).await;
            page = body(&program.get(&format!("{path}&cursor={next}")).await);
            // A cursor is for its own list.
            let other = program
                .get(&format!("/api/v1/deals?state=lost&cursor={next}"))
                .await;
            problem(&other, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert!(rounds >= 3, "{path}: {rounds}");
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "{path} repeats itself");
        assert!(all >= 23, "{path}: {all}");
        if find == "/attempts" {
            for attempt in &there {
                assert!(
                    seen.iter().any(|id| attempt["id"] == *id),
                    "{path} misses one"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_same_key_does_a_thing_once() {
    let desk = Desk::of_mara().await;
    let me = mara(&desk).await;
    let program = program(&desk, &me).await;
    let keyed = async |key: &str, path: &str, sent: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        program.send("POST", path, &headers, sent).await
    };
    let log = "/api/v1/attempts";
    let sent = "{\"who\":\"Ada Merrow\",\"outcome\":\"not_now\"}";
    let first = keyed("k-1", log, sent).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = keyed("k-1", log, sent).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.header("idempotency-replayed"), "true");
    for (path, other) in [
        (log, "{\"who\":\"Bo Ferrant\",\"outcome\":\"no\"}"),
        ("/api/v1/prospects", sent),
    ] {
        let answer = keyed("k-1", path, other).await;
        problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // What was refused is not kept.
    let refused = keyed("k-2", log, "{\"who\":\"\",\"outcome\":\"no\"}").await;
    problem(&refused, StatusCode::UNPROCESSABLE_ENTITY);
    let done = keyed("k-2", log, "{\"who\":\"Bo Ferrant\",\"outcome\":\"no\"}").await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.text);
    // Another person's same key is another key.
    let tom = another(&desk, "Tom").await;
    let toms = crate::api::program(&desk, &tom).await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k-1"),
    ];
    let answer = toms.send("POST", log, &headers, sent).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    assert_eq!(answer.header("idempotency-replayed"), "");
    let bo = keyed("k-2", log, "{\"who\":\"Bo Ferrant\",\"outcome\":\"no\"}").await;
    assert_eq!(bo.header("idempotency-replayed"), "true");
    // Forgetting somebody drops every answer that names them, whosever it is, and no other; a day
    // later the rest go by themselves.
    let id = body(&first)["attempt"]["prospect"]["id"].clone();
    let id: domain::ProspectId = serde_json::from_value(id).expect("an id");
    let (app, me) = (desk.app.clone(), me.clone());
    let forget = tokio::task::spawn_blocking(move || app::prospects::forget(&app, &me, id));
    forget.await.expect("no panic").expect("forgotten");
    let after = keyed("k-1", log, sent).await;
    assert_eq!(after.header("idempotency-replayed"), "");
    assert_eq!(after.status, StatusCode::CREATED);
    let toms_again = toms.send("POST", log, &headers, sent).await;
    assert_eq!(toms_again.header("idempotency-replayed"), "");
    let bo = keyed("k-2", log, "{\"who\":\"Bo Ferrant\",\"outcome\":\"no\"}").await;
    assert_eq!(bo.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn what_is_not_right_names_its_field() {
    let desk = Desk::of_mara().await;
    let me = mara(&desk).await;
    let program = program(&desk, &me).await;
    let json = ("content-type", "application/json");
    let log = "/api/v1/attempts";
    for (sent, field) in [
        ("{\"who\":\"Ada\"}", "outcome"),
        ("{\"outcome\":\"maybe\",\"who\":\"Ada\"}", "outcome"),
        ("{\"outcome\":\"no\"}", "who"),
        (
            "{\"outcome\":\"no\",\"who\":\"Ada\",\"stage\":\"x\"}",
            "stage",
        ),
        (
            "{\"outcome\":\"no\",\"who\":\"Ada\",\"zone\":\"Mars\"}",
            "zone",
        ),
        (
            "{\"outcome\":\"no\",\"who\":\"Ada\",\"at\":\"2999-01-01\"}",
            "at",
        ),
        (
            "{\"outcome\":\"no\",\"who\":\"Ada\",\"reason\":\"nonesuch\"}",
            "reason",
        ),
        ("{\"outcome\":\"no\",\"who\":\"Ada\",\"sting\":3}", "sting"),
    ] {
        let answer = program.send("POST", log, &[json], sent).await;
        let said = problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(said["field"], field, "{sent}: {said}");
    }
    for (query, field) in [
        ("limit=0", "limit"),
        ("outcome=maybe", "outcome"),
        ("from=2026-13-01", "from"),
        ("colour=blue", "colour"),
        ("cursor=1.2.3", "cursor"),
        ("reason=nonesuch", "reason"),
        ("limit=1&limit=2", "limit"),
    ] {
        let answer = program.get(&format!("{log}?{query}")).await;
        let said = problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(said["field"], field, "{query}: {said}");
    }
    let headers = [json, ("idempotency-key", "with space")];
    let answer = program.send("POST", log, &headers, "{}").await;
    let said = problem(&answer, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(said["field"], "Idempotency-Key");
}

#[tokio::test]
async fn of_many_at_once_one_is_done() {
    let desk = Desk::of_mara().await;
    let me = mara(&desk).await;
    let program = program(&desk, &me).await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "same"),
    ];
    let sent = "{\"who\":\"Ada Merrow\",\"outcome\":\"no\"}";
    let (a, b, c, d) = tokio::join!(
        program.send("POST", "/api/v1/attempts", &headers, sent),
        program.send("POST", "/api/v1/attempts", &headers, sent),
        program.send("POST", "/api/v1/attempts", &headers, sent),
        program.send("POST", "/api/v1/attempts", &headers, sent),
    );
    let mut done = 0;
    for answer in [a, b, c, d] {
        match answer.status {
            StatusCode::CREATED if answer.header("idempotency-replayed").is_empty() => done += 1,
            StatusCode::CREATED => {}
            status => assert_eq!(status, StatusCode::CONFLICT, "{}", answer.text),
        }
    }
    assert_eq!(done, 1);
    let all = body(&program.get("/api/v1/attempts").await);
    assert_eq!(all["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn answers_are_kept_for_a_day() {
    let desk = Desk::of_mara().await;
    let me = mara(&desk).await;
    let program = program(&desk, &me).await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let sent = "{\"who\":\"Ada Merrow\",\"outcome\":\"no\"}";
    for (hours, replayed) in [(0, ""), (23, "true"), (25, "")] {
        let sweep = desk.app.write(move |act| {
            act.now += jiff::SignedDuration::from_hours(hours);
            app::answers::sweep(act)
        });
        sweep.await.expect("swept");
        let answer = program
            .send("POST", "/api/v1/attempts", &headers, sent)
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        assert_eq!(
            answer.header("idempotency-replayed"),
            replayed,
            "{hours} h later"
        );
    }
}
