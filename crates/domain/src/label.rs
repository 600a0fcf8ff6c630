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

/// The stable code of a label first seen in somebody's data: `x-` and a hash of its folded text.
/// The same label gives the same code on every installation, and the code holds none of its words,
/// so that a label can be forgotten. `taken` is asked until a free one is found.
pub fn code_for(label: &str, taken: impl Fn(&str) -> bool) -> String {
    // FNV-1a, 64 bit: http://www.isthe.com/chongo/tech/comp/fnv/
    let hash = fold(label)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    (0u64..)
        .map(|n| format!("x-{:010x}", hash.wrapping_add(n) & 0xff_ffff_ffff))
        .find(|code| !taken(code))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_label_gets_a_code_of_its_own() {
        let code = code_for("Zu teuer!", |_| false);
        assert_eq!(code_for("zu  TEUER!", |_| false), code);
        assert!(code.starts_with("x-") && code.len() == 12 && !code.contains("teuer"));
        assert_ne!(code_for("Zu teuer!", |c| c == code), code);
    }
}
