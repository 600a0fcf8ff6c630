//! A lead sees counts of many people and nobody in them: whatever is logged, whoever joins, leaves,
//! leads or shares, and whatever is corrected later.

use app::import::Owner;
use app::ledger::{self, Correction, NewAttempt};
use app::noes::Query;
use app::team::{self, Shown};
use app::{Kind, Member, accounts, prospects, sweep};
use domain::{Attempt, Outcome, PersonId, Role, SaidBy, Stage, TeamId, When};
use jiff::civil::{Date, date};

use crate::isolation::{colleague, member};
use crate::made::{Desk, lisbon, on_each, three_weeks_later, with};
use crate::whose_rows::bring;

pub(crate) fn began() -> i64 {
    lisbon().start_of(date(2026, 8, 15)).as_microsecond()
}

pub(crate) fn new_team(desk: &Desk, name: &'static str) -> TeamId {
    desk.tend(move |act, who| accounts::add_team(act, who, name).map(|t| t.id))
}

pub(crate) fn join(desk: &Desk, who: PersonId, team: TeamId, since: i64) {
    desk.tend(move |act, admin| accounts::set_team(act, admin, who, Some(team), Some(since)));
}

/// A team that began in August: who leads it, and its sellers.
pub(crate) fn crew(desk: &Desk, sellers: usize) -> (TeamId, Member, Vec<Member>) {
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

pub(crate) fn ask(
    day: Date,
    outcome: Outcome,
    reason: Option<&str>,
    words: Option<&str>,
) -> NewAttempt {
    NewAttempt {
        at: Some(When::Day(day)),
        stage: Some(Stage::Opener),
        reason: reason.map(str::to_owned),
        said_by: reason.map(|_| SaidBy::Prospect),
        words: words.map(str::to_owned),
        ..with("Ada Merrow", outcome)
    }
}

pub(crate) fn log(desk: &Desk, who: &Member, new: NewAttempt) -> Attempt {
    let me = who.seller().unwrap();
    desk.act(move |act, _| ledger::log(act, &me, new)).attempt
}

pub(crate) fn see(desk: &Desk, lead: &Member, month: Option<i64>) -> team::Page {
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

/// What stands of October for a lead.
pub(crate) fn october(desk: &Desk, lead: &Member) -> Shown {
    see(desk, lead, Some(202_610)).month.unwrap().shown
}

/// A file of noes in October, one of each seller named.
pub(crate) fn file_of(names: &[String]) -> String {
    let mut file = "id,at,prospect,outcome,stage,rep\n".to_owned();
    for (n, name) in names.iter().enumerate() {
        file += &format!("{n},2026-10-07,Ada Merrow,no,opener,{name}\n");
    }
    file
}

#[test]
fn a_placeholder_counts_and_who_claims_their_rows_knows_them() {
    on_each(|desk| {
        let (team, lead, sellers) = crew(desk, 4);
        for one in &sellers {
            log(desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
        }
        let ines = Owner::of(&member(desk, "Ines Marlowe")).unwrap();
        bring(&desk.app, ines, &file_of(&["Rafe Dunmore".into()]));
        let ghost = desk.tend(|act, who| accounts::find_placeholder(act, who, "Rafe Dunmore"));
        let ghost = ghost.id;
        join(desk, ghost, team, began());
        assert!(matches!(october(desk, &lead), Shown::Figures(_)));
        // Whose rows they are was one of the four already.
        let by = sellers[0].id();
        desk.tend(move |act, who| accounts::claim(act, who, ghost, by));
        assert_eq!(october(desk, &lead), Shown::TooFew);
    });
    on_each(|desk| {
        let (team, lead, sellers) = crew(desk, 5);
        for one in &sellers[..4] {
            log(desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
        }
        let ines = Owner::of(&member(desk, "Ines Marlowe")).unwrap();
        bring(&desk.app, ines, &file_of(&["Rafe Dunmore".into()]));
        let ghost = desk.tend(|act, who| accounts::find_placeholder(act, who, "Rafe Dunmore"));
        let ghost = ghost.id;
        join(desk, ghost, team, began());
        assert!(matches!(october(desk, &lead), Shown::Figures(_)));
        // The lead's own now: they know them.
        let by = lead.id();
        desk.tend(move |act, who| accounts::claim(act, who, ghost, by));
        assert_eq!(october(desk, &lead), Shown::KnownRows);
    });
}

#[test]
fn a_share_that_ended_was_read_and_opens_no_month_again() {
    on_each(|desk| {
        let (team, lead, sellers) = crew(desk, 5);
        for one in &sellers {
            log(desk, one, ask(date(2026, 10, 7), Outcome::No, None, None));
        }
        assert!(matches!(october(desk, &lead), Shown::Figures(_)));
        let one = sellers[0].clone();
        let share = |on| {
            let one = one.clone();
            desk.act(move |act, _| accounts::share_rows(act, &one, on));
        };
        share(true);
        assert_eq!(october(desk, &lead), Shown::KnownRows);
        share(false);
        assert_eq!(october(desk, &lead), Shown::KnownRows);
        // Nor does leaving the team, or being shut out, while it lasts.
        share(true);
        let id = one.id();
        desk.tend(move |act, who| accounts::set_team(act, who, id, None, None));
        assert_eq!(october(desk, &lead), Shown::KnownRows);
        let _ = team;
    });
    // What was shared and ended before the month began says nothing of it.
    for backend in testkit::db::each() {
        let desk = Desk::new(backend);
        let (_, lead, sellers) = crew(&desk, 5);
        for on in [true, false] {
            let one = sellers[0].clone();
            desk.act(move |act, _| accounts::share_rows(act, &one, on));
        }
        let id = sellers[0].id();
        desk.act(move |act, _| {
            let person = store::tables::person::get(act.tx, id)?.unwrap();
            let shared_until = Some(lisbon().start_of(date(2026, 9, 30)).as_microsecond());
            let person = domain::Person {
                shared_until,
                ..person
            };
            Ok(store::tables::person::update(act.tx, &person)?)
        });
        for one in &sellers {
            for month in [9, 10] {
                log(
                    &desk,
                    one,
                    ask(date(2026, month, 7), Outcome::No, None, None),
                );
            }
        }
        assert!(matches!(october(&desk, &lead), Shown::Figures(_)));
        let september = see(&desk, &lead, Some(202_609)).month.unwrap().shown;
        assert_eq!(september, Shown::TooFew);
    }
}

#[test]
fn words_stand_as_they_were_counted_or_not_at_all() {
    on_each(|desk| {
        let (_, lead, sellers) = crew(desk, 6);
        let said = |n: usize| format!("too dear {n}");
        let rows: Vec<Attempt> = (sellers.iter().enumerate())
            .map(|(n, one)| {
                let words = said(n);
                let who = format!("Prospect {n}");
                let new = ask(date(2026, 10, 7), Outcome::No, Some("N1"), Some(&words));
                log(
                    desk,
                    one,
                    NewAttempt {
                        who: app::ledger::WhoRef::Text(who),
                        ..new
                    },
                )
            })
            .collect();
        let words = || match october(desk, &lead) {
            Shown::Figures(f) => f.words.into_values().flatten().collect::<Vec<String>>(),
            other => panic!("{other:?}"),
        };
        let mut all = words();
        all.sort();
        assert_eq!(all, (0..6).map(said).collect::<Vec<_>>());
        // Other words written later are not shown; those they replace are gone.
        let (me, id) = (sellers[0].seller().unwrap(), rows[0].id);
        let later = desk.attempt_to(move |act, _| {
            let to = Correction {
                words: Some("she named her neighbour".into()),
                ..Correction::default()
            };
            ledger::correct(act, &me, id, to)
        });
        later.unwrap();
        let mut rest = words();
        rest.sort();
        assert_eq!(rest, (1..6).map(said).collect::<Vec<_>>());
        // With one more gone they would be of four people.
        let (app, me, who) = (&desk.app, sellers[1].seller().unwrap(), rows[1].prospect);
        prospects::forget(app, &me, who).unwrap();
        assert!(words().is_empty());
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
