//! The one table of routes. Router, access log, cache headers and tests read it, and nothing is
//! mounted outside it.

use std::time::Duration;

use app::tokens::Scope;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use tower_http::catch_panic::CatchPanicLayer;

use crate::api::openapi::{self, Endpoint, Operation};
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::me::Permission;
use crate::pages::{
    account, audit, breath, call_list, chosen, coming, deals, enter, evidence, export, find,
    follow_ups, front, help, history, import, link, log, logged, noes, passkeys, people, pitches,
    prospect, provider, same, settings, sign_in, static_files, team, teams, today, tokens,
};
use crate::{api, guard, words};

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: the first run, entering, help, assets. Never shows what is in the ledger.
    Open,
    /// Anybody who is signed in.
    Member,
    /// Who sells, on their own ledger.
    Seller,
    /// Who leads a team.
    Lead,
    /// Who looks after the installation.
    Administrator,
    /// A program with a token of a seller's that has this scope. No cookie opens these.
    Api(Scope),
}

/// How long a browser may keep the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    /// For ever: the name changes with the content.
    Immutable,
    /// Ask each time whether it changed.
    Revalidate,
    /// Never, and nobody else either.
    Private,
}

/// How much may be sent, and how long it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A form.
    Form,
    /// A long text, such as a pasted list or many ticked rows.
    Text,
    /// A file.
    Upload,
}

/// One row of the table.
#[derive(Clone)]
pub struct Route {
    /// GET (which answers HEAD too) or POST; PATCH for programs.
    pub method: Method,
    /// The path, in the router's notation.
    pub path: &'static str,
    /// What logs call it.
    pub name: &'static str,
    /// Who may ask.
    pub access: Access,
    /// How long the answer may be kept.
    pub cache: Cache,
    /// How much may be sent.
    pub size: Size,
    /// What it is to programs.
    pub operation: Option<Operation>,
    handler: MethodRouter<Ctx>,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.name)
    }
}

/// What the access log calls a route; travels with the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RouteName(pub(crate) &'static str);

/// Arguments of handlers that begin with a permission: what makes forgetting the check a compile
/// error, and the access class follow from the handler.
pub(crate) trait Begins {
    /// Who may ask.
    const ACCESS: Access;
}

macro_rules! begins {
    ($($argument:ident)*) => {
        impl<M, P: Permission, $($argument),*> Begins for (M, P, $($argument),*) {
            const ACCESS: Access = P::ACCESS;
        }
    };
}
begins!();
begins!(A);
begins!(A B);
begins!(A B C);
begins!(A B C D);
begins!(A B C D E);

/// A page of a signed-in person.
fn see<H, T>(path: &'static str, name: &'static str, handler: H) -> Route
where
    H: Handler<T, Ctx>,
    T: Begins + 'static,
{
    row(Method::GET, path, name, T::ACCESS, Cache::Private, handler)
}

/// Something a signed-in person does.
fn act<H, T>(path: &'static str, name: &'static str, handler: H) -> Route
where
    H: Handler<T, Ctx>,
    T: Begins + 'static,
{
    row(Method::POST, path, name, T::ACCESS, Cache::Private, handler)
}

/// Anything that needs nobody.
fn open<H, T>(
    method: Method,
    path: &'static str,
    name: &'static str,
    cache: Cache,
    handler: H,
) -> Route
where
    H: Handler<T, Ctx>,
    T: 'static,
{
    row(method, path, name, Access::Open, cache, handler)
}

fn row<H, T>(
    method: Method,
    path: &'static str,
    name: &'static str,
    access: Access,
    cache: Cache,
    handler: H,
) -> Route
where
    H: Handler<T, Ctx>,
    T: 'static,
{
    let filter = match method {
        Method::POST => MethodFilter::POST,
        Method::PATCH => MethodFilter::PATCH,
        _ => MethodFilter::GET,
    };
    Route {
        method,
        path,
        name,
        access,
        cache,
        size: Size::Form,
        operation: None,
        handler: on(filter, handler),
    }
}

