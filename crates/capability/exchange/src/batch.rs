//! Lists that go out and files for national systems: rows, numbers, who sees them.

use crate::{kinds, systems};
use authz::{Actor, Role, Scope};
use kernel::{AreaCode, Day, Instant};
use people::api::{Filter, Group};
use serde::{Deserialize, Serialize};
use store::{Reads, Row, StoreError, StoreResult, Tx, values};

/// What a batch is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// 比对: a list for a department.
    List,
    /// 上报: a file for a national system.
    Report,
}

impl Purpose {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Report => "report",
        }
    }

    const fn zh(self) -> &'static str {
        match self {
            Self::List => "比对",
            Self::Report => "上报",
        }
    }

    /// Address of the pages of one.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::List => "/matching",
            Self::Report => "/reporting/files",
        }
    }
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Running,
    Writing,
    Done,
    Failed,
    /// 作废: taken back, its file is gone.
    Void,
}

impl State {
    const ALL: [(Self, &'static str, &'static str, &'static str); 6] = [
        (Self::Waiting, "waiting", "排队中", "unknown"),
        (Self::Running, "running", "正在生成", "info"),
        (Self::Writing, "writing", "正在写文件", "info"),
        (Self::Done, "done", "可下载", "ok"),
        (Self::Failed, "failed", "没有完成", "warn"),
        (Self::Void, "void", "已作废", "plain"),
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
    pub(crate) fn busy(self) -> bool {
        matches!(self, Self::Waiting | Self::Running | Self::Writing)
    }

    fn from_key(key: &str) -> StoreResult<Self> {
        let found = Self::ALL.into_iter().find(|row| row.1 == key);
        found.map(|row| row.0).ok_or_else(|| bad("state", key))
    }
}

/// Which people are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ask {
    /// 户籍 or 常住 in this area.
    pub(crate) area: Option<AreaCode>,
    /// In this group (key).
    pub(crate) group: Option<String>,
    /// At least so old.
    pub(crate) age: Option<i32>,
    /// Receiving this programme.
    pub(crate) programme: Option<String>,
}

impl Ask {
    /// The same as the register asks it.
    pub(crate) fn filter(&self, today: Day, most: i64) -> Filter {
        Filter {
            area: self.area,
            group: self.group.as_deref().and_then(Group::from_key),
            born_until: self.age.map(|years| today.plus_years(-years)),
            most,
            ..Filter::default()
        }
    }
}

/// A batch.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) id: String,
    pub(crate) purpose: Purpose,
    /// Purpose of matching, or system.
    pub(crate) kind: String,
    /// 「比对2025-0003」.
    pub(crate) no: String,
    /// In whose name; the scope is the one of the list.
    pub(crate) owner: Actor,
    pub(crate) reason: String,
    /// Which people, in words.
    pub(crate) says: String,
    pub(crate) ask: Ask,
    pub(crate) format: String,
    pub(crate) day: Day,
    pub(crate) asked: Instant,
    pub(crate) state: State,
    pub(crate) total: i64,
    pub(crate) done: i64,
    pub(crate) left_out: i64,
    pub(crate) goes_on: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) finished: Option<Instant>,
    pub(crate) file: Option<String>,
    pub(crate) digest: Option<String>,
    pub(crate) size: Option<i64>,
    pub(crate) until: Option<Day>,
}

impl Batch {
    /// The file can be downloaded on this day.
    pub(crate) fn has_file(&self, today: Day) -> bool {
        self.state == State::Done
            && self.file.is_some()
            && self.until.is_some_and(|until| until >= today)
    }

    /// Its purpose or system in words.
    pub(crate) fn title(&self) -> String {
        match self.purpose {
            Purpose::List => kinds::of(&self.kind).map(kinds::Kind::zh),
            Purpose::Report => systems::of(&self.kind).map(|system| system.title.clone()),
        }
        .unwrap_or_default()
    }

    /// 「可下载」, 「已到期」.
    pub(crate) fn state_zh(&self, today: Day) -> &'static str {
        if self.state == State::Done && !self.has_file(today) {
            "已到期"
        } else {
            self.state.zh()
        }
    }

    pub(crate) fn pill(&self, today: Day) -> &'static str {
        if self.state == State::Done && !self.has_file(today) {
            "plain"
        } else {
            self.state.pill()
        }
    }

    /// Whether this actor sees it: its owner, and whoever works on such lists and may look wherever its people are.
    pub(crate) fn seen_by(&self, actor: &Actor) -> bool {
        let role = match self.purpose {
            Purpose::List => kinds::of(&self.kind).is_some_and(|kind| kind.seen_by(actor.role)),
            Purpose::Report => {
                systems::of(&self.kind).is_some_and(|system| system.seen_by(actor.role))
            }
        };
        role && covers(&actor.scope, &self.owner.scope)
    }
}

