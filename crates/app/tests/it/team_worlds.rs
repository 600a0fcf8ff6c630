//! Random teams, months, joins, leaves, imports, claims, shares that end and late corrections: no figure a
//! lead sees, nor what is left of it less what they know, is of few people.

use std::collections::{BTreeMap, BTreeSet};

use app::import::Owner;
use app::ledger::{self, Correction, NewAttempt};
use app::team::{self, Key, OTHER, Shown};
use app::{Member, accounts, sweep};
use domain::{Attempt, Outcome, PersonId, Role, Roles, Stage, Standing, TeamId, When};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::tables::ways;
use testkit::db::Backend;

use crate::isolation::{colleague, member};
use crate::made::{Desk, lisbon};
use crate::team::{ask, join, log, new_team, see};
use crate::whose_rows::bring;

/// Who asked what at which stage: person, month (8 to 11), stage, outcome, reason.
type Ask = (usize, i8, usize, usize, usize);

/// What may happen in a workspace of two teams.
#[derive(Debug, Clone)]
struct World {
    /// Which team each of nine people joined, and in which month; who of them leads.
    joins: Vec<(bool, i8, bool)>,
    /// Who moves to the other team, and in which month.
    moves: Vec<(usize, i8)>,
    shares: Vec<usize>,
    /// Who began to share and ended it again, before or after the months were counted.
    shared: Vec<(usize, bool)>,
    /// Who has no account yet: all their asks were brought in, and by whom.
    brought: Vec<(usize, usize)>,
    /// Who brings one of those files in again, changed, and whether after the months were counted.
    again: Vec<(usize, usize, bool)>,
    /// Which of those is claimed by whom, after the months were counted.
    claims: Vec<(usize, usize)>,
    asks: Vec<Ask>,
    /// What is changed after the months were counted.
    late: Vec<(usize, usize)>,
}

fn worlds() -> impl Strategy<Value = World> {
    let people = 9usize;
    let joins = proptest::collection::vec(
        (
            proptest::bool::weighted(0.8),
            7i8..10,
            proptest::bool::weighted(0.15),
        ),
        people,
    );
    let ask = (0..people, 8i8..11, 0usize..3, 0usize..4, 0usize..3)
        .prop_map(|(p, m, s, o, r)| (p, m, s * s / 2, o * o / 3, r));
    (
        joins,
        proptest::collection::vec((0..people, 8i8..11), 0..3),
        proptest::collection::vec(0..people, 0..2),
        proptest::collection::vec((0..people, proptest::bool::ANY), 0..2),
        proptest::collection::vec((0..people, 0..people), 0..4),
        proptest::collection::vec((0usize..3, 0..people, proptest::bool::ANY), 0..6),
        proptest::collection::vec((0usize..3, 0..people), 0..2),
        proptest::collection::vec(ask, 20..110),
        proptest::collection::vec((0usize..110, 0usize..3), 1..12),
    )
        .prop_map(
            |(joins, moves, shares, shared, brought, again, claims, asks, late)| World {
                joins,
                moves,
                shares,
                shared,
                brought,
                again,
                claims,
                asks,
                late,
            },
        )
}

const OUTCOMES: [Outcome; 4] = [Outcome::No, Outcome::NoReply, Outcome::Yes, Outcome::NotNow];

fn new_ask(&(_, month, stage, outcome, reason): &Ask) -> NewAttempt {
    let outcome = OUTCOMES[outcome % 4];
    let reasons = [None, Some("N1"), Some("N2")];
    NewAttempt {
        stage: Some(Stage::ALL[stage % 3]),
        ..ask(
            date(2026, month, 14),
            outcome,
            reasons[reason].filter(|_| outcome == Outcome::No),
            Some("said so").filter(|_| outcome == Outcome::No),
        )
    }
}

fn holds(leaf: &Key, a: &Attempt) -> bool {
    let reason = match a.outcome {
        Outcome::No => a.reasons.leading().map_or("", |(code, _)| code),
        _ => "",
    };
    let fits = |leaf: &str, own: &str| leaf == OTHER || leaf == own;
    fits(&leaf.stage, a.stage.code())
        && fits(&leaf.outcome, a.outcome.code())
        && fits(&leaf.reason, reason)
}

