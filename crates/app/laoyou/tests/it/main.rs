//! The whole application over its router, with the demo city in it, on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod consent;
mod corrections;
mod dashboard;
mod drill;
mod erasure;
mod events;
mod export;
mod first_journey;
mod follow;
mod handed_over;
mod joined;
mod keep;
mod keys;
mod ledger;
mod nightly;
#[cfg(feature = "oidc")]
mod oidc;
mod partner;
mod place;
mod planted;
mod privacy;
mod read_log;
mod register;
mod same;
mod sharing;
mod tallies;
mod told;
mod turning;
mod upgrade;
mod web;
