//! All SQL over the tables of answers, findings, receipts and tallies.

pub(crate) mod answer_walk;
pub(crate) mod answers;
pub(crate) mod findings;
pub(crate) mod receipts;
pub(crate) mod sums;
pub(crate) mod tallies;

use kernel::AreaCode;
use kernel::area_code::ranges;
use store::Sql;

/// ` AND (column lies in one of the areas)`; nothing where there are none.
pub(crate) fn in_areas(column: &str, areas: &[AreaCode]) -> Sql {
    let mut sql = Sql::default();
    for (place, (from, until)) in ranges(areas).into_iter().enumerate() {
        sql.push(if place == 0 { " AND ((" } else { " OR (" });
        sql.push(column).push(" >= ").bind(from);
        sql.push(" AND ")
            .push(column)
            .push(" < ")
            .bind(until)
            .push(")");
    }
    if !areas.is_empty() {
        sql.push(")");
    }
    sql
}
