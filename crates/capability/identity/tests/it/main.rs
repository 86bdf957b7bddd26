//! Files of one person: found, reviewed, made one, taken apart, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod count;
mod known;
mod look;
mod merge;
mod number;
mod place;
mod review;
mod ties;
