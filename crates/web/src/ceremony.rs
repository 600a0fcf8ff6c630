//! What a browser keeps between the two halves of a ceremony: a cookie of its own, for minutes.

use app::Token;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::ctx::Ctx;
use crate::guard::Host;

/// Which ceremony it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ceremony {
    /// By passkey: both halves are asked for by our own pages.
    Passkey,
    /// By another provider: the browser comes back from a strange page.
    Provider,
}

impl Ceremony {
    fn cookie(self, ctx: &Ctx, https: bool) -> String {
        let workspace = ctx.app.workspace().id.get(..8).unwrap_or_default();
        let prefix = if https { "__Host-" } else { "" };
        let what = match self {
            Self::Passkey => "passkey",
            Self::Provider => "provider",
        };
        format!("{prefix}rebound-{workspace}-{what}")
    }

    const fn same_site(self) -> &'static str {
        match self {
            Self::Passkey => "Strict",
            // Strict would keep it back exactly when the provider sends somebody here.
            Self::Provider => "Lax",
        }
    }

    /// What the browser kept.
    pub(crate) fn token(self, ctx: &Ctx, headers: &HeaderMap) -> Option<Token> {
        let name = self.cookie(ctx, ctx.site.is_https(&Host::of(headers)));
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(n, _)| *n == name)
            .and_then(|(_, value)| value.parse().ok())
    }

    /// Has the browser keep a token until the second half, or, without one, keep nothing more.
    pub(crate) fn keep(self, ctx: &Ctx, host: &Host, token: Option<&Token>, on: &mut Response) {
        let https = ctx.site.is_https(&host.0);
        let minutes = ctx.app.thresholds().ceremony_minutes;
        let (value, age) = token.map_or((String::new(), 0), |t| (t.to_string(), minutes * 60));
        let secure = if https { "; Secure" } else { "" };
        let line = format!(
            "{}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite={}{secure}",
            self.cookie(ctx, https),
            self.same_site(),
        );
        if let Ok(line) = HeaderValue::from_str(&line) {
            on.headers_mut().append(header::SET_COOKIE, line);
        }
    }
}
