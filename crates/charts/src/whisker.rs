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

/// The scale beneath rows of whiskers, in numbers of a hundred; the value of all together is named.
pub fn ticks(axis: Axis, mean: Option<f64>) -> String {
    let mut out = String::from("<svg class=\"ticks\" aria-hidden=\"true\">");
    let near =
        |tick: f64| mean.is_some_and(|mean| (axis.place(mean) - axis.place(tick)).abs() < 6.0);
    for tick in axis.ticks() {
        let last = tick + axis.step > axis.end * 1.0001;
        // A tick that the named value stands on makes room for it.
        if near(tick) && !last {
            continue;
        }
        let (anchor, unit) = if last {
            ("end", " in 100")
        } else {
            ("middle", "")
        };
        let _ = write!(
            out,
            "<text x=\"{}%\" y=\"1em\" text-anchor=\"{anchor}\">{}{unit}</text>",
            number(axis.place(tick)),
            number(tick * 100.0)
        );
    }
    if let Some(mean) = mean {
        let _ = write!(
            out,
            "<text class=\"lbl\" x=\"{}%\" y=\"1em\" text-anchor=\"middle\">{:.0}</text>",
            number(axis.place(mean)),
            mean * 100.0
        );
    }
    out.push_str("</svg>");
    out
}
