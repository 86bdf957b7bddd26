//! Two files become one person: what was said about either is said about the one that stays, and what either did not want
//! to hear is not said.

use host::{Joining, Matters, PersonKey};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use store::{Reads, StoreResult, Tx, values};

const SAID: &[Matters] = &[Matters {
    table: "message_message",
    key: "code",
    person: "id",
    which: "1 = 1",
    once: None,
}];

/// This capability's part.
pub(crate) fn joining() -> Joining {
    Joining {
        name: "message",
        title: "通知",
        join: Arc::new(|_app, tx, from, to| Box::pin(join(tx, from, to))),
        part: Arc::new(|tx, from, to, led| Box::pin(part(tx, from, to, led))),
        count: |led| led.get("said").map_or(0, host::joining::led),
    }
}

async fn off(tx: &Tx, key: &PersonKey) -> StoreResult<Vec<String>> {
    let sql = "SELECT kind FROM message_off WHERE shard = $1 AND id = $2 ORDER BY kind";
    let rows = tx
        .all(sql, values![key.shard.as_str(), key.id.as_str()])
        .await?;
    rows.iter().map(|row| row.text("kind")).collect()
}

async fn join(tx: &mut Tx, from: &PersonKey, to: &PersonKey) -> StoreResult<Json> {
    let said = host::joining::lead(tx, SAID, from, to).await?;
    let mine = off(tx, to).await?;
    let mut kinds = off(tx, from).await?;
    kinds.retain(|kind| !mine.contains(kind));
    for kind in &kinds {
        tx.run(
            "INSERT INTO message_off (shard, id, kind, by_account, at) SELECT $1, $2, kind, by_account, at FROM message_off \
             WHERE shard = $3 AND id = $4 AND kind = $5",
            values![
                to.shard.as_str(),
                to.id.as_str(),
                from.shard.as_str(),
                from.id.as_str(),
                kind.as_str()
            ],
        )
        .await?;
    }
    Ok(json!({ "said": said, "off": kinds }))
}

async fn part(tx: &mut Tx, from: &PersonKey, to: &PersonKey, led: Json) -> StoreResult<()> {
    if let Some(said) = led.get("said") {
        host::joining::lead_back(tx, SAID, from, to, said.clone()).await?;
    }
    let kinds = led
        .get("off")
        .and_then(Json::as_array)
        .into_iter()
        .flatten();
    for kind in kinds.filter_map(Json::as_str) {
        tx.run(
            "DELETE FROM message_off WHERE shard = $1 AND id = $2 AND kind = $3",
            values![to.shard.as_str(), to.id.as_str(), kind],
        )
        .await?;
    }
    Ok(())
}
