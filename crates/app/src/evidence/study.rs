//! A study takes asks in order and keeps what their statistics need, no more.

use std::collections::HashMap;

use domain::Outcome;
use evidence::persistence::ByAttempt;
use evidence::who_next::Ranker;
use evidence::{Known, Pooled, Reasons, Stream, Trial, fold};

use super::ask::{Ask, By};

/// What was found so far.
#[derive(Debug)]
pub(super) struct Study {
    by: Vec<By>,
    pooled: Pooled,
    /// Place of each stream by its key.
    places: HashMap<String, usize>,
    pub(super) streams: Vec<(Group, Stream)>,
    pub(super) persistence: ByAttempt,
    pub(super) reasons: Reasons,
    /// Whose asks these are, until a second name appears.
    rep: Option<String>,
    pub(super) several: bool,
    pub(super) ranker: Ranker,
    pub(super) open: HashMap<u64, Open>,
    key: String,
}

/// What the asks of a stream have in common.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Group {
    pub(super) rep: Option<String>,
    pub(super) segment: Option<String>,
    pub(super) stage: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) pitch: Option<String>,
}

/// Somebody who may be asked again, as their last ask left them.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) name: String,
    pub(super) company: String,
    pub(super) segment: Option<String>,
    pub(super) last: Last,
}

/// The last ask of a prospect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Last {
    pub(super) outcome: Outcome,
    pub(super) stage: domain::Stage,
    pub(super) channel: domain::Channel,
    pub(super) number: u32,
    pub(super) at: Option<i64>,
}

impl Study {
    pub(super) fn new(by: &[By], pooled: Pooled) -> Self {
        let mut by = by.to_vec();
        by.sort_unstable();
        by.dedup();
        Self {
            by,
            pooled,
            places: HashMap::new(),
            streams: Vec::new(),
            persistence: ByAttempt::default(),
            reasons: Reasons::default(),
            rep: None,
            several: false,
            ranker: Ranker::default(),
            open: HashMap::new(),
            key: String::new(),
        }
    }

    pub(super) fn by(&self) -> &[By] {
        &self.by
    }

    pub(super) fn pooled(&self) -> &Pooled {
        &self.pooled
    }

    /// Takes one ask; asks come in the ledger's order.
    pub(super) fn push(&mut self, ask: &Ask<'_>) {
        if !self.several {
            match &self.rep {
                None => self.rep = Some(ask.rep.to_owned()),
                // Rankings of several people's prospects are nobody's.
                Some(rep) if rep != ask.rep => {
                    self.several = true;
                    self.open = HashMap::new();
                }
                Some(_) => {}
            }
        }
        let trial = Trial::of(ask.outcome, ask.dated, ask.number);
        if let Some(trial) = trial {
            let place = self.place(ask);
            fold(&mut self.streams[place].1, trial, &self.pooled);
            self.persistence.push(ask.number, trial.yes);
        }
        if ask.outcome == Outcome::No {
            for &(code, said_by) in &ask.reasons {
                self.reasons.push(code, said_by, ask.value);
            }
        }
        if !self.several {
            self.learn(ask, trial);
        }
    }

    fn place(&mut self, ask: &Ask<'_>) -> usize {
        self.key.clear();
        for by in &self.by {
            let word = match by {
                By::Rep => Some(ask.rep),
                By::Segment => ask.segment,
                By::Stage => Some(ask.stage.code()),
                By::Channel => Some(ask.channel.code()),
                By::Pitch => ask.pitch,
            };
            // What is not said is a group of its own, apart from the empty word.
            self.key
                .push(if word.is_some() { '\u{1f}' } else { '\u{1e}' });
            self.key.push_str(word.unwrap_or_default());
        }
        if let Some(&place) = self.places.get(&self.key) {
            return place;
        }
        let said = |by: By, word: Option<&str>| {
            word.filter(|word| self.by.contains(&by) && !word.is_empty())
                .map(str::to_owned)
        };
        let group = Group {
            rep: said(By::Rep, Some(ask.rep)),
            segment: said(By::Segment, ask.segment),
            stage: said(By::Stage, Some(ask.stage.code())),
            channel: said(By::Channel, Some(ask.channel.code())),
            pitch: said(By::Pitch, ask.pitch),
        };
        self.streams.push((group, Stream::default()));
        self.places.insert(self.key.clone(), self.streams.len() - 1);
        self.streams.len() - 1
    }

    fn learn(&mut self, ask: &Ask<'_>, trial: Option<Trial>) {
        let last = ask
            .prospect
            .and_then(|person| self.open.get(&person.key))
            .map(|open| open.last);
        if let Some(trial) = trial {
            let known = Known {
                stage: ask.stage,
                channel: ask.channel,
                segment: ask.segment,
                number: ask.number,
                before: last.map(|last| last.outcome),
                gap: last.and_then(|last| ask.at?.checked_sub(last.at?)),
            };
            self.ranker.push(&known.features(), trial.yes);
        }
        let Some(person) = ask.prospect else { return };
        let last = Last {
            outcome: ask.outcome,
            stage: ask.stage,
            channel: ask.channel,
            number: ask.number,
            at: ask.at.or(last.and_then(|last| last.at)),
        };
        match self.open.get_mut(&person.key) {
            Some(open) => {
                open.last = last;
                if ask.segment.is_some() {
                    open.segment = ask.segment.map(str::to_owned);
                }
            }
            None => {
                let open = Open {
                    name: person.name.to_owned(),
                    company: person.company.to_owned(),
                    segment: ask.segment.map(str::to_owned),
                    last,
                };
                self.open.insert(person.key, open);
            }
        }
    }
}
