//! One's own evidence as programs read it.

use domain::LabelKind;
use evidence::{Part, rates};
use schemars::JsonSchema;
use serde::Serialize;

use super::judged::alarms;
use super::report::{ReasonLine, Slump, Step, StreamLine, line_of, reason_lines, steps};
use super::study::Group;
use super::{AlarmLine, keep};
use crate::{Act, Result, Seller, labels};

/// What one's own attempts say.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Summary {
    /// All attempts together first, then those of each segment, in the order in which each first
    /// appeared. They share one promise.
    pub streams: Vec<StreamLine>,
    /// Yeses by attempt number.
    pub persistence: Vec<Step>,
    /// Why it was a no, by whose word it is.
    pub reasons: Vec<ReasonLine>,
    /// Alarms of the slump watch as they were when they were raised, the newest first.
    pub alarms: Vec<Raised>,
    /// How the forecasts behind the order of who is next came out.
    pub forecasts: Forecasts,
}

/// An alarm as it was when it was raised.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Raised {
    /// The segment; null for all attempts together.
    pub segment: Option<String>,
    /// Day of the attempt that raised it, such as 2026-11-19.
    pub on: Option<String>,
    /// Day on which the slump most likely began.
    pub since: Option<String>,
    /// Attempts from then until the alarm.
    pub attempts: u64,
    /// Yeses among those.
    pub yes: u64,
    /// The evidence then.
    pub evidence: f64,
    /// What it had to reach.
    pub threshold: f64,
    /// A later correction of the ledger took its ground away.
    pub withdrawn: bool,
}

/// How forecasts came out, each made before its attempt.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Forecasts {
    /// How many.
    pub n: u64,
    /// Their mean loss, in nats; null before the first.
    pub log_loss: Option<f64>,
    /// The same had each been the rate so far.
    pub log_loss_of_rate: Option<f64>,
    /// Expected calibration error over ten equal parts.
    pub ece: Option<f64>,
}

/// One's own evidence, from the state that is kept.
///
/// # Errors
/// When the database cannot be read.
pub fn summary(act: &mut Act<'_, '_>, me: &Seller) -> Result<Summary> {
    let evidence = keep::of(act, me.id())?;
    let segments = labels::names(act, LabelKind::Segment)?;
    let alarms = alarms(act, me, &segments)?;
    let counts: Vec<_> = evidence
        .segments()
        .map(|(_, part)| part.stream.counts())
        .collect();
    let together = rates::estimate(&counts);
    let line = |segment: Option<String>, part: &Part, place: Option<usize>| {
        let estimate = place.and_then(|place| Some(together.as_ref()?.groups[place]));
        let stream = &part.stream;
        // One that was raised long ago, or never written down, says nothing of now.
        let stands = alarms
            .iter()
            .any(|alarm| alarm.current && alarm.segment == segment);
        let alarm = stream.alarm().filter(|_| stands);
        let slump = Slump {
            evidence: stream.watch().evidence(),
            promise: evidence.promise().trials(),
            alarm: alarm.is_some(),
            alarm_at: alarm.map(|alarm| alarm.at),
            since: alarm.map(|alarm| alarm.since),
        };
        let group = Group {
            segment,
            ..Group::default()
        };
        line_of(group, stream, estimate, Some(slump))
    };
    let mut streams = vec![line(None, evidence.all(), None)];
    for (place, (code, part)) in evidence.segments().enumerate() {
        let name = segments
            .get(code)
            .cloned()
            .unwrap_or_else(|| code.to_owned());
        streams.push(line(Some(name), part, Some(place)));
    }
    let record = evidence.ranker().record();
    Ok(Summary {
        streams,
        persistence: steps(&evidence.all().by_attempt),
        reasons: reason_lines(&evidence.all().reasons),
        alarms: alarms.into_iter().map(Raised::from).collect(),
        forecasts: Forecasts {
            n: record.n(),
            log_loss: record.log_loss(),
            log_loss_of_rate: record.log_loss_of_rate(),
            ece: record.ece(),
        },
    })
}

impl From<AlarmLine> for Raised {
    fn from(line: AlarmLine) -> Self {
        Self {
            segment: line.segment,
            on: line.on.map(|day| day.to_string()),
            since: line.since.map(|day| day.to_string()),
            attempts: line.asks,
            yes: line.yes,
            evidence: line.evidence,
            threshold: line.threshold,
            withdrawn: line.withdrawn,
        }
    }
}
