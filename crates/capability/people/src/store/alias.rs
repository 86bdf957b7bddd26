//! Files that gave way to another file of the same person: set aside whole, found again, brought back.

use super::write::OWN_COLUMNS;
use crate::api::PersonKey;
use kernel::Instant;
use std::collections::BTreeSet;
use store::{Reads, Row, Sealed, StoreError, StoreResult, Tx, places, values};

/// Tables whose rows follow a file aside, and the column that names the person.
const FOLLOWING: &[(&str, &str)] = &[
    ("people_history", "person"),
    ("people_event", "person"),
    ("people_remark", "person"),
    ("people_ward", "child"),
];

/// So many files lead from one to the next at the most.
const LONGEST: usize = 64;

/// A file that was set aside.
#[derive(Debug, Clone)]
pub struct Alias {
    /// The key it had, and has again when it is brought back.
    pub key: PersonKey,
    /// Name.
    pub name: String,
    /// 临时编号.
    pub provisional: Option<String>,
    /// Identity number, sealed.
    pub id_number: Option<Sealed>,
    /// The person it leads to (who may have given way since).
    pub survivor: String,
    /// The merge that set it aside.
    pub merge: String,
    /// When.
    pub at: Instant,
    /// When the register first knew this file.
    pub registered: Instant,
}

impl Alias {
    /// Where its history, events and wards stand meanwhile.
    pub fn aside(&self) -> PersonKey {
        aside(&self.key)
    }
}

/// Where the history, events and wards of a file stand while it is set aside.
pub(crate) fn aside(key: &PersonKey) -> PersonKey {
    PersonKey {
        shard: format!("~{}", key.shard),
        id: key.id.clone(),
    }
}

fn alias_of(row: &Row) -> StoreResult<Alias> {
    Ok(Alias {
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        name: host::veil::name(row.text("name")?),
        provisional: row.opt_text("provisional")?,
        id_number: row.opt_text("id_number")?.map(Sealed),
        survivor: row.text("survivor")?,
        merge: row.text("merge")?,
        at: row.instant("aside_at")?,
        registered: row.instant("registered_at")?,
    })
}

const READ: &str = "SELECT shard, id, name, provisional, id_number, survivor, merge, aside_at, registered_at FROM people_alias";

/// The file of this id, if it was set aside.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Alias>> {
    let row = reads
        .one(&format!("{READ} WHERE id = $1"), values![id])
        .await?;
    row.as_ref().map(alias_of).transpose()
}

/// The person whom this id has come to; `None` where it is nobody's that was set aside.
pub(crate) async fn survivor_of(reads: &impl Reads, id: &str) -> StoreResult<Option<String>> {
    let mut last = None;
    let mut at = id.to_owned();
    for _ in 0..LONGEST {
        let Some(alias) = find(reads, &at).await? else {
            return Ok(last);
        };
        at.clone_from(&alias.survivor);
        last = Some(alias.survivor);
    }
    Err(StoreError::Other(format!(
        "people_alias goes round at {id}"
    )))
}

/// All files that lead to this person, also over others; latest first.
pub(crate) async fn leading_to(reads: &impl Reads, id: &str) -> StoreResult<Vec<Alias>> {
    let mut out: Vec<Alias> = Vec::new();
    let (mut open, mut seen) = (vec![id.to_owned()], BTreeSet::new());
    while let Some(next) = open.pop() {
        if !seen.insert(next.clone()) {
            continue;
        }
        let sql = format!("{READ} WHERE survivor = $1 ORDER BY id");
        for row in &reads.all(&sql, values![next]).await? {
            let alias = alias_of(row)?;
            open.push(alias.key.id.clone());
            out.push(alias);
        }
    }
    out.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.key.cmp(&b.key)));
    Ok(out)
}

/// The people to whom files lead that hold `value` in `column`, at most 200.
pub(crate) async fn survivors_by(
    reads: &impl Reads,
    column: &'static str,
    value: &str,
) -> StoreResult<Vec<String>> {
    let rows = reads
        .all(
            &format!("SELECT id FROM people_alias WHERE {column} = $1 ORDER BY id LIMIT 200"),
            values![value],
        )
        .await?;
    let mut out = BTreeSet::new();
    for row in &rows {
        out.extend(survivor_of(reads, &row.text("id")?).await?);
    }
    Ok(out.into_iter().collect())
}

/// The people to whom files lead that hold one of these values in `column`, each with its value.
pub(crate) async fn survivors_of(
    reads: &impl Reads,
    column: &'static str,
    wanted: &[&str],
) -> StoreResult<Vec<(String, String)>> {
    let mut out = Vec::new();
    for part in wanted.chunks(2_000) {
        let values = part.iter().map(|text| (*text).into()).collect();
        let sql = format!(
            "SELECT {column} AS looked, id FROM people_alias WHERE {column} IN ({}) ORDER BY id",
            places(reads.dialect(), part.len())
        );
        for row in &reads.all(&sql, values).await? {
            if let Some(survivor) = survivor_of(reads, &row.text("id")?).await? {
                out.push((row.text("looked")?, survivor));
            }
        }
    }
    Ok(out)
}

/// Sets a file aside; false where there is no such person.
pub(crate) async fn set_aside(
    tx: &mut Tx,
    key: &PersonKey,
    survivor: &str,
    merge: &str,
) -> StoreResult<bool> {
    let (columns, at) = (OWN_COLUMNS.join(", "), tx.at().micros());
    let done = tx
        .run(
            &format!(
                "INSERT INTO people_alias ({columns}, survivor, merge, aside_at) \
                 SELECT {columns}, CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT) FROM people_person \
                 WHERE shard = $4 AND id = $5"
            ),
            values![survivor, merge, at, key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    if done != 1 {
        return Ok(false);
    }
    tx.run(
        "DELETE FROM people_person WHERE shard = $1 AND id = $2",
        values![key.shard.as_str(), key.id.as_str()],
    )
    .await?;
    follow(tx, key, &aside(key)).await?;
    Ok(true)
}

/// Brings a file back as it was, its row one version on; facts are what its records come to today, which the caller
/// sees to. False where it was not set aside.
pub(crate) async fn bring_back(tx: &mut Tx, key: &PersonKey) -> StoreResult<bool> {
    let columns = OWN_COLUMNS.join(", ");
    let told: Vec<&str> = OWN_COLUMNS
        .iter()
        .map(|column| match *column {
            "version" => "version + 1",
            other => other,
        })
        .collect();
    let done = tx
        .run(
            &format!(
                "INSERT INTO people_person ({columns}) SELECT {} FROM people_alias WHERE shard = $1 AND id = $2",
                told.join(", ")
            ),
            values![key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    if done != 1 {
        return Ok(false);
    }
    tx.run(
        "DELETE FROM people_alias WHERE shard = $1 AND id = $2",
        values![key.shard.as_str(), key.id.as_str()],
    )
    .await?;
    follow(tx, &aside(key), key).await?;
    Ok(true)
}

async fn follow(tx: &mut Tx, from: &PersonKey, to: &PersonKey) -> StoreResult<()> {
    for (table, column) in FOLLOWING {
        tx.run(
            &format!("UPDATE {table} SET shard = $1 WHERE shard = $2 AND {column} = $3"),
            values![to.shard.as_str(), from.shard.as_str(), from.id.as_str()],
        )
        .await?;
    }
    Ok(())
}
