//! A certificate authority of one's own, for pages served over https.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// An authority and one certificate it signed for this machine's loopback names; all PEM files in a
/// folder of their own.
#[derive(Debug)]
pub struct Authority {
    dir: TempDir,
}

impl Authority {
    /// Makes both. The certificate holds for `localhost`, `127.0.0.1` and the names given.
    ///
    /// # Panics
    /// When openssl is missing or refuses.
    pub fn new(more_names: &[&str]) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("rebound-tls-")
            .tempdir()
            .expect("a temporary directory can be made");
        let mut names = String::from("subjectAltName=DNS:localhost,IP:127.0.0.1");
        for name in more_names {
            names.push_str(&format!(",DNS:{name}"));
        }
        let authority = Self { dir };
        let key = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ];
        authority.openssl(
            &[
                &[
                    "req",
                    "-x509",
                    "-days",
                    "30",
                    "-subj",
                    "/CN=Rebound test authority",
                ][..],
                &key,
                &["-addext", "keyUsage=critical,keyCertSign"],
                &["-keyout", "ca.key", "-out", "ca.pem"],
            ]
            .concat(),
        );
        authority.openssl(
            &[
                &["req", "-x509", "-days", "30", "-subj", "/CN=localhost"][..],
                &key,
                &[
                    "-addext",
                    &names,
                    "-addext",
                    "basicConstraints=critical,CA:FALSE",
                ],
                &["-CA", "ca.pem", "-CAkey", "ca.key"],
                &["-keyout", "key.pem", "-out", "cert.pem"],
            ]
            .concat(),
        );
        authority
    }

    /// The authority's certificate, for those who should trust it.
    pub fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// The server's certificate.
    pub fn cert(&self) -> PathBuf {
        self.dir.path().join("cert.pem")
    }

    /// The server's key.
    pub fn key(&self) -> PathBuf {
        self.dir.path().join("key.pem")
    }

    fn openssl(&self, args: &[&str]) {
        run(Command::new("openssl")
            .args(args)
            .current_dir(self.dir.path()));
    }
}

/// Lets the Chromium whose home this is trust an authority.
pub(crate) fn trust(home: &Path, ca: &Path) {
    let store = home.join(".pki/nssdb");
    std::fs::create_dir_all(&store).expect("a private folder can be made");
    let store = format!("sql:{}", store.display());
    run(Command::new("certutil").args(["-N", "--empty-password", "-d", &store]));
    let mut add = Command::new("certutil");
    add.args(["-A", "-d", &store, "-n", "rebound-test", "-t", "C,,", "-i"]);
    run(add.arg(ca));
}

fn run(command: &mut Command) {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().unwrap_or_else(|e| {
        panic!(
            "{name} cannot be run ({e}): run `cargo xtask test`, which installs what the tests need"
        )
    });
    assert!(
        output.status.success(),
        "{name} refused:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
