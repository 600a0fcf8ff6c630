//! `/api/v1/me`.

use domain::PersonId;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::shapes::Id;
use crate::api::{Caller, Done, Read, read};
use crate::ctx::Ctx;

/// Whose token it is.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Me")]
pub(crate) struct MeShown {
    id: Id<PersonId>,
    name: String,
    /// Where they work; days follow it.
    zone: String,
}

/// GET: who one is.
pub(crate) async fn show(me: Caller<Read>, ctx: Ctx) -> Done<MeShown> {
    read(&ctx, &me, |_, me| {
        Ok(MeShown {
            id: Id(me.id()),
            name: me.name().to_owned(),
            zone: me.zone().name().to_owned(),
        })
    })
    .await
}
