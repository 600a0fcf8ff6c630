//! A lead sees counts of many people and nobody in them: whatever is logged, whoever joins, leaves,
//! leads or shares, and whatever is corrected later.

use std::collections::{BTreeMap, BTreeSet};

use app::ledger::{self, Correction, NewAttempt};
use app::noes::Query;
use app::team::{self, Key, OTHER, Shown};
use app::{Kind, Member, accounts, sweep};
use domain::{Attempt, Outcome, PersonId, Role, SaidBy, Stage, TeamId, When};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use testkit::db::Backend;

use crate::isolation::{colleague, member};
use crate::made::{Desk, lisbon, on_each, three_weeks_later, with};

fn began() -> i64 {
    lisbon().start_of(date(2026, 8, 15)).as_microsecond()
}

fn new_team(desk: &Desk, name: &'static str) -> TeamId {
    desk.tend(move |act, who| accounts::add_team(act, who, name).map(|t| t.id))
}

fn join(desk: &Desk, who: PersonId, team: TeamId, since: i64) {
    desk.tend(move |act, admin| accounts::set_team(act, admin, who, Some(team), Some(since)));
}

/// A team that began in August: who leads it, and its sellers.
fn crew(desk: &Desk, sellers: usize) -> (TeamId, Member, Vec<Member>) {
    let team = new_team(desk, "North");
    let lead = colleague(desk, "Lea Farrow", &[Role::Seller, Role::Lead]);
    join(desk, lead.id(), team, began());
    let sellers: Vec<Member> = (0..sellers)
        .map(|n| colleague(desk, &format!("Seller {n}"), &[Role::Seller]))
        .collect();
    for one in &sellers {
        join(desk, one.id(), team, began());
    }
    (team, lead, sellers)
}

fn ask(day: Date, outcome: Outcome, reason: Option<&str>, words: Option<&str>) -> NewAttempt {
    NewAttempt {
        at: Some(When::Day(day)),
        stage: Some(Stage::Opener),
        reason: reason.map(str::to_owned),
        said_by: reason.map(|_| SaidBy::Prospect),
        words: words.map(str::to_owned),
        ..with("Ada Merrow", outcome)
    }
}

fn log(desk: &Desk, who: &Member, new: NewAttempt) -> Attempt {
    let me = who.seller().unwrap();
    desk.act(move |act, _| ledger::log(act, &me, new)).attempt
}

fn see(desk: &Desk, lead: &Member, month: Option<i64>) -> team::Page {
    let lead = lead.lead().unwrap();
    desk.act(move |act, _| {
        team::count(act, &lead)?;
        team::page(act, &lead, month)
    })
}

fn figures(page: &team::Page) -> Option<&team::Figures> {
    match &page.month.as_ref()?.shown {
        Shown::Figures(figures) => Some(figures),
        Shown::TooFew | Shown::KnownRows => None,
    }
}

#[test]
fn a_month_is_shown_when_five_besides_the_lead_took_part() {
    on_each(|desk| {
        let (_, lead, sellers) = crew(desk, 5);
        for one in &sellers {
            log(
                desk,
                one,
                ask(date(2026, 10, 7), Outcome::No, Some("N1"), Some("too dear")),
            );
        }
        for one in &sellers[..4] {
            log(desk, one, ask(date(2026, 9, 7), Outcome::No, None, None));
        }
        // The lead's own rows count, and make nobody a fifth.
        log(desk, &lead, ask(date(2026, 9, 7), Outcome::No, None, None));
        log(
            desk,
            &lead,
            ask(
                date(2026, 10, 7),
                Outcome::No,
                Some("N1"),
                Some("the lead’s"),
            ),
        );
        // Neither an open month nor an attempt without a day is counted.
        log(
            desk,
            &lead,
            ask(date(2026, 11, 7), Outcome::Yes, None, None),
        );
        let page = see(desk, &lead, None);
        assert_eq!(page.months, [(202_610, true), (202_609, false)]);
        let shown = figures(&page).unwrap();
        assert_eq!(shown.parts.len(), 1);
        assert_eq!(
            (shown.parts[0].0.reason.as_str(), shown.parts[0].1),
            ("N1", 6)
        );
        let said: Vec<&String> = shown.words.values().flatten().collect();
        assert_eq!(said, ["too dear"]);
        assert_eq!(shown.answered(None), Some((6, 6)));
        let page = see(desk, &lead, Some(202_609));
        assert_eq!(page.month.unwrap().shown, Shown::TooFew);
        assert_eq!(page.next, date(2026, 12, 3));
    });
}

