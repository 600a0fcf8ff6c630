//! Where the pages are served, and who may ask for them.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::http::Uri;

/// How to serve.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address people type, such as `http://localhost:7700`. Feeds the check of the `Host`
    /// header, the cookies and the links that leave the program.
    pub public_url: String,
    /// The address to listen on; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Certificate and key, to serve https.
    pub tls: Option<TlsFiles>,
    /// What a browser has to show before it may set up or enter this Rebound from elsewhere than
    /// this computer. Without one, it cannot.
    pub entry_token: Option<String>,
}

/// A certificate chain and its key, both as PEM files.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificate, followed by those between it and its authority.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// `public_url` does not say where Rebound is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not an address people can open; write http:// or https://, a name, and a port if \
     it is not the usual one, such as https://rebound.example:7700, without a path"
)]
pub struct UrlError(pub String);

/// The names this server answers to, worked out once.
#[derive(Debug)]
pub(crate) struct Site {
    hosts: Vec<(String, u16)>,
    public: (String, u16),
    public_is_https: bool,
    served_tls: bool,
    loopback_only: bool,
    entry_token: Option<String>,
}

impl Site {
    /// `port` is the port really listened on.
    pub(crate) fn new(config: &Config, port: u16) -> Result<Self, UrlError> {
        let (public, public_is_https) = read_public_url(&config.public_url)?;
        let mut hosts: Vec<(String, u16)> = ["localhost", "127.0.0.1", "[::1]"]
            .into_iter()
            .map(|name| (name.to_owned(), port))
            .collect();
        hosts.push(public.clone());
        Ok(Self {
            hosts,
            public,
            public_is_https,
            served_tls: config.tls.is_some(),
            loopback_only: config.bind.ip().is_loopback(),
            entry_token: config.entry_token.clone(),
        })
    }

    /// Whether a `Host` header names this server.
    pub(crate) fn knows(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| same(known, host))
    }

    /// Whether a page asked for under this host reached the browser over https, through a proxy
    /// perhaps.
    pub(crate) fn is_https(&self, host: &str) -> bool {
        self.served_tls || (self.public_is_https && same(&self.public, host))
    }

    /// Whether setting up and entering ask for the token: always when reachable from elsewhere,
    /// and when asked under a name that is not this computer's own.
    pub(crate) fn asks_for_token(&self, host: &str) -> bool {
        let name = split(host).0;
        !self.loopback_only || !matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }

    /// Whether this is the token. Compares digests, so that time taken tells nothing about it.
    pub(crate) fn is_token(&self, given: &str) -> bool {
        use sha2::{Digest, Sha256};
        let digest = |text: &str| Sha256::digest(text.trim().as_bytes());
        self.entry_token
            .as_deref()
            .is_some_and(|token| !token.is_empty() && digest(token) == digest(given))
    }

    /// Whether there is a token to show.
    pub(crate) fn has_token(&self) -> bool {
        self.entry_token.is_some()
    }
}

fn read_public_url(url: &str) -> Result<((String, u16), bool), UrlError> {
    let wrong = || UrlError(url.to_owned());
    let uri: Uri = url.trim().parse().map_err(|_| wrong())?;
    let https = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(wrong()),
    };
    let authority = uri.authority().ok_or_else(wrong)?;
    if authority.as_str().contains('@') || !matches!(uri.path(), "" | "/") || uri.query().is_some()
    {
        return Err(wrong());
    }
    let (name, port) = split(authority.as_str());
    Ok(((name, port.unwrap_or(if https { 443 } else { 80 })), https))
}

/// Name in lower case, and the port where one is written.
fn split(host: &str) -> (String, Option<u16>) {
    let host = host.trim().to_ascii_lowercase();
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => match port.parse() {
            Ok(port) => (name.to_owned(), Some(port)),
            Err(_) => (host, None),
        },
        _ => (host, None),
    }
}

/// Whether a host as written is this name and port; a missing port means the usual ones.
fn same((name, port): &(String, u16), host: &str) -> bool {
    let (asked, asked_port) = split(host);
    asked == *name && asked_port.map_or(matches!(port, 80 | 443), |p| p == *port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(public_url: &str, bind: &str) -> Site {
        let config = Config {
            public_url: public_url.into(),
            bind: bind.parse().expect("an address"),
            tls: None,
            entry_token: Some("seven-words".into()),
        };
        Site::new(&config, 7700).expect("a site")
    }

    #[test]
    fn only_its_own_names_are_known() {
        let site = site("https://rebound.example", "127.0.0.1:7700");
        for good in [
            "localhost:7700",
            "LOCALHOST:7700",
            "127.0.0.1:7700",
            "[::1]:7700",
        ] {
            assert!(site.knows(good) && !site.is_https(good), "{good}");
        }
        for good in ["rebound.example", "rebound.example:443"] {
            assert!(site.knows(good) && site.is_https(good), "{good}");
        }
        for bad in [
            "localhost",
            "localhost:7701",
            "evil.example:7700",
            "",
            "rebound.example:80:1",
        ] {
            assert!(!site.knows(bad), "{bad}");
        }
    }

    #[test]
    fn the_token_is_asked_for_from_elsewhere() {
        let home = site("https://rebound.example", "127.0.0.1:7700");
        assert!(!home.asks_for_token("localhost:7700"));
        assert!(home.asks_for_token("rebound.example"));
        assert!(site("http://localhost:7700", "0.0.0.0:7700").asks_for_token("localhost:7700"));
        assert!(home.is_token(" seven-words ") && !home.is_token("") && !home.is_token("seven"));
    }

    #[test]
    fn a_public_url_is_an_address_without_a_path() {
        for bad in [
            "",
            "rebound",
            "ftp://x",
            "http://x/y",
            "http://u@x",
            "http://x/?q",
        ] {
            assert!(read_public_url(bad).is_err(), "{bad}");
        }
    }
}
