//! `rebound user`: who is here. Whoever can open the database looks after it.

use app::accounts::{self, Account};
use app::{Act, Administrator, App, AppError, Kind, Token, settings};
use domain::{Person, PersonId, Role, Roles, Standing};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::serve::is_this_computer;
use crate::cli::{Global, User, UserDo};
use crate::{output, place, times};

pub(crate) fn run(global: &Global, user: User) -> Result<(), AppError> {
    let app = match user.what {
        UserDo::Add { .. } => place::open_or_begin(global)?,
        _ => place::open_existing(global)?,
    };
    let who = match user.what {
        UserDo::List => place::looking(&app, global)?,
        _ => place::administrator(&app, global)?,
    };
    match user.what {
        UserDo::List => list(global, &app, &who),
        UserDo::Add {
            name,
            email,
            role,
            another,
            public_url,
        } => {
            let roles = roles_of(&role, Roles::of(&[Role::Seller]));
            let email = email.unwrap_or_default();
            let me = who.clone();
            let shut_out = app
                .read_blocking(move |act| Ok(accounts::needs_own_way_in(act, &me).is_err()))?
                .then(|| who.name().to_owned());
            let me = who.clone();
            let (alike, id, (token, until)) = app.write_blocking(move |act| {
                act.tx.exclusive()?;
                let alike = accounts::namesakes(act, &who, &name)?;
                not_here_already(act, &who, &alike, &email, another)?;
                // Who sits at the database can make a way in for themselves whenever they need one.
                let new = accounts::add(act, &who, &name, &email, roles)?;
                Ok((alike, new.id, accounts::make_link(act, &who, new.id)?))
            })?;
            handed_over(global, &app, me, id, public_url, &token, until)?;
            say_alike(&alike);
            if let Some(name) = shut_out {
                output::note(&format!(
                    "With several people everybody signs in, you too. For a way in of your own: \
                     rebound user invite \"{name}\""
                ));
            }
            Ok(())
        }
        UserDo::Invite { name, public_url } | UserDo::Reset { name, public_url } => {
            let me = who.clone();
            let (id, (token, until)) = app.write_blocking(move |act| {
                let person = accounts::find(act, &who, &name)?;
                Ok((person.id, accounts::make_link(act, &who, person.id)?))
            })?;
            handed_over(global, &app, me, id, public_url, &token, until)
        }
        UserDo::Role { name, role, none } => {
            let roles = roles_of(&role, Roles::NONE);
            if roles == Roles::NONE && !none {
                return Err(AppError::invalid(
                    "role",
                    "Name every role they have from now on, or --none.",
                ));
            }
            change(global, &app, who, &name, move |act, who, id| {
                accounts::set_roles(act, who, id, roles)
            })
        }
        UserDo::Team { name, team, since } => {
            let since = since
                .map(|day| times::day(&day, "since", who.zone(), app.now()))
                .transpose()?;
            change(global, &app, who, &name, move |act, who, id| {
                let since = since.map(|day| who.zone().start_of(day).as_microsecond());
                let into = team.as_deref().map(|team| named_team(act, who, team));
                accounts::set_team(act, who, id, into.transpose()?, since)
            })
        }
        UserDo::Deactivate { name } => change(global, &app, who, &name, |act, who, id| {
            accounts::set_standing(act, who, id, Standing::Deactivated)
        }),
        UserDo::Activate { name } => change(global, &app, who, &name, |act, who, id| {
            accounts::set_standing(act, who, id, Standing::Active)
        }),
        UserDo::Files { name, names } => change(global, &app, who, &name, move |act, who, id| {
            accounts::set_rep_names(act, who, id, &names)
        }),
        UserDo::Claim { placeholder, by } => claim(global, &app, who, placeholder, by),
    }
}

/// Refuses somebody who is here already. Another person may have the same name, never the same
/// address.
fn not_here_already(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    alike: &[Person],
    email: &str,
    another: bool,
) -> Result<(), AppError> {
    let has_account = |p: &&Person| p.standing != Standing::Placeholder;
    let refused = |person: &Person, or_else: &str| {
        let name = &person.name;
        let them = match person.email.as_str() {
            "" => name,
            email => email,
        };
        let (message, way) = match person.standing {
            Standing::Deactivated => (
                format!("{name} was here already, and may not come in now."),
                format!("To let them in again: rebound user activate \"{them}\"."),
            ),
            _ => (
                format!("{name} is here already."),
                format!("For a new link: rebound user invite \"{them}\"."),
            ),
        };
        AppError::new(Kind::Refused, message).with_hint(format!("{way}{or_else}"))
    };
    let key = domain::email_key(email);
    let by_address = accounts::all(act, who)?
        .into_iter()
        .map(|a| a.person)
        .find(|p| key.is_some() && domain::email_key(&p.email) == key);
    match (by_address, alike.iter().find(has_account)) {
        (Some(person), _) => Err(refused(&person, "")),
        (None, Some(person)) if !another => Err(refused(
            person,
            " If this is somebody else of the same name, add --another.",
        )),
        _ => Ok(()),
    }
}

/// Says who had the name already: somebody else, or rows that may be the newcomer's.
fn say_alike(alike: &[Person]) {
    for person in alike {
        let name = &person.name;
        output::note(&match person.standing {
            Standing::Placeholder => format!(
                "Rows wait under the name “{name}”. If they are theirs: \
                 rebound user claim \"{name}\" with the address or name of the one added."
            ),
            _ => format!("Somebody else here is called “{name}” too; name them by e-mail address."),
        });
    }
}

fn roles_of(given: &[Role], otherwise: Roles) -> Roles {
    match given {
        [] => otherwise,
        given => Roles::of(given),
    }
}