#[test]
fn what_was_counted_stays_whatever_comes_later() {
    on_each(|desk| {
        let (team, lead, sellers) = crew(desk, 6);
        let mut all = Vec::new();
        for one in &sellers {
            let new = ask(date(2026, 10, 7), Outcome::No, Some("N1"), Some("too dear"));
            all.push((one.clone(), log(desk, one, new)));
        }
        let before = see(desk, &lead, Some(202_610));
        assert!(figures(&before).is_some());
        // Corrected, undone, brought in late, gone, come.
        let (who, a) = all[0].clone();
        let me = who.seller().unwrap();
        desk.act(move |act, _| {
            let to = Correction {
                outcome: Some(Outcome::Yes),
                ..Correction::default()
            };
            ledger::correct(act, &me, a.id, to)
        });
        log(
            desk,
            &all[1].0,
            ask(date(2026, 10, 8), Outcome::Yes, None, None),
        );
        let late = colleague(desk, "Late Comer", &[Role::Seller]);
        join(desk, late.id(), team, began());
        log(
            desk,
            &late,
            ask(date(2026, 10, 8), Outcome::Yes, None, None),
        );
        desk.act(|act, _| sweep::team_months(act));
        let after = see(desk, &lead, Some(202_610));
        assert_eq!(before.month, after.month);
        // Words of an attempt that was undone are not shown any more, all others are.
        let (who, a) = all[2].clone();
        let me = who.seller().unwrap();
        desk.act(move |act, _| ledger::undo(act, &me, a.id));
        let after = see(desk, &lead, Some(202_610));
        assert_eq!(
            figures(&before).unwrap().parts,
            figures(&after).unwrap().parts
        );
    });
}

#[test]
fn who_was_one_of_them_is_not_shown_too_little_later() {
    on_each(|desk| {
        let (_, lead, sellers) = crew(desk, 5);
        for one in &sellers {
            log(desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
        }
        assert!(figures(&see(desk, &lead, None)).is_some());
        // Made a lead afterwards: less their own rows the month would be of four people.
        let promoted = sellers[0].id();
        desk.tend(move |act, who| {
            accounts::set_roles(
                act,
                who,
                promoted,
                domain::Roles::of(&[Role::Seller, Role::Lead]),
            )
        });
        let promoted = member(desk, "Seller 0");
        let page = see(desk, &promoted, None);
        assert_eq!(page.month.unwrap().shown, Shown::KnownRows);
        // One shares their rows with the lead: the same for the lead.
        let sharer = sellers[1].clone();
        desk.act(move |act, _| accounts::share_rows(act, &sharer, true));
        let page = see(desk, &lead, None);
        assert_eq!(page.month.unwrap().shown, Shown::KnownRows);
    });
}

#[test]
fn a_placeholder_counts_and_who_claims_their_rows_knows_them() {
    on_each(|desk| {
        let (_, lead, sellers) = crew(desk, 5);
        for one in &sellers {
            log(desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
        }
        // As an import leaves them: nobody can come in, totals read their rows.
        let ghost = sellers[4].id();
        desk.act(move |act, _| {
            let person = store::tables::person::get(act.tx, ghost)?.unwrap();
            let standing = domain::Standing::Placeholder;
            Ok(store::tables::person::update(
                act.tx,
                &domain::Person { standing, ..person },
            )?)
        });
        assert!(figures(&see(desk, &lead, None)).is_some());
        let by = lead.id();
        desk.tend(move |act, who| accounts::claim(act, who, ghost, by));
        assert_eq!(
            see(desk, &lead, None).month.unwrap().shown,
            Shown::KnownRows
        );
    });
}

#[test]
fn rows_are_read_while_they_are_shared_and_by_nobody_else() {
    on_each(|desk| {
        let (team, lead, sellers) = crew(desk, 2);
        let one = sellers[0].clone();
        let a = log(
            desk,
            &one,
            ask(date(2026, 10, 7), Outcome::No, Some("N1"), Some("too dear")),
        );
        let rows = |lead: &Member, id: PersonId| {
            let lead = lead.lead().unwrap();
            desk.attempt_to(move |act, _| {
                let shared = team::shared_rows(act, &lead, id)?;
                team::rows(act, &shared, &Query::default())
            })
        };
        let nobody = rows(&lead, PersonId::from_bytes([7; 16])).unwrap_err();
        let not_shared = rows(&lead, one.id()).unwrap_err();
        assert_eq!(
            (nobody.to_string(), nobody.kind),
            (not_shared.to_string(), Kind::NotFound)
        );
        let share = |on| {
            let one = one.clone();
            desk.act(move |act, _| accounts::share_rows(act, &one, on));
        };
        share(true);
        let page = rows(&lead, one.id()).unwrap();
        assert_eq!(page.rows.len(), 1);
        assert_eq!(page.rows[0].attempt.id, a.id);
        assert_eq!(
            see(desk, &lead, None).sharing,
            [(one.id(), "Seller 0".to_owned())]
        );
        // A lead of another team, and the same lead when the person left.
        let south = new_team(desk, "South");
        let other = colleague(desk, "Otto Brandt", &[Role::Lead]);
        assert_eq!(rows(&other, one.id()).unwrap_err().kind, Kind::NotFound);
        join(desk, other.id(), south, began());
        assert_eq!(rows(&other, one.id()).unwrap_err().kind, Kind::NotFound);
        let id = one.id();
        desk.tend(move |act, who| accounts::set_team(act, who, id, Some(south), None));
        assert!(rows(&other, one.id()).is_ok());
        assert_eq!(rows(&lead, one.id()).unwrap_err().kind, Kind::NotFound);
        share(false);
        assert_eq!(rows(&other, one.id()).unwrap_err().kind, Kind::NotFound);
        let _ = team;
    });
}

#[test]
fn two_that_count_at_once_count_once() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let (_, lead, sellers) = crew(&desk, 5);
        for one in &sellers {
            log(&desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
            log(&desk, one, ask(date(2026, 9, 7), Outcome::Yes, None, None));
        }
        let counted: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    let url = desk.fresh.url.parse().unwrap();
                    scope.spawn(move || {
                        let app = app::App::open(&url, crate::made::thursday).unwrap();
                        app.write_blocking(sweep::team_months).unwrap()
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).sum()
        });
        assert_eq!(counted, 2, "{backend:?}");
        assert_eq!(see(&desk, &lead, None).months.len(), 2);
    }
}

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
        proptest::collection::vec(ask, 20..110),
        proptest::collection::vec((0usize..110, 0usize..3), 1..12),
    )
        .prop_map(|(joins, moves, shares, asks, late)| World {
            joins,
            moves,
            shares,
            asks,
            late,
        })
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

