//! One person's wide row.

use super::columns::{FACT_COLUMNS, facts_of};
use crate::api::{Digests, Person, PersonKey};
use authz::Scope;
use host::veil;
use std::collections::BTreeMap;
use store::{Reads, Row, Sealed, Sql, StoreResult, scope_condition, values};

/// Columns of a person besides the facts, over alias `p`.
const OWN: &str = "p.shard, p.id, p.name, p.provisional, p.id_number, p.phone, p.address, p.contact_name, p.contact_phone, \
     p.contact_relation, p.household, p.relation, p.registered_at, p.changed_at, p.version";

/// Where people are looked up by id alone: each shard is asked by key. The empty text keeps a planner from going
/// through everybody to look up their shard.
pub(crate) const BY_ID: &str =
    "FROM people_shard s JOIN people_person p ON p.shard = s.shard || ''";

/// The shards in use.
pub(crate) async fn shards(reads: &impl Reads) -> StoreResult<Vec<String>> {
    let rows = reads
        .all(
            "SELECT s.shard FROM people_shard s ORDER BY s.shard",
            vec![],
        )
        .await?;
    rows.iter().map(|row| row.text("shard")).collect()
}

/// As [`select`], for statements that ask `p.id`.
pub(crate) fn select_by_id() -> String {
    format!("SELECT {OWN}, {} {BY_ID}", *FACT_COLUMNS)
}

pub(crate) fn select() -> String {
    format!("SELECT {OWN}, {} FROM people_person p", *FACT_COLUMNS)
}

/// The one place where a row becomes a person: what the request may not show in full is masked here.
pub(crate) fn person_of(row: &Row) -> StoreResult<Person> {
    Ok(Person {
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        name: veil::name(row.text("name")?),
        provisional: row.opt_text("provisional")?,
        id_number: row.opt_text("id_number")?.map(Sealed),
        phone: row.opt_text("phone")?.map(Sealed),
        address: row.opt_text("address")?,
        contact_name: row.opt_text("contact_name")?.map(veil::name),
        contact_phone: row.opt_text("contact_phone")?.map(Sealed),
        contact_relation: row.opt_text("contact_relation")?,
        household: row.opt_text("household")?,
        relation: row.opt_text("relation")?,
        registered: row.instant("registered_at")?,
        changed: row.instant("changed_at")?,
        version: row.int("version")?,
        facts: facts_of(row)?,
    })
}

/// The person of this id, whatever the asker's scope: for the decision about a single record only.
pub(crate) async fn by_id(reads: &impl Reads, id: &str) -> StoreResult<Option<Person>> {
    let row = reads
        .one(&format!("{} WHERE p.id = $1", select_by_id()), values![id])
        .await?;
    row.as_ref().map(person_of).transpose()
}

/// These people, held by the transaction until it ends: nobody else changes them meanwhile.
pub(crate) async fn held(tx: &store::Tx, ids: &[&str]) -> StoreResult<Vec<Person>> {
    let mut sql = Sql::new(&format!("{} WHERE p.id IN (", select_by_id()));
    for (place, id) in ids.iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " }).bind(*id);
    }
    sql.push(if ids.is_empty() { "NULL" } else { "" })
        .push(") ORDER BY p.shard, p.id")
        .push(&tx.for_update_of("p"));
    let (text, values) = sql.parts();
    tx.all(&text, values).await?.iter().map(person_of).collect()
}

/// The members of a household the asker may see.
pub(crate) async fn household(
    reads: &impl Reads,
    scope: &Scope,
    household: &str,
) -> StoreResult<Vec<Person>> {
    let mut sql = Sql::new(&format!("{} WHERE p.household = ", select()));
    sql.bind(household)
        .push(" AND ")
        .append(&scope_condition(scope, "p"))
        .push(" ORDER BY p.birth_date, p.id");
    let (text, values) = sql.parts();
    reads
        .all(&text, values)
        .await?
        .iter()
        .map(person_of)
        .collect()
}

