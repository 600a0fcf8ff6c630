//! Where yes comes from: rates by group, and which of them stand apart.

use app::evidence::{By, Group, Page};
use charts::{Axis, Whiskers, ticks};
use evidence::statistic::RATE;

use super::said;

/// Groups that are drawn; what is more stands in the table.
const DRAWN: usize = 16;

/// Statements about groups that stand apart, before it is left to the table.
const STATEMENTS: usize = 3;

/// What rates are told apart by, as the switch offers it.
const BY: [(By, &str, &str); 4] = [
    (By::Segment, "Segment", "segment"),
    (By::Stage, "Stage", "stage"),
    (By::Channel, "Channel", "channel"),
    (By::Pitch, "Pitch", "pitch"),
];

/// What the section shows.
#[derive(Debug)]
pub(crate) struct RatesView {
    /// By what: `Segment`.
    pub(crate) by: &'static str,
    /// The switch.
    pub(crate) switch: Vec<Choice>,
    pub(crate) says: String,
    /// Rows of the chart, the highest estimate first.
    pub(crate) rows: Vec<Row>,
    /// The scale beneath them.
    pub(crate) ticks: String,
    /// Every group, in the same order.
    pub(crate) table: Vec<Line>,
    pub(crate) notes: Vec<String>,
}

/// A link of the switch.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) href: String,
    pub(crate) label: &'static str,
    pub(crate) here: bool,
}

/// A row of the chart.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// `2 of 86`.
    pub(crate) counted: String,
    pub(crate) value: String,
    pub(crate) range: String,
    pub(crate) svg: String,
}

/// A line of the table.
#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) yes: String,
    pub(crate) attempts: String,
    pub(crate) raw: String,
    pub(crate) estimate: String,
    pub(crate) range: String,
    pub(crate) answered: String,
    pub(crate) of_answered: String,
    pub(crate) range_answered: String,
}

impl RatesView {
    /// Puts it in words.
    pub(crate) fn of(page: &Page) -> Self {
        let (_, by, lower) = BY
            .into_iter()
            .find(|(by, ..)| *by == page.by)
            .unwrap_or(BY[0]);
        let (told, few): (Vec<&Group>, Vec<&Group>) = page
            .rates
            .iter()
            .partition(|group| group.attempts >= RATE.smallest);
        let mean = page
            .luck
            .as_ref()
            .filter(|_| page.attempts >= RATE.smallest)
            .map(|luck| luck.rate.mean);
        let most = told.iter().take(DRAWN).map(|g| g.rate.high);
        let axis = Axis::holding(most.chain(mean).fold(0.01, f64::max), 5);
        let rows: Vec<Row> = told
            .iter()
            .take(DRAWN)
            .map(|g| row(g, axis, mean))
            .collect();
        Self {
            by,
            switch: BY
                .into_iter()
                .map(|(by, label, _)| Choice {
                    href: super::address(by, page.segment.as_ref().map(|s| s.0.as_str()), "rates"),
                    label,
                    here: by == page.by,
                })
                .collect(),
            says: says(&told, &few, lower),
            ticks: if rows.is_empty() {
                String::new()
            } else {
                ticks(axis, mean)
            },
            rows,
            table: told.iter().chain(&few).map(|g| line(g)).collect(),
            notes: notes(&told, &few, mean),
        }
    }
}

fn row(group: &Group, axis: Axis, mean: Option<f64>) -> Row {
    Row {
        name: group.name.clone(),
        counted: format!("{} of {}", said::n(group.yes), said::n(group.attempts)),
        value: said::short(group.rate.mean),
        range: said::short_range(group.rate),
        svg: Whiskers {
            at: group.rate.mean,
            range: (group.rate.low, group.rate.high),
            ring: None,
            mean,
        }
        .svg(axis),
    }
}

fn line(group: &Group) -> Line {
    let told = group.attempts >= RATE.smallest;
    let answered = group
        .rate_answered
        .filter(|_| group.answered >= RATE.smallest);
    let dash = || "–".to_owned();
    Line {
        name: group.name.clone(),
        yes: said::n(group.yes),
        attempts: said::n(group.attempts),
        raw: match group.attempts {
            0 => dash(),
            all => said::exact(group.yes as f64 / all as f64),
        },
        estimate: if told {
            said::exact(group.rate.mean)
        } else {
            dash()
        },
        range: if told {
            said::exact_range(group.rate.low, group.rate.high)
        } else {
            "not enough yet".into()
        },
        answered: said::n(group.answered),
        of_answered: answered.map_or_else(dash, |rate| said::exact(rate.mean)),
        range_answered: answered.map_or_else(
            || "not enough yet".into(),
            |rate| said::exact_range(rate.low, rate.high),
        ),
    }
}

