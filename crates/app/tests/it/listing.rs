//! The list: every attempt once, in every order and filter, with figures that add up.

use std::collections::HashSet;

use app::ledger::NewAttempt;
use app::noes::{Filter, NoesPage, Query, Sort, Word};
use app::{Act, Workspace};
use domain::{
    Attempt, AttemptId, Channel, Outcome, Prospect, SaidBy, Stage, Thresholds, When, Zone, words,
};
use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{Keyed, derived};
use testkit::db::Backend;

use crate::made::{Desk, contact, thursday, with};

/// What the property test draws for one attempt.
type Drawn = (u8, u8, u8, u8, u8, u8, u16, u8);

const NAMES: [(&str, &str); 7] = [
    ("Ada Merrow", "Whitlock"),
    ("Bram Osei", "Quillfeather"),
    ("ada lund", ""),
    ("", "Tarn & Tow"),
    ("", ""),
    ("Zoë Ångström", "Whitlock"),
    ("Ada Merrow", "Quillfeather"),
];
const SAID: [Option<&str>; 4] = [
    None,
    Some("not this quarter"),
    Some("ask Whitlock again"),
    Some("quite happy, thank you"),
];

fn attempt_of(n: u32, d: Drawn, prospects: &[Prospect], me: &app::Seller) -> Attempt {
    let (who, outcome, stage, channel, reason, words, minutes, time) = d;
    let mut id = [4; 16];
    id[12..].copy_from_slice(&n.to_be_bytes());
    let zones = ["Europe/Lisbon", "Pacific/Auckland", "America/Los_Angeles"];
    let zone = Zone::new(zones[usize::from(time) % 3]).unwrap();
    let at = thursday() - (i64::from(minutes) * 13).minutes();
    let when = match time % 7 {
        0 => When::Undated,
        1 | 2 => When::Day(date(
            2026,
            9 + (minutes % 3) as i8,
            1 + (minutes % 28) as i8,
        )),
        _ => When::Instant(at),
    };
    let mut reasons = domain::Reasons::default();
    match reason % 5 {
        1 => reasons.set(SaidBy::SellerGuess, Some("N4".into())),
        2 => reasons.set(SaidBy::Prospect, Some("N2".into())),
        3 => {
            reasons.set(SaidBy::Prospect, Some("N4".into()));
            reasons.set(SaidBy::SellerGuess, Some("N1".into()));
        }
        4 => reasons.set(SaidBy::ThirdParty, Some("N2".into())),
        _ => {}
    }
    Attempt {
        id: AttemptId::from_bytes(id),
        owner: me.id(),
        rep: None,
        prospect: prospects[usize::from(who) % prospects.len()].id,
        deal: None,
        when,
        order: when.instant(&zone).map_or(i64::MIN, |t| t.as_microsecond()),
        zone,
        seq: i64::from(minutes % 2),
        ordinal: None,
        outcome: Outcome::ALL[usize::from(outcome) % 6],
        stage: Stage::ALL[usize::from(stage) % 8],
        channel: Channel::ALL[usize::from(channel) % 6],
        loss_kind: None,
        reasons,
        words: SAID[usize::from(words) % 4].map(str::to_owned),
        segment: [None, Some("x-1"), Some("x-2")][usize::from(words) % 3].map(str::to_owned),
        pitch: None,
        value: None,
        source: domain::Source::default(),
        voided: words % 11 == 10,
        version: 0,
        recorded_at: 0,
        brought_by: None,
    }
}

/// A ledger with small pages; the drawn attempts in it.
fn filled(backend: Backend, drawn: &[Drawn]) -> (Desk, Vec<Attempt>, Vec<Prospect>) {
    let desk = Desk::new(backend);
    let prospects: Vec<Prospect> = NAMES
        .iter()
        .map(|(name, company)| desk.prospect(contact(name, company, "", "")))
        .collect();
    let (a, b) = (prospects[2].id, prospects[0].id);
    desk.act(move |act, me| app::prospects::merge(act, me, a, b));
    let prospects = desk.prospects();
    let all: Vec<Attempt> = (0..)
        .zip(drawn)
        .map(|(n, d)| attempt_of(n, *d, &prospects, &desk.me))
        .collect();
    let copy = all.clone();
    desk.act(move |act, _| {
        let zone = app::settings::workspace_zone(act)?;
        Ok(derived::append_all(act.tx, &copy, &zone)?)
    });
    (desk, all, prospects)
}