/// Something programs may ask for: who may, what it takes and what it gives follow from the
/// handler.
fn api<H, T, Args>(
    method: Method,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    handler: H,
) -> Route
where
    H: Handler<T, Ctx> + Endpoint<Args>,
    T: 'static,
{
    let operation = Operation {
        id,
        summary,
        describe: H::describe,
    };
    Route {
        operation: Some(operation),
        ..row(method, path, id, H::ACCESS, Cache::Private, handler)
    }
}

impl Route {
    /// The same route for more than a form.
    fn takes(self, size: Size) -> Self {
        Self { size, ..self }
    }
}

/// Every route there is.
pub fn table() -> Vec<Route> {
    use Cache::{Immutable, Private, Revalidate};
    vec![
        // Needs nobody.
        open(Method::GET, "/", "front", Private, front::go),
        open(Method::GET, "/welcome", "welcome", Private, front::welcome),
        open(Method::POST, "/welcome", "welcome", Private, front::begin),
        open(Method::GET, "/enter", "enter", Private, enter::show),
        open(Method::POST, "/enter", "enter", Private, enter::go_on),
        open(
            Method::POST,
            "/enter/passkey/begin",
            "enter by passkey",
            Private,
            passkeys::begin_entering,
        ),
        open(
            Method::POST,
            "/enter/passkey/finish",
            "enter by passkey",
            Private,
            passkeys::enter,
        ),
        open(
            Method::POST,
            "/link/{token}/passkey/begin",
            "token",
            Private,
            passkeys::begin_by_link,
        ),
        open(
            Method::POST,
            "/link/{token}/passkey/finish",
            "token",
            Private,
            passkeys::finish_by_link,
        ),
        open(
            Method::POST,
            "/enter/provider",
            "enter by provider",
            Private,
            provider::go,
        ),
        open(
            Method::GET,
            provider::BACK,
            "enter by provider",
            Private,
            provider::back,
        ),
        open(Method::GET, "/link/{token}", "token", Private, link::show),
        open(Method::POST, "/link/{token}", "token", Private, link::enter),
        open(Method::GET, "/help", "help", Revalidate, help::help),
        open(Method::GET, "/breath", "breath", Revalidate, breath::show),
        open(
            Method::GET,
            "/offline",
            "offline",
            Revalidate,
            static_files::offline,
        ),
        open(
            Method::GET,
            "/sw.js",
            "asset",
            Revalidate,
            static_files::service_worker,
        ),
        open(
            Method::GET,
            "/app.webmanifest",
            "asset",
            Revalidate,
            static_files::manifest,
        ),
        open(
            Method::GET,
            "/a/{file}",
            "asset",
            Immutable,
            static_files::asset,
        ),
        // Today; and where those begin who have nothing there.
        see("/start", "start", front::start),
        see("/today", "today", today::show),
        act("/today/skip", "today skip", today::skip),
        act("/today/order", "today order", today::order),
        act("/log", "log", log::log),
        see("/logged/{attempt}", "logged", logged::show),
        act("/logged/{attempt}/reason", "logged reason", logged::reason),
        act("/undo/{attempt}", "undo", log::undo),
        see("/find", "find", find::find),
        act("/follow-ups/{id}/done", "follow-up done", follow_ups::done),
        act(
            "/follow-ups/{id}/move",
            "follow-up move",
            follow_ups::move_to,
        ),
        // The ledger.
        see("/noes", "noes", noes::show),
        see("/noes/reason", "noes reason", chosen::ask_reason),
        act("/noes/reason", "noes reason", chosen::reason).takes(Size::Text),
        see("/noes/outcome", "noes outcome", chosen::ask_outcome),
        act("/noes/outcome", "noes outcome", chosen::outcome).takes(Size::Text),
        see("/noes/follow-up", "noes follow-up", chosen::ask_follow_up),
        act("/noes/follow-up", "noes follow-up", chosen::follow_up).takes(Size::Text),
        see("/attempts/{id}", "attempt", history::show),
        act("/attempts/{id}", "attempt correct", history::correct),
        act("/attempts/{id}/undo", "attempt undo", history::undo),
        see("/evidence", "evidence", evidence::show),
        // Two pitches put to the test.
        see("/evidence/pitches", "pitch tests", pitches::show),
        act("/evidence/pitches", "pitch tests", pitches::begin),
        act("/evidence/pitches/{id}/end", "pitch test end", pitches::end),
        // People.
        see("/prospects/{id}", "prospect", prospect::show),
        act("/prospects/{id}/edit", "prospect edit", prospect::edit),
        act("/prospects/{id}/note", "prospect note", prospect::note),
        act(
            "/prospects/{id}/contact",
            "prospect contact",
            prospect::contact,
        ),
        act(
            "/prospects/{id}/follow-ups",
            "prospect follow-ups",
            coming::change,
        ),
        act("/prospects/{id}/deals", "prospect deals", deals::open),
        act("/deals/{id}/close", "deal close", deals::close),
        act("/deals/{id}/reopen", "deal reopen", deals::reopen),
        see("/prospects/{id}/merge", "prospect merge", same::ask_merge),
        act("/prospects/{id}/merge", "prospect merge", same::merge),
        act("/prospects/{id}/unmerge", "prospect unmerge", same::unmerge),
        see(
            "/prospects/{id}/forget",
            "prospect forget",
            same::ask_forget,
        ),
        act("/prospects/{id}/forget", "prospect forget", same::forget),
        // Bringing in, taking out.
        see("/call-list", "call list", call_list::show),
        act("/call-list", "call list", call_list::paste).takes(Size::Text),
        see("/import", "import", import::show),
        act("/import", "import", import::send).takes(Size::Upload),
        see("/import/{token}", "import file", import::look),
        act("/import/{token}", "import file", import::decide).takes(Size::Text),
        see("/export", "export", export::show),
        // A file taken out is written down in the audit log.
        act("/export/file", "export file", export::file).takes(Size::Upload),
        // Settings.
        see("/settings", "settings", settings::show),
        act("/settings/profile", "settings profile", settings::profile),
        act(
            "/settings/workspace",
            "settings workspace",
            settings::workspace,
        ),
        see("/settings/tokens", "settings tokens", tokens::show),
        act("/settings/tokens", "settings tokens", tokens::change),
        act("/settings/sharing", "settings sharing", settings::sharing),
        see("/settings/sign-in", "sign-in", sign_in::show),
        act("/settings/password", "sign-in password", sign_in::password),
        act("/settings/browsers", "sign-in browsers", sign_in::end),
        see("/settings/{list}", "settings list", settings::show_labels),
        act("/settings/{list}", "settings list", settings::change_labels),
        act("/passkeys/begin", "passkey add", passkeys::begin),
        act("/passkeys/finish", "passkey add", passkeys::finish),
        act("/passkeys/remove", "passkey remove", passkeys::remove),
        act("/provider/connect", "provider connect", provider::connect),
        act(
            "/provider/disconnect",
            "provider disconnect",
            provider::disconnect,
        ),
        // Looking after the installation.
        see("/people", "people", people::list),
        act("/people", "people add", people::add),
        see("/people/{id}", "person", account::show),
        act("/people/{id}", "person change", account::change),
        see("/team", "team", team::show),
        see("/team/rows", "team rows", team::sharing),
        see("/team/rows/{person}", "team rows", team::rows),
        see("/teams", "teams", teams::show),
        act("/teams", "teams change", teams::change),
        see("/audit", "audit", audit::show),
        act("/audit/file", "audit file", audit::file),
        // Around.
        see("/keys", "keys", help::keys),
        see("/more", "more", help::more),
        see("/phone", "phone", help::phone),
        see("/leave", "leave", enter::ask_to_leave),
        act("/leave", "leave", enter::leave),
        // For programs.
        open(
            Method::GET,
            "/api/v1/openapi.json",
            "openapi",
            Revalidate,
            openapi::show,
        ),
        api(
            Method::GET,
            "/api/v1/me",
            "get_me",
            "Whose token this is.",
            api::me::show,
        ),
        api(
            Method::GET,
            "/api/v1/attempts",
            "list_attempts",
            "One's own attempts, page by page.",
            api::attempts::list,
        ),
        api(
            Method::POST,
            "/api/v1/attempts",
            "log_attempt",
            "Log an attempt.",
            api::attempts::log,
        ),
        api(
            Method::GET,
            "/api/v1/attempts/{id}",
            "get_attempt",
            "An attempt with its history.",
            api::attempts::get,
        ),
        api(
            Method::PATCH,
            "/api/v1/attempts/{id}",
            "correct_attempt",
            "Correct an attempt; how it stood before stays in its history.",
            api::attempts::correct,
        ),
        api(
            Method::POST,
            "/api/v1/attempts/{id}/reason",
            "add_reason",
            "Add a reason that became known later.",
            api::attempts::reason,
        ),
        api(
            Method::POST,
            "/api/v1/attempts/{id}/undo",
            "undo_attempt",
            "Undo an attempt, with what it set in motion.",
            api::attempts::undo,
        ),
        api(
            Method::GET,
            "/api/v1/prospects",
            "list_prospects",
            "Everybody by name, or those found by words, page by page.",
            api::prospects::list,
        ),
        api(
            Method::POST,
            "/api/v1/prospects",
            "create_prospect",
            "Add a prospect.",
            api::prospects::create,
        ),
        api(
            Method::GET,
            "/api/v1/prospects/{id}",
            "get_prospect",
            "A prospect with everything known about them.",
            api::prospects::get,
        ),
        api(
            Method::PATCH,
            "/api/v1/prospects/{id}",
            "edit_prospect",
            "Change what is known of a prospect.",
            api::prospects::edit,
        ),
        api(
            Method::POST,
            "/api/v1/prospects/{id}/do-not-contact",
            "set_do_not_contact",
            "Note or take back that a prospect asks not to be contacted.",
            api::prospects::do_not_contact,
        ),
        api(
            Method::POST,
            "/api/v1/prospects/{id}/notes",
            "add_note",
            "Write a note that everybody who sells may read.",
            api::prospects::note,
        ),
        api(
            Method::POST,
            "/api/v1/prospects/{id}/follow-ups",
            "set_follow_up",
            "Set a follow-up by hand.",
            api::prospects::follow_up,
        ),
        api(
            Method::GET,
            "/api/v1/deals",
            "list_deals",
            "One's own deals, newest first, page by page.",
            api::deals::list,
        ),
        api(
            Method::POST,
            "/api/v1/deals",
            "open_deal",
            "Open a deal with a prospect.",
            api::deals::open,
        ),
        api(
            Method::POST,
            "/api/v1/deals/{id}/close",
            "close_deal",
            "Close a deal; the closing ask is logged with it.",
            api::deals::close,
        ),
        api(
            Method::POST,
            "/api/v1/deals/{id}/reopen",
            "reopen_deal",
            "Open a closed deal again.",
            api::deals::reopen,
        ),
        api(
            Method::GET,
            "/api/v1/follow-ups",
            "list_follow_ups",
            "One's own follow-ups that are due, earliest first, page by page.",
            api::follow_ups::list,
        ),
        api(
            Method::POST,
            "/api/v1/follow-ups/{id}/done",
            "finish_follow_up",
            "Say that it was come back to.",
            api::follow_ups::done,
        ),
        api(
            Method::POST,
            "/api/v1/follow-ups/{id}/move",
            "move_follow_up",
            "Move a follow-up to another day.",
            api::follow_ups::move_to,
        ),
        api(
            Method::GET,
            "/api/v1/labels",
            "list_labels",
            "Reasons, segments and pitches to choose from.",
            api::labels::list,
        ),
        api(
            Method::GET,
            "/api/v1/evidence",
            "get_evidence",
            "What one's own attempts say: rates, runs, the slump watch, tries and reasons.",
            api::evidence::show,
        ),
    ]
}

