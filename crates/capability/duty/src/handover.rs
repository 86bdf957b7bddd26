//! 工作移交: open cases go to whoever takes the work over.

use host::handover::{Handover, OwnedItem, log_passed, owners_of};
use std::sync::Arc;
use store::{Reads, Store, StoreResult, Tx, values};

const MINE: &str =
    "SELECT code FROM duty_case WHERE state = 'open' AND holder = $1 ORDER BY next_day, code";

/// The kind of work.
pub(crate) fn handover() -> Handover {
    Handover {
        key: "duty",
        title: "赡养抚养督促",
        owned_by: Arc::new(|store, account| Box::pin(owned_by(store, account))),
        pass_on: Arc::new(|tx, from, to, keys| Box::pin(pass_on(tx, from, to, keys))),
        owners: Arc::new(|store| Box::pin(owners(store))),
    }
}

async fn owned_by(store: &Store, account: &str) -> StoreResult<Vec<OwnedItem>> {
    let rows = store.all(MINE, values![account]).await?;
    rows.iter()
        .map(|row| {
            let id = row.text("code")?;
            Ok(OwnedItem {
                title: format!("赡养抚养督促（{}）", id.get(..8).unwrap_or(&id)),
                id,
            })
        })
        .collect()
}

async fn owners(store: &Store) -> StoreResult<Vec<(String, i64)>> {
    let sql = "SELECT holder AS account, CAST(count(*) AS BIGINT) AS n FROM duty_case WHERE state = 'open' GROUP BY holder ORDER BY holder";
    owners_of(store, sql).await
}

async fn pass_on(
    tx: &mut Tx,
    from: &str,
    to: &str,
    keys: Option<&[String]>,
) -> StoreResult<Vec<String>> {
    let mut passed = Vec::new();
    for row in tx.all(MINE, values![from]).await? {
        let code = row.text("code")?;
        if keys.is_some_and(|keys| !keys.contains(&code)) {
            continue;
        }
        tx.run(
            "UPDATE duty_case SET holder = $1, version = version + 1 WHERE code = $2",
            values![to, code.as_str()],
        )
        .await?;
        passed.push(code);
    }
    log_passed(tx, "duty.pass", from, to, &passed);
    Ok(passed)
}
