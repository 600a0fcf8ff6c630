//! What may be said of a team's month without saying anything of few people.
//!
//! All attempts of the month are divided once into leaves, such that in each there are attempts of
//! enough people. Every figure that is shown is a sum of whole leaves, so every sum and difference of
//! such figures is a sum and difference of whole leaves too: none can be about fewer people.
//! Leaves with too few are merged: reasons of one outcome, then outcomes of one stage, then stages;
//! what is still too small takes its smallest neighbour in.

use std::collections::{BTreeMap, BTreeSet};

use domain::PersonId;
use store::tables::team_month::{Contributor, Key};

/// What stands for several reasons, outcomes or stages merged into one.
pub const OTHER: &str = "*";

/// Attempts of one stage, outcome and reason, or of several merged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cell {
    /// How many.
    pub(super) attempts: i64,
    /// Whose, those left out who are not counted as contributors.
    pub(super) people: BTreeSet<PersonId>,
    /// The same, with who brought their attempts in.
    pub(super) contributors: BTreeSet<Contributor>,
}

impl Cell {
    fn take(&mut self, other: Self) {
        self.attempts += other.attempts;
        self.people.extend(other.people);
        self.contributors.extend(other.contributors);
    }
}

type Leaf = (Key, Cell);

fn key(stage: &str, outcome: &str, reason: &str) -> Key {
    Key {
        stage: stage.into(),
        outcome: outcome.into(),
        reason: reason.into(),
    }
}

/// The leaves of a month, each with attempts of at least `least` people; nothing when all of them
/// together have fewer.
pub(super) fn partition(cells: BTreeMap<Key, Cell>, least: usize) -> Option<Vec<Leaf>> {
    let mut stages: BTreeMap<String, BTreeMap<String, Vec<Vec<Leaf>>>> = BTreeMap::new();
    for (key, cell) in cells {
        let outcomes = stages.entry(key.stage.clone()).or_default();
        let reasons = outcomes.entry(key.outcome.clone()).or_default();
        reasons.push(vec![(key, cell)]);
    }
    let mut all = Vec::new();
    for (stage, outcomes) in stages {
        let mut parts = Vec::new();
        for (outcome, reasons) in outcomes {
            parts.push(merged(reasons, least, &key(&stage, &outcome, OTHER)));
        }
        all.push(merged(parts, least, &key(&stage, OTHER, OTHER)));
    }
    let leaves = merged(all, least, &key(OTHER, OTHER, OTHER));
    let enough = leaves.iter().all(|(_, cell)| cell.people.len() >= least);
    (enough && !leaves.is_empty()).then_some(leaves)
}

