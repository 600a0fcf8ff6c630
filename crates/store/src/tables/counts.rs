//! Monthly counts, kept in the appending transaction.

use std::collections::HashMap;

use domain::{Cell, Channel, PersonId, Stage, Tally};

use crate::sql::statements;
use crate::{Result, Row, StoreError, Tx};

statements! {
    ADD = "INSERT INTO month_count (person, month, segment, stage, channel, yes, no, not_now, send_info, no_reply, unknown, no_said, no_guessed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (person, month, segment, stage, channel) DO UPDATE SET yes = month_count.yes + excluded.yes, no = month_count.no + excluded.no, not_now = month_count.not_now + excluded.not_now, send_info = month_count.send_info + excluded.send_info, no_reply = month_count.no_reply + excluded.no_reply, unknown = month_count.unknown + excluded.unknown, no_said = month_count.no_said + excluded.no_said, no_guessed = month_count.no_guessed + excluded.no_guessed";
    OF_PERSON = "SELECT month, segment, stage, channel, yes, no, not_now, send_info, no_reply, unknown, no_said, no_guessed FROM month_count WHERE person = $1 ORDER BY month DESC, segment, stage, channel";
    ALL = "SELECT month, segment, stage, channel, yes, no, not_now, send_info, no_reply, unknown, no_said, no_guessed, person FROM month_count ORDER BY person, month, segment, stage, channel";
    CLEAR = "DELETE FROM month_count";
}

/// Changes to cells, gathered before they are written.
#[derive(Debug, Default)]
pub struct Changes(HashMap<Cell, Tally>);

impl Changes {
    /// Adds a tally to a cell, `sign` times.
    pub fn add(&mut self, cell: Cell, tally: &Tally, sign: i64) {
        self.0.entry(cell).or_default().add(tally, sign);
    }

    /// Writes them all, in a fixed order so that two writers never wait for each other in a ring.
    pub fn write(self, tx: &mut Tx<'_>) -> Result<()> {
        let mut cells: Vec<_> = self
            .0
            .into_iter()
            .filter(|(_, tally)| !tally.is_zero())
            .collect();
        cells.sort_by(|a, b| a.0.cmp(&b.0));
        for (cell, tally) in cells {
            let [yes, no, not_now, send_info, no_reply, unknown] = tally.by_outcome;
            tx.exec(
                ADD,
                &[
                    (&cell.person).into(),
                    cell.month.into(),
                    cell.segment.as_str().into(),
                    cell.stage.code().into(),
                    cell.channel.code().into(),
                    yes.into(),
                    no.into(),
                    not_now.into(),
                    send_info.into(),
                    no_reply.into(),
                    unknown.into(),
                    tally.no_said.into(),
                    tally.no_guessed.into(),
                ],
            )?;
        }
        Ok(())
    }
}

fn cell(row: Row<'_>, person: PersonId) -> Result<(Cell, Tally)> {
    let mut tally = Tally::default();
    for (i, n) in tally.by_outcome.iter_mut().enumerate() {
        *n = row.int(4 + i)?;
    }
    tally.no_said = row.int(10)?;
    tally.no_guessed = row.int(11)?;
    let cell = Cell {
        person,
        month: row.int(0)?,
        segment: row.text(1)?.to_owned(),
        stage: row.text(2)?.parse::<Stage>().map_err(StoreError::value)?,
        channel: row.text(3)?.parse::<Channel>().map_err(StoreError::value)?,
    };
    Ok((cell, tally))
}

/// A person's cells, newest month first.
pub fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<(Cell, Tally)>> {
    tx.all(OF_PERSON, &[(&person).into()], |row| cell(row, person))
}

/// Every cell that counts something, in order.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<(Cell, Tally)>> {
    let all = tx.all(ALL, &[], |row| {
        cell(row, PersonId::from_bytes(row.sixteen(12)?))
    })?;
    Ok(all
        .into_iter()
        .filter(|(_, tally)| !tally.is_zero())
        .collect())
}

/// Drops them all, before a rebuild.
pub(crate) fn clear(tx: &mut Tx<'_>) -> Result<()> {
    tx.exec(CLEAR, &[]).map(drop)
}
