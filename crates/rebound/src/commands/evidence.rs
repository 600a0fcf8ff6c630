//! `rebound evidence`: what attempts tell, from the ledger or from a file.

use std::path::Path;

use app::evidence::{self, By, Given, Number, Report, StreamLine};
use app::{AppError, Kind};
use domain::{BUILT_IN_REASONS, Thresholds, Zone};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use crate::cli::{Evidence, Global, Reading};
use crate::output;
use crate::place::{self as ledger};

/// Attempts below which a sentence says that they are too few.
const FEW: u64 = 5;
/// Lines of a table in text; all of them are in the JSON.
const LINES: usize = 20;

pub(crate) fn run(global: &Global, ask: Evidence) -> Result<(), AppError> {
    let report = match &ask.from {
        Some(path) => of_file(path, &ask.by, ask.reading)?,
        None => of_mine(global, &ask)?,
    };
    let object = serde_json::to_value(&report)
        .map_err(|e| AppError::new(Kind::Internal, format!("Cannot write the answer: {e}.")))?;
    output::result(global.json, &object, &text(&report))
}

fn of_mine(global: &Global, ask: &Evidence) -> Result<Report, AppError> {
    if ask.reading.is_asked_for() {
        return Err(AppError::new(
            Kind::Invalid,
            "--map, --value and the like say how a file is to be read.",
        )
        .with_hint("Name the file with --from FILE, or leave them out."));
    }
    let app = ledger::open(global)?;
    let me = ledger::me(&app, global)?;
    let by = ask.by.clone();
    app.read_blocking(move |act| evidence::of_mine(act, &me, &by))
}

