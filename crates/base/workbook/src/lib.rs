//! A plan's figures as an Excel workbook, and back.
//!
//! Rows A01–A11, A21–A53; invariants 1 and 2. Pure: a [`figures::Book`] becomes bytes, bytes become
//! changes of that book. One sheet for each kind of row, one line a row; one sheet 数值 with one line a
//! figure. What a person wrote wrong is a [`CellProblem`] with sheet, line and column, all at once;
//! nothing is corrected silently and nothing is rounded.

mod about;
mod cells;
mod changes;
mod columns;
mod figure;
mod grid;
mod head;
mod line;
mod origin;
mod read;
mod row;
mod words;
mod write;

pub use grid::MOST_BYTES;
pub use origin::{Origin, origin};
pub use read::read;
pub use write::write;

use std::fmt;

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("Excel 文件没有写成：{0}")]
pub struct WriteError(#[from] rust_xlsxwriter::XlsxError);

/// A cell that cannot be used, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// The sheet; empty where it is about the whole file.
    pub sheet: String,
    /// The line as Excel counts it, from 1; 0 where it is about the whole sheet.
    pub row: usize,
    /// The heading of the column; empty where it is about the whole line.
    pub column: String,
    /// What is wrong, in Chinese.
    pub what: String,
    /// What to write instead, in Chinese.
    pub remedy: String,
}

impl fmt::Display for CellProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut place: Vec<String> = Vec::new();
        if !self.sheet.is_empty() {
            place.push(self.sheet.clone());
        }
        if self.row > 0 {
            place.push(format!("第{}行", self.row));
        }
        if !self.column.is_empty() {
            place.push(self.column.clone());
        }
        let colon = if place.is_empty() { "" } else { "：" };
        write!(
            f,
            "{}{colon}{}。{}",
            place.join(" "),
            self.what,
            self.remedy
        )
    }
}

#[cfg(test)]
mod tests;
