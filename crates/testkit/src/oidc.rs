//! An OpenID provider with people made up by the test: a real implementation, in a process of its
//! own. `cargo xtask setup` fetches it.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::tools;
use crate::watched::{Watch, Watched};

/// What this Rebound is called at the provider.
pub const CLIENT: &str = "rebound";
/// What it shows there.
pub const SECRET: &str = "a-secret-of-the-tests";

const SCRIPT: &str = include_str!("../oidc/provider.js");

/// A provider that is running.
#[derive(Debug)]
pub struct Provider {
    issuer: String,
    people: PathBuf,
    process: Option<Watched>,
    _dir: TempDir,
}

impl Provider {
    /// Starts one that knows these people: an object of claims by the name they sign in with.
    /// Where it was not fetched, says so and gives nothing: the test is skipped.
    ///
    /// # Panics
    /// When it is there and does not start.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    pub fn start(people: &Value) -> Option<Self> {
        let packages = tools::tools_dir().join("oidc");
        let node = tools::find_program("node", &[]);
        let (true, Some(node)) = (packages.join("node_modules/oidc-provider").is_dir(), node)
        else {
            eprintln!(
                "skipped: there is no OpenID provider in {}; `cargo xtask setup` fetches it",
                packages.display()
            );
            return None;
        };
        let dir = tempfile::Builder::new()
            .prefix("rebound-oidc-")
            .tempdir()
            .expect("a temporary directory can be made");
        let (script, file) = (
            dir.path().join("provider.mjs"),
            dir.path().join("people.json"),
        );
        std::fs::write(&script, SCRIPT).expect("a file can be written");
        std::fs::write(&file, people.to_string()).expect("a file can be written");
        let process = Watch::new(node, dir.path().join("log"))
            .arg(&script)
            .arg(packages.canonicalize().expect("it is there"))
            .arg(&file)
            .start();
        let issuer = process.wait_until(Duration::from_secs(30), |p| {
            let printed = p.printed();
            let (_, rest) = printed.split_once("listening at ")?;
            Some(rest.split_once('\n')?.0.trim().to_owned())
        });
        let Some(issuer) = issuer else {
            panic!("the provider did not start:\n{}", process.printed());
        };
        Some(Self {
            issuer,
            people: file,
            process: Some(process),
            _dir: dir,
        })
    }

    /// Where it is, as it names itself.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Changes what it says of people.
    pub fn knows(&self, people: &Value) {
        std::fs::write(&self.people, people.to_string()).expect("a file can be written");
    }

    /// Spoils its tokens in a way that its script lists; the empty word ends it.
    pub fn tamper(&self, how: &str) {
        let said = Client::new(&self.issuer).get(&format!("/tamper/{how}"));
        assert_eq!(said.text(), how);
    }

    /// It is gone.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop();
        }
    }

    /// What `rebound serve` is told about it.
    pub fn flags(&self) -> Vec<String> {
        ["--oidc-issuer", &self.issuer, "--oidc-client-id", CLIENT]
            .into_iter()
            .chain(["--oidc-name", "Acme sign-on"])
            .map(str::to_owned)
            .collect()
    }

    /// Signs somebody in there, as their browser would, beginning at the address Rebound sent them
    /// to; gives where they are sent back to.
    ///
    /// # Panics
    /// When it does not ask who they are, or does not send them back.
    pub fn sign_in(&self, start: &str, who: &str) -> String {
        let person = Client::new(&self.issuer);
        let mut next = start.to_owned();
        for _ in 0..12 {
            let Some(path) = next.strip_prefix(&self.issuer) else {
                return next;
            };
            let page = person.get(path);
            next = match page.header("location") {
                Some(place) => self.absolute(place),
                // A form asks who they are, the next whether they mind.
                None => {
                    let text = page.text();
                    let (_, action) = text
                        .split_once("action=\"")
                        .unwrap_or_else(|| panic!("no form at {path}: {text}"));
                    let action = action.split('"').next().unwrap_or_default();
                    let path = self.absolute(action);
                    let path = path.strip_prefix(&self.issuer).unwrap_or(&path);
                    let prompt = if text.contains("name=\"login\"") {
                        "login"
                    } else {
                        "consent"
                    };
                    let fields = [("prompt", prompt), ("login", who), ("password", "any")];
                    let sent = person.post_form(path, &fields);
                    let place = sent.header("location");
                    self.absolute(place.unwrap_or_else(|| panic!("{}", sent.text())))
                }
            };
        }
        panic!("the provider sends people in circles: {next}");
    }

    fn absolute(&self, place: &str) -> String {
        if place.starts_with('/') {
            format!("{}{place}", self.issuer)
        } else {
            place.to_owned()
        }
    }
}

/// Somebody with a verified address.
pub fn person(name: &str, email: &str, groups: &[&str]) -> Value {
    json!({"name": name, "email": email, "email_verified": true, "groups": groups})
}
