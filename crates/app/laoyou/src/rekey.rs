//! Turning all that is sealed to another key, chunk by chunk, while everybody works: sealed columns, blind indexes,
//! what follows from them, and files. How far it has come stands in the database, so a kill costs one chunk.
//!
//! The key file says which key is current; the database remembers which one it is written with. Where they differ, a
//! start begins the turning ([`ready`]); the job goes on with it until nothing is left under an older key.

use crate::compose;
use crate::fault::{Fault, Outcome};
use crate::keep;
use ::files::Files;
use authz::Actor;
use host::{AppState, JobSpec, Sealing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::jobs::{Job, JobError};
use store::rekey::{CURRENT, Chunk, OLDER, TURNING};
use store::{Audit, Store, StoreError, StoreResult, Tx};

/// The job that turns.
pub const KIND: &str = "keys.turn";
/// Rows in one transaction.
pub const ROWS: i64 = 500;
/// Chunks before other jobs go first.
const CHUNKS: usize = 20;
/// Files in one transaction.
const FILES: i64 = 8;
/// Walks through everything: what is written behind the first one's back is found by the next.
const PASSES: u32 = 3;

/// How far the turning has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turning {
    /// The key that is turned to.
    pub to: String,
    stage: usize,
    after: Option<Vec<String>>,
    /// Rows and files looked at in this walk.
    pub done: i64,
    /// Rows and files there were when it began.
    pub total: i64,
    pass: u32,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There is more to do.
    More(Turning),
    /// Nothing is left under an older key.
    Done,
    /// Nothing turns.
    Idle,
}

fn by() -> Actor {
    Actor::system("keys")
}

/// How far the turning has come; `None` where nothing turns.
pub async fn turning(store: &Store) -> StoreResult<Option<Turning>> {
    store
        .setting(TURNING)
        .await?
        .map(|text| of_text(&text))
        .transpose()
}

fn of_text(text: &str) -> StoreResult<Turning> {
    serde_json::from_str(text).map_err(|error| StoreError::Other(error.to_string()))
}

/// Holds the key file against the database before anything is written: a file that lacks the key the database is
/// written with, or goes back behind it, is refused; one whose current key is newer begins the turning to it.
pub async fn ready(store: &Store) -> Outcome<()> {
    let keys = store.keys();
    let said = store.setting(CURRENT).await?;
    match written_with(store).await? {
        Some(id) if said.is_none() && id == keys.current_id() => note(store).await?,
        None => note(store).await?,
        Some(id) if id == keys.current_id() => {
            if turning(store).await?.is_some() {
                enqueue(store).await?;
            }
        }
        Some(id) if keys.is_older(&id) => begin(store).await?,
        Some(id) if keys.knows(&id) => {
            return Err(Fault::new(format!(
                "密钥文件是旧的：数据库已改用 {id} 号密钥，文件里当前的是 {} 号。请换回最新的密钥文件",
                keys.current_id()
            )));
        }
        Some(id) => {
            return Err(Fault::new(format!(
                "密钥文件里没有 {id} 号密钥，数据库正在用它，没有启动。请换回最新的密钥文件"
            )));
        }
    }
    Ok(())
}

/// The key that the database is written with, as it says itself or as what is sealed in it says.
pub async fn written_with(store: &Store) -> StoreResult<Option<String>> {
    match store.setting(CURRENT).await? {
        Some(id) => Ok(Some(id)),
        None => keep::written_with(store).await,
    }
}

/// Notes the current key as the one the database is written with.
async fn note(store: &Store) -> StoreResult<()> {
    let id = store.keys().current_id().to_owned();
    let mut tx = store.begin(&by(), None).await?;
    tx.set_setting(CURRENT, &id).await?;
    tx.audit(Audit::new("keys.current").with("key", id));
    tx.commit().await
}

/// Begins the turning to the current key of the key file.
pub async fn begin(store: &Store) -> Outcome<()> {
    let mut total = 0;
    for sealing in compose::sealed() {
        total += match sealing {
            Sealing::Table(table) => table.size(store).await?,
            Sealing::Follows { .. } | Sealing::Lost { .. } => 0,
        };
    }
    let state = Turning {
        to: store.keys().current_id().to_owned(),
        stage: 0,
        after: None,
        done: 0,
        total,
        pass: 1,
    };
    let mut tx = store.begin(&by(), None).await?;
    tx.set_setting(CURRENT, &state.to).await?;
    put(&mut tx, &state).await?;
    tx.audit(
        Audit::new("keys.turn_begun")
            .with("key", state.to.as_str())
            .with("rows", total),
    );
    tx.commit().await?;
    enqueue(store).await
}

