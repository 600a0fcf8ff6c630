//! Coming in by another provider, with a real one in a process of its own.

use std::sync::atomic::{AtomicI64, Ordering};

use app::App;
use app::provider::GroupRoles;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::Role;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::oidc::{self, Provider};
use web::Config;

use crate::desk::{Answer, Desk, ORIGIN, config};

fn people() -> Value {
    json!({
        "mara": oidc::person("Mara Lindqvist", "mara@example.com", &["it"]),
        "jun": oidc::person("Jun Abara", "jun@example.com", &["sales"]),
        "kim": {"name": "Kim", "email": "waiting@example.com", "email_verified": false},
    })
}

fn asks(issuer: &str, roles: &[(&str, Role)]) -> Config {
    let roles = roles.iter().map(|(g, r)| ((*g).to_owned(), *r)).collect();
    Config {
        provider: Some(web::Provider {
            issuer: issuer.into(),
            client_id: oidc::CLIENT.into(),
            client_secret: Some(oidc::SECRET.into()),
            name: "Acme sign-on".into(),
            groups_claim: "groups".into(),
            roles: GroupRoles(roles),
        }),
        ..config()
    }
}

/// A desk whose administrator, Mara, has connected the provider and signed out.
async fn desk(provider: &Provider, roles: &[(&str, Role)]) -> Desk {
    let mut desk = Desk::with(&asks(provider.issuer(), roles));
    let answer = desk
        .post("/welcome", "name=Mara&zone=Europe%2FLisbon")
        .await;
    desk.keep_cookie(&answer);
    let session = desk.cookie.clone();
    let page = desk.post("/provider/connect", "").await;
    let back = provider.sign_in(&address(&page), "mara");
    desk.cookie = format!("{session}; {}", cookie(&page, "provider"));
    let answer = desk.get(path(&back)).await;
    assert!(
        answer.location().starts_with("/settings/"),
        "{}",
        answer.text
    );
    desk.cookie = String::new();
    desk
}

/// Where a page sends somebody on to.
fn address(page: &Answer) -> String {
    let (_, rest) = page
        .text
        .split_once("content=\"0; url=")
        .unwrap_or_else(|| panic!("{} {}", page.status, page.text));
    let url = rest.split('"').next().expect("an address");
    url.replace("&#38;", "&").replace("&amp;", "&")
}

/// The cookie of an answer whose name ends so.
fn cookie(answer: &Answer, end: &str) -> String {
    let all = answer.headers.get_all("set-cookie").iter();
    all.filter_map(|line| line.to_str().ok()?.split(';').next())
        .find(|pair| pair.split('=').next().is_some_and(|n| n.ends_with(end)))
        .unwrap_or_else(|| panic!("no cookie {end}"))
        .to_owned()
}

fn path(url: &str) -> &str {
    url.strip_prefix(ORIGIN)
        .unwrap_or_else(|| panic!("sent elsewhere: {url}"))
}

/// Begins, signs in there, and gives the cookie and the way back.
async fn there(desk: &Desk, provider: &Provider, who: &str) -> (String, String) {
    let page = desk.post("/enter/provider", "").await;
    let back = provider.sign_in(&address(&page), who);
    (cookie(&page, "provider"), path(&back).to_owned())
}

async fn back(desk: &mut Desk, cookie: &str, path: &str) -> Answer {
    desk.cookie = cookie.to_owned();
    let answer = desk.get(path).await;
    desk.cookie = String::new();
    answer
}

async fn come(desk: &mut Desk, provider: &Provider, who: &str) -> Answer {
    let (cookie, path) = there(desk, provider, who).await;
    back(desk, &cookie, &path).await
}

/// Who is here, by name and roles.
async fn here(desk: &Desk) -> Vec<(String, String)> {
    desk.app
        .read(|act| {
            let all = app::session::at_keyboard(act, Some("Mara"), "", &domain::Zone::utc())?;
            let all = app::accounts::all(act, &all.administrator().expect("she tends it"))?;
            Ok(all
                .into_iter()
                .map(|a| (a.person.name, a.person.roles.to_string()))
                .collect())
        })
        .await
        .expect("a list")
}

