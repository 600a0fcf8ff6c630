//! How soon Rebound's watch, which learns the rate, notices a drop: the table that `evidence::power`
//! answers from.

use std::fmt::Write;

use evidence::power::{self, Drop};
use evidence::watch::{PROMISE, Promise, RATIOS};
use evidence::{Beta, Rate};
use fastrand::Rng;

use super::detector::{Detector, Ours};
use super::runs::{Coin, median, nth, runs};
use super::table::{Answer, Bar, whole};

/// Where the table lies in the repository.
pub(super) const FILE: &str = "crates/evidence/src/power/table.rs";

const RATES: [f64; 7] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5];
const SEEN: [u64; 6] = [30, 100, 300, 1_000, 3_000, 10_000];
/// Trials after the drop that a run is followed for: half of all runs raise an alarm long before,
/// if only by chance.
const FOLLOWED: u64 = 20_000;

/// What is left of the rate: each drop that is looked for, and no drop at all.
const LEFT: [f64; 6] = {
    let [a, b, c, d, e] = RATIOS;
    [a, b, c, d, e, 1.0]
};

/// A table of median delays: by rate, by trials seen, by what is left.
pub(super) type Table = [[[f64; 6]; 6]; 7];

/// Makes the table from `count` calm runs a cell.
pub(super) fn table(count: usize, seed: u64) -> Table {
    let mut table = [[[0.0; 6]; 6]; 7];
    for (i, rate) in RATES.into_iter().enumerate() {
        for (j, seen) in SEEN.into_iter().enumerate() {
            let seed = nth(seed, (i * SEEN.len() + j) as u64);
            let promise = Promise::default();
            table[i][j] = median_delays(rate, seen, LEFT, promise, count, seed);
        }
    }
    table
}

/// Median trials until the watch notices each drop after having seen so many trials and raised no
/// alarm. Runs that were not calm are replaced by others until there are `count`.
fn median_delays<const N: usize>(
    rate: f64,
    seen: u64,
    left: [f64; N],
    promise: Promise,
    count: usize,
    seed: u64,
) -> [f64; N] {
    let before = Coin::new(rate);
    let after = left.map(|left| Coin::new(left * rate));
    let ours = Ours::new(Beta::new(1.0, 9.0).expect("a prior"), promise);
    let run = |rng: &mut Rng| {
        let calm = ours.calm(before, seen, rng)?;
        Some(after.map(|coin| calm.trials_to_alarm(coin, FOLLOWED + 1, rng)))
    };
    let mut kept: Vec<[u64; N]> = Vec::new();
    for batch in 0.. {
        kept.extend(runs(count, nth(seed, batch), run).into_iter().flatten());
        if kept.len() >= count {
            break;
        }
    }
    kept.truncate(count);
    std::array::from_fn(|k| {
        let median = median(kept.iter().map(|delays| delays[k] as f64).collect());
        assert!(
            median < FOLLOWED as f64,
            "runs are followed for too short a time"
        );
        median
    })
}

pub(super) fn answer(table: &Table, count: usize) -> Answer {
    let mut answer = Answer::new(
        "A learnt rate: how soon a drop is noticed",
        format!(
            "As somebody's watch begins: prior 1, 9, promise {}. After so many attempts *seen* without an alarm the \
             rate drops; the table gives the median number of attempts until the alarm, over {} calm runs a figure \
             (error about {:.1} %). *No drop* is the wait for a false alarm: a drop whose figure is near to it sinks into the \
             rate as it is learnt. The program answers from this table, kept in `{FILE}`, and says nothing where a \
             figure is more than half of the false alarm's.",
            whole(PROMISE),
            whole(count as f64),
            // The median of something like an exponential, whose spread is its mean.
            100.0 / (std::f64::consts::LN_2 * (count as f64).sqrt()),
        ),
        &[
            "rate", "seen", "x 0.2", "x 0.35", "x 0.5", "x 0.65", "x 0.8", "no drop",
        ],
    );
    for (rate, rows) in RATES.iter().zip(table) {
        for (seen, delays) in SEEN.iter().zip(rows) {
            let mut cells = vec![rate.to_string(), whole(*seen as f64)];
            cells.extend(delays.map(whole));
            answer.row(cells);
        }
    }
    answer
}

