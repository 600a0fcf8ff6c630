//! Files that are the same for everybody: assets, the service worker, the offline page.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::reply::{self, Bare, Reply};

/// A style, script or icon by its hashed name.
pub(crate) async fn asset(ctx: Ctx, Path(name): Path<String>, headers: HeaderMap) -> Reply {
    let asset = ctx.assets.file(&name).ok_or_else(Fault::not_found)?;
    let takes_gzip = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("gzip"));
    let vary = (header::VARY, HeaderValue::from_static("accept-encoding"));
    let kind = (
        header::CONTENT_TYPE,
        HeaderValue::from_static(asset.content_type),
    );
    Ok(match &asset.gzip {
        Some(small) if takes_gzip => {
            let encoding = (header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            ([kind, vary, encoding], small.clone()).into_response()
        }
        _ => ([kind, vary], asset.plain.clone()).into_response(),
    })
}

/// The service worker.
pub(crate) async fn service_worker(ctx: Ctx) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, ctx.assets.worker().to_owned()).into_response()
}

/// What makes it an app on a home screen.
pub(crate) async fn manifest(ctx: Ctx) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/manifest+json")];
    (kind, ctx.assets.manifest().to_owned()).into_response()
}

#[derive(Template)]
#[template(path = "offline.html")]
struct Offline<'a> {
    shell: Bare<'a>,
}

/// What stands in for any page while there is no network.
pub(crate) async fn offline(ctx: Ctx) -> Reply {
    reply::page(&Offline {
        shell: Bare::new(&ctx, "No connection"),
    })
}