#[tokio::test]
async fn somebody_new_comes_in_and_is_known_the_next_time() {
    let Some(provider) = Provider::start(&people()) else {
        return;
    };
    let mut desk = desk(&provider, &[]).await;
    let door = desk.get("/enter?next=%2Fnoes").await;
    assert!(
        door.text.contains("Sign in with Acme sign-on"),
        "{}",
        door.text
    );

    let page = desk.post("/enter/provider", "next=%2Fnoes").await;
    let line = page.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Max-Age=600"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    let url = address(&page);
    for part in [
        "code_challenge_method=S256",
        "state=",
        "nonce=",
        "response_type=code",
    ] {
        assert!(url.contains(part), "{part} in {url}");
    }
    assert!(!url.contains(oidc::SECRET));
    let way = provider.sign_in(&url, "jun");
    let ceremony = cookie(&page, "provider");
    let answer = back(&mut desk, &ceremony, path(&way)).await;
    assert_eq!(answer.location(), "/noes");
    assert!(
        cookie(&answer, "-provider").ends_with('='),
        "the ceremony is over"
    );
    desk.keep_cookie(&answer);
    let page = desk.get("/today").await;
    assert!(page.text.contains("Jun Abara"), "{}", page.text);

    // Once is once.
    let again = back(&mut desk, &ceremony, path(&way)).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert!(
        again.text.contains("not begun in this browser"),
        "{}",
        again.text
    );

    assert_eq!(come(&mut desk, &provider, "jun").await.location(), "/today");
    let names: Vec<String> = here(&desk).await.into_iter().map(|(n, _)| n).collect();
    assert_eq!(names, ["Mara", "Jun Abara"]);
}