/// Whether `mine` admits every area of `theirs`.
pub(crate) fn covers(mine: &Scope, theirs: &Scope) -> bool {
    match (mine, theirs) {
        (Scope::Everywhere, _) => true,
        (Scope::Areas(_), Scope::Areas(areas)) => areas.iter().all(|area| mine.admits_area(area)),
        _ => false,
    }
}

/// The scope of a list of this area: the area where it lies wholly inside, otherwise all that the asker may see of it.
pub(crate) fn scope_of(actor: &Actor, area: Option<AreaCode>) -> Scope {
    match area {
        Some(area) if actor.scope.admits_area(&area) => Scope::Areas(vec![area]),
        _ => actor.scope.clone(),
    }
}

pub(crate) fn bad(column: &str, what: &str) -> StoreError {
    StoreError::BadColumn {
        column: format!("exchange.{column}"),
        what: what.to_owned(),
    }
}

const COLUMNS: &str = "id, purpose, kind, no, owner, owner_name, role, scope, scope_name, reason, says, ask, format, day, \
     asked_at, state, total, done, left_out, goes_on, error, finished_at, file, digest, size, keep_until";

/// Who did something, as a row keeps it.
pub(crate) fn actor_of(row: &Row) -> StoreResult<Actor> {
    let (role, scope) = (row.text("role")?, row.text("scope")?);
    Ok(Actor {
        id: row.text("owner")?,
        name: row.text("owner_name")?,
        role: Role::from_key(&role).ok_or_else(|| bad("role", &role))?,
        scope: serde_json::from_str(&scope).map_err(|error| bad("scope", &error.to_string()))?,
        scope_name: row.text("scope_name")?,
    })
}

/// A scope as a row keeps it.
pub(crate) fn scope_text(scope: &Scope) -> StoreResult<String> {
    serde_json::to_string(scope).map_err(|error| StoreError::Other(error.to_string()))
}

fn of_row(row: &Row) -> StoreResult<Batch> {
    let (purpose, ask) = (row.text("purpose")?, row.text("ask")?);
    Ok(Batch {
        id: row.text("id")?,
        purpose: match purpose.as_str() {
            "list" => Purpose::List,
            "report" => Purpose::Report,
            other => return Err(bad("purpose", other)),
        },
        kind: row.text("kind")?,
        no: row.text("no")?,
        owner: actor_of(row)?,
        reason: row.text("reason")?,
        says: row.text("says")?,
        ask: serde_json::from_str(&ask).map_err(|error| bad("ask", &error.to_string()))?,
        format: row.text("format")?,
        day: row.day("day")?,
        asked: row.instant("asked_at")?,
        state: State::from_key(&row.text("state")?)?,
        total: row.int("total")?,
        done: row.int("done")?,
        left_out: row.int("left_out")?,
        goes_on: row.opt_text("goes_on")?,
        error: row.opt_text("error")?,
        finished: row.opt_instant("finished_at")?,
        file: row.opt_text("file")?,
        digest: row.opt_text("digest")?,
        size: row.opt_int("size")?,
        until: row.opt_day("keep_until")?,
    })
}

/// A batch to be made.
#[derive(Debug)]
pub(crate) struct New {
    pub(crate) purpose: Purpose,
    pub(crate) kind: String,
    pub(crate) owner: Actor,
    pub(crate) reason: String,
    pub(crate) note: Option<String>,
    pub(crate) says: String,
    pub(crate) ask: Ask,
    pub(crate) format: String,
    pub(crate) total: i64,
}

/// The next number of a year, without gaps: its row stays held until the transaction ends.
async fn number(tx: &mut Tx, purpose: Purpose, year: i32) -> StoreResult<i64> {
    let of = || values![purpose.key(), year];
    tx.run(
        "INSERT INTO exchange_number (purpose, year, last) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING",
        of(),
    )
    .await?;
    tx.run(
        "UPDATE exchange_number SET last = last + 1 WHERE purpose = $1 AND year = $2",
        of(),
    )
    .await?;
    let sql = "SELECT last AS n FROM exchange_number WHERE purpose = $1 AND year = $2";
    tx.number(sql, of()).await
}

/// Adds a batch that has just been asked for; gives its id and number.
pub(crate) async fn insert(tx: &mut Tx, new: New) -> StoreResult<(String, String)> {
    let (id, at) = (tx.store().new_id(), tx.at());
    let year = at.day().year();
    let no = number(tx, new.purpose, year).await?;
    let no = format!("{}{year}-{no:04}", new.purpose.zh());
    let ask =
        serde_json::to_string(&new.ask).map_err(|error| StoreError::Other(error.to_string()))?;
    tx.run(
        "INSERT INTO exchange_batch (id, purpose, kind, no, owner, owner_name, role, scope, scope_name, reason, says, \
         ask, format, day, asked_at, state, total, done, left_out) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'waiting', $16, 0, 0)",
        values![
            id.as_str(),
            new.purpose.key(),
            new.kind,
            no.as_str(),
            new.owner.id,
            new.owner.name,
            new.owner.role.key(),
            scope_text(&new.owner.scope)?,
            new.owner.scope_name,
            new.reason,
            new.says,
            ask,
            new.format,
            at.day().number(),
            at.micros(),
            new.total,
        ],
    )
    .await?;
    if let Some(note) = &new.note {
        say(tx, &id, note).await?;
    }
    Ok((id, no))
}

