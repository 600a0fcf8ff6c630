//! The gate: everything that must pass before a change lands.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use testkit::postgres_server::PostgresServer;
use testkit::tools::find_program;

use crate::{lints, setup, shell};

#[derive(PartialEq)]
enum Outcome {
    Passed,
    Failed,
    LeftOut,
}

struct Step {
    name: &'static str,
    seconds: f64,
    outcome: Outcome,
}

/// Goes through all steps, even past a failed one, and says at the end how each went.
pub(crate) fn run(fast: bool) -> Result<()> {
    let start = Instant::now();
    let mut gate = Gate {
        steps: Vec::new(),
        logs: shell::target()?.join("gate"),
    };
    gate.step("what the tests need", |_| setup::prerequisites());
    if gate.failed() {
        return gate.close(start);
    }

    // Building it takes minutes the first time: let that happen while the compiler is busy anyway.
    let deny = (!fast).then(|| thread::spawn(setup::cargo_deny));

    gate.step("format", |logs| {
        let mut command = shell::cargo();
        command.args(["fmt", "--all", "--check"]);
        shell::quietly(&mut command, &logs.join("format.log"))
            .context("`cargo fmt --all` puts this right")
    });
    gate.step("own lints", |_| lints::run());
    let built = gate.step("build", build);
    if built {
        gate.step("tests", |_| tests());
        gate.step("documentation examples", |logs| {
            let mut command = shell::cargo();
            command.args(["test", "--workspace", "--doc"]);
            shell::quietly(&mut command, &logs.join("doctests.log"))
        });
    } else {
        gate.leave_out("tests");
        gate.leave_out("documentation examples");
    }
    if fast {
        for name in ["clippy", "licences and sources", "documentation"] {
            gate.leave_out(name);
        }
        return gate.close(start);
    }
    gate.step("clippy", |logs| {
        let mut command = shell::cargo();
        command.args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]);
        shell::quietly(&mut command, &logs.join("clippy.log"))
    });
    gate.step("documentation", |logs| {
        let mut command = shell::cargo();
        command
            .args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings");
        shell::quietly(&mut command, &logs.join("documentation.log"))
    });
    gate.step("licences and sources", |logs| {
        let deny = match deny.map(thread::JoinHandle::join) {
            Some(Ok(program)) => program?,
            _ => bail!("the thread that builds cargo-deny broke"),
        };
        let mut command = Command::new(deny);
        command
            .args(["--workspace", "check", "bans", "licenses", "sources"])
            .current_dir(shell::root());
        shell::quietly(&mut command, &logs.join("licences.log"))
    });
    gate.close(start)
}

struct Gate {
    steps: Vec<Step>,
    logs: PathBuf,
}

impl Gate {
    fn step(&mut self, name: &'static str, work: impl FnOnce(&Path) -> Result<()>) -> bool {
        println!("== {name}");
        let start = Instant::now();
        let result = work(&self.logs);
        let seconds = start.elapsed().as_secs_f64();
        let passed = result.is_ok();
        match result {
            Ok(()) => println!("   {name}: passed in {seconds:.1} s"),
            Err(error) => println!("   {name}: FAILED after {seconds:.1} s\n{error:#}"),
        }
        self.steps.push(Step {
            name,
            seconds,
            outcome: if passed {
                Outcome::Passed
            } else {
                Outcome::Failed
            },
        });
        passed
    }

    fn leave_out(&mut self, name: &'static str) {
        self.steps.push(Step {
            name,
            seconds: 0.0,
            outcome: Outcome::LeftOut,
        });
    }

    fn failed(&self) -> bool {
        self.steps.iter().any(|s| s.outcome == Outcome::Failed)
    }

    fn close(self, start: Instant) -> Result<()> {
        println!("\n{:<26} {:>8}", "step", "seconds");
        for step in &self.steps {
            let outcome = match step.outcome {
                Outcome::Passed => "ok",
                Outcome::Failed => "FAILED",
                Outcome::LeftOut => "left out",
            };
            println!("{:<26} {:>8.1}  {outcome}", step.name, step.seconds);
        }
        println!("{:<26} {:>8.1}", "all", start.elapsed().as_secs_f64());
        if self.failed() {
            bail!("the gate stays closed");
        }
        Ok(())
    }
}

/// Builds every test, and with them the program that tests of pages and commands start.
fn build(logs: &Path) -> Result<()> {
    let mut command = shell::cargo();
    command.args(["test", "--workspace", "--no-run"]);
    shell::quietly(&mut command, &logs.join("build.log"))?;
    // With integration tests in the program's own crate this has nothing left to do.
    let mut command = shell::cargo();
    command.args(["build", "--package", "rebound"]);
    if shell::root().join("crates/rebound/tests").is_dir() {
        return Ok(());
    }
    shell::quietly(&mut command, &logs.join("build-program.log"))
}

/// Runs every test. They share one database server: a server for each would cost more than most
/// tests do.
fn tests() -> Result<()> {
    let server = PostgresServer::start();
    let mut command = shell::cargo();
    if find_program("cargo-nextest", &[]).is_some() {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        command.args(["test", "--workspace", "--quiet", "--no-fail-fast"]);
        command.args(["--lib", "--bins", "--tests"]);
    }
    command
        .env("REBOUND_TEST_POSTGRES", server.url())
        .env("REBOUND_TOOLS", shell::tools()?)
        .env("REBOUND_BIN", shell::target()?.join("debug/rebound"))
        // A snapshot that differs is a failure here, not a file to accept.
        .env("INSTA_UPDATE", "no");
    shell::openly(&mut command)
}