fn of_file(path: &Path, by: &[By], reading: Reading) -> Result<Report, AppError> {
    ledger::not_a_folder(path)?;
    let (mapping, zone) = (reading.mapping(), Zone::utc());
    let given = Given {
        path,
        mapping: &mapping,
        zone: &zone,
        by,
        now: Timestamp::now().as_microsecond(),
        no_reply_after_days: Thresholds::default().no_reply_after_days,
    };
    let bar = bar();
    let read = evidence::of_file(given, |bytes, of| {
        bar.set_length(of);
        bar.set_position(bytes);
    });
    bar.finish_and_clear();
    let read = read?;
    if read.left_out > 0 {
        output::note(&format!(
            "{} of {} could not be read and stayed out.",
            output::count(read.left_out, "row"),
            read.rows
        ));
        for fault in &read.faults {
            output::note(&format!("  {fault}"));
        }
    }
    if read.open_deals > 0 {
        output::note(&format!(
            "{} tell nothing yet.",
            output::count(read.open_deals, "open deal")
        ));
    }
    Ok(read.report)
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {eta} left");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The report for people. Frequencies are said of a hundred.
fn text(report: &Report) -> String {
    let mut out = String::new();
    if report.streams.is_empty() {
        return "Nothing is logged yet.\n".to_owned();
    }
    if let [stream] = report.streams.as_slice() {
        alone(&mut out, stream);
    } else {
        groups(&mut out, &report.streams);
    }
    steps(&mut out, report);
    reasons(&mut out, report);
    next(&mut out, report);
    out
}

fn alone(out: &mut String, stream: &StreamLine) {
    let (n, yes) = (stream.attempts, stream.yes);
    let attempts = output::count(n, "attempt");
    if n < FEW {
        out.push_str(&format!("{attempts}, {yes} a yes: not enough yet to say anything. Five would do for a first range.\n"));
        return;
    }
    // Ten thousand attempts carry a decimal.
    let said = |chance: f64| match n {
        10_000.. => format!("{:.1}", chance * 100.0),
        _ => hundred(chance),
    };
    out.push_str(&format!(
        "{attempts}, {yes} a yes: {} in 100, and the data allow {} to {}.\n",
        said(stream.rate.mean),
        said(stream.rate.low),
        said(stream.rate.high)
    ));
    let run = stream.run;
    out.push_str(&match run.current {
        0 => "The last attempt was a yes.".to_owned(),
        k => format!(
            "{} since the last yes; at that rate as many come up empty {} in 100.",
            output::count(k, "attempt"),
            times(run.p_current)
        ),
    });
    out.push_str(&format!(
        " The longest run without a yes was {}; among this many attempts one as long turns up {} in 100.\n",
        run.longest,
        times(run.p_longest)
    ));
    let next = stream.next_yes;
    out.push_str(&format!(
        "Next yes: even odds within {} attempts, 8 in 10 between the {} and the {}.\n",
        whole(next.median),
        place(next.low80),
        place(next.high80)
    ));
    if let Some(slump) = stream.slump {
        out.push_str(&match (slump.alarm_at, slump.since) {
            (Some(at), Some(since)) if at < n => format!(
                "The slump watch raised an alarm at attempt {at} of {n}; that slump most likely began with attempt {since}. It began anew then, and has been quiet for the {} since. ",
                output::count(n - at, "attempt")
            ),
            (Some(_), Some(since)) => format!(
                "The slump watch raises an alarm now; a slump most likely began with attempt {since}. ",
            ),
            _ => "Luck, as far as anyone can tell: the slump watch is quiet. ".to_owned(),
        });
        out.push_str(&format!(
            "It raises a false alarm no more than once in {} attempts on average.\n",
            slump.promise
        ));
    }
}

fn groups(out: &mut String, streams: &[StreamLine]) {
    out.push_str("  yes   attempts  in 100  range          since yes  longest\n");
    for stream in streams {
        let words = [
            &stream.rep,
            &stream.segment,
            &stream.stage,
            &stream.channel,
            &stream.pitch,
        ];
        let name: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
        let name = if name.is_empty() {
            "not said".to_owned()
        } else {
            name.join(" · ")
        };
        let range = format!(
            "{} to {}",
            hundred(stream.rate.low),
            hundred(stream.rate.high)
        );
        let slump = stream.slump.and_then(|slump| slump.since);
        let slump = slump.map_or_else(String::new, |since| {
            format!("  slump since attempt {since}")
        });
        out.push_str(&format!(
            "{:>5} {:>10}  {:>6}  {range:<13}  {:>9}  {:>7}  {name}{slump}\n",
            stream.yes,
            stream.attempts,
            hundred(stream.rate.mean),
            stream.run.current,
            stream.run.longest,
        ));
    }
    out.push_str(
        "In the order in which they first appear. The range holds the truth 95 times in 100.\n",
    );
    if let Some(slump) = streams.first().and_then(|stream| stream.slump)
        && streams
            .iter()
            .all(|stream| stream.slump.is_some_and(|slump| !slump.alarm))
    {
        out.push_str(&format!(
            "The slump watch is quiet in all of them; together they raise a false alarm no more than once in {} attempts on average.\n",
            slump.promise / streams.len() as f64
        ));
    }
}

fn steps(out: &mut String, report: &Report) {
    let enough: Vec<_> = report
        .persistence
        .iter()
        .filter(|step| step.at_risk >= FEW)
        .collect();
    if enough.len() < 2 {
        return;
    }
    out.push_str("\nDoes another try pay? Yes in 100, by number of the try.\n");
    out.push_str("  try  prospects   yes  in 100  95 in 100\n");
    for step in enough.into_iter().take(LINES) {
        out.push_str(&format!(
            "{:>5} {:>10} {:>5}  {:>6}  {} to {}\n",
            step.attempt,
            step.at_risk,
            step.yes,
            hundred(step.hazard),
            hundred(step.low),
            hundred(step.high)
        ));
    }
    out.push_str("You choose whom to try again: read it as if everyone were like those.\n");
}

fn reasons(out: &mut String, report: &Report) {
    let given = |voice: &str| -> u64 {
        report
            .reasons
            .iter()
            .filter(|line| line.said_by == voice)
            .map(|line| line.n)
            .sum()
    };
    let enough: Vec<_> = report
        .reasons
        .iter()
        .filter(|line| given(&line.said_by) >= FEW)
        .collect();
    if enough.is_empty() {
        return;
    }
    out.push_str("\nWhat stands in the way, in 100 noes with a reason.\n");
    for line in enough.into_iter().take(LINES) {
        let label = BUILT_IN_REASONS.iter().find(|(code, _)| *code == line.code);
        let label = label.map_or(line.code.as_str(), |(_, label)| label);
        let voice = match line.said_by.as_str() {
            "prospect" => "they said",
            "seller_guess" => "your guess",
            _ => "somebody else said",
        };
        out.push_str(&format!(
            "{:>5}  {} ({} to {})  {label}, {voice}\n",
            line.n,
            hundred(line.share),
            hundred(line.low),
            hundred(line.high)
        ));
    }
}

fn next(out: &mut String, report: &Report) {
    let Some(next) = &report.who_next else { return };
    let tells = next
        .log_loss
        .zip(next.log_loss_of_rate)
        .is_some_and(|(loss, rate)| loss < rate);
    if next.n < ::evidence::who_next::FEWEST || !tells || next.order.is_empty() {
        return;
    }
    out.push_str(&format!(
        "\nWhom to ask next, learnt from {}; chances in 100.\n",
        output::count(next.n, "attempt")
    ));
    for candidate in next.order.iter().take(10) {
        let company = match candidate.company.as_str() {
            "" => String::new(),
            company => format!(", {company}"),
        };
        let name = match candidate.prospect.as_str() {
            "" => "Unnamed",
            name => name,
        };
        out.push_str(&format!(
            "{:>5}  {name}{company}\n",
            hundred(candidate.chance)
        ));
    }
}

/// A chance as a number of a hundred.
fn hundred(chance: f64) -> String {
    let of = chance * 100.0;
    match of {
        _ if of <= 0.0 => "0".to_owned(),
        _ if of < 1.0 => "under 1".to_owned(),
        _ if of > 99.0 && of < 100.0 => "over 99".to_owned(),
        _ => format!("{of:.0}"),
    }
}

/// The same as how often, of a hundred times.
fn times(chance: f64) -> String {
    match hundred(chance).as_str() {
        one @ ("1" | "under 1") => format!("{one} time"),
        many => format!("{many} times"),
    }
}

/// The place of an attempt from now: 1st, 2nd, 13th.
fn place(number: Number) -> String {
    if number.0.is_infinite() {
        return "any later one".to_owned();
    }
    let n = number.0 as u64;
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

fn whole(number: Number) -> String {
    if number.0.is_infinite() {
        "any number of".to_owned()
    } else {
        format!("{:.0}", number.0)
    }
}
