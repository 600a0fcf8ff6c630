//! Today: what is next, what is due, and the run since the last yes.

mod order;

use ::evidence::Evidence;
use domain::{FollowUp, Outcome, Prospect, ProspectId, Tally};
use jiff::civil::Date;
use store::tables::attempt::{self, Place};
use store::tables::{call_list, counts, follow_up, prospect};

use crate::evidence::{self, Glance};
use crate::{Act, Result, Seller, Who, prospects};

pub use order::{Order, set_own_order};

/// What Today shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Today {
    /// Which day it is where the person works.
    pub day: Date,
    /// Attempts dated today.
    pub attempts_today: i64,
    /// People a tap may mean: next on the list, due, then the latest; three at most.
    pub likely: Vec<Who>,
    /// The run since the last yes.
    pub run: Run,
    /// From how many.
    pub sample: Sample,
    /// How ordinary that run is.
    pub glance: Glance,
    /// Much is still to be folded, so that neither that nor an order can be told yet.
    pub behind: bool,
    /// The next prospect of the call list.
    pub next: Option<Next>,
    /// Follow-ups due by the end of the day, earliest first.
    pub due: Vec<Due>,
    /// How many more are waiting on the call list, counted no further than people are ordered.
    pub list_left: i64,
}

/// The attempts since the last yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// How many.
    pub since_yes: i64,
    /// The first of them as marks, oldest first.
    pub marks: Vec<Outcome>,
    /// How many more than the marks.
    pub more: i64,
    /// Whether there was a yes at all.
    pub ever_yes: bool,
}

/// How much there is to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Attempts with a known outcome.
    pub attempts: i64,
    /// Attempts whose outcome is not known yet.
    pub waiting: i64,
    /// How many of them were a yes.
    pub yes: i64,
}

/// Somebody to ask next.
#[derive(Debug, Clone, PartialEq)]
pub struct Next {
    /// Who.
    pub prospect: Prospect,
    /// In which order they are next.
    pub order: Order,
    /// One's own attempts so far, newest first; the latest few.
    pub attempts: Vec<domain::Attempt>,
    /// How many of them there are in all.
    pub tries: i64,
}

/// Somebody to come back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When and why.
    pub follow_up: FollowUp,
    /// Who.
    pub prospect: Prospect,
    /// Due before today.
    pub late: bool,
    /// The attempt it came from.
    pub attempt: Option<domain::Attempt>,
}

/// Today.
///
/// # Errors
/// When the database cannot be read.
pub fn page(act: &mut Act<'_, '_>, me: &Seller) -> Result<Today> {
    let zone = me.zone();
    let day = zone.day_of(act.now);
    let (starts, ends) = (
        zone.start_of(day).as_microsecond(),
        zone.end_of(day).as_microsecond(),
    );
    let now = act.micros();
    let evidence = evidence::at_hand(act, me.id())?;
    let (list, order) = order::waiting(act, me, evidence.as_ref(), ends)?;
    let due = due(act, me, starts, ends)?;
    let likely = likely(act, me, &list, &due)?;
    let next = match list.first() {
        Some(&id) => Some(next(act, me, id, order)?),
        None => None,
    };
    let run = run(act, me, evidence.as_ref())?;
    let most = limit(act.workspace.thresholds.ordered_people);
    Ok(Today {
        day,
        attempts_today: attempt::count_between(act.tx, me.id(), starts, ends)?,
        likely,
        sample: sample(act, me, evidence.as_ref())?,
        glance: evidence::glance(act, me, evidence.as_ref(), run.since_yes)?,
        behind: evidence.is_none(),
        run,
        next,
        due,
        list_left: call_list::count(act.tx, me.id(), now, most)?,
    })
}

