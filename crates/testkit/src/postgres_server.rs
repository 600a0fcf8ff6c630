//! A private PostgreSQL server.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::tools;
use crate::watched::{Watch, Watched, free_port, is_root, unprivileged};

/// What a test says when PostgreSQL is not installed.
pub const MISSING: &str = "PostgreSQL's server programs (initdb, postgres) are not on this machine: \
     run `cargo xtask test`, which installs what the tests need, or install the package `postgresql`";

const USER: &str = "rebound";
const NOBODY: u32 = 65534;

/// A PostgreSQL server of one's own: private directory, free port on loopback, a password drawn at
/// its start. It runs without root's rights, promises nothing about power cuts unless asked, and is
/// gone with this value.
#[derive(Debug)]
pub struct PostgresServer {
    process: Watched,
    url: String,
}

impl PostgresServer {
    /// Starts a server that does not wait for the disk.
    ///
    /// # Panics
    /// When PostgreSQL is missing or does not start.
    pub fn start() -> Self {
        Self::start_with(false)
    }

    /// Starts a server; a `durable` one waits for the disk, as one in earnest does.
    ///
    /// # Panics
    /// When PostgreSQL is missing or does not start.
    pub fn start_with(durable: bool) -> Self {
        Self::launched(durable, None)
    }

    /// Starts a server that also takes encrypted connections, with this certificate and key.
    ///
    /// # Panics
    /// When PostgreSQL is missing or does not start.
    pub fn encrypted(certificate: &Path, key: &Path) -> Self {
        Self::launched(false, Some((certificate, key)))
    }

    fn launched(durable: bool, tls: Option<(&Path, &Path)>) -> Self {
        let programs = tools::postgres_programs().unwrap_or_else(|| panic!("{MISSING}"));
        let home = private_dir();
        let password = random_word();
        init(&programs, &home, &password);
        // Between finding a free port and taking it somebody else may take it.
        for _ in 0..5 {
            let port = free_port();
            let process = launch(&programs, &home, port, durable, tls);
            let status = home.join("data/postmaster.pid");
            let ready = process.wait_until(Duration::from_secs(60), |_| {
                let text = std::fs::read_to_string(&status).ok()?;
                (text.lines().nth(7)?.trim() == "ready").then_some(())
            });
            if ready.is_some() {
                return Self {
                    process,
                    url: format!("postgres://{USER}:{password}@127.0.0.1:{port}"),
                };
            }
            let printed = process.printed();
            assert!(
                printed.contains("could not create any TCP/IP sockets"),
                "PostgreSQL did not start; it printed:\n{printed}"
            );
            // Stopping a server removes its directory: begin again with a fresh one.
            drop(process);
            std::fs::create_dir_all(&home).expect("a directory removed can be made again");
            own(&home);
            init(&programs, &home, &password);
        }
        panic!("PostgreSQL found no free port in five tries");
    }

    /// The server's address with user and password and without a database:
    /// `postgres://user:password@127.0.0.1:port`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the server has printed so far.
    pub fn printed(&self) -> String {
        self.process.printed()
    }
}

fn private_dir() -> PathBuf {
    let dir = tempfile::Builder::new()
        .prefix("rebound-pg-")
        .tempdir()
        .expect("a temporary directory can be made")
        .keep();
    own(&dir);
    dir
}

fn own(dir: &Path) {
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
        .expect("one's own directory can be closed to others");
    if is_root() {
        chown(dir, Some(NOBODY), Some(NOBODY)).expect("root can give a directory away");
    }
}

fn own_file(file: &Path) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
        .expect("one's own file can be closed to others");
    if is_root() {
        chown(file, Some(NOBODY), Some(NOBODY)).expect("root can give a file away");
    }
}

fn init(programs: &Path, home: &Path, password: &str) {
    let secret = home.join("password");
    std::fs::write(&secret, password).expect("a private directory can be written to");
    let mut words: Vec<String> = unprivileged().into_iter().map(str::to_owned).collect();
    words.push(programs.join("initdb").display().to_string());
    words.extend(["--pgdata".into(), home.join("data").display().to_string()]);
    words.extend([
        "--username".into(),
        USER.into(),
        "--auth=scram-sha-256".into(),
    ]);
    words.push(format!("--pwfile={}", secret.display()));
    words.extend(["--no-sync".into(), "--no-instructions".into()]);
    words.extend(["--encoding=UTF8".into(), "--locale=C.UTF-8".into()]);
    if major_version(programs) >= 15 {
        // A database that sorts like a dictionary shows up every column that forgot to ask for
        // the plain byte order.
        words.extend(["--locale-provider=icu".into(), "--icu-locale=en-US".into()]);
    }
    own_file(&secret);
    let output = Command::new(&words[0])
        .args(&words[1..])
        .current_dir(home)
        .output()
        .unwrap_or_else(|e| panic!("{} cannot be run: {e}", words[0]));
    assert!(
        output.status.success(),
        "initdb failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn major_version(programs: &Path) -> u32 {
    // "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
    Command::new(programs.join("postgres"))
        .arg("--version")
        .output()
        .ok()
        .and_then(|output| {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            text.split_whitespace()
                .nth(2)?
                .split('.')
                .next()?
                .parse()
                .ok()
        })
        .unwrap_or(0)
}

fn launch(
    programs: &Path,
    home: &Path,
    port: u16,
    durable: bool,
    tls: Option<(&Path, &Path)>,
) -> Watched {
    let log = home.join("log");
    let mut words: Vec<String> = unprivileged().into_iter().map(str::to_owned).collect();
    words.push(programs.join("postgres").display().to_string());
    words.extend(["-D".into(), home.join("data").display().to_string()]);
    words.extend(["-p".into(), port.to_string()]);
    let mut settings = vec![
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={}", home.display()),
        "max_connections=200".into(),
        "shared_buffers=64MB".into(),
    ];
    if !durable {
        settings.extend(
            [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
            ]
            .map(String::from),
        );
    }
    if let Some((certificate, key)) = tls {
        settings.push("ssl=on".into());
        for (setting, file) in [("ssl_cert_file", certificate), ("ssl_key_file", key)] {
            let own = home.join(setting);
            std::fs::copy(file, &own).expect("a certificate can be copied");
            // The server takes no key that others may read.
            own_file(&own);
            settings.push(format!("{setting}={}", own.display()));
        }
    }
    for setting in settings {
        words.extend(["-c".into(), setting]);
    }
    Watch::new(&words[0], log)
        .args(&words[1..])
        // At once, but tidily: it frees its shared memory.
        .ends_with("QUIT")
        .then_remove(home)
        .start()
}

/// Letters and digits nobody can guess, good in names and in addresses.
pub fn random_word() -> String {
    use std::io::Read;
    let mut bytes = [0u8; 12];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .expect("the system gives random bytes");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
