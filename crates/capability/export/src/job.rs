//! The job: reads a list chunk by chunk, keeps each chunk, then writes the workbook.
//!
//! After a few chunks it gives its turn back, so that other jobs are not kept waiting (engineering.md 14).
//! A chunk is whole: file, row, cursor and log stand in one transaction; a killed job goes on behind it.

use crate::api::KEPT_DAYS;
use crate::run::{self, Run, State};
use crate::sheet::{self, About, ROWS_OF_A_SHEET};
use files::{Files, Kept, NewFile, Sealed};
use host::export::{Cell, ExportSpec};
use host::{App, AppState};
use serde_json::json;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::jobs::{Job, JobError};
use store::{Audit, StoreError, StoreResult};

/// The job's kind.
pub(crate) const KIND: &str = "export.run";
/// Rows of a chunk.
pub(crate) const CHUNK: i64 = 1_000;
/// Chunks a turn.
const TURN: usize = 4;
/// How often a long workbook renews its lease and looks whether it was cancelled.
const LOOK: Duration = Duration::from_secs(10);

/// The list of a key.
pub(crate) fn spec<'a>(app: &'a App, key: &str) -> Option<&'a ExportSpec> {
    app.exports.iter().find(|spec| spec.key == key)
}

/// How a turn ended.
enum Turn {
    /// Nothing left to do here: made, cancelled, or somebody else's.
    Ended,
    /// More next time.
    More,
}

/// Runs `export.run`.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    match turn(&app, &job).await {
        Ok(Turn::Ended) => Ok(()),
        Ok(Turn::More) => Err(JobError::Again),
        Err(error) if error.is_retryable() => Err(JobError::Retry(error.to_string())),
        Err(error) => {
            if let Err(error) = fail(&app, &job, &error).await {
                return Err(JobError::Retry(error.to_string()));
            }
            Err(JobError::Fail(error.to_string()))
        }
    }
}

/// The run says what went wrong, so that its owner can go on from there.
async fn fail(app: &AppState, job: &Job, error: &StoreError) -> StoreResult<()> {
    let id = run_of(job);
    let mut tx = app
        .store
        .begin(&authz::Actor::system("export"), None)
        .await?;
    let Some(run) = run::hold(&tx, &id).await?.filter(|run| run.state.open()) else {
        return tx.rollback().await;
    };
    let text = error.to_string();
    let says = if text.contains("larger than") {
        "文件太大。请缩小范围后重新导出。"
    } else {
        "生成中断。已生成的部分还在，可以继续。"
    };
    run::set_state(&mut tx, &run.id, State::Failed, Some(says)).await?;
    tx.audit(Audit::new("export.fail").subject(&run.id));
    tx.commit().await
}

fn run_of(job: &Job) -> String {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    payload
        .get("run")
        .and_then(|run| run.as_str())
        .unwrap_or_default()
        .to_owned()
}

async fn turn(app: &AppState, job: &Job) -> StoreResult<Turn> {
    let id = run_of(job);
    let Some(mut run) = run::find(&app.store, &id).await? else {
        return Ok(Turn::Ended);
    };
    let spec = spec(app, &run.list)
        .ok_or_else(|| StoreError::Other(format!("no list {}", run.list)))?
        .clone();
    for _ in 0..TURN {
        if !run.state.open() {
            return Ok(Turn::Ended);
        }
        if run.read_all {
            return workbook(app, job, &run, &spec).await;
        }
        match chunk(app, job, &run, &spec).await? {
            Some(next) => run = next,
            None => return Ok(Turn::Ended),
        }
    }
    Ok(Turn::More)
}

/// Reads and keeps one chunk; `None` when the run was cancelled or the job lost meanwhile.
async fn chunk(
    app: &AppState,
    job: &Job,
    run: &Run,
    spec: &ExportSpec,
) -> StoreResult<Option<Run>> {
    let rows = (spec.rows)(Arc::clone(app), run.ask(), run.goes_on.clone(), CHUNK);
    let chunk = match rows.await {
        Ok(chunk) => chunk,
        Err(error) if run.done > 0 && error.to_string().contains("changed too much") => {
            return over(app, job, run).await.map(|()| None);
        }
        Err(error) => return Err(error),
    };
    let files = app.part::<Files>()?;
    let sealed = if chunk.rows.is_empty() {
        None
    } else {
        let cells: Vec<&[Cell]> = chunk.rows.iter().map(|row| row.cells.as_slice()).collect();
        let mut writer = files.create(&app.store)?;
        let other = |error: String| StoreError::Other(error);
        serde_json::to_writer(&mut writer, &cells).map_err(|error| other(error.to_string()))?;
        writer.flush().map_err(|error| other(error.to_string()))?;
        Some(writer.finish()?)
    };
    let mut tx = app.store.begin(&run.owner, None).await?;
    let held = run::hold(&tx, &run.id).await?;
    let goes_on = held.is_some_and(|held| held.state.open() && held.done == run.done);
    let count = chunk.rows.len() as i64;
    if !goes_on || !tx.hold_job(job, run.done + count, run.total).await? {
        tx.rollback().await?;
        return Ok(None);
    }
    let file = match sealed {
        Some(sealed) => Some(keep_part(&files, &mut tx, run, sealed).await?.id),
        None => None,
    };
    run::add_part(&mut tx, run, file.as_deref(), count, chunk.next.as_deref()).await?;
    let keys: Vec<&str> = chunk
        .rows
        .iter()
        .filter_map(|row| row.subject.as_ref().map(|key| key.id.as_str()))
        .collect();
    tx.audit(
        Audit::new("export.rows")
            .subject(&run.id)
            .with("list", run.list.as_str())
            .with("count", count)
            .with("keys", json!(keys)),
    );
    tx.commit().await?;
    run::find(&app.store, &run.id).await
}

