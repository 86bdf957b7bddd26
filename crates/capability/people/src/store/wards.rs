//! Who looks after whom, when a file gives way to another.

use crate::api::PersonKey;
use serde::{Deserialize, Serialize};
use store::{Reads, StoreResult, Tx, values};

/// What moved, so that it can be moved back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WardsMoved {
    /// Guardians the staying file got from the other: guardian, relation.
    pub added: Vec<(String, String)>,
    /// Children whose guardian is now the staying file: shard, child, relation.
    pub moved: Vec<(String, String, String)>,
    /// Children of whom both were guardians: the other's row, taken out.
    pub dropped: Vec<(String, String, String)>,
}

/// Moves what `from` is and has to `to`; before `from` is set aside.
pub(crate) async fn transfer(
    tx: &mut Tx,
    from: &PersonKey,
    to: &PersonKey,
) -> StoreResult<WardsMoved> {
    let mut out = WardsMoved::default();
    let known = super::person::guardians(tx, to).await?;
    for (guardian, relation) in super::person::guardians(tx, from).await? {
        if known.iter().any(|(other, _)| *other == guardian) || guardian == to.id {
            continue;
        }
        add(tx, &to.shard, &to.id, &guardian, &relation).await?;
        out.added.push((guardian, relation));
    }
    for (shard, child, relation) in of_guardian(tx, &from.id).await? {
        let both = of_guardian(tx, &to.id)
            .await?
            .iter()
            .any(|(_, other, _)| *other == child);
        remove(tx, &shard, &child, &from.id).await?;
        if both || child == to.id {
            out.dropped.push((shard, child, relation));
        } else {
            add(tx, &shard, &child, &to.id, &relation).await?;
            out.moved.push((shard, child, relation));
        }
    }
    Ok(out)
}

/// Moves it back; after `from` has been brought back.
pub(crate) async fn transfer_back(
    tx: &mut Tx,
    from: &PersonKey,
    to: &PersonKey,
    moved: &WardsMoved,
) -> StoreResult<()> {
    for (guardian, _) in &moved.added {
        remove(tx, &to.shard, &to.id, guardian).await?;
    }
    for (shard, child, relation) in &moved.moved {
        remove(tx, shard, child, &to.id).await?;
        add(tx, shard, child, &from.id, relation).await?;
    }
    for (shard, child, relation) in &moved.dropped {
        add(tx, shard, child, &from.id, relation).await?;
    }
    Ok(())
}

/// Children of a guardian: shard, child, relation.
pub(crate) async fn of_guardian(
    reads: &impl Reads,
    guardian: &str,
) -> StoreResult<Vec<(String, String, String)>> {
    let mut out = Vec::new();
    for shard in super::person::shards(reads).await? {
        let rows = reads
            .all(
                "SELECT shard, child, relation FROM people_ward WHERE shard = $1 AND guardian = $2 ORDER BY child",
                values![shard, guardian],
            )
            .await?;
        for row in &rows {
            out.push((
                row.text("shard")?,
                row.text("child")?,
                row.text("relation")?,
            ));
        }
    }
    Ok(out)
}

/// Makes somebody a child's guardian; a second time changes nothing.
pub(crate) async fn add(
    tx: &mut Tx,
    shard: &str,
    child: &str,
    guardian: &str,
    relation: &str,
) -> StoreResult<()> {
    tx.run(
        "INSERT INTO people_ward (shard, child, guardian, relation) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        values![shard, child, guardian, relation],
    )
    .await?;
    Ok(())
}

/// Ends it.
pub(crate) async fn remove(
    tx: &mut Tx,
    shard: &str,
    child: &str,
    guardian: &str,
) -> StoreResult<()> {
    tx.run(
        "DELETE FROM people_ward WHERE shard = $1 AND child = $2 AND guardian = $3",
        values![shard, child, guardian],
    )
    .await?;
    Ok(())
}
