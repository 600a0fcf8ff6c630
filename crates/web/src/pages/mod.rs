//! One module a page: what it shows and what can be done on it.

pub(crate) mod asked;
pub(crate) mod breath;
pub(crate) mod call_list;
pub(crate) mod chosen;
pub(crate) mod coming;
pub(crate) mod deals;
pub(crate) mod enter;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod follow_ups;
pub(crate) mod front;
pub(crate) mod help;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod log;
pub(crate) mod logged;
pub(crate) mod mapping;
pub(crate) mod meant;
pub(crate) mod noes;
pub(crate) mod prospect;
pub(crate) mod same;
pub(crate) mod settings;
pub(crate) mod static_files;
pub(crate) mod today;
