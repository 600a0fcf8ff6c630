//! A small web client: one person's browser without the browser.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Method, Request};

/// Keeps connections and cookies; follows no redirect, so that a test sees each answer.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers in the order they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// One file of an uploaded form.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    /// The form field.
    pub field: &'a str,
    /// The file's name.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

impl Client {
    /// A person who has not been here before. `base` is the address without a path.
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Self {
            agent: config.into(),
            base: base.trim_end_matches('/').to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// The address this client talks to, without a path.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The cookies held, name and value.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let jar = self.cookies.lock().expect("no test panics inside the jar");
        jar.iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    }

    /// Asks for a page.
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], &[])
    }

    /// Sends a form as a browser does.
    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &headers, form(fields).as_bytes())
    }

    /// Sends a form with a file.
    pub fn post_multipart(&self, path: &str, fields: &[(&str, &str)], file: Upload<'_>) -> Reply {
        let boundary = "rebound-testkit-7f3a9c51e0d24b68";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .bytes(),
            );
        }
        body.extend(
            format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
                 content-type: {}\r\n\r\n",
                file.field, file.name, file.media_type
            )
            .bytes(),
        );
        body.extend(file.bytes);
        body.extend(format!("\r\n--{boundary}--\r\n").bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        self.send("POST", path, &[("content-type", &kind)], &body)
    }

    /// Sends JSON.
    pub fn post_json(&self, path: &str, json: &str) -> Reply {
        let headers = [("content-type", "application/json")];
        self.send("POST", path, &headers, json.as_bytes())
    }

    /// Goes through the first-run page.
    ///
    /// # Panics
    /// When the page does not answer as the first run of a fresh installation does.
    pub fn first_run(&self, name: &str, zone: &str) -> Reply {
        let page = self.get("/welcome");
        assert_eq!(page.status, 200, "the first-run page: {}", page.text());
        let reply = self.post_form("/welcome", &[("name", name), ("zone", zone)]);
        assert_eq!(reply.status, 303, "the first run: {}", reply.text());
        reply
    }

    /// Sends any request with the cookies held. A request that changes something names the page's
    /// own origin, as browsers do, unless the headers given name another.
    ///
    /// # Panics
    /// When nobody answers.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.try_send(method, path, headers, body)
            .unwrap_or_else(|e| panic!("{method} {}{path} got no answer: {e}", self.base))
    }

    /// As [`Client::send`]; nobody answering is an error, not a panic.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, String> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|e| e.to_string())?;
        let changes = method != Method::GET && method != Method::HEAD;
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if changes
            && !headers
                .iter()
                .any(|(n, _)| n.eq_ignore_ascii_case("origin"))
        {
            request = request.header("origin", &self.base);
        }
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        let response = if changes {
            let request = request.body(body).map_err(|e| e.to_string())?;
            self.agent.run(request)
        } else {
            let request = request.body(()).map_err(|e| e.to_string())?;
            self.agent.run(request)
        }
        .map_err(|e| e.to_string())?;
        let (head, mut body) = response.into_parts();
        let headers: Vec<(String, String)> = head
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        self.keep_cookies(&headers);
        let body = body
            .with_config()
            .limit(1 << 30)
            .read_to_vec()
            .map_err(|e| e.to_string())?;
        Ok(Reply {
            status: head.status.as_u16(),
            headers,
            body,
        })
    }

    fn cookie_header(&self) -> String {
        let pairs: Vec<String> = self
            .cookies()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep_cookies(&self, headers: &[(String, String)]) {
        let mut jar = self.cookies.lock().expect("no test panics inside the jar");
        for (_, line) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let gone = value.is_empty() || parts.any(|p| p.eq_ignore_ascii_case("max-age=0"));
            if gone {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The first header of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// Where a redirect leads.
    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[cfg(feature = "full")]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("not JSON ({e}): {}", self.text()))
    }
}

/// Writes fields the way a browser sends a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}

/// Writes a text so that it can stand in a form or a query.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_written_as_browsers_write_them() {
        assert_eq!(
            form(&[("who", "Ada & Söhne"), ("outcome", "no")]),
            "who=Ada+%26+S%C3%B6hne&outcome=no"
        );
    }
}
