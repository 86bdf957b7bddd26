//! The figures of a plan: every quantity of its documents with source and measure, and what they say
//! about each other.
//!
//! Rows A01–A11, A21–A53; invariants 1 and 2. Pure: a folder's texts become a [`Book`], a book
//! [`check`]s itself into [`Finding`]s. Nothing is rounded, nothing is merged, no place is named.

pub mod check;
pub mod compare;
pub mod diff;
pub mod edit;
mod finding;
pub mod list_edit;
mod measure;
mod model;
mod num;
mod read;
mod show;
mod unit;

pub use check::{Texts, check};
pub use finding::{Finding, FindingKind, Place, Severity, acknowledge};
pub use measure::{Better, DOMAINS, MEASURES, Measure, Measures, Per, Ratio};
pub use model::{Acknowledged, Book, Clause, Executors, Figure, Kind, Op, Role, Row};
pub use num::Num;
pub use read::{ACKNOWLEDGED, NATURES, STANDARD_KINDS, load};
pub use show::{About, BookView, FigureView, RowView};
pub use unit::Unit;

#[cfg(test)]
mod tests;
