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
    let mut desk = Desk::of_mara().await;
    let page = desk.get("/people").await.text;
    assert!(page.contains("you would be shut out"), "{page}");
    let set = "/settings/sign-in?next=%2Fpeople";
    assert!(page.contains(set) && !page.contains("action=\"/people\""));
    assert!(
        desk.get(set)
            .await
            .text
            .contains("name=\"next\" value=\"/people\"")
    );
    let answer = desk.post("/people", "name=Jun&role=seller").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text.contains("Set a password first"));
    // Back after it; elsewhere one is not sent.
    let form = format!("email=mara%40example.com&password={RIGHT}&next=%2Fpeople");
    let set = desk.post("/settings/password", &form).await;
    assert_eq!(set.location(), "/people");
    desk.keep_cookie(&set);
    let away = format!("{form}&present={RIGHT}").replace("%2Fpeople", "%2F%2Fevil.example");
    let set = desk.post("/settings/password", &away).await;
    assert_eq!(set.location(), "/settings/sign-in?saved=1");
    desk.keep_cookie(&set);
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
        "<b>Mara Lindqvist</b> made Jun O. a seller and a lead.",
        "shut Jun O. out.",
        "let Jun O. in again.",
        "put Jun O. into South.",
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
    assert!(page.contains("made the team Team 59.") && !page.contains("made the team Team 5."));
    let older = between(&page, "/audit?before=", "\"");
    let older = desk.get(&format!("/audit?before={older}")).await.text;
    assert!(older.contains("made the team Team 5.") && !older.contains("made the team Team 59."));
    assert!(older.contains("signed in on this computer") && older.contains(">Newest<"));
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
            _ => "/start",
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

#[tokio::test]
async fn somebody_is_added_as_something_and_told_apart() {
    let desk = Desk::with_password().await;
    let without = desk
        .post("/people", "name=Jun+Okafor&email=jun%40example.com")
        .await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.text.contains("Choose at least one"));
    assert!(without.text.contains("value=\"Jun Okafor\""));
    assert!(without.text.contains("value=\"jun@example.com\""));
    assert!(!without.text.contains("value=\"seller\" checked"));
    let form = "name=Jun+Okafor&email=jun%40example.com&role=seller";
    desk.invited(form).await;
    let twin = "name=jun+okafor&email=jun.o%40example.com&role=lead";
    let asked = desk.post("/people", twin).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text.contains("Somebody here is called that already."));
    assert!(
        asked
            .text
            .contains("is here already: Seller, jun@example.com")
    );
    assert!(asked.text.contains("value=\"lead\" checked"));
    desk.invited(&format!("{twin}&alike=other")).await;
    let list = desk.get("/people").await.text;
    assert!(list.contains("<b>Jun Okafor</b>") && list.contains("<b>jun okafor</b>"));
}

/// Brings in rows of somebody without an account; gives their page.
async fn waiting(desk: &Desk, name: &'static str) -> String {
    let fill = move |act: &mut app::Act<'_, '_>| {
        let zone = domain::Zone::utc();
        let mara = app::session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone)?;
        let admin = mara.administrator().expect("looks after it");
        let roles = domain::Roles::of(&[domain::Role::Seller]);
        let waiting = app::accounts::add(act, &admin, name, "", roles)?;
        let one = app::session::at_keyboard(act, Some(name), "", &zone)?;
        let me = one.seller().expect("sells");
        let who = app::ledger::WhoRef::Text("Ada Merrow".into());
        app::ledger::log(
            act,
            &me,
            app::ledger::NewAttempt::new(who, domain::Outcome::No),
        )?;
        let left = domain::Person {
            standing: domain::Standing::Placeholder,
            ..waiting
        };
        store::tables::person::update(act.tx, &left)?;
        Ok(format!("/people/{}", left.id))
    };
    desk.app.write(fill).await.expect("rows that wait")
}