async fn keep_part(
    files: &Files,
    tx: &mut store::Tx,
    run: &Run,
    sealed: Sealed,
) -> StoreResult<Kept> {
    let new = NewFile {
        name: "part".to_owned(),
        owner: run.owner.id.clone(),
        scope: run.owner.scope.clone(),
        days: KEPT_DAYS,
    };
    files.keep(tx, sealed, new).await
}

/// The list changed so much that the place is lost: from the beginning.
async fn over(app: &AppState, job: &Job, run: &Run) -> StoreResult<()> {
    let (files, parts) = (app.part::<Files>()?, run::parts(&app.store, &run.id).await?);
    let mut tx = app.store.begin(&run.owner, None).await?;
    if !tx.hold_job(job, 0, run.total).await? {
        return tx.rollback().await;
    }
    run::start_over(&mut tx, &run.id).await?;
    run::forget_parts(&mut tx, &run.id).await?;
    files.remove(&mut tx, &parts).await?;
    tx.enqueue(
        KIND,
        &json!({ "run": run.id }).to_string(),
        None,
        app.clock().now(),
    )
    .await?;
    tx.audit(Audit::new("export.over").subject(&run.id));
    tx.commit().await
}

/// Writes the workbook beside the runtime, keeps it, and lets the chunks go.
async fn workbook(app: &AppState, job: &Job, run: &Run, spec: &ExportSpec) -> StoreResult<Turn> {
    let files = app.part::<Files>()?;
    let ids = run::parts(&app.store, &run.id).await?;
    let mut kept = Vec::with_capacity(ids.len());
    for id in &ids {
        let missing = || StoreError::Other(format!("the chunk {id} is gone"));
        kept.push(files.find(&app.store, id).await?.ok_or_else(missing)?);
    }
    let about = about(app, run, spec)?;
    let stop = Arc::new(AtomicBool::new(false));
    let out = files.create(&app.store)?;
    let scratch = files.scratch()?;
    let (of, keys, stopped) = (
        Files::clone(&files),
        app.store.keys().clone(),
        Arc::clone(&stop),
    );
    let mut writing = tokio::task::spawn_blocking(move || {
        let chunks = kept.iter().map(|part| {
            let bytes = of.open(&keys, part)?.whole()?;
            serde_json::from_slice::<Vec<Vec<Cell>>>(&bytes)
                .map_err(|error| StoreError::Other(error.to_string()))
        });
        sheet::write(&about, chunks, &scratch, out, &stopped)
    });
    let written = loop {
        tokio::select! {
            written = &mut writing => break written,
            () = tokio::time::sleep(LOOK) => {
                app.store.job_progress(job, run.done, run.done).await?;
                let now = run::find(&app.store, &run.id).await?;
                stop.store(!now.is_some_and(|now| now.state.open()), Ordering::Relaxed);
            }
        }
    };
    let sealed = written.map_err(|error| StoreError::Other(error.to_string()))?;
    if stop.load(Ordering::Relaxed) {
        return Ok(Turn::Ended);
    }
    done(app, job, run, &files, sealed?, &ids).await
}

async fn done(
    app: &AppState,
    job: &Job,
    run: &Run,
    files: &Files,
    sealed: Sealed,
    parts: &[String],
) -> StoreResult<Turn> {
    let mut tx = app.store.begin(&run.owner, None).await?;
    let open = run::hold(&tx, &run.id)
        .await?
        .is_some_and(|held| held.state.open());
    if !open || !tx.hold_job(job, run.done, run.done).await? {
        tx.rollback().await?;
        return Ok(Turn::Ended);
    }
    let new = NewFile {
        name: format!("{}-{}.xlsx", run.title, tx.at().day()),
        owner: run.owner.id.clone(),
        scope: run.owner.scope.clone(),
        days: KEPT_DAYS,
    };
    let kept = files.keep(&mut tx, sealed, new).await?;
    run::finish(&mut tx, run, &kept).await?;
    run::forget_parts(&mut tx, &run.id).await?;
    files.remove(&mut tx, parts).await?;
    tx.audit(
        Audit::new("export.done")
            .subject(&run.id)
            .with("list", run.list.as_str())
            .with("count", run.done)
            .with("digest", kept.digest.as_str()),
    );
    tx.commit().await?;
    Ok(Turn::Ended)
}

fn about(app: &App, run: &Run, spec: &ExportSpec) -> StoreResult<About> {
    let head = (spec.head)(app, &run.ask()).map_err(|error| {
        StoreError::Other(format!("the list cannot be read any more: {error:?}"))
    })?;
    let made = app.clock().now();
    let filters = if run.filters.is_empty() {
        "全部"
    } else {
        run.filters.as_str()
    };
    Ok(About {
        mark: format!(
            "导出人：{}（{}）　{}　事由：{}　共 {} 条　编号 {}",
            run.owner.name,
            run.owner.scope_name,
            run.asked.minute(),
            run::reason_zh(&run.reason),
            ui::grouped(run.done as u64),
            run.id
                .get(run.id.len().saturating_sub(8)..)
                .unwrap_or(&run.id),
        ),
        says: format!(
            "范围：{}　筛选：{filters}　数据截至 {}",
            head.basis,
            run.day.zh()
        ),
        title: head.title,
        role: run.owner.role,
        columns: head.columns,
        made,
        limit: ROWS_OF_A_SHEET,
    })
}
