//! Two processes on one PostgreSQL database, behind one address that sends no two steps to the same
//! one: whatever takes two requests begins at one and is finished at the other.

use serde_json::{Value, json};
use testkit::balance::{Balance, Balanced};
use testkit::browser::Browser;
use testkit::client::{Client, Reply};
use testkit::db::{Backend, Fresh};
use testkit::oidc::{Provider, SECRET, person};
use testkit::server::{Launch, Server};

use crate::browser::first_run;

const PASSWORD: &str = "lanterns by the river";

/// Two processes, and what stands before them.
struct Pair {
    processes: [Server; 2],
    /// Where each is by itself.
    bases: [String; 2],
    door: Balanced,
    database: Fresh,
}

fn pair(flags: &[String]) -> Pair {
    let database = Backend::Postgres.fresh();
    let door = Balance::new();
    let start = || {
        let mut launch = Launch::new()
            .database(&database.url)
            .env("REBOUND_OIDC_CLIENT_SECRET", SECRET)
            .arg("--public-url")
            .arg(door.public_url());
        for flag in flags {
            launch = launch.arg(flag);
        }
        launch.start()
    };
    let processes = [start(), start()];
    let bases = processes.each_ref().map(|p| p.base().to_owned());
    let door = door.between(&bases[0], &bases[1]);
    Pair {
        processes,
        bases,
        door,
        database,
    }
}

impl Pair {
    fn visitor(&self) -> Client {
        Client::new(self.door.base())
    }

    /// That two requests of one thing met different processes.
    fn apart(&self, first: &str, second: &str) {
        let (a, b) = (self.door.last(first), self.door.last(second));
        assert_ne!(a, b, "{first} and {second}");
    }

    /// How each process answers this browser, asked by itself.
    fn of_each(&self, browser: &Client, path: &str) -> [u16; 2] {
        let cookies: Vec<String> = browser
            .cookies()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let headers = [("cookie", cookies.join("; "))];
        let headers = headers.each_ref().map(|(n, v)| (*n, v.as_str()));
        self.bases
            .each_ref()
            .map(|base| Client::new(base).send("GET", path, &headers, &[]).status)
    }

    fn command(&self, words: &[&str]) -> Value {
        let mut all = vec!["--json", "--as", "Robin Ames"];
        all.extend(words);
        let ran = self.processes[0].command(&all);
        assert!(ran.status.success(), "{ran:?}");
        serde_json::from_slice(&ran.stdout).expect("one object")
    }
}

fn leads_to(reply: &Reply, place: &str) {
    assert_eq!(
        reply.location(),
        Some(place),
        "{} {}",
        reply.status,
        reply.text()
    );
}

fn signs_in(visitor: &Client, email: &str) -> Reply {
    visitor.post_form("/enter", &[("email", email), ("password", PASSWORD)])
}

#[test]
fn a_session_is_one_session_in_both_and_outlives_them() {
    let mut pair = pair(&[]);
    let robin = pair.visitor();
    robin.first_run("Robin Ames", "Europe/Berlin");
    assert_eq!(pair.of_each(&robin, "/today"), [200, 200]);
    let own = [("email", "robin@example.com"), ("password", PASSWORD)];
    leads_to(
        &robin.post_form("/settings/password", &own),
        "/settings/sign-in?saved=1",
    );

    // By password, which was set at the other one.
    let second = pair.visitor();
    leads_to(&signs_in(&second, "robin@example.com"), "/today");
    pair.apart("POST /settings/password", "POST /enter");
    assert_eq!(second.get("/today").status, 200);
    pair.apart("POST /enter", "GET /today");
    assert_eq!(pair.of_each(&second, "/today"), [200, 200]);

    // By link.
    let base = pair.door.base().to_owned();
    let link = |words: &[&str]| {
        let mut all = vec!["user"];
        all.extend(words);
        all.extend(["--public-url", &base]);
        let made = pair.command(&all);
        let link = made["link"].as_str().expect("a link").to_owned();
        link.strip_prefix(&base).expect("ours").to_owned()
    };
    let invited = link(&["add", "Jun Okafor"]);
    let jun = pair.visitor();
    assert!(jun.get(&invited).text().contains("Jun Okafor"));
    let own = [("email", "jun@example.com"), ("password", PASSWORD)];
    leads_to(&jun.post_form(&invited, &own), "/today");
    pair.apart(&format!("POST {invited}"), "POST /enter");
    assert_eq!(pair.of_each(&jun, "/today"), [200, 200]);
    assert_eq!(pair.visitor().post_form(&invited, &own).status, 404, "once");

    // Ended at one, it is over at the other.
    leads_to(
        &robin.post_form("/settings/browsers", &[("do", "others")]),
        "/settings/sign-in?saved=1#browsers",
    );
    assert_eq!(pair.of_each(&second, "/today"), [303, 303]);

    // Both are started anew, and nobody notices.
    for process in &mut pair.processes {
        process.restart();
    }
    assert_eq!(pair.of_each(&robin, "/today"), [200, 200]);
    assert_eq!(pair.of_each(&jun, "/today"), [200, 200]);

    // Tries are counted together.
    let guess = || {
        pair.visitor().post_form(
            "/enter",
            &[("email", "jun@example.com"), ("password", "no")],
        )
    };
    let tries: Vec<u16> = (0..11).map(|_| guess().status).collect();
    assert_eq!(tries, [&[403; 10][..], &[429]].concat());
}