/// Which leaf an attempt is in: the most exact one that can hold it.
fn leaf_of<'k>(leaves: &'k [(Key, i64)], a: &Attempt) -> Option<&'k Key> {
    let merged = |k: &Key| [&k.stage, &k.outcome, &k.reason].map(|c| c.as_str() == OTHER);
    let fitting = leaves.iter().map(|(k, _)| k).filter(|k| holds(k, a));
    fitting.min_by_key(|k| merged(k))
}

/// Makes placeholders of those whose asks were brought in; says by whom each was.
fn placeholders(desk: &Desk, world: &World, people: &[Member]) -> BTreeMap<usize, usize> {
    let importers: BTreeSet<usize> = world.brought.iter().map(|(_, by)| *by).collect();
    let mut out = BTreeMap::new();
    for (one, by) in world.brought.iter().filter(|(p, _)| !importers.contains(p)) {
        out.insert(*one, *by);
        let id = people[*one].id();
        desk.act(move |act, _| {
            let person = store::tables::person::get(act.tx, id)?.unwrap();
            let standing = Standing::Placeholder;
            let person = domain::Person { standing, ..person };
            Ok(store::tables::person::update(act.tx, &person)?)
        });
    }
    out
}

/// Somebody brings in the asks of others, as an administrator who sells; a second time with other words.
fn bring_in(desk: &Desk, by: &Member, asks: &[(usize, &Ask)], again: bool) {
    let (id, was) = (by.id(), by.roles());
    let roles = |roles: Roles| {
        desk.tend(move |act, who| accounts::set_roles(act, who, id, roles));
    };
    roles(was.with(Role::Seller).with(Role::Administrator));
    let mut file = "id,at,prospect,outcome,stage,reason,said_by,words,rep\n".to_owned();
    for (n, ask) in asks {
        let new = new_ask(ask);
        file += &format!(
            "{n},2026-{:02}-14,Ada Merrow,{},{},{},{},said {},Person {}\n",
            ask.1,
            new.outcome.code(),
            new.stage.unwrap().code(),
            new.reason.as_deref().unwrap_or(""),
            new.said_by.map_or("", |by| by.code()),
            if again { by.name() } else { "so" },
            ask.0
        );
    }
    let owner = Owner::of(&member(desk, &id.to_string())).unwrap();
    let done = bring(&desk.app, owner, &file);
    let new = if again { 0 } else { asks.len() as u64 };
    assert_eq!((done.attempts, done.errors_in_all), (new, 0));
    roles(was);
}

/// Begins to share somebody's rows, or ends it.
fn share(desk: &Desk, one: &Member, on: bool) {
    let one = one.clone();
    desk.act(move |act, _| accounts::share_rows(act, &one, on));
}

