//! Figures as accessible SVG, to be set into a page.
//!
//! Positions are in per cent and text and marks keep their size, so that a chart reads the same on a
//! phone and on a wide screen; curves sit in an inner drawing that stretches. Every chart has a title
//! and a description; the table with the same numbers is the page's. Colours and sizes are the
//! stylesheet's, by class.

mod curves;
mod draw;
mod steps;
mod whisker;

pub use curves::{Curve, Curves, Mark};
pub use draw::Axis;
pub use steps::{Step, Steps};
pub use whisker::{Whiskers, ticks};
