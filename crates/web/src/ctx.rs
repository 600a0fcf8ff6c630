//! What every handler has: the open ledger, the site, the assets.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use app::App;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::api::caller::Rate;
use crate::assets::Assets;
use crate::config::Site;
use crate::oidc::Oidc;
use crate::pages::provider;
use crate::uploads::Uploads;

/// Shared by all requests; cloning is cheap.
#[derive(Clone)]
pub(crate) struct Ctx(Arc<Inner>);

/// The parts of [`Ctx`].
pub(crate) struct Inner {
    /// The ledger.
    pub(crate) app: App,
    /// The names this server answers to.
    pub(crate) site: Site,
    /// Styles, scripts, icons.
    pub(crate) assets: Assets,
    /// Files that wait to be brought in.
    pub(crate) uploads: Uploads,
    /// How often programs ask.
    pub(crate) rate: Rate,
    /// Another provider that people may come in by.
    pub(crate) oidc: Option<Arc<Oidc>>,
}

impl Ctx {
    pub(crate) fn new(app: App, site: Site) -> Self {
        let assets = Assets::new();
        let uploads = Uploads::begin();
        let oidc = site.provider.clone().map(|provider| {
            let back = format!("{}{}", site.public_origin(), provider::BACK);
            Arc::new(Oidc::new(provider, back))
        });
        Self(Arc::new(Inner {
            app,
            site,
            assets,
            uploads,
            rate: Rate::default(),
            oidc,
        }))
    }
}

impl Deref for Ctx {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl FromRequestParts<Ctx> for Ctx {
    type Rejection = Infallible;
    async fn from_request_parts(_: &mut Parts, ctx: &Ctx) -> Result<Self, Infallible> {
        Ok(ctx.clone())
    }
}
