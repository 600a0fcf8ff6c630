//! Prospects: making, changing, showing and forgetting them.

use std::collections::HashMap;

use domain::{
    Attempt, AttemptId, Deal, FollowUp, LabelKind, Note, PersonId, Prospect, ProspectId, Zone,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::tables::matching::{self, MatchKeys};
use store::tables::{
    api, attempt, audit, call_list, deal, event, follow_up, forget, note, person, prospect,
};

use crate::audit::Audited;
use crate::{Act, App, AppError, Kind, Result, Seller, archive, error, labels, ledger, sight};

pub(crate) use crate::joining::{clear_do_not_contact, happened, mark_do_not_contact};
pub use crate::joining::{merge, set_do_not_contact, unmerge};
pub use crate::who::{Who, find, who};
pub(crate) use crate::who::{contact_of, names, resolve};

/// One prospect as stored.
pub(crate) fn get(act: &mut Act<'_, '_>, id: ProspectId) -> Result<Prospect> {
    prospect::get(act.tx, id)?.ok_or_else(|| AppError::not_found("prospect"))
}

/// The prospect that stands for this one.
pub(crate) fn root(act: &mut Act<'_, '_>, id: ProspectId) -> Result<ProspectId> {
    Ok(get(act, id)?.root)
}

/// What is known of somebody new.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the same fields as in Prospect")]
pub struct Contact {
    pub name: String,
    pub company: String,
    pub email: String,
    pub phone: String,
    pub language: String,
    pub zone: Option<Zone>,
    /// By code or label; a new label is added.
    pub segment: String,
}

impl Contact {
    /// A name and a company.
    pub fn named(name: &str, company: &str) -> Self {
        Self {
            name: name.into(),
            company: company.into(),
            ..Self::default()
        }
    }
}

/// Adds a prospect; do-not-contact survives forgetting.
///
/// # Errors
/// When a text is too long or an address is none.
pub fn create(act: &mut Act<'_, '_>, contact: &Contact) -> Result<Prospect> {
    let contact = checked(act, contact)?;
    let id = act.ids.prospect();
    let keys = keys_of(act, &contact);
    let hashes: Vec<_> = keys.iter().collect();
    let stopped = !matching::suppressed(act.tx, &hashes)?.is_empty();
    let segment = segment_code(act, &contact.segment)?;
    let p = Prospect {
        id,
        name: contact.name,
        company: contact.company,
        email: contact.email,
        phone: contact.phone,
        zone: contact.zone,
        language: contact.language,
        segment,
        do_not_contact: stopped.then(|| act.micros()),
        merged_into: None,
        root: id,
        forgotten: false,
        taken_back: false,
        created_at: act.micros(),
    };
    store::derived::append_prospects(act.tx, std::slice::from_ref(&p))?;
    matching::add(act.tx, p.id, &keys)?;
    Ok(p)
}

/// What somebody with these contacts is recognised by.
fn keys_of(act: &Act<'_, '_>, c: &Contact) -> MatchKeys {
    let keyed = &act.workspace.keyed;
    MatchKeys::of(keyed, None, &c.name, &c.company, &c.email, &c.phone)
}

fn segment_code(act: &mut Act<'_, '_>, text: &str) -> Result<Option<String>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(
        labels::find_or_add(act, LabelKind::Segment, text)?.code,
    ))
}

fn checked(act: &Act<'_, '_>, c: &Contact) -> Result<Contact> {
    let most = act.workspace.thresholds.name_chars;
    let email = error::text("email", "The address", &c.email, most)?;
    if !email.is_empty() && domain::email_key(&email).is_none() {
        return Err(AppError::invalid(
            "email",
            format!("“{email}” is no e-mail address; it needs an @ with something on both sides."),
        ));
    }
    Ok(Contact {
        name: error::text("name", "The name", &c.name, most)?,
        company: error::text("company", "The company", &c.company, most)?,
        email,
        phone: error::text("phone", "The number", &c.phone, most)?,
        language: error::text("language", "The language", &c.language, 35)?,
        zone: c.zone.clone(),
        segment: c.segment.clone(),
    })
}

/// The telling fields of a prospect, as history keeps them.
#[derive(Serialize, Deserialize)]
struct Card {
    name: String,
    company: String,
    email: String,
    phone: String,
    language: String,
    segment: Option<String>,
}

