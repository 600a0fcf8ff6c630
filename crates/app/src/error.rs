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
    /// It was tried too often for now.
    TooOften,
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
    /// Seconds to wait before trying again, for [`Kind::TooOften`].
    pub wait: Option<i64>,
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
            wait: None,
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

    /// A file that cannot be read or written; `what` is “Cannot read” or “Cannot write”.
    pub fn file(what: &str, path: &std::path::Path, e: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let wrong = |kind, why: &str| Self::new(kind, format!("{what} {}: {why}.", path.display()));
        let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
        match (e.kind(), folder) {
            (ErrorKind::NotFound, Some(folder)) if !folder.is_dir() => {
                let why = format!("the folder {} does not exist", folder.display());
                wrong(Kind::NotFound, &why).with_hint("Make it first, or name another.")
            }
            (ErrorKind::NotFound, _) => wrong(Kind::NotFound, "there is no such file"),
            (ErrorKind::PermissionDenied, _) => wrong(Kind::Refused, "this user may not"),
            (ErrorKind::IsADirectory, _) => wrong(Kind::Invalid, "it is a folder"),
            _ => wrong(Kind::Busy, &e.to_string()),
        }
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
            StoreError::Damaged(_) => Kind::Invalid,
            StoreError::Busy | StoreError::Lost | StoreError::Disk(_) => Kind::Busy,
            _ => Kind::Internal,
        };
        Self::new(kind, sentence(&e.to_string()))
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
        Self::new(kind, sentence(&e.to_string()))
    }
}

/// Begins with a capital, unless it begins with an address, and ends with a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let first = text.split(' ').next().unwrap_or_default();
    let mut letters = text.chars();
    match letters.next() {
        Some(c) if !first.contains(':') => out.extend(c.to_uppercase()),
        Some(c) => out.push(c),
        None => {}
    }
    out.push_str(letters.as_str());
    if !out.ends_with(['.', '?', '!']) {
        out.push('.');
    }
    out
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
