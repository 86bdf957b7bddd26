//! Merges with what they moved.

use entitle::api::Folded;
use host::PersonKey;
use kernel::Instant;
use people::api::{OwnValue, WardsMoved};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Reads, Row, StoreError, StoreResult, Tx, values};

/// One field of the staying file that took the other's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OwnChange {
    /// Key of the field.
    pub(crate) field: String,
    /// What stood there; sealed texts stay sealed.
    pub(crate) before: OwnValue,
    /// What stands there since.
    pub(crate) after: OwnValue,
}

/// All that a merge moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Journal {
    /// The act of recording that the staying file got.
    pub(crate) record: Option<i64>,
    /// Names of the facts in it.
    pub(crate) facts: Vec<String>,
    /// Fields taken from the other file.
    pub(crate) own: Vec<OwnChange>,
    /// Guardians and wards.
    pub(crate) wards: WardsMoved,
    /// Grants of family accounts that were led on.
    pub(crate) grants: Vec<String>,
    /// Receipts, findings, answers.
    pub(crate) folded: Folded,
    /// What other capabilities led on, by their names.
    #[serde(default)]
    pub(crate) rooms: BTreeMap<String, serde_json::Value>,
    /// Other pairs of the file that gave way, with the state they had.
    pub(crate) pairs: Vec<(String, String)>,
    /// Whose value was chosen where both said something: field → `a` or `b`.
    pub(crate) choices: BTreeMap<String, String>,
}

/// A merge.
#[derive(Debug, Clone)]
pub(crate) struct Merge {
    pub(crate) id: String,
    pub(crate) pair: String,
    pub(crate) survivor: PersonKey,
    pub(crate) alias: PersonKey,
    pub(crate) at: Instant,
    pub(crate) by_name: String,
    pub(crate) journal: Journal,
    pub(crate) undone: Option<Instant>,
    pub(crate) undone_name: Option<String>,
}

const READ: &str = "SELECT id, pair, survivor, survivor_shard, alias, alias_shard, merged_at, merged_name, journal, undone_at, \
     undone_name FROM identity_merge";

fn merge_of(row: &Row) -> StoreResult<Merge> {
    Ok(Merge {
        id: row.text("id")?,
        pair: row.text("pair")?,
        survivor: PersonKey {
            shard: row.text("survivor_shard")?,
            id: row.text("survivor")?,
        },
        alias: PersonKey {
            shard: row.text("alias_shard")?,
            id: row.text("alias")?,
        },
        at: row.instant("merged_at")?,
        by_name: row.text("merged_name")?,
        journal: serde_json::from_str(&row.text("journal")?).map_err(|error| {
            StoreError::BadColumn {
                column: "identity_merge.journal".to_owned(),
                what: error.to_string(),
            }
        })?,
        undone: row.opt_instant("undone_at")?,
        undone_name: row.opt_text("undone_name")?,
    })
}

/// Writes a merge down.
pub(crate) async fn insert(tx: &mut Tx, merge: &Merge) -> StoreResult<()> {
    let journal = serde_json::to_string(&merge.journal)
        .map_err(|error| StoreError::Other(error.to_string()))?;
    let by = tx.actor().id.clone();
    tx.run(
        "INSERT INTO identity_merge (id, pair, survivor, survivor_shard, alias, alias_shard, merged_at, merged_by, merged_name, \
         journal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            merge.id.as_str(),
            merge.pair.as_str(),
            merge.survivor.id.as_str(),
            merge.survivor.shard.as_str(),
            merge.alias.id.as_str(),
            merge.alias.shard.as_str(),
            merge.at.micros(),
            by,
            merge.by_name.as_str(),
            journal,
        ],
    )
    .await?;
    Ok(())
}

/// The merge of this id.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Merge>> {
    let row = reads
        .one(&format!("{READ} WHERE id = $1"), values![id])
        .await?;
    row.as_ref().map(merge_of).transpose()
}

/// The merges in which this file stayed, latest first.
pub(crate) async fn into(reads: &impl Reads, survivor: &str) -> StoreResult<Vec<Merge>> {
    let rows = reads
        .all(
            &format!("{READ} WHERE survivor = $1 ORDER BY merged_at DESC, id DESC"),
            values![survivor],
        )
        .await?;
    rows.iter().map(merge_of).collect()
}

/// The merge that made one of a pair and stands.
pub(crate) async fn of_pair(reads: &impl Reads, pair: &str) -> StoreResult<Option<Merge>> {
    let row = reads
        .one(
            &format!(
                "{READ} WHERE pair = $1 AND undone_at IS NULL ORDER BY merged_at DESC LIMIT 1"
            ),
            values![pair],
        )
        .await?;
    row.as_ref().map(merge_of).transpose()
}

/// Marks a merge as taken back; false where somebody did already.
pub(crate) async fn undo(tx: &mut Tx, id: &str, reason: &str) -> StoreResult<bool> {
    let (at, by, name) = (
        tx.at().micros(),
        tx.actor().id.clone(),
        tx.actor().name.clone(),
    );
    let done = tx
        .run(
            "UPDATE identity_merge SET undone_at = $1, undone_by = $2, undone_name = $3, reason = $4 \
             WHERE id = $5 AND undone_at IS NULL",
            values![at, by, name, reason, id],
        )
        .await?;
    Ok(done == 1)
}

/// Forgets the values that merges of a person's files kept for taking them back, which they can no longer be.
pub(crate) async fn blank(tx: &mut Tx, person: &str) -> StoreResult<()> {
    let rows = tx
        .all(
            &format!("{READ} WHERE survivor = $1 OR alias = $1"),
            values![person],
        )
        .await?;
    for row in &rows {
        let mut merge = merge_of(row)?;
        merge.journal.own.clear();
        merge.journal.wards = WardsMoved::default();
        merge.journal.grants.clear();
        let journal = serde_json::to_string(&merge.journal)
            .map_err(|error| StoreError::Other(error.to_string()))?;
        tx.run(
            "UPDATE identity_merge SET journal = $1 WHERE id = $2",
            values![journal, merge.id],
        )
        .await?;
    }
    Ok(())
}
