//! The OpenAPI document, written from the table of routes.

use std::future::Future;

use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::api::{Problem, problem};
use crate::me::Permission;
use crate::reply::Reply;
use crate::routes::{Access, Route, table};

/// What a route's row says of itself to programs.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its id: what clients call it.
    pub id: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    pub(crate) describe: fn(&mut Description<'_>),
}

/// An argument of a handler, and what it means.
pub(crate) trait Takes {
    /// Adds it to an operation.
    fn describe(d: &mut Description<'_>);
}

/// What a handler gives.
pub(crate) trait Gives {
    /// Adds it to an operation.
    fn describe(d: &mut Description<'_>);
}

/// A handler of the API: it begins with a permission, takes what can be described and gives what
/// can be described.
pub(crate) trait Endpoint<Args> {
    /// Who may ask.
    const ACCESS: Access;
    /// Describes it.
    fn describe(d: &mut Description<'_>);
}

macro_rules! endpoints {
    ($($argument:ident)+) => {
        impl<F, Fut, P, O, $($argument),+> Endpoint<(P, O, Fut, $($argument),+)> for F
        where
            F: Fn(P, $($argument),+) -> Fut,
            Fut: Future<Output = Result<O, Problem>>,
            P: Permission,
            O: Gives,
            $($argument: Takes),+
        {
            const ACCESS: Access = P::ACCESS;
            fn describe(d: &mut Description<'_>) {
                $($argument::describe(d);)+
                O::describe(d);
            }
        }
    };
}
endpoints!(A);
endpoints!(A B);
endpoints!(A B C);
endpoints!(A B C D);

/// An operation being described.
pub(crate) struct Description<'g> {
    requests: &'g mut SchemaGenerator,
    answers: &'g mut SchemaGenerator,
    parameters: Vec<Value>,
    body: Option<Value>,
    answer: Option<(u16, Value)>,
    has_id: bool,
}

impl Description<'_> {
    /// The `{id}` of the path.
    pub(crate) fn id(&mut self) {
        self.has_id = true;
        self.parameters.push(json!({
            "name": "id",
            "in": "path",
            "required": true,
            "schema": { "type": "string", "format": "uuid" },
        }));
    }

    /// Every field of a query.
    pub(crate) fn query<T: JsonSchema>(&mut self) {
        let schema = T::json_schema(self.requests).to_value();
        let Some(fields) = schema.get("properties").and_then(Value::as_object) else {
            return;
        };
        for (name, field) in fields {
            let (description, schema) = parameter(field.clone());
            self.parameters.push(json!({
                "name": name,
                "in": "query",
                "required": false,
                "description": description,
                "schema": schema,
            }));
        }
    }

    /// What is sent, and that it may be sent again.
    pub(crate) fn body<T: JsonSchema>(&mut self, required: bool) {
        let schema = self.requests.subschema_for::<T>().to_value();
        if required {
            self.body = Some(json!({
                "required": true,
                "content": { "application/json": { "schema": schema } },
            }));
        }
        self.parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "Drawn anew for each new request. The same request under the same key \
                            within a day is done once and answered alike.",
            "schema": { "type": "string", "pattern": "^[!-~]{1,255}$" },
        }));
    }

    /// What is given.
    pub(crate) fn answer<T: JsonSchema>(&mut self, status: u16) {
        let schema = self.answers.subschema_for::<T>().to_value();
        self.answer = Some((status, schema));
    }
}

/// A query's field: its description, and its schema without null, which an address cannot say.
fn parameter(mut field: Value) -> (Value, Value) {
    let description = field
        .as_object_mut()
        .and_then(|f| f.remove("description"))
        .unwrap_or_else(|| json!(""));
    if let Some(kinds) = field.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            field["type"] = only;
        }
    }
    if let Some(words) = field.get_mut("enum").and_then(Value::as_array_mut) {
        words.retain(|word| !word.is_null());
    }
    if let Some(any) = field.get("anyOf").and_then(Value::as_array) {
        let mut others = any.iter().filter(|s| s["type"] != "null");
        if let (Some(only), None) = (others.next(), others.next()) {
            field = only.clone();
        }
    }
    (description, field)
}

