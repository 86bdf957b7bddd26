//! The job that makes a list or a file: reads people chunk by chunk, keeps each chunk, then writes the file.
//!
//! A chunk is whole: lines, cursor and log stand in one transaction; a killed job goes on behind it. Rows stand sealed
//! in the database until the file is written, and nowhere after that.

use crate::batch::{self, Batch, Progress, Purpose, State};
use crate::lines::{self, Line};
use crate::mapped::mapped;
use crate::{records, sheet, systems};
use area::api::AreaBook;
use files::{Files, NewFile};
use host::{App, AppState};
use people::api::{self as register, Person, PersonKey, open_secret};
use serde_json::json;
use store::jobs::{Job, JobError};
use store::{Audit, StoreError, StoreResult};

/// The job's kind.
pub(crate) const KIND: &str = "exchange.make";
/// People of a chunk.
const CHUNK: i64 = 250;
/// Chunks a turn.
const TURN: usize = 2;
/// Most people of an outgoing list.
pub(crate) const MOST_LISTED: i64 = 100_000;
/// Most records of a file for a national system; the rest waits for the next one.
pub(crate) const MOST_REPORTED: i64 = 50_000;
/// Days a file for a national system is kept.
const REPORT_DAYS: i32 = 30;

/// How a turn ended.
enum Turn {
    /// Nothing left to do here.
    Ended,
    /// More next time.
    More,
}

/// Runs `exchange.make`.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    match turn(&app, &job).await {
        Ok(Turn::Ended) => Ok(()),
        Ok(Turn::More) => Err(JobError::Again),
        Err(error) if error.is_retryable() => Err(JobError::Retry(error.to_string())),
        Err(error) => {
            if let Err(error) = fail(&app, &job).await {
                return Err(JobError::Retry(error.to_string()));
            }
            Err(JobError::Fail(error.to_string()))
        }
    }
}

fn batch_of(job: &Job) -> String {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let id = payload.get("batch").and_then(|id| id.as_str());
    id.unwrap_or_default().to_owned()
}

/// The batch says that it stopped, so that its owner can go on from there.
async fn fail(app: &AppState, job: &Job) -> StoreResult<()> {
    let id = batch_of(job);
    let actor = authz::Actor::system("exchange");
    let mut tx = app.store.begin(&actor, None).await?;
    let Some(batch) = batch::hold(&tx, &id)
        .await?
        .filter(|batch| batch.state.busy())
    else {
        return tx.rollback().await;
    };
    let says = "生成中断。已读的部分还在，可以继续。";
    batch::set_state(&mut tx, &batch.id, State::Failed, Some(says)).await?;
    tx.audit(Audit::new("exchange.fail").subject(&batch.id));
    tx.commit().await
}

async fn turn(app: &AppState, job: &Job) -> StoreResult<Turn> {
    let id = batch_of(job);
    let Some(mut batch) = batch::find(&app.store, &id).await? else {
        return Ok(Turn::Ended);
    };
    for _ in 0..TURN {
        match batch.state {
            State::Waiting | State::Running => {}
            State::Writing => return write(app, job, &batch).await,
            State::Done | State::Failed | State::Void => return Ok(Turn::Ended),
        }
        match chunk(app, job, &batch).await? {
            Some(next) => batch = next,
            None => return Ok(Turn::Ended),
        }
    }
    Ok(Turn::More)
}

/// What was read of a chunk.
struct Read {
    lines: Vec<Line>,
    left_out: i64,
    next: Option<PersonKey>,
}

/// Reads and keeps one chunk; `None` when the batch was taken back or the job lost meanwhile.
async fn chunk(app: &AppState, job: &Job, batch: &Batch) -> StoreResult<Option<Batch>> {
    let after = batch.goes_on.as_deref().and_then(key_of);
    let room = match batch.purpose {
        Purpose::List => CHUNK,
        Purpose::Report => (MOST_REPORTED - batch.done).clamp(1, CHUNK),
    };
    let read = match batch.purpose {
        Purpose::List => people(app, batch, after.as_ref(), room).await?,
        Purpose::Report => waiting(app, batch, after.as_ref(), room).await?,
    };
    let mut tx = app.store.begin(&batch.owner, None).await?;
    let held = batch::hold(&tx, &batch.id).await?;
    let goes_on = held.is_some_and(|held| held.state.busy() && held.goes_on == batch.goes_on);
    let lines = read.lines.len() as i64;
    if !goes_on || !tx.hold_job(job, batch.done + lines, batch.total).await? {
        tx.rollback().await?;
        return Ok(None);
    }
    lines::add(&mut tx, app.store.keys(), batch, &read.lines).await?;
    let full = batch.purpose == Purpose::Report && batch.done + lines >= MOST_REPORTED;
    let next = read
        .next
        .filter(|_| !full)
        .map(|key| format!("{}|{}", key.shard, key.id));
    let progress = Progress {
        lines,
        left_out: read.left_out,
        goes_on: next.as_deref(),
    };
    batch::progress(&mut tx, batch, &progress).await?;
    let keys: Vec<&str> = read.lines.iter().map(|line| line.key.id.as_str()).collect();
    tx.audit(
        Audit::new(match batch.purpose {
            Purpose::List => "matching.rows",
            Purpose::Report => "reporting.rows",
        })
        .subject(&batch.id)
        .with("kind", batch.kind.as_str())
        .with("count", lines)
        .with("keys", json!(keys)),
    );
    tx.commit().await?;
    batch::find(&app.store, &batch.id).await
}

