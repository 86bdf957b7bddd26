//! Rows of files: whose, in which scope, until when.

use crate::Sealed;
use authz::{Actor, Scope};
use kernel::{Day, Instant};
use store::{Reads, Row, Sql, StoreError, StoreResult, Tx, values};

/// A kept file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// SM3 of its plain bytes.
    pub digest: String,
    /// What a download is called.
    pub name: String,
    /// Account that it belongs to.
    pub owner: String,
    /// Whose data it holds.
    pub scope: Scope,
    /// Its type, sniffed.
    pub kind: String,
    /// Plain bytes.
    pub size: u64,
    /// When it was kept.
    pub created: Instant,
    /// The last day of its retention.
    pub until: Day,
}

/// What is said of a file when it is kept.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// What a download is called; never a person's name.
    pub name: String,
    /// Account that it belongs to.
    pub owner: String,
    /// Whose data it holds.
    pub scope: Scope,
    /// Days it is kept beyond today.
    pub days: i32,
}

impl Kept {
    /// Whether this actor may read it: its owner, as long as their scope still covers what the file
    /// holds (invariant 10).
    pub fn may_read(&self, actor: &Actor) -> bool {
        self.owner == actor.id && covers(&actor.scope, &self.scope)
    }
}

/// Whether `mine` admits everybody that `theirs` admits.
fn covers(mine: &Scope, theirs: &Scope) -> bool {
    match (mine, theirs) {
        (Scope::Everywhere, _) | (_, Scope::Nowhere) => true,
        (Scope::Areas(_), Scope::Areas(areas)) => areas.iter().all(|area| mine.admits_area(area)),
        (Scope::People(ids), Scope::People(wanted)) => wanted.iter().all(|id| ids.contains(id)),
        _ => false,
    }
}

const COLUMNS: &str = "id, digest, name, owner, scope, kind, size, created_at, keep_until";

fn of_row(row: &Row) -> StoreResult<Kept> {
    let scope = row.text("scope")?;
    Ok(Kept {
        id: row.text("id")?,
        digest: row.text("digest")?,
        name: row.text("name")?,
        owner: row.text("owner")?,
        scope: serde_json::from_str(&scope).map_err(|error| StoreError::BadColumn {
            column: "file.scope".to_owned(),
            what: error.to_string(),
        })?,
        kind: row.text("kind")?,
        size: row.int("size")?.unsigned_abs(),
        created: row.instant("created_at")?,
        until: row.day("keep_until")?,
    })
}

pub(crate) async fn insert(tx: &mut Tx, sealed: &Sealed, new: NewFile) -> StoreResult<Kept> {
    let scope =
        serde_json::to_string(&new.scope).map_err(|error| StoreError::Other(error.to_string()))?;
    let kept = Kept {
        id: tx.store().new_id(),
        digest: sealed.digest.clone(),
        name: new.name,
        owner: new.owner,
        scope: new.scope,
        kind: sealed.kind.to_owned(),
        size: sealed.size,
        created: tx.at(),
        until: tx.at().day().plus_days(new.days),
    };
    tx.run(
        &format!("INSERT INTO file ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
        values![
            kept.id.as_str(),
            kept.digest.as_str(),
            kept.name.as_str(),
            kept.owner.as_str(),
            scope,
            kept.kind.as_str(),
            kept.size as i64,
            kept.created.micros(),
            kept.until.number(),
        ],
    )
    .await?;
    Ok(kept)
}

pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Kept>> {
    let sql = format!("SELECT {COLUMNS} FROM file WHERE id = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The digests of all files, each once.
pub(crate) async fn digests(reads: &impl Reads) -> StoreResult<Vec<String>> {
    let rows = reads
        .all("SELECT DISTINCT digest FROM file ORDER BY digest", vec![])
        .await?;
    rows.iter().map(|row| row.text("digest")).collect()
}

/// Digests of files behind one, in their order, each once.
pub(crate) async fn digests_behind(
    reads: &impl Reads,
    after: &str,
    most: i64,
) -> StoreResult<Vec<String>> {
    let sql = "SELECT DISTINCT digest FROM file WHERE digest > $1 ORDER BY digest LIMIT $2";
    let rows = reads.all(sql, values![after, most]).await?;
    rows.iter().map(|row| row.text("digest")).collect()
}

/// Whether rows speak of this file; nobody removes them until the transaction ends.
pub(crate) async fn hold(tx: &Tx, digest: &str) -> StoreResult<bool> {
    let sql = format!(
        "SELECT f.id FROM file f WHERE f.digest = $1{}",
        tx.for_update_of("f")
    );
    Ok(!tx.all(&sql, values![digest]).await?.is_empty())
}

pub(crate) async fn expired(reads: &impl Reads, today: Day, most: i64) -> StoreResult<Vec<String>> {
    let sql = "SELECT id FROM file WHERE keep_until < $1 ORDER BY keep_until, id LIMIT $2";
    let rows = reads.all(sql, values![today.number(), most]).await?;
    rows.iter().map(|row| row.text("id")).collect()
}

/// Gives files another owner.
pub(crate) async fn pass_on(tx: &mut Tx, ids: &[String], to: &str) -> StoreResult<()> {
    for id in ids {
        let sql = "UPDATE file SET owner = $1 WHERE id = $2";
        tx.run(sql, values![to, id.as_str()]).await?;
    }
    Ok(())
}

/// Deletes rows; returns the digests nobody speaks of any more.
pub(crate) async fn delete(tx: &mut Tx, ids: &[String]) -> StoreResult<Vec<String>> {
    let mut digests: Vec<String> = Vec::new();
    for ids in ids.chunks(500) {
        let mut list = Sql::new(" WHERE id IN (");
        for (place, id) in ids.iter().enumerate() {
            list.push(if place == 0 { "" } else { ", " })
                .bind(id.as_str());
        }
        list.push(")");
        let (text, values) = list.parts();
        let rows = tx
            .all(&format!("SELECT digest FROM file{text}"), values.clone())
            .await?;
        for row in rows {
            digests.push(row.text("digest")?);
        }
        tx.run(&format!("DELETE FROM file{text}"), values).await?;
    }
    digests.sort();
    digests.dedup();
    let mut free = Vec::new();
    for digest in digests {
        let sql = "SELECT count(*) AS n FROM file WHERE digest = $1";
        if tx.number(sql, values![digest.as_str()]).await? == 0 {
            free.push(digest);
        }
    }
    Ok(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas(codes: &[&str]) -> Scope {
        Scope::Areas(codes.iter().map(|code| code.parse().unwrap()).collect())
    }

    /// Row M03; invariant 10: a file is for its owner, and only while their scope covers it.
    #[test]
    fn a_file_is_for_its_owner_within_their_scope() {
        let (county, city, town) = (areas(&["421303"]), areas(&["4213"]), areas(&["421303001"]));
        assert!(covers(&city, &county) && covers(&county, &town) && covers(&county, &county));
        assert!(!covers(&county, &city) && !covers(&town, &county));
        assert!(!covers(&areas(&["421381"]), &county));
        assert!(!covers(&Scope::Nowhere, &county) && !covers(&city, &Scope::Everywhere));
        assert!(!covers(&city, &Scope::People(vec!["p".into()])));
    }
}