/// Keeps free text about something.
pub(crate) async fn say(tx: &mut Tx, subject: &str, says: &str) -> StoreResult<()> {
    let sql = "INSERT INTO exchange_words (subject, says) VALUES ($1, $2) \
         ON CONFLICT (subject) DO UPDATE SET says = excluded.says";
    tx.run(sql, values![subject, says]).await?;
    Ok(())
}

/// What was said about something, if it was not erased.
pub(crate) async fn said(reads: &impl Reads, subject: &str) -> StoreResult<Option<String>> {
    let sql = "SELECT says FROM exchange_words WHERE subject = $1";
    let row = reads.one(sql, values![subject]).await?;
    row.map(|row| row.text("says")).transpose()
}

/// The batch of this id.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Batch>> {
    let sql = format!("SELECT {COLUMNS} FROM exchange_batch WHERE id = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The batch of this id, held until the transaction ends.
pub(crate) async fn hold(tx: &Tx, id: &str) -> StoreResult<Option<Batch>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM exchange_batch e WHERE id = $1{}",
        tx.for_update_of("e")
    );
    let row = tx.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// Batches a page looks through.
const LOOKED: i64 = 1_000;

/// The latest batches that this actor sees.
pub(crate) async fn seen(
    reads: &impl Reads,
    purpose: Purpose,
    kind: Option<&str>,
    actor: &Actor,
) -> StoreResult<Vec<Batch>> {
    let mut sql = store::Sql::new(&format!(
        "SELECT {COLUMNS} FROM exchange_batch WHERE purpose = "
    ));
    sql.bind(purpose.key());
    if let Some(kind) = kind {
        sql.push(" AND kind = ").bind(kind);
    }
    sql.push(" ORDER BY asked_at DESC, id DESC LIMIT ")
        .bind(LOOKED);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    let all: StoreResult<Vec<Batch>> = rows.iter().map(of_row).collect();
    Ok(all?
        .into_iter()
        .filter(|batch| batch.seen_by(actor))
        .collect())
}

/// Moves a batch on.
pub(crate) async fn set_state(
    tx: &mut Tx,
    id: &str,
    state: State,
    error: Option<&str>,
) -> StoreResult<()> {
    let sql = "UPDATE exchange_batch SET state = $1, error = $2 WHERE id = $3";
    tx.run(sql, values![state.key(), error.map(str::to_owned), id])
        .await?;
    Ok(())
}

/// What a chunk came to.
#[derive(Debug, Default)]
pub(crate) struct Progress<'a> {
    pub(crate) lines: i64,
    pub(crate) left_out: i64,
    /// Where the next chunk begins; `None` at the end.
    pub(crate) goes_on: Option<&'a str>,
}

/// Keeps how far a batch got.
pub(crate) async fn progress(
    tx: &mut Tx,
    batch: &Batch,
    progress: &Progress<'_>,
) -> StoreResult<()> {
    let state = match progress.goes_on {
        Some(_) => State::Running,
        None => State::Writing,
    };
    tx.run(
        "UPDATE exchange_batch SET state = $1, done = $2, left_out = $3, goes_on = $4 WHERE id = $5",
        values![
            state.key(),
            batch.done + progress.lines,
            batch.left_out + progress.left_out,
            progress.goes_on.map(str::to_owned),
            batch.id.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// The file is there.
pub(crate) async fn finish(tx: &mut Tx, batch: &Batch, file: &files::Kept) -> StoreResult<()> {
    let at = tx.at().micros();
    tx.run(
        "UPDATE exchange_batch SET state = 'done', total = done, finished_at = $1, file = $2, digest = $3, size = $4, \
         keep_until = $5, error = NULL WHERE id = $6",
        values![
            at,
            file.id.as_str(),
            file.digest.as_str(),
            file.size as i64,
            file.until.number(),
            batch.id.as_str()
        ],
    )
    .await?;
    Ok(())
}

/// Takes a batch back: its file is no longer its own.
pub(crate) async fn void(tx: &mut Tx, id: &str) -> StoreResult<()> {
    let sql = "UPDATE exchange_batch SET state = 'void', file = NULL, error = NULL WHERE id = $1";
    tx.run(sql, values![id]).await?;
    Ok(())
}
