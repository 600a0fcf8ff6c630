//! What forms show: choices to pick from, and what is wrong with a field.

use app::{AppError, Kind};
use axum::http::StatusCode;
use domain::{Label, Zone};
use jiff::civil::{Date, Time};

use crate::fault::{self, Fault};
use crate::fields::Fields;

/// One choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

impl Choice {
    pub(crate) fn new(value: &str, label: &str, chosen: &str) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            chosen: value == chosen,
        }
    }
}

/// Choices of a closed list: pairs of code and label.
pub(crate) fn choices<'a>(
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    chosen: &str,
) -> Vec<Choice> {
    pairs
        .into_iter()
        .map(|(value, label)| Choice::new(value, label, chosen))
        .collect()
}

/// Choices of editable labels. A hidden one is offered only where it is chosen already.
pub(crate) fn labels(all: &[Label], chosen: &str) -> Vec<Choice> {
    all.iter()
        .filter(|l| !l.hidden || l.code == chosen)
        .map(|l| Choice::new(&l.code, &l.label, chosen))
        .collect()
}

/// A vocabulary's words as pairs of code and label.
macro_rules! pairs {
    ($vocabulary:ty) => {
        <$vocabulary>::ALL
            .iter()
            .map(|word| (word.code(), word.label()))
    };
}
pub(crate) use pairs;

/// What is wrong with a form, if something is; the form keeps everything typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wrong(Option<Said>);

#[derive(Debug, Clone)]
struct Said {
    field: &'static str,
    message: String,
    status: StatusCode,
}

impl Wrong {
    /// Something wrong with a field.
    pub(crate) fn with(field: &'static str, message: impl Into<String>) -> Self {
        Self(Some(Said {
            field,
            message: message.into(),
            status: StatusCode::UNPROCESSABLE_ENTITY,
        }))
    }

    /// What a form can say about an error; other errors get a page of their own.
    ///
    /// # Errors
    /// Gives the fault back that is not about what was typed.
    pub(crate) fn of(error: AppError) -> Result<Self, Fault> {
        match error.kind {
            Kind::Invalid => Ok(Self::said(error)),
            _ => Err(error.into()),
        }
    }

    /// As [`Wrong::of`], of a form that says refusals itself, so that nothing typed is lost.
    ///
    /// # Errors
    /// Gives the fault back that is about neither.
    pub(crate) fn or_refused(error: AppError) -> Result<Self, Fault> {
        match error.kind {
            Kind::Invalid | Kind::Refused => Ok(Self::said(error)),
            _ => Err(error.into()),
        }
    }

    fn said(error: AppError) -> Self {
        let hint = error.hint.map_or_else(String::new, |h| format!(" {h}"));
        Self(Some(Said {
            field: error.field.unwrap_or(""),
            message: format!("{}{hint}", error.message),
            status: fault::status_of(error.kind),
        }))
    }

    /// What the page answers with: that it is fine, or why not.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.as_ref().map_or(StatusCode::OK, |said| said.status)
    }

    /// Whether this field is it.
    pub(crate) fn is(&self, field: &str) -> bool {
        self.0.as_ref().is_some_and(|said| said.field == field)
    }

    /// What is wrong with this field; with none, what is wrong with the form as a whole.
    pub(crate) fn at(&self, field: &str) -> Option<&str> {
        self.0
            .as_ref()
            .filter(|said| said.field == field)
            .map(|said| said.message.as_str())
    }

    /// The same; about the form as a whole when it is about none of its fields.
    pub(crate) fn among(self, fields: &[&str]) -> Self {
        self.among_or(fields, "")
    }

    /// The same; about `otherwise` when it is about none of these fields.
    pub(crate) fn among_or(self, fields: &[&str], otherwise: &'static str) -> Self {
        Self(self.0.map(|said| match fields.contains(&said.field) {
            true => said,
            false => Said {
                field: otherwise,
                ..said
            },
        }))
    }

    /// Whether anything is wrong.
    pub(crate) fn any(&self) -> bool {
        self.0.is_some()
    }
}

/// A field that cannot be read.
pub(crate) type Read<T> = Result<T, Wrong>;

/// Reads a day, as a date field sends it.
pub(crate) fn day(fields: &Fields, name: &'static str) -> Read<Option<Date>> {
    let Some(text) = fields.opt(name) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(day) => Ok(Some(day)),
        Err(_) => Err(Wrong::with(name, no_day(text))),
    }
}

/// Says what is wrong with a day, and what would be right.
fn no_day(text: &str) -> String {
    let shown: String = text.chars().take(40).collect();
    let parts: Vec<Option<i16>> = text.splitn(3, '-').map(|p| p.parse().ok()).collect();
    if let [Some(year), Some(month), Some(day)] = parts[..]
        && let Ok(first) = Date::new(year, i8::try_from(month).unwrap_or(0), 1)
        && day > i16::from(first.days_in_month())
        && let (Ok(last), Ok(next)) = (
            Ok::<_, ()>(first.last_of_month()),
            first.last_of_month().tomorrow(),
        )
    {
        return format!(
            "{} has {} days. Did you mean {} or {}?",
            first.strftime("%B"),
            first.days_in_month(),
            last.strftime("%-d %B"),
            next.strftime("%-d %B")
        );
    }
    format!("“{shown}” is not a day. Write it like 2026-11-19.")
}

/// Reads a time of day, as a time field sends it.
pub(crate) fn time(fields: &Fields, name: &'static str) -> Read<Option<Time>> {
    let Some(text) = fields.opt(name) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(time) => Ok(Some(time)),
        Err(_) => {
            let shown: String = text.chars().take(40).collect();
            Err(Wrong::with(
                name,
                format!("“{shown}” is not a time. Write it like 14:30."),
            ))
        }
    }
}

/// Reads a time zone.
pub(crate) fn zone(fields: &Fields, name: &'static str) -> Read<Option<Zone>> {
    fields
        .opt(name)
        .map(|text| Zone::new(text).map_err(|e| Wrong::with(name, crate::fields::sentence(&e))))
        .transpose()
}

/// Reads a word of a closed list; nothing when none was chosen.
pub(crate) fn word<T: std::str::FromStr>(fields: &Fields, name: &'static str) -> Read<Option<T>> {
    fields
        .opt(name)
        .map(|text| {
            let shown: String = text.chars().take(40).collect();
            text.parse().map_err(|_| {
                Wrong::with(
                    name,
                    format!("“{shown}” is not on the list. Choose once more."),
                )
            })
        })
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_is_none_says_what_would_be_right() {
        let wrong = |text: &[u8]| {
            day(&Fields::parse(text), "due")
                .expect_err("no day")
                .at("due")
                .unwrap_or("")
                .to_owned()
        };
        assert_eq!(
            wrong(b"due=2026-11-31"),
            "November has 30 days. Did you mean 30 November or 1 December?"
        );
        assert!(wrong(b"due=soon").contains("2026-11-19"));
        assert!(wrong(b"due=2026-13-01").contains("not a day"));
        assert_eq!(
            day(&Fields::parse(b"due="), "due").map_err(|_| ()),
            Ok(None)
        );
    }

    #[test]
    fn hidden_labels_are_offered_only_where_chosen() {
        let label = |code: &str, hidden| Label {
            code: code.into(),
            label: code.to_lowercase(),
            position: 0,
            hidden,
        };
        let all = [label("A", false), label("B", true)];
        assert_eq!(labels(&all, "").len(), 1);
        let both = labels(&all, "B");
        assert!(both.len() == 2 && both[1].chosen);
    }
}
