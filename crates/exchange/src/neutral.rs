//! Rebound's own tables: CSV that reads back to the same rows, and JSON.
//!
//! Cells are written as they are. A cell that begins with `=` would be a formula to a
//! spreadsheet; a mark before it would protect the spreadsheet and change the text on the way
//! back, and this file is there to come back.

use std::io::Write;

use serde_json::{Map, Value, json};

use crate::{ExportRow, Field, WriteError};

/// Writes the neutral CSV: one column for each [`Field`], in their order.
#[derive(Debug)]
pub struct CsvWriter<W: Write> {
    rows: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// Begins with the header line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(out: W) -> Result<Self, WriteError> {
        let mut rows = csv::Writer::from_writer(out);
        rows.write_record(Field::ALL.iter().map(|field| field.code()))?;
        Ok(Self { rows })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, row: &ExportRow) -> Result<(), WriteError> {
        for &field in Field::ALL {
            let mut cell = text(row, field);
            // No text file holds this, and a file that does is taken for no text at all.
            cell.retain(|c| c != '\0');
            self.rows.write_field(cell)?;
        }
        self.rows.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Writes what is still held back, and gives the output back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<W, WriteError> {
        self.rows
            .into_inner()
            .map_err(|error| WriteError::Io(error.into_error()))
    }
}

/// Writes one JSON object `{"attempts":[…]}`, a row at a time. Absent values are left out as
/// `null`; amounts are texts, so that no digit is lost.
#[derive(Debug)]
pub struct JsonWriter<W: Write> {
    out: W,
    some: bool,
}

impl<W: Write> JsonWriter<W> {
    /// Begins the object.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut out: W) -> Result<Self, WriteError> {
        out.write_all(b"{\"attempts\":[")?;
        Ok(Self { out, some: false })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, row: &ExportRow) -> Result<(), WriteError> {
        self.out.write_all(if self.some { b",\n" } else { b"\n" })?;
        self.some = true;
        let mut object = Map::new();
        for &field in Field::ALL {
            object.insert(field.code().to_owned(), value(row, field));
        }
        serde_json::to_writer(&mut self.out, &object).map_err(std::io::Error::from)?;
        Ok(())
    }

    /// Ends the object, and gives the output back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A field as the neutral table holds it.
fn text(row: &ExportRow, field: Field) -> String {
    match field {
        Field::Id => row.id.clone(),
        Field::At => row.when.iso(),
        Field::Rep => row.rep.clone(),
        Field::Prospect => row.prospect.clone(),
        Field::Company => row.company.clone(),
        Field::Email => row.email.clone(),
        Field::Phone => row.phone.clone(),
        Field::Zone => row.zone.name().to_owned(),
        Field::Language => row.language.clone(),
        Field::Deal => row.deal.clone(),
        Field::Channel => row.channel.code().to_owned(),
        Field::Stage => row.stage.code().to_owned(),
        Field::Outcome => row.outcome.code().to_owned(),
        Field::LossKind => row
            .loss_kind
            .map(|v| v.code().to_owned())
            .unwrap_or_default(),
        Field::Reason => row.reason.clone(),
        Field::SaidBy => row.said_by.map(|v| v.code().to_owned()).unwrap_or_default(),
        Field::Words => row.words.clone(),
        Field::Value => row
            .value
            .as_ref()
            .map(domain::Money::amount)
            .unwrap_or_default(),
        Field::Currency => row
            .value
            .as_ref()
            .map(|v| v.currency.clone())
            .unwrap_or_default(),
        Field::Segment => row.segment.clone(),
        Field::Pitch => row.pitch.clone(),
        Field::Attempt => row.attempt.map(|n| n.to_string()).unwrap_or_default(),
        Field::Attempts => row.attempts.to_string(),
    }
}

fn value(row: &ExportRow, field: Field) -> Value {
    match field {
        Field::Attempt => json!(row.attempt),
        Field::Attempts => json!(row.attempts),
        _ => match text(row, field) {
            text if text.is_empty() => Value::Null,
            text => Value::String(text),
        },
    }
}
