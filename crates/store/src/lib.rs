//! SQLite and PostgreSQL behind one interface.
//!
//! Every statement is one constant text that both databases understand (see [`sql`]); a test
//! prepares each of them on both. A connection lives on a thread of its own and is handed closures:
//! reads see one snapshot, writes are one transaction each. On SQLite one writer commits whatever
//! is waiting together, so that many small writes share one flush to disk.

mod conn;
pub mod derived;
mod encryption;
mod engine;
mod error;
mod ids;
mod keyed;
mod lite;
mod migrate;
mod pg;
pub mod sql;
pub mod tables;
mod url;

pub use conn::{Bulk, Row, Tx, Value};
pub use engine::Store;
pub use error::{OpenError, StoreError};
pub use ids::Ids;
pub use keyed::{Hash, Keyed};
pub use migrate::{SCHEMA_VERSION, migrations};
pub use url::{DatabaseUrl, UrlError};

/// What store functions return.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
