//! Signing in and out, sessions, scopes, doors, accounts and the log, over HTTP on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod accounts;
mod place;
mod scope;
mod sessions;
mod sign_in;
