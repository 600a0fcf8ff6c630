//! Logging attempts.

use domain::{
    Attempt, AttemptId, Channel, DealId, FollowUp, FollowUpKind, FollowUpState, LabelKind,
    LossKind, Money, Outcome, ProspectId, REASON_DO_NOT_CONTACT, Reasons, SaidBy, Source, Stage,
    When, Zone,
};
use jiff::ToSpan;
use serde_json::json;
use store::tables::{attempt, call_list, follow_up};

use crate::{
    Act, AppError, Result, Seller, Who, deals, error, follow_ups, labels, pitch_tests, prospects,
};

pub use crate::correcting::{Correction, add_reason, correct, set_outcome};
pub(crate) use crate::correcting::{change, own};
pub use crate::history::{History, HistoryLine, history};
pub use crate::undo::undo;

/// Who is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhoRef {
    /// This prospect.
    Id(ProspectId),
    /// Whoever this text names: a name, “Name, Company”, an e-mail address or a number. A new
    /// prospect when nobody is known by it.
    Text(String),
    /// A new prospect, even when somebody is called the same.
    New {
        /// Their name.
        name: String,
        /// Where they work.
        company: String,
    },
    /// Somebody without a name.
    Unnamed,
}

/// What is logged. Everything but who and outcome may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttempt {
    /// Drawn by the client, so that sending twice logs once. The attempt's own id follows from it.
    pub id: Option<AttemptId>,
    /// Who was asked.
    pub who: WhoRef,
    /// What came of it.
    pub outcome: Outcome,
    /// How far along; as the last time when left out.
    pub stage: Option<Stage>,
    /// By which way; as the last time when left out.
    pub channel: Option<Channel>,
    /// When; now when left out.
    pub at: Option<When>,
    /// In which zone; one's own when left out.
    pub zone: Option<Zone>,
    /// Why: a code or a label that is known.
    pub reason: Option<String>,
    /// Whose word the reason is.
    pub said_by: Option<SaidBy>,
    /// The prospect's words.
    pub words: Option<String>,
    /// Segment; the prospect's own when left out.
    pub segment: Option<String>,
    /// Pitch, by code or label; a new label is added.
    pub pitch: Option<String>,
    /// What kind of loss.
    pub loss_kind: Option<LossKind>,
    /// The deal it served.
    pub deal: Option<DealId>,
    /// What was at stake.
    pub value: Option<Money>,
}

impl NewAttempt {
    /// An outcome with somebody, everything else left out.
    pub fn new(who: WhoRef, outcome: Outcome) -> Self {
        Self {
            id: None,
            who,
            outcome,
            stage: None,
            channel: None,
            at: None,
            zone: None,
            reason: None,
            said_by: None,
            words: None,
            segment: None,
            pitch: None,
            loss_kind: None,
            deal: None,
            value: None,
        }
    }
}

/// What was logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The attempt.
    pub attempt: Attempt,
    /// With whom.
    pub who: Who,
    /// The follow-up it made.
    pub follow_up: Option<FollowUp>,
    /// It had been logged before, by the same client id; nothing was added.
    pub repeated: bool,
    /// Nobody was known by what was given, so a prospect was added.
    pub new_prospect: bool,
}

