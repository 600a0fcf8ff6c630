//! An attempt as a form: how it stands as text, what was typed over it, and what differs.

use app::ledger::Correction;
use domain::{Attempt, Channel, Label, LossKind, Outcome, SaidBy, Stage, When, Zone};

use crate::fields::Fields;
use crate::forms::{self, Choice, Read, Wrong, choices, pairs};
use crate::words;

/// The fields in which each voice's reason stands.
const VOICES: [(SaidBy, &str, &str); 3] = [
    (SaidBy::Prospect, "reason_prospect", "They said"),
    (SaidBy::SellerGuess, "reason_guess", "Your guess"),
    (SaidBy::ThirdParty, "reason_other", "Somebody else said"),
];

pub(crate) struct Voice {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) reasons: Vec<Choice>,
}

/// The form's values as text: the attempt's, or what was typed.
pub(crate) struct Form {
    pub(crate) voices: Vec<Voice>,
    pub(crate) words: String,
    pub(crate) losses: Vec<Choice>,
    pub(crate) outcomes: Vec<Choice>,
    pub(crate) stages: Vec<Choice>,
    pub(crate) channels: Vec<Choice>,
    pub(crate) date: String,
    pub(crate) time: String,
    pub(crate) zone: String,
    pub(crate) segment: String,
    pub(crate) pitch: String,
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
    pub(crate) fn of(
        a: &Attempt,
        reasons: &[Label],
        segments: &[Label],
        pitches: &[Label],
    ) -> Self {
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
    pub(crate) fn type_over(&mut self, typed: &Fields) {
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
pub(crate) fn changes(
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{AttemptId, PersonId, ProspectId, Reasons, Source};

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
            brought_by: None,
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
