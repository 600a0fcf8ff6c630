//! What a seller's attempts say, kept beside them: states as far as a place in their order, whose are
//! behind, and what many sellers' say together. The states themselves are the caller's to read.

use domain::{Channel, DealId, Money, Outcome, PersonId, ProspectId, SaidBy, Stage};

use super::attempt::{Place, place};
use super::each_of_with;
use crate::sql::{Sql, statements};
use crate::{Result, Row, StoreError, Tx, Value};

/// What an ask is judged by.
macro_rules! narrow {
    () => {
        "a.ord, a.seq, a.id, p.root, a.deal, a.at, a.outcome, a.stage, a.channel, a.segment, a.pitch, a.ordinal, a.reason_prospect, a.reason_guess, a.reason_other, a.value, a.currency"
    };
}

statements! {
    TURN = "INSERT INTO evidence (person, turn, behind) VALUES ($1, 1, 1) ON CONFLICT (person) DO UPDATE SET turn = evidence.turn + 1";
    CHANGED = "INSERT INTO evidence (person, turn, behind) VALUES ($1, 1, 1) ON CONFLICT (person) DO UPDATE SET turn = evidence.turn + 1, state = CASE WHEN (evidence.ord, evidence.seq, evidence.id) >= ($2, $3, $4) THEN NULL ELSE evidence.state END";
    CAUGHT_UP = "UPDATE evidence SET behind = 0 WHERE person = $1 AND behind = 1";
    LEFT_BEHIND = "UPDATE evidence SET behind = 1 WHERE person = $1 AND behind = 0";
    BEHIND = "SELECT person FROM evidence WHERE behind = 1 ORDER BY person LIMIT $1";
    ALL_BEHIND = "INSERT INTO evidence (person, turn, behind) SELECT DISTINCT owner, 1, 1 FROM attempt WHERE true ON CONFLICT (person) DO UPDATE SET behind = 1, state = NULL";
    DROP_LAST_FROM = "UPDATE evidence SET state = NULL WHERE person = $1 AND (ord, seq, id) >= ($2, $3, $4)";
    DROP_FROM = "DELETE FROM evidence_state WHERE person = $1 AND (ord, seq, id) >= ($2, $3, $4)";
    DROP_SINCE = "DELETE FROM evidence_state WHERE ord >= $1";
    BEHIND_SINCE = "UPDATE evidence SET behind = 1, state = NULL WHERE ord >= $1";
    CLEAR = "DELETE FROM evidence_state";
    NOBODY = "DELETE FROM evidence";
    LAST = "SELECT ord, seq, id, folded, state FROM evidence WHERE person = $1 AND state IS NOT NULL";
    ON_THE_WAY = "SELECT ord, seq, id, folded, state FROM evidence_state WHERE person = $1 ORDER BY ord DESC, seq DESC, id DESC LIMIT 1";
    EVERYBODY = "SELECT e.person, e.state FROM evidence e JOIN person p ON p.id = e.person WHERE p.standing <> 'placeholder' AND e.state IS NOT NULL ORDER BY e.person";
    PUT = "INSERT INTO evidence_state (person, ord, seq, id, folded, state) VALUES ($1, $2, $3, $4, $5, $6)";
    KEEP = "UPDATE evidence SET ord = $2, seq = $3, id = $4, folded = $5, state = $6 WHERE person = $1";
    LATER = "SELECT ", narrow!(), " FROM attempt a JOIN prospect p ON p.id = a.prospect WHERE a.owner = $1 AND a.voided = 0 AND (a.ord, a.seq, a.id) > ($2, $3, $4) ORDER BY a.ord, a.seq, a.id LIMIT $5";
    EARLIER = "SELECT ", narrow!(), " FROM prospect p JOIN attempt a ON a.prospect = p.id WHERE p.root IN ", super::sixty_four!(), " AND a.owner = $65 AND a.voided <> 1 AND (a.ord, a.seq, a.id) <= ($66, $67, $68) ORDER BY a.ord, a.seq, a.id";
    ASKED = "SELECT p.root, a.deal, a.at, a.outcome, a.stage, a.channel, a.segment, a.ordinal FROM prospect p JOIN attempt a ON a.prospect = p.id WHERE p.root IN ", super::sixty_four!(), " AND a.owner = $65 AND a.voided <> 1 ORDER BY a.ord, a.seq, a.id";
    OF_GROUPS = "SELECT a.owner, MIN(a.ord) FROM attempt a WHERE a.prospect IN (SELECT id FROM prospect WHERE root IN ($1, $2)) GROUP BY a.owner ORDER BY a.owner";
    POOLED = "SELECT month, at, people, value FROM pooled ORDER BY at, month";
    POOL = "INSERT INTO pooled (month, at, people, value) VALUES ($1, $2, $3, $4) ON CONFLICT (month) DO NOTHING";
    POOLED_MONTH = "SELECT people FROM pooled WHERE month = $1";
}

