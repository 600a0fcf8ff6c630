//! A believable sample year for a team of six, so that every page has something to show.
//!
//! `year` plans it, this file writes the plan into the ledger in bulk, and `touches` lets the
//! people do what people do afterwards, through the same acts as everybody.

mod calendar;
mod dice;
mod names;
mod touches;
mod words;
mod work;
mod year;

use domain::{
    Attempt, AttemptId, Deal, LabelKind, Money, Outcome, Prospect, ProspectId, Reasons, Role,
    Roles, Source, Standing, Team, When,
};
use jiff::Timestamp;
use store::Hash;
use store::tables::matching::{self, MatchKeys};
use store::tables::team;

use self::calendar::Calendar;
use self::dice::Dice;
use self::names::{AddressBook, CAST, SEGMENTS};
use self::year::{TEAM, Year};
use crate::prospects::Contact;
use crate::{
    Act, App, AppError, Kind, Result, Seller, accounts, deals, labels, prospects, session,
};

/// Fills an empty ledger with the sample year up to now, and answers with the person it belongs to.
/// The same instant gives the same year.
///
/// # Errors
/// When somebody uses the ledger already; then nothing is changed. Or when the database cannot.
pub fn fill(app: &App) -> Result<Seller> {
    let (me, forgotten) = app.write_blocking(|act| {
        act.tx.exclusive()?;
        if !session::is_first_run(act)? {
            return Err(AppError::new(
                Kind::Refused,
                "Somebody uses this ledger already; the sample year is for an empty one.",
            )
            .with_hint("Give the sample a database of its own."));
        }
        let mut plan = year::plan(act.now);
        let calendar = Calendar::new(TEAM[0].zone(), act.now);
        let cast = cast(&mut plan, &calendar);
        let written = write(act, &plan, cast, calendar)?;
        let forgotten = touches::all(act, &plan, &written)?;
        Ok((written.team[0].clone(), forgotten))
    })?;
    if let Some(id) = forgotten {
        prospects::forget(app, &me, id)?;
    }
    Ok(me)
}

/// What the plan became.
struct Written {
    /// As in [`TEAM`].
    team: Vec<Seller>,
    /// As the plan's leads.
    prospects: Vec<Prospect>,
    /// As the plan's asks.
    attempts: Vec<AttemptId>,
    /// As the plan's deals, before they were closed.
    deals: Vec<Deal>,
    /// The leads with a part, as in [`CAST`].
    cast: Vec<Option<usize>>,
    calendar: Calendar,
}

/// The same ledger at another time; never in the future.
fn at<'a, 'c>(act: &'a mut Act<'_, 'c>, micros: i64) -> Act<'a, 'c> {
    let now = Timestamp::from_microsecond(micros).map_or(act.now, |t| t.min(act.now));
    Act {
        tx: &mut *act.tx,
        workspace: act.workspace,
        now,
        ids: act.ids,
        at_keyboard: act.at_keyboard,
    }
}

/// Attempts written at once.
const CHUNK: usize = 4_000;