/// Which groups stand apart; without any, that there is no evidence.
fn says(told: &[&Group], few: &[&Group], by: &str) -> String {
    let least = RATE.smallest;
    match (told, few) {
        ([], []) => format!("Nothing to tell apart yet. A rate is said from {least} attempts on."),
        ([], [one]) => format!(
            "Not enough yet: {} in “{}”. A rate is said from {least} on.",
            said::count(one.attempts, "attempt"),
            one.name
        ),
        ([], some) => format!(
            "Not enough yet: no {by} has {least} attempts. The most is {}.",
            said::n(some.iter().map(|g| g.attempts).max().unwrap_or(0))
        ),
        ([one], _) => format!(
            "Only “{}” has enough attempts, so there is nothing to compare it with.",
            one.name
        ),
        (several, _) => compared(several),
    }
}

/// What is more often what, as far as ranges that do not overlap can tell.
fn compared(groups: &[&Group]) -> String {
    let range = |group: &Group| (group.rate.low, group.rate.high);
    let mut statements = Vec::new();
    for (place, group) in groups.iter().enumerate() {
        let below: Vec<&str> = groups
            .iter()
            .filter(|other| range(other).1 < range(group).0)
            .map(|other| other.name.as_str())
            .collect();
        if !below.is_empty() {
            let all = place == 0 && below.len() == groups.len() - 1 && groups.len() > 2;
            statements.push((group.name.as_str(), below, all));
        }
    }
    let more = statements.len().saturating_sub(STATEMENTS);
    statements.truncate(STATEMENTS);
    if statements.is_empty() {
        return "The intervals overlap: no evidence yet that any is better or worse.".into();
    }
    // Several that stand above the very same ones are one statement.
    let mut said: Vec<(Vec<&str>, Vec<&str>, bool)> = Vec::new();
    for (name, below, all) in statements {
        match said.last_mut() {
            Some((names, same, _)) if *same == below => names.push(name),
            _ => said.push((vec![name], below, all)),
        }
    }
    let mut text = String::new();
    for (names, below, all) in &said {
        let verb = if names.len() == 1 {
            "brings"
        } else {
            "each bring"
        };
        let below = if *all {
            "any other".to_owned()
        } else {
            said::quoted(below)
        };
        text.push_str(&format!(
            "{} {verb} a yes more often than {below}. ",
            said::quoted(names)
        ));
    }
    if more > 0 {
        text.push_str("More that stand apart are in the table. ");
    }
    if groups.len() == 2 {
        text.push_str("Their intervals do not overlap.");
    } else if said.iter().any(|(.., all)| *all) && said.len() == 1 && more == 0 {
        text.push_str(&format!(
            "Among the other {}, the intervals overlap: no evidence yet that any is better or worse.",
            said::n(groups.len() as u64 - 1)
        ));
    } else {
        text.push_str(
            "Where intervals overlap there is no evidence yet that one is better or worse.",
        );
    }
    text
}

fn notes(told: &[&Group], few: &[&Group], mean: Option<f64>) -> Vec<String> {
    let mut notes = Vec::new();
    if !told.is_empty() {
        let mut key = String::from("Yes in 100 attempts. Dot: best estimate. Line: 95 in 100.");
        if let Some(mean) = mean {
            key.push_str(&format!(" Dashed: your overall {}.", said::short(mean)));
        }
        notes.push(key);
    }
    if told.len() > 1 {
        let mut text = String::from(
            "Small groups are pulled toward the whole, because small groups exaggerate.",
        );
        text.push_str(&example(told).unwrap_or_default());
        notes.push(text);
    }
    if told.len() > DRAWN {
        notes.push(format!(
            "The {DRAWN} highest estimates are drawn; all {} are in the table.",
            said::n(told.len() as u64)
        ));
    }
    if !told.is_empty() && !few.is_empty() {
        let names: Vec<&str> = few.iter().map(|group| group.name.as_str()).collect();
        notes.push(format!(
            "Not enough yet, fewer than {} attempts: {}.",
            RATE.smallest,
            said::quoted(&names)
        ));
    }
    notes.push("“Not now”, “send info” and “no reply” are tries that are not a yes. The table has yeses per answered attempt beside it.".into());
    notes
}

