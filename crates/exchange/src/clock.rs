//! Times of day as other programs write them.

use jiff::civil::Time;
use jiff::tz::Offset;

/// A time of day, and the offset it was written with.
pub(crate) struct Clock {
    pub(crate) time: Time,
    pub(crate) offset: Option<Offset>,
}

impl Clock {
    /// `11:22`, `11:22:33.5`, with AM or PM, `Z`, or an offset.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (hour, rest) = leading_number(text)?;
        let (minute, mut rest) = leading_number(rest.strip_prefix(':')?)?;
        let (mut second, mut nanos) = (0, 0);
        if let Some(more) = rest.strip_prefix(':') {
            (second, rest) = leading_number(more)?;
            if let Some(fraction) = rest.strip_prefix('.') {
                let end = fraction
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(fraction.len());
                nanos = nanoseconds(&fraction[..end])?;
                rest = &fraction[end..];
            }
        }
        let mut rest = rest.trim().to_ascii_uppercase();
        rest.retain(|c| c != ' ');
        let half = ["AM", "A.M.", "PM", "P.M."]
            .into_iter()
            .find(|half| rest.starts_with(half));
        let hour = match half {
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(half) => hour % 12 + if half.starts_with('P') { 12 } else { 0 },
            None => hour,
        };
        let rest = &rest[half.map_or(0, str::len)..];
        let offset = if rest.is_empty() {
            None
        } else {
            Some(offset(rest)?)
        };
        let time = Time::new(hour, minute, second.min(59), nanos).ok()?;
        (second <= 60).then_some(Self { time, offset })
    }
}

fn leading_number(text: &str) -> Option<(i8, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    if !(1..=2).contains(&end) {
        return None;
    }
    Some((text[..end].parse().ok()?, &text[end..]))
}

fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.is_empty() {
        return None;
    }
    let kept = &fraction[..fraction.len().min(9)];
    let scale = 10_i32.pow(u32::try_from(9 - kept.len()).ok()?);
    Some(kept.parse::<i32>().ok()? * scale)
}

/// `Z`, `UTC`, `GMT`, `+01:00`, `+0100` or `+01`.
fn offset(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "UTC" | "GMT") {
        return Some(Offset::UTC);
    }
    let text = text
        .strip_prefix("UTC")
        .or_else(|| text.strip_prefix("GMT"))
        .unwrap_or(text);
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let rest = rest.replace(':', "");
    if !rest.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match rest.len() {
        1 | 2 => (rest.parse::<i32>().ok()?, 0),
        4 => (
            rest[..2].parse::<i32>().ok()?,
            rest[2..].parse::<i32>().ok()?,
        ),
        _ => return None,
    };
    (minutes < 60).then_some(())?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}
