//! What all charts are drawn with.

use std::fmt::Write;

/// A scale from 0 to `end`, with a tick every `step`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// The largest value on it; more than 0.
    pub end: f64,
    /// From tick to tick.
    pub step: f64,
}

impl Axis {
    /// A scale from 0 that holds `most`, up to 10¹², and has about `ticks` round ticks.
    pub fn holding(most: f64, ticks: u32) -> Self {
        let most = if most > 0.0 {
            most.clamp(1e-9, 1e12)
        } else {
            1.0
        };
        let rough = most / f64::from(ticks.max(1));
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|round| round * power)
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(10.0 * power);
        Self {
            end: (most / step).ceil() * step,
            step,
        }
    }

    /// The ticks, from 0 to the end.
    pub fn ticks(self) -> impl Iterator<Item = f64> {
        let n = (self.end / self.step).round().clamp(0.0, 100.0) as u32;
        (0..=n).map(move |i| f64::from(i) * self.step)
    }

    /// Where a value lies, in per cent from the beginning; what lies outside is put at the end.
    pub(crate) fn place(self, value: f64) -> f64 {
        let place = 100.0 * value / self.end;
        if place.is_nan() {
            0.0
        } else {
            place.clamp(0.0, 100.0)
        }
    }

    /// The same from the top of a drawing down.
    pub(crate) fn down(self, value: f64) -> f64 {
        100.0 - self.place(value)
    }
}

/// A number with as many places as it has, at most two.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count as it is read: `1,947`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Text that may stand in SVG.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The opening tag with its title and description; `id` tells several charts of a page apart.
pub(crate) fn open(id: &str, height: u32, title: &str, description: &str) -> String {
    let (id, title, description) = (escaped(id), escaped(title), escaped(description));
    format!(
        "<svg height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
         <title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{description}</desc>"
    )
}

/// Lines across at the ticks of a vertical scale, with their numbers; `times` turns a value into what
/// is written, such as 100 for shares.
pub(crate) fn across(out: &mut String, axis: Axis, times: f64) {
    for tick in axis.ticks().skip(1) {
        let (y, text) = (number(axis.down(tick)), number(tick * times));
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y}%\" y2=\"{y}%\"/>\
             <text x=\"-8\" y=\"{y}%\" dy=\".32em\" text-anchor=\"end\">{text}</text>"
        );
    }
    out.push_str("<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"100%\" y2=\"100%\"/>");
}
