//! Where the pages are served, and who may ask for them.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::http::Uri;

use crate::oidc::Provider;

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
    /// Proxies whose word about where a visitor comes from is taken.
    pub trusted_proxies: Vec<Network>,
    /// Another provider that people may come in by.
    pub provider: Option<Provider>,
    /// How long whoever asks is waited for.
    pub patience: Patience,
}

/// How long whoever asks is waited for. Who sends a byte a minute ties up nothing for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To say what is wanted, from when one may; a connection that says nothing ends then.
    pub headers: Duration,
    /// To send a form and be answered.
    pub form: Duration,
    /// The same for a long text.
    pub text: Duration,
    /// The same for a file, over a slow network.
    pub upload: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(10),
            form: Duration::from_secs(30),
            text: Duration::from_secs(60),
            upload: Duration::from_secs(15 * 60),
        }
    }
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
    trusted_proxies: Vec<Network>,
    pub(crate) provider: Option<Provider>,
    pub(crate) patience: Patience,
}

impl Site {
    /// `port` is the port really listened on.
    pub(crate) fn new(config: &Config, port: u16) -> Result<Self, UrlError> {
        let (mut public, public_is_https) = read_public_url(&config.public_url)?;
        // A free port was asked for, and this is the one.
        if public.1 == 0 {
            public.1 = port;
        }
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
            trusted_proxies: config.trusted_proxies.clone(),
            provider: config.provider.clone(),
            patience: config.patience,
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

    /// The name in a host as written, without the port.
    pub(crate) fn name(&self, host: &str) -> String {
        split(host).0
    }

    /// What a browser calls the origin of pages asked for under this host.
    pub(crate) fn origin(&self, host: &str) -> String {
        let https = self.is_https(host);
        let (name, port) = split(host);
        origin(https, &name, port)
    }

    /// The origin of pages under the address people type.
    pub(crate) fn public_origin(&self) -> String {
        let (name, port) = &self.public;
        origin(self.public_is_https, name, Some(*port))
    }

    /// Whether the address people type is one that only this computer reaches.
    pub(crate) fn is_here_only(&self) -> bool {
        is_own_name(&self.public.0)
    }

    /// Whether setting up and entering ask for the token: always when reachable from elsewhere, by
    /// itself or through a proxy that answers to another name, and when asked under a name that is
    /// not this computer's own. The host alone proves nothing: a visitor writes it.
    pub(crate) fn asks_for_token(&self, host: &str) -> bool {
        !self.loopback_only || !is_own_name(&self.public.0) || !is_own_name(&split(host).0)
    }

    /// Whether this is the token. Compares digests, so that time taken tells nothing about it.
    pub(crate) fn is_token(&self, given: &str) -> bool {
        use sha2::{Digest, Sha256};
        let digest = |text: &str| Sha256::digest(text.trim().as_bytes());
        self.entry_token
            .as_deref()
            .is_some_and(|token| !token.is_empty() && digest(token) == digest(given))
    }

    /// Where a visitor comes from: who connected, or, as far as trusted proxies vouch for it, the
    /// last address they were handed. `forwarded` are the entries of `X-Forwarded-For` in order;
    /// what stands before the first proxy of ours may be anybody's invention.
    pub(crate) fn visitor<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut known = peer;
        for entry in forwarded.rev() {
            if !self.trusts(known) {
                break;
            }
            match read_address(entry) {
                Some(before) => known = before,
                None => break,
            }
        }
        known
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|n| n.holds(address))
    }

    /// Whether there is a token to show.
    pub(crate) fn has_token(&self) -> bool {
        self.entry_token.is_some()
    }
}

/// Addresses that begin alike, such as `10.0.0.0/8`; one alone has no slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: u128,
    bits: u32,
}

/// What was given is no address and no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no address and no network; write one such as 10.0.0.7 or 10.0.0.0/8")]
pub struct NetworkError(pub String);

