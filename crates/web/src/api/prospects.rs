//! `/api/v1/prospects`.

use app::prospects::{self, Contact};
use app::{AppError, directory, follow_ups};
use domain::{NoteId, Prospect, ProspectId};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::api::shapes::{
    AttemptShown, DealShown, FollowUpShown, Id, Limit, LineShown, Long, Moment, Page, Short, Text,
    cursor, iso, place, zone,
};
use crate::api::takes::Body;
use crate::api::{Asked, Caller, Done, Read, Ref, Sent, Write, read, write, write_alone};
use crate::ctx::Ctx;

/// Somebody asked, or to be asked.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Prospect")]
pub(crate) struct ProspectShown {
    id: Id<ProspectId>,
    name: String,
    company: String,
    email: String,
    phone: String,
    /// Their language as a BCP 47 tag, or empty.
    language: String,
    zone: Option<String>,
    /// Code of the segment.
    segment: Option<String>,
    /// Since when they ask not to be contacted.
    do_not_contact: Option<String>,
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
}

impl From<Prospect> for ProspectShown {
    fn from(p: Prospect) -> Self {
        Self {
            id: Id(p.id),
            name: p.name,
            company: p.company,
            email: p.email,
            phone: p.phone,
            language: p.language,
            zone: p.zone.map(|z| z.name().to_owned()),
            segment: p.segment,
            do_not_contact: p.do_not_contact.map(iso),
            created_at: iso(p.created_at),
        }
    }
}

/// Which prospects.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// Where name, company or address begin with each of these words; all when left out.
    find: Option<Short>,
    /// How many at most.
    limit: Option<Limit>,
    /// Where the page before ended: its `next`.
    cursor: Option<String>,
}

/// GET: a page of everybody, by name.
pub(crate) async fn list(
    me: Caller<Read>,
    ctx: Ctx,
    Asked(which): Asked<Which>,
) -> Done<Page<ProspectShown>> {
    read(&ctx, &me, move |act, me| {
        let find = which.find.unwrap_or_default().0;
        let text = format!("prospects {find}");
        let after = place(act, &text, which.cursor.as_deref())?;
        let limit = Limit::or_usual(which.limit);
        let page = directory::prospects(act, me, &find, after.as_deref(), limit)?;
        Ok(Page {
            items: page.rows.into_iter().map(ProspectShown::from).collect(),
            next: page.next.map(|place| cursor(act, &text, &place)),
        })
    })
    .await
}

/// A note about a prospect that everybody who sells may read.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Note")]
pub(crate) struct NoteShown {
    id: Id<NoteId>,
    #[schemars(extend("format" = "date-time"))]
    at: String,
    text: String,
    /// Whether one wrote it oneself.
    own: bool,
}

/// A prospect and what is known about them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProspectWithAll {
    prospect: ProspectShown,
    /// One's own attempts with them, the newest two hundred; undone ones too.
    attempts: Vec<AttemptShown>,
    deals: Vec<DealShown>,
    /// Open follow-ups, earliest first.
    follow_ups: Vec<FollowUpShown>,
    notes: Vec<NoteShown>,
    /// What happened to the prospect itself, oldest first.
    history: Vec<LineShown>,
}

/// GET: one with everything known.
pub(crate) async fn get(
    me: Caller<Read>,
    ctx: Ctx,
    Ref(id): Ref<ProspectId>,
) -> Done<ProspectWithAll> {
    read(&ctx, &me, move |act, me| {
        let page = prospects::page(act, me, id)?;
        let who = prospects::who(act, page.prospect.id)?;
        let attempts = page.attempts.into_iter();
        let follow_ups = page.follow_ups.into_iter();
        let note = |n: domain::Note| NoteShown {
            id: Id(n.id),
            at: iso(n.at),
            text: n.text,
            own: n.author == me.id(),
        };
        Ok(ProspectWithAll {
            attempts: attempts.map(|a| AttemptShown::new(a, &who)).collect(),
            deals: page
                .deals
                .into_iter()
                .map(|d| DealShown::new(d, me))
                .collect(),
            follow_ups: follow_ups
                .map(|f| FollowUpShown::of(act, me, f))
                .collect::<Result<_, _>>()?,
            notes: page.notes.into_iter().map(note).collect(),
            history: page.lines.into_iter().map(LineShown::from).collect(),
            prospect: page.prospect.into(),
        })
    })
    .await
}

/// What is known of somebody new.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NewProspect {
    name: Short,
    company: Short,
    #[schemars(extend("examples" = ["ada@example.com"]))]
    email: Short,
    phone: Short,
    /// A BCP 47 tag.
    language: Text<35>,
    #[schemars(extend("examples" = ["Europe/Lisbon"]))]
    zone: Option<Short>,
    /// By code or label, or a new one.
    segment: Short,
}

