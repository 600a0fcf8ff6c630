//! Pitch tests: the one that runs, those that ended, and the form that begins one.

mod in_bar;
mod said;

use app::pitch_tests::{self, Arm, Found, How, Judged, Verdict};
use app::{Kind, labels};
use askama::Template;
use axum::extract::Path;
use charts::{Axis, Whiskers, ticks};
use domain::{LabelKind, PitchTestId};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{Choice, Wrong, choices};
use crate::me::Me;
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::words;

pub(crate) use in_bar::{InBar, heard};

const HERE: &str = "/evidence/pitches";

#[derive(Template)]
#[template(path = "pitches.html")]
struct Page<'a> {
    shell: Shell<'a>,
    /// What was just done, in words.
    done: Option<&'static str>,
    running: Option<Running>,
    ended: Vec<Shown>,
    usual: &'a str,
    new: &'a str,
    hows: Vec<Choice>,
    /// Pitches there are.
    known: Vec<String>,
    wrong: Wrong,
}

struct Running {
    id: PitchTestId,
    shown: Shown,
    /// What may be skipped: what counts, what is left out, what looking often costs.
    margin: Vec<String>,
}

/// A test in words, as a chart and as a table.
struct Shown {
    title: String,
    /// What its table is called, apart from those of other tests.
    region: String,
    verdict: String,
    says: Vec<String>,
    facts: String,
    rows: Vec<Row>,
    ticks: String,
    lines: Vec<Line>,
    /// What both pitches say together, a name and a value each.
    together: Vec<(String, String)>,
}

/// A row of the chart.
struct Row {
    name: String,
    counted: String,
    value: String,
    range: String,
    svg: String,
}

/// A line of the table.
struct Line {
    name: String,
    cells: [String; 6],
}

/// GET `/evidence/pitches`; `begun` and `ended` speak of what was just done.
pub(crate) async fn show(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let done = if fields.has("begun") {
        Some("The test runs. What is asked from now on counts.")
    } else if fields.has("ended") {
        Some("The test has ended. What it found is kept below.")
    } else {
        None
    };
    page(&me, &ctx, &Fields::default(), done, Wrong::default()).await
}

async fn page(
    me: &Me,
    ctx: &Ctx,
    typed: &Fields,
    done: Option<&'static str>,
    wrong: Wrong,
) -> Reply {
    let seller = me.0.clone();
    let ((running, ended), known) = ctx
        .app
        .read(move |act| {
            Ok((
                pitch_tests::all(act, &seller)?,
                labels::all(act, LabelKind::Pitch)?,
            ))
        })
        .await?;
    let today = me.zone().day_of(ctx.app.now());
    let day = |at| words::day(me.zone().day_of(at), today);
    let running = running.map(|judged| Running {
        id: judged.test.id,
        margin: said::margin(&judged),
        shown: Shown::of(&judged, 0, format!("Since {}.", day(judged.test.began))),
    });
    let ended = (1..).zip(&ended).map(|(nth, judged)| {
        let until = judged.test.ended.unwrap_or(judged.test.began);
        let mut facts = said::from_to(&day(judged.test.began), &day(until));
        for text in said::left_out(judged) {
            facts = format!("{facts} {text}");
        }
        Shown::of(judged, nth, facts)
    });
    let how = match typed.get("how") {
        "chosen" => "chosen",
        _ => "drawn",
    };
    page_with(
        wrong.status(),
        &Page {
            shell: Shell::new(ctx, me, "evidence", "Pitch tests"),
            done,
            running,
            ended: ended.collect(),
            usual: typed.get("usual"),
            new: typed.get("new"),
            hows: choices(
                [
                    (
                        "drawn",
                        "A coin for each prospect. Only this can tell what caused a difference.",
                    ),
                    (
                        "chosen",
                        "I choose each time. It shows what went together, not what caused it.",
                    ),
                ],
                how,
            ),
            known: known
                .into_iter()
                .filter(|l| !l.hidden)
                .map(|l| l.label)
                .collect(),
            wrong,
        },
    )
}

