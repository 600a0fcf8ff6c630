//! One's own profile, and what holds for everybody who uses this ledger.

use app::{accounts, labels, settings, sign_in};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::{LabelKind, Zone};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::forms::{Choice, Wrong};
use crate::me::{Admin, Anyone};
use crate::reply::{Reply, Shell, page_with, see_other};
use crate::{words, zones};

#[derive(Template)]
#[template(path = "settings.html")]
struct Page<'a> {
    shell: Shell<'a>,
    saved: bool,
    name: String,
    zone: String,
    languages: Vec<Choice>,
    keys: bool,
    /// How one comes in, in a few words.
    ways: &'static str,
    shares_rows: bool,
    workspace_zone: String,
    backup_folder: String,
    zones: Vec<(String, Vec<String>)>,
    /// Address, name and how many.
    lists: Vec<(&'static str, &'static str, String)>,
    version: &'static str,
    wrong: Wrong,
}

/// The lists of labels: part of the address, kind, heading, one of them.
const LISTS: [(&str, LabelKind, &str, &str); 3] = [
    ("reasons", LabelKind::Reason, "Reasons", "reason"),
    ("segments", LabelKind::Segment, "Segments", "segment"),
    ("pitches", LabelKind::Pitch, "Pitches", "pitch"),
];

/// GET `/settings`.
pub(crate) async fn show(me: Anyone, ctx: Ctx, fields: Fields) -> Reply {
    page(
        &me,
        &ctx,
        &Fields::default(),
        fields.has("saved"),
        Wrong::default(),
    )
    .await
}

async fn page(me: &Anyone, ctx: &Ctx, typed: &Fields, saved: bool, wrong: Wrong) -> Reply {
    let member = me.0.clone();
    let (workspace_zone, folder, counts, ways) = ctx
        .app
        .read(move |act| {
            let mut counts = Vec::new();
            for (_, kind, ..) in LISTS {
                counts.push(labels::all(act, kind)?.iter().filter(|l| !l.hidden).count());
            }
            Ok((
                settings::workspace_zone(act)?,
                settings::backup_folder(act)?,
                counts,
                sign_in::mine(act, &member)?,
            ))
        })
        .await?;
    let folder = folder.map_or_else(String::new, |f| f.display().to_string());
    let or = |name: &str, stands: &str| typed.opt(name).unwrap_or(stands).to_owned();
    let status = if wrong.any() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page_with(
        status,
        &Page {
            shell: Shell::new(ctx, me, "settings", "Settings"),
            saved,
            name: if wrong.is("name") {
                typed.get("name").to_owned()
            } else {
                or("name", me.name())
            },
            zone: or("zone", me.zone().name()),
            languages: words::LANGUAGES
                .iter()
                .map(|(code, name)| Choice {
                    value: (*code).to_owned(),
                    label: (*name).to_owned(),
                    chosen: spoken(me.language()) == *code,
                })
                .collect(),
            ways: match (
                ways.password,
                !ways.passkeys.is_empty(),
                !ways.providers.is_empty(),
            ) {
                (true, true, _) => "By password or passkey",
                (true, ..) => "By password",
                (_, true, _) => "By passkey",
                (_, _, true) => "By another account",
                _ => "No password yet",
            },
            shares_rows: me.shares_rows(),
            keys: if typed.has("name") {
                typed.has("keys")
            } else {
                me.keys()
            },
            workspace_zone: or("workspace_zone", workspace_zone.name()),
            backup_folder: or("backup_folder", &folder),
            zones: zones::by_region(),
            lists: LISTS
                .iter()
                .zip(counts)
                .map(|(&(path, _, heading, _), n)| {
                    (path, heading, words::number(i64::try_from(n).unwrap_or(0)))
                })
                .collect(),
            version: env!("CARGO_PKG_VERSION"),
            wrong,
        },
    )
}

fn zone(fields: &Fields, name: &'static str, stands: &Zone) -> Result<Zone, Wrong> {
    Ok(crate::forms::zone(fields, name)?.unwrap_or_else(|| stands.clone()))
}

/// POST `/settings/profile`.
pub(crate) async fn profile(me: Anyone, ctx: Ctx, fields: Fields) -> Reply {
    let zone = match zone(&fields, "zone", me.zone()) {
        Ok(zone) => zone,
        Err(wrong) => return page(&me, &ctx, &fields, false, wrong).await,
    };
    let (member, name, keys) = (
        me.0.clone(),
        fields.get("name").to_owned(),
        fields.has("keys"),
    );
    let language = fields.opt("language").unwrap_or(me.language()).to_owned();
    let done = ctx
        .app
        .write(move |act| settings::update_profile(act, &member, &name, zone, &language, keys));
    match done.await {
        Ok(()) => Ok(see_other("/settings?saved=1")),
        Err(error) => {
            let wrong = Wrong::of(error)?.among(&["name", "zone", "language"]);
            page(&me, &ctx, &fields, false, wrong).await
        }
    }
}

