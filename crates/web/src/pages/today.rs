//! Today: log, see how it stands, go on.

use app::today::{Due, Next, Run, Sample, Today};
use app::{Who, ledger, prospects, today};
use askama::Template;
use axum::http::StatusCode;
use domain::{Attempt, AttemptId, FollowUpKind, Outcome, Prospect, ProspectId};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::me::Me;
use crate::pages::find::says;
use crate::reply::{self, Reply, Shell};
use crate::words;

/// People a typed name may bring up.
const FOUND: usize = 6;
/// Below this many attempts the page says that they are few.
const FEW: i64 = 20;

#[derive(Template)]
#[template(path = "today.html")]
struct Page<'a> {
    shell: Shell<'a>,
    heading: String,
    attempts_today: String,
    toast: Option<Toast>,
    fault: Option<&'a str>,
    chips: Vec<Chip>,
    typed: &'a str,
    /// What somebody new is called when the chip for them is chosen.
    new_name: Option<&'a str>,
    run: Option<RunLine>,
    next: Option<NextUp>,
    due: Vec<DueRow>,
    tomorrow: String,
    empty: bool,
}

struct Toast {
    mark: Option<&'static str>,
    words: String,
    undo: Option<AttemptId>,
    see_noes: bool,
}

struct Chip {
    value: String,
    name: String,
    company: String,
    chosen: bool,
    digit: Option<usize>,
}

struct Mark {
    code: &'static str,
    x: usize,
}

struct RunLine {
    line: String,
    marks: Vec<Mark>,
    width: usize,
    alternative: String,
    more: Option<String>,
    plainly: Option<&'static str>,
    /// What the line is read from, unless the line says it already.
    sample: Option<String>,
}

/// A way to reach somebody.
struct Reach {
    href: String,
    long: String,
    short: &'static str,
}

struct NextUp {
    id: ProspectId,
    place: &'static str,
    title: String,
    line: String,
    words: Option<String>,
    reach: Option<Reach>,
    reach_verb: &'static str,
}

struct DueRow {
    id: domain::FollowUpId,
    who: ProspectId,
    when: String,
    late: bool,
    name: String,
    company: String,
    mark: Option<&'static str>,
    line: String,
    words: Option<String>,
    reach: Option<Reach>,
}

/// GET /today. `who` and `other` choose whom the bar means; `done`, `undone` and `later` name an
/// attempt the toast speaks of.
pub(crate) async fn show(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    page(me, ctx, &fields, None).await
}

/// The same page with what was wrong about the last press, and everything typed.
pub(crate) async fn again(me: Me, ctx: Ctx, fields: &Fields, fault: &str) -> Reply {
    page(me, ctx, fields, Some(fault)).await
}

/// What the page was asked to speak of.
struct Asked {
    other: String,
    who: Option<ProspectId>,
    spoken_of: Option<(Speech, AttemptId)>,
    back: Option<Date>,
}

#[derive(Clone, Copy)]
enum Speech {
    Done,
    Undone,
    Later,
}

fn asked(fields: &Fields) -> Asked {
    let spoken_of = [
        ("done", Speech::Done),
        ("undone", Speech::Undone),
        ("later", Speech::Later),
    ]
    .into_iter()
    .find_map(|(name, speech)| Some((speech, fields.get(name).parse().ok()?)));
    Asked {
        other: fields.get("other").chars().take(400).collect(),
        who: fields.get("who").parse().ok(),
        spoken_of,
        back: fields.get("back").parse().ok(),
    }
}

