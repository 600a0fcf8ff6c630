//! Listening, https, and ending without cutting anybody off.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::App;
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::{Config, Site, TlsFiles, UrlError};
use crate::ctx::Ctx;
use crate::routes;

/// How long requests under way may take to end when the program is asked to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// How often the certificate's files are looked at; a renewed one is taken without a restart.
const LOOK_AT_CERTIFICATE: Duration = Duration::from_secs(2);

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {addr}: {source}. Is Rebound running already? Choose another address with --bind"
    )]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// `public_url` is no address.
    #[error(transparent)]
    PublicUrl(#[from] UrlError),
    /// A certificate or key file cannot be used.
    #[error("{}: {what}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Serving ended by itself.
    #[error("serving ended: {0}")]
    Io(#[from] std::io::Error),
}

/// The whole site as a service, for a server listening on `port`. [`serve`] is this with sockets.
///
/// # Errors
/// When `public_url` is no address.
pub fn router(app: App, config: &Config, port: u16) -> Result<Router, UrlError> {
    let site = Site::new(config, port)?;
    Ok(routes::router(&Ctx::new(app, site)))
}

/// Serves until `shutdown` is done, then lets requests under way end. `ready` is told the address
/// really listened on.
///
/// # Errors
/// When the address is taken, `public_url` is none, or the certificate cannot be used.
pub async fn serve(
    app: App,
    config: Config,
    ready: impl FnOnce(SocketAddr),
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let tls = config.tls.as_ref().map(tls_config).transpose()?;
    let bind = |source| ServeError::Bind {
        addr: config.bind,
        source,
    };
    let listener = TcpListener::bind(config.bind).map_err(bind)?;
    listener.set_nonblocking(true).map_err(bind)?;
    let addr = listener.local_addr().map_err(bind)?;
    let site =
        router(app, &config, addr.port())?.into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    let stop = tokio::spawn({
        let handle = handle.clone();
        async move {
            shutdown.await;
            handle.graceful_shutdown(Some(LAST_REQUESTS));
        }
    });
    ready(addr);
    let headers = config.patience.headers;
    let served = match tls.zip(config.tls) {
        Some((tls, files)) => {
            let renew = tokio::spawn(renew(files, tls.clone()));
            let greeting = RustlsAcceptor::new(tls).handshake_timeout(headers);
            let server = axum_server::from_tcp(listener)?.acceptor(greeting);
            let mut server = server.handle(handle).http1_only();
            server.http_builder().http1().header_read_timeout(headers);
            let served = server.serve(site).await;
            renew.abort();
            served
        }
        None => {
            let mut server = axum_server::from_tcp(listener)?.handle(handle).http1_only();
            server.http_builder().http1().header_read_timeout(headers);
            server.serve(site).await
        }
    };
    stop.abort();
    Ok(served?)
}

/// Takes a renewed certificate into use. Files that do not go together, as between two copies, are
/// left for the next look.
async fn renew(files: TlsFiles, tls: RustlsConfig) {
    let stamp = |files: &TlsFiles| {
        let of = |path: &Path| std::fs::metadata(path).and_then(|m| m.modified()).ok();
        (of(&files.cert), of(&files.key))
    };
    let mut seen = stamp(&files);
    loop {
        tokio::time::sleep(LOOK_AT_CERTIFICATE).await;
        let now = stamp(&files);
        if now == seen {
            continue;
        }
        match server_config(&files) {
            Ok(config) => {
                tls.reload_from_config(Arc::new(config));
                seen = now;
                tracing::info!("the renewed certificate is in use");
            }
            Err(error) => tracing::warn!(%error, "the changed certificate cannot be used yet"),
        }
    }
}

fn tls_config(files: &TlsFiles) -> Result<RustlsConfig, ServeError> {
    server_config(files).map(|config| RustlsConfig::from_config(Arc::new(config)))
}

fn server_config(files: &TlsFiles) -> Result<ServerConfig, ServeError> {
    let wrong = |path: &Path, what: String| ServeError::Tls {
        path: path.to_owned(),
        what,
    };
    let certs = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| {
            wrong(
                &files.cert,
                format!("this is no certificate file in PEM form ({e})"),
            )
        })?;
    if certs.is_empty() {
        return Err(wrong(&files.cert, "there is no certificate in it".into()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| {
        wrong(
            &files.key,
            format!("this is no private key file in PEM form ({e})"),
        )
    })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| wrong(&files.cert, e.to_string()))?
        .with_no_client_auth()
        .with_single_cert(certs, key)
        .map_err(|e| {
            wrong(
                &files.cert,
                format!("certificate and key do not go together ({e})"),
            )
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
