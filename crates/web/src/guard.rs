//! What every request has to pass, and what every answer carries.

use std::convert::Infallible;
use std::time::Instant;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::api;
use crate::config::Site;
use crate::ctx::Ctx;
use crate::fault::{self, Fault};
use crate::routes::RouteName;

/// The host the browser asked for, as it wrote it.
#[derive(Debug, Clone)]
pub(crate) struct Host(pub(crate) String);

impl Host {
    /// Empty, which is no host of ours, when there is none or more than one: whatever stands before
    /// this server may have heeded the other.
    pub(crate) fn of(headers: &HeaderMap) -> String {
        let mut named = headers.get_all(header::HOST).iter();
        match (named.next(), named.next()) {
            (Some(one), None) => one.to_str().unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Host {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Self::of(&parts.headers)))
    }
}

/// Whether a script asked, which takes JSON, or a person, who takes pages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wants {
    pub(crate) json: bool,
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            json: fault::wants_json(&parts.headers),
        })
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

/// Host and origin are checked, the answer gets its headers and a line in the log. The line names
/// the route, never the path: paths hold ids.
pub(crate) async fn around(State(ctx): State<Ctx>, mut request: Request, next: Next) -> Response {
    let (start, method) = (Instant::now(), request.method().clone());
    let json = fault::wants_json(request.headers());
    let for_programs = request.uri().path().starts_with(api::PREFIX);
    // HTTP/2 names the host in the address; handlers read one place only.
    if let Some(authority) = request.uri().authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().insert(header::HOST, host);
    }
    let host = Host::of(request.headers());
    let answer = match check(&ctx.site, &method, request.headers(), for_programs) {
        Ok(()) => next.run(request).await,
        Err(fault) => fault.into_response(),
    };
    let route = answer
        .extensions()
        .get::<RouteName>()
        .map_or("none", |r| r.0);
    let mut response = if for_programs {
        api::problem::render(answer)
    } else {
        fault::render(&ctx, answer, json)
    };
    secure(response.headers_mut());
    if ctx.site.is_https(&host) {
        // A year, as browsers' own lists ask for; names below this one are somebody else's to decide.
        response.headers_mut().insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    tracing::info!(
        target: "rebound::access",
        %method,
        route,
        status = response.status().as_u16(),
        ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
    );
    response
}

fn check(
    site: &Site,
    method: &Method,
    headers: &HeaderMap,
    for_programs: bool,
) -> Result<(), Fault> {
    let host = Host::of(headers);
    if !site.knows(&host) {
        return Err(Fault::new(
            StatusCode::MISDIRECTED_REQUEST,
            "This Rebound does not answer to the name in the address.",
        )
        .with_hint(
            "Open it as localhost with its port, or under the address it was started with \
             (--public-url).",
        ));
    }
    // Programs send a token and name no origin. Cookies open nothing there, so a page of another
    // site that has a browser send something forges nobody's request.
    if !for_programs && !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        let scheme = if site.is_https(&host) {
            "https"
        } else {
            "http"
        };
        if !is_own_page(scheme, &host, headers) {
            return Err(Fault::new(
                StatusCode::FORBIDDEN,
                "This was sent from another site, so nothing was changed.",
            )
            .with_hint("Open Rebound itself and do it there."));
        }
    }
    Ok(())
}

/// Whether a change was asked for by one of our own pages. Browsers name the page's origin on every
/// POST, so a request that names nothing is not one of theirs.
fn is_own_page(scheme: &str, host: &str, headers: &HeaderMap) -> bool {
    let from = text(headers, HeaderName::from_static("sec-fetch-site"));
    if from.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    match text(headers, header::ORIGIN) {
        Some(origin) => origin
            .strip_prefix(scheme)
            .and_then(|rest| rest.strip_prefix("://"))
            .is_some_and(|named| named.eq_ignore_ascii_case(host)),
        None => from.is_some(),
    }
}

/// Headers of every answer.
fn secure(headers: &mut HeaderMap) {
    const FIXED: [(HeaderName, &str); 6] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Not `no-referrer`: with it browsers send `Origin: null` from our own forms. A page whose
    // address is a secret says `strict-origin` itself, which names the site and never the page.
    headers
        .entry(header::REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)))
            .collect();
        is_own_page("http", "localhost:7700", &headers)
    }

    #[test]
    fn only_our_own_pages_may_change_things() {
        assert!(asks(&[("origin", "http://localhost:7700")]));
        assert!(asks(&[("sec-fetch-site", "same-origin")]));
        assert!(asks(&[
            ("origin", "http://localhost:7700"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!asks(&[]));
        assert!(!asks(&[("origin", "null")]));
        assert!(!asks(&[("origin", "https://localhost:7700")]));
        assert!(!asks(&[("origin", "http://localhost:7701")]));
        assert!(!asks(&[
            ("origin", "http://localhost:7700"),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!asks(&[("sec-fetch-site", "same-site")]));
    }
}
