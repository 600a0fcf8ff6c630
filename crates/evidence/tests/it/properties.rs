//! No argument makes the crate panic or give what is not a number, and the same trials give the
//! same state however they come.

use evidence::barriers::{Seen, barriers};
use evidence::persistence::ByAttempt;
use evidence::pitch::{Arm, Test};
use evidence::power::Drop;
use evidence::watch::{Promise, Watch};
use evidence::who_next::{Features, Ranker};
use evidence::{Beta, Counts, Pooled, Rate, Stream, Trial, fold, odds, rates};
use proptest::prelude::*;

/// Numbers as people and programs give them: plain, extreme, and none at all.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => 0.0..1.0_f64,
        2 => any::<f64>(),
        1 => prop::sample::select(vec![0.0, 1.0, -1.0, 0.5, 1e-300, 1e-9, 1.0 - 1e-16, 1e300, f64::NAN, f64::INFINITY]),
    ]
}

fn whole() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..2_000_u64, 1 => any::<u64>(), 1 => prop::sample::select(vec![0, 1, 100_001, 1 << 40, u64::MAX])]
}

fn counts() -> impl Strategy<Value = Counts> {
    (whole(), whole()).prop_map(|(a, b)| {
        // A thousand asks a second for thirty years.
        let (a, b) = (a >> 24, b >> 24);
        Counts::new(a.min(b), a.max(b)).expect("ordered")
    })
}

fn trial() -> impl Strategy<Value = Trial> {
    (any::<bool>(), any::<bool>(), any::<bool>(), 0..60_u32).prop_map(
        |(yes, answered, dated, attempt)| Trial {
            yes,
            answered: answered || yes,
            dated,
            attempt,
        },
    )
}

