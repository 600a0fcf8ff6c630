//! How ordinary a run of each length is: the two falling curves, and the same as a table.

use app::evidence::{Chance, Luck};
use charts::{Axis, Curve, Curves, Mark};

use super::said;

/// Points of a curve that are drawn: enough for a smooth line on a wide screen.
const POINTS: usize = 80;

/// The drawing with its table.
#[derive(Debug)]
pub(crate) struct RunChart {
    pub(crate) svg: String,
    /// Whether chances in a month are told.
    pub(crate) month: Option<String>,
    /// Run, these tries, somewhere in a month.
    pub(crate) rows: Vec<RunRow>,
}

/// One line of the table.
#[derive(Debug, PartialEq)]
pub(crate) struct RunRow {
    pub(crate) run: String,
    pub(crate) now: bool,
    pub(crate) these: String,
    pub(crate) month: String,
}

impl RunChart {
    /// Draws it where there are chances to draw.
    pub(crate) fn of(luck: &Luck) -> Option<Self> {
        let chances = worth_seeing(&luck.chances, luck.run.current);
        let last = chances.last().filter(|last| last.run > 0)?.run;
        let x = scale(last, luck.run.current);
        let chances = &chances[..chances.partition_point(|c| c.run as f64 <= x.end)];
        // Months that hold nothing to speak of have no curve of their own.
        let month = (luck.in_month > 1).then(|| said::n(luck.in_month));
        let now = luck.now.filter(|now| now.run > 0);
        let drawn = thinned(chances, now);
        let curve = |of: fn(&Chance) -> f64| -> Vec<(f64, f64)> {
            drawn.iter().map(|c| (c.run as f64, of(c))).collect()
        };
        let mut curves = Vec::new();
        let mut marks = Vec::new();
        if let Some(month) = &month {
            let middle = drawn
                .iter()
                .min_by(|a, b| (a.month - 0.5).abs().total_cmp(&(b.month - 0.5).abs()));
            curves.push(Curve {
                points: curve(|c| c.month),
                leads: false,
                label: format!("in a month of {month}"),
                label_at: middle.map_or(0.0, |c| c.run as f64),
            });
            marks.extend(now.map(|now| Mark {
                at: (now.run as f64, now.month),
                leads: false,
                label: if both_low(&now) {
                    String::new()
                } else {
                    said::in_100(now.month)
                },
            }));
        }
        curves.push(Curve {
            points: curve(|c| c.these),
            leads: true,
            label: String::new(),
            label_at: 0.0,
        });
        marks.extend(now.map(|now| Mark {
            at: (now.run as f64, now.these),
            leads: true,
            label: match &month {
                Some(_) if both_low(&now) => format!(
                    "these tries {}\nin a month {}",
                    said::in_100(now.these),
                    said::in_100(now.month)
                ),
                _ => format!("these tries\n{}", said::in_100(now.these)),
            },
        }));
        let svg = Curves {
            id: "runs",
            title: "How ordinary is a run of each length?".into(),
            description: described(month.as_deref(), now),
            x,
            x_label: "attempts in a row without a yes".into(),
            y: Axis {
                end: 1.0,
                step: 0.25,
            },
            y_label: "chances in 100".into(),
            curves,
            marks,
            now: now.map(|now| (now.run as f64, format!("{}, now", said::n(now.run)))),
        }
        .svg();
        Some(Self {
            svg,
            rows: rows(chances, x, now),
            month,
        })
    }
}

/// The part of the curves where something happens: up to where both have nearly come down, and
/// twice the present run at least.
fn worth_seeing(chances: &[Chance], run: u64) -> &[Chance] {
    let end = chances
        .iter()
        .position(|c| c.run >= 2 * run && c.run >= 10 && c.these < 0.01 && c.month < 0.02)
        .map_or(chances.len(), |at| at + 1);
    &chances[..end]
}

/// Whether both chances lie at the foot of the chart, where one label speaks for both.
fn both_low(now: &Chance) -> bool {
    now.month < 0.2 && (now.month - now.these).abs() < 0.09
}

/// A scale that the curves fill to its end, with the present run on it.
fn scale(last: u64, run: u64) -> Axis {
    let x = Axis::holding(last as f64, 6);
    let filled = (last as f64 / x.step).floor() * x.step;
    if filled >= x.step && filled > 1.2 * run as f64 {
        Axis { end: filled, ..x }
    } else {
        x
    }
}

/// Few enough points, with the first, the last and the present one among them.
fn thinned(chances: &[Chance], now: Option<Chance>) -> Vec<Chance> {
    let every = chances.len().div_ceil(POINTS).max(1);
    let last = chances.len().saturating_sub(1);
    chances
        .iter()
        .enumerate()
        .filter(|(i, c)| {
            i.is_multiple_of(every) || *i == last || now.is_some_and(|now| now.run == c.run)
        })
        .map(|(_, c)| *c)
        .collect()
}

fn described(month: Option<&str>, now: Option<Chance>) -> String {
    let mut text = match month {
        Some(month) => format!(
            "Two falling curves over the length of a run without a yes: the chance of these tries, \
             and the chance of such a run somewhere in a month of {month} tries."
        ),
        None => String::from(
            "A falling curve over the length of a run without a yes: the chance of these tries.",
        ),
    };
    if let Some(now) = now {
        text.push_str(&format!(
            " For a run of {} the chance is {}",
            said::n(now.run),
            said::in_100(now.these)
        ));
        text.push_str(&match month {
            Some(_) => format!(", and in a month {}.", said::in_100(now.month)),
            None => ".".into(),
        });
    }
    text
}

/// A line at each tick, and one of now.
fn rows(chances: &[Chance], x: Axis, now: Option<Chance>) -> Vec<RunRow> {
    let near = |tick: f64| {
        let off = |c: &&Chance| (c.run as f64 - tick).abs();
        chances.iter().min_by(|a, b| off(a).total_cmp(&off(b)))
    };
    let mut lines: Vec<Chance> = x
        .ticks()
        .skip(1)
        .filter(|tick| chances.last().is_some_and(|last| *tick <= last.run as f64))
        .filter_map(|tick| near(tick).copied())
        .chain(now)
        .collect();
    lines.sort_by_key(|c| c.run);
    lines.dedup_by_key(|c| c.run);
    lines
        .iter()
        .map(|c| RunRow {
            run: said::n(c.run),
            now: now.is_some_and(|now| now.run == c.run),
            these: said::in_100(c.these),
            month: said::in_100(c.month),
        })
        .collect()
}
