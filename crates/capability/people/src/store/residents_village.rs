//! How many people of which age live where, village by village: one pass over the register.

use crate::api::ResidentsAt;
use kernel::Day;
use store::{Reads, StoreResult, values};

/// Living people by the code of their 常住地 as it stands in the register (a village, or something coarser
/// where no more is known), one row for those without any.
pub(crate) async fn by_area(reads: &impl Reads, day: Day) -> StoreResult<Vec<ResidentsAt>> {
    let born = |years: i32| day.plus_years(-years).number();
    let count =
        |condition: &str| format!("CAST(sum(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT)");
    let sql = format!(
        "SELECT p.residence_area AS area, CAST(count(*) AS BIGINT) AS people, \
         {} AS dated, {} AS elders, {} AS eldest, {} AS infants FROM people_person p \
         WHERE p.alive IS NULL OR p.alive = $4 GROUP BY p.residence_area ORDER BY p.residence_area",
        count("p.birth_date IS NOT NULL"),
        count("p.birth_date <= $1"),
        count("p.birth_date <= $2"),
        count("p.birth_date > $3"),
    );
    reads
        .all(&sql, values![born(60), born(80), born(3), true])
        .await?
        .iter()
        .map(|row| {
            Ok(ResidentsAt {
                area: row.opt_area("area")?,
                people: row.int("people")?,
                dated: row.int("dated")?,
                elders: row.int("elders")?,
                eldest: row.int("eldest")?,
                infants: row.int("infants")?,
            })
        })
        .collect()
}
