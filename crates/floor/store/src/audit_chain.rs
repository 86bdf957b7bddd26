//! The chain of the log, walked from its first link or from a later one, and its heads by day.
//!
//! A head is number and hash of the last link of a day. Kept outside the database, heads prove more than the chain alone:
//! that the chain was not written anew from some row on, and that its end was not cut off.

use crate::secret::sm3_hex;
use crate::{Reads, Row, Store, StoreError, StoreResult, values};
use kernel::{Day, Instant};
use std::collections::BTreeMap;
use std::fmt;

/// Links read at once.
const AT_ONCE: i64 = 5_000;
/// The first line of exported heads.
const TITLE: &str = "# laoyou audit heads 1: day, number, SM3";

/// The last link of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The day of its row (Asia/Shanghai).
    pub day: Day,
    /// Its number: how many rows the chain had then.
    pub seq: i64,
    /// Its hash, which depends on every row before it.
    pub hash: String,
}

/// What a walk over the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// How many links the chain has.
    pub rows: i64,
    /// The last link of each day that was walked.
    pub heads: Vec<Head>,
    /// The first thing that does not fit; nothing behind it was looked at.
    pub broken: Option<Broken>,
}

/// What does not fit in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// There is no link of this number.
    Lacks(i64),
    /// The row of a link is not there any more.
    Gone {
        /// Number of the link.
        seq: i64,
        /// Id of the row.
        row: String,
    },
    /// The row of a link is not what it was.
    Changed {
        /// Number of the link.
        seq: i64,
        /// Id of the row.
        row: String,
    },
    /// The chain ends before a head that was kept outside: its last rows were removed.
    Shorter {
        /// The last number there is.
        ends: i64,
        /// The head.
        head: Head,
    },
    /// A link has another hash than the head that was kept outside: a row up to it was changed and the chain written
    /// anew.
    Rewritten(Head),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lacks(seq) => write!(f, "the chain lacks number {seq}"),
            Self::Gone { seq, row } => write!(f, "audit row {row} (number {seq}) is gone"),
            Self::Changed { seq, row } => write!(f, "audit row {row} (number {seq}) was changed"),
            Self::Shorter { ends, head } => write!(
                f,
                "the chain ends at number {ends}; on {} it had {}: rows at its end were removed",
                head.day, head.seq
            ),
            Self::Rewritten(head) => write!(
                f,
                "number {} is not what it was on {}: a row up to it was changed and the chain written anew",
                head.seq, head.day
            ),
        }
    }
}

/// The hash of a row behind the link with the hash `previous`.
pub(crate) fn link(previous: &str, row: &Row) -> Result<String, StoreError> {
    let mut text = previous.to_owned();
    for column in [
        "id", "actor", "role", "action", "shard", "subject", "detail", "request",
    ] {
        text.push('\n');
        text.push_str(row.opt_text(column)?.as_deref().unwrap_or("-"));
    }
    text.push('\n');
    text.push_str(&row.int("at")?.to_string());
    Ok(sm3_hex(text.as_bytes()))
}

impl Store {
    /// Walks the whole chain; `Err` names the first row that does not fit.
    pub async fn verify_audit(&self) -> StoreResult<Result<i64, Broken>> {
        let walk = self.walk_audit(0).await?;
        Ok(walk.broken.map_or(Ok(walk.rows), Err))
    }

    /// Walks the chain behind the link of this number (0: from the beginning), a piece at a time.
    pub async fn walk_audit(&self, behind: i64) -> StoreResult<Walk> {
        let (mut seq, mut hash) = (behind, String::new());
        let mut heads: BTreeMap<Day, Head> = BTreeMap::new();
        let mut broken = None;
        if behind > 0 {
            let sql = "SELECT hash FROM audit_seal WHERE seq = $1";
            match self.one(sql, values![behind]).await? {
                Some(row) => hash = row.text("hash")?,
                None => broken = Some(Broken::Lacks(behind)),
            }
        }
        while broken.is_none() {
            let rows = self
                .all(
                    "SELECT s.seq, s.hash, s.audit_id, a.id, a.at, a.actor, a.role, a.action, a.shard, a.subject, a.detail, a.request \
                     FROM audit_seal s LEFT JOIN audit_row a ON a.id = s.audit_id WHERE s.seq > $1 ORDER BY s.seq LIMIT $2",
                    values![seq, AT_ONCE],
                )
                .await?;
            for row in &rows {
                broken = check(row, seq + 1, &mut hash)?;
                if broken.is_some() {
                    break;
                }
                seq += 1;
                let day = row.instant("at")?.day();
                let head = Head {
                    day,
                    seq,
                    hash: hash.clone(),
                };
                heads.insert(day, head);
            }
            if (rows.len() as i64) < AT_ONCE {
                break;
            }
        }
        Ok(Walk {
            rows: seq,
            heads: heads.into_values().collect(),
            broken,
        })
    }

