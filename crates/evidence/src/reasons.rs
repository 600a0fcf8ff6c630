//! Noes by reason and by whose word it is, and what was lost with them.

use std::collections::BTreeMap;

use domain::{Money, SaidBy};
use serde::{Deserialize, Serialize};

use crate::barriers::Seen;

/// Noes with one reason by one voice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Lost {
    n: u64,
    valued: u64,
    /// Sum of the values, in hundredths.
    value: f64,
    currency: Option<String>,
    /// Values in two currencies, which have no sum.
    mixed: bool,
}

impl Lost {
    /// Noes.
    pub fn n(&self) -> u64 {
        self.n
    }

    fn push(&mut self, value: Option<&Money>) {
        self.n += 1;
        let Some(value) = value else { return };
        match &self.currency {
            Some(known) => self.mixed |= *known != value.currency,
            None => self.currency = Some(value.currency.clone()),
        }
        self.valued += 1;
        self.value += value.hundredths as f64;
    }
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reasons(BTreeMap<SaidBy, BTreeMap<String, Lost>>);

impl Reasons {
    /// Takes one no with its reason.
    pub fn push(&mut self, code: &str, said_by: SaidBy, value: Option<&Money>) {
        let voice = self.0.entry(said_by).or_default();
        match voice.get_mut(code) {
            Some(lost) => lost.push(value),
            None => voice.entry(code.to_owned()).or_default().push(value),
        }
    }

    /// Each voice with its reasons, the commonest first and by code among equals.
    pub fn voices(&self) -> impl Iterator<Item = (SaidBy, Vec<(&str, &Lost)>)> {
        self.0.iter().map(|(said_by, reasons)| {
            let mut reasons: Vec<(&str, &Lost)> = reasons
                .iter()
                .map(|(code, lost)| (code.as_str(), lost))
                .collect();
            reasons.sort_by(|a, b| b.1.n.cmp(&a.1.n).then(a.0.cmp(b.0)));
            (*said_by, reasons)
        })
    }
}

/// What [`barriers`](crate::barriers::barriers) takes: the mean value lost stands beside a reason where
/// all values of this voice are known in one currency.
pub fn seen(reasons: &[(&str, &Lost)]) -> Vec<Seen> {
    let currency = reasons.first().and_then(|(_, lost)| lost.currency.as_ref());
    let one_currency = reasons
        .iter()
        .all(|(_, lost)| !lost.mixed && lost.currency.as_ref() == currency);
    let of = |lost: &Lost| Seen {
        n: lost.n,
        // What was paid back was not lost: a sum below nothing cannot be compared.
        value: (one_currency && lost.valued > 0 && lost.value >= 0.0)
            .then(|| lost.value / lost.valued as f64 / 100.0),
    };
    reasons.iter().map(|(_, lost)| of(lost)).collect()
}