/// Leaves out what schemas of Rust types say and JSON does not mean: that what may be left out is
/// null then, that a query is only written, how wide a number is in memory.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("default").is_some_and(Value::is_null) {
                fields.remove("default");
            }
            let width = |f: &Value| f.as_str().is_some_and(|f| f.contains("int"));
            if fields.get("format").is_some_and(width) {
                fields.remove("format");
            }
            if fields.get("writeOnly").is_some_and(Value::is_boolean) {
                fields.remove("writeOnly");
            }
            fields.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// The problems an operation may answer with, and when.
fn problems(method: &Method, has_id: bool, has_query: bool) -> Vec<(u16, &'static str)> {
    let writes = *method != Method::GET;
    let mut all = vec![
        (401, "No token was sent, or none that stands."),
        (
            403,
            "The token has not the scope, or its owner may not do this.",
        ),
        (
            421,
            "The request names a host this Rebound does not answer to.",
        ),
        (429, "Too many requests of this token in a minute."),
        (
            503,
            "The database cannot now; nothing was changed. Try again in a moment.",
        ),
    ];
    if has_id || writes {
        all.push((404, "There is no such thing, or it is somebody else's."));
    }
    if writes {
        all.extend([
            (
                409,
                "It stands otherwise, several people could be meant, or the same request is \
                   being done at this moment.",
            ),
            (413, "More was sent than is taken."),
            (415, "The body is not JSON."),
        ]);
    }
    if writes || has_query {
        all.push((
            422,
            "Something sent is not right, or the key stood for another request.",
        ));
    }
    all.sort_unstable();
    all
}

fn operation(route: &Route, op: &Operation, d: Description<'_>) -> Value {
    let mut responses = Map::new();
    let (status, schema) = d.answer.unwrap_or((204, json!({})));
    let mut answer = json!({
        "description": "Done.",
        "content": { "application/json": { "schema": schema } },
    });
    if route.method != Method::GET {
        answer["headers"] = json!({
            "Idempotency-Replayed": {
                "description": "Only there when the answer was given before and nothing was done now.",
                "schema": { "type": "string", "const": "true" },
            },
        });
    }
    responses.insert(status.to_string(), answer);
    let has_query = d.parameters.iter().any(|p| p["in"] == "query");
    for (status, description) in problems(&route.method, d.has_id, has_query) {
        let mut response = json!({
            "description": description,
            "content": { problem::MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        let header = match status {
            401 => Some("WWW-Authenticate"),
            429 => Some("Retry-After"),
            _ => None,
        };
        if let Some(name) = header {
            response["headers"] =
                json!({ name: { "required": true, "schema": { "type": "string" } } });
        }
        responses.insert(status.to_string(), response);
    }
    let scopes = match route.access {
        Access::Api(scope) => vec![scope.code()],
        _ => Vec::new(),
    };
    let tag = route.path.split('/').nth(3).unwrap_or_default();
    let mut operation = json!({
        "operationId": op.id,
        "summary": op.summary,
        "tags": [tag],
        "security": [{ "token": scopes }],
        "parameters": d.parameters,
        "responses": responses,
    });
    if let Some(body) = d.body {
        operation["requestBody"] = body;
    }
    operation
}

/// The document.
pub(crate) fn document() -> Value {
    let settings = || {
        let mut settings = SchemaSettings::draft2020_12();
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
        settings
    };
    let mut requests = settings().for_deserialize().into_generator();
    let mut answers = settings().for_serialize().into_generator();
    let _ = answers.subschema_for::<problem::Body>();
    let mut paths = Map::new();
    for route in table() {
        let Some(op) = route.operation else { continue };
        let mut d = Description {
            requests: &mut requests,
            answers: &mut answers,
            parameters: Vec::new(),
            body: None,
            answer: None,
            has_id: false,
        };
        (op.describe)(&mut d);
        let described = operation(&route, &op, d);
        let path = paths
            .entry(route.path.to_owned())
            .or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = described;
    }
    let mut schemas = requests.take_definitions(true);
    for (name, schema) in answers.take_definitions(true) {
        schemas.insert(name, schema);
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Rebound",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The ledger of what sellers ask and what they hear.",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token made under Settings, API tokens. It begins with rbt_.",
                },
            },
        },
    });
    tidy(&mut document);
    document
}

/// GET `/api/v1/openapi.json`.
pub(crate) async fn show() -> Reply {
    let json = header::HeaderValue::from_static("application/json");
    let body = document().to_string();
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, json)], body).into_response())
}
