//! The frame around every page, and the few shapes of answers.

use app::Seller;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::assets::Assets;
use crate::ctx::Ctx;
use crate::fault::Fault;

/// What a handler answers.
pub(crate) type Reply = Result<Response, Fault>;

/// The frame of a page that needs nobody.
pub(crate) struct Bare<'a> {
    pub(crate) title: &'a str,
    pub(crate) assets: &'a Assets,
}

impl<'a> Bare<'a> {
    pub(crate) fn new(ctx: &'a Ctx, title: &'a str) -> Self {
        Self {
            title,
            assets: &ctx.assets,
        }
    }
}

/// The frame of a signed-in person's page: navigation, who is here, where the queue belongs.
pub(crate) struct Shell<'a> {
    pub(crate) title: &'a str,
    /// Which entry of the navigation is this page's: `today`, `noes`, `settings`, `more` or none.
    pub(crate) here: &'a str,
    pub(crate) assets: &'a Assets,
    pub(crate) workspace: &'a str,
    pub(crate) person: String,
    pub(crate) name: &'a str,
    pub(crate) keys: bool,
    /// The person's time zone: what is not sent yet shows its time in it.
    pub(crate) zone: &'a str,
}

impl<'a> Shell<'a> {
    pub(crate) fn new(ctx: &'a Ctx, me: &'a Seller, here: &'a str, title: &'a str) -> Self {
        Self {
            title,
            here,
            assets: &ctx.assets,
            workspace: &ctx.app.workspace().id,
            person: me.id().to_string(),
            name: me.name(),
            keys: me.keys(),
            zone: me.zone().name(),
        }
    }
}

/// A page.
pub(crate) fn page(template: &impl Template) -> Reply {
    page_with(StatusCode::OK, template)
}

/// A page with a status that says the form was not taken.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Reply {
    Ok((status, Html(template.render()?)).into_response())
}

/// After a form: go on to a page, so that loading it again sends nothing twice.
pub(crate) fn see_other(place: &str) -> Response {
    let place = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static("/today"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}