async fn page(me: Me, ctx: Ctx, fields: &Fields, fault: Option<&str>) -> Reply {
    let asked = asked(fields);
    let (seller, other) = (me.0.clone(), asked.other.clone());
    let (who, spoken_of) = (asked.who, asked.spoken_of.map(|(_, id)| id));
    let (today, found, chosen, history) = ctx
        .app
        .read(move |act| {
            let today = today::page(act, &seller)?;
            let found = match other.is_empty() {
                true => Vec::new(),
                false => prospects::find(act, &seller, &other, FOUND)?,
            };
            // An id in an address may be old; then the page simply does without it.
            let chosen = who.and_then(|id| prospects::who(act, id).ok());
            let history = spoken_of.and_then(|id| ledger::history(act, &seller, id).ok());
            Ok((today, found, chosen, history))
        })
        .await?;
    let day = today.day;
    let looked_up = fault.is_none() && !asked.other.trim().is_empty();
    let chips = if looked_up {
        found_chips(&found, asked.other.trim())
    } else {
        chips(&today.likely, chosen)
    };
    let toast = match (asked.spoken_of, history) {
        (Some((speech, _)), Some(history)) => Some(toast(speech, &history, asked.back, day)),
        _ => None,
    };
    let run = (today.sample.attempts > 0 || today.run.since_yes > 0)
        .then(|| run_line(&today.run, today.sample));
    let page = Page {
        shell: Shell::new(&ctx, &me, "today", "Today"),
        heading: words::long_day(day),
        attempts_today: words::number(today.attempts_today),
        toast,
        fault,
        typed: if looked_up { "" } else { &asked.other },
        new_name: looked_up.then_some(asked.other.as_str()),
        chips,
        empty: is_empty(&today),
        next: today.next.as_ref().map(|n| next_up(n, &me, day)),
        due: today.due.iter().map(|d| due_row(d, &me, day)).collect(),
        tomorrow: day.tomorrow().unwrap_or(day).to_string(),
        run,
    };
    let status = if fault.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    reply::page_with(status, &page)
}

fn is_empty(today: &Today) -> bool {
    today.sample.attempts == 0
        && today.run.since_yes == 0
        && today.next.is_none()
        && today.due.is_empty()
        && today.likely.is_empty()
}

fn chip(who: &Who, at: usize, chosen: bool) -> Chip {
    Chip {
        value: who.id.to_string(),
        name: who.name.clone(),
        company: who.company.clone(),
        chosen,
        digit: (at < 3).then_some(at + 1),
    }
}

/// The likely people; somebody asked for comes first.
fn chips(likely: &[Who], asked: Option<Who>) -> Vec<Chip> {
    let rest = likely
        .iter()
        .filter(|w| asked.as_ref().is_none_or(|a| a.id != w.id));
    asked
        .iter()
        .chain(rest)
        .take(3)
        .enumerate()
        .map(|(i, who)| chip(who, i, i == 0))
        .collect()
}

/// Whom a typed name may mean, and somebody new: by their name when nobody else can be meant.
fn found_chips(found: &[Who], typed: &str) -> Vec<Chip> {
    let mut chips: Vec<Chip> = found
        .iter()
        .enumerate()
        .map(|(i, who)| chip(who, i, i == 0))
        .collect();
    let alone = found.is_empty();
    let (name, company) = if alone {
        (typed, "somebody new")
    } else {
        ("Somebody new", "")
    };
    chips.push(Chip {
        value: "new".into(),
        name: name.into(),
        company: company.into(),
        chosen: alone,
        digit: alone.then_some(1),
    });
    chips
}

fn toast(speech: Speech, history: &ledger::History, back: Option<Date>, today: Date) -> Toast {
    let a = &history.attempt;
    let what = format!("{}, {}", a.outcome.label(), history.who.name);
    let saved = Toast {
        mark: Some(a.outcome.code()),
        words: what.clone(),
        undo: Some(a.id),
        see_noes: false,
    };
    match speech {
        Speech::Undone if a.voided => Toast {
            words: format!("Taken back: {what}."),
            undo: None,
            ..saved
        },
        Speech::Later if a.reasons.is_empty() && !a.voided => Toast {
            mark: None,
            words: "It waits under Noes, “No reason yet”.".into(),
            undo: None,
            see_noes: true,
        },
        Speech::Later => Toast {
            mark: None,
            words: "It waits under Noes.".into(),
            undo: None,
            see_noes: true,
        },
        Speech::Done | Speech::Undone if a.voided => Toast {
            undo: None,
            ..saved
        },
        Speech::Done | Speech::Undone => match back {
            Some(day) => Toast {
                words: format!("{what}. Back on {}.", words::day(day, today)),
                ..saved
            },
            None => saved,
        },
    }
}

