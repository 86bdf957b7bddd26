//! How many people of which age live where: one pass over the register, grouped by town.

use crate::api::Residents;
use kernel::Day;
use store::{Reads, StoreError, StoreResult, values};

/// Living residents by town of 常住地, by age on a day.
pub(crate) async fn by_town(reads: &impl Reads, day: Day) -> StoreResult<Vec<Residents>> {
    let born = |years: i32| day.plus_years(-years).number();
    let count =
        |condition: &str| format!("CAST(sum(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT)");
    let sql = format!(
        "SELECT substr(p.residence_area, 1, 9) AS town, CAST(count(*) AS BIGINT) AS people, \
         {} AS dated, {} AS elders, {} AS eldest, {} AS infants FROM people_person p \
         WHERE p.residence_area IS NOT NULL AND (p.alive IS NULL OR p.alive = $4) \
         GROUP BY substr(p.residence_area, 1, 9) ORDER BY substr(p.residence_area, 1, 9)",
        count("p.birth_date IS NOT NULL"),
        count("p.birth_date <= $1"),
        count("p.birth_date <= $2"),
        count("p.birth_date > $3"),
    );
    let rows = reads
        .all(&sql, values![born(60), born(80), born(3), true])
        .await?;
    let mut out = Vec::new();
    for row in &rows {
        let town = row.text("town")?;
        out.push(Residents {
            town: town
                .parse()
                .map_err(
                    |error: kernel::area_code::NotAnArea| StoreError::BadColumn {
                        column: "people_person.residence_area".to_owned(),
                        what: error.to_string(),
                    },
                )?,
            people: row.int("people")?,
            dated: row.int("dated")?,
            elders: row.int("elders")?,
            eldest: row.int("eldest")?,
            infants: row.int("infants")?,
        });
    }
    Ok(out)
}
