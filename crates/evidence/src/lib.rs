//! Luck or slump, told honestly: the statistics of Rebound as pure code.
//!
//! What is known of a stream of attempts is a value, fed one attempt or ten million, and the same to
//! the bit either way. Nothing here reads a clock, draws a random number or touches a file, and no
//! argument makes it panic: what cannot be answered is [`Invalid`], and what is not known yet is `None`.

pub mod barriers;
mod beta;
mod invalid;
pub mod next_yes;
pub mod odds;
mod own;
pub mod persistence;
pub mod pitch;
pub mod pooled;
pub mod power;
pub mod rates;
mod reasons;
pub mod runs;
mod special;
pub mod statistic;
pub mod stream;
pub mod watch;
pub mod who_next;

pub use beta::{Beta, Counts, Interval, Rate};
pub use invalid::Invalid;
pub use own::{
    Ask, Before, Evidence, Known, MOST_PITCHES, MOST_SEGMENTS, Noes, Pair, Part, Raised, SoFar,
};
pub use pooled::Pooled;
pub use reasons::{Lost, Reasons, seen};
pub use stream::{Runs, Stream, Trial, fold};
