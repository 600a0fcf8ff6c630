//! The API in one process: who may ask, what is refused, and that nothing is said twice.

use app::tokens::{self, Scope};
use app::{Seller, accounts, session};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::{Role, Roles, Standing, Zone};
use serde_json::{Value, json};
use testkit::api::differences;
use web::routes::{Access, Route, table};

use crate::desk::{Answer, Desk, HOST};

const NOBODYS: &str = "00000000-0000-4000-8000-000000000000";

/// A program at a desk.
struct Program<'d> {
    desk: &'d Desk,
    token: String,
}

impl Program<'_> {
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST);
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned()));
        self.desk.send(request.expect("a request")).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(
            "POST",
            path,
            &[("content-type", "application/json")],
            &body.to_string(),
        )
        .await
    }

    async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(
            "PATCH",
            path,
            &[("content-type", "application/json")],
            &body.to_string(),
        )
        .await
    }
}

fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("no JSON: {}", answer.text))
}

/// What every refusal looks like.
fn problem(answer: &Answer, status: StatusCode) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = body(answer);
    let kind = problem["type"].as_str().expect("a type");
    assert!(kind.starts_with("urn:rebound:problem:"), "{kind}");
    assert_eq!(problem["status"], status.as_u16());
    for part in ["title", "detail"] {
        assert!(
            problem[part].as_str().is_some_and(|t| !t.is_empty()),
            "{part}"
        );
    }
    problem
}

async fn mara(desk: &Desk) -> Seller {
    let zone = Zone::utc();
    let me = desk
        .app
        .write(move |act| session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone));
    me.await.expect("Mara").seller().expect("a seller")
}

/// Another seller; with several people here everybody needs a way in, which tests do without.
async fn another(desk: &Desk, name: &'static str) -> Seller {
    let zone = Zone::utc();
    let made = desk.app.write(move |act| {
        let mara = session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone)?;
        let admin = mara.administrator().expect("she looks after it");
        accounts::add(act, &admin, name, "", Roles::of(&[Role::Seller]))?;
        session::at_keyboard(act, Some(name), "", &zone)
    });
    made.await.expect("added").seller().expect("a seller")
}

async fn token(desk: &Desk, me: &Seller, scopes: &'static [Scope]) -> (String, String) {
    let me = me.clone();
    let made = desk
        .app
        .write(move |act| tokens::add(act, &me, "a test", scopes, None));
    let (listed, secret) = made.await.expect("a token");
    (listed.id, secret.to_string())
}

async fn program<'d>(desk: &'d Desk, me: &Seller) -> Program<'d> {
    let (_, token) = token(desk, me, Scope::ALL).await;
    Program { desk, token }
}

/// The routes for programs, with the scope each needs.
fn routes() -> Vec<(Route, Scope)> {
    let all: Vec<_> = table()
        .into_iter()
        .filter_map(|route| match route.access {
            Access::Api(scope) => Some((route, scope)),
            _ => None,
        })
        .collect();
    assert!(all.len() > 20);
    all
}

fn filled(route: &Route, id: &str) -> String {
    route.path.replace("{id}", id)
}

