//! What handlers of the API take beside the permission, each of which says what it means in OpenAPI.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::api::Problem;
use crate::api::openapi::{Description, Takes};
use crate::ctx::Ctx;
use crate::fields;

/// The header that makes a request one that may be repeated.
pub(crate) const KEY: &str = "idempotency-key";

/// Characters of a key.
const KEY_CHARS: usize = 255;

impl Takes for Ctx {
    fn describe(_: &mut Description<'_>) {}
}

/// The `{id}` of the path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ref<T>(pub(crate) T);

impl<T: FromStr + Send> FromRequestParts<Ctx> for Ref<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, ctx).await.ok();
        text.and_then(|Path(id)| id.parse().ok())
            .map(Self)
            .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "Nothing has this id."))
    }
}

impl<T> Takes for Ref<T> {
    fn describe(d: &mut Description<'_>) {
        d.id();
    }
}

/// What the query asks for.
#[derive(Debug, Clone)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Ctx> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Problem> {
        axum::extract::Query::<T>::from_request_parts(parts, ctx)
            .await
            .map(|query| Self(query.0))
            .map_err(|e| {
                let text = e.body_text();
                let (before, why) = text.rsplit_once(": ").unwrap_or(("", &text));
                // The name stands before the reason where the reason is one field's.
                let name = before.rsplit_once(": ").map_or("", |(_, name)| name);
                Problem::invalid(format!("The query cannot be read: {why}."))
                    .about(at_fault(name, why))
            })
    }
}

impl<T: JsonSchema> Takes for Asked<T> {
    fn describe(d: &mut Description<'_>) {
        d.query::<T>();
    }
}

/// What was sent, and the key under which it may be sent again.
#[derive(Debug)]
pub(crate) struct Sent<T> {
    pub(crate) body: T,
    pub(crate) once: Option<Once>,
}

/// A request that may be repeated.
#[derive(Debug)]
pub(crate) struct Once {
    pub(crate) key: String,
    /// Method, path and body.
    pub(crate) request: [Vec<u8>; 3],
}

/// Nothing needs to be sent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// What may be sent.
pub(crate) trait Body: DeserializeOwned {
    /// What sending no body means, where that is allowed.
    fn empty() -> Option<Self> {
        None
    }
}

impl Body for Nothing {
    fn empty() -> Option<Self> {
        Some(Self {})
    }
}

impl<T: Body> FromRequest<Ctx> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, ctx: &Ctx) -> Result<Self, Problem> {
        let key = key(request.headers())?;
        let is_json = is_json(request.headers());
        let method = request.method().as_str().as_bytes().to_vec();
        let path = request.uri().path().as_bytes().to_vec();
        let bytes = Bytes::from_request(request, ctx).await.map_err(|e| {
            match e.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::from(fields::too_large()),
                _ => Problem::invalid("The request did not arrive whole. Send it once more."),
            }
        })?;
        let body = match T::empty() {
            Some(nothing) if bytes.is_empty() => nothing,
            _ if !is_json => {
                return Err(Problem::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "This address takes JSON (Content-Type: application/json).",
                ));
            }
            _ => json(&bytes)?,
        };
        let once = key.map(|key| Once {
            key,
            request: [method, path, bytes.to_vec()],
        });
        Ok(Self { body, once })
    }
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut read = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut read).map_err(|e| {
        let why = e.inner().to_string();
        Problem::invalid(format!("The JSON cannot be taken: {why}."))
            .about(at_fault(&e.path().to_string(), &why))
    })?;
    read.end()
        .map_err(|e| Problem::invalid(format!("The JSON cannot be taken: {e}.")))?;
    Ok(body)
}

/// The field that is at fault: where reading stopped, or the one that the reason names.
fn at_fault(path: &str, why: &str) -> Option<String> {
    let named = ["unknown field `", "missing field `", "duplicate field `"]
        .iter()
        .find_map(|begin| why.strip_prefix(begin)?.split_once('`'));
    let within = Some(path).filter(|p| !p.is_empty() && *p != "." && *p != "?");
    match (within, named) {
        // A field of an object within: `value.amount`; an unknown one has its own name at the end.
        (Some(path), Some((name, _))) if path != name && !path.ends_with(&format!(".{name}")) => {
            Some(format!("{path}.{name}"))
        }
        (Some(path), _) => Some(path.to_owned()),
        (None, Some((name, _))) => Some(name.to_owned()),
        (None, None) => None,
    }
}

impl<T: Body + JsonSchema> Takes for Sent<T> {
    fn describe(d: &mut Description<'_>) {
        d.body::<T>(T::empty().is_none());
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .is_some_and(|v| v.trim().eq_ignore_ascii_case("application/json"))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all(KEY).iter();
    let Some(value) = all.next() else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .filter(|key| (1..=KEY_CHARS).contains(&key.len()) && all.next().is_none())
        .filter(|key| key.bytes().all(|b| b.is_ascii_graphic()))
        .map(|key| Some(key.to_owned()))
        .ok_or_else(|| {
            Problem::invalid(format!(
                "The Idempotency-Key is one of 1 to {KEY_CHARS} plain characters without spaces."
            ))
            .about(Some("Idempotency-Key".to_owned()))
        })
}
