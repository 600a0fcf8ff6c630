//! Two pitches put to the test: the coin, what counts and what is left out.

use app::ledger::{self, Correction, NewAttempt, WhoRef};
use app::pitch_tests::{self, Arm, Found, How, Judged, PitchTest, Verdict};
use app::{AppError, prospects};
use domain::{Attempt, AttemptId, Outcome, PitchTestId, ProspectId, When};
use jiff::ToSpan;
use testkit::db::Backend;

use crate::importing::bring;
use crate::made::{Desk, contact, on_each, three_weeks_later, thursday};

pub(crate) fn begin(desk: &Desk, how: How) -> PitchTest {
    desk.act(move |act, me| pitch_tests::begin(act, me, "Short", "Long", how))
}

pub(crate) fn all(desk: &Desk) -> (Option<Judged>, Vec<Judged>) {
    desk.act(pitch_tests::all)
}

pub(crate) fn found(desk: &Desk) -> Found {
    all(desk).0.unwrap().found
}

pub(crate) fn end(desk: &Desk, id: PitchTestId) -> Result<Judged, AppError> {
    desk.attempt_to(move |act, me| pitch_tests::end(act, me, id))
}

/// Somebody in the ledger before they are asked.
pub(crate) fn known(desk: &Desk, name: &str) -> ProspectId {
    let who = desk.prospect(contact(name, "Whitlock Print", "", "")).id;
    // The clock of these tests stands, so that without an ask they would be new with the next one.
    let new = NewAttempt {
        at: Some(When::Undated),
        ..NewAttempt::new(WhoRef::Id(who), Outcome::No)
    };
    desk.log_new(new).unwrap();
    who
}

pub(crate) fn ask(desk: &Desk, who: ProspectId, outcome: Outcome, pitch: Option<&str>) -> Attempt {
    let new = NewAttempt {
        pitch: pitch.map(str::to_owned),
        ..NewAttempt::new(WhoRef::Id(who), outcome)
    };
    desk.log_new(new).unwrap().attempt
}

fn correct(desk: &Desk, id: AttemptId, c: Correction) -> Attempt {
    desk.act(move |act, me| ledger::correct(act, me, id, c))
}

fn pitched(desk: &Desk, id: AttemptId, pitch: &str) -> Attempt {
    let pitch = Some(pitch.to_owned());
    correct(
        desk,
        id,
        Correction {
            pitch,
            ..Correction::default()
        },
    )
}

fn came_out(desk: &Desk, id: AttemptId, outcome: Outcome) -> Attempt {
    let outcome = Some(outcome);
    correct(
        desk,
        id,
        Correction {
            outcome,
            ..Correction::default()
        },
    )
}

pub(crate) fn asks(found: &Found) -> [(u64, u64); 2] {
    found.sides.map(|side| (side.asks, side.yes))
}

fn left_out(found: &Found) -> [u64; 4] {
    [found.late, found.other, found.from_file, found.unknown]
}

/// The arm that is drawn for somebody.
fn arm(desk: &Desk, test: &PitchTest, who: ProspectId) -> Arm {
    let drawn = test.drawn_for(desk.app.workspace(), who).unwrap();
    if drawn == test.pitch(Arm::A) {
        Arm::A
    } else {
        Arm::B
    }
}

/// Somebody for whom this pitch is drawn.
fn known_for(desk: &Desk, test: &PitchTest, wanted: Arm) -> ProspectId {
    (0..64)
        .map(|_| known(desk, "Ada Merrow"))
        .find(|who| arm(desk, test, *who) == wanted)
        .unwrap()
}