#[tokio::test]
async fn what_another_sign_in_began_or_another_provider_said_is_refused() {
    let Some(provider) = Provider::start(&people()) else {
        return;
    };
    let mut desk = desk(&provider, &[]).await;
    // No cookie, or one nobody gave out.
    let (held, way) = there(&desk, &provider, "jun").await;
    let name = held.split('=').next().expect("a name").to_owned();
    let nobody = format!("{name}={}", "0".repeat(64));
    for cookie in ["", nobody.as_str()] {
        let answer = back(&mut desk, cookie, &way).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    }
    // The state of another, an issuer that is another, an error, no code.
    let spoil = |way: &str, part: &str, with: &str| {
        let (base, query) = way.split_once('?').expect("a query");
        let pairs: Vec<String> = query
            .split('&')
            .filter(|pair| !pair.starts_with(&format!("{part}=")))
            .map(str::to_owned)
            .chain((!with.is_empty()).then(|| format!("{part}={with}")))
            .collect();
        format!("{base}?{}", pairs.join("&"))
    };
    for (part, with) in [
        ("state", "another"),
        ("state", ""),
        ("iss", "https%3A%2F%2Fanother.example"),
        ("code", ""),
        ("error", "access_denied"),
    ] {
        let (held, way) = there(&desk, &provider, "jun").await;
        let answer = back(&mut desk, &held, &spoil(&way, part, with)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{part}={with}");
        let right = back(&mut desk, &held, &way).await;
        assert_eq!(
            right.status,
            StatusCode::FORBIDDEN,
            "one try, {part}={with}"
        );
    }
    // A code that was got for somebody else's sign-in: the proof key does not fit.
    let (_, stolen) = there(&desk, &provider, "jun").await;
    let (held, own) = there(&desk, &provider, "jun").await;
    let code = |way: &str| {
        let (_, rest) = way.split_once("code=").expect("a code");
        rest.split('&').next().expect("a code").to_owned()
    };
    let mixed = own.replace(&code(&own), &code(&stolen));
    let answer = back(&mut desk, &held, &mixed).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(
        answer.text.contains("cannot be relied on"),
        "{}",
        answer.text
    );
    assert_eq!(here(&desk).await.len(), 1, "nobody came");
}

#[tokio::test]
async fn a_token_that_is_not_for_this_sign_in_or_not_signed_is_refused() {
    let Some(provider) = Provider::start(&people()) else {
        return;
    };
    for how in [
        "nonce",
        "no-nonce",
        "audience",
        "issuer",
        "expired",
        "future",
        "subject",
        "signature",
        "unsigned",
        "secret",
    ] {
        provider.tamper("");
        let mut desk = desk(&provider, &[]).await;
        provider.tamper(how);
        let answer = come(&mut desk, &provider, "jun").await;
        assert_eq!(
            answer.status,
            StatusCode::FORBIDDEN,
            "{how}: {}",
            answer.text
        );
        assert!(
            answer.text.contains("cannot be relied on"),
            "{how}: {}",
            answer.text
        );
        assert_eq!(here(&desk).await.len(), 1, "{how}");
        provider.tamper("signed-again");
        assert_eq!(come(&mut desk, &provider, "jun").await.location(), "/today");
    }
}

/// Minutes by which the clock of a desk is ahead.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn ahead() -> Timestamp {
    Timestamp::now() + SignedDuration::from_mins(AHEAD.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_key_that_the_provider_took_into_use_since_is_fetched() {
    let Some(provider) = Provider::start(&people()) else {
        return;
    };
    AHEAD.store(0, Ordering::SeqCst);
    let mut desk = desk(&provider, &[]).await;
    let url = desk.app.database().clone();
    let app = std::thread::spawn(move || App::open(&url, ahead));
    desk.app = app.join().expect("opened").expect("a ledger");
    desk.site = web::router(desk.app.clone(), &asks(provider.issuer(), &[]), 7700).expect("a site");
    assert_eq!(come(&mut desk, &provider, "jun").await.location(), "/today");
    provider.tamper("rotated");
    // Nobody makes us ask for its keys over and over.
    let early = come(&mut desk, &provider, "jun").await;
    assert_eq!(early.status, StatusCode::FORBIDDEN, "{}", early.text);
    AHEAD.store(2, Ordering::SeqCst);
    assert_eq!(come(&mut desk, &provider, "jun").await.location(), "/today");
    // And the one it used before is not taken any more.
    provider.tamper("signed-again");
    let old = come(&mut desk, &provider, "jun").await;
    assert_eq!(old.status, StatusCode::FORBIDDEN, "{}", old.text);
}

#[tokio::test]
async fn who_shows_once_more_that_it_is_they_is_asked_there_too() {
    let Some(provider) = Provider::start(&people()) else {
        return;
    };
    let mut desk = desk(&provider, &[]).await;
    let again = async |desk: &mut Desk, how: &str| {
        provider.tamper(how);
        let page = desk
            .post("/enter/provider", "again=1&next=%2Fsettings%2Fsign-in")
            .await;
        let url = address(&page);
        assert!(url.contains("max_age=600"), "{url}");
        let way = provider.sign_in(&url, "mara");
        back(desk, &cookie(&page, "provider"), path(&way)).await
    };
    let stale = again(&mut desk, "asked-long-ago").await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN, "{}", stale.text);
    let fresh = again(&mut desk, "").await;
    assert_eq!(fresh.location(), "/settings/sign-in");
    desk.keep_cookie(&fresh);
    let begun = desk.post_json("/passkeys/begin", "").await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text);
    // Who came in because the provider knew them has shown nothing.
    let came = come(&mut desk, &provider, "mara").await;
    desk.keep_cookie(&came);
    let begun = desk.post_json("/passkeys/begin", "").await;
    assert_eq!(begun.status, StatusCode::UNAUTHORIZED, "{}", begun.text);
}

#[tokio::test]
async fn groups_become_roles_and_go_with_them() {
    let Some(provider) = Provider::start(&people()) else {
        return;
    };
    let roles = [("sales", Role::Seller), ("leads", Role::Lead)];
    let mut desk = desk(&provider, &roles).await;
    assert_eq!(come(&mut desk, &provider, "jun").await.location(), "/today");
    let refused = come(&mut desk, &provider, "kim").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text.contains("None of your groups"),
        "{}",
        refused.text
    );
    let mut changed = people();
    changed["jun"]["groups"] = json!(["leads"]);
    provider.knows(&changed);
    assert_eq!(come(&mut desk, &provider, "jun").await.location(), "/team");
    let all = here(&desk).await;
    assert_eq!(all[1], ("Jun Abara".into(), "lead".into()));
}

