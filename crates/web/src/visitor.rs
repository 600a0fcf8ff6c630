//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use app::sign_in::Visitor;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;

use crate::ctx::Ctx;

/// Whoever asks, for counting how often they tried and for the list of browsers.
#[derive(Debug, Clone)]
pub(crate) struct From(pub(crate) Visitor);

impl FromRequestParts<Ctx> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Infallible> {
        // Without a connection, all count as one.
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let lines: Vec<&str> = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .map(|line| line.to_str().unwrap_or_default())
            .flat_map(|line| line.split(','))
            .collect();
        let agent = parts.headers.get(USER_AGENT);
        Ok(Self(Visitor {
            address: ctx.site.visitor(peer, lines.into_iter()),
            agent: agent
                .and_then(|v| v.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
        }))
    }
}
