//! Everybody here, for who looks after the installation: accounts, roles, teams, links.

use app::accounts::{self, Account};
use app::{AppError, Token};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::{PersonId, Role, Roles, Standing, Team, Zone};
use jiff::Timestamp;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{self, Choice, Wrong};
use crate::me::Admin;
use crate::reply::{Reply, Shell, page, page_with, see_other};
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
    more: Vec<Row>,
    /// Why nobody can be added yet.
    first: Option<AppError>,
    name: String,
    email: String,
    roles: Vec<(Choice, &'static str)>,
    wrong: Wrong,
}

/// What each role is for, in a few words.
fn meaning(role: Role) -> &'static str {
    match role {
        Role::Seller => "Logs attempts in a ledger of their own.",
        Role::Mentor => "Helps with what others share with them.",
        Role::Lead => "Sees the counts of the team they are in, not its rows.",
        Role::Recruiter => "Hires, and learns at once when a candidate leaves.",
        Role::Administrator => "Looks after people and settings. Sees nobody’s rows.",
    }
}

fn choices(chosen: Roles) -> Vec<(Choice, &'static str)> {
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
fn ticked(fields: &Fields) -> Result<Roles, Fault> {
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

fn day(micros: i64, zone: &Zone, now: Timestamp) -> String {
    let at = Timestamp::from_microsecond(micros).unwrap_or(now);
    words::day(zone.day_of(at), zone.day_of(now))
}

fn state(account: &Account, zone: &Zone, now: Timestamp) -> String {
    let until = account.link_until.map(|at| day(at, zone, now));
    match (account.person.standing, account.has_way_in, until) {
        (Standing::Deactivated, ..) => "may not come in".to_owned(),
        (Standing::Placeholder, ..) => "rows brought in, no account yet".to_owned(),
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

async fn list_page(me: &Admin, ctx: &Ctx, typed: &Fields, wrong: Wrong) -> Reply {
    let who = me.0.clone();
    let (all, first) = ctx
        .app
        .read(move |act| {
            let first = accounts::needs_own_way_in(act, &who).err();
            Ok((accounts::all(act, &who)?, first))
        })
        .await?;
    let (zone, now) = (me.zone(), ctx.app.now());
    let (here, gone): (Vec<Account>, Vec<Account>) = all
        .into_iter()
        .partition(|a| a.person.standing == Standing::Active);
    let rows = |list: Vec<Account>| list.into_iter().map(|a| row(a, zone, now)).collect();
    let chosen = match typed.has("name") {
        true => ticked(typed)?,
        false => Roles::of(&[Role::Seller]),
    };
    let status = match wrong.any() {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    page_with(
        status,
        &List {
            shell: Shell::new(ctx, me, "people", "People"),
            rows: rows(here),
            more: rows(gone),
            first,
            name: typed.get("name").to_owned(),
            email: typed.get("email").to_owned(),
            roles: choices(chosen),
            wrong,
        },
    )
}

/// GET `/people`.
pub(crate) async fn list(me: Admin, ctx: Ctx) -> Reply {
    list_page(&me, &ctx, &Fields::default(), Wrong::default()).await
}

/// POST `/people` with `name`, `email` and `role`, several times perhaps.
pub(crate) async fn add(me: Admin, ctx: Ctx, fields: Fields) -> Reply {
    let who = me.0.clone();
    let (name, email, roles) = (
        fields.get("name").to_owned(),
        fields.get("email").to_owned(),
        ticked(&fields)?,
    );
    let done = ctx
        .app
        .write(move |act| accounts::invite(act, &who, &name, &email, roles));
    match done.await {
        Ok((person, token, until)) => {
            handed_over(&me, &ctx, &person.name, person.id, &token, until, false)
        }
        Err(error) => {
            let wrong = Wrong::of(error)?.among(&["name", "email"]);
            list_page(&me, &ctx, &fields, wrong).await
        }
    }
}

#[derive(Template)]
#[template(path = "handed.html")]
struct Handed<'a> {
    shell: Shell<'a>,
    name: &'a str,
    person: PersonId,
    link: String,
    until: String,
    again: bool,
}

/// The page that shows a link, this once.
fn handed_over(
    me: &Admin,
    ctx: &Ctx,
    name: &str,
    person: PersonId,
    token: &Token,
    until: Timestamp,
    again: bool,
) -> Reply {
    let until = until.to_zoned(me.zone().rules());
    page(&Handed {
        shell: Shell::new(ctx, me, "people", "A link to hand over"),
        name,
        person,
        link: format!("{}/link/{token}", ctx.site.public_origin()),
        until: until.strftime("%A, %-d %B, %H:%M").to_string(),
        again,
    })
}

#[derive(Template)]
#[template(path = "account.html")]
struct One<'a> {
    shell: Shell<'a>,
    saved: bool,
    name: String,
    email: String,
    has_way_in: bool,
    state: String,
    active: bool,
    placeholder: bool,
    /// Whether it is the administrator's own account.
    own: bool,
    roles: Vec<(Choice, &'static str)>,
    team: Option<String>,
    teams: Vec<Choice>,
    since: String,
    today: String,
    /// Who may have a placeholder's rows.
    claimants: Vec<Choice>,
    wrong: Wrong,
}

async fn one_page(
    me: &Admin,
    ctx: &Ctx,
    id: PersonId,
    typed: &Fields,
    saved: bool,
    wrong: Wrong,
) -> Reply {
    let who = me.0.clone();
    let (all, teams) = ctx
        .app
        .read(move |act| Ok((accounts::all(act, &who)?, accounts::teams(act, &who)?)))
        .await?;
    let claimants = all
        .iter()
        .filter(|a| a.person.standing == Standing::Active && a.person.roles.has(Role::Seller))
        .map(|a| Choice::new(&a.person.id.to_string(), &a.person.name, ""))
        .collect();
    let account = all
        .into_iter()
        .find(|a| a.person.id == id)
        .ok_or_else(|| AppError::not_found("person"))?;
    let (zone, now) = (me.zone(), ctx.app.now());
    let in_team = account.team.as_ref().map(|(team, _)| team.id.to_string());
    let chosen = typed.opt("team").or(in_team.as_deref()).unwrap_or("");
    let status = match wrong.any() {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let p = &account.person;
    let or = |name: &str, stands: &str| match typed.has(name) {
        true => typed.get(name).to_owned(),
        false => stands.to_owned(),
    };
    page_with(
        status,
        &One {
            saved,
            name: or("name", &p.name),
            email: or("email", &p.email),
            has_way_in: account.has_way_in,
            state: crate::fields::sentence(&state(&account, zone, now)),
            active: p.standing == Standing::Active,
            placeholder: p.standing == Standing::Placeholder,
            own: id == me.id(),
            roles: choices(p.roles),
            team: account
                .team
                .as_ref()
                .map(|(team, since)| format!("{} since {}", team.name, day(*since, zone, now))),
            teams: teams
                .iter()
                .map(|Team { id, name }| Choice::new(&id.to_string(), name, chosen))
                .collect(),
            since: typed.get("since").to_owned(),
            today: zone.day_of(now).to_string(),
            claimants,
            wrong,
            shell: Shell::new(ctx, me, "people", &p.name),
        },
    )
}

fn read(id: &str) -> Result<PersonId, Fault> {
    id.parse().map_err(|_| Fault::not_found())
}

/// GET `/people/{id}`.
pub(crate) async fn show(me: Admin, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let saved = fields.has("saved");
    one_page(
        &me,
        &ctx,
        read(&id)?,
        &Fields::default(),
        saved,
        Wrong::default(),
    )
    .await
}

/// What can be done about a person.
enum Change {
    Rename(String, String),
    Roles(Roles),
    Team(Option<domain::TeamId>, Option<i64>),
    Standing(Standing),
    Claim(PersonId),
}

fn change_of(fields: &Fields, me: &Admin, now: Timestamp) -> Result<Result<Change, Wrong>, Fault> {
    Ok(Ok(match fields.get("do") {
        "rename" => Change::Rename(
            fields.get("name").to_owned(),
            fields.get("email").to_owned(),
        ),
        "roles" => Change::Roles(ticked(fields)?),
        "team" => {
            let since = match forms::day(fields, "since") {
                Ok(since) => since,
                Err(wrong) => return Ok(Err(wrong)),
            };
            // Today means from now on: what was counted this morning stays where it was.
            let since = since
                .filter(|day| *day != me.zone().day_of(now))
                .map(|day| me.zone().start_of(day).as_microsecond());
            Change::Team(fields.read("team")?, since)
        }
        "deactivate" => Change::Standing(Standing::Deactivated),
        "activate" => Change::Standing(Standing::Active),
        "claim" => match fields.read("by")? {
            Some(by) => Change::Claim(by),
            None => return Ok(Err(Wrong::with("by", "Choose whose rows they are."))),
        },
        _ => {
            return Err(Fault::invalid(
                "This page does not know what to do with that.",
            ));
        }
    }))
}

/// POST `/people/{id}` with `do`: `rename` (`name`, `email`), `roles` (`role`), `team` (`team`,
/// `since`), `link`, `deactivate`, `activate`, `claim` (`by`).
pub(crate) async fn change(me: Admin, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let id = read(&id)?;
    let who = me.0.clone();
    if fields.get("do") == "link" {
        let (person, (token, until), again) = ctx
            .app
            .write(move |act| {
                let person = accounts::get(act, &who, id)?;
                let again = accounts::may_come_in(act, &who, id)?;
                Ok((person, accounts::make_link(act, &who, id)?, again))
            })
            .await?;
        return handed_over(&me, &ctx, &person.name, id, &token, until, again);
    }
    let change = match change_of(&fields, &me, ctx.app.now())? {
        Ok(change) => change,
        Err(wrong) => return one_page(&me, &ctx, id, &fields, false, wrong).await,
    };
    let after = match &change {
        Change::Claim(by) => format!("/people/{by}?saved=1"),
        _ => format!("/people/{id}?saved=1"),
    };
    let done = ctx.app.write(move |act| match change {
        Change::Rename(name, email) => accounts::rename(act, &who, id, &name, &email),
        Change::Roles(roles) => accounts::set_roles(act, &who, id, roles),
        Change::Team(team, since) => accounts::set_team(act, &who, id, team, since),
        Change::Standing(standing) => accounts::set_standing(act, &who, id, standing),
        Change::Claim(by) => {
            accounts::claims_for_another(act, &who, by)?;
            accounts::claim(act, &who, id, by)
        }
    });
    match done.await {
        Ok(()) => Ok(see_other(&after)),
        Err(error) => {
            let wrong = Wrong::of(error)?.among(&["name", "email", "since", "by"]);
            one_page(&me, &ctx, id, &fields, false, wrong).await
        }
    }
}
