//! Keyed hashes: a contact or a row is recognised again without being kept.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The first 16 bytes of an HMAC-SHA-256.
pub type Hash = [u8; 16];

/// Hashes under the workspace's key. Whoever holds the database holds the key and can test
/// guesses; the pages say so.
#[derive(Clone)]
pub struct Keyed {
    mac: Hmac<Sha256>,
}

impl std::fmt::Debug for Keyed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyed")
    }
}

impl Keyed {
    /// With a key of 32 random bytes.
    pub fn new(key: &[u8; 32]) -> Self {
        let mac = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
        Self { mac }
    }

    /// Hashes parts under a purpose. Parts are length-prefixed, so that no two lists collide.
    pub fn hash(&self, purpose: &str, parts: &[&[u8]]) -> Hash {
        let mut mac = self.mac.clone();
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        let full = mac.finalize().into_bytes();
        let mut out = [0; 16];
        out.copy_from_slice(&full[..16]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_purpose_and_parts_all_count() {
        let a = Keyed::new(&[1; 32]);
        let b = Keyed::new(&[2; 32]);
        assert_eq!(a.hash("email", &[b"x"]), a.hash("email", &[b"x"]));
        assert_ne!(a.hash("email", &[b"x"]), b.hash("email", &[b"x"]));
        assert_ne!(a.hash("email", &[b"x"]), a.hash("phone", &[b"x"]));
        assert_ne!(a.hash("row", &[b"ab", b"c"]), a.hash("row", &[b"a", b"bc"]));
    }
}
