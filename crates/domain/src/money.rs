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
    /// three digits groups thousands; more than two decimals are rounded half away from zero.
    ///
    /// # Errors
    /// When the text holds no number, or one too large.
    pub fn parse(text: &str, currency: &str) -> Result<Self, MoneyError> {
        let wrong = || MoneyError(text.to_owned());
        let plain: String = text
            .chars()
            .filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '('))
            .collect();
        let other = |c: char| {
            !(c.is_ascii_digit()
                || c.is_alphabetic()
                || c.is_whitespace()
                || ".,-()'’+€$£¥₹₽₺₩".contains(c))
        };
        if text.chars().any(other) || text.chars().filter(|c| c.is_alphabetic()).count() > 4 {
            return Err(wrong());
        }
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
        ] {
            assert_eq!(
                Money::parse(text, "eur").map(|m| m.hundredths),
                Ok(hundredths),
                "{text}"
            );
        }
        assert!(Money::parse("plenty", "").is_err());
        assert!(Money::parse("", "").is_err());
        assert!(Money::parse("99999999999999999999", "").is_err());
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
