//! What the API says when it cannot do what was asked (RFC 9457).

use app::{AppError, Kind, Who};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::shapes::WhoShown;
use crate::fault::{self, Fault};

/// The media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not done.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    hint: Option<String>,
    field: Option<String>,
    candidates: Vec<Who>,
    /// What the answer says besides, such as how to ask.
    header: Option<Box<(header::HeaderName, HeaderValue)>>,
}

/// A problem as it is sent.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct Body {
    /// What kind of problem, the same for all of its kind: `urn:rebound:problem:…`.
    #[schemars(rename = "type")]
    #[serde(rename = "type")]
    kind: String,
    /// The kind in words.
    title: String,
    /// The status of the answer.
    status: u16,
    /// What is wrong.
    detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The field that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Who could be meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<WhoShown>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            hint: None,
            field: None,
            candidates: Vec::new(),
            header: None,
        }
    }

    /// Something sent is not right.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Names the field it is about, where one is.
    pub(crate) fn about(mut self, field: Option<String>) -> Self {
        self.field = field;
        self
    }

    pub(crate) fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.header = Some(Box::new((name, value)));
        self
    }
}

/// What problems of a status are called; those that name candidates are of a kind of their own.
fn named(status: StatusCode, candidates: bool) -> (&'static str, &'static str) {
    match status {
        StatusCode::CONFLICT if candidates => ("ambiguous", "Several people could be meant"),
        StatusCode::UNAUTHORIZED => ("unauthorized", "No token that stands"),
        StatusCode::FORBIDDEN => ("forbidden", "This token may not"),
        StatusCode::NOT_FOUND => ("not-found", "Nothing is here"),
        StatusCode::METHOD_NOT_ALLOWED => ("method-not-allowed", "Not used that way"),
        StatusCode::CONFLICT => ("conflict", "It stands otherwise"),
        StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "That is too much at once"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media-type", "Not JSON"),
        StatusCode::UNPROCESSABLE_ENTITY => ("invalid", "Something is not right yet"),
        StatusCode::TOO_MANY_REQUESTS => ("too-many-requests", "Too many requests"),
        StatusCode::SERVICE_UNAVAILABLE => ("unavailable", "Not right now"),
        StatusCode::MISDIRECTED_REQUEST => ("misdirected", "Not under this name"),
        _ => ("internal", "Something broke"),
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        if error.kind == Kind::Internal {
            return Fault::from(error).into();
        }
        let problem = Self {
            hint: error.hint,
            field: error.field.map(str::to_owned),
            candidates: error.candidates,
            ..Self::new(fault::status_of(error.kind), error.message)
        };
        match error.wait {
            Some(seconds) => problem.with_header(header::RETRY_AFTER, HeaderValue::from(seconds)),
            None => problem,
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self {
            hint: fault.hint,
            ..Self::new(fault.status, fault.message)
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (kind, title) = named(self.status, !self.candidates.is_empty());
        let body = Body {
            kind: format!("urn:rebound:problem:{kind}"),
            title: title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail,
            hint: self.hint,
            field: self.field,
            candidates: self.candidates.iter().map(WhoShown::from).collect(),
        };
        let media_type = HeaderValue::from_static(MEDIA_TYPE);
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, media_type);
        if let Some(header) = self.header {
            headers.insert(header.0, header.1);
        }
        response
    }
}

/// Puts what the site around the API refused into the API's words.
pub(crate) fn render(response: Response) -> Response {
    let Some(fault) = response
        .extensions()
        .get::<std::sync::Arc<Fault>>()
        .cloned()
    else {
        return response;
    };
    let mut problem = Problem::from(Fault::clone(&fault));
    if fault.status == StatusCode::NOT_FOUND {
        problem = problem.with_hint("What there is stands in /api/v1/openapi.json.");
    }
    let mut rendered = problem.into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        rendered
            .headers_mut()
            .insert(header::ALLOW, allowed.clone());
    }
    rendered
}
