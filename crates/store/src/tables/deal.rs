//! Deals.

use domain::{Deal, DealId, DealState, Money, PersonId, ProspectId, Source, fold};

use crate::sql::statements;
use crate::{Result, Row, StoreError, Tx};

macro_rules! columns {
    () => {
        "d.id, d.owner, d.prospect, d.title, d.state, d.stage, d.value, d.currency, d.source, d.source_id, d.created_at, d.closed_at"
    };
}

statements! {
    INSERT = "INSERT INTO deal (id, owner, prospect, title, title_key, state, stage, value, currency, source, source_id, created_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    UPDATE = "UPDATE deal SET prospect = $2, title = $3, title_key = $4, state = $5, stage = $6, value = $7, currency = $8, closed_at = $9 WHERE id = $1";
    GET = "SELECT ", columns!(), " FROM deal d WHERE d.id = $1";
    OF_PROSPECT = "SELECT ", columns!(), " FROM deal d JOIN prospect p ON p.id = d.prospect WHERE p.root = $1 ORDER BY d.created_at DESC, d.id DESC";
    BY_TITLE = "SELECT ", columns!(), " FROM deal d WHERE d.title_key = $1 ORDER BY d.id LIMIT 2";
    BY_SOURCE = "SELECT ", columns!(), " FROM deal d WHERE d.source_id = $1 ORDER BY d.id";
    BEFORE = "SELECT ", columns!(), " FROM deal d WHERE d.owner = $1 AND (CAST($2 AS TEXT) IS NULL OR d.state = $2) AND (d.created_at, d.id) < ($3, $4) ORDER BY d.created_at DESC, d.id DESC LIMIT $5";
    OPEN = "SELECT ", columns!(), " FROM deal d WHERE d.owner = $1 AND d.state = 'open' ORDER BY d.created_at DESC, d.id DESC LIMIT $2";
}

fn deal(row: Row<'_>) -> Result<Deal> {
    Ok(Deal {
        id: DealId::from_bytes(row.sixteen(0)?),
        owner: PersonId::from_bytes(row.sixteen(1)?),
        prospect: row.opt_sixteen(2)?.map(ProspectId::from_bytes),
        title: row.text(3)?.to_owned(),
        state: DealState::from_code(row.text(4)?).ok_or_else(|| StoreError::value("deal state"))?,
        stage: row.text(5)?.to_owned(),
        value: money(row, 6)?,
        source: Source {
            kind: row.text(8)?.to_owned(),
            id: row.opt_string(9)?,
        },
        created_at: row.int(10)?,
        closed_at: row.opt_int(11)?,
    })
}

/// An amount in two columns.
pub(crate) fn money(row: Row<'_>, i: usize) -> Result<Option<Money>> {
    let currency = row.opt_string(i + 1)?.unwrap_or_default();
    Ok(row.opt_int(i)?.map(|hundredths| Money {
        hundredths,
        currency,
    }))
}

/// Adds a deal.
pub fn insert(tx: &mut Tx<'_>, d: &Deal) -> Result<()> {
    tx.exec(
        INSERT,
        &[
            (&d.id).into(),
            (&d.owner).into(),
            d.prospect.as_ref().into(),
            d.title.as_str().into(),
            fold(&d.title).into(),
            d.state.code().into(),
            d.stage.as_str().into(),
            d.value.as_ref().map(|m| m.hundredths).into(),
            d.value.as_ref().map(|m| m.currency.as_str()).into(),
            d.source.kind.as_str().into(),
            d.source.id.as_deref().into(),
            d.created_at.into(),
            d.closed_at.into(),
        ],
    )
    .map(drop)
}

/// Changes what a deal is; its owner and source stay.
pub fn update(tx: &mut Tx<'_>, d: &Deal) -> Result<()> {
    tx.exec(
        UPDATE,
        &[
            (&d.id).into(),
            d.prospect.as_ref().into(),
            d.title.as_str().into(),
            fold(&d.title).into(),
            d.state.code().into(),
            d.stage.as_str().into(),
            d.value.as_ref().map(|m| m.hundredths).into(),
            d.value.as_ref().map(|m| m.currency.as_str()).into(),
            d.closed_at.into(),
        ],
    )
    .map(drop)
}

/// One deal.
pub fn get(tx: &mut Tx<'_>, id: DealId) -> Result<Option<Deal>> {
    tx.first(GET, &[(&id).into()], deal)
}

/// Deals with a prospect and those merged with them, newest first.
pub fn of_prospect(tx: &mut Tx<'_>, root: ProspectId) -> Result<Vec<Deal>> {
    tx.all(OF_PROSPECT, &[(&root).into()], deal)
}

/// Deals of that title; two at most, which is enough to know whether it is the only one.
pub fn by_title(tx: &mut Tx<'_>, title: &str) -> Result<Vec<Deal>> {
    tx.all(BY_TITLE, &[fold(title).into()], deal)
}

/// Deals that carry this id in some source.
pub fn by_source_id(tx: &mut Tx<'_>, id: &str) -> Result<Vec<Deal>> {
    tx.all(BY_SOURCE, &[id.into()], deal)
}

/// Open deals of a person, newest first.
pub fn open(tx: &mut Tx<'_>, owner: PersonId, limit: i64) -> Result<Vec<Deal>> {
    tx.all(OPEN, &[(&owner).into(), limit.into()], deal)
}

/// Deals of a person, newest first, from before a moment and id on.
pub fn before(
    tx: &mut Tx<'_>,
    owner: PersonId,
    state: Option<DealState>,
    (at, id): (i64, DealId),
    limit: i64,
) -> Result<Vec<Deal>> {
    let values = [
        (&owner).into(),
        state.map(DealState::code).into(),
        at.into(),
        (&id).into(),
        limit.into(),
    ];
    tx.all(BEFORE, &values, deal)
}
