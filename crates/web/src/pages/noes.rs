//! The ledger as a list.

use app::noes::{self, NoesPage, NoesRow, Sort};
use app::{Seller, labels};
use askama::Template;
use domain::{Label, LabelKind, Outcome, SaidBy, When};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fields::Fields;
use crate::forms::{self, Choice, choices, pairs};
use crate::me::Me;
use crate::pages::asked::{Asked, query};
use crate::reply::{Reply, Shell, page};
use crate::words;

/// One outcome to choose.
struct Tab {
    href: String,
    label: &'static str,
    mark: Option<&'static str>,
    here: bool,
}

/// One line.
struct Line {
    /// The heading it begins a day with.
    day: Option<String>,
    id: String,
    name: String,
    company: String,
    at: String,
    stage: String,
    /// Mark and word of the outcome, where the list holds several.
    outcome: Option<Outcome>,
    reason: Option<String>,
    words: Option<String>,
    /// Whether a missing reason is worth asking for.
    wants_reason: bool,
    whose: String,
    /// The same for a narrow screen.
    said: String,
    next: Option<String>,
    left_alone: bool,
}

struct Stats {
    /// Nothing is logged at all.
    none: bool,
    chosen: String,
    of: String,
    reasons: Option<Reasons>,
    matching: Option<String>,
}

struct Reasons {
    said: String,
    guessed: String,
    bare: String,
    bare_href: String,
}

struct Selects {
    outcomes: Vec<Choice>,
    stages: Vec<Choice>,
    channels: Vec<Choice>,
    segments: Vec<Choice>,
    reasons: Vec<Choice>,
    voices: Vec<Choice>,
    orders: Vec<Choice>,
}

/// What stands where no line does.
struct Empty {
    say: &'static str,
    then: &'static str,
    href: String,
    link: &'static str,
}

#[derive(Template)]
#[template(path = "noes.html")]
struct Page<'a> {
    shell: Shell<'a>,
    tabs: Vec<Tab>,
    asked: &'a Asked,
    /// `&list=…` for links that come back here.
    tail: String,
    set: usize,
    selects: Selects,
    stats: Stats,
    said: Option<String>,
    caption: String,
    lines: Vec<Line>,
    empty: Option<Empty>,
    shown: String,
    newer: Option<String>,
    older: Option<String>,
    first: Option<String>,
    dated: bool,
    /// The first day asked for lies after the last.
    reversed: bool,
}

/// GET `/noes`.
pub(crate) async fn show(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let asked = Asked::of(&fields);
    let query = query(&fields, &asked, &me)?;
    let (seller, wanted) = (me.0.clone(), query.clone());
    let (list, reasons, segments) = ctx
        .app
        .read(move |act| {
            let list = noes::page(act, &seller, &wanted)?;
            let reasons = labels::all(act, LabelKind::Reason)?;
            Ok((list, reasons, labels::all(act, LabelKind::Segment)?))
        })
        .await?;
    let today = me.zone().day_of(ctx.app.now());
    let dated = query.sort != Sort::Who;
    let outcome = query.filter.outcome;
    let back = asked.text();
    let view = View {
        me: &me,
        today,
        segments: &segments,
        dated,
        mixed: outcome.is_none(),
    };
    page(&Page {
        shell: Shell::new(&ctx, &me, "noes", "Noes"),
        tabs: tabs(&asked, outcome),
        tail: if back.is_empty() {
            String::new()
        } else {
            format!("&{}", words::query(&[("list", &back)]))
        },
        set: asked.set(),
        selects: selects(&asked, &reasons, &segments),
        stats: stats(&list, &asked, outcome),
        said: said(&fields),
        caption: caption(outcome, query.sort),
        empty: empty(&list, &asked),
        shown: shown(&list),
        newer: list.prev.as_deref().map(|p| asked.with("after", p)),
        older: list.next.as_deref().map(|n| asked.with("after", n)),
        first: query.after.is_some().then(|| asked.with("after", "")),
        dated,
        lines: lines(list.rows, &view),
        reversed: asked.is_reversed(),
        asked: &asked,
    })
}

fn tabs(asked: &Asked, outcome: Option<Outcome>) -> Vec<Tab> {
    let tab = |label, code, of: Option<Outcome>| Tab {
        href: asked.with("o", code),
        label,
        mark: of.map(Outcome::code),
        here: of == outcome,
    };
    vec![
        tab("No", "", Some(Outcome::No)),
        tab("Not now", "not_now", Some(Outcome::NotNow)),
        tab("Send info", "send_info", Some(Outcome::SendInfo)),
        tab("No reply", "no_reply", Some(Outcome::NoReply)),
        tab("All", "all", None),
    ]
}

