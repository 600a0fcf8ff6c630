//! Words that other programs use for outcomes, stages, channels, kinds of loss and voices, in
//! English, German, French, Spanish and Portuguese.
//!
//! Words are compared by [`key`]: without case, accents and punctuation. What is not here is
//! never guessed; the mapping says what it means.

use domain::{Channel, LossKind, Outcome, SaidBy, Stage};

use crate::words::{
    CHANNELS, CLOSED, CLOSING, DONE, FLAGS, HUBSPOT_CALLS, LOSS_KINDS, OUTCOMES, STAGES, Table,
    VOICES, split,
};

/// What a word in an outcome column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// An outcome.
    Is(Outcome),
    /// A deal that is still going.
    Open,
}

/// What a mapping writes for [`Meaning::Open`].
pub(crate) const OPEN: &str = "open";

/// One spelling for a word: folded, everything but letters and digits as one space.
pub(crate) fn key(text: &str) -> String {
    let folded = domain::fold(text);
    let mut out = String::with_capacity(folded.len());
    for word in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn find<T: Copy>(table: Table<T>, text: &str) -> Option<T> {
    let key = key(text);
    table
        .iter()
        .find(|(_, words)| split(words).any(|word| word == key))
        .map(|(meaning, _)| *meaning)
}

/// What came of it; nothing for a word that is not known.
pub(crate) fn outcome(text: &str) -> Option<Meaning> {
    let text = text.trim();
    if let Some((_, meaning)) = HUBSPOT_CALLS
        .iter()
        .find(|(id, _)| id.eq_ignore_ascii_case(text))
    {
        return Some(*meaning);
    }
    find(OUTCOMES, text).or_else(|| closed_with_more(&key(text)))
}

/// "Closed Lost - Price" and "Verloren an Wettbewerber" say more than the table, and are as clear.
fn closed_with_more(key: &str) -> Option<Meaning> {
    let mut words = key
        .split(' ')
        .skip_while(|word| split(CLOSED).any(|closed| closed == *word));
    let first = words.next()?;
    find(CLOSING, first)
}

/// How far along.
pub(crate) fn stage(text: &str) -> Option<Stage> {
    find(STAGES, text)
}

/// By which way.
pub(crate) fn channel(text: &str) -> Option<Channel> {
    find(CHANNELS, text)
}

/// What kind of loss.
pub(crate) fn loss_kind(text: &str) -> Option<LossKind> {
    find(LOSS_KINDS, text)
}

/// Whose word.
pub(crate) fn said_by(text: &str) -> Option<SaidBy> {
    find(VOICES, text)
}

/// Whether a reason is one of the built-in ones, by code or label.
pub(crate) fn is_built_in_reason(text: &str) -> bool {
    let wanted = key(text);
    domain::BUILT_IN_REASONS
        .iter()
        .any(|(code, label)| key(code) == wanted || key(label) == wanted)
}

/// Yes or no in a column of flags.
pub(crate) fn flag(text: &str) -> Option<bool> {
    find(FLAGS, text)
}

/// Whether a task or activity is done; nothing when its status does not say.
pub(crate) fn done(text: &str) -> Option<bool> {
    find(DONE, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{NO, NO_REPLY, NOT_NOW, SEND_INFO, UNKNOWN, YES};
    use std::collections::HashMap;
    use std::fmt::Debug;

    #[test]
    fn won_lost_and_open_in_five_languages() {
        for word in [
            "Won",
            "closed won",
            "ClosedWon",
            "Gewonnen",
            "Gagné",
            "Ganado",
            "Ganho",
            "Geschlossen und gewonnen",
            "Fermé gagné",
            "Cierre ganado",
            "Fechado - ganho",
            "sí",
        ] {
            assert_eq!(outcome(word), Some(YES), "{word}");
        }
        for word in [
            "Lost",
            "Closed Lost",
            "Verloren",
            "Perdu",
            "Perdido",
            "Negócio perdido",
            "Closed Lost - Price",
            "Closed-Lost to Competition",
            "Verloren an Wettbewerber",
            "não",
        ] {
            assert_eq!(outcome(word), Some(NO), "{word}");
        }
        for word in ["Open", "Offen", "En cours", "Abierto", "Em andamento"] {
            assert_eq!(outcome(word), Some(Meaning::Open), "{word}");
        }
    }

    #[test]
    fn silence_and_connection() {
        for word in [
            "Busy",
            "No answer",
            "Left voicemail",
            "73a0d17f-1163-4015-bdd5-ec830791da20",
            "9D9162E7-6CF3-4944-BF63-4DFF82258764",
            "Nicht erreicht",
            "Não atendeu",
            "vm-left",
        ] {
            assert_eq!(outcome(word), Some(NO_REPLY), "{word}");
        }
        for word in [
            "Connected",
            "completed",
            "f240bbac-87c9-4f6e-bf70-924b57d47db7",
        ] {
            assert_eq!(outcome(word), Some(UNKNOWN), "{word}");
        }
        assert_eq!(outcome("Not now"), Some(NOT_NOW));
        assert_eq!(outcome("send_info"), Some(SEND_INFO));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for word in [
            "",
            "Perhaps",
            "Re-engage lost lead",
            "Not won",
            "Contract out",
            "Nearly won",
        ] {
            assert_eq!(outcome(word), None, "{word}");
        }
    }

    #[test]
    fn every_code_means_itself() {
        for &v in Outcome::ALL {
            assert_eq!(outcome(v.code()), Some(Meaning::Is(v)));
            assert_eq!(outcome(v.label()), Some(Meaning::Is(v)));
        }
        for &v in Stage::ALL {
            assert_eq!((stage(v.code()), stage(v.label())), (Some(v), Some(v)));
        }
        for &v in Channel::ALL {
            assert_eq!((channel(v.code()), channel(v.label())), (Some(v), Some(v)));
        }
        for &v in LossKind::ALL {
            assert_eq!(
                (loss_kind(v.code()), loss_kind(v.label())),
                (Some(v), Some(v))
            );
        }
        for &v in SaidBy::ALL {
            assert_eq!((said_by(v.code()), said_by(v.label())), (Some(v), Some(v)));
        }
    }

    /// A word under two meanings, or one that `key` would never produce, is a mistake.
    fn tidy<T: Copy + Debug + PartialEq>(table: Table<T>) {
        let mut seen: HashMap<&str, T> = HashMap::new();
        for (meaning, words) in table {
            for word in split(words) {
                assert_eq!(key(word), word);
                if let Some(before) = seen.insert(word, *meaning) {
                    assert_eq!(before, *meaning, "{word}");
                }
            }
        }
    }

    #[test]
    fn each_word_has_one_meaning() {
        tidy(OUTCOMES);
        tidy(CLOSING);
        tidy(STAGES);
        tidy(CHANNELS);
        tidy(LOSS_KINDS);
        tidy(VOICES);
        tidy(FLAGS);
        tidy(DONE);
    }
}
