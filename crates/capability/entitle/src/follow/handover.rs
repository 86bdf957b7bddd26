//! 工作移交: findings that somebody follows and that are still worked on go to whoever takes the work over.

use host::handover::{Handover, OwnedItem, log_passed, owners_of};
use std::sync::Arc;
use store::{Reads, Store, StoreResult, Tx, values};

const OPEN: &str = "f.closed_on IS NULL AND f.quiet_until IS NULL AND f.holder";

/// The kind of work.
pub(crate) fn handover() -> Handover {
    Handover {
        key: "entitle",
        title: "应享未享、不应享仍享跟进",
        owned_by: Arc::new(|store, account| Box::pin(owned_by(store, account))),
        pass_on: Arc::new(|tx, from, to, keys| Box::pin(pass_on(tx, from, to, keys))),
        owners: Arc::new(|store| Box::pin(owners(store))),
    }
}

async fn owned_by(store: &Store, account: &str) -> StoreResult<Vec<OwnedItem>> {
    let sql = format!(
        "SELECT f.finding, f.kind, f.programme FROM entitle_finding f WHERE {OPEN} = $1 ORDER BY f.first_found, f.finding"
    );
    let rows = store.all(&sql, values![account]).await?;
    rows.iter()
        .map(|row| {
            let id = row.text("finding")?;
            let kind = if row.text("kind")? == "owed" {
                "应享未享"
            } else {
                "不应享仍享"
            };
            Ok(OwnedItem {
                title: format!("{kind}（{}）", id.get(..8).unwrap_or(&id)),
                id,
            })
        })
        .collect()
}

async fn owners(store: &Store) -> StoreResult<Vec<(String, i64)>> {
    let sql = format!(
        "SELECT f.holder AS account, count(*) AS n FROM entitle_finding f WHERE {OPEN} IS NOT NULL GROUP BY f.holder ORDER BY 1"
    );
    owners_of(store, &sql).await
}

async fn pass_on(
    tx: &mut Tx,
    from: &str,
    to: &str,
    keys: Option<&[String]>,
) -> StoreResult<Vec<String>> {
    let sql =
        format!("SELECT f.finding FROM entitle_finding f WHERE {OPEN} = $1 ORDER BY f.finding");
    let mut passed = Vec::new();
    for row in tx.all(&sql, values![from]).await? {
        let id = row.text("finding")?;
        if keys.is_some_and(|keys| !keys.contains(&id)) {
            continue;
        }
        tx.run(
            "UPDATE entitle_finding SET holder = $1 WHERE finding = $2",
            values![to, id.as_str()],
        )
        .await?;
        passed.push(id);
    }
    log_passed(tx, "finding.pass", from, to, &passed);
    Ok(passed)
}
