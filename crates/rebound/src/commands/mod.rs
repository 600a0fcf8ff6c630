//! One file a command.

pub(crate) mod archive;
pub(crate) mod evidence;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod log;
pub(crate) mod noes;
pub(crate) mod odds;
mod said;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod user;