/// How much there is to go by: from the evidence where that is at hand, or else from the counts.
fn sample(act: &mut Act<'_, '_>, me: &Seller, evidence: Option<&Evidence>) -> Result<Sample> {
    if let Some(evidence) = evidence {
        let counts = evidence.all().stream.counts();
        return Ok(Sample {
            attempts: whole(counts.tries()),
            waiting: whole(evidence.waiting()),
            yes: whole(counts.yes()),
        });
    }
    let mut total = Tally::default();
    for (_, tally) in counts::of_person(act.tx, me.id())? {
        total.add(&tally, 1);
    }
    Ok(Sample {
        attempts: total.attempts() - total.outcome(Outcome::Unknown),
        waiting: total.outcome(Outcome::Unknown),
        yes: total.outcome(Outcome::Yes),
    })
}

/// The run since the last yes; dated attempts with a known outcome only.
fn run(act: &mut Act<'_, '_>, me: &Seller, evidence: Option<&Evidence>) -> Result<Run> {
    let last = attempt::last_of(act.tx, me.id(), Outcome::Yes)?;
    let from = last.unwrap_or(Place::FIRST);
    let since_yes = match evidence {
        // Where none is dated, its run is that of the undated ones.
        Some(evidence) if evidence.undated() < evidence.all().stream.counts().tries() => {
            whole(evidence.all().stream.run())
        }
        _ => attempt::count_after(act.tx, me.id(), from)?,
    };
    let most = limit(act.workspace.thresholds.run_marks);
    let marks = attempt::run_after(act.tx, me.id(), from, most)?;
    let more = since_yes - limit(marks.len());
    Ok(Run {
        since_yes,
        marks,
        more,
        ever_yes: last.is_some(),
    })
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn due(act: &mut Act<'_, '_>, me: &Seller, starts: i64, ends: i64) -> Result<Vec<Due>> {
    let all = follow_up::due_by(
        act.tx,
        me.id(),
        ends,
        limit(act.workspace.thresholds.due_shown),
    )?;
    let mut out = Vec::with_capacity(all.len());
    for follow_up in all {
        let root = prospects::root(act, follow_up.prospect)?;
        let prospect = prospects::get(act, root)?;
        let attempt = match follow_up.attempt {
            Some(id) => attempt::get(act.tx, id)?.filter(|a| a.owner == me.id()),
            None => None,
        };
        let at = follow_up
            .due
            .instant(&follow_up.zone)
            .map_or(0, |t| t.as_microsecond());
        out.push(Due {
            late: at < starts,
            follow_up,
            prospect,
            attempt,
        });
    }
    Ok(out)
}

/// A number of rows as the store takes it.
fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

fn likely(
    act: &mut Act<'_, '_>,
    me: &Seller,
    list: &[ProspectId],
    due: &[Due],
) -> Result<Vec<Who>> {
    let mut ids: Vec<ProspectId> = Vec::new();
    let back = limit(act.workspace.thresholds.recent_attempts);
    let recent = attempt::recent_prospects(act.tx, me.id(), back)?;
    let due = due.iter().map(|d| d.prospect.root);
    for id in list.iter().copied().take(2).chain(due).chain(recent) {
        if ids.len() < 6 && !ids.contains(&id) {
            ids.push(id);
        }
    }
    let found = prospect::get_many(act.tx, &ids)?;
    Ok(ids
        .iter()
        .filter_map(|id| found.iter().find(|p| p.id == *id))
        .filter(|p| {
            p.do_not_contact.is_none()
                && !p.forgotten
                && !(p.name.is_empty() && p.company.is_empty())
        })
        .take(3)
        .map(Who::from)
        .collect())
}

fn next(act: &mut Act<'_, '_>, me: &Seller, id: ProspectId, order: Order) -> Result<Next> {
    let prospect = prospects::get(act, id)?;
    let latest = limit(act.workspace.thresholds.next_attempts);
    Ok(Next {
        prospect,
        order,
        attempts: attempt::with_prospect(act.tx, me.id(), id, latest)?,
        tries: attempt::count_with_prospect(act.tx, me.id(), id)?,
    })
}
