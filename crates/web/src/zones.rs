//! Time zones to choose from.

/// Regions and the zones in them, as people know them; UTC stands by itself at the front.
pub(crate) fn by_region() -> Vec<(String, Vec<String>)> {
    const REGIONS: [&str; 9] = [
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .collect();
    names.sort();
    names.dedup();
    let mut out = vec![("Everywhere".to_owned(), vec!["UTC".to_owned()])];
    for region in REGIONS {
        let inside = names
            .iter()
            .filter(|n| {
                n.strip_prefix(region)
                    .is_some_and(|rest| rest.starts_with('/'))
            })
            .cloned()
            .collect();
        out.push((region.to_owned(), inside));
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn well_known_zones_are_offered() {
        let all = super::by_region();
        let has = |name: &str| all.iter().any(|(_, names)| names.iter().any(|n| n == name));
        assert!(has("UTC") && has("Europe/Lisbon") && has("America/New_York") && has("Asia/Tokyo"));
    }
}
