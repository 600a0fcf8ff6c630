//! Evidence over ten million attempts, beside pandas, polars and duckdb at the same work.
//!
//! The file and the peers' scripts come from `REBOUND_SHARED/bench`; without them it says so and ends.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{setup, shell};

/// What the peers run on, so that two runs a year apart compare the same.
const PACKAGES: [&str; 6] = [
    "numpy==2.3.*",
    "scipy",
    "pandas==2.3.*",
    "polars",
    "duckdb",
    "pyarrow",
];
const ATTEMPTS: u64 = 10_000_000;
/// The six outputs in figures that every engine prints.
const AGREED: [&str; 6] = ["groups", "flags", "longest_max", "cur", "h1", "top"];

/// The columns of the file, and what their numbers mean.
const COLUMNS: [&str; 7] = [
    "at=ts",
    "rep=rep",
    "segment=segment",
    "prospect=prospect",
    "attempt=attempt",
    "outcome=outcome",
    "reason=barrier",
];
const VALUES: [&str; 6] = [
    "outcome:0=no",
    "outcome:1=yes",
    "outcome:2=no_reply",
    "channel:0=call",
    "channel:1=email",
    "channel:2=message",
];

/// What one engine took and found.
struct Ran {
    engine: String,
    cpu: f64,
    wall: f64,
    resident: f64,
    found: Vec<String>,
}

pub(crate) fn run() -> Result<()> {
    let shared = std::env::var_os("REBOUND_SHARED")
        .map_or_else(|| shell::root().join("../shared"), PathBuf::from);
    let scripts = shared.join("bench");
    if !scripts.join("peer_polars.py").exists() {
        println!(
            "skipped: the peers' scripts are not at {}",
            scripts.display()
        );
        return Ok(());
    }
    let folder = shell::target()?.join("bulk");
    std::fs::create_dir_all(&folder)?;
    let python = environment(&folder)?;
    let events = folder.join("events.parquet");
    if !events.exists() {
        eprintln!("making {ATTEMPTS} attempts");
        let mut make = Command::new(&python);
        make.arg(scripts.join("gen_events.py"))
            .arg(ATTEMPTS.to_string())
            .arg(&events);
        shell::quietly(&mut make, &folder.join("events.log"))?;
    }
    let (ours, object) = rebound(&events)?;
    let mut all = vec![ours];
    for peer in ["polars", "pandas", "duckdb"] {
        all.push(of_peer(&python, &scripts, peer, &events)?);
    }
    let whole = whole_report(&python, &events)?;
    print(&all, &object);
    println!(
        "\nThe whole report of the program, `rebound evidence --from FILE --by rep,segment --json`: {whole}."
    );
    let odd: Vec<&str> = all
        .iter()
        .filter(|ran| ran.found != all[0].found)
        .map(|ran| ran.engine.as_str())
        .collect();
    if !odd.is_empty() {
        bail!("these found something else: {}", odd.join(", "));
    }
    let figure = |name: &str| object[name].as_f64().unwrap_or(f64::INFINITY);
    let missed: Vec<&str> = [
        (figure("cpu") <= 1.0, "1.0 CPU s end to end"),
        (figure("resident") <= 150.0, "150 MiB resident"),
        (figure("pass_ns") <= 20.0, "20 ns an attempt in the pass"),
        (all[1].cpu / all[0].cpu >= 3.0, "a third of polars"),
    ]
    .into_iter()
    .filter_map(|(met, bar)| (!met).then_some(bar))
    .collect();
    if !missed.is_empty() {
        bail!("missed: {}", missed.join("; "));
    }
    Ok(())
}

/// A Python with the peers in it, made once.
fn environment(folder: &Path) -> Result<PathBuf> {
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !shell::succeeds(
        Command::new(&python).args(["-c", "import pandas, polars, duckdb, pyarrow, scipy"]),
    ) {
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear"]).arg(&venv);
        if !shell::succeeds(&mut make) {
            setup::apt_install(&["python3", "python3-venv"])?;
            shell::quietly(&mut make, &folder.join("venv.log"))?;
        }
        let mut pip = Command::new(venv.join("bin/pip"));
        pip.args(["install", "--quiet"]).args(PACKAGES);
        shell::quietly(&mut pip, &folder.join("pip.log"))
            .context("the peers could not be installed")?;
    }
    Ok(python)
}