async fn enqueue(store: &Store) -> Outcome<()> {
    let now = store.clock().now();
    Ok(store.enqueue(&by(), KIND, "{}", Some(KIND), now).await?)
}

async fn put(tx: &mut Tx, state: &Turning) -> StoreResult<()> {
    let text =
        serde_json::to_string(state).map_err(|error| StoreError::Other(error.to_string()))?;
    tx.set_setting(TURNING, &text).await
}

/// Turns one chunk of at most `rows` rows, or a few files.
pub async fn step(store: &Store, files: &Files, rows: i64) -> StoreResult<Step> {
    let Some(state) = turning(store).await? else {
        return Ok(Step::Idle);
    };
    if state.to != store.keys().current_id() {
        return Err(StoreError::Other(format!(
            "this process has key {} as its current one, the turning is to {}: restart it",
            store.keys().current_id(),
            state.to
        )));
    }
    let stages: Vec<Sealing> = compose::sealed()
        .into_iter()
        .filter(|sealing| !matches!(sealing, Sealing::Lost { .. }))
        .collect();
    match stages.get(state.stage) {
        Some(stage) => some_rows(store, stage, rows).await,
        None if state.stage == stages.len() => some_files(store, files, state).await,
        None => finish(store, files, state).await,
    }
}

/// The state as the transaction sees it, held until it ends; `None` where somebody else went on meanwhile.
async fn held(tx: &mut Tx, stage: Option<usize>) -> StoreResult<Option<Turning>> {
    tx.hold_keys().await?;
    let state = tx.setting(TURNING).await?;
    let state = state.map(|text| of_text(&text)).transpose()?;
    Ok(state.filter(|state| stage.is_none_or(|stage| state.stage == stage)))
}

async fn some_rows(store: &Store, stage: &Sealing, rows: i64) -> StoreResult<Step> {
    let mut tx = store.begin(&by(), None).await?;
    let Some(mut state) = held(&mut tx, None).await? else {
        tx.rollback().await?;
        return Ok(Step::Idle);
    };
    let after = state.after.take();
    let (table, chunk) = match stage {
        Sealing::Table(table) => (
            table.table,
            table.turn(&mut tx, after.as_deref(), rows).await?,
        ),
        Sealing::Follows { table, turn } => (*table, turn(&mut tx, after, rows).await?),
        Sealing::Lost { .. } => ("", Chunk::default()),
    };
    if matches!(stage, Sealing::Table(_)) {
        state.done += chunk.seen;
    }
    if chunk.last.is_none() {
        state.stage += 1;
    }
    state.after = chunk.last;
    put(&mut tx, &state).await?;
    tx.audit(
        Audit::new("keys.turned")
            .with("table", table)
            .with("rows", chunk.changed),
    );
    tx.commit().await?;
    Ok(Step::More(state))
}

async fn some_files(store: &Store, files: &Files, state: Turning) -> StoreResult<Step> {
    let behind = state.after.as_ref().and_then(|key| key.first());
    let digests = files
        .digests_behind(store, behind.map(String::as_str), FILES)
        .await?;
    let (mut anew, current) = (Vec::new(), store.keys().current_id().to_owned());
    for digest in &digests {
        let (files, store, digest) = (files.clone(), store.clone(), digest.clone());
        let current = current.clone();
        let sealed = tokio::task::spawn_blocking(move || match files.key_of(&digest)? {
            Some(id) if id != current => files.seal_anew(&store, &digest).map(Some),
            _ => Ok(None),
        });
        match sealed
            .await
            .map_err(|error| StoreError::Other(error.to_string()))?
        {
            Ok(sealed) => anew.extend(sealed),
            // It stays as it is and is told of at the end.
            Err(error) => tracing::error!(%error, "a file cannot be sealed anew"),
        }
    }
    let mut tx = store.begin(&by(), None).await?;
    let Some(mut state) = held(&mut tx, Some(state.stage)).await? else {
        tx.rollback().await?;
        return Ok(Step::Idle);
    };
    let mut changed = 0_i64;
    for sealed in anew {
        changed += i64::from(files.replace(&mut tx, sealed).await?);
    }
    if (digests.len() as i64) < FILES {
        state.stage += 1;
        state.after = None;
    } else {
        state.after = digests.last().map(|digest| vec![digest.clone()]);
    }
    put(&mut tx, &state).await?;
    tx.audit(
        Audit::new("keys.turned")
            .with("table", "file")
            .with("rows", changed),
    );
    tx.commit().await?;
    Ok(Step::More(state))
}