#[test]
fn the_coin_is_fair_and_falls_the_same_each_time() {
    let desk = Desk::new(Backend::Sqlite);
    let one = begin(&desk, How::Drawn);
    end(&desk, one.id).unwrap();
    let two = PitchTest {
        ended: None,
        ..begin(&desk, How::Drawn)
    };
    let coins: Vec<(Arm, Arm)> = (0..4_000u32)
        .map(|n| {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&n.to_be_bytes());
            let who = ProspectId::from_bytes(bytes);
            (arm(&desk, &one, who), arm(&desk, &two, who))
        })
        .collect();
    // 4,000 coins are within 4 standard deviations (31.6 each) of 2,000; those of another test know
    // nothing of them.
    let near = |n: usize| n.abs_diff(2_000) <= 126;
    assert!(near(coins.iter().filter(|c| c.0 == Arm::B).count()));
    assert!(near(coins.iter().filter(|c| c.1 == Arm::B).count()));
    assert!(near(coins.iter().filter(|c| c.0 == c.1).count()));
    // The same after a restart, and another in another workspace.
    let who = ProspectId::from_bytes([7; 16]);
    let before: Vec<Arm> = (0..40u8)
        .map(|n| arm(&desk, &two, ProspectId::from_bytes([n; 16])))
        .collect();
    let again = |desk: &Desk| -> Vec<Arm> {
        (0..40u8)
            .map(|n| arm(desk, &two, ProspectId::from_bytes([n; 16])))
            .collect()
    };
    let desk = desk.later(three_weeks_later);
    assert_eq!(again(&desk), before);
    assert_ne!(again(&Desk::new(Backend::Sqlite)), before);
    // Nothing is drawn when a test is over, or where the seller chooses.
    end(&desk, two.id).unwrap();
    let (_, ended) = all(&desk);
    assert_eq!(ended[0].test.drawn_for(desk.app.workspace(), who), None);
    let chosen = begin(&desk, How::Chosen);
    assert_eq!(chosen.drawn_for(desk.app.workspace(), who), None);
}

#[test]
fn an_ask_gets_the_pitch_that_was_drawn() {
    on_each(|desk| {
        let ada = known(desk, "Ada Merrow");
        assert_eq!(ask(desk, ada, Outcome::No, None).pitch, None);
        let test = begin(desk, How::Drawn);
        let drawn = test.drawn_for(desk.app.workspace(), ada).unwrap().clone();
        let pitch = Some(drawn.code.clone());
        assert_eq!(ask(desk, ada, Outcome::No, None).pitch, pitch);
        assert_eq!(ask(desk, ada, Outcome::Unknown, None).pitch, pitch);
        // By name as by id.
        let by_name = desk.log("Ada Merrow, Whitlock Print", Outcome::No);
        assert_eq!(by_name.attempt.pitch, pitch);
        // What the seller says stands.
        let other = test.pitches.iter().find(|p| **p != drawn).unwrap();
        let said = ask(desk, ada, Outcome::No, Some(&other.label));
        assert_eq!(said.pitch.as_ref(), Some(&other.code));
        // Nobody could know the coin of somebody who is new with this ask; of the next they can.
        let new = desk.log("Bram Osei, Quillfeather", Outcome::No).attempt;
        assert_eq!(new.pitch, None);
        let bram = test.drawn_for(desk.app.workspace(), new.prospect).unwrap();
        let next = ask(desk, new.prospect, Outcome::No, None);
        assert_eq!(next.pitch.as_ref(), Some(&bram.code));
        // What was before the test, or at no known time, is no part of it.
        let before = thursday() - 1.second();
        for at in [
            When::Instant(before),
            When::Day(jiff::civil::date(2026, 11, 19)),
            When::Undated,
        ] {
            let new = NewAttempt {
                at: Some(at),
                ..NewAttempt::new(WhoRef::Id(ada), Outcome::Yes)
            };
            assert_eq!(desk.log_new(new).unwrap().attempt.pitch, None, "{at:?}");
        }
        end(desk, test.id).unwrap();
        assert_eq!(ask(desk, ada, Outcome::No, None).pitch, None);
        begin(desk, How::Chosen);
        assert_eq!(ask(desk, ada, Outcome::No, None).pitch, None);
    });
}

#[test]
fn a_merged_prospect_hears_one_pitch_and_what_was_heard_stands() {
    on_each(|desk| {
        let test = begin(desk, How::Drawn);
        let (one, two) = (
            known_for(desk, &test, Arm::A),
            known_for(desk, &test, Arm::B),
        );
        ask(desk, one, Outcome::No, None);
        ask(desk, two, Outcome::No, None);
        desk.act(move |act, me| prospects::merge(act, me, one, two));
        let after = [
            ask(desk, one, Outcome::No, None),
            ask(desk, two, Outcome::No, None),
        ];
        assert_eq!(after[0].pitch, after[1].pitch);
        let found = found(desk);
        assert_eq!(found.sides[0].asks + found.sides[1].asks, 4);
        assert_eq!(left_out(&found), [0; 4]);
    });
}

