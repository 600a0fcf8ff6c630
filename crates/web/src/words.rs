//! How numbers and times are said.

use domain::{When, Zone};
use jiff::Timestamp;
use jiff::civil::Date;

/// `1,516`.
pub(crate) fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 attempt`, `1,516 attempts`.
pub(crate) fn count(n: i64, what: &str) -> String {
    format!("{} {what}{}", number(n), if n == 1 { "" } else { "s" })
}

/// `Thursday, 19 November`.
pub(crate) fn long_day(day: Date) -> String {
    day.strftime("%A, %-d %B").to_string()
}

/// `19 November`, with the year when it is not this one.
pub(crate) fn day(day: Date, today: Date) -> String {
    let form = if day.year() == today.year() {
        "%-d %B"
    } else {
        "%-d %B %Y"
    };
    day.strftime(form).to_string()
}

/// `11:41`.
pub(crate) fn clock(at: Timestamp, zone: &Zone) -> String {
    at.to_zoned(zone.rules()).strftime("%H:%M").to_string()
}

/// When something is due, seen from today: `14:00`, `today`, `yesterday`, `4 November`.
pub(crate) fn due(when: When, zone: &Zone, today: Date) -> String {
    let Some(on) = when.day(zone) else {
        return String::new();
    };
    match (
        when,
        today
            .since(on)
            .map(|span| span.get_days())
            .unwrap_or(i32::MAX),
    ) {
        (When::Instant(at), 0) => clock(at, zone),
        (_, 0) => "today".into(),
        (_, 1) => "yesterday".into(),
        (_, -1) => "tomorrow".into(),
        _ => on
            .strftime(if on.year() == today.year() {
                "%-d %b"
            } else {
                "%-d %b %Y"
            })
            .to_string(),
    }
}

/// A text as it can stand behind the question mark of an address.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// A number as something a phone dials: as matching reads it, or else its digits.
pub(crate) fn tel(number: &str) -> String {
    let dialled = domain::phone_key(number)
        .unwrap_or_else(|| number.chars().filter(char::is_ascii_digit).collect());
    format!("tel:{dialled}")
}

/// An address as something a mail program opens. What could begin a header is written out.
pub(crate) fn mailto(address: &str) -> String {
    let mut out = String::from("mailto:");
    for byte in address.trim().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' | b'.' | b'-' | b'_' | b'+' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_516), "1,516");
        assert_eq!(number(-12_345_678), "−12,345,678");
        assert_eq!(count(1, "attempt"), "1 attempt");
        assert_eq!(count(31, "attempt"), "31 attempts");
    }

    #[test]
    fn ways_to_reach_somebody_are_plain() {
        assert_eq!(tel("+44 (0)20 7946-0182"), "tel:+442079460182");
        assert_eq!(tel("020 7946 0182 ext. 12"), "tel:02079460182");
        assert_eq!(tel("020 7946 0182 ext 12"), "tel:02079460182");
        assert_eq!(tel("112"), "tel:112");
        assert_eq!(
            mailto("a.b@x.example?bcc=y"),
            "mailto:a.b@x.example%3Fbcc%3Dy"
        );
    }

    #[test]
    fn due_days_are_seen_from_today() {
        let zone = Zone::new("Europe/Lisbon").expect("a zone");
        let today = date(2026, 11, 19);
        let said = |d| due(When::Day(d), &zone, today);
        assert_eq!(said(today), "today");
        assert_eq!(said(date(2026, 11, 18)), "yesterday");
        assert_eq!(said(date(2026, 11, 20)), "tomorrow");
        assert_eq!(said(date(2026, 10, 2)), "2 Oct");
        assert_eq!(said(date(2025, 10, 2)), "2 Oct 2025");
        let at = "2026-11-19T14:00:00Z".parse().expect("an instant");
        assert_eq!(due(When::Instant(at), &zone, today), "14:00");
        assert_eq!(long_day(today), "Thursday, 19 November");
    }
}
