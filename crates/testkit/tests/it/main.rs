//! The testkit's own tests, and the one that holds the house together.

mod arrows;
mod browser;
mod databases;
mod processes;
