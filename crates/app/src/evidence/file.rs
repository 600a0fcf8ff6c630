//! Evidence from a file, which never enters a ledger.

use std::fs::File;
use std::path::Path;

use domain::{BUILT_IN_REASONS, Channel, Outcome, SaidBy, Stage, Zone, fold, name_key};
use evidence::Pooled;
use evidence::watch::Promise;
use exchange::{Mapping, Reader, Row, RowError, RowKind, RowResult};
use jiff::Timestamp;

use super::ask::{Ask, By, Numbering, Person, key_of};
use super::report::Report;
use super::study::Study;
use crate::ledger::lies_ahead;
use crate::{AppError, Kind, Result, error};

/// A file, and how to read it.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The file, CSV or Parquet.
    pub path: &'a Path,
    /// Which column holds what.
    pub mapping: &'a Mapping,
    /// The zone of times without an offset.
    pub zone: &'a Zone,
    /// What to tell attempts apart by.
    pub by: &'a [By],
    /// The moment of asking, in microseconds UTC: asks after it are none yet.
    pub now: i64,
    /// Days after which an e-mail or a message without an answer counts as no reply.
    pub no_reply_after_days: i64,
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// What it tells.
    pub report: Report,
    /// Rows read.
    pub rows: u64,
    /// Rows that could not be read, the first few of them.
    pub faults: Vec<RowError>,
    /// How many could not be read.
    pub left_out: u64,
    /// Open deals: no asks yet.
    pub open_deals: u64,
}

/// Faults that are told one by one.
const MOST_FAULTS: usize = 20;
const DAY: i64 = 86_400_000_000;

/// Reads a file and reports what its attempts tell.
///
/// A file in order of time is read as a stream, whatever its size; one out of order is kept in memory
/// and sorted. Each row counts as it stands, also when two carry one id. Several streams share one
/// promise, so that a file with several is read twice.
///
/// # Errors
/// When the file cannot be read, or holds no attempt.
pub fn of_file(given: Given<'_>, mut progress: impl FnMut(u64, u64)) -> Result<Read> {
    let pass = |pooled: Pooled, order, progress: &mut dyn FnMut(u64, u64)| {
        Pass::new(given, pooled).run(order, progress)
    };
    let (mut read, mut order) = pass(Pooled::default(), Order::AsItStands, &mut progress)?;
    if order == Order::ByTime {
        (read, order) = pass(Pooled::default(), order, &mut progress)?;
    }
    let streams = read.study.streams.len() as u64;
    if streams > 1 && !read.study.several {
        let promise = Promise::default().shared_by(streams);
        (read, _) = pass(Pooled::default().promising(promise), order, &mut progress)?;
    }
    if read.study.streams.is_empty() {
        if let Some(fault) = read.faults.first() {
            return Err(AppError::new(
                Kind::Invalid,
                format!(
                    "No row of the file could be read. Line {}: {}",
                    fault.line, fault.reason
                ),
            )
            .with_hint(
                "Say which column holds what with --map, and what values mean with --value.",
            ));
        }
        return Err(AppError::new(Kind::Invalid, "The file holds no attempt whose outcome is known.")
            .with_hint("Say which column tells what came of each, as in --map outcome=Result, and what its values mean, as in --value outcome:Won=yes."));
    }
    Ok(Read {
        report: read.study.report(given.now),
        rows: read.rows,
        faults: read.faults,
        left_out: read.left_out,
        open_deals: read.open_deals,
    })
}

/// How the asks of a file come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    AsItStands,
    ByTime,
}

/// One reading of the file.
struct Pass<'a> {
    given: Given<'a>,
    now: Timestamp,
    study: Study,
    numbering: Numbering,
    /// The latest time so far.
    latest: i64,
    rows: u64,
    faults: Vec<RowError>,
    left_out: u64,
    open_deals: u64,
}

impl<'a> Pass<'a> {
    fn new(given: Given<'a>, pooled: Pooled) -> Self {
        Self {
            given,
            now: Timestamp::from_microsecond(given.now).unwrap_or(Timestamp::MAX),
            study: Study::new(given.by, pooled),
            numbering: Numbering::default(),
            latest: i64::MIN,
            rows: 0,
            faults: Vec::new(),
            left_out: 0,
            open_deals: 0,
        }
    }

    /// Reads the file to its end, or to the first ask that is out of order.
    fn run(mut self, order: Order, progress: &mut dyn FnMut(u64, u64)) -> Result<(Self, Order)> {
        let file = File::open(self.given.path)
            .map_err(|e| AppError::file("Cannot read", self.given.path, &e))?;
        let mut reader = Reader::open(file, self.given.mapping, self.given.zone)
            .map_err(|e| AppError::new(Kind::Invalid, error::sentence(&e.to_string())))?;
        let mut kept = Vec::new();
        while let Some(row) = reader.next() {
            if reader.rows_read().is_multiple_of(4_096) {
                progress(reader.bytes_read(), reader.bytes_total());
            }
            let row = match row.and_then(|row| self.allowed(row)) {
                Ok(row) => row,
                Err(fault) => {
                    self.left_out += 1;
                    if self.faults.len() < MOST_FAULTS {
                        self.faults.push(fault);
                    }
                    continue;
                }
            };
            if row.result == RowResult::OpenDeal {
                self.open_deals += 1;
                continue;
            }
            let at = instant(&row);
            match order {
                Order::ByTime => kept.push(row),
                Order::AsItStands => {
                    // Undated asks stand before dated ones.
                    if at.unwrap_or(i64::MIN) < self.latest {
                        return Ok((self, Order::ByTime));
                    }
                    self.latest = at.unwrap_or(self.latest);
                    self.take(&row);
                }
            }
        }
        kept.sort_by_key(|row| instant(row).unwrap_or(i64::MIN));
        kept.iter().for_each(|row| self.take(row));
        self.rows = reader.rows_read();
        Ok((self, order))
    }

