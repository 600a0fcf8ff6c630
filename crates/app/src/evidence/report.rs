//! What a study found, each figure with its sample and its uncertainty.

use domain::Outcome;
use evidence::barriers::{Barrier, barriers};
use evidence::persistence::ByAttempt;
use evidence::rates::Estimate;
use evidence::{Beta, Interval, Known, Lost, Rate, Reasons, next_yes, rates, runs, seen};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::ask::By;
use super::study::{Group, Open, Study};

/// Prospects that the order of who is next names.
const NAMED: usize = 100;

/// A number, or the word "inf" where there is no end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0.is_infinite() {
            to.serialize_str("inf")
        } else {
            to.serialize_f64(self.0)
        }
    }
}

impl JsonSchema for Number {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "oneOf": [{ "type": "number" }, { "const": "inf" }] })
    }
}

/// Everything a study found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// One a group, in the order in which each first appears; one in all where nothing tells them apart.
    pub streams: Vec<StreamLine>,
    /// What runs and the slump watch rest on, one a stream in the same order: for sentences, which say
    /// no more than it carries.
    #[serde(skip)]
    pub grounds: Vec<Grounds>,
    /// Yeses by attempt number, all groups together.
    pub persistence: Vec<Step>,
    /// Why it was a no, by whose word it is.
    pub reasons: Vec<ReasonLine>,
    /// Whom to ask next; not where several sellers' asks stand together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who_next: Option<WhoNext>,
}

/// What the runs of a stream and its slump watch rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grounds {
    /// Asks whose order is known: the dated ones, or all where none is dated.
    pub in_order: u64,
    /// Alarms that the watch raised.
    pub alarms: u32,
}

/// A middle and the range in which the truth lies, 95 times in 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Range {
    /// The mean of what is believed.
    pub mean: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// One group of asks.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StreamLine {
    /// The seller, when told apart by seller.
    pub rep: Option<String>,
    /// The segment, when told apart by segment and known.
    pub segment: Option<String>,
    /// The stage, when told apart by stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The channel, when told apart by channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The pitch, when told apart by pitch and known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pitch: Option<String>,
    /// Asks whose outcome is known.
    pub attempts: u64,
    /// Yeses among them.
    pub yes: u64,
    /// Asks that somebody answered.
    pub answered: u64,
    /// Yeses in asks.
    pub rate: Range,
    /// Runs without a yes.
    pub run: Run,
    /// When the next yes may be expected.
    pub next_yes: NextYes,
    /// The slump watch; only over all asks of one seller and over their segments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slump: Option<Slump>,
}

/// Runs without a yes, among asks whose order is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Run {
    /// Asks since the last yes.
    pub current: u64,
    /// The longest so far.
    pub longest: u64,
    /// Chance that as many asks picked beforehand all end without a yes, at `rate.mean`.
    pub p_current: f64,
    /// Chance of a run of `longest` or more somewhere among all these asks, at `rate.mean`.
    pub p_longest: f64,
}

/// Asks until the next yes, the yes counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct NextYes {
    /// Even odds within so many.
    pub median: Number,
    /// One time in ten within so many.
    pub low80: Number,
    /// Nine times in ten within so many.
    pub high80: Number,
    /// On average.
    pub mean: Number,
}

/// What the slump watch says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Slump {
    /// The evidence for a slump: that of the last alarm, or now where there was none.
    pub evidence: f64,
    /// Asks between false alarms on average, over all streams of the report together.
    pub promise: f64,
    /// Whether there was an alarm.
    pub alarm: bool,
    /// At which ask of this stream the last one was raised, from 1.
    pub alarm_at: Option<u64>,
    /// With which ask that slump most likely began.
    pub since: Option<u64>,
}

/// One attempt number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// The first ask of a prospect, the second, and so on.
    pub attempt: u32,
    /// Prospects asked that often.
    pub at_risk: u64,
    /// Yeses among them.
    pub yes: u64,
    /// yes / at_risk.
    pub hazard: f64,
    /// Lower end of its 95 % range.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The hazard drawn towards the others.
    pub smoothed: f64,
    /// Share without a yes by then.
    pub survival: f64,
    /// Lower end of its 95 % band; none while the share is 0 or 1.
    pub survival_low: Option<f64>,
    /// Upper end.
    pub survival_high: Option<f64>,
}