/// The team of this name, made where there is none.
fn named_team(
    act: &mut Act<'_, '_>,
    who: &Administrator,
    name: &str,
) -> Result<domain::TeamId, AppError> {
    let key = domain::fold(name);
    let known = accounts::teams(act, who)?;
    match known.iter().find(|t| domain::fold(&t.name) == key) {
        Some(team) => Ok(team.id),
        None => accounts::add_team(act, who, name).map(|team| team.id),
    }
}

/// Gives rows to whose they are, and says how many went over.
fn claim(
    global: &Global,
    app: &App,
    who: Administrator,
    placeholder: String,
    by: String,
) -> Result<(), AppError> {
    let (account, went) = app.write_blocking(move |act| {
        act.tx.exclusive()?;
        let by = accounts::find(act, &who, &by)?.id;
        let rows = accounts::find_placeholder(act, &who, &placeholder)?.id;
        let went = accounts::claim(act, &who, rows, by)?;
        Ok((one(act, &who, by)?, went))
    })?;
    let mut object = object(&account);
    object["attempts_claimed"] = went.attempts.into();
    object["deals_claimed"] = went.deals.into();
    let mut parts = vec![output::count(went.attempts, "attempt")];
    if went.deals > 0 {
        parts.push(output::count(went.deals, "deal"));
    }
    let is = match (went.attempts, went.deals) {
        (1, 0) => "is",
        _ => "are",
    };
    let text = format!(
        "{} {is} {}’s now.\n",
        parts.join(" and "),
        account.person.name
    );
    output::result(global.json, &object, &text)
}

/// Does something about a person and shows them as they are then.
fn change(
    global: &Global,
    app: &App,
    who: Administrator,
    name: &str,
    f: impl FnOnce(&mut Act<'_, '_>, &Administrator, PersonId) -> Result<(), AppError> + Send + 'static,
) -> Result<(), AppError> {
    let name = name.to_owned();
    let account = app.write_blocking(move |act| {
        act.tx.exclusive()?;
        let id = accounts::find(act, &who, &name)?.id;
        f(act, &who, id)?;
        one(act, &who, id)
    })?;
    let (object, text) = (object(&account), line(&account));
    output::result(global.json, &object, &text)
}

fn one(act: &mut Act<'_, '_>, who: &Administrator, id: PersonId) -> Result<Account, AppError> {
    accounts::all(act, who)?
        .into_iter()
        .find(|a| a.person.id == id)
        .ok_or_else(|| AppError::not_found("person"))
}

fn list(global: &Global, app: &App, who: &Administrator) -> Result<(), AppError> {
    let who = who.clone();
    let all = app.read_blocking(move |act| accounts::all(act, &who))?;
    let people: Vec<Value> = all.iter().map(object).collect();
    let text: String = all.iter().map(line).collect();
    output::result(global.json, &json!({ "people": people }), &text)
}

fn iso(micros: i64) -> Option<String> {
    Timestamp::from_microsecond(micros)
        .ok()
        .map(|at| at.to_string())
}

fn object(a: &Account) -> Value {
    let roles: Vec<&str> = a.person.roles.each().map(Role::code).collect();
    let team = a.team.as_ref();
    json!({
        "person": a.person.id,
        "name": a.person.name,
        "email": a.person.email,
        "rep_names": a.person.rep_names,
        "roles": roles,
        "standing": a.person.standing.code(),
        "team": team.map(|(team, _)| &team.name),
        "team_since": team.and_then(|(_, since)| iso(*since)),
        "has_way_in": a.has_way_in,
        "link_until": a.link_until.and_then(iso),
    })
}

fn line(a: &Account) -> String {
    let mut parts = vec![match a.person.roles {
        Roles::NONE => "no role".to_owned(),
        roles => roles.to_string(),
    }];
    if let Some((team, _)) = &a.team {
        parts.push(format!("team {}", team.name));
    }
    match a.person.standing {
        Standing::Deactivated => parts.push("may not come in".into()),
        Standing::Placeholder => parts.push("no account yet".into()),
        Standing::Active if a.link_until.is_some() => parts.push("a link stands".into()),
        Standing::Active if !a.has_way_in => parts.push("no way in yet".into()),
        Standing::Active => {}
    }
    let email = match a.person.email.as_str() {
        "" => "-",
        email => email,
    };
    format!(
        "{:<24}  {email:<28}  {}\n",
        a.person.name,
        parts.join(" · ")
    )
}

/// Where Rebound is when nothing else is said and it was never served.
const HERE: &str = "http://localhost:7700";

/// Shows a link, this once.
fn handed_over(
    global: &Global,
    app: &App,
    who: Administrator,
    id: PersonId,
    public_url: Option<String>,
    token: &Token,
    until: Timestamp,
) -> Result<(), AppError> {
    let unsaid = public_url.is_none();
    let served = app.read_blocking(settings::served_at)?;
    let address = public_url.or_else(|| served.clone());
    let address = address.as_deref().unwrap_or(HERE);
    let link = format!("{}/link/{token}", address.trim_end_matches('/'));
    let text = format!(
        "{link}\nHand it over yourself. It works once, until {}, and is shown only now.\n",
        times::until(until, who.zone())
    );
    let account = app.read_blocking(move |act| one(act, &who, id))?;
    let mut object = object(&account);
    object["link"] = link.into();
    output::result(global.json, &object, &text)?;
    let why = match &served {
        _ if !unsaid => return Ok(()),
        None => format!(
            "Nobody has served this ledger yet, so the link begins with {HERE}, where nothing may answer."
        ),
        Some(at) if is_this_computer(at) => "The link opens on this computer alone.".to_owned(),
        Some(_) => return Ok(()),
    };
    output::note(&format!(
        "{why} Name the address people type with --public-url or REBOUND_PUBLIC_URL."
    ));
    Ok(())
}
