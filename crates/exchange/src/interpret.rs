//! From the cells of one row to what it says.

use std::collections::HashMap;

use csv::StringRecord;
use domain::{Money, Outcome, Stage, When, Zone};
use jiff::tz::TimeZone;

use crate::cells::{currency_in, first, raw, short, some};
use crate::dates::{self, DateOrder};
use crate::known::Helper;
use crate::mapping::known as known_codes;
use crate::plan::Plan;
use crate::row::{LONGEST_CELL, MOST_ATTEMPTS};
use crate::values::Values;
use crate::vocabulary::{self, Meaning};
use crate::{Field, Format, Mapping, Row, RowError, RowKind, RowResult};

/// What is wrong with a row, before it is known where the row stands.
struct Wrong {
    column: Option<usize>,
    reason: String,
}

impl Wrong {
    fn row(reason: String) -> Self {
        Self {
            column: None,
            reason,
        }
    }

    fn at(column: usize, reason: impl ToString) -> Self {
        Self {
            column: Some(column),
            reason: reason.to_string(),
        }
    }
}

/// Reads rows of one file.
#[derive(Debug)]
pub(crate) struct Interpreter {
    pub(crate) plan: Plan,
    pub(crate) values: Values,
    order: Option<DateOrder>,
    zone: (Zone, TimeZone),
    zones: HashMap<String, (Zone, TimeZone)>,
}

impl Interpreter {
    pub(crate) fn new(
        plan: Plan,
        mapping: &Mapping,
        fallback: &Zone,
        order: Option<DateOrder>,
    ) -> Self {
        let zone = mapping.zone.as_ref().unwrap_or(fallback).clone();
        let rules = zone.rules();
        Self {
            plan,
            values: Values::new(mapping),
            order,
            zone: (zone, rules),
            zones: HashMap::new(),
        }
    }

    /// The row, or nothing for a task that is only planned: not an ask yet.
    pub(crate) fn row(
        &mut self,
        line: u64,
        record: &StringRecord,
    ) -> Result<Option<Row>, RowError> {
        self.read(line, record).map_err(|wrong| RowError {
            line,
            column: wrong
                .column
                .and_then(|column| self.plan.headers.get(column).cloned())
                .unwrap_or_default(),
            reason: wrong.reason,
        })
    }

    /// Whether a value of a column that the mapping may translate needs no translation. A reason
    /// does unless it is one of the built-in ones: what else it may be, the caller knows.
    pub(crate) fn is_understood(&mut self, field: Field, text: &str) -> bool {
        match field {
            Field::Outcome => self.values.outcome(text).is_some(),
            Field::Stage => self.values.stage(text).is_some(),
            Field::Channel => self.values.channel(text).is_some(),
            Field::LossKind => self.values.loss_kind(text).is_some(),
            Field::SaidBy => self.values.said_by(text).is_some(),
            Field::Reason => self.values.is_known_reason(text),
            _ => true,
        }
    }

    fn read(&mut self, line: u64, record: &StringRecord) -> Result<Option<Row>, Wrong> {
        self.check_shape(record)?;
        let result = match self.plan.kind {
            RowKind::Deals => self.deal_result(record),
            RowKind::Asks => match self.ask_outcome(record)? {
                Some(outcome) => RowResult::Attempt(outcome),
                None => return Ok(None),
            },
        };
        let (zone, rules, zone_given) = self.zone_of(record)?;
        let closed = match result {
            RowResult::Attempt(outcome) => Some(outcome),
            RowResult::OpenDeal => None,
        };
        let when = match closed {
            Some(outcome) => self.when(outcome, record, &rules)?,
            None => When::Undated,
        };
        let (prospect, email) = self.prospect(record);
        let external_id = some(self.text(Field::Id, record));
        let keeps_reason = match (closed, self.plan.is_explicit(Field::Reason)) {
            (None, _) => false,
            (Some(_), true) => true,
            // A CRM may still hold the reason of an earlier loss.
            (Some(outcome), false) => outcome != Outcome::Yes,
        };
        let company = self.text(Field::Company, record);
        Ok(Some(Row {
            line,
            kind: self.plan.kind,
            prospect_external_id: self.prospect_id(record, &prospect),
            raw: raw(record),
            when,
            zone,
            zone_given,
            rep: self.text(Field::Rep, record),
            company: self.first_of_several(company),
            email,
            phone: self.text(Field::Phone, record),
            language: self.text(Field::Language, record),
            deal: self.text(Field::Deal, record),
            deal_external_id: self.deal_id(record, external_id.as_deref()),
            deal_stage: self.deal_stage(record),
            result,
            stage: self.stage(closed, record)?,
            channel: self.channel(record)?,
            loss_kind: self.loss_kind(closed, record)?,
            reason: some(self.text(Field::Reason, record)).filter(|_| keeps_reason),
            said_by: self.closed(Field::SaidBy, record, Values::said_by)?,
            words: some(self.text(Field::Words, record)).filter(|_| closed.is_some()),
            value: self.value(record)?,
            segment: some(self.text(Field::Segment, record)),
            pitch: some(self.text(Field::Pitch, record)),
            ordinal: self.ordinal(record)?,
            attempts: if closed.is_some() {
                self.attempts(record)?
            } else {
                1
            },
            prospect,
            external_id,
        }))
    }

