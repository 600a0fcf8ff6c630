//! One connection, one transaction, one row: the same calls whichever database is behind them.

use std::borrow::Cow;

use crate::sql::Sql;
use crate::{Result, StoreError, lite, pg};

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(Cow<'a, str>),
    /// BLOB or BYTEA.
    Bytes(Cow<'a, [u8]>),
}

impl From<i64> for Value<'_> {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<bool> for Value<'_> {
    fn from(b: bool) -> Self {
        Self::Int(i64::from(b))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(s: &'a str) -> Self {
        Self::Text(Cow::Borrowed(s))
    }
}

impl From<String> for Value<'_> {
    fn from(s: String) -> Self {
        Self::Text(Cow::Owned(s))
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(b: &'a [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(b))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(b: &'a [u8; N]) -> Self {
        Self::Bytes(Cow::Borrowed(b))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

macro_rules! id_values {
    ($($id:ident),+ $(,)?) => {$(
        impl<'a> From<&'a domain::$id> for Value<'a> {
            fn from(id: &'a domain::$id) -> Self {
                Self::Bytes(Cow::Borrowed(id.as_bytes()))
            }
        }
    )+};
}
id_values!(
    AttemptId,
    AuditId,
    ProspectId,
    DealId,
    PersonId,
    TeamId,
    FollowUpId,
    NoteId,
    EventId,
    ImportId,
    PitchTestId,
);

/// One row of an answer, read by position.
#[derive(Clone, Copy)]
pub enum Row<'a> {
    /// From SQLite.
    Lite(&'a rusqlite::Row<'a>),
    /// From PostgreSQL.
    Pg(&'a postgres::Row),
}

impl<'a> Row<'a> {
    /// A whole number.
    pub fn int(self, i: usize) -> Result<i64> {
        match self {
            Self::Lite(row) => row.get(i).map_err(StoreError::value),
            Self::Pg(row) => row.try_get(i).map_err(StoreError::value),
        }
    }

    /// A whole number or NULL.
    pub fn opt_int(self, i: usize) -> Result<Option<i64>> {
        match self {
            Self::Lite(row) => row.get(i).map_err(StoreError::value),
            Self::Pg(row) => row.try_get(i).map_err(StoreError::value),
        }
    }

    /// Whether a number is not zero.
    pub fn bool(self, i: usize) -> Result<bool> {
        self.int(i).map(|n| n != 0)
    }

    /// A text.
    pub fn text(self, i: usize) -> Result<&'a str> {
        self.opt_text(i)?
            .ok_or_else(|| StoreError::value("a missing text"))
    }

    /// A text or NULL.
    pub fn opt_text(self, i: usize) -> Result<Option<&'a str>> {
        match self {
            Self::Lite(row) => row
                .get_ref(i)
                .map_err(StoreError::value)?
                .as_str_or_null()
                .map_err(StoreError::value),
            Self::Pg(row) => row.try_get(i).map_err(StoreError::value),
        }
    }

    /// An owned text or NULL.
    pub fn opt_string(self, i: usize) -> Result<Option<String>> {
        Ok(self.opt_text(i)?.map(str::to_owned))
    }

    /// Bytes or NULL.
    pub fn opt_bytes(self, i: usize) -> Result<Option<&'a [u8]>> {
        match self {
            Self::Lite(row) => row
                .get_ref(i)
                .map_err(StoreError::value)?
                .as_blob_or_null()
                .map_err(StoreError::value),
            Self::Pg(row) => row.try_get(i).map_err(StoreError::value),
        }
    }

    /// Bytes.
    pub fn bytes(self, i: usize) -> Result<&'a [u8]> {
        self.opt_bytes(i)?
            .ok_or_else(|| StoreError::value("missing bytes"))
    }

    /// A 16-byte id or hash.
    pub fn sixteen(self, i: usize) -> Result<[u8; 16]> {
        self.bytes(i)?
            .try_into()
            .map_err(|_| StoreError::value("an id of a wrong length"))
    }

    /// A 16-byte id or NULL.
    pub fn opt_sixteen(self, i: usize) -> Result<Option<[u8; 16]>> {
        self.opt_bytes(i)?
            .map(|b| {
                b.try_into()
                    .map_err(|_| StoreError::value("an id of a wrong length"))
            })
            .transpose()
    }
}