#[tokio::test]
async fn rows_that_wait_are_offered_to_whoever_has_their_name() {
    let desk = Desk::with_password().await;
    let rows = waiting(&desk, "Jun Okafor").await;
    let list = desk.get("/people").await.text;
    assert!(list.contains("Rows that wait for somebody"), "{list}");
    let page = desk.get(&rows).await.text;
    let add = "/people?name=Jun+Okafor#add";
    assert!(page.contains(&format!("href=\"{add}\"")), "{page}");
    let form = desk.get("/people?name=Jun+Okafor").await.text;
    assert!(form.contains("The rows under “Jun Okafor” are theirs"));
    let new = "name=Jun+Okafor&email=jun%40example.com";
    let asked = desk.post("/people", &format!("{new}&role=seller")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text.contains("Say below whether they are theirs."));
    let id = rows.rsplit_once('/').expect("an id").1;
    // Who does not sell has no rows.
    let lead = desk
        .post("/people", &format!("{new}&role=lead&alike={id}"))
        .await;
    assert_eq!(lead.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(lead.text.contains("Only a seller has rows."));
    let given = desk
        .post("/people", &format!("{new}&role=seller&alike={id}"))
        .await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
    assert!(
        given
            .text
            .contains("The rows under this name are theirs now.")
    );
    let list = desk.get("/people").await.text;
    assert!(!list.contains("Rows that wait for somebody"), "{list}");
}

#[tokio::test]
async fn refusals_keep_the_page_and_what_was_typed() {
    let desk = Desk::with_password().await;
    let rows = waiting(&desk, "Ines Vale").await;
    let list = desk.get("/people").await.text;
    let mara = format!("/people/{}", id_of(&list, "Mara Lindqvist"));
    let me = mara.rsplit_once('/').expect("an id").1.to_owned();
    for (path, form, why) in [
        (&mara, "do=deactivate".to_owned(), "nobody could look after"),
        (
            &mara,
            "do=roles&role=seller".to_owned(),
            "nobody could look after",
        ),
        (&rows, "do=deactivate".to_owned(), "can only be claimed"),
        (&rows, "do=link".to_owned(), "no account yet"),
    ] {
        let answer = desk.post(path, &form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form}");
        assert!(answer.text.contains(why), "{form}: {}", answer.text);
        assert!(answer.text.contains("<h2 id=\"called\">"), "{form}");
    }
    let roles = desk.post(&mara, "do=roles&role=seller").await.text;
    assert!(roles.contains("value=\"seller\" checked"));
    assert!(!roles.contains("value=\"administrator\" checked"));
    desk.post("/teams", "name=South").await;
    let page = desk.get(&mara).await.text;
    let team = between(
        &page,
        "<option value=\"\">None</option><option value=\"",
        "\"",
    )
    .to_owned();
    let future = format!("do=team&team={team}&since=2199-01-01");
    let answer = desk.post(&mara, &future).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer
            .text
            .contains("That day is still to come. Choose today, ")
    );
    assert!(answer.text.contains("value=\"2199-01-01\""));
    assert!(answer.text.contains(&format!("value=\"{team}\" selected")));
    // Alone here, one may say of rows that they are one's own.
    let claimed = desk.post(&rows, &format!("do=claim&by={me}")).await;
    assert_eq!(claimed.location(), format!("{mara}?saved=1&given=1"));
    let page = desk.get(claimed.location()).await.text;
    assert!(page.contains("1 attempt brought in under another name is theirs now."));
}

