//! Values of a Parquet file as the text a CSV would hold.

use std::fmt::Write;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::schema::types::ColumnDescriptor;

/// What the numbers or bytes of a column stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Themselves: a number, text, or bytes.
    Plain,
    /// A number without a sign.
    Unsigned,
    /// Days since 1970.
    Date,
    /// Units since 1970, `per_second` of them in a second; local time when not `utc`.
    Timestamp { per_second: i64, utc: bool },
    /// A number with this many decimals.
    Decimal(u32),
    /// Sixteen bytes of an id.
    Uuid,
}

impl Kind {
    pub(crate) fn of(column: &ColumnDescriptor) -> Self {
        let per_second = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        };
        match column.logical_type_ref() {
            Some(LogicalType::Date) => Self::Date,
            Some(LogicalType::Timestamp(t)) => Self::Timestamp {
                per_second: per_second(&t.unit),
                utc: t.is_adjusted_to_u_t_c,
            },
            Some(LogicalType::Decimal(d)) => Self::decimal(d.scale),
            Some(LogicalType::Integer(int)) if !int.is_signed => Self::Unsigned,
            Some(LogicalType::Uuid) => Self::Uuid,
            Some(_) => Self::Plain,
            None => match column.converted_type() {
                ConvertedType::DATE => Self::Date,
                ConvertedType::TIMESTAMP_MILLIS => Self::Timestamp {
                    per_second: 1_000,
                    utc: true,
                },
                ConvertedType::TIMESTAMP_MICROS => Self::Timestamp {
                    per_second: 1_000_000,
                    utc: true,
                },
                ConvertedType::DECIMAL => Self::decimal(column.type_scale()),
                ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64 => Self::Unsigned,
                _ => Self::Plain,
            },
        }
    }

    /// More decimals than any amount has make no decimal.
    fn decimal(scale: i32) -> Self {
        match u32::try_from(scale) {
            Ok(scale @ 0..=30) => Self::Decimal(scale),
            _ => Self::Plain,
        }
    }

    pub(crate) fn boolean(self, value: bool, out: &mut String) {
        out.push_str(if value { "true" } else { "false" });
    }

    pub(crate) fn integer(self, value: i64, bits: u32, out: &mut String) {
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Unsigned if bits == 32 => write!(out, "{}", value & i64::from(u32::MAX)),
            Self::Unsigned => write!(out, "{}", value.cast_unsigned()),
            Self::Date => match day(value) {
                Some(day) => write!(out, "{day}"),
                None => write!(out, "{value}"),
            },
            Self::Timestamp { per_second, utc } => {
                return timestamp(
                    i128::from(value) * i128::from(1_000_000_000 / per_second),
                    utc,
                    out,
                );
            }
            Self::Decimal(scale) => return decimal(i128::from(value), scale, out),
            Self::Plain | Self::Uuid => write!(out, "{value}"),
        };
    }

    /// Nanoseconds of a day and a Julian day number: how old programs write instants.
    pub(crate) fn int96(self, words: &[u32], out: &mut String) {
        let &[low, high, julian] = words else { return };
        let nanos = i128::from(u64::from(high) << 32 | u64::from(low));
        let days = i128::from(julian.cast_signed()) - 2_440_588;
        timestamp(days * 86_400_000_000_000 + nanos, true, out);
    }

    /// `shortest` is the number as its own width prints it. Absent numbers are often written as
    /// not-a-number.
    pub(crate) fn float(self, value: f64, shortest: &str, out: &mut String) {
        if value.is_finite() {
            out.push_str(shortest);
        }
    }

    pub(crate) fn bytes(self, value: &[u8], out: &mut String) {
        match self {
            Self::Decimal(scale) if (1..=16).contains(&value.len()) => {
                let sign = if value[0] >= 0x80 { -1 } else { 0 };
                let number = value
                    .iter()
                    .fold(sign, |n: i128, b| n << 8 | i128::from(*b));
                decimal(number, scale, out);
            }
            Self::Uuid if value.len() == 16 => {
                for (i, byte) in value.iter().enumerate() {
                    if matches!(i, 4 | 6 | 8 | 10) {
                        out.push('-');
                    }
                    let _ = write!(out, "{byte:02x}");
                }
            }
            _ => out.push_str(&String::from_utf8_lossy(value)),
        }
    }
}

fn day(days: i64) -> Option<Date> {
    // Beyond this jiff has no dates, and its spans no days.
    if !(-4_000_000..4_000_000).contains(&days) {
        return None;
    }
    Date::constant(1970, 1, 1).checked_add(days.days()).ok()
}

fn timestamp(nanos: i128, utc: bool, out: &mut String) {
    let _ = match Timestamp::from_nanosecond(nanos) {
        Ok(at) if utc => write!(out, "{at}"),
        Ok(at) => write!(out, "{}", at.to_zoned(TimeZone::UTC).datetime()),
        Err(_) => write!(out, "{nanos}"),
    };
}

fn decimal(number: i128, scale: u32, out: &mut String) {
    let unit = 10_u128.pow(scale);
    let whole = number.unsigned_abs();
    let sign = if number < 0 { "-" } else { "" };
    let _ = write!(out, "{sign}{}", whole / unit);
    if scale > 0 {
        let width = usize::try_from(scale).unwrap_or_default();
        let _ = write!(out, ".{:0width$}", whole % unit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn values_read_as_a_csv_would_hold_them() {
        let at = Kind::Timestamp {
            per_second: 1_000_000,
            utc: true,
        };
        assert_eq!(
            text(|o| at.integer(1_795_087_320_000_000, 64, o)),
            "2026-11-19T11:22:00Z"
        );
        let local = Kind::Timestamp {
            per_second: 1_000,
            utc: false,
        };
        assert_eq!(
            text(|o| local.integer(1_795_087_320_000, 64, o)),
            "2026-11-19T11:22:00"
        );
        assert_eq!(text(|o| Kind::Date.integer(20_776, 32, o)), "2026-11-19");
        assert_eq!(text(|o| Kind::Decimal(2).integer(-1_205, 64, o)), "-12.05");
        assert_eq!(text(|o| Kind::Decimal(2).bytes(&[0xff, 0x85], o)), "-1.23");
        assert_eq!(text(|o| Kind::Unsigned.integer(-1, 32, o)), "4294967295");
        assert_eq!(text(|o| Kind::Plain.float(3.0, "3", o)), "3");
        assert_eq!(text(|o| Kind::Plain.float(f64::NAN, "NaN", o)), "");
        assert_eq!(
            text(|o| Kind::Date.integer(i64::MAX, 64, o)),
            i64::MAX.to_string()
        );
        assert_eq!(text(|o| at.integer(i64::MIN, 64, o)).len(), 23);
    }
}