fn card(p: &Prospect) -> Card {
    Card {
        name: p.name.clone(),
        company: p.company.clone(),
        email: p.email.clone(),
        phone: p.phone.clone(),
        language: p.language.clone(),
        segment: p.segment.clone(),
    }
}

/// Changes what is known of a prospect. Attempts keep the segment they were logged with.
///
/// # Errors
/// When there is no such prospect, it was forgotten, or a text is not right.
pub fn edit(
    act: &mut Act<'_, '_>,
    me: &Seller,
    id: ProspectId,
    contact: &Contact,
) -> Result<Prospect> {
    act.tx.exclusive()?;
    let contact = checked(act, contact)?;
    let before = sight::to_write_about(act, me, id)?;
    let segment = segment_code(act, &contact.segment)?;
    let keys = keys_of(act, &contact);
    let after = Prospect {
        name: contact.name,
        company: contact.company,
        email: contact.email,
        phone: contact.phone,
        language: contact.language,
        zone: contact.zone,
        segment,
        ..before.clone()
    };
    if after == before {
        return Ok(after);
    }
    keep_edit(act, Some(me.id()), &before, &after)?;
    matching::add(act.tx, id, &keys)?;
    Ok(after)
}

/// Writes what a prospect is called now and the line of history that keeps what it was.
pub(crate) fn keep_edit(
    act: &mut Act<'_, '_>,
    actor: Option<PersonId>,
    before: &Prospect,
    after: &Prospect,
) -> Result<()> {
    store::derived::change_prospect(act.tx, before, after)?;
    act.record(
        actor,
        "edited",
        before.id.as_bytes(),
        Some(before.id),
        Some(&card(before)),
        Some(&card(after)),
    )?;
    Ok(())
}

/// Refuses words about somebody who was forgotten.
pub(crate) fn refuse_words(
    act: &mut Act<'_, '_>,
    id: ProspectId,
    words: Option<&str>,
) -> Result<()> {
    match words {
        Some(_) => refuse_forgotten(&get(act, id)?),
        None => Ok(()),
    }
}

pub(crate) fn refuse_forgotten(p: &Prospect) -> Result<()> {
    if p.forgotten {
        return Err(AppError::new(
            Kind::Conflict,
            "This prospect was forgotten; nothing can be written about them.",
        ));
    }
    Ok(())
}

/// Writes a note that everybody who sells may read.
///
/// # Errors
/// When it is empty or too long, or belongs to an attempt that is not one's own.
pub fn add_note(
    act: &mut Act<'_, '_>,
    me: &Seller,
    id: ProspectId,
    attempt: Option<AttemptId>,
    text: &str,
) -> Result<Note> {
    sight::to_write_about(act, me, id)?;
    if let Some(attempt) = attempt {
        ledger::own(act, me, attempt)?;
    }
    let text = error::text(
        "note",
        "The note",
        text,
        act.workspace.thresholds.text_chars,
    )?;
    if text.is_empty() {
        return Err(AppError::invalid("note", "Write the note first."));
    }
    let note = Note {
        id: act.ids.note(),
        author: me.id(),
        prospect: id,
        attempt,
        at: act.micros(),
        text,
    };
    note::insert(act.tx, &note)?;
    Ok(note)
}

/// Leaves somebody on the call list, but not before tomorrow.
///
/// # Errors
/// When there is no such prospect.
pub fn skip_today(act: &mut Act<'_, '_>, me: &Seller, id: ProspectId) -> Result<()> {
    let root = root(act, id)?;
    let until = me.zone().end_of(me.zone().day_of(act.now)).as_microsecond() + 1;
    Ok(call_list::skip(act.tx, me.id(), root, until)?)
}

/// Forgets a prospect and those merged with them: what names them is blanked in every version,
/// outcome, date and segment stay. Then no old version is left in the database's files, and the
/// lists beside the backups are written anew.
///
/// # Errors
/// When there is no such prospect or the database cannot. When only the lists could not be
/// written, the prospect is forgotten and the error says which list was not written.
pub fn forget(app: &App, me: &Seller, id: ProspectId) -> Result<()> {
    let me = me.id();
    app.write_blocking(move |act| {
        act.tx.exclusive()?;
        let root = root(act, id)?;
        let now = act.micros();
        forget::forget(act.tx, root, now)?;
        blank_elsewhere(act, root)?;
        happened(act, Some(me), "forgotten", root, Json::Null)?;
        act.audit(Some(me), Audited::Forget, Some(root.as_bytes()), "")
    })?;
    // The lists are written also when the files could not be scrubbed at once.
    let scrubbed = app.scrub_blocking();
    archive::write_forgotten_lists(app)?;
    scrubbed
}

