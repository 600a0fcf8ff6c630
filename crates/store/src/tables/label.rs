//! Editable labels over stable codes.

use domain::{Label, LabelKind};

use crate::sql::statements;
use crate::{Result, Tx};

statements! {
    ALL = "SELECT code, label, position, hidden FROM label WHERE kind = $1 ORDER BY position, code";
    SET = "INSERT INTO label (kind, code, label, position, hidden) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, code) DO UPDATE SET label = excluded.label, position = excluded.position, hidden = excluded.hidden";
}

/// Every label of a kind, in order, hidden ones too.
pub fn all(tx: &mut Tx<'_>, kind: LabelKind) -> Result<Vec<Label>> {
    tx.all(ALL, &[kind.code().into()], |row| {
        Ok(Label {
            code: row.text(0)?.to_owned(),
            label: row.text(1)?.to_owned(),
            position: row.int(2)?,
            hidden: row.bool(3)?,
        })
    })
}

/// Adds or changes a label; its code never changes.
pub fn set(tx: &mut Tx<'_>, kind: LabelKind, label: &Label) -> Result<()> {
    tx.exec(
        SET,
        &[
            kind.code().into(),
            label.code.as_str().into(),
            label.label.as_str().into(),
            label.position.into(),
            label.hidden.into(),
        ],
    )
    .map(drop)
}
