//! One attempt: what it was, why, what happened to it since; corrected here.

use app::ledger::{self, Correction, History};
use app::{follow_ups, labels};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::{
    Attempt, AttemptId, Channel, FollowUp, Label, LabelKind, LossKind, Outcome, SaidBy, Stage,
    When, Zone,
};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{self, Choice, Read, Wrong, choices, pairs};
use crate::me::Me;
use crate::pages::coming::Coming;
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::words;

/// The fields in which each voice's reason stands.
const VOICES: [(SaidBy, &str, &str); 3] = [
    (SaidBy::Prospect, "reason_prospect", "They said"),
    (SaidBy::SellerGuess, "reason_guess", "Your guess"),
    (SaidBy::ThirdParty, "reason_other", "Somebody else said"),
];

struct Voice {
    name: &'static str,
    label: &'static str,
    reasons: Vec<Choice>,
}

struct Line {
    at: String,
    what: String,
}

/// The form's values as text: the attempt's, or what was typed.
struct Form {
    voices: Vec<Voice>,
    words: String,
    losses: Vec<Choice>,
    outcomes: Vec<Choice>,
    stages: Vec<Choice>,
    channels: Vec<Choice>,
    date: String,
    time: String,
    zone: String,
    segment: String,
    pitch: String,
}

#[derive(Template)]
#[template(path = "attempt.html")]
struct Page<'a> {
    shell: Shell<'a>,
    id: String,
    who: String,
    company: String,
    who_id: String,
    mark: &'static str,
    outcome: &'static str,
    facts: String,
    value: Option<String>,
    voided: bool,
    saved: bool,
    form: Form,
    /// The attempt's own zone, where it is not the person's: day and time are edited in it.
    elsewhere: Option<String>,
    segments: Vec<String>,
    pitches: Vec<String>,
    coming: Coming,
    left_alone: bool,
    lines: Vec<Line>,
    wrong: Wrong,
}

/// Which form of the page something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The attempt itself.
    Attempt,
    /// What is to be come back to.
    Coming,
}

/// Everything the page is made of.
struct Whole {
    history: History,
    open: Vec<FollowUp>,
    reasons: Vec<Label>,
    segments: Vec<Label>,
    pitches: Vec<Label>,
}

async fn read(me: &Me, ctx: &Ctx, id: AttemptId) -> Result<Whole, Fault> {
    let seller = me.0.clone();
    let all = ctx.app.read(move |act| {
        let history = ledger::history(act, &seller, id)?;
        Ok(Whole {
            open: follow_ups::open_with(act, &seller, history.who.id)?,
            reasons: labels::all(act, LabelKind::Reason)?,
            segments: labels::all(act, LabelKind::Segment)?,
            pitches: labels::all(act, LabelKind::Pitch)?,
            history,
        })
    });
    Ok(all.await?)
}

/// GET `/attempts/{id}`.
pub(crate) async fn show(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let all = read(&me, &ctx, parsed(&id)?).await?;
    page(
        &me,
        &ctx,
        all,
        &Fields::default(),
        fields.has("saved"),
        None,
    )
}

/// The page with what was typed and what is wrong about it.
pub(crate) async fn again(
    me: &Me,
    ctx: &Ctx,
    id: AttemptId,
    fields: &Fields,
    part: Part,
    wrong: Wrong,
) -> Reply {
    let all = read(me, ctx, id).await?;
    page(me, ctx, all, fields, false, Some((part, wrong)))
}

fn parsed(id: &str) -> Result<AttemptId, Fault> {
    id.parse().map_err(|_| Fault::not_found())
}