/// An ask as it is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Where it stands.
    pub place: Place,
    /// The prospect, or whom they were merged with.
    pub root: ProspectId,
    /// The deal it served.
    pub deal: Option<DealId>,
    /// When, in microseconds UTC.
    pub at: Option<i64>,
    /// What came of it.
    pub outcome: Outcome,
    /// At which stage.
    pub stage: Stage,
    /// By which way.
    pub channel: Channel,
    /// The segment's code.
    pub segment: Option<String>,
    /// The pitch's code.
    pub pitch: Option<String>,
    /// Which ask of its prospect it was, where the source says.
    pub ordinal: Option<u32>,
    /// Why it was a no, by each voice.
    pub reasons: Vec<(SaidBy, String)>,
    /// What was at stake.
    pub value: Option<Money>,
}

fn ask(row: Row<'_>) -> Result<Ask> {
    let mut reasons = Vec::new();
    for (at, voice) in [
        (12, SaidBy::Prospect),
        (13, SaidBy::SellerGuess),
        (14, SaidBy::ThirdParty),
    ] {
        reasons.extend(row.opt_string(at)?.map(|code| (voice, code)));
    }
    let ordinal = row.opt_int(11)?.map(u32::try_from).transpose();
    Ok(Ask {
        place: place(row)?,
        root: ProspectId::from_bytes(row.sixteen(3)?),
        deal: row.opt_sixteen(4)?.map(DealId::from_bytes),
        at: row.opt_int(5)?,
        outcome: row.text(6)?.parse().map_err(StoreError::value)?,
        stage: row.text(7)?.parse().map_err(StoreError::value)?,
        channel: row.text(8)?.parse().map_err(StoreError::value)?,
        segment: row.opt_string(9)?,
        pitch: row.opt_string(10)?,
        ordinal: ordinal.map_err(StoreError::value)?,
        reasons,
        value: super::deal::money(row, 15)?,
    })
}

fn at(place: Place) -> [Value<'static>; 3] {
    [
        place.order.into(),
        place.seq.into(),
        Value::Bytes(place.id.as_bytes().to_vec().into()),
    ]
}

/// Something changed in a person's attempts at this place: what was folded from there on is void, and
/// changes of this person's evidence wait for this one.
pub(crate) fn changed(tx: &mut Tx<'_>, person: PersonId, from: Place) -> Result<()> {
    tx.touched.push(person);
    let [ord, seq, id] = at(from);
    let params = [(&person).into(), ord, seq, id];
    tx.exec(CHANGED, &params)?;
    tx.exec(DROP_FROM, &params).map(drop)
}