/// Whether a place is a page of ours that somebody signed in may ask for: a path of the table, and a
/// query perhaps. Anything else is no place to send a browser on to.
pub(crate) fn is_page(place: &str) -> bool {
    let path = place.split_once('?').map_or(place, |(path, _)| path);
    let plain = place.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let known = |route: &Route| {
        let (mut asked, mut ours) = (path.split('/'), route.path.split('/'));
        loop {
            match (asked.next(), ours.next()) {
                (None, None) => return true,
                (Some(a), Some(o)) if a == o || (o.starts_with('{') && !a.is_empty()) => {}
                _ => return false,
            }
        }
    };
    plain
        && table()
            .iter()
            .any(|r| r.method == Method::GET && r.access != Access::Open && known(r))
}

/// The table as a router, with every guard around it.
pub(crate) fn router(ctx: &Ctx) -> Router {
    let mut router = Router::new();
    for route in table() {
        let limits = Limits::of(&route, ctx);
        let layers = (
            middleware::from_fn_with_state(limits, finish),
            CatchPanicLayer::custom(panicked),
            DefaultBodyLimit::max(limits.bytes),
        );
        let handler: MethodRouter<Ctx> = route.handler.layer(layers);
        router = router.route(route.path, handler);
    }
    router
        .fallback(|| async { Fault::not_found() })
        .method_not_allowed_fallback(|| async {
            Fault::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "This address is not used that way.",
            )
        })
        .with_state(ctx.clone())
        .layer(middleware::from_fn_with_state(ctx.clone(), guard::around))
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    name: &'static str,
    cache: Cache,
    bytes: usize,
    time: Duration,
}

