//! Files that a CRM takes back, so that nobody logs twice.
//!
//! The id stands first: a row that came from the CRM updates its own record there, and one that
//! was logged in Rebound comes without an id and makes a new record. Importers leave a field alone
//! where the cell is empty, so a record that exists gets no new subject or note, and a new call
//! result only when Rebound's was changed: "Busy" must not become "No answer" for nothing. A CRM has no word for "not
//! now" on a call, so such files end in a column of Rebound's own word: the CRM's importer may
//! leave it out or keep it in a field of its own, and Rebound reads it first.

use std::io::Write;

use domain::{Channel, Outcome, When};
use jiff::civil::DateTime;

use crate::known::OWN_OUTCOME;
use crate::{ExportRow, Format, WriteError};

/// Writes rows for one CRM's importer.
#[derive(Debug)]
pub struct CrmWriter<W: Write> {
    format: Format,
    rows: csv::Writer<W>,
}

impl<W: Write> CrmWriter<W> {
    /// Begins with the header line of a format from [`Format::WRITABLE`].
    ///
    /// # Errors
    /// When no CRM takes the format back, or nothing can be written.
    pub fn new(format: Format, out: W) -> Result<Self, WriteError> {
        let headers = headers(format).ok_or(WriteError::Format(format))?;
        let mut rows = csv::Writer::from_writer(out);
        rows.write_record(headers)?;
        Ok(Self { format, rows })
    }

    /// Whether a row belongs into this file: it came from there, or it was logged in Rebound and
    /// is of the file's kind.
    pub fn takes(&self, row: &ExportRow) -> bool {
        if !row.source_kind.is_empty() {
            return row.source_id.is_some() && is_of(self.format, &row.source_kind);
        }
        match self.format {
            Format::HubspotCalls => row.channel == Channel::Call,
            Format::PipedriveActivities | Format::SalesforceTasks => true,
            // Only an ask that closed its deal is the deal's.
            _ => !row.deal.is_empty() && matches!(row.outcome, Outcome::Yes | Outcome::No),
        }
    }

    /// Writes one row if this file [takes](Self::takes) it, and says whether it did.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, row: &ExportRow) -> Result<bool, WriteError> {
        if !self.takes(row) {
            return Ok(false);
        }
        let cells = match self.format {
            Format::HubspotDeals => hubspot_deal(row),
            Format::HubspotCalls => hubspot_call(row),
            Format::PipedriveDeals => pipedrive_deal(row),
            Format::PipedriveActivities => pipedrive_activity(row),
            Format::SalesforceOpportunities => salesforce_opportunity(row),
            Format::SalesforceTasks => salesforce_task(row),
            Format::ZohoDeals => zoho_deal(row),
            Format::SalesforceReport | Format::Rebound | Format::Generic => Vec::new(),
        };
        self.rows.write_record(&cells)?;
        Ok(true)
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

/// Whether a row of this kind is a record that the file may update. A report lists opportunities.
fn is_of(format: Format, source_kind: &str) -> bool {
    source_kind == format.code()
        || format == Format::SalesforceOpportunities
            && source_kind == Format::SalesforceReport.code()
}

fn headers(format: Format) -> Option<&'static [&'static str]> {
    Some(match format {
        Format::HubspotDeals => &[
            "Record ID",
            "Deal Name",
            "Pipeline",
            "Deal Stage",
            "Close Date",
            "Deal owner",
            "Amount",
            "Currency",
            "Closed Lost Reason",
            "Associated Contact",
            "Associated Company",
        ],
        Format::HubspotCalls => &[
            "Record ID",
            "Call Title",
            "Activity date",
            "Call outcome",
            "Activity assigned to",
            "Call notes",
            "Associated Contact IDs",
            "Associated Deal IDs",
            OWN_OUTCOME,
        ],
        Format::PipedriveDeals => &[
            "Deal - ID",
            "Deal - Title",
            "Deal - Status",
            "Deal - Value",
            "Deal - Currency of Value",
            "Deal - Owner",
            "Deal - Contact person",
            "Deal - Organization",
            "Deal - Won time",
            "Deal - Lost time",
            "Deal - Lost reason",
        ],
        Format::PipedriveActivities => &[
            "Activity - ID",
            "Activity - Subject",
            "Activity - Type",
            "Activity - Due date",
            "Activity - Due time",
            "Activity - Done",
            "Activity - Note",
            "Activity - Assigned to user",
            "Activity - Contact person",
            "Activity - Organization",
            "Activity - Deal",
            OWN_OUTCOME,
        ],
        Format::SalesforceOpportunities => &[
            "Id",
            "Name",
            "StageName",
            "CloseDate",
            "Amount",
            "Loss_Reason__c",
        ],
        Format::SalesforceTasks => &[
            "Id",
            "WhoId",
            "WhatId",
            "Subject",
            "ActivityDate",
            "Status",
            "TaskSubtype",
            "CallDisposition",
            "Description",
            OWN_OUTCOME,
        ],
        Format::ZohoDeals => &[
            "Record Id",
            "Deal Name",
            "Account Name",
            "Contact Name",
            "Stage",
            "Closing Date",
            "Amount",
            "Deal Owner",
            "Reason For Loss",
        ],
        Format::SalesforceReport | Format::Rebound | Format::Generic => return None,
    })
}

