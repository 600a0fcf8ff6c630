//! What attempts tell: streams, persistence, reasons and who is next, from one's own ledger or from
//! a file that never enters one.
//!
//! A study takes asks in order and knows nothing of where they come from; [`Report`] is what it found, as pages, command line and JSON show it.

mod ask;
mod file;
mod own;
mod report;
mod study;

pub use ask::By;
pub use file::{Given, Read, of_file};
pub use own::of_mine;
pub use report::{
    Candidate, Ended, NextYes, Number, Range, ReasonLine, Report, Run, Slump, Step, StreamLine,
    WhoNext,
};