/// Logs an attempt.
///
/// # Errors
/// When nobody or more than one person is meant, a text is too long, the reason is unknown, or the
/// time lies in the future.
pub fn log(act: &mut Act<'_, '_>, me: &Seller, new: NewAttempt) -> Result<Logged> {
    let drawn = new.id.map(|id| own_id(act, me, id));
    if let Some(id) = drawn
        && let Some(known) = attempt::get(act.tx, id)?
    {
        let who = prospects::who(act, known.prospect)?;
        return Ok(Logged {
            attempt: known,
            who,
            follow_up: None,
            repeated: true,
            new_prospect: false,
        });
    }
    let zone = new.zone.clone().unwrap_or_else(|| me.zone().clone());
    let when = new.at.unwrap_or(When::Instant(act.now));
    let order = when
        .instant(&zone)
        .map_or(attempt::UNDATED, |t| t.as_microsecond());
    if lies_ahead(when, &zone, act.now) {
        return Err(AppError::invalid(
            "at",
            "That time lies in the future. Log it when it has happened.",
        ));
    }
    if let Some(deal) = new.deal {
        deals::get(act, me, deal)?;
    }
    let prospect = prospects::resolve(act, me, &new.who)?;
    let last = attempt::with_prospect(act.tx, me.id(), prospect.root, 1)?.pop();
    let new_prospect = last.is_none() && prospect.created_at == act.micros();
    let (reasons, words) = reason_of(act, &new)?;
    let pitch = match &new.pitch {
        Some(text) => Some(labels::find_or_add(act, LabelKind::Pitch, text)?.code),
        // For somebody who is new with this ask nobody could know the coin beforehand.
        None if new_prospect => None,
        None => pitch_tests::drawn(act, me, prospect.root, order)?,
    };
    let segment = match &new.segment {
        Some(text) => Some(labels::find_or_add(act, LabelKind::Segment, text)?.code),
        None => prospect.segment.clone(),
    };
    let attempt = Attempt {
        id: drawn.unwrap_or_else(|| act.ids.attempt()),
        owner: me.id(),
        rep: None,
        prospect: prospect.id,
        deal: new.deal,
        when,
        zone,
        order,
        seq: 0,
        ordinal: None,
        outcome: new.outcome,
        stage: new
            .stage
            .or(last.as_ref().map(|a| a.stage))
            .unwrap_or(Stage::Opener),
        channel: new
            .channel
            .or(last.as_ref().map(|a| a.channel))
            .unwrap_or(Channel::Call),
        loss_kind: new.loss_kind,
        reasons,
        words,
        segment,
        pitch,
        value: new.value,
        source: Source::default(),
        voided: false,
        brought_by: None,
        version: 0,
        recorded_at: act.micros(),
    };
    let zone = act.zone()?;
    store::derived::append(act.tx, &attempt, &zone)?;
    let follow_up = settle(act, me, &attempt)?;
    let who = prospects::who(act, prospect.id)?;
    Ok(Logged {
        attempt,
        who,
        follow_up,
        repeated: false,
        new_prospect,
    })
}

/// The attempt's id for one that a client drew: the same each time it sends it, and another one for
/// everybody else. Nobody's draw meets another's attempt, nor finds out that there is one.
fn own_id(act: &Act<'_, '_>, me: &Seller, drawn: AttemptId) -> AttemptId {
    let owner = me.id();
    let parts = [owner.as_bytes().as_slice(), drawn.as_bytes()];
    let mut id = act.workspace.keyed.hash("drawn attempt", &parts);
    // Marked as one of a version of its own (RFC 9562, version 8), so that it reads as an id.
    id[6] = (id[6] & 0x0f) | 0x80;
    id[8] = (id[8] & 0x3f) | 0x80;
    AttemptId::from_bytes(id)
}

/// Whether a time is still to come where it is meant. An hour is forgiven: clocks differ.
pub(crate) fn lies_ahead(when: When, zone: &Zone, now: jiff::Timestamp) -> bool {
    match when {
        When::Undated => false,
        When::Day(day) => day > zone.day_of(now),
        When::Instant(at) => at.duration_since(now) > jiff::SignedDuration::from_hours(1),
    }
}

/// The reason and the words of a new attempt.
fn reason_of(act: &mut Act<'_, '_>, new: &NewAttempt) -> Result<(Reasons, Option<String>)> {
    let most = act.workspace.thresholds.text_chars;
    let words = match &new.words {
        Some(words) => {
            Some(error::text("words", "What they said", words, most)?).filter(|w| !w.is_empty())
        }
        None => None,
    };
    let Some(reason) = new.reason.as_deref().filter(|r| !r.trim().is_empty()) else {
        return Ok((Reasons::default(), words));
    };
    let said_by = new.said_by.unwrap_or(match words {
        Some(_) => SaidBy::Prospect,
        None => SaidBy::SellerGuess,
    });
    Ok((Reasons::one(&known_reason(act, reason)?, said_by), words))
}

/// The code of a reason that is known by its code or label.
pub(crate) fn known_reason(act: &mut Act<'_, '_>, text: &str) -> Result<String> {
    let all = labels::all(act, LabelKind::Reason)?;
    if let Some(label) = labels::find(&all, text) {
        return Ok(label.code.clone());
    }
    // “price” is enough for “Price or value”, as long as nothing else begins like it.
    let wanted = domain::words(text);
    let mut close = all.iter().filter(|l| {
        !l.hidden && !wanted.is_empty() && wanted.iter().all(|w| domain::has_prefix_of(&l.label, w))
    });
    if let (Some(label), None) = (close.next(), close.next()) {
        return Ok(label.code.clone());
    }
    let known: Vec<String> = all
        .iter()
        .filter(|l| !l.hidden)
        .map(|l| format!("{} ({})", l.code, l.label))
        .collect();
    Err(
        AppError::invalid("reason", format!("“{text}” is no reason on the list.")).with_hint(
            format!(
                "Use one of: {}. New ones are added in Settings.",
                known.join(", ")
            ),
        ),
    )
}

