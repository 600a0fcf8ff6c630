//! What a line of the audit log says, as a plain sentence.

use std::collections::HashMap;

use app::audit::Line;
use domain::{PersonId, Role, TeamId};

use crate::pages::sign_in::by;
use crate::words;

/// What ids and codes are called today; the log holds neither names nor labels.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) people: HashMap<[u8; 16], String>,
    pub(crate) teams: HashMap<[u8; 16], String>,
    pub(crate) reasons: HashMap<String, String>,
}

impl Names {
    fn person(&self, id: [u8; 16]) -> &str {
        self.people.get(&id).map_or("somebody", String::as_str)
    }

    fn team(&self, id: [u8; 16]) -> &str {
        self.teams.get(&id).map_or("a team", String::as_str)
    }
}

/// The end of an id; its beginning is a time, which those of one moment share.
pub(crate) fn short(id: [u8; 16]) -> String {
    id[12..].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What an act was, to be read after the name of who did it; without a full stop.
pub(crate) fn did(line: &Line, names: &Names) -> String {
    let own = line.subject.is_some() && line.subject == line.actor.map(|id| *id.as_bytes());
    let whom = line.subject.map_or("somebody", |id| names.person(id));
    let detail = line.detail.as_str();
    let plain = match (line.act.as_str(), detail) {
        ("sign_in", _) => return format!("signed in {}", by(detail)),
        ("sign_in_failed", _) => {
            let as_whom = line.subject.map(|id| format!(" as {}", names.person(id)));
            return format!(
                "did not get in{} {}",
                as_whom.unwrap_or_default(),
                by(detail)
            );
        }
        ("way_in", _) => return way_in(detail, own, whom),
        ("person", "added by provider") => "came for the first time, by another account",
        ("person", "added") => return format!("added {whom}"),
        ("person", "renamed") => return format!("changed the name or the address of {whom}"),
        ("person", _) => return person(detail, whom, names),
        ("invitation", _) => {
            return format!("made a link with which {whom} comes in for the first time");
        }
        ("reset", _) => return format!("made a link to a new way in for {whom}"),
        ("roles", _) => return roles(detail, own, whom),
        ("standing", "active") => return format!("let {whom} in again"),
        ("standing", _) if own => "shut themselves out",
        ("standing", _) => return format!("shut {whom} out"),
        ("team", _) => return team(line, names),
        ("settings", _) => return setting(detail, names),
        ("import", _) => return format!("brought rows in from {}", file(detail)),
        ("export", "audit") => "took this log out",
        ("export", _) => return format!("took their rows out as {}", file(detail)),
        ("merge", "unmerged") => "took two prospects apart again",
        ("merge", _) => "joined two prospects into one",
        ("forget", _) => "forgot a prospect: name, contact and words are gone",
        ("do_not_contact", "off") => "allowed contact with a prospect again",
        ("do_not_contact", _) => "marked a prospect as not to be contacted",
        ("row_sharing", "on") => "lets the lead of their team read their rows",
        ("row_sharing", _) => "stopped letting the lead of their team read their rows",
        ("api_token", "ended") => "ended an API token",
        ("api_token", _) => return token(detail, own, whom),
        _ => "did something this release has no words for",
    };
    plain.to_owned()
}

fn way_in(detail: &str, own: bool, whom: &str) -> String {
    let whose = match own {
        true => "their own".to_owned(),
        false => format!("{whom}’s"),
    };
    match detail {
        "password" => format!("set {whose} password"),
        "password removed" => format!("took {whose} password away"),
        "passkey" => "added a passkey".to_owned(),
        "passkey removed" => "removed a passkey".to_owned(),
        "provider" => "connected another account to come in by".to_owned(),
        "provider removed" => "disconnected another account".to_owned(),
        "address" => format!("changed {whose} address to sign in with"),
        _ => format!("changed {whose} ways in"),
    }
}

fn person(detail: &str, whom: &str, names: &Names) -> String {
    if let Some(how) = detail.strip_prefix("names in files") {
        return format!("said what files call {whom}{how}");
    }
    let by = detail
        .strip_prefix("claimed by ")
        .map(str::parse::<PersonId>);
    match by {
        Some(Ok(by)) => format!(
            "gave rows that waited for an account to {}",
            names.person(*by.as_bytes())
        ),
        _ => format!("changed {whom}"),
    }
}

/// Roles before and after, or only after, as in `seller -> seller, lead`.
fn roles(detail: &str, own: bool, whom: &str) -> String {
    let by_provider = detail.strip_suffix(" by provider");
    let now = by_provider.unwrap_or(detail);
    let now = now.rsplit_once("->").map_or(now, |(_, now)| now);
    let each: Vec<String> = now
        .split(',')
        .filter_map(|code| code.trim().parse::<Role>().ok())
        .map(|role| match role {
            Role::Administrator => "an administrator".to_owned(),
            role => format!("a {}", role.label().to_lowercase()),
        })
        .collect();
    let now = words::listed(&each).unwrap_or_else(|| "somebody without a role".into());
    match (by_provider, own) {
        (Some(_), _) => format!("is {now} from now on, by their groups elsewhere"),
        (None, true) => format!("made themselves {now}"),
        (None, false) => format!("made {whom} {now}"),
    }
}

/// A team is made, renamed or closed; or somebody is put into one, by its id.
fn team(line: &Line, names: &Names) -> String {
    let Some(subject) = line.subject else {
        return "changed a team".to_owned();
    };
    let (called, whom) = (names.team(subject), names.person(subject));
    match line.detail.as_str() {
        "added" => format!("made the team {called}"),
        "renamed" => format!("gave the team {called} another name"),
        "closed" => format!("closed the team {called}"),
        "opened" => format!("opened the team {called} again"),
        into => match into.parse::<TeamId>() {
            Ok(into) => format!("put {whom} into {}", names.team(*into.as_bytes())),
            Err(_) => format!("took {whom} out of their team"),
        },
    }
}

/// `zone`, `backup_folder`, or a label: kind, code and how it changed.
fn setting(detail: &str, names: &Names) -> String {
    let parts: Vec<&str> = detail.split(' ').collect();
    let [kind, code, how] = parts[..] else {
        return match detail {
            "zone" => "changed the time zone of months".to_owned(),
            "backup_folder" => "changed the backup folder".to_owned(),
            _ => "changed a setting".to_owned(),
        };
    };
    let label = names.reasons.get(code).filter(|_| kind == "reason");
    let called = match label {
        Some(label) => format!("the reason “{label}”"),
        None => format!("a {kind}"),
    };
    match how {
        "added" => format!("added {called}"),
        "renamed" => format!("changed the words of {called}"),
        "hidden" => format!("hid {called} from the lists"),
        "shown" => format!("shows {called} in the lists again"),
        _ => format!("moved {called} in the lists"),
    }
}

/// What a file was: `csv`, or the code of a format such as `hubspot-deals`.
fn file(code: &str) -> String {
    match code {
        "csv" | "generic" => "a table".to_owned(),
        "json" => "a JSON file".to_owned(),
        "rebound" => "a file of Rebound’s".to_owned(),
        code => match code.parse::<exchange::Format>() {
            Ok(format) => format.label().to_owned(),
            Err(_) => "a file".to_owned(),
        },
    }
}

/// `made ledger:read ledger:write for 90 d`; or `ended 2`, all of somebody's at once.
fn token(detail: &str, own: bool, whom: &str) -> String {
    if let Some(stood) = detail.strip_prefix("ended ") {
        let tokens = words::count(stood.parse().unwrap_or(0), "API token");
        return match own {
            true => format!("ended {tokens} of their own with a new way in"),
            false => format!("ended {tokens} of {whom}"),
        };
    }
    let may = match (
        detail.contains("ledger:read"),
        detail.contains("ledger:write"),
    ) {
        (true, true) => "reads and writes",
        (_, true) => "writes",
        _ => "reads",
    };
    let days = detail
        .rsplit_once(" for ")
        .map(|(_, days)| format!(" for {} days", days.trim_end_matches(" d")));
    format!(
        "made an API token that {may} their ledger{}",
        days.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::AuditId;

    const MARA: [u8; 16] = [1; 16];
    const JUN: [u8; 16] = [2; 16];
    const SOUTH: [u8; 16] = [3; 16];

    fn says(act: &str, subject: Option<[u8; 16]>, detail: &str) -> String {
        let names = Names {
            people: [(MARA, "Mara".into()), (JUN, "Jun".into())].into(),
            teams: [(SOUTH, "South".into())].into(),
            reasons: [("N4".into(), "No budget".into())].into(),
        };
        let line = Line {
            id: AuditId::from_bytes([9; 16]),
            at: 0,
            actor: Some(PersonId::from_bytes(MARA)),
            act: act.into(),
            subject,
            detail: detail.into(),
            via: String::new(),
        };
        format!("Mara {}.", did(&line, &names))
    }

    #[test]
    fn every_act_is_a_plain_sentence() {
        let south = TeamId::from_bytes(SOUTH).to_string();
        let by_jun = format!("claimed by {}", PersonId::from_bytes(JUN));
        for (act, subject, detail, sentence) in [
            ("sign_in", None, "password", "Mara signed in by password."),
            (
                "sign_in_failed",
                Some(JUN),
                "password",
                "Mara did not get in as Jun by password.",
            ),
            (
                "way_in",
                Some(MARA),
                "password",
                "Mara set their own password.",
            ),
            ("person", Some(JUN), "added", "Mara added Jun."),
            (
                "person",
                Some([7; 16]),
                &by_jun,
                "Mara gave rows that waited for an account to Jun.",
            ),
            (
                "roles",
                Some(JUN),
                "seller -> seller, lead",
                "Mara made Jun a seller and a lead.",
            ),
            (
                "roles",
                Some(JUN),
                "administrator",
                "Mara made Jun an administrator.",
            ),
            (
                "roles",
                Some(JUN),
                "seller -> ",
                "Mara made Jun somebody without a role.",
            ),
            (
                "roles",
                Some(MARA),
                "lead by provider",
                "Mara is a lead from now on, by their groups elsewhere.",
            ),
            ("standing", Some(JUN), "deactivated", "Mara shut Jun out."),
            ("team", Some(SOUTH), "closed", "Mara closed the team South."),
            ("team", Some(JUN), &south, "Mara put Jun into South."),
            (
                "team",
                Some(JUN),
                "none",
                "Mara took Jun out of their team.",
            ),
            (
                "settings",
                None,
                "reason N4 hidden",
                "Mara hid the reason “No budget” from the lists.",
            ),
            (
                "settings",
                None,
                "zone",
                "Mara changed the time zone of months.",
            ),
            (
                "import",
                Some([8; 16]),
                "hubspot-deals",
                "Mara brought rows in from HubSpot deals.",
            ),
            (
                "api_token",
                Some([8; 16]),
                "made ledger:read ledger:write for 90 d",
                "Mara made an API token that reads and writes their ledger for 90 days.",
            ),
            (
                "api_token",
                Some([8; 16]),
                "ended",
                "Mara ended an API token.",
            ),
            (
                "api_token",
                Some(MARA),
                "ended 1",
                "Mara ended 1 API token of their own with a new way in.",
            ),
            (
                "api_token",
                Some(JUN),
                "ended 2",
                "Mara ended 2 API tokens of Jun.",
            ),
        ] {
            assert_eq!(says(act, subject, detail), sentence);
        }
        assert_eq!(short([0xab; 16]), "abababab");
    }
}