/// Two prospects were told apart or are one from now on: asks of both have other numbers.
pub(crate) fn regrouped(tx: &mut Tx<'_>, one: ProspectId, other: ProspectId) -> Result<()> {
    let owners = tx.all(OF_GROUPS, &[(&one).into(), (&other).into()], |row| {
        Ok((PersonId::from_bytes(row.sixteen(0)?), row.int(1)?))
    })?;
    for (owner, order) in owners {
        changed(
            tx,
            owner,
            Place {
                order,
                ..Place::FIRST
            },
        )?;
    }
    Ok(())
}

/// Drops all of it, before a restore.
pub(crate) fn wipe(tx: &mut Tx<'_>) -> Result<()> {
    tx.exec(CLEAR, &[])?;
    tx.exec(NOBODY, &[]).map(drop)
}

/// Drops every state, before a rebuild.
pub(crate) fn clear(tx: &mut Tx<'_>) -> Result<()> {
    tx.dropped = true;
    tx.exec(CLEAR, &[])?;
    tx.exec(ALL_BEHIND, &[]).map(drop)
}

/// Waits until no other transaction changes this person's evidence, and lets none until this one ends.
pub fn turn(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(TURN, &[(&person).into()]).map(drop)
}

/// Drops what is kept of a person, because it cannot be read any more.
pub fn drop_all(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    let [ord, seq, id] = at(Place::FIRST);
    let params = [(&person).into(), ord, seq, id];
    tx.exec(DROP_LAST_FROM, &params)?;
    tx.exec(DROP_FROM, &params).map(drop)
}

/// Everything of this person's is folded.
pub fn caught_up(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(CAUGHT_UP, &[(&person).into()]).map(drop)
}

/// Something of this person's is left to be folded.
pub fn left_behind(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(LEFT_BEHIND, &[(&person).into()]).map(drop)
}

/// People whose evidence is behind their attempts.
pub fn behind(tx: &mut Tx<'_>, most: i64) -> Result<Vec<PersonId>> {
    tx.all(BEHIND, &[most.into()], |row| {
        Ok(PersonId::from_bytes(row.sixteen(0)?))
    })
}

/// A state, and how far it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The last ask it holds.
    pub place: Place,
    /// Asks it holds.
    pub folded: i64,
    /// The state.
    pub state: Vec<u8>,
}

/// The state that goes furthest.
pub fn latest(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Kept>> {
    for sql in [LAST, ON_THE_WAY] {
        let kept = tx.first(sql, &[(&person).into()], |row| {
            Ok(Kept {
                place: place(row)?,
                folded: row.int(3)?,
                state: row.bytes(4)?.to_vec(),
            })
        })?;
        if kept.is_some() {
            return Ok(kept);
        }
    }
    Ok(None)
}

/// The furthest state of everybody with an account, by person.
pub fn everybody(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, Vec<u8>)>> {
    tx.all(EVERYBODY, &[], |row| {
        Ok((
            PersonId::from_bytes(row.sixteen(0)?),
            row.bytes(1)?.to_vec(),
        ))
    })
}

/// Keeps the state that goes furthest, in place of the one before.
pub fn keep(tx: &mut Tx<'_>, person: PersonId, kept: &Kept) -> Result<()> {
    write(tx, KEEP, person, kept)
}

/// Keeps a state on the way, beside the others.
pub fn keep_on_the_way(tx: &mut Tx<'_>, person: PersonId, kept: &Kept) -> Result<()> {
    write(tx, PUT, person, kept)
}

fn write(tx: &mut Tx<'_>, sql: Sql, person: PersonId, kept: &Kept) -> Result<()> {
    let [ord, seq, id] = at(kept.place);
    let folded = kept.folded.into();
    let state = kept.state.as_slice().into();
    tx.exec(sql, &[(&person).into(), ord, seq, id, folded, state])
        .map(drop)
}

/// A person's asks after a place, in order.
pub fn later(
    tx: &mut Tx<'_>,
    person: PersonId,
    after: Place,
    most: i64,
    mut f: impl FnMut(Ask) -> Result<()>,
) -> Result<()> {
    let [ord, seq, id] = at(after);
    let params = [(&person).into(), ord, seq, id, most.into()];
    tx.each(LATER, &params, |row| f(ask(row)?))
}

/// A person's asks of these prospects up to a place, those of each prospect in order.
pub fn earlier(
    tx: &mut Tx<'_>,
    person: PersonId,
    roots: &[ProspectId],
    until: Place,
    mut f: impl FnMut(Ask) -> Result<()>,
) -> Result<()> {
    let keys: Vec<_> = roots.iter().map(|id| *id.as_bytes()).collect();
    let [ord, seq, id] = at(until);
    let more = [(&person).into(), ord, seq, id];
    each_of_with(tx, EARLIER, &keys, &more, |row| f(ask(row)?))
}

/// What an ask leaves behind for the next one of its prospect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The prospect, or whom they were merged with.
    pub root: ProspectId,
    /// The deal it served.
    pub deal: Option<DealId>,
    /// When, in microseconds UTC.
    pub at: Option<i64>,
    /// What came of it.
    pub outcome: Outcome,
    /// At which stage.
    pub stage: Stage,
    /// By which way.
    pub channel: Channel,
    /// The segment's code.
    pub segment: Option<String>,
    /// Which ask of its prospect it was, where the source says.
    pub ordinal: Option<u32>,
}