    fn check_shape(&self, record: &StringRecord) -> Result<(), Wrong> {
        let (cells, headers) = (record.len(), self.plan.headers.len());
        let spare = record
            .iter()
            .skip(headers)
            .any(|cell| !cell.trim().is_empty());
        if cells < headers || spare {
            return Err(Wrong::row(format!(
                "this row has {cells} {} where the header has {headers}; check for a missing or \
                 extra separator, or a quotation mark that is not closed",
                if cells == 1 { "cell" } else { "cells" }
            )));
        }
        if record.as_slice().len() > LONGEST_CELL
            && let Some(column) = record.iter().position(|cell| cell.len() > LONGEST_CELL)
        {
            return Err(Wrong::at(
                column,
                format!(
                    "this cell is longer than {} KiB; shorten it",
                    LONGEST_CELL / 1024
                ),
            ));
        }
        Ok(())
    }

    /// A field's text after the mapping's values.
    fn text(&self, field: Field, record: &StringRecord) -> String {
        if !self.plan.has(field) {
            return String::new();
        }
        self.values
            .translate(field, self.plan.text(field, record))
            .to_owned()
    }

    /// A word from a closed list. What a format's own column says may be unknown; what the mapping
    /// names must be understood.
    fn closed<T: Copy>(
        &mut self,
        field: Field,
        record: &StringRecord,
        read: impl FnOnce(&mut Values, &str) -> Option<T>,
    ) -> Result<Option<T>, Wrong> {
        let Some((column, text)) = self.plan.cell(field, record) else {
            return Ok(None);
        };
        let understood = read(&mut self.values, text);
        if understood.is_some() || text.is_empty() || !self.plan.is_explicit(field) {
            return Ok(understood);
        }
        Err(not_understood(field, column, text))
    }

    fn deal_result(&mut self, record: &StringRecord) -> RowResult {
        let flag = |helper| vocabulary::flag(self.plan.help(helper, record));
        if !self.plan.is_mapped(Field::Outcome) {
            match (flag(Helper::Won), flag(Helper::Lost), flag(Helper::Closed)) {
                (Some(true), _, _) => return RowResult::Attempt(Outcome::Yes),
                (_, Some(true), _) | (Some(false), _, Some(true)) => {
                    return RowResult::Attempt(Outcome::No);
                }
                (_, _, Some(false)) | (Some(false), Some(false), _) => return RowResult::OpenDeal,
                _ => {}
            }
        }
        match self.values.outcome(self.plan.text(Field::Outcome, record)) {
            Some(Meaning::Is(outcome @ (Outcome::Yes | Outcome::No))) => {
                RowResult::Attempt(outcome)
            }
            _ => RowResult::OpenDeal,
        }
    }

    /// What came of an ask; nothing when it is only planned.
    fn ask_outcome(&mut self, record: &StringRecord) -> Result<Option<Outcome>, Wrong> {
        let own = self.plan.help_cell(Helper::OwnOutcome, record);
        let cell = match own {
            Some((_, text)) if !text.is_empty() && !self.plan.is_mapped(Field::Outcome) => own,
            _ => self.plan.cell(Field::Outcome, record),
        };
        let text = cell.map_or("", |(_, text)| text);
        match self.values.outcome(text) {
            Some(Meaning::Is(outcome)) => return Ok(Some(outcome)),
            Some(Meaning::Open) => return Ok(Some(Outcome::Unknown)),
            None => {}
        }
        if let Some((column, text)) = cell
            && !text.is_empty()
        {
            return Err(not_understood(Field::Outcome, column, text));
        }
        let planned = vocabulary::done(self.plan.help(Helper::Done, record)) == Some(false);
        Ok((!planned).then_some(Outcome::Unknown))
    }