    fn allowed(&self, row: Row) -> std::result::Result<Row, RowError> {
        // What lies behind, as nearly every row does, costs one comparison.
        let ahead = row.kind == RowKind::Asks
            && instant(&row).is_some_and(|at| at > self.given.now)
            && lies_ahead(row.when, &row.zone, self.now);
        if ahead {
            let mut reason =
                "That time lies in the future; an ask counts when it has happened.".to_owned();
            // A file of today's calls in local time, read as UTC, is a few hours ahead.
            if self.given.mapping.zone.is_none() && row.zone == *self.given.zone {
                reason.push_str(&format!(
                    " Times without an offset are read in {}; another zone is named with --zone.",
                    row.zone.name()
                ));
            }
            return Err(RowError {
                line: row.line,
                column: String::new(),
                reason,
            });
        }
        Ok(row)
    }

    fn take(&mut self, row: &Row) {
        let RowResult::Attempt(outcome) = row.result else {
            return;
        };
        let at = instant(row);
        let channel = row.channel.unwrap_or(Channel::Other);
        let outcome = self.settled(outcome, channel, at);
        let key = row
            .prospect_external_id
            .as_ref()
            .map(|id| key_of(&("id", id)))
            .or_else(|| (!row.email.is_empty()).then(|| key_of(&("email", fold(&row.email)))))
            .or_else(|| (!row.phone.is_empty()).then(|| key_of(&("phone", &row.phone))))
            .or_else(|| name_key(&row.prospect, &row.company).map(|name| key_of(&("name", name))));
        let deal = row.deal_external_id.as_deref().unwrap_or(&row.deal);
        let deal = key_of(&deal);
        let reason = row
            .reason
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(code_of);
        let mut ask = Ask {
            rep: &row.rep,
            segment: row.segment.as_deref(),
            pitch: row.pitch.as_deref(),
            stage: row.stage.unwrap_or(if row.kind == RowKind::Deals {
                Stage::Negotiation
            } else {
                Stage::Opener
            }),
            channel,
            outcome: Outcome::No,
            dated: false,
            at: None,
            number: 1,
            prospect: key.map(|key| Person {
                key,
                name: &row.prospect,
                company: &row.company,
            }),
            reasons: Vec::new(),
            value: None,
        };
        for place in 1..row.attempts {
            let left = row.attempts - place;
            let given = row
                .ordinal
                .map(|last| last.saturating_sub(left))
                .filter(|n| *n > 0);
            // Asks of one row that names nobody are still of one prospect.
            ask.number = self.number(key, deal, given, place, false);
            self.study.push(&ask);
        }
        let yes = outcome == Outcome::Yes;
        ask.number = self.number(key, deal, row.ordinal, row.attempts, yes);
        ask.outcome = outcome;
        ask.dated = at.is_some();
        ask.at = at;
        ask.reasons = reason
            .map(|code| (code, row.said_by.unwrap_or(SaidBy::SellerGuess)))
            .into_iter()
            .collect();
        ask.value = row.value.as_ref();
        self.study.push(&ask);
    }

    /// The number of an ask: the one that is given, which needs nothing kept of its prospect; else its
    /// place among their asks, or in its row where that names nobody.
    fn number(
        &mut self,
        prospect: Option<u64>,
        deal: u64,
        given: Option<u32>,
        place: u32,
        yes: bool,
    ) -> u32 {
        match given {
            Some(number) => number.max(1),
            None if prospect.is_none() => place.max(1),
            None => self.numbering.number(prospect, deal, None, yes),
        }
    }

    /// An e-mail or a message that nobody answered for long enough is a “no reply”.
    fn settled(&self, outcome: Outcome, channel: Channel, at: Option<i64>) -> Outcome {
        let waited =
            at.is_some_and(|at| at + self.given.no_reply_after_days * DAY < self.given.now);
        match (outcome, channel) {
            (Outcome::Unknown, Channel::Email | Channel::Message) if waited => Outcome::NoReply,
            _ => outcome,
        }
    }
}

fn instant(row: &Row) -> Option<i64> {
    row.when.instant(&row.zone).map(|at| at.as_microsecond())
}

/// The code of a reason that Rebound knows by its code or label; any other is its own.
fn code_of(text: &str) -> &str {
    BUILT_IN_REASONS
        .iter()
        .find(|(code, label)| code.eq_ignore_ascii_case(text) || fold(label) == fold(text))
        .map_or(text, |(code, _)| code)
}
