//! Logging attempts, and everything that may happen to one afterwards.

use domain::{
    Attempt, AttemptId, Channel, DealId, FollowUp, FollowUpKind, FollowUpState, LabelKind,
    LossKind, Money, Outcome, ProspectId, REASON_DO_NOT_CONTACT, Reasons, SaidBy, Source, Stage,
    Version, When, Zone,
};
use jiff::ToSpan;
use serde_json::json;
use store::tables::{attempt, call_list, event, follow_up};

use crate::{Act, AppError, Kind, Result, Seller, Who, error, labels, prospects};

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
    /// Drawn by the client, so that sending twice logs once.
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
}

/// Logs an attempt.
///
/// # Errors
/// When nobody or more than one person is meant, a text is too long, the reason is unknown, or the
/// time lies in the future.
pub fn log(act: &mut Act<'_, '_>, me: &Seller, new: NewAttempt) -> Result<Logged> {
    if let Some(id) = new.id
        && let Some(known) = attempt::get(act.tx, id)?
    {
        if known.owner != me.id() {
            return Err(AppError::new(
                Kind::Conflict,
                "This was logged by somebody else.",
            ));
        }
        let who = prospects::who(act, known.prospect)?;
        return Ok(Logged {
            attempt: known,
            who,
            follow_up: None,
            repeated: true,
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
    let prospect = prospects::resolve(act, me, &new.who)?;
    let last = attempt::of_prospect(act.tx, prospect.root, 10)?
        .into_iter()
        .find(|a| !a.voided);
    let (reasons, words) = reason_of(act, &new)?;
    let pitch = match &new.pitch {
        Some(text) => Some(labels::find_or_add(act, LabelKind::Pitch, text)?.code),
        None => None,
    };
    let segment = match &new.segment {
        Some(text) => Some(labels::find_or_add(act, LabelKind::Segment, text)?.code),
        None => prospect.segment.clone(),
    };
    let attempt = Attempt {
        id: new.id.unwrap_or_else(|| act.ids.attempt()),
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
    })
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
fn known_reason(act: &mut Act<'_, '_>, text: &str) -> Result<String> {
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
    let today_ends = me.zone().end_of(me.zone().day_of(act.now)).as_microsecond();
    let root = prospects::root(act, a.prospect)?;
    for mut open in follow_up::open_of_prospect(act.tx, root)? {
        let due = open
            .due
            .instant(&open.zone)
            .map_or(0, |t| t.as_microsecond());
        if due <= today_ends {
            open.state = FollowUpState::Done;
            follow_up::update(act.tx, &open)?;
            let by = json!({ "by": a.id });
            act.record(
                Some(me.id()),
                "follow_up_done",
                open.id.as_bytes(),
                Some(open.prospect),
                None::<&()>,
                Some(&by),
            )?;
        }
    }
    let until = match a.outcome {
        // Nobody there: they stay on the list, tomorrow.
        Outcome::NoReply | Outcome::Unknown => today_ends + 1,
        _ => i64::MAX,
    };
    call_list::skip(act.tx, me.id(), root, until)?;
    if says_stop(&a.reasons) {
        prospects::mark_do_not_contact(act, Some(me.id()), a.prospect, Some(a.id))?;
        return Ok(None);
    }
    follow_up_for(act, me, a)
}

fn says_stop(reasons: &Reasons) -> bool {
    reasons
        .leading()
        .is_some_and(|(code, _)| code == REASON_DO_NOT_CONTACT)
}

/// The follow-up that “not now” and “send info” ask for.
fn follow_up_for(act: &mut Act<'_, '_>, me: &Seller, a: &Attempt) -> Result<Option<FollowUp>> {
    let t = &act.workspace.thresholds;
    let (kind, days) = match a.outcome {
        Outcome::NotNow => (FollowUpKind::NotNow, t.not_now_after_days),
        Outcome::SendInfo => (FollowUpKind::SendInfo, t.send_info_after_days),
        _ => return Ok(None),
    };
    let said = a
        .when
        .day(&a.zone)
        .unwrap_or_else(|| me.zone().day_of(act.now));
    let due = said.checked_add(days.days()).unwrap_or(said);
    let follow_up = FollowUp {
        id: act.ids.follow_up(),
        owner: me.id(),
        prospect: a.prospect,
        attempt: Some(a.id),
        due: When::Day(due),
        zone: me.zone().clone(),
        kind,
        note: String::new(),
        state: FollowUpState::Open,
    };
    follow_up::insert(act.tx, &follow_up)?;
    Ok(Some(follow_up))
}

/// What to change about an attempt; what is left out stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the same fields as in Attempt")]
pub struct Correction {
    pub when: Option<When>,
    pub zone: Option<Zone>,
    pub outcome: Option<Outcome>,
    pub stage: Option<Stage>,
    pub channel: Option<Channel>,
    pub loss_kind: Option<Option<LossKind>>,
    /// A reason by one voice; an empty code takes it away.
    pub reason: Option<(SaidBy, String)>,
    pub words: Option<String>,
    /// A code; an empty one takes it away.
    pub segment: Option<String>,
    pub pitch: Option<String>,
    pub prospect: Option<ProspectId>,
    pub deal: Option<Option<DealId>>,
}

/// One's own attempt.
pub(crate) fn own(act: &mut Act<'_, '_>, me: &Seller, id: AttemptId) -> Result<Attempt> {
    attempt::get(act.tx, id)?
        .filter(|a| a.owner == me.id())
        .ok_or_else(|| AppError::not_found("attempt"))
}

/// Corrects an attempt; how it stood before stays in its history.
///
/// # Errors
/// When it is not one's own, was undone, or a value is not right.
pub fn correct(
    act: &mut Act<'_, '_>,
    me: &Seller,
    id: AttemptId,
    c: Correction,
) -> Result<Attempt> {
    let before = own(act, me, id)?;
    if before.voided {
        return Err(AppError::new(
            Kind::Conflict,
            "This attempt was undone. Log it again instead.",
        ));
    }
    let most = act.workspace.thresholds.text_chars;
    let mut after = before.clone();
    if let Some(zone) = c.zone {
        after.zone = zone;
    }
    if let Some(when) = c.when {
        after.when = when;
        after.order = when
            .instant(&after.zone)
            .map_or(attempt::UNDATED, |t| t.as_microsecond());
        if lies_ahead(when, &after.zone, act.now) {
            return Err(AppError::invalid("at", "That time lies in the future."));
        }
    }
    after.outcome = c.outcome.unwrap_or(after.outcome);
    after.stage = c.stage.unwrap_or(after.stage);
    after.channel = c.channel.unwrap_or(after.channel);
    after.loss_kind = c.loss_kind.unwrap_or(after.loss_kind);
    if let Some((said_by, code)) = c.reason {
        let code = if code.trim().is_empty() {
            None
        } else {
            Some(known_reason(act, &code)?)
        };
        after.reasons.set(said_by, code);
    }
    if let Some(words) = c.words {
        after.words =
            Some(error::text("words", "What they said", &words, most)?).filter(|w| !w.is_empty());
    }
    if let Some(segment) = c.segment {
        after.segment = label_code(act, LabelKind::Segment, &segment)?;
    }
    if let Some(pitch) = c.pitch {
        after.pitch = label_code(act, LabelKind::Pitch, &pitch)?;
    }
    if let Some(prospect) = c.prospect {
        after.prospect = prospects::get(act, prospect)?.id;
    }
    after.deal = c.deal.unwrap_or(after.deal);
    change(act, Some(me), &before, after, "corrected")
}

fn label_code(act: &mut Act<'_, '_>, kind: LabelKind, text: &str) -> Result<Option<String>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(labels::find_or_add(act, kind, text)?.code))
}

/// Writes a new version and the line of history that keeps the old one. Changes nothing when
/// nothing is different.
pub(crate) fn change(
    act: &mut Act<'_, '_>,
    me: Option<&Seller>,
    before: &Attempt,
    mut after: Attempt,
    kind: &str,
) -> Result<Attempt> {
    if before.version() == after.version() {
        return Ok(after);
    }
    after.version = before.version + 1;
    let zone = act.zone()?;
    store::derived::change(act.tx, before, &after, &zone)?;
    act.record(
        me.map(Seller::id),
        kind,
        before.id.as_bytes(),
        Some(before.prospect),
        Some(&before.version()),
        Some(&after.version()),
    )?;
    let stops = says_stop(&after.reasons) && !says_stop(&before.reasons);
    if stops && !after.voided {
        prospects::mark_do_not_contact(act, me.map(Seller::id), after.prospect, Some(after.id))?;
    }
    if let Some(me) = me
        && (before.outcome != after.outcome || before.voided != after.voided)
    {
        drop_follow_ups(act, me, before)?;
        if !after.voided && !stops {
            follow_up_for(act, me, &after)?;
        }
    }
    Ok(after)
}

/// Drops the open follow-ups an attempt made, as it no longer asks for them.
fn drop_follow_ups(act: &mut Act<'_, '_>, me: &Seller, a: &Attempt) -> Result<()> {
    for mut open in follow_up::open_of_attempt(act.tx, a.prospect, a.id)? {
        if open.kind == FollowUpKind::Own {
            continue;
        }
        open.state = FollowUpState::Dropped;
        follow_up::update(act.tx, &open)?;
        act.record(
            Some(me.id()),
            "follow_up_dropped",
            open.id.as_bytes(),
            Some(open.prospect),
            None::<&()>,
            Some(&json!({ "by": a.id })),
        )?;
    }
    Ok(())
}

/// Gives one reason to several attempts, by one voice; what other voices said stays.
///
/// # Errors
/// When an attempt is not one's own, or the reason is unknown.
pub fn add_reason(
    act: &mut Act<'_, '_>,
    me: &Seller,
    ids: &[AttemptId],
    reason: &str,
    said_by: SaidBy,
    words: Option<&str>,
) -> Result<()> {
    let code = known_reason(act, reason)?;
    let most = act.workspace.thresholds.text_chars;
    let words = words
        .map(|w| error::text("words", "What they said", w, most))
        .transpose()?;
    for &id in ids {
        let before = own(act, me, id)?;
        let mut after = before.clone();
        after.reasons.set(said_by, Some(code.clone()));
        if let Some(words) = words.as_ref().filter(|w| !w.is_empty()) {
            after.words = Some(words.clone());
        }
        change(act, Some(me), &before, after, "reason")?;
    }
    Ok(())
}

/// Gives several attempts another outcome.
///
/// # Errors
/// When an attempt is not one's own.
pub fn set_outcome(
    act: &mut Act<'_, '_>,
    me: &Seller,
    ids: &[AttemptId],
    outcome: Outcome,
) -> Result<()> {
    for &id in ids {
        correct(
            act,
            me,
            id,
            Correction {
                outcome: Some(outcome),
                ..Correction::default()
            },
        )?;
    }
    Ok(())
}

/// Undoes an attempt: it counts nowhere any more, and stays in the history. What it set in motion
/// is taken back. Undoing twice changes nothing more.
///
/// # Errors
/// When it is not one's own.
pub fn undo(act: &mut Act<'_, '_>, me: &Seller, id: AttemptId) -> Result<Attempt> {
    let before = own(act, me, id)?;
    let mut after = before.clone();
    after.voided = true;
    if before.voided {
        return Ok(before);
    }
    let after = change(act, Some(me), &before, after, "voided")?;
    let by = format!("\"by\":\"{id}\"");
    let caused = event::of_prospect(act.tx, before.prospect)?
        .into_iter()
        .filter(|e| e.after.as_deref().is_some_and(|json| json.contains(&by)));
    for line in caused {
        match line.kind.as_str() {
            "follow_up_done" => {
                let id = domain::FollowUpId::from_bytes(line.subject);
                if let Some(mut done) = follow_up::get(act.tx, id)? {
                    done.state = FollowUpState::Open;
                    follow_up::update(act.tx, &done)?;
                }
            }
            "do_not_contact" => prospects::clear_do_not_contact(act, me, before.prospect)?,
            _ => {}
        }
    }
    let root = prospects::root(act, before.prospect)?;
    call_list::skip(act.tx, me.id(), root, 0)?;
    Ok(after)
}

/// One attempt and everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// As it stands now.
    pub attempt: Attempt,
    /// With whom.
    pub who: Who,
    /// What happened, oldest first.
    pub lines: Vec<HistoryLine>,
}

