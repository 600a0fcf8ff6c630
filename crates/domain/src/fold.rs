//! Folding text for sorting and searching, the same on every database.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds text for comparison: compatibility-decomposed, without accents, lower case, spaces
/// collapsed. `Ægir  Müller` and `ægir muller` fold alike.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    let mut push = |c: char| {
        if c.is_whitespace() || c.is_control() {
            space = !out.is_empty();
        } else {
            if space {
                out.push(' ');
                space = false;
            }
            out.push(c);
        }
    };
    if text.is_ascii() {
        text.chars().for_each(|c| push(c.to_ascii_lowercase()));
        return out;
    }
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'ß' => "ss".chars().for_each(&mut push),
            'ø' | 'Ø' => push('o'),
            'ł' | 'Ł' => push('l'),
            'đ' | 'Đ' => push('d'),
            'æ' | 'Æ' => "ae".chars().for_each(&mut push),
            'œ' | 'Œ' => "oe".chars().for_each(&mut push),
            _ => c
                .to_lowercase()
                .filter(|c| !is_combining_mark(*c))
                .for_each(&mut push),
        }
    }
    out
}

/// Longest word kept in the term table, in bytes of its folded form.
const LONGEST_WORD: usize = 40;

/// The folded words of a text, each once, in order of first appearance. A word is a run of
/// letters and digits; a longer one than 40 bytes is cut.
pub fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in fold(text).split(|c: char| !c.is_alphanumeric()) {
        let mut end = word.len().min(LONGEST_WORD);
        while !word.is_char_boundary(end) {
            end -= 1;
        }
        let word = &word[..end];
        if !word.is_empty() && !out.iter().any(|w| w == word) {
            out.push(word.to_owned());
        }
    }
    out
}

/// Whether some word of `text` begins with the folded `prefix`.
pub fn has_prefix_of(text: &str, prefix: &str) -> bool {
    words(text).iter().any(|w| w.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_case_and_space_do_not_matter() {
        assert_eq!(fold("  Ægir   MÜLLER-Łoś "), "aegir muller-los");
        assert_eq!(words("Pell & Sons, Pell"), ["pell", "sons"]);
        assert!(has_prefix_of("Greta Sandvåll", "sandva"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(s in ".{0,40}") {
            let once = fold(&s);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert_eq!(words(&once), words(&s));
        }

        #[test]
        fn words_fit_the_term_table(s in ".{0,200}") {
            prop_assert!(words(&s).iter().all(|w| !w.is_empty() && w.len() <= LONGEST_WORD));
        }
    }
}