/// Says how many tables were seen.
fn no_few_are_isolated(backend: Backend, world: &World) -> Result<usize, TestCaseError> {
    let desk = Desk::new(backend);
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
        let one = people[*n].clone();
        desk.act(move |act, _| accounts::share_rows(act, &one, true));
    }
    let mut logged = Vec::new();
    for ask in &world.asks {
        logged.push(log(&desk, &people[ask.0], new_ask(ask)));
    }
    desk.act(|act, _| sweep::team_months(act));
    // Anybody of a team may come to lead it.
    let mut seen: BTreeMap<(TeamId, i64), Vec<(Key, i64)>> = BTreeMap::new();
    let mut shown = Vec::new();
    let look = |desk: &Desk| {
        let mut shown = Vec::new();
        for (n, _) in people.iter().enumerate() {
            let id = people[n].id();
            let team = desk
                .look(move |tx| store::tables::team::of(tx, id))
                .unwrap();
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
            // The viewer knows their own rows and those shared with them: what is left of each part
            // is of five others. Every figure and difference of figures is a sum of parts.
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
                let known = a.owner == people[viewer].id()
                    || world.shares.iter().any(|s| people[*s].id() == a.owner);
                if !known {
                    contributors.entry(leaf).or_default().insert(a.owner);
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
        let owner = people.iter().find(|p| p.id() == a.owner).unwrap().clone();
        let me = owner.seller().unwrap();
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

#[test]
fn the_next_month_is_counted_when_it_is_over() {
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let (_, lead, sellers) = crew(&desk, 5);
        for one in &sellers {
            log(&desk, one, ask(date(2026, 11, 7), Outcome::No, None, None));
        }
        assert!(see(&desk, &lead, None).months.is_empty());
        let Desk { app, me, fresh } = desk;
        drop(app);
        let app = app::App::open(&fresh.url.parse().unwrap(), three_weeks_later).unwrap();
        let desk = Desk { app, me, fresh };
        assert_eq!(see(&desk, &lead, None).months, [(202_611, true)]);
        let lead = lead.lead().unwrap();
        let other = colleague(&desk, "Nobody’s Lead", &[Role::Lead])
            .lead()
            .unwrap();
        assert!(!desk.act(move |act, _| team::is_due(act, &lead)));
        let none = desk.attempt_to(move |act, _| team::page(act, &other, None));
        assert_eq!(none.unwrap_err().kind, Kind::NotFound);
    }
}