/// A pair of statements that cannot be shared: many rows into one table at once.
#[derive(Debug, Clone, Copy)]
pub struct Bulk {
    /// The single-row insert, run in a loop on SQLite.
    pub insert: Sql,
    /// The binary COPY that PostgreSQL takes instead.
    pub copy: Sql,
}

/// A transaction: a snapshot for reads, all or nothing for writes.
pub struct Tx<'c> {
    pub(crate) inner: Inner<'c>,
    /// Whose attempts were changed in it.
    pub(crate) touched: Vec<domain::PersonId>,
    /// All that attempts say was dropped in it.
    pub(crate) dropped: bool,
}

pub(crate) enum Inner<'c> {
    Lite(&'c rusqlite::Connection),
    Pg(pg::PgTx<'c>),
}

impl Tx<'_> {
    /// Whether all that attempts say was dropped, to be folded again.
    pub fn dropped(&self) -> bool {
        self.dropped
    }

    /// Whose attempts were changed since this was last asked, each once.
    pub fn touched(&mut self) -> Vec<domain::PersonId> {
        let mut people = std::mem::take(&mut self.touched);
        people.sort_unstable();
        people.dedup();
        people
    }

    /// Runs a statement and says how many rows it changed.
    pub fn exec(&mut self, sql: Sql, params: &[Value<'_>]) -> Result<u64> {
        match &mut self.inner {
            Inner::Lite(conn) => lite::exec(conn, sql, params),
            Inner::Pg(tx) => tx.exec(sql, params),
        }
    }

    /// Runs a query and hands each row to `f`.
    pub fn each(
        &mut self,
        sql: Sql,
        params: &[Value<'_>],
        mut f: impl FnMut(Row<'_>) -> Result<()>,
    ) -> Result<()> {
        match &mut self.inner {
            Inner::Lite(conn) => lite::each(conn, sql, params, &mut f),
            Inner::Pg(tx) => tx.each(sql, params, &mut f),
        }
    }

    /// Runs a query and collects what `f` makes of each row.
    pub fn all<T>(
        &mut self,
        sql: Sql,
        params: &[Value<'_>],
        f: impl Fn(Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        self.each(sql, params, |row| {
            out.push(f(row)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// Runs a query and takes what `f` makes of its first row.
    pub fn first<T>(
        &mut self,
        sql: Sql,
        params: &[Value<'_>],
        f: impl Fn(Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut out = None;
        self.each(sql, params, |row| {
            if out.is_none() {
                out = Some(f(row)?);
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// Inserts many rows at once.
    pub fn bulk<'v>(
        &mut self,
        bulk: Bulk,
        rows: impl Iterator<Item = Vec<Value<'v>>>,
    ) -> Result<()> {
        match &mut self.inner {
            Inner::Lite(conn) => lite::exec_all(conn, bulk.insert, rows).map(drop),
            Inner::Pg(tx) => tx.copy(bulk.copy, rows),
        }
    }

    /// Lets nobody else write until this transaction ends. SQLite has one writer anyway. Must come
    /// first in a transaction: two that have begun to write beside each other and both want to be
    /// alone would wait for each other, and one of them ends in [`StoreError::Conflict`].
    pub fn exclusive(&mut self) -> Result<()> {
        match &mut self.inner {
            Inner::Lite(_) => Ok(()),
            Inner::Pg(tx) => tx.exclusive(),
        }
    }

    /// Prepares a statement without running it.
    pub fn prepare(&mut self, sql: Sql) -> Result<()> {
        match &mut self.inner {
            Inner::Lite(conn) => lite::prepare(conn, sql).map(drop),
            Inner::Pg(tx) => tx.prepare(sql),
        }
    }
}