impl Limits {
    fn of(route: &Route, ctx: &Ctx) -> Self {
        let patience = ctx.site.patience;
        let (bytes, time) = match route.size {
            Size::Form => (64 * 1024, patience.form),
            Size::Text => (2 * 1024 * 1024, patience.text),
            Size::Upload => (
                ctx.app.thresholds().upload_bytes + 64 * 1024,
                patience.upload,
            ),
        };
        Self {
            name: route.name,
            cache: route.cache,
            bytes,
            time,
        }
    }
}

/// What is done for every route in the same way: time and size limits, the cache header, the name.
async fn finish(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<usize>().ok());
    let mut response = if announced.is_some_and(|n| n > limits.bytes) {
        crate::fields::too_large().into_response()
    } else {
        tokio::time::timeout(limits.time, next.run(request))
            .await
            .unwrap_or_else(|_| {
                let time =
                    words::count(i64::try_from(limits.time.as_secs()).unwrap_or(0), "second");
                let message = format!("This took longer than {time} and was given up.");
                Fault::new(StatusCode::SERVICE_UNAVAILABLE, message)
                    .with_hint("Look whether it was saved before you send it again.")
                    .into_response()
            })
    };
    if response.status().is_success() && !response.headers().contains_key(header::CACHE_CONTROL) {
        let value = match limits.cache {
            Cache::Immutable => "public, max-age=31536000, immutable",
            Cache::Revalidate => "no-cache",
            Cache::Private => "private, no-store",
        };
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    response.extensions_mut().insert(RouteName(limits.name));
    response
}

/// A panic is a bug; the person gets a calm page and the rest goes on. The message may hold
/// content, so the log says only that it happened.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Fault::internal().into_response()
}
