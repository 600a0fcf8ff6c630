//! What tests share: databases, the real program on a free port, a small web client, a browser.
//!
//! Everything here runs in private directories and on free ports, and ends with the test, even
//! when the test is killed. A helper that cannot do its work panics with a sentence that says what
//! to do: in a test there is nobody else to tell.
//!
//! The testkit stands outside the house: it knows the built program by its command line and its
//! pages only, so that a change to it never rebuilds the product.

pub mod client;
pub mod postgres_server;
pub mod server;
pub mod tools;
pub mod watched;

#[cfg(feature = "full")]
mod accessible;
#[cfg(feature = "full")]
pub mod api;
#[cfg(feature = "full")]
pub mod balance;
#[cfg(feature = "full")]
pub mod browser;
#[cfg(feature = "full")]
pub mod db;
#[cfg(feature = "full")]
pub mod oidc;
#[cfg(feature = "full")]
pub mod pg;
#[cfg(feature = "full")]
mod pictures;
#[cfg(feature = "full")]
pub mod tls;
#[cfg(feature = "full")]
pub mod webdriver;
