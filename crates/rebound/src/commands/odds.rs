//! `rebound odds`: calculators that need no ledger.

use std::io::Read;

use app::{AppError, Kind};
use clap::{Args, Subcommand};
use evidence::odds::{self, Figure};
use evidence::pitch::{Arm, Test};
use evidence::power::Drop;
use evidence::statistic::{self, Unit};
use evidence::watch::{self, Promise, Watch};
use evidence::{Beta, Counts, Invalid, Rate};
use serde_json::{Map, Value, json};

use crate::cli::Global;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Odds {
    /// How ordinary a run without a yes is, at a rate that is known
    Streak(Streak),
    /// When the next yes may be expected, and what the rate may be
    NextYes(NextYes),
    /// Whether a sequence of outcomes holds a slump
    Slump(Slump),
    /// How many asks it takes to notice a drop
    Power(Power),
    /// Whether one pitch does better than another
    Pitch(Pitch),
}

#[derive(Debug, Args)]
pub(crate) struct Streak {
    /// The chance of a yes, such as 0.1
    #[arg(long, value_name = "P", value_parser = rate)]
    rate: Rate,
    /// How many asks; 0 is as good as left out
    #[arg(long, value_name = "N")]
    tries: Option<u64>,
    /// How long a run; 0 is as good as left out
    #[arg(long, value_name = "K")]
    run: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct NextYes {
    /// Yeses so far
    #[arg(long, value_name = "S", default_value_t = 0)]
    yes: u64,
    /// Asks so far
    #[arg(long, value_name = "N", default_value_t = 0)]
    tries: u64,
    /// What is believed before: jeffreys, uniform, or two numbers A,B
    #[arg(long, value_name = "PRIOR", default_value = "jeffreys", value_parser = prior)]
    prior: Beta,
}

#[derive(Debug, Args)]
pub(crate) struct Slump {
    /// Outcomes in order, 1 for a yes and 0 for anything else; - reads them from standard input
    #[arg(long, value_name = "0010...")]
    sequence: String,
    /// What is believed of the rate before: two numbers A,B
    #[arg(long, value_name = "A,B", default_value = "1,9", value_parser = prior)]
    prior: Beta,
    /// Asks between false alarms
    #[arg(long, value_name = "G", default_value_t = watch::PROMISE)]
    promise: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Power {
    /// The chance of a yes before the drop
    #[arg(long, value_name = "P", value_parser = rate)]
    rate: Rate,
    /// What is left of it, as a ratio: 0.5 where it halves, 0.9 where it loses a tenth
    #[arg(long, value_name = "R")]
    drop: f64,
    /// Asks seen before the drop, from which the rate was learnt
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    seen: u64,
    /// Asks between false alarms
    #[arg(long, value_name = "G", default_value_t = watch::PROMISE)]
    promise: f64,
}

#[derive(Debug, Args)]
pub(crate) struct Pitch {
    /// Yeses and asks of the first pitch, such as 5/100
    #[arg(value_name = "A/N", value_parser = counts)]
    a: Option<Counts>,
    /// Yeses and asks of the second pitch
    #[arg(value_name = "B/M", value_parser = counts)]
    b: Option<Counts>,
    /// A rate to hold the first pitch against
    #[arg(long, value_name = "P0", value_parser = rate)]
    against: Option<Rate>,
    /// Asks in the order they were made: the pitch, then 1 for a yes or 0; - reads standard input
    #[arg(long, value_name = "a0b1...")]
    sequence: Option<String>,
    /// How many asks of each pitch stand in a block of the sequence
    #[arg(long, value_name = "A:B", default_value = "1:1", value_parser = block)]
    blocks: (u32, u32),
}

pub(crate) fn run(global: &Global, what: Odds) -> Result<(), AppError> {
    match what {
        Odds::Streak(ask) => {
            let given = |n: Option<u64>| n.filter(|&n| n > 0);
            let (tries, run) = (given(ask.tries), given(ask.run));
            let figures = odds::streak(ask.rate, tries, run).map_err(|_| {
                AppError::new(
                    Kind::Invalid,
                    "There is nothing to work out from a rate alone.",
                )
                .with_hint("Say how many asks (--tries), how long a run (--run), or both.")
            })?;
            let given = json!({ "rate": ask.rate.get(), "tries": tries, "run": run });
            let of = hundred(ask.rate.get());
            print(
                global,
                given,
                &format!("At {of} yeses in 100 asks:"),
                &figures,
            )
        }
        Odds::NextYes(ask) => {
            let counts = Counts::new(ask.yes, ask.tries).map_err(refused)?;
            let figures = odds::next_yes(ask.prior, counts);
            let prior = [ask.prior.a(), ask.prior.b()];
            let given = json!({ "yes": ask.yes, "tries": ask.tries, "prior": prior });
            let said = match ask.tries {
                0 => "Nothing was asked yet: this is what the prior says, and no more.".to_owned(),
                n => format!("After {} of {} a yes:", ask.yes, output::count(n, "ask")),
            };
            print(global, given, &said, &figures)
        }
        Odds::Power(ask) => {
            let drop = Drop::to(ask.drop).map_err(refused)?;
            let promise = Promise::new(ask.promise).map_err(refused)?;
            let given = json!({
                "rate": ask.rate.get(), "drop": ask.drop, "promise": ask.promise, "seen": ask.seen,
            });
            let (before, after) = (ask.rate.get(), drop.after(ask.rate));
            let mut said = format!(
                "A drop from {} to {} yeses in 100 asks, after {} seen:",
                hundred(before),
                hundred(after),
                output::count(ask.seen, "ask")
            );
            let figures = odds::power(ask.rate, drop, promise, ask.seen);
            if !figures
                .iter()
                .any(|figure| figure.statistic == statistic::TYPICAL_DELAY)
            {
                said.push('\n');
                said.push_str(&not_told(before, ask.drop, ask.seen));
            }
            print(global, given, &said, &figures)
        }
        Odds::Slump(ask) => slump(global, &ask),
        Odds::Pitch(ask) => pitch(global, &ask),
    }
}

/// Asks seen, rates and drops for which it was tried how soon the watch notices
/// (`evidence::power::typical_delay`).
const TRIED_FROM: u64 = 30;
const TRIED_RATES: std::ops::RangeInclusive<f64> = 0.01..=0.5;
const TRIED_DROPS: std::ops::RangeInclusive<f64> = 0.2..=0.8;

/// Why it is not told how soon Rebound's watch would notice a drop.
fn not_told(rate: f64, drop: f64, seen: u64) -> String {
    let how_soon = "how soon Rebound’s watch would notice it";
    if seen < TRIED_FROM {
        return format!("Too few were seen to say {how_soon}: {TRIED_FROM} are needed.");
    }
    if rate > *TRIED_RATES.end() || drop < *TRIED_DROPS.start() {
        return format!(
            "It was not tried {how_soon}: that is known for rates from {} to {} in 100, and where {} to {} of the rate is left.",
            hundred(*TRIED_RATES.start()),
            hundred(*TRIED_RATES.end()),
            TRIED_DROPS.start(),
            TRIED_DROPS.end(),
        );
    }
    "Too slight, or too seldom a yes, for Rebound’s watch to tell it from a false alarm.".to_owned()
}

fn slump(global: &Global, ask: &Slump) -> Result<(), AppError> {
    let promise = Promise::new(ask.promise).map_err(refused)?;
    let outcomes = outcomes(&ask.sequence)?;
    let (mut watch, mut first) = (Watch::default(), None);
    let mut trace = Vec::with_capacity(outcomes.len());
    for yes in outcomes {
        let evidence = watch.push(yes, 1.0, ask.prior);
        first = first.or_else(|| watch.alarm(promise));
        let seen = watch.counts();
        trace.push(json!({
            "attempt": seen.tries(), "yes_so_far": seen.yes(), "asr_mean": evidence,
        }));
    }
    let mut object = json!({
        "trace": trace,
        "promise": ask.promise,
        "first_alarm": first.map(|alarm| alarm.at),
        "since": first.map(|alarm| alarm.since),
    });
    object[format!("first_alarm_gamma{}", ask.promise)] = json!(first.map(|alarm| alarm.at));
    let seen = watch.counts();
    let mut text = format!(
        "{} of {} a yes.\n",
        seen.yes(),
        output::count(seen.tries(), "ask")
    );
    text.push_str(&match first {
        Some(alarm) => format!(
            "The watch raises an alarm at ask {}: a slump most likely began with ask {}.\n",
            alarm.at, alarm.since
        ),
        None => format!(
            "No slump can be told from luck: the evidence is {:.1}, and an alarm is raised at {}.\n",
            watch.evidence(),
            ask.promise
        ),
    });
    text.push_str(&format!(
        "False alarms are {} asks or more apart on average.\n",
        ask.promise
    ));
    output::result(global.json, &object, &text)
}

fn pitch(global: &Global, ask: &Pitch) -> Result<(), AppError> {
    if let (Some(_), None, None, None) | (None, _, Some(_), None) =
        (ask.a, ask.b, ask.against, &ask.sequence)
    {
        return Err(too_little());
    }
    let mut figures = ask
        .a
        .map_or_else(Vec::new, |a| odds::pitch(a, ask.b, ask.against));
    let mut given = json!({});
    if let Some(sequence) = &ask.sequence {
        let mut test = Test::in_blocks(ask.blocks.0, ask.blocks.1).map_err(refused)?;
        for (arm, yes) in asks(sequence)? {
            test.push(arm, yes);
        }
        let of = |arm| test.counts(arm);
        given = json!({
            "in_blocks": {
                "a": { "yes": of(Arm::A).yes(), "tries": of(Arm::A).tries() },
                "b": { "yes": of(Arm::B).yes(), "tries": of(Arm::B).tries() },
            },
            "waiting": { "a": test.waiting(Arm::A), "b": test.waiting(Arm::B) },
            "e_value_most": number(test.most()),
        });
        figures.push(Figure::new(statistic::E_VALUE, test.e_value()));
    }
    if figures.is_empty() {
        return Err(too_little());
    }
    print(global, given, "", &figures)
}

fn too_little() -> AppError {
    AppError::new(Kind::Invalid, "There is too little to compare.").with_hint(
        "Give two pitches (rebound odds pitch 5/100 9/100), one and a rate (--against 0.1), or a --sequence.",
    )
}

/// Prints what was given and what follows from it, each under its own name.
fn print(global: &Global, given: Value, said: &str, figures: &[Figure]) -> Result<(), AppError> {
    let mut object: Map<String, Value> = given.as_object().cloned().unwrap_or_default();
    let mut text = if said.is_empty() {
        String::new()
    } else {
        format!("{said}\n")
    };
    for figure in figures {
        object.insert(figure.code.clone(), number(figure.value));
        text.push_str(&format!(
            "{:>12}  {} ({})\n",
            shown(figure),
            figure.plain,
            figure.code
        ));
    }
    output::result(global.json, &Value::Object(object), &text)
}

/// A rate as a number of a hundred, with the digits that were given.
fn hundred(rate: f64) -> String {
    let of = format!("{:.4}", rate * 100.0);
    of.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number of JSON; what has no end is a word, for JSON has no such number.
pub(super) fn number(value: f64) -> Value {
    if value.is_infinite() {
        json!("inf")
    } else {
        json!(value)
    }
}

fn shown(figure: &Figure) -> String {
    let value = figure.value;
    match figure.statistic.unit {
        _ if value.is_infinite() => "without end".to_owned(),
        Unit::Chance if value > 0.0 && value < 1e-4 => format!("{value:.2e}"),
        Unit::Chance => format!("{value:.4}"),
        Unit::Asks if value >= 1e7 => format!("{value:.3e}"),
        Unit::Asks if value.fract() == 0.0 => format!("{value}"),
        Unit::Asks => format!("{value:.1}"),
        _ if value != 0.0 && !(1e-3..1e7).contains(&value.abs()) => format!("{value:.3e}"),
        _ => format!("{value:.4}"),
    }
}

fn refused(invalid: Invalid) -> AppError {
    AppError::new(
        Kind::Invalid,
        format!("{}.", sentence(&invalid.to_string())),
    )
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A list that was given, or what standard input holds.
fn given(text: &str) -> Result<String, AppError> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut read = String::new();
    std::io::stdin()
        .read_to_string(&mut read)
        .map_err(|e| AppError::new(Kind::Invalid, format!("Cannot read standard input: {e}.")))?;
    Ok(read)
}

fn outcomes(text: &str) -> Result<Vec<bool>, AppError> {
    let text = given(text)?;
    let outcomes: Result<Vec<bool>, AppError> = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ',')
        .map(|c| match c {
            '0' => Ok(false),
            '1' => Ok(true),
            other => Err(AppError::new(
                Kind::Invalid,
                format!("“{other}” is no outcome; write 1 for a yes and 0 for anything else."),
            )),
        })
        .collect();
    match outcomes {
        Ok(none) if none.is_empty() => Err(AppError::new(
            Kind::Invalid,
            "There is no outcome in the sequence.",
        )
        .with_hint("Write 1 for a yes and 0 for anything else, such as --sequence 00100.")),
        outcomes => outcomes,
    }
}

fn asks(text: &str) -> Result<Vec<(Arm, bool)>, AppError> {
    let text = given(text)?;
    let fault = || {
        AppError::new(
            Kind::Invalid,
            "A sequence is pitches and outcomes in turn, such as a0b1a0b0.",
        )
    };
    let letters: Vec<char> = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ',')
        .collect();
    if letters.is_empty() || !letters.len().is_multiple_of(2) {
        return Err(fault());
    }
    letters
        .chunks(2)
        .map(|pair| {
            let arm = match pair[0] {
                'a' | 'A' => Arm::A,
                'b' | 'B' => Arm::B,
                _ => return Err(fault()),
            };
            match pair[1] {
                '0' => Ok((arm, false)),
                '1' => Ok((arm, true)),
                _ => Err(fault()),
            }
        })
        .collect()
}

fn rate(text: &str) -> Result<Rate, String> {
    let number: f64 = text
        .trim()
        .parse()
        .map_err(|_| format!("“{text}” is not a number"))?;
    Rate::new(number).map_err(|e| e.to_string())
}

fn prior(text: &str) -> Result<Beta, String> {
    match text {
        "jeffreys" => return Ok(Beta::JEFFREYS),
        "uniform" => return Ok(Beta::UNIFORM),
        _ => {}
    }
    let parts = text
        .split_once(',')
        .and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
    let (a, b) = parts.ok_or("a prior is jeffreys, uniform, or two numbers such as 1,9")?;
    Beta::new(a, b).map_err(|e| e.to_string())
}

fn counts(text: &str) -> Result<Counts, String> {
    let parts = text
        .split_once('/')
        .and_then(|(a, n)| Some((a.trim().parse().ok()?, n.trim().parse().ok()?)));
    let (yes, tries) = parts.ok_or("yeses and asks are written 5/100")?;
    Counts::new(yes, tries).map_err(|e| e.to_string())
}

fn block(text: &str) -> Result<(u32, u32), String> {
    text.split_once(':')
        .and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)))
        .ok_or_else(|| "a block is written 1:1".to_owned())
}
