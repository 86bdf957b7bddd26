//! Papers set and read back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod read;
mod sample;
mod set;
