//! Where the ledger is, and who is at the keyboard.

use std::path::{Path, PathBuf};

use app::{Administrator, App, AppError, DatabaseUrl, Kind, Member, Seller, session};
use domain::Zone;
use jiff::Timestamp;

use crate::cli::Global;
use crate::output;

/// The folder of this platform for a program's own data, made when it is not there.
fn data_folder() -> Result<PathBuf, AppError> {
    let dirs = directories::ProjectDirs::from("", "", "rebound").ok_or_else(|| {
        AppError::new(Kind::NotFound, "This account has no home folder.")
            .with_hint("Name a database with --database sqlite:PATH.")
    })?;
    let folder = dirs.data_dir().to_owned();
    let made = make_private(&folder);
    made.map_err(|e| {
        AppError::new(
            Kind::Refused,
            format!("Cannot make {}: {e}.", folder.display()),
        )
        .with_hint("Name a database with --database sqlite:PATH.")
    })?;
    Ok(folder)
}

/// Makes a folder that only its owner may look into.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// The database asked for, or the person's own.
pub(crate) fn database(global: &Global) -> Result<DatabaseUrl, AppError> {
    match &global.database {
        Some(url) => Ok(url.clone()),
        None => Ok(DatabaseUrl::Sqlite(data_folder()?.join("rebound.db"))),
    }
}

/// Opens the ledger to serve it.
pub(crate) fn open_to_serve(global: &Global) -> Result<App, AppError> {
    App::open(&database(global)?, Timestamp::now)
}

/// Opens the ledger for a command.
pub(crate) fn open(global: &Global) -> Result<App, AppError> {
    App::open(&database(global)?, Timestamp::now).map(App::at_keyboard)
}

/// Opens a ledger that somebody uses already. A command about people or tokens begins none by itself:
/// a forgotten `--database` would make one that nobody looks at.
pub(crate) fn open_existing(global: &Global) -> Result<App, AppError> {
    let url = database(global)?;
    if let DatabaseUrl::Sqlite(path) = &url
        && !path.exists()
    {
        return Err(nobody_there(&url));
    }
    let app = open(global)?;
    if app.read_blocking(session::is_first_run)? {
        return Err(nobody_there(&url));
    }
    Ok(app)
}

/// Opens a ledger to add to it. One that is named begins when there is none, and that is said.
pub(crate) fn open_or_begin(global: &Global) -> Result<App, AppError> {
    if global.database.is_none() {
        return open_existing(global);
    }
    let app = open(global)?;
    if app.read_blocking(session::is_first_run)? {
        let me = member(&app, global)?;
        output::note(&format!(
            "A new ledger begins at {}, and {} looks after it.",
            app.database(),
            me.name()
        ));
    }
    Ok(app)
}

fn nobody_there(url: &DatabaseUrl) -> AppError {
    AppError::new(
        Kind::NotFound,
        format!("Nobody uses a ledger at {url} yet."),
    )
    .with_hint("Name yours with --database or REBOUND_DATABASE.")
}

/// The made-up year, in a database of its own that is filled anew on another day.
pub(crate) fn open_demo(global: &Global) -> Result<App, AppError> {
    if global.database.is_some() {
        return Err(AppError::new(
            Kind::Invalid,
            "--demo has a database of its own; leave out --database (or REBOUND_DATABASE).",
        ));
    }
    let path = data_folder()?.join("demo.db");
    let today = Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::system())
        .date();
    let filled = std::fs::metadata(&path).and_then(|m| m.created().or_else(|_| m.modified()));
    let same_day = filled
        .ok()
        .and_then(|t| Timestamp::try_from(t).ok())
        .is_some_and(|t| t.to_zoned(jiff::tz::TimeZone::system()).date() == today);
    if !same_day {
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            let _ = std::fs::remove_file(name);
        }
    }
    let app = App::open(&DatabaseUrl::Sqlite(path), Timestamp::now)?;
    if app.read_blocking(session::is_first_run)? {
        app::demo::fill(&app)?;
    }
    Ok(app)
}

/// Says so when a folder is named where a file is meant.
pub(crate) fn not_a_folder(path: &Path) -> Result<(), AppError> {
    if path.is_dir() {
        return Err(AppError::new(
            Kind::Invalid,
            format!("{} is a folder; name the file in it.", path.display()),
        ));
    }
    Ok(())
}

/// The zone of this computer.
pub(crate) fn system_zone() -> Zone {
    let zone = jiff::tz::TimeZone::system();
    zone.iana_name()
        .and_then(|name| Zone::new(name).ok())
        .unwrap_or_else(Zone::utc)
}

/// Who is at the keyboard: the only person, in a new ledger whoever the computer says, or of several
/// the one named with `--as`. Whoever can open the database may be anyone.
pub(crate) fn member(app: &App, global: &Global) -> Result<Member, AppError> {
    let named = global.as_person.clone();
    if named.is_none()
        && let Some(me) = app.read_blocking(session::only)?
    {
        return Ok(me);
    }
    let name = ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|key| std::env::var(key).ok().filter(|v| !v.trim().is_empty()))
        .unwrap_or_else(|| "Me".to_owned());
    let zone = system_zone();
    app.write_blocking(move |act| session::at_keyboard(act, named.as_deref(), &name, &zone))
}

/// As [`member`], with a ledger of their own.
pub(crate) fn me(app: &App, global: &Global) -> Result<Seller, AppError> {
    member(app, global)?
        .seller()
        .ok_or_else(session::not_a_seller)
}

/// Who changes something about people: of several the one named with `--as`, because the audit log
/// says who it was.
pub(crate) fn administrator(app: &App, global: &Global) -> Result<Administrator, AppError> {
    let unnamed = global.as_person.is_none();
    match member(app, global) {
        Ok(member) => member.administrator().ok_or_else(refused),
        Err(e) if e.kind == Kind::Ambiguous && unnamed => {
            let hint = match app.read_blocking(session::tending)? {
                Some(who) => format!("Say who you are, such as --as \"{}\".", who.name()),
                None => "Say who you are with --as NAME.".to_owned(),
            };
            Err(e.with_hint(format!("{hint} REBOUND_AS says it for every command.")))
        }
        Err(e) => Err(e),
    }
}

/// As [`administrator`], for what nobody is held to: of several, unnamed, whoever looks after this
/// Rebound alone. Who can open the database could read all of it by hand.
pub(crate) fn looking(app: &App, global: &Global) -> Result<Administrator, AppError> {
    if global.as_person.is_none()
        && let Some(who) = app.read_blocking(session::tending)?
    {
        return who.administrator().ok_or_else(refused);
    }
    administrator(app, global)
}

fn refused() -> AppError {
    AppError::new(Kind::Refused, "Only an administrator does this.")
        .with_hint("Say who you are with --as NAME.")
}
