//! The log of operations and reads, chained with SM3 (invariant 10).
//!
//! Writes put their rows into their own transaction. Reads are group-committed: whoever passes the
//! gate first writes everything that waits, and every reader's row is durable before its page is
//! sent (engineering.md 14). Rows are sealed in order into `audit_seal`; a sealed row that changes
//! breaks the chain.

use crate::{Reads, Store, StoreResult, Tx, values};
use authz::Actor;
use kernel::Instant;
use sea_orm::Value;
use serde_json::{Map, Value as Json};

/// One entry: what was done to whom. Holds keys, field names, codes and keyed digests, never a name,
/// number, phone or free text (engineering.md 13).
#[derive(Debug, Clone)]
pub struct Audit {
    /// Stable code such as `person.read`, `fact.correct`.
    pub action: &'static str,
    /// Shard of the person it is about.
    pub shard: Option<String>,
    /// Key of the person or thing it is about.
    pub subject: Option<String>,
    /// Further codes.
    pub detail: Map<String, Json>,
}

impl Audit {
    /// An entry about no one in particular.
    pub fn new(action: &'static str) -> Self {
        Self {
            action,
            shard: None,
            subject: None,
            detail: Map::new(),
        }
    }

    /// About this person.
    pub fn person(mut self, shard: &str, id: &str) -> Self {
        self.shard = Some(shard.to_owned());
        self.subject = Some(id.to_owned());
        self
    }

    /// About this thing.
    pub fn subject(mut self, key: &str) -> Self {
        self.subject = Some(key.to_owned());
        self
    }

    /// With a code.
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

pub(crate) const COLUMNS: &[&str] = &[
    "id", "at", "actor", "role", "action", "shard", "subject", "detail", "request",
];

pub(crate) fn rows(
    store: &Store,
    at: Instant,
    actor: &Actor,
    request: Option<&str>,
    entries: &[Audit],
) -> Vec<Vec<Value>> {
    entries
        .iter()
        .map(|entry| {
            values![
                store.new_id(),
                at.micros(),
                actor.id.clone(),
                actor.role.key(),
                entry.action,
                entry.shard.clone(),
                entry.subject.clone(),
                Json::Object(entry.detail.clone()).to_string(),
                request.map(str::to_owned),
            ]
        })
        .collect()
}

pub(crate) const SEEN_COLUMNS: &[&str] = &["subject", "at", "audit_id"];

/// Whom these rows showed: the texts of their `keys`, each once.
pub(crate) fn seen(rows: &[Vec<Value>], entries: &[Audit]) -> Vec<Vec<Value>> {
    let mut out = Vec::new();
    for (row, entry) in rows.iter().zip(entries) {
        let (Some(id), Some(at)) = (row.first(), row.get(1)) else {
            continue;
        };
        let Some(Json::Array(keys)) = entry.detail.get("keys") else {
            continue;
        };
        let mut keys: Vec<&str> = keys.iter().filter_map(Json::as_str).collect();
        keys.sort_unstable();
        keys.dedup();
        out.extend(
            keys.into_iter()
                .map(|key| vec![Value::from(key), at.clone(), id.clone()]),
        );
    }
    out
}

#[derive(Default)]
pub(crate) struct Pending {
    rows: Vec<Vec<Value>>,
    seen: Vec<Vec<Value>>,
    queued: u64,
    written: u64,
}

impl Store {
    /// Logs reads; durable when this returns. Concurrent callers share one commit.
    pub async fn log_reads(
        &self,
        actor: &Actor,
        request: Option<&str>,
        entries: &[Audit],
    ) -> StoreResult<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let new = rows(self, self.clock().now(), actor, request, entries);
        let mine = {
            let mut pending = self.pending();
            pending.queued += new.len() as u64;
            pending.seen.extend(seen(&new, entries));
            pending.rows.extend(new);
            pending.queued
        };
        // Whoever comes first writes everything that waits; who comes later must not answer before
        // that commit is through (on PostgreSQL no gate makes them wait).
        let _one_commit = self.0.read_log.lock().await;
        let (batch, shown, up_to) = {
            let mut pending = self.pending();
            if pending.written >= mine {
                return Ok(());
            }
            (
                std::mem::take(&mut pending.rows),
                std::mem::take(&mut pending.seen),
                pending.queued,
            )
        };
        let result = async {
            let mut tx = self.begin(&Actor::system("read-log"), None).await?;
            tx.insert_many("audit_row", COLUMNS, batch.clone()).await?;
            tx.insert_many("audit_seen", SEEN_COLUMNS, shown.clone())
                .await?;
            tx.commit_reads().await
        }
        .await;
        let mut pending = self.pending();
        match result {
            Ok(()) => {
                pending.written = pending.written.max(up_to);
                Ok(())
            }
            Err(error) => {
                // Nothing is lost: the rows wait for the next commit; this page is not sent.
                pending.rows.splice(0..0, batch);
                pending.seen.splice(0..0, shown);
                Err(error)
            }
        }
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.0
            .pending_reads
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Seals what is not yet sealed, in order; returns how many rows were added to the chain.
    pub async fn seal_audit(&self) -> StoreResult<u64> {
        let mut tx = self.begin(&Actor::system("seal"), None).await?;
        let head = tx
            .one(
                "SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1",
                vec![],
            )
            .await?;
        let (mut seq, mut hash) = match head {
            Some(row) => (row.int("seq")?, row.text("hash")?),
            None => (0, String::new()),
        };
        let open = tx
            .all(
                "SELECT a.id, a.at, a.actor, a.role, a.action, a.shard, a.subject, a.detail, a.request FROM audit_row a \
                 LEFT JOIN audit_seal s ON s.audit_id = a.id WHERE s.audit_id IS NULL ORDER BY a.at, a.id",
                vec![],
            )
            .await?;
        let mut seals = Vec::with_capacity(open.len());
        for row in &open {
            seq += 1;
            hash = crate::audit_chain::link(&hash, row)?;
            seals.push(values![seq, row.text("id")?, hash.clone()]);
        }
        let sealed = seals.len() as u64;
        tx.insert_many("audit_seal", &["seq", "audit_id", "hash"], seals)
            .await?;
        tx.commit_reads().await?;
        Ok(sealed)
    }
}

impl Tx {
    /// Commits rows of the log itself, which need no audit of their own.
    pub(crate) async fn commit_reads(mut self) -> StoreResult<()> {
        self.forget_written();
        self.commit().await
    }
}

/// One row of the log, for pages.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// When.
    pub at: Instant,
    /// Account id.
    pub actor: String,
    /// Role key.
    pub role: String,
    /// What was done.
    pub action: String,
    /// Further codes, JSON.
    pub detail: String,
}

/// The latest rows about one subject.
pub async fn about(reads: &impl Reads, subject: &str, most: i64) -> StoreResult<Vec<LogRow>> {
    let rows = reads
        .all(
            "SELECT at, actor, role, action, detail FROM audit_row WHERE subject = $1 ORDER BY at DESC, id DESC LIMIT $2",
            values![subject, most],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(LogRow {
                at: row.instant("at")?,
                actor: row.text("actor")?,
                role: row.text("role")?,
                action: row.text("action")?,
                detail: row.text("detail")?,
            })
        })
        .collect()
}
