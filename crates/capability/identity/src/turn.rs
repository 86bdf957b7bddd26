//! When the installation's keys turn: what identity keeps of numbers and phones follows.

use crate::like::Profile;
use crate::look::both;
use crate::store::merges::Journal;
use crate::store::pairs;
use people::api::Person;
use store::rekey::{Chunk, Held, KeyColumn, SealedTable};
use store::{Keys, StoreError, StoreResult, Tx};

/// Papers of those who act for somebody, and what merges moved.
pub(crate) static SEALED: [SealedTable; 2] = [
    SealedTable {
        table: "identity_tie",
        key: &[KeyColumn::Text("id")],
        holds: &[Held::Sealed {
            column: "paper_number",
            field: "paper_number",
            blinds: &[],
        }],
    },
    SealedTable {
        table: "identity_merge",
        key: &[KeyColumn::Text("id")],
        holds: &[Held::Within {
            column: "journal",
            turn: journal,
        }],
    },
];

/// What a merge moved, with the numbers and phones in it under the current key.
fn journal(keys: &Keys, text: &str) -> StoreResult<Option<String>> {
    let wrong = |error: serde_json::Error| StoreError::BadColumn {
        column: "identity_merge.journal".to_owned(),
        what: error.to_string(),
    };
    let mut journal: Journal = serde_json::from_str(text).map_err(wrong)?;
    let mut changed = false;
    for change in &mut journal.own {
        for value in [&mut change.before, &mut change.after] {
            if let Some(anew) = people::api::turned_own(keys, value)? {
                *value = anew;
                changed = true;
            }
        }
    }
    if !changed {
        return Ok(None);
    }
    serde_json::to_string(&journal).map(Some).map_err(wrong)
}

/// Both files of a pair as they are compared, under every key.
fn profiles(keys: &Keys, person: &Person) -> StoreResult<Vec<Profile>> {
    let digests = people::api::digests_under(keys, person)?;
    Ok(digests
        .iter()
        .map(|digests| Profile::of(person, digests))
        .collect())
}

/// Makes the digests of the next pairs anew where they are still of what is compared: so «two people» stays said, and
/// what has changed since is looked at again.
pub(crate) async fn pairs_follow(
    tx: &mut Tx,
    after: Option<Vec<String>>,
    most: i64,
) -> StoreResult<Chunk> {
    let keys = tx.store().keys().clone();
    let after = after.and_then(|key| key.into_iter().next());
    let found = pairs::digests_behind(tx, after.as_deref(), most).await?;
    let mut chunk = Chunk::default();
    for pair in &found {
        chunk.seen += 1;
        chunk.last = Some(vec![pair.id.clone()]);
        let (Some(a), Some(b)) = (
            people::api::person(tx, &pair.a).await?,
            people::api::person(tx, &pair.b).await?,
        ) else {
            continue;
        };
        let (a, b) = (profiles(&keys, &a)?, profiles(&keys, &b)?);
        let was = a.iter().enumerate().any(|(at, one)| {
            b.iter()
                .enumerate()
                .any(|(there, other)| at + there > 0 && both(one, other) == pair.digest)
        });
        if let (true, Some(a), Some(b)) = (was, a.first(), b.first()) {
            pairs::set_digest(tx, &pair.id, &both(a, b)).await?;
            chunk.changed += 1;
        }
    }
    if chunk.seen < most {
        chunk.last = None;
    }
    Ok(chunk)
}