proptest! {
    #[test]
    fn calculators_answer_with_numbers(
        rate in number(), n in whole(), k in whole(), seen in counts(), other in counts(),
        a in number(), b in number(), drop in number(), promise in number(),
    ) {
        let mut figures = Vec::new();
        if let Ok(rate) = Rate::new(rate) {
            figures.extend(odds::streak(rate, Some(n), Some(k)).expect("both are given"));
            figures.extend(odds::pitch(seen, Some(other), Some(rate)));
            if let (Ok(drop), Ok(promise)) = (Drop::to(drop), Promise::new(promise)) {
                figures.extend(odds::power(rate, drop, promise, n));
            }
        }
        if let Ok(prior) = Beta::new(a, b) {
            figures.extend(odds::next_yes(prior, seen));
        }
        for figure in figures {
            prop_assert!(!figure.value.is_nan() && figure.value >= 0.0, "{figure:?}");
            if figure.statistic.unit == evidence::statistic::Unit::Chance {
                prop_assert!(figure.value <= 1.0 + 1e-9, "{figure:?}");
            }
        }
    }

    #[test]
    fn groups_lie_inside_their_ranges(groups in prop::collection::vec(counts(), 0..6)) {
        let Some(rates) = rates::estimate(&groups) else {
            prop_assert!(groups.iter().all(|group| group.tries() == 0));
            return Ok(());
        };
        prop_assert_eq!(rates.groups.len(), groups.len());
        for estimate in &rates.groups {
            let (low, high) = (estimate.interval.low, estimate.interval.high);
            prop_assert!(0.0 <= low && low <= high && high <= 1.0, "{rates:?}");
            prop_assert!(estimate.mean > 0.0 && estimate.mean < 1.0, "{rates:?}");
        }
    }

    #[test]
    fn reasons_share_one_whole(seen in prop::collection::vec((0..5_000_u64, prop::option::of(number())), 0..12)) {
        let seen: Vec<Seen> = seen.into_iter().map(|(n, value)| Seen { n, value }).collect();
        if let Ok(barriers) = barriers(&seen) {
            let sum: f64 = barriers.iter().map(|barrier| barrier.p_costliest).sum();
            prop_assert!((sum - 1.0).abs() < 1e-6, "{barriers:?}");
        }
    }

    #[test]
    fn persistence_merges_to_the_same(trials in prop::collection::vec((0..60_u32, any::<bool>()), 0..300), cut in 0..300_usize) {
        let (mut whole, mut head, mut tail) = (ByAttempt::default(), ByAttempt::default(), ByAttempt::default());
        for (i, &(attempt, yes)) in trials.iter().enumerate() {
            whole.push(attempt, yes);
            if i < cut { head.push(attempt, yes) } else { tail.push(attempt, yes) }
        }
        head.merge(&tail);
        prop_assert_eq!(&head, &whole);
        for step in whole.steps() {
            prop_assert!(step.survival >= 0.0 && step.survival <= 1.0 && step.greenwood >= 0.0);
            if let Some(band) = step.survival_band {
                prop_assert!(band.low <= step.survival && step.survival <= band.high, "{step:?}");
            }
        }
    }

    #[test]
    fn a_stream_is_the_same_kept_and_taken_up_again(trials in prop::collection::vec(trial(), 0..400), cut in 0..400_usize) {
        let pooled = Pooled::default().promising(Promise::new(20.0).expect("a promise"));
        let (mut at_once, mut alarms) = (Stream::default(), 0);
        for &trial in &trials {
            alarms += u32::from(fold(&mut at_once, trial, &pooled).is_some());
        }
        let mut kept = Stream::default();
        for &trial in trials.iter().take(cut) {
            fold(&mut kept, trial, &pooled);
        }
        let bytes = postcard::to_stdvec(&kept).expect("a state");
        let mut kept: Stream = postcard::from_bytes(&bytes).expect("the same state");
        for &trial in trials.iter().skip(cut) {
            fold(&mut kept, trial, &pooled);
        }
        prop_assert_eq!(at_once, kept);
        prop_assert!(at_once.watch().evidence().is_finite());
        prop_assert!(at_once.run() <= at_once.longest() && at_once.longest() <= at_once.in_order());
        prop_assert!(at_once.alarms() <= alarms);
    }

    #[test]
    fn undated_trials_before_dated_ones_change_rates_alone(
        undated in prop::collection::vec(trial(), 0..50), dated in prop::collection::vec(trial(), 1..100),
    ) {
        let pooled = Pooled::default();
        let (mut both, mut alone) = (Stream::default(), Stream::default());
        for trial in undated.iter().map(|trial| Trial { dated: false, ..*trial }) {
            fold(&mut both, trial, &pooled);
        }
        for trial in dated.iter().map(|trial| Trial { dated: true, ..*trial }) {
            fold(&mut both, trial, &pooled);
            fold(&mut alone, trial, &pooled);
        }
        prop_assert_eq!(both.watch(), alone.watch());
        prop_assert_eq!((both.run(), both.longest()), (alone.run(), alone.longest()));
        prop_assert_eq!(both.counts().tries(), (undated.len() + dated.len()) as u64);
    }

    #[test]
    fn forecasts_are_chances(trials in prop::collection::vec((0..9_u8, any::<bool>()), 0..200)) {
        let mut ranker = Ranker::default();
        for (segment, yes) in trials {
            let features = Features::default().with("segment", &segment.to_string());
            let said = ranker.push(&features, yes);
            prop_assert!(said > 0.0 && said < 1.0);
        }
        let bytes = postcard::to_stdvec(&ranker).expect("a state");
        prop_assert_eq!(postcard::from_bytes::<Ranker>(&bytes).expect("the same state"), ranker);
    }

    #[test]
    fn a_test_of_pitches_stays_finite(asks in prop::collection::vec((any::<bool>(), any::<bool>()), 0..400), a in 0..4_u32, b in 0..4_u32) {
        let Ok(mut test) = Test::in_blocks(a, b) else {
            prop_assert!(a == 0 || b == 0);
            return Ok(());
        };
        for (arm, yes) in asks {
            test.push(if arm { Arm::A } else { Arm::B }, yes);
        }
        prop_assert!(test.e_value().is_finite() && test.e_value() <= test.most());
    }

    #[test]
    fn a_watch_is_never_more_than_its_trials_allow(outcomes in prop::collection::vec(any::<bool>(), 1..300), a in number(), b in number()) {
        let Ok(prior) = Beta::new(a, b) else { return Ok(()) };
        let mut watch = Watch::default();
        for yes in outcomes {
            let evidence = watch.push(yes, 1.0, prior);
            prop_assert!(evidence.is_finite() && evidence >= 0.0);
            prop_assert!(watch.since() >= 1 && watch.since() <= watch.counts().tries());
        }
    }
}
