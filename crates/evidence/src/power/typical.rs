//! What Rebound's own watch needs, read off a table that simulation made.

use super::table::{DELAYS, LEFT, RATES, SEEN};
use super::{Drop, siegmund_delay};
use crate::beta::Rate;
use crate::watch::{PROMISE, Promise};

/// The most trials after which an alarm still says that a drop was noticed: half of the median wait
/// for a false one. A drop that takes longer sinks into the rate as it is learnt, and the alarm that comes at last
/// is nearly as likely to be one of chance.
const NOTICED: f64 = 0.5 * std::f64::consts::LN_2 * PROMISE;

/// Median trials until the watch, as it begins for everybody (prior 1, 9; promise 5,000), notices a
/// drop, after it has seen `seen` trials at the rate before and raised no alarm.
///
/// Between the table's points the logarithm of the delay is interpolated, along ln rate, ln trials
/// and ln(1 - what is left). More than 10,000 trials seen count as 10,000: the rate is then as good as
/// known. `None` for rates outside .01 to .5, drops outside .2 to .8, fewer than 30 trials seen, and where
/// an alarm would come hardly sooner than by chance.
pub fn typical_delay(rate: Rate, drop: Drop, seen: u64) -> Option<f64> {
    let delays = by_drop(rate, seen)?;
    let (i, share) = place(&LEFT.map(size), size(drop.0))?;
    let delay = between(&delays, i, share).exp();
    (delay <= NOTICED).then_some(delay)
}

/// The same for a promise other than 5,000: the delay times the ratio of what a CUSUM that knows both
/// rates would need ([`siegmund_delay`]) for either promise.
///
/// A slump that lasts sinks into the rate as it is learnt, which no such ratio knows of: `None` also where a
/// stricter promise would need more than half as many trials as were seen before.
pub fn typical_delay_at(rate: Rate, drop: Drop, seen: u64, promise: Promise) -> Option<f64> {
    let usual = typical_delay(rate, drop, seen)?;
    let of_cusum = |promise| siegmund_delay(rate, drop, promise);
    let delay = usual * of_cusum(promise) / of_cusum(Promise::default());
    (delay <= usual || delay <= 0.5 * seen as f64).then_some(delay)
}

/// The mildest drop that is typically noticed within so many trials; none where even a drop to a
/// fifth of the rate is not. Drops milder than to .8 are not looked for.
pub fn noticeable(rate: Rate, seen: u64, within: u64) -> Option<Drop> {
    let delays = by_drop(rate, seen)?;
    let within = (within as f64).min(NOTICED).ln();
    let i = delays.iter().rposition(|delay| *delay <= within)?;
    let Some(next) = delays.get(i + 1) else {
        return Some(Drop(LEFT[i]));
    };
    // The next milder drop takes too long: what is just in time lies before it.
    let share = (within - delays[i]) / (next - delays[i]);
    let sizes = LEFT.map(size);
    Some(Drop(-between(&sizes, i, share).exp_m1()))
}

/// How large a drop is, on the scale on which the logarithm of its delay is nearly straight.
fn size(left: f64) -> f64 {
    (-left).ln_1p()
}

/// The logarithm of the delay for each drop of the table, at this rate and so many trials seen.
fn by_drop(rate: Rate, seen: u64) -> Option<[f64; LEFT.len()]> {
    let most = SEEN[SEEN.len() - 1];
    let (i, by_rate) = place(&RATES.map(f64::ln), rate.get().ln())?;
    let (j, by_seen) = place(&SEEN.map(f64::ln), (seen as f64).min(most).ln())?;
    Some(std::array::from_fn(|k| {
        let rates = DELAYS.map(|rows| between(&rows.map(|delays| delays[k].ln()), j, by_seen));
        between(&rates, i, by_rate)
    }))
}

/// Between which two points of a rising or falling axis a value lies, and how far on.
fn place(axis: &[f64], value: f64) -> Option<(usize, f64)> {
    let share = |i: usize| (value - axis[i]) / (axis[i + 1] - axis[i]);
    (0..axis.len() - 1)
        .map(|i| (i, share(i)))
        .find(|(_, share)| (0.0..=1.0).contains(share))
}

