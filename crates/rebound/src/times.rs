//! Times as people type them, and as they read them.

use app::AppError;
use domain::{When, Zone};
use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp};

/// Reads `2026-11-19`, `2026-11-19 14:30`, `14:30` (today) or a time with an offset.
pub(crate) fn parse(text: &str, zone: &Zone, now: Timestamp) -> Result<When, AppError> {
    let text = text.trim();
    let wrong = || {
        AppError::invalid(
            "at",
            format!(
                "“{text}” is not a time; write 2026-11-19, \"2026-11-19 14:30\", or 14:30 for today."
            ),
        )
    };
    if let Ok(when @ (When::Day(_) | When::Instant(_))) = When::from_iso(text) {
        return Ok(when);
    }
    let local = |at: DateTime| {
        at.to_zoned(zone.rules())
            .map(|z| When::Instant(z.timestamp()))
            .map_err(|_| wrong())
    };
    if let Ok(time) = Time::strptime("%H:%M", text) {
        return local(zone.day_of(now).to_datetime(time));
    }
    text.replace(' ', "T")
        .parse::<DateTime>()
        .map_err(|_| wrong())
        .and_then(local)
}

/// Reads a day: `2026-11-01`, `today`, `yesterday`, or the latest day of that name, such as `monday`.
pub(crate) fn day(
    text: &str,
    field: &'static str,
    zone: &Zone,
    now: Timestamp,
) -> Result<Date, AppError> {
    let (word, today) = (text.trim().to_lowercase(), zone.day_of(now));
    let mut back = today.series(Span::new().days(-1)).take(7);
    let named = match word.as_str() {
        "today" => Some(today),
        "yesterday" => back.nth(1),
        word => back.find(|day| day.strftime("%A").to_string().to_lowercase() == word),
    };
    let wrong = |_| {
        AppError::invalid(
            field,
            format!("“{text}” is not a day; write 2026-11-01, yesterday or monday."),
        )
    };
    named.map_or_else(|| word.parse().map_err(wrong), Ok)
}

/// Until when something holds, with its zone: `Wednesday, 25 November, 00:16 (Europe/Berlin)`.
pub(crate) fn until(at: Timestamp, zone: &Zone) -> String {
    let at = at.to_zoned(zone.rules());
    format!("{} ({})", at.strftime("%A, %-d %B, %H:%M"), zone.name())
}

/// A time for a list: `Thu 19 Nov 2026 11:22`, the day alone, or a dash.
pub(crate) fn shown(when: When, zone: &Zone) -> String {
    match when {
        When::Undated => "no date".into(),
        When::Day(day) => format_day(day),
        When::Instant(at) => at
            .to_zoned(zone.rules())
            .strftime("%a %d %b %Y %H:%M")
            .to_string(),
    }
}

fn format_day(day: Date) -> String {
    day.strftime("%a %d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_type_them() {
        let zone = Zone::new("Europe/Lisbon").expect("a zone");
        let now: Timestamp = "2026-11-19T15:00:00Z".parse().expect("a time");
        let at = |text: &str| {
            parse(text, &zone, now)
                .map(|w| w.iso())
                .map_err(|e| e.message)
        };
        assert_eq!(at("2026-11-19").as_deref(), Ok("2026-11-19"));
        assert_eq!(at("14:30").as_deref(), Ok("2026-11-19T14:30:00Z"));
        assert_eq!(
            at("2026-07-01 14:30").as_deref(),
            Ok("2026-07-01T13:30:00Z")
        );
        assert_eq!(
            at("2026-07-01T14:30:00+02:00").as_deref(),
            Ok("2026-07-01T12:30:00Z")
        );
        assert!(at("soon").is_err() && at("").is_err());
        // 19 November 2026 is a Thursday.
        for (text, of_november) in [
            ("2026-11-01", 1),
            ("today", 19),
            ("Yesterday", 18),
            ("thursday", 19),
            ("monday", 16),
            ("friday", 13),
        ] {
            let read = day(text, "since", &zone, now).ok();
            assert_eq!(read, Date::new(2026, 11, of_november).ok(), "{text}");
        }
        let wrong = day("01.11.2026", "since", &zone, now).expect_err("no day");
        assert_eq!(
            wrong.message,
            "“01.11.2026” is not a day; write 2026-11-01, yesterday or monday."
        );
        let berlin = Zone::new("Europe/Berlin").expect("a zone");
        assert_eq!(
            until(now, &berlin),
            "Thursday, 19 November, 16:00 (Europe/Berlin)"
        );
    }
}
