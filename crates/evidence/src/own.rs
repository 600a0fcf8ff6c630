//! Everything that one seller's asks say, as one value.
//!
//! It is fed one ask after the other in the ledger's order and is the same to the bit whether they
//! come one by one or all at once, so that a ledger keeps it and adds to it.

use std::collections::{BTreeMap, VecDeque};

use domain::{Channel, Money, Outcome, SaidBy, Stage};
use serde::{Deserialize, Serialize};

use crate::beta::{Beta, Counts};
use crate::persistence::ByAttempt;
use crate::pooled::Pooled;
use crate::reasons::Reasons;
use crate::stream::{Stream, Trial};
use crate::watch::{Alarm, Promise};
use crate::who_next::{Features, Ranker};

/// Segments that are watched and told apart, the first to appear; asks of later ones count in all the
/// rest.
pub const MOST_SEGMENTS: usize = 64;
/// Pitches that are told apart, the first to appear.
pub const MOST_PITCHES: usize = 64;
/// Days of what is called a month here.
const MONTH: i32 = 30;
const DAY: i64 = 86_400_000_000;

/// One ask, with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// What came of it.
    pub outcome: Outcome,
    /// At which stage.
    pub stage: Stage,
    /// By which way.
    pub channel: Channel,
    /// The segment, by its code.
    pub segment: Option<&'a str>,
    /// The pitch, by its code.
    pub pitch: Option<&'a str>,
    /// Which ask of its prospect and deal since their last yes, from 1.
    pub number: u32,
    /// When, in microseconds UTC; none where that is not known.
    pub at: Option<i64>,
    /// The calendar month of that moment, counted from any fixed one: pooled quantities change with it.
    pub month: Option<i32>,
    /// The ask of the same prospect before it.
    pub before: Option<Before>,
    /// Why it was a no, by each voice.
    pub reasons: &'a [(SaidBy, &'a str)],
    /// What was at stake.
    pub value: Option<&'a Money>,
}

/// What came of the ask before, and when, in microseconds UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// What came of it.
    pub outcome: Outcome,
    /// When it was.
    pub at: Option<i64>,
}

/// An alarm that an ask raised.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// Of which segment; none for all asks together.
    pub segment: Option<String>,
    /// The alarm.
    pub alarm: Alarm,
    /// What the evidence had to reach.
    pub threshold: f64,
}

/// Tries, and those of them that somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pair {
    /// All tries.
    pub all: Counts,
    /// The answered ones.
    pub answered: Counts,
}

impl Pair {
    fn push(&mut self, trial: Trial) {
        self.all.push(trial.yes);
        if trial.answered {
            self.answered.push(trial.yes);
        }
    }
}

/// Asks that are judged together: all of them, or those of one segment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Part {
    /// Rates, runs and the watch.
    pub stream: Stream,
    /// Yeses by attempt number.
    pub by_attempt: ByAttempt,
    /// Why it was a no.
    pub reasons: Reasons,
    /// Noes, and whose word says why.
    pub noes: Noes,
}

/// Noes, and whose word says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Noes {
    /// All noes.
    pub all: u64,
    /// Those with the prospect's own reason.
    pub said: u64,
    /// Those without it, but with the seller's guess.
    pub guessed: u64,
}

impl Part {
    fn push(&mut self, ask: &Ask<'_>, trial: Option<Trial>) {
        if let Some(trial) = trial {
            self.by_attempt.push(ask.number, trial.yes);
        }
        if ask.outcome == Outcome::No {
            let by = |voice| ask.reasons.iter().any(|(by, _)| *by == voice);
            self.noes.all += 1;
            if by(SaidBy::Prospect) {
                self.noes.said += 1;
            } else if by(SaidBy::SellerGuess) {
                self.noes.guessed += 1;
            }
            for &(said_by, code) in ask.reasons {
                self.reasons.push(code, said_by, ask.value);
            }
        }
    }
}

/// What goes into the quantities of a month: what there was before it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SoFar {
    /// Trials.
    pub counts: Counts,
    /// The same by attempt number.
    pub by_attempt: ByAttempt,
}

