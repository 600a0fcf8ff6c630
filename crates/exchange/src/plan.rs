//! Which column of a file is what: the format's own knowledge under the mapping's word.

use csv::StringRecord;
use domain::Channel;

use crate::field::ByField;
use crate::known::{Helper, Known, detect, header_key, known};
use crate::{Field, Format, Mapping, OpenError, RowKind};

/// The columns of one file, resolved once.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) format: Format,
    pub(crate) kind: RowKind,
    pub(crate) headers: Vec<String>,
    /// The channel of every row, where the format has only one.
    pub(crate) channel: Option<Channel>,
    fields: ByField<Vec<usize>>,
    explicit: ByField<bool>,
    helpers: Vec<(Helper, Vec<usize>)>,
}

impl Plan {
    pub(crate) fn new(headers: &[String], mapping: &Mapping) -> Result<Self, OpenError> {
        let keys: Vec<String> = headers.iter().map(|h| header_key(h)).collect();
        let format = mapping.format.unwrap_or_else(|| detect(headers));
        let known = known(format);

        let mut fields = ByField::from_fn(|_| Vec::new());
        for &field in Field::ALL {
            *fields.get_mut(field) =
                match mapping.column(field) {
                    Some("") => Vec::new(),
                    Some(column) => vec![place_of(column, headers, &keys).ok_or_else(|| {
                        OpenError::NoColumn {
                            field,
                            column: column.to_owned(),
                            headers: listed(headers),
                        }
                    })?],
                    None => match known {
                        Some(known) => places_in(known, field, &keys),
                        None => places(&[field.code()], &keys),
                    },
                };
        }
        let helpers: Vec<_> = known
            .into_iter()
            .flat_map(|known| known.helpers)
            .map(|(helper, names)| (*helper, places(names, &keys)))
            .filter(|(_, columns)| !columns.is_empty())
            .collect();

        let mapped = |field: Field| !fields.get(field).is_empty();
        let is_ask = [Field::Channel, Field::Attempt, Field::Attempts]
            .into_iter()
            .any(mapped);
        let kind = mapping.rows.or(known.map(|known| known.rows)).unwrap_or(
            if mapped(Field::Deal) && !is_ask {
                RowKind::Deals
            } else {
                RowKind::Asks
            },
        );
        let decides =
            |(helper, _): &(Helper, _)| matches!(helper, Helper::OwnOutcome | Helper::Won);
        // Tasks and activities often have no result; that they were done is enough.
        let may_lack_outcome = known.is_some_and(|known| known.rows == RowKind::Asks);
        if !mapped(Field::Outcome) && !may_lack_outcome && !helpers.iter().any(decides) {
            return Err(OpenError::NoOutcome {
                headers: listed(headers),
            });
        }
        Ok(Self {
            format,
            kind,
            headers: headers.to_vec(),
            channel: known.and_then(|known| known.channel),
            explicit: ByField::from_fn(|field| {
                mapping.column(field).is_some_and(|c| !c.is_empty())
            }),
            fields,
            helpers,
        })
    }

    /// Whether the mapping itself named the field's column, or there is nobody else who could.
    pub(crate) fn is_explicit(&self, field: Field) -> bool {
        *self.explicit.get(field) || matches!(self.format, Format::Generic | Format::Rebound)
    }

    /// Whether the mapping itself named the field's column.
    pub(crate) fn is_mapped(&self, field: Field) -> bool {
        *self.explicit.get(field)
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        !self.fields.get(field).is_empty()
    }

    /// The column that stands for a field in lists: the most trusted one.
    pub(crate) fn first_column(&self, field: Field) -> Option<usize> {
        self.fields.get(field).first().copied()
    }

    /// The first filled cell of a field and its column; the first column's when all are empty.
    pub(crate) fn cell<'r>(
        &self,
        field: Field,
        record: &'r StringRecord,
    ) -> Option<(usize, &'r str)> {
        filled(self.fields.get(field), record)
    }

    /// The text of a field, or nothing.
    pub(crate) fn text<'r>(&self, field: Field, record: &'r StringRecord) -> &'r str {
        self.cell(field, record).map_or("", |(_, text)| text)
    }

    /// The text of a helper column, or nothing.
    pub(crate) fn help<'r>(&self, helper: Helper, record: &'r StringRecord) -> &'r str {
        self.help_cell(helper, record).map_or("", |(_, text)| text)
    }

    /// The first filled cell of a helper column and its place.
    pub(crate) fn help_cell<'r>(
        &self,
        helper: Helper,
        record: &'r StringRecord,
    ) -> Option<(usize, &'r str)> {
        let (_, columns) = self.helpers.iter().find(|(h, _)| *h == helper)?;
        filled(columns, record)
    }

    /// The columns that hold dates.
    pub(crate) fn date_columns(&self) -> Vec<usize> {
        let mut columns = self.fields.get(Field::At).clone();
        for (helper, more) in &self.helpers {
            if matches!(helper, Helper::WonAt | Helper::LostAt) && !self.is_mapped(Field::At) {
                columns.extend(more);
            }
        }
        columns
    }

    /// Field and header of everything that will be read.
    pub(crate) fn effective(&self) -> Vec<(Field, String)> {
        let header = |column: usize| self.headers.get(column).cloned().unwrap_or_default();
        Field::ALL
            .iter()
            .filter_map(|&field| Some((field, header(self.first_column(field)?))))
            .collect()
    }
}

fn filled<'r>(columns: &[usize], record: &'r StringRecord) -> Option<(usize, &'r str)> {
    let cell = |column: usize| (column, record.get(column).unwrap_or_default().trim());
    columns
        .iter()
        .map(|&column| cell(column))
        .find(|(_, text)| !text.is_empty())
        .or_else(|| columns.first().map(|&column| cell(column)))
}

/// The column of a name as somebody typed it: the exact header before one in another case.
fn place_of(column: &str, headers: &[String], keys: &[String]) -> Option<usize> {
    let key = header_key(column);
    headers
        .iter()
        .position(|h| h == column.trim())
        .or_else(|| keys.iter().position(|k| *k == key))
}

fn places(names: &[&str], keys: &[String]) -> Vec<usize> {
    names
        .iter()
        .filter_map(|name| keys.iter().position(|key| key == name))
        .collect()
}

fn places_in(known: &Known, field: Field, keys: &[String]) -> Vec<usize> {
    let names = known
        .fields
        .iter()
        .find(|(f, _)| *f == field)
        .map_or(&[][..], |(_, names)| names);
    let mut out = places(names, keys);
    if known.format == Format::SalesforceOpportunities && field == Field::Reason {
        let more = keys
            .iter()
            .enumerate()
            .filter(|(_, key)| key.ends_with("reason__c"));
        out.extend(more.map(|(place, _)| place));
    }
    out
}

/// The headers of a file, for a message.
pub(crate) fn listed(headers: &[String]) -> String {
    const SHOWN: usize = 40;
    let mut out = headers
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if out.len() > 2_000 {
        out = out.chars().take(2_000).collect::<String>() + "…";
    }
    if headers.len() > SHOWN {
        out += &format!(", and {} more", headers.len() - SHOWN);
    }
    out
}
