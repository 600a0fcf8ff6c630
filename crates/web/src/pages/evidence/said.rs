//! How chances, rates and counts are said on the Evidence page: in frequencies, rounded to what the
//! data carry, and never as a number that is none.

use app::evidence::{AlarmLine, Range};
use jiff::civil::Date;

use crate::words;

/// A run that turns up in a month less often than this is called unusual, though no alarm was raised.
pub(crate) const UNUSUAL: f64 = 0.05;
/// Attempts from which a rate in a sentence carries a decimal.
const DECIMALS_FROM: u64 = 10_000;

/// `1,516`.
pub(crate) fn n(count: u64) -> String {
    words::number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// `1 attempt`, `1,516 attempts`.
pub(crate) fn count(count: u64, what: &str) -> String {
    words::count(i64::try_from(count).unwrap_or(i64::MAX), what)
}

/// `1 yes`, `2 yeses`, `no yes`.
pub(crate) fn yeses(count: u64) -> String {
    match count {
        0 => "no yes".into(),
        1 => "1 yes".into(),
        many => format!("{} yeses", n(many)),
    }
}

/// `1 try`, `157 first tries`.
pub(crate) fn tries(count: u64, which: &str) -> String {
    let which = match which {
        "" => String::new(),
        which => format!("{which} "),
    };
    match count {
        1 => format!("1 {which}try"),
        many => format!("{} {which}tries", n(many)),
    }
}

/// A chance in whole hundredths: `15`, `under 1`, `over 99`.
pub(crate) fn hundredths(chance: f64) -> String {
    let of_100 = 100.0 * chance;
    if of_100 < 1.0 {
        "under 1".into()
    } else if of_100 > 99.0 {
        "over 99".into()
    } else {
        format!("{of_100:.0}")
    }
}

/// The same with its measure: `15 in 100`.
pub(crate) fn in_100(chance: f64) -> String {
    format!("{} in 100", hundredths(chance))
}

/// How often: `15 times in 100`, `more than 99 times in 100`, `less than once in 100`.
pub(crate) fn times(chance: f64) -> String {
    match hundredths(chance).as_str() {
        "under 1" => "less than once in 100".into(),
        "over 99" => "more than 99 times in 100".into(),
        "1" => "once in 100".into(),
        many => format!("{many} times in 100"),
    }
}

/// A rate beside a chart whose scale is in hundredths: `14`, and `0.4` below one.
pub(crate) fn short(rate: f64) -> String {
    let of_100 = 100.0 * rate;
    if of_100 < 0.05 {
        "0".into()
    } else if of_100 < 0.95 {
        format!("{of_100:.1}")
    } else {
        format!("{of_100:.0}")
    }
}

/// A range beside a chart: `7 to 22`.
pub(crate) fn short_range(range: Range) -> String {
    span(range.low, range.high)
}

/// A range of two ends beside a chart: `7 to 22`.
pub(crate) fn span(low: f64, high: f64) -> String {
    let (low, high) = (short(low), short(high));
    if low == high {
        low
    } else {
        format!("{low} to {high}")
    }
}

/// A rate in a table: `16.7`.
pub(crate) fn exact(rate: f64) -> String {
    format!("{:.1}", 100.0 * rate)
}

/// A range in a table: `7.1 to 22.2`.
pub(crate) fn exact_range(low: f64, high: f64) -> String {
    format!("{} to {}", exact(low), exact(high))
}

/// A rate in a sentence, as a number and what it is out of: `6` of `100`, `4` of `1,000`.
/// Decimals only where there are attempts enough to carry them.
pub(crate) fn rate(rate: f64, attempts: u64) -> (String, &'static str) {
    if 100.0 * rate < 0.95 {
        let of_1000 = 1000.0 * rate;
        let number = if of_1000 < 0.5 {
            "fewer than 1".into()
        } else {
            format!("{of_1000:.0}")
        };
        return (number, "1,000");
    }
    let number = if attempts >= DECIMALS_FROM {
        format!("{:.1}", 100.0 * rate)
    } else {
        format!("{:.0}", 100.0 * rate)
    };
    (number, "100")
}

/// A rate and what the data allow: `6 in 100, and the data allow 5 to 7`.
pub(crate) fn rate_and_range(range: Range, attempts: u64) -> String {
    let (mean, of) = rate(range.mean, attempts);
    let all = if of == "1,000" { 1000.0 } else { 100.0 };
    let end = |value: f64| {
        if attempts >= DECIMALS_FROM && all < 1000.0 {
            format!("{:.1}", all * value)
        } else {
            format!("{:.0}", all * value)
        }
    };
    let (low, high) = (end(range.low), end(range.high));
    format!("{mean} in {of}, and the data allow {low} to {high}")
}

/// `1st`, `2nd`, `38th`.
pub(crate) fn ordinal(number: u64) -> String {
    let end = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{}{end}", n(number))
}

/// `first`, `second`, up to `tenth`; then `11th`.
pub(crate) fn ordinal_word(number: u64) -> String {
    const FIRST: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    number
        .checked_sub(1)
        .and_then(|place| FIRST.get(usize::try_from(place).ok()?))
        .map_or_else(|| ordinal(number), |word| (*word).to_owned())
}

/// A large number to two figures, as what is only about so many: `330`, `1,200`.
pub(crate) fn about(value: f64) -> String {
    let value = value.clamp(0.0, 1e15);
    if value < 100.0 {
        return format!("{value:.0}");
    }
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    n(((value / unit).round() * unit) as u64)
}

/// How many times as often: `twice`, `three times`, `12 times`; nothing where that is less than
/// half as much again.
pub(crate) fn times_as_often(ratio: f64) -> Option<String> {
    const WORDS: [&str; 9] = [
        "twice",
        "three times",
        "four times",
        "five times",
        "six times",
        "seven times",
        "eight times",
        "nine times",
        "ten times",
    ];
    if !ratio.is_finite() || ratio < 1.5 {
        return None;
    }
    let place = (ratio.round().min(1e6) as usize).saturating_sub(2);
    Some(WORDS.get(place).map_or_else(
        || format!("{} times", n(place as u64 + 2)),
        |w| (*w).to_owned(),
    ))
}

/// `“Print shops”`, `“A” and “B”`, `“A”, “B” and “C”`; four at most, then how many more.
pub(crate) fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    words::listed(&names).unwrap_or_default()
}

