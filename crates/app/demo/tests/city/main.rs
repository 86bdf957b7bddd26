//! The demo city is what `docs/demo-city.md` says it is, at any size.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test; clippy.toml lets only #[test] functions do so"
)]

mod named;
mod past;
mod people;
mod reader;
mod stream;
mod structure;
