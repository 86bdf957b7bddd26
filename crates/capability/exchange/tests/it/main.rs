//! Lists out and back, reports up and their receipts, on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod matching;
mod place;
mod reporting;
mod returns;
