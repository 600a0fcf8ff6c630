//! Asking another server something: one answer, no redirect, not for ever and not without bounds.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::{Method, Request, Response, Uri};
use rustls::pki_types::CertificateDer;
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
        let trusted = || rustls_native_certs::load_native_certs().certs;
        let agent = self.agent.get_or_init(|| agent(&trusted()));
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

fn agent(trusted: &[CertificateDer<'_>]) -> Agent {
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

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject;
    use testkit::tls::Authority;
    use testkit::watched::{Watch, Watched, free_port};

    use super::*;

    fn get(url: &str) -> Request<Vec<u8>> {
        Request::get(url).body(Vec::new()).expect("a request")
    }

    /// Serves a folder over https.
    fn serve(authority: &Authority, folder: &std::path::Path) -> (Watched, String) {
        let port = free_port();
        let server = Watch::new("sh", folder.join("log"))
            .args([
                "-c",
                "cd \"$0\" && exec openssl s_server -accept \"$1\" -cert \"$2\" -key \"$3\" -WWW",
            ])
            .arg(folder)
            .arg(port.to_string())
            .args([authority.cert(), authority.key()])
            .start();
        let ready = server.wait_until(Duration::from_secs(20), |s| {
            s.printed().contains("ACCEPT").then_some(())
        });
        assert!(ready.is_some(), "{}", server.printed());
        (server, format!("https://localhost:{port}"))
    }

    #[test]
    fn another_server_is_asked_over_https_and_has_to_be_who_it_says() {
        let authority = Authority::new(&[]);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("page.json"), "{}").expect("a file");
        std::fs::write(folder.path().join("long.json"), "x".repeat(2_000_000)).expect("a file");
        let (_server, base) = serve(&authority, folder.path());
        let ca = CertificateDer::from_pem_file(authority.ca()).expect("a certificate");
        let with = |trusted: &[CertificateDer<'_>]| {
            let fetch = Fetch::new(true);
            assert!(fetch.agent.set(agent(trusted)).is_ok());
            fetch
        };
        let fetch = with(&[ca]);
        let page = fetch
            .send(get(&format!("{base}/page.json")))
            .expect("an answer");
        assert_eq!(page.body(), b"{}");
        let long = fetch.send(get(&format!("{base}/long.json")));
        assert!(matches!(long, Err(FetchError::Failed(_))), "{long:?}");
        let open = fetch.send(get("http://localhost:1/page.json?code=secret"));
        assert_eq!(
            open.expect_err("not https").to_string(),
            "http://localhost is not https"
        );
        let strange = with(&[]).send(get(&format!("{base}/page.json")));
        assert!(matches!(strange, Err(FetchError::Failed(_))), "{strange:?}");
    }
}