fn page(
    me: &Me,
    ctx: &Ctx,
    all: Whole,
    typed: &Fields,
    saved: bool,
    wrong: Option<(Part, Wrong)>,
) -> Reply {
    let History {
        attempt: a,
        who,
        lines,
    } = all.history;
    let today = me.zone().day_of(ctx.app.now());
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let mut coming = Coming::new(who.id, Some(a.id), &all.open, me.zone(), today);
    let mut form = Form::of(&a, &all.reasons, &all.segments, &all.pitches);
    let wrong = match wrong {
        Some((Part::Coming, wrong)) => {
            coming = coming.again(typed, wrong);
            Wrong::default()
        }
        Some((Part::Attempt, wrong)) => {
            form.type_over(typed);
            wrong
        }
        None => Wrong::default(),
    };
    let title = format!("{}, {}", a.outcome.label(), who.name);
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "noes", &title),
            id: a.id.to_string(),
            who: who.name.clone(),
            company: who.company.clone(),
            who_id: who.id.to_string(),
            mark: a.outcome.code(),
            outcome: a.outcome.label(),
            facts: facts(&a, me.zone(), today),
            elsewhere: (a.zone != *me.zone()).then(|| a.zone.name().to_owned()),
            value: a
                .value
                .as_ref()
                .map(|v| format!("{} {}", v.amount(), v.currency).trim().to_owned()),
            voided: a.voided,
            saved,
            form,
            segments: names(&all.segments),
            pitches: names(&all.pitches),
            coming,
            left_alone: who.do_not_contact,
            lines: lines
                .into_iter()
                .rev()
                .map(|l| Line {
                    at: stamp(l.at, me.zone(), today),
                    what: l.what,
                })
                .collect(),
            wrong,
        },
    )
}

/// `19 November, 11:22`, as somebody in this zone says it.
pub(crate) fn stamp(at: jiff::Timestamp, zone: &Zone, today: Date) -> String {
    format!(
        "{}, {}",
        words::day(zone.day_of(at), today),
        words::clock(at, zone)
    )
}

fn facts(a: &Attempt, zone: &Zone, today: Date) -> String {
    let when = match a.when {
        When::Undated => "no date".to_owned(),
        When::Day(day) => words::day(day, today),
        When::Instant(at) => stamp(at, zone, today),
    };
    format!(
        "{}, {}. {when}.",
        a.stage.label(),
        a.channel.label().to_lowercase()
    )
}

fn names(all: &[Label]) -> Vec<String> {
    all.iter()
        .filter(|l| !l.hidden)
        .map(|l| l.label.clone())
        .collect()
}

fn label_of(all: &[Label], code: Option<&str>) -> String {
    let Some(code) = code else {
        return String::new();
    };
    all.iter()
        .find(|l| l.code == code)
        .map_or_else(|| code.to_owned(), |l| l.label.clone())
}

/// Day and time as the date and time fields show them, in the attempt's own zone.
fn date_and_time(a: &Attempt) -> (String, String) {
    let time = match a.when {
        When::Instant(at) => words::clock(at, &a.zone),
        _ => String::new(),
    };
    (
        a.when
            .day(&a.zone)
            .map_or_else(String::new, |d| d.to_string()),
        time,
    )
}

impl Form {
    fn of(a: &Attempt, reasons: &[Label], segments: &[Label], pitches: &[Label]) -> Self {
        let (date, time) = date_and_time(a);
        Self {
            voices: VOICES
                .iter()
                .map(|&(voice, name, label)| Voice {
                    name,
                    label,
                    reasons: forms::labels(reasons, a.reasons.by(voice).unwrap_or("")),
                })
                .collect(),
            words: a.words.clone().unwrap_or_default(),
            losses: choices(pairs!(LossKind), a.loss_kind.map_or("", LossKind::code)),
            outcomes: choices(pairs!(Outcome), a.outcome.code()),
            stages: choices(pairs!(Stage), a.stage.code()),
            channels: choices(pairs!(Channel), a.channel.code()),
            date,
            time,
            zone: a.zone.name().to_owned(),
            segment: label_of(segments, a.segment.as_deref()),
            pitch: label_of(pitches, a.pitch.as_deref()),
        }
    }

