//! Cases on every database, with the real plan and procedures of 随州.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod delegations;
mod flow;
mod late;
mod many;
mod pages;
mod place;
mod speed;