fn write(
    act: &mut Act<'_, '_>,
    plan: &Year,
    cast: Vec<Option<usize>>,
    calendar: Calendar,
) -> Result<Written> {
    let team = team(act, plan)?;
    let zone = team[0].zone().clone();
    let segments = codes(act, LabelKind::Segment, &SEGMENTS)?;
    let pitches = codes(
        act,
        LabelKind::Pitch,
        &["An hour back a shift", "Know before it breaks"],
    )?;
    let prospects = write_prospects(act, plan, &cast, &segments)?;
    let deals = open_deals(act, plan, &prospects, &team)?;
    let mut attempts = Vec::with_capacity(plan.asks.len());
    let mut dice = Dice::new(0xa77e, 0);
    for chunk in plan.asks.chunks(CHUNK) {
        let mut rows = Vec::with_capacity(chunk.len());
        for ask in chunk {
            let recorded = ask.at + i64::from(dice.between(4, 50)) * 1_000_000;
            rows.push(Attempt {
                id: act.ids.attempt(),
                owner: team[ask.person].id(),
                rep: None,
                prospect: prospects[ask.lead].id,
                deal: ask.deal.map(|d| deals[d].id),
                when: Timestamp::from_microsecond(ask.at).map_or(When::Undated, When::Instant),
                zone: team[ask.person].zone().clone(),
                order: ask.at,
                seq: 0,
                ordinal: None,
                outcome: ask.outcome,
                stage: ask.stage,
                channel: ask.channel,
                loss_kind: ask.loss,
                reasons: Reasons {
                    prospect: ask.said.map(str::to_owned),
                    guess: ask.guess.map(str::to_owned),
                    third_party: ask.heard.map(str::to_owned),
                },
                words: ask.words.map(str::to_owned),
                segment: prospects[ask.lead].segment.clone(),
                pitch: ask.pitch.map(|p| pitches[p].clone()),
                value: ask.deal.and_then(|d| deals[d].value.clone()),
                source: Source::default(),
                voided: false,
                brought_by: None,
                version: 0,
                recorded_at: recorded.min(act.micros()),
            });
        }
        store::derived::append_all(act.tx, &rows, &zone)?;
        attempts.extend(rows.iter().map(|row| row.id));
    }
    close_deals(act, plan, &deals)?;
    Ok(Written {
        team,
        prospects,
        attempts,
        deals,
        cast,
        calendar,
    })
}

fn team(act: &mut Act<'_, '_>, plan: &Year) -> Result<Vec<Seller>> {
    let began = plan
        .asks
        .first()
        .map_or(act.micros(), |a| a.at - 3_600_000_000);
    let together = Team {
        id: act.ids.team(),
        name: "The six".into(),
        closed: false,
    };
    team::add(act.tx, &together, began)?;
    let mut team = Vec::with_capacity(TEAM.len());
    for (i, member) in (0i64..).zip(&TEAM) {
        let mut then = at(act, began + i);
        // The first is who looks at it, and leads; the others have rows and no account.
        let (roles, standing) = match i {
            0 => (
                &[Role::Seller, Role::Lead, Role::Administrator][..],
                Standing::Active,
            ),
            _ => (&[Role::Seller][..], Standing::Placeholder),
        };
        let (zone, roles) = (member.zone(), Roles::of(roles));
        let person = accounts::insert(&mut then, member.name, "", zone, roles, standing)?;
        team::join(act.tx, person.id, together.id, began + i)?;
        team.push(Seller::vouched(person));
    }
    act.set_zone(team[0].zone())?;
    Ok(team)
}

fn codes(act: &mut Act<'_, '_>, kind: LabelKind, texts: &[&str]) -> Result<Vec<String>> {
    let mut out = Vec::with_capacity(texts.len());
    for text in texts {
        out.push(labels::find_or_add(act, kind, text)?.code);
    }
    Ok(out)
}

/// Gives the parts to those asked last in each segment, and lets them say their line.
fn cast(plan: &mut Year, calendar: &Calendar) -> Vec<Option<usize>> {
    let mut latest: Vec<usize> = (0..plan.leads.len())
        .filter(|&i| plan.leads[i].person == 0 && plan.leads[i].asks > 0)
        .collect();
    latest.sort_by_key(|&i| (std::cmp::Reverse(plan.leads[i].last), i));
    let days_ago = calendar.date(calendar::DAYS - 3);
    let days_ago = calendar.instant(days_ago, 0).as_microsecond();
    let mut out = Vec::with_capacity(CAST.len());
    for part in &CAST {
        let fits = |i: &usize| {
            let lead = &plan.leads[*i];
            lead.segment == part.segment
                && !out.contains(&Some(*i))
                && part
                    .last
                    .is_none_or(|(outcome, _)| lead.outcome == outcome && lead.last < days_ago)
        };
        // Rather somebody who was not asked too often already.
        let fitting = || latest.iter().copied().filter(fits);
        let found = fitting()
            .find(|&i| plan.leads[i].asks < 6)
            .or_else(|| fitting().next());
        if let (Some(lead), Some((outcome, words))) = (found, part.last) {
            let last = plan.asks.iter_mut().rev().find(|a| a.lead == lead);
            if let Some(ask) = last.filter(|_| outcome != Outcome::NoReply) {
                (ask.said, ask.words) = (None, words);
            }
        }
        out.push(found);
    }
    out
}

