//! Lists brought in from bytes to answers, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod beside;
mod kinds;
mod place;
mod reading;
mod rolls;
mod stopped;
mod undo;
mod wizard;
