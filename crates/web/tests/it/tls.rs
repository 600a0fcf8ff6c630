//! The recipe of the page "On your phone", for real.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use testkit::tls::Authority;
use web::{Config, ServeError, TlsFiles, serve};

use crate::desk::config;
use crate::served::Served;

/// The shell commands the page tells, with a name filled in.
fn recipe(page: &str) -> String {
    let at = page.find("<pre").expect("commands on the page");
    let code = &page[at..];
    let begin = code.find("<code>").expect("code") + 6;
    let end = code.find("</code>").expect("its end");
    code[begin..end]
        .replace("&gt;", ">")
        .replace("NAME", "localhost")
}

fn run(folder: &Path, script: &str) {
    let done = Command::new("sh")
        .args(["-e", "-c", script])
        .current_dir(folder)
        .output()
        .expect("a shell");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_recipe_serves_https() {
    let page = crate::desk::Desk::of_mara().await.get("/phone").await.text;
    let folder = tempfile::tempdir().expect("a folder");
    run(folder.path(), &recipe(&page));

    let served = Served::start(
        crate::desk::ledger(&folder),
        Config {
            public_url: "https://localhost".into(),
            bind: "127.0.0.1:0".parse().expect("an address"),
            tls: Some(TlsFiles {
                cert: folder.path().join("rebound.crt"),
                key: folder.path().join("rebound.key"),
            }),
            entry_token: None,
            trusted_proxies: Vec::new(),
            ..config()
        },
    )
    .await;
    let port = served.port;
    let asked = tokio::task::spawn_blocking({
        let folder = folder.path().to_owned();
        move || {
            Command::new("curl")
                .args(["-sS", "--noproxy", "*", "--cacert", "rebound-ca.crt", "-i"])
                .arg(format!("https://localhost:{port}/welcome"))
                .current_dir(folder)
                .output()
                .expect("curl")
        }
    });
    let asked = asked.await.expect("asked");
    let text = String::from_utf8_lossy(&asked.stdout);
    assert!(
        text.contains("200") && text.contains("What are you called?"),
        "{text} {}",
        String::from_utf8_lossy(&asked.stderr)
    );
    assert!(
        text.to_lowercase()
            .contains("strict-transport-security: max-age=31536000")
    );
    served.stop().await;
}

#[tokio::test]
async fn files_that_are_no_certificate_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let cert = folder.path().join("empty.crt");
    std::fs::write(&cert, "nothing").expect("written");
    let config = |cert: &Path| Config {
        tls: Some(TlsFiles {
            cert: cert.to_owned(),
            key: cert.to_owned(),
        }),
        ..crate::desk::config()
    };
    let desk = crate::desk::Desk::fresh();
    for path in [cert.clone(), folder.path().join("missing.crt")] {
        let error = serve(desk.app.clone(), config(&path), |_| (), async {})
            .await
            .expect_err("no certificate");
        assert!(matches!(&error, ServeError::Tls { .. }));
        assert!(
            error.to_string().contains(&path.display().to_string()),
            "{error}"
        );
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let config = Config {
        bind: taken.local_addr().expect("its address"),
        ..crate::desk::config()
    };
    let error = serve(desk.app, config, |_| (), async {})
        .await
        .expect_err("taken");
    assert!(
        error
            .to_string()
            .contains("Choose another address with --bind"),
        "{error}"
    );
}

/// The certificate a server shows, as `openssl` prints its fingerprint.
fn shown(port: u16) -> String {
    let script = format!(
        "openssl s_client -connect 127.0.0.1:{port} -servername localhost </dev/null 2>/dev/null \
         | openssl x509 -noout -fingerprint -sha256"
    );
    let out = Command::new("sh").arg("-c").arg(script).output();
    String::from_utf8_lossy(&out.expect("a shell").stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_taken_without_a_restart() {
    let (old, new) = (Authority::new(&[]), Authority::new(&[]));
    let folder = tempfile::tempdir().expect("a folder");
    let files = TlsFiles {
        cert: folder.path().join("site.crt"),
        key: folder.path().join("site.key"),
    };
    let put = |from: &Authority, files: &TlsFiles| {
        std::fs::copy(from.cert(), &files.cert).expect("copied");
        std::fs::copy(from.key(), &files.key).expect("copied");
    };
    put(&old, &files);
    let served = Served::start(
        crate::desk::ledger(&folder),
        Config {
            public_url: "https://localhost".into(),
            bind: "127.0.0.1:0".parse().expect("an address"),
            tls: Some(files.clone()),
            ..config()
        },
    )
    .await;
    let port = served.port;
    let look = move || tokio::task::spawn_blocking(move || shown(port));
    let first = look().await.expect("asked");
    assert!(first.contains("Fingerprint"), "{first}");
    // Half of a renewal is not taken, and what was there goes on.
    std::fs::copy(new.cert(), &files.cert).expect("copied");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(look().await.expect("asked"), first);
    put(&new, &files);
    let mut last = String::new();
    for _ in 0..60 {
        last = look().await.expect("asked");
        if last != first {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert!(last.contains("Fingerprint") && last != first, "{last}");
    served.stop().await;
}
