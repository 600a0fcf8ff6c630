//! The program as people meet it: its command line, its pages, its end.

mod api;
mod attacks;
mod browser;
mod cli;
mod crash;
mod together;
