//! Which crate may know which. Arrows point up the list of DESIGN's house only.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// The house from the top down: a crate may know only crates above it.
const HOUSE: [&str; 12] = [
    "domain", "evidence", "charts", "language", "vault", "store", "exchange", "courier", "app",
    "web", "rebound", "bulk",
];

/// Crates that know the words of the domain and nothing else of the house.
const KNOW_DOMAIN_ONLY: [&str; 5] = ["evidence", "charts", "language", "vault", "exchange"];

/// What crates beside the house may know of it: words and formulas, nothing that acts.
const KNOWN_OUTSIDE: [&str; 2] = ["domain", "evidence"];

/// Crates beside the house: the product never knows them.
const OUTSIDE: [&str; 2] = ["testkit", "xtask"];

/// Why `from` may not depend on `to`; nothing when it may.
fn objection(from: &str, to: &str, kind: DependencyKind) -> Option<String> {
    if OUTSIDE.contains(&from) {
        let fine = KNOWN_OUTSIDE.contains(&to) || OUTSIDE.contains(&to);
        let known = KNOWN_OUTSIDE.join(", ");
        return (!fine).then(|| format!("{from} stands outside the house and knows only {known}"));
    }
    let in_tests = kind == DependencyKind::Development;
    if in_tests && to == "testkit" {
        return None;
    }
    if OUTSIDE.contains(&to) {
        return Some(format!("{to} is for tests and developer tasks only"));
    }
    let place = |name| HOUSE.iter().position(|crate_name| *crate_name == name);
    let (Some(below), Some(above)) = (place(from), place(to)) else {
        return Some("one of them has no place in the house yet: give it one in this test".into());
    };
    if above >= below {
        return Some("arrows point up the list only".into());
    }
    if in_tests {
        return None;
    }
    if KNOW_DOMAIN_ONLY.contains(&from) && to != "domain" {
        return Some(format!("{from} knows only `domain`"));
    }
    if from == "web" && to == "store" {
        return Some("pages reach the store through `app`".into());
    }
    None
}

#[test]
fn arrows_point_up_the_house_only() {
    let metadata = MetadataCommand::new()
        .no_deps()
        .exec()
        .expect("cargo describes the workspace");
    let mut ours = BTreeMap::new();
    for package in metadata.workspace_packages() {
        ours.insert(package.name.to_string(), package);
    }
    assert!(ours.contains_key("domain"), "this is another workspace");
    let mut wrong = Vec::new();
    for (from, package) in &ours {
        for dependency in &package.dependencies {
            if !ours.contains_key(&dependency.name) {
                continue;
            }
            if let Some(why) = objection(from, &dependency.name, dependency.kind) {
                wrong.push(format!("{from} -> {}: {why}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "forbidden arrows:\n{}", wrong.join("\n"));
}

#[test]
fn forbidden_arrows_are_noticed() {
    let normal = DependencyKind::Normal;
    assert!(objection("web", "store", normal).is_some());
    assert!(objection("domain", "store", normal).is_some());
    assert!(objection("exchange", "store", normal).is_some());
    assert!(objection("app", "testkit", normal).is_some());
    assert!(objection("testkit", "store", normal).is_some());
    assert!(objection("xtask", "app", normal).is_some());
    assert!(objection("xtask", "evidence", normal).is_none());
    assert!(objection("store", "app", DependencyKind::Development).is_some());
    assert!(objection("web", "store", DependencyKind::Development).is_none());
    assert!(objection("app", "newcomer", normal).is_some());
    assert!(objection("web", "app", normal).is_none());
    assert!(objection("app", "testkit", DependencyKind::Development).is_none());
}