fn write_prospects(
    act: &mut Act<'_, '_>,
    plan: &Year,
    cast: &[Option<usize>],
    segments: &[String],
) -> Result<Vec<Prospect>> {
    let mut book = AddressBook::new(Dice::new(0xadd5, 0));
    let mut contacts: Vec<Option<Contact>> = vec![None; plan.leads.len()];
    for (part, lead) in CAST.iter().zip(cast) {
        if let Some(lead) = *lead {
            contacts[lead] = Some(book.known(part.name, part.company));
        }
    }
    let mut out = Vec::with_capacity(plan.leads.len());
    let mut keys: Vec<(Hash, ProspectId)> = Vec::new();
    for (lead, contact) in plan.leads.iter().zip(contacts) {
        let c = match (contact, lead.twin_of) {
            (Some(contact), _) => contact,
            (None, Some(one)) => twin(&out[one]),
            (None, None) => book.somebody(lead.segment),
        };
        let id = act.ids.prospect();
        let known_by = MatchKeys::of(
            &act.workspace.keyed,
            None,
            &c.name,
            &c.company,
            &c.email,
            &c.phone,
        );
        keys.extend(known_by.iter().map(|hash| (hash, id)));
        out.push(Prospect {
            id,
            name: c.name,
            company: c.company,
            email: c.email,
            phone: c.phone,
            zone: None,
            language: c.language,
            segment: Some(segments[lead.segment].clone()),
            do_not_contact: None,
            merged_into: None,
            root: id,
            forgotten: false,
            taken_back: false,
            created_at: lead.first,
        });
    }
    // Rows that arrive in the order of an index are written several times as fast.
    keys.sort_unstable();
    store::derived::append_prospects(act.tx, &out)?;
    matching::bulk(act.tx, &keys)?;
    Ok(out)
}

/// The same person, written down in a hurry.
fn twin(of: &Prospect) -> Contact {
    let (first, last) = of.name.split_once(' ').unwrap_or(("", &of.name));
    let initial: String = first.chars().take(1).collect();
    Contact {
        phone: "0808 157 0999".to_owned(),
        ..Contact::named(&format!("{initial}. {last}"), &of.company)
    }
}

fn open_deals(
    act: &mut Act<'_, '_>,
    plan: &Year,
    prospects: &[Prospect],
    team: &[Seller],
) -> Result<Vec<Deal>> {
    let mut out = Vec::with_capacity(plan.deals.len());
    for planned in &plan.deals {
        let prospect = &prospects[planned.lead];
        let value = Money {
            hundredths: planned.worth * 100,
            currency: "EUR".to_owned(),
        };
        let title = format!("Planner for {}", prospect.company);
        let mut then = at(act, planned.opened);
        let me = &team[planned.person];
        out.push(deals::open(
            &mut then,
            me,
            prospect.id,
            &title,
            Some(value),
        )?);
    }
    Ok(out)
}

/// The asks that closed them are in the plan; here they get their new state and its history.
fn close_deals(act: &mut Act<'_, '_>, plan: &Year, opened: &[Deal]) -> Result<()> {
    for (planned, before) in plan.deals.iter().zip(opened) {
        let Some((when, state)) = planned.closed else {
            continue;
        };
        let after = Deal {
            state,
            closed_at: Some(when),
            ..before.clone()
        };
        let mut then = at(act, when);
        deals::change(
            &mut then,
            Some(before.owner),
            before,
            &after,
            "deal_closed",
            None,
        )?;
    }
    Ok(())
}
