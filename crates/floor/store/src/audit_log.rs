//! Reading the log of operations and reads for pages: newest first, by page or by key.

use crate::{Reads, Row, Sql, Store, StoreResult};
use kernel::{Day, Instant};

/// Rows are counted up to here.
pub const CAP: u64 = 10_000;

/// One row of the log.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Instant,
    /// Account id.
    pub actor: String,
    /// Role key.
    pub role: String,
    /// What was done, as a code.
    pub action: String,
    /// Whom or what it is about.
    pub subject: Option<String>,
    /// Further codes, JSON.
    pub detail: String,
}

impl AuditRow {
    /// Where the list goes on behind (or before) this row.
    pub fn key(&self) -> String {
        format!("{}.{}", self.at.micros(), self.id)
    }
}

/// What the auditor asks for.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// Only this day (Asia/Shanghai).
    pub day: Option<Day>,
    /// Only this action code.
    pub action: Option<&'a str>,
    /// Only this account.
    pub actor: Option<&'a str>,
}

/// Which part of the list.
#[derive(Debug)]
pub enum Place<'a> {
    /// From this row on.
    Offset(u64),
    /// Behind the row of this key.
    After(&'a str),
    /// Before the row of this key.
    Before(&'a str),
}

/// A key of [`AuditRow::key`], read back.
pub fn key_parts(key: &str) -> Option<(i64, &str)> {
    let (at, id) = key.split_once('.')?;
    Some((at.parse().ok()?, id))
}

impl Wanted<'_> {
    fn condition(&self) -> Sql {
        let mut sql = Sql::new(" WHERE 1 = 1");
        if let Some(day) = self.day {
            sql.push(" AND at >= ").bind(Instant::at(day, 0).micros());
            sql.push(" AND at < ")
                .bind(Instant::at(day, 86_400).micros());
        }
        if let Some(action) = self.action {
            sql.push(" AND action = ").bind(action);
        }
        if let Some(actor) = self.actor {
            sql.push(" AND actor = ").bind(actor);
        }
        sql
    }
}

/// One page, and whether rows follow it in the direction it was read.
pub async fn page(
    store: &Store,
    wanted: &Wanted<'_>,
    place: &Place<'_>,
    size: u32,
) -> StoreResult<(Vec<AuditRow>, bool)> {
    let mut sql = Sql::new("SELECT id, at, actor, role, action, subject, detail FROM audit_row");
    sql.append(&wanted.condition());
    let backwards = matches!(place, Place::Before(_));
    if let Place::After(key) | Place::Before(key) = place
        && let Some((at, id)) = key_parts(key)
    {
        let sign = if backwards { ">" } else { "<" };
        sql.push(&format!(" AND (at {sign} "))
            .bind(at)
            .push(" OR (at = ")
            .bind(at);
        sql.push(&format!(" AND id {sign} ")).bind(id).push("))");
    }
    sql.push(if backwards {
        " ORDER BY at, id"
    } else {
        " ORDER BY at DESC, id DESC"
    });
    sql.push(" LIMIT ").bind(i64::from(size) + 1);
    if let Place::Offset(offset) = place {
        sql.push(" OFFSET ").bind(*offset as i64);
    }
    let (text, values) = sql.parts();
    let rows = store.all(&text, values).await?;
    let mut rows = rows.iter().map(row_of).collect::<StoreResult<Vec<_>>>()?;
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    if backwards {
        rows.reverse();
    }
    Ok((rows, more))
}

/// How many rows there are, counted up to one more than [`CAP`].
pub async fn count(store: &Store, wanted: &Wanted<'_>) -> StoreResult<u64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n FROM (SELECT id FROM audit_row");
    sql.append(&wanted.condition())
        .push(" LIMIT ")
        .bind(CAP as i64 + 1)
        .push(") counted");
    let (text, values) = sql.parts();
    Ok(store.number(&text, values).await?.unsigned_abs())
}

fn row_of(row: &Row) -> StoreResult<AuditRow> {
    Ok(AuditRow {
        id: row.text("id")?,
        at: row.instant("at")?,
        actor: row.text("actor")?,
        role: row.text("role")?,
        action: row.text("action")?,
        subject: row.opt_text("subject")?,
        detail: row.text("detail")?,
    })
}
