//! Rows of exports: asked for, being made, done, gone.

use authz::{Actor, Role, Scope};
use host::ExportAsk;
use kernel::{Day, Instant};
use store::{Reads, Row, StoreError, StoreResult, Tx, values};

/// Reasons to choose from: code, words (product.md 导出台账).
pub const REASONS: &[(&str, &str)] = &[
    ("verify", "核对待遇资格"),
    ("visit", "入户走访、探访"),
    ("meeting", "会议和工作汇报"),
    ("statistics", "统计分析"),
    ("inspection", "上级检查、审计"),
    ("other", "其他"),
];

/// A reason in words.
pub fn reason_zh(code: &str) -> &str {
    REASONS
        .iter()
        .find(|(known, _)| *known == code)
        .map_or(code, |(_, words)| words)
}

/// Where an export stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Running,
    Writing,
    Done,
    Cancelled,
    Failed,
    Expired,
}

impl State {
    const ALL: [(Self, &'static str, &'static str, &'static str); 7] = [
        (Self::Waiting, "waiting", "排队中", "unknown"),
        (Self::Running, "running", "正在生成", "info"),
        (Self::Writing, "writing", "正在写文件", "info"),
        (Self::Done, "done", "可下载", "ok"),
        (Self::Cancelled, "cancelled", "已取消", "plain"),
        (Self::Failed, "failed", "没有完成", "warn"),
        (Self::Expired, "expired", "已到期删除", "plain"),
    ];

    fn row(self) -> (&'static str, &'static str, &'static str) {
        Self::ALL
            .into_iter()
            .find(|row| row.0 == self)
            .map_or(("", "", ""), |row| (row.1, row.2, row.3))
    }

    pub(crate) fn key(self) -> &'static str {
        self.row().0
    }

    pub(crate) fn zh(self) -> &'static str {
        self.row().1
    }

    pub(crate) fn pill(self) -> &'static str {
        self.row().2
    }

    /// Somebody is at it, or will be.
    pub(crate) fn open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running | Self::Writing)
    }

    fn from_key(key: &str) -> StoreResult<Self> {
        let found = Self::ALL.into_iter().find(|row| row.1 == key);
        found.map(|row| row.0).ok_or_else(|| bad("state", key))
    }
}

/// An export.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) list: String,
    pub(crate) title: String,
    pub(crate) query: String,
    /// In words, as asked for.
    pub(crate) filters: String,
    pub(crate) owner: Actor,
    pub(crate) reason: String,
    pub(crate) day: Day,
    pub(crate) asked: Instant,
    pub(crate) state: State,
    pub(crate) total: i64,
    pub(crate) exact: bool,
    pub(crate) done: i64,
    pub(crate) goes_on: Option<String>,
    pub(crate) read_all: bool,
    pub(crate) error: Option<String>,
    pub(crate) finished: Option<Instant>,
    pub(crate) file: Option<String>,
    pub(crate) digest: Option<String>,
    pub(crate) size: Option<i64>,
    pub(crate) until: Option<Day>,
}

impl Run {
    /// What the list is asked for.
    pub(crate) fn ask(&self) -> ExportAsk {
        ExportAsk {
            query: self.query.clone(),
            who: self.owner.clone(),
            today: self.day,
        }
    }
}

const COLUMNS: &str = "id, list, title, query, filters, owner, owner_name, role, scope, scope_name, reason, day, \
     asked_at, state, total, exact, done, goes_on, read_all, error, finished_at, file, digest, size, keep_until";

fn bad(column: &str, what: &str) -> StoreError {
    StoreError::BadColumn {
        column: format!("export_run.{column}"),
        what: what.to_owned(),
    }
}

fn of_row(row: &Row) -> StoreResult<Run> {
    let (role, scope) = (row.text("role")?, row.text("scope")?);
    let scope: Scope =
        serde_json::from_str(&scope).map_err(|error| bad("scope", &error.to_string()))?;
    Ok(Run {
        id: row.text("id")?,
        list: row.text("list")?,
        title: row.text("title")?,
        query: row.text("query")?,
        filters: row.text("filters")?,
        owner: Actor {
            id: row.text("owner")?,
            name: row.text("owner_name")?,
            role: Role::from_key(&role).ok_or_else(|| bad("role", &role))?,
            scope,
            scope_name: row.text("scope_name")?,
        },
        reason: row.text("reason")?,
        day: row.day("day")?,
        asked: row.instant("asked_at")?,
        state: State::from_key(&row.text("state")?)?,
        total: row.int("total")?,
        exact: row.flag("exact")?,
        done: row.int("done")?,
        goes_on: row.opt_text("goes_on")?,
        read_all: row.flag("read_all")?,
        error: row.opt_text("error")?,
        finished: row.opt_instant("finished_at")?,
        file: row.opt_text("file")?,
        digest: row.opt_text("digest")?,
        size: row.opt_int("size")?,
        until: row.opt_day("keep_until")?,
    })
}

