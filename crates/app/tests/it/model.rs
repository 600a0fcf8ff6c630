//! Any sequence of acts: nothing is lost from history, what is derived stays right, and both
//! databases end alike.

use std::collections::BTreeMap;

use app::ledger::{self, Correction, NewAttempt, WhoRef};
use app::{AppError, Kind, deals, prospects, sweep};
use domain::{
    Attempt, AttemptId, Channel, DealId, Outcome, ProspectId, SaidBy, Stage, Version, When,
};
use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::tables::{counts, deal, event, follow_up};
use testkit::db::Backend;

use crate::importing::bring;
use crate::made::{Desk, thursday};

/// One thing somebody does. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Log(u8, u8, u8, Option<u8>),
    Correct(u8, u8, u8),
    Explain(u8, u8, u8),
    Void(u8),
    Move(u8, u8),
    Merge(u8, u8),
    Unmerge(u8),
    Forget(u8),
    Stop(u8),
    Open(u8),
    Close(u8, bool),
    Reopen(u8),
    Ask(u8, u8, u8),
    Deal(u8, u8),
    Sweep,
}

fn any_step() -> impl Strategy<Value = Step> {
    let n = any::<u8>;
    prop_oneof![
        6 => (n(), n(), n(), proptest::option::of(n())).prop_map(|(a, b, c, d)| Step::Log(a, b, c, d)),
        4 => (n(), n(), n()).prop_map(|(a, b, c)| Step::Correct(a, b, c)),
        2 => (n(), n(), n()).prop_map(|(a, b, c)| Step::Explain(a, b, c)),
        3 => n().prop_map(Step::Void),
        1 => (n(), n()).prop_map(|(a, b)| Step::Move(a, b)),
        2 => (n(), n()).prop_map(|(a, b)| Step::Merge(a, b)),
        1 => n().prop_map(Step::Unmerge),
        1 => n().prop_map(Step::Forget),
        1 => n().prop_map(Step::Stop),
        1 => n().prop_map(Step::Open),
        1 => (n(), any::<bool>()).prop_map(|(a, b)| Step::Close(a, b)),
        1 => n().prop_map(Step::Reopen),
        3 => (n(), n(), n()).prop_map(|(a, b, c)| Step::Ask(a, b, c)),
        2 => (n(), n()).prop_map(|(a, b)| Step::Deal(a, b)),
        1 => Just(Step::Sweep),
    ]
}

const NAMES: [&str; 5] = [
    "Ada Merrow",
    "Bram Osei",
    "Cleo Tarn",
    "Dora Vale",
    "Eve Quill",
];
const WORDS: [&str; 4] = [
    "not this year",
    "send it over",
    "ask my brother",
    "quite happy",
];
const REASONS: [&str; 4] = ["N1", "N4", "N6", "N15"];

/// A ledger with everything that ever stood in it.
struct World {
    desk: Desk,
    prospects: Vec<ProspectId>,
    attempts: Vec<AttemptId>,
    deals: Vec<DealId>,
    now: BTreeMap<AttemptId, Attempt>,
    /// Every version that ever stood.
    stood: BTreeMap<AttemptId, Vec<Version>>,
    /// Attempts whose words were blanked.
    blanked: Vec<AttemptId>,
}

fn pick<T: Copy>(all: &[T], n: u8) -> Option<T> {
    (!all.is_empty()).then(|| all[usize::from(n) % all.len()])
}

impl World {
    fn new(backend: Backend) -> Self {
        Self {
            desk: Desk::new(backend),
            prospects: Vec::new(),
            attempts: Vec::new(),
            deals: Vec::new(),
            now: BTreeMap::new(),
            stood: BTreeMap::new(),
            blanked: Vec::new(),
        }
    }

    /// Does a step; one that cannot be done is refused and changes nothing.
    fn step(&mut self, step: &Step) {
        let done = self.try_step(step).unwrap_or(Ok(()));
        if let Err(e) = &done {
            let expected = matches!(
                e.kind,
                Kind::Conflict | Kind::Ambiguous | Kind::NotFound | Kind::Invalid
            );
            assert!(expected, "{step:?}: {e}");
        }
        self.look(step, done.is_err());
    }

