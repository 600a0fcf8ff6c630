//! Developer tasks: `cargo xtask test`, `cargo xtask long ...`, `cargo xtask bench`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

mod bench;
mod gate;
mod lints;
mod long;
mod schemathesis;
mod setup;
mod shell;
mod simulate;

use std::process::ExitCode;

const USAGE: &str = "\
What would you like to do?

  cargo xtask test [--fast]             everything that must pass before a change lands; the fast
                                        one leaves out clippy, licences and documentation
  cargo xtask setup                     only install what the tests need
  cargo xtask long fuzz [--seconds N] [TARGET...]
                                        fuzz every importer, 60 seconds each unless said otherwise
  cargo xtask long crash [--rounds N]   kill the program under load, 50 times unless said otherwise
  cargo xtask long schemathesis [--examples N]
                                        hold the API against its document with made-up requests,
                                        100 of each kind for each operation unless said otherwise
  cargo xtask long simulate [--quick] [QUESTION...]
                                        try the statistics on made-up attempts and say how well
                                        they keep their promises; the quick one has a tenth of the runs
  cargo xtask bench [--small]           measure the program against the bars it has to meet; the
                                        small one leaves out the ledger of 500,000 attempts
  cargo xtask bench bulk                evidence over ten million attempts, beside pandas, polars and
                                        duckdb at the same work
  cargo xtask look                      pictures of every page, for somebody to look at
";

/// Makes the gallery and says where it lies.
fn look() -> anyhow::Result<()> {
    setup::prerequisites()?;
    let folder = shell::target()?.join("look");
    let mut command = shell::cargo();
    command.args([
        "test",
        "-p",
        "rebound",
        "--test",
        "it",
        "browser::look",
        "--",
        "--ignored",
    ]);
    shell::quietly(&mut command, &shell::target()?.join("look.log"))?;
    println!("The pictures are in {}.", folder.display());
    Ok(())
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => gate::run(false),
        ["test", "--fast"] => gate::run(true),
        ["bench"] => bench::run(false),
        ["bench", "--small"] => bench::run(true),
        ["bench", "bulk"] => bench::bulk::run(),
        ["look"] => look(),
        ["setup"] => setup::everything(),
        ["long", "fuzz", rest @ ..] => long::fuzz(rest),
        ["long", "crash", rest @ ..] => long::crash(rest),
        ["long", "schemathesis", rest @ ..] => long::schemathesis(rest),
        ["long", "simulate", rest @ ..] => simulate::run(rest),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
