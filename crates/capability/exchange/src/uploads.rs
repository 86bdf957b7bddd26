//! Files that came back: returned lists and receipts, and the rows of them that were not taken.

use crate::batch::{actor_of, bad, scope_text};
use authz::Actor;
use files::{Files, Kept, NewFile, Writer};
use host::App;
use kernel::{Day, Instant};
use serde_json::json;
use store::{Audit, Keys, Reads, Row, Sealed, StoreError, StoreResult, Tx, Value, values};
use tabular::{Choice, Detected, Wrong};

/// Days an uploaded file is kept.
const KEPT_DAYS: i32 = 30;
/// The field that names of refused rows are sealed for.
pub(crate) const FIELD: &str = "exchange_refused";

/// Where an uploaded file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Reading,
    Done,
    Failed,
}

impl State {
    const fn key(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Reading => "正在核对",
            Self::Done => "已登记",
            Self::Failed => "没有读完",
        }
    }

    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Reading => "info",
            Self::Done => "ok",
            Self::Failed => "warn",
        }
    }
}

/// What the rows of a file came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Rows of the file.
    pub(crate) total: i64,
    /// Proposals or receipts that are new.
    pub(crate) fresh: i64,
    /// The same was said before.
    pub(crate) known: i64,
    /// The register says so already.
    pub(crate) alike: i64,
    /// No hit.
    pub(crate) missed: i64,
    /// Not taken.
    pub(crate) refused: i64,
}

/// An uploaded file.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) batch: String,
    pub(crate) file: String,
    pub(crate) file_name: String,
    pub(crate) detected: Detected,
    /// The day its data is of.
    pub(crate) day: Day,
    pub(crate) owner: Actor,
    pub(crate) at: Instant,
    pub(crate) state: State,
    pub(crate) counts: Counts,
    pub(crate) error: Option<String>,
}

impl Upload {
    /// Where it stands, by what came of it.
    pub(crate) fn says(&self) -> &'static str {
        match (self.state, self.counts) {
            (State::Done, counts) if counts.fresh > 0 && counts.refused > 0 => "部分登记",
            (State::Done, counts) if counts.fresh == 0 && counts.refused > 0 => "没有登记",
            (State::Done, counts) if counts.fresh == 0 => "没有新结果",
            (state, _) => state.zh(),
        }
    }

    /// The tone of that.
    pub(crate) const fn tone(&self) -> &'static str {
        match self.state {
            State::Done if self.counts.refused > 0 => "warn",
            State::Done if self.counts.fresh == 0 => "plain",
            state => state.pill(),
        }
    }
}

/// When the very same file came to the same batch before this upload.
pub(crate) async fn earlier(reads: &impl Reads, upload: &Upload) -> StoreResult<Option<Instant>> {
    let sql = "SELECT min(e.at) AS at FROM exchange_upload e JOIN exchange_upload u ON u.batch = e.batch AND u.digest = e.digest \
         WHERE u.id = $1 AND e.id <> u.id AND e.at < u.at AND e.state = 'done'";
    let row = reads.one(sql, values![upload.id.as_str()]).await?;
    match row {
        Some(row) => row.opt_instant("at"),
        None => Ok(None),
    }
}

const COLUMNS: &str = "id, batch, file, file_name, detected, day, owner, owner_name, role, scope, scope_name, at, state, \
     total, fresh, known, alike, missed, refused, error";

fn of_row(row: &Row) -> StoreResult<Upload> {
    let (state, detected) = (row.text("state")?, row.text("detected")?);
    Ok(Upload {
        id: row.text("id")?,
        batch: row.text("batch")?,
        file: row.text("file")?,
        file_name: row.text("file_name")?,
        detected: serde_json::from_str(&detected)
            .map_err(|error| bad("detected", &error.to_string()))?,
        day: row.day("day")?,
        owner: actor_of(row)?,
        at: row.instant("at")?,
        state: [State::Reading, State::Done, State::Failed]
            .into_iter()
            .find(|known| known.key() == state)
            .ok_or_else(|| bad("state", &state))?,
        counts: Counts {
            total: row.int("total")?,
            fresh: row.int("fresh")?,
            known: row.int("known")?,
            alike: row.int("alike")?,
            missed: row.int("missed")?,
            refused: row.int("refused")?,
        },
        error: row.opt_text("error")?,
    })
}

