//! The site as a browser without scripts meets it, without sockets.

mod access;
mod api;
mod api_ledger;
mod attacks;
mod bytes;
mod desk;
mod evidence;
mod guards;
mod import;
mod log;
mod noes;
mod oversized;
mod people_pages;
mod pitches;
mod proof;
mod prospect;
mod provider;
mod rows;
mod served;
mod settings;
mod sign_in;
mod slow;
mod table;
mod team;
mod tls;
mod today;