/// Merges the groups that have too few people into one leaf, which takes the smallest of the others
/// in until it has enough, or is all there is. A group is either one leaf or leaves with enough.
fn merged(groups: Vec<Vec<Leaf>>, least: usize, under: &Key) -> Vec<Leaf> {
    let has_enough = |group: &Vec<Leaf>| group.iter().all(|(_, c)| c.people.len() >= least);
    let (mut kept, small): (Vec<_>, Vec<_>) = groups.into_iter().partition(has_enough);
    if small.is_empty() {
        return kept.into_iter().flatten().collect();
    }
    let mut rest = Cell::default();
    for (_, cell) in small.into_iter().flatten() {
        rest.take(cell);
    }
    while rest.people.len() < least {
        let size = |group: &Vec<Leaf>| group.iter().map(|(_, c)| c.attempts).sum::<i64>();
        let smallest = (0..kept.len()).min_by_key(|&i| (size(&kept[i]), &kept[i][0].0));
        let Some(smallest) = smallest else { break };
        for (_, cell) in kept.remove(smallest) {
            rest.take(cell);
        }
    }
    let mut leaves: Vec<Leaf> = kept.into_iter().flatten().collect();
    leaves.push((under.clone(), rest));
    leaves
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LEAST: usize = 5;

    fn person(n: u8) -> PersonId {
        PersonId::from_bytes([n; 16])
    }

    /// One attempt: who, stage, outcome, reason.
    type Ask = (u8, u8, u8, u8);

    fn cells(asks: &[Ask], uncounted: &[u8]) -> BTreeMap<Key, Cell> {
        let mut out: BTreeMap<Key, Cell> = BTreeMap::new();
        for &(who, stage, outcome, reason) in asks {
            let reason = if outcome == 0 {
                format!("N{reason}")
            } else {
                String::new()
            };
            let cell = out
                .entry(key(&format!("s{stage}"), &format!("o{outcome}"), &reason))
                .or_default();
            cell.attempts += 1;
            if !uncounted.contains(&who) {
                cell.people.insert(person(who));
            }
        }
        out
    }

    fn holds(leaf: &Key, cell: &Key) -> bool {
        let fits = |leaf: &str, cell: &str| leaf == OTHER || leaf == cell;
        fits(&leaf.stage, &cell.stage)
            && fits(&leaf.outcome, &cell.outcome)
            && fits(&leaf.reason, &cell.reason)
    }

    fn asks() -> impl Strategy<Value = Vec<Ask>> {
        // Few people, so that the edge is hit; skewed, so that some cells are rare.
        let one = (0u8..9, 0u8..4, 0u8..4, 0u8..5)
            .prop_map(|(who, s, o, r)| (who, s / 2 * (s % 2 + 1), o * o / 4, r * r / 6));
        proptest::collection::vec(one, 0..120)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

        /// Every leaf has enough people, and all leaves together are all attempts, each once.
        #[test]
        fn leaves_have_enough_people_and_are_everything(asks in asks(), leads in proptest::collection::vec(0u8..9, 0..3)) {
            let cells = cells(&asks, &leads);
            let people: BTreeSet<_> = cells.values().flat_map(|c| c.people.clone()).collect();
            let leaves = partition(cells.clone(), LEAST);
            prop_assert_eq!(leaves.is_some(), people.len() >= LEAST);
            let Some(leaves) = leaves else { return Ok(()) };
            for (_, leaf) in &leaves {
                prop_assert!(leaf.people.len() >= LEAST);
            }
            let sum: i64 = leaves.iter().map(|(_, c)| c.attempts).sum();
            prop_assert_eq!(sum, i64::try_from(asks.len()).unwrap());
            let keys: BTreeSet<_> = leaves.iter().map(|(k, _)| k).collect();
            prop_assert_eq!(keys.len(), leaves.len());
            for cell in cells.keys() {
                prop_assert!(leaves.iter().any(|(leaf, _)| holds(leaf, cell)));
            }
        }

        /// What an attacker can work out by adding and taking away any published figures is a sum of
        /// whole leaves: sets of leaves differ by leaves, and each leaf is of enough people.
        #[test]
        fn no_two_figures_differ_by_few_people(asks in asks()) {
            let Some(leaves) = partition(cells(&asks, &[]), LEAST) else { return Ok(()) };
            // Every figure of the page: all, each stage, outcome, stage and outcome, stage and reason.
            let mut figures: Vec<BTreeSet<usize>> = vec![(0..leaves.len()).collect()];
            let mut add = |of: &dyn Fn(&Key) -> (String, String, String)| {
                let mut by: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
                for (i, (key, _)) in leaves.iter().enumerate() {
                    by.entry(of(key)).or_default().insert(i);
                }
                figures.extend(by.into_values());
            };
            let none = String::new;
            add(&|k| (k.stage.clone(), none(), none()));
            add(&|k| (none(), k.outcome.clone(), none()));
            add(&|k| (k.stage.clone(), k.outcome.clone(), none()));
            add(&|k| (none(), k.outcome.clone(), k.reason.clone()));
            add(&|k| (k.stage.clone(), k.outcome.clone(), k.reason.clone()));
            let people = |set: &BTreeSet<usize>| -> usize {
                let all: BTreeSet<_> = set.iter().flat_map(|&i| leaves[i].1.people.clone()).collect();
                all.len()
            };
            for a in &figures {
                for b in &figures {
                    let less: BTreeSet<usize> = a.difference(b).copied().collect();
                    prop_assert!(less.is_empty() || people(&less) >= LEAST);
                    for c in &figures {
                        let still: BTreeSet<usize> = less.difference(c).copied().collect();
                        prop_assert!(still.is_empty() || people(&still) >= LEAST);
                    }
                }
            }
        }
    }

    #[test]
    fn a_small_rest_takes_its_smallest_neighbour_in() {
        let mut asks: Vec<Ask> = Vec::new();
        for who in 0..6 {
            // Five times reason 1, once each reason 2; one person alone gave reason 3.
            asks.extend([(who, 0, 0, 1); 5]);
            asks.push((who, 0, 0, 2));
        }
        asks.push((0, 0, 0, 3));
        let leaves = partition(cells(&asks, &[]), LEAST).unwrap();
        let shown: Vec<(&str, i64)> = leaves
            .iter()
            .map(|(k, c)| (k.reason.as_str(), c.attempts))
            .collect();
        assert_eq!(shown, [("N1", 30), (OTHER, 7)]);
    }

    #[test]
    fn too_few_people_are_not_shown_at_all() {
        let asks: Vec<Ask> = (0..4).map(|who| (who, 0, 0, 1)).collect();
        assert_eq!(partition(cells(&asks, &[]), LEAST), None);
        assert_eq!(partition(BTreeMap::new(), LEAST), None);
        let asks: Vec<Ask> = (0..5).map(|who| (who, 0, 0, 1)).collect();
        assert!(partition(cells(&asks, &[]), LEAST).is_some());
        assert_eq!(partition(cells(&asks, &[2]), LEAST), None);
    }
}
