//! Does another try pay: yeses by number of the try, and what they add up to.

use app::evidence::{Page, Step};
use charts::{Axis, Steps};
use evidence::statistic::HAZARD;

use super::said;

/// Steps that are drawn and said at most, each from enough tries to be said.
const MOST: usize = 10;

/// Steps that are drawn although some are of few tries.
const DRAWN: usize = 6;

/// Fewer tries of a number than this are too few for the sentence; the table has them.
const NAMED: u64 = 30;

/// What the section shows.
#[derive(Debug)]
pub(crate) struct TriesView {
    pub(crate) says: String,
    pub(crate) chart: Option<String>,
    pub(crate) table: Vec<Line>,
    pub(crate) notes: Vec<String>,
}

/// A line of the table.
#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) number: String,
    pub(crate) tries: String,
    pub(crate) yes: String,
    pub(crate) hazard: String,
    pub(crate) range: String,
    pub(crate) smoothed: String,
    pub(crate) by_then: String,
}

impl TriesView {
    /// Puts it in words.
    pub(crate) fn of(page: &Page) -> Self {
        let steps = &page.tries;
        let all: u64 = steps.iter().map(|step| step.at_risk).sum();
        let of = match &page.segment {
            Some((_, label)) => format!(" in “{label}”"),
            None => String::new(),
        };
        if all < HAZARD.smallest {
            return Self {
                says: match all {
                    0 => format!(
                        "Nothing to say yet: no attempts{of} whose outcome is known. From {} on it is said.",
                        HAZARD.smallest
                    ),
                    few => format!(
                        "Not enough yet: {}{of}. From {} on it is said.",
                        said::count(few, "attempt"),
                        HAZARD.smallest
                    ),
                },
                chart: None,
                table: steps.iter().map(line).collect(),
                notes: Vec::new(),
            };
        }
        Self {
            says: says(steps, &of),
            // One step alone says no more than the sentence.
            chart: (drawn(steps).len() > 1).then(|| chart(steps)),
            table: steps.iter().map(line).collect(),
            notes: notes(steps, all),
        }
    }
}

/// The steps from the first on as long as each has as many tries.
fn with(steps: &[Step], fewest: u64) -> &[Step] {
    let enough = steps
        .iter()
        .take(MOST)
        .take_while(|step| step.at_risk >= fewest)
        .count();
    &steps[..enough]
}

/// Steps that are drawn: all that the sentence speaks of, and some of fewer tries where those are few.
fn drawn(steps: &[Step]) -> &[Step] {
    let enough = with(steps, HAZARD.smallest).len();
    &steps[..enough.min(with(steps, NAMED).len().max(DRAWN))]
}

fn chart(steps: &[Step]) -> String {
    let drawn = drawn(steps);
    // The band of the share that said yes is that of the share that did not, turned over.
    let band = |step: &Step| {
        let (low, high) = (step.survival_low?, step.survival_high?);
        Some((1.0 - high, 1.0 - low))
    };
    let most = drawn
        .iter()
        .map(|step| band(step).map_or(1.0 - step.survival, |(_, high)| high))
        .fold(0.05, f64::max);
    let last = drawn.last().map_or(0.0, |step| 1.0 - step.survival);
    Steps {
        id: "steps",
        title: "Does another try pay?".into(),
        description: format!(
            "How many of all first tries had led to a yes by each try, up to {} by {}.",
            said::in_100(last),
            match drawn.len() {
                1 => "the first".into(),
                n => format!("the {}", said::ordinal_word(n as u64)),
            }
        ),
        y: Axis::holding(most.min(1.0), 5),
        y_label: "yes by then, of 100 first tries".into(),
        x_label: "which try, and how many there were".into(),
        steps: drawn
            .iter()
            .map(|step| charts::Step {
                number: step.attempt,
                share: 1.0 - step.survival,
                band: band(step),
                n: step.at_risk,
            })
            .collect(),
    }
    .svg()
}

fn line(step: &Step) -> Line {
    let told = step.at_risk >= HAZARD.smallest;
    let by_then = said::short(1.0 - step.survival);
    Line {
        number: step.attempt.to_string(),
        tries: said::n(step.at_risk),
        yes: said::n(step.yes),
        hazard: said::exact(step.hazard),
        range: if told {
            said::exact_range(step.low, step.high)
        } else {
            "not enough yet".into()
        },
        smoothed: said::exact(step.smoothed),
        by_then: match (step.survival_low, step.survival_high) {
            (Some(low), Some(high)) => {
                format!("{by_then} ({})", said::span(1.0 - high, 1.0 - low))
            }
            _ => by_then,
        },
    }
}

