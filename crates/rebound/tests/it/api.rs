//! The API of the real program, as a program of somebody else's meets it: on both databases, and on
//! two processes of one.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::api::{Api, differences};
use testkit::browser::{Browser, DESKTOP, PHONE};
use testkit::client::{Client, Reply};
use testkit::db::{Backend, for_each_database};
use testkit::server::{Launch, Server};

/// A token of the only person, made on the command line.
fn token(server: &Server) -> String {
    let ran = server.command(&[
        "--json",
        "token",
        "add",
        "dialler",
        "--scope",
        "ledger:read",
        "--scope",
        "ledger:write",
    ]);
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let object: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{ran:?}"));
    object["token"].as_str().expect("a token").to_owned()
}

fn done(reply: &Reply, status: u16) -> Value {
    assert_eq!(reply.status, status, "{}", reply.text());
    reply.json()
}

fn id(of: &Value) -> String {
    of["id"].as_str().expect("an id").to_owned()
}

#[test]
fn every_operation_works_on_both_databases() {
    for_each_database(|url| {
        let server = Launch::new().database(url).start();
        let api = Api::new(server.base(), &token(&server));
        let nothing = || json!({});
        let document = server.client().get("/api/v1/openapi.json").json();
        assert_eq!(differences(&document), Vec::<String>::new());
        let me = done(&api.get_me("", nothing()), 200);
        assert!(!me["zone"].as_str().expect("a zone").is_empty());

        let logged = done(
            &api.log_attempt(
                "",
                "not_now",
                json!({ "who": "Ada Merrow, Whitlock Print", "segment": "Printers", "pitch": "Short" }),
            ),
            201,
        );
        assert_eq!(logged["new_prospect"], true);
        let (attempt, follow_up) = (id(&logged["attempt"]), id(&logged["follow_up"]));
        let prospect = id(&logged["attempt"]["prospect"]);
        let reasoned = api.add_reason(&attempt, "N4", "prospect", json!({ "words": "Too dear" }));
        assert_eq!(done(&reasoned, 200)["reasons"]["prospect"], "N4");
        let corrected = api.correct_attempt(&attempt, json!({ "stage": "proposal" }));
        assert_eq!(done(&corrected, 200)["version"], 2);
        let history = done(&api.get_attempt(&attempt, nothing()), 200);
        assert_eq!(history["history"].as_array().map(Vec::len), Some(3));

        let moved = api.move_follow_up(&follow_up, "2030-02-03", nothing());
        assert_eq!(done(&moved, 200)["due"], "2030-02-03");
        let due = api.every("/api/v1/follow-ups", &json!({ "until": "2030-02-03" }));
        assert_eq!(due.len(), 1);
        let finished = api.finish_follow_up(&follow_up, nothing());
        assert_eq!(done(&finished, 200)["state"], "done");
        done(&api.set_follow_up(&prospect, "2030-03-04", nothing()), 201);

        let deal = done(
            &api.open_deal("", prospect.as_str(), "The press", nothing()),
            201,
        );
        let closed = api.close_deal(&id(&deal), "yes", nothing());
        assert_eq!(done(&closed, 201)["attempt"]["stage"], "negotiation");
        done(&api.reopen_deal(&id(&deal), nothing()), 200);
        assert_eq!(api.reopen_deal(&id(&deal), nothing()).status, 409);
        assert_eq!(
            api.every("/api/v1/deals", &json!({ "state": "open" }))
                .len(),
            1
        );

        let other = done(
            &api.create_prospect(
                "",
                json!({ "name": "Bo Ferrant", "email": "bo@example.com" }),
            ),
            201,
        );
        let edit = json!({ "company": "Hale Works", "zone": "Asia/Tokyo" });
        let edited = done(&api.edit_prospect(&id(&other), edit), 200);
        assert_eq!(
            (&edited["name"], &edited["company"], &edited["zone"]),
            (
                &json!("Bo Ferrant"),
                &json!("Hale Works"),
                &json!("Asia/Tokyo")
            )
        );
        done(&api.add_note(&id(&other), "Ask in spring", nothing()), 201);
        let stopped = done(&api.set_do_not_contact(&id(&other), true, nothing()), 200);
        assert!(stopped["do_not_contact"].is_string());
        let page = done(&api.get_prospect(&id(&other), nothing()), 200);
        assert_eq!(page["notes"][0]["text"], "Ask in spring");
        let found = api.every("/api/v1/prospects", &json!({ "find": "hale" }));
        assert_eq!(found.len(), 1);
        assert_eq!(
            api.every("/api/v1/prospects", &json!({ "limit": 1 })).len(),
            2
        );

        let undone = api.undo_attempt(&attempt, nothing());
        assert_eq!(done(&undone, 200)["undone"], true);
        let left = api.every("/api/v1/attempts", &json!({ "limit": 1 }));
        assert_eq!(left.len(), 1);
        let evidence = done(&api.get_evidence("", nothing()), 200);
        assert!(evidence["streams"][0]["attempts"].as_u64() > Some(0));
        assert_eq!(evidence["alarms"], json!([]));
        let labels = done(&api.list_labels("", nothing()), 200);
        assert_eq!(labels["segments"][0]["label"], "Printers");
        assert_eq!(labels["pitches"][0]["label"], "Short");
    });
}

