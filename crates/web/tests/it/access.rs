//! Every route of the table, asked by everybody, with the ids of others wherever an id can stand:
//! in the path, in the query, and under every field name of every form.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use app::ledger::{self, NewAttempt, WhoRef};
use app::sign_in::{self, Visitor};
use app::{Administrator, Member, accounts, deals, session};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::{Outcome, PersonId, Role, Roles, SaidBy, Standing};
use store::tables::alarm::{self, Alarm};
use store::tables::attempt::Place;
use web::routes::{Access, Route, table};

use crate::desk::{Answer, Desk, HOST, ORIGIN};
use crate::import;

const PASSWORD: &str = "lanterns by the river";

/// Somebody who asks.
struct Somebody {
    name: &'static str,
    /// Nobody, for a visitor.
    member: Option<Member>,
    roles: Roles,
    /// Whether their session still stands.
    inside: bool,
    cookie: String,
}

/// What one seller has.
struct Theirs {
    owner: PersonId,
    /// A word that only their attempt holds.
    secret: String,
    /// A figure that only their alarm holds, as pages and as programs write it.
    alarm: [String; 2],
    attempt: String,
    /// What every seller may see: prospect, deal.
    shared: Vec<String>,
}

struct Stage {
    desk: Desk,
    cast: Vec<Somebody>,
    theirs: Vec<Theirs>,
    people: Vec<String>,
}

fn visitor() -> Visitor {
    Visitor {
        address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
        agent: "a test".into(),
    }
}

async fn administrator(desk: &Desk, name: &'static str) -> Administrator {
    let zone = domain::Zone::utc();
    let found = desk
        .app
        .write(move |act| session::at_keyboard(act, Some(name), "", &zone));
    let member = found.await.expect("somebody of this name");
    member.administrator().expect("an administrator")
}

fn cookie_of(desk: &Desk, token: &app::Token) -> String {
    format!("rebound-{}={token}", &desk.app.workspace().id[..8])
}

/// Adds a person and signs them in through a link.
async fn join(desk: &Desk, who: &Administrator, name: &'static str, roles: &[Role]) -> Somebody {
    let (admin, roles) = (who.clone(), Roles::of(roles));
    let email = format!("{}@example.com", name.to_lowercase());
    let link = desk.app.write(move |act| {
        let person = accounts::add(act, &admin, name, &email, roles)?;
        accounts::make_link(act, &admin, person.id)
    });
    let (link, _) = link.await.expect("a link");
    let come = sign_in::by_link(
        &desk.app,
        visitor(),
        link,
        String::new(),
        PASSWORD.into(),
        None,
    );
    let (member, token) = come.await.expect("let in");
    Somebody {
        name,
        cookie: cookie_of(desk, &token),
        roles,
        inside: true,
        member: Some(member),
    }
}

/// One attempt with words of its own, and an open deal.
async fn work(desk: &Desk, somebody: &Somebody) -> Theirs {
    let member = somebody.member.clone().expect("a member");
    let (me, name) = (member.seller().expect("a seller"), somebody.name);
    let secret = format!("whispered{}", name.to_lowercase());
    let words = secret.clone();
    let last = name.len() + usize::from(name.as_bytes()[0]);
    let figure = 7_349_000 + last as i64;
    let made = desk.app.write(move |act| {
        let mut new = NewAttempt::new(WhoRef::Text(format!("Prospect of {name}")), Outcome::NotNow);
        new.reason = Some("N4".into());
        new.said_by = Some(SaidBy::Prospect);
        new.words = Some(words);
        let logged = ledger::log(act, &me, new)?;
        let prospect = logged.attempt.prospect;
        let deal = deals::open(act, &me, prospect, &format!("Deal of {name}"), None)?;
        let alarm = Alarm {
            segment: String::new(),
            place: Place::of(&logged.attempt),
            since: None,
            asks: figure,
            yes: 0,
            evidence: 6_000_000,
            threshold: 5_000,
            recorded_at: act.micros(),
            withdrawn_at: None,
        };
        alarm::record(act.tx, me.id(), &alarm)?;
        Ok((logged.attempt.id, prospect, deal.id))
    });
    let (attempt, prospect, deal) = made.await.expect("logged");
    Theirs {
        owner: member.id(),
        secret,
        alarm: [format!("7,349,{last:03}"), format!("7349{last:03}")],
        attempt: attempt.to_string(),
        shared: vec![prospect.to_string(), deal.to_string()],
    }
}

