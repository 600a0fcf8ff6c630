//! How a person says what the columns and values of a file mean.

use domain::{Outcome, Zone};

use crate::vocabulary::{self, Meaning};
use crate::{DateOrder, Field, Format, RowKind, UnknownField};

/// One value to be read as another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ValueMap {
    /// In which field.
    pub field: Field,
    /// The value in the file; empty for empty cells. Case and accents do not matter.
    pub from: String,
    /// What it means: a code for closed lists, any text otherwise.
    pub to: String,
}

/// What the columns and values of a file mean. The default lets the headers decide.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    /// The format; told by the header when `None`.
    pub format: Option<Format>,
    /// Field and column. They come before what a format knows by itself; a later pair for the
    /// same field replaces an earlier one, and an empty column leaves the field out.
    pub columns: Vec<(Field, String)>,
    /// Values to be read as others.
    pub values: Vec<ValueMap>,
    /// Zone of times without an offset, where the row names none.
    pub zone: Option<Zone>,
    /// Order of day and month in dates; told by the column when `None`, where it can be.
    pub date_format: Option<DateOrder>,
    /// What a row stands for; told by format and columns when `None`.
    pub rows: Option<RowKind>,
}

/// A part of a mapping that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No `=` between field and column.
    #[error("“{0}” has no =; write FIELD=COLUMN, such as outcome=Result")]
    Map(String),
    /// No `:` or no `=` in a value.
    #[error("“{0}” is not FIELD:FROM=TO; write for instance outcome:Gewonnen=yes")]
    Value(String),
    /// No such field.
    #[error(transparent)]
    Field(#[from] UnknownField),
    /// The target is not in the field's closed list.
    #[error("“{to}” is not a known {field}; use one of: {known}")]
    Target {
        /// The field.
        field: Field,
        /// What was given.
        to: String,
        /// What would have been right.
        known: String,
    },
    /// A line of a saved mapping that is none of its kinds.
    #[error("line {line} of the saved mapping cannot be read: {reason}")]
    Saved {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Mapping {
    /// Reads `FIELD=COLUMN`. An empty column leaves the field out.
    ///
    /// # Errors
    /// When there is no `=` or no such field.
    pub fn parse_map(text: &str) -> Result<(Field, String), MappingError> {
        let (field, column) = text
            .split_once('=')
            .ok_or_else(|| MappingError::Map(text.to_owned()))?;
        Ok((field.parse()?, column.trim().to_owned()))
    }

    /// Reads `FIELD:FROM=TO`. What stands before the last `=` is FROM.
    ///
    /// # Errors
    /// When a part is missing, the field does not exist, or TO is not in the field's list.
    pub fn parse_value(text: &str) -> Result<ValueMap, MappingError> {
        let wrong = || MappingError::Value(text.to_owned());
        let (field, rest) = text.split_once(':').ok_or_else(wrong)?;
        let (from, to) = rest.rsplit_once('=').ok_or_else(wrong)?;
        ValueMap::new(field.parse()?, from, to)
    }

    /// The column a field is mapped to: the last that was named for it.
    pub fn column(&self, field: Field) -> Option<&str> {
        self.columns
            .iter()
            .rev()
            .find(|(f, _)| *f == field)
            .map(|(_, column)| column.as_str())
    }

    /// A text that [`Mapping::from_text`] reads back.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let mut line = |key: &str, rest: &str| {
            out.push_str(key);
            out.push(' ');
            out.push_str(&escape(rest));
            out.push('\n');
        };
        if let Some(format) = self.format {
            line("format", format.code());
        }
        if let Some(rows) = self.rows {
            line("rows", rows.code());
        }
        if let Some(zone) = &self.zone {
            line("zone", zone.name());
        }
        if let Some(order) = self.date_format {
            line("date-format", order.code());
        }
        for (field, column) in &self.columns {
            line("map", &format!("{field}={column}"));
        }
        for ValueMap { field, from, to } in &self.values {
            line("value", &format!("{field}:{from}={to}"));
        }
        out
    }

    /// Reads what [`Mapping::to_text`] writes; blank lines do not matter.
    ///
    /// # Errors
    /// When a line cannot be read.
    pub fn from_text(text: &str) -> Result<Self, MappingError> {
        let mut mapping = Self::default();
        for (i, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let (key, rest) = line
                .trim_start()
                .split_once(' ')
                .unwrap_or((line.trim(), ""));
            let rest = &unescape(rest);
            mapping
                .read_line(key, rest)
                .map_err(|reason| MappingError::Saved {
                    line: i + 1,
                    reason,
                })?;
        }
        Ok(mapping)
    }

    fn read_line(&mut self, key: &str, rest: &str) -> Result<(), String> {
        fn why(error: impl ToString) -> String {
            error.to_string()
        }
        match key {
            "format" => self.format = Some(rest.parse().map_err(why)?),
            "rows" => self.rows = Some(rest.parse().map_err(why)?),
            "zone" => self.zone = Some(Zone::new(rest).map_err(why)?),
            "date-format" => self.date_format = Some(rest.parse().map_err(why)?),
            "map" => self.columns.push(Self::parse_map(rest).map_err(why)?),
            "value" => self.values.push(Self::parse_value(rest).map_err(why)?),
            _ => {
                return Err(format!(
                    "“{key}” is not one of format, rows, zone, date-format, map, value"
                ));
            }
        }
        Ok(())
    }
}