/// What the program says between the table's points and for other promises, beside what happens.
pub(super) fn between(count: usize, seed: u64) -> Answer {
    let mut answer = Answer::new(
        "That table between its points, and for other promises",
        format!(
            "`power::typical_delay` beside the median of {} fresh runs. Between its points the table is \
             interpolated; for another promise than {} it is multiplied by the ratio of Siegmund's delays at both, and \
             nothing is said where a stricter one would need more than half as many attempts as were seen. \
             Bar: off by at most 10 % between points, 25 % for another promise.",
            whole(count as f64),
            whole(PROMISE)
        ),
        &[
            "rate", "seen", "drop to", "promise", "said", "measured", "off by", "bar",
        ],
    );
    let points = [
        (0.07, 500, 0.45, PROMISE),
        (0.15, 2_000, 0.7, PROMISE),
        (0.03, 5_000, 0.3, PROMISE),
        (0.1, 1_000, 0.5, 1_000.0),
        (0.2, 500, 0.5, 20_000.0),
        (0.1, 1_000, 0.5, 50_000.0),
        (0.05, 3_000, 0.35, 50_000.0),
    ];
    for (setting, (rate, seen, left, promise)) in points.into_iter().enumerate() {
        let seed = nth(seed, setting as u64);
        let promised = Promise::new(promise).expect("a promise");
        let [measured] = median_delays(rate, seen, [left], promised, count, seed);
        let rate = Rate::new(rate).expect("a rate");
        let drop = Drop::to(left).expect("a drop");
        let said = power::typical_delay_at(rate, drop, seen, promised).unwrap_or(f64::INFINITY);
        let off = 100.0 * (said / measured - 1.0);
        let bar = if promise == PROMISE { 10.0 } else { 25.0 };
        let what = format!(
            "{}, {seen} seen, x {left}, promise {promise}, per cent",
            rate.get()
        );
        let verdict = answer.judge(&what, off, Bar::Between(-bar, bar), 1);
        answer.row([
            rate.get().to_string(),
            whole(seen as f64),
            format!("x {left}"),
            whole(promise),
            whole(said),
            whole(measured),
            format!("{off:+.1} %"),
            verdict,
        ]);
    }
    answer
}

/// The table as the program's source.
pub(super) fn source(table: &Table, command: &str, count: usize, seed: u64) -> String {
    let list = |numbers: &[f64]| {
        let numbers: Vec<String> = numbers.iter().map(|n| format!("{n:?}")).collect();
        numbers.join(", ")
    };
    let seen = SEEN.map(|n| n as f64);
    let mut text = format!(
        "//! Median trials until a watch that learns the rate notices a drop. Made by `{command}` from\n\
         //! {count} runs a figure, seed {seed}; change it there, not here. How: docs/simulations.md.\n\n\
         /// Rates before the drop.\n\
         pub(super) const RATES: [f64; {}] = [{}];\n\n\
         /// Trials seen before the drop.\n\
         pub(super) const SEEN: [f64; {}] = [{}];\n\n\
         /// What the drop leaves of the rate.\n\
         pub(super) const LEFT: [f64; {}] = [{}];\n\n\
         /// By rate, by trials seen, by what is left.\n\
         #[rustfmt::skip]\n\
         pub(super) const DELAYS: [[[f64; {}]; {}]; {}] = [\n",
        RATES.len(),
        list(&RATES),
        SEEN.len(),
        list(&seen),
        RATIOS.len(),
        list(&RATIOS),
        RATIOS.len(),
        SEEN.len(),
        RATES.len(),
    );
    for rows in table {
        text.push_str("    [\n");
        for delays in rows {
            let drops = &delays[..RATIOS.len()];
            let cells: Vec<String> = drops.iter().map(|delay| format!("{delay:>7.1}")).collect();
            let _ = writeln!(text, "        [{}],", cells.join(", "));
        }
        text.push_str("    ],\n");
    }
    text.push_str("];\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_table_is_what_happens() {
        for (rate, seen, left) in [(0.1, 100, 0.2), (0.2, 300, 0.5), (0.3, 1_000, 0.65)] {
            let [measured] = median_delays(rate, seen, [left], Promise::default(), 400, 41);
            let (rate, drop) = (Rate::new(rate).unwrap(), Drop::to(left).unwrap());
            let said = power::typical_delay(rate, drop, seen).expect("in the table");
            assert!(
                (said / measured - 1.0).abs() < 0.2,
                "{rate:?} {drop:?}: {said} said, {measured} measured"
            );
        }
    }

    #[test]
    fn the_programs_table_is_the_one_this_would_write() {
        let file = crate::shell::root().join(FILE);
        let kept = std::fs::read_to_string(file).expect("the table");
        let table = [[[0.0; 6]; 6]; 7];
        let fresh = source(&table, "", 0, 0);
        // All but the head and the figures.
        let frame = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| !line.starts_with("//!"));
            let inside = |line: &&str| !line.starts_with("        ");
            lines.filter(inside).map(str::to_owned).collect()
        };
        assert_eq!(frame(&kept), frame(&fresh));
    }
}
