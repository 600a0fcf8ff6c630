//! One spelling for each way to reach somebody, so that the same person is recognised.

use crate::fold;

/// An e-mail address in one spelling, or nothing when it is not one.
pub fn email_key(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("mailto:").to_lowercase();
    let (local, host) = text.split_once('@')?;
    let plain = |s: &str| !s.is_empty() && !s.contains(|c: char| c.is_whitespace() || c == '@');
    (plain(local) && plain(host)).then_some(text)
}

/// A telephone number in one spelling: digits, with `+` when it was international. Nothing when
/// there are fewer than six digits.
pub fn phone_key(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("tel:");
    if text.chars().any(|c| c.is_alphabetic()) && !text.to_lowercase().contains("ext") {
        return None;
    }
    let text = text.to_lowercase();
    let text = text
        .split("ext")
        .next()
        .unwrap_or_default()
        .replace("(0)", "");
    let international = text.trim_start().starts_with('+') || text.trim_start().starts_with("00");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = if international {
        digits.trim_start_matches('0')
    } else {
        &digits
    };
    (6..=15).contains(&digits.len()).then(|| {
        if international {
            format!("+{digits}")
        } else {
            digits.to_owned()
        }
    })
}

/// Whether two numbers may be one, once written as dialled at home and once from abroad: the longer
/// ends in the shorter, leading zeros aside.
pub fn may_be_one_phone(a: &str, b: &str) -> bool {
    let digits =
        |text: &str| phone_key(text).map(|key| key.trim_start_matches(['+', '0']).to_owned());
    match (digits(a), digits(b)) {
        (Some(a), Some(b)) => {
            let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
            short.len() >= 6 && long.ends_with(&short)
        }
        _ => false,
    }
}

/// Name and company in one spelling, or nothing without either. A company alone is somebody of
/// its own, and nobody who works there.
pub fn name_key(name: &str, company: &str) -> Option<String> {
    let (name, company) = (fold(name), fold(company));
    (!name.is_empty() || !company.is_empty()).then(|| format!("{name}\u{1f}{company}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_spelling() {
        assert_eq!(
            email_key(" Ada@Example.COM "),
            Some("ada@example.com".into())
        );
        assert_eq!(email_key("not an address"), None);
        assert_eq!(
            phone_key("+44 (0)20 7946 0182"),
            Some("+442079460182".into())
        );
        assert_eq!(phone_key("0044 20 7946 0182"), Some("+442079460182".into()));
        assert_eq!(
            phone_key("020 7946 0182 ext. 7"),
            Some("02079460182".into())
        );
        assert_eq!(phone_key("ask Jo"), None);
        assert!(may_be_one_phone("+49 30 1234567", "030 1234567"));
        assert!(!may_be_one_phone("+49 30 1234567", "030 7654321"));
        assert_eq!(
            name_key("Ada  MERROW", "Whitlock"),
            name_key("ada merrow", "WHITLOCK ")
        );
        assert_ne!(
            name_key(" ", "Whitlock"),
            name_key("Ada Merrow", "Whitlock")
        );
        assert_eq!(name_key(" ", ""), None);
    }
}
