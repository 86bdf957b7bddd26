//! Reading the log of operations and reads, newest first, by page or by key.
//!
//! `audit_row` belongs to the floor (`store`); this is the one reader of it outside.

use kernel::{Day, Instant};
use store::{Reads, Row, Sql, Store, StoreResult};

/// Rows are counted up to here.
pub(crate) const CAP: u64 = 10_000;

/// One row of the log.
pub(crate) struct AuditRow {
    pub(crate) id: String,
    pub(crate) at: Instant,
    pub(crate) actor: String,
    pub(crate) role: String,
    pub(crate) action: String,
    pub(crate) subject: Option<String>,
    pub(crate) detail: String,
}

impl AuditRow {
    /// Where the list goes on behind (or before) this row.
    pub(crate) fn key(&self) -> String {
        format!("{}.{}", self.at.micros(), self.id)
    }
}

/// What the auditor asks for.
#[derive(Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) day: Option<Day>,
    pub(crate) action: Option<&'a str>,
    pub(crate) actor: Option<&'a str>,
}

/// Which part of the list.
pub(crate) enum Place<'a> {
    Offset(u64),
    After(&'a str),
    Before(&'a str),
}

/// A key of [`AuditRow::key`], read back.
pub(crate) fn key_parts(key: &str) -> Option<(i64, &str)> {
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
pub(crate) async fn page(
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
pub(crate) async fn count(store: &Store, wanted: &Wanted<'_>) -> StoreResult<u64> {
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
