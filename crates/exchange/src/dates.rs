//! Dates and times as other programs write them.
//!
//! A date alone stays a day. `03/04/2026` is only read once it is known which number is the
//! month: from the mapping, from the whole column, or not at all.

use std::fmt;
use std::str::FromStr;

use domain::When;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::clock::Clock;

/// In which order a date without a leading four-digit year is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateOrder {
    /// Year, month, day.
    Ymd,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

impl DateOrder {
    /// The stable code: `ymd`, `dmy` or `mdy`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ymd => "ymd",
            Self::Dmy => "dmy",
            Self::Mdy => "mdy",
        }
    }
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A word that is not an order of day, month and year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an order of day and month; write dmy, mdy or ymd")]
pub struct UnknownDateOrder(pub String);

impl FromStr for DateOrder {
    type Err = UnknownDateOrder;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "ymd" => Ok(Self::Ymd),
            "dmy" => Ok(Self::Dmy),
            "mdy" => Ok(Self::Mdy),
            _ => Err(UnknownDateOrder(text.trim().to_owned())),
        }
    }
}

/// Why a time could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DateProblem {
    #[error(
        "“{text}” could be {} {} or {} {}; add --date-format dmy or --date-format mdy",
        first, MONTHS[usize::from(*second) - 1], second, MONTHS[usize::from(*first) - 1]
    )]
    Ambiguous { text: String, first: u8, second: u8 },
    #[error("“{0}” is not a time Rebound can read; write 2026-11-19 or 2026-11-19 11:22")]
    NotATime(String),
    #[error("“{0}” names a day, month or hour that does not exist{1}")]
    NoSuchDay(String, &'static str),
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads a time. Without an offset it is meant in `zone`; a time that a change of clocks skips
/// or repeats is read as the clock before the change would.
pub(crate) fn read(
    text: &str,
    order: Option<DateOrder>,
    zone: &TimeZone,
) -> Result<When, DateProblem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(When::Undated);
    }
    if text.len() <= 13 && text.bytes().all(|b| b.is_ascii_digit()) {
        return digits(text).ok_or_else(|| DateProblem::NotATime(text.to_owned()));
    }
    let shape = Shape::of(text).ok_or_else(|| DateProblem::NotATime(text.to_owned()))?;
    let date = shape.date.resolve(text, order)?;
    let Some(clock) = shape.clock else {
        return Ok(When::Day(date));
    };
    let gone = || DateProblem::NoSuchDay(text.to_owned(), "");
    let at = DateTime::from_parts(date, clock.time);
    let instant = match clock.offset {
        Some(offset) => offset.to_timestamp(at).map_err(|_| gone())?,
        None => zone
            .to_ambiguous_timestamp(at)
            .compatible()
            .map_err(|_| gone())?,
    };
    Ok(When::Instant(instant))
}

/// What one date says about the order of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    /// Nothing: it can be read either way, or not at all.
    None,
    /// It could be two dates.
    Ambiguous,
    /// One number cannot be a month.
    Settles(DateOrder),
}

/// Looks at one date of a column whose order is not known yet.
pub(crate) fn hint(text: &str) -> Hint {
    let Some(Shape {
        date:
            DateShape::Numbers {
                first,
                second,
                dots: false,
                ..
            },
        ..
    }) = Shape::of(text.trim())
    else {
        return Hint::None;
    };
    match (first, second) {
        (13..=31, 1..=12) => Hint::Settles(DateOrder::Dmy),
        (1..=12, 13..=31) => Hint::Settles(DateOrder::Mdy),
        (a, b) if a != b && (1..=12).contains(&a) && (1..=12).contains(&b) => Hint::Ambiguous,
        _ => Hint::None,
    }
}

/// `20261119`, or seconds or milliseconds since 1970 by their number of digits.
fn digits(text: &str) -> Option<When> {
    let n: i64 = text.parse().ok()?;
    let number = |n: i64| i8::try_from(n).ok();
    match text.len() {
        8 => {
            let date = Date::new(
                i16::try_from(n / 10_000).ok()?,
                number(n / 100 % 100)?,
                number(n % 100)?,
            );
            date.ok().filter(|d| is_plausible(*d)).map(When::Day)
        }
        10 => Timestamp::from_second(n).ok().map(When::Instant),
        13 => Timestamp::from_millisecond(n).ok().map(When::Instant),
        _ => None,
    }
}

/// Programs write an absent date as year 0 or 1; nobody sold by telephone then.
fn is_plausible(date: Date) -> bool {
    (1900..2200).contains(&date.year())
}

/// A time taken apart, before it is known what its numbers mean.
struct Shape {
    date: DateShape,
    clock: Option<Clock>,
}

