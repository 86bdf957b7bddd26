//! What the app starts every day, and the watermarked workbook for other capabilities that make files.

pub use crate::run::{REASONS, reason_zh};
pub use crate::sheet::{About, ROWS_OF_A_SHEET, write as write_workbook};

/// The job that removes files whose time is over.
pub const EXPIRE: &str = "export.expire";

/// Days a workbook is kept.
pub const KEPT_DAYS: i32 = 7;