/// Whether an attempt belongs on the list, said as plainly as can be.
fn belongs(a: &Attempt, query: &Query, prospects: &[Prospect]) -> bool {
    let f = &query.filter;
    let leading = a.reasons.leading();
    let of = |id| prospects.iter().find(|p| p.id == id).unwrap();
    let own = of(a.prospect);
    let mut there = words(a.words.as_deref().unwrap_or_default());
    for p in [own, of(own.root)] {
        there.extend(words(&format!("{} {} {}", p.name, p.company, p.email)));
    }
    !a.voided
        && f.outcome.is_none_or(|o| o == a.outcome)
        && f.reason
            .as_ref()
            .is_none_or(|r| leading.is_some_and(|(code, _)| code == r))
        && f.stage.is_none_or(|s| s == a.stage)
        && f.channel.is_none_or(|c| c == a.channel)
        && f.segment
            .as_ref()
            .is_none_or(|s| a.segment.as_ref() == Some(s))
        && f.from.is_none_or(|t| a.order >= t)
        && f.to.is_none_or(|t| a.order <= t)
        && match f.word {
            None => true,
            Some(Word::Said) => a.reasons.prospect.is_some(),
            Some(Word::Guess) => a.reasons.prospect.is_none() && leading.is_some(),
            Some(Word::None) => leading.is_none(),
        }
        && words(&query.text)
            .iter()
            .all(|w| there.iter().any(|t| t.starts_with(w.as_str())))
}

/// A page under other thresholds than the usual ones.
fn page_under(desk: &Desk, limits: &Thresholds, query: Query) -> NoesPage {
    let (me, thresholds) = (desk.me.clone(), limits.clone());
    desk.app
        .read_blocking(move |act| {
            let workspace = Workspace {
                id: act.workspace.id.clone(),
                keyed: Keyed::new(&[0; 32]),
                thresholds,
            };
            let mut act = Act {
                tx: act.tx,
                workspace: &workspace,
                now: act.now,
                ids: act.ids,
                at_keyboard: false,
            };
            app::noes::page(&mut act, &me, &query)
        })
        .unwrap()
}

/// Follows the pages to the end, and back again.
fn walk(desk: &Desk, limits: &Thresholds, query: &Query) -> (Vec<AttemptId>, Option<i64>) {
    let mut seen = Vec::new();
    let mut total = None;
    let mut pages: Vec<Vec<AttemptId>> = Vec::new();
    let mut after = None;
    let mut last_prev;
    loop {
        let asked = Query {
            after,
            ..query.clone()
        };
        let page = page_under(desk, limits, asked);
        assert!(page.rows.len() <= limits.page_rows);
        let ids: Vec<AttemptId> = page.rows.iter().map(|r| r.attempt.id).collect();
        assert!(!ids.is_empty() || pages.is_empty(), "an empty page");
        total = page.total.or(total);
        seen.extend(&ids);
        pages.push(ids);
        last_prev = page.prev;
        after = page.next;
        if after.is_none() {
            break;
        }
        assert!(pages.len() < 200, "no end");
    }
    // Back from the last page: the same attempts in front of it, in the same order.
    let mut back: Vec<AttemptId> = pages.last().cloned().unwrap_or_default();
    while let Some(text) = last_prev.take() {
        let asked = Query {
            after: Some(text),
            ..query.clone()
        };
        let page = page_under(desk, limits, asked);
        assert!(page.next.is_some());
        let mut ids: Vec<AttemptId> = page.rows.iter().map(|r| r.attempt.id).collect();
        assert!(!ids.is_empty());
        ids.append(&mut back);
        back = ids;
        last_prev = page.prev;
    }
    assert_eq!(back, seen);
    (seen, total)
}

