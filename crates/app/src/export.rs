//! Writing attempts out: for people, for another Rebound, for the CRM they came from.

use std::collections::HashMap;
use std::io::Write;

use domain::{Attempt, DealId, LabelKind, Prospect, ProspectId};
use exchange::{CrmWriter, CsvWriter, ExportRow, Format, JsonWriter, WriteError};
use store::tables::attempt::Place;
use store::tables::list::{self, Filter, Part};
use store::tables::{deal, prospect};

use crate::audit::Audited;
use crate::folding::Folding;
use crate::{Act, App, AppError, Kind, Result, Seller, labels};

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Rebound's own columns, comma-separated.
    Csv,
    /// The same as JSON.
    Json,
    /// What a CRM takes back; rows it has no place for are left out.
    Crm(Format),
}

impl Target {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Crm(format) => format.code(),
        }
    }

    /// Reads `csv`, `json` or the code of a format a CRM takes back.
    ///
    /// # Errors
    /// Lists what would be right.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "csv" => return Ok(Self::Csv),
            "json" => return Ok(Self::Json),
            _ => {}
        }
        let known = Format::WRITABLE.iter().find(|f| f.code() == text);
        known.map(|f| Self::Crm(*f)).ok_or_else(|| {
            let all: Vec<&str> = Format::WRITABLE.iter().map(|f| f.code()).collect();
            AppError::invalid(
                "format",
                format!(
                    "“{text}” is no format to write; use csv, json or one of: {}.",
                    all.join(", ")
                ),
            )
        })
    }
}

enum Writer<W: Write> {
    Csv(CsvWriter<W>),
    Json(JsonWriter<W>),
    Crm(CrmWriter<W>),
}

impl<W: Write> Writer<W> {
    fn new(target: Target, out: W) -> Result<Self, WriteError> {
        Ok(match target {
            Target::Csv => Self::Csv(CsvWriter::new(out)?),
            Target::Json => Self::Json(JsonWriter::new(out)?),
            Target::Crm(format) => Self::Crm(CrmWriter::new(format, out)?),
        })
    }

    /// Whether the row had a place.
    fn write(&mut self, row: &ExportRow) -> Result<bool, WriteError> {
        match self {
            Self::Csv(w) => w.write(row).map(|()| true),
            Self::Json(w) => w.write(row).map(|()| true),
            Self::Crm(w) => w.write(row),
        }
    }

    fn finish(self) -> Result<W, WriteError> {
        match self {
            Self::Csv(w) => w.finish(),
            Self::Json(w) => w.finish(),
            Self::Crm(w) => w.finish(),
        }
    }
}

fn failed(e: &WriteError) -> AppError {
    AppError::new(Kind::Busy, format!("{e}."))
}

/// Attempts read at a time.
const BATCH: usize = 1_000;

/// How many attempts an export holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Attempts written.
    pub attempts: u64,
    /// Rows they stand in: several asks that came in as one row go out as one.
    pub rows: u64,
    /// The target has no place for them.
    pub left_out: u64,
}

/// Writes one's own attempts, oldest first, from one snapshot; gives the output back and says how
/// many were written.
///
/// # Errors
/// When the output or the database cannot.
pub fn write<W: Write + Send + 'static>(
    app: &App,
    me: &Seller,
    target: Target,
    filter: Filter,
    out: W,
) -> Result<(W, Written)> {
    let me = me.id();
    // Written down before: what went out half was taken out, too.
    app.write_blocking(move |act| act.audit(Some(me), Audited::Export, None, target.code()))?;
    app.read_blocking(move |act| {
        let names = Names::read(act)?;
        let mut folding = Folding::default();
        let mut writer = Writer::new(target, out).map_err(|e| failed(&e))?;
        let (mut from, mut done) = (Place::FIRST, Written::default());
        loop {
            let part = Part {
                owner: me,
                filter: &filter,
                newest: false,
                from,
                limit: BATCH,
            };
            let batch = list::attempts(act.tx, &part)?;
            let Some(last) = batch.last() else { break };
            from = Place::of(last);
            let rows = match target {
                // Each with its own id.
                Target::Json => batch.into_iter().map(|a| (a, 1)).collect(),
                _ => batch.into_iter().flat_map(|a| folding.push(a)).collect(),
            };
            names.write(act, rows, &mut writer, &mut done)?;
        }
        names.write(act, folding.finish(), &mut writer, &mut done)?;
        Ok((writer.finish().map_err(|e| failed(&e))?, done))
    })
}

