//! 工作移交: pairs that somebody put off or agreed to, and that are not decided yet, go to whoever takes the work over.

use host::handover::{Handover, OwnedItem, log_passed, owners_of};
use std::sync::Arc;
use store::{Reads, Store, StoreResult, Tx, values};

/// Who follows a pair: whoever took it over, put it off or agreed to it. What nobody touched is the office's.
const OWNER: &str = "coalesce(holder, decided_by, agreed_by)";
const OPEN: &str = "state IN ('open', 'held')";

/// The kind of work.
pub(crate) fn handover() -> Handover {
    Handover {
        key: "identity",
        title: "疑似重复核对",
        owned_by: Arc::new(|store, account| Box::pin(owned_by(store, account))),
        pass_on: Arc::new(|tx, from, to, keys| Box::pin(pass_on(tx, from, to, keys))),
        owners: Arc::new(|store| Box::pin(owners(store))),
    }
}

async fn owned_by(store: &Store, account: &str) -> StoreResult<Vec<OwnedItem>> {
    let sql = format!(
        "SELECT id, state FROM identity_pair WHERE {OPEN} AND {OWNER} = $1 ORDER BY found_at, id"
    );
    let rows = store.all(&sql, values![account]).await?;
    rows.iter()
        .map(|row| {
            let id = row.text("id")?;
            let state = if row.text("state")? == "held" {
                "暂缓"
            } else {
                "等对方合并"
            };
            Ok(OwnedItem {
                title: format!("疑似重复 {}（{state}）", id.get(..8).unwrap_or(&id)),
                id,
            })
        })
        .collect()
}

async fn owners(store: &Store) -> StoreResult<Vec<(String, i64)>> {
    let sql = format!(
        "SELECT {OWNER} AS account, count(*) AS n FROM identity_pair WHERE {OPEN} AND {OWNER} IS NOT NULL GROUP BY {OWNER} ORDER BY 1"
    );
    owners_of(store, &sql).await
}

async fn pass_on(
    tx: &mut Tx,
    from: &str,
    to: &str,
    keys: Option<&[String]>,
) -> StoreResult<Vec<String>> {
    let sql = format!("SELECT id FROM identity_pair WHERE {OPEN} AND {OWNER} = $1 ORDER BY id");
    let mut passed = Vec::new();
    for row in tx.all(&sql, values![from]).await? {
        let id = row.text("id")?;
        if keys.is_some_and(|keys| !keys.contains(&id)) {
            continue;
        }
        tx.run(
            "UPDATE identity_pair SET holder = $1 WHERE id = $2",
            values![to, id.as_str()],
        )
        .await?;
        passed.push(id);
    }
    log_passed(tx, "identity.pass", from, to, &passed);
    Ok(passed)
}
