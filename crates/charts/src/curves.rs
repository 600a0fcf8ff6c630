//! Falling or rising curves over a common scale, with points that are named.

use std::fmt::Write;

use crate::draw::{Axis, across, escaped, number, open};

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Points (x, y), from left to right.
    pub points: Vec<(f64, f64)>,
    /// Whether it is the one that is meant, drawn in the accent; others are dashed.
    pub leads: bool,
    /// What it is, written beside its point at `label_at`.
    pub label: String,
    /// The x where the label stands.
    pub label_at: f64,
}

/// A named point.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where.
    pub at: (f64, f64),
    /// Filled for what leads, an open ring otherwise.
    pub leads: bool,
    /// What is written beside it.
    pub label: String,
}

/// Curves over one scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Curves {
    /// Tells charts of a page apart.
    pub id: &'static str,
    /// What the chart is.
    pub title: String,
    /// What it shows, for who cannot see it.
    pub description: String,
    /// The horizontal scale.
    pub x: Axis,
    /// What its numbers are.
    pub x_label: String,
    /// The vertical scale, of shares; written as chances in 100.
    pub y: Axis,
    /// What its numbers are.
    pub y_label: String,
    /// The curves.
    pub curves: Vec<Curve>,
    /// The points.
    pub marks: Vec<Mark>,
    /// An x that is now, as a line from top to bottom, and what is written there.
    pub now: Option<(f64, String)>,
}

impl Curves {
    /// The drawing.
    pub fn svg(&self) -> String {
        let mut out = open(self.id, 230, &self.title, &self.description);
        across(&mut out, self.y, 100.0);
        for tick in self.x.ticks() {
            let (x, text) = (number(self.x.place(tick)), number(tick));
            let _ = write!(
                out,
                "<text x=\"{x}%\" y=\"100%\" dy=\"1.5em\" text-anchor=\"middle\">{text}</text>"
            );
        }
        let _ = write!(
            out,
            "<text x=\"100%\" y=\"100%\" dy=\"2.9em\" text-anchor=\"end\">{}</text>\
             <text x=\"-8\" y=\"-14\" text-anchor=\"start\">{}</text>",
            escaped(&self.x_label),
            escaped(&self.y_label)
        );
        if let Some((x, label)) = &self.now {
            let x = number(self.x.place(*x));
            let _ = write!(
                out,
                "<line class=\"axis\" x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"100%\"/>\
                 <text class=\"halo\" x=\"{x}%\" y=\"36%\" dx=\"9\">{}</text>",
                escaped(label)
            );
        }
        out.push_str("<svg viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" width=\"100%\" height=\"100%\">");
        for curve in &self.curves {
            let _ = write!(
                out,
                "<path class=\"{}\" d=\"",
                if curve.leads { "a" } else { "b" }
            );
            for (i, &(x, y)) in curve.points.iter().enumerate() {
                let letter = if i == 0 { 'M' } else { 'L' };
                let _ = write!(
                    out,
                    "{letter}{},{}",
                    number(self.x.place(x)),
                    number(self.y.down(y))
                );
            }
            out.push_str("\"/>");
        }
        out.push_str("</svg>");
        for curve in self.curves.iter().filter(|curve| !curve.label.is_empty()) {
            let near = curve.points.iter().min_by(|a, b| {
                (a.0 - curve.label_at)
                    .abs()
                    .total_cmp(&(b.0 - curve.label_at).abs())
            });
            if let Some(&(x, y)) = near {
                let _ = write!(
                    out,
                    "<text class=\"lbl halo\" x=\"{}%\" y=\"{}%\" dx=\"10\" dy=\"-6\">{}</text>",
                    number(self.x.place(x)),
                    number(self.y.down(y)),
                    escaped(&curve.label)
                );
            }
        }
        for mark in &self.marks {
            let (x, y) = (
                number(self.x.place(mark.at.0)),
                number(self.y.down(mark.at.1)),
            );
            let class = if mark.leads { "dot" } else { "ring" };
            let _ = write!(
                out,
                "<circle class=\"{class}\" cx=\"{x}%\" cy=\"{y}%\" r=\"6\"/>\
                 <text class=\"lbl halo\" x=\"{x}%\" y=\"{y}%\" dx=\"12\" dy=\"-9\">{}</text>",
                escaped(&mark.label)
            );
        }
        out.push_str("</svg>");
        out
    }
}
