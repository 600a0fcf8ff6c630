//! Pages around the work: somebody to call, the keys, the rest of the places, the phone.

use askama::Template;

use crate::ctx::Ctx;
use crate::me::{Anyone, Me};
use crate::reply::{self, Bare, Reply, Shell};

#[derive(Template)]
#[template(path = "help.html")]
struct Help<'a> {
    shell: Bare<'a>,
}

/// GET /help
pub(crate) async fn help(ctx: Ctx) -> Reply {
    reply::page(&Help {
        shell: Bare::new(&ctx, "Need someone now?"),
    })
}

type Key = (&'static [&'static str], &'static str);

/// Every key there is, by place. Only what exists.
const KEYS: [(&str, &[Key]); 4] = [
    (
        "Everywhere",
        &[
            (&["g", "t"], "Go to Today"),
            (&["g", "n"], "Go to Noes"),
            (&["g", "e"], "Go to Evidence"),
            (&["g", "s"], "Go to Settings"),
            (&["/"], "Find someone"),
            (&["z"], "Undo"),
            (&["?"], "All keys"),
            (&["Esc"], "Close, or leave a field"),
        ],
    ),
    (
        "Today",
        &[
            (&["1", "2", "3"], "Who it was"),
            (&["n"], "No"),
            (&["r"], "No reply"),
            (&["l"], "Not now"),
            (&["i"], "Send info"),
            (&["y"], "Yes"),
            (&["c"], "Call or write to the next one"),
            (&["s"], "Skip the next one for today"),
        ],
    ),
    (
        "After a no",
        &[
            (&["Enter"], "Next prospect"),
            (&["b"], "Take a breath"),
            (&["v"], "Look at it later"),
        ],
    ),
    (
        "Noes",
        &[
            (&["j", "k"], "Move down and up"),
            (&["x"], "Tick the row"),
            (&["Enter"], "Open it"),
            (&["r"], "Add a reason"),
            (&["f"], "Set a follow-up"),
        ],
    ),
];

#[derive(Template)]
#[template(path = "keys.html")]
struct Keys<'a> {
    shell: Shell<'a>,
    groups: &'static [(&'static str, &'static [Key])],
}

/// GET /keys
pub(crate) async fn keys(me: Me, ctx: Ctx) -> Reply {
    reply::page(&Keys {
        shell: Shell::new(&ctx, &me, "", "All keys"),
        groups: &KEYS,
    })
}

type Entry = (&'static str, &'static str, &'static str);

#[derive(Template)]
#[template(path = "more.html")]
struct More<'a> {
    shell: Shell<'a>,
    entries: Vec<Entry>,
}

/// For who sells: place, name, what it is for.
const SELLING: [Entry; 3] = [
    (
        "/call-list",
        "Call list",
        "Paste the people to ask, in your own order",
    ),
    (
        "/import",
        "Import",
        "Bring in calls and deals from elsewhere",
    ),
    ("/export", "Export", "Take everything with you"),
];

/// For who leads a team.
const LEADING: Entry = ("/team", "Team", "What your team’s months hold");

/// For who looks after the installation.
const TENDING: [Entry; 2] = [
    ("/people", "People", "Who is here, as what, in which team"),
    ("/audit", "Audit log", "Who changed what"),
];

/// GET /more: what the navigation has no room for, as far as the person may see it.
pub(crate) async fn more(me: Anyone, ctx: Ctx) -> Reply {
    let shell = Shell::new(&ctx, &me, "more", "More");
    let only = |may: bool, entries: &[Entry]| if may { entries.to_vec() } else { Vec::new() };
    let settings = match shell.sells {
        true => "Name, zone, keys, sign-in, reasons, segments",
        false => "Name, zone, sign-in",
    };
    let entries = [
        only(shell.sells, &SELLING),
        only(shell.leads, &[LEADING]),
        only(shell.tends, &TENDING),
        vec![("/settings", "Settings", settings)],
        only(
            shell.sells,
            &[
                (
                    "/phone",
                    "On your phone",
                    "On the home screen, without a network too",
                ),
                ("/keys", "All keys", "For a keyboard"),
            ],
        ),
        vec![
            ("/help", "Need someone now?", "People to call first"),
            ("/leave", "Sign out", "Of this browser"),
        ],
    ]
    .concat();
    reply::page(&More { shell, entries })
}

#[derive(Template)]
#[template(path = "phone.html")]
struct Phone<'a> {
    shell: Shell<'a>,
    host: &'static str,
}

/// GET /phone
pub(crate) async fn phone(me: Me, ctx: Ctx) -> Reply {
    reply::page(&Phone {
        shell: Shell::new(&ctx, &me, "more", "On your phone"),
        host: "NAME",
    })
}