/// What stands about them outside the ledger: answers of the API, and details of the audit log.
fn blank_elsewhere(act: &mut Act<'_, '_>, root: ProspectId) -> Result<()> {
    let merged = prospect::merged_into(act.tx, root)?;
    for id in std::iter::once(root).chain(merged.into_iter().map(|p| p.id)) {
        api::drop_answers_about(act.tx, id)?;
        audit::blank(act.tx, id)?;
    }
    Ok(())
}

/// Everything known about a prospect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProspectPage {
    /// The prospect that stands for all of them.
    pub prospect: Prospect,
    /// Those merged with it.
    pub merged: Vec<Prospect>,
    /// One's own attempts, newest first; undone ones too.
    pub attempts: Vec<Attempt>,
    /// Everybody's deals, newest first.
    pub deals: Vec<Deal>,
    /// Everybody's open follow-ups, earliest first.
    pub follow_ups: Vec<FollowUp>,
    /// What the others are called whose deals, follow-ups and notes stand here.
    pub colleagues: HashMap<PersonId, String>,
    /// Notes, newest first.
    pub notes: Vec<Note>,
    /// What happened to the prospect itself, oldest first.
    pub lines: Vec<crate::ledger::HistoryLine>,
}

/// What these people are called, oneself left out.
pub(crate) fn colleagues(
    act: &mut Act<'_, '_>,
    me: &Seller,
    people: impl Iterator<Item = PersonId>,
) -> Result<HashMap<PersonId, String>> {
    let mut out = HashMap::new();
    for id in people.filter(|id| *id != me.id()) {
        if !out.contains_key(&id)
            && let Some(person) = person::get(act.tx, id)?
        {
            out.insert(id, person.name);
        }
    }
    Ok(out)
}

/// A prospect's page.
///
/// # Errors
/// When there is no such prospect.
pub fn page(act: &mut Act<'_, '_>, me: &Seller, id: ProspectId) -> Result<ProspectPage> {
    let root = root(act, id)?;
    let prospect = get(act, root)?;
    let mut lines = Vec::new();
    for e in event::of_subject(act.tx, root.as_bytes())? {
        let what = match e.kind.as_str() {
            "edited" => "Contact details changed.",
            "merged_with" => "Another prospect was merged into this one.",
            "merged" => "Merged into another prospect.",
            "unmerged" => "Taken apart from another prospect.",
            "do_not_contact" => "Asked not to be contacted.",
            "contact_again" => "May be contacted again.",
            "taken_back" => "Taken out of lists and search with the attempt that named them.",
            "brought_back" => "Back in lists and search.",
            "forgotten" => "Forgotten: name, contact and words were blanked.",
            _ => continue,
        };
        let at = jiff::Timestamp::from_microsecond(e.at).unwrap_or_default();
        lines.push(crate::ledger::HistoryLine {
            at,
            what: what.into(),
        });
    }
    let most = i64::try_from(act.workspace.thresholds.prospect_attempts).unwrap_or(i64::MAX);
    let deals = deal::of_prospect(act.tx, root)?;
    let follow_ups = follow_up::open_of_prospect(act.tx, root)?;
    let notes: Vec<Note> = note::of_prospect(act.tx, root)?
        .into_iter()
        .filter(|n| !n.text.is_empty())
        .collect();
    let owners = deals.iter().map(|d| d.owner);
    let owners = owners.chain(follow_ups.iter().map(|f| f.owner));
    let colleagues = colleagues(act, me, owners.chain(notes.iter().map(|n| n.author)))?;
    Ok(ProspectPage {
        merged: prospect::merged_into(act.tx, root)?,
        attempts: attempt::of_prospect(act.tx, me.id(), root, most)?,
        deals,
        follow_ups,
        colleagues,
        notes,
        prospect,
        lines,
    })
}
