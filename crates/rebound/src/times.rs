//! Times as people type them, and as they read them.

use app::AppError;
use domain::{When, Zone};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

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

/// Reads a day.
pub(crate) fn day(text: &str, field: &'static str) -> Result<Date, AppError> {
    let wrong = |_| AppError::invalid(field, format!("“{text}” is not a day; write 2026-11-01."));
    text.trim().parse().map_err(wrong)
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
        assert_eq!(day("2026-11-01", "since").ok(), Date::new(2026, 11, 1).ok());
        let wrong = day("01.11.2026", "since").expect_err("no day");
        assert_eq!(
            wrong.message,
            "“01.11.2026” is not a day; write 2026-11-01."
        );
    }
}
