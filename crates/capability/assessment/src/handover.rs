//! 工作移交: assessments dispatched to an assessor that nobody sent yet go to whoever takes the work over, if they are an
//! assessor of the same body and not the other one of the two.

use host::handover::{Handover, OwnedItem, log_passed, owners_of};
use std::sync::Arc;
use store::{Reads, Store, StoreResult, Tx, values};

const MINE: &str = "state = 'sent' AND (assessor1 = $1 OR assessor2 = $2)";

/// The kind of work.
pub(crate) fn handover() -> Handover {
    Handover {
        key: "assessment",
        title: "待评估的能力评估",
        owned_by: Arc::new(|store, account| Box::pin(owned_by(store, account))),
        pass_on: Arc::new(|tx, from, to, keys| Box::pin(pass_on(tx, from, to, keys))),
        owners: Arc::new(|store| Box::pin(owners(store))),
    }
}

async fn owned_by(store: &Store, account: &str) -> StoreResult<Vec<OwnedItem>> {
    let sql =
        format!("SELECT request FROM assessment_request WHERE {MINE} ORDER BY due_day, request");
    let rows = store.all(&sql, values![account, account]).await?;
    rows.iter()
        .map(|row| {
            let id = row.text("request")?;
            Ok(OwnedItem {
                title: format!("能力评估（{}）", id.get(..8).unwrap_or(&id)),
                id,
            })
        })
        .collect()
}

async fn owners(store: &Store) -> StoreResult<Vec<(String, i64)>> {
    let sql = "SELECT account, count(*) AS n FROM (\
               SELECT assessor1 AS account FROM assessment_request WHERE state = 'sent' AND assessor1 IS NOT NULL \
               UNION ALL SELECT assessor2 AS account FROM assessment_request WHERE state = 'sent' AND assessor2 IS NOT NULL\
               ) named GROUP BY account ORDER BY account";
    owners_of(store, sql).await
}

async fn pass_on(
    tx: &mut Tx,
    from: &str,
    to: &str,
    keys: Option<&[String]>,
) -> StoreResult<Vec<String>> {
    let sql = format!("SELECT request FROM assessment_request WHERE {MINE} ORDER BY request");
    let mut passed = Vec::new();
    for row in tx.all(&sql, values![from, from]).await? {
        let id = row.text("request")?;
        if keys.is_some_and(|keys| !keys.contains(&id)) {
            continue;
        }
        for (column, other) in [("assessor1", "assessor2"), ("assessor2", "assessor1")] {
            let sql = format!(
                "UPDATE assessment_request SET {column} = $1, version = version + 1 WHERE request = $2 \
                 AND {column} = $3 AND {other} <> $4 AND body IN \
                 (SELECT a.body FROM assessment_assessor a WHERE a.assessor = $5 AND a.ended_day IS NULL) \
                 AND id NOT IN (SELECT t.id FROM assessment_tie t WHERE t.assessor = $6)"
            );
            let done = tx
                .run(&sql, values![to, id.as_str(), from, to, to, to])
                .await?;
            if done == 1 {
                passed.push(id.clone());
            }
        }
    }
    log_passed(tx, "assessment.pass", from, to, &passed);
    Ok(passed)
}
