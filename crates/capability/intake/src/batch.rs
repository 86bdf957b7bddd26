//! Rows of imports: where each stands and what it may do next.

use crate::kind::Kind;
use authz::{Actor, Role, Scope};
use kernel::{AreaCode, Day, Instant};
use store::{Reads, Row, StoreError, StoreResult, Tx, Value, values};
use tabular::Detected;
use tabular::headers::Mapping;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Mapping,
    Checking,
    Checked,
    Committing,
    Paused,
    Done,
    Withdrawing,
    Withdrawn,
    Cancelled,
    Failed,
}

impl State {
    const ALL: [(Self, &'static str, &'static str, &'static str); 10] = [
        (Self::Mapping, "mapping", "待认列", "unknown"),
        (Self::Checking, "checking", "正在校验", "info"),
        (Self::Checked, "checked", "待提交", "unknown"),
        (Self::Committing, "committing", "正在提交", "info"),
        (Self::Paused, "paused", "已暂停", "warn"),
        (Self::Done, "done", "已完成", "ok"),
        (Self::Withdrawing, "withdrawing", "正在撤销", "info"),
        (Self::Withdrawn, "withdrawn", "已撤销", "plain"),
        (Self::Cancelled, "cancelled", "已取消", "plain"),
        (Self::Failed, "failed", "没有完成", "warn"),
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

    /// A job is at it, or will be.
    pub(crate) fn busy(self) -> bool {
        matches!(self, Self::Checking | Self::Committing | Self::Withdrawing)
    }

    fn from_key(key: &str) -> StoreResult<Self> {
        let found = Self::ALL.into_iter().find(|row| row.1 == key);
        found.map(|row| row.0).ok_or_else(|| bad("state", key))
    }
}

/// An import.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) state: State,
    pub(crate) owner: Actor,
    pub(crate) file: String,
    pub(crate) file_name: String,
    pub(crate) digest: String,
    pub(crate) label: String,
    pub(crate) source: String,
    pub(crate) owned: bool,
    pub(crate) complete: bool,
    pub(crate) area: Option<AreaCode>,
    pub(crate) day: Option<Day>,
    pub(crate) detected: Option<Detected>,
    pub(crate) mapping: Option<Mapping>,
    pub(crate) created: Instant,
    pub(crate) committed: Option<Instant>,
    pub(crate) withdrawn: Option<Instant>,
    pub(crate) read: i64,
    pub(crate) todo: i64,
    pub(crate) done: i64,
    pub(crate) phase: String,
    pub(crate) place: String,
    pub(crate) counts: Option<String>,
    pub(crate) report: Option<String>,
    pub(crate) stop: Option<String>,
    pub(crate) approved_name: Option<String>,
    pub(crate) bad_file: Option<String>,
    pub(crate) members_file: Option<String>,
    pub(crate) error: Option<String>,
    /// When its raw rows were removed because somebody on them was erased.
    pub(crate) raw_gone: Option<Instant>,
}

fn bad(column: &str, what: &str) -> StoreError {
    StoreError::BadColumn {
        column: format!("intake_batch.{column}"),
        what: what.to_owned(),
    }
}

impl Batch {
    /// The areas the list is for: the one that was said, or what of it lies in the scope of who brought it (a county
    /// without the towns that another body runs); empty where none was said.
    pub(crate) fn areas(&self) -> Vec<AreaCode> {
        self.area
            .map_or_else(Vec::new, |area| areas_within(&self.owner.scope, area))
    }

