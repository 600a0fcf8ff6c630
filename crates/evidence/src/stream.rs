//! The state of a stream: all that is kept of one person's attempts, in order.

use domain::Outcome;
use serde::{Deserialize, Serialize};

use crate::beta::{Beta, Counts};
use crate::pooled::Pooled;
use crate::watch::{Alarm, Promise, Watch};

/// One ask whose outcome is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    /// Whether it was a yes.
    pub yes: bool,
    /// Whether anybody answered.
    pub answered: bool,
    /// Whether it is known when it was, to the day at least.
    pub dated: bool,
    /// Which ask of this prospect it was, from 1.
    pub attempt: u32,
}

impl Trial {
    /// The trial that an attempt is; none while its outcome is unknown.
    pub fn of(outcome: Outcome, dated: bool, attempt: u32) -> Option<Self> {
        (outcome != Outcome::Unknown).then_some(Self {
            yes: outcome == Outcome::Yes,
            answered: outcome != Outcome::NoReply,
            dated,
            attempt,
        })
    }
}

/// Runs without a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Runs {
    current: u64,
    longest: u64,
}

impl Runs {
    /// Takes one trial.
    pub fn push(&mut self, yes: bool) {
        self.current = if yes { 0 } else { self.current + 1 };
        self.longest = self.longest.max(self.current);
    }

    /// Trials since the last yes.
    pub fn current(self) -> u64 {
        self.current
    }

    /// The longest run without a yes.
    pub fn longest(self) -> u64 {
        self.longest
    }
}

/// What is known of a stream of trials.
///
/// Trials come in the ledger's order: the undated ones before the dated. Undated trials count in
/// the rates; in runs and in the watch they count only while nothing dated has come.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Stream {
    counts: Counts,
    answered: Counts,
    /// Whether a dated trial has been seen.
    dated: bool,
    runs: Runs,
    watch: Watch,
    alarms: u32,
    alarm: Option<Alarm>,
}

/// Takes one trial. The alarm is given when this trial raised one; the watch has then begun anew.
pub fn fold(stream: &mut Stream, trial: Trial, pooled: &Pooled) -> Option<Alarm> {
    let relative = pooled.relative(trial.attempt);
    stream.push(trial, relative, pooled.prior, pooled.promise)
}

impl Stream {
    /// [`fold`] with what it takes of the pooled quantities: how likely a yes is here compared with an
    /// average trial, the prior and the promise.
    pub fn push(
        &mut self,
        trial: Trial,
        relative: f64,
        prior: Beta,
        promise: Promise,
    ) -> Option<Alarm> {
        self.counts.push(trial.yes);
        if trial.answered {
            self.answered.push(trial.yes);
        }
        if trial.dated && !self.dated {
            self.begin_dated();
        }
        if trial.dated != self.dated {
            return None;
        }
        self.runs.push(trial.yes);
        self.watch.push(trial.yes, relative, prior);
        let alarm = self.watch.alarm(promise)?;
        self.watch.restart();
        self.alarms += 1;
        self.alarm = Some(alarm);
        self.alarm
    }

    /// From here on only dated trials stand in runs and in the watch.
    fn begin_dated(&mut self) {
        *self = Self {
            counts: self.counts,
            answered: self.answered,
            dated: true,
            ..Self::default()
        };
    }

    /// All trials.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Those that were answered.
    pub fn answered(&self) -> Counts {
        self.answered
    }

    /// Trials that stand in runs and in the watch: the dated ones, or all where none is dated.
    pub fn in_order(&self) -> u64 {
        self.watch.counts().tries()
    }

    /// Trials since the last yes.
    pub fn run(&self) -> u64 {
        self.runs.current
    }

    /// The longest run without a yes.
    pub fn longest(&self) -> u64 {
        self.runs.longest
    }

    /// The slump watch.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// How many alarms were raised.
    pub fn alarms(&self) -> u32 {
        self.alarms
    }

    /// The last alarm.
    pub fn alarm(&self) -> Option<Alarm> {
        self.alarm
    }
}
