//! 工作移交: requests that an officer filed and that wait for an answer go to whoever takes the work over; who asked
//! stays as it was.

use host::handover::{Handover, OwnedItem, log_passed, owners_of};
use rules::facts;
use std::sync::Arc;
use store::{Reads, Store, StoreResult, Tx, values};

/// Who follows a request: whoever took it over, or who asked. A family's own requests stay the family's.
const OWNER: &str = "coalesce(holder, asked_by)";
const OPEN: &str = "state = 'open' AND asked_role <> 'family'";

/// The kind of work.
pub(crate) fn handover() -> Handover {
    Handover {
        key: "quality",
        title: "更正申请（有异议）",
        owned_by: Arc::new(|store, account| Box::pin(owned_by(store, account))),
        pass_on: Arc::new(|tx, from, to, keys| Box::pin(pass_on(tx, from, to, keys))),
        owners: Arc::new(|store| Box::pin(owners(store))),
    }
}

async fn owned_by(store: &Store, account: &str) -> StoreResult<Vec<OwnedItem>> {
    let sql = format!(
        "SELECT request, fact FROM quality_request WHERE {OPEN} AND {OWNER} = $1 ORDER BY asked_at, request"
    );
    let rows = store.all(&sql, values![account]).await?;
    rows.iter()
        .map(|row| {
            let (id, fact) = (row.text("request")?, row.text("fact")?);
            let fact = facts::find(&fact).map_or(fact.as_str(), |fact| fact.def().zh);
            Ok(OwnedItem {
                title: format!("更正申请 {fact}（{}）", id.get(..8).unwrap_or(&id)),
                id,
            })
        })
        .collect()
}

async fn owners(store: &Store) -> StoreResult<Vec<(String, i64)>> {
    let sql = format!(
        "SELECT {OWNER} AS account, count(*) AS n FROM quality_request WHERE {OPEN} GROUP BY {OWNER} ORDER BY 1"
    );
    owners_of(store, &sql).await
}

async fn pass_on(
    tx: &mut Tx,
    from: &str,
    to: &str,
    keys: Option<&[String]>,
) -> StoreResult<Vec<String>> {
    let sql = format!(
        "SELECT request FROM quality_request WHERE {OPEN} AND {OWNER} = $1 ORDER BY request"
    );
    let mut passed = Vec::new();
    for row in tx.all(&sql, values![from]).await? {
        let id = row.text("request")?;
        if keys.is_some_and(|keys| !keys.contains(&id)) {
            continue;
        }
        tx.run(
            "UPDATE quality_request SET holder = $1 WHERE request = $2",
            values![to, id.as_str()],
        )
        .await?;
        passed.push(id);
    }
    log_passed(tx, "correction.pass", from, to, &passed);
    Ok(passed)
}
