//! The call list: pasted in, worked through in its own order.

use store::tables::call_list;

use crate::ledger::WhoRef;
use crate::{Act, AppError, Kind, Result, Seller, Who, prospects};

/// What came of a pasted list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pasted {
    /// Put on the list.
    pub added: usize,
    /// Were on it already.
    pub known: usize,
    /// Asked not to be contacted, and were left out.
    pub left_alone: usize,
    /// Lines that could mean several people or nobody, as written.
    pub unclear: Vec<String>,
}

/// Most words of a name; more are a sentence.
const LONGEST_NAME: usize = 8;
/// Most characters of a line.
const LONGEST_LINE: usize = 300;

/// Puts one prospect a line on the list: a name, “Name, Company, number, address” in any order
/// after the name, separated by commas, semicolons or tabs. Unknown ones are added.
///
/// # Errors
/// When the list is empty or too long.
pub fn paste(act: &mut Act<'_, '_>, me: &Seller, text: &str) -> Result<Pasted> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    if lines.is_empty() {
        return Err(AppError::invalid("list", "Paste one person a line."));
    }
    let most = act.workspace.thresholds.call_list_lines;
    if lines.len() > most {
        return Err(AppError::invalid(
            "list",
            format!(
                "That is {} lines; at most {most} at once. Bring more in with Import.",
                lines.len()
            ),
        ));
    }
    let mut out = Pasted::default();
    for line in lines {
        if !names_somebody(line) {
            out.unclear.push(line.to_owned());
            continue;
        }
        let prospect = match prospects::resolve(act, me, &WhoRef::Text(line.into())) {
            Ok(p) => p,
            Err(e) if e.kind == Kind::Ambiguous => {
                out.unclear.push(line.to_owned());
                continue;
            }
            Err(e) => return Err(e),
        };
        if prospect.do_not_contact.is_some() {
            out.left_alone += 1;
        } else if call_list::add(act.tx, me.id(), prospect.root)? {
            out.added += 1;
        } else {
            call_list::skip(act.tx, me.id(), prospect.root, 0)?;
            out.known += 1;
        }
    }
    Ok(out)
}

/// Whether a line can be somebody: an address or a number, or a name that is not a whole sentence.
fn names_somebody(line: &str) -> bool {
    let contact = prospects::contact_of(line);
    let reachable = !contact.email.is_empty() || !contact.phone.is_empty();
    let named = contact.name.chars().any(char::is_alphabetic);
    let short = contact.name.split_whitespace().count() <= LONGEST_NAME
        && line.chars().count() <= LONGEST_LINE;
    (reachable || named) && short
}

/// The next on the list in its own order, and how many are up in all.
///
/// # Errors
/// When the database cannot be read.
pub fn waiting(act: &mut Act<'_, '_>, me: &Seller, most: i64) -> Result<(Vec<Who>, i64)> {
    let now = act.micros();
    let mut next = Vec::new();
    for id in call_list::next(act.tx, me.id(), now, most)? {
        next.push(prospects::who(act, id)?);
    }
    Ok((next, call_list::count(act.tx, me.id(), now, i64::MAX)?))
}
