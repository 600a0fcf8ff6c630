//! What takes longer than a gate may: run before an issue is resolved.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use testkit::tools::find_program;

use crate::{setup, shell};

/// Fuzzes every target, or those named.
pub(crate) fn fuzz(args: &[&str]) -> Result<()> {
    let (seconds, named) = number(args, "--seconds", 60)?;
    let folder = shell::root().join("fuzz");
    let mut targets = Vec::new();
    let entries = std::fs::read_dir(folder.join("fuzz_targets"))
        .context("there are no fuzz targets in fuzz/fuzz_targets")?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "rs")
            && let Some(name) = path.file_stem()
        {
            targets.push(name.to_string_lossy().into_owned());
        }
    }
    targets.sort();
    if let Some(unknown) = named.iter().find(|n| !targets.iter().any(|t| t == *n)) {
        bail!(
            "there is no fuzz target {unknown}; there are: {}",
            targets.join(", ")
        );
    }
    if !named.is_empty() {
        targets.retain(|target| named.contains(&target.as_str()));
    }
    if find_program("c++", &[]).is_none() {
        setup::apt_install(&["g++"])?;
    }
    let program = setup::cargo_tool("cargo-fuzz", None)?;
    let nightly = shell::succeeds(Command::new("cargo").args(["+nightly", "--version"]));
    let fuzz = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.arg("fuzz").args(words).current_dir(shell::root());
        if nightly {
            // The toolchain is chosen as `cargo +nightly` would choose it.
            command.env("RUSTUP_TOOLCHAIN", "nightly");
        } else {
            command.args(["--sanitizer", "none"]);
        }
        command
    };
    shell::quietly(
        &mut fuzz(&["build"]),
        &shell::target()?.join("long/fuzz-build.log"),
    )?;
    println!("| fuzz target | seconds | runs | found |\n| --- | ---: | ---: | --- |");
    let mut broken = Vec::new();
    for target in &targets {
        let log = shell::target()?.join(format!("long/fuzz-{target}.log"));
        let mut command = fuzz(&["run", target]);
        command.args([
            "--",
            &format!("-max_total_time={seconds}"),
            "-print_final_stats=1",
        ]);
        let start = Instant::now();
        let result = shell::quietly(&mut command, &log);
        let printed = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
        let runs = printed
            .lines()
            .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
            .map_or("?", str::trim);
        let found = if result.is_ok() {
            "nothing"
        } else {
            "A FAILURE"
        };
        println!(
            "| {target} | {:.0} | {runs} | {found} |",
            start.elapsed().as_secs_f64()
        );
        if let Err(error) = result {
            broken.push(format!("{error:#}"));
        }
    }
    if !broken.is_empty() {
        bail!("{}", broken.join("\n\n"));
    }
    Ok(())
}

/// Kills the program under load again and again; what it had acknowledged must be there each time.
pub(crate) fn crash(args: &[&str]) -> Result<()> {
    let (rounds, rest) = number(args, "--rounds", 50)?;
    if let Some(word) = rest.first() {
        bail!("`long crash` takes only --rounds N, not {word}");
    }
    let mut command = shell::cargo();
    command
        .args(["test", "--release", "--package", "rebound", "--test", "it"])
        .args([
            "crash",
            "--",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("REBOUND_CRASH_ROUNDS", rounds.to_string())
        .env("REBOUND_TOOLS", shell::tools()?);
    shell::openly(&mut command)
}

/// Holds the API against its document.
pub(crate) fn schemathesis(args: &[&str]) -> Result<()> {
    let (examples, rest) = number(args, "--examples", 100)?;
    if let Some(word) = rest.first() {
        bail!("`long schemathesis` takes only --examples N, not {word}");
    }
    crate::schemathesis::run(examples)
}

/// Takes `--name N` out of the arguments.
fn number<'a>(args: &[&'a str], name: &str, usual: u32) -> Result<(u32, Vec<&'a str>)> {
    let mut rest = args.to_vec();
    let Some(at) = rest.iter().position(|arg| *arg == name) else {
        return Ok((usual, rest));
    };
    let value = rest
        .get(at + 1)
        .and_then(|text| text.parse().ok())
        .with_context(|| format!("{name} needs a whole number after it"))?;
    rest.drain(at..=at + 1);
    Ok((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_out_wherever_it_stands() {
        assert_eq!(
            number(&["csv", "--seconds", "5"], "--seconds", 60).unwrap(),
            (5, vec!["csv"])
        );
        assert_eq!(
            number(&["csv"], "--seconds", 60).unwrap(),
            (60, vec!["csv"])
        );
        assert!(number(&["--seconds"], "--seconds", 60).is_err());
    }
}
