//! Lists out and back, reports up and their receipts, on every database.

mod matching;
mod place;
mod reporting;
mod returns;
