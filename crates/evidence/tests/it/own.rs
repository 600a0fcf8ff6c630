//! Everything that one seller's asks say, kept and taken up again.

use domain::{Channel, Money, Outcome, SaidBy, Stage};
use evidence::{Ask, Before, Counts, Evidence, Pooled, Raised};
use proptest::prelude::*;

/// An ask as it is made up, with what an [`Ask`] borrows.
#[derive(Debug, Clone)]
struct Made {
    outcome: Outcome,
    stage: Stage,
    channel: Channel,
    segment: Option<u8>,
    pitch: Option<u8>,
    number: u32,
    at: Option<i64>,
    before: Option<Before>,
    reason: Option<(SaidBy, u8)>,
    value: Option<i64>,
}

fn made() -> impl Strategy<Value = Made> {
    let times = prop_oneof![
        4 => (0..4_000_i64).prop_map(|hours| hours * 3_600_000_000),
        1 => any::<i64>(),
    ];
    let what = (
        prop::sample::select(Outcome::ALL),
        prop::sample::select(Stage::ALL),
        prop::sample::select(Channel::ALL),
        prop::option::of(any::<u8>()),
        prop::option::of(0..4_u8),
    );
    let which = (
        prop_oneof![4 => 0..60_u32, 1 => any::<u32>()],
        prop::option::of(times),
        prop::option::of((
            prop::sample::select(Outcome::ALL),
            prop::option::of(any::<i64>()),
        )),
        prop::option::of((prop::sample::select(SaidBy::ALL), 0..5_u8)),
        prop::option::of(any::<i64>()),
    );
    (what, which).prop_map(
        |((outcome, stage, channel, segment, pitch), (number, at, before, reason, value))| Made {
            outcome,
            stage,
            channel,
            segment,
            pitch,
            number,
            at,
            before: before.map(|(outcome, at)| Before { outcome, at }),
            reason,
            value,
        },
    )
}

fn fold(evidence: &mut Evidence, made: &Made, common: Option<&Pooled>) -> Vec<Raised> {
    let (segment, pitch) = (
        made.segment.map(|code| format!("G{code}")),
        made.pitch.map(|code| format!("P{code}")),
    );
    let reason = made.reason.map(|(voice, code)| (voice, format!("N{code}")));
    let reasons: Vec<(SaidBy, &str)> = reason
        .iter()
        .map(|(voice, code)| (*voice, code.as_str()))
        .collect();
    let value = made.value.map(|hundredths| Money {
        hundredths,
        currency: "EUR".into(),
    });
    evidence.fold(
        &Ask {
            outcome: made.outcome,
            stage: made.stage,
            channel: made.channel,
            segment: segment.as_deref(),
            pitch: pitch.as_deref(),
            number: made.number,
            at: made.at,
            month: made
                .at
                .map(|at| i32::try_from(at / 2_592_000_000_000).unwrap_or(0)),
            before: made.before,
            reasons: &reasons,
            value: value.as_ref(),
        },
        common,
    )
}

