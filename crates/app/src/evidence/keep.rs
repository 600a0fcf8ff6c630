//! What a seller's attempts say, kept beside them.
//!
//! A state is kept as of the last ask, and another every [`EVERY`] asks on the way. Logging folds one
//! ask into the last; a correction or something that comes in late takes away the states from its
//! place on, and what follows is folded again from the one before. What would take long is left to
//! [`catch_up`]; whoever looks meanwhile folds it for themselves, so that what is shown is never old.

use std::collections::{HashMap, HashSet};

use domain::{Outcome, PersonId, ProspectId, SaidBy};
use evidence::{Before, Evidence, Pooled, Raised};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::tables::attempt::Place;
use store::tables::evidence::{self as kept, Kept};

use super::ask::{Numbering, key_of};
use super::watched;
use crate::{Act, AppError, Kind, Result};

/// Asks between states that are kept on the way.
const EVERY: i64 = 1_024;
/// From so many asks on, an act leaves them to be folded later.
const SOON: usize = 2_048;
/// Asks that are folded in one go while nobody waits: some tens of milliseconds, and a megabyte.
const SLICE: usize = 4_096;
/// How states are written; one of another way is folded again.
const VERSION: u8 = 1;

/// What a person's attempts say now. Keeps nothing.
pub(super) fn of(act: &mut Act<'_, '_>, person: PersonId) -> Result<Evidence> {
    let mut walk = Walk::begin(act, person)?;
    loop {
        let asks = walk.asks(act, person, SLICE)?;
        if asks.is_empty() {
            return Ok(walk.evidence);
        }
        walk.fold(act, person, &asks)?;
    }
}

/// What a person's attempts say now, where it is at hand: nothing while so much is left to be folded
/// that a page which is opened all day should not wait for it. Keeps nothing.
pub(crate) fn at_hand(act: &mut Act<'_, '_>, person: PersonId) -> Result<Option<Evidence>> {
    let mut walk = Walk::begin(act, person)?;
    let asks = walk.asks(act, person, SOON)?;
    if asks.len() == SOON {
        return Ok(None);
    }
    walk.fold(act, person, &asks)?;
    Ok(Some(walk.evidence))
}

/// Folds what an act changed, in its own transaction; says whether nothing is left to fold.
pub(crate) fn settle(act: &mut Act<'_, '_>, person: PersonId) -> Result<bool> {
    let walk = Walk::begin(act, person)?;
    let asks = walk.asks(act, person, SOON)?;
    if asks.len() == SOON {
        kept::left_behind(act.tx, person)?;
        return Ok(false);
    }
    forward(act, person, walk, &asks, true)?;
    kept::caught_up(act.tx, person)?;
    Ok(true)
}

/// Folds a part of what is left of one person; says whether there may be more to do.
///
/// # Errors
/// When the database cannot.
pub fn catch_up(act: &mut Act<'_, '_>) -> Result<bool> {
    let Some(person) = kept::behind(act.tx, 1)?.pop() else {
        return super::pooling::begin_month(act);
    };
    kept::turn(act.tx, person)?;
    let walk = Walk::begin(act, person)?;
    let asks = walk.asks(act, person, SLICE)?;
    let all = asks.len() < SLICE;
    forward(act, person, walk, &asks, all)?;
    if all {
        kept::caught_up(act.tx, person)?;
    }
    Ok(true)
}

/// Folds these asks, which are `all` that is left or not, and keeps what came of it.
fn forward(
    act: &mut Act<'_, '_>,
    person: PersonId,
    mut walk: Walk,
    asks: &[kept::Ask],
    all: bool,
) -> Result<()> {
    if walk.unreadable {
        kept::drop_all(act.tx, person)?;
    }
    let before = walk.place;
    walk.on_the_way = Some(Vec::new());
    walk.fold(act, person, asks)?;
    for one in walk.on_the_way.take().unwrap_or_default() {
        kept::keep_on_the_way(act.tx, person, &one)?;
    }
    if walk.folded > 0 {
        kept::keep(act.tx, person, &walk.kept()?)?;
    }
    // An alarm beyond the last ask was raised by one that is not there any more.
    let until = if all { Place::LAST } else { walk.place };
    watched::reconcile(act, person, (before, until), &walk.raised)
}

/// The state as it was written; nothing where that was another way.
pub(super) fn decoded(state: &[u8]) -> Option<Evidence> {
    let (version, state) = state.split_first()?;
    (*version == VERSION)
        .then(|| postcard::from_bytes(state).ok())
        .flatten()
}

/// A walk through a person's asks from the last state that is kept.
struct Walk {
    evidence: Evidence,
    folded: i64,
    place: Place,
    /// What is kept was written another way.
    unreadable: bool,
    /// Where it began; nothing came before the first place.
    start: Place,
    numbering: Numbering,
    before: HashMap<ProspectId, Before>,
    pools: Vec<(i64, Option<Pooled>)>,
    raised: Vec<(Place, Raised)>,
    /// States to be kept on the way, where any are.
    on_the_way: Option<Vec<Kept>>,
}

