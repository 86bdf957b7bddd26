//! Lists and counts over everyone without asking the database: a few numbers a person in memory (ADR 0010).
//!
//! A filter over two million wide rows takes a database seconds where no index serves it, and two columns of
//! four bytes a few milliseconds. The columns stand beside the names ([`crate::names`]), in the order of
//! birth, so that a page is a walk from one end and an age band a stretch in the middle. Which people a page
//! shows is decided here; the rows themselves are read from the database under the scope again
//! (invariant 10 twice).

mod load;
mod look;
mod rows;
#[cfg(test)]
mod tests;
mod traits;

pub(crate) use load::{Line, Loader, members_of, rows_of, rows_of_keys};
pub use look::{Basis, Flags, Look, Looked};
pub(crate) use look::{Key, Match, More, Pick};
pub(crate) use rows::{GONE, Row, Rows, arrange, grow};
pub(crate) use traits::{Traits, sex_of};
