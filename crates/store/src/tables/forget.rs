//! Forgetting a prospect: the one time that history is changed.
//!
//! Everything that names them is blanked in every version; outcome, date and segment stay. Their
//! random id goes on the list of the forgotten. If they asked not to be contacted, keyed hashes of
//! their contacts stay, so that a later import knows.

use domain::{Label, LabelKind, Prospect, ProspectId};
use serde_json::Value as Json;

use super::{event, label, matching, prospect, term};
use crate::sql::statements;
use crate::{Result, StoreError, Tx};

statements! {
    BLANK_ATTEMPTS = "UPDATE attempt SET words = NULL, source_id = NULL WHERE prospect = $1";
    BLANK_DEALS = "UPDATE deal SET title = '', title_key = '', stage = '', source_id = NULL WHERE prospect = $1";
    ADOPT_DEALS = "UPDATE deal SET prospect = $1 WHERE prospect IS NULL AND id IN (SELECT a.deal FROM attempt a WHERE a.prospect = $1 AND a.deal IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM attempt b JOIN prospect p ON p.id = b.prospect WHERE b.deal = deal.id AND b.prospect <> $1 AND b.voided = 0 AND p.forgotten = 0)";
    CLOSE_DEALS = "UPDATE import_row SET forgotten = 1, content = identity WHERE deal IN (SELECT d.id FROM deal d WHERE d.prospect = $1)";
    BLANK_NOTES = "UPDATE note SET text = '' WHERE prospect = $1";
    BLANK_FOLLOW_UPS = "UPDATE follow_up SET note = '', state = CASE WHEN state = 'open' THEN 'dropped' ELSE state END WHERE prospect = $1";
    OFF_LISTS = "DELETE FROM call_list WHERE prospect = $1";
    CLOSE_ROWS = "UPDATE import_row SET forgotten = 1, content = identity WHERE prospect = $1";
    EVENTS = "SELECT e.id, e.kind, e.before, e.after FROM event e WHERE e.prospect = $1 OR e.subject IN (SELECT id FROM attempt WHERE prospect = $1) OR e.subject IN (SELECT id FROM deal WHERE prospect = $1)";
    REMEMBER = "INSERT INTO forgotten (id, kind, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    LIST = "SELECT id, kind FROM forgotten ORDER BY id";
    OWN_REASONS = "SELECT DISTINCT a.reason_prospect, a.reason_guess, a.reason_other FROM attempt a WHERE a.prospect = $1";
    REASON_USED = "SELECT COUNT(*) FROM attempt a JOIN prospect p ON p.id = a.prospect WHERE p.forgotten = 0 AND (a.reason_prospect = $1 OR a.reason_guess = $1 OR a.reason_other = $1)";
}

/// Fields of history lines that hold words or contacts.
const BLANKED: [&str; 9] = [
    "name", "company", "email", "phone", "language", "words", "text", "note", "title",
];

/// The label of a reason that only forgotten prospects gave.
const FORGOTTEN_LABEL: &str = "Forgotten reason";

/// Forgets a prospect and those merged with them. `now` is in microseconds UTC.
///
/// # Errors
/// When the database cannot; then nothing is changed.
pub fn forget(tx: &mut Tx<'_>, root: ProspectId, now: i64) -> Result<()> {
    tx.exclusive()?;
    let mut all = prospect::merged_into(tx, root)?;
    all.extend(prospect::get(tx, root)?);
    let stopped = all.iter().any(|p| p.do_not_contact.is_some());
    for p in &all {
        forget_one(tx, p, stopped, now)?;
    }
    Ok(())
}

/// Forgets this prospect and nobody who is merged with them, as when a list names them: who else
/// was forgotten then is on the list as well.
///
/// # Errors
/// When the database cannot; then nothing is changed.
pub fn forget_alone(tx: &mut Tx<'_>, p: &Prospect, now: i64) -> Result<()> {
    let root = prospect::get(tx, p.root)?;
    let stopped = [Some(p), root.as_ref()]
        .into_iter()
        .flatten()
        .any(|p| p.do_not_contact.is_some());
    forget_one(tx, p, stopped, now)
}

