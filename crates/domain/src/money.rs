//! Amounts, exact to the hundredth.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in hundredths of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Hundredths: 12.50 is 1250.
    pub hundredths: i64,
    /// ISO 4217 code such as `EUR`, or empty when the source named none.
    pub currency: String,
}

/// A text that is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an amount; write 1250 or 1,250.00 or 1.250,00")]
pub struct MoneyError(pub String);

impl Money {
    /// Reads `1250`, `1,250.00`, `1.250,00`, `€ 1 250`. A lone separator followed by exactly
    /// three digits groups thousands; more than two decimals are rounded half away from zero. `1E+05`
    /// is read as spreadsheets write it; `5k` and `2 mn` are refused, and so are two numbers in one.
    ///
    /// # Errors
    /// When the text holds no number, one too large, or one that could be read wrongly.
    pub fn parse(text: &str, currency: &str) -> Result<Self, MoneyError> {
        let wrong = || MoneyError(text.to_owned());
        if let Some(hundredths) = scientific(text.trim()) {
            return Ok(Self {
                hundredths: hundredths.ok_or_else(wrong)?,
                currency: currency.trim().to_uppercase(),
            });
        }
        let other = |c: char| {
            !(c.is_ascii_digit()
                || c.is_alphabetic()
                || c.is_whitespace()
                || ".,-()'’+€$£¥₹₽₺₩".contains(c))
        };
        if text.chars().any(other) || text.chars().filter(|c| c.is_alphabetic()).count() > 4 {
            return Err(wrong());
        }
        if scaled(text) || !in_one_piece(text) {
            return Err(wrong());
        }
        let mut before = ' ';
        let plain: String = text
            .chars()
            .filter(|&c| {
                // The point of “Fr.” and “kr.” is no part of the number.
                let abbreviates = c == '.' && before.is_alphabetic();
                before = c;
                !abbreviates && (c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '('))
            })
            .collect();
        let negative = plain.starts_with('-') || plain.starts_with('(');
        let plain = plain.trim_start_matches(['-', '(']);
        if plain.is_empty() || plain.contains(['-', '(']) {
            return Err(wrong());
        }
        let last = plain.rfind(['.', ',']);
        let decimal = last.filter(|&i| {
            let mark = plain.as_bytes()[i];
            let only = plain.bytes().filter(|b| *b == mark).count() == 1;
            let both = plain.contains('.') && plain.contains(',');
            only && (both || plain.len() - i - 1 != 3)
        });
        let (whole, cents) = match decimal {
            Some(i) => (&plain[..i], &plain[i + 1..]),
            None => (plain, ""),
        };
        let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
        if digits.is_empty() && cents.is_empty() {
            return Err(wrong());
        }
        let whole: i64 = if digits.is_empty() {
            0
        } else {
            digits.parse().map_err(|_| wrong())?
        };
        let digit = |i: usize| cents.as_bytes().get(i).map_or(0, |b| i64::from(b - b'0'));
        let hundredths = digit(0) * 10 + digit(1) + i64::from(digit(2) >= 5);
        let value = whole
            .checked_mul(100)
            .and_then(|w| w.checked_add(hundredths))
            .ok_or_else(wrong)?;
        Ok(Self {
            hundredths: if negative { -value } else { value },
            currency: currency.trim().to_uppercase(),
        })
    }

    /// The amount alone, as `1250.00`.
    pub fn amount(&self) -> String {
        let sign = if self.hundredths < 0 { "-" } else { "" };
        let n = self.hundredths.unsigned_abs();
        format!("{sign}{}.{:02}", n / 100, n % 100)
    }
}

/// Words for thousands, millions and more. Many a one also means something else; all are refused.
const MAGNITUDES: &[&str] = &[
    "k", "t", "th", "ths", "thd", "tsd", "tds", "tys", "thou", "mil", "mila", "тыс", "m", "mm",
    "mn", "mln", "mio", "mill", "mi", "млн", "b", "bn", "bln", "bil", "bill", "bio", "md", "mrd",
    "mld", "mlrd", "млрд", "tn", "tr", "tril", "lac", "lakh", "cr",
];
/// The same as one letter before a currency: kEUR, MSEK, tkr.
const BEFORE_CURRENCY: &[char] = &['k', 't', 'm', 'b'];
/// Currencies in which people write amounts so.
const CURRENCIES: &[&str] = &[
    "eur", "usd", "gbp", "chf", "sek", "nok", "dkk", "isk", "pln", "czk", "huf", "ron", "bgn",
    "jpy", "inr", "aud", "cad", "nzd", "sgd", "hkd", "cny", "zar", "brl", "mxn", "try", "rub",
    "aed", "kr",
];

