//! Evidence from one's own ledger.

use std::collections::HashMap;

use domain::{Attempt, LabelKind, Outcome, Prospect, ProspectId, SaidBy};
use evidence::Pooled;
use evidence::watch::Promise;
use store::tables::{attempt, prospect};

use super::ask::{Ask, By, Numbering, Person, key_of};
use super::report::Report;
use super::study::Study;
use crate::{Act, Result, Seller, labels};

/// What one's own attempts tell.
///
/// # Errors
/// When the database cannot.
pub fn of_mine(act: &mut Act<'_, '_>, me: &Seller, by: &[By]) -> Result<Report> {
    let segments: HashMap<String, String> = labels::names(act, LabelKind::Segment)?;
    let pitches = labels::names(act, LabelKind::Pitch)?;
    let mut mine: Vec<Attempt> = Vec::new();
    attempt::each_of_owner(act.tx, me.id(), |attempt| {
        mine.push(attempt);
        Ok(())
    })?;
    // Asks of somebody who was merged with another are asks of one prospect.
    let mut people: HashMap<ProspectId, Prospect> = HashMap::new();
    let mut ids: Vec<ProspectId> = mine.iter().map(|attempt| attempt.prospect).collect();
    ids.sort_unstable();
    ids.dedup();
    for part in ids.chunks(500) {
        for person in prospect::get_many(act.tx, part)? {
            people.insert(person.id, person);
        }
    }
    let run = |pooled: Pooled| {
        let mut study = Study::new(by, pooled);
        let mut numbering = Numbering::default();
        for attempt in &mine {
            let person = people.get(&attempt.prospect);
            let person = person.map(|person| people.get(&person.root).unwrap_or(person));
            push(
                &mut study,
                &mut numbering,
                attempt,
                person,
                &segments,
                &pitches,
            );
        }
        study
    };
    let mut study = run(Pooled::default());
    let streams = study.streams.len() as u64;
    if streams > 1 {
        study = run(Pooled::default().promising(Promise::default().shared_by(streams)));
    }
    Ok(study.report(act.micros()))
}

fn push(
    study: &mut Study,
    numbering: &mut Numbering,
    attempt: &Attempt,
    person: Option<&Prospect>,
    segments: &HashMap<String, String>,
    pitches: &HashMap<String, String>,
) {
    let root = person.map_or(attempt.prospect, |person| person.root);
    let prospect = key_of(&root);
    let deal = key_of(&attempt.deal);
    let yes = attempt.outcome == Outcome::Yes;
    let named = |names: &'_ HashMap<String, String>, code: &Option<String>| {
        code.as_ref()
            .map(|code| names.get(code).unwrap_or(code).clone())
    };
    let (segment, pitch) = (
        named(segments, &attempt.segment),
        named(pitches, &attempt.pitch),
    );
    let at = attempt
        .when
        .instant(&attempt.zone)
        .map(|at| at.as_microsecond());
    // Whoever asked not to be contacted, or was forgotten, is nobody's next.
    let may_be_next = person.filter(|person| person.do_not_contact.is_none() && !person.forgotten);
    study.push(&Ask {
        rep: "",
        segment: segment.as_deref(),
        pitch: pitch.as_deref(),
        stage: attempt.stage,
        channel: attempt.channel,
        outcome: attempt.outcome,
        dated: at.is_some(),
        at,
        number: numbering.number(Some(prospect), deal, attempt.ordinal, yes),
        prospect: may_be_next.map(|person| Person {
            key: prospect,
            name: &person.name,
            company: &person.company,
        }),
        reasons: [SaidBy::Prospect, SaidBy::SellerGuess, SaidBy::ThirdParty]
            .into_iter()
            .filter_map(|voice| Some((attempt.reasons.by(voice)?, voice)))
            .collect(),
        value: attempt.value.as_ref(),
    });
}