/// Everything that one seller's asks say.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Evidence {
    waiting: u64,
    undated: u64,
    first: Option<i64>,
    last: Option<i64>,
    /// Trials by day, for the last days.
    recent: VecDeque<(i32, u32)>,
    all: Part,
    segments: Vec<(String, Part)>,
    stages: Vec<(Stage, Pair)>,
    channels: Vec<(Channel, Pair)>,
    pitches: BTreeMap<String, Pair>,
    ranker: Ranker,
    /// The month whose quantities these are.
    month: Option<i32>,
    pooled: Pooled,
    /// What there was before that month.
    begun: SoFar,
    /// What was believed of the rate before the first trial.
    prior: Option<Beta>,
}

impl Evidence {
    /// Takes one ask, and gives the alarms it raised. `common` is what many people's asks before that
    /// month say together; without it one's own asks before the month stand in.
    pub fn fold(&mut self, ask: &Ask<'_>, common: Option<&Pooled>) -> Vec<Raised> {
        let trial = Trial::of(ask.outcome, ask.at.is_some(), ask.number);
        if ask.month.is_some() && ask.month != self.month {
            self.begin_month(ask.month);
        }
        let segment = ask.segment.and_then(|code| self.place_of(code));
        let mut raised = Vec::new();
        if let Some(trial) = trial {
            raised = self.judge(ask, trial, segment, common);
            self.count(ask, trial);
        } else {
            self.waiting += 1;
        }
        self.all.push(ask, trial);
        if let Some(place) = segment {
            self.segments[place].1.push(ask, trial);
        }
        if let Some(at) = ask.at {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
        }
        raised
    }

    /// One's own asks so far stand in for what many say together.
    fn begin_month(&mut self, month: Option<i32>) {
        self.month = month;
        self.begun = self.so_far();
        self.pooled = Pooled::of(&[], &self.begun.by_attempt);
    }

    fn so_far(&self) -> SoFar {
        SoFar {
            counts: self.all.stream.counts(),
            by_attempt: self.all.by_attempt.clone(),
        }
    }

    /// What there was before a month; of months before that of the last ask, what there was before
    /// that one.
    pub fn before(&self, month: i32) -> SoFar {
        if self.month.is_some_and(|last| last >= month) {
            self.begun.clone()
        } else {
            self.so_far()
        }
    }

    fn place_of(&mut self, code: &str) -> Option<usize> {
        let known = self.segments.iter().position(|(known, _)| known == code);
        if known.is_none() && self.segments.len() < MOST_SEGMENTS {
            self.segments.push((code.to_owned(), Part::default()));
            return Some(self.segments.len() - 1);
        }
        known
    }

    fn judge(
        &mut self,
        ask: &Ask<'_>,
        trial: Trial,
        segment: Option<usize>,
        common: Option<&Pooled>,
    ) -> Vec<Raised> {
        let pooled = common.unwrap_or(&self.pooled);
        let prior = *self.prior.get_or_insert(pooled.prior);
        let relative = pooled.relative(ask.number);
        let promise = self.promise();
        let mut raised = Vec::new();
        let mut take = |stream: &mut Stream, segment: Option<&String>| {
            if let Some(alarm) = stream.push(trial, relative, prior, promise) {
                raised.push(Raised {
                    segment: segment.cloned(),
                    alarm,
                    threshold: promise.trials(),
                });
            }
        };
        take(&mut self.all.stream, None);
        if let Some((code, part)) = segment.map(|place| &mut self.segments[place]) {
            take(&mut part.stream, Some(code));
        }
        let before = ask.before;
        let gap = before.and_then(|before| ask.at?.checked_sub(before.at?));
        let known = Known {
            stage: ask.stage,
            channel: ask.channel,
            segment: ask.segment,
            number: ask.number,
            before: before.map(|before| before.outcome),
            gap,
        };
        self.ranker.push(&known.features(), trial.yes);
        raised
    }