impl Shown {
    /// The running one, or the `nth` that ended.
    fn of(judged: &Judged, nth: usize, facts: String) -> Self {
        let (test, found) = (&judged.test, &judged.found);
        let [usual, new] = &test.pitches;
        let told = found.verdict() != Verdict::TooFew;
        let (rows, ticks) = if told {
            chart(judged)
        } else {
            (Vec::new(), String::new())
        };
        let line = |arm: Arm| Line {
            name: test.pitch(arm).label.clone(),
            cells: cells(found, arm),
        };
        let title = format!("“{}” against “{}”", new.label, usual.label);
        let any = found.sides.iter().any(|side| side.asks > 0);
        Self {
            region: match nth {
                0 => format!("{title}, as a table"),
                nth => format!("{title}, ended, {nth}, as a table"),
            },
            title,
            verdict: said::verdict(judged),
            says: said::says(judged),
            facts,
            rows,
            ticks,
            lines: match any {
                true => vec![line(Arm::A), line(Arm::B)],
                false => Vec::new(),
            },
            together: if told {
                said::together(judged)
            } else {
                Vec::new()
            },
        }
    }
}

fn chart(judged: &Judged) -> (Vec<Row>, String) {
    let (test, found) = (&judged.test, &judged.found);
    let most = found.sides.iter().map(|side| side.range().1);
    let axis = Axis::holding(most.fold(0.01, f64::max), 4);
    let rows = [Arm::A, Arm::B].map(|arm| {
        let side = &found.sides[arm as usize];
        let whiskers = Whiskers {
            at: side.rate(),
            range: side.range(),
            ring: None,
            mean: None,
        };
        Row {
            name: test.pitch(arm).label.clone(),
            counted: format!("{} of {}", said::number(side.yes), said::number(side.asks)),
            value: said::hundredths(side.rate()),
            range: said::range(side.range()),
            svg: whiskers.svg(axis),
        }
    });
    (rows.into(), ticks(axis, None))
}

fn cells(found: &Found, arm: Arm) -> [String; 6] {
    let side = found.sides[arm as usize];
    let range = side.range();
    let (rate, range) = match side.asks {
        0 => ("–".to_owned(), "–".to_owned()),
        _ => (
            format!("{:.1}", side.rate() * 100.0),
            format!("{:.1}\u{a0}to\u{a0}{:.1}", range.0 * 100.0, range.1 * 100.0),
        ),
    };
    [
        said::number(side.yes),
        said::number(side.asks),
        rate,
        range,
        said::number(side.compared),
        said::number(side.waiting),
    ]
}

/// POST `/evidence/pitches` with `usual`, `new` and `how`: begins a test.
pub(crate) async fn begin(me: Me, ctx: Ctx, fields: Fields) -> Reply {
    let how = match fields.get("how") {
        "drawn" => How::Drawn,
        "chosen" => How::Chosen,
        _ => {
            let wrong = Wrong::with("how", "Choose who decides which pitch somebody hears.");
            return page(&me, &ctx, &fields, None, wrong).await;
        }
    };
    let (seller, usual, new) = (
        me.0.clone(),
        fields.get("usual").to_owned(),
        fields.get("new").to_owned(),
    );
    let begun = ctx
        .app
        .write(move |act| pitch_tests::begin(act, &seller, &usual, &new, how));
    match begun.await {
        Ok(_) => Ok(see_other(&format!("{HERE}?begun=1"))),
        Err(error) if error.kind == Kind::Invalid => {
            let wrong = Wrong::of(error)?.among(&["usual", "new"]);
            page(&me, &ctx, &fields, None, wrong).await
        }
        Err(error) => Err(error.into()),
    }
}

/// POST `/evidence/pitches/{id}/end`.
pub(crate) async fn end(me: Me, ctx: Ctx, Path(id): Path<String>) -> Reply {
    let id: PitchTestId = id.parse().map_err(|_| Fault::not_found())?;
    ctx.app
        .write(move |act| pitch_tests::end(act, &me, id))
        .await?;
    Ok(see_other(&format!("{HERE}?ended=1")))
}
