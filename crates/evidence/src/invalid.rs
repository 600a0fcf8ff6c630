//! What is refused, and what would be right instead.

/// An argument that no answer could be given for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// A rate at or outside 0 and 1, or not a number.
    #[error("a rate lies between 0 and 1; {0} does not")]
    Rate(f64),
    /// More yeses than tries.
    #[error("{yes} yeses cannot come from {tries} tries")]
    Counts {
        /// Yeses given.
        yes: u64,
        /// Tries given.
        tries: u64,
    },
    /// A prior whose parts are not positive, finite numbers.
    #[error("a prior is two positive numbers, such as 1,9; {0},{1} is not")]
    Prior(f64, f64),
    /// A drop that is none: what is left must lie between 0 and 1.
    #[error("a drop lies between 0 and 1, where 0.5 is a rate that halves; {0} does not")]
    Drop(f64),
    /// A promise of less than two attempts, or not a number.
    #[error("a promise is the attempts between false alarms, at least 2; {0} is not")]
    Promise(f64),
    /// Groups or lists that must have something in them.
    #[error("nothing was given to work with: {0}")]
    Empty(&'static str),
    /// A value that must be finite and not negative.
    #[error("{what} must be a number of 0 or more; {value} is not")]
    Amount {
        /// What the number is.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// A block of asks without asks.
    #[error("a block holds at least one ask of each pitch; {0}:{1} does not")]
    Block(u32, u32),
}
