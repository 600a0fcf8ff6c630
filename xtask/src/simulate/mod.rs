//! The statistics tried on made-up attempts whose truth is known.
//!
//! What each question gave is kept in its part of `docs/simulations.md`, unless the run was a quick one.
//! *delays* also writes the table that the program answers from, and *between* tries the table that it was built
//! with: when the method of the watch changes, ask for these two in this order.

mod delays;
mod detector;
mod known;
mod pitches;
mod ranking;
mod runs;
mod segments;
mod streams;
mod table;
mod unknown;

use std::fmt::Write;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use self::runs::nth;
use self::table::Answer;
use crate::shell;

const SEED: u64 = 20_261_122;
const COMMAND: &str = "cargo xtask long simulate";
const DOCUMENT: &str = "docs/simulations.md";
/// A quick run makes one run in so many.
const QUICK: usize = 10;
/// Calm runs for each figure of the table of delays, and for each that checks it.
const CALM_RUNS: usize = 20_000;

const QUESTIONS: [&str; 8] = [
    "known", "unknown", "streams", "segments", "pitches", "ranking", "delays", "between",
];

/// Answers the questions named, or all.
pub(crate) fn run(args: &[&str]) -> Result<()> {
    let quick = args.contains(&"--quick");
    let asked: Vec<&str> = args
        .iter()
        .copied()
        .filter(|arg| *arg != "--quick")
        .collect();
    if let Some(unknown) = asked.iter().find(|asked| !QUESTIONS.contains(asked)) {
        bail!(
            "there is no question {unknown}; there are: {}",
            QUESTIONS.join(", ")
        );
    }
    if cfg!(debug_assertions) {
        // Unoptimised, this would take a day.
        let mut command = shell::cargo();
        command.args([
            "run",
            "--quiet",
            "--release",
            "--package",
            "xtask",
            "--",
            "long",
            "simulate",
        ]);
        return shell::openly(command.args(args));
    }
    let scale = if quick { QUICK } else { 1 };
    let mut missed = Vec::new();
    for (number, question) in QUESTIONS.into_iter().enumerate() {
        if !asked.is_empty() && !asked.contains(&question) {
            continue;
        }
        let start = Instant::now();
        let answer = answer(question, scale, nth(SEED, number as u64), !quick)?;
        println!("{}", answer.markdown());
        let seconds = start.elapsed().as_secs_f64();
        println!("({question}: {seconds:.0} s)\n");
        if !quick {
            keep(question, &answer)?;
        }
        missed.extend(
            answer
                .missed
                .into_iter()
                .map(|what| format!("{question}: {what}")),
        );
    }
    match missed.as_slice() {
        [] => println!("Every bar is met."),
        missed => println!("Missed:\n  {}", missed.join("\n  ")),
    }
    Ok(())
}

fn answer(question: &str, scale: usize, seed: u64, keep: bool) -> Result<Answer> {
    let calm = CALM_RUNS / scale;
    Ok(match question {
        "known" => known::answer(scale, seed),
        "unknown" => unknown::answer(scale, seed),
        "streams" => streams::answer(scale, seed),
        "segments" => segments::answer(scale, seed),
        "pitches" => pitches::answer(scale, seed),
        "ranking" => ranking::answer()?,
        "between" => delays::between(calm, seed),
        _ => {
            let table = delays::table(calm, seed);
            if keep {
                let source = delays::source(&table, &format!("{COMMAND} delays"), calm, SEED);
                std::fs::write(shell::root().join(delays::FILE), source)
                    .with_context(|| format!("{} cannot be written", delays::FILE))?;
            }
            delays::answer(&table, calm)
        }
    })
}

/// Puts an answer into its part of the document.
fn keep(question: &str, answer: &Answer) -> Result<()> {
    let path = shell::root().join(DOCUMENT);
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(&path, with_part(&kept, question, &answer.markdown()))
        .with_context(|| format!("{DOCUMENT} cannot be written"))
}

fn mark(question: &str) -> String {
    format!("<!-- {question} -->\n")
}

/// The document with one part renewed and the others as they are, in the order of the questions.
fn with_part(document: &str, question: &str, part: &str) -> String {
    let mut text = head();
    for name in QUESTIONS {
        let kept = document.split_once(&mark(name)).map(|(_, rest)| {
            let end = rest.find("\n<!-- ").map_or(rest.len(), |at| at + 1);
            rest[..end].trim()
        });
        let now = if name == question {
            Some(part.trim())
        } else {
            kept
        };
        if let Some(now) = now {
            let _ = write!(text, "\n{}{now}\n", mark(name));
        }
    }
    text
}

fn head() -> String {
    format!(
        "# Simulations\n\n\
         How well the statistics keep what they promise, on made-up attempts whose truth is known and on one set of \
         real calls. Made with:\n\n\
         ```sh\n{COMMAND}\n```\n\n\
         Seed {SEED}; the figures are the same on every machine, but for speeds. The name of a question ({}) \
         answers that one alone and renews its part of this page; `--quick` makes a tenth of the runs and leaves this \
         page as it is. Every figure is the work of `crates/evidence` as it is shipped. Bars are those of the \
         project; the two of *between* were set with this page, and a guard of the delay for other promises was \
         added after a first look.\n",
        QUESTIONS.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_renewed_and_the_others_stay() {
        let page = with_part("", "streams", "## S\n\nold");
        let page = with_part(&page, "known", "## K\n");
        let page = with_part(&page, "streams", "## S\n\nnew");
        let parts = page.strip_prefix(&head()).expect("the head");
        assert_eq!(
            parts,
            "\n<!-- known -->\n## K\n\n<!-- streams -->\n## S\n\nnew\n"
        );
    }
}