/// All of a person's asks of these prospects, those of each prospect in order.
pub fn asked(
    tx: &mut Tx<'_>,
    person: PersonId,
    roots: &[ProspectId],
    mut f: impl FnMut(Asked) -> Result<()>,
) -> Result<()> {
    let keys: Vec<_> = roots.iter().map(|id| *id.as_bytes()).collect();
    each_of_with(tx, ASKED, &keys, &[(&person).into()], |row| {
        let ordinal = row.opt_int(7)?.map(u32::try_from).transpose();
        f(Asked {
            root: ProspectId::from_bytes(row.sixteen(0)?),
            deal: row.opt_sixteen(1)?.map(DealId::from_bytes),
            at: row.opt_int(2)?,
            outcome: row.text(3)?.parse().map_err(StoreError::value)?,
            stage: row.text(4)?.parse().map_err(StoreError::value)?,
            channel: row.text(5)?.parse().map_err(StoreError::value)?,
            segment: row.opt_string(6)?,
            ordinal: ordinal.map_err(StoreError::value)?,
        })
    })
}

/// What many sellers' attempts before a month say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The month, as year times twelve plus month from 0.
    pub month: i64,
    /// For attempts from here on, in microseconds UTC.
    pub at: i64,
    /// How many contributed.
    pub people: i64,
    /// The quantities; none where too few contributed.
    pub value: Option<Vec<u8>>,
}

/// Every month that was pooled, oldest first.
pub fn pooled(tx: &mut Tx<'_>) -> Result<Vec<Pool>> {
    tx.all(POOLED, &[], |row| {
        Ok(Pool {
            month: row.int(0)?,
            at: row.int(1)?,
            people: row.int(2)?,
            value: row.opt_bytes(3)?.map(<[u8]>::to_vec),
        })
    })
}

/// Whether a month was pooled.
pub fn is_pooled(tx: &mut Tx<'_>, month: i64) -> Result<bool> {
    Ok(tx
        .first(POOLED_MONTH, &[month.into()], |_| Ok(()))?
        .is_some())
}

/// Keeps a month's quantities, once. What was folded with others from then on is void.
pub fn pool(tx: &mut Tx<'_>, new: &Pool) -> Result<()> {
    let params = [
        new.month.into(),
        new.at.into(),
        new.people.into(),
        new.value.as_deref().into(),
    ];
    if tx.exec(POOL, &params)? == 1 && new.value.is_some() {
        tx.exec(BEHIND_SINCE, &[new.at.into()])?;
        tx.exec(DROP_SINCE, &[new.at.into()])?;
    }
    Ok(())
}
