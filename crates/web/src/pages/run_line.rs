//! The run since the last yes: a line, its marks, and what it is read from.

use app::today::{Run, Sample};
use domain::Outcome;

use crate::pages::run_odds::Plainly;
use crate::words;

pub(crate) struct Mark {
    pub(crate) code: &'static str,
    pub(crate) x: usize,
}

pub(crate) struct RunLine {
    pub(crate) line: String,
    pub(crate) marks: Vec<Mark>,
    pub(crate) width: usize,
    pub(crate) alternative: String,
    pub(crate) more: Option<String>,
    /// What it amounts to.
    pub(crate) plainly: Option<Plainly>,
    /// What the line is read from, unless the line says it already.
    pub(crate) sample: Option<String>,
    /// What is called a month, where the line speaks of one.
    pub(crate) month: Option<String>,
}

impl RunLine {
    /// The run as a line and its marks, and what it amounts to.
    pub(crate) fn of(run: &Run, sample: Sample, plainly: Option<Plainly>) -> Self {
        let line = match (run.ever_yes, run.since_yes) {
            (true, 0) => "Your last attempt was a yes.".to_owned(),
            (true, n) => format!("{} since your last yes.", words::count(n, "attempt")),
            (false, 0) => format!(
                "{} so far, none of them with a date.",
                words::count(sample.attempts, "attempt")
            ),
            (false, n) if sample.yes > 0 => format!(
                "{} with a date, none of them a yes.",
                words::count(n, "attempt")
            ),
            (false, n) => format!("{} so far, and no yes yet.", words::count(n, "attempt")),
        };
        let codes = run
            .ever_yes
            .then_some(Outcome::Yes)
            .into_iter()
            .chain(run.marks.iter().copied());
        let marks: Vec<Mark> = codes
            .enumerate()
            .map(|(i, o)| Mark {
                code: o.code(),
                x: i * 10,
            })
            .collect();
        // The list of noes counts those too that nobody has answered yet.
        let known = if sample.waiting > 0 {
            " with a known outcome"
        } else {
            ""
        };
        let attempts = words::count(sample.attempts, "attempt");
        let sample_words = match sample.yes {
            // The line has said exactly this.
            0 if !run.ever_yes && sample.waiting == 0 && run.since_yes == sample.attempts => None,
            0 => Some(format!("From {attempts}{known}, none of them yes.")),
            yes => Some(format!(
                "From {attempts}{known}, {} of them yes.",
                words::number(yes)
            )),
        };
        let month = plainly.as_ref().and_then(|said| {
            let tries = i64::try_from(said.month_of?).ok()?;
            Some(format!(
                "A month is {}, as in your last thirty days.",
                match tries {
                    1 => "1 try".into(),
                    many => format!("{} tries", words::number(many)),
                }
            ))
        });
        Self {
            line,
            width: (marks.len() * 10).max(320),
            marks: if run.marks.is_empty() {
                Vec::new()
            } else {
                marks
            },
            alternative: alternative(run),
            more: (run.more > 0).then(|| format!("and {} more", words::number(run.more))),
            plainly,
            sample: sample_words,
            month,
        }
    }
}

/// The strip in words: `Your last yes, then 31 attempts: 16 no, 10 no reply`.
fn alternative(run: &Run) -> String {
    let counts: Vec<String> = [
        Outcome::No,
        Outcome::NoReply,
        Outcome::NotNow,
        Outcome::SendInfo,
    ]
    .into_iter()
    .filter_map(|o| {
        let n = run.marks.iter().filter(|m| **m == o).count();
        (n > 0).then(|| format!("{n} {}", o.label().to_lowercase()))
    })
    .collect();
    let begins = if run.ever_yes {
        "Your last yes, then "
    } else {
        ""
    };
    let first = if run.more > 0 {
        format!("; of the first {}", run.marks.len())
    } else {
        String::new()
    };
    format!(
        "{begins}{}{first}: {}",
        words::count(run.since_yes, "attempt"),
        counts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(marks: &[Outcome], more: i64, ever_yes: bool) -> Run {
        let since_yes = i64::try_from(marks.len()).expect("few") + more;
        Run {
            since_yes,
            marks: marks.to_vec(),
            more,
            ever_yes,
        }
    }

    #[test]
    fn the_line_says_what_is_so() {
        let some = Sample {
            attempts: 1_516,
            waiting: 0,
            yes: 91,
        };
        let marks = [Outcome::No, Outcome::NoReply, Outcome::No];
        let line = RunLine::of(&run(&marks, 28, true), some, None);
        assert_eq!(line.line, "31 attempts since your last yes.");
        assert_eq!(
            line.sample.as_deref(),
            Some("From 1,516 attempts, 91 of them yes.")
        );
        assert_eq!(line.more.as_deref(), Some("and 28 more"));
        assert_eq!(
            line.alternative,
            "Your last yes, then 31 attempts; of the first 3: 2 no, 1 no reply"
        );
        assert_eq!((line.marks.len(), line.width), (4, 320));

        let few = Sample {
            attempts: 1,
            waiting: 2,
            yes: 0,
        };
        let line = RunLine::of(&run(&marks[..1], 0, false), few, None);
        assert_eq!(line.line, "1 attempt so far, and no yes yet.");
        assert_eq!(
            line.sample.as_deref(),
            Some("From 1 attempt with a known outcome, none of them yes.")
        );
        let none_waits = Sample { waiting: 0, ..few };
        assert_eq!(
            RunLine::of(&run(&marks[..1], 0, false), none_waits, None).sample,
            None
        );
        assert!(line.more.is_none() && line.month.is_none());
        // The only yes is one without a date.
        assert_eq!(
            RunLine::of(&run(&marks, 0, false), some, None).line,
            "3 attempts with a date, none of them a yes."
        );
        assert_eq!(
            RunLine::of(&run(&[], 0, true), some, None).line,
            "Your last attempt was a yes."
        );
        assert!(RunLine::of(&run(&[], 0, true), some, None).marks.is_empty());
    }
}
