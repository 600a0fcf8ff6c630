//! What happened to an attempt, in plain words.

use domain::{Attempt, AttemptId, LabelKind, LossKind, SaidBy, Version};
use store::tables::event;

use crate::ledger::own;
use crate::{Act, Result, Seller, Who, labels, prospects};

/// One attempt and everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// As it stands now.
    pub attempt: Attempt,
    /// With whom.
    pub who: Who,
    /// They were forgotten: nothing can be written about them.
    pub forgotten: bool,
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
    let root = prospects::root(act, attempt.prospect)?;
    let stands = prospects::get(act, root)?;
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
        who: Who::from(&stands),
        forgotten: stands.forgotten,
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