impl Walk {
    fn begin(act: &mut Act<'_, '_>, person: PersonId) -> Result<Self> {
        let kept = kept::latest(act.tx, person)?;
        let there = kept.is_some();
        let known = kept.and_then(|kept| Some((decoded(&kept.state)?, kept.folded, kept.place)));
        let unreadable = there && known.is_none();
        let (evidence, folded, place) = known.unwrap_or((Evidence::default(), 0, Place::FIRST));
        let pools = kept::pooled(act.tx)?
            .into_iter()
            .map(|pool| {
                let value = pool
                    .value
                    .and_then(|value| postcard::from_bytes(&value).ok());
                (pool.at, value)
            })
            .collect();
        Ok(Self {
            evidence,
            folded,
            place,
            unreadable,
            start: place,
            numbering: Numbering::default(),
            before: HashMap::new(),
            pools,
            raised: Vec::new(),
            on_the_way: None,
        })
    }

    fn kept(&self) -> Result<Kept> {
        let state = postcard::to_extend(&self.evidence, vec![VERSION])
            .map_err(|e| AppError::new(Kind::Internal, format!("A state was not written: {e}.")))?;
        Ok(Kept {
            place: self.place,
            folded: self.folded,
            state,
        })
    }

    /// The asks that come next, so many at most.
    fn asks(&self, act: &mut Act<'_, '_>, person: PersonId, most: usize) -> Result<Vec<kept::Ask>> {
        let mut asks = Vec::new();
        kept::later(act.tx, person, self.place, most as i64, |ask| {
            asks.push(ask);
            Ok(())
        })?;
        Ok(asks)
    }

    /// Folds them.
    fn fold(&mut self, act: &mut Act<'_, '_>, person: PersonId, asks: &[kept::Ask]) -> Result<()> {
        self.remember(act, person, asks)?;
        for ask in asks {
            self.place = ask.place;
            self.folded += 1;
            self.take(ask);
            if self.folded % EVERY == 0 && self.on_the_way.is_some() {
                let kept = self.kept()?;
                self.on_the_way.get_or_insert_default().push(kept);
            }
        }
        Ok(())
    }

    /// What was asked of these prospects before the walk began.
    fn remember(
        &mut self,
        act: &mut Act<'_, '_>,
        person: PersonId,
        asks: &[kept::Ask],
    ) -> Result<()> {
        if self.start == Place::FIRST {
            return Ok(());
        }
        let unknown: HashSet<ProspectId> = asks
            .iter()
            .map(|ask| ask.root)
            .filter(|root| !self.before.contains_key(root))
            .collect();
        let unknown: Vec<ProspectId> = unknown.into_iter().collect();
        kept::earlier(act.tx, person, &unknown, self.start, |ask| {
            self.number(&ask);
            Ok(())
        })?;
        Ok(())
    }

    /// The number of an ask, and the one before it.
    fn number(&mut self, ask: &kept::Ask) -> (u32, Option<Before>) {
        let yes = ask.outcome == Outcome::Yes;
        let (prospect, deal) = (key_of(&ask.root), key_of(&ask.deal));
        let number = self
            .numbering
            .number(Some(prospect), deal, ask.ordinal, yes);
        let before = self.before.get(&ask.root).copied();
        let now = Before {
            outcome: ask.outcome,
            at: ask.at.or(before.and_then(|before| before.at)),
        };
        self.before.insert(ask.root, now);
        (number, before)
    }

    fn take(&mut self, ask: &kept::Ask) {
        let (number, before) = self.number(ask);
        let reasons: Vec<(SaidBy, &str)> = ask
            .reasons
            .iter()
            .map(|(voice, code)| (*voice, code.as_str()))
            .collect();
        let common = ask.at.and_then(|at| {
            let known = self.pools.iter().rev().find(|(from, _)| *from <= at);
            known.and_then(|(_, value)| value.as_ref())
        });
        let raised = self.evidence.fold(
            &evidence::Ask {
                outcome: ask.outcome,
                stage: ask.stage,
                channel: ask.channel,
                segment: ask.segment.as_deref(),
                pitch: ask.pitch.as_deref(),
                number,
                at: ask.at,
                month: ask.at.and_then(month_of),
                before,
                reasons: &reasons,
                value: ask.value.as_ref(),
            },
            common,
        );
        let place = ask.place;
        self.raised
            .extend(raised.into_iter().map(|raised| (place, raised)));
    }
}

/// The calendar month of an instant in UTC, as year times twelve plus month from 0.
pub(super) fn month_of(at: i64) -> Option<i32> {
    let at = Timestamp::from_microsecond(at).ok()?;
    let day = TimeZone::UTC.to_datetime(at).date();
    Some(i32::from(day.year()) * 12 + i32::from(day.month()) - 1)
}