#[tokio::test]
async fn a_team_nobody_is_in_is_closed_and_opened_again() {
    let desk = Desk::with_password().await;
    desk.post("/teams", "name=South").await;
    let page = desk.get("/teams").await.text;
    let id = between(&page, "name=\"id\" value=\"", "\"").to_owned();
    let mara = format!(
        "/people/{}",
        id_of(&desk.get("/people").await.text, "Mara Lindqvist")
    );
    desk.post(&mara, &format!("do=team&team={id}")).await;
    let close = format!("id={id}&name=South&do=close");
    let refused = desk.post("/teams", &close).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("One person is in South still."));
    desk.post(&mara, "do=team&team=").await;
    assert_eq!(
        desk.post("/teams", &close).await.location(),
        "/teams?saved=1"
    );
    let page = desk.get("/teams").await.text;
    assert!(page.contains(">Closed</h2>") && page.contains("Open again"));
    assert!(
        !desk.get(&mara).await.text.contains(&id),
        "it is not offered"
    );
    let into = desk.post(&mara, &format!("do=team&team={id}")).await;
    assert!(into.text.contains("South is closed."), "{}", into.text);
    let again = desk.post("/teams", "name=south").await;
    assert!(again.text.contains("There is a closed team of this name."));
    desk.post("/teams", &format!("id={id}&do=open")).await;
    assert!(desk.get(&mara).await.text.contains(&id));
    let log = desk.get("/audit").await.text;
    let (closed, opened) = (
        log.find("closed the team South"),
        log.find("opened the team South"),
    );
    assert!(opened.is_some() && opened < closed, "newest first: {log}");
}

#[tokio::test]
async fn acts_of_the_command_line_are_marked_and_those_of_one_moment_stay_in_order() {
    let desk = Desk::with_password().await;
    let keyboard = desk.app.clone().at_keyboard();
    let add = |act: &mut app::Act<'_, '_>| {
        let zone = domain::Zone::utc();
        let mara = app::session::at_keyboard(act, Some("Mara Lindqvist"), "", &zone)?;
        let admin = mara.administrator().expect("looks after it");
        let roles = domain::Roles::of(&[domain::Role::Mentor]);
        app::accounts::add(act, &admin, "Jun Okafor", "", roles)
    };
    keyboard.write(add).await.expect("added");
    let log = desk.get("/audit").await.text;
    let lines: Vec<&str> = log.split("<li class=\"line\">").skip(1).collect();
    // Both were written at the same time; what came last stands first.
    assert!(
        lines[0].contains("made Jun Okafor a mentor."),
        "{}",
        lines[0]
    );
    assert!(lines[1].contains("added Jun Okafor."), "{}", lines[1]);
    assert!(lines[0].contains("by command line") && lines[1].contains("by command line"));
    assert!(!lines[2].contains("by command line"), "{}", lines[2]);
    let file = desk.post("/audit/file", "").await.text;
    assert!(
        file.starts_with("at,actor,act,subject,detail,via\n"),
        "{file}"
    );
    assert!(file.contains(",\"mentor\",command_line\n") && file.ends_with(",\"audit\",\n"));
}

#[tokio::test]
async fn a_link_that_stands_no_more_says_what_to_do() {
    let mut desk = Desk::with_password().await;
    let link = desk
        .invited("name=Jun&email=jun%40example.com&role=mentor")
        .await;
    desk.cookie = String::new();
    let entered = desk.post(&link, &format!("password={RIGHT}")).await;
    assert_eq!(entered.location(), "/start");
    for path in [
        link,
        "/link/zz".to_owned(),
        format!("/link/{}", "0".repeat(64)),
    ] {
        let again = desk.get(&path).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
        assert!(again.text.contains("<h1>This link no longer works</h1>"));
        assert!(again.text.contains("href=\"/enter\">Sign in</a>"));
        let posted = desk.post(&path, &format!("password={RIGHT}")).await;
        assert_eq!(posted.status, StatusCode::NOT_FOUND);
        assert!(posted.text.contains("This link no longer works"));
    }
    // What there is for a mentor is said, and nothing that is not there.
    desk.keep_cookie(&entered);
    let start = desk.get("/start").await.text;
    assert!(start.contains("You are here as a mentor."), "{start}");
    assert!(start.contains("nothing for you to do in that role"));
}
