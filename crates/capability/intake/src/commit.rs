//! The job that writes a checked list into the register, a chunk a transaction: rows, place and log stand together,
//! so that a killed job goes on behind what is in. Between chunks others get their turn; while one is written the next
//! is made ready.

mod ahead;
mod writing;

use crate::batch::{self, Batch, State};
use crate::check::{fail, id_of};
use crate::decide::Ranks;
use crate::kind::Shape;
use crate::rest;
use crate::staged;
use ahead::{Ahead, Chunk};
use files::Files;
use host::AppState;
use people::api::Beside;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::jobs::{Job, JobError};
use store::{Audit, StoreError, StoreResult, Tx};
use writing::{Ready, Writing, Written};

/// The job's kind.
pub(crate) const KIND: &str = "intake.commit";
/// Rows in one transaction: nobody waits longer than for these.
pub(crate) const CHUNK: usize = 400;
/// Transactions before other jobs get their turn.
pub(crate) const TURN: usize = 50;

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Nothing left to do here: done, paused, or somebody else's.
    Ended,
    /// More next time.
    More,
}

/// Runs `intake.commit`.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let id = id_of(&job);
    match turn(&app, &job, &id).await {
        Ok(Turn::Ended) => Ok(()),
        Ok(Turn::More) => Err(JobError::Again),
        // Two lists that register one person at once: the second finds them when it tries again.
        Err(error) if error.is_retryable() || matches!(error, StoreError::Duplicate(_)) => {
            Err(JobError::Retry(error.to_string()))
        }
        Err(error) => {
            let says = "提交中断。已提交的部分还在，可以继续，也可以撤销整批。";
            if let Err(error) = fail(&app, &id, says).await {
                return Err(JobError::Retry(error.to_string()));
            }
            Err(JobError::Fail(error.to_string()))
        }
    }
}

async fn turn(app: &AppState, job: &Job, id: &str) -> StoreResult<Turn> {
    let mut left = TURN;
    // How lists rank is decided when they are brought in: it stands for a turn.
    let ranks = Arc::new(batch::ranks(&app.store).await?);
    let mut ahead = Ahead::default();
    loop {
        let Some(batch) = batch::find(&app.store, id).await? else {
            return Ok(Turn::Ended);
        };
        if batch.state != State::Committing {
            return Ok(Turn::Ended);
        }
        if left == 0 {
            return Ok(Turn::More);
        }
        left -= 1;
        if batch.phase != "rows" {
            match rest::step(app, job, &batch, left + 1).await? {
                Turn::Ended => return Ok(Turn::Ended),
                Turn::More => return Ok(Turn::More),
            }
        }
        let place = place_of(&batch)?;
        let Some((chunk, ready)) = ahead.take(app, &batch, place).await? else {
            next_phase(app, job, &batch).await?;
            continue;
        };
        if left > 0 {
            ahead.begin(app, &batch, &chunk, &ranks);
        }
        let written = match write(app, job, &batch, (&chunk, ready), &ranks).await {
            // Somebody told the same people something after they were made ready.
            Err(StoreError::Duplicate(_)) => {
                write(app, job, &batch, (&chunk, None), &ranks).await?
            }
            other => other?,
        };
        if !written {
            return Ok(Turn::Ended);
        }
    }
}

/// Part and row at which committing stands.
fn place_of(batch: &Batch) -> StoreResult<(i64, usize)> {
    let bad = || StoreError::Other(format!("{} is no place of an import", batch.place));
    let (part, row) = batch.place.split_once('/').ok_or_else(bad)?;
    Ok((
        part.parse().map_err(|_number| bad())?,
        row.parse().map_err(|_number| bad())?,
    ))
}

/// All rows are in: a complete list goes on to who is not on it.
async fn next_phase(app: &AppState, job: &Job, batch: &Batch) -> StoreResult<()> {
    let mut tx = app.store.begin(&batch.owner, None).await?;
    if !still(&tx, batch).await? || !tx.hold_job(job, batch.done, batch.todo).await? {
        return tx.rollback().await;
    }
    let phase = match (batch.complete, batch.kind.shape) {
        (false, _) => "end",
        (true, Shape::Receipts) => "stop",
        (true, _) => "roll",
    };
    batch::update(
        &mut tx,
        &batch.id,
        vec![("phase", phase.into()), ("place", "".into())],
    )
    .await?;
    tx.audit(
        Audit::new("intake.phase")
            .subject(&batch.id)
            .with("phase", phase),
    );
    tx.commit().await
}

