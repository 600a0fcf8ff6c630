//! Whole tables, for backup and restore. Sessions and what is derived are left out.

use crate::conn::Bulk;
use crate::sql::Sql;
use crate::{Result, Row, Tx, Value};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TEXT.
    Text,
    /// BIGINT.
    Int,
    /// BLOB or BYTEA.
    Bytes,
}

/// One value of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(String),
    /// BLOB or BYTEA.
    Bytes(Vec<u8>),
}

/// One table of an archive.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, `name:kind` with kind one of t, i, b, separated by spaces.
    columns: &'static str,
    select: Sql,
    bulk: Bulk,
    clear: Sql,
}

impl Table {
    /// Column names and kinds, in order.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, Kind)> + use<> {
        self.columns.split(' ').filter_map(|c| {
            let (name, kind) = c.split_once(':')?;
            Some((
                name,
                match kind {
                    "t" => Kind::Text,
                    "i" => Kind::Int,
                    _ => Kind::Bytes,
                },
            ))
        })
    }
}

/// What archives of earlier schemas lack: whole tables, or the last columns of one.
struct Later {
    schema: i64,
    table: &'static str,
    /// What stands in each of the columns that came; a table that came whole has none.
    columns: fn() -> Vec<Cell>,
}

const LATER: &[Later] = &[
    Later {
        schema: 2,
        table: "person",
        columns: || {
            let text = |t: &str| Cell::Text(t.into());
            vec![
                text(""),
                Cell::Null,
                Cell::Int(1),
                text("active"),
                text("en"),
                Cell::Int(0),
            ]
        },
    },
    whole(2, "team"),
    whole(2, "membership"),
    whole(2, "password"),
    whole(2, "passkey"),
    whole(2, "subject"),
    whole(2, "audit"),
    whole(2, "team_month"),
    whole(2, "team_cell"),
    whole(2, "team_part"),
    whole(2, "team_word"),
    Later {
        schema: 3,
        table: "team",
        columns: || vec![Cell::Null],
    },
    Later {
        schema: 3,
        table: "audit",
        columns: || vec![Cell::Text(String::new())],
    },
    Later {
        schema: 3,
        table: "person",
        columns: || vec![Cell::Text(String::new()), Cell::Null, Cell::Null],
    },
    Later {
        schema: 3,
        table: "attempt",
        columns: || vec![Cell::Null],
    },
    Later {
        schema: 3,
        table: "import_row",
        columns: || vec![Cell::Bytes(vec![0; 16])],
    },
    Later {
        schema: 3,
        table: "team_part",
        columns: || vec![Cell::Bytes(vec![0; 16])],
    },
    Later {
        schema: 3,
        table: "team_word",
        columns: || vec![Cell::Int(0)],
    },
    whole(4, "alarm"),
    whole(4, "pooled"),
    whole(5, "pitch_test"),
    whole(5, "pitch_late"),
];

const fn whole(schema: i64, table: &'static str) -> Later {
    Later {
        schema,
        table,
        columns: Vec::new,
    }
}

impl Table {
    /// What an archive written under this schema leaves out at the end of each row; nothing when it
    /// has no such table at all.
    pub fn left_out(&self, schema: i64) -> Option<Vec<Cell>> {
        let mut cells = Vec::new();
        for later in LATER
            .iter()
            .filter(|l| l.table == self.name && l.schema > schema)
        {
            let columns = (later.columns)();
            if columns.is_empty() {
                return None;
            }
            cells.extend(columns);
        }
        Some(cells)
    }
}

macro_rules! tables {
    (@list $first:ident $(, $rest:ident)*) => {
        concat!(stringify!($first) $(, ", ", stringify!($rest))*)
    };
    (@params $first:literal $(, $rest:literal)*) => { concat!($first $(, ", ", $rest)*) };
    ($($upper:ident $name:literal by $order:literal: $($column:ident $kind:ident $param:literal),+;)+) => {
        $(const $upper: Table = Table {
            name: $name,
            columns: concat!($(stringify!($column), ":", stringify!($kind), " "),+),
            select: Sql {
                name: concat!("whole::select ", $name),
                text: concat!("SELECT ", tables!(@list $($column),+), " FROM ", $name, " ORDER BY ", $order),
            },
            bulk: Bulk {
                insert: Sql {
                    name: concat!("whole::insert ", $name),
                    text: concat!("INSERT INTO ", $name, " (", tables!(@list $($column),+), ") VALUES (", tables!(@params $($param),+), ")"),
                },
                copy: Sql {
                    name: concat!("whole::copy ", $name),
                    text: concat!("COPY ", $name, " (", tables!(@list $($column),+), ") FROM STDIN BINARY"),
                },
            },
            clear: Sql { name: concat!("whole::clear ", $name), text: concat!("DELETE FROM ", $name) },
        };)+

        /// Every table of an archive, each after those it refers to.
        pub const TABLES: &[Table] = &[$($upper),+];

        /// Every statement of this module.
        pub(crate) const STATEMENTS: &[Sql] =
            &[$($upper.select, $upper.bulk.insert, $upper.bulk.copy, $upper.clear),+];
    };
}

