//! Two pitches looked at after every ask: how often does chance alone reach a verdict?

use evidence::pitch::{Arm, TELLS, Test};

use super::runs::{Coin, Mean, median, nth, runs};
use super::table::{Answer, Bar, whole};

/// Asks in all, of both pitches.
const ASKS: u64 = 10_000;
/// Rates of the two pitches and asks of each in a block.
const SETTINGS: [(f64, f64, [u32; 2]); 8] = [
    (0.10, 0.10, [1, 1]),
    (0.05, 0.05, [1, 1]),
    (0.10, 0.10, [3, 1]),
    (0.05, 0.05, [3, 1]),
    (0.10, 0.13, [1, 1]),
    (0.10, 0.15, [1, 1]),
    (0.10, 0.13, [3, 1]),
    (0.10, 0.15, [3, 1]),
];

pub(super) fn answer(scale: usize, seed: u64) -> Answer {
    let count = 20_000 / scale;
    let mut answer = Answer::new(
        "Two pitches, looked at after every ask",
        format!(
            "{} asks in blocks of both pitches ({} each where they are equally many), looked at after every single \
             one, stopped as soon as the evidence reaches {TELLS}. {} runs a figure. Bar: with equal rates at most \
             5 in 100 ever get there.",
            whole(ASKS as f64),
            whole(ASKS as f64 / 2.0),
            whole(count as f64),
        ),
        &[
            "rates",
            "asks in a block",
            "reach a verdict",
            "error",
            "median asks until then",
            "bar",
        ],
    );
    for (setting, (a, b, block)) in SETTINGS.into_iter().enumerate() {
        let coins = [Coin::new(a), Coin::new(b)];
        let stops = runs(count, nth(seed, setting as u64), |rng| {
            let mut test = Test::in_blocks(block[0], block[1]).expect("a block");
            (1..=ASKS).find(|ask| {
                let place = (ask - 1) % u64::from(block[0] + block[1]);
                let arm = if place < u64::from(block[0]) {
                    Arm::A
                } else {
                    Arm::B
                };
                test.push(arm, coins[arm as usize].toss(rng));
                test.e_value() >= TELLS
            })
        });
        let told = Mean::share(stops.iter().map(Option::is_some));
        let when = median(stops.iter().flatten().map(|&n| n as f64).collect());
        let name = format!("{} v. {} %", 100.0 * a, 100.0 * b);
        let blocks = format!("{} : {}", block[0], block[1]);
        let verdict = if a == b {
            answer.judge(
                &format!("{name} in {blocks}"),
                told.is,
                Bar::AtMost(0.05),
                4,
            )
        } else {
            String::new()
        };
        answer.row([
            name,
            blocks,
            format!("{:.2} %", 100.0 * told.is),
            format!("{:.2} %", 100.0 * told.error),
            whole(when),
            verdict,
        ]);
    }
    answer
}
