//! The ledger as a list: pages of attempts in the order of time, and the people beside them in the
//! order of their names.

use std::collections::{HashMap, HashSet};

use domain::{Attempt, AttemptId, Channel, Outcome, PersonId, ProspectId, Stage};

use super::attempt::{self, Place, attempt_columns};
use super::{each_of, sixty_four};
use crate::sql::{Sql, statements};
use crate::{Result, Row, Tx};

/// What is left to filter once an index has been chosen.
macro_rules! filters {
    () => {
        " AND ord >= $5 AND (CAST($6 AS TEXT) IS NULL OR outcome = $6) AND (CAST($7 AS TEXT) IS NULL OR reason = $7) AND (CAST($8 AS TEXT) IS NULL OR stage = $8) AND (CAST($9 AS TEXT) IS NULL OR channel = $9) AND (CAST($10 AS TEXT) IS NULL OR segment = $10) AND (CAST($11 AS TEXT) IS NULL OR ($11 = 'said' AND reason_prospect IS NOT NULL) OR ($11 = 'guess' AND reason_prospect IS NULL AND reason <> '') OR ($11 = 'none' AND reason = ''))"
    };
}

macro_rules! newest {
    ($columns:expr, $index:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM attempt WHERE owner = $1 AND voided = 0",
            $index,
            " AND (ord, seq, id) < ($2, $3, $4)",
            filters!(),
            " ORDER BY ord DESC, seq DESC, id DESC LIMIT $12"
        )
    };
}

macro_rules! oldest {
    ($columns:expr, $index:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM attempt WHERE owner = $1 AND voided = 0",
            $index,
            " AND (ord, seq, id) > ($2, $3, $4)",
            filters!(),
            " AND ord <= $13 ORDER BY ord, seq, id LIMIT $12"
        )
    };
}

macro_rules! places {
    () => {
        "ord, seq, id, prospect"
    };
}

statements! {
    NEWEST = newest!(attempt_columns!(), "");
    NEWEST_BY_OUTCOME = newest!(attempt_columns!(), " AND outcome = $6");
    NEWEST_BY_REASON = newest!(attempt_columns!(), " AND reason = $7 AND reason <> ''");
    OLDEST = oldest!(attempt_columns!(), "");
    OLDEST_BY_OUTCOME = oldest!(attempt_columns!(), " AND outcome = $6");
    OLDEST_BY_REASON = oldest!(attempt_columns!(), " AND reason = $7 AND reason <> ''");
    NEWEST_PLACES = newest!(places!(), "");
    NEWEST_PLACES_BY_OUTCOME = newest!(places!(), " AND outcome = $6");
    NEWEST_PLACES_BY_REASON = newest!(places!(), " AND reason = $7 AND reason <> ''");
    OLDEST_PLACES = oldest!(places!(), "");
    OLDEST_PLACES_BY_OUTCOME = oldest!(places!(), " AND outcome = $6");
    OLDEST_PLACES_BY_REASON = oldest!(places!(), " AND reason = $7 AND reason <> ''");
    // What the index on prospects holds, and no more: the rows themselves are not read.
    PLACES_WITH = "SELECT ", places!(), " FROM attempt WHERE prospect IN ", sixty_four!();
    STANDING_FOR = "SELECT root, COUNT(*) FROM prospect WHERE root IN ", sixty_four!(), " GROUP BY root";
    FAMILIES = "SELECT id, root FROM prospect WHERE root IN (SELECT root FROM prospect WHERE id IN ", sixty_four!(), ")";
    KEYS = "SELECT sort_key, id FROM prospect WHERE merged_into IS NULL AND id IN ", sixty_four!();
    PEOPLE_AFTER = "SELECT sort_key, id FROM prospect WHERE merged_into IS NULL AND (sort_key, id) > ($1, $2) ORDER BY sort_key, id LIMIT $3";
    PEOPLE_BEFORE = "SELECT sort_key, id FROM prospect WHERE merged_into IS NULL AND (sort_key, id) < ($1, $2) ORDER BY sort_key DESC, id DESC LIMIT $3";
}