/// Whether the import still stands where this turn found it; nobody else moves it until the transaction ends.
pub(crate) async fn still(tx: &Tx, batch: &Batch) -> StoreResult<bool> {
    let held = batch::hold(tx, &batch.id).await?;
    Ok(held.is_some_and(|held| {
        held.state == batch.state && held.phase == batch.phase && held.place == batch.place
    }))
}

/// What stood before where a change has no history of its own.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Undo {
    /// By person id.
    pub(crate) beside: BTreeMap<String, Beside>,
    /// Receipts that this list ended: person, programme, first day, recorded, until before.
    pub(crate) ended: Vec<Ended>,
}

/// A receipt that was ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ended {
    pub(crate) key: (String, String),
    pub(crate) programme: String,
    pub(crate) from: i32,
    pub(crate) recorded: i64,
    pub(crate) until: Option<i32>,
    /// What a complete roll wrote in its place, of who does not stand on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) now: Option<i32>,
}

impl Undo {
    fn is_empty(&self) -> bool {
        self.beside.is_empty() && self.ended.is_empty()
    }

    /// Sealed, where there is anything.
    fn sealed(&self, app: &AppState) -> StoreResult<Option<files::Sealed>> {
        if self.is_empty() {
            return Ok(None);
        }
        let files = app.part::<Files>()?;
        staged::seal(&files, &app.store, self).map(Some)
    }
}

/// Writes a chunk and where the next one stands; `false` when the import is somebody else's by now, or paused.
async fn write(
    app: &AppState,
    job: &Job,
    batch: &Batch,
    (chunk, ready): (&Chunk, Option<Ready>),
    ranks: &Ranks,
) -> StoreResult<bool> {
    let mut tx = app.store.begin(&batch.owner, None).await?;
    let (rows, next) = (chunk.rows(), chunk.next());
    let done = batch.done + rows.len() as i64;
    if !still(&tx, batch).await? || !tx.hold_job(job, done, batch.todo).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    let writing = Writing { app, batch, ranks };
    let Written {
        keys: touched,
        undo,
        skipped,
    } = writing.rows(&mut tx, rows, ready).await?;
    app.facts_changed(&mut tx, &touched).await?;
    if let Some(sealed) = undo {
        let files = app.part::<Files>()?;
        let kept = staged::keep(&files, &mut tx, sealed, "undo", &batch.owner).await?;
        batch::add_undo(&mut tx, &batch.id, done, &kept.id).await?;
    }
    batch::update(
        &mut tx,
        &batch.id,
        vec![
            ("place", format!("{}/{}", next.0, next.1).into()),
            ("done", done.into()),
        ],
    )
    .await?;
    let lines = staged::lines(rows);
    tx.audit(
        Audit::new("intake.rows")
            .subject(&batch.id)
            .with("digest", batch.digest.as_str())
            .with("lines", format!("{}–{}", lines.0, lines.1))
            .with("people", touched.len() as i64)
            .with("skipped", skipped),
    );
    tx.commit().await?;
    entitle::api::after_commit(app, &touched).await?;
    Ok(true)
}

/// A programme that is connected, or not any more, changes what is owed to everybody: they are answered anew.
pub(crate) async fn answer_everyone(tx: &mut Tx) -> StoreResult<()> {
    let (kind, now) = ("entitle.everyone", tx.at());
    tx.enqueue(kind, "{}", Some(kind), now).await
}

/// What names an import to its jobs.
pub(crate) fn payload(batch: &str) -> String {
    json!({ "batch": batch }).to_string()
}

/// Starts the job of an import.
pub(crate) async fn enqueue(tx: &mut Tx, kind: &str, batch: &str) -> StoreResult<()> {
    let now = tx.at();
    tx.enqueue(kind, &payload(batch), None, now).await
}
