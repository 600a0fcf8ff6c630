//! A prospect: how to reach them, what was tried, what comes next, what is known.

use app::prospects::{self, Contact, ProspectPage};
use app::{Seller, labels};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::{Attempt, DealState, Label, LabelKind, Prospect, ProspectId};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{self, Choice, Wrong};
use crate::me::Me;
use crate::pages::coming::Coming;
use crate::pages::history::stamp;
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::words;

struct Reach {
    href: String,
    verb: &'static str,
    /// Whither, behind the verb; a narrow screen leaves an address out of sight.
    to: String,
}

struct Try {
    id: String,
    mark: &'static str,
    outcome: &'static str,
    when: String,
    line: String,
    words: Option<String>,
    voided: bool,
}

struct DealLine {
    id: String,
    title: String,
    says: String,
    open: bool,
    own: bool,
}

struct Line {
    at: String,
    what: String,
}

/// What is known of them, as the form shows it.
struct Card {
    name: String,
    company: String,
    email: String,
    phone: String,
    language: String,
    zone: String,
    segment: String,
}

#[derive(Template)]
#[template(path = "prospect.html")]
struct Page<'a> {
    shell: Shell<'a>,
    id: String,
    name: String,
    company: String,
    facts: Vec<String>,
    reach: Vec<Reach>,
    left_alone: Option<String>,
    forgotten: bool,
    taken_back: bool,
    said: Option<&'static str>,
    tries: Vec<Try>,
    deals: Vec<DealLine>,
    deal: DealForm,
    coming: Coming,
    notes: Vec<Line>,
    note: String,
    card: Card,
    segments: Vec<String>,
    merged: Vec<(String, String)>,
    lines: Vec<Line>,
    outcomes: Vec<Choice>,
    reasons: Vec<Choice>,
    part: Option<Part>,
    wrong: Wrong,
}

#[derive(Default)]
struct DealForm {
    title: String,
    value: String,
    currency: String,
}

/// Which form of the page something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Contact details.
    Card,
    /// What is to be come back to.
    Coming,
    /// A new note.
    Note,
    /// A new deal, or closing one.
    Deal,
}

struct Whole {
    page: ProspectPage,
    reasons: Vec<Label>,
    segments: Vec<Label>,
}

async fn read(me: &Me, ctx: &Ctx, id: ProspectId) -> Result<Whole, Fault> {
    let seller = me.0.clone();
    let all = ctx.app.read(move |act| {
        Ok(Whole {
            page: prospects::page(act, &seller, id)?,
            reasons: labels::all(act, LabelKind::Reason)?,
            segments: labels::all(act, LabelKind::Segment)?,
        })
    });
    Ok(all.await?)
}

pub(crate) fn parsed(id: &str) -> Result<ProspectId, Fault> {
    id.parse().map_err(|_| Fault::not_found())
}

/// GET `/prospects/{id}`.
pub(crate) async fn show(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let asked = parsed(&id)?;
    let all = read(&me, &ctx, asked).await?;
    if all.page.prospect.id != asked {
        return Ok(see_other(&format!("/prospects/{}", all.page.prospect.id)));
    }
    page(
        &me,
        &ctx,
        all,
        &Fields::default(),
        said(fields.get("done")),
        None,
    )
}

/// The page with what was typed and what is wrong about it.
pub(crate) async fn again(
    me: &Me,
    ctx: &Ctx,
    id: ProspectId,
    fields: &Fields,
    part: Part,
    wrong: Wrong,
) -> Reply {
    let all = read(me, ctx, id).await?;
    page(me, ctx, all, fields, None, Some((part, wrong)))
}

/// What the last act did, in words.
fn said(done: &str) -> Option<&'static str> {
    Some(match done {
        "edited" => "Kept.",
        "note" => "The note is kept.",
        "stop" => "Noted: they are left alone from now on.",
        "again" => "They may be contacted again.",
        "merged" => "The two are one now. It can be taken back below.",
        "unmerged" => "They are two again.",
        "forgotten" => "Forgotten.",
        "opened" => "The deal is open.",
        "closed" => "The deal is closed, and the attempt that closed it is logged.",
        "reopened" => "The deal is open again.",
        _ => return None,
    })
}