/// What an attempt sets in motion: follow-ups due are done, a new one is made, the call list moves
/// on, and who asked not to be contacted is left alone.
fn settle(act: &mut Act<'_, '_>, me: &Seller, a: &Attempt) -> Result<Option<FollowUp>> {
    let today = me.zone().day_of(act.now);
    // What is written down late did nothing that was due only after it.
    let day = a.when.day(me.zone()).map_or(today, |day| day.min(today));
    let day_ends = me.zone().end_of(day).as_microsecond();
    let root = prospects::root(act, a.prospect)?;
    // A colleague's stay: they come back by themselves.
    let open = follow_up::open_of_prospect(act.tx, root)?;
    for open in open.into_iter().filter(|f| f.owner == me.id()) {
        let due = open
            .due
            .instant(&open.zone)
            .map_or(0, |t| t.as_microsecond());
        if due <= day_ends {
            end_follow_up(act, me, open, FollowUpState::Done, a.id)?;
        }
    }
    let until = match a.outcome {
        // Nobody there: they stay on the list, tomorrow.
        Outcome::NoReply | Outcome::Unknown => day_ends + 1,
        _ => i64::MAX,
    };
    call_list::skip(act.tx, me.id(), root, until)?;
    if says_stop(&a.reasons) {
        prospects::mark_do_not_contact(act, Some(me.id()), a.prospect, Some(a.id))?;
        return Ok(None);
    }
    follow_up_for(act, me, a)
}

pub(crate) fn says_stop(reasons: &Reasons) -> bool {
    reasons
        .leading()
        .is_some_and(|(code, _)| code == REASON_DO_NOT_CONTACT)
}

/// The follow-up that “not now” and “send info” ask for.
pub(crate) fn follow_up_of(act: &Act<'_, '_>, me: &Seller, a: &Attempt) -> Option<FollowUp> {
    let t = &act.workspace.thresholds;
    let (kind, days) = match a.outcome {
        Outcome::NotNow => (FollowUpKind::NotNow, t.not_now_after_days),
        Outcome::SendInfo => (FollowUpKind::SendInfo, t.send_info_after_days),
        _ => return None,
    };
    let said = a
        .when
        .day(&a.zone)
        .unwrap_or_else(|| me.zone().day_of(act.now));
    let due = said.checked_add(days.days()).unwrap_or(said);
    Some(FollowUp {
        id: act.ids.follow_up(),
        owner: me.id(),
        prospect: a.prospect,
        attempt: Some(a.id),
        due: When::Day(due),
        zone: me.zone().clone(),
        kind,
        note: String::new(),
        state: FollowUpState::Open,
    })
}

/// Ends a follow-up and notes which attempt did it.
pub(crate) fn end_follow_up(
    act: &mut Act<'_, '_>,
    me: &Seller,
    open: FollowUp,
    state: FollowUpState,
    by: AttemptId,
) -> Result<()> {
    let kind = match state {
        FollowUpState::Dropped => "follow_up_dropped",
        _ => "follow_up_done",
    };
    let (id, prospect) = (open.id, open.prospect);
    follow_up::update(act.tx, &FollowUp { state, ..open })?;
    act.record(
        Some(me.id()),
        kind,
        id.as_bytes(),
        Some(prospect),
        None::<&()>,
        Some(&json!({ "by": by })),
    )?;
    Ok(())
}

/// Makes that follow-up.
pub(crate) fn follow_up_for(
    act: &mut Act<'_, '_>,
    me: &Seller,
    a: &Attempt,
) -> Result<Option<FollowUp>> {
    let Some(new) = follow_up_of(act, me, a) else {
        return Ok(None);
    };
    // Nobody comes back on a day long past because of what is written down late.
    let days = act.workspace.thresholds.overdue_days;
    let first = me.zone().day_of(act.now).saturating_sub(days.days());
    if new.due.day(&new.zone).is_some_and(|due| due < first) {
        return Ok(None);
    }
    let kept = follow_ups::ask_for(act, me, &new, (a.order, a.seq))?;
    Ok(Some(new).filter(|_| kept))
}