fn hubspot_deal(row: &ExportRow) -> Vec<String> {
    vec![
        id(row),
        title(row),
        // A record that exists stays in its pipeline; a new one needs one.
        if row.source_id.is_none() {
            "Sales Pipeline".to_owned()
        } else {
            String::new()
        },
        won_or_lost(row, "Closed Won", "Closed Lost", ""),
        local_minute(row),
        row.rep.clone(),
        amount(row),
        currency(row),
        lost_reason(row),
        row.prospect.clone(),
        row.company.clone(),
    ]
}

fn hubspot_call(row: &ExportRow) -> Vec<String> {
    vec![
        id(row),
        subject(row),
        local_minute(row),
        call_result(row),
        row.rep.clone(),
        note(row),
        own(&row.prospect_source_id),
        own(&row.deal_source_id),
        row.outcome.code().to_owned(),
    ]
}

fn pipedrive_deal(row: &ExportRow) -> Vec<String> {
    let closed = |outcome| {
        if row.outcome == outcome {
            local_second(row)
        } else {
            String::new()
        }
    };
    vec![
        id(row),
        title(row),
        won_or_lost(row, "Won", "Lost", "Open"),
        amount(row),
        currency(row),
        row.rep.clone(),
        row.prospect.clone(),
        row.company.clone(),
        closed(Outcome::Yes),
        closed(Outcome::No),
        lost_reason(row),
    ]
}

fn pipedrive_activity(row: &ExportRow) -> Vec<String> {
    vec![
        id(row),
        subject(row),
        match row.channel {
            Channel::Call => "Call",
            Channel::Email => "Email",
            Channel::Meeting | Channel::Visit => "Meeting",
            Channel::Message | Channel::Other => "Task",
        }
        .to_owned(),
        local_day(row),
        local(row)
            .filter(|(_, exact)| *exact)
            .map_or_else(String::new, |(at, _)| clock(at)),
        "Done".to_owned(),
        note(row),
        row.rep.clone(),
        row.prospect.clone(),
        row.company.clone(),
        row.deal.clone(),
        row.outcome.code().to_owned(),
    ]
}

fn salesforce_opportunity(row: &ExportRow) -> Vec<String> {
    vec![
        id(row),
        title(row),
        won_or_lost(row, "Closed Won", "Closed Lost", ""),
        local_day(row),
        amount(row),
        lost_reason(row),
    ]
}

fn salesforce_task(row: &ExportRow) -> Vec<String> {
    let is_call = row.channel == Channel::Call;
    vec![
        id(row),
        // Only a contact's own id goes there, not the one of their company.
        row.prospect_source_id
            .clone()
            .filter(|id| !id.starts_with("company:"))
            .unwrap_or_default(),
        own(&row.deal_source_id),
        subject(row),
        local_day(row),
        "Completed".to_owned(),
        match row.channel {
            // What a task is cannot be changed once it exists.
            _ if row.source_id.is_some() => "",
            Channel::Call => "Call",
            Channel::Email => "Email",
            _ => "Task",
        }
        .to_owned(),
        if is_call {
            call_result(row)
        } else {
            String::new()
        },
        note(row),
        row.outcome.code().to_owned(),
    ]
}

