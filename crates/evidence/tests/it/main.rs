//! Evidence against exact values, and against itself.

mod golden;
mod own;
mod properties;
mod support;