tables! {
    SETTING "setting" by "key":
        key t "$1", value t "$2";
    PERSON "person" by "created_at, id":
        id b "$1", name t "$2", zone t "$3", keys i "$4", created_at i "$5", email t "$6",
        email_key t "$7", roles i "$8", standing t "$9", language t "$10", shares_rows i "$11",
        rep_names t "$12", claimed_by b "$13", shared_until i "$14";
    TEAM "team" by "id":
        id b "$1", name t "$2", name_key t "$3", created_at i "$4", closed_at i "$5";
    MEMBERSHIP "membership" by "person, since":
        person b "$1", since i "$2", until i "$3", team b "$4";
    PASSWORD "password" by "person":
        person b "$1", hash t "$2", changed_at i "$3";
    PASSKEY "passkey" by "id":
        id b "$1", person b "$2", name t "$3", credential t "$4", created_at i "$5", used_at i "$6";
    SUBJECT "subject" by "issuer, subject":
        issuer t "$1", subject t "$2", person b "$3";
    AUDIT "audit" by "id":
        id b "$1", at i "$2", actor b "$3", act t "$4", subject b "$5", detail t "$6",
        via t "$7";
    LABEL "label" by "kind, code":
        kind t "$1", code t "$2", label t "$3", position i "$4", hidden i "$5";
    PROSPECT "prospect" by "created_at, id":
        id b "$1", name t "$2", company t "$3", email t "$4", phone t "$5", zone t "$6",
        language t "$7", segment t "$8", sort_key t "$9", do_not_contact i "$10",
        merged_into b "$11", root b "$12", forgotten i "$13", created_at i "$14";
    MATCH_KEY "match_key" by "hash, prospect":
        hash b "$1", prospect b "$2";
    SUPPRESSED "suppressed" by "hash":
        hash b "$1";
    FORGOTTEN "forgotten" by "id":
        id b "$1", kind t "$2", at i "$3";
    DEAL "deal" by "created_at, id":
        id b "$1", owner b "$2", prospect b "$3", title t "$4", title_key t "$5", state t "$6",
        stage t "$7", value i "$8", currency t "$9", source t "$10", source_id t "$11",
        created_at i "$12", closed_at i "$13";
    ATTEMPT "attempt" by "ord, seq, id":
        id b "$1", owner b "$2", rep t "$3", prospect b "$4", deal b "$5", at i "$6",
        precision i "$7", zone t "$8", ord i "$9", seq i "$10", ordinal i "$11", outcome t "$12",
        stage t "$13", channel t "$14", loss_kind t "$15", reason t "$16",
        reason_prospect t "$17", reason_guess t "$18", reason_other t "$19", words t "$20",
        segment t "$21", pitch t "$22", value i "$23", currency t "$24", source t "$25",
        source_id t "$26", voided i "$27", version i "$28", recorded_at i "$29",
        brought_by b "$30";
    ALARM "alarm" by "person, ord, seq, attempt, segment":
        person b "$1", segment t "$2", attempt b "$3", ord i "$4", seq i "$5", since i "$6",
        asks i "$7", yes i "$8", evidence i "$9", threshold i "$10", recorded_at i "$11",
        withdrawn_at i "$12";
    PITCH_TEST "pitch_test" by "id":
        id b "$1", owner b "$2", a t "$3", b t "$4", drawn i "$5", began_at i "$6",
        ended_at i "$7", result t "$8";
    PITCH_LATE "pitch_late" by "owner, attempt":
        owner b "$1", attempt b "$2", pitch t "$3";
    FOLLOW_UP "follow_up" by "id":
        id b "$1", owner b "$2", prospect b "$3", attempt b "$4", due i "$5", day_only i "$6",
        zone t "$7", kind t "$8", note t "$9", state t "$10";
    NOTE "note" by "id":
        id b "$1", author b "$2", prospect b "$3", attempt b "$4", at i "$5", text t "$6";
    CALL_LIST "call_list" by "person, position":
        person b "$1", prospect b "$2", position i "$3", not_before i "$4";
    EVENT "event" by "id":
        id b "$1", at i "$2", actor b "$3", kind t "$4", subject b "$5", prospect b "$6",
        before t "$7", after t "$8";
    IMPORT_RUN "import_run" by "id":
        id b "$1", at i "$2", person b "$3", format t "$4", rows i "$5", prospects i "$6",
        attempts i "$7", yes i "$8", deals_open i "$9", duplicates i "$10", corrected i "$11",
        errors i "$12";
    IMPORT_ROW "import_row" by "identity, seller":
        identity b "$1", content b "$2", prospect b "$3", deal b "$4", attempt b "$5",
        asks i "$6", forgotten i "$7", seller b "$8";
    POOLED "pooled" by "month":
        month i "$1", at i "$2", people i "$3", value b "$4";
    TEAM_MONTH "team_month" by "team, month":
        team b "$1", month i "$2", at i "$3", members i "$4", attempts i "$5";
    TEAM_CELL "team_cell" by "team, month, stage, outcome, reason":
        team b "$1", month i "$2", stage t "$3", outcome t "$4", reason t "$5", attempts i "$6";
    TEAM_PART "team_part" by "team, month, stage, outcome, reason, person, brought_by":
        team b "$1", month i "$2", stage t "$3", outcome t "$4", reason t "$5", person b "$6",
        brought_by b "$7";
    TEAM_WORD "team_word" by "team, month, stage, outcome, reason, attempt":
        team b "$1", month i "$2", stage t "$3", outcome t "$4", reason t "$5", attempt b "$6",
        version i "$7";
}