/// Keeps an uploaded file and has it read; refuses in words what is no table. The inner error is for who uploaded it.
pub(crate) async fn begin(
    app: &App,
    actor: &Actor,
    (batch, action): (&str, &'static str),
    name: &str,
    day: Day,
    writer: Writer,
) -> StoreResult<Result<String, String>> {
    let files = app.part::<Files>()?;
    let sealed = writer.finish()?;
    if sealed.size == 0 {
        return Ok(Err("文件是空的，请核对后重新选择。".to_owned()));
    }
    let mut tx = app.store.begin(actor, None).await?;
    let new = NewFile {
        name: name.to_owned(),
        owner: actor.id.clone(),
        scope: actor.scope.clone(),
        days: KEPT_DAYS,
    };
    let kept = files.keep(&mut tx, sealed, new).await?;
    let source = files.open_anywhere(app.store.keys(), &kept)?;
    let detected = tokio::task::spawn_blocking(move || {
        tabular::detect_in(Box::new(source), &Choice::default())
    })
    .await
    .map_err(|error| StoreError::Other(error.to_string()))?;
    let detected = match detected {
        Ok(detected) => detected,
        Err(error) => {
            files.remove(&mut tx, &[kept.id]).await?;
            tx.rollback().await?;
            return Ok(Err(Wrong::from(error).to_string()));
        }
    };
    let id = insert(&mut tx, actor, batch, &kept, &detected, day).await?;
    let now = tx.at();
    let payload = json!({ "upload": id }).to_string();
    tx.enqueue(crate::returned::KIND, &payload, None, now)
        .await?;
    tx.audit(
        Audit::new(action)
            .subject(batch)
            .with("digest", kept.digest.as_str())
            .with("day", day.to_string()),
    );
    tx.commit().await?;
    Ok(Ok(id))
}

async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    batch: &str,
    kept: &Kept,
    detected: &Detected,
    day: Day,
) -> StoreResult<String> {
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    let text =
        serde_json::to_string(detected).map_err(|error| StoreError::Other(error.to_string()))?;
    tx.run(
        "INSERT INTO exchange_upload (id, batch, file, file_name, digest, detected, day, owner, owner_name, role, scope, \
         scope_name, at, state, total, fresh, known, alike, missed, refused) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'reading', 0, 0, 0, 0, 0, 0)",
        values![
            id.as_str(),
            batch,
            kept.id.as_str(),
            kept.name.as_str(),
            kept.digest.as_str(),
            text,
            day.number(),
            actor.id.as_str(),
            actor.name.as_str(),
            actor.role.key(),
            scope_text(&actor.scope)?,
            actor.scope_name.as_str(),
            at,
        ],
    )
    .await?;
    Ok(id)
}

/// The upload of this id.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Upload>> {
    let sql = format!("SELECT {COLUMNS} FROM exchange_upload WHERE id = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// Uploads of a batch, latest first.
pub(crate) async fn of_batch(reads: &impl Reads, batch: &str) -> StoreResult<Vec<Upload>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM exchange_upload WHERE batch = $1 ORDER BY at DESC, id DESC LIMIT 50"
    );
    let rows = reads.all(&sql, values![batch]).await?;
    rows.iter().map(of_row).collect()
}

/// An upload is read to its end, or never will be.
pub(crate) async fn finish(
    tx: &mut Tx,
    id: &str,
    state: State,
    counts: Counts,
    error: Option<&str>,
) -> StoreResult<()> {
    tx.run(
        "UPDATE exchange_upload SET state = $1, total = $2, fresh = $3, known = $4, alike = $5, missed = $6, \
         refused = $7, error = $8 WHERE id = $9",
        values![
            state.key(),
            counts.total,
            counts.fresh,
            counts.known,
            counts.alike,
            counts.missed,
            counts.refused,
            error.map(str::to_owned),
            id
        ],
    )
    .await?;
    Ok(())
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Line of the file.
    pub(crate) line: i64,
    /// Who it was, as the file says; the number masked.
    pub(crate) who: String,
    /// What is wrong.
    pub(crate) says: String,
    /// What to do.
    pub(crate) fix: String,
}

/// Keeps rows that were not taken; a second time changes nothing.
pub(crate) async fn refuse(
    tx: &mut Tx,
    keys: &Keys,
    upload: &str,
    refused: &[Refused],
) -> StoreResult<()> {
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(refused.len());
    for one in refused {
        rows.push(values![
            upload,
            one.line,
            keys.seal(FIELD, &one.who)?.0,
            one.says.as_str(),
            one.fix.as_str()
        ]);
    }
    let columns = ["upload", "line", "who", "says", "fix"];
    tx.insert_many_ending(
        "exchange_refused",
        &columns,
        rows,
        " ON CONFLICT (upload, line) DO NOTHING",
    )
    .await
}

/// A page of the rows that were not taken.
pub(crate) async fn refused(
    reads: &impl Reads,
    keys: &Keys,
    upload: &str,
    (skip, most): (i64, i64),
) -> StoreResult<Vec<Refused>> {
    let sql = "SELECT line, who, says, fix FROM exchange_refused WHERE upload = $1 ORDER BY line LIMIT $2 OFFSET $3";
    let rows = reads.all(sql, values![upload, most, skip]).await?;
    rows.iter()
        .map(|row| {
            Ok(Refused {
                line: row.int("line")?,
                who: keys.open(FIELD, &Sealed(row.text("who")?))?,
                says: row.text("says")?,
                fix: row.text("fix")?,
            })
        })
        .collect()
}

/// The uploaded file, to be read anywhere; `None` when its time is over.
pub(crate) async fn source(app: &App, upload: &Upload) -> StoreResult<Option<files::Seeker>> {
    let files = app.part::<Files>()?;
    match files.find(&app.store, &upload.file).await? {
        Some(kept) => Ok(Some(files.open_anywhere(app.store.keys(), &kept)?)),
        None => Ok(None),
    }
}
