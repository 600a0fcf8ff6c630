//! Passwords: what is kept of them, how they are checked, and how many at once.

use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use domain::Thresholds;
use tokio::sync::Semaphore;

use crate::{AppError, Kind, Result};

/// Memory of one hash in KiB, passes and lanes of argon2id: 46 MiB, one, one. OWASP's password
/// storage guidance takes it for as strong as 19 MiB and two passes. A block of this size comes from
/// the system and goes back to it at once; glibc keeps smaller ones, up to hundreds of MiB.
/// `docs/administration.md` says what it costs on a measured machine.
const COST: (u32, u32, u32) = (46 * 1024, 1, 1);

/// Hashes in flight at once, so that sign-ins cannot take the machine's memory.
const AT_ONCE: usize = 2;

/// Longest password in bytes.
const LONGEST: usize = 1_024;

/// A hash under [`COST`] of 32 random bytes nobody kept: what a try for an unknown account is
/// checked against, so that it takes as long as one for a known account.
const NOBODY: &str = "$argon2id$v=19$m=47104,t=1,p=1$cmVib3VuZC1ub2JvZHk$6Yj6vJgDqgJ8nJ0f4mC2XrQ3hH1mBvPq3yqYz0oPZ5w";

/// Makes and checks password hashes, two at once. Clones share the limit.
#[derive(Debug, Clone)]
pub(crate) struct Hasher {
    room: Arc<Semaphore>,
    /// How many were made and checked: that somebody is known must not show in it.
    #[cfg(test)]
    pub(crate) runs: Arc<AtomicU64>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(AT_ONCE)),
            #[cfg(test)]
            runs: Arc::default(),
        }
    }
}

fn argon2() -> Argon2<'static> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn broken(_: impl std::fmt::Debug) -> AppError {
    AppError::new(Kind::Internal, "A password could not be hashed.")
}

impl Hasher {
    /// Hashes a password into its argon2id string.
    ///
    /// # Errors
    /// When the machine gives no randomness or memory.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        self.run(move || make(&password)).await?
    }

    /// Whether this is the password; without a hash it takes as long and is not.
    ///
    /// # Errors
    /// When the machine gives no memory.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let Ok(hash) = PasswordHash::new(&hash) else {
                return false;
            };
            password.len() <= LONGEST
                && argon2().verify_password(password.as_bytes(), &hash).is_ok()
                && known
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, f: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _room = self.room.acquire().await.map_err(broken)?;
        #[cfg(test)]
        self.runs.fetch_add(1, Ordering::Relaxed);
        let (send, receive) = tokio::sync::oneshot::channel();
        // A thread of its own: hashing takes tens of milliseconds, and no executor is assumed.
        std::thread::Builder::new()
            .name("hash".into())
            .spawn(move || send.send(f()).map_err(drop))
            .map_err(broken)?;
        receive.await.map_err(broken)
    }
}

/// [`Hasher::hash`] for callers without an executor.
///
/// # Errors
/// When the machine gives no randomness or memory.
pub(crate) fn make(password: &str) -> Result<String> {
    let hash: PasswordHash = argon2()
        .hash_password(password.as_bytes())
        .map_err(broken)?;
    Ok(hash.to_string())
}

/// Passwords that everybody tries first, as whole words in a folded password.
const COMMON: &[&str] = &[
    "password",
    "passwort",
    "contrasena",
    "motdepasse",
    "qwertz",
    "qwerty",
    "azerty",
    "letmein",
    "welcome",
    "iloveyou",
    "administrator",
    "rebound",
    "changeme",
    "0123456789",
    "1234567890",
];

/// Whether a password will do for a person of this name and address.
///
/// # Errors
/// Says what to do about it.
pub(crate) fn check(thresholds: &Thresholds, password: &str, own: &[&str]) -> Result<()> {
    let wrong = |message: String| Err(AppError::invalid("password", message));
    let least = thresholds.password_chars;
    if password.chars().count() < least {
        return wrong(format!(
            "Use at least {least} characters; a few words are easy to keep."
        ));
    }
    if password.len() > LONGEST {
        return wrong(format!("Use at most {LONGEST} bytes."));
    }
    let folded = domain::fold(password);
    // What is left when everything that is easily guessed is taken out.
    let mut rest = folded.clone();
    let own = own.iter().flat_map(|text| domain::words(text));
    for easy in own.chain(COMMON.iter().map(|w| (*w).to_owned())) {
        if easy.chars().count() >= 3 {
            rest = rest.replace(&easy, "");
        }
    }
    let letters: std::collections::BTreeSet<char> = rest.chars().collect();
    if letters.len() < 5 {
        return wrong(
            "That is one of the first anybody would try. Take a few words that do not \
                      belong together."
                .into(),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nobody_costs_what_a_real_one_does() {
        let real = make("correct horse battery").unwrap();
        let cost = |hash: &str| {
            hash.splitn(5, '$')
                .take(4)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(cost(&real), cost(NOBODY));
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(
            hash.hash.unwrap().len(),
            PasswordHash::new(&real).unwrap().hash.unwrap().len()
        );
        assert!(argon2().verify_password(b"anything", &hash).is_err());
    }

    #[test]
    fn weak_passwords_are_refused_and_long_sentences_taken() {
        let t = Thresholds::default();
        let own = ["Mara Lind", "mara@example.com"];
        for weak in [
            "short",
            "password12",
            "maralind12",
            "aaaaaaaaaaaaaa",
            "Mara Lind 1212",
            "1234567890",
        ] {
            assert!(check(&t, weak, &own).is_err(), "{weak}");
        }
        for good in ["lanterns by the river", "x7!kQ2pz9w"] {
            assert!(check(&t, good, &own).is_ok(), "{good}");
        }
    }
}
