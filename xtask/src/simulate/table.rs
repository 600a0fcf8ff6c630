//! A question, its answer as a table, and whether the bars are met.

use std::fmt::Write;

/// What a figure has to be.
#[derive(Clone, Copy)]
pub(super) enum Bar {
    AtMost(f64),
    AtLeast(f64),
    Between(f64, f64),
}

impl Bar {
    /// How far the figure lies beyond the bar; nothing where the bar is met.
    pub(super) fn missed_by(self, figure: f64) -> Option<f64> {
        let off = match self {
            Self::AtMost(most) => figure - most,
            Self::AtLeast(least) => least - figure,
            Self::Between(least, most) => (least - figure).max(figure - most),
        };
        // A figure that is no number has missed as well.
        (off > 0.0 || off.is_nan()).then_some(off)
    }
}

/// One question with all that was found.
pub(super) struct Answer {
    pub(super) title: &'static str,
    /// What was done, in a few sentences.
    pub(super) how: String,
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
    /// Bars that were not met, each in words.
    pub(super) missed: Vec<String>,
    /// What is to be said after the table.
    pub(super) note: String,
}

impl Answer {
    pub(super) fn new(title: &'static str, how: String, head: &[&'static str]) -> Self {
        Self {
            title,
            how,
            head: head.to_vec(),
            rows: Vec::new(),
            missed: Vec::new(),
            note: String::new(),
        }
    }

    /// Judges a figure: "met" or by how much it was missed, which is also kept for the summary.
    pub(super) fn judge(&mut self, what: &str, figure: f64, bar: Bar, digits: usize) -> String {
        match bar.missed_by(figure) {
            None => "met".into(),
            Some(off) => {
                let verdict = format!("missed by {off:.digits$}");
                self.missed.push(format!("{what}: {verdict}"));
                verdict
            }
        }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The answer as a part of a Markdown document.
    pub(super) fn markdown(&self) -> String {
        let mut text = format!("## {}\n\n{}\n", self.title, self.how.trim());
        if !self.rows.is_empty() {
            let _ = writeln!(text, "\n| {} |", self.head.join(" | "));
            let _ = writeln!(text, "|{}", " ---: |".repeat(self.head.len()));
            for row in &self.rows {
                let _ = writeln!(text, "| {} |", row.join(" | "));
            }
        }
        if !self.missed.is_empty() {
            let _ = writeln!(text, "\n**Missed:** {}.", self.missed.join("; "));
        }
        if !self.note.is_empty() {
            let _ = writeln!(text, "\n{}", self.note.trim());
        }
        text
    }
}

/// A whole number with its thousands set apart.
pub(super) fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_met_at_its_edge_and_never_by_what_is_no_number() {
        assert_eq!(Bar::AtMost(7.0).missed_by(7.0), None);
        assert_eq!(Bar::AtLeast(0.5).missed_by(0.25), Some(0.25));
        assert_eq!(Bar::Between(1.0, 2.0).missed_by(1.5), None);
        assert_eq!(Bar::Between(1.0, 2.0).missed_by(2.5), Some(0.5));
        assert!(Bar::AtMost(1.0).missed_by(f64::NAN).is_some());
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [12.0, 123.0, 1_234.0, 1_234_567.0].map(whole),
            ["12", "123", "1,234", "1,234,567"]
        );
    }
}
