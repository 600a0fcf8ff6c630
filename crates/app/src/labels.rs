//! Reasons, segments and pitches as people name them.

use std::collections::HashMap;

use domain::{Label, LabelKind, code_for, fold};
use store::tables::label;

use crate::audit::Audited;
use crate::{Act, Administrator, AppError, Result, error};

/// Every label of a kind, in order, hidden ones too.
///
/// # Errors
/// When the database cannot be read.
pub fn all(act: &mut Act<'_, '_>, kind: LabelKind) -> Result<Vec<Label>> {
    Ok(label::all(act.tx, kind)?)
}

/// Codes to labels.
///
/// # Errors
/// When the database cannot be read.
pub fn names(act: &mut Act<'_, '_>, kind: LabelKind) -> Result<HashMap<String, String>> {
    Ok(all(act, kind)?
        .into_iter()
        .map(|l| (l.code, l.label))
        .collect())
}

/// Finds a label by code or by what it says, whatever its case and accents.
pub fn find<'l>(all: &'l [Label], text: &str) -> Option<&'l Label> {
    let folded = fold(text);
    all.iter()
        .find(|l| l.code.eq_ignore_ascii_case(text.trim()))
        .or_else(|| all.iter().find(|l| fold(&l.label) == folded))
}

/// Finds a label, or adds it with a code of its own.
///
/// # Errors
/// When the text is empty or too long.
pub fn find_or_add(act: &mut Act<'_, '_>, kind: LabelKind, text: &str) -> Result<Label> {
    let text = checked(act, text)?;
    let all = label::all(act.tx, kind)?;
    if let Some(known) = find(&all, &text) {
        return Ok(known.clone());
    }
    let new = Label {
        code: code_for(&text, |code| all.iter().any(|l| l.code == code)),
        label: text,
        position: all.iter().map(|l| l.position).max().unwrap_or(-1) + 1,
        hidden: false,
    };
    label::set(act.tx, kind, &new)?;
    Ok(new)
}

/// What a label says: something, and not too much.
fn checked(act: &Act<'_, '_>, text: &str) -> Result<String> {
    let text = error::text(
        "label",
        "The label",
        text,
        act.workspace.thresholds.name_chars,
    )?;
    if text.is_empty() {
        return Err(AppError::invalid(
            "label",
            "Write what it should be called.",
        ));
    }
    Ok(text)
}

/// Adds a label; one that says the same must not be there.
///
/// # Errors
/// When the text is empty, too long, or taken.
pub fn add(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    kind: LabelKind,
    text: &str,
) -> Result<Label> {
    let all = label::all(act.tx, kind)?;
    if let Some(known) = find(&all, text) {
        return Err(AppError::invalid(
            "label",
            format!("“{}” is there already.", known.label),
        ));
    }
    let new = find_or_add(act, kind, text)?;
    changed(act, who, kind, &new.code, "added")?;
    Ok(new)
}

/// Writes down that a list was changed: kind and code, never what a label says.
fn changed(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    kind: LabelKind,
    code: &str,
    how: &str,
) -> Result<()> {
    let detail = format!("{} {code} {how}", kind.code());
    act.audit(Some(who.id()), Audited::Settings, None, detail)
}

/// Says something else from now on; what was logged under the code keeps it.
///
/// # Errors
/// When there is no such code, or another label says the same.
pub fn rename(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    kind: LabelKind,
    code: &str,
    text: &str,
) -> Result<()> {
    let text = checked(act, text)?;
    let all = label::all(act.tx, kind)?;
    let mine = by_code(&all, code)?.clone();
    if let Some(other) = find(&all, &text).filter(|l| l.code != code) {
        return Err(AppError::invalid(
            "label",
            format!("“{}” is there already.", other.label),
        ));
    }
    let mine = Label {
        label: text,
        ..mine
    };
    label::set(act.tx, kind, &mine)?;
    changed(act, who, kind, code, "renamed")
}

/// Hides a label from lists to choose from, or shows it again.
///
/// # Errors
/// When there is no such code.
pub fn hide(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    kind: LabelKind,
    code: &str,
    hidden: bool,
) -> Result<()> {
    let all = label::all(act.tx, kind)?;
    let mine = by_code(&all, code)?.clone();
    label::set(act.tx, kind, &Label { hidden, ..mine })?;
    changed(
        act,
        who,
        kind,
        code,
        if hidden { "hidden" } else { "shown" },
    )
}

/// Moves a label one place up (or down).
///
/// # Errors
/// When there is no such code.
pub fn shift(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    kind: LabelKind,
    code: &str,
    up: bool,
) -> Result<()> {
    let mut all = label::all(act.tx, kind)?;
    by_code(&all, code)?;
    let at = all.iter().position(|l| l.code == code).unwrap_or(0);
    let to = if up {
        at.saturating_sub(1)
    } else {
        (at + 1).min(all.len() - 1)
    };
    all.swap(at, to);
    for (position, l) in (0i64..).zip(all) {
        if l.position != position {
            label::set(act.tx, kind, &Label { position, ..l })?;
        }
    }
    changed(act, who, kind, code, if up { "up" } else { "down" })
}

fn by_code<'l>(all: &'l [Label], code: &str) -> Result<&'l Label> {
    all.iter()
        .find(|l| l.code == code)
        .ok_or_else(|| AppError::not_found("label"))
}
