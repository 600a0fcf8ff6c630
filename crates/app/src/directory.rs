//! Lists for programs: prospects, deals and follow-ups page by page, each page beginning where the
//! one before ended, so that what is added meanwhile is neither missed nor shown twice.

use domain::{Deal, DealId, DealState, FollowUp, FollowUpId, Prospect, ProspectId};
use jiff::civil::Date;
use store::tables::{deal, follow_up, prospect};

use crate::act::{hex, unhex};
use crate::{Act, AppError, Result, Seller, prospects};

/// A page and where the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Where the next page begins; nothing on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page out of rows of which one more was read than it holds, where there are more.
    fn of(mut rows: Vec<T>, limit: usize, place: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(place);
        Self { rows, next }
    }
}

/// Everybody in sight by name, or those that every word of a text leads to.
///
/// # Errors
/// When the place cannot be read.
pub fn prospects(
    act: &mut Act<'_, '_>,
    me: &Seller,
    text: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Prospect>> {
    let after = after.map(name_place).transpose()?;
    let rows = if text.trim().is_empty() {
        everybody(act, after, limit + 1)?
    } else {
        found(act, me, text, after, limit + 1)?
    };
    let place = |p: &Prospect| {
        format!(
            "{}.{}",
            hex(prospect::sort_key(p).as_bytes()),
            hex(p.id.as_bytes())
        )
    };
    Ok(Page::of(rows, limit, place))
}

fn everybody(
    act: &mut Act<'_, '_>,
    after: Option<(String, [u8; 16])>,
    wanted: usize,
) -> Result<Vec<Prospect>> {
    let (mut key, mut id) = after.map_or((String::new(), Vec::new()), |(k, id)| (k, id.to_vec()));
    let mut rows = Vec::new();
    let batch = i64::try_from(wanted).unwrap_or(i64::MAX);
    loop {
        let some = prospect::after(act.tx, &key, &id, batch)?;
        let Some((last_key, last)) = some.last() else {
            return Ok(rows);
        };
        (key, id) = (last_key.clone(), last.id.as_bytes().to_vec());
        for (_, p) in some {
            if p.root == p.id && !p.forgotten && !p.taken_back && rows.len() < wanted {
                rows.push(p);
            }
        }
        if rows.len() >= wanted {
            return Ok(rows);
        }
    }
}

fn found(
    act: &mut Act<'_, '_>,
    me: &Seller,
    text: &str,
    after: Option<(String, [u8; 16])>,
    wanted: usize,
) -> Result<Vec<Prospect>> {
    let ids: Vec<ProspectId> = prospects::find(act, me, text, usize::MAX)?
        .into_iter()
        .map(|w| w.id)
        .collect();
    let mut rows = prospect::get_many(act.tx, &ids)?;
    rows.sort_by_cached_key(|p| (prospect::sort_key(p), p.id));
    if let Some((key, id)) = after {
        rows.retain(|p| (prospect::sort_key(p), *p.id.as_bytes()) > (key.clone(), id));
    }
    rows.truncate(wanted);
    Ok(rows)
}

/// One's own deals, newest first.
///
/// # Errors
/// When the place cannot be read.
pub fn deals(
    act: &mut Act<'_, '_>,
    me: &Seller,
    state: Option<DealState>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Deal>> {
    let (at, id) = match after.map(time_place).transpose()? {
        Some((at, id)) => (at, DealId::from_bytes(id)),
        None => (i64::MAX, DealId::from_bytes([255; 16])),
    };
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = deal::before(act.tx, me.id(), state, (at, id), most)?;
    let place = |d: &Deal| format!("{}.{}", d.created_at, hex(d.id.as_bytes()));
    Ok(Page::of(rows, limit, place))
}

/// One's own open follow-ups that are due by the end of a day, earliest first.
///
/// # Errors
/// When the place cannot be read.
pub fn follow_ups(
    act: &mut Act<'_, '_>,
    me: &Seller,
    until: Option<Date>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<FollowUp>> {
    let until = until.unwrap_or_else(|| me.zone().day_of(act.now));
    let ends = me.zone().end_of(until).as_microsecond();
    let (at, id) = match after.map(time_place).transpose()? {
        Some((at, id)) => (at, FollowUpId::from_bytes(id)),
        None => (i64::MIN, FollowUpId::from_bytes([0; 16])),
    };
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = follow_up::due_after(act.tx, me.id(), ends, (at, id), most)?;
    let place = |f: &FollowUp| {
        let due = f.due.instant(&f.zone).map_or(0, |t| t.as_microsecond());
        format!("{due}.{}", hex(f.id.as_bytes()))
    };
    Ok(Page::of(rows, limit, place))
}

fn sixteen(text: &str) -> Option<[u8; 16]> {
    unhex(text)?.try_into().ok()
}

fn name_place(text: &str) -> Result<(String, [u8; 16])> {
    text.split_once('.')
        .and_then(|(key, id)| Some((String::from_utf8(unhex(key)?).ok()?, sixteen(id)?)))
        .filter(|(key, _)| !key.contains('\0'))
        .ok_or_else(wrong)
}

fn time_place(text: &str) -> Result<(i64, [u8; 16])> {
    text.split_once('.')
        .and_then(|(at, id)| Some((at.parse().ok()?, sixteen(id)?)))
        .ok_or_else(wrong)
}

fn wrong() -> AppError {
    AppError::invalid(
        "cursor",
        "That page is not there any more. Begin the list again.",
    )
}
