//! Grants given and ended after an account was opened, by the security administrator.

use crate::accounts::{Grant, grant_of};
use authz::Role;
use kernel::Day;
use store::{Audit, Reads, StoreResult, Tx, values};

/// Days that an auditor's or inspector's grant holds at most.
pub(crate) const MANDATE_DAYS: i32 = 90;

/// A grant with what is kept beside it.
pub(crate) struct Held {
    pub(crate) id: String,
    pub(crate) grant: Grant,
    pub(crate) by: Option<String>,
}

/// Whether this role looks only under an order and for a time.
pub(crate) const fn needs_mandate(role: Role) -> bool {
    matches!(role, Role::InspectorDiscipline)
}

/// Grants that count: of a role that looks under an order, only those that name it and end.
pub(crate) fn counted(role: Role, mut grants: Vec<Grant>, today: Day) -> Vec<Grant> {
    if needs_mandate(role) {
        grants.retain(|grant| {
            grant.holds_on(today) && grant.until.is_some() && grant.mandate.is_some()
        });
    }
    grants
}

/// The orders under which somebody looks today: 「随审〔2025〕6号」.
pub(crate) fn mandate(role: Role, grants: &[Grant]) -> Option<String> {
    if !needs_mandate(role) {
        return None;
    }
    let mut numbers: Vec<&str> = grants
        .iter()
        .filter_map(|grant| grant.mandate.as_deref())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers.join("、"))
}

/// Writes grants of an account; the caller audits.
pub(crate) async fn insert(tx: &mut Tx, account: &str, grants: &[Grant]) -> StoreResult<()> {
    let by = tx.actor().id.clone();
    let mut rows = Vec::with_capacity(grants.len());
    for grant in grants {
        rows.push(values![
            tx.store().new_id(),
            account,
            grant.kind.key(),
            grant.code.clone(),
            grant.from.number(),
            grant.until.map(Day::number),
            grant.mandate.clone(),
            by.clone(),
        ]);
    }
    let columns = [
        "id",
        "account",
        "kind",
        "code",
        "from_day",
        "until_day",
        "mandate",
        "granted_by",
    ];
    tx.insert_many("org_grant", &columns, rows).await
}

/// Grants an account a further place.
pub(crate) async fn add(tx: &mut Tx, account: &str, grant: &Grant) -> StoreResult<()> {
    insert(tx, account, std::slice::from_ref(grant)).await?;
    let mut entry = Audit::new("grant.add")
        .subject(account)
        .with(
            "grants",
            vec![format!("{}:{}", grant.kind.key(), grant.code)],
        )
        .with("since", grant.from.to_string());
    if let Some(until) = grant.until {
        entry = entry.with("until", until.to_string());
    }
    if let Some(mandate) = &grant.mandate {
        entry = entry.with("mandate", mandate.as_str());
    }
    tx.audit(entry);
    Ok(())
}

/// Ends a grant with today; `false`: it had ended, or is another account's.
pub(crate) async fn end(tx: &mut Tx, account: &str, grant: &str) -> StoreResult<bool> {
    let today = tx.at().day();
    let gone = tx
        .run(
            "DELETE FROM org_grant WHERE id = $1 AND account = $2 AND from_day >= $3",
            values![grant, account, today.number()],
        )
        .await?;
    let ended = tx
        .run(
            "UPDATE org_grant SET until_day = $1 WHERE id = $2 AND account = $3 AND (until_day IS NULL OR until_day > $1)",
            values![today.number(), grant, account],
        )
        .await?;
    tx.audit(Audit::new("grant.end").subject(account).with("row", grant));
    Ok(gone + ended > 0)
}

/// All grants of an account, those that hold longest first.
pub(crate) async fn of_account(reads: &impl Reads, account: &str) -> StoreResult<Vec<Held>> {
    let sql = "SELECT id, account, kind, code, from_day, until_day, mandate, granted_by FROM org_grant \
         WHERE account = $1 ORDER BY from_day DESC, id";
    let rows = reads.all(sql, values![account]).await?;
    rows.iter()
        .map(|row| {
            Ok(Held {
                id: row.text("id")?,
                grant: grant_of(row)?,
                by: row.opt_text("granted_by")?,
            })
        })
        .collect()
}
