//! Archives on every database: written while others write, read with suspicion, restored into either.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod damage;
mod place;
mod travel;