/// One reason by one voice.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReasonLine {
    /// The reason's code, or its words where a file's own reason has none.
    pub code: String,
    /// Whose word it is: prospect, seller_guess or third_party.
    pub said_by: String,
    /// Noes with it.
    pub n: u64,
    /// Of all noes with a reason by the same voice.
    pub share: f64,
    /// Lower end of its 95 % range.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What it costs in each no with a reason; null where the values lost are not all known in one
    /// currency.
    pub cost: Option<f64>,
    /// Chance that it costs the most in the long run; without values, that it is the commonest.
    pub p_costliest: f64,
}

/// Whom to ask next.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WhoNext {
    /// Forecasts made, each before its ask.
    pub n: u64,
    /// Their mean loss, in nats; null before the first.
    pub log_loss: Option<f64>,
    /// The same had each been the rate so far: what the forecasts have to beat.
    pub log_loss_of_rate: Option<f64>,
    /// Expected calibration error over ten equal parts.
    pub ece: Option<f64>,
    /// Prospects whose last ask was not a yes, the likeliest first; the first hundred.
    pub order: Vec<Candidate>,
}

/// Somebody who may be asked next.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Candidate {
    /// Their name.
    pub prospect: String,
    /// Where they work.
    pub company: String,
    /// Chance of a yes at the next ask.
    pub chance: f64,
    /// Asks so far, since their last yes.
    pub asked: u32,
    /// What came of the last.
    pub last: Ended,
}

/// What came of the last ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended(pub Outcome);

impl Serialize for Ended {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.code())
    }
}

impl JsonSchema for Ended {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Outcome".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let codes: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.code()).collect();
        schemars::json_schema!({ "enum": codes })
    }
}

impl Study {
    /// Works out what was found, as of `now` (microseconds UTC).
    pub(super) fn report(&self, now: i64) -> Report {
        Report {
            streams: self.lines(),
            grounds: self.streams.iter().map(grounds).collect(),
            persistence: steps(&self.persistence),
            reasons: reason_lines(&self.reasons),
            who_next: (!self.several).then(|| self.who_next(now)),
        }
    }

    fn lines(&self) -> Vec<StreamLine> {
        // One group has nobody to learn from; several are drawn towards each other.
        let counts: Vec<_> = self
            .streams
            .iter()
            .map(|(_, stream)| stream.counts())
            .collect();
        let together = (counts.len() > 1)
            .then(|| rates::estimate(&counts))
            .flatten();
        let watched = !self.several
            && self
                .by()
                .iter()
                .all(|by| matches!(by, By::Rep | By::Segment));
        let line = |(place, (group, stream)): (usize, &(Group, evidence::Stream))| {
            let estimate = together.as_ref().map(|rates| rates.groups[place]);
            let slump = watched.then(|| self.slump(stream));
            line_of(group.clone(), stream, estimate, slump)
        };
        self.streams.iter().enumerate().map(line).collect()
    }

    fn slump(&self, stream: &evidence::Stream) -> Slump {
        let alarm = stream.alarm();
        Slump {
            evidence: alarm.map_or_else(|| stream.watch().evidence(), |alarm| alarm.evidence),
            promise: self.pooled().promise.trials(),
            alarm: alarm.is_some(),
            alarm_at: alarm.map(|alarm| alarm.at),
            since: alarm.map(|alarm| alarm.since),
        }
    }

    fn who_next(&self, now: i64) -> WhoNext {
        let scorer = self.ranker.scorer();
        let chance = |open: &Open| {
            let last = open.last;
            let known = Known {
                stage: last.stage,
                channel: last.channel,
                segment: open.segment.as_deref(),
                number: last.number + 1,
                before: Some(last.outcome),
                gap: last.at.and_then(|at| now.checked_sub(at)),
            };
            scorer.chance(&known.features())
        };
        let mut order: Vec<(u64, f64, &Open)> = self
            .open
            .iter()
            .filter(|(_, open)| open.last.outcome != Outcome::Yes)
            .map(|(key, open)| (*key, chance(open), open))
            .collect();
        // Equal chances stand in an order that is the same in every run.
        order.sort_by(|a, b| {
            b.1.total_cmp(&a.1)
                .then(b.2.last.at.cmp(&a.2.last.at))
                .then(a.0.cmp(&b.0))
        });
        order.truncate(NAMED);
        let record = self.ranker.record();
        WhoNext {
            n: record.n(),
            log_loss: record.log_loss(),
            log_loss_of_rate: record.log_loss_of_rate(),
            ece: record.ece(),
            order: order
                .into_iter()
                .map(|(_, chance, open)| Candidate {
                    prospect: open.name.clone(),
                    company: open.company.clone(),
                    chance,
                    asked: open.last.number,
                    last: Ended(open.last.outcome),
                })
                .collect(),
        }
    }
}

