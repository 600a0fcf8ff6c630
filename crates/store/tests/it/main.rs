//! The store on SQLite and on a real PostgreSQL.

#![allow(
    clippy::unwrap_used,
    reason = "in a test a broken assumption should fail loudly"
)]

mod bulk;
mod carried;
mod encrypted;
mod forgetting;
mod grouped;
mod keeping;
mod made;
mod opening;
mod schema;
mod statements;
mod together;
