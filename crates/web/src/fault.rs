//! What a page says when it cannot do what was asked.

use std::sync::Arc;

use app::{AppError, Kind};
use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::ctx::Ctx;
use crate::{reply, words};

/// Why there is no page. Travels as an extension of an empty response until [`render`] knows
/// whether the browser or a script asked.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// Where signing in begins, when that is what is missing.
    pub(crate) enter: Option<&'static str>,
    /// The page of ours that was asked for, to go on to after signing in.
    pub(crate) next: Option<String>,
    /// Who is signed in has to show once more that it is they.
    pub(crate) again: bool,
    /// Seconds to wait before trying again.
    pub(crate) wait: Option<i64>,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            hint: None,
            enter: None,
            next: None,
            again: false,
            wait: None,
        }
    }

    /// Nobody is signed in; go there first.
    pub(crate) fn enter(place: &'static str) -> Self {
        Self {
            enter: Some(place),
            ..Self::new(StatusCode::UNAUTHORIZED, "This browser is not signed in.")
        }
    }

    /// Signed in a while ago; shows once more that it is they, and comes back to this page of ours.
    pub(crate) fn again(back: &str) -> Self {
        Self {
            message: "Sign in once more before you change this.".to_owned(),
            next: Some(back.to_owned()),
            again: true,
            ..Self::enter("/enter")
        }
    }

    /// Where to sign in, and where to go on from there.
    fn way_in(&self) -> Option<String> {
        let place = self.enter?;
        let mut pairs = Vec::new();
        pairs.extend(self.again.then_some(("again", "1")));
        pairs.extend(self.next.as_deref().map(|next| ("next", next)));
        if pairs.is_empty() {
            return Some(place.to_owned());
        }
        Some(format!("{place}?{}", words::query(&pairs)))
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no page at this address.")
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// Something broke inside; what exactly stands in the log, not on the page.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something broke inside Rebound. What was saved before is safe.",
        )
        .with_hint("Try once more. If it happens again, the log in the terminal says more.")
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn title(&self) -> &'static str {
        match self.status {
            StatusCode::NOT_FOUND => "Nothing is here",
            StatusCode::CONFLICT => "It changed in the meantime",
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => "This cannot be done from here",
            StatusCode::MISDIRECTED_REQUEST => "Not under this name",
            StatusCode::PAYLOAD_TOO_LARGE => "That is too much at once",
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => "Not right now",
            StatusCode::INTERNAL_SERVER_ERROR => "Something broke",
            _ => "Something is not right yet",
        }
    }
}

/// The status each kind of trouble has.
pub(crate) fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Ambiguous | Kind::Conflict => StatusCode::CONFLICT,
        Kind::Refused => StatusCode::FORBIDDEN,
        Kind::TooOften => StatusCode::TOO_MANY_REQUESTS,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        if error.kind == Kind::Internal {
            tracing::error!(error = %error.message, "an act failed");
            return Self::internal();
        }
        Self {
            hint: error.hint,
            wait: error.wait,
            ..Self::new(status_of(error.kind), error.message)
        }
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be written");
        Self::internal()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct Page<'a> {
    shell: reply::Bare<'a>,
    message: &'a str,
    hint: Option<&'a str>,
}

/// Whether a script asked, rather than a person opening a page.
pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"))
}

/// Says when to try again, as programs and browsers read it.
pub(crate) fn say_when(headers: &mut HeaderMap, wait: Option<i64>) {
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Puts the words to a fault: JSON for a script, the way to sign in, or a calm page.
pub(crate) fn render(ctx: &Ctx, response: Response, json: bool) -> Response {
    let Some(fault) = response.extensions().get::<Arc<Fault>>().cloned() else {
        return response;
    };
    let mut response = words_for(ctx, &fault, json);
    say_when(response.headers_mut(), fault.wait);
    response
}

fn words_for(ctx: &Ctx, fault: &Fault, json: bool) -> Response {
    if json {
        let body = serde_json::json!({
            "error": fault.message,
            "hint": fault.hint,
            // What a script asked for is no page to come back to; what it names itself is.
            "enter": fault.enter.filter(|_| !fault.again).map_or_else(|| fault.way_in(), |e| Some(e.to_owned())),
        });
        return (fault.status, axum::Json(body)).into_response();
    }
    if let Some(place) = fault.way_in() {
        return reply::see_other(&place);
    }
    let page = Page {
        shell: reply::Bare::new(ctx, fault.title()),
        message: &fault.message,
        hint: fault.hint.as_deref(),
    };
    match page.render() {
        Ok(html) => (fault.status, Html(html)).into_response(),
        Err(_) => (fault.status, fault.message.clone()).into_response(),
    }
}
