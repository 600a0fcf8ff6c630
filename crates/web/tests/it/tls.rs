//! The recipe of the page "On your phone", for real.

use std::path::Path;
use std::process::Command;
use std::sync::mpsc;

use web::{Config, ServeError, TlsFiles, serve};

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

    let app = crate::desk::ledger(&folder);
    let config = Config {
        public_url: "https://localhost".into(),
        bind: "127.0.0.1:0".parse().expect("an address"),
        tls: Some(TlsFiles {
            cert: folder.path().join("rebound.crt"),
            key: folder.path().join("rebound.key"),
        }),
        entry_token: None,
    };
    let (tell, told) = mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let ready = move |addr: std::net::SocketAddr| tell.send(addr).expect("somebody waits");
    let served = tokio::spawn(serve(app, config, ready, async { drop(stopped.await) }));
    let port = told
        .recv_timeout(std::time::Duration::from_secs(20))
        .expect("an address")
        .port();
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
    stop.send(()).expect("still serving");
    served.await.expect("ended").expect("ended well");
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
