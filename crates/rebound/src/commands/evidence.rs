//! `rebound evidence`: what attempts tell, from the ledger or from a file.

use std::collections::HashMap;
use std::path::Path;

use ::evidence::statistic::{P_NEXT_K_ALL_NO, RATE};
use app::evidence::{self, By, Given, Grounds, Report, StreamLine};
use app::{AppError, Kind, labels};
use domain::{BUILT_IN_REASONS, LabelKind, Thresholds, Zone};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use super::said;
use crate::cli::{Evidence, Global, Reading};
use crate::output;
use crate::place::{self as ledger};

/// Attempts below which a sentence says that they are too few.
const FEW: u64 = RATE.smallest;
/// Attempts in order below which runs are not judged.
const FEW_IN_ORDER: u64 = P_NEXT_K_ALL_NO.smallest;
/// Lines of a table in text; all of them are in the JSON.
const LINES: usize = 20;

pub(crate) fn run(global: &Global, ask: Evidence) -> Result<(), AppError> {
    // A file's own reasons are their own words.
    let (report, reasons) = match &ask.from {
        Some(path) => (of_file(path, &ask.by, ask.reading)?, HashMap::new()),
        None => of_mine(global, &ask)?,
    };
    let object = serde_json::to_value(&report)
        .map_err(|e| AppError::new(Kind::Internal, format!("Cannot write the answer: {e}.")))?;
    output::result(global.json, &object, &text(&report, &reasons))
}