enum DateShape {
    /// Year first, or a month by name.
    Plain { year: u16, month: u8, day: u8 },
    /// Two numbers and a year, or three short numbers; `dots` is the German way.
    Numbers {
        first: u8,
        second: u8,
        third: u16,
        dots: bool,
    },
}

impl Shape {
    fn of(text: &str) -> Option<Self> {
        // Long enough for a weekday, a month, fractions and an offset.
        if text.len() > 64 {
            return None;
        }
        let text: String = text
            .chars()
            .map(|c| {
                if matches!(c, ',' | '\u{a0}' | '\u{202f}') {
                    ' '
                } else {
                    c
                }
            })
            .collect();
        let (date, clock) = match text.find(':') {
            None => (text.as_str(), None),
            Some(colon) => {
                let start = text[..colon].rfind(|c: char| !c.is_ascii_digit())?;
                let (date, clock) = text.split_at(start);
                let mark = clock.chars().next()?;
                (mark == ' ' || mark == 'T' || mark == 't').then_some(())?;
                (date, Some(Clock::of(&clock[1..])?))
            }
        };
        Some(Self {
            date: DateShape::of(date.trim())?,
            clock,
        })
    }
}

impl DateShape {
    fn of(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text
            .split([' ', '-', '/', '.'])
            .filter(|part| !part.is_empty())
            .collect();
        let &[a, b, c] = parts.as_slice() else {
            return None;
        };
        let number = |part: &str| -> Option<u16> {
            (part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse().ok())
                .flatten()
        };
        let short = |part: &str| -> Option<u8> {
            (part.len() <= 2)
                .then(|| number(part))
                .flatten()
                .and_then(|n| u8::try_from(n).ok())
        };
        if let Some(month) = month_by_name(b) {
            return Some(Self::Plain {
                day: short(a)?,
                month,
                year: year(c, number(c)?)?,
            });
        }
        if let Some(month) = month_by_name(a) {
            return Some(Self::Plain {
                month,
                day: short(b)?,
                year: year(c, number(c)?)?,
            });
        }
        if a.len() == 4 {
            return Some(Self::Plain {
                year: number(a)?,
                month: short(b)?,
                day: short(c)?,
            });
        }
        Some(Self::Numbers {
            first: short(a)?,
            second: short(b)?,
            third: year(c, number(c)?)?,
            dots: text.contains('.'),
        })
    }

    fn resolve(&self, text: &str, order: Option<DateOrder>) -> Result<Date, DateProblem> {
        let (year, month, day, hint) = match *self {
            Self::Plain { year, month, day } => (year, month, day, ""),
            Self::Numbers {
                first,
                second,
                third,
                dots,
            } => match order {
                Some(DateOrder::Mdy) => (third, first, second, "; it was read as month, day, year"),
                Some(DateOrder::Ymd) => {
                    let year = 2000 + u16::from(first);
                    let day = u8::try_from(third % 100).unwrap_or_default();
                    (year, second, day, "; it was read as year, month, day")
                }
                Some(DateOrder::Dmy) => (third, second, first, "; it was read as day, month, year"),
                None if dots || first > 12 || first == second => (third, second, first, ""),
                None if second > 12 => (third, first, second, ""),
                None if first == 0 || second == 0 => (third, second, first, ""),
                None => {
                    return Err(DateProblem::Ambiguous {
                        text: text.to_owned(),
                        first,
                        second,
                    });
                }
            },
        };
        let gone = || DateProblem::NoSuchDay(text.to_owned(), hint);
        let small = |n: u8| i8::try_from(n).map_err(|_| gone());
        let year = i16::try_from(year).map_err(|_| gone())?;
        let date = Date::new(year, small(month)?, small(day)?).map_err(|_| gone())?;
        if is_plausible(date) {
            Ok(date)
        } else {
            Err(gone())
        }
    }
}

/// A year of four digits, or of two: 69 to 99 are of the last century.
fn year(text: &str, number: u16) -> Option<u16> {
    match (text.len(), number) {
        (4, n) => Some(n),
        (2, n @ 69..) => Some(1900 + n),
        (2, n) => Some(2000 + n),
        _ => None,
    }
}