    fn zone_of(&mut self, record: &StringRecord) -> Result<(Zone, TimeZone, bool), Wrong> {
        let Some((column, text)) = self.plan.cell(Field::Zone, record) else {
            return Ok((self.zone.0.clone(), self.zone.1.clone(), false));
        };
        let text = self.values.translate(Field::Zone, text);
        if text.is_empty() {
            return Ok((self.zone.0.clone(), self.zone.1.clone(), false));
        }
        if let Some((zone, rules)) = self.zones.get(text) {
            return Ok((zone.clone(), rules.clone(), true));
        }
        let zone = Zone::new(text).map_err(|error| Wrong::at(column, error))?;
        let rules = zone.rules();
        self.zones
            .insert(text.to_owned(), (zone.clone(), rules.clone()));
        Ok((zone, rules, true))
    }

    fn when(
        &self,
        outcome: Outcome,
        record: &StringRecord,
        zone: &TimeZone,
    ) -> Result<When, Wrong> {
        let own = match outcome {
            _ if self.plan.is_mapped(Field::At) => None,
            Outcome::Yes => self.plan.help_cell(Helper::WonAt, record),
            Outcome::No => self.plan.help_cell(Helper::LostAt, record),
            _ => None,
        };
        let cell = own.filter(|(_, text)| !text.is_empty());
        let Some((column, text)) = cell.or_else(|| self.plan.cell(Field::At, record)) else {
            return Ok(When::Undated);
        };
        let text = self.values.translate(Field::At, text);
        let when =
            dates::read(text, self.order, zone).map_err(|problem| Wrong::at(column, problem))?;
        let clock = self.plan.help(Helper::Clock, record);
        if matches!(when, When::Day(_)) && !clock.is_empty() && !self.plan.is_mapped(Field::At) {
            return Ok(dates::read(&format!("{text} {clock}"), self.order, zone).unwrap_or(when));
        }
        Ok(when)
    }

    /// HubSpot joins associated records by `;`.
    fn first_of_several(&self, text: String) -> String {
        if !matches!(
            self.plan.format,
            Format::HubspotDeals | Format::HubspotCalls
        ) {
            return text;
        }
        first(&text).to_owned()
    }

    /// Name and address; HubSpot may write both in one cell, as `Name (address)`.
    fn prospect(&self, record: &StringRecord) -> (String, String) {
        let name = self.first_of_several(self.text(Field::Prospect, record));
        let email = self.text(Field::Email, record);
        if let Some((before, inside)) = name.strip_suffix(')').and_then(|n| n.rsplit_once('('))
            && domain::email_key(inside).is_some()
        {
            let email = if email.is_empty() {
                inside.trim().to_owned()
            } else {
                email
            };
            return (before.trim().to_owned(), email);
        }
        (name, email)
    }

    fn prospect_id(&self, record: &StringRecord, name: &str) -> Option<String> {
        let own = some(first(self.plan.help(Helper::ProspectId, record)).to_owned());
        own.or_else(|| {
            let company = first(self.plan.help(Helper::CompanyId, record));
            (name.is_empty() && !company.is_empty()).then(|| format!("company:{company}"))
        })
    }

    fn deal_id(&self, record: &StringRecord, own: Option<&str>) -> Option<String> {
        if self.plan.kind == RowKind::Deals {
            return own.map(str::to_owned);
        }
        let id = first(self.plan.help(Helper::DealId, record));
        // A Salesforce task may hang on anything; opportunities begin with 006.
        if self.plan.format == Format::SalesforceTasks && !id.starts_with("006") {
            return None;
        }
        some(id.to_owned())
    }

    fn deal_stage(&self, record: &StringRecord) -> String {
        if self.plan.kind == RowKind::Asks {
            return String::new();
        }
        [
            self.plan.help(Helper::DealStage, record),
            self.plan.text(Field::Stage, record),
            self.plan.text(Field::Outcome, record),
        ]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned()
    }