/// One line of the history in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// When it was written down.
    pub at: jiff::Timestamp,
    /// What happened, as sentences.
    pub what: String,
}

/// The history of an attempt.
///
/// # Errors
/// When it is not one's own.
pub fn history(act: &mut Act<'_, '_>, me: &Seller, id: AttemptId) -> Result<History> {
    let attempt = own(act, me, id)?;
    let who = prospects::who(act, attempt.prospect)?;
    let names = labels::names(act, LabelKind::Reason)?;
    let from = if attempt.source.kind.is_empty() {
        "Logged.".to_owned()
    } else {
        let format = attempt.source.kind.parse::<exchange::Format>();
        let label = format.map_or(attempt.source.kind.as_str(), |f| f.label());
        format!("Brought in from a file: {label}.")
    };
    let at = |micros| jiff::Timestamp::from_microsecond(micros).unwrap_or_default();
    let mut lines = vec![HistoryLine {
        at: at(attempt.recorded_at),
        what: from,
    }];
    for line in event::of_subject(act.tx, id.as_bytes())? {
        let read = |json: &Option<String>| {
            json.as_deref()
                .and_then(|j| serde_json::from_str::<Version>(j).ok())
        };
        let what = match (read(&line.before), read(&line.after)) {
            (Some(before), Some(after)) => differences(&before, &after, &names),
            _ => "Changed.".to_owned(),
        };
        lines.push(HistoryLine {
            at: at(line.at),
            what,
        });
    }
    Ok(History {
        attempt,
        who,
        lines,
    })
}

