//! A dot with its range on a line, one a row; a scale beneath them all.

use std::fmt::Write;

use crate::draw::{Axis, escaped, number};

/// A row: an estimate, its range, and what to compare with. It is decoration beside its words and
/// numbers, which stand in the page; screen readers pass it by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whiskers {
    /// The estimate.
    pub at: f64,
    /// Its range.
    pub range: (f64, f64),
    /// A value by another way, as an open ring.
    pub ring: Option<f64>,
    /// The value of all together, as a dashed line.
    pub mean: Option<f64>,
}

impl Whiskers {
    /// The drawing on this scale.
    pub fn svg(&self, axis: Axis) -> String {
        self.labelled(axis, "")
    }

    /// The same with words at the ring, for the one row of a chart that is to be seen first.
    pub fn labelled(&self, axis: Axis, words: &str) -> String {
        let mut out = String::from("<svg aria-hidden=\"true\">");
        let upright = |out: &mut String, class: &str, value: f64| {
            let x = number(axis.place(value));
            let _ = write!(
                out,
                "<line class=\"{class}\" x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"100%\"/>"
            );
        };
        for tick in axis.ticks() {
            upright(&mut out, "grid", tick);
        }
        if let Some(mean) = self.mean {
            upright(&mut out, "mean", mean);
        }
        let (low, high) = (
            number(axis.place(self.range.0)),
            number(axis.place(self.range.1)),
        );
        let _ = write!(
            out,
            "<line class=\"wh\" x1=\"{low}%\" x2=\"{high}%\" y1=\"50%\" y2=\"50%\"/>"
        );
        if let Some(ring) = self.ring {
            let x = number(axis.place(ring));
            let _ = write!(
                out,
                "<circle class=\"ring\" cx=\"{x}%\" cy=\"50%\" r=\"4.5\"/>"
            );
            if !words.is_empty() {
                let anchor = match axis.place(ring) {
                    place if place < 30.0 => "start",
                    place if place > 70.0 => "end",
                    _ => "middle",
                };
                let _ = write!(
                    out,
                    "<text class=\"lbl halo\" x=\"{x}%\" y=\"50%\" dy=\"-10\" text-anchor=\"{anchor}\">{}</text>",
                    escaped(words)
                );
            }
        }
        let x = number(axis.place(self.at));
        let _ = write!(
            out,
            "<circle class=\"dot\" cx=\"{x}%\" cy=\"50%\" r=\"6\"/></svg>"
        );
        out
    }
}

/// What a digit, the words of the unit and the room between two labels take, in per cent of the
/// narrowest scale that is drawn, that of a phone 320 px wide.
const DIGIT: f64 = 2.5;
const UNIT: f64 = 13.5;
const ROOM: f64 = 2.0;

/// A label of the scale that has its place.
struct Label {
    text: String,
    at: f64,
    anchor: &'static str,
    class: &'static str,
    /// From where to where, in per cent.
    from: f64,
    to: f64,
}

impl Label {
    fn of(number: &str, unit: bool, at: f64, named: bool) -> Self {
        let digits = number.chars().count() as f64;
        let wide = DIGIT * digits + if unit { UNIT } else { 0.0 };
        let text = format!("{number}{}", if unit { " in 100" } else { "" });
        let class = if named { " class=\"lbl\"" } else { "" };
        let (anchor, at, from) = if at + wide / 2.0 > 100.0 {
            ("end", 100.0, 100.0 - wide)
        } else {
            ("middle", at, at - wide / 2.0)
        };
        Self {
            text,
            at,
            anchor,
            class,
            from,
            to: from + wide,
        }
    }

    fn touches(&self, other: &Self) -> bool {
        self.from < other.to + ROOM && other.from < self.to + ROOM
    }
}

/// The scale beneath rows of whiskers, in numbers of a hundred; the value of all together is named.
/// A label that would touch another is left away, the named one never; one of them bears the unit.
pub fn ticks(axis: Axis, mean: Option<f64>) -> String {
    let last = axis.ticks().last().unwrap_or(axis.end);
    let end = |unit| Label::of(&number(last * 100.0), unit, 100.0, false);
    let named =
        |unit| mean.map(|mean| Label::of(&rounded(100.0 * mean), unit, axis.place(mean), true));
    let mut labels: Vec<Label> = match named(false) {
        Some(mean) if mean.touches(&end(true)) => named(true).into_iter().collect(),
        Some(mean) => vec![mean, end(true)],
        None => vec![end(true)],
    };
    // The end, where it has not been placed with the unit, and then from the left.
    let others = axis.ticks().filter(|tick| *tick < last);
    let others =
        others.map(|tick| Label::of(&number(tick * 100.0), false, axis.place(tick), false));
    for label in std::iter::once(end(false)).chain(others) {
        let same = |one: &Label| one.touches(&label) || one.text == label.text;
        if !labels.iter().any(same) {
            labels.push(label);
        }
    }
    let mut out = String::from("<svg class=\"ticks\" aria-hidden=\"true\">");
    for label in labels {
        let _ = write!(
            out,
            "<text{} x=\"{}%\" y=\"1em\" text-anchor=\"{}\">{}</text>",
            label.class,
            number(label.at),
            label.anchor,
            label.text
        );
    }
    out.push_str("</svg>");
    out
}

/// The named value: in whole hundredths, and below one with a decimal.
fn rounded(of_100: f64) -> String {
    match of_100 {
        few if few < 0.05 => "0".into(),
        few if few < 0.95 => format!("{few:.1}"),
        many => format!("{many:.0}"),
    }
}
