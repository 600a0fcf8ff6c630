//! One person, for who looks after the installation: name, roles, team, links, access, rows.

use app::AppError;
use app::accounts::{self, Account};
use askama::Template;
use axum::extract::Path;
use axum::http::HeaderMap;
use domain::{PersonId, Role, Roles, Standing, Team};
use jiff::Timestamp;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{self, Choice, Wrong};
use crate::me::{self, Admin};
use crate::pages::people::{self, Handed, choices, day, state, ticked};
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::words;

#[derive(Template)]
#[template(path = "account.html")]
struct One<'a> {
    shell: Shell<'a>,
    saved: Option<String>,
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
    /// Where somebody of a placeholder's name is added.
    add: String,
    /// Rows that wait under this person's name.
    waiting: Option<PersonId>,
    /// By which names files call them, one a line.
    rep_names: String,
    sells: bool,
    wrong: Wrong,
}

async fn one_page(
    me: &Admin,
    ctx: &Ctx,
    id: PersonId,
    typed: &Fields,
    saved: Option<String>,
    wrong: Wrong,
) -> Reply {
    let who = me.0.clone();
    let (all, teams) = ctx
        .app
        .read(move |act| Ok((accounts::all(act, &who)?, accounts::teams(act, &who)?)))
        .await?;
    let account = all
        .iter()
        .find(|a| a.person.id == id)
        .cloned()
        .ok_or_else(|| AppError::not_found("person"))?;
    let alike = |a: &&Account| domain::fold(&a.person.name) == domain::fold(&account.person.name);
    let sells =
        |a: &&Account| a.person.standing == Standing::Active && a.person.roles.has(Role::Seller);
    // Whoever has the same name is proposed.
    let by = match typed.opt("by") {
        Some(by) => by.to_owned(),
        None => (all.iter().filter(sells).find(alike))
            .map_or_else(String::new, |a| a.person.id.to_string()),
    };
    let claimants = all.iter().filter(sells).map(|a| claimant(a, &by)).collect();
    let waiting = (all.iter().filter(|_| sells(&&account)))
        .filter(alike)
        .find(|a| a.person.standing == Standing::Placeholder)
        .map(|a| a.person.id);
    let (zone, now) = (me.zone(), ctx.app.now());
    let in_team = account.team.as_ref().map(|(team, _)| team.id.to_string());
    let chosen = typed.opt("team").or(in_team.as_deref()).unwrap_or("");
    let p = &account.person;
    let or = |name: &str, stands: &str| match typed.has(name) {
        true => typed.get(name).to_owned(),
        false => stands.to_owned(),
    };
    page_with(
        wrong.status(),
        &One {
            saved,
            name: or("name", &p.name),
            email: or("email", &p.email),
            has_way_in: account.has_way_in,
            state: crate::fields::sentence(&state(&account, zone, now)),
            active: p.standing == Standing::Active,
            placeholder: p.standing == Standing::Placeholder,
            own: id == me.id(),
            roles: choices(match typed.get("do") {
                "roles" => ticked(typed)?,
                _ => p.roles,
            }),
            team: account
                .team
                .as_ref()
                .map(|(team, since)| format!("{} since {}", team.name, day(*since, zone, now))),
            teams: teams
                .iter()
                .filter(|team| !team.closed)
                .map(|Team { id, name, .. }| Choice::new(&id.to_string(), name, chosen))
                .collect(),
            since: typed.get("since").to_owned(),
            today: zone.day_of(now).to_string(),
            claimants,
            add: format!("/people?{}#add", words::query(&[("name", &p.name)])),
            waiting,
            rep_names: or("rep_names", &p.rep_names.join("\n")),
            sells: p.roles.has(Role::Seller),
            wrong,
            shell: Shell::new(ctx, me, "people", &p.name),
        },
    )
}