fn page(
    me: &Me,
    ctx: &Ctx,
    all: Whole,
    typed: &Fields,
    said: Option<&'static str>,
    wrong: Option<(Part, Wrong)>,
) -> Reply {
    let ProspectPage {
        prospect: p,
        merged,
        attempts,
        deals,
        follow_ups,
        colleagues,
        notes,
        lines,
    } = all.page;
    let today = me.zone().day_of(ctx.app.now());
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let mut coming = Coming::new(p.id, None, &follow_ups, &colleagues, me.zone(), today);
    let mut card = card(&p, &all.segments);
    let (mut note, mut deal) = (String::new(), DealForm::default());
    let (part, wrong) = wrong.map_or((None, Wrong::default()), |(part, wrong)| {
        (Some(part), wrong)
    });
    match part {
        Some(Part::Coming) => coming = coming.again(typed, wrong.clone()),
        Some(Part::Card) => card = Card::typed(typed),
        Some(Part::Note) => typed.get("note").clone_into(&mut note),
        Some(Part::Deal) => deal = DealForm::typed(typed),
        None => {}
    }
    let (name, title) = (p.display_name().to_owned(), p.display_name().to_owned());
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "noes", &title),
            id: p.id.to_string(),
            company: if name == p.company {
                String::new()
            } else {
                p.company.clone()
            },
            facts: facts(&p, &all.segments),
            reach: reach(&p),
            left_alone: p.do_not_contact.map(|at| on_day(at, me, today)),
            forgotten: p.forgotten,
            taken_back: p.taken_back,
            said,
            tries: attempts
                .iter()
                .map(|a| tried(a, &all.reasons, me, today))
                .collect(),
            deals: deals
                .iter()
                .map(|d| deal_line(d, colleagues.get(&d.owner), me, today))
                .collect(),
            deal,
            coming,
            notes: notes
                .into_iter()
                .map(|n| Line {
                    at: match colleagues.get(&n.author) {
                        Some(name) => format!("{}, {name}", on_day(n.at, me, today)),
                        None => on_day(n.at, me, today),
                    },
                    what: n.text,
                })
                .collect(),
            note,
            card,
            segments: all
                .segments
                .iter()
                .filter(|l| !l.hidden)
                .map(|l| l.label.clone())
                .collect(),
            merged: merged
                .iter()
                .filter(|m| m.id != p.id)
                .map(|m| (m.id.to_string(), m.display_name().to_owned()))
                .collect(),
            lines: lines
                .into_iter()
                .rev()
                .map(|l| Line {
                    at: stamp(l.at, me.zone(), today),
                    what: l.what,
                })
                .collect(),
            outcomes: forms::choices(
                [("yes", "Yes"), ("no", "No"), ("no_reply", "No reply")],
                typed.get("outcome"),
            ),
            reasons: forms::labels(&all.reasons, typed.get("reason")),
            part,
            wrong,
            name,
        },
    )
}

/// The day of microseconds UTC, where the person works.
fn on_day(micros: i64, me: &Seller, today: Date) -> String {
    let at = jiff::Timestamp::from_microsecond(micros).unwrap_or_default();
    words::day(me.zone().day_of(at), today)
}

fn label(all: &[Label], code: &str) -> String {
    all.iter()
        .find(|l| l.code == code)
        .map_or_else(|| code.to_owned(), |l| l.label.clone())
}

fn facts(p: &Prospect, segments: &[Label]) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(p.segment.as_deref().map(|code| label(segments, code)));
    if !p.language.is_empty() {
        out.push(words::language(&p.language));
    }
    out.extend(p.zone.as_ref().map(words::place));
    out
}

fn reach(p: &Prospect) -> Vec<Reach> {
    let mut out = Vec::new();
    if !p.phone.is_empty() {
        out.push(Reach {
            href: words::tel(&p.phone),
            verb: "Call",
            to: p.phone.clone(),
        });
    }
    if !p.email.is_empty() {
        out.push(Reach {
            href: words::mailto(&p.email),
            verb: "Write",
            to: format!("to {}", p.email),
        });
    }
    out
}

fn tried(a: &Attempt, reasons: &[Label], me: &Seller, today: Date) -> Try {
    let mut line = format!("{}, {}.", a.stage.label(), a.channel.label().to_lowercase());
    if let Some((code, voice)) = a.reasons.leading() {
        let whose = match voice {
            domain::SaidBy::Prospect => "they said",
            domain::SaidBy::SellerGuess => "your guess",
            domain::SaidBy::ThirdParty => "somebody else said",
        };
        line = format!("{line} {}, {whose}.", label(reasons, code));
    }
    Try {
        id: a.id.to_string(),
        mark: a.outcome.code(),
        outcome: a.outcome.label(),
        when: a.when.day(me.zone()).map_or_else(
            || "no date".to_owned(),
            |day| words::due(domain::When::Day(day), me.zone(), today),
        ),
        line,
        words: a.words.clone(),
        voided: a.voided,
    }
}