    /// Whether this account may look at it: its owner, or who does such work for all of its area.
    pub(crate) fn seen_by(&self, actor: &Actor) -> bool {
        self.owner.id == actor.id
            || (self.kind.may(actor.role) && covers(&actor.scope, &self.owner.scope))
    }
}

/// An area as far as a scope reaches into it.
pub(crate) fn areas_within(scope: &Scope, area: AreaCode) -> Vec<AreaCode> {
    if scope.admits_area(&area) {
        return vec![area];
    }
    match scope {
        Scope::Areas(areas) => areas
            .iter()
            .copied()
            .filter(|mine| area.contains(mine))
            .collect(),
        Scope::Everywhere | Scope::Nowhere | Scope::People(_) => Vec::new(),
    }
}

/// Whether `mine` admits everybody that `theirs` admits.
pub(crate) fn covers(mine: &Scope, theirs: &Scope) -> bool {
    match (mine, theirs) {
        (Scope::Everywhere, _) | (_, Scope::Nowhere) => true,
        (Scope::Areas(_), Scope::Areas(areas)) => areas.iter().all(|area| mine.admits_area(area)),
        _ => false,
    }
}

const COLUMNS: &str = "id, kind, state, owner, owner_name, role, scope, scope_name, file, file_name, digest, label, source, \
     owned, complete, area, day, detected, mapping, created_at, committed_at, withdrawn_at, read_rows, todo, done, phase, place, \
     counts, report, stop, approved_name, bad_file, members_file, error, raw_gone_at";

fn of_row(row: &Row) -> StoreResult<Batch> {
    let json = |column: &str, text: &str| {
        serde_json::from_str(text).map_err(|error| bad(column, &error.to_string()))
    };
    let kind = row.text("kind")?;
    let role = row.text("role")?;
    let scope = row.text("scope")?;
    Ok(Batch {
        id: row.text("id")?,
        kind: Kind::of(&kind).ok_or_else(|| bad("kind", &kind))?,
        state: State::from_key(&row.text("state")?)?,
        owner: Actor {
            id: row.text("owner")?,
            name: row.text("owner_name")?,
            role: Role::from_key(&role).ok_or_else(|| bad("role", &role))?,
            scope: serde_json::from_str(&scope)
                .map_err(|error| bad("scope", &error.to_string()))?,
            scope_name: row.text("scope_name")?,
        },
        file: row.text("file")?,
        file_name: row.text("file_name")?,
        digest: row.text("digest")?,
        label: row.text("label")?,
        source: row.text("source")?,
        owned: row.flag("owned")?,
        complete: row.flag("complete")?,
        area: row.opt_area("area")?,
        day: row.opt_day("day")?,
        detected: row
            .opt_text("detected")?
            .map(|text| {
                serde_json::from_str(&text).map_err(|error| bad("detected", &error.to_string()))
            })
            .transpose()?,
        mapping: row
            .opt_text("mapping")?
            .map(|text| json("mapping", &text))
            .transpose()?,
        created: row.instant("created_at")?,
        committed: row.opt_instant("committed_at")?,
        withdrawn: row.opt_instant("withdrawn_at")?,
        read: row.int("read_rows")?,
        todo: row.int("todo")?,
        done: row.int("done")?,
        phase: row.text("phase")?,
        place: row.text("place")?,
        counts: row.opt_text("counts")?,
        report: row.opt_text("report")?,
        stop: row.opt_text("stop")?,
        approved_name: row.opt_text("approved_name")?,
        bad_file: row.opt_text("bad_file")?,
        members_file: row.opt_text("members_file")?,
        error: row.opt_text("error")?,
        raw_gone: row.opt_instant("raw_gone_at")?,
    })
}

/// A new import of a kept file.
pub(crate) async fn insert(
    tx: &mut Tx,
    kind: &Kind,
    owner: &Actor,
    file: &files::Kept,
    detected: &Detected,
) -> StoreResult<String> {
    let id = tx.store().new_id();
    let other = |error: serde_json::Error| StoreError::Other(error.to_string());
    let scope = serde_json::to_string(&owner.scope).map_err(other)?;
    let detected = serde_json::to_string(detected).map_err(other)?;
    let at = tx.at().micros();
    tx.run(
        "INSERT INTO intake_batch (id, kind, state, owner, owner_name, role, scope, scope_name, file, file_name, digest, size, \
         label, source, owned, complete, detected, created_at, read_rows, todo, done, phase, place) \
         VALUES ($1, $2, 'mapping', $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', $12, $13, $14, $15, 0, 0, 0, '', '')",
        values![
            id.as_str(),
            kind.key,
            owner.id.as_str(),
            owner.name.as_str(),
            owner.role.key(),
            scope,
            owner.scope_name.as_str(),
            file.id.as_str(),
            file.name.as_str(),
            file.digest.as_str(),
            file.size as i64,
            kind.owned_by(owner.role),
            false,
            detected,
            at,
        ],
    )
    .await?;
    Ok(id)
}

/// The import of this id.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Batch>> {
    let sql = format!("SELECT {COLUMNS} FROM intake_batch WHERE id = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The same, held by the transaction until it ends.
pub(crate) async fn hold(tx: &Tx, id: &str) -> StoreResult<Option<Batch>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM intake_batch b WHERE id = $1{}",
        tx.for_update_of("b")
    );
    let row = tx.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The latest imports that this account may look at.
pub(crate) async fn latest(reads: &impl Reads, actor: &Actor) -> StoreResult<Vec<Batch>> {
    let sql =
        format!("SELECT {COLUMNS} FROM intake_batch ORDER BY created_at DESC, id DESC LIMIT 500");
    let rows = reads.all(&sql, vec![]).await?;
    let mut out = Vec::new();
    for row in &rows {
        let batch = of_row(row)?;
        if batch.seen_by(actor) {
            out.push(batch);
        }
        if out.len() == 100 {
            break;
        }
    }
    Ok(out)
}

/// All imports whose raw rows may still be there.
pub(crate) async fn with_raw(reads: &impl Reads) -> StoreResult<Vec<Batch>> {
    let sql =
        format!("SELECT {COLUMNS} FROM intake_batch WHERE raw_gone_at IS NULL ORDER BY created_at");
    let rows = reads.all(&sql, vec![]).await?;
    rows.iter().map(of_row).collect()
}

/// States in which an import still wants something of its owner.
const UNFINISHED: &str =
    "state IN ('mapping', 'checking', 'checked', 'committing', 'paused', 'withdrawing')";

/// What an account has brought and not ended yet, oldest first.
pub(crate) async fn unfinished(reads: &impl Reads, owner: &str) -> StoreResult<Vec<Batch>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM intake_batch WHERE owner = $1 AND {UNFINISHED} ORDER BY created_at, id"
    );
    let rows = reads.all(&sql, values![owner]).await?;
    rows.iter().map(of_row).collect()
}

