//! The API in one process: its document, and who may ask.

use std::sync::atomic::{AtomicUsize, Ordering};

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
pub(crate) struct Program<'d> {
    pub(crate) desk: &'d Desk,
    pub(crate) token: String,
}

impl Program<'_> {
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
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

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(
            "POST",
            path,
            &[("content-type", "application/json")],
            &body.to_string(),
        )
        .await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(
            "PATCH",
            path,
            &[("content-type", "application/json")],
            &body.to_string(),
        )
        .await
    }
}

pub(crate) fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("no JSON: {}", answer.text))
}

/// What every refusal looks like.
pub(crate) fn problem(answer: &Answer, status: StatusCode) -> Value {
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

pub(crate) async fn mara(desk: &Desk) -> Seller {
    let zone = Zone::utc();
    let me = desk
        .app
        .write(move |act| session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone));
    me.await.expect("Mara").seller().expect("a seller")
}

/// Another seller; with several people here everybody needs a way in, which tests do without.
pub(crate) async fn another(desk: &Desk, name: &'static str) -> Seller {
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
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let name = format!("test {}", MADE.fetch_add(1, Ordering::Relaxed));
    let me = session::proved_at_keyboard(me);
    let made = desk
        .app
        .write(move |act| tokens::add(act, &me, &name, scopes, None));
    let (listed, secret) = made.await.expect("a token");
    (listed.id, secret.to_string())
}

pub(crate) async fn program<'d>(desk: &'d Desk, me: &Seller) -> Program<'d> {
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
    let me = session::proved_at_keyboard(&mara(&desk).await);
    let made = desk.app.write(move |act| {
        let (_, secret) = tokens::add(act, &me, "short", Scope::ALL, Some(1))?;
        let in_time = tokens::who(act, &secret)?.is_some();
        act.now += jiff::SignedDuration::from_hours(24);
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
    // Nor in a body: for another's deal.
    let mine = json!({ "who": "Bo Ferrant", "outcome": "no", "deal": deal });
    problem(
        &maras.post("/api/v1/attempts", &mine).await,
        StatusCode::NOT_FOUND,
    );
    // The prospect is everybody's; what Tom heard is not.
    let page = maras.get(&format!("/api/v1/prospects/{prospect}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("whispered") && body(&page)["attempts"] == json!([]));
    let coming = &body(&page)["follow_ups"][0];
    assert_eq!(
        (&coming["own"], &coming["attempt"]),
        (&json!(false), &Value::Null)
    );
    assert!(!page.text.contains(&attempt), "{}", page.text);
    for path in [
        "/api/v1/attempts",
        "/api/v1/deals",
        "/api/v1/follow-ups?until=2099-01-01",
    ] {
        assert_eq!(body(&maras.get(path).await)["items"], json!([]), "{path}");
    }
    // An id drawn that is another's attempt is answered as one that is free.
    let drawn = async |id: &str| {
        let mine = json!({ "who": "Bo Ferrant", "outcome": "no", "id": id });
        let answer = maras.post("/api/v1/attempts", &mine).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let given = body(&answer)["attempt"]["id"].as_str().map(str::to_owned);
        assert_ne!(given.as_deref(), Some(id));
        assert!(!answer.text.contains("whispered"));
        body(&answer)["repeated"].clone()
    };
    assert_eq!(drawn(&attempt).await, drawn(NOBODYS).await);
}

#[tokio::test]
async fn a_token_is_shown_once_and_ended_by_its_owner() {
    let desk = Desk::of_mara().await;
    let page = desk.get("/settings/tokens").await;
    assert!(
        page.text
            .contains("No program reads or writes your ledger."),
        "{}",
        page.text
    );
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
    // Two of one name could not be told apart when one is to be ended.
    let same = desk
        .post("/settings/tokens", "do=add&name=+DIALLER&may=read")
        .await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(same.text.contains("a token of this name"), "{}", same.text);
    let page = desk.get("/settings/tokens").await;
    assert!(page.text.contains("Dialler") && !page.text.contains("rbt_"));
    assert!(page.text.contains("last used about"), "{}", page.text);
    // A token opens no page, and no page's address takes one.
    for (method, path) in [
        ("GET", "/settings/tokens"),
        ("GET", "/today"),
        ("GET", "/export"),
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
