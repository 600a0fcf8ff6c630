//! Suggestions while a name is typed.

use app::{Who, prospects};
use axum::Json;
use axum::response::{IntoResponse, Response};

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::me::Me;

/// Suggestions at once.
const MOST: usize = 8;

/// GET /find?q= : `[{id, says}]`, where `says` is what the field shows.
pub(crate) async fn find(me: Me, ctx: Ctx, fields: Fields) -> Result<Response, Fault> {
    let text: String = fields.get("q").chars().take(200).collect();
    let found = ctx
        .app
        .read(move |act| prospects::find(act, &me, &text, MOST))
        .await?;
    let list: Vec<_> = found
        .iter()
        .map(|w| serde_json::json!({ "id": w.id, "says": says(w) }))
        .collect();
    Ok(Json(list).into_response())
}

/// `Ada Merrow, Whitlock Print`.
pub(crate) fn says(who: &Who) -> String {
    if who.company.is_empty() {
        who.name.clone()
    } else {
        format!("{}, {}", who.name, who.company)
    }
}
