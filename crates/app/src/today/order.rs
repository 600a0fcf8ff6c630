//! In which order the call list is worked through. It orders prospects, never people.

use domain::{PersonId, ProspectId};
use evidence::Evidence;
use store::tables::call_list::{self, Waiting};
use store::tables::setting;

use super::limit;
use crate::{Act, Result, Seller, evidence as said};

/// In which order somebody is next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Order {
    /// The person's own: they are alone, or nothing tells a better one.
    Own,
    /// The person's own, because they chose it over the other.
    OwnChosen,
    /// By how likely their next ask is to bring a yes.
    Likely {
        /// How likely that of whoever is next is.
        chance: f64,
        /// Asks that this was learnt from, each forecast before it was made.
        learnt_from: u64,
    },
}

/// People a tap may mean and the next one: as many of the list as those need.
const AHEAD: usize = 3;

/// The head of the call list. Who asked not to be contacted, was forgotten or skipped, or is to be come
/// back to only after today, is not on it in either order.
pub(super) fn waiting(
    act: &mut Act<'_, '_>,
    me: &Seller,
    evidence: Option<&Evidence>,
    today_ends: i64,
) -> Result<(Vec<ProspectId>, Order)> {
    let tells = evidence.filter(|evidence| evidence.ranker().record().tells());
    let chosen = tells.is_some() && own_order(act, me)?;
    let most = match tells {
        Some(_) if !chosen => act.workspace.thresholds.ordered_people,
        _ => AHEAD,
    };
    let now = act.micros();
    let list = call_list::waiting(act.tx, me.id(), now, today_ends, limit(most))?;
    let Some(evidence) = tells.filter(|_| list.len() > 1) else {
        return Ok((roots(list), Order::Own));
    };
    if chosen {
        return Ok((roots(list), Order::OwnChosen));
    }
    let chances = said::chances(act, me, evidence, &list)?;
    let mut by_chance: Vec<(f64, Waiting)> = chances.into_iter().zip(list).collect();
    // Stable: where nothing tells two apart, their own order stays.
    by_chance.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let order = by_chance
        .first()
        .map_or(Order::Own, |(chance, _)| Order::Likely {
            chance: *chance,
            learnt_from: evidence.ranker().record().n(),
        });
    let list = by_chance.into_iter().take(AHEAD).map(|(_, one)| one);
    Ok((roots(list), order))
}

fn roots(list: impl IntoIterator<Item = Waiting>) -> Vec<ProspectId> {
    list.into_iter().map(|one| one.root).collect()
}

const OWN: &str = "own";
const LIKELY: &str = "likely";

fn key(person: PersonId) -> String {
    format!("call_list_order/{person}")
}

fn own_order(act: &mut Act<'_, '_>, me: &Seller) -> Result<bool> {
    let chosen = setting::get(act.tx, &key(me.id()))?;
    Ok(chosen.as_deref() == Some(OWN))
}

/// Works the call list through in one's own order from now on, or again by how likely a yes is, where
/// that can be told.
///
/// # Errors
/// When the database cannot be written.
pub fn set_own_order(act: &mut Act<'_, '_>, me: &Seller, own: bool) -> Result<()> {
    if own_order(act, me)? == own {
        return Ok(());
    }
    let value = if own { OWN } else { LIKELY };
    Ok(setting::set(act.tx, &key(me.id()), value)?)
}
