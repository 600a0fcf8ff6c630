//! Evidence against exact values, and against itself.

mod golden;
mod properties;
mod support;
