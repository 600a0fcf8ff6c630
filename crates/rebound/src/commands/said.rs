//! How chances, rates and places are said in text: in frequencies, rounded to what the data carry.

use app::evidence::{Number, Range};

/// Attempts from which a rate in a sentence carries a decimal.
const DECIMALS_FROM: u64 = 10_000;

/// A rate and what the data allow: `6 in 100, and the data allow 5 to 7`; rare ones are said of 1,000
/// or 10,000.
pub(super) fn rate_and_range(range: Range, attempts: u64) -> String {
    let (all, of) = measure(range.mean);
    let said = |rate| number(rate, all, attempts);
    format!(
        "{} in {of}, and the data allow {} to {}",
        said(range.mean),
        said(range.low),
        said(range.high)
    )
}

/// A rate alone: `6 in 100`, `4 in 1,000`.
pub(super) fn rate(rate: f64, attempts: u64) -> String {
    let (all, of) = measure(rate);
    format!("{} in {of}", number(rate, all, attempts))
}

/// What a rate is said of, so that at least one is left of it.
fn measure(rate: f64) -> (f64, &'static str) {
    match rate {
        _ if rate * 100.0 >= 0.95 => (100.0, "100"),
        _ if rate * 1_000.0 >= 0.95 => (1_000.0, "1,000"),
        _ => (10_000.0, "10,000"),
    }
}

fn number(rate: f64, all: f64, attempts: u64) -> String {
    let of = rate * all;
    let decimals = usize::from(attempts >= DECIMALS_FROM && all <= 100.0);
    let least = if decimals == 1 { 0.1 } else { 1.0 };
    let said = format!("{of:.decimals$}");
    if rate > 0.0 && of < least / 2.0 {
        format!("under {least}")
    } else if rate < 1.0 && said.starts_with("100") && all <= 100.0 {
        format!("over {}", if decimals == 1 { "99.9" } else { "99" })
    } else {
        said
    }
}

/// A rate in a table whose scale is in hundredths: `14`, and `0.4` or `0.03` below one.
pub(super) fn cell(rate: f64) -> String {
    match rate * 100.0 {
        of if of <= 0.0 => "0".to_owned(),
        of if of < 0.005 => "under 0.01".to_owned(),
        of if of < 0.095 => format!("{of:.2}"),
        of if of < 0.95 => format!("{of:.1}"),
        of if of > 99.0 && of < 100.0 => "over 99".to_owned(),
        of => format!("{of:.0}"),
    }
}

/// The ends of a range in a table: `7 to 22`, and `0 to 5` where the lower one rounds to nothing.
pub(super) fn cells(low: f64, high: f64) -> String {
    let end = |rate: f64| match cell(rate) {
        under if under.starts_with("under") => "0".to_owned(),
        said => said,
    };
    format!("{} to {}", end(low), end(high))
}

/// How often a thing happens: `15 times in 100`, `once in 100`, `less than once in 100`.
pub(super) fn times(chance: f64) -> String {
    let of = chance * 100.0;
    if of < 1.0 {
        return "less than once in 100".to_owned();
    }
    if of > 99.0 {
        return "more than 99 times in 100".to_owned();
    }
    match format!("{of:.0}").as_str() {
        "1" => "once in 100".to_owned(),
        many => format!("{many} times in 100"),
    }
}

/// When the next yes may be expected.
pub(super) fn next_yes(median: Number, low: Number, high: Number) -> String {
    let whole = |number: Number| number.0.is_finite().then_some(number.0.max(1.0) as u64);
    let (Some(median), Some(low)) = (whole(median), whole(low)) else {
        return "Next yes: no end in sight from so few yeses, so no number is said.".to_owned();
    };
    let within = match median {
        1 => "the next attempt is a yes at even odds or better".to_owned(),
        many => format!("even odds within {many} attempts"),
    };
    let range = match whole(high) {
        Some(high) if high == low => format!("8 in 10 at the {}", place(low)),
        Some(high) => format!("8 in 10 between the {} and the {}", place(low), place(high)),
        None => format!(
            "8 in 10 from the {} on, with no end in sight from so few yeses",
            place(low)
        ),
    };
    format!("Next yes: {within}, {range}.")
}

/// The place of an attempt from now: 1st, 2nd, 13th.
fn place(n: u64) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(mean: f64, low: f64, high: f64) -> Range {
        Range { mean, low, high }
    }

    #[test]
    fn a_rate_is_said_of_enough_that_one_is_left() {
        for (rates, attempts, said) in [
            (
                (0.06, 0.048, 0.073),
                1_516,
                "6 in 100, and the data allow 5 to 7",
            ),
            (
                (0.06, 0.0489, 0.0731),
                15_160,
                "6.0 in 100, and the data allow 4.9 to 7.3",
            ),
            (
                (0.02, 0.002, 0.03),
                90,
                "2 in 100, and the data allow under 1 to 3",
            ),
            (
                (0.004, 0.001, 0.009),
                900,
                "4 in 1,000, and the data allow 1 to 9",
            ),
            (
                (0.004, 0.0039, 0.0041),
                90_000,
                "4 in 1,000, and the data allow 4 to 4",
            ),
            (
                (0.0004, 0.0001, 0.0009),
                9_000,
                "4 in 10,000, and the data allow 1 to 9",
            ),
            (
                (0.995, 0.97, 0.999),
                300,
                "over 99 in 100, and the data allow 97 to over 99",
            ),
        ] {
            assert_eq!(
                rate_and_range(range(rates.0, rates.1, rates.2), attempts),
                said
            );
        }
        assert_eq!(rate(0.041, 60), "4 in 100");
    }

    #[test]
    fn rare_rates_in_tables_keep_a_figure() {
        for (rate, said) in [
            (0.138, "14"),
            (0.004, "0.4"),
            (0.0003, "0.03"),
            (0.000_01, "under 0.01"),
            (0.0, "0"),
            (0.999, "over 99"),
            (1.0, "100"),
        ] {
            assert_eq!(cell(rate), said);
        }
        assert_eq!(cells(0.000_01, 0.048), "0 to 5");
        assert_eq!(cells(0.003, 0.04), "0.3 to 4");
    }

    #[test]
    fn chances_are_frequencies_and_never_certain() {
        assert_eq!(times(0.147), "15 times in 100");
        assert_eq!(times(1.0), "more than 99 times in 100");
        assert_eq!(times(0.002), "less than once in 100");
        assert_eq!(times(0.011), "once in 100");
    }

    #[test]
    fn the_next_yes_without_ones_that_are_many() {
        let said = |median, low, high| next_yes(Number(median), Number(low), Number(high));
        assert_eq!(
            said(7.0, 1.0, 23.0),
            "Next yes: even odds within 7 attempts, 8 in 10 between the 1st and the 23rd."
        );
        assert_eq!(
            said(1.0, 1.0, 1.0),
            "Next yes: the next attempt is a yes at even odds or better, 8 in 10 at the 1st."
        );
        assert!(said(200.0, 11.0, f64::INFINITY).contains("from the 11th on"));
        assert!(said(f64::INFINITY, 11.0, f64::INFINITY).contains("no number is said"));
    }
}
