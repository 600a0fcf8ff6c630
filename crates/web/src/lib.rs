//! The pages of Rebound: server-rendered HTML that works without scripts, and a little script that
//! makes it quick.
//!
//! Everything that is served stands in one table ([`routes::table`]); templates and assets lie
//! beside their handlers and are part of the program.

mod api;
mod assets;
mod audited;
mod ceremony;
mod config;
mod ctx;
mod fault;
mod fetch;
mod fields;
mod forms;
mod guard;
mod me;
mod oidc;
mod pages;
mod reply;
pub mod routes;
mod serve;
mod upload;
mod uploads;
mod visitor;
mod words;
mod zones;

pub use config::{Config, Network, NetworkError, Patience, TlsFiles, UrlError};
pub use oidc::Provider;
pub use serve::{ServeError, router, serve};