/// Labels by kind and code.
struct Names {
    reasons: HashMap<String, String>,
    segments: HashMap<String, String>,
    pitches: HashMap<String, String>,
}

impl Names {
    fn read(act: &mut Act<'_, '_>) -> Result<Self> {
        Ok(Self {
            reasons: labels::names(act, LabelKind::Reason)?,
            segments: labels::names(act, LabelKind::Segment)?,
            pitches: labels::names(act, LabelKind::Pitch)?,
        })
    }

    /// Writes attempts, each with how many asks it stands for.
    fn write<W: Write>(
        &self,
        act: &mut Act<'_, '_>,
        rows: Vec<(Attempt, u32)>,
        writer: &mut Writer<W>,
        done: &mut Written,
    ) -> Result<()> {
        let ids: Vec<ProspectId> = rows.iter().map(|(a, _)| a.prospect).collect();
        let own: HashMap<ProspectId, Prospect> = prospect::get_many(act.tx, &ids)?
            .into_iter()
            .map(|p| (p.id, p))
            .collect();
        let mut deals: HashMap<DealId, (String, Option<String>)> = HashMap::new();
        for id in rows.iter().filter_map(|(a, _)| a.deal) {
            if let (false, Some(d)) = (deals.contains_key(&id), deal::get(act.tx, id)?) {
                deals.insert(id, (d.title, d.source.id));
            }
        }
        for (a, asks) in &rows {
            let deal = a.deal.and_then(|d| deals.get(&d));
            let row = ExportRow {
                attempts: *asks,
                ..self.row(a, own.get(&a.prospect), deal)
            };
            if writer.write(&row).map_err(|e| failed(&e))? {
                done.rows += 1;
                done.attempts += u64::from(*asks);
            } else {
                done.left_out += u64::from(*asks);
            }
        }
        Ok(())
    }

    fn row(
        &self,
        a: &Attempt,
        p: Option<&Prospect>,
        deal: Option<&(String, Option<String>)>,
    ) -> ExportRow {
        let of = |get: fn(&Prospect) -> &String| p.map_or_else(String::new, |p| get(p).clone());
        let (code, said_by) = a
            .reasons
            .leading()
            .map_or(("", None), |(c, who)| (c, Some(who)));
        let label = |names: &HashMap<String, String>, code: &str| {
            names.get(code).cloned().unwrap_or_else(|| code.to_owned())
        };
        let reason_label = label(&self.reasons, code);
        ExportRow {
            id: a.id.to_string(),
            when: a.when,
            zone: a.zone.clone(),
            rep: a.rep.clone().unwrap_or_default(),
            prospect: of(|p| &p.name),
            company: of(|p| &p.company),
            email: of(|p| &p.email),
            phone: of(|p| &p.phone),
            language: of(|p| &p.language),
            deal: deal.map_or_else(String::new, |(title, _)| title.clone()),
            channel: a.channel,
            stage: a.stage,
            outcome: a.outcome,
            loss_kind: a.loss_kind,
            // A code of this ledger's own means nothing elsewhere; its label does.
            reason: if code.starts_with("x-") {
                reason_label.clone()
            } else {
                code.to_owned()
            },
            reason_label,
            said_by,
            words: a.words.clone().unwrap_or_default(),
            value: a.value.clone(),
            segment: a
                .segment
                .as_deref()
                .map_or_else(String::new, |c| label(&self.segments, c)),
            pitch: a
                .pitch
                .as_deref()
                .map_or_else(String::new, |c| label(&self.pitches, c)),
            attempt: a.ordinal,
            attempts: 1,
            changed: a.version > 0 || a.source.kind.is_empty(),
            source_kind: a.source.kind.clone(),
            source_id: a.source.id.clone(),
            deal_source_id: deal.and_then(|(_, id)| id.clone()),
            prospect_source_id: None,
        }
    }
}
