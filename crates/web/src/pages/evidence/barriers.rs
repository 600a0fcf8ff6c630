//! What stands in the way: reasons in the prospects' word, beside the seller's guess.

use app::evidence::{Barrier, Barriers, Page};
use charts::{Axis, Whiskers, ticks};
use evidence::statistic::SHARE;
use evidence::{Counts, Interval};

use super::said;

/// Reasons that are drawn; the rest stands in the table.
const DRAWN: usize = 10;

/// Chance of being the commonest from which it is said that a reason is.
const CLEAR: f64 = 0.8;

/// What the section shows.
#[derive(Debug)]
pub(crate) struct BarriersView {
    pub(crate) says: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) ticks: String,
    /// Whether any row has a guess beside it.
    pub(crate) guesses: bool,
    pub(crate) table: Vec<Line>,
    /// Whether the table tells what reasons cost.
    pub(crate) costs: bool,
    /// Whether anybody else's word is in it.
    pub(crate) others: bool,
    pub(crate) notes: Vec<String>,
    /// Noes nobody gave a reason for.
    pub(crate) without: u64,
}

/// A row of the chart.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// `61 of 214`.
    pub(crate) counted: String,
    pub(crate) value: String,
    /// `guess 16`.
    pub(crate) guess: Option<String>,
    /// Whether it is the one with words at its ring, and needs room for them.
    pub(crate) found: bool,
    pub(crate) svg: String,
}

/// A line of the table.
#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) said: String,
    pub(crate) share: String,
    pub(crate) range: String,
    pub(crate) guessed: String,
    pub(crate) guess: String,
    pub(crate) guess_range: String,
    pub(crate) other: String,
    pub(crate) cost: String,
    /// Chance that it costs the most, or is the commonest.
    pub(crate) chance: String,
}

/// A reason as both voices give it.
struct Both<'a> {
    barrier: &'a Barrier,
    said: Part,
    guess: Option<Part>,
}

/// How often, of all that one voice gave, and the range of it.
#[derive(Clone, Copy)]
struct Part {
    n: u64,
    share: f64,
    range: (f64, f64),
}

impl Part {
    fn of(n: u64, all: u64) -> Option<Self> {
        let counts = Counts::new(n, all).ok().filter(|_| all > 0)?;
        let Interval { low, high } = counts.wilson();
        Some(Self {
            n,
            share: n as f64 / all as f64,
            range: (low, high),
        })
    }
}

impl BarriersView {
    /// Puts it in words.
    pub(crate) fn of(page: &Page) -> Self {
        let all = &page.barriers;
        let sum = |of: fn(&Barrier) -> u64| -> u64 { all.lines.iter().map(of).sum() };
        let said = sum(|b| b.said.as_ref().map_or(0, |line| line.n));
        let guessed = sum(|b| b.guess.as_ref().map_or(0, |line| line.n));
        let without = all.noes.saturating_sub(all.said + all.guessed);
        let of = match &page.segment {
            Some((_, label)) => format!(" in “{label}”"),
            None => String::new(),
        };
        let told = said >= SHARE.smallest;
        let guesses = guessed >= SHARE.smallest;
        let both: Vec<Both<'_>> = all
            .lines
            .iter()
            .filter_map(|barrier| {
                let n = barrier.said.as_ref().map_or(0, |line| line.n);
                let guess = barrier.guess.as_ref().map_or(0, |line| line.n);
                Some(Both {
                    barrier,
                    said: Part::of(n, said).filter(|_| told)?,
                    guess: Part::of(guess, guessed).filter(|_| guesses),
                })
            })
            .collect();
        let gap = biggest_gap(&both);
        let drawn = drawn(&both, gap);
        let most = drawn.iter().flat_map(|&place| {
            let both = &both[place];
            [
                both.said.range.1,
                both.guess.map_or(0.0, |guess| guess.share),
            ]
        });
        let axis = Axis::holding(most.fold(0.01, f64::max), 4);
        let rows: Vec<Row> = drawn
            .iter()
            .map(|&place| row(&both[place], said, axis, gap == Some(place)))
            .collect();
        let costs = told
            && all
                .lines
                .iter()
                .filter_map(|b| b.said.as_ref())
                .all(|line| line.cost.is_some());
        Self {
            says: says(all, &of, said, costs, gap.map(|place| &both[place])),
            ticks: if rows.is_empty() {
                String::new()
            } else {
                ticks(axis, None)
            },
            rows,
            guesses: guesses && told,
            table: all
                .lines
                .iter()
                .map(|barrier| line(barrier, said, guessed))
                .collect(),
            costs,
            others: all.lines.iter().any(|b| b.third_party.is_some()),
            notes: notes(all, without, said, guessed, both.len()),
            without,
        }
    }
}

