//! Exports on every database, over a made-up list.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod place;
mod runs;