/// What one's own attempts tell, and what reasons are called.
fn of_mine(global: &Global, ask: &Evidence) -> Result<(Report, HashMap<String, String>), AppError> {
    if ask.reading.is_asked_for() {
        return Err(AppError::new(
            Kind::Invalid,
            "--map, --value and the like say how a file is to be read.",
        )
        .with_hint("Name the file with --from FILE, or leave them out."));
    }
    // Looking begins no ledger: under a wrong name there would be an empty one.
    let app = ledger::open_existing(global)?;
    let me = ledger::me(&app, global)?;
    let by = ask.by.clone();
    app.read_blocking(move |act| {
        let report = evidence::of_mine(act, &me, &by)?;
        Ok((report, labels::names(act, LabelKind::Reason)?))
    })
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
fn text(report: &Report, labels: &HashMap<String, String>) -> String {
    let mut out = String::new();
    if report.streams.is_empty() {
        return "Nothing is logged yet.\n".to_owned();
    }
    if let ([stream], [grounds]) = (report.streams.as_slice(), report.grounds.as_slice()) {
        alone(&mut out, stream, *grounds);
    } else {
        groups(&mut out, report);
    }
    steps(&mut out, report);
    reasons(&mut out, report, labels);
    next(&mut out, report);
    out
}

fn alone(out: &mut String, stream: &StreamLine, grounds: Grounds) {
    let (n, yes) = (stream.attempts, stream.yes);
    let attempts = output::count(n, "attempt");
    if n < FEW {
        out.push_str(&format!("{attempts}, {yes} a yes: not enough yet to say anything. Five would do for a first range.\n"));
        return;
    }
    out.push_str(&format!(
        "{attempts}, {yes} a yes: {}.\n",
        said::rate_and_range(stream.rate, n)
    ));
    runs(out, stream, grounds);
    let next = stream.next_yes;
    out.push_str(&said::next_yes(next.median, next.low80, next.high80));
    out.push('\n');
    slump(out, stream, grounds);
    undated(out, std::slice::from_ref(stream), &[grounds]);
}

/// The run since the last yes and the longest, as far as they can be judged.
fn runs(out: &mut String, stream: &StreamLine, grounds: Grounds) {
    let (n, run) = (stream.attempts, stream.run);
    if grounds.in_order < FEW_IN_ORDER {
        let with_a_date = if grounds.in_order < n {
            " with a date"
        } else {
            ""
        };
        out.push_str(&match stream.slump {
            Some(_) => format!(
                "Not enough attempts to tell luck from a slump. You have {}{with_a_date}; runs are judged from {FEW_IN_ORDER} on.\n",
                grounds.in_order
            ),
            None => format!("Runs are judged from {FEW_IN_ORDER} attempts{with_a_date} on.\n"),
        });
        return;
    }
    if stream.yes == 0 {
        out.push_str(&format!(
            "No yes yet: luck or not cannot be told. {} without a yes allow any rate up to {}. A slump is a drop from a rate there was, and there is none to compare with.\n",
            output::count(n, "attempt"),
            said::rate(stream.rate.high, n)
        ));
        return;
    }
    out.push_str(&match run.current {
        0 if stream.yes == n => format!(
            "There is no run to judge. All {} were a yes.",
            output::count(n, "attempt")
        ),
        0 => "The last attempt was a yes: there is no run to judge.".to_owned(),
        1 => format!(
            "1 attempt since the last yes; at that rate one comes up empty {}.",
            said::times(run.p_current)
        ),
        k => format!(
            "{k} attempts since the last yes; at that rate as many come up empty {}.",
            said::times(run.p_current)
        ),
    });
    if run.longest > 0 {
        out.push_str(&format!(
            " The longest run without a yes was {}. Somewhere in {} attempts, one that long or longer turns up {}.",
            run.longest,
            grounds.in_order,
            said::times(run.p_longest)
        ));
    }
    out.push('\n');
}

/// What the slump watch says, where there is one.
fn slump(out: &mut String, stream: &StreamLine, grounds: Grounds) {
    let Some(slump) = stream.slump else { return };
    let n = grounds.in_order;
    // The last alarm is told; how many there were before it is said.
    let earlier = match grounds.alarms {
        0 | 1 => String::new(),
        many => format!(" It was the last of {many} alarms."),
    };
    out.push_str(&match (slump.alarm_at, slump.since) {
        (Some(at), Some(since)) if at < n => format!(
            "The slump watch raised an alarm at attempt {at} of {n}; that slump most likely began with attempt {since}.{earlier} It began anew then, and has been quiet for the {} since. ",
            output::count(n - at, "attempt")
        ),
        (Some(_), Some(since)) => format!(
            "The slump watch raises an alarm now; a slump most likely began with attempt {since}.{earlier} ",
        ),
        _ if n < FEW_IN_ORDER || stream.yes == 0 || stream.run.current == 0 => {
            "The slump watch is quiet. ".to_owned()
        }
        _ => "Luck, as far as anyone can tell: the slump watch is quiet. ".to_owned(),
    });
    out.push_str(&format!(
        "It raises a false alarm no more than once in {} attempts on average.\n",
        slump.promise
    ));
}

/// What attempts without a date are not in.
fn undated(out: &mut String, streams: &[StreamLine], grounds: &[Grounds]) {
    let undated: u64 = streams
        .iter()
        .zip(grounds)
        .map(|(stream, grounds)| stream.attempts.saturating_sub(grounds.in_order))
        .sum();
    if undated > 0 {
        let verb = if undated == 1 { "counts" } else { "count" };
        out.push_str(&format!(
            "{undated} without a date {verb} in rates, not in runs.\n"
        ));
    }
}

fn groups(out: &mut String, report: &Report) {
    let streams = report.streams.as_slice();
    out.push_str("  yes   attempts  in 100  range          since yes  longest\n");
    for (stream, grounds) in streams.iter().zip(&report.grounds) {
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
        let range = said::cells(stream.rate.low, stream.rate.high);
        // Where there was no yes, there is none to count from.
        let since_yes = match stream.yes {
            0 => "none yet".to_owned(),
            _ => stream.run.current.to_string(),
        };
        let slump = stream.slump.and_then(|slump| slump.since);
        let slump = slump.map_or_else(String::new, |since| match grounds.alarms {
            0 | 1 => format!("  slump since attempt {since}"),
            many => format!("  {many} alarms, the last slump since attempt {since}"),
        });
        out.push_str(&format!(
            "{:>5} {:>10}  {:>6}  {range:<13}  {since_yes:>9}  {:>7}  {name}{slump}\n",
            stream.yes,
            stream.attempts,
            said::cell(stream.rate.mean),
            stream.run.longest,
        ));
    }
    out.push_str(
        "In the order in which they first appear. The range holds the truth 95 times in 100.\n\
         Rates side by side are drawn towards each other, those from few attempts most.\n",
    );
    undated(out, streams, &report.grounds);
    let Some(slump) = streams.first().and_then(|stream| stream.slump) else {
        return;
    };
    let alarms: u64 = report
        .grounds
        .iter()
        .map(|grounds| u64::from(grounds.alarms))
        .sum();
    let says = match alarms {
        0 => "is quiet in all of them".to_owned(),
        many => format!("raised {} in all", output::count(many, "alarm")),
    };
    out.push_str(&format!(
        "The slump watch {says}; together they raise a false alarm no more than once in {} attempts on average.\n",
        slump.promise / streams.len() as f64
    ));
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
            "{:>5} {:>10} {:>5}  {:>6}  {}\n",
            step.attempt,
            step.at_risk,
            step.yes,
            said::cell(step.hazard),
            said::cells(step.low, step.high)
        ));
    }
    out.push_str("You choose whom to try again: read it as if everyone were like those.\n");
}

fn reasons(out: &mut String, report: &Report, labels: &HashMap<String, String>) {
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
        let built_in = BUILT_IN_REASONS.iter().find(|(code, _)| *code == line.code);
        let label = match labels.get(&line.code) {
            Some(label) => label.as_str(),
            None => built_in.map_or(line.code.as_str(), |(_, label)| label),
        };
        let voice = match line.said_by.as_str() {
            "prospect" => "they said",
            "seller_guess" => "your guess",
            _ => "somebody else said",
        };
        out.push_str(&format!(
            "{:>5}  {} ({})  {label}, {voice}\n",
            line.n,
            said::cell(line.share),
            said::cells(line.low, line.high)
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
            said::cell(candidate.chance)
        ));
    }
}