#[tokio::test]
async fn an_unverified_address_opens_nobody_elses_account() {
    let Some(provider) = Provider::start(&people()) else {
        return;
    };
    let mut desk = desk(&provider, &[]).await;
    desk.app
        .write(|act| {
            let me = app::session::at_keyboard(act, Some("Mara"), "", &domain::Zone::utc())?;
            let me = me.administrator().expect("she tends it");
            let seller = domain::Roles::of(&[Role::Seller]);
            app::accounts::add(act, &me, "Waiting", "waiting@example.com", seller)
        })
        .await
        .expect("added");
    // That some address is verified, said beside one that is not, verifies none.
    provider.tamper("verified");
    assert_eq!(come(&mut desk, &provider, "kim").await.location(), "/today");
    provider.tamper("");
    let names: Vec<String> = here(&desk).await.into_iter().map(|(n, _)| n).collect();
    assert_eq!(names, ["Mara", "Waiting", "Kim"]);
    let mut verified = people();
    verified["kim"] = oidc::person("Kim", "waiting@example.com", &[]);
    verified["lena"] = verified["kim"].clone();
    provider.knows(&verified);
    assert_eq!(
        come(&mut desk, &provider, "lena").await.location(),
        "/today"
    );
    assert_eq!(
        here(&desk).await.len(),
        3,
        "the account that waited is theirs"
    );
}

#[tokio::test]
async fn a_provider_that_is_away_is_said_and_other_ways_stay() {
    let Some(mut provider) = Provider::start(&people()) else {
        return;
    };
    let mut desk = desk(&provider, &[]).await;
    let (held, way) = there(&desk, &provider, "jun").await;
    provider.stop();
    let answer = back(&mut desk, &held, &way).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let said = "Acme sign-on cannot be reached just now.";
    assert!(answer.text.contains(said), "{}", answer.text);

    let fresh = Desk::with(&asks(provider.issuer(), &[]));
    let answer = fresh.post("/enter/provider", "").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text.contains(said), "{}", answer.text);
}

#[tokio::test]
async fn a_provider_that_calls_itself_something_else_is_not_it() {
    let Some(provider) = Provider::start(&people()) else {
        return;
    };
    let desk = Desk::with(&asks(&format!("{}/", provider.issuer()), &[]));
    let answer = desk.post("/enter/provider", "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(
        answer.text.contains("cannot be relied on"),
        "{}",
        answer.text
    );
    // People are sent back to the public address, so they begin there.
    let request = Request::post("/enter/provider")
        .header(header::HOST, "127.0.0.1:7700")
        .header(header::ORIGIN, "http://127.0.0.1:7700")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::empty());
    let answer = desk.send(request.expect("a request")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text.contains(ORIGIN), "{}", answer.text);
}

#[tokio::test]
async fn what_one_process_began_another_finishes() {
    let Some(provider) = Provider::start(&people()) else {
        return;
    };
    let mut desk = desk(&provider, &[]).await;
    let (held, way) = there(&desk, &provider, "jun").await;
    let asks = asks(provider.issuer(), &[]);
    desk.site = web::router(desk.app.clone(), &asks, 7700).expect("a site");
    assert_eq!(back(&mut desk, &held, &way).await.location(), "/today");
}

#[tokio::test]
async fn beginning_over_and_over_has_to_wait() {
    let mut desk = Desk::of_mara().await;
    desk.cookie = String::new();
    for n in 0..12 {
        let answer = desk.post_json("/enter/passkey/begin", "").await;
        let wanted = if n < 10 { 200 } else { 429 };
        let line = answer.header("set-cookie");
        for part in ["HttpOnly", "SameSite=Strict", "Max-Age=600"] {
            assert!(n >= 10 || line.contains(part), "{part} in {line}");
        }
        assert_eq!(answer.status, wanted, "{n}: {}", answer.text);
        assert_eq!(answer.header("retry-after").is_empty(), n < 10, "{n}");
    }
    // What nobody began, nobody finishes; a link that is none makes no passkey.
    let sent = r#"{"credential": {"id": "x"}}"#;
    for path in ["/enter/passkey/finish", "/link/0/passkey/finish"] {
        let answer = desk.post_json(path, sent).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.text);
    }
    let none = format!("/link/{}/passkey/begin", "0".repeat(64));
    let answer = desk.post_json(&none, "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text);
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_door() {
    let desk = Desk::of_mara().await;
    for answer in [
        desk.post("/enter/provider", "").await,
        desk.post("/provider/connect", "").await,
        desk.get("/enter/provider/back?code=x&state=y").await,
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}