/// What differs between two versions, in plain words.
fn differences(
    before: &Version,
    after: &Version,
    names: &std::collections::HashMap<String, String>,
) -> String {
    let mut out = Vec::new();
    let mut say = |what: &str, from: String, to: String| {
        if from != to {
            let shown = |s: String| {
                if s.is_empty() {
                    "nothing".to_owned()
                } else {
                    s
                }
            };
            out.push(format!("{what}: from {} to {}.", shown(from), shown(to)));
        }
    };
    let reason = |code: Option<&str>| {
        code.map_or_else(String::new, |c| {
            names.get(c).cloned().unwrap_or_else(|| c.to_owned())
        })
    };
    say(
        "Outcome",
        before.outcome.label().into(),
        after.outcome.label().into(),
    );
    for &voice in SaidBy::ALL {
        let what = match voice {
            SaidBy::Prospect => "Reason, their word",
            SaidBy::SellerGuess => "Reason, your guess",
            SaidBy::ThirdParty => "Reason, somebody else’s word",
        };
        say(
            what,
            reason(before.reasons.by(voice)),
            reason(after.reasons.by(voice)),
        );
    }
    let quoted = |w: &Option<String>| w.as_ref().map_or_else(String::new, |w| format!("“{w}”"));
    say(
        "What they said",
        quoted(&before.words),
        quoted(&after.words),
    );
    say(
        "Stage",
        before.stage.label().into(),
        after.stage.label().into(),
    );
    say(
        "Channel",
        before.channel.label().into(),
        after.channel.label().into(),
    );
    say("When", before.at.clone(), after.at.clone());
    let loss = |l: Option<LossKind>| l.map_or_else(String::new, |l| l.label().to_owned());
    say(
        "Kind of loss",
        loss(before.loss_kind),
        loss(after.loss_kind),
    );
    if before.segment != after.segment {
        out.push("Segment changed.".into());
    }
    if before.pitch != after.pitch {
        out.push("Pitch changed.".into());
    }
    if before.value != after.value {
        out.push("Value changed.".into());
    }
    if before.prospect != after.prospect {
        out.push("Moved to another prospect.".into());
    }
    if !before.voided && after.voided {
        out.push("Undone.".into());
    }
    if out.is_empty() {
        "Changed.".into()
    } else {
        out.join(" ")
    }
}
