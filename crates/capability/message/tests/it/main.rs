//! Messages that go to a gateway over HTTP or on paper, on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod gateway;
mod papers;
mod place;
