//! The neutral fields: the columns of Rebound's own export, and what a mapping maps to.

use std::fmt;
use std::str::FromStr;

/// A name that is none of the neutral fields.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{found}” is not a field; use one of: {known}")]
pub struct UnknownField {
    /// The text that was found.
    pub found: String,
    /// Every field, separated by commas.
    pub known: String,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $label:literal;)+) => {
        /// One neutral field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $variant,)+ }

        impl Field {
            /// Every field, in the order of the neutral export.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code; also the column's name in the neutral export.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What a mapping page calls it.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }
    };
}

fields! {
    /// The row's own id in its source.
    Id = "id", "Id in the source";
    /// When it happened.
    At = "at", "When";
    /// The seller.
    Rep = "rep", "Seller";
    /// Who was asked.
    Prospect = "prospect", "Who was asked";
    /// Where they work.
    Company = "company", "Company";
    /// Their e-mail address.
    Email = "email", "E-mail";
    /// Their telephone number.
    Phone = "phone", "Telephone";
    /// IANA name of the time zone of `at`.
    Zone = "zone", "Time zone";
    /// The prospect's language, as a BCP 47 tag.
    Language = "language", "Language";
    /// Title of the deal.
    Deal = "deal", "Deal";
    /// By which way they were asked.
    Channel = "channel", "Channel";
    /// How far along it was.
    Stage = "stage", "Stage";
    /// What came of it.
    Outcome = "outcome", "Outcome";
    /// What kind of loss it was.
    LossKind = "loss_kind", "Kind of loss";
    /// Why.
    Reason = "reason", "Reason";
    /// Whose word the reason is.
    SaidBy = "said_by", "Who gave the reason";
    /// The prospect's own words.
    Words = "words", "Their words";
    /// What was at stake.
    Value = "value", "Value";
    /// Currency of the value.
    Currency = "currency", "Currency";
    /// What kind of prospect it is.
    Segment = "segment", "Segment";
    /// Which pitch was used.
    Pitch = "pitch", "Pitch";
    /// Which ask this was, from 1.
    Attempt = "attempt", "Which ask it was";
    /// How many asks the row stands for.
    Attempts = "attempts", "How many asks";
}

impl Field {
    /// Whether its values come from a closed list, so that unknown ones need translating.
    pub const fn is_closed_list(self) -> bool {
        matches!(
            self,
            Self::Outcome | Self::Stage | Self::Channel | Self::LossKind | Self::SaidBy
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase().replace('-', "_");
        Self::ALL
            .iter()
            .copied()
            .find(|f| f.code() == wanted)
            .ok_or_else(|| UnknownField {
                found: text.trim().to_owned(),
                known: Self::ALL
                    .iter()
                    .map(|f| f.code())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }
}

/// One value for each field.
#[derive(Debug, Clone)]
pub(crate) struct ByField<T>([T; Field::ALL.len()]);

impl<T> ByField<T> {
    pub(crate) fn from_fn(mut value: impl FnMut(Field) -> T) -> Self {
        Self(std::array::from_fn(|i| value(Field::ALL[i])))
    }

    pub(crate) fn get(&self, field: Field) -> &T {
        &self.0[field as usize]
    }

    pub(crate) fn get_mut(&mut self, field: Field) -> &mut T {
        &mut self.0[field as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for &field in Field::ALL {
            assert_eq!(field.code().parse(), Ok(field));
        }
        assert_eq!(" Loss-Kind ".parse(), Ok(Field::LossKind));
    }

    #[test]
    fn an_unknown_field_names_those_that_exist() {
        let error = "colour".parse::<Field>().expect_err("not a field");
        assert!(
            error
                .to_string()
                .starts_with("“colour” is not a field; use one of: id, at, rep")
        );
    }
}