fn run_line(run: &Run, sample: Sample) -> RunLine {
    let line = match (run.ever_yes, run.since_yes) {
        (true, 0) => "Your last attempt was a yes.".to_owned(),
        (true, n) => format!("{} since your last yes.", words::count(n, "attempt")),
        (false, 0) => format!(
            "{} so far, none of them with a date.",
            words::count(sample.attempts, "attempt")
        ),
        (false, n) => format!("{} so far, and no yes yet.", words::count(n, "attempt")),
    };
    let codes = run
        .ever_yes
        .then_some(Outcome::Yes)
        .into_iter()
        .chain(run.marks.iter().copied());
    let marks: Vec<Mark> = codes
        .enumerate()
        .map(|(i, o)| Mark {
            code: o.code(),
            x: i * 10,
        })
        .collect();
    // The list of noes counts those too that nobody has answered yet.
    let known = if sample.waiting > 0 {
        " with a known outcome"
    } else {
        ""
    };
    let attempts = words::count(sample.attempts, "attempt");
    let sample_words = match sample.yes {
        // The line has said exactly this.
        0 if !run.ever_yes && sample.waiting == 0 && run.since_yes == sample.attempts => None,
        0 => Some(format!("From {attempts}{known}, none of them yes.")),
        yes => Some(format!(
            "From {attempts}{known}, {} of them yes.",
            words::number(yes)
        )),
    };
    RunLine {
        line,
        width: (marks.len() * 10).max(320),
        marks: if run.marks.is_empty() {
            Vec::new()
        } else {
            marks
        },
        alternative: alternative(run),
        more: (run.more > 0).then(|| format!("and {} more", words::number(run.more))),
        plainly: (sample.attempts < FEW)
            .then_some("That is too few to tell more than what happened."),
        sample: sample_words,
    }
}

/// The strip in words: `Your last yes, then 31 attempts: 16 no, 10 no reply`.
fn alternative(run: &Run) -> String {
    let counts: Vec<String> = [
        Outcome::No,
        Outcome::NoReply,
        Outcome::NotNow,
        Outcome::SendInfo,
    ]
    .into_iter()
    .filter_map(|o| {
        let n = run.marks.iter().filter(|m| **m == o).count();
        (n > 0).then(|| format!("{n} {}", o.label().to_lowercase()))
    })
    .collect();
    let begins = if run.ever_yes {
        "Your last yes, then "
    } else {
        ""
    };
    let first = if run.more > 0 {
        format!("; of the first {}", run.marks.len())
    } else {
        String::new()
    };
    format!(
        "{begins}{}{first}: {}",
        words::count(run.since_yes, "attempt"),
        counts.join(", ")
    )
}

fn ordinal(n: usize) -> String {
    const NAMES: [&str; 10] = [
        "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth",
        "Tenth",
    ];
    match n.checked_sub(1).and_then(|i| NAMES.get(i)) {
        Some(name) => format!("{name} try."),
        None => format!("Try {n}."),
    }
}

/// `On 12 November: send info.`
fn told(a: &Attempt, me: &Me, today: Date) -> String {
    let outcome = a.outcome.label();
    match a.when.day(me.zone()) {
        Some(day) if day == today => format!("Today: {}.", outcome.to_lowercase()),
        Some(day) => format!("On {}: {}.", words::day(day, today), outcome.to_lowercase()),
        None => format!("{outcome} before."),
    }
}

fn next_up(next: &Next, me: &Me, today: Date) -> NextUp {
    let last = next.attempts.first();
    let mut line = ordinal(next.tries + 1);
    if let Some(a) = last {
        line = format!("{line} {}", told(a, me, today));
    }
    let reach = reach(&next.prospect);
    NextUp {
        id: next.prospect.root,
        place: "Next, from your own list order",
        title: says(&Who::from(&next.prospect)),
        line,
        words: last.and_then(|a| a.words.clone()),
        reach_verb: reach
            .as_ref()
            .map_or("", |r| if r.short == "Call" { "call" } else { "write" }),
        reach,
    }
}

