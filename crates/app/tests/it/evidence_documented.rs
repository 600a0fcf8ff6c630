//! What the documentation says of evidence is rendered from the definitions themselves.
//! `REBOUND_WRITE_DOCS=1` writes it anew.

use std::path::{Path, PathBuf};

use app::evidence::Report;
use evidence::statistic::{self, Unit};

const BEGIN: &str = "<!-- rendered from crates/evidence/src/statistic.rs -->\n";
const END: &str = "<!-- end of what is rendered -->\n";

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name)
}

fn held(name: &str, wanted: &str) {
    let path = docs(name);
    if std::env::var_os("REBOUND_WRITE_DOCS").is_some() {
        std::fs::write(&path, wanted).expect("a page can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/{name} is not what the code says; REBOUND_WRITE_DOCS=1 writes it anew"
    );
}

fn table() -> String {
    let mut out = String::from(
        "| name | says | worked out as | counts | said from | source |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for s in statistic::ALL {
        let unit = match s.unit {
            Unit::Chance => "chance",
            Unit::Asks => "asks",
            Unit::Times => "times",
            Unit::Nats => "nats",
            Unit::Plain => "-",
        };
        let formula = s.formula.replace('|', "\\|");
        out.push_str(&format!(
            "| `{}` | {} | {formula} | {unit} | {} | {} |\n",
            s.code, s.plain, s.smallest, s.source
        ));
    }
    out
}

#[test]
fn every_statistic_stands_in_the_documentation() {
    let page = std::fs::read_to_string(docs("evidence.md")).expect("the page");
    let (head, rest) = page.split_once(BEGIN).expect("where the table begins");
    let (_, tail) = rest.split_once(END).expect("where the table ends");
    held(
        "evidence.md",
        &format!("{head}{BEGIN}{}{END}{tail}", table()),
    );
}

#[test]
fn the_schema_is_published() {
    let schema = schemars::schema_for!(Report);
    let text = serde_json::to_string_pretty(&schema).expect("a schema");
    held("evidence.schema.json", &format!("{text}\n"));
}
