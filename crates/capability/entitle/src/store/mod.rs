//! All SQL over the tables of answers, findings, receipts and tallies.

pub(crate) mod answer_walk;
pub(crate) mod answers;
pub(crate) mod findings;
pub(crate) mod receipts;
pub(crate) mod sums;
pub(crate) mod tallies;

use kernel::AreaCode;
use kernel::area_code::ranges;
use store::{Reads, Sql, StoreResult, Tx};

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

/// The rows of these people, by their keys.
pub(crate) fn of_keys(alias: &str, keys: &[host::PersonKey]) -> Sql {
    let mut shards: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    for key in keys {
        shards.entry(&key.shard).or_default().push(&key.id);
    }
    let mut sql = Sql::new(if keys.is_empty() { "(1 = 0" } else { "(" });
    for (at, (shard, ids)) in shards.iter().enumerate() {
        sql.push(if at == 0 { "(" } else { " OR (" }).push(alias);
        sql.push("shard = ")
            .bind(*shard)
            .push(" AND ")
            .push(alias)
            .push("id IN (");
        for (place, id) in ids.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " }).bind(*id);
        }
        sql.push("))");
    }
    sql.push(")");
    sql
}

/// Keys that these ids may have: whoever knows only ids asks each shard.
pub(crate) async fn keys_of(
    reads: &impl Reads,
    ids: &[String],
) -> StoreResult<Vec<host::PersonKey>> {
    let shards = people::api::shards(reads).await?;
    Ok(shards
        .iter()
        .flat_map(|shard| {
            ids.iter().map(|id| host::PersonKey {
                shard: shard.clone(),
                id: id.clone(),
            })
        })
        .collect())
}

/// The number under which some words stand once in a small table; the first who says them gives it one.
/// Somebody else may do so at the same moment: then theirs stands.
pub(crate) async fn number_of(
    tx: &mut Tx,
    table: &str,
    number: &str,
    words: &[(&str, &str)],
) -> StoreResult<i64> {
    let columns: Vec<&str> = words.iter().map(|(column, _)| *column).collect();
    let values = || {
        words
            .iter()
            .map(|(_, word)| (*word).into())
            .collect::<Vec<store::Value>>()
    };
    let places: Vec<String> = (1..=words.len()).map(|place| format!("${place}")).collect();
    let same: Vec<String> = columns
        .iter()
        .zip(&places)
        .map(|(column, place)| format!("{column} = {place}"))
        .collect();
    let find = format!("SELECT {number} FROM {table} WHERE {}", same.join(" AND "));
    let add = format!(
        "INSERT INTO {table} ({number}, {}) SELECT coalesce(max({number}), 0) + 1, {} FROM {table} WHERE 1 = 1 ON CONFLICT DO NOTHING",
        columns.join(", "),
        places.join(", "),
    );
    for _attempt in 0..20 {
        if let Some(row) = tx.one(&find, values()).await? {
            return row.int(number);
        }
        tx.run(&add, values()).await?;
    }
    Err(store::StoreError::Other(format!("no number in {table}")))
}
