//! What people can do, one act a function.
//!
//! An act takes an [`Act`] (a transaction, the workspace, the time) and the permission it needs;
//! pages, command line and tests call the same ones. Errors say what is wrong and what to do.

pub mod accounts;
mod act;
pub mod answers;
pub mod archive;
pub mod audit;
pub mod call_list;
mod claiming;
mod correcting;
pub mod deals;
pub mod demo;
pub mod directory;
mod error;
pub mod evidence;
pub mod export;
mod folding;
pub mod follow_ups;
mod forgotten;
mod grouping;
mod history;
pub mod import;
mod joining;
pub mod labels;
pub mod ledger;
pub mod noes;
mod older;
pub mod passkeys;
mod password;
mod permission;
pub mod pitch_tests;
pub mod prospects;
pub mod provider;
mod search;
pub mod session;
pub mod settings;
mod sight;
pub mod sign_in;
pub mod sweep;
pub mod team;
pub mod today;
pub mod tokens;
mod undo;
mod who;

pub use act::{Act, App, Workspace, random_bytes};
pub use error::{AppError, Kind};
pub use permission::{Administrator, Lead, Member, Proved, Seller};
pub use prospects::Who;
pub use session::Token;
pub use store::DatabaseUrl;

/// What acts answer.
pub type Result<T, E = AppError> = std::result::Result<T, E>;
