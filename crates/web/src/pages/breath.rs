//! One calm minute. Static; stores nothing.

use askama::Template;

use crate::ctx::Ctx;
use crate::reply::{self, Bare, Reply};

#[derive(Template)]
#[template(path = "breath.html")]
struct Page<'a> {
    shell: Bare<'a>,
}

/// GET /breath
pub(crate) async fn show(ctx: Ctx) -> Reply {
    reply::page(&Page {
        shell: Bare::new(&ctx, "A breath"),
    })
}
