//! Several people to look at: a team with months of counts, rows that wait, an invitation.

use serde_json::Value;
use testkit::client::Client;
use testkit::server::Server;

use super::fill::{post, run};

/// Who else is here, and what of them there is to look at.
pub(crate) struct Several {
    /// The page of somebody whose rows wait for an account, and of who was shut out.
    pub(crate) waiting: String,
    pub(crate) out: String,
    /// The path of an invitation that stands, for somebody who will mentor.
    pub(crate) invitation: String,
    /// The path of the rows that somebody shares.
    pub(crate) shared: String,
}

/// Six sellers whom Robin leads, with months enough to be counted; one shares their rows, one was shut
/// out since. Robin has a password by then.
pub(crate) fn several(server: &Server, robin: &Client) -> Several {
    const TEAM: [&str; 6] = [
        "Ada Brandt",
        "Ben Okoro",
        "Cleo Faye",
        "Dev Marsh",
        "Elin Roe",
        "Faye Lund",
    ];
    let password = ("password", PASSWORD);
    post(robin, "/settings/password", &[("email", ROBIN), password]);
    let user = |args: &[&str]| run(server, &[&["--as", ROBIN, "user"], args].concat());
    let path = |link: &Value| {
        let link = link["link"].as_str().expect("a link");
        let (_, token) = link.rsplit_once('/').expect("a token");
        format!("/link/{token}")
    };
    user(&["role", ROBIN, "seller", "lead", "administrator"]);
    let since = jiff::Zoned::now().date() - jiff::ToSpan::days(150);
    let since = since.to_string();
    user(&["team", ROBIN, "South", "--since", &since]);
    let mut shared = String::new();
    for name in TEAM {
        let added = user(&["add", name]);
        user(&["team", name, "South", "--since", &since]);
        if shared.is_empty() {
            let ada = server.client();
            post(
                &ada,
                &path(&added),
                &[("email", "ada@example.com"), password],
            );
            post(&ada, "/settings/sharing", &[("share", "on")]);
            let id = added["person"].as_str().expect("an id");
            shared = format!("/team/rows/{id}");
        }
    }
    // Each brings their own rows in: what an administrator brings in helps nobody to be counted here.
    let file = server.home().join("rows.csv");
    let bring = |who: &str, text: String| {
        std::fs::write(&file, text).expect("a file can be written");
        let path = file.display().to_string();
        let done = run(server, &["--as", who, "import", &path]);
        assert_eq!(done["errors"], Value::Array(Vec::new()));
    };
    for (n, name) in TEAM.iter().enumerate() {
        bring(name, rows_of(n, ""));
    }
    user(&[
        "add",
        "Pat Quill",
        "--role",
        "seller",
        "--role",
        "administrator",
    ]);
    bring("Pat Quill", rows_of(TEAM.len(), "Lena Ostrow"));
    user(&["deactivate", "Faye Lund"]);
    let invitation = path(&user(&["add", "Jun Okafor", "--role", "mentor"]));
    let list = user(&["list"]);
    let page = |standing: &str| {
        let people = list["people"].as_array().expect("a list");
        let one = people.iter().find(|p| p["standing"] == standing);
        let id = one.and_then(|p| p["person"].as_str()).expect("somebody");
        format!("/people/{id}")
    };
    Several {
        waiting: page("placeholder"),
        out: page("deactivated"),
        invitation,
        shared,
    }
}

/// What Robin signs in with.
pub(crate) const ROBIN: &str = "robin@example.com";
pub(crate) const PASSWORD: &str = "lanterns by the river";

/// Every outcome at many stages, in two months that are over: of who brings them in, or of `rep`. `n`
/// tells their prospects from those of others.
fn rows_of(n: usize, rep: &str) -> String {
    const STAGES: [&str; 6] = [
        "opener",
        "discovery",
        "demo",
        "proposal",
        "negotiation",
        "renewal",
    ];
    const CAME: [&str; 8] = [
        "no,N1,prospect,Too dear for us this year.",
        "no,N2,prospect,Not before the fair.",
        "no,N4,seller_guess,",
        "no_reply,,,",
        "not_now,,,",
        "send_info,,,",
        "yes,,,",
        "unknown,,,",
    ];
    let now = jiff::Timestamp::now();
    let mut text = String::from("at,prospect,outcome,reason,said_by,words,stage,channel,rep\n");
    for days in [40, 70] {
        let at = now - jiff::SignedDuration::from_hours(24 * days);
        for (s, stage) in STAGES.iter().enumerate() {
            for (c, came) in CAME.iter().enumerate() {
                text.push_str(&format!(
                    "{at:.0},Person {n}-{s}-{c},{came},{stage},call,{rep}\n"
                ));
            }
        }
    }
    text
}
