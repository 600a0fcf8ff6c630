//! Labels people may edit over codes that never change: reasons, segments, pitches.

use serde::{Deserialize, Serialize};

use crate::fold;

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelKind {
    /// Why it was a no.
    Reason,
    /// What kind of prospect it is.
    Segment,
    /// Which pitch was used.
    Pitch,
}

impl LabelKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Reason, Self::Segment, Self::Pitch];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Segment => "segment",
            Self::Pitch => "pitch",
        }
    }
}

/// One editable label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Stable code; what attempts store.
    pub code: String,
    /// What people read; editing it changes no history.
    pub label: String,
    /// Place in lists, ascending.
    pub position: i64,
    /// Left out of lists to choose from, still shown where it was used.
    pub hidden: bool,
}

/// The reason that also sets do-not-contact.
pub const REASON_DO_NOT_CONTACT: &str = "N15";

/// The reasons every installation starts with, in the order they are offered.
pub const BUILT_IN_REASONS: [(&str, &str); 16] = [
    ("N1", "No need"),
    ("N2", "Bad time"),
    ("N3", "No budget"),
    ("N4", "Price or value"),
    ("N5", "Not theirs to decide"),
    ("N6", "Has a supplier"),
    ("N7", "Chose a competitor"),
    ("N8", "Staying as they are"),
    ("N9", "Does not fit"),
    ("N10", "Trust, risk or legal"),
    ("N11", "How we sold"),
    ("N12", "Wrong contact"),
    ("N13", "Events outside"),
    ("N14", "Cannot be reached"),
    ("N15", "Asked not to be contacted"),
    ("N0", "Not said"),
];

/// The stable code of a label first seen in somebody's data: `x-` and its folded words. The same
/// label gives the same code on every installation; `taken` is asked until a free one is found.
pub fn code_for(label: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut slug: String = fold(label)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    while slug.len() > 40 {
        slug.pop();
    }
    let base = format!("x-{}", slug.trim_end_matches('-'));
    let base = if base == "x-" { "x-other".to_owned() } else { base };
    if !taken(&base) {
        return base;
    }
    (2u32..)
        .map(|n| format!("{base}-{n}"))
        .find(|code| !taken(code))
        .unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_label_gets_a_code_of_its_own() {
        assert_eq!(code_for("Zu teuer!", |_| false), "x-zu-teuer");
        assert_eq!(code_for("zu  TEUER", |_| false), "x-zu-teuer");
        assert_eq!(code_for("???", |_| false), "x-other");
        assert_eq!(code_for("Zu teuer", |c| c == "x-zu-teuer"), "x-zu-teuer-2");
    }
}
