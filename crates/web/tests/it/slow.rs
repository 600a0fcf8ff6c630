//! Attacks by taking long: each ends within its limit, and others are served meanwhile.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use testkit::tls::Authority;
use web::{Config, Patience, TlsFiles};

use crate::desk::{config, ledger};
use crate::served::Served;

const HEADERS: Duration = Duration::from_secs(1);
const FORM: Duration = Duration::from_secs(3);
/// What a busy machine may take on top; less than would make these the usual limits.
const SLACK: Duration = Duration::from_secs(7);

fn hasty() -> Config {
    Config {
        bind: "127.0.0.1:0".parse().expect("an address"),
        patience: Patience {
            headers: HEADERS,
            form: FORM,
            ..Patience::default()
        },
        ..config()
    }
}

/// Sends what is given at once, then one byte again and again, until the server ends it. Says how
/// long it let that go on, and what it answered.
fn drip(port: u16, first: &str, byte: Option<u8>) -> (Duration, String) {
    let began = Instant::now();
    let mut line = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    line.set_read_timeout(Some(Duration::from_millis(50)))
        .expect("set");
    line.write_all(first.as_bytes()).expect("sent");
    let (mut said, mut some) = (Vec::new(), [0; 4096]);
    while began.elapsed() < FORM + 2 * SLACK {
        match line.read(&mut some) {
            Ok(0) => break,
            Ok(n) => said.extend_from_slice(&some[..n]),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                // Whoever is cut off notices when they read.
                let _ = byte.map(|b| line.write_all(&[b]));
            }
            Err(_) => break,
        }
    }
    (began.elapsed(), String::from_utf8_lossy(&said).into_owned())
}

/// Whether an ordinary request is answered; it takes a connection of its own.
fn is_answered(port: u16) -> bool {
    let (_, said) = drip(
        port,
        &format!("GET /welcome HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"),
        None,
    );
    said.starts_with("HTTP/1.1 200")
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_too_long_is_cut_off_and_others_are_served_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(ledger(&folder), hasty()).await;
    let port = served.port;
    let host = format!("Host: localhost:{port}\r\n");
    let form = format!(
        "{host}Origin: http://localhost:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    );
    // What is sent at once, what again and again, how long that goes on, and what is said to it.
    let attacks = [
        ("an idle connection", String::new(), None, HEADERS, ""),
        (
            "a connection that stays after its answer",
            format!("GET /welcome HTTP/1.1\r\n{host}\r\n"),
            None,
            HEADERS,
            "HTTP/1.1 200",
        ),
        (
            "a request line byte by byte",
            "GET /".into(),
            Some(b'x'),
            HEADERS,
            "",
        ),
        (
            "headers byte by byte",
            format!("GET /welcome HTTP/1.1\r\n{host}X-Slow: "),
            Some(b'x'),
            HEADERS,
            "",
        ),
        (
            "a body byte by byte",
            format!("POST /welcome HTTP/1.1\r\n{form}Content-Length: 60000\r\n\r\nname="),
            Some(b'x'),
            FORM,
            "HTTP/1.1 503",
        ),
        (
            "a body that never comes",
            format!("POST /welcome HTTP/1.1\r\n{form}Content-Length: 60000\r\n\r\n"),
            None,
            FORM,
            "HTTP/1.1 503",
        ),
        (
            "chunks without an end",
            format!("POST /welcome HTTP/1.1\r\n{form}Transfer-Encoding: chunked\r\n\r\nffff\r\n"),
            Some(b'x'),
            FORM,
            "HTTP/1.1 503",
        ),
        (
            "a body nobody reads",
            format!(
                "POST /welcome HTTP/1.1\r\n{host}Origin: http://evil.example\r\n\
                 Content-Length: 60000\r\n\r\n"
            ),
            Some(b'x'),
            Duration::ZERO,
            "HTTP/1.1 403",
        ),
    ];
    let count = attacks.len();
    let (tell, told) = mpsc::channel();
    for (what, first, byte, limit, says) in attacks {
        // Several of each, so that they would fill a small pool of anything.
        for _ in 0..4 {
            let (tell, first) = (tell.clone(), first.clone());
            std::thread::spawn(move || {
                let (took, said) = drip(port, &first, byte);
                tell.send((what, limit, says, took, said)).expect("heard");
            });
        }
    }
    let over = Arc::new(AtomicBool::new(false));
    let others = tokio::task::spawn_blocking({
        let over = Arc::clone(&over);
        move || {
            let mut served = 0;
            while !over.load(Ordering::Relaxed) {
                assert!(is_answered(port), "somebody else was not served meanwhile");
                served += 1;
            }
            served
        }
    });
    let ends = tokio::task::spawn_blocking(move || {
        (0..4 * count)
            .map(|_| told.recv().expect("an end"))
            .collect::<Vec<_>>()
    });
    let ends = ends.await.expect("all ended");
    over.store(true, Ordering::Relaxed);
    assert!(others.await.expect("served") > 0);
    for (what, limit, says, took, said) in ends {
        assert!(took < limit + SLACK, "{what} went on for {took:?}");
        assert!(took + HEADERS / 4 > limit, "{what} ended after {took:?}");
        assert!(said.starts_with(says), "{what}: {said}");
        assert!(
            !says.is_empty() || said.is_empty() || said.starts_with("HTTP/1.1 408"),
            "{what}: {said}"
        );
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_says_hello_over_https_is_cut_off() {
    let (authority, folder) = (Authority::new(&[]), tempfile::tempdir().expect("a folder"));
    let config = Config {
        public_url: "https://localhost".into(),
        tls: Some(TlsFiles {
            cert: authority.cert(),
            key: authority.key(),
        }),
        ..hasty()
    };
    let served = Served::start(ledger(&folder), config).await;
    let port = served.port;
    for (first, byte) in [("", None), ("\u{16}\u{3}\u{1}\u{1}", Some(0))] {
        let waited = tokio::task::spawn_blocking(move || drip(port, first, byte));
        let (took, _) = waited.await.expect("waited");
        assert!(took < HEADERS + SLACK, "{took:?}");
    }
    served.stop().await;
}