    fn count(&mut self, ask: &Ask<'_>, trial: Trial) {
        pair_of(&mut self.stages, ask.stage).push(trial);
        pair_of(&mut self.channels, ask.channel).push(trial);
        if let Some(pitch) = ask.pitch {
            if let Some(pair) = self.pitches.get_mut(pitch) {
                pair.push(trial);
            } else if self.pitches.len() < MOST_PITCHES {
                self.pitches
                    .entry(pitch.to_owned())
                    .or_default()
                    .push(trial);
            }
        }
        let Some(at) = ask.at else {
            self.undated += 1;
            return;
        };
        let day = i32::try_from(at.div_euclid(DAY)).unwrap_or(i32::MAX);
        match self.recent.back_mut() {
            Some((last, n)) if *last >= day => *n += 1,
            _ => self.recent.push_back((day, 1)),
        }
        while self
            .recent
            .front()
            .is_some_and(|(first, _)| i64::from(*first) + i64::from(MONTH) <= i64::from(day))
        {
            self.recent.pop_front();
        }
    }

    /// Asks between false alarms of one stream: all streams together keep the usual promise.
    pub fn promise(&self) -> Promise {
        Promise::default().shared_by(self.streams())
    }

    /// Streams that are watched: all asks, and each segment.
    pub fn streams(&self) -> u64 {
        1 + self.segments.len() as u64
    }

    /// All asks together.
    pub fn all(&self) -> &Part {
        &self.all
    }

    /// Each segment by its code, in the order in which each first appeared.
    pub fn segments(&self) -> impl Iterator<Item = (&str, &Part)> {
        self.segments
            .iter()
            .map(|(code, part)| (code.as_str(), part))
    }

    /// One segment.
    pub fn segment(&self, code: &str) -> Option<&Part> {
        self.segments()
            .find(|(known, _)| *known == code)
            .map(|(_, part)| part)
    }

    /// Each stage that was asked at.
    pub fn stages(&self) -> &[(Stage, Pair)] {
        &self.stages
    }

    /// Each channel that was used.
    pub fn channels(&self) -> &[(Channel, Pair)] {
        &self.channels
    }

    /// Each pitch by its code.
    pub fn pitches(&self) -> &BTreeMap<String, Pair> {
        &self.pitches
    }

    /// Asks whose outcome is not known.
    pub fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Trials without a time.
    pub fn undated(&self) -> u64 {
        self.undated
    }

    /// The times of the first and of the last dated ask, in microseconds UTC.
    pub fn span(&self) -> Option<(i64, i64)> {
        self.first.zip(self.last)
    }

    /// Trials in the thirty days up to the last dated one.
    pub fn in_month(&self) -> u64 {
        self.recent.iter().map(|(_, n)| u64::from(*n)).sum()
    }

    /// How likely each next ask is to bring a yes.
    pub fn ranker(&self) -> &Ranker {
        &self.ranker
    }
}

fn pair_of<K: PartialEq + Copy>(pairs: &mut Vec<(K, Pair)>, key: K) -> &mut Pair {
    let place = pairs.iter().position(|(known, _)| *known == key);
    let place = place.unwrap_or_else(|| {
        pairs.push((key, Pair::default()));
        pairs.len() - 1
    });
    &mut pairs[place].1
}

/// Parts that a gap since the last ask is told by, in days; the last is longer.
const GAPS: [i64; 6] = [1, 3, 7, 14, 30, 90];

/// What is known of an ask before it is made.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// At which stage.
    pub stage: Stage,
    /// By which way.
    pub channel: Channel,
    /// The segment.
    pub segment: Option<&'a str>,
    /// Which ask of its prospect.
    pub number: u32,
    /// What came of the ask before.
    pub before: Option<Outcome>,
    /// Microseconds since then.
    pub gap: Option<i64>,
}

impl Known<'_> {
    /// The same as features of a forecast.
    pub fn features(&self) -> Features {
        const NUMBERS: [&str; 9] = ["0", "1", "2", "3", "4", "5", "6", "7", "8"];
        let gap = self.gap.map_or("", |gap| {
            let days = gap.div_euclid(DAY);
            NUMBERS[GAPS
                .iter()
                .position(|&most| days < most)
                .unwrap_or(GAPS.len())]
        });
        Features::default()
            .with("stage", self.stage.code())
            .with("channel", self.channel.code())
            .with("segment", self.segment.unwrap_or_default())
            .with("number", NUMBERS[self.number.min(8) as usize])
            .with("before", self.before.map_or("", Outcome::code))
            .with("gap", gap)
    }
}
