//! The words of Rebound as types, and their rules.
//!
//! Nothing here reads a clock, draws a random number or touches a file: time and ids come in
//! as arguments. Every other crate may depend on this one; this one depends on none of them.

mod attempt;
mod config;
mod contact;
mod counts;
mod fold;
mod ids;
mod label;
mod money;
mod people;
mod roles;
mod vocabulary;
mod when;

pub use attempt::{Attempt, Reasons, Source, Version};
pub use config::Thresholds;
pub use contact::{email_key, may_be_one_phone, name_key, phone_key};
pub use counts::{Cell, Tally};
pub use fold::{fold, has_prefix_of, words};
pub use ids::{
    AttemptId, AuditId, DealId, EventId, FollowUpId, ImportId, NoteId, PersonId, PitchTestId,
    ProspectId, TeamId,
};
pub use label::{BUILT_IN_REASONS, Label, LabelKind, REASON_DO_NOT_CONTACT, code_for};
pub use money::{Money, MoneyError};
pub use people::{
    Deal, DealState, FollowUp, FollowUpKind, FollowUpState, Note, Person, Prospect, Team,
};
pub use roles::Roles;
pub use vocabulary::{Channel, LossKind, Outcome, Role, SaidBy, Stage, Standing, UnknownWord};
pub use when::{When, WhenError, Zone};