/// Somebody who may have rows; the address tells two of one name apart.
fn claimant(account: &Account, chosen: &str) -> Choice {
    let p = &account.person;
    let label = match p.email.as_str() {
        "" => p.name.clone(),
        email => format!("{}, {email}", p.name),
    };
    Choice::new(&p.id.to_string(), &label, chosen)
}

fn read(id: &str) -> Result<PersonId, Fault> {
    id.parse().map_err(|_| Fault::not_found())
}

/// GET `/people/{id}`.
pub(crate) async fn show(me: Admin, ctx: Ctx, Path(id): Path<String>, fields: Fields) -> Reply {
    let given: Option<i64> = fields.read("given")?;
    let saved = fields.has("saved").then(|| match given {
        Some(n) => format!(
            "Kept. {} brought in under another name {} theirs now.",
            words::count(n, "attempt"),
            if n == 1 { "is" } else { "are" }
        ),
        None => "Kept.".to_owned(),
    });
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
    InFiles(Vec<String>),
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
        "files" => {
            let names = fields.raw("rep_names").lines();
            Change::InFiles(names.map(|name| name.trim().to_owned()).collect())
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
/// `since`), `files` (`rep_names`), `link`, `deactivate`, `activate`, `claim` (`by`).
pub(crate) async fn change(
    me: Admin,
    ctx: Ctx,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Reply {
    let id = read(&id)?;
    if fields.get("do") == "link" {
        // Such a link is a way into somebody's account for whoever holds it.
        me::proved(&ctx, &headers, &format!("/people/{id}")).await?;
        return match link(&me, &ctx, id).await {
            Ok(handed) => people::hand_over(&me, &ctx, handed),
            Err(error) => refused(&me, &ctx, id, &fields, error).await,
        };
    }
    let change = match change_of(&fields, &me, ctx.app.now())? {
        Ok(change) => change,
        Err(wrong) => return one_page(&me, &ctx, id, &fields, None, wrong).await,
    };
    let after = match &change {
        Change::Claim(by) => format!("/people/{by}?saved=1"),
        _ => format!("/people/{id}?saved=1"),
    };
    let who = me.0.clone();
    let done = ctx.app.write(move |act| {
        match change {
            Change::Rename(name, email) => accounts::rename(act, &who, id, &name, &email)?,
            Change::Roles(roles) => accounts::set_roles(act, &who, id, roles)?,
            Change::Team(team, since) => accounts::set_team(act, &who, id, team, since)?,
            Change::Standing(standing) => accounts::set_standing(act, &who, id, standing)?,
            Change::InFiles(names) => accounts::set_rep_names(act, &who, id, &names)?,
            Change::Claim(by) => {
                let given = accounts::claim(act, &who, id, by)?;
                return Ok(format!("&given={}", given.attempts));
            }
        }
        Ok(String::new())
    });
    match done.await {
        Ok(more) => Ok(see_other(&format!("{after}{more}"))),
        Err(error) => refused(&me, &ctx, id, &fields, error).await,
    }
}

async fn link(me: &Admin, ctx: &Ctx, id: PersonId) -> Result<Handed, AppError> {
    let who = me.0.clone();
    ctx.app
        .write(move |act| {
            let person = accounts::get(act, &who, id)?;
            let again = accounts::may_come_in(act, &who, id)?;
            let (token, until) = accounts::make_link(act, &who, id)?;
            Ok(Handed::new(person, token, until, again))
        })
        .await
}

/// The page again, with what was typed and why it was not done, in the form it is about.
async fn refused(me: &Admin, ctx: &Ctx, id: PersonId, fields: &Fields, e: AppError) -> Reply {
    let form = match fields.get("do") {
        "rename" => "name",
        "roles" => "roles",
        "team" => "team",
        "claim" => "by",
        "files" => "rep_names",
        "link" => "link",
        _ => "access",
    };
    let wrong = Wrong::or_refused(e)?.among_or(&["name", "email", "since", "team", "by"], form);
    one_page(me, ctx, id, fields, None, wrong).await
}