async fn finish(store: &Store, files: &Files, mut state: Turning) -> StoreResult<Step> {
    let counted = count(store, files).await?;
    let left = counted.left(&state.to);
    if left > 0 && state.pass >= PASSES {
        return Err(StoreError::Other(format!(
            "{left} values stay under an older key after {PASSES} walks; laoyou keys status says which"
        )));
    }
    let mut tx = store.begin(&by(), None).await?;
    if held(&mut tx, Some(state.stage)).await?.is_none() {
        tx.rollback().await?;
        return Ok(Step::Idle);
    }
    if left > 0 {
        state = Turning {
            stage: 0,
            after: None,
            done: 0,
            pass: state.pass + 1,
            ..state
        };
        put(&mut tx, &state).await?;
        tx.audit(Audit::new("keys.turn_again").with("left", left));
        tx.commit().await?;
        return Ok(Step::More(state));
    }
    tx.unset_setting(TURNING).await?;
    keep::mark_keys(&mut tx).await?;
    tx.audit(Audit::new("keys.turn_done").with("key", state.to.as_str()));
    tx.commit().await?;
    Ok(Step::Done)
}

/// How many values stand under which key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Sealed values and digests, by key.
    pub values: BTreeMap<String, i64>,
    /// Files, by key.
    pub files: BTreeMap<String, i64>,
}

impl Counted {
    /// Values and files under another key than this one.
    pub fn left(&self, current: &str) -> i64 {
        self.values
            .iter()
            .chain(&self.files)
            .filter(|(id, _)| *id != current)
            .map(|(_, count)| count)
            .sum()
    }

    /// Values and files under this key, with those that do not say which older key they are under.
    pub fn under(&self, id: &str) -> i64 {
        self.values
            .iter()
            .chain(&self.files)
            .filter(|(of, _)| *of == id || *of == OLDER)
            .map(|(_, count)| count)
            .sum()
    }
}

/// Counts what stands under which key.
pub async fn count(store: &Store, files: &Files) -> StoreResult<Counted> {
    let mut counted = Counted::default();
    for sealing in compose::sealed() {
        if let Sealing::Table(table) = sealing {
            table
                .count(store, store.keys(), &mut counted.values)
                .await?;
        }
    }
    counted.values.retain(|_, count| *count > 0);
    let mut after: Option<String> = None;
    loop {
        let digests = files.digests_behind(store, after.as_deref(), 1_000).await?;
        for digest in &digests {
            if let Some(id) = files.key_of(digest)? {
                *counted.files.entry(id).or_default() += 1;
            }
        }
        if digests.len() < 1_000 {
            return Ok(counted);
        }
        after = digests.into_iter().next_back();
    }
}

/// The job: some chunks, then others go first.
pub fn job() -> JobSpec {
    JobSpec {
        kind: KIND,
        run: Arc::new(|app, job| Box::pin(run(app, job))),
    }
}

async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    match chunks(&app, &job).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(JobError::Again),
        Err(error) if error.is_retryable() => Err(JobError::Retry(error.to_string())),
        Err(error) => Err(JobError::Fail(error.to_string())),
    }
}

async fn chunks(app: &AppState, job: &Job) -> StoreResult<bool> {
    let files = app.part::<Files>()?;
    for _ in 0..CHUNKS {
        match step(&app.store, &files, ROWS).await? {
            Step::More(state) => {
                app.store.job_progress(job, state.done, state.total).await?;
            }
            Step::Done | Step::Idle => return Ok(true),
        }
    }
    Ok(false)
}