/// Says how many tables were seen.
fn no_few_are_isolated(backend: Backend, world: &World) -> Result<usize, TestCaseError> {
    let desk = Desk::new(backend);
    // So that others may stop looking after it.
    desk.tend(|act, who| {
        Ok(ways::set_password(
            act.tx,
            who.id(),
            "$argon2id$made-up",
            1,
        )?)
    });
    let teams = [new_team(&desk, "North"), new_team(&desk, "South")];
    let at = |month: i8, day: i8| lisbon().start_of(date(2026, month, day)).as_microsecond();
    let mut people = Vec::new();
    for (n, (north, month, leads)) in world.joins.iter().enumerate() {
        let roles: &[Role] = if *leads {
            &[Role::Seller, Role::Lead]
        } else {
            &[Role::Seller]
        };
        let one = colleague(&desk, &format!("Person {n}"), roles);
        join(&desk, one.id(), teams[usize::from(!north)], at(*month, 20));
        people.push(one);
    }
    for (n, month) in &world.moves {
        let (id, team, since) = (
            people[*n].id(),
            teams[usize::from(*month % 2 == 0)],
            at(*month, 2),
        );
        // Refused where it would lie before what they left.
        let _ = desk.attempt_to_tend(move |act, who| {
            accounts::set_team(act, who, id, Some(team), Some(since))
        });
    }
    for n in &world.shares {
        share(&desk, &people[*n], true);
    }
    let ended = |before: bool| {
        for (n, _) in world
            .shared
            .iter()
            .filter(|(n, b)| *b == before && !world.shares.contains(n))
        {
            share(&desk, &people[*n], true);
            share(&desk, &people[*n], false);
        }
    };
    ended(true);
    let brought = placeholders(&desk, world, &people);
    let mut files: BTreeMap<usize, Vec<(usize, &Ask)>> = BTreeMap::new();
    for (n, ask) in world.asks.iter().enumerate() {
        match brought.get(&ask.0) {
            Some(by) => files.entry(*by).or_default().push((n, ask)),
            None => drop(log(&desk, &people[ask.0], new_ask(ask))),
        }
    }
    for (by, asks) in &files {
        bring_in(&desk, &people[*by], asks, false);
    }
    // Who once could read a file of others' asks: as an administrator they brought one in.
    let mut readers: BTreeSet<usize> = files.keys().copied().collect();
    let mut once_more = |after: bool| {
        for (nth, by, _) in world
            .again
            .iter()
            .filter(|(_, by, when)| *when == after && !brought.contains_key(by))
        {
            if let Some(asks) = files.values().nth(*nth) {
                bring_in(&desk, &people[*by], asks, true);
                readers.insert(*by);
            }
        }
    };
    once_more(false);
    let logged = desk.attempts();
    prop_assert_eq!(logged.len(), world.asks.len());
    desk.act(|act, _| sweep::team_months(act));
    ended(false);
    let mut claimed: BTreeMap<PersonId, PersonId> = BTreeMap::new();
    for (nth, by) in &world.claims {
        let from = brought.keys().nth(*nth).map(|n| people[*n].id());
        let to = people[*by].id();
        if let Some(from) = from.filter(|from| !claimed.contains_key(from))
            && !brought.contains_key(by)
        {
            desk.tend(move |act, who| accounts::claim(act, who, from, to));
            claimed.insert(from, to);
        }
    }
    once_more(true);
    let whose = |id: PersonId| claimed.get(&id).copied().unwrap_or(id);
    let shares = |id: PersonId| {
        let ever = world
            .shares
            .iter()
            .chain(world.shared.iter().map(|(n, _)| n));
        ever.clone().any(|n| people[*n].id() == id)
    };
    // Anybody of a team may come to lead it.
    let mut seen: BTreeMap<(TeamId, i64), Vec<(Key, i64)>> = BTreeMap::new();
    let mut shown = Vec::new();
    let look = |desk: &Desk| {
        let mut shown = Vec::new();
        for n in (0..people.len()).filter(|n| !brought.contains_key(n)) {
            let id = people[n].id();
            let team = desk.look(move |tx| store::tables::team::of(tx, id));
            let Some(team) = team else { continue };
            let roles = domain::Roles::of(&[Role::Seller, Role::Lead]);
            let was = people[n].roles();
            desk.tend(move |act, who| accounts::set_roles(act, who, id, roles));
            let lead = member(desk, &format!("Person {n}"));
            for month in [202_608, 202_609, 202_610] {
                shown.push((team.id, n, month, see(desk, &lead, Some(month)).month));
            }
            desk.tend(move |act, who| accounts::set_roles(act, who, id, was));
        }
        shown
    };
    for (team, viewer, month, closed) in look(&desk) {
        if let Some(closed) = &closed
            && closed.month == month
            && let Shown::Figures(f) = &closed.shown
        {
            // One table of a team and month, for whoever may see it.
            let known = seen.entry((team, month)).or_insert_with(|| f.parts.clone());
            prop_assert_eq!(&*known, &f.parts);
            // The viewer knows their own rows, those ever shared with them and, if they ever were an
            // administrator, those brought in for others: what is left of each part is of five others. Every figure and difference of figures is a
            // sum of parts.
            let mut contributors: BTreeMap<&Key, BTreeSet<PersonId>> = BTreeMap::new();
            let mut counts: BTreeMap<&Key, i64> = BTreeMap::new();
            let members = members_of(&desk, team, month);
            for a in logged
                .iter()
                .filter(|a| month_of(a) == month && members.contains(&a.owner))
            {
                let leaf = leaf_of(&f.parts, a);
                prop_assert!(leaf.is_some(), "{:?} is in no part", a.id);
                let Some(leaf) = leaf else { continue };
                *counts.entry(leaf).or_default() += 1;
                let (me, owner) = (people[viewer].id(), whose(a.owner));
                let read = a.brought_by.is_some_and(|by| by != owner) && readers.contains(&viewer);
                if owner != me && !read && !shares(owner) {
                    contributors.entry(leaf).or_default().insert(owner);
                }
            }
            for (key, n) in &f.parts {
                prop_assert_eq!(counts.get(key), Some(n));
                let others = contributors.get(key).map_or(0, BTreeSet::len);
                prop_assert!(others >= 5, "{} of {:?}", others, key);
            }
        }
        shown.push((team, viewer, month, closed));
    }
    // Nobody's attempts of one month are in two teams' tables.
    for month in [202_608, 202_609, 202_610] {
        let both: Vec<BTreeSet<PersonId>> = teams
            .iter()
            .filter(|t| seen.contains_key(&(**t, month)))
            .map(|t| members_of(&desk, *t, month))
            .collect();
        if let [a, b] = both.as_slice() {
            prop_assert!(a.is_disjoint(b));
        }
    }
    // Late corrections, undoing and late logging change nothing that was shown.
    for (which, how) in &world.late {
        let a = logged[which % logged.len()].clone();
        let owner = whose(a.owner);
        let Some(me) = (people.iter().find(|p| p.id() == owner))
            .filter(|p| !brought.keys().any(|n| people[*n].id() == p.id()))
            .and_then(Member::seller)
        else {
            continue;
        };
        let what = *how;
        let _ = desk.attempt_to(move |act, _| match what {
            0 => {
                let to = Correction {
                    outcome: Some(Outcome::SendInfo),
                    stage: Some(Stage::Renewal),
                    ..Correction::default()
                };
                ledger::correct(act, &me, a.id, to).map(drop)
            }
            1 => ledger::log(act, &me, ask(date(2026, 9, 20), Outcome::Yes, None, None)).map(drop),
            _ => ledger::correct(
                act,
                &me,
                a.id,
                Correction {
                    when: Some(When::Day(date(2026, 9, 1))),
                    ..Correction::default()
                },
            )
            .map(drop),
        });
    }
    desk.act(|act, _| sweep::team_months(act));
    let parts = |closed: &Option<team::Closed>| match closed.as_ref().map(|c| c.shown.clone()) {
        Some(Shown::Figures(f)) => Some(f.parts),
        _ => None,
    };
    let after = look(&desk);
    for (before, after) in shown.iter().zip(&after) {
        if before.3.as_ref().is_some_and(|c| c.month == before.2) {
            prop_assert_eq!(parts(&before.3), parts(&after.3));
        }
    }
    Ok(seen.len())
}

fn month_of(a: &Attempt) -> i64 {
    let day = a.when.day(&a.zone).unwrap();
    i64::from(day.year()) * 100 + i64::from(day.month())
}

fn members_of(desk: &Desk, team: TeamId, month: i64) -> BTreeSet<PersonId> {
    let first = date(2026, i8::try_from(month % 100).unwrap(), 1);
    let at = lisbon().start_of(first).as_microsecond();
    let all = desk.look(move |tx| store::tables::team::as_of(tx, team, at));
    all.into_iter().collect()
}

#[test]
fn no_figure_isolates_few_people() {
    for (backend, cases) in [(Backend::Sqlite, 24), (Backend::Postgres, 6)] {
        let config = Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        };
        let tables = std::cell::Cell::new(0);
        TestRunner::new(config)
            .run(&worlds(), |world| {
                tables.set(tables.get() + no_few_are_isolated(backend, &world)?);
                Ok(())
            })
            .unwrap();
        // The worlds are such that there is something to see.
        println!("{} tables of {cases} worlds", tables.get());
        assert!(tables.get() > 0);
    }
}
