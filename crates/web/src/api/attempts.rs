//! `/api/v1/attempts`.

use app::ledger::{self, Correction, NewAttempt, WhoRef};
use app::noes::{self, Filter, Query, Sort, Word as Voice};
use app::{Act, AppError, Seller, labels};
use domain::{AttemptId, Channel, DealId, LabelKind, LossKind, Outcome, ProspectId, SaidBy, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::api::shapes::{
    Amount, AttemptShown, Day, FollowUpShown, Id, Limit, LineShown, Long, Moment, Page, Short,
    Text, Word, cursor, place, zone,
};
use crate::api::takes::Body;
use crate::api::{Asked, Caller, Done, Nothing, Read, Ref, Sent, Write, read, write, write_alone};
use crate::ctx::Ctx;

/// In which order attempts come.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Order {
    #[default]
    Newest,
    Oldest,
    Who,
}

/// Whose word a reason is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Whose {
    Said,
    Guess,
    None,
}

/// Which attempts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// Of this outcome; all when left out.
    outcome: Option<Word<Outcome>>,
    /// At this stage.
    stage: Option<Word<Stage>>,
    /// By this channel.
    channel: Option<Word<Channel>>,
    /// With this reason, by code or label.
    #[schemars(extend("examples" = ["N4"]))]
    reason: Option<Short>,
    /// With a reason in their word (said), with a guess only (guess), with none yet (none).
    word: Option<Whose>,
    /// In this segment, by code or label.
    #[schemars(extend("examples" = ["Printers"]))]
    segment: Option<Short>,
    /// Not before this day.
    #[serde(skip_serializing)]
    from: Option<Day>,
    /// Not after this day.
    #[serde(skip_serializing)]
    to: Option<Day>,
    /// Where name, company or words begin with each of these words.
    find: Option<Short>,
    /// In which order: newest, oldest, or by name.
    sort: Option<Order>,
    /// How many at most.
    #[serde(skip_serializing)]
    limit: Option<Limit>,
    /// Where the page before ended: its `next`.
    #[serde(skip_serializing)]
    cursor: Option<String>,
}

impl Which {
    /// The filters as a text: a cursor stands for one list only.
    fn text(&self) -> String {
        let day = |day: Option<Day>| day.map(|d| d.0.to_string()).unwrap_or_default();
        let rest = serde_json::to_string(self).unwrap_or_default();
        format!("attempts {rest} {} {}", day(self.from), day(self.to))
    }
}

fn code(
    act: &mut Act<'_, '_>,
    kind: LabelKind,
    field: &'static str,
    text: Option<Short>,
) -> Result<Option<String>, AppError> {
    let Some(text) = text else { return Ok(None) };
    let all = labels::all(act, kind)?;
    let wrong = || {
        AppError::invalid(field, "No label is called that.")
            .with_hint("What there is stands at /api/v1/labels.")
    };
    let label = labels::find(&all, &text.0).ok_or_else(wrong)?;
    Ok(Some(label.code.clone()))
}

/// GET: a page of one's own attempts.
pub(crate) async fn list(
    me: Caller<Read>,
    ctx: Ctx,
    Asked(which): Asked<Which>,
) -> Done<Page<AttemptShown>> {
    read(&ctx, &me, move |act, me| {
        let text = which.text();
        let query = Query {
            after: place(act, &text, which.cursor.as_deref())?,
            limit: Some(Limit::or_usual(which.limit)),
            text: which.find.unwrap_or_default().0,
            sort: match which.sort.unwrap_or_default() {
                Order::Newest => Sort::Newest,
                Order::Oldest => Sort::Oldest,
                Order::Who => Sort::Who,
            },
            filter: Filter {
                outcome: which.outcome.map(|w| w.0),
                reason: code(act, LabelKind::Reason, "reason", which.reason)?,
                stage: which.stage.map(|w| w.0),
                channel: which.channel.map(|w| w.0),
                segment: code(act, LabelKind::Segment, "segment", which.segment)?,
                word: which.word.map(|w| match w {
                    Whose::Said => Voice::Said,
                    Whose::Guess => Voice::Guess,
                    Whose::None => Voice::None,
                }),
                from: which.from.map(|d| noes::day_begins(me, d.0)),
                to: which.to.map(|d| noes::day_ends(me, d.0)),
            },
        };
        let page = noes::page(act, me, &query)?;
        let rows = page.rows.into_iter();
        Ok(Page {
            items: rows.map(|r| AttemptShown::new(r.attempt, &r.who)).collect(),
            next: page.next.map(|place| cursor(act, &text, &place)),
        })
    })
    .await
}

