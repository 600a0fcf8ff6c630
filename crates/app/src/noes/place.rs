//! Where a page ends, as the link to the next one carries it.

use domain::AttemptId;
use store::tables::attempt::Place;
use store::tables::list::Name;

use crate::act::{hex, unhex};
use crate::{AppError, Result};

/// What the place of a page before begins with, to tell it from that of a page after: a letter
/// with which no number begins, negative or hexadecimal.
const BACK: char = 'p';

/// Lines of a page and the places around it.
pub(super) struct Lines<T> {
    pub(super) rows: Vec<T>,
    pub(super) next: Option<String>,
    pub(super) prev: Option<String>,
}

impl<T> Lines<T> {
    pub(super) fn none() -> Self {
        Self {
            rows: Vec::new(),
            next: None,
            prev: None,
        }
    }

    /// A page out of what was read beyond a place: one line more than it holds where there are
    /// more, and the nearest first where it was read backwards.
    pub(super) fn page(
        mut rows: Vec<T>,
        size: usize,
        after: &After<'_>,
        text: impl Fn(&T) -> String,
    ) -> Self {
        let more = rows.len() > size;
        rows.truncate(size);
        let (further, earlier) = match after {
            After::Start => (more, false),
            After::Beyond(_) => (more, true),
            After::Before(_) => (true, more),
        };
        if matches!(after, After::Before(_)) {
            rows.reverse();
        }
        Self {
            next: rows.last().filter(|_| further).map(&text),
            prev: rows
                .first()
                .filter(|_| earlier)
                .map(|row| format!("{BACK}{}", text(row))),
            rows,
        }
    }
}

/// Which page is asked for.
pub(super) enum After<'a> {
    /// The first.
    Start,
    /// The one that begins beyond a place.
    Beyond(&'a str),
    /// The one that ends before a place.
    Before(&'a str),
}

impl<'a> After<'a> {
    pub(super) fn of(text: Option<&'a str>) -> Self {
        match text {
            None => Self::Start,
            Some(text) => text
                .strip_prefix(BACK)
                .map_or(Self::Beyond(text), Self::Before),
        }
    }

    /// The place, and whether the page before it is asked for.
    pub(super) fn place<P>(&self, read: impl Fn(&str) -> Result<P>) -> Result<(Option<P>, bool)> {
        Ok(match self {
            Self::Start => (None, false),
            Self::Beyond(text) => (Some(read(text)?), false),
            Self::Before(text) => (Some(read(text)?), true),
        })
    }
}

pub(super) fn time_text(place: Place) -> String {
    format!("{}.{}.{}", place.order, place.seq, place.id)
}

pub(super) fn time(text: &str) -> Result<Place> {
    let mut parts = text.splitn(3, '.');
    let mut part = || parts.next().unwrap_or_default();
    let (order, seq, id) = (part().parse(), part().parse(), part().parse::<AttemptId>());
    match (order, seq, id) {
        (Ok(order), Ok(seq), Ok(id)) => Ok(Place { order, seq, id }),
        _ => Err(wrong()),
    }
}

pub(super) fn name_text(name: &Name, place: Place) -> String {
    format!(
        "{}.{}.{}",
        hex(name.key.as_bytes()),
        name.id,
        time_text(place)
    )
}

pub(super) fn name(text: &str) -> Result<(Name, Place)> {
    let parts: Vec<&str> = text.splitn(3, '.').collect();
    let [key, id, place] = parts.as_slice() else {
        return Err(wrong());
    };
    match (
        unhex(key).and_then(|k| String::from_utf8(k).ok()),
        id.parse(),
    ) {
        (Some(key), Ok(id)) => Ok((Name { key, id }, time(place)?)),
        _ => Err(wrong()),
    }
}

fn wrong() -> AppError {
    AppError::invalid(
        "after",
        "That page is not there any more. Begin the list again.",
    )
}
