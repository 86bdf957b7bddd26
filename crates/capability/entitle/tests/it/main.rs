//! Answers, receipts and findings on every database, from the real plan of 随州.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod as_of;
mod differential;
mod findings;
mod lists;
mod place;
mod trial;