impl ValueMap {
    /// Checks and takes a translation. For a closed list the target may be a code or a word for
    /// it, and the code is kept; `open` stands for a deal that is neither won nor lost.
    ///
    /// # Errors
    /// When the target is not in the field's closed list.
    pub fn new(field: Field, from: &str, to: &str) -> Result<Self, MappingError> {
        let to = to.trim();
        let code = match field {
            Field::Outcome => match vocabulary::outcome(to) {
                Some(Meaning::Is(outcome)) => Some(outcome.code()),
                Some(Meaning::Open) => Some(vocabulary::OPEN),
                None => None,
            },
            Field::Stage => vocabulary::stage(to).map(|v| v.code()),
            Field::Channel => vocabulary::channel(to).map(|v| v.code()),
            Field::LossKind => vocabulary::loss_kind(to).map(|v| v.code()),
            Field::SaidBy => vocabulary::said_by(to).map(|v| v.code()),
            _ => Some(to),
        };
        let Some(code) = code else {
            return Err(MappingError::Target {
                field,
                to: to.to_owned(),
                known: known(field),
            });
        };
        Ok(Self {
            field,
            from: from.trim().to_owned(),
            to: code.to_owned(),
        })
    }
}

/// The codes of a closed list, for messages and pages.
pub(crate) fn codes(field: Field) -> Vec<&'static str> {
    match field {
        Field::Outcome => Outcome::ALL.iter().map(|v| v.code()).collect(),
        Field::Stage => domain::Stage::ALL.iter().map(|v| v.code()).collect(),
        Field::Channel => domain::Channel::ALL.iter().map(|v| v.code()).collect(),
        Field::LossKind => domain::LossKind::ALL.iter().map(|v| v.code()).collect(),
        Field::SaidBy => domain::SaidBy::ALL.iter().map(|v| v.code()).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn known(field: Field) -> String {
    codes(field).join(", ")
}

/// Keeps a saved line on one line, ends included.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some(other)) => out.push(other),
            (c, _) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_map_and_a_value_as_typed() {
        assert_eq!(
            Mapping::parse_map("outcome=y"),
            Ok((Field::Outcome, "y".into()))
        );
        assert_eq!(
            Mapping::parse_map("words=a=b"),
            Ok((Field::Words, "a=b".into()))
        );
        assert_eq!(
            Mapping::parse_value("outcome:Gewonnen=yes"),
            Ok(ValueMap {
                field: Field::Outcome,
                from: "Gewonnen".into(),
                to: "yes".into()
            })
        );
        assert_eq!(
            Mapping::parse_value("outcome:Score 1:0=Won").map(|v| (v.from, v.to)),
            Ok(("Score 1:0".into(), "yes".into()))
        );
        assert_eq!(
            Mapping::parse_value("reason:Zu teuer=N4").map(|v| v.to),
            Ok("N4".into())
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |text: &str| Mapping::parse_value(text).expect_err("wrong").to_string();
        assert_eq!(
            said("outcome:Maybe=perhaps"),
            "“perhaps” is not a known outcome; use one of: yes, no, not_now, send_info, no_reply, unknown"
        );
        assert!(said("outcome=yes").contains("FIELD:FROM=TO"));
        assert!(Mapping::parse_map("colour=y").is_err());
        assert!(Mapping::parse_map("outcome").is_err());
    }

    #[test]
    fn a_saved_mapping_names_the_line_at_fault() {
        let error = Mapping::from_text("rows asks\n\nzone Mars/Olympus\n").expect_err("no zone");
        assert!(
            error.to_string().starts_with("line 3 of the saved mapping"),
            "{error}"
        );
        assert!(Mapping::from_text("shout loud").is_err());
        assert!(Mapping::from_text("").is_ok());
    }

    proptest! {
        #[test]
        fn what_is_saved_reads_back(column in "[^\\s].{0,20}[^\\s]", from in ".{0,12}", to in ".{0,12}") {
            let to = to.replace('=', "-");
            let mapping = Mapping {
                format: Some(Format::HubspotCalls),
                columns: vec![
                    (Field::Outcome, column.trim().to_owned()),
                    (Field::Reason, String::new()),
                ],
                values: vec![ValueMap::new(Field::Reason, &from, &to).expect("free text")],
                zone: Some(Zone::utc()),
                date_format: Some(DateOrder::Dmy),
                rows: Some(RowKind::Asks),
            };
            prop_assert_eq!(Mapping::from_text(&mapping.to_text()), Ok(mapping));
        }
    }
}
