//! The ledger for programs: `/api/v1`.
//!
//! A route's row in the table says everything about it: who may ask and with which scope, what it
//! takes and what it gives are read off its handler's arguments and answer, and the OpenAPI document
//! is written from the same rows. No cookie is read here, so a page of another site that makes a
//! browser send something to these addresses reaches nothing: there is no forged request to refuse,
//! and programs need not name an origin.

pub(crate) mod answer;
pub(crate) mod attempts;
pub(crate) mod caller;
pub(crate) mod deals;
pub(crate) mod evidence;
pub(crate) mod follow_ups;
pub(crate) mod labels;
pub(crate) mod me;
pub(crate) mod openapi;
pub(crate) mod problem;
pub(crate) mod prospects;
pub(crate) mod shapes;
pub(crate) mod takes;

pub(crate) use answer::{Done, read, write, write_alone};
pub(crate) use caller::{Caller, Read, Write};
pub(crate) use problem::Problem;
pub(crate) use takes::{Asked, Nothing, Ref, Sent};

/// What every address of the API begins with.
pub(crate) const PREFIX: &str = "/api/";
