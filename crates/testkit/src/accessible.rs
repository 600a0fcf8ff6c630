//! What axe-core finds wrong with a page.

use serde_json::json;

use crate::browser::{Browser, text};
use crate::tools;

impl Browser {
    /// What axe-core finds wrong with the page, one readable line each; empty when all is well.
    ///
    /// # Panics
    /// When axe-core is not there.
    pub fn axe(&self) -> Vec<String> {
        self.axe_rules(&[])
    }

    /// As [`Browser::axe`], by these rules alone; none means all.
    ///
    /// # Panics
    /// When axe-core is not there.
    pub fn axe_rules(&self, rules: &[&str]) -> Vec<String> {
        let mut options = json!({"resultTypes": ["violations"]});
        if !rules.is_empty() {
            options["runOnly"] = json!(rules);
        }
        let file = tools::tools_dir().join("axe.min.js");
        let source = std::fs::read_to_string(&file).unwrap_or_else(|_| {
            panic!(
                "axe-core is not at {}: run `cargo xtask test`",
                file.display()
            )
        });
        let body = format!(
            "const done = arguments[arguments.length - 1];\
             if (!window.axe) {{ (0, (function () {{ {source} }})).call(window); }}\
             window.axe.run(document, {options})\
               .then(r => done(r.violations), e => done([{{id: 'axe failed', help: String(e), nodes: []}}]));"
        );
        let found = self.expect(self.session.script(&body, &[]), "run axe-core");
        let rules = found.as_array().cloned().unwrap_or_default();
        let mut lines = Vec::new();
        for rule in &rules {
            let nodes = rule["nodes"].as_array().cloned().unwrap_or_default();
            if nodes.is_empty() {
                lines.push(format!("{}: {}", rule["id"], rule["help"]));
            }
            for node in &nodes {
                lines.push(format!(
                    "{} ({}): {}: {} {}",
                    text(rule["id"].clone()),
                    text(rule["impact"].clone()),
                    text(rule["help"].clone()),
                    node["target"],
                    text(node["failureSummary"].clone()).replace('\n', " "),
                ));
            }
        }
        lines
    }

    /// Fails with what axe-core finds wrong with the page.
    ///
    /// # Panics
    /// When it finds anything.
    pub fn assert_accessible(&self) {
        let found = self.axe();
        assert!(
            found.is_empty(),
            "{} is not accessible:\n{}",
            self.url(),
            found.join("\n")
        );
    }
}