fn check(desk: &Desk, limits: &Thresholds, all: &[Attempt], prospects: &[Prospect], query: &Query) {
    let (seen, total) = walk(desk, limits, query);
    let wanted: HashSet<AttemptId> = all
        .iter()
        .filter(|a| belongs(a, query, prospects))
        .map(|a| a.id)
        .collect();
    assert_eq!(seen.len(), wanted.len(), "{query:?}");
    assert_eq!(
        seen.iter().copied().collect::<HashSet<_>>(),
        wanted,
        "{query:?}"
    );
    if let Some(total) = total {
        assert_eq!(total, wanted.len() as i64, "{query:?}");
    }
    let place = |id: &AttemptId| {
        let a = all.iter().find(|a| a.id == *id).unwrap();
        (a.order, a.seq, a.id)
    };
    match query.sort {
        Sort::Newest => assert!(seen.is_sorted_by(|a, b| place(a) > place(b)), "{query:?}"),
        Sort::Oldest => assert!(seen.is_sorted_by(|a, b| place(a) < place(b)), "{query:?}"),
        Sort::Who => {
            let name = |id: &AttemptId| {
                let a = all.iter().find(|a| a.id == *id).unwrap();
                let own = prospects.iter().find(|p| p.id == a.prospect).unwrap();
                let root = prospects.iter().find(|p| p.id == own.root).unwrap();
                let shown = if root.name.is_empty() {
                    &root.company
                } else {
                    &root.name
                };
                domain::fold(shown)
            };
            assert!(seen.is_sorted_by(|a, b| name(a) <= name(b)), "{query:?}");
        }
    }
    let figures = desk.page(query.clone()).figures;
    let standing: Vec<&Attempt> = all.iter().filter(|a| !a.voided).collect();
    let count =
        |test: &dyn Fn(&Attempt) -> bool| standing.iter().filter(|a| test(a)).count() as i64;
    assert_eq!(figures.attempts, standing.len() as i64);
    assert_eq!(
        figures.chosen,
        count(&|a| query.filter.outcome.is_none_or(|o| o == a.outcome))
    );
    let no = |a: &Attempt| a.outcome == Outcome::No;
    let said = |a: &Attempt| a.reasons.prospect.is_some();
    assert_eq!(figures.said, count(&|a| no(a) && said(a)));
    assert_eq!(
        figures.guessed,
        count(&|a| no(a) && !said(a) && !a.reasons.is_empty())
    );
    assert_eq!(figures.bare, count(&|a| no(a) && a.reasons.is_empty()));
}

fn any_query() -> impl Strategy<Value = Query> {
    let filter = (
        proptest::option::of(0usize..6),
        proptest::option::of(prop::sample::select(vec!["N1", "N2", "N4"])),
        proptest::option::of(0usize..8),
        proptest::option::of(0usize..6),
        proptest::option::of(prop::sample::select(vec!["x-1", "x-2"])),
        proptest::option::of(0usize..3),
        proptest::option::of(0i64..90),
        proptest::option::of(0i64..90),
    );
    let day = |n: i64| (thursday() - (n * 24).hours()).as_microsecond();
    let text = prop::sample::select(vec!["", "", "", "ada", "whit", "ada whit", "quart", "no"]);
    let sort = prop::sample::select(vec![Sort::Newest, Sort::Oldest, Sort::Who]);
    (filter, text, sort).prop_map(move |(f, text, sort)| Query {
        filter: Filter {
            outcome: f.0.map(|i| Outcome::ALL[i]),
            reason: f.1.map(str::to_owned),
            stage: f.2.map(|i| Stage::ALL[i]),
            channel: f.3.map(|i| Channel::ALL[i]),
            segment: f.4.map(str::to_owned),
            word: f.5.map(|i| [Word::Said, Word::Guess, Word::None][i]),
            from: f.6.map(day),
            to: f.7.map(day),
        },
        text: text.to_owned(),
        sort,
        after: None,
        limit: None,
    })
}

#[test]
fn pages_visit_every_attempt_once() {
    for (backend, cases) in [(Backend::Sqlite, 12), (Backend::Postgres, 3)] {
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::with_cases(cases)
        });
        let drawn = prop::collection::vec(any::<Drawn>(), 0..260);
        // Half of the filters are few, so that pages are long enough to turn.
        let queries = prop::collection::vec(any_query(), 8);
        runner
            .run(&(drawn, queries), |(drawn, queries)| {
                let (desk, all, prospects) = filled(backend, &drawn);
                desk.derived_stand();
                let usual = Thresholds::default();
                for sort in [Sort::Newest, Sort::Oldest, Sort::Who] {
                    let plain = Query {
                        sort,
                        ..Query::default()
                    };
                    check(&desk, &usual, &all, &prospects, &plain);
                }
                for mut query in queries {
                    check(&desk, &usual, &all, &prospects, &query);
                    // One condition alone.
                    query.filter = Filter {
                        stage: query.filter.stage,
                        ..Filter::default()
                    };
                    check(&desk, &usual, &all, &prospects, &query);
                }
                Ok(())
            })
            .unwrap();
    }
}

/// Thresholds under which a search goes every way it can, with pages short enough to turn.
fn any_limits() -> impl Strategy<Value = Thresholds> {
    let of = |some: &[usize]| prop::sample::select(some.to_vec());
    (
        of(&[2, 5, 50]),
        of(&[0, 4, 2_000]),
        of(&[0, 9, 6_000]),
        of(&[0, 12, 4_000]),
        of(&[0, 3, 256]),
        of(&[0, 1_000]),
    )
        .prop_map(|(rows, hits, known, walk, counted, few)| Thresholds {
            page_rows: rows,
            search_hits: hits,
            search_known: known,
            search_walk: walk,
            search_counted: counted,
            few_listed: few,
            ..Thresholds::default()
        })
}

