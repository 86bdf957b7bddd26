//! Counts by area, item and state.

use crate::tally::{Change, Key};
use kernel::AreaCode;
use std::collections::BTreeMap;
use store::{Reads, Sql, StoreResult, Tx, values};

/// Applies a change, in the order of its keys.
pub(crate) async fn apply(tx: &mut Tx, change: Change) -> StoreResult<()> {
    let rows = change
        .settled()
        .0
        .into_iter()
        .map(|((area, item, state), by)| values![area, i64::from(item), state, by])
        .collect();
    tx.insert_many_ending(
        "entitle_tally",
        &["area", "item", "state", "people"],
        rows,
        " ON CONFLICT (area, item, state) DO UPDATE SET people = entitle_tally.people + excluded.people",
    )
    .await
}

/// Replaces all counts (the first answers of a database).
pub(crate) async fn replace(tx: &mut Tx, change: Change) -> StoreResult<()> {
    tx.run("DELETE FROM entitle_tally", vec![]).await?;
    let rows = change
        .settled()
        .0
        .into_iter()
        .map(|((area, item, state), n)| values![area, i64::from(item), state, n])
        .collect();
    tx.insert_many("entitle_tally", &["area", "item", "state", "people"], rows)
        .await
}

/// Counts of these areas by item and state, added up.
pub(crate) async fn of(
    reads: &impl Reads,
    areas: &[AreaCode],
) -> StoreResult<BTreeMap<(u16, String), i64>> {
    let mut out = BTreeMap::new();
    for chunk in areas.chunks(200) {
        let mut sql = Sql::new(
            "SELECT item, state, CAST(sum(people) AS BIGINT) AS n FROM entitle_tally WHERE area IN (",
        );
        for (place, area) in chunk.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .bind(area.as_str());
        }
        sql.push(") GROUP BY item, state");
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            *out.entry((row.int("item")? as u16, row.text("state")?))
                .or_insert(0) += row.int("n")?;
        }
    }
    Ok(out)
}

/// One item's counts by area, for the areas given.
pub(crate) async fn by_area(
    reads: &impl Reads,
    item: u16,
    areas: &[AreaCode],
) -> StoreResult<BTreeMap<Key, i64>> {
    let mut out = BTreeMap::new();
    for chunk in areas.chunks(200) {
        let mut sql = Sql::new("SELECT area, state, people FROM entitle_tally WHERE item = ");
        sql.bind(i64::from(item)).push(" AND area IN (");
        for (place, area) in chunk.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .bind(area.as_str());
        }
        sql.push(")");
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            out.insert(
                (row.text("area")?, item, row.text("state")?),
                row.int("people")?,
            );
        }
    }
    Ok(out)
}
