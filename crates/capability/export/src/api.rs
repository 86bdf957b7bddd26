//! What the app starts every day.

/// The job that removes files whose time is over.
pub const EXPIRE: &str = "export.expire";

/// Days a workbook is kept.
pub const KEPT_DAYS: i32 = 7;
