//! The site as a browser without scripts meets it, without sockets.

mod bytes;
mod desk;
mod guards;
mod log;
mod table;
mod tls;