/// POST `/settings/workspace`.
pub(crate) async fn workspace(admin: Admin, me: Anyone, ctx: Ctx, fields: Fields) -> Reply {
    let zone = match crate::forms::zone(&fields, "workspace_zone") {
        Ok(zone) => zone,
        Err(wrong) => return page(&me, &ctx, &fields, false, wrong).await,
    };
    let (who, folder) = (admin.0, fields.get("backup_folder").to_owned());
    let done = ctx.app.write(move |act| {
        settings::set_backup_folder(act, &who, &folder)?;
        match zone {
            Some(zone) => settings::set_workspace_zone(act, &who, &zone),
            None => Ok(()),
        }
    });
    match done.await {
        Ok(()) => Ok(see_other("/settings?saved=1")),
        Err(error) => {
            let wrong = Wrong::of(error)?.among(&["backup_folder"]);
            page(&me, &ctx, &fields, false, wrong).await
        }
    }
}

/// The first part of a language's tag.
fn spoken(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}

/// POST `/settings/sharing` with `share` (`on`, `off`): whether the lead of one's team may read one's
/// rows.
pub(crate) async fn sharing(me: Anyone, ctx: Ctx, fields: Fields) -> Reply {
    let share = fields.get("share") == "on";
    ctx.app
        .write(move |act| accounts::share_rows(act, &me, share))
        .await?;
    Ok(see_other("/settings?saved=1#rows"))
}

struct Row {
    code: String,
    label: String,
    hidden: bool,
    first: bool,
    last: bool,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "labels.html")]
struct Labels<'a> {
    shell: Shell<'a>,
    path: &'static str,
    one: &'static str,
    rows: Vec<Row>,
    /// A new label that was typed and is not right.
    new: String,
    wrong: Wrong,
    saved: bool,
}

fn list(path: &str) -> Result<(&'static str, LabelKind, &'static str, &'static str), Fault> {
    LISTS
        .into_iter()
        .find(|(p, ..)| *p == path)
        .ok_or_else(Fault::not_found)
}

/// GET `/settings/{list}`.
pub(crate) async fn show_labels(
    me: Anyone,
    ctx: Ctx,
    Path(path): Path<String>,
    fields: Fields,
) -> Reply {
    labels_page(
        &me,
        &ctx,
        &path,
        &Fields::default(),
        fields.has("saved"),
        Wrong::default(),
    )
    .await
}

async fn labels_page(
    me: &Anyone,
    ctx: &Ctx,
    path: &str,
    typed: &Fields,
    saved: bool,
    wrong: Wrong,
) -> Reply {
    let (path, kind, heading, one) = list(path)?;
    let all = ctx.app.read(move |act| labels::all(act, kind)).await?;
    let (status, last) = match wrong.any() {
        true => (StatusCode::UNPROCESSABLE_ENTITY, all.len()),
        false => (StatusCode::OK, all.len()),
    };
    let code = typed.opt("code");
    let rows = all
        .into_iter()
        .enumerate()
        .map(|(i, l)| {
            let mine = wrong.any() && code == Some(l.code.as_str());
            Row {
                label: if mine {
                    typed.get("label").to_owned()
                } else {
                    l.label
                },
                wrong: wrong.at("label").filter(|_| mine).map(str::to_owned),
                code: l.code,
                hidden: l.hidden,
                first: i == 0,
                last: i + 1 == last,
            }
        })
        .collect();
    page_with(
        status,
        &Labels {
            shell: Shell::new(ctx, me, "settings", heading),
            path,
            one,
            rows,
            new: if code.is_none() {
                typed.get("label").to_owned()
            } else {
                String::new()
            },
            wrong: if code.is_none() {
                wrong
            } else {
                Wrong::default()
            },
            saved,
        },
    )
}

/// POST `/settings/{list}` with `do` (`add`, `rename`, `up`, `down`, `hide`, `show`), `code` and
/// `label`.
pub(crate) async fn change_labels(
    admin: Admin,
    me: Anyone,
    ctx: Ctx,
    Path(path): Path<String>,
    fields: Fields,
) -> Reply {
    let (path, kind, ..) = list(&path)?;
    let who = admin.0;
    let (what, code, label) = (
        fields.get("do").to_owned(),
        fields.get("code").to_owned(),
        fields.get("label").to_owned(),
    );
    let anchor = if code.is_empty() {
        String::new()
    } else {
        format!("#at-{code}")
    };
    let done = ctx.app.write(move |act| match what.as_str() {
        "rename" => labels::rename(act, &who, kind, &code, &label),
        "up" => labels::shift(act, &who, kind, &code, true),
        "down" => labels::shift(act, &who, kind, &code, false),
        "hide" => labels::hide(act, &who, kind, &code, true),
        "show" => labels::hide(act, &who, kind, &code, false),
        _ => labels::add(act, &who, kind, &label).map(drop),
    });
    match done.await {
        Ok(()) => Ok(see_other(&format!("/settings/{path}?saved=1{anchor}"))),
        Err(error) => labels_page(&me, &ctx, path, &fields, false, Wrong::of(error)?).await,
    }
}