/// Adds a run that has just been asked for.
pub(crate) async fn insert(tx: &mut Tx, run: &Run) -> StoreResult<()> {
    let scope = serde_json::to_string(&run.owner.scope)
        .map_err(|error| StoreError::Other(error.to_string()))?;
    tx.run(
        "INSERT INTO export_run (id, list, title, query, filters, owner, owner_name, role, scope, scope_name, reason, \
         day, asked_at, state, total, exact, done, read_all) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, $17)",
        values![
            run.id.as_str(),
            run.list.as_str(),
            run.title.as_str(),
            run.query.as_str(),
            run.filters.as_str(),
            run.owner.id.as_str(),
            run.owner.name.as_str(),
            run.owner.role.key(),
            scope,
            run.owner.scope_name.as_str(),
            run.reason.as_str(),
            run.day.number(),
            run.asked.micros(),
            run.state.key(),
            run.total,
            run.exact,
            false,
        ],
    )
    .await?;
    Ok(())
}

/// What the asker adds to the reason.
pub(crate) async fn add_note(tx: &mut Tx, run: &str, note: &str) -> StoreResult<()> {
    let sql = "INSERT INTO export_note (run, note) VALUES ($1, $2)";
    tx.run(sql, values![run, note]).await?;
    Ok(())
}

/// What the asker added to the reason, if it was not erased.
pub(crate) async fn note(reads: &impl Reads, run: &str) -> StoreResult<Option<String>> {
    let sql = "SELECT note FROM export_note WHERE run = $1";
    let row = reads.one(sql, values![run]).await?;
    row.map(|row| row.text("note")).transpose()
}

/// The run of this id.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Run>> {
    let sql = format!("SELECT {COLUMNS} FROM export_run WHERE id = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The run of this id, held until the transaction ends.
pub(crate) async fn hold(tx: &Tx, id: &str) -> StoreResult<Option<Run>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM export_run e WHERE id = $1{}",
        tx.for_update_of("e")
    );
    let row = tx.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// Runs of one account, latest first.
pub(crate) async fn of_owner(
    reads: &impl Reads,
    owner: &str,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Run>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM export_run WHERE owner = $1 ORDER BY asked_at DESC, id DESC LIMIT $2 OFFSET $3"
    );
    let rows = reads.all(&sql, values![owner, most, skip]).await?;
    rows.iter().map(of_row).collect()
}

/// How many runs an account has.
pub(crate) async fn count(reads: &impl Reads, owner: &str) -> StoreResult<i64> {
    let sql = "SELECT count(*) AS n FROM export_run WHERE owner = $1";
    reads.number(sql, values![owner]).await
}

/// Moves a run on.
pub(crate) async fn set_state(
    tx: &mut Tx,
    id: &str,
    state: State,
    error: Option<&str>,
) -> StoreResult<()> {
    let sql = "UPDATE export_run SET state = $1, error = $2 WHERE id = $3";
    tx.run(sql, values![state.key(), error.map(str::to_owned), id])
        .await?;
    Ok(())
}

/// Keeps a chunk, or only that all is read.
pub(crate) async fn add_part(
    tx: &mut Tx,
    run: &Run,
    file: Option<&str>,
    rows: i64,
    goes_on: Option<&str>,
) -> StoreResult<()> {
    if let Some(file) = file {
        // Numbered by the rows before it: chunks sort as they were read.
        let sql = "INSERT INTO export_part (run, seq, file) VALUES ($1, $2, $3)";
        tx.run(sql, values![run.id.as_str(), run.done, file])
            .await?;
    }
    tx.run(
        "UPDATE export_run SET state = $1, done = $2, goes_on = $3, read_all = $4 WHERE id = $5",
        values![
            if goes_on.is_some() {
                "running"
            } else {
                "writing"
            },
            run.done + rows,
            goes_on.map(str::to_owned),
            goes_on.is_none(),
            run.id.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// Files of the chunks of a run, in order.
pub(crate) async fn parts(reads: &impl Reads, run: &str) -> StoreResult<Vec<String>> {
    let sql = "SELECT file FROM export_part WHERE run = $1 ORDER BY seq";
    let rows = reads.all(sql, values![run]).await?;
    rows.iter().map(|row| row.text("file")).collect()
}

/// Forgets the chunks of a run and begins anew; the caller removes the files.
pub(crate) async fn forget_parts(tx: &mut Tx, run: &str) -> StoreResult<()> {
    tx.run("DELETE FROM export_part WHERE run = $1", values![run])
        .await?;
    Ok(())
}

/// Back to the beginning.
pub(crate) async fn start_over(tx: &mut Tx, run: &str) -> StoreResult<()> {
    let sql = "UPDATE export_run SET done = 0, goes_on = NULL, read_all = $1, state = 'waiting' WHERE id = $2";
    tx.run(sql, values![false, run]).await?;
    Ok(())
}

/// The workbook is there.
pub(crate) async fn finish(tx: &mut Tx, run: &Run, file: &files::Kept) -> StoreResult<()> {
    let at = tx.at().micros();
    tx.run(
        "UPDATE export_run SET state = 'done', total = done, exact = $1, finished_at = $2, file = $3, digest = $4, \
         size = $5, keep_until = $6, error = NULL WHERE id = $7",
        values![
            true,
            at,
            file.id.as_str(),
            file.digest.as_str(),
            file.size as i64,
            file.until.number(),
            run.id.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// The files of these ids are gone.
pub(crate) async fn expire(tx: &mut Tx, files: &[String]) -> StoreResult<()> {
    for file in files {
        let sql = "UPDATE export_run SET state = 'expired', file = NULL WHERE file = $1";
        tx.run(sql, values![file.as_str()]).await?;
    }
    Ok(())
}
