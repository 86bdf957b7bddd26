//! 通报 kept: drawn up by one person, published by another, frozen; a correction is a further version.

use crate::book::to_json;
use crate::month;
use crate::rank::Content;
use kernel::{Day, Instant};
use store::{Audit, Reads, Row, StoreError, StoreResult, Tx, values};

/// A version of a month's 通报.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bulletin {
    pub(crate) id: String,
    pub(crate) month: Day,
    pub(crate) version: i64,
    pub(crate) content: Content,
    pub(crate) digest: String,
    /// Why it takes the place of the one before; empty for the first.
    pub(crate) reason: String,
    pub(crate) drawn: Instant,
    pub(crate) drawn_by: String,
    pub(crate) drawn_name: String,
    pub(crate) published: Option<Instant>,
    pub(crate) published_name: Option<String>,
}

const COLUMNS: &str = "id, month, version, content, digest, reason, drawn_at, drawn_by, drawn_name, published_at, published_name";

fn of_row(row: &Row) -> StoreResult<Bulletin> {
    let content = row.text("content")?;
    Ok(Bulletin {
        id: row.text("id")?,
        month: row.day("month")?,
        version: row.int("version")?,
        content: serde_json::from_str(&content).map_err(|error| StoreError::BadColumn {
            column: "tasks_bulletin.content".to_owned(),
            what: error.to_string(),
        })?,
        digest: row.text("digest")?,
        reason: row.text("reason")?,
        drawn: row.instant("drawn_at")?,
        drawn_by: row.text("drawn_by")?,
        drawn_name: row.text("drawn_name")?,
        published: row.opt_instant("published_at")?,
        published_name: row.opt_text("published_name")?,
    })
}

/// All versions, latest month and version first; drafts only for those who draw them up.
pub(crate) async fn all(reads: &impl Reads, drafts: bool) -> StoreResult<Vec<Bulletin>> {
    let only = if drafts {
        ""
    } else {
        " WHERE published_at IS NOT NULL"
    };
    let sql =
        format!("SELECT {COLUMNS} FROM tasks_bulletin{only} ORDER BY month DESC, version DESC");
    reads.all(&sql, vec![]).await?.iter().map(of_row).collect()
}

/// Versions of a month, latest first.
pub(crate) async fn of_month(reads: &impl Reads, of: Day) -> StoreResult<Vec<Bulletin>> {
    let sql =
        format!("SELECT {COLUMNS} FROM tasks_bulletin WHERE month = $1 ORDER BY version DESC");
    let rows = reads.all(&sql, values![of.number()]).await?;
    rows.iter().map(of_row).collect()
}

/// Draws a version up; a draft of the same version takes the place of the one before it. `false` when somebody
/// else published or drew one up meanwhile (`seen` is the latest version that was looked at).
pub(crate) async fn draw(
    tx: &mut Tx,
    of: Day,
    seen: i64,
    content: &Content,
    reason: &str,
) -> StoreResult<bool> {
    let latest = of_month(tx, of).await?.into_iter().next();
    if latest.as_ref().map_or(0, |one| one.version) != seen {
        return Ok(false);
    }
    let text = to_json(content)?;
    let digest = tx.store().keys().blind("bulletin", &text);
    let digest = digest.get(..16).unwrap_or(&digest).to_owned();
    let (by, name, at) = (
        tx.actor().id.clone(),
        tx.actor().name.clone(),
        tx.at().micros(),
    );
    let draft = latest.filter(|one| one.published.is_none());
    let version = if let Some(draft) = draft {
        tx.run(
                "UPDATE tasks_bulletin SET content = $1, digest = $2, reason = $3, drawn_at = $4, drawn_by = $5, \
                 drawn_name = $6 WHERE id = $7 AND published_at IS NULL",
                values![text, digest, reason, at, by, name, draft.id.as_str()],
            )
            .await?;
        draft.version
    } else {
        let id = tx.store().new_id();
        let done = tx
                .run(
                    "INSERT INTO tasks_bulletin (id, month, version, content, digest, reason, drawn_at, drawn_by, \
                     drawn_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                    values![id, of.number(), seen + 1, text, digest, reason, at, by, name],
                )
                .await;
        match done {
            Ok(_) => seen + 1,
            Err(StoreError::Duplicate(_)) => return Ok(false),
            Err(error) => return Err(error),
        }
    };
    tx.audit(
        Audit::new("task.bulletin")
            .subject(&month::key(of))
            .with("version", version),
    );
    Ok(true)
}

/// Publishes what was drawn up; `false` when it is not that draft any more.
pub(crate) async fn publish(tx: &mut Tx, draft: &Bulletin) -> StoreResult<bool> {
    let (by, name, at) = (
        tx.actor().id.clone(),
        tx.actor().name.clone(),
        tx.at().micros(),
    );
    let done = tx
        .run(
            "UPDATE tasks_bulletin SET published_at = $1, published_by = $2, published_name = $3 \
             WHERE id = $4 AND published_at IS NULL AND digest = $5 AND drawn_at = $6 AND drawn_by <> $7",
            values![
                at,
                by.as_str(),
                name,
                draft.id.as_str(),
                draft.digest.as_str(),
                draft.drawn.micros(),
                by.as_str()
            ],
        )
        .await?;
    if done == 0 {
        return Ok(false);
    }
    tx.audit(
        Audit::new("task.bulletin_publish")
            .subject(&month::key(draft.month))
            .with("version", draft.version)
            .with("digest", draft.digest.as_str()),
    );
    Ok(true)
}