fn says(steps: &[Step], of: &str) -> String {
    let named = with(steps, NAMED);
    let all_yes: u64 = steps.iter().map(|step| step.yes).sum();
    let Some((first, later)) = named.split_first() else {
        let first = &steps[0];
        return format!(
            "Too few to say{of}: {}, and {} brought a yes. From {NAMED} on it is said in words.",
            said::tries(first.at_risk, "first"),
            match first.yes {
                0 => "none of them".into(),
                yes => said::n(yes),
            }
        );
    };
    let mut text = if all_yes == 0 {
        format!(
            "No try{of} has brought a yes yet. After {} the data allow up to {} in 100.",
            said::tries(first.at_risk, "first"),
            said::hundredths(first.high)
        )
    } else if first.yes == 0 {
        format!(
            "A first try{of} brought a yes in none of {}.",
            said::n(first.at_risk)
        )
    } else {
        format!(
            "A first try{of} brought a yes {} ({} of {}).",
            said::times(first.hazard),
            said::n(first.yes),
            said::n(first.at_risk)
        )
    };
    if all_yes > 0 && !later.is_empty() {
        text.push_str(&format!(" {}.", later_tries(later)));
        text.push(' ');
        text.push_str(&against_the_first(first, later));
    }
    text.push_str(&beyond(steps, named.len()));
    text
}

/// `A second brought one 7 times in 100, a third 8, a fourth none of 54`.
fn later_tries(later: &[Step]) -> String {
    let mut text = String::new();
    let mut measured = false;
    for (i, step) in later.iter().enumerate() {
        let which = said::ordinal_word(u64::from(step.attempt));
        let article = if which.starts_with("eigh") { "an" } else { "a" };
        if i == 0 {
            let article = if article == "an" { "An" } else { "A" };
            text.push_str(&format!("{article} {which} brought "));
        } else {
            text.push_str(&format!(", {article} {which} "));
        }
        // None is none, of however many; and the measure is named once.
        if step.yes == 0 {
            text.push_str(&format!("none of {}", said::n(step.at_risk)));
        } else if measured {
            text.push_str(&said::hundredths(step.hazard));
        } else {
            text.push_str(&format!("one {}", said::times(step.hazard)));
            measured = true;
        }
    }
    text
}

/// Whether any later try stands apart from the first.
fn against_the_first(first: &Step, later: &[Step]) -> String {
    let apart = |above: bool| -> Vec<String> {
        later
            .iter()
            .filter(|step| {
                said::apart((first.low, first.high), (step.low, step.high))
                    && (step.hazard > first.hazard) == above
            })
            .map(|step| said::ordinal_word(u64::from(step.attempt)))
            .collect()
    };
    let (more, less) = (apart(true), apart(false));
    let listed = |names: &[String]| {
        let verb = if names.len() == 1 { "stands" } else { "stand" };
        format!("{} {verb}", crate::words::listed(names).unwrap_or_default())
    };
    match (more.as_slice(), less.as_slice()) {
        ([], []) => {
            "The ranges overlap: no evidence yet that a later try brings more or less than a first."
                .into()
        }
        (more, []) => format!(
            "The {} above the first: the ranges do not overlap.",
            listed(more)
        ),
        ([], less) => format!(
            "The {} below the first: the ranges do not overlap.",
            listed(less)
        ),
        (more, less) => format!(
            "The {} above the first, the {} below: the ranges do not overlap.",
            listed(more),
            listed(less)
        ),
    }
}

/// Where what there is ends.
fn beyond(steps: &[Step], named: usize) -> String {
    if steps.len() == 1 {
        return " Nobody got a second try yet.".into();
    }
    if steps.len() == named {
        return String::new();
    }
    let last = said::ordinal_word(named as u64);
    let why = match steps.get(named) {
        Some(next) if next.at_risk >= NAMED => "the table goes on",
        _ => "there are too few to say",
    };
    format!(" After the {last} {why}.")
}