/// Reads a table row by row, in a fixed order.
pub fn each(
    tx: &mut Tx<'_>,
    table: &Table,
    mut f: impl FnMut(Vec<Cell>) -> Result<()>,
) -> Result<()> {
    let kinds: Vec<Kind> = table.columns().map(|(_, kind)| kind).collect();
    tx.each(table.select, &[], |row| {
        f(kinds
            .iter()
            .enumerate()
            .map(|(i, kind)| cell(row, i, *kind))
            .collect::<Result<_>>()?)
    })
}

fn cell(row: Row<'_>, i: usize, kind: Kind) -> Result<Cell> {
    Ok(match kind {
        Kind::Text => row.opt_string(i)?.map_or(Cell::Null, Cell::Text),
        Kind::Int => row.opt_int(i)?.map_or(Cell::Null, Cell::Int),
        Kind::Bytes => row
            .opt_bytes(i)?
            .map_or(Cell::Null, |b| Cell::Bytes(b.to_vec())),
    })
}

/// Writes rows into a table. The first row that cannot be produced ends it with its error.
pub fn load(
    tx: &mut Tx<'_>,
    table: &Table,
    rows: &mut dyn Iterator<Item = Result<Vec<Cell>>>,
) -> Result<u64> {
    let mut count = 0;
    let mut failed = None;
    tx.bulk(
        table.bulk,
        rows.map_while(|row| match row {
            Ok(row) => {
                count += 1;
                Some(row.into_iter().map(Value::from).collect())
            }
            Err(e) => {
                failed = Some(e);
                None
            }
        }),
    )?;
    failed.map_or(Ok(count), Err)
}

impl From<Cell> for Value<'_> {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Int(n) => Self::Int(n),
            Cell::Text(s) => Self::Text(s.into()),
            Cell::Bytes(b) => Self::Bytes(b.into()),
        }
    }
}

/// Empties every table an archive fills, those that refer to others first.
pub fn clear(tx: &mut Tx<'_>) -> Result<()> {
    super::session::end_before(tx, i64::MAX)?;
    super::passing::sweep(tx, i64::MAX, i64::MAX)?;
    super::api::clear(tx)?;
    super::evidence::wipe(tx)?;
    super::counts::clear(tx)?;
    super::term::clear(tx)?;
    TABLES
        .iter()
        .rev()
        .try_for_each(|table| tx.exec(table.clear, &[]).map(drop))
}