/// The reason whose two ranges have nothing in common and whose shares are furthest apart.
fn biggest_gap(both: &[Both<'_>]) -> Option<usize> {
    let gap = |b: &Both<'_>| {
        b.guess
            .map_or(0.0, |guess| (guess.share - b.said.share).abs())
    };
    let stands = |b: &Both<'_>| {
        b.guess
            .is_some_and(|guess| said::apart(guess.range, b.said.range))
    };
    (0..both.len())
        .filter(|&place| stands(&both[place]))
        .max_by(|&a, &b| gap(&both[a]).total_cmp(&gap(&both[b])))
}

/// The commonest reasons, and the one that is guessed otherwise than it is said.
fn drawn(both: &[Both<'_>], gap: Option<usize>) -> Vec<usize> {
    let mut places: Vec<usize> = (0..both.len()).take(DRAWN).collect();
    if let Some(gap) = gap.filter(|gap| !places.contains(gap)) {
        places.pop();
        places.push(gap);
    }
    places
}

fn row(both: &Both<'_>, said: u64, axis: Axis, labelled: bool) -> Row {
    let drawing = Whiskers {
        at: both.said.share,
        range: both.said.range,
        ring: both.guess.map(|guess| guess.share),
        mean: None,
    };
    let label = both
        .guess
        .filter(|_| labelled)
        .map(|guess| label(both.said, guess));
    Row {
        name: both.barrier.label.clone(),
        counted: format!("{} of {}", said::n(both.said.n), said::n(said)),
        value: said::short(both.said.share),
        guess: both
            .guess
            .map(|guess| format!("guess {}", said::short(guess.share))),
        found: label.is_some(),
        svg: drawing.labelled(axis, label.as_deref().unwrap_or_default()),
    }
}

/// What stands at the ring of the biggest gap.
fn label(said: Part, guess: Part) -> String {
    if said.n == 0 {
        return "guessed, never said".into();
    }
    if guess.share > said.share {
        return match said::times_as_often(guess.share / said.share) {
            Some(times) => format!("guessed {times} as often"),
            None => "guessed more often".into(),
        };
    }
    if guess.n == 0 {
        return "never guessed".into();
    }
    match said::times_as_often(said.share / guess.share) {
        Some(times) => format!("said {times} as often"),
        None => "guessed less often".into(),
    }
}

fn line(barrier: &Barrier, said: u64, guessed: u64) -> Line {
    let dash = || "–".to_owned();
    let n = barrier.said.as_ref().map_or(0, |line| line.n);
    let guess = barrier.guess.as_ref().map_or(0, |line| line.n);
    let told = Part::of(n, said).filter(|_| said >= SHARE.smallest);
    let guess_told = Part::of(guess, guessed).filter(|_| guessed >= SHARE.smallest);
    let share = |part: Option<Part>| part.map_or_else(dash, |part| said::short(part.share));
    let range =
        |part: Option<Part>| part.map_or_else(dash, |part| said::span(part.range.0, part.range.1));
    Line {
        name: barrier.label.clone(),
        said: said::n(n),
        share: share(told),
        range: range(told),
        guessed: said::n(guess),
        guess: share(guess_told),
        guess_range: range(guess_told),
        other: said::n(barrier.third_party.as_ref().map_or(0, |line| line.n)),
        cost: barrier
            .said
            .as_ref()
            .and_then(|line| line.cost)
            .map_or_else(dash, |cost| said::n(cost.max(0.0).round() as u64)),
        chance: match &barrier.said {
            Some(line) if told.is_some() => said::hundredths(line.p_costliest),
            _ => dash(),
        },
    }
}

fn says(all: &Barriers, of: &str, said: u64, costs: bool, gap: Option<&Both<'_>>) -> String {
    let least = SHARE.smallest;
    if all.noes == 0 {
        return format!("No noes{of} yet.");
    }
    if said == 0 {
        return format!(
            "No prospect’s own reason{of} yet. From {least} on it is said which are the commonest."
        );
    }
    if said < least {
        return format!(
            "Not enough yet: {}{of} in the prospects’ own words. From {least} on shares are said.",
            said::count(said, "reason")
        );
    }
    let mut text = commonest(all, of, said, costs);
    if let Some(gap) = gap.and_then(gap_words) {
        text.push(' ');
        text.push_str(&gap);
    }
    text
}

/// The reason that is the commonest or costs the most, and how sure its place is.
fn commonest(all: &Barriers, of: &str, said: u64, costs: bool) -> String {
    let first = all
        .lines
        .iter()
        .filter_map(|barrier| Some((barrier, barrier.said.as_ref()?)))
        .max_by(|a, b| {
            a.1.p_costliest
                .total_cmp(&b.1.p_costliest)
                .then(a.1.n.cmp(&b.1.n))
        });
    let Some((barrier, line)) = first else {
        return String::new();
    };
    let counted = format!("{} of {} reasons given", said::n(line.n), said::n(said));
    let chance = said::times(line.p_costliest);
    let name = &barrier.label;
    match (line.p_costliest >= CLEAR, costs) {
        (true, false) => format!(
            "“{name}” is the commonest reason{of}: {counted}. In the long run it stays the commonest {chance}."
        ),
        (true, true) => format!(
            "“{name}” costs the most{of}: {counted}, at the values lost. In the long run it stays the costliest {chance}."
        ),
        (false, false) => format!(
            "Which reason is the commonest{of} cannot be told yet. “{name}” leads with {counted}; in the long run it would be the commonest {chance}."
        ),
        (false, true) => format!(
            "Which reason costs the most{of} cannot be told yet. “{name}” leads with {counted}; in the long run it would be the costliest {chance}."
        ),
    }
}

fn gap_words(both: &Both<'_>) -> Option<String> {
    let (said, guess) = (both.said, both.guess?);
    let name = &both.barrier.label;
    Some(if said.n == 0 {
        format!(
            "You guess “{name}” {}, and nobody has said it.",
            said::times(guess.share)
        )
    } else if guess.share > said.share {
        match said::times_as_often(guess.share / said.share) {
            Some(times) => format!("You guess “{name}” {times} as often as people say it."),
            None => format!("You guess “{name}” more often than people say it."),
        }
    } else if guess.n == 0 {
        format!(
            "People say “{name}” {}, and you have never guessed it.",
            said::times(said.share)
        )
    } else {
        match said::times_as_often(said.share / guess.share) {
            Some(times) => format!("People say “{name}” {times} as often as you guess it."),
            None => format!("People say “{name}” more often than you guess it."),
        }
    })
}

fn none_or(count: u64) -> String {
    match count {
        0 => "none".into(),
        some => said::n(some),
    }
}

fn notes(all: &Barriers, without: u64, said: u64, guessed: u64, told: usize) -> Vec<String> {
    if all.noes == 0 {
        return Vec::new();
    }
    let mut notes = vec![format!(
        "{}: {} with the prospect’s reason, {} with your guess alone, {} with neither.",
        match all.noes {
            1 => "1 no".into(),
            many => format!("{} noes", said::n(many)),
        },
        none_or(all.said),
        none_or(all.guessed),
        none_or(without)
    )];
    if guessed > 0 && guessed < SHARE.smallest {
        notes.push(format!(
            "Your {} too few to set beside what was said.",
            match guessed {
                1 => "one guess is".into(),
                many => format!("{} guesses are", said::n(many)),
            }
        ));
    }
    if guessed >= SHARE.smallest && said >= SHARE.smallest {
        notes.push(
            "Most guesses are of noes where nobody said, so a gap is a hint, not proof. Ask for one \
             line, write it down, and it becomes knowledge."
                .into(),
        );
    }
    if told > DRAWN {
        notes.push(format!("{DRAWN} are drawn; the table has them all."));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{barrier, page};
    use super::*;

    fn view(noes: u64, lines: Vec<Barrier>) -> BarriersView {
        let sum = |of: fn(&Barrier) -> u64| lines.iter().map(of).sum();
        let mut page = page();
        page.barriers = Barriers {
            noes,
            said: sum(|b| b.said.as_ref().map_or(0, |l| l.n)),
            guessed: sum(|b| b.guess.as_ref().map_or(0, |l| l.n)),
            lines,
        };
        BarriersView::of(&page)
    }

    #[test]
    fn the_commonest_and_the_biggest_gap() {
        let view = view(
            583,
            vec![
                barrier("Has a supplier", 61, 37, 0.99),
                barrier("Timing", 132, 120, 0.0),
                barrier("Price or value", 21, 74, 0.0),
            ],
        );
        assert_eq!(
            view.says,
            "“Has a supplier” is the commonest reason: 61 of 214 reasons given. In the long run it \
             stays the commonest 99 times in 100. You guess “Price or value” three times as often \
             as people say it."
        );
        assert_eq!(view.without, 138);
        assert_eq!(
            view.notes[0],
            "583 noes: 214 with the prospect’s reason, 231 with your guess alone, 138 with neither."
        );
        let labelled: Vec<bool> = view
            .rows
            .iter()
            .map(|row| row.svg.contains("guessed three times as often"))
            .collect();
        assert_eq!(labelled, [false, false, true]);
        assert_eq!(view.rows[2].guess.as_deref(), Some("guess 32"));
        assert_eq!(
            (
                view.table[2].guess_range.as_str(),
                view.table[2].chance.as_str()
            ),
            ("26 to 38", "under 1")
        );
    }

    #[test]
    fn without_a_clear_leader_none_is_named_first() {
        let view = view(30, vec![barrier("A", 7, 0, 0.45), barrier("B", 6, 0, 0.35)]);
        assert_eq!(
            view.says,
            "Which reason is the commonest cannot be told yet. “A” leads with 7 of 13 reasons \
             given; in the long run it would be the commonest 45 times in 100."
        );
        assert!(!view.guesses && view.rows[0].guess.is_none());
    }

    #[test]
    fn what_is_lost_counts_where_it_is_known() {
        let mut lines = vec![barrier("A", 7, 0, 0.1), barrier("B", 6, 0, 0.9)];
        for (line, cost) in lines.iter_mut().zip([100.0, 4_000.0]) {
            line.said.as_mut().expect("said").cost = Some(cost);
        }
        let view = view(13, lines);
        assert!(view.costs);
        assert!(
            view.says
                .starts_with("“B” costs the most: 6 of 13 reasons given"),
            "{}",
            view.says
        );
        assert_eq!(view.table[1].cost, "4,000");
    }

    #[test]
    fn too_few_and_none() {
        assert_eq!(view(0, Vec::new()).says, "No noes yet.");
        assert_eq!(
            view(9, vec![barrier("A", 0, 6, 0.0)]).says,
            "No prospect’s own reason yet. From 5 on it is said which are the commonest."
        );
        let few = view(9, vec![barrier("A", 3, 1, 0.9)]);
        assert_eq!(
            few.says,
            "Not enough yet: 3 reasons in the prospects’ own words. From 5 on shares are said."
        );
        assert!(few.rows.is_empty() && few.table[0].share == "–");
        assert!(few.notes[1].starts_with("Your one guess is too few"));
    }

    #[test]
    fn a_reason_only_one_voice_gives_is_said() {
        let view = view(
            100,
            vec![barrier("A", 40, 2, 0.99), barrier("Price", 0, 38, 0.0)],
        );
        assert!(
            view.says
                .ends_with("You guess “Price” 95 times in 100, and nobody has said it."),
            "{}",
            view.says
        );
        assert!(view.rows[1].svg.contains("guessed, never said"));
    }
}
