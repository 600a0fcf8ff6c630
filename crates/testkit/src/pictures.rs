//! Pictures of pages, taken on purpose or because a test fails.

use std::path::Path;

use serde_json::{Value, json};

use crate::browser::{Browser, text};
use crate::tools;

impl Browser {
    /// Writes a picture of the whole page, not only of what the window shows.
    pub fn screenshot(&self, file: &Path) {
        let metrics = self.devtools("Page.getLayoutMetrics", json!({}));
        let size = &metrics["cssContentSize"];
        let clip =
            json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let params = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        self.capture(params, file);
    }

    /// Writes a picture of what the window shows.
    pub fn screenshot_window(&self, file: &Path) {
        self.capture(json!({"format": "png"}), file);
    }

    fn capture(&self, params: Value, file: &Path) {
        let answer = self.devtools("Page.captureScreenshot", params);
        let png = decode_base64(answer["data"].as_str().unwrap_or_default());
        if let Some(dir) = file.parent() {
            std::fs::create_dir_all(dir).expect("a folder for pictures can be made");
        }
        std::fs::write(file, png).expect("a picture can be written");
    }

    /// Where the page was, what it said, and where a picture of it lies, for a failing test.
    pub(crate) fn picture_of_failure(&self) -> String {
        let body = self.session.find_all("body").ok();
        let said = body
            .and_then(|found| found.into_iter().next())
            .and_then(|b| self.session.element("GET", &b, "/text", &Value::Null).ok())
            .map(text)
            .unwrap_or_default();
        let name = std::thread::current()
            .name()
            .unwrap_or("test")
            .replace("::", "-");
        let file = tools::tools_dir()
            .join("../failures")
            .join(format!("{name}.png"));
        if let Ok(answer) = self.session.command("GET", "/screenshot", &Value::Null) {
            let png = decode_base64(answer.as_str().unwrap_or_default());
            let dir = file.parent().unwrap_or(Path::new("."));
            let _ = std::fs::create_dir_all(dir).and_then(|()| std::fs::write(&file, png));
        }
        format!(
            "\nat {}, picture in {}, where the page says:\n{said}",
            self.url(),
            file.display()
        )
    }
}

fn decode_base64(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        assert_eq!(decode_base64("cmVib3VuZA=="), b"rebound");
    }
}
