//! A client of `/api/v1` as somebody else would write it: every operation with its fields, in one
//! table that a test holds against the OpenAPI document.

use serde_json::{Map, Value, json};

use crate::client::{Client, Reply};

/// A program with a token.
#[derive(Debug)]
pub struct Api {
    client: Client,
    token: String,
}

/// What one operation is.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its id in the document.
    pub id: &'static str,
    /// Its method.
    pub method: &'static str,
    /// Its path, with `{id}` where an id stands.
    pub path: &'static str,
    /// Fields of the body that must be there.
    pub required: &'static [&'static str],
    /// Fields of the body, or of the query of a GET, that may be there.
    pub optional: &'static [&'static str],
}

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $method:literal $path:literal ($($required:ident),*) ($($optional:ident),*);)+) => {
        /// Every operation this client knows.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            id: stringify!($name),
            method: $method,
            path: $path,
            required: &[$(stringify!($required)),*],
            optional: &[$(stringify!($optional)),*],
        }),+];

        impl Api {
            $(
                $(#[$doc])*
                pub fn $name(&self, id: &str, $($required: impl Into<Value>,)* more: Value) -> Reply {
                    let mut fields = Map::new();
                    $(fields.insert(stringify!($required).into(), $required.into());)*
                    if let Value::Object(more) = more {
                        fields.extend(more);
                    }
                    self.call($method, $path, id, fields, None)
                }
            )+
        }
    };
}

operations! {
    /// Whose token it is.
    get_me: "GET" "/api/v1/me" () ();
    /// A page of attempts.
    list_attempts: "GET" "/api/v1/attempts" () (outcome, stage, channel, reason, word, segment, from, to, find, sort, limit, cursor);
    /// Logs one.
    log_attempt: "POST" "/api/v1/attempts" (outcome) (id, who, prospect, stage, channel, reason, said_by, words, loss_kind, at, zone, segment, pitch, value, deal);
    /// One with its history.
    get_attempt: "GET" "/api/v1/attempts/{id}" () ();
    /// Corrects one.
    correct_attempt: "PATCH" "/api/v1/attempts/{id}" () (outcome, stage, channel, at, zone, prospect, reason, loss_kind, words, segment, pitch, deal);
    /// A reason known later.
    add_reason: "POST" "/api/v1/attempts/{id}/reason" (reason, said_by) (words);
    /// Undoes one.
    undo_attempt: "POST" "/api/v1/attempts/{id}/undo" () ();
    /// A page of prospects.
    list_prospects: "GET" "/api/v1/prospects" () (find, limit, cursor);
    /// Adds one.
    create_prospect: "POST" "/api/v1/prospects" () (name, company, email, phone, language, zone, segment);
    /// One with everything.
    get_prospect: "GET" "/api/v1/prospects/{id}" () ();
    /// Changes one.
    edit_prospect: "PATCH" "/api/v1/prospects/{id}" () (name, company, email, phone, language, zone, segment);
    /// Whether they ask not to be contacted.
    set_do_not_contact: "POST" "/api/v1/prospects/{id}/do-not-contact" (do_not_contact) ();
    /// Writes a note.
    add_note: "POST" "/api/v1/prospects/{id}/notes" (text) ();
    /// Sets a follow-up.
    set_follow_up: "POST" "/api/v1/prospects/{id}/follow-ups" (due) (note);
    /// A page of deals.
    list_deals: "GET" "/api/v1/deals" () (state, limit, cursor);
    /// Opens one.
    open_deal: "POST" "/api/v1/deals" (prospect, title) (value);
    /// Closes one.
    close_deal: "POST" "/api/v1/deals/{id}/close" (outcome) (stage, channel, reason, said_by, words, loss_kind, at, zone, segment, pitch);
    /// Opens one again.
    reopen_deal: "POST" "/api/v1/deals/{id}/reopen" () ();
    /// A page of follow-ups that are due.
    list_follow_ups: "GET" "/api/v1/follow-ups" () (until, limit, cursor);
    /// It was come back to.
    finish_follow_up: "POST" "/api/v1/follow-ups/{id}/done" () ();
    /// Another day.
    move_follow_up: "POST" "/api/v1/follow-ups/{id}/move" (due) ();
    /// Every label.
    list_labels: "GET" "/api/v1/labels" () ();
    /// What one’s own attempts say.
    get_evidence: "GET" "/api/v1/evidence" () ();
}