fn key_of(text: &str) -> Option<PersonKey> {
    let (shard, id) = text.split_once('|')?;
    Some(PersonKey {
        shard: shard.to_owned(),
        id: id.to_owned(),
    })
}

/// People for a department: number and name, and nothing else. Who has no number cannot be matched.
async fn people(
    app: &App,
    batch: &Batch,
    after: Option<&PersonKey>,
    room: i64,
) -> StoreResult<Read> {
    let filter = batch.ask.filter(batch.day, room);
    let found = register::by_key(&app.store, &batch.owner.scope, &filter, after).await?;
    let next = (found.len() as i64 == room)
        .then(|| found.last().map(|person| person.key.clone()))
        .flatten();
    let chosen = match &batch.ask.programme {
        None => found,
        Some(programme) => receiving(app, batch, programme, found).await?,
    };
    let (mut lines, mut left_out) = (Vec::with_capacity(chosen.len()), 0);
    for person in chosen {
        let Some(number) = open_secret(&app.store, "id_number", person.id_number.as_ref())? else {
            left_out += 1;
            continue;
        };
        lines.push(Line {
            digest: String::new(),
            cells: vec![number, person.name],
            key: person.key,
        });
    }
    Ok(Read {
        lines,
        left_out,
        next,
    })
}

/// Those of them who receive this programme on the day of the batch.
async fn receiving(
    app: &App,
    batch: &Batch,
    programme: &str,
    found: Vec<Person>,
) -> StoreResult<Vec<Person>> {
    let keys: Vec<PersonKey> = found.iter().map(|person| person.key.clone()).collect();
    let receipts = entitle::api::receipts_of(&app.store, &keys).await?;
    let receives = |person: &Person| {
        receipts.get(&person.key.id).is_some_and(|own| {
            own.iter()
                .any(|receipt| receipt.programme == programme && receipt.covers(batch.day))
        })
    };
    Ok(found.into_iter().filter(receives).collect())
}

/// Records that wait, as the system's template wants them. What lacks a required value is left out.
async fn waiting(
    app: &App,
    batch: &Batch,
    after: Option<&PersonKey>,
    room: i64,
) -> StoreResult<Read> {
    let missing = || StoreError::Other(format!("no system {}", batch.kind));
    let system = systems::of(&batch.kind).ok_or_else(missing)?;
    let book = app.part::<AreaBook>()?;
    let keys = records::waiting(&app.store, system, &batch.owner.scope, after, room).await?;
    let next = (keys.len() as i64 == room)
        .then(|| keys.last().cloned())
        .flatten();
    let (mut lines, mut left_out) = (Vec::with_capacity(keys.len()), 0);
    for person in register::of_keys(&app.store, &keys).await? {
        let row = mapped(&app.store, &book, system, &person, batch.day)?;
        if !row.missing.is_empty() || !system.takes(&person.facts, batch.day) {
            left_out += 1;
            continue;
        }
        lines.push(Line {
            digest: row.digest(app.store.keys(), system),
            cells: row.cells,
            key: person.key,
        });
    }
    Ok(Read {
        lines,
        left_out,
        next,
    })
}

/// Writes the file beside the runtime, keeps it, and lets the rows go.
async fn write(app: &AppState, job: &Job, batch: &Batch) -> StoreResult<Turn> {
    let files = app.part::<Files>()?;
    let rows = lines::rows(&app.store, app.store.keys(), &batch.id).await?;
    let (out, scratch) = (files.create(&app.store)?, files.scratch()?);
    let made = app.clock().now();
    let of = batch.clone();
    let sealed = tokio::task::spawn_blocking(move || sheet::write(&of, made, rows, &scratch, out))
        .await
        .map_err(|error| StoreError::Other(error.to_string()))??;
    let mut tx = app.store.begin(&batch.owner, None).await?;
    let held = batch::hold(&tx, &batch.id).await?;
    let open = held.is_some_and(|held| held.state == State::Writing);
    if !open || !tx.hold_job(job, batch.done, batch.done).await? {
        tx.rollback().await?;
        return Ok(Turn::Ended);
    }
    let days = match batch.purpose {
        Purpose::List => crate::kinds::of(&batch.kind).map_or(0, |kind| kind.days),
        Purpose::Report => REPORT_DAYS,
    };
    let new = NewFile {
        name: format!("{}-{}.{}", batch.title(), batch.no, batch.format),
        owner: batch.owner.id.clone(),
        scope: batch.owner.scope.clone(),
        days,
    };
    let kept = files.keep(&mut tx, sealed, new).await?;
    batch::finish(&mut tx, batch, &kept).await?;
    lines::forget(&mut tx, &batch.id).await?;
    if batch.purpose == Purpose::Report {
        records::reported(&mut tx, &batch.kind, &batch.id).await?;
    }
    tx.audit(
        Audit::new(match batch.purpose {
            Purpose::List => "matching.made",
            Purpose::Report => "reporting.made",
        })
        .subject(&batch.id)
        .with("kind", batch.kind.as_str())
        .with("count", batch.done)
        .with("digest", kept.digest.as_str()),
    );
    tx.commit().await?;
    Ok(Turn::Ended)
}

/// Has the job run for a batch.
pub(crate) async fn enqueue(tx: &mut store::Tx, batch: &str) -> StoreResult<()> {
    let now = tx.at();
    tx.enqueue(KIND, &json!({ "batch": batch }).to_string(), None, now)
        .await
}