fn selects(asked: &Asked, reasons: &[Label], segments: &[Label]) -> Selects {
    let mut outcomes = choices(
        pairs!(Outcome),
        if asked.get("o").is_empty() {
            "no"
        } else {
            asked.get("o")
        },
    );
    outcomes.push(Choice::new("all", "All", asked.get("o")));
    Selects {
        outcomes,
        stages: choices(pairs!(domain::Stage), asked.get("stage")),
        channels: choices(pairs!(domain::Channel), asked.get("channel")),
        segments: forms::labels(segments, asked.get("segment")),
        reasons: forms::labels(reasons, asked.get("reason")),
        voices: choices(
            [
                ("said", "In their words"),
                ("guess", "Your guess only"),
                ("none", "No reason yet"),
            ],
            asked.get("word"),
        ),
        orders: choices(
            [("oldest", "Oldest first"), ("who", "By name")],
            asked.get("sort"),
        ),
    }
}

fn stats(list: &NoesPage, asked: &Asked, outcome: Option<Outcome>) -> Stats {
    let f = list.figures;
    let reasons = (outcome == Some(Outcome::No) && f.chosen > 0).then(|| Reasons {
        said: words::number(f.said),
        guessed: words::number(f.guessed),
        bare: words::number(f.bare),
        bare_href: asked.with("word", "none"),
    });
    Stats {
        none: f.attempts == 0,
        chosen: words::number(f.chosen),
        of: words::count(f.attempts, "attempt"),
        reasons,
        matching: list
            .total
            .filter(|_| asked.is_narrowed())
            .map(words::number),
    }
}

/// What the last act did, in words.
fn said(fields: &Fields) -> Option<String> {
    let n = fields.get("n").parse().unwrap_or(0);
    match fields.get("done") {
        "reason" => Some(format!(
            "The reason was added to {}.",
            words::count(n, "attempt")
        )),
        "outcome" => Some(format!(
            "The outcome of {} was changed.",
            words::count(n, "attempt")
        )),
        "follow-up" => Some(if n == 1 {
            "A follow-up was set.".into()
        } else {
            format!("Follow-ups were set with {} people.", words::number(n))
        }),
        "none" => {
            Some("Nothing is ticked yet. Tick the lines first, then choose what to do.".into())
        }
        _ => None,
    }
}

fn caption(outcome: Option<Outcome>, sort: Sort) -> String {
    let what = match outcome {
        Some(Outcome::No) => "Noes",
        Some(outcome) => outcome.label(),
        None => "All attempts",
    };
    let order = match sort {
        Sort::Newest => "newest first",
        Sort::Oldest => "oldest first",
        Sort::Who => "by name",
    };
    format!("{what}, {order}")
}

fn shown(list: &NoesPage) -> String {
    let n = words::number(i64::try_from(list.rows.len()).unwrap_or(0));
    match list.total {
        Some(total) => format!("{n} shown of {}", words::number(total)),
        None => format!("{n} shown"),
    }
}

fn empty(list: &NoesPage, asked: &Asked) -> Option<Empty> {
    if !list.rows.is_empty() {
        return None;
    }
    Some(if list.figures.attempts == 0 {
        Empty {
            say: "Nothing is logged yet.",
            then: "Every attempt you log on Today stands here, with its reason and what comes next. Old calls and deals can be brought in from a file.",
            href: "/import".into(),
            link: "Bring in your old calls",
        }
    } else if asked.is_narrowed() {
        Empty {
            say: "Nothing matches.",
            then: "Take a choice away, or search for fewer words.",
            href: asked.outcome_only(),
            link: "Show all of this outcome",
        }
    } else {
        Empty {
            say: "None of these yet.",
            then: "Choose another outcome above, or see everything you have logged.",
            href: asked.with("o", "all"),
            link: "Show all attempts",
        }
    })
}

/// How the lines are looked at.
struct View<'a> {
    me: &'a Seller,
    today: Date,
    segments: &'a [Label],
    /// In order of time, under their days.
    dated: bool,
    /// Several outcomes among them.
    mixed: bool,
}

