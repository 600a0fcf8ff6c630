//! The little of the WebDriver protocol that tests need: one blocking call, one answer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::Request;

use crate::watched::{Watch, Watched, free_port};
use crate::{tls, tools};

/// The key under which the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

const MISSING: &str = "chromedriver and chromium are needed for tests in a browser and are not on this \
     machine: run `cargo xtask test`, which installs what the tests need";

/// A browser session with its own driver, its own profile, and nothing left behind.
#[derive(Debug)]
pub struct Session {
    agent: Agent,
    base: String,
    id: String,
    _driver: Watched,
    _profile: TempDir,
}

/// An error the browser or its driver answered with.
#[derive(Debug)]
pub struct Refusal {
    /// The protocol's code, for example `no such element`.
    pub code: String,
    /// The driver's own words.
    pub message: String,
}

/// An element of the page shown.
#[derive(Debug, Clone)]
pub struct Element(String);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl Session {
    /// Starts a driver and a headless Chromium with these preferences, which trusts the authority
    /// given beside those it knows.
    ///
    /// # Panics
    /// When either is missing or does not start.
    pub fn start(prefs: &Value, trusted: Option<&Path>) -> Self {
        let driver = tools::find_program("chromedriver", &[PathBuf::from("/usr/lib/chromium")])
            .unwrap_or_else(|| panic!("{MISSING}"));
        let chromium = ["chromium", "chromium-browser", "google-chrome"]
            .iter()
            .find_map(|name| tools::find_program(name, &[]))
            .unwrap_or_else(|| panic!("{MISSING}"));
        let profile = tempfile::Builder::new()
            .prefix("rebound-browser-")
            .tempdir()
            .expect("a temporary directory can be made");
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .into();
        if let Some(ca) = trusted {
            tls::trust(profile.path(), ca);
        }
        let (driver, base) = start_driver(&driver, profile.path());
        let mut args: Vec<String> = [
            "--headless=new",
            // Chromium's own sandbox needs rights that test machines rarely give. Tests only.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-sync",
            "--force-color-profile=srgb",
            "--hide-scrollbars",
            "--no-proxy-server",
        ]
        .map(String::from)
        .to_vec();
        args.push(format!(
            "--user-data-dir={}",
            profile.path().join("data").display()
        ));
        let mut session = Self {
            agent,
            base,
            id: String::new(),
            _driver: driver,
            _profile: profile,
        };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"binary": chromium, "args": args, "prefs": prefs},
        }}});
        let answer = session
            .call("POST", "/session", &wanted)
            .unwrap_or_else(|e| panic!("Chromium did not start: {e}"));
        session.id = answer["sessionId"]
            .as_str()
            .expect("a new session has an id")
            .to_owned();
        session
    }

    /// One command of the session; `path` follows the session's own, for example `/url`.
    pub fn command(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refusal> {
        self.call(method, &format!("/session/{}{path}", self.id), body)
    }

    /// The elements a selector finds.
    pub fn find_all(&self, css: &str) -> Result<Vec<Element>, Refusal> {
        let found = self.command(
            "POST",
            "/elements",
            &json!({"using": "css selector", "value": css}),
        )?;
        let found = found.as_array().into_iter().flatten();
        Ok(found
            .filter_map(|e| Some(Element(e[ELEMENT].as_str()?.to_owned())))
            .collect())
    }

    /// One command about an element, for example `/click`.
    pub fn element(
        &self,
        method: &str,
        element: &Element,
        path: &str,
        body: &Value,
    ) -> Result<Value, Refusal> {
        self.command(method, &format!("/element/{}{path}", element.0), body)
    }

    /// Runs a function body in the page; it calls its last argument when it is done.
    pub fn script(&self, body: &str, args: &[Value]) -> Result<Value, Refusal> {
        self.command(
            "POST",
            "/execute/async",
            &json!({"script": body, "args": args}),
        )
    }

    /// A command of the browser's own developer protocol.
    pub fn devtools(&self, command: &str, params: &Value) -> Result<Value, Refusal> {
        self.command(
            "POST",
            "/goog/cdp/execute",
            &json!({"cmd": command, "params": params}),
        )
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, Refusal> {
        let broken = |message: String| Refusal {
            code: "no answer".into(),
            message,
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json; charset=utf-8");
        let response = if method == "POST" {
            let request = request.body(body.to_string().into_bytes());
            self.agent.run(request.map_err(|e| broken(e.to_string()))?)
        } else {
            let request = request.body(());
            self.agent.run(request.map_err(|e| broken(e.to_string()))?)
        };
        let mut response = response.map_err(|e| broken(e.to_string()))?;
        let bytes = response
            .body_mut()
            .with_config()
            .limit(1 << 28)
            .read_to_vec()
            .map_err(|e| broken(e.to_string()))?;
        let mut answer: Value =
            serde_json::from_slice(&bytes).map_err(|e| broken(e.to_string()))?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(code) => Err(Refusal {
                code: code.to_owned(),
                message: value["message"].as_str().unwrap_or_default().to_owned(),
            }),
            None => Ok(value),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The driver is ended in any case; asked politely, the browser tidies up first.
        let _ = self.command("DELETE", "", &Value::Null);
    }
}

fn start_driver(program: &Path, home: &Path) -> (Watched, String) {
    // Between finding a free port and taking it somebody else may take it.
    for attempt in 0..5 {
        let port = free_port();
        let driver = Watch::new(program, home.join(format!("driver-{attempt}.log")))
            .arg(format!("--port={port}"))
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("TMPDIR", home)
            .start();
        let started = driver.wait_until(Duration::from_secs(30), |d| {
            d.printed().contains("started successfully").then_some(())
        });
        if started.is_some() {
            return (driver, format!("http://127.0.0.1:{port}"));
        }
    }
    panic!("chromedriver did not start in five tries");
}
