//! Grants on a person follow when two files of that person become one, and come back with them.

use crate::part::Org;
use kernel::Day;
use std::collections::BTreeSet;
use store::{Reads, Sql, StoreResult, Tx, values};

/// Leads every grant on person `from` to person `to`; the ids of these grants. The caller audits.
pub async fn regrant(tx: &mut Tx, from: &str, to: &str) -> StoreResult<Vec<String>> {
    let rows = tx
        .all(
            "SELECT id FROM org_grant WHERE kind = 'person' AND code = $1 ORDER BY id",
            values![from],
        )
        .await?;
    let ids: Vec<String> = rows
        .iter()
        .map(|row| row.text("id"))
        .collect::<StoreResult<_>>()?;
    lead(tx, &ids, to).await?;
    Ok(ids)
}

/// Leads these grants to a person.
pub async fn lead(tx: &mut Tx, grants: &[String], to: &str) -> StoreResult<()> {
    for id in grants {
        tx.run(
            "UPDATE org_grant SET code = $1 WHERE id = $2",
            values![to, id.as_str()],
        )
        .await?;
    }
    Ok(())
}

/// Lets an account see a person from a day on, until before another; the grant's id. The caller audits.
pub async fn grant_person(
    tx: &mut Tx,
    account: &str,
    person: &str,
    from: Day,
    until: Option<Day>,
) -> StoreResult<String> {
    let id = tx.store().new_id();
    tx.run(
        "INSERT INTO org_grant (id, account, kind, code, from_day, until_day) VALUES ($1, $2, 'person', $3, $4, $5)",
        values![id.as_str(), account, person, from.number(), until.map(Day::number)],
    )
    .await?;
    Ok(id)
}

/// Ends a grant before a day; one that had not begun by then is taken out.
pub async fn end_grant(tx: &mut Tx, grant: &str, until: Day) -> StoreResult<()> {
    tx.run(
        "DELETE FROM org_grant WHERE id = $1 AND from_day >= $2",
        values![grant, until.number()],
    )
    .await?;
    tx.run(
        "UPDATE org_grant SET until_day = $1 WHERE id = $2 AND (until_day IS NULL OR until_day > $1)",
        values![until.number(), grant],
    )
    .await?;
    Ok(())
}

/// Ends what family accounts see of a person before a day, but for these accounts; whose it ended. The caller audits and
/// calls [`grants_changed`] after its commit.
pub async fn end_family_grants(
    tx: &mut Tx,
    person: &str,
    but: &[String],
    until: Day,
) -> StoreResult<Vec<String>> {
    let sql = "SELECT g.id, g.account FROM org_grant g JOIN org_account a ON a.id = g.account \
         WHERE g.kind = 'person' AND g.code = $1 AND a.role = 'family' \
         AND (g.until_day IS NULL OR g.until_day > $2) ORDER BY g.id";
    let mut ended = Vec::new();
    for row in tx.all(sql, values![person, until.number()]).await? {
        let account = row.text("account")?;
        if !but.contains(&account) {
            end_grant(tx, &row.text("id")?, until).await?;
            ended.push(account);
        }
    }
    Ok(ended)
}

/// The family account of this login, if there is one and it may sign in: its id.
pub async fn family_account(reads: &impl Reads, login: &str) -> StoreResult<Option<String>> {
    let row = reads
        .one(
            "SELECT id FROM org_account WHERE login = $1 AND role = 'family' AND disabled = $2",
            values![login.trim().to_lowercase(), false],
        )
        .await?;
    row.map(|row| row.text("id")).transpose()
}

/// People whom a family account that may sign in sees, by id.
pub async fn with_family(reads: &impl Reads) -> StoreResult<Vec<String>> {
    let sql = "SELECT DISTINCT g.code FROM org_grant g JOIN org_account a ON a.id = g.account \
         WHERE g.kind = 'person' AND a.role = 'family' AND a.disabled = $1 AND g.until_day IS NULL ORDER BY g.code";
    let rows = reads.all(sql, values![false]).await?;
    rows.iter().map(|row| row.text("code")).collect()
}

/// Of these people, whom a family account that may sign in sees.
pub async fn with_family_of(reads: &impl Reads, people: &[&str]) -> StoreResult<BTreeSet<String>> {
    let mut sql = Sql::new(
        "SELECT DISTINCT g.code FROM org_grant g JOIN org_account a ON a.id = g.account \
         WHERE g.kind = 'person' AND a.role = 'family' AND a.disabled = ",
    );
    sql.bind(false)
        .push(" AND g.until_day IS NULL AND g.code IN (''");
    for person in people {
        sql.push(", ").bind(*person);
    }
    sql.push(")");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(|row| row.text("code")).collect()
}

/// Forgets every session's scope in memory, so that the next request reads its grants anew: after a commit that
/// changed grants.
pub fn grants_changed(org: &Org) {
    org.cache().forget_all();
}