async fn stage() -> Stage {
    let desk = Desk::of_mara().await;
    let mara = administrator(&desk, "Mara Lindqvist").await;
    let mut cast = Vec::new();
    for (name, roles) in [
        ("Tom", &[Role::Seller][..]),
        ("Sam", &[Role::Seller][..]),
        ("Una", &[Role::Seller, Role::Lead][..]),
        ("Lea", &[Role::Lead][..]),
        ("Mia", &[Role::Mentor][..]),
        ("Ray", &[Role::Recruiter][..]),
        ("Ada", &[Role::Administrator][..]),
        ("Out", &[Role::Seller, Role::Administrator][..]),
    ] {
        cast.push(join(&desk, &mara, name, roles).await);
    }
    let mut theirs = Vec::new();
    for somebody in &cast[..3] {
        theirs.push(work(&desk, somebody).await);
    }
    let ids: Vec<PersonId> = cast
        .iter()
        .filter_map(|s| s.member.as_ref().map(Member::id))
        .collect();
    let (admin, all) = (mara.clone(), ids.clone());
    let teams = desk.app.write(move |act| {
        let north = accounts::add_team(act, &admin, "North")?.id;
        let south = accounts::add_team(act, &admin, "South")?.id;
        for (i, id) in all.iter().enumerate() {
            // Tom is in the leads' team, Sam is not.
            let team = if i == 1 { south } else { north };
            accounts::set_team(act, &admin, *id, Some(team), None)?;
        }
        accounts::set_standing(act, &admin, all[7], Standing::Deactivated)?;
        Ok([north.to_string(), south.to_string()])
    });
    let teams = teams.await.expect("two teams");
    cast[7].inside = false;
    cast.push(Somebody {
        name: "a visitor",
        member: None,
        roles: Roles::NONE,
        inside: false,
        cookie: String::new(),
    });
    let people = ids.iter().map(PersonId::to_string).chain(teams).collect();
    Stage {
        desk,
        cast,
        theirs,
        people,
    }
}

/// Every name under which a form of ours sends something.
pub(crate) fn field_names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let (mut names, mut folders) = (BTreeSet::new(), vec![std::path::PathBuf::from(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("templates") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).expect("a template");
            for rest in text.split(" name=\"").skip(1) {
                let name = rest.split('"').next().unwrap_or_default();
                if !name.contains(['{', '-']) {
                    names.insert(name.to_owned());
                }
            }
        }
    }
    assert!(
        names.contains("outcome") && names.contains("id"),
        "{names:?}"
    );
    names.into_iter().collect()
}

fn with_id(path: &str, id: &str) -> String {
    let parts = path.split('/');
    let filled = parts.map(|part| if part.starts_with('{') { id } else { part });
    filled.collect::<Vec<_>>().join("/")
}

async fn ask(desk: &Desk, who: &Somebody, method: &Method, path: &str, form: &str) -> Answer {
    let request = Request::builder()
        .method(method.clone())
        .uri(path)
        .header(header::HOST, HOST)
        .header(header::ORIGIN, ORIGIN)
        .header(header::COOKIE, &who.cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()));
    desk.send(request.expect("a request")).await
}

/// Whether the class of a route lets somebody in.
fn may(who: &Somebody, access: Access) -> bool {
    match access {
        Access::Open => true,
        Access::Member => who.inside,
        Access::Seller => who.inside && who.roles.has(Role::Seller),
        Access::Lead => who.inside && who.roles.has(Role::Lead),
        Access::Administrator => who.inside && who.roles.has(Role::Administrator),
        // A browser's cookie opens nothing there; tokens have tests of their own.
        _ => false,
    }
}

/// Everything each seller's attempts say, by owner.
async fn rows(desk: &Desk, theirs: &[Theirs]) -> Vec<Vec<String>> {
    let owners: Vec<PersonId> = theirs.iter().map(|t| t.owner).collect();
    let read = desk.app.read(move |act| {
        let mut out = vec![Vec::new(); owners.len()];
        store::tables::attempt::each(act.tx, |a| {
            if let Some(i) = owners.iter().position(|o| *o == a.owner) {
                out[i].push(format!("{a:?}"));
            }
            Ok(())
        })?;
        Ok(out)
    });
    read.await.expect("rows")
}

