//! Spreadsheets as offices have them, read row by row in bounded memory.
//!
//! [`detect`] looks into a file (never at its name) and says what it is, in which encoding, and
//! where its headings stand; [`open`] walks the rows below them. [`headers`] finds out which
//! column is which, [`value`] and [`areas`] turn cells into days, numbers, amounts and area codes
//! or say what is wrong and what to do, [`back`] writes the refused rows in their original
//! layout, [`template`] an empty file to fill in.
//!
//! ```no_run
//! use tabular::{Choice, Step};
//! # fn main() -> Result<(), tabular::ReadError> {
//! let path = std::path::Path::new("upload");
//! let found = tabular::detect(path, &Choice::default())?;
//! let mut rows = tabular::open(path, &found)?;
//! while let Some(step) = rows.next()? {
//!     match step {
//!         Step::Row(row) => drop(tabular::value::day(row.cell(0))),
//!         Step::Refused(refused) => drop((refused.line, refused.wrong)),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Pure: reads only the file it is given; no clock, no randomness, no state of its own.

pub mod areas;
pub mod back;
mod cell;
mod detect;
pub mod headers;
mod rows;
pub mod sample;
pub mod template;
mod text;
pub mod value;
mod wrong;
mod xlsx;

pub use cell::Cell;
pub use detect::{Choice, Detected, Encoding, Kind, Note, Sheet, detect, detect_in};
pub use rows::{Notes, Position, Refused, Row, Rows, Step, open, open_at, open_in};
pub use wrong::{ReadError, Wrong};

use std::io::{Read, Seek};

/// What a table is read from: a file, or anything else that can be read and sought in.
pub trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

/// Most columns a table may have.
pub const MOST_COLUMNS: usize = 512;
/// Most characters a cell may hold (Excel's own limit).
pub const MOST_CHARACTERS: usize = 32_767;
