//! What the app wires and starts every day.

pub use crate::hook::on_facts_changed;

/// The job that looks through the records of every system that somebody reports to.
pub const NIGHTLY: &str = crate::gather::NIGHTLY;
