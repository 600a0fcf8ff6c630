//! `rebound import FILE`.

use std::fs::File;
use std::io::IsTerminal;

use app::AppError;
use app::import::{self, Imported, Options, Owner, RepRows, RowsGo};
use exchange::Input;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::cli::{Global, Import};
use crate::{output, place};

/// Faults shown to people; all of them are in the JSON.
const SHOWN: usize = 20;

pub(crate) fn run(global: &Global, ask: Import) -> Result<(), AppError> {
    place::not_a_folder(&ask.file)?;
    let unreadable = |e| AppError::file("Cannot read", &ask.file, &e);
    let file = Input::from(File::open(&ask.file).map_err(unreadable)?);
    let mapping = ask.reading.mapping();
    let app = place::open(global)?;
    let member = place::member(&app, global)?;
    let owner = Owner::of(&member).ok_or_else(app::session::not_a_seller)?;
    let options = Options {
        dry_run: ask.dry_run,
        strict: ask.strict,
    };
    let again = file.again().map_err(unreadable)?;
    let mut reps = import::reps_of(&app, owner.clone(), again, &mapping)?;
    if !ask.dry_run && reps.len() < 2 {
        reps.clear();
    }
    say_reps(&reps, ask.dry_run);
    let bar = bar();
    let file = file.again().map_err(unreadable)?;
    let done = import::run(&app, owner, file, &mapping, options, |p| {
        bar.set_length(p.of);
        bar.set_position(p.bytes);
        bar.set_message(output::count(p.rows, "row"));
    });
    bar.finish_and_clear();
    let done = done?;
    let mut object = json!({
        "rows": done.rows,
        "prospects": done.prospects,
        "attempts": done.attempts,
        "yes": done.yes,
        "deals_open": done.deals_open,
        "duplicates": done.duplicates,
        "errors": done.errors,
    });
    if !reps.is_empty() {
        object["reps"] = reps.iter().map(rep).collect();
    }
    if global.json && done.corrected > 0 {
        output::note(&format!(
            "{} had changed and {} corrected.",
            output::count(done.corrected, "known row"),
            if done.corrected == 1 { "was" } else { "were" },
        ));
    }
    let waiting = waiting_for(&done);
    if global.json && !waiting.is_empty() {
        output::note(&waiting);
    }
    output::result(global.json, &object, &sentences(&done, options))
}

/// A bar on standard error, when somebody watches it.
fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}  {eta} left");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Names in a file that are listed for people; all of them are in the JSON.
const SHOWN_REPS: usize = 100;

/// Says on standard error whose the rows of a file are, name by name.
fn say_reps(reps: &[RepRows], dry_run: bool) {
    if reps.is_empty() {
        return;
    }
    output::note(match dry_run {
        true => "Whose the rows would be:",
        false => "Whose the rows are:",
    });
    for rep in reps.iter().take(SHOWN_REPS) {
        let whose = match &rep.to {
            RowsGo::Account {
                name,
                email,
                active,
                ..
            } => {
                let address = match email.as_str() {
                    "" => String::new(),
                    email => format!(" <{email}>"),
                };
                let out = if *active { "" } else { ", who may not come in" };
                format!("{name}{address}{out}")
            }
            RowsGo::Waiting => "waiting, with those that wait already".to_owned(),
            RowsGo::New => "waiting: files call nobody here so".to_owned(),
            RowsGo::Out(why) => format!("stay out. {why}"),
        };
        let name = match rep.rep.as_str() {
            "" => "no name",
            name => name,
        };
        let rows = output::count(rep.rows, "row");
        output::note(&format!("{rows:>14}  {name}  ->  {whose}"));
    }
    if reps.len() > SHOWN_REPS {
        output::note("                and more; all of them are listed with --json");
    }
}

fn rep(rep: &RepRows) -> Value {
    let (to, person) = match &rep.to {
        RowsGo::Account { person, .. } => ("account", Some(person)),
        RowsGo::Waiting => ("waiting", None),
        RowsGo::New => ("new", None),
        RowsGo::Out(_) => ("nobody", None),
    };
    json!({ "rep": rep.rep, "rows": rep.rows, "to": to, "person": person })
}

/// Whose rows nobody with an account has yet, and what to do; empty for nobody.
fn waiting_for(done: &Imported) -> String {
    match done.placeholders.as_slice() {
        [] => String::new(),
        names => format!(
            "Rows of {} wait for an account: they count in totals alone until you say whose they are: rebound user claim \"{}\" WHO",
            names.join(", "),
            names[0],
        ),
    }
}

fn sentences(done: &Imported, options: Options) -> String {
    let read = exchange::Format::ALL
        .iter()
        .find(|f| f.code() == done.format)
        .map_or(done.format.as_str(), |f| f.label());
    let mut out = format!("{} read as {read}.\n", output::count(done.rows, "row"));
    let verb = if options.dry_run {
        "would be added"
    } else {
        "added"
    };
    let mut say = |n: u64, one: &str, many: &str| {
        if n > 0 {
            let what = if n == 1 { one } else { many };
            out.push_str(&format!("{n:>9}  {what}\n"));
        }
    };
    say(
        done.prospects,
        &format!("prospect {verb}"),
        &format!("prospects {verb}"),
    );
    let a_yes = if done.yes == 1 { ", a yes" } else { "" };
    say(
        done.attempts,
        &format!("attempt {verb}{a_yes}"),
        &format!("attempts {verb}, {} of them yes", done.yes),
    );
    say(
        done.deals_open,
        &format!("open deal {verb}"),
        &format!("open deals {verb}"),
    );
    say(
        done.duplicates - done.corrected.min(done.duplicates),
        "row was known already",
        "rows were known already",
    );
    say(
        done.corrected,
        "known row had changed and was corrected",
        "known rows had changed and were corrected",
    );
    say(
        done.errors_in_all,
        "row could not be read and stayed out",
        "rows could not be read and stayed out",
    );
    for fault in done.errors.iter().take(SHOWN) {
        let column = if fault.column.is_empty() {
            String::new()
        } else {
            format!(", {}", fault.column)
        };
        out.push_str(&format!(
            "           line {}{column}: {}\n",
            fault.line, fault.reason
        ));
    }
    if done.errors.len() > SHOWN {
        out.push_str("           and more; all of them are listed with --json\n");
    }
    let waiting = waiting_for(done);
    if !waiting.is_empty() {
        out.push_str(&format!("{waiting}\n"));
    }
    if options.dry_run {
        out.push_str("Nothing was changed.\n");
    }
    out
}
