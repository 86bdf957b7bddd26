//! The floor on every database: audit or nothing, the chain, jobs, migrations, many writers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod audit;
mod jobs;
mod migrations;
mod place;
mod writes;
