//! Everybody here, for who looks after the installation; adding somebody, and the link to hand over.

use app::accounts::{self, Account};
use app::{AppError, Token};
use askama::Template;
use domain::{Person, PersonId, Role, Roles, Standing, Zone};
use jiff::Timestamp;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{Choice, Wrong};
use crate::me::Admin;
use crate::reply::{Reply, Shell, page, page_with};
use crate::words;

/// Somebody in the list.
struct Row {
    id: String,
    name: String,
    email: String,
    roles: String,
    team: String,
    /// What an administrator may have to do something about.
    state: String,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct List<'a> {
    shell: Shell<'a>,
    rows: Vec<Row>,
    /// Whose rows wait for an account.
    waiting: Vec<Row>,
    /// Who was shut out.
    out: Vec<Row>,
    /// Whether a way in of one's own comes first.
    first: bool,
    name: String,
    email: String,
    roles: Vec<(Choice, &'static str)>,
    /// Who has the name already, and the answers to whether that is them.
    alike: Option<Alike>,
    wrong: Wrong,
}

/// Who goes by a name here already.
struct Alike {
    people: Vec<Row>,
    /// Placeholders, whose rows may be the newcomer's.
    waiting: Vec<Choice>,
    /// Whether somebody else of the same name is meant.
    other: bool,
}

/// What each role is for, in a few words.
fn meaning(role: Role) -> &'static str {
    match role {
        Role::Seller => "Logs attempts in a ledger of their own.",
        Role::Mentor => "Nothing here is for mentors yet.",
        Role::Lead => "Sees the counts of the team they are in, not its rows.",
        Role::Recruiter => "Nothing here is for recruiters yet.",
        Role::Administrator => "Looks after people and settings. Sees nobody’s rows.",
    }
}

pub(crate) fn choices(chosen: Roles) -> Vec<(Choice, &'static str)> {
    Role::ALL
        .iter()
        .map(|&role| {
            let choice = Choice {
                value: role.code().to_owned(),
                label: role.label().to_owned(),
                chosen: chosen.has(role),
            };
            (choice, meaning(role))
        })
        .collect()
}

/// The roles ticked in a form.
pub(crate) fn ticked(fields: &Fields) -> Result<Roles, Fault> {
    fields
        .all("role")
        .map(|code| code.parse::<Role>())
        .collect::<Result<Roles, _>>()
        .map_err(|e| Fault::invalid(crate::fields::sentence(&e)))
}

/// Roles in words.
fn roles_in_words(roles: Roles) -> String {
    let labels: Vec<&str> = roles.each().map(Role::label).collect();
    match labels.is_empty() {
        true => "No role".to_owned(),
        false => labels.join(", "),
    }
}

pub(crate) fn day(micros: i64, zone: &Zone, now: Timestamp) -> String {
    let at = Timestamp::from_microsecond(micros).unwrap_or(now);
    words::day(zone.day_of(at), zone.day_of(now))
}

pub(crate) fn state(account: &Account, zone: &Zone, now: Timestamp) -> String {
    let until = account.link_until.map(|at| day(at, zone, now));
    match (account.person.standing, account.has_way_in, until) {
        (Standing::Deactivated, ..) => "may not come in".to_owned(),
        (Standing::Placeholder, ..) => "no account yet".to_owned(),
        (Standing::Active, _, Some(until)) => format!("a link stands until {until}"),
        (Standing::Active, false, None) => "no way in yet".to_owned(),
        (Standing::Active, true, None) => String::new(),
    }
}

fn row(account: Account, zone: &Zone, now: Timestamp) -> Row {
    let state = state(&account, zone, now);
    let team = account.team.map_or_else(String::new, |(team, since)| {
        format!("{} since {}", team.name, day(since, zone, now))
    });
    Row {
        id: account.person.id.to_string(),
        roles: roles_in_words(account.person.roles),
        name: account.person.name,
        email: account.person.email,
        team,
        state,
    }
}

/// What the list is asked for again with: what was typed, and what is not right about it.
struct Again<'a> {
    typed: &'a Fields,
    alike: Option<Alike>,
    wrong: Wrong,
}

async fn list_page(me: &Admin, ctx: &Ctx, again: Again<'_>) -> Reply {
    let Again {
        typed,
        alike,
        wrong,
    } = again;
    let who = me.0.clone();
    let (all, first) = ctx
        .app
        .read(move |act| {
            let first = !accounts::may_come_in(act, &who, who.id())?;
            Ok((accounts::all(act, &who)?, first))
        })
        .await?;
    let (zone, now) = (me.zone(), ctx.app.now());
    let rows = |standing: Standing| {
        let these = all.iter().filter(|a| a.person.standing == standing);
        these.map(|a| row(a.clone(), zone, now)).collect()
    };
    let chosen = match typed.has("email") {
        true => ticked(typed)?,
        false => Roles::of(&[Role::Seller]),
    };
    page_with(
        wrong.status(),
        &List {
            shell: Shell::new(ctx, me, "people", "People"),
            rows: rows(Standing::Active),
            waiting: rows(Standing::Placeholder),
            out: rows(Standing::Deactivated),
            first,
            name: typed.get("name").to_owned(),
            email: typed.get("email").to_owned(),
            roles: choices(chosen),
            alike,
            wrong,
        },
    )
}