/// Whose word a reason must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The prospect's.
    Said,
    /// Only a guess, or somebody else's.
    Guess,
    /// There is no reason yet.
    None,
}

impl Word {
    fn code(self) -> &'static str {
        match self {
            Self::Said => "said",
            Self::Guess => "guess",
            Self::None => "none",
        }
    }
}

/// Which attempts to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of this outcome.
    pub outcome: Option<Outcome>,
    /// With this leading reason.
    pub reason: Option<String>,
    /// At this stage.
    pub stage: Option<Stage>,
    /// By this channel.
    pub channel: Option<Channel>,
    /// In this segment.
    pub segment: Option<String>,
    /// With a reason by this voice.
    pub word: Option<Word>,
    /// Not before this (microseconds UTC).
    pub from: Option<i64>,
    /// Not after this (microseconds UTC).
    pub to: Option<i64>,
}

impl Filter {
    /// Whether an attempt passes.
    pub fn passes(&self, a: &Attempt) -> bool {
        let leading = a.reasons.leading();
        !a.voided
            && self.outcome.is_none_or(|o| a.outcome == o)
            && self
                .reason
                .as_deref()
                .is_none_or(|r| leading.is_some_and(|(code, _)| code == r))
            && self.stage.is_none_or(|s| a.stage == s)
            && self.channel.is_none_or(|c| a.channel == c)
            && (self.segment.is_none() || self.segment == a.segment)
            && self.word.is_none_or(|w| match w {
                Word::Said => a.reasons.prospect.is_some(),
                Word::Guess => a.reasons.prospect.is_none() && leading.is_some(),
                Word::None => leading.is_none(),
            })
            && self.from.is_none_or(|t| a.order >= t)
            && self.to.is_none_or(|t| a.order <= t)
    }
}

/// Which part of the list to read.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Whose attempts.
    pub owner: PersonId,
    /// What they must be.
    pub filter: &'a Filter,
    /// Newest first, or oldest first.
    pub newest: bool,
    /// Beyond this place.
    pub from: Place,
    /// At most so many.
    pub limit: usize,
}

impl Part<'_> {
    /// Runs the statement of the index that suits: of all, of one outcome, of one reason.
    fn read<T>(
        &self,
        tx: &mut Tx<'_>,
        newest: [Sql; 3],
        oldest: [Sql; 3],
        f: impl Fn(Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let [all, by_outcome, by_reason] = if self.newest { newest } else { oldest };
        let filter = self.filter;
        let sql = match (&filter.reason, filter.outcome) {
            (Some(_), _) => by_reason,
            (None, Some(_)) => by_outcome,
            (None, None) => all,
        };
        let to = filter.to.unwrap_or(i64::MAX);
        let from = if self.newest && self.from.order > to {
            Place {
                order: to,
                ..Place::LAST
            }
        } else {
            self.from
        };
        tx.all(
            sql,
            &[
                (&self.owner).into(),
                from.order.into(),
                from.seq.into(),
                (&from.id).into(),
                filter.from.unwrap_or(i64::MIN).into(),
                filter.outcome.map(Outcome::code).into(),
                filter.reason.as_deref().into(),
                filter.stage.map(Stage::code).into(),
                filter.channel.map(Channel::code).into(),
                filter.segment.as_deref().into(),
                filter.word.map(Word::code).into(),
                i64::try_from(self.limit).unwrap_or(i64::MAX).into(),
                to.into(),
            ],
            f,
        )
    }
}

/// A part of the list.
pub fn attempts(tx: &mut Tx<'_>, part: &Part<'_>) -> Result<Vec<Attempt>> {
    part.read(
        tx,
        [NEWEST, NEWEST_BY_OUTCOME, NEWEST_BY_REASON],
        [OLDEST, OLDEST_BY_OUTCOME, OLDEST_BY_REASON],
        attempt::attempt,
    )
}

