//! 工作移交: imports that are not done (waiting for their columns, for a second person, paused) go to whoever takes the work
//! over, with their files. What an import may reach stays as it was when it was brought.

use crate::batch;
use files::Files;
use host::{Handover, OwnedItem};
use std::sync::Arc;
use store::{Audit, Store, StoreResult, Tx};

/// The kind of work.
pub(crate) fn handover() -> Handover {
    Handover {
        key: "intake",
        title: "未办完的导入",
        owned_by: Arc::new(|store, account| Box::pin(owned_by(store, account))),
        pass_on: Arc::new(|tx, from, to, keys| Box::pin(pass_on(tx, from, to, keys))),
        owners: Arc::new(|store| Box::pin(batch::owners(store))),
    }
}

async fn owned_by(store: &Store, account: &str) -> StoreResult<Vec<OwnedItem>> {
    let all = batch::unfinished(store, account).await?;
    Ok(all
        .into_iter()
        .map(|batch| OwnedItem {
            title: format!(
                "{}（{}，{}）",
                batch.kind.title,
                batch.created.day(),
                batch.state.zh()
            ),
            id: batch.id,
        })
        .collect())
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
    for batch in batch::unfinished(&*tx, from).await? {
        if keys.is_some_and(|keys| !keys.contains(&batch.id)) {
            continue;
        }
        batch::update(
            tx,
            &batch.id,
            vec![("owner", to.into()), ("owner_name", name.as_str().into())],
        )
        .await?;
        let files = batch::files(&*tx, &batch).await?;
        Files::pass_on(tx, &files, to).await?;
        passed.push(batch.id);
    }
    if !passed.is_empty() {
        tx.audit(
            Audit::new("intake.pass")
                .subject(from)
                .with("to", to)
                .with("count", passed.len() as i64),
        );
    }
    Ok(passed)
}
