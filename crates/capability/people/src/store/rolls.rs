//! Rolls and the book of them.

use crate::model::{Roll, RollBook};
use rules::facts;
use store::{Reads, StoreError, StoreResult, Tx, values};

/// Every roll ever recorded, withdrawn ones too.
pub(crate) async fn book(reads: &impl Reads) -> StoreResult<RollBook> {
    let rows = reads
        .all(
            "SELECT id, fact, area, day, recorded_at, source, recorded_by, listed, withdrawn_at FROM people_roll",
            vec![],
        )
        .await?;
    let rolls: StoreResult<Vec<Roll>> = rows
        .iter()
        .map(|row| {
            let fact = row.text("fact")?;
            Ok(Roll {
                id: row.text("id")?,
                fact: facts::find(&fact).ok_or_else(|| StoreError::BadColumn {
                    column: "people_roll.fact".to_owned(),
                    what: format!("unknown fact {fact}"),
                })?,
                area: row.opt_area("area")?.ok_or_else(|| StoreError::BadColumn {
                    column: "people_roll.area".to_owned(),
                    what: "null".to_owned(),
                })?,
                day: row.day("day")?,
                recorded: row.instant("recorded_at")?,
                source: row.text("source")?,
                by: row.text("recorded_by")?,
                listed: row.int("listed")?,
                withdrawn: row.opt_instant("withdrawn_at")?,
            })
        })
        .collect();
    Ok(RollBook::new(rolls?))
}

/// What tells whether a roll, or a file that gave way, came or went: how many there are and when the latest came.
pub(crate) async fn ground(reads: &impl Reads) -> StoreResult<[i64; 5]> {
    let sql = "SELECT (SELECT count(*) FROM people_roll) AS rolls, (SELECT count(withdrawn_at) FROM people_roll) AS withdrawn, \
         (SELECT max(recorded_at) FROM people_roll) AS recorded, (SELECT count(*) FROM people_alias) AS aside, \
         (SELECT max(aside_at) FROM people_alias) AS aside_at";
    let mut out = [0; 5];
    if let Some(row) = reads.one(sql, vec![]).await? {
        let names = ["rolls", "withdrawn", "recorded", "aside", "aside_at"];
        for (place, name) in out.iter_mut().zip(names) {
            *place = row.opt_int(name)?.unwrap_or(0);
        }
    }
    Ok(out)
}

/// Records a roll; the people on it get records of their own.
pub(crate) async fn insert(tx: &mut Tx, roll: &Roll, digest: &str) -> StoreResult<()> {
    tx.run(
        "INSERT INTO people_roll (id, fact, area, day, recorded_at, source, recorded_by, listed, digest, withdrawn_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            roll.id.as_str(),
            roll.fact.name(),
            roll.area.as_str(),
            roll.day.number(),
            roll.recorded.micros(),
            roll.source.as_str(),
            roll.by.as_str(),
            roll.listed,
            digest,
            roll.withdrawn.map(kernel::Instant::micros),
        ],
    )
    .await?;
    Ok(())
}

/// Takes a roll back: those it settled are unknown again.
pub(crate) async fn withdraw(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    let at = tx.at().micros();
    let done = tx
        .run(
            "UPDATE people_roll SET withdrawn_at = $1 WHERE id = $2 AND withdrawn_at IS NULL",
            values![at, id],
        )
        .await?;
    Ok(done == 1)
}
