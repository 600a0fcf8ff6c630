//! What a PostgreSQL URL says about encryption, and the authorities that are trusted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::OpenError;

/// Takes what the driver does not know out of a URL: `sslrootcert`, and those values of `sslmode`
/// that ask for no more than every encrypted connection here is held to.
pub(crate) fn read(url: &str) -> (String, Option<PathBuf>) {
    let Some((base, options)) = url.rsplit_once('?') else {
        return (url.to_owned(), None);
    };
    let mut authority = None;
    let mut kept = Vec::new();
    for option in options.split('&') {
        match option.split_once('=') {
            // `system` is what stands without it.
            Some(("sslrootcert", "system" | "")) => {}
            Some(("sslrootcert", file)) => authority = Some(PathBuf::from(decoded(file))),
            Some(("sslmode", "verify-ca" | "verify-full")) => kept.push("sslmode=require"),
            Some(("sslmode", "allow")) => kept.push("sslmode=prefer"),
            _ => kept.push(option),
        }
    }
    let url = match kept.is_empty() {
        true => base.to_owned(),
        false => format!("{base}?{}", kept.join("&")),
    };
    (url, authority)
}

/// A text of a URL with its `%41` read.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).filter(|_| byte == b'%');
        let read = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(read.unwrap_or(byte));
        at += if read.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Trusts the authorities in this PEM file alone, or those the system knows.
pub(crate) fn trusting(
    authority: Option<&Path>,
    name: &str,
) -> Result<rustls::ClientConfig, OpenError> {
    let mut roots = RootCertStore::empty();
    match authority {
        Some(file) => {
            let wrong = |why: String| OpenError::Other {
                database: name.into(),
                cause: format!(
                    "the certificate of its authority, {}, cannot be read ({why}); name a PEM file with ?sslrootcert=FILE",
                    file.display()
                ),
            };
            let found = CertificateDer::pem_file_iter(file).map_err(|e| wrong(e.to_string()))?;
            for certificate in found {
                let certificate = certificate.map_err(|e| wrong(e.to_string()))?;
                roots.add(certificate).map_err(|e| wrong(e.to_string()))?;
            }
            if roots.is_empty() {
                return Err(wrong("it holds no certificate".into()));
            }
        }
        None => {
            for certificate in rustls_native_certs::load_native_certs().certs {
                // One of the system's that rustls cannot read it would not trust either.
                let _ = roots.add(certificate);
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_driver_does_not_know_is_taken_out() {
        let url = "postgres://me@db.example/rebound";
        let read = |options: &str| read(&format!("{url}?{options}"));
        let plain = |options: &str| format!("{url}?{options}");
        assert_eq!(super::read(url), (url.to_owned(), None));
        assert_eq!(
            read("sslmode=verify-full&sslrootcert=/etc/our%20own%2fca.pem"),
            (plain("sslmode=require"), Some("/etc/our own/ca.pem".into()))
        );
        assert_eq!(
            read("sslrootcert=%C3%A4%&application_name=x"),
            (plain("application_name=x"), Some("ä%".into()))
        );
        assert_eq!(read("sslrootcert=system"), (url.to_owned(), None));
        assert_eq!(read("sslmode=disable").0, plain("sslmode=disable"));
        // What is no mode at all is the driver's to refuse.
        assert_eq!(read("sslmode=often").0, plain("sslmode=often"));
    }
}
