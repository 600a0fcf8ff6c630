//! Errors people can act on.

use store::{OpenError, StoreError};

use crate::Who;

/// What kind of trouble it is; decides the exit code and the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was given is not right.
    Invalid,
    /// There is no such thing.
    NotFound,
    /// More than one person could be meant.
    Ambiguous,
    /// Somebody else was quicker.
    Conflict,
    /// It may not be done.
    Refused,
    /// The database cannot now; later it may.
    Busy,
    /// The fault is ours.
    Internal,
}

/// An error with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// What kind of trouble.
    pub kind: Kind,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do, where the message does not say it.
    pub hint: Option<String>,
    /// The field of a form that it is about.
    pub field: Option<&'static str>,
    /// Who could be meant, for [`Kind::Ambiguous`].
    pub candidates: Vec<Who>,
}

impl AppError {
    /// An error without hint, field or candidates.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            field: None,
            candidates: Vec::new(),
        }
    }

    /// A field that is not right.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(Kind::Invalid, message)
        }
    }

    /// Something that is not there.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            Kind::NotFound,
            format!("There is no such {what}. It may have been moved or merged."),
        )
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<StoreError> for AppError {
    fn from(e: StoreError) -> Self {
        let kind = match &e {
            StoreError::Conflict => Kind::Conflict,
            StoreError::Busy | StoreError::Lost | StoreError::Disk(_) => Kind::Busy,
            _ => Kind::Internal,
        };
        let text = e.to_string();
        let mut letters = text.chars();
        let message = letters.next().map_or_else(String::new, |c| {
            format!("{}{}", c.to_uppercase(), letters.as_str())
        });
        Self::new(kind, message)
    }
}

impl From<OpenError> for AppError {
    fn from(e: OpenError) -> Self {
        let kind = match e {
            OpenError::Locked(_) | OpenError::Unreachable(_) => Kind::Busy,
            OpenError::MissingFolder(_) | OpenError::MissingDatabase(_) => Kind::NotFound,
            OpenError::ReadOnly(_) | OpenError::Refused(_) => Kind::Refused,
            _ => Kind::Invalid,
        };
        Self::new(kind, e.to_string())
    }
}

/// Checks a text that people typed: trimmed, not too long, without control characters.
///
/// # Errors
/// Names the field and the limit.
pub(crate) fn text(
    field: &'static str,
    what: &str,
    text: &str,
    most: usize,
) -> Result<String, AppError> {
    let text: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let length = text.chars().count();
    if length > most {
        return Err(AppError::invalid(
            field,
            format!("{what} has {length} characters; at most {most} are kept. Shorten it."),
        ));
    }
    Ok(text)
}
