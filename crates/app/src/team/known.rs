//! Which attempts of a month somebody knows already, and who the rest are of.

use std::collections::BTreeMap;

use domain::{Person, PersonId};
use store::tables::person;
use store::tables::team_month::Contributor;

use crate::{Act, Result};

/// Everybody by id, with what decides whose attempts are known to whom.
pub(super) struct People(BTreeMap<PersonId, Person>);

impl People {
    pub(super) fn read(act: &mut Act<'_, '_>) -> Result<Self> {
        let all = person::all(act.tx)?;
        Ok(Self(all.into_iter().map(|p| (p.id, p)).collect()))
    }

    pub(super) fn get(&self, id: PersonId) -> Option<&Person> {
        self.0.get(&id)
    }

    /// Who somebody is: whoever claimed their rows, or they themselves.
    pub(super) fn who(&self, id: PersonId) -> PersonId {
        self.get(id).and_then(|p| p.claimed_by).unwrap_or(id)
    }

    /// Who contributed attempts that `viewers` do not know, of a month that began at `began`. They know
    /// their own, what they brought in, and what was ever shared since: who has read a row knows it,
    /// also when nobody shares it any more.
    pub(super) fn unknown_to(
        &self,
        viewers: &[PersonId],
        one: &Contributor,
        began: i64,
    ) -> Option<PersonId> {
        let person = self.who(one.person);
        let shared = |p: &Person| p.shares_rows || p.shared_until.is_some_and(|at| at > began);
        let known = viewers.contains(&person)
            || one.brought_by.is_some_and(|by| viewers.contains(&by))
            || self.get(person).is_some_and(shared);
        (!known).then_some(person)
    }
}