#[test]
fn what_does_not_belong_is_left_out_and_counted() {
    on_each(|desk| {
        let test = begin(desk, How::Drawn);
        let (ada, bram) = (
            known_for(desk, &test, Arm::A),
            known_for(desk, &test, Arm::B),
        );
        ask(desk, ada, Outcome::No, None);
        ask(desk, bram, Outcome::Yes, None);
        assert_eq!(asks(&found(desk)), [(1, 0), (1, 1)]);
        // After a yes of theirs somebody's asks count no more: one coin would count several times.
        ask(desk, bram, Outcome::Yes, None);
        let again = ask(desk, bram, Outcome::No, None).id;
        assert_eq!(asks(&found(desk)), [(1, 0), (1, 1)]);
        assert_eq!(found(desk).after_yes, 2);
        desk.act(move |act, me| ledger::undo(act, me, again));
        assert_eq!(found(desk).after_yes, 1);
        // The other pitch than the one drawn, and one that is in no test.
        ask(desk, ada, Outcome::Yes, Some("Long"));
        ask(desk, ada, Outcome::Yes, Some("Improvised"));
        assert_eq!(asks(&found(desk)), [(1, 0), (1, 1)]);
        assert_eq!(left_out(&found(desk)), [0, 1, 0, 0]);
        // An outcome that is not known yet waits for it.
        let waits = ask(desk, ada, Outcome::Unknown, None).id;
        assert_eq!(left_out(&found(desk)), [0, 1, 0, 1]);
        came_out(desk, waits, Outcome::Yes);
        assert_eq!(asks(&found(desk)), [(2, 1), (1, 1)]);
        // With a file there came no coin.
        bring(
            desk,
            "id,prospect,company,outcome,pitch,at\n1,Cleo Tarn,Tow,yes,Short,2026-11-19T11:38:00Z\n",
        );
        assert_eq!(asks(&found(desk)), [(2, 1), (1, 1)]);
        assert_eq!(left_out(&found(desk)), [0, 1, 1, 0]);
        // What is undone counts nowhere.
        desk.act(move |act, me| ledger::undo(act, me, waits));
        assert_eq!(asks(&found(desk)), [(1, 0), (1, 1)]);
    });
}

#[test]
fn a_pitch_set_when_the_outcome_was_known_is_left_out() {
    on_each(|desk| {
        begin(desk, How::Chosen);
        let ada = known(desk, "Ada Merrow");
        let counted = ask(desk, ada, Outcome::No, Some("Short")).id;
        let added = ask(desk, ada, Outcome::Yes, None).id;
        pitched(desk, added, "Long");
        assert_eq!(asks(&found(desk)), [(1, 0), (0, 0)]);
        assert_eq!(left_out(&found(desk)), [1, 0, 0, 0]);
        // From one pitch of the test to the other, out of it, and back to where it was.
        pitched(desk, counted, "Long");
        assert_eq!(asks(&found(desk)), [(0, 0), (0, 0)]);
        assert_eq!(left_out(&found(desk)), [2, 0, 0, 0]);
        pitched(desk, counted, "");
        assert_eq!(left_out(&found(desk)), [2, 0, 0, 0]);
        pitched(desk, counted, "Short");
        assert_eq!(asks(&found(desk)), [(1, 0), (0, 0)]);
        assert_eq!(left_out(&found(desk)), [1, 0, 0, 0]);
        // Before the outcome is known a pitch may be set and changed.
        let open = ask(desk, ada, Outcome::Unknown, None).id;
        pitched(desk, open, "Short");
        pitched(desk, open, "Long");
        came_out(desk, open, Outcome::Yes);
        assert_eq!(asks(&found(desk)), [(1, 0), (1, 1)]);
        // An outcome that is corrected, or a reason that comes later, changes nothing about that.
        came_out(desk, open, Outcome::No);
        correct(
            desk,
            open,
            Correction {
                reason: Some((domain::SaidBy::Prospect, "N4".into())),
                ..Correction::default()
            },
        );
        assert_eq!(asks(&found(desk)), [(1, 0), (1, 0)]);
        // An outcome that was known, and is taken back to set the pitch, was known.
        let known_once = ask(desk, ada, Outcome::Yes, None).id;
        came_out(desk, known_once, Outcome::Unknown);
        pitched(desk, known_once, "Long");
        came_out(desk, known_once, Outcome::Yes);
        assert_eq!(asks(&found(desk)), [(1, 0), (1, 0)]);
        assert_eq!(left_out(&found(desk)), [2, 0, 0, 0]);
        // With its outcome in one correction is not before it either, once one was known.
        let both = ask(desk, ada, Outcome::No, None).id;
        correct(
            desk,
            both,
            Correction {
                outcome: Some(Outcome::Yes),
                pitch: Some("Long".into()),
                ..Correction::default()
            },
        );
        assert_eq!(left_out(&found(desk)), [3, 0, 0, 0]);
    });
}

