//! 工作移交: open cases follow whoever takes the work over; the timeline says so.

use crate::events::{self, New};
use crate::store::{self as rows, Case};
use host::handover::{Handover, OwnedItem, log_passed, owners_of};
use std::sync::Arc;
use store::{Reads, Store, StoreResult, Tx, values};

/// States in which somebody has something to do.
const OPEN: &str = "('submitted', 'supplement', 'checking', 'publicity', 'deciding', 'appealing')";

/// The kind of work.
pub(crate) fn handover() -> Handover {
    Handover {
        key: "cases",
        title: "申请审批",
        owned_by: Arc::new(|store, account| Box::pin(owned_by(store, account))),
        pass_on: Arc::new(|tx, from, to, keys| Box::pin(pass_on(tx, from, to, keys))),
        owners: Arc::new(|store| Box::pin(owners(store))),
    }
}

async fn of(reads: &impl Reads, account: &str) -> StoreResult<Vec<String>> {
    let sql =
        format!("SELECT code FROM cases_case WHERE holder = $1 AND state IN {OPEN} ORDER BY code");
    let rows = reads.all(&sql, values![account]).await?;
    rows.iter().map(|row| row.text("code")).collect()
}

async fn owned_by(store: &Store, account: &str) -> StoreResult<Vec<OwnedItem>> {
    let mut out = Vec::new();
    for code in of(store, account).await? {
        if let Some(case) = rows::find(store, &code).await? {
            out.push(OwnedItem {
                title: format!("申请 {}（{}）", case.number(), case.standing.state.zh()),
                id: code,
            });
        }
    }
    Ok(out)
}

async fn owners(store: &Store) -> StoreResult<Vec<(String, i64)>> {
    let sql = format!(
        "SELECT holder AS account, CAST(count(*) AS BIGINT) AS n FROM cases_case WHERE holder IS NOT NULL AND state IN {OPEN} \
         GROUP BY holder ORDER BY holder"
    );
    owners_of(store, &sql).await
}

async fn pass_on(
    tx: &mut Tx,
    from: &str,
    to: &str,
    keys: Option<&[String]>,
) -> StoreResult<Vec<String>> {
    let mut passed = Vec::new();
    for code in of(&*tx, from).await? {
        if keys.is_some_and(|keys| !keys.contains(&code)) {
            continue;
        }
        let Some(case) = rows::find(&*tx, &code).await? else {
            continue;
        };
        let after = Case {
            holder: Some(to.to_owned()),
            ..case.clone()
        };
        if !rows::save(tx, &after).await? {
            continue;
        }
        let event = New {
            act: "pass_on",
            step: None,
            clause: None,
            says: None,
        };
        events::add(tx, &case, event).await?;
        passed.push(code);
    }
    log_passed(tx, "case.pass", from, to, &passed);
    Ok(passed)
}