/// How many live in a household (also those the asker may not see).
pub(crate) async fn household_size(reads: &impl Reads, household: &str) -> StoreResult<i64> {
    reads
        .number(
            "SELECT count(*) AS n FROM people_person p WHERE p.household = $1",
            values![household],
        )
        .await
}

/// The person with this identity number, by its blind indexes.
pub(crate) async fn by_id_number(
    reads: &impl Reads,
    indexes: &[String],
) -> StoreResult<Option<Person>> {
    for index in indexes {
        let row = reads
            .one(
                &format!("{} WHERE p.id_number_index = $1", select()),
                values![index.as_str()],
            )
            .await?;
        if let Some(row) = row {
            return person_of(&row).map(Some);
        }
    }
    Ok(None)
}

/// Keyed digests of these people, by id.
pub(crate) async fn digests(
    reads: &impl Reads,
    ids: &[String],
) -> StoreResult<BTreeMap<String, Digests>> {
    let mut out = BTreeMap::new();
    for part in ids.chunks(500) {
        let mut sql = Sql::new(&format!(
            "SELECT p.id, p.id_number_index, p.id_last_four_index, p.phone_index, p.household {BY_ID} WHERE p.id IN ("
        ));
        for (place, id) in part.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .bind(id.as_str());
        }
        sql.push(")");
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            let digests = Digests {
                number: row.opt_text("id_number_index")?,
                last_four: row.opt_text("id_last_four_index")?,
                phone: row.opt_text("phone_index")?,
                household: row.opt_text("household")?,
            };
            out.insert(row.text("id")?, digests);
        }
    }
    Ok(out)
}

/// Guardians of a child: key, relation.
pub(crate) async fn guardians(
    reads: &impl Reads,
    key: &PersonKey,
) -> StoreResult<Vec<(String, String)>> {
    let rows = reads
        .all(
            "SELECT guardian, relation FROM people_ward WHERE shard = $1 AND child = $2 ORDER BY guardian",
            values![key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("guardian")?, row.text("relation")?)))
        .collect()
}

/// Ids whose blind index `column` holds `value`, at most 200.
pub(crate) async fn ids_by(
    reads: &impl Reads,
    column: &'static str,
    value: &str,
) -> StoreResult<Vec<String>> {
    let rows = reads
        .all(
            &format!("SELECT p.id FROM people_person p WHERE p.{column} = $1 LIMIT 200"),
            values![value],
        )
        .await?;
    rows.iter().map(|row| row.text("id")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Backend;
    use store::testing::databases;

    /// Row B01; engineering.md 3: whoever knows only an id is looked up by key in each shard, one or many; nobody
    /// else's row is read.
    #[tokio::test]
    async fn an_id_alone_is_looked_up_by_key() {
        let mut migrations = store::migrations();
        migrations.extend(crate::capability().migrations);
        for db in databases(&migrations).await.unwrap() {
            if db.store.backend() != Backend::Sqlite {
                // PostgreSQL plans by how many rows a table has, and here there are none.
                continue;
            }
            for asked in ["p.id = 'a'", "p.id IN ('a', 'b')"] {
                let sql = format!(
                    "EXPLAIN QUERY PLAN SELECT p.name {BY_ID} WHERE (p.hukou_area >= '4' OR p.residence_area >= '4') \
                     AND {asked} ORDER BY p.birth_date, p.id LIMIT 20"
                );
                let rows = db.store.all(&sql, vec![]).await.unwrap();
                let plan: Vec<String> =
                    rows.iter().map(|row| row.text("detail").unwrap()).collect();
                let search = plan.iter().any(|step| {
                    step.starts_with("SEARCH p ") && step.ends_with("(shard=? AND id=?)")
                });
                assert!(search, "{plan:?}");
            }
            db.close().await.unwrap();
        }
    }
}