fn forget_one(tx: &mut Tx<'_>, p: &Prospect, stopped: bool, now: i64) -> Result<()> {
    if stopped {
        for hash in matching::of_prospect(tx, p.id)? {
            matching::suppress(tx, &hash)?;
        }
    }
    matching::remove(tx, p.id)?;
    // A deal that came in without anybody is theirs when only their asks served it.
    if tx.exec(ADOPT_DEALS, &[(&p.id).into()])? > 0 {
        tx.exec(CLOSE_DEALS, &[(&p.id).into()])?;
    }
    term::forget(tx, p.id)?;
    for (line, kind, before, after) in tx.all(EVENTS, &[(&p.id).into()], |row| {
        let text = |i| row.opt_string(i);
        Ok((row.sixteen(0)?, row.text(1)?.to_owned(), text(2)?, text(3)?))
    })? {
        let (before, after) = (blank(&kind, before)?, blank(&kind, after)?);
        let line = domain::EventId::from_bytes(line);
        event::rewrite(tx, line, before.as_deref(), after.as_deref())?;
    }
    for sql in [
        BLANK_ATTEMPTS,
        BLANK_DEALS,
        BLANK_NOTES,
        BLANK_FOLLOW_UPS,
        OFF_LISTS,
        CLOSE_ROWS,
    ] {
        tx.exec(sql, &[(&p.id).into()])?;
    }
    let blanked = Prospect {
        name: String::new(),
        company: String::new(),
        email: String::new(),
        phone: String::new(),
        language: String::new(),
        zone: None,
        forgotten: true,
        ..p.clone()
    };
    prospect::update(tx, &blanked)?;
    remember(tx, p.id.as_bytes(), "prospect", now)?;
    forget_reasons(tx, p.id)
}

/// A reason typed by or about one person may name them: when nobody else's attempt uses it, its
/// label goes. Built-in reasons stay.
fn forget_reasons(tx: &mut Tx<'_>, id: ProspectId) -> Result<()> {
    let used = tx.all(OWN_REASONS, &[(&id).into()], |row| {
        Ok([row.opt_string(0)?, row.opt_string(1)?, row.opt_string(2)?])
    })?;
    let mut codes: Vec<String> = used
        .into_iter()
        .flatten()
        .flatten()
        .filter(|code| code.starts_with("x-"))
        .collect();
    codes.sort();
    codes.dedup();
    if codes.is_empty() {
        return Ok(());
    }
    for known in label::all(tx, LabelKind::Reason)? {
        let others = tx.first(REASON_USED, &[known.code.as_str().into()], |row| row.int(0))?;
        if codes.contains(&known.code) && others == Some(0) {
            let blank = Label {
                label: FORGOTTEN_LABEL.into(),
                hidden: true,
                ..known
            };
            label::set(tx, LabelKind::Reason, &blank)?;
        }
    }
    Ok(())
}

/// Empties the telling fields of a history line, however deep they stand.
fn blank(kind: &str, json: Option<String>) -> Result<Option<String>> {
    fn walk(value: &mut Json, deal: bool) {
        match value {
            Json::Object(map) => {
                for (key, value) in map.iter_mut() {
                    // A deal's stage is in somebody's own words, an attempt's is a code.
                    if BLANKED.contains(&key.as_str()) || (deal && key == "stage") {
                        *value = Json::Null;
                    } else {
                        walk(value, deal);
                    }
                }
            }
            Json::Array(list) => list.iter_mut().for_each(|v| walk(v, deal)),
            _ => {}
        }
    }
    json.map(|text| {
        let mut value: Json = serde_json::from_str(&text).map_err(StoreError::value)?;
        walk(&mut value, kind.starts_with("deal_"));
        Ok(value.to_string())
    })
    .transpose()
}

/// Puts an id on the list of what was forgotten or deleted.
pub fn remember(tx: &mut Tx<'_>, id: &[u8; 16], kind: &str, now: i64) -> Result<()> {
    tx.exec(REMEMBER, &[id.into(), kind.into(), now.into()])
        .map(drop)
}

/// The list of what was forgotten or deleted: id and kind (`prospect` or `vault`).
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<([u8; 16], String)>> {
    tx.all(LIST, &[], |row| {
        Ok((row.sixteen(0)?, row.text(1)?.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_and_figures_stay() {
        let line = r#"{"outcome":"no","words":"we have Jo","value":{"hundredths":5},"list":[{"name":"Ada"}]}"#;
        let blanked = blank("corrected", Some(line.into()))
            .expect("json")
            .expect("some");
        assert!(!blanked.contains("Jo") && !blanked.contains("Ada"));
        assert!(blanked.contains(r#""outcome":"no""#) && blanked.contains("hundredths"));
    }
}