#[test]
fn two_processes_do_what_has_one_key_once() {
    for backend in [Backend::Postgres, Backend::Sqlite] {
        let database = backend.fresh();
        let first = Launch::new().database(&database.url).start();
        let token = token(&first);
        let second = Launch::new().database(&database.url).start();
        let keys: Vec<String> = (0..12).map(|n| format!("key-{n}")).collect();
        // Each key is sent by four programs at once, two at each process.
        let answers: Vec<(String, u16, bool)> = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..4)
                .map(|hand| {
                    let base = if hand % 2 == 0 {
                        first.base()
                    } else {
                        second.base()
                    };
                    let (keys, token) = (&keys, &token);
                    scope.spawn(move || {
                        let api = Api::new(base, token);
                        keys.iter()
                            .map(|key| {
                                let reply = send(&api, key);
                                let replayed = reply.header("idempotency-replayed").is_some();
                                (key.clone(), reply.status, replayed)
                            })
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            hands
                .into_iter()
                .flat_map(|hand| hand.join().expect("no panic"))
                .collect()
        });
        for key in &keys {
            let of_key = answers.iter().filter(|(k, ..)| k == key);
            assert!(
                of_key.clone().all(|(_, status, _)| *status == 201),
                "{answers:?}"
            );
            let done = of_key.filter(|(.., replayed)| !replayed).count();
            assert_eq!(done, 1, "{key} on {backend:?}: {answers:?}");
        }
        let api = Api::new(first.base(), &token);
        assert_eq!(api.every("/api/v1/attempts", &json!({})).len(), keys.len());
        let prospects = api.every("/api/v1/prospects", &json!({}));
        assert_eq!(prospects.len(), keys.len(), "{prospects:?}");
        // The token ends everywhere at once.
        let ended = first.command(&["token", "end", "dialler"]);
        assert!(ended.status.success(), "{ended:?}");
        assert_eq!(api.get_me("", json!({})).status, 401);
        let api = Api::new(second.base(), &token);
        assert_eq!(api.get_me("", json!({})).status, 401);
    }
}

/// Sends until it is not being done at this very moment elsewhere.
fn send(api: &Api, key: &str) -> Reply {
    loop {
        let reply = api.log_once(key, &format!("Prospect of {key}"), "no");
        if !matches!(reply.status, 409 | 503) {
            return reply;
        }
    }
}

#[test]
fn tokens_are_made_listed_and_ended_on_the_command_line() {
    let server = Server::start();
    let secret = token(&server);
    assert!(secret.starts_with("rbt_") && secret.len() == 68, "{secret}");
    let plain = server.command(&["token", "add", "sheet", "--days", "7"]);
    let said = String::from_utf8_lossy(&plain.stdout).into_owned();
    assert!(
        said.starts_with("rbt_") && said.lines().count() == 1,
        "{plain:?}"
    );
    let read_only = Api::new(server.base(), said.trim());
    assert_eq!(read_only.get_me("", json!({})).status, 200);
    let refused = read_only.log_attempt("", "no", json!({ "who": "Ada Merrow" }));
    assert_eq!(refused.status, 403, "{}", refused.text());
    let list = server.command(&["--json", "token", "list"]);
    let list: Value = serde_json::from_slice(&list.stdout).expect("an object");
    let tokens = list["tokens"].as_array().expect("tokens");
    assert_eq!(tokens.len(), 2);
    assert!(
        tokens[0]["used"].is_null() && tokens[1]["used"].is_string(),
        "{list}"
    );
    assert!(!list.to_string().contains("rbt_"));
    for (args, code) in [
        (&["token", "end", "sheet"][..], 0),
        (&["token", "end", "sheet"], 3),
        (&["token", "add", "x", "--days", "0"], 2),
        (&["token", "add", "x", "--days", "366"], 2),
        (&["token", "add", "x", "--scope", "self:read"], 2),
        (&["token", "add", " "], 2),
    ] {
        let ran = server.command(args);
        assert_eq!(ran.status.code(), Some(code), "{args:?}: {ran:?}");
    }
    assert_eq!(read_only.get_me("", json!({})).status, 401);
}

#[test]
fn a_kill_loses_no_answer_and_does_nothing_twice() {
    for_each_database(|url| {
        let mut server = Launch::new().database(url).start();
        let token = token(&server);
        let mut sent = 0;
        for round in 0..4u64 {
            let api = Api::new(server.base(), &token);
            let client = Client::new(server.base());
            let from = sent;
            let working = std::thread::scope(|scope| {
                let hand = scope.spawn(|| {
                    let mut answered = Vec::new();
                    for n in from.. {
                        match try_log(&client, &token, n) {
                            Ok(reply) => answered.push((n, reply)),
                            Err(_) => return (n, answered),
                        }
                    }
                    (from, answered)
                });
                std::thread::sleep(Duration::from_millis(60 + round * 70));
                server.kill9();
                hand.join().expect("no panic")
            });
            let (unanswered, answered) = working;
            server.restart();
            for (n, before) in answered {
                let again = try_log(&client, &token, n).expect("an answer");
                assert_eq!((again.status, again.text()), (201, before.text()));
                assert_eq!(again.header("idempotency-replayed"), Some("true"));
            }
            // Nobody knows whether this one was done; sent again, it is done once.
            assert_eq!(
                try_log(&client, &token, unanswered)
                    .expect("an answer")
                    .status,
                201
            );
            sent = unanswered + 1;
            let there = api.every("/api/v1/attempts", &json!({ "limit": 200 }));
            assert_eq!(
                there.len(),
                usize::try_from(sent).expect("few"),
                "round {round}"
            );
        }
    });
}

fn try_log(client: &Client, token: &str, n: u64) -> Result<Reply, String> {
    let bearer = format!("Bearer {token}");
    let key = format!("kill-{n}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key.as_str()),
    ];
    let body = json!({ "who": format!("Prospect {n}"), "outcome": "no" }).to_string();
    client.try_send("POST", "/api/v1/attempts", &headers, body.as_bytes())
}

#[test]
fn a_token_is_made_and_ended_in_a_browser() {
    let server = Server::start();
    server.first_person();
    let browser = Browser::desktop(server.base());
    browser.open("/enter");
    browser.click("form button.primary");
    browser.wait_for_path("/today");
    browser.open("/settings/tokens");
    browser.fill("#name", "The dialler");
    browser.click("button[value=add]");
    browser.wait_for("#secret");
    let secret = browser.value("#secret");
    let api = Api::new(server.base(), &secret);
    assert_eq!(api.get_me("", json!({})).json()["name"], "Robin Ames");
    for size in [DESKTOP, PHONE] {
        browser.resize(size);
        browser.assert_accessible();
    }
    browser.open("/settings/tokens");
    assert_eq!(browser.count("#secret"), 0);
    browser.click("button[value=end]");
    browser.wait_for_text("Ended.");
    assert_eq!(api.get_me("", json!({})).status, 401);
}