fn place(row: Row<'_>) -> Result<(Place, ProspectId)> {
    let place = Place {
        order: row.int(0)?,
        seq: row.int(1)?,
        id: AttemptId::from_bytes(row.sixteen(2)?),
    };
    Ok((place, ProspectId::from_bytes(row.sixteen(3)?)))
}

/// Where the attempts of a part of the list stand, and with whom they were.
pub fn places(tx: &mut Tx<'_>, part: &Part<'_>) -> Result<Vec<(Place, ProspectId)>> {
    part.read(
        tx,
        [
            NEWEST_PLACES,
            NEWEST_PLACES_BY_OUTCOME,
            NEWEST_PLACES_BY_REASON,
        ],
        [
            OLDEST_PLACES,
            OLDEST_PLACES_BY_OUTCOME,
            OLDEST_PLACES_BY_REASON,
        ],
        place,
    )
}

fn keys(ids: &[ProspectId]) -> Vec<[u8; 16]> {
    ids.iter().map(|id| *id.as_bytes()).collect()
}

/// Where the attempts with these prospects stand: everybody's, void ones too, in no order.
pub fn places_with(tx: &mut Tx<'_>, people: &[ProspectId]) -> Result<Vec<(Place, ProspectId)>> {
    let mut out = Vec::new();
    each_of(tx, PLACES_WITH, &keys(people), |row| {
        out.push(place(row)?);
        Ok(())
    })?;
    Ok(out)
}

/// These prospects and all who were merged with one of them, each with the one that stands for
/// them. Most stand for themselves alone, which an index tells without the rows.
pub fn families(tx: &mut Tx<'_>, people: &[ProspectId]) -> Result<HashMap<ProspectId, ProspectId>> {
    let mut alone = HashSet::new();
    each_of(tx, STANDING_FOR, &keys(people), |row| {
        if row.int(1)? == 1 {
            alone.insert(ProspectId::from_bytes(row.sixteen(0)?));
        }
        Ok(())
    })?;
    let merged: Vec<ProspectId> = people
        .iter()
        .copied()
        .filter(|id| !alone.contains(id))
        .collect();
    let mut out: HashMap<ProspectId, ProspectId> = alone.into_iter().map(|id| (id, id)).collect();
    each_of(tx, FAMILIES, &keys(&merged), |row| {
        out.insert(
            ProspectId::from_bytes(row.sixteen(0)?),
            ProspectId::from_bytes(row.sixteen(1)?),
        );
        Ok(())
    })?;
    Ok(out)
}

/// Where somebody stands in the order of names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// What names are sorted by.
    pub key: String,
    /// Who: one that stands for all merged with them.
    pub id: ProspectId,
}

fn name(row: Row<'_>) -> Result<Name> {
    Ok(Name {
        key: row.text(0)?.to_owned(),
        id: ProspectId::from_bytes(row.sixteen(1)?),
    })
}

/// The names of these, in no order; those merged into another are left out.
pub fn names(tx: &mut Tx<'_>, people: &[ProspectId]) -> Result<Vec<Name>> {
    let mut out = HashMap::new();
    each_of(tx, KEYS, &keys(people), |row| {
        let name = name(row)?;
        out.insert(name.id, name);
        Ok(())
    })?;
    Ok(out.into_values().collect())
}

/// The next names after one, or with `back` those before it, nearest first.
pub fn names_beyond(tx: &mut Tx<'_>, from: &Name, back: bool, limit: usize) -> Result<Vec<Name>> {
    let sql = if back { PEOPLE_BEFORE } else { PEOPLE_AFTER };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.all(
        sql,
        &[from.key.as_str().into(), (&from.id).into(), limit.into()],
        name,
    )
}
