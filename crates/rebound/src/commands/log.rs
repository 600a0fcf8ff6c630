//! `rebound no WHO` and `rebound yes WHO`.

use app::ledger::{self, Logged, NewAttempt, WhoRef};
use app::{App, AppError, Kind, Seller, Who};
use domain::Outcome;
use serde_json::{Value, json};

use crate::cli::{Global, Log};
use crate::{output, place, times};

pub(crate) fn run(global: &Global, log: Log, outcome: Outcome) -> Result<(), AppError> {
    let app = place::open(global)?;
    let me = place::me(&app, global)?;
    let at = log
        .at
        .as_deref()
        .map(|t| times::parse(t, me.zone(), app.now()))
        .transpose()?;
    let new = NewAttempt {
        stage: log.stage,
        channel: log.channel,
        at,
        reason: log.why,
        said_by: log.said_by,
        words: log.said,
        loss_kind: log.loss,
        pitch: log.pitch,
        segment: log.segment,
        ..NewAttempt::new(WhoRef::Text(log.who), outcome)
    };
    let logged = match write(&app, &me, new.clone()) {
        Err(e) if e.kind == Kind::Ambiguous && output::can_ask(global.json) => {
            let who = choose(&e.message, &e.candidates)?;
            write(
                &app,
                &me,
                NewAttempt {
                    who: WhoRef::Id(who),
                    ..new
                },
            )?
        }
        other => other?,
    };
    output::result(global.json, &object(&logged), &sentence(&logged))
}

fn write(app: &App, me: &Seller, new: NewAttempt) -> Result<Logged, AppError> {
    let me = me.clone();
    app.write_blocking(move |act| ledger::log(act, &me, new))
}

/// Asks which of several people is meant.
fn choose(question: &str, candidates: &[Who]) -> Result<domain::ProspectId, AppError> {
    output::note(question);
    for (i, who) in candidates.iter().enumerate() {
        output::note(&format!("  {}  {}", i + 1, name(who)));
    }
    let answer = output::ask("Which one? Type its number:");
    answer
        .and_then(|a| a.parse::<usize>().ok())
        .and_then(|n| candidates.get(n.checked_sub(1)?))
        .map(|who| who.id)
        .ok_or_else(|| {
            AppError::new(
                Kind::Ambiguous,
                "None of them was chosen, so nothing was logged.",
            )
        })
}

pub(crate) fn name(who: &Who) -> String {
    if who.company.is_empty() {
        who.name.clone()
    } else {
        format!("{}, {}", who.name, who.company)
    }
}

fn sentence(logged: &Logged) -> String {
    let a = &logged.attempt;
    let mut text = format!(
        "{}: {}. {}, {}.{}\n",
        name(&logged.who),
        a.outcome.label(),
        a.stage.label(),
        a.channel.label().to_lowercase(),
        if logged.new_prospect { " (new)" } else { "" },
    );
    if logged.who.do_not_contact {
        text.push_str("They asked not to be contacted.\n");
    }
    text
}

fn object(logged: &Logged) -> Value {
    let mut object = output::attempt(&logged.attempt, &logged.who);
    object["new"] = json!(logged.new_prospect);
    object["do_not_contact"] = json!(logged.who.do_not_contact);
    object
}