fn month_by_name(text: &str) -> Option<u8> {
    let is = |month: &&str| {
        text.len() >= 3
            && month
                .get(..text.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(text))
    };
    let place = MONTHS.iter().position(is).or_else(|| {
        // The one abbreviation that is not the beginning of its month in three letters.
        text.eq_ignore_ascii_case("sept").then_some(8)
    })?;
    u8::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn in_lisbon(text: &str, order: Option<DateOrder>) -> String {
        let zone = TimeZone::get("Europe/Lisbon").expect("a zone");
        match read(text, order, &zone) {
            Ok(when) => when.iso(),
            Err(problem) => problem.to_string(),
        }
    }

    #[test]
    fn times_as_programs_write_them() {
        for (text, iso) in [
            ("", ""),
            ("2026-11-19", "2026-11-19"),
            ("2026-07-19 11:22", "2026-07-19T10:22:00Z"),
            ("2026-11-19 11:22:33", "2026-11-19T11:22:33Z"),
            ("2026-11-19T11:22:33+01:00", "2026-11-19T10:22:33Z"),
            ("2026-11-19T11:22:33.250Z", "2026-11-19T11:22:33.25Z"),
            ("2026-11-19T11:22:33.000+0000", "2026-11-19T11:22:33Z"),
            ("2026-11-19 11:22 UTC", "2026-11-19T11:22:00Z"),
            ("19.11.2026", "2026-11-19"),
            ("3.4.2026 9:05", "2026-04-03T08:05:00Z"),
            ("19.11.26", "2026-11-19"),
            ("11/19/2026, 3:04 PM", "2026-11-19T15:04:00Z"),
            ("11/19/2026 12:04 AM", "2026-11-19T00:04:00Z"),
            ("11/19/2026, 3:04\u{202f}p.m.", "2026-11-19T15:04:00Z"),
            ("19/11/2026", "2026-11-19"),
            ("4/4/2026", "2026-04-04"),
            ("2026/11/19", "2026-11-19"),
            ("19 Nov 2026", "2026-11-19"),
            ("Nov 19, 2026 15:04", "2026-11-19T15:04:00Z"),
            ("19-Sept-2026", "2026-09-19"),
            ("20261119", "2026-11-19"),
            ("1795087320", "2026-11-19T11:22:00Z"),
            ("1795087320000", "2026-11-19T11:22:00Z"),
        ] {
            assert_eq!(in_lisbon(text, None), iso, "{text}");
        }
    }

    #[test]
    fn two_readings_are_never_chosen_between() {
        assert_eq!(
            in_lisbon("03/04/2026", None),
            "“03/04/2026” could be 3 April or 4 March; add --date-format dmy or --date-format mdy"
        );
        assert_eq!(in_lisbon("03/04/2026", Some(DateOrder::Dmy)), "2026-04-03");
        assert_eq!(in_lisbon("03/04/2026", Some(DateOrder::Mdy)), "2026-03-04");
        assert_eq!(in_lisbon("26-04-03", Some(DateOrder::Ymd)), "2026-04-03");
        assert!(in_lisbon("19/11/2026", Some(DateOrder::Mdy)).contains("read as month, day"));
        assert_eq!(hint("03/04/2026"), Hint::Ambiguous);
        assert_eq!(hint("04/04/2026"), Hint::None);
        assert_eq!(hint("13/04/2026 10:00"), Hint::Settles(DateOrder::Dmy));
        assert_eq!(hint("4/13/2026"), Hint::Settles(DateOrder::Mdy));
        assert_eq!(hint("2026-04-03"), Hint::None);
    }

    #[test]
    fn clocks_that_change() {
        // On 29 March 2026 clocks in Lisbon go from 1:00 to 2:00.
        assert_eq!(in_lisbon("2026-03-29 01:30", None), "2026-03-29T01:30:00Z");
        // On 25 October 1:30 comes twice.
        assert_eq!(in_lisbon("2026-10-25 01:30", None), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn what_is_no_time_is_said() {
        for text in [
            "soon",
            "2026-13-40",
            "31.02.2026",
            "11:22",
            "0000-00-00",
            "12345",
            "25:00",
            "2026-11-19 25:00",
            "2026-11-19 13:00 PM",
            "0001-01-01T00:00:00Z",
            "--",
            "1/2",
        ] {
            let said = in_lisbon(text, None);
            assert!(
                said.contains("not a time") || said.contains("does not exist"),
                "{text}: {said}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,30}", order in 0..4) {
            let order = [None, Some(DateOrder::Ymd), Some(DateOrder::Dmy), Some(DateOrder::Mdy)]
                [order as usize];
            let _ = read(&text, order, &TimeZone::UTC);
            let _ = hint(&text);
        }

        #[test]
        fn nothing_near_a_time_panics(text in "[0-9TZ:. /+,PAM-]{0,26}") {
            let _ = read(&text, None, &TimeZone::UTC);
            let _ = hint(&text);
        }

        #[test]
        fn instants_read_back(seconds in 0_i64..4_000_000_000) {
            let at = Timestamp::from_second(seconds).expect("in range");
            prop_assert_eq!(read(&at.to_string(), None, &TimeZone::UTC), Ok(When::Instant(at)));
        }
    }
}
