//! A share that grows step by step, with its band, and what each step had beneath it.

use std::fmt::Write;

use crate::draw::{Axis, across, escaped, grouped, number, open};

/// What a digit of a count and the room between two counts take, in per cent of a phone's chart.
const DIGIT: f64 = 2.3;
const ROOM: f64 = 2.0;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Which.
    pub number: u32,
    /// The share by then.
    pub share: f64,
    /// Its band, where there is one.
    pub band: Option<(f64, f64)>,
    /// How many there were.
    pub n: u64,
}

/// Steps over one scale of shares.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    /// Tells charts of a page apart.
    pub id: &'static str,
    /// What the chart is.
    pub title: String,
    /// What it shows, for who cannot see it.
    pub description: String,
    /// The vertical scale, of shares.
    pub y: Axis,
    /// What its numbers are.
    pub y_label: String,
    /// What the steps are and what stands beneath them.
    pub x_label: String,
    /// The steps, from the first.
    pub steps: Vec<Step>,
}

impl Steps {
    /// The drawing.
    pub fn svg(&self) -> String {
        let mut out = open(self.id, 220, &self.title, &self.description);
        across(&mut out, self.y, 100.0);
        let n = self.steps.len().max(1) as f64;
        out.push_str("<svg viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" width=\"100%\" height=\"100%\">");
        let edges = |i: usize| {
            (
                number(100.0 * i as f64 / n),
                number(100.0 * (i + 1) as f64 / n),
            )
        };
        for (i, step) in self.steps.iter().enumerate() {
            let Some((low, high)) = step.band else {
                continue;
            };
            let ((left, right), low, high) = (
                edges(i),
                number(self.y.down(low)),
                number(self.y.down(high)),
            );
            let _ = write!(
                out,
                "<polygon class=\"band\" points=\"{left},{low} {right},{low} {right},{high} {left},{high}\"/>"
            );
        }
        out.push_str("<path class=\"a\" d=\"M0,100");
        for (i, step) in self.steps.iter().enumerate() {
            let ((left, right), y) = (edges(i), number(self.y.down(step.share)));
            let _ = write!(out, "L{left},{y}L{right},{y}");
        }
        out.push_str("\"/></svg>");
        // Of counts too long to stand side by side the first keeps its place; a table has them all.
        let mut taken = f64::NEG_INFINITY;
        for (i, step) in self.steps.iter().enumerate() {
            let middle = 100.0 * (i as f64 + 0.5) / n;
            let x = number(middle);
            let count = grouped(step.n);
            let half = DIGIT * count.len() as f64 / 2.0;
            let fits = middle - half >= taken + ROOM;
            if fits {
                taken = middle + half;
            }
            let _ = write!(
                out,
                "<text class=\"lbl halo\" x=\"{x}%\" y=\"{}%\" dy=\"-8\" text-anchor=\"middle\">{:.0}</text>\
                 <text x=\"{x}%\" y=\"100%\" dy=\"1.5em\" text-anchor=\"middle\" class=\"lbl\">{}</text>",
                number(self.y.down(step.share)),
                step.share * 100.0,
                step.number,
            );
            if fits {
                let _ = write!(
                    out,
                    "<text x=\"{x}%\" y=\"100%\" dy=\"3em\" text-anchor=\"middle\">{count}</text>"
                );
            }
        }
        let _ = write!(
            out,
            "<text x=\"-8\" y=\"-14\">{}</text><text x=\"100%\" y=\"100%\" dy=\"4.6em\" text-anchor=\"end\">{}</text></svg>",
            escaped(&self.y_label),
            escaped(&self.x_label)
        );
        out
    }
}