#[test]
fn a_search_finds_what_a_plain_scan_finds() {
    for (backend, cases) in [(Backend::Sqlite, 16), (Backend::Postgres, 4)] {
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::with_cases(cases)
        });
        let drawn = prop::collection::vec(any::<Drawn>(), 0..90);
        let text = prop::sample::select(vec![
            "a",
            "ada",
            "whit",
            "ada whit",
            "quart ada",
            "t",
            "n a",
            "angstrom",
            "q",
            "nobody",
        ]);
        let searches = prop::collection::vec((any_query(), text, any_limits()), 12);
        runner
            .run(&(drawn, searches), |(drawn, searches)| {
                let (desk, all, prospects) = filled(backend, &drawn);
                for (query, text, limits) in searches {
                    let text = text.to_owned();
                    let alone = Query {
                        filter: Filter::default(),
                        text: text.clone(),
                        ..query.clone()
                    };
                    check(&desk, &limits, &all, &prospects, &alone);
                    let narrowed = Query {
                        filter: Filter {
                            outcome: query.filter.outcome,
                            from: query.filter.from,
                            ..Filter::default()
                        },
                        text,
                        ..query
                    };
                    check(&desk, &limits, &all, &prospects, &narrowed);
                }
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn a_place_that_is_none_is_refused() {
    let desk = Desk::new(Backend::Sqlite);
    desk.log("Ada Merrow", Outcome::No);
    for sort in [Sort::Newest, Sort::Oldest, Sort::Who] {
        for text in ["", "ada"] {
            for after in [
                "x", "1.2", "....", "p", "p1.2.3", "é.é.1", "0.0.-1", "zz.zz.0",
            ] {
                let query = Query {
                    sort,
                    text: text.into(),
                    after: Some(after.into()),
                    ..Query::default()
                };
                let result = desk.attempt_to(move |act, me| app::noes::page(act, me, &query));
                if let Err(e) = result {
                    assert_eq!(e.kind, app::Kind::Invalid, "{after}");
                }
            }
        }
    }
}

#[test]
fn a_page_goes_on_where_a_line_was_undone_meanwhile() {
    for sort in [Sort::Newest, Sort::Oldest, Sort::Who] {
        for text in ["", "ada"] {
            let desk = Desk::new(Backend::Sqlite);
            let ids = desk.act(|act, me| {
                let mut ids = Vec::new();
                for n in 0..120 {
                    let new = NewAttempt {
                        at: Some(When::Instant(thursday() - n.minutes())),
                        ..with("Ada Merrow", Outcome::No)
                    };
                    ids.push(app::ledger::log(act, me, new)?.attempt.id);
                }
                Ok(ids)
            });
            let query = Query {
                sort,
                text: text.into(),
                ..Query::default()
            };
            let first = desk.page(query.clone());
            let last = first.rows.last().unwrap().attempt.id;
            desk.act(move |act, me| app::ledger::undo(act, me, last));
            let second = desk.page(Query {
                after: first.next,
                ..query
            });
            assert_eq!(second.rows.len(), 50);
            let seen: HashSet<AttemptId> = first
                .rows
                .iter()
                .chain(&second.rows)
                .map(|r| r.attempt.id)
                .collect();
            assert_eq!(seen.len(), 100);
            assert!(ids.iter().filter(|id| !seen.contains(id)).count() == 20);
        }
    }
}

/// A word that nearly everybody has said is found along the list, and one beside it leads.
#[test]
fn a_search_for_what_everybody_says_fills_its_page() {
    let many: Vec<Drawn> = (0..4_100u16).map(|n| (1, 1, 0, 0, 0, 1, n, 3)).collect();
    let (desk, ..) = filled(Backend::Sqlite, &many);
    let page = |text: &str| {
        desk.page(Query {
            text: text.into(),
            ..Query::default()
        })
    };
    let common = page("quarter");
    assert!(common.rows.len() == 50 && common.next.is_some());
    let newest: Vec<i64> = common.rows.iter().map(|r| r.attempt.order).collect();
    let plain: Vec<i64> = page("").rows.iter().map(|r| r.attempt.order).collect();
    assert_eq!(newest, plain);
    assert!(page("quarter lund").rows.len() == 50);
    assert!(page("quarter zoe").rows.is_empty());
}