impl Api {
    /// A program that sends this token to this address.
    pub fn new(base: &str, token: &str) -> Self {
        Self {
            client: Client::new(base),
            token: token.to_owned(),
        }
    }

    /// Sends an operation's fields: in the query of a GET, else as JSON; with a key when there is
    /// one.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        id: &str,
        fields: Map<String, Value>,
        key: Option<&str>,
    ) -> Reply {
        let path = path.replace("{id}", id);
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        if let Some(key) = key {
            headers.push(("idempotency-key", key));
        }
        if method == "GET" {
            let pairs: Vec<(String, String)> = fields
                .into_iter()
                .map(|(name, value)| match value {
                    Value::String(text) => (name, text),
                    other => (name, other.to_string()),
                })
                .collect();
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (&**n, &**v)).collect();
            let query = crate::client::form(&pairs);
            let mark = if query.is_empty() { "" } else { "?" };
            return self
                .client
                .send("GET", &format!("{path}{mark}{query}"), &headers, &[]);
        }
        headers.push(("content-type", "application/json"));
        let body = Value::Object(fields).to_string();
        self.client.send(method, &path, &headers, body.as_bytes())
    }

    /// Logs an attempt under a key, so that it may be sent again.
    pub fn log_once(&self, key: &str, who: &str, outcome: &str) -> Reply {
        let mut fields = Map::new();
        fields.insert("who".into(), json!(who));
        fields.insert("outcome".into(), json!(outcome));
        self.call("POST", "/api/v1/attempts", "", fields, Some(key))
    }

    /// Every item of a list, page after page.
    ///
    /// # Panics
    /// When a page is refused.
    pub fn every(&self, path: &str, query: &Value) -> Vec<Value> {
        let mut items = Vec::new();
        let mut fields = query.as_object().cloned().unwrap_or_default();
        loop {
            let reply = self.call("GET", path, "", fields.clone(), None);
            assert_eq!(reply.status, 200, "{path}: {}", reply.text());
            let page = reply.json();
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            match &page["next"] {
                Value::String(next) => fields.insert("cursor".into(), json!(next)),
                _ => return items,
            };
        }
    }
}

/// What differs between this client and a document; nothing when they agree.
pub fn differences(document: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let mut seen = Vec::new();
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    for (path, methods) in &paths {
        for (method, described) in methods.as_object().into_iter().flatten() {
            let id = described["operationId"].as_str().unwrap_or_default();
            let Some(mine) = OPERATIONS.iter().find(|o| o.id == id) else {
                out.push(format!("{id} is unknown to the client"));
                continue;
            };
            seen.push(mine.id);
            if !mine.method.eq_ignore_ascii_case(method) || mine.path != path {
                out.push(format!("{id} is {method} {path}"));
            }
            let (required, optional) = fields(document, described);
            for (what, theirs, mine) in [
                ("requires", required, mine.required),
                ("may take", optional, mine.optional),
            ] {
                let mut mine: Vec<String> = mine.iter().map(|f| (*f).to_owned()).collect();
                mine.sort();
                if theirs != mine {
                    out.push(format!("{id} {what} {theirs:?}, the client {mine:?}"));
                }
            }
        }
    }
    for missing in OPERATIONS.iter().filter(|o| !seen.contains(&o.id)) {
        out.push(format!("{} is not in the document", missing.id));
    }
    out
}

/// The fields an operation takes, those that must be there and the others, sorted.
fn fields(document: &Value, described: &Value) -> (Vec<String>, Vec<String>) {
    let mut optional: Vec<String> = described["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|p| p["in"] == "query")
        .filter_map(|p| p["name"].as_str().map(str::to_owned))
        .collect();
    let schema = &described["requestBody"]["content"]["application/json"]["schema"];
    let schema = match schema["$ref"].as_str() {
        Some(link) => document
            .pointer(link.trim_start_matches('#'))
            .unwrap_or(&Value::Null),
        None => schema,
    };
    let mut required: Vec<String> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|f| f.as_str().map(str::to_owned))
        .collect();
    for name in schema["properties"].as_object().into_iter().flatten() {
        if !required.contains(name.0) {
            optional.push(name.0.clone());
        }
    }
    required.sort();
    optional.sort();
    (required, optional)
}