/// Whether an amount is written in thousands, millions or the like.
fn scaled(text: &str) -> bool {
    let (mut number_seen, mut rest) = (false, text);
    while let Some(first) = rest.chars().next() {
        let word_ends = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        if word_ends == 0 {
            number_seen |= first.is_ascii_digit();
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(word_ends);
        let word = word.to_lowercase();
        let at_symbol = after.starts_with(['€', '$', '£', '¥', '₹', '₽', '₺', '₩']);
        if (number_seen || at_symbol) && MAGNITUDES.contains(&word.as_str())
            || word
                .strip_prefix(BEFORE_CURRENCY)
                .is_some_and(|of| CURRENCIES.contains(&of))
            || word.contains([
                '十', '百', '千', '万', '萬', '億', '亿', '兆', '천', '만', '억',
            ])
        {
            return true;
        }
        rest = after;
    }
    false
}

/// Whether nothing but what groups digits stands between them: “12 EUR 50” is two numbers.
fn in_one_piece(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let (Some(first), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else {
        return true;
    };
    text[first..last]
        .chars()
        .all(|c| c.is_ascii_digit() || c.is_whitespace() || ".,'’".contains(c))
}

/// Hundredths of a plain number in scientific notation, as spreadsheets write large ones: `1E+05`,
/// `1.5e3`, `1,25E+03`. Nothing where the text is no such number; nothing inside where it is one that is too
/// large, or whose comma might group thousands.
fn scientific(text: &str) -> Option<Option<i64>> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let size = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if !(digits(whole) && digits(decimals) && digits(size)) {
        return None;
    }
    if mantissa.contains(',') && decimals.len() == 3 {
        return Some(None);
    }
    let value = || {
        let mut value: i128 = format!("{whole}{decimals}").parse().ok()?;
        let mut places = exponent.parse::<i32>().ok()?.checked_add(2)?;
        places = places.checked_sub(i32::try_from(decimals.len()).ok()?)?;
        if value == 0 {
            return Some(0);
        }
        if places >= 0 {
            value = value.checked_mul(10_i128.checked_pow(places.unsigned_abs())?)?;
        } else {
            // What is smaller than any number of so many digits rounds to nothing.
            let unit = 10_i128.checked_pow(places.unsigned_abs());
            value = unit.map_or(0, |unit| {
                value / unit + i128::from(value % unit >= unit / 2)
            });
        }
        i64::try_from(value).ok()
    };
    Some(value().map(|value| if negative { -value } else { value }))
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.amount())?;
        if !self.currency.is_empty() {
            write!(f, " {}", self.currency)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_as_people_write_them() {
        for (text, hundredths) in [
            ("1250", 125_000),
            ("1,250.00", 125_000),
            ("1.250,00", 125_000),
            ("1,250", 125_000),
            ("1.250.000", 125_000_000),
            ("12,5", 1_250),
            ("€ 1 250", 125_000),
            ("-3.999", -399_900),
            ("0.055", 5_500),
            (".5", 50),
            ("EUR 1250", 125_000),
            ("1250 EUR", 125_000),
            ("1 250 kr", 125_000),
            ("1.250,50 kr.", 125_050),
            ("12,50 Fr.", 1_250),
            ("Fr. 1250", 125_000),
            ("CHF 1'250.50", 125_050),
            ("1250 Baht", 125_000),
            ("K 1250", 125_000),
            ("(1,250)", -125_000),
        ] {
            assert_eq!(
                Money::parse(text, "eur").map(|m| m.hundredths),
                Ok(hundredths),
                "{text}"
            );
        }
        assert!(Money::parse("plenty", "").is_err());
        assert!(Money::parse("Fr.", "").is_err());
        assert!(Money::parse("", "").is_err());
        assert!(Money::parse("99999999999999999999", "").is_err());
    }

    #[test]
    fn large_numbers_as_spreadsheets_write_them() {
        for (text, hundredths) in [
            ("1E+05", 10_000_000),
            ("1e5", 10_000_000),
            ("1.5E3", 150_000),
            ("1,25E+03", 125_000),
            ("1.250E+03", 125_000),
            ("-2.5e2", -25_000),
            (" 12E0 ", 1_200),
            ("1.5E-1", 15),
            ("1.5E-2", 2),
            ("4e-3", 0),
            ("-5E-3", -1),
            ("1E-90", 0),
            ("0E+90", 0),
        ] {
            assert_eq!(
                Money::parse(text, "").map(|m| m.hundredths),
                Ok(hundredths),
                "{text}"
            );
        }
        // Too large, or a comma that may group thousands, or not plain.
        for text in [
            "1E+17",
            "1e99",
            "1E+99999999999",
            "1,250E+03",
            "1.5.0E3",
            "1 E 5",
            "EUR 1E+05",
        ] {
            assert_eq!(Money::parse(text, ""), Err(MoneyError(text.to_owned())));
        }
        assert_eq!(
            Money::parse("9E+16", "").map(|m| m.hundredths),
            Ok(9_000_000_000_000_000_000)
        );
    }

    #[test]
    fn what_could_be_read_wrongly_is_refused() {
        for text in [
            "$1k",
            "1K",
            "1.5 k",
            "5k€",
            "k€ 5",
            "€5m",
            "2 mn",
            "2bn",
            "3 Mio",
            "3 Mio.",
            "1 tsd",
            "7 Tsd.",
            "12 TEUR",
            "TEUR 12",
            "kUSD 5",
            "1,2 MSEK",
            "450 tkr",
            "5 тыс",
            "5万",
            "5万円",
            "2 lakh",
            "1 B",
            "12 EUR 50",
            "20€50",
            "1a2",
            "12+5",
            "1k5",
        ] {
            assert_eq!(Money::parse(text, ""), Err(MoneyError(text.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(n in -1_000_000_000_000i64..1_000_000_000_000) {
            let money = Money { hundredths: n, currency: "EUR".into() };
            prop_assert_eq!(Money::parse(&money.amount(), "EUR"), Ok(money));
        }

        #[test]
        fn nothing_panics(s in ".{0,30}") {
            let _ = Money::parse(&s, "");
        }
    }
}