#[test]
fn it_finds_what_the_process_finds_fed_by_hand() {
    on_each(|desk| {
        begin(desk, How::Chosen);
        let ada = known(desk, "Ada Merrow");
        let mut by_hand = evidence::pitch::Test::default();
        let mut stood = Vec::new();
        for n in 0..160i64 {
            // Unevenly used, and clearly apart.
            let arm = if n % 3 == 0 { Arm::A } else { Arm::B };
            let outcome = match (arm, n % 10) {
                (Arm::B, 1 | 2 | 4 | 5 | 7 | 8) | (Arm::A, 9) => Outcome::Yes,
                (_, 3) => Outcome::NoReply,
                (_, 6) => Outcome::NotNow,
                _ => Outcome::No,
            };
            // Written down in another order than they happened in.
            let second = (n * 37) % 160;
            stood.push((second, arm, outcome));
            let new = NewAttempt {
                at: Some(When::Instant(thursday() + second.seconds())),
                pitch: Some(["Short", "Long"][arm as usize].into()),
                ..NewAttempt::new(WhoRef::Id(ada), outcome)
            };
            desk.log_new(new).unwrap();
        }
        stood.sort_by_key(|line| line.0);
        for (_, arm, outcome) in stood {
            by_hand.push(arm, outcome == Outcome::Yes);
        }
        let found = found(desk);
        assert_eq!(found.evidence.to_bits(), by_hand.e_value().to_bits());
        assert_eq!(found.most.to_bits(), by_hand.most().to_bits());
        for arm in [Arm::A, Arm::B] {
            let side = found.sides[arm as usize];
            assert_eq!(side.compared, by_hand.counts(arm).tries());
            assert_eq!(side.waiting, by_hand.waiting(arm) as u64);
            assert_eq!(side.asks, side.compared + side.waiting);
        }
        assert!(by_hand.most() >= pitch_tests::TELLS, "{found:?}");
        assert_eq!(found.verdict(), Verdict::Differ(Some(Arm::B)));
        let counts = found
            .sides
            .map(|side| evidence::Counts::new(side.yes, side.asks).unwrap());
        let chance = evidence::pitch::p_b_gt_a(counts[0], counts[1]);
        assert_eq!(found.chance_new().to_bits(), chance.to_bits());
    });
}

#[test]
fn a_drawn_test_finds_what_the_process_finds_fed_by_the_coin() {
    let desk = Desk::new(Backend::Sqlite);
    let test = begin(&desk, How::Drawn);
    let people: Vec<ProspectId> = (0..24).map(|n| known(&desk, &format!("P {n}"))).collect();
    let mut by_hand = evidence::pitch::Test::default();
    let mut won = vec![false; people.len()];
    for n in 0..200usize {
        let who = n * 7 % people.len();
        let yes = n % 11 == 3;
        let outcome = if yes { Outcome::Yes } else { Outcome::No };
        ask(&desk, people[who], outcome, None);
        if !won[who] {
            by_hand.push(arm(&desk, &test, people[who]), yes);
        }
        won[who] |= yes;
    }
    let found = found(&desk);
    assert_eq!(found.evidence.to_bits(), by_hand.e_value().to_bits());
    assert_eq!(found.most.to_bits(), by_hand.most().to_bits());
    let compared = [Arm::A, Arm::B].map(|arm| by_hand.counts(arm).tries());
    assert_eq!(found.sides.map(|side| side.compared), compared);
    assert!(found.after_yes > 0 && found.compared() > 20, "{found:?}");
}

#[test]
fn few_asks_say_nothing() {
    let desk = Desk::new(Backend::Sqlite);
    begin(&desk, How::Chosen);
    let ada = known(&desk, "Ada Merrow");
    assert_eq!(found(&desk).verdict(), Verdict::TooFew);
    for _ in 0..20 {
        ask(&desk, ada, Outcome::No, Some("Short"));
    }
    assert_eq!(found(&desk).verdict(), Verdict::TooFew);
    assert_eq!(found(&desk).sides[0].waiting, 20);
    for n in 0..5 {
        assert_eq!(found(&desk).verdict(), Verdict::TooFew, "{n}");
        ask(&desk, ada, Outcome::No, Some("Long"));
    }
    assert_eq!(found(&desk).verdict(), Verdict::NoneSeen);
}
