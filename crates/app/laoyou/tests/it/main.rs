//! The whole application over its router, with the demo city in it, on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod dump;
mod place;