/// An attempt and everything that happened to it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AttemptWithHistory")]
pub(crate) struct WithHistory {
    attempt: AttemptShown,
    /// What happened, oldest first.
    history: Vec<LineShown>,
}

/// GET: one with its history.
pub(crate) async fn get(me: Caller<Read>, ctx: Ctx, Ref(id): Ref<AttemptId>) -> Done<WithHistory> {
    read(&ctx, &me, move |act, me| {
        let history = ledger::history(act, me, id)?;
        Ok(WithHistory {
            attempt: AttemptShown::new(history.attempt, &history.who),
            history: history.lines.into_iter().map(LineShown::from).collect(),
        })
    })
    .await
}

/// What is logged. Everything but outcome and one of `who` and `prospect` may be left out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["who"] }, { "required": ["prospect"] }]))]
pub(crate) struct LogAttempt {
    /// Drawn by the client, so that sending twice logs once.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Id<AttemptId>")]
    id: Option<Id<AttemptId>>,
    /// A name, “Name, Company”, an address or a number; a new prospect when nobody is known by it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Text<400>", extend("examples" = ["Ada Merrow, Whitlock Print"]))]
    who: Option<Text<400>>,
    /// The prospect asked.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Id<ProspectId>")]
    prospect: Option<Id<ProspectId>>,
    outcome: Word<Outcome>,
    /// As the last time with them when left out, else opener.
    stage: Option<Word<Stage>>,
    /// As the last time with them when left out, else call.
    channel: Option<Word<Channel>>,
    #[serde(flatten)]
    more: More,
    /// What was at stake.
    value: Option<Amount>,
    /// The deal it served; one's own.
    deal: Option<Id<DealId>>,
}

/// What may be said of an ask besides.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct More {
    /// Why, by code or label.
    #[schemars(extend("examples" = ["N4"]))]
    pub(crate) reason: Option<Short>,
    /// Whose word the reason is; the prospect's with words, else a guess.
    pub(crate) said_by: Option<Word<SaidBy>>,
    /// What they said.
    pub(crate) words: Option<Long>,
    /// What kind of loss.
    pub(crate) loss_kind: Option<Word<LossKind>>,
    /// Now when left out.
    pub(crate) at: Option<Moment>,
    /// The zone it happened in; one's own when left out.
    #[schemars(extend("examples" = ["Europe/Lisbon"]))]
    pub(crate) zone: Option<Short>,
    /// By code or label, or a new one; the prospect's own when left out.
    pub(crate) segment: Option<Short>,
    /// By code or label, or a new one.
    pub(crate) pitch: Option<Short>,
}

/// A field that may be left out, and is not null when it is there.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<T>, D::Error> {
    T::deserialize(d).map(Some)
}

impl Body for LogAttempt {}

impl More {
    /// An attempt with all of this.
    pub(crate) fn about(self, who: WhoRef, outcome: Outcome) -> Result<NewAttempt, AppError> {
        Ok(NewAttempt {
            reason: self.reason.map(|t| t.0),
            said_by: self.said_by.map(|w| w.0),
            words: self.words.map(|t| t.0),
            loss_kind: self.loss_kind.map(|w| w.0),
            at: self.at.map(|m| m.0),
            zone: zone(self.zone)?,
            segment: self.segment.map(|t| t.0).filter(|s| !s.trim().is_empty()),
            pitch: self.pitch.map(|t| t.0).filter(|s| !s.trim().is_empty()),
            ..NewAttempt::new(who, outcome)
        })
    }
}

/// What was logged.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Logged")]
pub(crate) struct LoggedShown {
    attempt: AttemptShown,
    /// The follow-up it made.
    follow_up: Option<FollowUpShown>,
    /// It had been logged before under this id; nothing was added.
    repeated: bool,
    /// Nobody was known by what was given, so a prospect was added.
    new_prospect: bool,
}

impl LoggedShown {
    pub(crate) fn of(
        act: &mut Act<'_, '_>,
        me: &Seller,
        logged: ledger::Logged,
    ) -> Result<Self, AppError> {
        let follow_up = logged.follow_up;
        Ok(Self {
            follow_up: follow_up
                .map(|f| FollowUpShown::of(act, me, f))
                .transpose()?,
            attempt: AttemptShown::new(logged.attempt, &logged.who),
            repeated: logged.repeated,
            new_prospect: logged.new_prospect,
        })
    }
}

