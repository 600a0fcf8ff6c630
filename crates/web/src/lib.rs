//! The pages of Rebound: server-rendered HTML that works without scripts, and a little script that
//! makes it quick.
//!
//! Everything that is served stands in one table ([`routes::table`]); templates and assets lie
//! beside their handlers and are part of the program.

mod assets;
mod config;
mod ctx;
mod fault;
mod fields;
mod forms;
mod guard;
mod me;
mod pages;
mod reply;
pub mod routes;
mod serve;
mod upload;
mod uploads;
mod words;
mod zones;

pub use config::{Config, TlsFiles, UrlError};
pub use serve::{ServeError, router, serve};