fn grounds((_, stream): &(Group, evidence::Stream)) -> Grounds {
    Grounds {
        in_order: stream.in_order(),
        alarms: stream.alarms(),
    }
}

/// What a group's stream says; `estimate` is its rate drawn towards others, where there are others.
pub(super) fn line_of(
    group: Group,
    stream: &evidence::Stream,
    estimate: Option<Estimate>,
    slump: Option<Slump>,
) -> StreamLine {
    let counts = stream.counts();
    let (belief, mean, interval) = match estimate {
        Some(estimate) => (estimate.belief, estimate.mean, estimate.interval),
        None => {
            let belief = Beta::JEFFREYS.after(counts);
            (belief, belief.mean(), belief.interval())
        }
    };
    StreamLine {
        rep: group.rep,
        segment: group.segment,
        stage: group.stage,
        channel: group.channel,
        pitch: group.pitch,
        attempts: counts.tries(),
        yes: counts.yes(),
        answered: stream.answered().tries(),
        rate: range(mean, interval),
        run: run_of(stream, mean),
        next_yes: next_yes_of(belief),
        slump,
    }
}

pub(super) fn range(mean: f64, interval: Interval) -> Range {
    Range {
        mean,
        low: interval.low,
        high: interval.high,
    }
}

pub(super) fn run_of(stream: &evidence::Stream, mean: f64) -> Run {
    let (current, longest) = (stream.run(), stream.longest());
    let chances = Rate::new(mean).map(|rate| {
        (
            runs::p_next_k_all_no(rate, current),
            runs::p_longest_ge_k(rate, stream.in_order(), longest),
        )
    });
    // A belief about a rate never lies at its very ends.
    let (p_current, p_longest) = chances.unwrap_or((1.0, 1.0));
    Run {
        current,
        longest,
        p_current,
        p_longest,
    }
}

pub(super) fn next_yes_of(belief: Beta) -> NextYes {
    let within = |share| {
        Number(next_yes::tries_within(belief, share).map_or(f64::INFINITY, |tries| tries as f64))
    };
    NextYes {
        median: within(0.5),
        low80: within(0.1),
        high80: within(0.9),
        mean: Number(next_yes::mean_tries(belief)),
    }
}

/// Yeses by attempt number.
pub(super) fn steps(by_attempt: &ByAttempt) -> Vec<Step> {
    let step = |step: evidence::persistence::Step| Step {
        attempt: step.attempt,
        at_risk: step.at_risk,
        yes: step.yes,
        hazard: step.hazard,
        low: step.hazard_band.low,
        high: step.hazard_band.high,
        smoothed: step.smoothed.unwrap_or(step.hazard),
        survival: step.survival,
        survival_low: step.survival_band.map(|band| band.low),
        survival_high: step.survival_band.map(|band| band.high),
    };
    by_attempt.steps().into_iter().map(step).collect()
}

/// Reasons by voice, the commonest first.
pub(super) fn reason_lines(reasons: &Reasons) -> Vec<ReasonLine> {
    let mut lines = Vec::new();
    for (said_by, reasons) in reasons.voices() {
        let Ok(barriers) = barriers(&seen(&reasons)) else {
            continue;
        };
        let line = |((code, _), barrier): (&(&str, &Lost), Barrier)| ReasonLine {
            code: (*code).to_owned(),
            said_by: said_by.code().to_owned(),
            n: barrier.n,
            share: barrier.share,
            low: barrier.interval.low,
            high: barrier.interval.high,
            cost: barrier.cost,
            p_costliest: barrier.p_costliest,
        };
        lines.extend(reasons.iter().zip(barriers).map(line));
    }
    lines
}