/// An address as one number; IPv4 stands inside IPv6.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let differ = 128 - self.bits;
        // Shifting by the whole width is no shift.
        (self.first ^ number(address))
            .checked_shr(differ)
            .is_none_or(|rest| rest == 0)
    }
}

impl std::str::FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let wrong = || NetworkError(text.to_owned());
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().map_err(|_| wrong())?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (most, before) = if address.is_ipv4() {
            (32, 96)
        } else {
            (128, 0)
        };
        let bits = bits.unwrap_or(most);
        if bits > most {
            return Err(wrong());
        }
        Ok(Self {
            first: number(address),
            bits: before + bits,
        })
    }
}

/// An entry of `X-Forwarded-For`: an address, with a port perhaps.
fn read_address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|e| e.strip_suffix(']'));
    bare.unwrap_or(entry)
        .parse()
        .ok()
        .or_else(|| entry.parse::<SocketAddr>().ok().map(|a| a.ip()))
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

/// An origin as browsers write it: the usual port goes unsaid.
fn origin(https: bool, name: &str, port: Option<u16>) -> String {
    let scheme = if https { "https" } else { "http" };
    match port {
        Some(port) if port != if https { 443 } else { 80 } => format!("{scheme}://{name}:{port}"),
        _ => format!("{scheme}://{name}"),
    }
}

/// Whether a name is this computer's own, which no other computer reaches it by.
fn is_own_name(name: &str) -> bool {
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
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
            trusted_proxies: Vec::new(),
            provider: None,
            patience: Patience::default(),
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
        assert!(home.asks_for_token("rebound.example"));
        assert!(
            home.asks_for_token("localhost:7700"),
            "a proxy may pass on whatever host a visitor wrote"
        );
        let own = site("http://localhost:7700", "127.0.0.1:7700");
        assert!(!own.asks_for_token("localhost:7700") && own.asks_for_token("rebound.example"));
        assert!(site("http://localhost:7700", "0.0.0.0:7700").asks_for_token("localhost:7700"));
        assert!(home.is_token(" seven-words ") && !home.is_token("") && !home.is_token("seven"));
    }

    #[test]
    fn only_trusted_proxies_say_where_a_visitor_comes_from() {
        let mut site = site("https://rebound.example", "0.0.0.0:7700");
        let from = |site: &Site, peer: &str, forwarded: &str| {
            let peer = peer.parse().expect("an address");
            let line = forwarded.split(',').filter(|e| !e.is_empty());
            site.visitor(peer, line).to_string()
        };
        assert_eq!(from(&site, "203.0.113.9", "198.51.100.1"), "203.0.113.9");
        site.trusted_proxies = ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"]
            .map(|n| n.parse().expect("a network"))
            .to_vec();
        for (peer, forwarded, is) in [
            // Nobody vouches for what a stranger writes.
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("192.0.2.8", "198.51.100.1", "192.0.2.8"),
            ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
            ("::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1"),
            ("10.1.2.3", "198.51.100.1:4711", "198.51.100.1"),
            ("192.0.2.7", "[2001:db9::1]:4711", "2001:db9::1"),
            // What was there before the proxy is the visitor's own invention.
            ("10.1.2.3", "127.0.0.1, 198.51.100.1", "198.51.100.1"),
            (
                "10.1.2.3",
                "198.51.100.1, 10.9.9.9, 2001:db8::5",
                "198.51.100.1",
            ),
            ("10.1.2.3", "198.51.100.1, unknown", "10.1.2.3"),
            ("10.1.2.3", "", "10.1.2.3"),
            ("10.1.2.3", "10.0.0.1", "10.0.0.1"),
        ] {
            assert_eq!(from(&site, peer, forwarded), is, "{peer}: {forwarded}");
        }
        for bad in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "proxy",
            "10.0.0.0/-1",
        ] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
        assert!("0.0.0.0/0".parse::<Network>().is_ok_and(|n| {
            n.holds("203.0.113.9".parse().expect("an address"))
                && !n.holds("2001:db8::1".parse().expect("an address"))
        }));
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
