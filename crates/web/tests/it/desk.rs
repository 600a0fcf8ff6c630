//! One person's browser on a fresh ledger.

use app::App;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::Timestamp;
use tempfile::TempDir;
use tower::ServiceExt;
use web::Config;

pub(crate) const HOST: &str = "localhost:7700";
pub(crate) const ORIGIN: &str = "http://localhost:7700";

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) site: Router,
    pub(crate) cookie: String,
    _folder: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }

    pub(crate) fn location(&self) -> &str {
        assert_eq!(
            self.status,
            StatusCode::SEE_OTHER,
            "no redirect: {}",
            self.text
        );
        self.header("location")
    }
}

pub(crate) fn config() -> Config {
    Config {
        public_url: ORIGIN.into(),
        bind: "127.0.0.1:7700".parse().expect("an address"),
        tls: None,
        entry_token: Some("a-token-of-the-terminal".into()),
        trusted_proxies: Vec::new(),
        provider: None,
        patience: web::Patience::default(),
    }
}

/// Opens a ledger; on a thread of its own, as opening waits.
pub(crate) fn ledger(folder: &TempDir) -> App {
    let url = format!("sqlite:{}", folder.path().join("web.db").display());
    let open = move || App::open(&url.parse().expect("a database"), Timestamp::now);
    std::thread::spawn(open)
        .join()
        .expect("opened")
        .expect("a ledger")
}

impl Desk {
    /// Nobody has been here yet.
    pub(crate) fn fresh() -> Self {
        Self::with(&config())
    }

    pub(crate) fn with(config: &Config) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let app = ledger(&folder);
        let site = web::router(app.clone(), config, 7700).expect("a site");
        Self {
            app,
            site,
            cookie: String::new(),
            _folder: folder,
        }
    }

    /// Mara is signed in.
    pub(crate) async fn of_mara() -> Self {
        let mut desk = Self::fresh();
        let answer = desk
            .post("/welcome", "name=Mara+Lindqvist&zone=Europe%2FLisbon")
            .await;
        assert_eq!(answer.location(), "/today");
        desk.keep_cookie(&answer);
        desk
    }

    pub(crate) fn keep_cookie(&mut self, answer: &Answer) {
        let line = answer.header("set-cookie");
        self.cookie = line.split(';').next().unwrap_or_default().to_owned();
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.site.clone().oneshot(request).await.expect("an answer");
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 26).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer {
            status: head.status,
            headers: head.headers,
            text,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .body(Body::empty());
        self.send(request.expect("a request")).await
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.post_with(path, form, &[("origin", ORIGIN)]).await
    }

    pub(crate) async fn post_json(&self, path: &str, form: &str) -> Answer {
        self.post_with(
            path,
            form,
            &[("origin", ORIGIN), ("accept", "application/json")],
        )
        .await
    }

    pub(crate) async fn post_with(
        &self,
        path: &str,
        form: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(
            request
                .body(Body::from(form.to_owned()))
                .expect("a request"),
        )
        .await
    }
}
