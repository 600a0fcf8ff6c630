//! A person in front of a real Chromium.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::webdriver::{Element, Refusal, Session};

/// How long a page may take to become what a test waits for, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// A phone held upright.
pub const PHONE: (u32, u32) = (390, 844);
/// A desk.
pub const DESKTOP: (u32, u32) = (1280, 900);

/// Keys as the protocol names them, for [`Browser::press`].
pub mod keys {
    /// Enter.
    pub const ENTER: &str = "\u{e007}";
    /// Escape.
    pub const ESCAPE: &str = "\u{e00c}";
    /// Tab.
    pub const TAB: &str = "\u{e004}";
    /// Arrow down.
    pub const DOWN: &str = "\u{e015}";
    /// Arrow up.
    pub const UP: &str = "\u{e013}";
    /// Backspace.
    pub const BACKSPACE: &str = "\u{e003}";
}

/// How the browser is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Width and height of the page in CSS pixels.
    pub size: (u32, u32),
    /// Whether the person prefers dark colours.
    pub dark: bool,
    /// Whether pages may run scripts.
    pub scripts: bool,
    /// An authority whose certificates are trusted, for pages over https.
    pub trusted: Option<PathBuf>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            size: DESKTOP,
            dark: false,
            scripts: true,
            trusted: None,
        }
    }
}

/// A browser with one window. Each method waits until what it needs is there, and panics with
/// what the page shows when it does not come.
#[derive(Debug)]
pub struct Browser {
    pub(crate) session: Session,
    base: String,
    scripts: bool,
}

impl Browser {
    /// A desktop browser for the pages at `base`.
    pub fn desktop(base: &str) -> Self {
        Self::with(base, &Setup::default())
    }

    /// A phone's browser.
    pub fn phone(base: &str) -> Self {
        let setup = Setup {
            size: PHONE,
            ..Setup::default()
        };
        Self::with(base, &setup)
    }

    /// A desktop browser that runs no script of any page.
    pub fn without_scripts(base: &str) -> Self {
        let setup = Setup {
            scripts: false,
            ..Setup::default()
        };
        Self::with(base, &setup)
    }

    /// A browser set up in any way.
    ///
    /// # Panics
    /// When Chromium or its driver is missing or does not start.
    pub fn with(base: &str, setup: &Setup) -> Self {
        // 2 is "block" in the browser's content settings.
        let prefs = if setup.scripts {
            json!({})
        } else {
            json!({"profile.managed_default_content_settings.javascript": 2})
        };
        let browser = Self {
            session: Session::start(&prefs, setup.trusted.as_deref()),
            base: base.trim_end_matches('/').to_owned(),
            scripts: setup.scripts,
        };
        browser.resize(setup.size);
        if setup.dark {
            browser.dark(true);
        }
        browser
    }

