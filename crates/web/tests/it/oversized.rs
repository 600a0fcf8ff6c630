//! Attacks by sending too much: bodies, announced and not, and heads.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use web::routes::{Size, table};

use crate::api::{mara, problem, program};
use crate::attacks::{filled, is_for_programs};
use crate::desk::{Answer, Desk, HOST, ORIGIN, config, ledger};
use crate::served::Served;

/// A body of this many mebibytes whose length nobody announced.
struct Flood {
    first: Option<Bytes>,
    left: usize,
    read: Arc<AtomicUsize>,
}

static MEBIBYTE: [u8; 1 << 20] = [b'x'; 1 << 20];

impl futures_core::Stream for Flood {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.read.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Bytes::from_static(&MEBIBYTE))))
    }
}

#[tokio::test]
async fn oversized_bodies_are_refused_on_every_route() {
    let desk = Desk::with_password().await;
    let me = mara(&desk).await;
    let token = program(&desk, &me).await.token;
    let mut limited = Vec::new();
    for route in table().iter().filter(|r| r.method != Method::GET) {
        let form = "application/x-www-form-urlencoded";
        let (kind, first) = match (is_for_programs(route), route.path) {
            (true, _) => ("application/json", "{\"words\":\""),
            (false, "/import") => (
                "multipart/form-data; boundary=edge",
                "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n",
            ),
            _ => (form, "words="),
        };
        let request = || {
            Request::builder()
                .method(&route.method)
                .uri(filled(route))
                .header(header::HOST, HOST)
                .header(header::ORIGIN, ORIGIN)
                .header(header::COOKIE, &desk.cookie)
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::CONTENT_TYPE, kind)
        };
        let refused = |answer: &Answer, how: &str| {
            let at = StatusCode::PAYLOAD_TOO_LARGE;
            assert_eq!(answer.status, at, "{route:?} {how}: {}", answer.text);
            if is_for_programs(route) {
                problem(answer, at);
            }
        };
        // Announced, not a byte is read.
        let announced = request().header(header::CONTENT_LENGTH, "999999999");
        let answer = desk
            .send(announced.body(Body::empty()).expect("a request"))
            .await;
        refused(&answer, "announced");
        // Unannounced, no more is read than fits, and reading so much is refused.
        let fits = match route.size {
            Size::Form => 0,
            Size::Text => 2,
            Size::Upload => desk.app.thresholds().upload_bytes / MEBIBYTE.len(),
        };
        let read = Arc::new(AtomicUsize::new(0));
        let flood = Flood {
            first: Some(Bytes::from_static(first.as_bytes())),
            left: fits + 10,
            read: Arc::clone(&read),
        };
        let flooded = request().body(Body::from_stream(flood));
        let answer = desk.send(flooded.expect("a request")).await;
        let read = read.load(Ordering::Relaxed);
        assert!(read <= fits + 1, "{route:?} read {read} MiB");
        if read > fits {
            refused(&answer, "unannounced");
            limited.push(route.path);
        }
    }
    for path in ["/log", "/import", "/api/v1/attempts"] {
        assert!(limited.contains(&path), "{path} {limited:?}");
    }
    assert!(limited.len() > 40, "{limited:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_heads_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = web::Config {
        bind: "127.0.0.1:0".parse().expect("an address"),
        ..config()
    };
    let served = Served::start(ledger(&folder), config).await;
    let port = served.port;
    let host = format!("Host: localhost:{port}\r\n");
    let many: String = (0..500).map(|n| format!("X-{n}: x\r\n")).collect();
    for (what, head) in [
        (
            "a long address",
            format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(1 << 20)),
        ),
        (
            "a long query",
            format!(
                "GET /welcome?{} HTTP/1.1\r\n{host}\r\n",
                "x".repeat(1 << 20)
            ),
        ),
        (
            "a long header",
            format!(
                "GET /welcome HTTP/1.1\r\n{host}X: {}\r\n\r\n",
                "x".repeat(1 << 20)
            ),
        ),
        (
            "many headers",
            format!("GET /welcome HTTP/1.1\r\n{host}{many}\r\n"),
        ),
        (
            "a long method",
            format!("{} / HTTP/1.1\r\n{host}\r\n", "X".repeat(1 << 20)),
        ),
    ] {
        let asked = tokio::task::spawn_blocking(move || {
            use std::io::{Read, Write};
            let mut line = std::net::TcpStream::connect(("127.0.0.1", port)).expect("connected");
            // Cut off while still sending: what was said to it may be lost, the refusal is not.
            let _ = line.write_all(head.as_bytes());
            let mut said = Vec::new();
            let _ = line.read_to_end(&mut said);
            String::from_utf8_lossy(&said).into_owned()
        });
        let said = asked.await.expect("asked");
        let status = said.split(' ').nth(1).unwrap_or("431").to_owned();
        assert!(
            ["400", "414", "431"].contains(&status.as_str()),
            "{what}: {said}"
        );
    }
    served.stop().await;
}
