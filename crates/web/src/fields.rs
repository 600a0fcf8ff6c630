//! What was typed into a form or written behind the question mark of an address.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{Method, StatusCode, header};
use domain::{When, Zone};

use crate::ctx::Ctx;
use crate::fault::Fault;

/// Names and values in the order sent; a name may come more than once. Of a GET these are the
/// query's, of a POST the form's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value of a name, without space around it; empty when missing.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.trim())
    }

    /// The first value of a name exactly as sent, as passwords are; empty when missing.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }

    /// The first value of a name, unless it is empty.
    pub(crate) fn opt(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|v| !v.is_empty())
    }

    /// Whether the name was sent at all, as a ticked box is.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// Every value of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.trim())
    }

    /// Every name and value.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// Reads one value as an id, a code or anything else that is written as text.
    pub(crate) fn read<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Fault> {
        self.opt(name)
            .map(|text| text.parse().map_err(|_| unreadable(name, text)))
            .transpose()
    }

    /// Reads one value as a day or an instant.
    pub(crate) fn when(&self, name: &str) -> Result<Option<When>, Fault> {
        self.opt(name)
            .map(|text| When::from_iso(text).map_err(|e| Fault::invalid(sentence(&e))))
            .transpose()
    }

    /// Reads one value as a time zone.
    pub(crate) fn zone(&self, name: &str) -> Result<Option<Zone>, Fault> {
        self.opt(name)
            .map(|text| Zone::new(text).map_err(|e| Fault::invalid(sentence(&e))))
            .transpose()
    }
}

fn unreadable(name: &str, text: &str) -> Fault {
    let text: String = text.chars().take(60).collect();
    Fault::invalid(format!("“{text}” cannot be read as “{name}”."))
        .with_hint("Go back, load the page again and choose once more.")
}

/// An error's words as a sentence of their own.
pub(crate) fn sentence(error: &impl ToString) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let mut out: String = letters
        .next()
        .map(|c| c.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    if !out.ends_with(['.', '?']) {
        out.push('.');
    }
    out
}

impl FromRequest<Ctx> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, ctx: &Ctx) -> Result<Self, Fault> {
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            return Ok(Self::parse(
                request.uri().query().unwrap_or_default().as_bytes(),
            ));
        }
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(Fault::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "This address takes a form (application/x-www-form-urlencoded).",
            ));
        }
        let body = Bytes::from_request(request, ctx)
            .await
            .map_err(|rejection| match rejection.into_response_status() {
                StatusCode::PAYLOAD_TOO_LARGE => too_large(),
                status => Fault::new(status, "The form did not arrive whole. Send it once more."),
            })?;
        Ok(Self::parse(&body))
    }
}

/// More was sent than this address takes.
pub(crate) fn too_large() -> Fault {
    Fault::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "More was sent than this page takes, so nothing was saved.",
    )
    .with_hint("Send it in smaller parts.")
}

/// The status of axum's rejections, whatever their type.
trait RejectionStatus {
    fn into_response_status(self) -> StatusCode;
}

impl<T: axum::response::IntoResponse> RejectionStatus for T {
    fn into_response_status(self) -> StatusCode {
        self.into_response().status()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_trimmed_and_more_than_once() {
        let fields = Fields::parse(b"who=+Ada+%26+S%C3%B6hne+&id=1&id=2&empty=");
        assert_eq!(fields.get("who"), "Ada & Söhne");
        assert_eq!(fields.all("id").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(fields.opt("empty"), None);
        assert!(fields.has("empty") && !fields.has("missing"));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let fields = Fields::parse(b"at=soon&zone=Mars%2FOlympus&outcome=maybe");
        assert_eq!(
            fields.when("at").expect_err("not a time").status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert!(
            fields
                .zone("zone")
                .expect_err("no zone")
                .message
                .starts_with("There is no")
        );
        assert!(fields.read::<domain::Outcome>("outcome").is_err());
    }
}
