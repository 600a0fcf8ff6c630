//! Rebound turns every no in sales into a next step: the noes a seller gets, and the noes a
//! person has to give. This is the program; what it can do stands in [`app`].

mod cli;
mod commands;
mod oidc;
mod output;
mod place;
mod times;

use std::process::ExitCode;

use app::{AppError, Kind};
use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Whoever reads JSON gets an object for a command that cannot be understood, too.
        Err(e) if e.use_stderr() && std::env::args_os().any(|arg| arg == "--json") => {
            let text = e.to_string();
            let what = text.trim_start_matches("error: ").split("\n\n").next();
            let what: Vec<&str> = what.unwrap_or_default().lines().map(str::trim).collect();
            let e = AppError::new(Kind::Invalid, what.join(" "))
                .with_hint("What there is to say: `rebound --help`.");
            return ExitCode::from(output::error(true, &e));
        }
        Err(e) => e.exit(),
    };
    let as_json = cli.global.json;
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => ExitCode::from(output::error(as_json, &e)),
    }
}

fn run(cli: Cli) -> Result<(), AppError> {
    let Cli {
        global,
        serve,
        command,
    } = cli;
    if serve.is_asked_for() && !matches!(command, None | Some(Command::Serve(_))) {
        return Err(AppError::new(
            Kind::Invalid,
            "--demo, --bind and --tls-… belong to serving; leave them out here.",
        ));
    }
    match command {
        None => commands::serve::run(&global, serve),
        Some(Command::Serve(more)) => commands::serve::run(&global, serve.or(more)),
        Some(Command::No(log)) => commands::log::run(&global, log, domain::Outcome::No),
        Some(Command::Yes(log)) => commands::log::run(&global, log, domain::Outcome::Yes),
        Some(Command::Noes(noes)) => commands::noes::run(&global, noes),
        Some(Command::Import(import)) => commands::import::run(&global, import),
        Some(Command::Export(export)) => commands::export::run(&global, export),
        Some(Command::Token(what)) => commands::token::run(&global, what),
        Some(Command::Backup(backup)) => commands::archive::backup(&global, backup),
        Some(Command::Restore(restore)) => commands::archive::restore(&global, restore),
        Some(Command::Evidence(ask)) => commands::evidence::run(&global, ask),
        Some(Command::Odds(what)) => commands::odds::run(&global, what),
        Some(Command::User(user)) => commands::user::run(&global, user),
    }
}
