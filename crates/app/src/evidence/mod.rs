//! What attempts tell: streams, persistence, reasons and who is next, from one's own ledger or from
//! a file that never enters one.
//!
//! A study takes asks in order and knows nothing of where they come from; [`Report`] is what it found, as pages, command line and JSON show it.

mod ahead;
mod ask;
mod file;
mod glance;
mod judged;
mod keep;
mod own;
mod page;
mod pooling;
mod report;
mod study;
mod summary;
mod watched;

pub(crate) use ahead::chances;
pub use ask::By;
pub use file::{Given, Read, of_file};
pub(crate) use glance::glance;
pub use glance::{Glance, Odds};
pub use judged::page;
pub use keep::catch_up;
pub(crate) use keep::{at_hand, settle};
pub use own::of_mine;
pub use page::{AlarmLine, Barrier, Barriers, Chance, Forecasts, Group, Luck, Page, Watch};
pub use report::{
    Candidate, Ended, Grounds, NextYes, Number, Range, ReasonLine, Report, Run, Slump, Step,
    StreamLine, WhoNext,
};
pub use summary::{Summary, summary};
