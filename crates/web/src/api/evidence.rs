//! `/api/v1/evidence`.

use app::evidence::{self, Summary};

use crate::api::{Caller, Done, Read, read};
use crate::ctx::Ctx;

/// GET: one's own evidence. Nobody else's can be asked for.
pub(crate) async fn show(me: Caller<Read>, ctx: Ctx) -> Done<Summary> {
    read(&ctx, &me, evidence::summary).await
}
