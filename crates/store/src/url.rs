//! Where the ledger is kept: `sqlite:PATH` or `postgres://…`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where the ledger is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of its own.
    Sqlite(PathBuf),
    /// A PostgreSQL server; the text is never shown, as it may hold a password.
    Postgres(String),
}

/// A text that names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” names no database; write sqlite:PATH or postgres://USER@HOST/NAME")]
pub struct UrlError(String);

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            // `sqlite:///a/b` and `sqlite:/a/b` both name /a/b.
            let path = path.strip_prefix("//").unwrap_or(path);
            if !path.is_empty() {
                return Ok(Self::Sqlite(PathBuf::from(path)));
            }
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let scheme = text.split_once(':').map_or("", |(s, _)| s);
        Err(UrlError(if scheme.is_empty() {
            text.to_owned()
        } else {
            format!("{scheme}:…")
        }))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                // Host and name only: no user, no password, no options.
                let rest = url.split_once("://").map_or("", |(_, r)| r);
                let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                write!(
                    f,
                    "postgres://{}",
                    rest.split('?').next().unwrap_or_default()
                )
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds_and_hides_the_password() {
        let lite: DatabaseUrl = "sqlite:/var/lib/x.db".parse().expect("a path");
        assert_eq!(lite.to_string(), "sqlite:/var/lib/x.db");
        let pg: DatabaseUrl = "postgres://me:secret@db.example/rebound"
            .parse()
            .expect("a url");
        assert_eq!(format!("{pg:?}"), "postgres://db.example/rebound");
        assert!("mysql://x".parse::<DatabaseUrl>().is_err());
        assert!("sqlite:".parse::<DatabaseUrl>().is_err());
    }
}