#[tokio::test]
async fn the_document_says_what_the_client_knows() {
    let desk = Desk::of_mara().await;
    let nobody = Program {
        desk: &desk,
        token: String::new(),
    };
    let answer = nobody.get("/api/v1/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    let document = body(&answer);
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(differences(&document), Vec::<String>::new());
    // What the table says of scopes stands in the document, and every operation is in both.
    for (route, scope) in routes() {
        let method = route.method.as_str().to_ascii_lowercase();
        let described = &document["paths"][route.path][&method];
        let id = route.operation.expect("an operation").id;
        assert_eq!(described["operationId"], id);
        assert_eq!(described["security"][0]["token"][0], scope.code(), "{id}");
    }
    let text = answer.text;
    for part in text.split("\"$ref\":\"#").skip(1) {
        let place = part.split('"').next().unwrap_or_default();
        assert!(document.pointer(place).is_some(), "{place} leads nowhere");
    }
}

#[tokio::test]
async fn every_route_asks_for_a_token_that_stands_and_may() {
    let desk = Desk::of_mara().await;
    let me = mara(&desk).await;
    let (ended, over) = token(&desk, &me, Scope::ALL).await;
    let (_, reads) = token(&desk, &me, &[Scope::Read]).await;
    let (_, writes) = token(&desk, &me, &[Scope::Write]).await;
    let seller = me.clone();
    let end = desk.app.write(move |act| tokens::end(act, &seller, &ended));
    end.await.expect("ended");
    let tom = another(&desk, "Tom").await;
    let (_, shut_out) = token(&desk, &tom, Scope::ALL).await;
    let (zone, tom_id) = (Zone::utc(), tom.id());
    let out = desk.app.write(move |act| {
        let mara = session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone)?;
        let admin = mara.administrator().expect("she looks after it");
        accounts::set_standing(act, &admin, tom_id, Standing::Deactivated)
    });
    out.await.expect("deactivated");
    let wrong = format!("rbt_{}", "0".repeat(64));
    for (route, scope) in routes() {
        let path = filled(&route, NOBODYS);
        let ask = async |token: &str, headers: &[(&str, &str)]| {
            let program = Program {
                desk: &desk,
                token: token.to_owned(),
            };
            program
                .send(route.method.as_str(), &path, headers, "{}")
                .await
        };
        let json = ("content-type", "application/json");
        for (what, token, headers) in [
            ("none", "", &[json][..]),
            ("a session cookie", "", &[json, ("cookie", &desk.cookie)]),
            ("a wrong one", &wrong, &[json]),
            ("half of one", "rbt_00", &[json]),
            ("an ended one", &over, &[json]),
            ("of somebody deactivated", &shut_out, &[json]),
            ("a session token", &desk.cookie, &[json]),
        ] {
            let answer = ask(token, headers).await;
            problem(&answer, StatusCode::UNAUTHORIZED);
            let how = answer.header("www-authenticate");
            assert!(how.starts_with("Bearer "), "{route:?} with {what}: {how}");
        }
        let other = match scope {
            Scope::Read => &writes,
            Scope::Write => &reads,
        };
        let answer = ask(other, &[json]).await;
        problem(&answer, StatusCode::FORBIDDEN);
        assert!(answer.header("www-authenticate").contains(scope.code()));
        // With the right one no check of where a page came from stands in the way.
        let right = match scope {
            Scope::Read => &reads,
            Scope::Write => &writes,
        };
        for headers in [
            &[json][..],
            &[json, ("origin", "https://elsewhere.example")],
            &[json, ("sec-fetch-site", "cross-site")],
        ] {
            let answer = ask(right, headers).await;
            assert!(
                answer.status.is_success() || matches!(answer.status.as_u16(), 404 | 422),
                "{route:?}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn an_expired_token_opens_nothing() {
    let desk = Desk::of_mara().await;
    let me = mara(&desk).await;
    let made = desk.app.write(move |act| {
        let (_, secret) = tokens::add(act, &me, "short", Scope::ALL, Some(1))?;
        let in_time = tokens::who(act, &secret)?.is_some();
        act.now = act.now + jiff::SignedDuration::from_hours(24);
        Ok((in_time, tokens::who(act, &secret)?.is_some()))
    });
    assert_eq!(made.await.expect("asked"), (true, false));
}

#[tokio::test]
async fn another_persons_ids_are_like_ids_of_nothing() {
    let desk = Desk::of_mara().await;
    let tom = another(&desk, "Tom").await;
    let toms = program(&desk, &tom).await;
    let mara = mara(&desk).await;
    let maras = program(&desk, &mara).await;
    let logged = toms
        .post(
            "/api/v1/attempts",
            &json!({ "who": "Ada Merrow", "outcome": "not_now", "words": "whispered" }),
        )
        .await;
    assert_eq!(logged.status, StatusCode::CREATED, "{}", logged.text);
    let logged = body(&logged);
    let id = |value: &Value| value.as_str().expect("an id").to_owned();
    let (attempt, follow_up) = (id(&logged["attempt"]["id"]), id(&logged["follow_up"]["id"]));
    let prospect = id(&logged["attempt"]["prospect"]["id"]);
    let deal = toms
        .post(
            "/api/v1/deals",
            &json!({ "prospect": prospect, "title": "Tom's deal" }),
        )
        .await;
    let deal = id(&body(&deal)["id"]);
    let close = json!({ "outcome": "yes" });
    let due = json!({ "due": "2030-01-01" });
    let reason = json!({ "reason": "N4", "said_by": "prospect" });
    for (path, sent) in [
        (format!("/api/v1/attempts/{attempt}/reason"), &reason),
        (format!("/api/v1/attempts/{attempt}/undo"), &json!({})),
        (format!("/api/v1/deals/{deal}/close"), &close),
        (format!("/api/v1/deals/{deal}/reopen"), &json!({})),
        (format!("/api/v1/follow-ups/{follow_up}/done"), &json!({})),
        (format!("/api/v1/follow-ups/{follow_up}/move"), &due),
    ] {
        let theirs = maras.post(&path, sent).await;
        problem(&theirs, StatusCode::NOT_FOUND);
        let mut parts: Vec<&str> = path.split('/').collect();
        parts[4] = NOBODYS;
        let nothing = maras.post(&parts.join("/"), sent).await;
        assert_eq!(theirs.text, nothing.text, "{path}");
    }
    let path = format!("/api/v1/attempts/{attempt}");
    problem(&maras.get(&path).await, StatusCode::NOT_FOUND);
    let correction = maras.patch(&path, &json!({ "outcome": "yes" })).await;
    problem(&correction, StatusCode::NOT_FOUND);
    // Nor in a body: under another's id, for another's deal.
    let mine = json!({ "who": "Bo Ferrant", "outcome": "no", "id": attempt });
    let answer = maras.post("/api/v1/attempts", &mine).await;
    problem(&answer, StatusCode::CONFLICT);
    assert!(!answer.text.contains("whispered"));
    let mine = json!({ "who": "Bo Ferrant", "outcome": "no", "deal": deal });
    problem(
        &maras.post("/api/v1/attempts", &mine).await,
        StatusCode::NOT_FOUND,
    );
    // The prospect is everybody's; what Tom heard is not.
    let page = maras.get(&format!("/api/v1/prospects/{prospect}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("whispered") && body(&page)["attempts"] == json!([]));
    for path in [
        "/api/v1/attempts",
        "/api/v1/deals",
        "/api/v1/follow-ups?until=2099-01-01",
    ] {
        assert_eq!(body(&maras.get(path).await)["items"], json!([]), "{path}");
    }
}

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
    let toms = self::program(&desk, &tom).await;
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "k-1"),
    ];
    let answer = toms.send("POST", log, &headers, sent).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    assert_eq!(answer.header("idempotency-replayed"), "");
    // Forgetting somebody drops every answer, and a day later they go by themselves.
    let id = body(&first)["attempt"]["prospect"]["id"].clone();
    let id: domain::ProspectId = serde_json::from_value(id).expect("an id");
    let (app, me) = (desk.app.clone(), me.clone());
    let forget = tokio::task::spawn_blocking(move || app::prospects::forget(&app, &me, id));
    forget.await.expect("no panic").expect("forgotten");
    let after = keyed("k-1", log, sent).await;
    assert_eq!(after.header("idempotency-replayed"), "");
    assert_eq!(after.status, StatusCode::CREATED);
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
async fn a_token_is_shown_once_and_ended_by_its_owner() {
    let desk = Desk::of_mara().await;
    let page = desk.get("/settings/tokens").await;
    assert!(page.text.contains("There is none yet."), "{}", page.text);
    let refused = desk.post("/settings/tokens", "do=add&name=&may=read").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for days in ["0", "366", "soon"] {
        let form = format!("do=add&name=Dialler&may=read&days={days}");
        let refused = desk.post("/settings/tokens", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
    }
    let made = desk
        .post("/settings/tokens", "do=add&name=Dialler&may=write&days=30")
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    assert_eq!(made.header("cache-control"), "private, no-store");
    let at = made.text.find("rbt_").expect("the token");
    let secret = made.text[at..at + 68].to_owned();
    let program = Program {
        desk: &desk,
        token: secret.clone(),
    };
    assert_eq!(program.get("/api/v1/me").await.status, StatusCode::OK);
    let page = desk.get("/settings/tokens").await;
    assert!(page.text.contains("Dialler") && !page.text.contains("rbt_"));
    assert!(page.text.contains("last used about"), "{}", page.text);
    // A token opens no page, and no page's address takes one.
    for (method, path) in [
        ("GET", "/settings/tokens"),
        ("GET", "/today"),
        ("GET", "/export/file"),
    ] {
        let answer = program.send(method, path, &[], "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
    }
    let id = page
        .text
        .split("name=\"id\" value=\"")
        .nth(1)
        .expect("an id");
    let id = &id[..32];
    let ended = desk
        .post("/settings/tokens", &format!("do=end&id={id}"))
        .await;
    assert_eq!(ended.location(), "/settings/tokens?ended=1");
    problem(&program.get("/api/v1/me").await, StatusCode::UNAUTHORIZED);
    let again = desk
        .post("/settings/tokens", &format!("do=end&id={id}"))
        .await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let zone = Zone::utc();
    let lines = desk.app.read(move |act| {
        let me = session::only(act)?.expect("Mara");
        let _ = zone;
        app::audit::page(act, &me.administrator().expect("she looks after it"), None)
    });
    let lines = lines.await.expect("the log");
    let of_tokens: Vec<&str> = lines
        .iter()
        .filter(|l| l.act == "api_token")
        .map(|l| l.detail.as_str())
        .collect();
    assert_eq!(
        of_tokens,
        ["ended", "made ledger:read ledger:write for 30 d"]
    );
    assert!(lines.iter().all(|l| !l.detail.contains("Dialler")));
}

#[test]
fn only_routes_for_programs_lie_under_api() {
    for route in table() {
        let below = route.path.starts_with("/api/");
        let document = route.path == "/api/v1/openapi.json";
        let for_programs = matches!(route.access, Access::Api(_));
        assert_eq!(below && !document, for_programs, "{route:?}");
        assert_eq!(route.operation.is_some(), for_programs, "{route:?}");
        let reads = route.method == Method::GET;
        if let Access::Api(scope) = route.access {
            assert_eq!(reads, scope == Scope::Read, "{route:?}");
        }
    }
}