    /// The link before the first row that was sealed of this moment or later; 0 where there is none.
    pub async fn audit_link_before(&self, moment: Instant) -> StoreResult<i64> {
        let sql = "SELECT CAST(min(s.seq) AS BIGINT) AS n FROM audit_seal s JOIN audit_row a ON a.id = s.audit_id WHERE a.at >= $1";
        let first = self.number(sql, values![moment.micros()]).await?;
        if first > 0 {
            return Ok(first - 1);
        }
        let last = "SELECT CAST(max(seq) AS BIGINT) AS n FROM audit_seal";
        self.number(last, vec![]).await
    }

    /// Rows that are older than this moment and in no link yet: somebody should have sealed them.
    pub async fn unsealed_before(&self, moment: Instant) -> StoreResult<i64> {
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row a LEFT JOIN audit_seal s ON s.audit_id = a.id \
             WHERE s.audit_id IS NULL AND a.at < $1";
        self.number(sql, values![moment.micros()]).await
    }

    /// The hash of the link of this number.
    pub async fn audit_hash(&self, seq: i64) -> StoreResult<Option<String>> {
        let sql = "SELECT hash FROM audit_seal WHERE seq = $1";
        let row = self.one(sql, values![seq]).await?;
        row.map(|row| row.text("hash")).transpose()
    }

    /// When the latest row of the log was written.
    pub async fn last_audit(&self) -> StoreResult<Option<Instant>> {
        let sql = "SELECT at FROM audit_row ORDER BY at DESC, id DESC LIMIT 1";
        let row = self.one(sql, vec![]).await?;
        row.map(|row| row.instant("at")).transpose()
    }
}

/// What is wrong with the link that should have this number.
fn check(row: &Row, expected: i64, hash: &mut String) -> StoreResult<Option<Broken>> {
    let (seq, id) = (row.int("seq")?, row.text("audit_id")?);
    if seq != expected {
        return Ok(Some(Broken::Lacks(expected)));
    }
    if row.opt_text("id")?.is_none() {
        return Ok(Some(Broken::Gone { seq, row: id }));
    }
    *hash = link(hash, row)?;
    if *hash != row.text("hash")? {
        return Ok(Some(Broken::Changed { seq, row: id }));
    }
    Ok(None)
}

/// Heads as the text of a file.
pub fn heads_text(heads: &[Head]) -> String {
    let mut text = format!("{TITLE}\n");
    for head in heads {
        text.push_str(&format!("{}\t{}\t{}\n", head.day, head.seq, head.hash));
    }
    text
}

/// Heads of such a text; an error names the line.
pub fn heads_of(text: &str) -> Result<Vec<Head>, String> {
    let mut heads = Vec::new();
    for (place, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.split_whitespace();
        let head = (|| {
            Some(Head {
                day: parts.next()?.parse().ok()?,
                seq: parts.next()?.parse().ok()?,
                hash: parts.next().filter(|hash| hash.len() == 64)?.to_owned(),
            })
        })();
        heads.push(head.ok_or_else(|| format!("line {} is not day, number and SM3", place + 1))?);
    }
    Ok(heads)
}

/// The first of these heads that the chain does not have any more.
pub async fn compare(store: &Store, heads: &[Head], rows: i64) -> StoreResult<Option<Broken>> {
    for head in heads {
        if head.seq > rows {
            return Ok(Some(Broken::Shorter {
                ends: rows,
                head: head.clone(),
            }));
        }
        if store.audit_hash(head.seq).await?.as_ref() != Some(&head.hash) {
            return Ok(Some(Broken::Rewritten(head.clone())));
        }
    }
    Ok(None)
}
