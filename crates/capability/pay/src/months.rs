//! Months in rows: INTEGER `yyyymm`.

use ledger::Month;
use store::{Row, StoreError, StoreResult};

/// The month in a column.
pub(crate) fn month_of(row: &Row, column: &str) -> StoreResult<Month> {
    // Days have a reader for INTEGER columns; a month is read as BIGINT by the statements (CAST).
    let number = row.int(column)?;
    i32::try_from(number)
        .ok()
        .and_then(Month::from_number)
        .ok_or_else(|| StoreError::BadColumn {
            column: column.to_owned(),
            what: format!("{number} is not a month"),
        })
}
