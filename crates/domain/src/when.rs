//! When something happened, as exactly as it is known and no more.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// An IANA time zone name that is known to exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(String);

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    /// Checks and takes a name such as `Europe/Lisbon`.
    ///
    /// # Errors
    /// When no zone of that name is known.
    pub fn new(name: &str) -> Result<Self, WhenError> {
        let name = name.trim();
        TimeZone::get(name).map_err(|_| WhenError::Zone(name.to_owned()))?;
        Ok(Self(name.to_owned()))
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The rules of the zone.
    pub fn rules(&self) -> TimeZone {
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }

    /// The calendar day of an instant in this zone.
    pub fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.rules()).date()
    }

    /// The first instant of a calendar day in this zone.
    pub fn start_of(&self, day: Date) -> Timestamp {
        day.to_zoned(self.rules())
            .map(|z| z.timestamp())
            .unwrap_or(Timestamp::MIN)
    }

    /// The last microsecond before the day after `day` begins.
    pub fn end_of(&self, day: Date) -> Timestamp {
        day.tomorrow()
            .map(|next| self.start_of(next) - 1.microsecond())
            .unwrap_or(Timestamp::MAX)
    }
}

impl TryFrom<String> for Zone {
    type Error = WhenError;
    fn try_from(name: String) -> Result<Self, WhenError> {
        Self::new(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

/// Time as it is known: to the microsecond, to the day, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum When {
    /// Never recorded, and never invented.
    #[default]
    Undated,
    /// A calendar day in the attempt's zone.
    Day(Date),
    /// An instant.
    Instant(Timestamp),
}

impl When {
    /// The instant this stands at for ordering: the start of the day for a day, nothing when undated.
    pub fn instant(&self, zone: &Zone) -> Option<Timestamp> {
        match *self {
            Self::Undated => None,
            Self::Day(day) => Some(zone.start_of(day)),
            Self::Instant(at) => Some(at),
        }
    }

    /// The calendar day, if one is known.
    pub fn day(&self, zone: &Zone) -> Option<Date> {
        match *self {
            Self::Undated => None,
            Self::Day(day) => Some(day),
            Self::Instant(at) => Some(zone.day_of(at)),
        }
    }

    /// ISO 8601: `2026-11-19` for a day, `2026-11-19T11:22:00Z` for an instant, nothing when undated.
    pub fn iso(&self) -> String {
        match self {
            Self::Undated => String::new(),
            Self::Day(day) => day.to_string(),
            Self::Instant(at) => at.to_string(),
        }
    }

    /// Reads what [`When::iso`] writes, and times with an offset.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn from_iso(text: &str) -> Result<Self, WhenError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::Undated);
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Self::Instant(at));
        }
        if text.len() == 10
            && let Ok(day) = text.parse::<Date>()
        {
            return Ok(Self::Day(day));
        }
        Err(WhenError::Time(text.to_owned()))
    }
}

/// A time or zone that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// No such zone.
    #[error("there is no time zone “{0}”; use a name such as Europe/Lisbon or UTC")]
    Zone(String),
    /// Not a time.
    #[error("“{0}” is not a time; write 2026-11-19 or 2026-11-19T11:22:00+01:00")]
    Time(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_starts_where_its_zone_says() {
        let zone = Zone::new("Asia/Tokyo").expect("a zone");
        let when = When::Day(date(2026, 11, 19));
        assert_eq!(
            when.instant(&zone).map(|t| t.to_string()).as_deref(),
            Some("2026-11-18T15:00:00Z")
        );
        assert_eq!(
            zone.end_of(date(2026, 11, 19)).to_string(),
            "2026-11-19T14:59:59.999999Z"
        );
    }

    #[test]
    fn iso_reads_back() {
        for text in ["", "2026-11-19", "2026-11-19T11:22:00Z"] {
            assert_eq!(When::from_iso(text).expect("readable").iso(), text);
        }
        assert!(When::from_iso("yesterday-ish").is_err());
        assert!(Zone::new("Mars/Olympus").is_err());
    }
}
