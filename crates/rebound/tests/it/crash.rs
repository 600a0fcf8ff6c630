//! Killed at any moment, the program keeps what it had acknowledged, and what is sent again after
//! that counts once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use testkit::client::Client;
use testkit::db::each;
use testkit::postgres_server::random_word;
use testkit::server::{Launch, Server};

/// How many people log at once.
const HANDS: usize = 4;

/// One no that was sent.
struct Sent {
    id: String,
    who: String,
    acknowledged: bool,
}

#[test]
#[ignore = "takes minutes: `cargo xtask long crash`"]
fn nothing_acknowledged_is_lost() {
    let rounds = std::env::var("REBOUND_CRASH_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok());
    let rounds: u64 = rounds.unwrap_or(5);
    println!("| database | kills | acknowledged | in flight | lost | twice |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for backend in each() {
        let database = backend.fresh();
        let mut server = Launch::new().database(&database.url).start();
        let client = server.first_person();
        let (mut acknowledged, mut in_flight) = (0, 0);
        let mut expected: Vec<Sent> = Vec::new();
        for round in 0..rounds {
            // Spread over the moments at which a kill can fall.
            let after = Duration::from_millis(40 + round * 37 % 360);
            let sent = load_until_killed(&mut server, &client, round, after);
            server.restart();
            let kept = kept(&server);
            for no in &sent {
                let times = kept.get(&no.who).copied().unwrap_or(0);
                let fine = if no.acknowledged {
                    times == 1
                } else {
                    times <= 1
                };
                assert!(
                    fine,
                    "round {round} on {backend:?}: {} is there {times} times",
                    no.who
                );
            }
            // What was not answered is sent again under the same id, as a phone's queue does.
            for no in sent.iter().filter(|no| !no.acknowledged) {
                assert!(log(&client, no), "round {round}: {} is refused", no.who);
                in_flight += 1;
            }
            acknowledged += sent.iter().filter(|no| no.acknowledged).count();
            expected.extend(sent);
        }
        let kept = kept(&server);
        let count = |no: &Sent| kept.get(&no.who).copied().unwrap_or(0);
        let lost = expected.iter().filter(|no| count(no) == 0).count();
        let twice = expected.iter().filter(|no| count(no) > 1).count();
        println!("| {backend:?} | {rounds} | {acknowledged} | {in_flight} | {lost} | {twice} |");
        assert_eq!((lost, twice), (0, 0), "on {backend:?}");
        assert!(acknowledged > 0, "nothing was logged at all");
    }
}

/// Logs noes as fast as it goes until the program is killed in the middle of it.
fn load_until_killed(
    server: &mut Server,
    client: &Client,
    round: u64,
    after: Duration,
) -> Vec<Sent> {
    let stop = AtomicBool::new(false);
    let begun = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                let (stop, begun) = (&stop, &begun);
                scope.spawn(move || {
                    let mut sent = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let mut no = Sent {
                            id: random_id(),
                            // Of one width: a name that begins another would be asked about.
                            who: format!("Crash {round:03} {hand} {:06}", sent.len()),
                            acknowledged: false,
                        };
                        no.acknowledged = log(client, &no);
                        let gone = !no.acknowledged;
                        sent.push(no);
                        if gone {
                            break;
                        }
                        begun.store(true, Ordering::Relaxed);
                    }
                    sent
                })
            })
            .collect();
        let start = Instant::now();
        while !begun.load(Ordering::Relaxed) && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(after);
        server.kill9();
        stop.store(true, Ordering::Relaxed);
        hands
            .into_iter()
            .flat_map(|hand| hand.join().expect("no hand panics"))
            .collect()
    })
}

/// Whether the no was acknowledged; a program that is gone acknowledges nothing.
fn log(client: &Client, no: &Sent) -> bool {
    let fields = [
        ("id", no.id.as_str()),
        ("other", &no.who),
        ("outcome", "no"),
    ];
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = testkit::client::form(&fields);
    match client.try_send("POST", "/log", &headers, body.as_bytes()) {
        Ok(reply) => {
            assert_eq!(reply.status, 303, "{}", reply.text());
            true
        }
        Err(_) => false,
    }
}

/// How often each prospect was asked, by what an export says.
fn kept(server: &Server) -> BTreeMap<String, usize> {
    let output = server.command(&["export", "--format", "csv"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("text");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let place = header
        .iter()
        .position(|name| *name == "prospect")
        .expect("the column of names");
    let mut kept = BTreeMap::new();
    for line in lines {
        // None of these names needs quoting, and what stands before them does not either.
        let who = line.split(',').nth(place).unwrap_or_default();
        *kept.entry(who.to_owned()).or_insert(0) += 1;
    }
    kept
}

/// An id as a client makes one: random, in the form of a UUID.
fn random_id() -> String {
    let word = format!("{}{}", random_word(), random_word());
    format!(
        "{}-{}-4{}-8{}-{}",
        &word[..8],
        &word[8..12],
        &word[12..15],
        &word[15..18],
        &word[18..30]
    )
}
