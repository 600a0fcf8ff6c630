//! Which attempts of a month somebody knows already, and who the rest are of.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Person, PersonId, Role};
use store::tables::team_month::Contributor;
use store::tables::{audit, person};

use crate::{Act, Result};

/// Everybody by id, with what decides whose attempts are known to whom.
pub(super) struct People {
    all: BTreeMap<PersonId, Person>,
    /// Who is or was an administrator.
    administered: BTreeSet<PersonId>,
}

impl People {
    pub(super) fn read(act: &mut Act<'_, '_>) -> Result<Self> {
        let all = person::all(act.tx)?;
        let now = all.iter().filter(|p| p.roles.has(Role::Administrator));
        let mut administered: BTreeSet<PersonId> = now.map(|p| p.id).collect();
        administered.extend(audit::ever(act.tx, Role::Administrator.code())?);
        Ok(Self {
            all: all.into_iter().map(|p| (p.id, p)).collect(),
            administered,
        })
    }

    pub(super) fn get(&self, id: PersonId) -> Option<&Person> {
        self.all.get(&id)
    }

    /// Who somebody is: whoever claimed their rows, or they themselves.
    pub(super) fn who(&self, id: PersonId) -> PersonId {
        self.get(id).and_then(|p| p.claimed_by).unwrap_or(id)
    }

    /// Who contributed attempts that `viewers` do not know, of a month that began at `began`. They know
    /// their own, what they brought in for others, and what was ever shared since: who has read a row
    /// knows it, also when nobody shares it any more. Whoever is or was an administrator knows all that
    /// was brought in for others: one of them could write a file and another bring it in.
    pub(super) fn unknown_to(
        &self,
        viewers: &[PersonId],
        one: &Contributor,
        began: i64,
    ) -> Option<PersonId> {
        let person = self.who(one.person);
        let shared = |p: &Person| p.shares_rows || p.shared_until.is_some_and(|at| at > began);
        let one_of = |id: PersonId| viewers.iter().any(|viewer| self.who(*viewer) == id);
        let brought_in = one.brought_by.filter(|by| self.who(*by) != person);
        let read_file = brought_in.is_some_and(|by| {
            one_of(self.who(by)) || viewers.iter().any(|v| self.administered.contains(v))
        });
        let known = one_of(person) || read_file || self.get(person).is_some_and(shared);
        (!known).then_some(person)
    }
}
