//! The whole application over its router, with the demo city in it, on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod dashboard;
mod drill;
mod events;
mod export;
mod first_journey;
mod ledger;
mod nightly;
mod place;
mod privacy;
mod register;
mod same;
mod tallies;
mod upgrade;
mod web;
