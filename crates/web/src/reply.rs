//! The frame around every page, and the few shapes of answers.

use app::{Administrator, Lead, Member, Seller};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::{PersonId, Role, Roles, Zone};

use crate::assets::Assets;
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::me::{Admin, Anyone, Leading, Me};

/// What a handler answers.
pub(crate) type Reply = Result<Response, Fault>;

/// The frame of a page that needs nobody.
pub(crate) struct Bare<'a> {
    pub(crate) title: &'a str,
    pub(crate) assets: &'a Assets,
    /// What people call the other provider they may come in by.
    pub(crate) provider: Option<&'a str>,
}

impl<'a> Bare<'a> {
    pub(crate) fn new(ctx: &'a Ctx, title: &'a str) -> Self {
        Self {
            title,
            assets: &ctx.assets,
            provider: provider(ctx),
        }
    }
}

/// What a page's frame says of the person in front of it, whatever their permission.
pub(crate) trait SignedIn {
    fn id(&self) -> PersonId;
    fn name(&self) -> &str;
    fn zone(&self) -> &Zone;
    fn keys(&self) -> bool;
    fn roles(&self) -> Roles;
}

macro_rules! signed_in {
    ($($held:ty, $asked:ty;)+) => {$(
        impl SignedIn for $held {
            fn id(&self) -> PersonId {
                Self::id(self)
            }
            fn name(&self) -> &str {
                Self::name(self)
            }
            fn zone(&self) -> &Zone {
                Self::zone(self)
            }
            fn keys(&self) -> bool {
                Self::keys(self)
            }
            fn roles(&self) -> Roles {
                Self::roles(self)
            }
        }
        impl SignedIn for $asked {
            fn id(&self) -> PersonId {
                self.0.id()
            }
            fn name(&self) -> &str {
                self.0.name()
            }
            fn zone(&self) -> &Zone {
                self.0.zone()
            }
            fn keys(&self) -> bool {
                self.0.keys()
            }
            fn roles(&self) -> Roles {
                self.0.roles()
            }
        }
    )+};
}

signed_in! {
    Member, Anyone;
    Seller, Me;
    Lead, Leading;
    Administrator, Admin;
}

/// The first page of somebody with these roles.
pub(crate) fn home(roles: Roles) -> &'static str {
    if roles.has(Role::Seller) {
        "/today"
    } else if roles.has(Role::Lead) {
        "/team"
    } else if roles.has(Role::Administrator) {
        "/people"
    } else {
        "/start"
    }
}

/// What people call the other provider they may come in by.
fn provider(ctx: &Ctx) -> Option<&str> {
    ctx.oidc.as_ref().map(|oidc| oidc.provider.name.as_str())
}

/// The frame of a signed-in person's page: navigation, who is here, where the queue belongs.
pub(crate) struct Shell<'a> {
    pub(crate) title: &'a str,
    /// Which entry of the navigation is this page's: `today`, `noes`, `evidence`, `team`, `people`, `audit`,
    /// `settings`, `more` or none.
    pub(crate) here: &'a str,
    pub(crate) assets: &'a Assets,
    /// What people call the other provider they may come in by.
    pub(crate) provider: Option<&'a str>,
    pub(crate) workspace: &'a str,
    pub(crate) person: String,
    pub(crate) name: &'a str,
    pub(crate) keys: bool,
    /// The person's time zone: what is not sent yet shows its time in it.
    pub(crate) zone: &'a str,
    /// Where the mark leads.
    pub(crate) home: &'static str,
    /// Whether they sell, lead a team, look after the installation: what the navigation offers.
    pub(crate) sells: bool,
    pub(crate) leads: bool,
    pub(crate) tends: bool,
}

impl<'a> Shell<'a> {
    pub(crate) fn new(ctx: &'a Ctx, me: &'a impl SignedIn, here: &'a str, title: &'a str) -> Self {
        Self {
            title,
            here,
            assets: &ctx.assets,
            provider: provider(ctx),
            workspace: &ctx.app.workspace().id,
            person: me.id().to_string(),
            name: me.name(),
            keys: me.keys(),
            zone: me.zone().name(),
            home: home(me.roles()),
            sells: me.roles().has(Role::Seller),
            leads: me.roles().has(Role::Lead),
            tends: me.roles().has(Role::Administrator),
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