/// The value so far on from point `i` to the next.
fn between(values: &[f64], i: usize, share: f64) -> f64 {
    values[i] + share * (values[i + 1] - values[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(rate: f64) -> Rate {
        Rate::new(rate).expect("a rate")
    }

    fn every_point() -> impl Iterator<Item = (f64, u64, [f64; 5])> {
        RATES.into_iter().zip(DELAYS).flat_map(|(rate, rows)| {
            let rows = SEEN.into_iter().zip(rows);
            rows.map(move |(seen, delays)| (rate, seen as u64, delays))
        })
    }

    #[test]
    fn at_the_tables_points_it_says_what_the_table_says() {
        for (p, seen, delays) in every_point() {
            for (left, delay) in LEFT.into_iter().zip(delays) {
                match typical_delay(rate(p), Drop(left), seen) {
                    None => assert!(delay > NOTICED, "{p} {seen} {left}"),
                    Some(said) => assert!((said / delay - 1.0).abs() < 1e-12, "{p} {seen} {left}"),
                }
            }
            assert!(delays.is_sorted(), "a milder drop takes longer: {delays:?}");
        }
    }

    #[test]
    fn between_them_it_lies_between() {
        let at = |p, left, seen| typical_delay(rate(p), Drop(left), seen).expect("in the table");
        let corners =
            [0.1, 0.2].map(|p| [0.35, 0.5].map(|left| [300, 1_000].map(|n| at(p, left, n))));
        let corners: Vec<f64> = corners.into_iter().flatten().flatten().collect();
        let inside = at(0.14, 0.42, 600);
        assert!(corners.iter().any(|c| *c < inside) && corners.iter().any(|c| *c > inside));
    }

    #[test]
    fn beyond_the_table_nothing_is_said() {
        let half = Drop(0.5);
        assert_eq!(typical_delay(rate(0.009), half, 1_000), None);
        assert_eq!(typical_delay(rate(0.51), half, 1_000), None);
        assert_eq!(typical_delay(rate(0.1), Drop(0.81), 1_000), None);
        assert_eq!(typical_delay(rate(0.1), Drop(0.19), 1_000), None);
        assert_eq!(typical_delay(rate(0.1), half, 29), None);
        assert_eq!(typical_delay(rate(0.1), half, 0), None);
        assert_eq!(noticeable(rate(0.1), 0, 500), None);
        assert_eq!(noticeable(rate(0.1), 1_000, 0), None);
        assert_eq!(
            typical_delay(rate(0.1), half, u64::MAX),
            typical_delay(rate(0.1), half, 10_000)
        );
    }

    #[test]
    fn the_mildest_noticeable_drop_is_just_in_time() {
        for p in [0.01, 0.03, 0.1, 0.25, 0.5] {
            for seen in [30, 250, 1_000, 20_000] {
                for within in [10, 60, 200, 500, 1_500, 10_000, 1_000_000] {
                    let say = |drop| typical_delay(rate(p), drop, seen);
                    let limit = NOTICED.min(within as f64) * (1.0 + 1e-9);
                    let Some(drop) = noticeable(rate(p), seen, within) else {
                        assert!(say(Drop(0.2)).is_none_or(|delay| delay > within as f64));
                        continue;
                    };
                    assert!(
                        say(drop).is_some_and(|delay| delay <= limit),
                        "{p} {seen} {within}"
                    );
                    let milder = Drop(drop.0 + 1e-6);
                    assert!(say(milder).is_none_or(|delay| delay > within as f64));
                }
            }
        }
    }

    #[test]
    fn a_stricter_promise_takes_longer() {
        let (p, half) = (rate(0.1), Drop(0.5));
        let usual = typical_delay(p, half, 1_000);
        assert_eq!(typical_delay_at(p, half, 1_000, Promise::default()), usual);
        let strict = Promise::new(50_000.0).expect("a promise");
        assert!(typical_delay_at(p, half, 1_000, strict) > usual);
        // Too little was seen for that, though enough for the usual promise.
        assert!(typical_delay(p, half, 300).is_some());
        assert_eq!(typical_delay_at(p, half, 300, strict), None);
    }
}