    fn try_step(&mut self, step: &Step) -> Option<Result<(), AppError>> {
        let desk = &self.desk;
        Some(match *step {
            Step::Log(who, outcome, ago, words) => {
                let new = NewAttempt {
                    at: Some(match ago % 5 {
                        0 => When::Undated,
                        1 => When::Day(date(2026, 10, 1 + (ago % 28) as i8)),
                        _ => When::Instant(thursday() - (i64::from(ago) * 7).hours()),
                    }),
                    channel: Some(Channel::ALL[usize::from(ago) % 6]),
                    words: words.and_then(|w| pick(&WORDS, w)).map(str::to_owned),
                    reason: words.and_then(|w| pick(&REASONS, w / 4)).map(str::to_owned),
                    ..NewAttempt::new(
                        WhoRef::Text(pick(&NAMES, who)?.into()),
                        pick(Outcome::ALL, outcome)?,
                    )
                };
                desk.log_new(new).map(drop)
            }
            Step::Correct(k, what, to) => {
                let id = pick(&self.attempts, k)?;
                let mut c = Correction::default();
                match what % 5 {
                    0 => c.outcome = pick(Outcome::ALL, to),
                    1 => c.stage = pick(Stage::ALL, to),
                    2 => c.words = pick(&WORDS, to).map(str::to_owned),
                    3 => c.when = Some(When::Day(date(2026, 9, 1 + (to % 28) as i8))),
                    _ => c.segment = Some(["", "Retail", "Trade"][usize::from(to) % 3].into()),
                }
                desk.attempt_to(move |act, me| ledger::correct(act, me, id, c).map(drop))
            }
            Step::Explain(k, code, voice) => {
                let id = pick(&self.attempts, k)?;
                let (code, voice) = (pick(&REASONS, code)?, pick(SaidBy::ALL, voice)?);
                desk.attempt_to(move |act, me| {
                    ledger::add_reason(act, me, &[id], code, voice, None)
                })
            }
            Step::Void(k) => {
                let id = pick(&self.attempts, k)?;
                desk.attempt_to(move |act, me| ledger::undo(act, me, id).map(drop))
            }
            Step::Move(k, to) => {
                let id = pick(&self.attempts, k)?;
                let c = Correction {
                    prospect: Some(pick(&self.prospects, to)?),
                    ..Correction::default()
                };
                desk.attempt_to(move |act, me| ledger::correct(act, me, id, c).map(drop))
            }
            Step::Merge(a, b) => {
                let (a, b) = (pick(&self.prospects, a)?, pick(&self.prospects, b)?);
                desk.attempt_to(move |act, me| prospects::merge(act, me, a, b))
            }
            Step::Unmerge(a) => {
                let a = pick(&self.prospects, a)?;
                desk.attempt_to(move |act, me| prospects::unmerge(act, me, a))
            }
            Step::Forget(a) => {
                let a = pick(&self.prospects, a)?;
                prospects::forget(&desk.app, &desk.me, a)
            }
            Step::Stop(a) => {
                let a = pick(&self.prospects, a)?;
                desk.attempt_to(move |act, me| prospects::set_do_not_contact(act, me, a, true))
            }
            Step::Open(a) => {
                let a = pick(&self.prospects, a)?;
                desk.attempt_to(move |act, me| deals::open(act, me, a, "Shelves", None).map(drop))
            }
            Step::Close(d, won) => {
                let d = pick(&self.deals, d)?;
                let outcome = if won { Outcome::Yes } else { Outcome::No };
                let new = NewAttempt::new(WhoRef::Unnamed, outcome);
                desk.attempt_to(move |act, me| deals::close(act, me, d, new).map(drop))
            }
            Step::Reopen(d) => {
                let d = pick(&self.deals, d)?;
                desk.attempt_to(move |act, me| deals::reopen(act, me, d))
            }
            Step::Ask(id, what, tries) => {
                let (id, tries) = (id % 4, 1 + tries % 3);
                let (who, words) = (pick(&NAMES, what)?, pick(&WORDS, what / 8)?);
                let outcome = pick(Outcome::ALL, what)?;
                bring(
                    desk,
                    &format!(
                        "id,prospect,outcome,words,attempts,at\n{id},{who},{outcome},{words},{tries},2026-11-0{}\n",
                        1 + what % 9
                    ),
                );
                Ok(())
            }
            Step::Deal(id, what) => {
                let (id, who) = (id % 3, pick(&NAMES, what)?);
                let state = ["open", "won", "lost"][usize::from(what) % 3];
                bring(
                    desk,
                    &format!("id,deal,prospect,outcome\nd{id},Doors,{who},{state}\n"),
                );
                Ok(())
            }
            Step::Sweep => desk.attempt_to(|act, _| sweep::no_reply(act).map(drop)),
        })
    }

    /// Notes what is new, and that nothing else changed.
    fn look(&mut self, step: &Step, refused: bool) {
        let now: BTreeMap<AttemptId, Attempt> = self
            .desk
            .attempts()
            .into_iter()
            .map(|a| (a.id, a))
            .collect();
        for (id, before) in &self.now {
            let after = now.get(id).expect("no attempt ever goes");
            if after == before {
                continue;
            }
            assert!(!refused, "{step:?} was refused and changed {before:?}");
            let forgets = matches!(step, Step::Forget(_));
            let one = match step {
                Step::Correct(k, ..) | Step::Explain(k, ..) | Step::Void(k) | Step::Move(k, _) => {
                    pick(&self.attempts, *k)
                }
                Step::Ask(..) | Step::Deal(..) | Step::Sweep | Step::Forget(_) => Some(*id),
                _ => None,
            };
            assert_eq!(one, Some(*id), "{step:?} changed {before:?}");
            if forgets {
                // Only words and the id in the source go; no version is counted.
                let mut blank = before.clone();
                blank.words = None;
                blank.source.id = None;
                assert_eq!(&blank, after);
                self.blanked.push(*id);
            } else {
                assert_eq!(after.version, before.version + 1, "{step:?}");
            }
        }
        for (id, a) in &now {
            if !self.now.contains_key(id) {
                self.attempts.push(*id);
            }
            let stood = self.stood.entry(*id).or_default();
            if stood.last() != Some(&a.version()) {
                stood.push(a.version());
            }
        }
        self.now = now;
        let mut new: Vec<_> = self
            .desk
            .prospects()
            .into_iter()
            .filter(|p| !self.prospects.contains(&p.id))
            .collect();
        new.sort_by_key(|p| (p.name.clone(), p.id));
        self.prospects.extend(new.iter().map(|p| p.id));
        let me = self.desk.me.id();
        let more = self.desk.look(move |tx| deal::open(tx, me, 100));
        for d in more {
            if !self.deals.contains(&d.id) {
                self.deals.push(d.id);
            }
        }
    }

