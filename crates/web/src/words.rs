//! How numbers and times are said.

use domain::{Money, When, Zone};
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

/// `Ada, Ben and Cleo`, or `Ada, Ben, Cleo, Dora and 2 more`; nothing for nobody.
pub(crate) fn listed(names: &[String]) -> Option<String> {
    const MOST: usize = 4;
    let (last, rest) = names.split_last()?;
    Some(match rest.len() {
        0 => last.clone(),
        n if n < MOST => format!("{} and {last}", rest.join(", ")),
        n => format!("{} and {} more", names[..MOST].join(", "), n + 1 - MOST),
    })
}

/// `1 attempt`, `1,516 attempts`.
pub(crate) fn count(n: i64, what: &str) -> String {
    format!("{} {what}{}", number(n), if n == 1 { "" } else { "s" })
}

/// `€1,250`, `1,250.50 CHF`: no decimals where there are none.
pub(crate) fn money(money: &Money) -> String {
    let (whole, cents) = (
        money.hundredths / 100,
        money.hundredths.unsigned_abs() % 100,
    );
    let sign = if money.hundredths < 0 { "−" } else { "" };
    let mut amount = number(whole).trim_start_matches('−').to_owned();
    if cents > 0 {
        amount.push_str(&format!(".{cents:02}"));
    }
    match money.currency.as_str() {
        "" => format!("{sign}{amount}"),
        "EUR" => format!("{sign}€{amount}"),
        "GBP" => format!("{sign}£{amount}"),
        "USD" => format!("{sign}${amount}"),
        code => format!("{sign}{amount} {code}"),
    }
}

/// Languages by the first part of their tag.
pub(crate) const LANGUAGES: [(&str, &str); 40] = [
    ("ar", "Arabic"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("et", "Estonian"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("ga", "Irish"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hr", "Croatian"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("is", "Icelandic"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("lt", "Lithuanian"),
    ("lv", "Latvian"),
    ("nb", "Norwegian"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sk", "Slovak"),
    ("sl", "Slovenian"),
    ("sr", "Serbian"),
    ("sv", "Swedish"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("zh", "Chinese"),
];

/// `Portuguese` for `pt-PT`; a language without a name here is said as it was written.
pub(crate) fn language(tag: &str) -> String {
    let first = tag.split(['-', '_']).next().unwrap_or_default();
    LANGUAGES
        .iter()
        .find(|(code, _)| code.eq_ignore_ascii_case(first))
        .map_or_else(|| tag.to_owned(), |(_, name)| (*name).to_owned())
}

/// `Lisbon time` for `Europe/Lisbon`.
pub(crate) fn place(zone: &Zone) -> String {
    let name = zone.name();
    match name.rsplit_once('/') {
        Some(("Etc", _)) | None => name.to_owned(),
        Some((_, city)) => format!("{} time", city.replace('_', " ")),
    }
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

/// Until when something holds, with its zone: `Wednesday, 25 November, 00:16 (Europe/Berlin)`.
pub(crate) fn until(at: Timestamp, zone: &Zone) -> String {
    let day = long_day(zone.day_of(at));
    format!("{day}, {} ({})", clock(at, zone), zone.name())
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
    fn amounts_languages_and_places_are_said_in_words() {
        let said = |hundredths, currency: &str| {
            money(&Money {
                hundredths,
                currency: currency.into(),
            })
        };
        assert_eq!(said(125_000, "EUR"), "€1,250");
        assert_eq!(said(125_050, "GBP"), "£1,250.50");
        assert_eq!(said(5, "USD"), "$0.05");
        assert_eq!(said(-5, "USD"), "−$0.05");
        assert_eq!(said(123_456_700, "CHF"), "1,234,567 CHF");
        assert_eq!(said(-125_000, ""), "−1,250");
        assert_eq!(said(i64::MIN, ""), "−92,233,720,368,547,758.08");
        assert_eq!(
            (language("pt-PT"), language("EN")),
            ("Portuguese".into(), "English".into())
        );
        assert_eq!(language("tlh"), "tlh");
        assert!(LANGUAGES.is_sorted());
        let at = |name| place(&Zone::new(name).expect("a zone"));
        assert_eq!(at("Europe/Lisbon"), "Lisbon time");
        assert_eq!(at("America/Argentina/Buenos_Aires"), "Buenos Aires time");
        assert_eq!(
            (at("UTC"), at("Etc/GMT+3")),
            ("UTC".into(), "Etc/GMT+3".into())
        );
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
