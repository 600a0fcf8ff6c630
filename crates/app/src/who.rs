//! Who is meant: names for lists, finding by beginnings, and the one a text names.

use std::collections::HashSet;

use domain::{Prospect, ProspectId, fold, words};
use serde::Serialize;
use store::tables::matching::{self, MatchKeys};
use store::tables::{prospect, term};

use crate::ledger::WhoRef;
use crate::prospects::{Contact, create, edit, get, root};
use crate::{Act, AppError, Kind, Result, Seller, sight};

/// A prospect as lists name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Who {
    /// The prospect that stands for all merged with it.
    pub id: ProspectId,
    /// Name, or what stands for it.
    pub name: String,
    /// Where they work.
    pub company: String,
    /// They asked not to be contacted.
    pub do_not_contact: bool,
}

impl From<&Prospect> for Who {
    fn from(p: &Prospect) -> Self {
        let name = p.display_name().to_owned();
        let company = if name == p.company {
            String::new()
        } else {
            p.company.clone()
        };
        Self {
            id: p.root,
            name,
            company,
            do_not_contact: p.do_not_contact.is_some(),
        }
    }
}

/// How lists name the prospect that stands for this one.
///
/// # Errors
/// When there is no such prospect.
pub fn who(act: &mut Act<'_, '_>, id: ProspectId) -> Result<Who> {
    let p = get(act, id)?;
    if p.root == p.id {
        Ok(Who::from(&p))
    } else {
        Ok(Who::from(&get(act, p.root)?))
    }
}

/// The names of several, in no particular order; merged ones under the name that stands for them.
/// The first id of each pair is the one asked for.
pub(crate) fn names(act: &mut Act<'_, '_>, ids: &[ProspectId]) -> Result<Vec<(ProspectId, Who)>> {
    let asked = prospect::get_many(act.tx, ids)?;
    let others: Vec<ProspectId> = asked
        .iter()
        .filter(|p| p.root != p.id)
        .map(|p| p.root)
        .collect();
    let roots = prospect::get_many(act.tx, &others)?;
    Ok(asked
        .iter()
        .map(|p| {
            let stands = roots.iter().find(|r| r.id == p.root).unwrap_or(p);
            (p.id, Who::from(stands))
        })
        .collect())
}

/// Prospects whose name, company or address holds words beginning with each word of the text.
///
/// # Errors
/// When the database cannot be read.
pub fn find(act: &mut Act<'_, '_>, _me: &Seller, text: &str, limit: usize) -> Result<Vec<Who>> {
    let wanted = words(text);
    let mut found = matching_words(act, &wanted, Match::Beginning, |p| {
        let there = words(&format!("{} {} {}", p.name, p.company, p.email));
        wanted
            .iter()
            .all(|w| there.iter().any(|t| t.starts_with(w.as_str())))
    })?;
    found.sort_by_key(|p| (fold(&p.name), p.id));
    let mut out: Vec<Who> = Vec::new();
    for p in &found {
        if out.len() < limit && !out.iter().any(|w| w.id == p.root) {
            out.push(who(act, p.id)?);
        }
    }
    Ok(out)
}

/// How a word must stand in a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    Whole,
    Beginning,
}

/// Prospects that some word leads to and that pass a test.
fn matching_words(
    act: &mut Act<'_, '_>,
    wanted: &[String],
    how: Match,
    test: impl Fn(&Prospect) -> bool,
) -> Result<Vec<Prospect>> {
    let most = act.workspace.thresholds.search_people * 4;
    let limit = i64::try_from(most).unwrap_or(2_000);
    let mut best: Option<Vec<ProspectId>> = None;
    // The rarest word leads; the others are checked on what it finds. A word that finds too many
    // is not read to its end, so it leads only when all are like it.
    for word in wanted {
        let hits = match how {
            Match::Whole => term::people_with_word(act.tx, word, limit)?,
            Match::Beginning => term::people_with_prefix(act.tx, word, limit)?,
        };
        if best.as_ref().is_none_or(|b| hits.len() < b.len()) {
            best = Some(hits);
        }
    }
    let ids: HashSet<ProspectId> = best.unwrap_or_default().into_iter().collect();
    let ids: Vec<ProspectId> = ids.into_iter().collect();
    let candidates = prospect::get_many(act.tx, &ids)?;
    Ok(candidates
        .into_iter()
        .filter(|p| !p.forgotten && test(p))
        .collect())
}

