//! The shapes that requests and answers of several resources share.

use std::borrow::Cow;

use app::{Act, AppError, Seller, Who, prospects};
use domain::{
    Attempt, AttemptId, Channel, Deal, DealId, DealState, FollowUp, FollowUpId, FollowUpKind,
    FollowUpState, LossKind, Money, Outcome, ProspectId, SaidBy, Stage, When, Zone,
};
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// A word of a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Word<T>(pub(crate) T);

/// A closed list.
pub(crate) trait List {
    /// What it is called.
    const NAME: &'static str;
    /// Its words.
    fn codes() -> Vec<&'static str>;
}

macro_rules! lists {
    ($($list:ident = $all:expr;)+) => {$(
        impl List for $list {
            const NAME: &'static str = stringify!($list);
            fn codes() -> Vec<&'static str> {
                $all.iter().map(|word| word.code()).collect()
            }
        }
    )+};
}

lists! {
    Outcome = Outcome::ALL;
    Stage = Stage::ALL;
    Channel = Channel::ALL;
    LossKind = LossKind::ALL;
    SaidBy = SaidBy::ALL;
    DealState = [DealState::Open, DealState::Won, DealState::Lost];
    FollowUpKind = [FollowUpKind::NotNow, FollowUpKind::SendInfo, FollowUpKind::Own];
    FollowUpState = [FollowUpState::Open, FollowUpState::Done, FollowUpState::Dropped];
}

impl<T: List> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": T::codes() })
    }
}

/// An id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Id<T>(pub(crate) T);

impl<T> JsonSchema for Id<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uuid" })
    }
}

/// A text of so many characters at most, as the ledger keeps them.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Text<const MOST: usize>(pub(crate) String);

/// A name, a label, an address.
pub(crate) type Short = Text<200>;

/// Words, a note.
pub(crate) type Long = Text<4000>;

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let text = String::deserialize(deserializer)?;
        let length = text.chars().count();
        if length > MOST {
            return Err(D::Error::custom(format!(
                "a text has {length} characters where at most {MOST} are kept"
            )));
        }
        Ok(Self(text))
    }
}

impl<const MOST: usize> JsonSchema for Text<MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MOST })
    }
}

/// When something happened or is due: a day, or an instant with its offset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment(pub(crate) When);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let text = String::deserialize(deserializer)?;
        match When::from_iso(&text).map_err(D::Error::custom)? {
            When::Undated => Err(D::Error::custom(
                "a time is a day such as 2026-11-19 or an instant such as 2026-11-19T11:22:00Z",
            )),
            when => Ok(Self(when)),
        }
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A day such as 2026-11-19, or an instant such as 2026-11-19T11:22:00Z.",
            "anyOf": [{ "format": "date" }, { "format": "date-time" }],
        })
    }
}

/// A calendar day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub(crate) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let text = String::deserialize(deserializer)?;
        let plain = text.len() == 10;
        text.parse()
            .ok()
            .filter(|_| plain)
            .map(Self)
            .ok_or_else(|| D::Error::custom("a day is written like 2026-11-19"))
    }
}

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

/// An amount.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Money")]
pub(crate) struct Amount {
    /// With two decimals, such as 1250.00.
    #[schemars(regex(pattern = r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$"))]
    amount: String,
    /// ISO 4217, such as EUR; empty where none is known.
    #[schemars(regex(pattern = r"^([A-Z]{3})?$"))]
    currency: String,
}