/// GET `/people`, with the `name` of somebody to add.
pub(crate) async fn list(me: Admin, ctx: Ctx, typed: Fields) -> Reply {
    let alike = alike(&me, &ctx, &typed).await?;
    let again = Again {
        typed: &typed,
        alike,
        wrong: Wrong::default(),
    };
    list_page(&me, &ctx, again).await
}

/// Who goes by the name that was typed.
async fn alike(me: &Admin, ctx: &Ctx, typed: &Fields) -> Result<Option<Alike>, AppError> {
    let (who, name) = (me.0.clone(), typed.get("name").to_owned());
    let mut found = ctx
        .app
        .read(move |act| {
            let same = accounts::namesakes(act, &who, &name)?;
            let mut all = accounts::all(act, &who)?;
            all.retain(|a| same.iter().any(|p| p.id == a.person.id));
            Ok(all)
        })
        .await?;
    if found.is_empty() {
        return Ok(None);
    }
    let answer = typed.get("alike");
    let waiting = found.extract_if(.., |a| a.person.standing == Standing::Placeholder);
    let waiting = waiting
        .map(|a| Choice::new(&a.person.id.to_string(), &a.person.name, answer))
        .collect();
    let (zone, now) = (me.zone(), ctx.app.now());
    Ok(Some(Alike {
        waiting,
        people: found.into_iter().map(|a| row(a, zone, now)).collect(),
        other: answer == "other",
    }))
}

/// What an answer to who has the name already means: rows to claim, or nothing; or what to ask.
fn claimed(alike: Option<&Alike>, roles: Roles) -> Result<Option<PersonId>, Wrong> {
    let Some(alike) = alike.filter(|a| !a.other) else {
        return Ok(None);
    };
    let Some(rows) = alike.waiting.iter().find(|c| c.chosen) else {
        let asks = match alike.waiting.is_empty() {
            true => "Somebody here is called that already. Tick below if this is somebody else.",
            false => "Rows were brought in under this name. Say below whether they are theirs.",
        };
        return Err(Wrong::with("name", asks));
    };
    if !roles.has(Role::Seller) {
        let why = "Only a seller has rows. Tick Seller, or say that this is somebody else.";
        return Err(Wrong::with("role", why));
    }
    Ok(rows.value.parse().ok())
}

/// POST `/people` with `name`, `email`, `role`, several times perhaps, and `alike` where somebody
/// has the name already: `other`, or the id of a placeholder whose rows are theirs.
pub(crate) async fn add(me: Admin, ctx: Ctx, fields: Fields) -> Reply {
    let who = me.0.clone();
    let roles = ticked(&fields)?;
    let (name, email) = (
        fields.get("name").to_owned(),
        fields.get("email").to_owned(),
    );
    let alike = alike(&me, &ctx, &fields).await?;
    let answer = match roles == Roles::NONE {
        true => Err(Wrong::with(
            "role",
            "Choose at least one: without, there is nothing here for them.",
        )),
        false => claimed(alike.as_ref(), roles),
    };
    let wrong = match answer {
        Ok(rows) => {
            let done = ctx.app.write(move |act| {
                let (person, token, until) = accounts::invite(act, &who, &name, &email, roles)?;
                if let Some(rows) = rows {
                    accounts::claim(act, &who, rows, person.id)?;
                }
                Ok(Handed {
                    claimed: rows.is_some(),
                    ..Handed::new(person, token, until, false)
                })
            });
            match done.await {
                Ok(handed) => return hand_over(&me, &ctx, handed),
                Err(error) => Wrong::or_refused(error)?.among(&["name", "email"]),
            }
        }
        Err(wrong) => wrong,
    };
    let again = Again {
        typed: &fields,
        alike,
        wrong,
    };
    list_page(&me, &ctx, again).await
}

/// A link that was just made.
pub(crate) struct Handed {
    person: Person,
    token: Token,
    until: Timestamp,
    /// Whether it is another way in for somebody who has one.
    again: bool,
    /// Whether rows that waited under the name are theirs now.
    claimed: bool,
}

impl Handed {
    pub(crate) fn new(person: Person, token: Token, until: Timestamp, again: bool) -> Self {
        Self {
            person,
            token,
            until,
            again,
            claimed: false,
        }
    }
}

#[derive(Template)]
#[template(path = "handed.html")]
struct HandedPage<'a> {
    shell: Shell<'a>,
    name: &'a str,
    person: PersonId,
    link: String,
    until: String,
    again: bool,
    claimed: bool,
    /// Whether the link opens on this computer alone.
    here_only: bool,
}

/// The page that shows a link, this once.
pub(crate) fn hand_over(me: &Admin, ctx: &Ctx, handed: Handed) -> Reply {
    page(&HandedPage {
        shell: Shell::new(ctx, me, "people", "A link to hand over"),
        name: &handed.person.name,
        person: handed.person.id,
        link: format!("{}/link/{}", ctx.site.public_origin(), handed.token),
        until: words::until(handed.until, me.zone()),
        again: handed.again,
        claimed: handed.claimed,
        here_only: ctx.site.is_here_only(),
    })
}