fn rebound(events: &Path) -> Result<(Ran, Value)> {
    let mut bench = shell::cargo();
    bench
        .args([
            "bench",
            "--quiet",
            "--package",
            "evidence",
            "--bench",
            "bulk",
            "--",
        ])
        .arg(events);
    let text = shell::output(&mut bench)?;
    let object: Value =
        serde_json::from_str(text.trim()).context("the benchmark printed no object")?;
    let figure = |name: &str| object[name].as_f64().unwrap_or(f64::NAN);
    let ran = Ran {
        engine: "Rebound".to_owned(),
        cpu: figure("cpu"),
        wall: figure("wall"),
        resident: figure("resident"),
        found: AGREED
            .iter()
            .map(|name| plain(&object[*name].to_string()))
            .collect(),
    };
    Ok((ran, object))
}

/// The program itself over the same file: every statistic, as it is shipped.
fn whole_report(python: &Path, events: &Path) -> Result<String> {
    let mut build = shell::cargo();
    build.args(["build", "--quiet", "--release", "--package", "rebound"]);
    shell::output(&mut build)?;
    let program = shell::target()?.join("release/rebound");
    // Python is here already and tells what a child took.
    const TAKEN: &str = "import resource, subprocess, sys\n\
        subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n\
        r = resource.getrusage(resource.RUSAGE_CHILDREN)\n\
        print(f'{r.ru_utime + r.ru_stime:.1f} CPU s, {r.ru_maxrss / 1024:.0f} MiB')";
    let mut run = Command::new(python);
    run.args(["-c", TAKEN])
        .arg(program)
        .args(["evidence", "--from"])
        .arg(events)
        .args(COLUMNS.iter().flat_map(|map| ["--map", map]))
        .args(VALUES.iter().flat_map(|value| ["--value", value]))
        .args(["--by", "rep,segment", "--json"]);
    Ok(shell::output(&mut run)?.trim().to_owned())
}

/// The last line of a peer: `polars: wall 2.0s cpu 2.1s maxrss 1286 MiB {'groups': 5000, ...}`.
fn of_peer(python: &Path, scripts: &Path, peer: &str, events: &Path) -> Result<Ran> {
    let mut command = Command::new(python);
    command
        .current_dir(scripts)
        .arg(format!("peer_{peer}.py"))
        .arg(events);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    let text = shell::output(&mut command)?;
    let line = text.lines().last().unwrap_or_default();
    let after = |word: &str| {
        let rest = line
            .split_once(word)
            .map_or("", |(_, rest)| rest)
            .trim_start();
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        rest[..end]
            .parse::<f64>()
            .with_context(|| format!("{peer} does not say {word}"))
    };
    let found = AGREED.iter().map(|name| {
        let rest = line
            .split_once(&format!("'{name}': "))
            .map_or("", |(_, rest)| rest);
        plain(rest.split([',', '}']).next().unwrap_or_default())
    });
    Ok(Ran {
        engine: peer.to_owned(),
        cpu: after("cpu")?,
        wall: after("wall")?,
        resident: after("maxrss")?,
        found: found.collect(),
    })
}

/// A number as every engine writes it: shares to twelve places.
fn plain(text: &str) -> String {
    match text.trim().parse::<f64>() {
        Ok(number) if number.fract() != 0.0 => format!("{number:.12}"),
        Ok(number) => format!("{number:.0}"),
        Err(_) => text.trim().to_owned(),
    }
}

fn print(all: &[Ran], object: &Value) {
    println!(
        "| engine | CPU s | times Rebound | wall s | most resident, MiB |\n| --- | --- | --- | --- | --- |"
    );
    for ran in all {
        println!(
            "| {} | {:.2} | {:.1} | {:.2} | {:.0} |",
            ran.engine,
            ran.cpu,
            ran.cpu / all[0].cpu,
            ran.wall,
            ran.resident
        );
    }
    println!(
        "\n{ATTEMPTS} attempts. The pass: {} ns an attempt; with the slump watch and all: {} ns. All engines agree: {}.",
        object["pass_ns"],
        object["watch_ns"],
        AGREED
            .iter()
            .zip(&all[0].found)
            .map(|(name, found)| format!("{name} {found}"))
            .collect::<Vec<_>>()
            .join(", ")
    );
}