fn due_row(due: &Due, me: &Me, today: Date) -> DueRow {
    let who = Who::from(&due.prospect);
    let f = &due.follow_up;
    let attempt = due.attempt.as_ref();
    let mut line = match (f.kind, attempt.and_then(|a| a.when.day(me.zone()))) {
        (FollowUpKind::NotNow, Some(day)) => format!("Not now on {}.", words::day(day, today)),
        (FollowUpKind::SendInfo, Some(day)) => {
            format!(
                "Asked for information on {}. Has it been read?",
                words::day(day, today)
            )
        }
        (FollowUpKind::NotNow, None) => "Not now, before.".into(),
        (FollowUpKind::SendInfo, None) => "Asked for information.".into(),
        (FollowUpKind::Own, _) => String::new(),
    };
    if !f.note.is_empty() {
        line = format!("{line} {}", f.note).trim().to_owned();
    }
    if line.is_empty() {
        line = "To come back to.".into();
    }
    DueRow {
        id: f.id,
        who: who.id,
        when: words::due(f.due, me.zone(), today),
        late: due.late,
        mark: match f.kind {
            FollowUpKind::NotNow => Some("not_now"),
            FollowUpKind::SendInfo => Some("send_info"),
            FollowUpKind::Own => None,
        },
        words: attempt.and_then(|a| a.words.clone()),
        line,
        reach: reach(&due.prospect),
        name: who.name,
        company: who.company,
    }
}

/// By telephone where there is a number, else by e-mail.
fn reach(p: &Prospect) -> Option<Reach> {
    if !p.phone.is_empty() {
        return Some(Reach {
            href: words::tel(&p.phone),
            long: format!("Call {}", p.phone),
            short: "Call",
        });
    }
    (!p.email.is_empty()).then(|| Reach {
        href: words::mailto(&p.email),
        long: format!("Write to {}", p.email),
        short: "Write",
    })
}

/// POST /today/skip with `who`.
pub(crate) async fn skip(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let id: ProspectId = fields
        .read("who")?
        .ok_or_else(|| Fault::invalid("Say whom to skip."))?;
    ctx.app
        .write(move |act| prospects::skip_today(act, &me, id))
        .await?;
    Ok(reply::see_other("/today"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(marks: &[Outcome], more: i64, ever_yes: bool) -> Run {
        let since_yes = i64::try_from(marks.len()).expect("few") + more;
        Run {
            since_yes,
            marks: marks.to_vec(),
            more,
            ever_yes,
        }
    }

    #[test]
    fn the_line_says_what_is_so() {
        let some = Sample {
            attempts: 1_516,
            waiting: 0,
            yes: 91,
        };
        let marks = [Outcome::No, Outcome::NoReply, Outcome::No];
        let line = run_line(&run(&marks, 28, true), some);
        assert_eq!(line.line, "31 attempts since your last yes.");
        assert_eq!(
            line.sample.as_deref(),
            Some("From 1,516 attempts, 91 of them yes.")
        );
        assert_eq!(line.more.as_deref(), Some("and 28 more"));
        assert_eq!(
            line.alternative,
            "Your last yes, then 31 attempts; of the first 3: 2 no, 1 no reply"
        );
        assert_eq!((line.marks.len(), line.width, line.plainly), (4, 320, None));

        let few = Sample {
            attempts: 1,
            waiting: 2,
            yes: 0,
        };
        let line = run_line(&run(&marks[..1], 0, false), few);
        assert_eq!(line.line, "1 attempt so far, and no yes yet.");
        assert_eq!(
            line.sample.as_deref(),
            Some("From 1 attempt with a known outcome, none of them yes.")
        );
        let none_waits = Sample { waiting: 0, ..few };
        assert_eq!(
            run_line(&run(&marks[..1], 0, false), none_waits).sample,
            None
        );
        assert!(line.plainly.is_some() && line.more.is_none());
        assert_eq!(
            run_line(&run(&[], 0, true), some).line,
            "Your last attempt was a yes."
        );
        assert!(run_line(&run(&[], 0, true), some).marks.is_empty());
    }

    #[test]
    fn tries_are_counted_in_words() {
        assert_eq!(ordinal(1), "First try.");
        assert_eq!(ordinal(11), "Try 11.");
    }
}
