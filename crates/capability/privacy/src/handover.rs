//! 工作移交: a list of what is to be erased that waits to be approved goes to whoever takes the work over.

use crate::store::runs;
use host::{Handover, OwnedItem};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Audit, Store, StoreResult, Tx};

/// The kind of work.
pub(crate) fn handover() -> Handover {
    Handover {
        key: "privacy",
        title: "删除清单",
        owned_by: Arc::new(|store, account| Box::pin(owned_by(store, account))),
        pass_on: Arc::new(|tx, from, to, keys| Box::pin(pass_on(tx, from, to, keys))),
        owners: Arc::new(|store| Box::pin(owners(store))),
    }
}

async fn owned_by(store: &Store, account: &str) -> StoreResult<Vec<OwnedItem>> {
    let all = runs::waiting_of(store, account).await?;
    Ok(all
        .into_iter()
        .map(|run| OwnedItem {
            title: format!("{}的删除清单（待批准）", run.day),
            id: run.id,
        })
        .collect())
}

async fn owners(store: &Store) -> StoreResult<Vec<(String, i64)>> {
    let mut out: BTreeMap<String, i64> = BTreeMap::new();
    if let Some(run) = runs::open(store).await?.filter(|run| run.state == "ready") {
        *out.entry(run.made_by).or_default() += 1;
    }
    Ok(out.into_iter().collect())
}

async fn pass_on(
    tx: &mut Tx,
    from: &str,
    to: &str,
    keys: Option<&[String]>,
) -> StoreResult<Vec<String>> {
    let (store, ids) = (tx.store().clone(), [to.to_owned()]);
    let names = org::api::account_names(&store, &ids).await?;
    let Some(name) = names.get(to) else {
        return Ok(Vec::new());
    };
    let mut passed = Vec::new();
    for run in runs::waiting_of(&*tx, from).await? {
        if keys.is_none_or(|keys| keys.contains(&run.id)) {
            runs::pass_on(tx, &run.id, to, name).await?;
            passed.push(run.id);
        }
    }
    if !passed.is_empty() {
        tx.audit(
            Audit::new("erasure.pass")
                .subject(from)
                .with("to", to)
                .with("count", passed.len() as i64),
        );
    }
    Ok(passed)
}