impl Body for NewProspect {}

/// POST: adds one.
pub(crate) async fn create(
    me: Caller<Write>,
    ctx: Ctx,
    sent: Sent<NewProspect>,
) -> Done<ProspectShown, 201> {
    let new = sent.body;
    write(&ctx, &me, sent.once, move |act, _| {
        let contact = Contact {
            zone: zone(new.zone)?,
            name: new.name.0,
            company: new.company.0,
            email: new.email.0,
            phone: new.phone.0,
            language: new.language.0,
            segment: new.segment.0,
        };
        if [
            &contact.name,
            &contact.company,
            &contact.email,
            &contact.phone,
        ]
        .iter()
        .all(|text| text.trim().is_empty())
        {
            return Err(AppError::invalid(
                "name",
                "Write a name, a company, an address or a number.",
            ));
        }
        Ok(prospects::create(act, &contact)?.into())
    })
    .await
}

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditProspect {
    name: Option<Short>,
    company: Option<Short>,
    #[schemars(extend("examples" = ["ada@example.com"]))]
    email: Option<Short>,
    phone: Option<Short>,
    /// A BCP 47 tag.
    language: Option<Text<35>>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("examples" = ["Europe/Lisbon"]))]
    zone: Option<Option<Short>>,
    /// By code or label, or a new one; null takes it away.
    #[serde(default, deserialize_with = "given")]
    segment: Option<Option<Short>>,
}

/// A field that was there, null or not.
fn given<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<Short>>, D::Error> {
    Option::deserialize(d).map(Some)
}

impl Body for EditProspect {}

/// PATCH: changes what is known of one.
pub(crate) async fn edit(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<ProspectId>,
    sent: Sent<EditProspect>,
) -> Done<ProspectShown> {
    let e = sent.body;
    write_alone(&ctx, &me, sent.once, move |act, me| {
        let p = prospects::page(act, me, id)?.prospect;
        let contact = Contact {
            name: e.name.map_or(p.name, |t| t.0),
            company: e.company.map_or(p.company, |t| t.0),
            email: e.email.map_or(p.email, |t| t.0),
            phone: e.phone.map_or(p.phone, |t| t.0),
            language: e.language.map_or(p.language, |t| t.0),
            zone: match e.zone {
                Some(zone_name) => zone(zone_name)?,
                None => p.zone,
            },
            segment: e
                .segment
                .map_or(p.segment, |s| s.map(|t| t.0))
                .unwrap_or_default(),
        };
        Ok(prospects::edit(act, me, p.id, &contact)?.into())
    })
    .await
}

/// Whether somebody asks not to be contacted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DoNotContact {
    do_not_contact: bool,
}

impl Body for DoNotContact {}

/// POST: notes or takes back that one asks not to be contacted.
pub(crate) async fn do_not_contact(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<ProspectId>,
    sent: Sent<DoNotContact>,
) -> Done<ProspectShown> {
    let stop = sent.body.do_not_contact;
    write(&ctx, &me, sent.once, move |act, me| {
        prospects::set_do_not_contact(act, me, id, stop)?;
        Ok(prospects::page(act, me, id)?.prospect.into())
    })
    .await
}

/// A note to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    #[schemars(length(min = 1))]
    text: Long,
}

impl Body for NewNote {}

/// POST: writes a note.
pub(crate) async fn note(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<ProspectId>,
    sent: Sent<NewNote>,
) -> Done<NoteShown, 201> {
    let text = sent.body.text.0;
    write(&ctx, &me, sent.once, move |act, me| {
        let note = prospects::add_note(act, me, id, None, &text)?;
        Ok(NoteShown {
            id: Id(note.id),
            at: iso(note.at),
            text: note.text,
            own: true,
        })
    })
    .await
}

/// A day to come back on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFollowUp {
    due: Moment,
    #[serde(default)]
    note: Long,
}

impl Body for NewFollowUp {}

/// POST: sets a follow-up by hand.
pub(crate) async fn follow_up(
    me: Caller<Write>,
    ctx: Ctx,
    Ref(id): Ref<ProspectId>,
    sent: Sent<NewFollowUp>,
) -> Done<FollowUpShown, 201> {
    let new = sent.body;
    write(&ctx, &me, sent.once, move |act, me| {
        let set = follow_ups::set(act, me, id, None, new.due.0, &new.note.0)?;
        FollowUpShown::of(act, me, set)
    })
    .await
}