proptest! {
    #[test]
    fn it_is_the_same_kept_and_taken_up_again(asks in prop::collection::vec(made(), 0..300), cut in 0..300_usize, with_others in any::<bool>()) {
        let common = Pooled::of(&[Counts::new(9, 100).expect("counts"); 6], &Default::default());
        let common = with_others.then_some(&common);
        let mut at_once = Evidence::default();
        let raised: Vec<Raised> = asks.iter().flat_map(|made| fold(&mut at_once, made, common)).collect();
        let mut kept = Evidence::default();
        let mut again: Vec<Raised> = asks.iter().take(cut).flat_map(|made| fold(&mut kept, made, common)).collect();
        let bytes = postcard::to_stdvec(&kept).expect("a state");
        let mut kept: Evidence = postcard::from_bytes(&bytes).expect("the same state");
        again.extend(asks.iter().skip(cut).flat_map(|made| fold(&mut kept, made, common)));
        prop_assert_eq!(&raised, &again);
        prop_assert_eq!(postcard::to_stdvec(&at_once).expect("a state"), postcard::to_stdvec(&kept).expect("a state"));
        prop_assert_eq!(at_once, kept);
    }

    #[test]
    fn its_parts_add_up(asks in prop::collection::vec(made(), 0..300)) {
        let mut evidence = Evidence::default();
        for made in &asks {
            fold(&mut evidence, made, None);
        }
        let all = evidence.all().stream.counts();
        let known = asks.iter().filter(|made| made.outcome != Outcome::Unknown).count() as u64;
        prop_assert_eq!(all.tries(), known);
        prop_assert_eq!(evidence.waiting(), asks.len() as u64 - known);
        let stages: u64 = evidence.stages().iter().map(|(_, pair)| pair.all.tries()).sum();
        let channels: u64 = evidence.channels().iter().map(|(_, pair)| pair.all.yes()).sum();
        prop_assert_eq!((stages, channels), (all.tries(), all.yes()));
        let tries: u64 = evidence.all().by_attempt.counts().iter().map(|counts| counts.tries()).sum();
        prop_assert_eq!(tries, known);
        let segments: u64 = evidence.segments().map(|(_, part)| part.stream.counts().tries()).sum();
        prop_assert!(segments <= known && evidence.segments().count() <= evidence::MOST_SEGMENTS);
        let noes = evidence.all().noes;
        prop_assert!(noes.said + noes.guessed <= noes.all);
        prop_assert!(evidence.in_month() <= known);
        prop_assert!(evidence.all().stream.watch().evidence().is_finite());
        prop_assert!(evidence.ranker().record().log_loss().is_none_or(f64::is_finite));
    }
}

#[test]
fn a_segment_more_makes_every_stream_stricter() {
    let mut evidence = Evidence::default();
    let one = Made {
        outcome: Outcome::No,
        stage: Stage::Opener,
        channel: Channel::Call,
        segment: None,
        pitch: None,
        number: 1,
        at: Some(0),
        before: None,
        reason: None,
        value: None,
    };
    fold(&mut evidence, &one, None);
    assert_eq!(
        (evidence.streams(), evidence.promise().trials()),
        (1, 5_000.0)
    );
    for code in 0..3 {
        let made = Made {
            segment: Some(code),
            ..one.clone()
        };
        fold(&mut evidence, &made, None);
    }
    assert_eq!(
        (evidence.streams(), evidence.promise().trials()),
        (4, 20_000.0)
    );
}

/// Later asks are later stages and say yes more often, month after month; nothing ever changes.
#[test]
fn steady_rates_that_differ_by_number_and_stage_keep_the_promise() {
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = move || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice >> 11) as f64 / (1_u64 << 53) as f64
    };
    let stages = [
        (Stage::Opener, 0.05),
        (Stage::Discovery, 0.15),
        (Stage::Proposal, 0.35),
    ];
    let (mut asks, mut alarms) = (0_i64, 0);
    for _ in 0..6 {
        let mut evidence = Evidence::default();
        let mut numbers = [0_usize; 60];
        for i in 0..20_000_i64 {
            let who = (roll() * 60.0) as usize;
            let (stage, rate) = stages[numbers[who]];
            let yes = roll() < rate;
            let made = Made {
                outcome: if yes { Outcome::Yes } else { Outcome::No },
                stage,
                channel: Channel::Call,
                segment: None,
                pitch: None,
                number: numbers[who] as u32 + 1,
                // 1,800 a month of thirty days.
                at: Some(i * 1_440_000_000),
                before: None,
                reason: None,
                value: None,
            };
            alarms += fold(&mut evidence, &made, None).len();
            asks += 1;
            numbers[who] = if yes || numbers[who] == 2 {
                0
            } else {
                numbers[who] + 1
            };
        }
    }
    // 24 are allowed on average; twice the ratio, by number and by stage, raised two hundred.
    assert!(alarms <= 34, "{alarms} alarms in {asks} asks");
}
