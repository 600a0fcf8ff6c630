//! The tables: one file each for its statements and what they mean in Rust.

pub mod alarm;
pub mod api;
pub mod attempt;
pub mod audit;
pub mod call_list;
pub mod carried;
pub mod counts;
pub mod deal;
pub mod event;
pub mod evidence;
pub mod follow_up;
pub mod forget;
pub mod import;
pub mod label;
pub mod list;
pub mod matching;
pub mod note;
pub mod owner;
pub mod passing;
pub mod person;
pub mod pitch_test;
pub mod prospect;
pub mod session;
pub mod setting;
pub mod team;
pub mod team_month;
pub mod term;
pub mod ways;
pub mod whole;

use crate::sql::Sql;

/// Every statement of the store, for the test that prepares each on both databases.
pub fn statements() -> impl Iterator<Item = Sql> {
    [
        alarm::STATEMENTS,
        api::STATEMENTS,
        attempt::STATEMENTS,
        audit::STATEMENTS,
        call_list::STATEMENTS,
        carried::STATEMENTS,
        counts::STATEMENTS,
        deal::STATEMENTS,
        event::STATEMENTS,
        evidence::STATEMENTS,
        follow_up::STATEMENTS,
        forget::STATEMENTS,
        import::STATEMENTS,
        label::STATEMENTS,
        list::STATEMENTS,
        matching::STATEMENTS,
        note::STATEMENTS,
        owner::STATEMENTS,
        passing::STATEMENTS,
        person::STATEMENTS,
        pitch_test::STATEMENTS,
        prospect::STATEMENTS,
        session::STATEMENTS,
        setting::STATEMENTS,
        team::STATEMENTS,
        team_month::STATEMENTS,
        term::STATEMENTS,
        ways::STATEMENTS,
        whole::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
    // A COPY is no prepared statement; its pair is, and a test compares what both store.
    .filter(|sql| !sql.text.starts_with("COPY "))
}

/// Placeholders of a fixed-size list, so that one text serves any number of keys up to 64.
macro_rules! sixty_four {
    () => {
        "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50,$51,$52,$53,$54,$55,$56,$57,$58,$59,$60,$61,$62,$63,$64)"
    };
}
pub(crate) use sixty_four;

/// Runs a statement with a [`sixty_four`] list as often as the keys need; a short list is filled
/// up with its last key, which changes no answer.
pub(crate) fn each_of(
    tx: &mut crate::Tx<'_>,
    sql: Sql,
    keys: &[[u8; 16]],
    f: impl FnMut(crate::Row<'_>) -> crate::Result<()>,
) -> crate::Result<()> {
    each_of_with(tx, sql, keys, &[], f)
}

/// The same with more parameters behind the list, from `$65` on.
pub(crate) fn each_of_with(
    tx: &mut crate::Tx<'_>,
    sql: Sql,
    keys: &[[u8; 16]],
    more: &[crate::Value<'_>],
    mut f: impl FnMut(crate::Row<'_>) -> crate::Result<()>,
) -> crate::Result<()> {
    for chunk in keys.chunks(64) {
        let fill = chunk.last().into_iter().cycle();
        let params: Vec<crate::Value<'_>> = chunk
            .iter()
            .chain(fill)
            .take(64)
            .map(crate::Value::from)
            .chain(more.iter().cloned())
            .collect();
        tx.each(sql, &params, &mut f)?;
    }
    Ok(())
}