fn notes(steps: &[Step], all: u64) -> Vec<String> {
    let first = steps.first().map_or(0, |step| step.at_risk);
    let drawn = drawn(steps).len();
    let band = if drawn > 1 { " Band: 95 in 100." } else { "" };
    let mut notes = vec![format!(
        "{} in all, {} of them a first.{band} Whoever said yes starts again at the first.",
        said::tries(all, ""),
        said::n(first)
    )];
    notes.push(
        "You choose whom to try again, and you drop the hopeless ones. Read this as “if everyone \
         were like those I kept trying”."
            .into(),
    );
    if drawn > 1 && steps.len() > drawn {
        notes.push(format!(
            "Drawn up to the {}; the table has them all.",
            said::ordinal_word(drawn as u64)
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{page, step};
    use super::*;

    fn view(steps: Vec<Step>) -> TriesView {
        let mut page = page();
        page.tries = steps;
        TriesView::of(&page)
    }

    #[test]
    fn later_tries_are_compared_with_the_first() {
        let view = view(vec![
            step(1, 34, 742, 0.954),
            step(2, 28, 388, 0.885),
            step(3, 16, 202, 0.815),
            step(4, 1, 20, 0.774),
        ]);
        assert_eq!(
            view.says,
            "A first try brought a yes 5 times in 100 (34 of 742). A second brought one 7 times in \
             100, a third 8. The ranges overlap: no evidence yet that a later try brings more or \
             less than a first. After the third there are too few to say."
        );
        assert_eq!(view.table[0].by_then, "5 (4 to 6)");
        assert_eq!(view.table[3].range, said::exact_range(0.009, 0.236));
        assert!(view.notes[0].starts_with("1,352 tries in all, 742 of them a first."));
        assert!(view.chart.is_some());
    }

    #[test]
    fn what_stands_apart_is_said() {
        let says = view(vec![step(1, 10, 1_000, 0.99), step(2, 60, 600, 0.89)]).says;
        assert!(
            says.ends_with("The second stands above the first: the ranges do not overlap."),
            "{says}"
        );
    }

    #[test]
    fn few_none_and_all() {
        assert_eq!(
            view(Vec::new()).says,
            "Nothing to say yet: no attempts whose outcome is known. From 5 on it is said."
        );
        let one = view(vec![step(1, 0, 1, 1.0)]);
        assert_eq!(one.says, "Not enough yet: 1 attempt. From 5 on it is said.");
        assert!(one.chart.is_none());
        let none = view(vec![step(1, 0, 40, 1.0)]);
        assert_eq!(
            none.says,
            "No try has brought a yes yet. After 40 first tries the data allow up to 9 in 100. \
             Nobody got a second try yet."
        );
        assert!(none.chart.is_none(), "one step alone is no chart");
        let twice = view(vec![step(1, 0, 40, 1.0), step(2, 0, 12, 1.0)]);
        assert!(twice.chart.is_some_and(|svg| !svg.contains("NaN")));
        let all = view(vec![step(1, 6, 6, 0.0)]);
        assert_eq!(
            all.says,
            "Too few to say: 6 first tries, and 6 brought a yes. From 30 on it is said in words."
        );
        assert_eq!(all.table[0].by_then, "100");
    }

    #[test]
    fn none_is_said_as_none_and_of_how_many() {
        let says = view(vec![
            step(1, 16, 157, 0.9),
            step(2, 0, 80, 0.9),
            step(3, 4, 60, 0.84),
            step(4, 0, 54, 0.84),
            step(5, 3, 45, 0.78),
        ])
        .says;
        assert!(
            says.starts_with(
                "A first try brought a yes 10 times in 100 (16 of 157). A second brought none of \
                 80, a third one 7 times in 100, a fourth none of 54, a fifth 7. "
            ),
            "{says}"
        );
        assert!(!says.contains("under 1"), "{says}");
        let first = view(vec![step(1, 0, 157, 1.0), step(2, 8, 80, 0.9)]).says;
        assert!(
            first.starts_with(
                "A first try brought a yes in none of 157. A second brought one 10 times in 100."
            ),
            "{first}"
        );
    }

    #[test]
    fn a_late_try_that_stands_apart_is_said_and_drawn() {
        let mut steps: Vec<Step> = (1..=7).map(|i| step(i, 3, 60, 0.8)).collect();
        steps.push(step(8, 30, 40, 0.3));
        steps.push(step(9, 1, 12, 0.3));
        let all = view(steps.clone());
        assert!(all.says.contains(", an eighth 75. "), "{}", all.says);
        assert!(
            all.says.ends_with(
                "The eighth stands above the first: the ranges do not overlap. After the eighth \
                 there are too few to say."
            ),
            "{}",
            all.says
        );
        let svg = all.chart.expect("it is drawn");
        assert!(
            svg.contains("lbl\">8<") && !svg.contains("lbl\">9<"),
            "{svg}"
        );
        assert!(
            svg.contains("yes by then, of 100 first tries") && !svg.contains("prospects"),
            "{svg}"
        );
        // Of few tries no more than six are drawn, and of many no more than ten.
        let few: Vec<Step> = (1..=8).map(|i| step(i, 1, 12, 0.9)).collect();
        assert_eq!(drawn(&few).len(), 6);
        let many: Vec<Step> = (1..=12).map(|i| step(i, 1, 50, 0.9)).collect();
        assert_eq!(drawn(&many).len(), 10);
    }

    #[test]
    fn a_segment_is_named() {
        let mut page = page();
        page.segment = Some(("p".into(), "Print".into()));
        page.tries = vec![step(1, 1, 3, 0.6)];
        assert_eq!(
            TriesView::of(&page).says,
            "Not enough yet: 3 attempts in “Print”. From 5 on it is said."
        );
    }
}