/// POST: logs one.
pub(crate) async fn log(
    me: Caller<Write>,
    ctx: Ctx,
    sent: Sent<LogAttempt>,
) -> Done<LoggedShown, 201> {
    let new = sent.body;
    write(&ctx, &me, sent.once, move |act, me| {
        let who = match (new.prospect, new.who) {
            (Some(id), None) => WhoRef::Id(id.0),
            (None, Some(text)) => WhoRef::Text(text.0),
            _ => {
                return Err(AppError::invalid(
                    "who",
                    "Say who it was: either `who` or `prospect`.",
                ));
            }
        };
        let new = NewAttempt {
            id: new.id.map(|id| id.0),
            stage: new.stage.map(|w| w.0),
            channel: new.channel.map(|w| w.0),
            deal: new.deal.map(|id| id.0),
            value: new.value.as_ref().map(Amount::read).transpose()?,
            ..new.more.about(who, new.outcome.0)?
        };
        let logged = ledger::log(act, me, new)?;
        LoggedShown::of(act, me, logged)
    })
    .await
}

/// What to correct; what is left out stays. Null takes away what an attempt can be without.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectAttempt {
    outcome: Option<Word<Outcome>>,
    stage: Option<Word<Stage>>,
    channel: Option<Word<Channel>>,
    at: Option<Moment>,
    #[schemars(extend("examples" = ["Europe/Lisbon"]))]
    zone: Option<Short>,
    /// Another prospect it was with.
    prospect: Option<Id<ProspectId>>,
    /// A reason by one voice.
    reason: Option<Voiced>,
    #[serde(default, deserialize_with = "given")]
    loss_kind: Option<Option<Word<LossKind>>>,
    #[serde(default, deserialize_with = "given")]
    words: Option<Option<Long>>,
    #[serde(default, deserialize_with = "given")]
    segment: Option<Option<Short>>,
    #[serde(default, deserialize_with = "given")]
    pitch: Option<Option<Short>>,
    #[serde(default, deserialize_with = "given")]
    deal: Option<Option<Id<DealId>>>,
}

/// A reason by one voice; null takes it away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Voiced {
    said_by: Word<SaidBy>,
    /// By code or label.
    #[schemars(extend("examples" = ["N4"]))]
    reason: Option<Short>,
}

impl Body for CorrectAttempt {}

/// PATCH: corrects one; how it stood before stays in its history.
pub(crate) async fn correct(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<AttemptId>,
    sent: Sent<CorrectAttempt>,
) -> Done<AttemptShown> {
    let c = sent.body;
    write(&ctx, &me, sent.once, move |act, me| {
        let correction = Correction {
            when: c.at.map(|m| m.0),
            zone: zone(c.zone)?,
            outcome: c.outcome.map(|w| w.0),
            stage: c.stage.map(|w| w.0),
            channel: c.channel.map(|w| w.0),
            loss_kind: c.loss_kind.map(|l| l.map(|w| w.0)),
            reason: c
                .reason
                .map(|v| (v.said_by.0, v.reason.unwrap_or_default().0)),
            words: c.words.map(|t| t.unwrap_or_default().0),
            segment: c.segment.map(|t| t.unwrap_or_default().0),
            pitch: c.pitch.map(|t| t.unwrap_or_default().0),
            prospect: c.prospect.map(|id| id.0),
            deal: c.deal.map(|d| d.map(|id| id.0)),
        };
        let after = ledger::correct(act, me, id, correction)?;
        AttemptShown::of(act, after)
    })
    .await
}

/// A reason that became known later.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LaterReason {
    /// By code or label.
    #[schemars(length(min = 1), extend("examples" = ["N4"]))]
    reason: Short,
    said_by: Word<SaidBy>,
    /// What they said.
    words: Option<Long>,
}

impl Body for LaterReason {}

/// POST: adds a reason; what other voices said stays.
pub(crate) async fn reason(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<AttemptId>,
    sent: Sent<LaterReason>,
) -> Done<AttemptShown> {
    let LaterReason {
        reason,
        said_by,
        words,
    } = sent.body;
    let words = words.map(|t| t.0);
    write(&ctx, &me, sent.once, move |act, me| {
        ledger::add_reason(act, me, &[id], &reason.0, said_by.0, words.as_deref())?;
        let after = ledger::history(act, me, id)?;
        Ok(AttemptShown::new(after.attempt, &after.who))
    })
    .await
}

/// POST: undoes one, with what it set in motion.
pub(crate) async fn undo(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<AttemptId>,
    sent: Sent<Nothing>,
) -> Done<AttemptShown> {
    write_alone(&ctx, &me, sent.once, move |act, me| {
        let after = ledger::undo(act, me, id)?;
        AttemptShown::of(act, after)
    })
    .await
}