#[test]
fn a_passkey_is_asked_for_by_one_and_checked_by_the_other() {
    let pair = pair(&[]);
    let browser = Browser::desktop(pair.door.base());
    browser.authenticator();
    first_run(&browser);
    browser.open("/settings/sign-in");
    browser.click("[data-passkey] button");
    browser.wait_for_text("Kept.");
    pair.apart("POST /passkeys/begin", "POST /passkeys/finish");
    browser.open("/leave");
    browser.click("form[action='/leave'] button");
    browser.wait_for_path("/enter");
    browser.click("[data-passkey] button");
    browser.wait_for_path("/today");
    pair.apart("POST /enter/passkey/begin", "POST /enter/passkey/finish");

    let base = pair.door.base();
    let added = pair.command(&["user", "add", "Jun Okafor", "--public-url", base]);
    let second = Browser::desktop(base);
    second.authenticator();
    let link = added["link"].as_str().expect("a link");
    second.open(link);
    second.wait_for("[data-passkey] button");
    second.click("[data-passkey] button");
    second.wait_for_path("/today");
    let path = link.strip_prefix(base).expect("ours");
    pair.apart(
        &format!("POST {path}/passkey/begin"),
        &format!("POST {path}/passkey/finish"),
    );

    // Taken up in a browser where somebody else is signed in, a link leaves nothing of them there.
    let added = pair.command(&["user", "add", "Kim Sol", "--public-url", base]);
    browser.open(added["link"].as_str().expect("a link"));
    browser.wait_for("[data-passkey] button");
    browser.click("[data-passkey] button");
    browser.wait_for_path("/today");
    browser.wait_for_text("Kim Sol");
    testkit::pg::execute(
        &pair.database.url,
        "DO $$ BEGIN IF EXISTS (SELECT 1 FROM session s JOIN person p ON p.id = s.person WHERE \
         p.name = 'Robin Ames') THEN RAISE 'the session of before still stands'; END IF; END $$",
    );
}

#[test]
fn a_provider_is_gone_to_from_one_and_come_back_from_to_the_other() {
    let people = json!({
        "robin": person("Robin Ames", "robin@example.com", &[]),
        "jun": person("Jun Abara", "jun@example.com", &[]),
    });
    let Some(provider) = Provider::start(&people) else {
        return;
    };
    let pair = pair(&provider.flags());
    let robin = pair.visitor();
    robin.first_run("Robin Ames", "Europe/Berlin");
    let there_and_back = |visitor: &Client, begin: &str, who: &str| {
        let page = visitor.post_form(begin, &[]).text();
        let (_, rest) = page.split_once("content=\"0; url=").expect("the way there");
        let url = rest.split('"').next().expect("an address");
        let url = url.replace("&#38;", "&").replace("&amp;", "&");
        let back = provider.sign_in(&url, who);
        let path = back.strip_prefix(pair.door.base()).expect("ours");
        let reply = visitor.get(path);
        pair.apart(&format!("POST {begin}"), "GET /enter/provider/back");
        reply
    };
    let connected = there_and_back(&robin, "/provider/connect", "robin");
    leads_to(&connected, "/settings/sign-in?saved=1");
    for who in ["jun", "robin", "jun"] {
        let visitor = pair.visitor();
        leads_to(&there_and_back(&visitor, "/enter/provider", who), "/today");
        assert_eq!(pair.of_each(&visitor, "/today"), [200, 200], "{who}");
    }
}
