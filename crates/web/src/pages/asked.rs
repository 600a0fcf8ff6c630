//! What a list of attempts was asked for, as the address says it.

use app::Seller;
use app::noes::{self, Filter, Query, Sort, Word};
use domain::Outcome;

use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms;
use crate::words;

/// What may stand in the address, in the order in which it is written.
const NAMES: [&str; 11] = [
    "o", "q", "stage", "channel", "segment", "reason", "word", "from", "to", "sort", "after",
];

/// Those of them behind “Stage, reason, dates”.
const HIDDEN: [&str; 8] = [
    "stage", "channel", "segment", "reason", "word", "from", "to", "sort",
];

/// What a list was asked for, as the address says it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked(Vec<(&'static str, String)>);

impl Asked {
    pub(crate) fn of(fields: &Fields) -> Self {
        let given = NAMES
            .iter()
            .filter_map(|name| fields.opt(name).map(|v| (*name, v.to_owned())));
        Self(given.collect())
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(n, _)| *n == name)
            .map_or("", |(_, v)| v)
    }

    /// As it stands behind the question mark.
    pub(crate) fn text(&self) -> String {
        let pairs: Vec<(&str, &str)> = self.0.iter().map(|(n, v)| (*n, v.as_str())).collect();
        words::query(&pairs)
    }

    /// The list's address with something else of one kind, from its beginning.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let mut pairs: Vec<(&str, &str)> = self
            .0
            .iter()
            .filter(|(n, _)| *n != name && *n != "after")
            .map(|(n, v)| (*n, v.as_str()))
            .collect();
        if !value.is_empty() {
            pairs.push((name, value));
        }
        address(&pairs)
    }

    /// The list's address with a word about what was done.
    pub(crate) fn done(&self, what: &str, n: usize) -> String {
        let n = n.to_string();
        let mut pairs: Vec<(&str, &str)> = self.0.iter().map(|(n, v)| (*n, v.as_str())).collect();
        pairs.extend([("done", what), ("n", &n)]);
        address(&pairs)
    }

    /// The outcome chosen; noes when nothing is.
    fn outcome(&self) -> Result<Option<Outcome>, Fault> {
        match self.get("o") {
            "" => Ok(Some(Outcome::No)),
            "all" => Ok(None),
            code => code
                .parse()
                .map(Some)
                .map_err(|e| Fault::invalid(crate::fields::sentence(&e))),
        }
    }

    /// How many of the choices behind “Stage, reason, dates” are set.
    pub(crate) fn set(&self) -> usize {
        self.0.iter().filter(|(n, _)| HIDDEN.contains(n)).count()
    }

    /// Whether the first day asked for lies after the last.
    pub(crate) fn is_reversed(&self) -> bool {
        let day = |name| self.get(name).parse::<jiff::civil::Date>().ok();
        day("from")
            .zip(day("to"))
            .is_some_and(|(from, to)| from > to)
    }

    /// Whether anything but the outcome is asked for.
    pub(crate) fn is_narrowed(&self) -> bool {
        self.set() > 0 || !self.get("q").is_empty()
    }
}

fn address(pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        "/noes".to_owned()
    } else {
        format!("/noes?{}", words::query(pairs))
    }
}

/// What was asked for, as the ledger reads it.
pub(crate) fn query(fields: &Fields, asked: &Asked, me: &Seller) -> Result<Query, Fault> {
    let word = match asked.get("word") {
        "said" => Some(Word::Said),
        "guess" => Some(Word::Guess),
        "none" => Some(Word::None),
        _ => None,
    };
    let sort = match asked.get("sort") {
        "oldest" => Sort::Oldest,
        "who" => Sort::Who,
        _ => Sort::Newest,
    };
    let day = |name| {
        forms::day(fields, name)
            .map_err(|wrong| Fault::invalid(wrong.at(name).unwrap_or_default().to_owned()))
    };
    let text = |name: &str| {
        Some(asked.get(name))
            .filter(|v| !v.is_empty())
            .map(str::to_owned)
    };
    Ok(Query {
        filter: Filter {
            outcome: asked.outcome()?,
            reason: text("reason"),
            stage: fields.read("stage")?,
            channel: fields.read("channel")?,
            segment: text("segment"),
            word,
            from: day("from")?.map(|d| noes::day_begins(me, d)),
            to: day("to")?.map(|d| noes::day_ends(me, d)),
        },
        text: asked.get("q").to_owned(),
        sort,
        after: text("after"),
        limit: None,
    })
}

impl Asked {
    pub(crate) fn outcome_only(&self) -> String {
        match self.get("o") {
            "" => address(&[]),
            o => address(&[("o", o)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_keeps_what_was_asked_and_begins_anew() {
        let asked = Asked::of(&Fields::parse(
            b"o=all&q=ada+m&stage=demo&after=1.2.x&evil=1",
        ));
        assert_eq!(asked.text(), "o=all&q=ada+m&stage=demo&after=1.2.x");
        assert_eq!(asked.with("o", ""), "/noes?q=ada+m&stage=demo");
        assert_eq!(
            asked.with("after", "9"),
            "/noes?o=all&q=ada+m&stage=demo&after=9"
        );
        assert_eq!(asked.set(), 1);
        assert_eq!(Asked::default().with("o", ""), "/noes");
        assert_eq!(Asked::default().done("reason", 3), "/noes?done=reason&n=3");
    }
}
