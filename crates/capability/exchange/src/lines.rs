//! Who stands on a batch under which number.

use crate::batch::Batch;
use people::api::PersonKey;
use std::collections::HashMap;
use store::{Keys, Reads, Sealed, StoreError, StoreResult, Tx, Value, values};

/// The field that rows are sealed for.
pub(crate) const FIELD: &str = "exchange_line";
/// Lines read in one statement.
const PAGE: i64 = 5_000;

/// Somebody on a batch.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) key: PersonKey,
    /// Keyed digest of the row.
    pub(crate) digest: String,
    /// The cells behind the number.
    pub(crate) cells: Vec<String>,
}

/// Adds lines behind those that are there.
pub(crate) async fn add(
    tx: &mut Tx,
    keys: &Keys,
    batch: &Batch,
    lines: &[Line],
) -> StoreResult<()> {
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(lines.len());
    for (place, line) in lines.iter().enumerate() {
        let text = serde_json::to_string(&line.cells)
            .map_err(|error| StoreError::Other(error.to_string()))?;
        rows.push(values![
            batch.id.as_str(),
            batch.done + place as i64 + 1,
            line.key.shard.as_str(),
            line.key.id.as_str(),
            line.digest.as_str(),
            keys.seal(FIELD, &text)?.0,
        ]);
    }
    let columns = ["batch", "n", "shard", "id", "digest", "mapped"];
    tx.insert_many("exchange_line", &columns, rows).await
}

/// The rows of a batch in their order, opened: number, then cells. Only until [`forget`].
pub(crate) async fn rows(
    reads: &impl Reads,
    keys: &Keys,
    batch: &str,
) -> StoreResult<Vec<(i64, Vec<String>)>> {
    let (mut out, mut after) = (Vec::new(), 0_i64);
    loop {
        let sql =
            "SELECT n, mapped FROM exchange_line WHERE batch = $1 AND n > $2 ORDER BY n LIMIT $3";
        let rows = reads.all(sql, values![batch, after, PAGE]).await?;
        if rows.is_empty() {
            return Ok(out);
        }
        for row in rows {
            after = row.int("n")?;
            let sealed = row
                .opt_text("mapped")?
                .ok_or_else(|| StoreError::Other(format!("line {after} of {batch} is gone")))?;
            let text = keys.open(FIELD, &Sealed(sealed))?;
            let cells = serde_json::from_str(&text)
                .map_err(|error| StoreError::Other(error.to_string()))?;
            out.push((after, cells));
        }
    }
}

/// Forgets what stood on the lines; who stood there remains.
pub(crate) async fn forget(tx: &mut Tx, batch: &str) -> StoreResult<()> {
    let sql = "UPDATE exchange_line SET mapped = NULL WHERE batch = $1";
    tx.run(sql, values![batch]).await?;
    Ok(())
}

/// Who stands on a batch: by number and by person.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) by_no: HashMap<i64, PersonKey>,
    pub(crate) no_of: HashMap<String, i64>,
}

/// Everybody on a batch.
pub(crate) async fn listed(reads: &impl Reads, batch: &str) -> StoreResult<Listed> {
    let (mut out, mut after) = (Listed::default(), 0_i64);
    loop {
        let sql = "SELECT n, shard, id FROM exchange_line WHERE batch = $1 AND n > $2 ORDER BY n LIMIT $3";
        let rows = reads.all(sql, values![batch, after, PAGE]).await?;
        if rows.is_empty() {
            return Ok(out);
        }
        for row in rows {
            after = row.int("n")?;
            let key = PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            };
            out.no_of.insert(key.id.clone(), after);
            out.by_no.insert(after, key);
        }
    }
}
