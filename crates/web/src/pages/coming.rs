//! What is to be come back to with one prospect: shown on their page and on an attempt's, changed
//! from both.

use std::collections::HashMap;

use app::follow_ups;
use axum::extract::Path;
use domain::{AttemptId, FollowUp, FollowUpId, FollowUpKind, PersonId, ProspectId, When, Zone};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{self, Wrong};
use crate::me::Me;
use crate::pages::chosen::{due, soon};
use crate::pages::{history, prospect};
use crate::reply::{Reply, see_other};
use crate::words;

/// The open follow-ups with a prospect, and the form for one more.
pub(crate) struct Coming {
    pub(crate) prospect: String,
    /// The attempt whose page this is on.
    pub(crate) attempt: Option<String>,
    pub(crate) lines: Vec<Line>,
    pub(crate) soon: Vec<(String, String)>,
    pub(crate) note: String,
    pub(crate) due: String,
    pub(crate) wrong: Wrong,
}

pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) when: String,
    pub(crate) late: bool,
    pub(crate) mark: Option<&'static str>,
    pub(crate) says: String,
    /// The day it is due, as a date field takes it.
    pub(crate) day: String,
    /// Whose it is, when it is a colleague's and not one's own to change.
    pub(crate) colleague: Option<String>,
}

impl Coming {
    pub(crate) fn new(
        prospect: ProspectId,
        attempt: Option<AttemptId>,
        open: &[FollowUp],
        colleagues: &HashMap<PersonId, String>,
        zone: &Zone,
        today: Date,
    ) -> Self {
        Self {
            prospect: prospect.to_string(),
            attempt: attempt.map(|id| id.to_string()),
            lines: open
                .iter()
                .map(|f| line(f, colleagues.get(&f.owner), zone, today))
                .collect(),
            soon: soon(today),
            note: String::new(),
            due: String::new(),
            wrong: Wrong::default(),
        }
    }

    /// The same with what was typed and what is wrong about it.
    pub(crate) fn again(mut self, fields: &Fields, wrong: Wrong) -> Self {
        self.note = fields.get("note").to_owned();
        self.due = fields.get("due").to_owned();
        self.wrong = wrong;
        self
    }
}

fn line(f: &FollowUp, colleague: Option<&String>, zone: &Zone, today: Date) -> Line {
    let day = f.due.day(zone);
    let (mark, says) = match (colleague, f.kind) {
        (None, FollowUpKind::NotNow) => (Some("not_now"), "They said not now."),
        (None, FollowUpKind::SendInfo) => (Some("send_info"), "They asked for information."),
        // What came of a colleague's attempt is the colleague's to know.
        (None, FollowUpKind::Own) | (Some(_), _) => (None, ""),
    };
    let says = format!("{says} {}", f.note).trim().to_owned();
    Line {
        id: f.id.to_string(),
        when: words::due(f.due, zone, today),
        late: day.is_some_and(|d| d < today),
        mark,
        says: if says.is_empty() {
            "To come back to.".into()
        } else {
            says
        },
        day: day.map_or_else(String::new, |d| d.to_string()),
        colleague: colleague.cloned(),
    }
}

/// What a press asks for.
enum Press {
    Set(When),
    Done(FollowUpId),
    Drop(FollowUpId),
    Move(FollowUpId, When),
}

fn press(fields: &Fields) -> Result<forms::Read<Press>, Fault> {
    let id = || {
        fields
            .read::<FollowUpId>("follow_up")?
            .ok_or_else(|| Fault::invalid("It is not clear which follow-up is meant."))
    };
    Ok(match fields.get("do") {
        "done" => Ok(Press::Done(id()?)),
        "drop" => Ok(Press::Drop(id()?)),
        "move" => {
            let id = id()?;
            due(fields).map(|when| Press::Move(id, when))
        }
        _ => due(fields).map(Press::Set),
    })
}

/// POST `/prospects/{id}/follow-ups` with `do` (`set`, `done`, `move`, `drop`), and `attempt` when
/// it was pressed on an attempt's page.
pub(crate) async fn change(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let prospect: ProspectId = id.parse().map_err(|_| Fault::not_found())?;
    let attempt: Option<AttemptId> = fields.read("attempt")?;
    let done = match press(&fields)? {
        Ok(press) => {
            let seller = me.0.clone();
            let note = fields.get("note").to_owned();
            ctx.app
                .write(move |act| match press {
                    Press::Set(due) => {
                        follow_ups::set(act, &seller, prospect, attempt, due, &note).map(drop)
                    }
                    Press::Done(id) => follow_ups::done(act, &seller, id),
                    Press::Drop(id) => follow_ups::drop_it(act, &seller, id),
                    Press::Move(id, due) => follow_ups::move_to(act, &seller, id, due),
                })
                .await
                .map_or_else(|e| Wrong::of(e).map(Err), |()| Ok(Ok(())))?
        }
        Err(wrong) => Err(wrong),
    };
    match (done, attempt) {
        (Ok(()), Some(attempt)) => Ok(see_other(&format!("/attempts/{attempt}#coming"))),
        (Ok(()), None) => Ok(see_other(&format!("/prospects/{prospect}#coming"))),
        (Err(wrong), Some(attempt)) => {
            history::again(&me, &ctx, attempt, &fields, history::Part::Coming, wrong).await
        }
        (Err(wrong), None) => {
            prospect::again(&me, &ctx, prospect, &fields, prospect::Part::Coming, wrong).await
        }
    }
}