fn zoho_deal(row: &ExportRow) -> Vec<String> {
    vec![
        id(row),
        title(row),
        row.company.clone(),
        row.prospect.clone(),
        won_or_lost(row, "Closed Won", "Closed Lost", ""),
        local_day(row),
        amount(row),
        row.rep.clone(),
        lost_reason(row),
    ]
}

fn id(row: &ExportRow) -> String {
    own(&row.source_id)
}

fn own(id: &Option<String>) -> String {
    id.clone()
        .filter(|id| !id.starts_with("company:"))
        .unwrap_or_default()
}

/// A record must be called something.
fn title(row: &ExportRow) -> String {
    [&row.deal, &row.company, &row.prospect]
        .into_iter()
        .find(|text| !text.is_empty())
        .cloned()
        .unwrap_or_else(|| "Untitled".to_owned())
}

fn subject(row: &ExportRow) -> String {
    if row.source_id.is_some() {
        return String::new();
    }
    let who = if row.prospect.is_empty() {
        &row.company
    } else {
        &row.prospect
    };
    if who.is_empty() {
        return row.channel.label().to_owned();
    }
    format!("{}: {who}", row.channel.label())
}

fn won_or_lost(row: &ExportRow, won: &str, lost: &str, otherwise: &str) -> String {
    match row.outcome {
        Outcome::Yes => won,
        Outcome::No => lost,
        _ => otherwise,
    }
    .to_owned()
}

/// The words that HubSpot and Salesforce know for a call: somebody answered, or nobody did.
fn call_result(row: &ExportRow) -> String {
    if row.source_id.is_some() && !row.changed {
        return String::new();
    }
    if row.outcome == Outcome::NoReply {
        "No answer"
    } else {
        "Connected"
    }
    .to_owned()
}

fn lost_reason(row: &ExportRow) -> String {
    match row.outcome {
        Outcome::No if row.reason_label.is_empty() => row.reason.clone(),
        Outcome::No => row.reason_label.clone(),
        _ => String::new(),
    }
}

/// What a person reading the CRM should see.
fn note(row: &ExportRow) -> String {
    if row.source_id.is_some() {
        return String::new();
    }
    let mut out = row.outcome.label().to_owned();
    if !row.reason_label.is_empty() {
        out += &format!(": {}", row.reason_label);
    }
    if !row.words.is_empty() {
        out += &format!(". “{}”", row.words);
    }
    out
}

fn amount(row: &ExportRow) -> String {
    row.value
        .as_ref()
        .map(domain::Money::amount)
        .unwrap_or_default()
}

fn currency(row: &ExportRow) -> String {
    row.value
        .as_ref()
        .map(|value| value.currency.clone())
        .unwrap_or_default()
}

/// The clock where it happened, and whether more than the day is known.
fn local(row: &ExportRow) -> Option<(DateTime, bool)> {
    match row.when {
        When::Undated => None,
        When::Day(day) => Some((day.at(0, 0, 0, 0), false)),
        When::Instant(at) => Some((at.to_zoned(row.zone.rules()).datetime(), true)),
    }
}

fn local_day(row: &ExportRow) -> String {
    local(row).map_or_else(String::new, |(at, _)| at.date().to_string())
}

fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn local_minute(row: &ExportRow) -> String {
    match local(row) {
        None => String::new(),
        Some((at, false)) => at.date().to_string(),
        Some((at, true)) => format!("{} {}", at.date(), clock(at)),
    }
}

fn local_second(row: &ExportRow) -> String {
    match local(row) {
        Some((at, true)) => format!("{} {}:{:02}", at.date(), clock(at), at.second()),
        _ => local_day(row),
    }
}