/// Whether two ranges have nothing in common.
pub(crate) fn apart(one: (f64, f64), other: (f64, f64)) -> bool {
    one.0 > other.1 || other.0 > one.1
}

/// When what an alarm speaks of was: `From about 3 November to 17 November`.
pub(crate) fn from_to(alarm: &AlarmLine, today: Date) -> String {
    match (alarm.since, alarm.on) {
        (Some(since), Some(on)) => format!(
            "From about {} to {}",
            words::day(since, today),
            words::day(on, today)
        ),
        (None, Some(on)) => format!("Until {}", words::day(on, today)),
        _ => "In the end".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_frequencies_and_never_certain() {
        assert_eq!(in_100(0.0), "under 1 in 100");
        assert_eq!(in_100(0.147), "15 in 100");
        assert_eq!(in_100(1.0), "over 99 in 100");
        assert_eq!(times(0.147), "15 times in 100");
        assert_eq!(times(0.999), "more than 99 times in 100");
        assert_eq!(times(0.002), "less than once in 100");
        assert_eq!(times(0.011), "once in 100");
    }

    #[test]
    fn rates_round_to_what_the_data_carry() {
        let range = Range {
            mean: 0.0600,
            low: 0.0489,
            high: 0.0731,
        };
        assert_eq!(
            rate_and_range(range, 1_516),
            "6 in 100, and the data allow 5 to 7"
        );
        assert_eq!(
            rate_and_range(range, 15_160),
            "6.0 in 100, and the data allow 4.9 to 7.3"
        );
        let rare = Range {
            mean: 0.004,
            low: 0.001,
            high: 0.009,
        };
        assert_eq!(
            rate_and_range(rare, 900),
            "4 in 1,000, and the data allow 1 to 9"
        );
        assert_eq!(rate(0.0, 5), ("fewer than 1".into(), "1,000"));
        assert_eq!(short(0.138), "14");
        assert_eq!(short(0.004), "0.4");
        assert_eq!(short(0.0), "0");
        assert_eq!(short_range(rare), "0.1 to 0.9");
        assert_eq!(span(0.061, 0.059), "6");
        assert_eq!(exact_range(0.0713, 0.2221), "7.1 to 22.2");
    }

    #[test]
    fn tries_are_counted_as_tries() {
        assert_eq!(tries(157, "first"), "157 first tries");
        assert_eq!(tries(1, "first"), "1 first try");
        assert_eq!(tries(1_516, ""), "1,516 tries");
    }

    #[test]
    fn places_and_multiples_are_words() {
        assert_eq!(ordinal(1), "1st");
        assert_eq!(ordinal(12), "12th");
        assert_eq!(ordinal(22), "22nd");
        assert_eq!(ordinal(1_003), "1,003rd");
        assert_eq!(ordinal_word(2), "second");
        assert_eq!(ordinal_word(11), "11th");
        assert_eq!(ordinal_word(0), "0th");
        assert_eq!(about(333.0), "330");
        assert_eq!(about(1_249.0), "1,200");
        assert_eq!(about(46.4), "46");
        assert_eq!(times_as_often(1.4), None);
        assert_eq!(times_as_often(f64::INFINITY), None);
        assert_eq!(times_as_often(3.2).as_deref(), Some("three times"));
        assert_eq!(times_as_often(14.2).as_deref(), Some("14 times"));
        assert_eq!(quoted(&["A", "B", "C"]), "“A”, “B” and “C”");
    }
}
