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

/// A row that showed a person, for that person and the family.
#[derive(Debug, Clone)]
pub struct SeenRow {
    /// The row.
    pub row: AuditRow,
    /// The person was one of those on a list, not the one it was about.
    pub listed: bool,
}

/// Which rows about one person are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a> {
    /// From this moment.
    pub from: Instant,
    /// Before this moment.
    pub until: Instant,
    /// Behind the row of this key ([`AuditRow::key`]); `None` begins with the newest.
    pub after: Option<&'a str>,
}

/// Whoever saw or handled this person, newest first: rows about them, and lists, exports and desks that showed them.
/// Answered from two indexes; `true` when older rows follow within the span.
pub async fn about_person(
    reads: &impl Reads,
    person: &str,
    span: &Span<'_>,
    size: u32,
) -> StoreResult<(Vec<SeenRow>, bool)> {
    let bounds = |sql: &mut Sql, at: &str, id: &str| {
        sql.push(" AND ").push(at).push(" >= ");
        sql.bind(span.from.micros()).push(" AND ").push(at);
        sql.push(" < ").bind(span.until.micros());
        if let Some((before, row)) = span.after.and_then(key_parts) {
            sql.push(" AND (").push(at).push(" < ").bind(before);
            sql.push(" OR (").push(at).push(" = ").bind(before);
            sql.push(" AND ").push(id).push(" < ").bind(row).push("))");
        }
    };
    let mut sql = Sql::new(
        "SELECT id, at, actor, role, action, subject, detail, '0' AS listed FROM audit_row WHERE subject = ",
    );
    sql.bind(person);
    bounds(&mut sql, "at", "id");
    sql.push(
        " UNION ALL SELECT a.id, a.at, a.actor, a.role, a.action, a.subject, a.detail, '1' AS listed \
         FROM audit_seen s JOIN audit_row a ON a.id = s.audit_id WHERE s.subject = ",
    );
    sql.bind(person);
    bounds(&mut sql, "s.at", "s.audit_id");
    sql.push(" ORDER BY at DESC, id DESC LIMIT ")
        .bind(i64::from(size) + 1);
    let (text, values) = sql.parts();
    let mut rows = Vec::new();
    for row in reads.all(&text, values).await? {
        let seen = SeenRow {
            row: row_of(&row)?,
            listed: row.text("listed")? == "1",
        };
        rows.push(seen);
    }
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    Ok((rows, more))
}

/// One row of the log by its id.
pub async fn one(reads: &impl Reads, id: &str) -> StoreResult<Option<AuditRow>> {
    let sql = "SELECT id, at, actor, role, action, subject, detail FROM audit_row WHERE id = $1";
    reads
        .one(sql, crate::values![id])
        .await?
        .map(|row| row_of(&row))
        .transpose()
}

/// The details of rows of `action` about these subjects, by subject: an export's reason for the rows it took.
pub async fn details_of(
    reads: &impl Reads,
    action: &str,
    subjects: &[String],
) -> StoreResult<Vec<(String, String)>> {
    let mut out = Vec::new();
    for chunk in subjects.chunks(200) {
        let mut sql = Sql::new("SELECT subject, detail FROM audit_row WHERE action = ");
        sql.bind(action).push(" AND subject IN (");
        for (place, subject) in chunk.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .bind(subject.as_str());
        }
        sql.push(")");
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            out.push((row.text("subject")?, row.text("detail")?));
        }
    }
    Ok(out)
}
