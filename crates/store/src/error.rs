//! What can go wrong, each with what to do about it.

use std::path::PathBuf;

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder of a SQLite file does not exist.
    #[error("the folder {0} does not exist; make it first, or name another with --database")]
    MissingFolder(PathBuf),
    /// The path is that of a folder.
    #[error("{0} is a folder; name the file in it, such as {0}/rebound.db")]
    Folder(String),
    /// The file is there but may not be written.
    #[error(
        "{0} cannot be written by this user; change its permissions, or name another with --database"
    )]
    ReadOnly(String),
    /// Another program holds it.
    #[error("{0} is locked by another program; close that program, or wait until it is done")]
    Locked(String),
    /// The schema is of a later release.
    #[error(
        "{database} was written by a newer Rebound (its schema is {found}, this program knows {known}); update this program"
    )]
    Newer {
        /// Which database.
        database: String,
        /// Schema version found.
        found: i64,
        /// Newest schema version this program knows.
        known: i64,
    },
    /// The file is damaged or no database.
    #[error(
        "{0} is damaged or is not a Rebound database; move it away and bring back your last backup with `rebound restore`, or name another with --database"
    )]
    Corrupt(String),
    /// The PostgreSQL database does not exist.
    #[error("there is no database {0}; make it with `createdb`, then start again")]
    MissingDatabase(String),
    /// The PostgreSQL server does not answer.
    #[error("{0} cannot be reached; is the server running, and are host and port right?")]
    Unreachable(String),
    /// The PostgreSQL server refused the user.
    #[error("{0} refused the user or the password")]
    Refused(String),
    /// Anything else.
    #[error("{database} cannot be opened: {cause}")]
    Other {
        /// Which database.
        database: String,
        /// What the database said.
        cause: String,
    },
}

/// A read or a write failed; nothing was changed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else changed the same thing at the same moment.
    #[error("somebody else changed this at the same moment; look at it again and repeat")]
    Conflict,
    /// The disk is full or the file went away.
    #[error("the database cannot write: {0}; nothing was changed. Is the disk full?")]
    Disk(String),
    /// Another program holds the database.
    #[error(
        "the database is busy with another program; nothing was changed. Try again in a moment"
    )]
    Busy,
    /// A page of the database is not what was written.
    #[error(
        "the database is damaged ({0}); bring back your last backup with `rebound restore` into a new one"
    )]
    Damaged(String),
    /// The connection was lost.
    #[error("the connection to the database was lost; nothing was changed. Try again in a moment")]
    Lost,
    /// Whoever took the rows wanted no more of them, and knows why.
    #[error("reading was stopped; nothing was changed")]
    Stopped,
    /// A value in the database is not what this program writes.
    #[error(
        "the database holds a value this program does not understand ({0}); was it changed by hand?"
    )]
    Value(String),
    /// A statement failed for a reason that is ours.
    #[error("{statement} failed: {cause}")]
    Statement {
        /// Name of the statement.
        statement: &'static str,
        /// What the database said.
        cause: String,
    },
}

impl StoreError {
    /// A value that cannot be read back.
    pub(crate) fn value(what: impl std::fmt::Display) -> Self {
        Self::Value(what.to_string())
    }
}
