//! Attacks on the running program, byte for byte as somebody sends them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use testkit::client::{Client, escape};
use testkit::server::{Launch, Server};

/// What is tried to be made a line of its own: raw, encoded, and in the ways Unicode ends lines.
const BREAKS: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\0",
    "%0d%0a",
    "%0a",
    "%250d%250a",
    "\\r\\n",
];

fn started() -> Server {
    Launch::new()
        .arg("--log")
        .arg("info")
        .env("NO_COLOR", "1")
        .start()
}

/// Sends exactly these bytes and gives the answer's head.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let at = server.base().trim_start_matches("http://");
    let mut line = TcpStream::connect(at).expect("connected");
    line.set_read_timeout(Some(Duration::from_secs(60)))
        .expect("set");
    line.write_all(bytes).expect("sent");
    let mut said = Vec::new();
    let _ = line.read_to_end(&mut said);
    let said = String::from_utf8_lossy(&said).into_owned();
    said.split("\r\n\r\n").next().unwrap_or_default().to_owned()
}

/// Every line that was logged says when and how bad, and nothing forged stands anywhere in them.
fn log_is_whole(server: &Server) -> Vec<String> {
    let printed = server.printed();
    let (_, log) = printed.split_once("Stop it with Ctrl+C.\n").expect("begun");
    assert!(!log.to_lowercase().contains("forged"), "{log}");
    for line in log.lines() {
        let mut words = line.split_whitespace();
        let when = words.next().unwrap_or_default();
        let level = words.next().unwrap_or_default();
        assert!(
            when.starts_with("20")
                && when.ends_with('Z')
                && ["INFO", "WARN", "ERROR"].contains(&level),
            "{line:?}"
        );
        assert!(
            !line
                .chars()
                .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
        );
    }
    log.lines()
        .filter(|l| l.contains("rebound::access"))
        .map(str::to_owned)
        .collect()
}

