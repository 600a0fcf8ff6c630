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
    /// What is written beside it; the last line is the one that matters.
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
            "<text x=\"100%\" y=\"100%\" dy=\"2.9em\" text-anchor=\"end\">{}</text>",
            escaped(&self.x_label)
        );
        // What the numbers are stands at the top, a line higher where a mark's label is.
        let up = if self.marks.iter().any(|mark| self.is_at_top(mark)) {
            30
        } else {
            14
        };
        let _ = write!(
            out,
            "<text x=\"-8\" y=\"-{up}\">{}</text>",
            escaped(&self.y_label)
        );
        if let Some((x, label)) = &self.now {
            let side = beside(self.x.place(*x), 9);
            let x = number(self.x.place(*x));
            // Where no mark's label is, which reaches further up than down.
            let free = |down: f64| {
                self.marks.iter().all(|mark| {
                    let mark = self.y.down(mark.at.1);
                    !(mark - 24.0..mark + 8.0).contains(&down)
                })
            };
            let down = [58.0, 36.0, 80.0].into_iter().find(|down| free(*down));
            let _ = write!(
                out,
                "<line class=\"axis\" x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"100%\"/>\
                 <text class=\"halo\" x=\"{x}%\" y=\"{}%\" {side}>{}</text>",
                down.unwrap_or(58.0),
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
                    "<text class=\"lbl halo\" x=\"{}%\" y=\"{}%\" {} dy=\"-6\">{}</text>",
                    number(self.x.place(x)),
                    number(self.y.down(y)),
                    beside(self.x.place(x), 10),
                    escaped(&curve.label)
                );
            }
        }
        for (i, mark) in self.marks.iter().enumerate() {
            // Of two marks at nearly the same height the lower one's label stands below it.
            let down = self.y.down(mark.at.1);
            let crowded = self.marks.iter().enumerate().any(|(k, other)| {
                let above = down - self.y.down(other.at.1);
                k != i
                    && !other.label.is_empty()
                    && (0.0..9.0).contains(&above)
                    && (above > 0.0 || k < i)
            });
            let dy = if crowded { 20 } else { -9 };
            let side = beside(self.x.place(mark.at.0), 12);
            let (x, y) = (
                number(self.x.place(mark.at.0)),
                number(self.y.down(mark.at.1)),
            );
            let class = if mark.leads { "dot" } else { "ring" };
            let _ = write!(
                out,
                "<circle class=\"{class}\" cx=\"{x}%\" cy=\"{y}%\" r=\"6\"/>"
            );
            let lines: Vec<&str> = mark.label.lines().collect();
            for (i, line) in lines.iter().enumerate() {
                let last = i + 1 == lines.len();
                let up = if dy > 0 { i } else { lines.len() - 1 - i };
                let step = 17 * i32::try_from(up).unwrap_or(0);
                let _ = write!(
                    out,
                    "<text class=\"{}\" x=\"{x}%\" y=\"{y}%\" {side} dy=\"{}\">{}</text>",
                    if last { "lbl halo" } else { "halo" },
                    if dy > 0 { dy + step } else { dy - step },
                    escaped(line)
                );
            }
        }
        out.push_str("</svg>");
        out
    }

    /// Whether a mark's label may reach what the vertical numbers are.
    fn is_at_top(&self, mark: &Mark) -> bool {
        self.x.place(mark.at.0) < 40.0 && self.y.down(mark.at.1) < 9.0
    }
}

/// Where words stand that belong to a place across: after it, or before it near the end.
fn beside(place: f64, gap: u32) -> String {
    if place > 55.0 {
        format!("dx=\"-{gap}\" text-anchor=\"end\"")
    } else {
        format!("dx=\"{gap}\"")
    }
}
