//! What people can do, one act a function.
//!
//! An act takes an [`Act`] (a transaction, the workspace, the time) and the permission it needs;
//! pages, command line and tests call the same ones. Errors say what is wrong and what to do.

mod act;
pub mod archive;
pub mod call_list;
mod correcting;
pub mod deals;
pub mod demo;
mod error;
pub mod export;
pub mod follow_ups;
mod forgotten;
mod history;
pub mod import;
mod joining;
pub mod labels;
pub mod ledger;
pub mod noes;
pub mod prospects;
mod search;
pub mod session;
pub mod settings;
mod sight;
pub mod sweep;
pub mod today;
mod undo;
mod who;

pub use act::{Act, App, Workspace, random_bytes};
pub use error::{AppError, Kind};
pub use prospects::Who;
pub use session::{Seller, Token};
pub use store::DatabaseUrl;

/// What acts answer.
pub type Result<T, E = AppError> = std::result::Result<T, E>;