fn deal_line(d: &domain::Deal, colleague: Option<&String>, me: &Seller, today: Date) -> DealLine {
    let mut says = match d.state {
        DealState::Open => "Open".to_owned(),
        DealState::Won => "Closed with a yes".to_owned(),
        DealState::Lost => "Closed without".to_owned(),
    };
    if !d.stage.is_empty() && d.state == DealState::Open {
        says = format!("{says}, {}", d.stage);
    }
    if let Some(at) = d.closed_at.filter(|_| d.state != DealState::Open) {
        says = format!("{says} on {}", on_day(at, me, today));
    }
    if let Some(value) = &d.value {
        says = format!("{says}. {}", words::money(value));
    }
    if let Some(name) = colleague {
        says = format!("{says}. {name} has this deal.");
    }
    DealLine {
        id: d.id.to_string(),
        title: if d.title.is_empty() {
            "A deal without a title".into()
        } else {
            d.title.clone()
        },
        says,
        open: d.state == DealState::Open,
        own: colleague.is_none(),
    }
}

fn card(p: &Prospect, segments: &[Label]) -> Card {
    Card {
        name: p.name.clone(),
        company: p.company.clone(),
        email: p.email.clone(),
        phone: p.phone.clone(),
        language: p.language.clone(),
        zone: p
            .zone
            .as_ref()
            .map_or_else(String::new, |z| z.name().to_owned()),
        segment: p
            .segment
            .as_deref()
            .map_or_else(String::new, |code| label(segments, code)),
    }
}

impl Card {
    fn typed(fields: &Fields) -> Self {
        let text = |name| fields.get(name).to_owned();
        Self {
            name: text("name"),
            company: text("company"),
            email: text("email"),
            phone: text("phone"),
            language: text("language"),
            zone: text("zone"),
            segment: text("segment"),
        }
    }

    fn contact(self, fields: &Fields) -> forms::Read<Contact> {
        Ok(Contact {
            zone: forms::zone(fields, "zone")?,
            name: self.name,
            company: self.company,
            email: self.email,
            phone: self.phone,
            language: self.language,
            segment: self.segment,
        })
    }
}

impl DealForm {
    fn typed(fields: &Fields) -> Self {
        let text = |name| fields.get(name).to_owned();
        Self {
            title: text("title"),
            value: text("value"),
            currency: text("currency"),
        }
    }
}

impl Page<'_> {
    /// Whether something is wrong with this form of the page.
    fn wrong_in(&self, part: &str) -> bool {
        self.part.is_some_and(|p| p.name() == part)
    }
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Coming => "coming",
            Self::Note => "note",
            Self::Deal => "deal",
        }
    }
}

/// POST `/prospects/{id}/edit`.
pub(crate) async fn edit(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let id = parsed(&id)?;
    let contact = match Card::typed(&fields).contact(&fields) {
        Ok(contact) => contact,
        Err(wrong) => return again(&me, &ctx, id, &fields, Part::Card, wrong).await,
    };
    let seller = me.0.clone();
    match ctx
        .app
        .write(move |act| prospects::edit(act, &seller, id, &contact))
        .await
    {
        Ok(_) => Ok(see_other(&format!("/prospects/{id}?done=edited"))),
        Err(error) => {
            let wrong = Wrong::of(error)?.among(&["name", "company", "email", "phone", "language"]);
            again(&me, &ctx, id, &fields, Part::Card, wrong).await
        }
    }
}

/// POST `/prospects/{id}/note`.
pub(crate) async fn note(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let id = parsed(&id)?;
    let (seller, text) = (me.0.clone(), fields.get("note").to_owned());
    match ctx
        .app
        .write(move |act| prospects::add_note(act, &seller, id, None, &text))
        .await
    {
        Ok(_) => Ok(see_other(&format!("/prospects/{id}?done=note#notes"))),
        Err(error) => again(&me, &ctx, id, &fields, Part::Note, Wrong::of(error)?).await,
    }
}

/// POST `/prospects/{id}/contact` with `stop` (1 or 0).
pub(crate) async fn contact(me: Me, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let (id, stop) = (parsed(&id)?, fields.get("stop") == "1");
    ctx.app
        .write(move |act| prospects::set_do_not_contact(act, &me, id, stop))
        .await?;
    Ok(see_other(&format!(
        "/prospects/{id}?done={}",
        if stop { "stop" } else { "again" }
    )))
}