    /// Every version that ever stood is in the history or is the present one.
    fn history_is_whole(&self) {
        for (id, stood) in &self.stood {
            let mut kept: Vec<Version> = self
                .desk
                .lines(id.as_bytes())
                .iter()
                .map(|line| serde_json::from_str(line.before.as_ref().unwrap()).unwrap())
                .collect();
            kept.push(self.now[id].version());
            let blanked = self.blanked.contains(id);
            // What stood with somebody who was forgotten stands there without words.
            let without = |v: &Version| {
                let mut v = v.clone();
                let gone = blanked || self.desk.stored(v.prospect).forgotten;
                v.words = v.words.filter(|_| !gone);
                v
            };
            for version in stood {
                let there = kept.iter().any(|k| without(k) == without(version));
                assert!(there, "{version:?} of {id} is not in {kept:?}");
            }
        }
    }

    /// Nobody is out of sight while an attempt with them counts.
    fn nobody_is_lost(&self) {
        for a in self.now.values().filter(|a| !a.voided) {
            assert!(!self.desk.stored(a.prospect).taken_back, "{a:?}");
        }
    }

    /// How it all stands, without what differs by chance.
    fn summary(&self) -> String {
        let who = |id: ProspectId| self.prospects.iter().position(|p| *p == id);
        let deal_no = |id: DealId| self.deals.iter().position(|d| *d == id);
        let mut out: Vec<String> = self
            .now
            .values()
            .map(|a| {
                let v = a.version();
                format!(
                    "attempt {:?} {:?} {:?} {:?} {:?} {} {} {:?} {:?} {:?} {:?} {} v{} {}",
                    who(a.prospect),
                    a.when,
                    a.order,
                    v.ordinal,
                    a.deal.map(deal_no),
                    v.outcome,
                    v.stage,
                    v.channel,
                    v.reasons,
                    v.words,
                    v.segment,
                    v.voided,
                    a.version,
                    a.seq,
                )
            })
            .collect();
        for id in &self.prospects {
            let p = self.desk.stored(*id);
            out.push(format!(
                "prospect {:?} {} {} {:?} {:?} {} {}",
                who(*id),
                p.name,
                p.email,
                p.do_not_contact,
                who(p.root),
                p.forgotten,
                p.taken_back
            ));
            let id = *id;
            let (open, lines) = self.desk.look(move |tx| {
                Ok((
                    follow_up::open_of_prospect(tx, id)?,
                    event::of_prospect(tx, id)?,
                ))
            });
            let mut kinds: Vec<String> = lines.into_iter().map(|line| line.kind).collect();
            kinds.sort();
            let mut due: Vec<String> = open
                .into_iter()
                .map(|f| format!("{:?} {:?} {:?}", f.due, f.kind, f.state))
                .collect();
            due.sort();
            out.push(format!("around {:?} {kinds:?} {due:?}", who(id)));
        }
        for id in self.deals.clone() {
            let d = self.desk.look(move |tx| deal::get(tx, id)).unwrap();
            out.push(format!("deal {:?} {:?} {}", deal_no(id), d.state, d.title));
        }
        let cells = self.desk.look(counts::all);
        out.extend(cells.into_iter().map(|(cell, tally)| {
            format!(
                "cell {} {} {} {} {tally:?}",
                cell.month, cell.segment, cell.stage, cell.channel
            )
        }));
        let day = self.desk.act(app::today::page);
        out.push(format!(
            "today {:?} {:?} {}",
            day.run, day.sample, day.attempts_today
        ));
        out.sort();
        out.join("\n")
    }
}

#[test]
fn any_sequence_keeps_history_and_ends_alike_on_both() {
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::with_cases(20)
    });
    runner
        .run(&prop::collection::vec(any_step(), 1..28), |steps| {
            let ends = testkit::db::each().map(|backend| {
                let mut world = World::new(backend);
                for step in &steps {
                    world.step(step);
                }
                world.history_is_whole();
                world.nobody_is_lost();
                world.desk.derived_stand();
                world.summary()
            });
            prop_assert_eq!(&ends[0], &ends[1]);
            Ok(())
        })
        .unwrap();
}