fn lines(rows: Vec<NoesRow>, view: &View<'_>) -> Vec<Line> {
    let mut last: Option<Option<Date>> = None;
    rows.into_iter()
        .map(|row| {
            let day = day_of(&row, view.me);
            let heading = (view.dated && last != Some(day)).then(|| heading(day, view.today));
            last = Some(day);
            line(row, heading, view)
        })
        .collect()
}

/// The day a row stands under: its own, or that of the row it came in with.
fn day_of(row: &NoesRow, me: &Seller) -> Option<Date> {
    let a = &row.attempt;
    match a.when {
        When::Day(day) => Some(day),
        When::Instant(at) => Some(me.zone().day_of(at)),
        When::Undated if noes::is_undated(a.order) => None,
        When::Undated => jiff::Timestamp::from_microsecond(a.order)
            .ok()
            .map(|at| me.zone().day_of(at)),
    }
}

/// `Today, Thursday 19 November`.
pub(crate) fn heading(day: Option<Date>, today: Date) -> String {
    let Some(day) = day else {
        return "No date".into();
    };
    let form = if day.year() == today.year() {
        "%A %-d %B"
    } else {
        "%A %-d %B %Y"
    };
    let said = day.strftime(form).to_string();
    match today.since(day).map(|span| span.get_days()) {
        Ok(0) => format!("Today, {said}"),
        Ok(1) => format!("Yesterday, {said}"),
        _ => said,
    }
}

fn line(row: NoesRow, day: Option<String>, view: &View<'_>) -> Line {
    let (me, today, dated) = (view.me, view.today, view.dated);
    let a = row.attempt;
    let at = match a.when {
        When::Instant(at) if dated => words::clock(at, me.zone()),
        when if !dated => when
            .day(me.zone())
            .map_or_else(String::new, |d| words::due(When::Day(d), me.zone(), today)),
        _ => String::new(),
    };
    let voice = a.reasons.leading().map(|(_, voice)| voice);
    let (whose, said) = voice_words(voice, row.guessed.as_deref());
    Line {
        day,
        id: a.id.to_string(),
        name: row.who.name,
        company: match row.who.company {
            // Somebody without a name is told by what kind they are.
            company if company.is_empty() => a
                .segment
                .as_deref()
                .map_or(company, |code| segment_label(view.segments, code)),
            company => company,
        },
        at,
        stage: format!("{}, {}", a.stage.label(), a.channel.label().to_lowercase()),
        outcome: view.mixed.then_some(a.outcome),
        wants_reason: a.outcome == Outcome::No,
        reason: row.reason,
        words: a.words.map(short),
        whose,
        said,
        next: row.next.map(|due| words::due(due, me.zone(), today)),
        left_alone: row.who.do_not_contact,
    }
}

fn segment_label(all: &[Label], code: &str) -> String {
    all.iter()
        .find(|l| l.code == code)
        .map_or_else(|| code.to_owned(), |l| l.label.clone())
}

/// Enough of somebody's words for one line of a list; the attempt's page has all of them.
fn short(words: String) -> String {
    const MOST: usize = 140;
    match words.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}

/// Whose word a reason is: for its own column, and for behind the reason.
fn voice_words(voice: Option<SaidBy>, guessed: Option<&str>) -> (String, String) {
    let Some(voice) = voice else {
        return (String::new(), String::new());
    };
    let (whose, said) = match voice {
        SaidBy::Prospect => ("theirs", "they said"),
        SaidBy::SellerGuess => ("your guess", "your guess"),
        SaidBy::ThirdParty => ("somebody else’s", "somebody else said"),
    };
    match guessed {
        Some(guess) => {
            let guess = guess.to_lowercase();
            (
                format!("{whose} (you: {guess})"),
                format!("{said}; you guessed {guess}"),
            )
        }
        None => (whose.into(), said.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_said_from_today() {
        let today = date(2026, 11, 19);
        assert_eq!(heading(Some(today), today), "Today, Thursday 19 November");
        assert_eq!(
            heading(Some(date(2026, 11, 18)), today),
            "Yesterday, Wednesday 18 November"
        );
        assert_eq!(
            heading(Some(date(2025, 12, 31)), today),
            "Wednesday 31 December 2025"
        );
        assert_eq!(heading(None, today), "No date");
    }

    #[test]
    fn a_guess_that_differs_is_said() {
        let (whose, said) = voice_words(Some(SaidBy::Prospect), Some("Price or value"));
        assert_eq!(whose, "theirs (you: price or value)");
        assert_eq!(said, "they said; you guessed price or value");
        assert_eq!(voice_words(None, None).0, "");
    }
}
