//! The register on every database: scopes in the query, facts dated twice, rolls and their withdrawal.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod oracle;
mod place;
mod rolls;
mod scope;
