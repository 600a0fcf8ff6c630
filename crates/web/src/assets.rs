//! Styles, scripts and icons: part of the program, named by their content, ready in memory.

use std::io::Write;

use axum::body::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

const CSS: &str = concat!(
    include_str!("../assets/tokens.css"),
    include_str!("../assets/base.css"),
    include_str!("../assets/app.css"),
    include_str!("../assets/pages.css")
);

/// One scope for all of it, so that nothing leaks into the page.
const JS: &str = concat!(
    "(() => {\n'use strict';\n",
    include_str!("../assets/js/queue.js"),
    include_str!("../assets/js/parts.js"),
    include_str!("../assets/js/log.js"),
    include_str!("../assets/js/keys.js"),
    include_str!("../assets/js/list.js"),
    include_str!("../assets/js/start.js"),
    "})();\n"
);

/// Only pages that offer passkeys load it.
const PASSKEYS: &str = include_str!("../assets/js/passkeys.js");

const WORKER: &str = concat!(
    include_str!("../assets/js/queue.js"),
    include_str!("../assets/js/sw.js")
);

/// Pages that hold nobody's data and are kept for when there is no network.
const OFFLINE_PAGES: [&str; 3] = ["/offline", "/help", "/breath"];

/// One file as it is served.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    name: &'static str,
    /// `/a/` and a name that changes with the content.
    url: String,
    pub(crate) content_type: &'static str,
    pub(crate) plain: Bytes,
    /// Smaller, where that is worth it.
    pub(crate) gzip: Option<Bytes>,
}

/// All files.
#[derive(Debug)]
pub(crate) struct Assets {
    files: Vec<Asset>,
    worker: String,
    manifest: String,
}

impl Assets {
    /// Takes some milliseconds, once.
    pub(crate) fn new() -> Self {
        let files = vec![
            Asset::new(
                "rebound.css",
                "text/css; charset=utf-8",
                without_remarks(CSS),
            ),
            Asset::new(
                "rebound.js",
                "text/javascript; charset=utf-8",
                JS.as_bytes(),
            ),
            Asset::new(
                "passkeys.js",
                "text/javascript; charset=utf-8",
                PASSKEYS.as_bytes(),
            ),
            Asset::new(
                "icon.svg",
                "image/svg+xml",
                include_bytes!("../assets/icon.svg").as_slice(),
            ),
            Asset::new(
                "icon.png",
                "image/png",
                include_bytes!("../assets/icon.png").as_slice(),
            ),
        ];
        let mut kept: Vec<&str> = files
            .iter()
            .filter(|f| !matches!(f.name, "icon.png" | "passkeys.js"))
            .map(|f| f.url.as_str())
            .collect();
        kept.extend(OFFLINE_PAGES);
        let list = serde_json::json!(kept).to_string();
        let worker = WORKER
            .replace("/*FILES*/[]", &list)
            .replace("/*VERSION*/", &tag(format!("{list}{WORKER}").as_bytes()));
        let url = |name| files.iter().find(|f| f.name == name).map_or("", |f| &f.url);
        // The one place that cannot read the tokens: a manifest takes plain colours only.
        let manifest = serde_json::json!({
            "name": "Rebound",
            "short_name": "Rebound",
            "description": "Turns every no in sales into a next step.",
            "id": "/today",
            "start_url": "/today",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f8f5ee",
            "theme_color": "#f8f5ee",
            "icons": [
                { "src": url("icon.svg"), "type": "image/svg+xml", "sizes": "any" },
                { "src": url("icon.png"), "type": "image/png", "sizes": "512x512", "purpose": "any" },
            ],
        })
        .to_string();
        Self {
            files,
            worker,
            manifest,
        }
    }

    /// Where a file is served.
    pub(crate) fn url(&self, name: &str) -> &str {
        self.files
            .iter()
            .find(|f| f.name == name)
            .map_or("", |f| &f.url)
    }

    /// The file of this hashed name.
    pub(crate) fn file(&self, hashed: &str) -> Option<&Asset> {
        self.files
            .iter()
            .find(|f| f.url.strip_prefix("/a/") == Some(hashed))
    }

    /// The service worker with its list of files.
    pub(crate) fn worker(&self) -> &str {
        &self.worker
    }

    /// The manifest with the names of its icons.
    pub(crate) fn manifest(&self) -> &str {
        &self.manifest
    }
}

impl Asset {
    fn new(name: &'static str, content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
        Self {
            name,
            url: format!("/a/{stem}.{}.{ending}", tag(&bytes)),
            content_type,
            gzip: gzip(&bytes).filter(|small| small.len() < bytes.len()),
            plain: bytes,
        }
    }
}

/// Styles without remarks, indentation, empty lines and the space around braces: those are for
/// people who write them. No string in them holds what looks like any of it.
fn without_remarks(css: &str) -> String {
    let mut code = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let lines = code.lines().map(str::trim).filter(|line| !line.is_empty());
    let code = lines.collect::<Vec<_>>().join("\n");
    let spaced = [(" { ", "{"), (" {\n", "{"), ("; ", ";"), (" }", "}")];
    spaced
        .iter()
        .fold(code, |code, (long, short)| code.replace(long, short))
}

fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes).ok()?;
    out.finish().ok().map(Bytes::from)
}

/// Sixteen letters that change with the content.
fn tag(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..8]
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_under_their_hashed_names_only() {
        let assets = Assets::new();
        let url = assets.url("rebound.css");
        let hashed = url.strip_prefix("/a/").expect("below /a/");
        assert_eq!(
            assets.file(hashed).map(|f| f.plain.len()),
            Some(without_remarks(CSS).len())
        );
        assert!(assets.file("rebound.css").is_none());
        assert!(assets.worker().contains(url) && !assets.worker().contains("/*"));
    }

    #[test]
    fn styles_lose_their_remarks_only() {
        assert_eq!(
            without_remarks("/* a\nb */\n  p { color: x } /* c */\n\n"),
            "p{color: x}"
        );
        let count = |text: &str| text.matches('{').count();
        assert_eq!(count(&without_remarks(CSS)), count(CSS));
    }

    #[test]
    fn scripts_stay_small() {
        assert!(JS.len() < 20_000, "{} bytes of scripts", JS.len());
        assert!(
            PASSKEYS.len() < 5_000,
            "{} bytes of passkeys",
            PASSKEYS.len()
        );
        assert!(
            WORKER.len() < 8_000,
            "{} bytes of service worker",
            WORKER.len()
        );
    }

    #[test]
    fn nothing_but_the_tokens_names_a_colour() {
        let own = concat!(
            include_str!("../assets/app.css"),
            include_str!("../assets/pages.css")
        );
        assert!(!own.contains('#') && !own.contains("rgb") && !own.contains("oklch"));
    }
}
