//! Pages of vouchers.

pub(crate) mod give;
pub(crate) mod month;
pub(crate) mod places;
pub(crate) mod settlements;
pub(crate) mod slip;
pub(crate) mod take;
pub(crate) mod uses;

use crate::model::Use;
use ledger::Month;
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, Sql, StoreResult};
use ui::PageError;

/// Names of institutions by key.
pub(crate) type Names = BTreeMap<String, String>;

/// The names of the institutions of these uses.
pub(crate) async fn place_names(reads: &impl Reads, uses: &[Use]) -> StoreResult<Names> {
    let keys: BTreeSet<&str> = uses.iter().map(|one| one.place.as_str()).collect();
    let mut sql = Sql::new("SELECT p.place, p.name FROM voucher_place p WHERE p.place IN (''");
    for key in keys {
        sql.push(", ").bind(key);
    }
    sql.push(")");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| Ok((row.text("place")?, row.text("name")?)))
        .collect()
}

/// A typed month.
pub(crate) fn month_typed(text: &str) -> Result<Month, PageError> {
    text.parse()
        .map_err(|error: ledger::NotAMonth| PageError::bad_request(error.to_string()))
}
