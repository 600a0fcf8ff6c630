//! What no compiler checks: the README's promise, and nothing of one machine in the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// Folders of one machine. Written in halves so that this file passes its own test.
const FOLDERS: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/tm", "p/bash"),
];

/// Hosts packages come from: tools are named, and where they come from is each machine's own affair.
const HOSTS: [&str; 9] = [
    concat!("crates", ".io"),
    concat!("npm", "js.org"),
    concat!("npm", "js.com"),
    concat!("py", "pi.org"),
    concat!("python", "hosted.org"),
    concat!("deb.", "debian.org"),
    concat!("security.", "debian.org"),
    concat!("proxy.", "golang.org"),
    concat!("arti", "factory"),
];

const COMMANDS: [&str; 2] = ["cargo run --release", "cargo xtask test"];

pub(crate) fn run() -> Result<()> {
    let root = shell::root();
    let mut found = Vec::new();
    for file in files(&root) {
        if file.file_name().is_some_and(|name| name == "Cargo.lock") {
            continue;
        }
        // What is not text names nothing.
        let Ok(text) = std::fs::read_to_string(root.join(&file)) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            for what in objections(line) {
                found.push(format!("{}:{}: {what}", file.display(), number + 1));
            }
        }
    }
    match std::fs::read_to_string(root.join("README.md")) {
        Ok(text) => found.extend(readme_objection(&text)),
        Err(_) => found.push("README.md is missing".into()),
    }
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    Ok(())
}

/// What a line should not say.
fn objections(line: &str) -> Vec<String> {
    let folders = FOLDERS.iter().filter(|folder| {
        line.match_indices(**folder).any(|(at, _)| {
            // A folder at the root of a disk, not the middle of an address.
            !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-})".contains(c))
        })
    });
    let hosts = HOSTS.iter().filter(|host| line.contains(**host));
    folders
        .map(|folder| format!("{folder} is a folder of one machine"))
        .chain(hosts.map(|host| format!("{host} is a host, and machines differ")))
        .collect()
}

/// The README starts with exactly two commands, and they are the right ones.
fn readme_objection(text: &str) -> Option<String> {
    let mut inside = false;
    let mut commands = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
            if !inside && commands.len() >= COMMANDS.len() {
                break;
            }
        } else if inside && !line.trim().is_empty() {
            // A comment after a command explains it.
            let command = line.split('#').next().unwrap_or_default().trim();
            commands.push(command.trim_start_matches("$ ").to_owned());
        }
    }
    (commands != COMMANDS).then(|| {
        format!(
            "README.md begins with the commands {commands:?} where {COMMANDS:?} should stand alone"
        )
    })
}

/// The files of the repository: those git tracks, or in an unpacked archive all but what is built.
fn files(root: &Path) -> Vec<PathBuf> {
    let tracked = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output();
    if let Ok(output) = tracked
        && output.status.success()
    {
        return String::from_utf8_lossy(&output.stdout)
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .collect();
    }
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && name != "target" && name != ".git" {
                folders.push(entry.path());
            } else if !is_folder {
                let path = entry.path();
                found.push(path.strip_prefix(root).unwrap_or(&path).to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_one_machine_are_found_and_addresses_are_not() {
        let line = format!("see \"{}main\"", FOLDERS[0]);
        assert_eq!(objections(&line).len(), 1);
        assert!(objections(&format!("https://example.org{}x", FOLDERS[0])).is_empty());
        assert_eq!(objections(&format!("get it from {}", HOSTS[0])).len(), 1);
    }

    #[test]
    fn the_readme_begins_with_two_commands() {
        let good = "# R\n```sh\ncargo run --release   # serve\n```\nor\n```sh\ncargo xtask test\n```\n```\nls\n```\n";
        assert_eq!(readme_objection(good), None);
        let both = "```sh\ncargo run --release\ncargo xtask test\n```\n";
        assert_eq!(readme_objection(both), None);
        assert!(readme_objection("```\ncargo build\n```\n").is_some());
        assert!(readme_objection("").is_some());
    }
}