    /// Puts back what was typed, where something was.
    fn type_over(&mut self, typed: &Fields) {
        let choose = |list: &mut Vec<Choice>, name: &str| {
            if typed.has(name) {
                list.iter_mut()
                    .for_each(|c| c.chosen = c.value == typed.get(name));
            }
        };
        for voice in &mut self.voices {
            choose(&mut voice.reasons, voice.name);
        }
        choose(&mut self.losses, "loss_kind");
        choose(&mut self.outcomes, "outcome");
        choose(&mut self.stages, "stage");
        choose(&mut self.channels, "channel");
        for (value, name) in [
            (&mut self.words, "words"),
            (&mut self.date, "date"),
            (&mut self.time, "time"),
            (&mut self.zone, "zone"),
            (&mut self.segment, "segment"),
            (&mut self.pitch, "pitch"),
        ] {
            if typed.has(name) {
                typed.get(name).clone_into(value);
            }
        }
    }
}

/// What was sent and differs from how it stands.
fn changes(
    a: &Attempt,
    segments: &[Label],
    pitches: &[Label],
    fields: &Fields,
) -> Read<(Correction, Vec<(SaidBy, String)>)> {
    let text = |name: &str, stands: &str| {
        (fields.has(name) && fields.get(name) != stands.trim()).then(|| fields.get(name).to_owned())
    };
    let mut c = Correction {
        outcome: forms::word(fields, "outcome")?,
        stage: forms::word(fields, "stage")?,
        channel: forms::word(fields, "channel")?,
        words: text("words", a.words.as_deref().unwrap_or("")),
        segment: text("segment", &label_of(segments, a.segment.as_deref())),
        pitch: text("pitch", &label_of(pitches, a.pitch.as_deref())),
        ..Correction::default()
    };
    if fields.has("loss_kind") {
        c.loss_kind = Some(forms::word(fields, "loss_kind")?);
    }
    (c.when, c.zone) = when(a, fields)?;
    let reasons = VOICES
        .iter()
        .filter(|(voice, name, _)| {
            fields.has(name) && fields.get(name) != a.reasons.by(*voice).unwrap_or("")
        })
        .map(|(voice, name, _)| (*voice, fields.get(name).to_owned()))
        .collect();
    Ok((c, reasons))
}

/// Day, time and zone, where they were changed: seconds that no field shows stay as they are.
fn when(a: &Attempt, fields: &Fields) -> Read<(Option<When>, Option<Zone>)> {
    if !fields.has("date") {
        return Ok((None, None));
    }
    let zone = forms::zone(fields, "zone")?.unwrap_or_else(|| a.zone.clone());
    let (date, time) = date_and_time(a);
    if fields.get("date") == date && fields.get("time") == time && zone == a.zone {
        return Ok((None, None));
    }
    let when = match (forms::day(fields, "date")?, forms::time(fields, "time")?) {
        (None, None) => When::Undated,
        (None, Some(_)) => {
            return Err(Wrong::with(
                "date",
                "A time needs its day. Choose the day, or take the time away.",
            ));
        }
        (Some(day), None) => When::Day(day),
        (Some(day), Some(time)) => When::Instant(
            day.to_datetime(time)
                .to_zoned(zone.rules())
                .map_err(|_| Wrong::with("date", "That day lies too far away."))?
                .timestamp(),
        ),
    };
    Ok((Some(when), Some(zone)))
}

/// POST `/attempts/{id}`: corrects it.
pub(crate) async fn correct(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let id = parsed(&id)?;
    let all = read(&me, &ctx, id).await?;
    let changed = changes(&all.history.attempt, &all.segments, &all.pitches, &fields);
    let (correction, reasons) = match changed {
        Ok(changed) => changed,
        Err(wrong) => return again(&me, &ctx, id, &fields, Part::Attempt, wrong).await,
    };
    let seller = me.0.clone();
    let done = ctx.app.write(move |act| {
        let mut correction = correction;
        let mut reasons = reasons.into_iter();
        correction.reason = reasons.next();
        ledger::correct(act, &seller, id, correction)?;
        for reason in reasons {
            let next = Correction {
                reason: Some(reason),
                ..Correction::default()
            };
            ledger::correct(act, &seller, id, next)?;
        }
        Ok(())
    });
    match done.await.map_err(Wrong::of) {
        Ok(()) => Ok(see_other(&format!("/attempts/{id}?saved=1"))),
        Err(Ok(wrong)) => again(&me, &ctx, id, &fields, Part::Attempt, renamed(wrong)).await,
        Err(Err(fault)) => Err(fault),
    }
}

