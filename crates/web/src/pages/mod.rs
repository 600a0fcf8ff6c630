//! One module a page: what it shows and what can be done on it.

pub(crate) mod breath;
pub(crate) mod chosen;
pub(crate) mod enter;
pub(crate) mod find;
pub(crate) mod follow_ups;
pub(crate) mod front;
pub(crate) mod help;
pub(crate) mod log;
pub(crate) mod logged;
pub(crate) mod noes;
pub(crate) mod static_files;
pub(crate) mod today;
