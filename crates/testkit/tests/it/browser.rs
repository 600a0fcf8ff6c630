//! The browser does what its name says, tried on a page served here.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use testkit::browser::{Browser, PHONE, Setup, keys};
use testkit::tls::Authority;
use testkit::watched::{Watch, free_port};

const PAGE: &str = r#"<!doctype html><html lang="en"><head><title>Who said no</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{color:#111;background:#fff} @media (prefers-color-scheme: dark){body{color:#eee;background:#111}}</style></head>
<body><main><h1>Who said no</h1><form method="post" action="/sent"><label>Who <input name="who"></label>
<button>No</button></form><p id="with" hidden>scripts run</p><noscript><p id="without">no scripts</p></noscript></main>
<script>document.getElementById('with').hidden = false;
document.addEventListener('keydown', e => { document.title = 'key ' + e.key; });</script></body></html>"#;

const BAD: &str = r#"<!doctype html><html><head><title></title></head><body><img src="data:,"><input></body></html>"#;

/// Serves the page with a policy that allows no script from elsewhere.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            std::thread::spawn(move || {
                let mut head = [0u8; 8192];
                let read = stream.read(&mut head).unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..read]);
                let body = match head.split_whitespace().nth(1) {
                    Some("/sent") => {
                        "<!doctype html><html lang=en><title>Sent</title><h1>Logged</h1></html>"
                    }
                    Some("/bad") => BAD,
                    _ => PAGE,
                };
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\
                     content-security-policy: default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'\r\n\
                     content-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
            });
        }
    });
    base
}

#[test]
fn a_person_reads_types_and_sends() {
    let base = serve();
    let browser = Browser::desktop(&base);
    browser.open("/");
    assert_eq!(browser.title(), "Who said no");
    browser.wait_for("#with");
    assert!(!browser.shows("#without"));
    browser.press("n");
    assert_eq!(browser.title(), "key n");
    browser.fill("input[name=who]", "Ada Example");
    assert_eq!(browser.value("input[name=who]"), "Ada Example");
    browser.press(keys::ENTER);
    browser.wait_for_path("/sent");
    browser.wait_for_text("Logged");
    assert_eq!(browser.js("Promise.resolve(6 * 7)"), 42);
}

#[test]
fn a_page_can_be_seen_dark_on_a_phone() {
    let base = serve();
    let setup = Setup {
        size: PHONE,
        dark: true,
        ..Setup::default()
    };
    let browser = Browser::with(&base, &setup);
    browser.open("/");
    assert_eq!(browser.js("innerWidth"), 390);
    assert_eq!(
        browser.js("getComputedStyle(document.body).backgroundColor"),
        "rgb(17, 17, 17)"
    );
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("shots/page.png");
    browser.screenshot(&file);
    let png = std::fs::read(&file).expect("a picture was written");
    assert!(png.starts_with(b"\x89PNG"));
    assert_eq!(
        u32::from_be_bytes([png[16], png[17], png[18], png[19]]),
        390
    );
}

#[test]
fn a_page_is_used_without_scripts() {
    let base = serve();
    let browser = Browser::without_scripts(&base);
    browser.open("/");
    browser.wait_for("#without");
    assert!(!browser.shows("#with"));
    browser.fill("input[name=who]", "Ada Example");
    browser.click("button");
    browser.wait_for_text("Logged");
}

#[test]
fn axe_reads_a_page_whatever_its_policy() {
    let base = serve();
    let browser = Browser::desktop(&base);
    browser.open("/");
    browser.assert_accessible();
    browser.open("/bad");
    let found = browser.axe().join("\n");
    for rule in ["document-title", "html-has-lang", "image-alt", "label"] {
        assert!(found.contains(rule), "{rule} is not in\n{found}");
    }
}

#[test]
fn a_page_over_https_is_a_secure_one() {
    let authority = Authority::new(&[]);
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("page.html"), PAGE).expect("a page");
    let port = free_port();
    let server = Watch::new("sh", dir.path().join("log"))
        .args([
            "-c",
            "cd \"$0\" && exec openssl s_server -accept \"$1\" -cert \"$2\" -key \"$3\" -WWW",
        ])
        .arg(dir.path())
        .arg(port.to_string())
        .args([authority.cert(), authority.key()])
        .start();
    let ready = server.wait_until(Duration::from_secs(20), |s| {
        s.printed().contains("ACCEPT").then_some(())
    });
    assert!(ready.is_some(), "{}", server.printed());
    let setup = Setup {
        trusted: Some(authority.ca()),
        ..Setup::default()
    };
    let browser = Browser::with(&format!("https://localhost:{port}"), &setup);
    browser.open("/page.html");
    assert_eq!(browser.title(), "Who said no");
    assert_eq!(browser.js("isSecureContext"), true);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
