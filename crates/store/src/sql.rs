//! Statements as constants, registered so that a test can prepare every one of them.

/// One statement: a name for messages and the one text both databases run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sql {
    /// Where it is used.
    pub name: &'static str,
    /// The text, with `$1`, `$2`, … for its parameters.
    pub text: &'static str,
}

/// Declares statements as constants and lists them all in `STATEMENTS`.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $($part:expr),+;)+) => {
        $($(#[$doc])* pub(crate) const $name: crate::sql::Sql = crate::sql::Sql {
            name: concat!(module_path!(), "::", stringify!($name)),
            text: concat!($($part),+),
        };)+

        /// Every statement of this module.
        pub(crate) const STATEMENTS: &[crate::sql::Sql] = &[$($name),+];
    };
}
pub(crate) use statements;
