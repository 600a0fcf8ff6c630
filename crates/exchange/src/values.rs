//! The mapping's values, and words of closed lists looked up once.

use std::collections::HashMap;

use domain::{Channel, LossKind, SaidBy, Stage};

use crate::field::ByField;
use crate::vocabulary::{self, Meaning, key};
use crate::{Field, Mapping};

/// What one value is to be read as.
#[derive(Debug)]
struct Translation {
    from: String,
    from_key: String,
    to: String,
}

/// Words already looked up; a file has few different ones, or its column is the wrong one.
#[derive(Debug)]
struct Seen<T>(HashMap<String, Option<T>>);

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

const MOST_SEEN: usize = 4096;

/// Translates values and remembers what they mean.
#[derive(Debug)]
pub(crate) struct Values {
    translations: ByField<Vec<Translation>>,
    outcomes: Seen<Meaning>,
    stages: Seen<Stage>,
    channels: Seen<Channel>,
    loss_kinds: Seen<LossKind>,
    voices: Seen<SaidBy>,
    reasons: Seen<()>,
}

impl Values {
    pub(crate) fn new(mapping: &Mapping) -> Self {
        let mut translations = ByField::from_fn(|_| Vec::new());
        // The last one named for a value counts, as with columns.
        for value in mapping.values.iter().rev() {
            translations.get_mut(value.field).push(Translation {
                from: value.from.clone(),
                from_key: key(&value.from),
                to: value.to.clone(),
            });
        }
        Self {
            translations,
            outcomes: Seen::default(),
            stages: Seen::default(),
            channels: Seen::default(),
            loss_kinds: Seen::default(),
            voices: Seen::default(),
            reasons: Seen::default(),
        }
    }

    /// What the mapping says for a value, or the value itself.
    pub(crate) fn translate<'a>(&'a self, field: Field, text: &'a str) -> &'a str {
        translate(self.translations.get(field), text)
    }

    /// Whether a reason is a built-in one or becomes something by the mapping.
    pub(crate) fn is_known_reason(&mut self, text: &str) -> bool {
        let list = self.translations.get(Field::Reason);
        let known = |_: &str| {
            (found(list, text).is_some() || vocabulary::is_built_in_reason(text)).then_some(())
        };
        look_up(&mut self.reasons, list, text, known).is_some()
    }

    pub(crate) fn outcome(&mut self, text: &str) -> Option<Meaning> {
        let list = self.translations.get(Field::Outcome);
        look_up(&mut self.outcomes, list, text, vocabulary::outcome)
    }

    pub(crate) fn stage(&mut self, text: &str) -> Option<Stage> {
        look_up(
            &mut self.stages,
            self.translations.get(Field::Stage),
            text,
            vocabulary::stage,
        )
    }

    pub(crate) fn channel(&mut self, text: &str) -> Option<Channel> {
        let list = self.translations.get(Field::Channel);
        look_up(&mut self.channels, list, text, vocabulary::channel)
    }

    pub(crate) fn loss_kind(&mut self, text: &str) -> Option<LossKind> {
        let list = self.translations.get(Field::LossKind);
        look_up(&mut self.loss_kinds, list, text, vocabulary::loss_kind)
    }

    pub(crate) fn said_by(&mut self, text: &str) -> Option<SaidBy> {
        look_up(
            &mut self.voices,
            self.translations.get(Field::SaidBy),
            text,
            vocabulary::said_by,
        )
    }
}

fn found<'a>(list: &'a [Translation], text: &str) -> Option<&'a Translation> {
    if list.is_empty() {
        return None;
    }
    let text_key = key(text);
    list.iter().find(|t| t.from == text).or_else(|| {
        list.iter()
            .find(|t| !text_key.is_empty() && t.from_key == text_key)
    })
}

fn translate<'a>(list: &'a [Translation], text: &'a str) -> &'a str {
    found(list, text).map_or(text, |t| t.to.as_str())
}

fn look_up<T: Copy>(
    seen: &mut Seen<T>,
    list: &[Translation],
    text: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    if let Some(known) = seen.0.get(text) {
        return *known;
    }
    let meaning = read(translate(list, text));
    if seen.0.len() < MOST_SEEN {
        seen.0.insert(text.to_owned(), meaning);
    }
    meaning
}