fn cookie(client: &Client) -> String {
    let pairs: Vec<String> = client
        .cookies()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

#[test]
fn header_injection_forges_no_header_and_no_log_line() {
    let server = started();
    let client = server.first_person();
    let (host, cookie) = (
        server.base().trim_start_matches("http://").to_owned(),
        cookie(&client),
    );
    let before = log_is_whole(&server).len();
    let mut asked = 0;
    let mut heads = Vec::new();
    // In what is typed: names, labels, places, formats. Each comes back on pages, in addresses and
    // in files.
    for (n, end) in BREAKS.iter().enumerate() {
        let forged = format!("x{n}{end}X-Forged: 1{end}2026-01-01T00:00:00Z ERROR forged");
        let forms: &[(&str, &[(&str, &str)])] = &[
            ("/enter", &[("next", &forged)]),
            ("/enter", &[("next", &format!("/noes{forged}"))]),
            (
                "/log",
                &[("other", &forged), ("outcome", "no"), ("words", &forged)],
            ),
            ("/settings/profile", &[("name", &forged), ("zone", &forged)]),
            ("/settings/reasons", &[("label", &forged), ("do", "add")]),
            ("/export/file", &[("format", &forged)]),
            ("/export/file", &[("format", "csv"), ("outcome", &forged)]),
            (
                "/people",
                &[("name", &forged), ("email", &forged), ("role", "lead")],
            ),
        ];
        for (path, fields) in forms {
            let reply = client.post_form(path, fields);
            assert!(reply.status < 500, "{path} {end:?}: {}", reply.text());
            heads.push(reply.headers);
        }
        for path in [
            "/enter?next=",
            "/noes?q=",
            "/find?q=",
            "/call-list?segment=",
            "/logged/",
            "/",
        ] {
            let reply = client.get(&format!("{path}{}", escape(&forged)));
            assert!(reply.status < 500, "{path} {end:?}: {}", reply.text());
            heads.push(reply.headers);
        }
        let table = format!("name,outcome\n\"{forged}\",no\n");
        let upload = testkit::client::Upload {
            field: "file",
            name: &format!(
                "calls{}forged.csv",
                end.replace(['\r', '\n', '\0'], "%0D%0A")
            ),
            media_type: "text/csv",
            bytes: table.as_bytes(),
        };
        let reply = client.post_multipart("/import", &[], upload);
        assert!(reply.status < 500, "{end:?}: {}", reply.text());
        heads.push(reply.headers);
        asked += forms.len() + 7;
    }
    // A file of what was logged, with those names in it, is called as it always is.
    for format in ["csv", "json"] {
        let file = client.post_form("/export/file", &[("format", format)]);
        assert_eq!(file.status, 200, "{}", file.text());
        let called = file.header("content-disposition").expect("a name");
        let name = called
            .strip_prefix("attachment; filename=\"rebound-")
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or_else(|| panic!("{called}"));
        assert!(
            name.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.'),
            "{name}"
        );
        heads.push(file.headers);
        asked += 1;
    }
    for head in &heads {
        for (name, value) in head {
            assert!(!name.contains("forged"), "{head:?}");
            assert!(!value.chars().any(char::is_control), "{head:?}");
        }
        let place = head.iter().find(|(name, _)| name == "location");
        assert!(
            place
                .is_none_or(|(_, to)| to.starts_with('/') && !to.to_lowercase().contains("forged")),
            "{place:?}"
        );
    }
    // In headers, as they cross the wire: what breaks a line ends the header, or the request.
    let mut refused = 0;
    for end in BREAKS {
        for name in [
            "Host",
            "X-Forwarded-For",
            "User-Agent",
            "Referer",
            "Origin",
            "Accept-Language",
        ] {
            let value = format!("{host}{end}2026-01-01T00:00:00Z ERROR forged");
            let first = match name {
                "Host" => String::new(),
                _ => format!("Host: {host}\r\n"),
            };
            let head = raw(
                &server,
                format!(
                    "GET /noes HTTP/1.1\r\n{first}{name}: {value}\r\nCookie: {cookie}\r\n\
                     Connection: close\r\n\r\n"
                )
                .as_bytes(),
            );
            assert!(head.starts_with("HTTP/1.1 "), "{name} {end:?}: {head}");
            assert!(
                !head.to_lowercase().contains("forged"),
                "{name} {end:?}: {head}"
            );
            match head.starts_with("HTTP/1.1 400") {
                true => refused += 1,
                false => asked += 1,
            }
        }
    }
    assert!(refused > 0, "what is no header is no request");
    // In the first line.
    for target in [
        "/noes\nforged",
        "/noes\u{85}forged",
        "/noes\tforged",
        "/noes HTTP/1.1 forged",
    ] {
        let head = raw(
            &server,
            format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
                .as_bytes(),
        );
        assert!(
            !head.to_lowercase().contains("forged"),
            "{target:?}: {head}"
        );
        if !head.starts_with("HTTP/1.1 400") && !head.is_empty() {
            asked += 1;
        }
    }
    // One line a request, and none besides.
    let lines = log_is_whole(&server);
    assert_eq!(lines.len() - before, asked, "{:#?}", &lines[before..]);
}

#[test]
fn host_spoofing_in_the_first_line_and_twice() {
    let server = started();
    let client = server.first_person();
    let host = server.base().trim_start_matches("http://");
    let cookie = cookie(&client);
    let port = host.rsplit_once(':').expect("a port").1;
    for (what, head) in [
        (
            "another name",
            format!("GET /today HTTP/1.1\r\nHost: evil.example:{port}\r\n"),
        ),
        (
            "another name in the first line",
            format!("GET http://evil.example:{port}/today HTTP/1.1\r\nHost: {host}\r\n"),
        ),
        (
            "ours in the first line, another below",
            format!("GET http://{host}@evil.example/today HTTP/1.1\r\nHost: {host}\r\n"),
        ),
        ("none", "GET /today HTTP/1.1\r\n".to_owned()),
        (
            "none, as in former times",
            "GET /today HTTP/1.0\r\n".to_owned(),
        ),
        (
            "another one first",
            format!("GET /today HTTP/1.1\r\nHost: evil.example\r\nHost: {host}\r\n"),
        ),
        (
            "another one too",
            format!("GET /today HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n"),
        ),
    ] {
        let said = raw(
            &server,
            format!("{head}Cookie: {cookie}\r\nConnection: close\r\n\r\n").as_bytes(),
        );
        let status = said.split(' ').nth(1).unwrap_or_default();
        assert!(["400", "421"].contains(&status), "{what}: {said}");
    }
}

#[test]
fn a_connection_that_says_nothing_ends_and_others_are_served_meanwhile() {
    let server = started();
    server.first_person();
    let at = server.base().trim_start_matches("http://").to_owned();
    let began = Instant::now();
    let waits: Vec<_> = ["", "GET /today HTTP/1.1\r\nHost: "]
        .into_iter()
        .map(|first| {
            let mut line = TcpStream::connect(&at).expect("connected");
            line.set_read_timeout(Some(Duration::from_secs(60)))
                .expect("set");
            line.write_all(first.as_bytes()).expect("sent");
            std::thread::spawn(move || {
                let end = line.read_to_end(&mut Vec::new());
                let cut_off = end.is_ok()
                    || end.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset);
                (cut_off, began.elapsed())
            })
        })
        .collect();
    while !waits.iter().all(|w| w.is_finished()) {
        assert_eq!(server.client().get("/enter").status, 200);
        std::thread::sleep(Duration::from_millis(200));
    }
    for wait in waits {
        let (cut_off, after) = wait.join().expect("waited");
        assert!(cut_off && (5..45).contains(&after.as_secs()), "{after:?}");
    }
}
