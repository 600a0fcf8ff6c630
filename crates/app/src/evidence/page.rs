//! What the Evidence page shows: one's own asks, judged.

use jiff::civil::Date;

use super::ask::By;
use super::report::{NextYes, Range, ReasonLine, Run, Step};

/// The Evidence page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Asks whose outcome is known.
    pub attempts: u64,
    /// Yeses among them.
    pub yes: u64,
    /// Asks that somebody answered.
    pub answered: u64,
    /// Asks whose outcome is not known yet; they are in no figure.
    pub waiting: u64,
    /// Asks without a time: in rates and tries, not in runs or in the slump watch.
    pub undated: u64,
    /// Day of the first dated ask.
    pub first: Option<Date>,
    /// Day of the last.
    pub last: Option<Date>,
    /// Luck or slump; none before the first ask whose outcome is known.
    pub luck: Option<Luck>,
    /// By what the rates are told apart.
    pub by: By,
    /// One group each, the highest estimate first.
    pub rates: Vec<Group>,
    /// Segments there are: code and label.
    pub segments: Vec<(String, String)>,
    /// The segment that tries and barriers are shown of: code and label; all of them where none.
    pub segment: Option<(String, String)>,
    /// Yeses by attempt number.
    pub tries: Vec<Step>,
    /// Why it was a no.
    pub barriers: Barriers,
    /// How the forecasts behind the order of who is next came out.
    pub forecasts: Forecasts,
}

/// Luck or slump.
#[derive(Debug, Clone, PartialEq)]
pub struct Luck {
    /// Asks that stand in an order: the dated ones, or all where none is dated.
    pub in_order: u64,
    /// Yeses in all asks whose outcome is known, and what the data allow.
    pub rate: Range,
    /// Runs without a yes.
    pub run: Run,
    /// When the next yes may be expected.
    pub next_yes: NextYes,
    /// Asks in the thirty days up to the last dated one.
    pub in_month: u64,
    /// Chances of runs, by length, from 0 on; empty while there is no yes or too little.
    pub chances: Vec<Chance>,
    /// Chances of the present run.
    pub now: Option<Chance>,
    /// The slump watch.
    pub watch: Watch,
    /// Alarms that were raised, the newest first.
    pub alarms: Vec<AlarmLine>,
}

/// How ordinary a run of one length is, at the rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// Asks in a row without a yes.
    pub run: u64,
    /// Chance that as many asks picked beforehand all end without a yes.
    pub these: f64,
    /// Chance of such a run somewhere in a month of as many asks as the last thirty days held.
    pub month: f64,
}

/// The slump watch, over all asks and over each segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watch {
    /// Evidence for a slump over all asks; an alarm is raised when it reaches `threshold`.
    pub evidence: f64,
    /// Asks between false alarms on average, of all streams together.
    pub promise: f64,
    /// What the evidence of one stream has to reach: the promise times the streams.
    pub threshold: f64,
    /// Streams watched: all asks, and each segment.
    pub streams: u64,
    /// Whether the present run raised an alarm when it was folded, announced or not: what is brought in
    /// late is not.
    pub in_this_run: bool,
    /// Asks that it would typically take to notice a rate that halved now.
    pub halved: Option<f64>,
    /// The same for a drop to two thirds.
    pub third: Option<f64>,
    /// The mildest drop that would typically have been noticed had it begun with the present run: what
    /// would be left of the rate, such as .35. None where even a drop to a fifth would not.
    pub noticeable: Option<f64>,
}

/// An alarm as it was when it was raised.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmLine {
    /// Label of the segment; none for all asks together.
    pub segment: Option<String>,
    /// Day of the ask that raised it.
    pub on: Option<Date>,
    /// Day on which the slump most likely began.
    pub since: Option<Date>,
    /// Asks from then until the alarm.
    pub asks: u64,
    /// Yeses among those.
    pub yes: u64,
    /// Whether a yes has come since.
    pub yes_since: bool,
    /// The evidence then.
    pub evidence: f64,
    /// What it had to reach.
    pub threshold: f64,
    /// A later correction of the ledger took its ground away.
    pub withdrawn: bool,
    /// Whether it is of the last thirty days and stands.
    pub current: bool,
}

/// Asks that have something in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What they have in common, in words.
    pub name: String,
    /// Asks whose outcome is known.
    pub attempts: u64,
    /// Yeses among them.
    pub yes: u64,
    /// The rate, drawn towards the other groups by as much as the data call for.
    pub rate: Range,
    /// Asks that somebody answered.
    pub answered: u64,
    /// Yeses per answered ask, by itself; none where nobody answered.
    pub rate_answered: Option<Range>,
}

/// Why it was a no.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Barriers {
    /// Noes.
    pub noes: u64,
    /// Those with the prospect's reason.
    pub said: u64,
    /// Those with the seller's guess alone.
    pub guessed: u64,
    /// Reasons, the commonest by the prospects' word first.
    pub lines: Vec<Barrier>,
}

/// One reason, by each voice that gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Barrier {
    /// Its label.
    pub label: String,
    /// By the prospects' own word.
    pub said: Option<ReasonLine>,
    /// By the seller's guess.
    pub guess: Option<ReasonLine>,
    /// By somebody else's word.
    pub third_party: Option<ReasonLine>,
}

/// How forecasts came out, each made before its ask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecasts {
    /// How many.
    pub n: u64,
    /// Their mean loss, in nats.
    pub log_loss: Option<f64>,
    /// The same had each been the rate so far.
    pub log_loss_of_rate: Option<f64>,
    /// Expected calibration error.
    pub ece: Option<f64>,
    /// Whether they have told more than the rate alone: only then do they order anybody.
    pub tells: bool,
}