/// The group that counting alone puts furthest from its estimate.
fn example(groups: &[&Group]) -> Option<String> {
    let raw = |group: &Group| group.yes as f64 / group.attempts as f64;
    let off = |group: &Group| (raw(group) - group.rate.mean).abs();
    let group = groups.iter().max_by(|a, b| off(a).total_cmp(&off(b)))?;
    let (counted, estimated) = (said::short(raw(group)), said::short(group.rate.mean));
    (counted != estimated).then(|| {
        format!(
            " “{}” reads {} of {}, which is {counted} in 100 by plain counting and {estimated} here.",
            group.name,
            said::n(group.yes),
            said::n(group.attempts)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{group, page};
    use super::*;

    fn view(groups: Vec<Group>) -> RatesView {
        let mut page = page();
        page.rates = groups;
        RatesView::of(&page)
    }

    #[test]
    fn what_stands_apart_is_said_and_nothing_else() {
        let view = view(vec![
            group("Referral", 14, 84, (0.138, 0.110, 0.222)),
            group("Food", 24, 312, (0.076, 0.051, 0.107)),
            group("Print shops", 2, 86, (0.038, 0.009, 0.080)),
        ]);
        assert_eq!(
            view.says,
            "“Referral” brings a yes more often than any other. Among the other 2, the intervals \
             overlap: no evidence yet that any is better or worse."
        );
        assert_eq!(view.rows[2].counted, "2 of 86");
        assert_eq!(
            (view.rows[0].value.as_str(), view.rows[0].range.as_str()),
            ("14", "11 to 22")
        );
        assert!(
            view.notes[1].ends_with(
                "“Referral” reads 14 of 84, which is 17 in 100 by plain counting and 14 here."
            ),
            "{:?}",
            view.notes
        );
    }

    #[test]
    fn overlapping_intervals_are_no_evidence() {
        let same = |name| group(name, 3, 50, (0.06, 0.02, 0.12));
        assert_eq!(
            view(vec![same("A"), same("B")]).says,
            "The intervals overlap: no evidence yet that any is better or worse."
        );
        let two = view(vec![
            group("A", 30, 100, (0.3, 0.21, 0.39)),
            group("B", 2, 100, (0.02, 0.01, 0.07)),
        ]);
        assert_eq!(
            two.says,
            "“A” brings a yes more often than “B”. Their intervals do not overlap."
        );
        let partly = view(vec![
            group("A", 30, 100, (0.3, 0.21, 0.39)),
            group("B", 29, 100, (0.29, 0.20, 0.38)),
            group("C", 2, 100, (0.02, 0.01, 0.07)),
        ]);
        assert_eq!(
            partly.says,
            "“A” and “B” each bring a yes more often than “C”. Where intervals overlap there is \
             no evidence yet that one is better or worse."
        );
    }

    #[test]
    fn too_few_is_a_full_answer() {
        assert_eq!(
            view(Vec::new()).says,
            "Nothing to tell apart yet. A rate is said from 5 attempts on."
        );
        let one = view(vec![group("Food", 1, 4, (0.2, 0.01, 0.7))]);
        assert_eq!(
            one.says,
            "Not enough yet: 4 attempts in “Food”. A rate is said from 5 on."
        );
        assert!(one.rows.is_empty() && one.ticks.is_empty());
        assert_eq!(one.table[0].range, "not enough yet");
        let mixed = view(vec![
            group("Food", 3, 60, (0.05, 0.01, 0.12)),
            group("Pens", 0, 2, (0.05, 0.00, 0.3)),
        ]);
        assert_eq!(
            mixed.says,
            "Only “Food” has enough attempts, so there is nothing to compare it with."
        );
        assert!(
            mixed
                .notes
                .iter()
                .any(|n| n == "Not enough yet, fewer than 5 attempts: “Pens”.")
        );
    }

    #[test]
    fn the_switch_keeps_the_segment() {
        let mut page = page();
        page.segment = Some(("food & drink".into(), "Food and drink".into()));
        let view = RatesView::of(&page);
        assert_eq!(
            view.switch[1].href,
            "/evidence?by=stage&segment=food+%26+drink#rates"
        );
        assert_eq!(view.switch.iter().filter(|c| c.here).count(), 1);
    }
}