/// Every account with unfinished imports, and how many.
pub(crate) async fn owners(reads: &impl Reads) -> StoreResult<Vec<(String, i64)>> {
    let sql = format!(
        "SELECT owner, count(*) AS n FROM intake_batch WHERE {UNFINISHED} GROUP BY owner ORDER BY owner"
    );
    let rows = reads.all(&sql, vec![]).await?;
    rows.iter()
        .map(|row| Ok((row.text("owner")?, row.int("n")?)))
        .collect()
}

/// All files of an import.
pub(crate) async fn files(reads: &impl Reads, batch: &Batch) -> StoreResult<Vec<String>> {
    let mut out = vec![batch.file.clone()];
    out.extend(batch.bad_file.clone());
    out.extend(batch.members_file.clone());
    let sql = "SELECT file FROM intake_part WHERE batch = $1 ORDER BY seq";
    for row in reads.all(sql, values![batch.id.as_str()]).await? {
        out.push(row.text("file")?);
    }
    out.extend(undo(reads, &batch.id).await?);
    Ok(out)
}

/// Earlier imports of the same bytes that are in, or on the way.
pub(crate) async fn same_file(reads: &impl Reads, batch: &Batch) -> StoreResult<Option<Batch>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM intake_batch WHERE digest = $1 AND kind = $2 AND id <> $3 \
         AND state IN ('committing', 'paused', 'done') ORDER BY created_at DESC LIMIT 1"
    );
    let row = reads
        .one(
            &sql,
            values![batch.digest.as_str(), batch.kind.key, batch.id.as_str()],
        )
        .await?;
    row.as_ref().map(of_row).transpose()
}

/// Whether lists of a source were brought by the owner of their facts, by label.
pub(crate) async fn ranks(reads: &impl Reads) -> StoreResult<crate::decide::Ranks> {
    let rows = reads
        .all(
            "SELECT label, owned FROM intake_batch WHERE label <> ''",
            vec![],
        )
        .await?;
    let pairs: StoreResult<_> = rows
        .iter()
        .map(|row| Ok((row.text("label")?, row.flag("owned")?)))
        .collect();
    Ok(crate::decide::Ranks(pairs?))
}

/// Writes columns of an import.
pub(crate) async fn update(tx: &mut Tx, id: &str, columns: Vec<(&str, Value)>) -> StoreResult<()> {
    let mut sql = store::Sql::new("UPDATE intake_batch SET ");
    for (place, (name, value)) in columns.into_iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " })
            .push(name)
            .push(" = ")
            .bind(value);
    }
    sql.push(" WHERE id = ").bind(id);
    let (text, values) = sql.parts();
    if tx.run(&text, values).await? != 1 {
        return Err(StoreError::Other(format!("no import {id}")));
    }
    Ok(())
}

