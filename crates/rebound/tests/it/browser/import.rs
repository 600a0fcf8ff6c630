//! Import through the page, every built-in format.

use serde_json::Value;

use super::{attempts, desk};
use crate::cli::fixture;

/// Each format, with what the page calls it.
const FORMATS: [&str; 9] = [
    "hubspot-deals",
    "hubspot-calls",
    "pipedrive-deals",
    "pipedrive-activities",
    "salesforce-report",
    "salesforce-opportunities",
    "salesforce-tasks",
    "zoho-deals",
    "rebound",
];

#[test]
fn every_format_through_the_page() {
    let (server, browser) = desk();
    for format in FORMATS {
        let file = fixture(format);
        let trial = server.command(&["--json", "import", "--dry-run", &file.display().to_string()]);
        let trial: Value = serde_json::from_slice(&trial.stdout).expect("one object");
        let before = attempts(&server).len() as u64;

        browser.open("/import");
        browser.choose_file("#file", &file);
        browser.click("form button.primary");
        browser.wait_for_text("Which column is what");
        assert!(browser.text("h1 + p").contains("Read as:"), "{format}");
        assert!(
            browser.count(".preview tbody tr") > 0,
            "{format} shows its first rows"
        );

        // A trial says what would happen and keeps nothing.
        browser.click("button[name=do][value=try]");
        browser.wait_for("#tried");
        assert_eq!(attempts(&server).len() as u64, before, "{format}");

        browser.click("button[name=do][value=run]");
        browser.wait_for_text("The file itself is not kept.");
        let added = attempts(&server).len() as u64 - before;
        assert_eq!(Value::from(added), trial["attempts"], "{format}");
        let figures = browser.text(".figures");
        if added > 0 {
            assert!(
                figures.contains(&format!("{added} attempts added")),
                "{format}: {figures}"
            );
        }

        // The same again adds nothing.
        browser.open("/import");
        browser.choose_file("#file", &file);
        browser.click("form button.primary");
        browser.wait_for_text("Which column is what");
        browser.click("button[name=do][value=run]");
        browser.wait_for_text("Nothing new in it");
        assert_eq!(attempts(&server).len() as u64, before + added, "{format}");
    }
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_table_of_ones_own_through_the_mapping() {
    let (server, browser) = desk();
    let file = server.home().join("liste.csv");
    let text = "Wer;Firma;Wann;Was;Warum\n\
        Ada Merrow;Whitlock;03/04/2026;verduftet;Zu teuer\n\
        Bram Osei;Quillfeather;05/04/2026;vertagt;\n\
        Cleo Tarn;Tarn;irgendwann;verduftet;\n";
    std::fs::write(&file, text).expect("a file can be written");
    browser.open("/import");
    browser.choose_file("#file", &file);
    browser.click("form button.primary");
    browser.wait_for_text("Which column is what");
    for (field, column) in [
        ("prospect", "Wer"),
        ("company", "Firma"),
        ("at", "Wann"),
        ("outcome", "Was"),
        ("reason", "Warum"),
    ] {
        browser.click(&format!("#map-{field} option[value='{column}']"));
    }
    browser.click("button[name=do][value=look]");
    // Whether 03/04 is in March or in April is asked, not guessed.
    browser.wait_for("#dates");
    browser.click("#dates option[value=dmy]");
    let choose = |value: &str, meaning: &str| {
        let at = browser.js(&format!(
            "[...document.querySelectorAll('[name^=value-from-]')].find(i => i.value === '{value}').name.split('-').pop()"
        ));
        let at = at.as_str().expect("a row").to_owned();
        browser.click(&format!("#value-{at} option[value={meaning}]"));
    };
    choose("verduftet", "no");
    choose("vertagt", "not_now");
    choose("Zu teuer", "N4");
    browser.click("button[name=do][value=look]");
    browser.wait("the preview does not follow", || {
        browser
            .text(".preview")
            .contains("2026-04-03")
            .then_some(())
    });
    browser.click("button[name=do][value=run]");
    browser.wait_for_text("could not be read and stay out");
    let rows = attempts(&server);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["outcome"], &rows[0]["at"]),
        (&"not_now".into(), &"2026-04-05".into())
    );
    assert_eq!(rows[1]["reason"], "N4");
    browser.click("summary");
    browser.wait_for_text("irgendwann");
}

#[test]
fn what_is_no_table_is_said_at_once() {
    let (server, browser) = desk();
    let file = server.home().join("picture.csv");
    std::fs::write(&file, [0x89, b'P', b'N', b'G', 0, 1, 2, 3]).expect("a file can be written");
    browser.open("/import");
    browser.choose_file("#file", &file);
    browser.click("form button.primary");
    browser.wait_for("#file-err");
    assert_eq!(browser.path(), "/import");
    assert_eq!(attempts(&server).len(), 0);
}