/// The ledger calls a field by its own name; the form may have another.
fn renamed(wrong: Wrong) -> Wrong {
    for (ledgers, forms) in [("at", "date"), ("reason", "reason_prospect")] {
        if let Some(text) = wrong.at(ledgers) {
            return Wrong::with(forms, text);
        }
    }
    wrong.among(&["words"])
}

/// POST `/attempts/{id}/undo`.
pub(crate) async fn undo(me: Me, ctx: Ctx, Path(id): Path<String>) -> Reply {
    let id = parsed(&id)?;
    ctx.app.write(move |act| ledger::undo(act, &me, id)).await?;
    Ok(see_other(&format!("/attempts/{id}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{PersonId, ProspectId, Reasons, Source};

    fn attempt(when: When) -> Attempt {
        Attempt {
            id: AttemptId::from_bytes([1; 16]),
            owner: PersonId::from_bytes([2; 16]),
            rep: None,
            prospect: ProspectId::from_bytes([3; 16]),
            deal: None,
            when,
            zone: Zone::new("Europe/Lisbon").expect("a zone"),
            order: 0,
            seq: 0,
            ordinal: None,
            outcome: Outcome::No,
            stage: Stage::Opener,
            channel: Channel::Call,
            loss_kind: None,
            reasons: Reasons::one("N4", SaidBy::SellerGuess),
            words: None,
            segment: None,
            pitch: None,
            value: None,
            source: Source::default(),
            voided: false,
            version: 0,
            recorded_at: 0,
        }
    }

    fn sent(a: &Attempt, form: &str) -> Read<(Correction, Vec<(SaidBy, String)>)> {
        changes(a, &[], &[], &Fields::parse(form.as_bytes()))
    }

    #[test]
    fn what_was_not_changed_is_not_corrected() {
        let at = "2026-07-19T10:22:33.5Z".parse().expect("an instant");
        let a = attempt(When::Instant(at));
        let (c, reasons) = sent(
            &a,
            "date=2026-07-19&time=11%3A22&zone=Europe%2FLisbon&reason_guess=N4&words=",
        )
        .expect("readable");
        assert_eq!((c, reasons), (Correction::default(), Vec::new()));
        let (c, _) = sent(&a, "date=2026-07-19&time=&zone=Europe%2FLisbon").expect("readable");
        assert_eq!(c.when, Some(When::Day(jiff::civil::date(2026, 7, 19))));
        let (c, _) =
            sent(&a, "date=2026-07-19&time=11%3A23&zone=Europe%2FLisbon").expect("readable");
        assert_eq!(
            c.when.map(|w| w.iso()).as_deref(),
            Some("2026-07-19T10:23:00Z")
        );
    }

    #[test]
    fn a_voice_is_changed_by_itself() {
        let a = attempt(When::Undated);
        let (_, reasons) =
            sent(&a, "reason_prospect=N6&reason_guess=&reason_other=").expect("readable");
        let expected = [
            (SaidBy::Prospect, "N6".to_owned()),
            (SaidBy::SellerGuess, String::new()),
        ];
        assert_eq!(reasons, expected);
        let wrong = sent(&a, "date=&time=11%3A22&zone=").expect_err("no day");
        assert!(wrong.at("date").is_some());
        assert!(
            sent(&a, "date=2026-02-30&time=&zone=")
                .expect_err("no day")
                .at("date")
                .is_some_and(|t| t.contains("February has 28 days"))
        );
    }
}