    /// Changes the size of the page; a narrow one behaves as a phone does, with touch.
    pub fn resize(&self, (width, height): (u32, u32)) {
        let mobile = width < 600;
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}),
        );
        self.devtools(
            "Emulation.setTouchEmulationEnabled",
            json!({"enabled": mobile}),
        );
    }

    /// Turns the preference for dark colours on or off; from then on nothing moves, so that what is
    /// looked at next is not caught half-way.
    pub fn dark(&self, on: bool) {
        let value = if on { "dark" } else { "light" };
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({"features": [
                {"name": "prefers-color-scheme", "value": value},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]}),
        );
    }

    /// Takes the page's network away or gives it back. A service worker keeps its own connection:
    /// to be offline in earnest, stop the server.
    pub fn offline(&self, on: bool) {
        self.devtools("Network.enable", json!({}));
        self.devtools(
            "Network.emulateNetworkConditions",
            json!({"offline": on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}),
        );
    }

    /// Opens a page: a path, or a whole address.
    pub fn open(&self, path: &str) {
        let url = if path.starts_with('/') {
            format!("{}{path}", self.base)
        } else {
            path.to_owned()
        };
        self.expect(
            self.session.command("POST", "/url", &json!({"url": url})),
            "open the page",
        );
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.expect(
            self.session.command("POST", "/refresh", &json!({})),
            "reload",
        );
    }

    /// The address shown.
    pub fn url(&self) -> String {
        text(self.expect(
            self.session.command("GET", "/url", &Value::Null),
            "the address",
        ))
    }

    /// The address shown without the program's own part.
    pub fn path(&self) -> String {
        let url = self.url();
        url.strip_prefix(&self.base).unwrap_or(&url).to_owned()
    }

    /// The page's title.
    pub fn title(&self) -> String {
        text(self.expect(
            self.session.command("GET", "/title", &Value::Null),
            "the title",
        ))
    }

    /// The page as it stands, as HTML.
    pub fn source(&self) -> String {
        self.session
            .command("GET", "/source", &Value::Null)
            .map(text)
            .unwrap_or_default()
    }

    /// How many elements a selector finds just now.
    pub fn count(&self, css: &str) -> usize {
        self.expect(self.session.find_all(css), css).len()
    }

    /// Whether an element is there and can be seen just now.
    pub fn shows(&self, css: &str) -> bool {
        self.shown(css).is_some()
    }

    /// Clicks the first element that can be seen.
    pub fn click(&self, css: &str) {
        self.on(css, |element| {
            self.session.element("POST", element, "/click", &json!({}))
        });
    }

    /// Types into a field, after what stands there.
    pub fn fill(&self, css: &str, text: &str) {
        self.on(css, |element| {
            self.session
                .element("POST", element, "/value", &json!({"text": text}))
        });
    }

    /// Empties a field.
    pub fn clear(&self, css: &str) {
        self.on(css, |element| {
            self.session.element("POST", element, "/clear", &json!({}))
        });
    }

    /// Chooses a file in a file field, which pages often hide.
    pub fn choose_file(&self, css: &str, file: &Path) {
        let path = json!({"text": file.to_string_lossy()});
        let found = self.wait(&format!("there is no {css}"), || {
            self.session.find_all(css).ok()?.into_iter().next()
        });
        self.expect(
            self.session.element("POST", &found, "/value", &path),
            "choose a file",
        );
    }

    /// Presses keys one after the other, wherever the focus is. For named keys see [`keys`].
    pub fn press(&self, keys: &str) {
        self.chord(&[], keys);
    }

    /// Presses keys while others (Shift, Control) are held down.
    pub fn chord(&self, held: &[&str], keys: &str) {
        let down = |key: &str| json!({"type": "keyDown", "value": key});
        let up = |key: &str| json!({"type": "keyUp", "value": key});
        let mut steps: Vec<Value> = held.iter().map(|key| down(key)).collect();
        for key in keys.chars().map(String::from) {
            steps.push(down(&key));
            steps.push(up(&key));
        }
        steps.extend(held.iter().rev().map(|key| up(key)));
        self.painted();
        let body = json!({"actions": [{"type": "key", "id": "keys", "actions": steps}]});
        self.expect(
            self.session.command("POST", "/actions", &body),
            "press keys",
        );
    }

    /// Waits until the page has been painted: before that the browser drops keys, as nobody can
    /// mean a page they have not seen.
    fn painted(&self) {
        if self.scripts {
            let body = "const done = arguments[arguments.length - 1];\
                requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
            self.expect(self.session.script(body, &[]), "wait for the page");
        }
    }

    /// The text of the first element that can be seen.
    pub fn text(&self, css: &str) -> String {
        text(self.on(css, |element| {
            self.session.element("GET", element, "/text", &Value::Null)
        }))
    }

    /// The texts of all elements a selector finds just now.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let found = self.expect(self.session.find_all(css), css);
        found
            .iter()
            .filter_map(|e| self.session.element("GET", e, "/text", &Value::Null).ok())
            .map(text)
            .collect()
    }

    /// An attribute of the first element that can be seen.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let path = format!("/attribute/{name}");
        let value = self.on(css, |element| {
            self.session.element("GET", element, &path, &Value::Null)
        });
        value.as_str().map(str::to_owned)
    }

    /// What stands in a field.
    pub fn value(&self, css: &str) -> String {
        text(self.on(css, |element| {
            self.session
                .element("GET", element, "/property/value", &Value::Null)
        }))
    }

    /// Waits until an element can be seen.
    pub fn wait_for(&self, css: &str) {
        self.wait(&format!("{css} does not show"), || self.shown(css));
    }

    /// Waits until no such element can be seen.
    pub fn wait_gone(&self, css: &str) {
        self.wait(&format!("{css} stays"), || {
            self.shown(css).is_none().then_some(())
        });
    }

    /// Waits until the page's text contains these words.
    pub fn wait_for_text(&self, words: &str) {
        self.wait(&format!("the page does not say {words:?}"), || {
            let body = self.session.find_all("body").ok()?.into_iter().next()?;
            let shown = self.session.element("GET", &body, "/text", &Value::Null);
            text(shown.ok()?).contains(words).then_some(())
        });
    }

    /// Waits until the address ends in this path.
    pub fn wait_for_path(&self, path: &str) {
        self.wait(&format!("the address does not become {path}"), || {
            (self.path() == path).then_some(())
        });
    }

    /// Waits until `ready` gives a value.
    ///
    /// # Panics
    /// When it does not in time: with `otherwise` and what the page shows.
    pub fn wait<T>(&self, otherwise: &str, mut ready: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(value) = ready() {
                return value;
            }
            if start.elapsed() > PATIENCE {
                panic!("{otherwise}{}", self.picture_of_failure());
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// The value of an expression in the page, promises awaited:
    /// `browser.js("navigator.serviceWorker.ready.then(r => r.scope)")`.
    pub fn js(&self, expression: &str) -> Value {
        let body = format!(
            "const done = arguments[arguments.length - 1];\
             Promise.resolve().then(() => ({expression})).then(done, e => done({{threw: String(e)}}));"
        );
        let value = self.expect(self.session.script(&body, &[]), expression);
        if let Some(threw) = value.get("threw").and_then(Value::as_str) {
            panic!("{expression} threw {threw}");
        }
        value
    }

    /// A command of the browser's own developer protocol.
    pub fn devtools(&self, command: &str, params: Value) -> Value {
        self.expect(self.session.devtools(command, &params), command)
    }

    /// Gives the browser an authenticator built into its device, whose owner always shows that it
    /// is they. Passkeys stay in it until it is taken away.
    pub fn authenticator(&self) -> String {
        let kind = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserConsenting": true, "isUserVerified": true,
        });
        text(
            self.expect(
                self.session
                    .command("POST", "/webauthn/authenticator", &kind),
                "an authenticator",
            ),
        )
    }

    /// The passkeys in an authenticator, with their private halves, as the protocol writes them.
    pub fn passkeys(&self, authenticator: &str) -> Vec<Value> {
        let path = format!("/webauthn/authenticator/{authenticator}/credentials");
        let all = self.expect(
            self.session.command("GET", &path, &Value::Null),
            "the passkeys",
        );
        all.as_array().cloned().unwrap_or_default()
    }

    /// Puts a passkey into an authenticator, as somebody's password manager carries it over.
    pub fn add_passkey(&self, authenticator: &str, passkey: &Value) {
        let path = format!("/webauthn/authenticator/{authenticator}/credential");
        self.expect(
            self.session.command("POST", &path, passkey),
            "carry a passkey over",
        );
    }

    /// Whether the owner of an authenticator shows that it is they when asked.
    pub fn verifies(&self, authenticator: &str, is_they: bool) {
        let path = format!("/webauthn/authenticator/{authenticator}/uv");
        self.expect(
            self.session
                .command("POST", &path, &json!({"isUserVerified": is_they})),
            "whether it is they",
        );
    }

    /// What the page has complained about since last asked: script errors, refused resources,
    /// breaches of its own security policy.
    pub fn complaints(&self) -> Vec<String> {
        let log = self
            .session
            .command("POST", "/se/log", &json!({"type": "browser"}));
        let log = self.expect(log, "the page's log");
        let lines = log.as_array().into_iter().flatten();
        lines
            .filter(|line| line["level"] == "SEVERE")
            .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    fn shown(&self, css: &str) -> Option<Element> {
        let found = self.session.find_all(css).ok()?;
        found.into_iter().find(|element| {
            self.session
                .element("GET", element, "/displayed", &Value::Null)
                .is_ok_and(|seen| seen == true)
        })
    }

    /// Acts on the first element that can be seen, and again while the page is still changing
    /// under it.
    fn on(&self, css: &str, act: impl Fn(&Element) -> Result<Value, Refusal>) -> Value {
        let mut last = String::from("there is none that can be seen");
        let start = Instant::now();
        loop {
            if let Some(element) = self.shown(css) {
                match act(&element) {
                    Ok(value) => return value,
                    Err(refusal) => last = refusal.to_string(),
                }
            }
            if start.elapsed() > PATIENCE {
                panic!("{css}: {last}{}", self.picture_of_failure());
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    pub(crate) fn expect<T>(&self, answer: Result<T, Refusal>, doing: &str) -> T {
        answer.unwrap_or_else(|e| panic!("{doing}: {e}"))
    }
}

pub(crate) fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