    fn stage(
        &mut self,
        closed: Option<Outcome>,
        record: &StringRecord,
    ) -> Result<Option<Stage>, Wrong> {
        if self.plan.kind == RowKind::Asks {
            return self.closed(Field::Stage, record, Values::stage);
        }
        // A stage of somebody's own pipeline that is not known here is kept in their words.
        let mapped = self.values.stage(self.plan.text(Field::Stage, record));
        Ok(mapped.or(closed.map(|_| Stage::Negotiation)))
    }

    fn channel(&mut self, record: &StringRecord) -> Result<Option<domain::Channel>, Wrong> {
        let said = self.closed(Field::Channel, record, Values::channel)?;
        if said.is_some() && said != Some(domain::Channel::Other) {
            return Ok(said);
        }
        if self.plan.channel.is_some() && !self.plan.is_mapped(Field::Channel) {
            return Ok(self.plan.channel);
        }
        if !self.plan.help(Helper::CallSign, record).is_empty() {
            return Ok(Some(domain::Channel::Call));
        }
        let unknown_type = !self.plan.text(Field::Channel, record).is_empty();
        Ok(said.or(unknown_type.then_some(domain::Channel::Other)))
    }

    fn loss_kind(
        &mut self,
        closed: Option<Outcome>,
        record: &StringRecord,
    ) -> Result<Option<domain::LossKind>, Wrong> {
        let said = self.closed(Field::LossKind, record, Values::loss_kind)?;
        if closed != Some(Outcome::No) {
            return Ok(said.filter(|_| closed.is_some_and(|outcome| outcome != Outcome::Yes)));
        }
        // "Closed Lost to Competition" says both.
        Ok(said.or_else(|| {
            self.values
                .loss_kind(self.plan.text(Field::Outcome, record))
        }))
    }

    fn value(&self, record: &StringRecord) -> Result<Option<Money>, Wrong> {
        let Some((column, text)) = self.plan.cell(Field::Value, record) else {
            return Ok(None);
        };
        let text = self.values.translate(Field::Value, text);
        if text.is_empty() {
            return Ok(None);
        }
        let named = self.text(Field::Currency, record);
        let currency = if named.is_empty() {
            currency_in(text)
        } else {
            &named
        };
        Money::parse(text, currency)
            .map(Some)
            .map_err(|error| Wrong::at(column, error))
    }

    fn ordinal(&self, record: &StringRecord) -> Result<Option<u32>, Wrong> {
        self.whole_number(
            Field::Attempt,
            record,
            u32::MAX,
            "which ask it was: 1, 2, 3 …",
        )
    }

    fn attempts(&self, record: &StringRecord) -> Result<u32, Wrong> {
        self.whole_number(
            Field::Attempts,
            record,
            MOST_ATTEMPTS,
            &format!("how many asks it stands for: a whole number from 1 to {MOST_ATTEMPTS}"),
        )
        .map(|n| n.unwrap_or(1))
    }

    fn whole_number(
        &self,
        field: Field,
        record: &StringRecord,
        most: u32,
        right: &str,
    ) -> Result<Option<u32>, Wrong> {
        let Some((column, text)) = self.plan.cell(field, record) else {
            return Ok(None);
        };
        let text = self.values.translate(field, text);
        if text.is_empty() {
            return Ok(None);
        }
        // Tables that hold gaps often write whole numbers as 3.0.
        let digits = text.strip_suffix(".0").unwrap_or(text);
        match digits.parse::<u32>() {
            Ok(n) if (1..=most).contains(&n) => Ok(Some(n)),
            _ => Err(Wrong::at(
                column,
                format!("“{}” does not say {right}", short(text)),
            )),
        }
    }
}

fn not_understood(field: Field, column: usize, text: &str) -> Wrong {
    let text = short(text);
    let example = match field {
        Field::Outcome => "no",
        Field::Stage => "proposal",
        Field::Channel => "call",
        Field::LossKind => "no_decision",
        _ => "prospect",
    };
    Wrong::at(
        column,
        format!(
            "“{text}” is not a word Rebound knows for {field}; say what it means with --value \
             \"{field}:{text}={example}\" (one of {})",
            known_codes(field)
        ),
    )
}
