//! The one table of routes. Router, access log, cache headers and tests read it, and nothing is
//! mounted outside it.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use tower_http::catch_panic::CatchPanicLayer;

use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::me::Permission;
use crate::pages::{
    breath, call_list, chosen, coming, deals, enter, export, find, follow_ups, front, help,
    history, import, log, logged, noes, prospect, same, settings, static_files, today,
};
use crate::{guard, words};

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
    /// GET (which answers HEAD too) or POST.
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
    let filter = if method == Method::POST {
        MethodFilter::POST
    } else {
        MethodFilter::GET
    };
    Route {
        method,
        path,
        name,
        access,
        cache,
        size: Size::Form,
        handler: on(filter, handler),
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
        // Today.
        see("/today", "today", today::show),
        act("/today/skip", "today skip", today::skip),
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
        see("/export/file", "export file", export::file).takes(Size::Upload),
        // Settings.
        see("/settings", "settings", settings::show),
        act("/settings/profile", "settings profile", settings::profile),
        act(
            "/settings/workspace",
            "settings workspace",
            settings::workspace,
        ),
        see("/settings/{list}", "settings list", settings::show_labels),
        act("/settings/{list}", "settings list", settings::change_labels),
        // Around.
        see("/keys", "keys", help::keys),
        see("/more", "more", help::more),
        see("/phone", "phone", help::phone),
        see("/leave", "leave", enter::ask_to_leave),
        act("/leave", "leave", enter::leave),
    ]
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
        let (bytes, seconds) = match route.size {
            Size::Form => (64 * 1024, 30),
            Size::Text => (2 * 1024 * 1024, 60),
            Size::Upload => (ctx.app.thresholds().upload_bytes + 64 * 1024, 900),
        };
        let time = Duration::from_secs(seconds);
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
