//! Signing in and out, sessions, scopes, doors, accounts and the log, over HTTP on every database.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod accounts;
mod factor;
mod grants;
mod handover;
mod pace;
mod place;
mod questions;
mod scope;
mod sessions;
mod sign_in;
mod village;
