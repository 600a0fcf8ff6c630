//! Finding in the list by words: of names, firms and addresses, and of what prospects said.

use std::collections::{HashMap, HashSet};

use domain::{AttemptId, ProspectId};
use store::tables::{list, term};

use crate::{Act, Result};

/// Where a word stands.
#[derive(Default)]
struct Standing {
    /// Among a prospect's own words.
    people: HashSet<ProspectId>,
    /// Among what was said at an attempt.
    attempts: HashSet<AttemptId>,
    /// With whom those attempts were.
    asked: HashSet<ProspectId>,
}

impl Standing {
    fn add(&mut self, prospect: ProspectId, attempt: Option<AttemptId>) {
        match attempt {
            Some(id) => {
                self.attempts.insert(id);
                self.asked.insert(prospect);
            }
            None => {
                self.people.insert(prospect);
            }
        }
    }

    fn fits(&self, prospect: ProspectId, root: ProspectId, attempt: AttemptId) -> bool {
        self.people.contains(&prospect)
            || self.people.contains(&root)
            || self.attempts.contains(&attempt)
    }
}

/// The words of a search; of each, everywhere it stands, unless that is too much to read.
pub(crate) struct Words(Vec<(String, Option<Standing>)>);

impl Words {
    /// Looks each word up, and gives up on those that stand in more than `most` places.
    pub(crate) fn read(act: &mut Act<'_, '_>, wanted: &[String], most: usize) -> Result<Self> {
        let limit = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        let mut words = Vec::with_capacity(wanted.len());
        for word in wanted {
            let hits = term::with_prefix(act.tx, word, limit)?;
            let standing = (hits.len() <= most).then(|| {
                let mut standing = Standing::default();
                for (prospect, attempt) in hits {
                    standing.add(prospect, attempt);
                }
                standing
            });
            words.push((word.clone(), standing));
        }
        Ok(Self(words))
    }

    /// The people that the rarest word leads to; nothing when it leads to more than `most`.
    pub(crate) fn lead(&self, most: usize) -> Option<Vec<ProspectId>> {
        let known = self.0.iter().filter_map(|(_, standing)| standing.as_ref());
        let rarest = known.min_by_key(|s| s.people.len() + s.asked.len())?;
        let people: Vec<ProspectId> = rarest.people.union(&rarest.asked).copied().collect();
        (people.len() <= most).then_some(people)
    }

    /// How many people may be looked up rather than walked to: with several words more of them, as
    /// the other words leave few.
    pub(crate) fn few(&self, act: &Act<'_, '_>) -> usize {
        let one = act.workspace.thresholds.search_hits;
        if self.0.len() > 1 { one * 4 } else { one }
    }
}

/// Where every word stands among some people and all merged with them.
pub(crate) struct Hits<'w> {
    /// Everybody looked at, with the one that stands for them.
    roots: HashMap<ProspectId, ProspectId>,
    known: Vec<&'w Standing>,
    looked_up: Vec<Standing>,
    /// Those with whom every word stands somewhere.
    people: Vec<ProspectId>,
}

impl<'w> Hits<'w> {
    /// Looks the words up.
    pub(crate) fn among(
        act: &mut Act<'_, '_>,
        words: &'w Words,
        people: &[ProspectId],
    ) -> Result<Self> {
        let roots = list::families(act.tx, people)?;
        let mut hits = Self {
            known: words.0.iter().filter_map(|(_, s)| s.as_ref()).collect(),
            looked_up: Vec::new(),
            people: roots.keys().copied().collect(),
            roots,
        };
        for i in 0..hits.known.len() {
            let standing = hits.known[i];
            hits.keep_those_of(standing);
        }
        for (word, _) in words.0.iter().filter(|(_, known)| known.is_none()) {
            let mut standing = Standing::default();
            term::among(act.tx, word, &hits.people, |prospect, attempt| {
                standing.add(prospect, attempt);
            })?;
            hits.keep_those_of(&standing);
            hits.looked_up.push(standing);
        }
        Ok(hits)
    }

    /// Keeps the people with whom, or with somebody merged with them, a word stands.
    fn keep_those_of(&mut self, standing: &Standing) {
        let there = |p: &&ProspectId| standing.people.contains(p) || standing.asked.contains(p);
        let families: HashSet<ProspectId> = self
            .people
            .iter()
            .filter(there)
            .map(|p| self.root(*p))
            .collect();
        let roots = &self.roots;
        self.people
            .retain(|p| roots.get(p).is_some_and(|root| families.contains(root)));
    }

    /// The people whose attempts may fit.
    pub(crate) fn people(&self) -> &[ProspectId] {
        &self.people
    }

    /// Who stands for somebody looked at.
    pub(crate) fn root(&self, prospect: ProspectId) -> ProspectId {
        self.roots.get(&prospect).copied().unwrap_or(prospect)
    }

    /// Whether every word stands at an attempt, with the prospect asked, or with the one that
    /// stands for them.
    pub(crate) fn fits(&self, prospect: ProspectId, attempt: AttemptId) -> bool {
        let root = self.root(prospect);
        let words = self.known.iter().copied().chain(&self.looked_up);
        words
            .into_iter()
            .all(|standing| standing.fits(prospect, root, attempt))
    }
}
