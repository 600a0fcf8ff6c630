//! Asking another server something: one answer, no redirect, not for ever and not without bounds.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::{Method, Request, Response, Uri};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const MOST: u64 = 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// What is asked for has to be kept from others on the way.
    #[error("{0} is not https")]
    Open(String),
    /// Nobody answered, or too much.
    #[error(transparent)]
    Failed(#[from] ureq::Error),
}

/// Asks other servers. Waits while it does.
pub(crate) struct Fetch {
    only_https: bool,
    /// Made when first needed: reading the system's certificates takes a moment.
    agent: OnceLock<Agent>,
}

impl Fetch {
    pub(crate) fn new(only_https: bool) -> Self {
        Self {
            only_https,
            agent: OnceLock::new(),
        }
    }

    /// Sends a request and reads its whole answer, whatever its status.
    pub(crate) fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        if self.only_https && request.uri().scheme_str() != Some("https") {
            return Err(FetchError::Open(without_query(request.uri())));
        }
        let agent = self.agent.get_or_init(agent);
        let answer = if request.method() == Method::GET {
            agent.run(request.map(drop))
        } else {
            agent.run(request)
        }?;
        let (head, mut body) = answer.into_parts();
        let body = body.with_config().limit(MOST).read_to_vec()?;
        Ok(Response::from_parts(head, body))
    }
}

/// An address without what may be nobody else's business.
fn without_query(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    format!("{scheme}://{}", uri.host().unwrap_or_default())
}

fn agent() -> Agent {
    let trusted = rustls_native_certs::load_native_certs().certs;
    let trusted: Vec<Certificate<'static>> = trusted
        .iter()
        .map(|c| Certificate::from_der(c).to_owned())
        .collect();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(trusted)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_connect(Some(CONNECTING))
        .timeout_global(Some(PATIENCE))
        .user_agent("rebound")
        .build()
        .into()
}