impl Amount {
    /// The amount as the ledger keeps it.
    pub(crate) fn read(&self) -> Result<Money, AppError> {
        let wrong = || {
            AppError::invalid(
                "value",
                "An amount is written like 1250.00, with a currency like EUR beside it.",
            )
        };
        let (whole, cents) = self.amount.split_once('.').unwrap_or((&self.amount, "0"));
        let digits = |text: &str, most| {
            (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        let plain = digits(whole.strip_prefix('-').unwrap_or(whole), 15) && digits(cents, 2);
        let currency = self.currency.is_empty()
            || (self.currency.len() == 3 && self.currency.bytes().all(|b| b.is_ascii_uppercase()));
        if !plain || !currency {
            return Err(wrong());
        }
        Money::parse(&format!("{whole}.{cents:0<2}"), &self.currency).map_err(|_| wrong())
    }

    fn shown(money: &Money) -> Self {
        Self {
            amount: money.amount(),
            currency: money.currency.clone(),
        }
    }
}

/// A prospect as lists name them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Who")]
pub(crate) struct WhoShown {
    id: Id<ProspectId>,
    /// Name, or what stands for it.
    name: String,
    /// Where they work, or empty.
    company: String,
    /// They asked not to be contacted.
    do_not_contact: bool,
}

impl From<&Who> for WhoShown {
    fn from(who: &Who) -> Self {
        Self {
            id: Id(who.id),
            name: who.name.clone(),
            company: who.company.clone(),
            do_not_contact: who.do_not_contact,
        }
    }
}

/// Why it was a no, by whoever said so, as codes of the labels.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Reasons")]
struct ReasonsShown {
    prospect: Option<String>,
    seller_guess: Option<String>,
    third_party: Option<String>,
}

/// One ask of one prospect, as it stands now.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Attempt")]
pub(crate) struct AttemptShown {
    id: Id<AttemptId>,
    prospect: WhoShown,
    deal: Option<Id<DealId>>,
    /// A day or an instant, as exactly as it is known; null when it is not.
    at: Option<String>,
    /// The zone it happened in.
    zone: String,
    outcome: Word<Outcome>,
    stage: Word<Stage>,
    channel: Word<Channel>,
    loss_kind: Option<Word<LossKind>>,
    reasons: ReasonsShown,
    /// What they said.
    words: Option<String>,
    /// Code of the segment.
    segment: Option<String>,
    /// Code of the pitch.
    pitch: Option<String>,
    value: Option<Amount>,
    /// It counts nowhere any more.
    undone: bool,
    /// How often it was changed since it was logged.
    version: i64,
    /// When it was written down.
    #[schemars(extend("format" = "date-time"))]
    recorded_at: String,
}

/// Microseconds UTC as ISO 8601.
pub(crate) fn iso(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .unwrap_or_default()
        .to_string()
}

fn known(when: When) -> Option<String> {
    Some(when.iso()).filter(|text| !text.is_empty())
}

impl AttemptShown {
    pub(crate) fn new(a: Attempt, who: &Who) -> Self {
        Self {
            id: Id(a.id),
            prospect: who.into(),
            deal: a.deal.map(Id),
            at: known(a.when),
            zone: a.zone.name().to_owned(),
            outcome: Word(a.outcome),
            stage: Word(a.stage),
            channel: Word(a.channel),
            loss_kind: a.loss_kind.map(Word),
            reasons: ReasonsShown {
                prospect: a.reasons.prospect,
                seller_guess: a.reasons.guess,
                third_party: a.reasons.third_party,
            },
            words: a.words,
            segment: a.segment,
            pitch: a.pitch,
            value: a.value.as_ref().map(Amount::shown),
            undone: a.voided,
            version: a.version,
            recorded_at: iso(a.recorded_at),
        }
    }

    /// With the name looked up.
    pub(crate) fn of(act: &mut Act<'_, '_>, a: Attempt) -> Result<Self, AppError> {
        let who = prospects::who(act, a.prospect)?;
        Ok(Self::new(a, &who))
    }
}

/// An opportunity that several attempts may serve.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Deal")]
pub(crate) struct DealShown {
    id: Id<DealId>,
    prospect: Option<Id<ProspectId>>,
    title: String,
    state: Word<DealState>,
    value: Option<Amount>,
    /// Whether it is one's own; others' can be read, not changed.
    own: bool,
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    closed_at: Option<String>,
}

impl DealShown {
    pub(crate) fn new(deal: Deal, me: &Seller) -> Self {
        Self {
            id: Id(deal.id),
            prospect: deal.prospect.map(Id),
            title: deal.title,
            state: Word(deal.state),
            value: deal.value.as_ref().map(Amount::shown),
            own: deal.owner == me.id(),
            created_at: iso(deal.created_at),
            closed_at: deal.closed_at.map(iso),
        }
    }
}

/// A thing to come back to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FollowUp")]
pub(crate) struct FollowUpShown {
    id: Id<FollowUpId>,
    prospect: WhoShown,
    /// The attempt it came from; of one's own follow-ups only.
    attempt: Option<Id<AttemptId>>,
    /// A day or an instant.
    due: String,
    kind: Word<FollowUpKind>,
    note: String,
    state: Word<FollowUpState>,
    /// Whether it is one's own.
    own: bool,
}

impl FollowUpShown {
    pub(crate) fn of(act: &mut Act<'_, '_>, me: &Seller, f: FollowUp) -> Result<Self, AppError> {
        let who = prospects::who(act, f.prospect)?;
        let own = f.owner == me.id();
        Ok(Self {
            id: Id(f.id),
            prospect: (&who).into(),
            attempt: f.attempt.filter(|_| own).map(Id),
            due: f.due.iso(),
            kind: Word(f.kind),
            note: f.note,
            state: Word(f.state),
            own,
        })
    }
}

/// One line of a history in plain words.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "HistoryLine")]
pub(crate) struct LineShown {
    /// When it was written down.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// What happened.
    what: String,
}

impl From<app::ledger::HistoryLine> for LineShown {
    fn from(line: app::ledger::HistoryLine) -> Self {
        Self {
            at: line.at.to_string(),
            what: line.what,
        }
    }
}

/// A zone by its name.
pub(crate) fn zone(name: Option<Short>) -> Result<Option<Zone>, AppError> {
    name.map(|name| {
        Zone::new(&name.0).map_err(|_| {
            AppError::invalid(
                "zone",
                "There is no such time zone; use a name such as Europe/Lisbon.",
            )
        })
    })
    .transpose()
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub(crate) struct Page<T> {
    /// Its rows.
    pub(crate) items: Vec<T>,
    /// The cursor of the next page; null on the last.
    pub(crate) next: Option<String>,
}

/// How many rows a page of a list has; fifty unless said otherwise.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(try_from = "usize")]
#[schemars(inline, extend("minimum" = 1, "maximum" = 200, "default" = 50))]
pub(crate) struct Limit(#[schemars(with = "u16")] usize);

impl TryFrom<usize> for Limit {
    type Error = &'static str;

    fn try_from(n: usize) -> Result<Self, Self::Error> {
        if (1..=200).contains(&n) {
            Ok(Self(n))
        } else {
            Err("limit is a number from 1 to 200")
        }
    }
}

impl Limit {
    pub(crate) fn or_usual(limit: Option<Self>) -> usize {
        limit.map_or(50, |l| l.0)
    }
}

/// A place in a list as a cursor: signed together with what was asked for, so that it is used for
/// the same list only and never made up.
pub(crate) fn cursor(act: &Act<'_, '_>, asked: &str, place: &str) -> String {
    let sign = act
        .workspace
        .keyed
        .hash("cursor", &[asked.as_bytes(), place.as_bytes()]);
    let sign: String = sign[..8].iter().map(|b| format!("{b:02x}")).collect();
    format!("{place}~{sign}")
}

/// The place that a cursor stands for.
pub(crate) fn place(
    act: &Act<'_, '_>,
    asked: &str,
    given: Option<&str>,
) -> Result<Option<String>, AppError> {
    let Some(given) = given else {
        return Ok(None);
    };
    given
        .rsplit_once('~')
        .map(|(place, _)| place)
        .filter(|place| cursor(act, asked, place) == given)
        .map(|place| Some(place.to_owned()))
        .ok_or_else(|| {
            AppError::invalid("cursor", "This cursor belongs to no page of this list.")
                .with_hint("Begin the list again, with the same filters on each page.")
        })
}