/// Adds a part.
pub(crate) async fn add_part(
    tx: &mut Tx,
    batch: &str,
    seq: i64,
    file: &str,
    lines: (u64, u64),
    staged: usize,
) -> StoreResult<()> {
    tx.run(
        "INSERT INTO intake_part (batch, seq, file, first_line, last_line, staged) VALUES ($1, $2, $3, $4, $5, $6)",
        values![batch, seq, file, lines.0 as i64, lines.1 as i64, staged as i64],
    )
    .await?;
    Ok(())
}

/// The file of the part of this number, if there is one.
pub(crate) async fn part(reads: &impl Reads, batch: &str, seq: i64) -> StoreResult<Option<String>> {
    let row = reads
        .one(
            "SELECT file FROM intake_part WHERE batch = $1 AND seq = $2",
            values![batch, seq],
        )
        .await?;
    row.map(|row| row.text("file")).transpose()
}

/// Forgets the parts of an import; returns their files.
pub(crate) async fn forget_parts(tx: &mut Tx, batch: &str) -> StoreResult<Vec<String>> {
    let rows = tx
        .all(
            "SELECT file FROM intake_part WHERE batch = $1 ORDER BY seq",
            values![batch],
        )
        .await?;
    tx.run("DELETE FROM intake_part WHERE batch = $1", values![batch])
        .await?;
    rows.iter().map(|row| row.text("file")).collect()
}

/// Adds what stood before.
pub(crate) async fn add_undo(tx: &mut Tx, batch: &str, seq: i64, file: &str) -> StoreResult<()> {
    tx.run(
        "INSERT INTO intake_undo (batch, seq, file) VALUES ($1, $2, $3)",
        values![batch, seq, file],
    )
    .await?;
    Ok(())
}

/// The number behind everything that stood before.
pub(crate) async fn next_undo(reads: &impl Reads, batch: &str) -> StoreResult<i64> {
    let sql =
        "SELECT CAST(coalesce(max(seq), 0) + 1 AS BIGINT) AS n FROM intake_undo WHERE batch = $1";
    reads.number(sql, values![batch]).await
}

/// The files of what stood before, the last first.
pub(crate) async fn undo(reads: &impl Reads, batch: &str) -> StoreResult<Vec<String>> {
    let rows = reads
        .all(
            "SELECT file FROM intake_undo WHERE batch = $1 ORDER BY seq DESC",
            values![batch],
        )
        .await?;
    rows.iter().map(|row| row.text("file")).collect()
}

/// Forgets what stood before; returns the files.
pub(crate) async fn forget_undo(tx: &mut Tx, batch: &str) -> StoreResult<Vec<String>> {
    let files = undo(tx, batch).await?;
    tx.run("DELETE FROM intake_undo WHERE batch = $1", values![batch])
        .await?;
    Ok(files)
}

/// The meanings of headings that were saved for a source.
pub(crate) async fn saved_mapping(
    reads: &impl Reads,
    kind: &Kind,
    source: &str,
) -> StoreResult<std::collections::BTreeMap<String, String>> {
    let rows = reads
        .all(
            "SELECT heading, meaning FROM intake_mapping WHERE kind = $1 AND source = $2",
            values![kind.key, source],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("heading")?, row.text("meaning")?)))
        .collect()
}

/// Saves them.
pub(crate) async fn save_mapping(
    tx: &mut Tx,
    kind: &Kind,
    source: &str,
    meanings: &std::collections::BTreeMap<String, String>,
) -> StoreResult<()> {
    tx.run(
        "DELETE FROM intake_mapping WHERE kind = $1 AND source = $2",
        values![kind.key, source],
    )
    .await?;
    let rows = meanings
        .iter()
        .map(|(heading, meaning)| values![kind.key, source, heading.as_str(), meaning.as_str()])
        .collect();
    tx.insert_many(
        "intake_mapping",
        &["kind", "source", "heading", "meaning"],
        rows,
    )
    .await
}

/// Sources whose headings were said before, of a kind.
pub(crate) async fn sources(reads: &impl Reads, kind: &Kind) -> StoreResult<Vec<String>> {
    let rows = reads
        .all(
            "SELECT DISTINCT source FROM intake_mapping WHERE kind = $1 ORDER BY source",
            values![kind.key],
        )
        .await?;
    rows.iter().map(|row| row.text("source")).collect()
}
