//! Money that arrives once: months, dues from dated entitlement, stacking, shares of the purses, the double-entry
//! book, recomputation against what was drawn up, and the files of the paying bank.
//!
//! Pure: no disk, no clock, no randomness; whole fen everywhere (invariant 6). What differs from place to place is
//! data ([`Terms`]), each choice with its clause.

pub mod bank;
mod book;
mod differ;
mod dues;
mod month;
mod shares;
mod stack;
mod terms;
mod voucher;

pub use book::{Account, Book, Event, Kind, Place, Posting, Refused};
pub use differ::{Difference, differences, offset};
pub use dues::{Due, DueRule, First, Last, Round, Span, due};
pub use month::{Month, NotAMonth};
pub use shares::{Level, Shares, WHOLE};
pub use stack::{Candidate, Stacked, stack};
pub use terms::{ProgrammeTerms, ProofTerms, SharesTerms, Terms, VoucherScope, VoucherTerms};
pub use voucher::{apportion, deduct};

#[cfg(test)]
mod tests;
