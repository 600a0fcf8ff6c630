//! `rebound`, `rebound serve`: the pages.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use app::{App, AppError, Kind, answers, evidence, session, settings, sweep};
use tracing_subscriber::EnvFilter;
use web::{Config, TlsFiles};

use crate::cli::{Global, Serve};
use crate::{output, place};

/// Where Rebound is unless told otherwise.
const PORT: u16 = 7700;
/// How often silence is looked for.
const SWEEP: Duration = Duration::from_secs(60 * 60);

impl Serve {
    /// Whether a flag was given that only serving takes; what the environment sets does not count.
    pub(crate) fn is_asked_for(&self) -> bool {
        self.demo || self.bind.is_some() || self.tls_cert.is_some()
    }

    /// What was said before the command, or after it.
    pub(crate) fn or(self, more: Self) -> Self {
        Self {
            demo: self.demo || more.demo,
            bind: more.bind.or(self.bind),
            public_url: more.public_url.or(self.public_url),
            tls_cert: more.tls_cert.or(self.tls_cert),
            tls_key: more.tls_key.or(self.tls_key),
            trusted_proxies: match more.trusted_proxies.is_empty() {
                true => self.trusted_proxies,
                false => more.trusted_proxies,
            },
            log: more.log.or(self.log),
            oidc: self.oidc.or(more.oidc),
        }
    }
}

pub(crate) fn run(global: &Global, serve: Serve) -> Result<(), AppError> {
    if global.json {
        return Err(AppError::new(
            Kind::Invalid,
            "Serving answers with pages, not with JSON; leave out --json.",
        ));
    }
    start_log(serve.log.as_deref())?;
    let app = if serve.demo {
        place::open_demo(global)?
    } else {
        place::open_to_serve(global)?
    };
    let bind = serve
        .bind
        .unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
    let scheme = if serve.tls_cert.is_some() {
        "https"
    } else {
        "http"
    };
    let named = serve.public_url.is_some();
    let public_url = serve
        .public_url
        .unwrap_or_else(|| format!("{scheme}://localhost:{}", bind.port()));
    let entry_token = entry_token()?;
    let config = Config {
        public_url: public_url.clone(),
        bind,
        tls: serve
            .tls_cert
            .zip(serve.tls_key)
            .map(|(cert, key): (PathBuf, PathBuf)| TlsFiles { cert, key }),
        entry_token: Some(entry_token.clone()),
        trusted_proxies: serve.trusted_proxies,
        provider: serve.oidc.provider()?,
        patience: web::Patience::default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| AppError::new(Kind::Internal, format!("Cannot start: {e}.")))?;
    runtime.block_on(async move {
        let first_run = app.read(session::is_first_run).await?;
        tokio::spawn(sweep_for_ever(app.clone()));
        tokio::spawn(fold_for_ever(app.clone()));
        let ledger = app.clone();
        let ready = move |at: SocketAddr| {
            let here = if bind.port() == 0 {
                format!("{scheme}://localhost:{}", at.port())
            } else {
                public_url
            };
            tokio::spawn(note_address(ledger, here.clone()));
            output::note(&format!("Rebound is at {here}"));
            if !at.ip().is_loopback() || !is_this_computer(&here) {
                output::note(&format!(
                    "A browser on another device is asked for this once: {entry_token}"
                ));
            }
            if !at.ip().is_loopback() && !named {
                output::note(&format!(
                    "Names Rebound does not know are refused: for other devices, start it with \
                     --public-url {scheme}://NAME:{}, the name they find this computer by.",
                    at.port()
                ));
            }
            if first_run {
                output::note("Open it to begin. Stop it with Ctrl+C.");
            }
        };
        let served = web::serve(app, config, ready, stopped()).await;
        served.map_err(|e| AppError::new(Kind::Invalid, format!("Cannot serve: {e}.")))
    })
}

/// Writes down where this is served, so that links made on the command line lead there.
async fn note_address(app: App, url: String) {
    if let Err(e) = app.write(move |act| settings::serve_at(act, &url)).await {
        tracing::warn!(error = %e, "noting the public address failed");
    }
}

/// Whether an address is one that only this computer opens.
pub(crate) fn is_this_computer(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
        host.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    })
}

fn start_log(level: Option<&str>) -> Result<(), AppError> {
    let filter = EnvFilter::try_new(level.unwrap_or("warn")).map_err(|_| {
        AppError::invalid("log", "That is no level; use error, warn, info or debug.")
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}

/// Twelve characters that are easy to type: 60 random bits, new at each start.
fn entry_token() -> Result<String, AppError> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
    let bytes = app::random_bytes()?;
    let letters: Vec<u8> = bytes
        .iter()
        .take(12)
        .map(|b| LETTERS[usize::from(b % 32)])
        .collect();
    let text = String::from_utf8_lossy(&letters);
    Ok(format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..]))
}

/// E-mails and messages that have waited long enough count as no reply, and closed months of teams
/// are counted.
async fn sweep_for_ever(app: App) {
    loop {
        match app.write(sweep::no_reply).await {
            Ok(0) => {
                if let Err(e) = app.write(sweep::team_months).await {
                    tracing::warn!(error = %e, "counting closed months of teams failed");
                }
                if let Err(e) = app.write(answers::sweep).await {
                    tracing::warn!(error = %e, "dropping old answers failed");
                }
                tokio::time::sleep(SWEEP).await;
            }
            Ok(_) => {}
            Err(e) => {
                tracing::warn!(error = %e, "looking for silence failed");
                tokio::time::sleep(SWEEP).await;
            }
        }
    }
}

/// What changes of attempts left to be folded is folded, a slice at a time.
async fn fold_for_ever(app: App) {
    loop {
        match app.write(evidence::catch_up).await {
            Ok(true) => {}
            Ok(false) => {
                let _ = tokio::time::timeout(SWEEP, app.left_behind()).await;
            }
            Err(e) => {
                tracing::warn!(error = %e, "folding evidence failed");
                tokio::time::sleep(SWEEP).await;
            }
        }
    }
}

/// Ends with Ctrl+C or when the system says so.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _ = interrupt.await;
}