/// Signs somebody in again whom one of their own acts signed out.
async fn back_in(stage: &mut Stage, i: usize) {
    let somebody = &stage.cast[i];
    let probe = ask(&stage.desk, somebody, &Method::GET, "/more", "").await;
    if !somebody.inside || probe.status == StatusCode::OK {
        return;
    }
    let email = format!("{}@example.com", somebody.name.to_lowercase());
    let come = sign_in::by_password(&stage.desk.app, visitor(), email, PASSWORD.into(), None);
    let (_, token) = come.await.expect("let in again");
    stage.cast[i].cookie = cookie_of(&stage.desk, &token);
}

fn checked(stage: &Stage, who: &Somebody, route: &Route, path: &str, answer: &Answer) {
    let what = format!(
        "{} asks {} {path}: {}",
        who.name, route.method, answer.status
    );
    assert!(answer.status.as_u16() < 500, "{what} {}", answer.text);
    if !may(who, route.access) {
        let turned_away = if who.inside {
            matches!(
                answer.status,
                StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED
            )
        } else {
            answer.status == StatusCode::UNAUTHORIZED
                || (answer.status == StatusCode::SEE_OTHER
                    && answer.header("location").starts_with("/enter"))
        };
        assert!(turned_away, "{what} {}", answer.header("location"));
    }
    for theirs in &stage.theirs {
        let own = who.member.as_ref().is_some_and(|m| m.id() == theirs.owner);
        assert!(
            own || !answer.text.contains(&theirs.secret),
            "{what} shows what only its owner may see"
        );
        assert!(
            own || theirs
                .alarm
                .iter()
                .all(|figure| !answer.text.contains(figure)),
            "{what} shows another's alarm"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_what_is_anothers() {
    let mut stage = stage().await;
    let names = field_names();
    let nobody = "00000000-0000-4000-8000-000000000000";
    // Who looks for a secret where it stands finds it; else nothing below would show anything.
    for (who, theirs) in stage.cast.iter().zip(&stage.theirs) {
        let own = ask(&stage.desk, who, &Method::GET, "/evidence", "").await;
        assert!(own.text.contains(&theirs.alarm[0]), "{}", own.text);
        for path in [
            format!("/attempts/{}", theirs.attempt),
            format!("/noes?o=&q={}", theirs.secret),
        ] {
            let own = ask(&stage.desk, who, &Method::GET, &path, "").await;
            assert!(own.text.contains(&theirs.secret), "{path}: {}", own.status);
        }
    }
    for i in 0..stage.cast.len() {
        let before = rows(&stage.desk, &stage.theirs).await;
        let own = stage.cast[i].member.as_ref().map(Member::id);
        let others: Vec<&Theirs> = stage
            .theirs
            .iter()
            .filter(|t| Some(t.owner) != own)
            .collect();
        let attempts: Vec<String> = others.iter().map(|t| t.attempt.clone()).collect();
        let shared: Vec<String> = others.iter().flat_map(|t| t.shared.clone()).collect();
        let (people, secrets) = (
            stage.people.clone(),
            others.iter().map(|t| t.secret.clone()).collect::<Vec<_>>(),
        );
        for route in table() {
            let reads = route.method == Method::GET;
            let mut ids = attempts.clone();
            ids.push(nobody.into());
            if reads {
                // Reading what all may read shows that nothing else comes with it.
                ids.extend(shared.iter().chain(&people).cloned());
            }
            if !route.path.contains('{') {
                ids.truncate(2);
            }
            for id in &ids {
                let path = with_id(route.path, id);
                if reads {
                    let who = &stage.cast[i];
                    let answer = ask(&stage.desk, who, &route.method, &path, "").await;
                    checked(&stage, who, &route, &path, &answer);
                    let query: Vec<String> = names.iter().map(|n| format!("{n}={id}")).collect();
                    let path = format!("{path}?{}", query.join("&"));
                    let answer = ask(&stage.desk, who, &route.method, &path, "").await;
                    checked(&stage, who, &route, &path, &answer);
                    continue;
                }
                let everything: Vec<String> = names
                    .iter()
                    .map(|name| format!("{name}={}", attempts[0]))
                    .collect();
                for form in [
                    format!("id={id}&attempt={id}&outcome=yes&reason=N3&words=taken&days=3"),
                    everything.join("&"),
                ] {
                    let who = &stage.cast[i];
                    let answer = ask(&stage.desk, who, &route.method, &path, &form).await;
                    checked(&stage, who, &route, &path, &answer);
                    if may(&stage.cast[i], route.access) && route.access != Access::Open {
                        back_in(&mut stage, i).await;
                    }
                }
            }
        }
        // A search for another's words finds nothing, wherever one can search.
        for secret in &secrets {
            for path in ["/noes?q=", "/find?q=", "/noes?o=&q="] {
                let (who, path) = (&stage.cast[i], format!("{path}{secret}"));
                let answer = ask(&stage.desk, who, &Method::GET, &path, "").await;
                let text = answer.text.replace(secret.as_str(), "");
                assert!(!text.contains("Prospect of"), "{} finds {secret}", who.name);
            }
        }
        let after = rows(&stage.desk, &stage.theirs).await;
        for (theirs, (was, is)) in stage.theirs.iter().zip(before.iter().zip(&after)) {
            if Some(theirs.owner) != own {
                assert_eq!(was, is, "{} changed a row of another", stage.cast[i].name);
            }
        }
    }
}

/// Brings a file in, as somebody; says how it went, or nothing where they may not.
async fn bring(desk: &mut Desk, who: &Somebody, file: &str) -> Option<String> {
    desk.cookie.clone_from(&who.cookie);
    let sent = import::send(desk, file).await;
    if sent.status != StatusCode::SEE_OTHER || !sent.header("location").starts_with("/import/") {
        return None;
    }
    let place = sent.location().to_owned();
    let ran = desk.post(&place, "do=run").await;
    assert_eq!(ran.location(), place);
    for _ in 0..600 {
        let page = desk.get(&place).await.text;
        if page.contains("Brought in") || page.contains("brought in") {
            return Some(page);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{} still waits for {file}", who.name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_anothers_ids_reaches_nothing_of_theirs() {
    let mut stage = stage().await;
    // Their own files, taken out by themselves and come into wrong hands, with other words and
    // another outcome; and the plainest file there is.
    let mut files = Vec::new();
    for i in 0..stage.theirs.len() {
        let (who, theirs) = (&stage.cast[i], &stage.theirs[i]);
        let out = ask(
            &stage.desk,
            who,
            &Method::POST,
            "/export/file",
            "format=csv",
        )
        .await;
        assert!(out.text.contains(&theirs.attempt) && out.text.contains(&theirs.secret));
        files.push(
            out.text
                .replace(&theirs.secret, "taken")
                .replace("not_now", "yes"),
        );
        files.push(format!(
            "id,date,prospect,outcome,words\n{},2026-03-04,Ada Merrow,yes,taken\n",
            theirs.attempt
        ));
    }
    let mut brought = 0;
    for i in 0..stage.cast.len() {
        let own = stage.cast[i].member.as_ref().map(Member::id);
        let before = rows(&stage.desk, &stage.theirs).await;
        for (n, file) in files.iter().enumerate() {
            if Some(stage.theirs[n / 2].owner) == own {
                continue;
            }
            let page = bring(&mut stage.desk, &stage.cast[i], file).await;
            let sells = may(&stage.cast[i], Access::Seller);
            assert_eq!(page.is_some(), sells, "{}", stage.cast[i].name);
            let page = page.unwrap_or_default();
            assert!(!page.contains("whispered"), "{}", stage.cast[i].name);
            brought += usize::from(sells);
        }
        let after = rows(&stage.desk, &stage.theirs).await;
        for (theirs, (was, is)) in stage.theirs.iter().zip(before.iter().zip(&after)) {
            if Some(theirs.owner) != own {
                assert_eq!(was, is, "{} changed a row of another", stage.cast[i].name);
            }
        }
        // What came in is a row of their own, and the id in the file leads nobody to the other.
        for theirs in stage.theirs.iter().filter(|t| Some(t.owner) != own) {
            let path = format!("/attempts/{}", theirs.attempt);
            let answer = ask(&stage.desk, &stage.cast[i], &Method::GET, &path, "").await;
            assert_ne!(
                answer.status,
                StatusCode::OK,
                "{} {path}",
                stage.cast[i].name
            );
        }
    }
    assert_eq!(
        brought, 12,
        "three sellers, two files of each of the others"
    );
    // Whose rows they are still brings them in again as what they are.
    let me = &stage.cast[0];
    let page = bring(&mut stage.desk, me, &files[0]).await;
    assert!(page.is_some());
    let mine = rows(&stage.desk, &stage.theirs).await.swap_remove(0);
    assert!(
        mine.iter()
            .any(|row| row.contains(&stage.theirs[0].attempt))
    );
}

#[test]
fn every_class_of_access_is_used() {
    let used: BTreeSet<String> = table().iter().map(|r| format!("{:?}", r.access)).collect();
    for class in ["Open", "Member", "Seller", "Lead", "Administrator"] {
        assert!(used.contains(class), "{class}: {used:?}");
    }
}