/// The prospect a reference means, made when nobody is known by it.
pub(crate) fn resolve(act: &mut Act<'_, '_>, me: &Seller, who: &WhoRef) -> Result<Prospect> {
    match who {
        WhoRef::Id(id) => {
            let root = root(act, *id)?;
            sight::to_write_about(act, me, root)
        }
        WhoRef::New { name, company } => create(act, &Contact::named(name, company)),
        WhoRef::Unnamed => create(act, &Contact::default()),
        WhoRef::Text(text) => {
            if text.trim().is_empty() {
                return Err(AppError::invalid(
                    "who",
                    "Say who it was: a name, an address or a number.",
                ));
            }
            match known_by(act, text)?.as_slice() {
                [] => create(act, &contact_of(text)),
                [one] => fill(act, me, *one, &contact_of(text)),
                several => {
                    let mut candidates = Vec::new();
                    for id in several.iter().take(20) {
                        candidates.push(self::who(act, *id)?);
                    }
                    let names: Vec<String> = candidates
                        .iter()
                        .map(|w| {
                            format!("{}, {} ({})", w.name, w.company, w.id).replace(",  (", " (")
                        })
                        .collect();
                    Err(AppError {
                        candidates,
                        ..AppError::new(
                            Kind::Ambiguous,
                            format!("“{text}” could be several people."),
                        )
                        .with_hint(format!("Say which: {}.", names.join("; ")))
                    })
                }
            }
        }
    }
}

/// Everybody a text could mean; roots only.
fn known_by(act: &mut Act<'_, '_>, text: &str) -> Result<Vec<ProspectId>> {
    if let Ok(id) = text.trim().parse::<ProspectId>()
        && let Some(p) = prospect::get(act.tx, id)?
    {
        return Ok(vec![p.root]);
    }
    let c = contact_of(text);
    let keys = MatchKeys::of(
        &act.workspace.keyed,
        None,
        &c.name,
        &c.company,
        &c.email,
        &c.phone,
    );
    let by_key: Vec<_> = keys.iter().collect();
    let found = matching::find(act.tx, &by_key)?;
    // An address or a number is surer than a name.
    for key in [keys.email, keys.phone] {
        if let Some(ids) = key.and_then(|k| found.get(&k)) {
            return Ok(ids.clone());
        }
    }
    let wanted = words(&format!("{} {}", c.name, c.company));
    if wanted.is_empty() {
        let called_so = keys.name.and_then(|k| found.get(&k));
        return Ok(called_so.cloned().unwrap_or_default());
    }
    // Had an address or a number been the same, they would have been found by it.
    let differs = |mine: &str, theirs: &str| !mine.is_empty() && !theirs.is_empty();
    let candidates = matching_words(act, &wanted, Match::Whole, |p| {
        // Whole words only: “Ann” is not Anna.
        let there = words(&format!("{} {}", p.name, p.company));
        wanted.iter().all(|w| there.contains(w))
            && !differs(&c.email, &p.email)
            && !differs(&c.phone, &p.phone)
    })?;
    let (name, company) = (fold(&c.name), fold(&c.company));
    let exact = |p: &&Prospect| {
        let same_name =
            fold(&p.name) == name && (company.is_empty() || fold(&p.company) == company);
        same_name || (p.name.is_empty() && company.is_empty() && fold(&p.company) == name)
    };
    let mut roots: Vec<ProspectId> = candidates.iter().filter(exact).map(|p| p.root).collect();
    if roots.is_empty() {
        roots = candidates.iter().map(|p| p.root).collect();
    }
    roots.sort();
    roots.dedup();
    Ok(roots)
}

/// Keeps what a text adds about somebody known, where nothing is known yet.
fn fill(act: &mut Act<'_, '_>, me: &Seller, id: ProspectId, new: &Contact) -> Result<Prospect> {
    let p = sight::to_write_about(act, me, id)?;
    let adds = |have: &str, new: &str| have.is_empty() && !new.is_empty();
    if !adds(&p.email, &new.email) && !adds(&p.phone, &new.phone) {
        return Ok(p);
    }
    let either = |have: String, new: &str| {
        if have.is_empty() {
            new.to_owned()
        } else {
            have
        }
    };
    let filled = Contact {
        name: p.name,
        company: either(p.company, &new.company),
        email: either(p.email, &new.email),
        phone: either(p.phone, &new.phone),
        language: p.language,
        zone: p.zone,
        segment: p.segment.unwrap_or_default(),
    };
    edit(act, me, id, &filled)
}

/// What a text such as a pasted line tells: an address, a number, a name and a company.
pub(crate) fn contact_of(text: &str) -> Contact {
    let mut contact = Contact::default();
    let mut rest: Vec<&str> = Vec::new();
    for part in text
        .split([',', ';', '\t'])
        .map(str::trim)
        .filter(|p| !p.is_empty())
    {
        if contact.email.is_empty() && domain::email_key(part).is_some() {
            contact.email = part.trim_start_matches("mailto:").to_owned();
        } else if contact.phone.is_empty() && domain::phone_key(part).is_some() {
            contact.phone = part.trim_start_matches("tel:").to_owned();
        } else {
            rest.push(part);
        }
    }
    let mut rest = rest.into_iter();
    contact.name = rest.next().unwrap_or_default().to_owned();
    contact.company = rest.collect::<Vec<_>>().join(", ");
    contact
}
