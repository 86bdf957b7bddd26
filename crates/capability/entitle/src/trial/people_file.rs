//! The people a trial asks: today's snapshot where the application has one, otherwise a file of its own.

use super::{Trial, store as rows};
use ::store::jobs::{Job, JobError};
use ::store::{Audit, Store, StoreResult};
use authz::Actor;
use engine::snapshot::{SCHEMA_VERSION, SnapshotMeta, SnapshotPerson, Writer, open};
use host::PersonKey;
use host::app::Boxed;
use kernel::Day;
use std::path::PathBuf;
use std::sync::Arc;

/// Says where the people snapshot of a day is, if there is one.
pub type SnapshotOf =
    Arc<dyn for<'a> Fn(&'a Store, Day) -> Boxed<'a, StoreResult<Option<PathBuf>>> + Send + Sync>;

/// Where trials find their people, as a part of the application (`App::with_part`). Without it each
/// trial writes a file into the system's folder for temporary files and removes it.
pub struct TrialPeople {
    /// Where a file may be written, private to the server.
    pub folder: PathBuf,
    /// Today's snapshot.
    pub today: SnapshotOf,
}

impl TrialPeople {
    /// Trials that write their own file into this folder.
    pub fn own(folder: PathBuf) -> Self {
        Self {
            folder,
            today: Arc::new(|_store, _day| Box::pin(async { Ok(None) })),
        }
    }
}

impl std::fmt::Debug for TrialPeople {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TrialPeople({})", self.folder.display())
    }
}

/// People read at once.
const CHUNK: i64 = 1000;
/// Chunks between two notes of progress.
const NOTE: i64 = 50;

/// A file, and whether it is the trial's own and goes with it.
pub(crate) struct PeopleFile {
    pub(crate) path: PathBuf,
    pub(crate) own: bool,
}

/// The people of today. A file that an earlier try has finished today is used again.
pub(crate) async fn people_file(
    store: &Store,
    source: Option<&TrialPeople>,
    trial: &Trial,
    job: &Job,
    place: &str,
) -> Result<PeopleFile, JobError> {
    let today = store.clock().today();
    if let Some(source) = source {
        let found = (source.today)(store, today).await.map_err(retry)?;
        if let Some(path) = found.filter(|path| path.exists()) {
            return Ok(PeopleFile { path, own: false });
        }
    }
    let folder = source.map_or_else(std::env::temp_dir, |source| source.folder.clone());
    let name = format!("laoyou-trial-{}.parquet", trial.id);
    let path = folder.join(name);
    let whole = open(&path).is_ok_and(|found| found.meta().as_of == today);
    if !whole {
        write(store, trial, job, &path, place).await?;
    }
    Ok(PeopleFile { path, own: true })
}

/// Writes everybody as known now, a chunk at a time.
async fn write(
    store: &Store,
    trial: &Trial,
    job: &Job,
    path: &std::path::Path,
    place: &str,
) -> Result<(), JobError> {
    let failed = |error: engine::Error| JobError::Retry(format!("写测算用的快照：{error}"));
    let now = store.clock().now();
    let living = people::api::residents(store, now.day())
        .await
        .map_err(retry)?;
    let total: i64 = living.iter().map(|town| town.people).sum();
    let meta = SnapshotMeta {
        version: SCHEMA_VERSION,
        as_of: now.day(),
        known_at: now,
        // Nobody compares this file with another one.
        register_digest: "trial".to_owned(),
        place: place.to_owned(),
    };
    let mut writer = Writer::create(path, &meta).map_err(failed)?;
    let (mut last, mut chunks, mut done): (Option<PersonKey>, i64, i64) = (None, 0, 0);
    loop {
        let chunk = people::api::after(store, last.as_ref(), CHUNK)
            .await
            .map_err(retry)?;
        let Some(end) = chunk.last() else { break };
        last = Some(end.key.clone());
        for person in &chunk {
            let key = store.keys().blind("snapshot", &person.key.id);
            let facts = &person.facts;
            writer
                .push(&SnapshotPerson { key: &key, facts })
                .map_err(failed)?;
        }
        chunks += 1;
        done += chunk.len() as i64;
        if chunks % NOTE == 0 {
            note(store, trial, job, done, total.max(done)).await?;
        }
    }
    writer.finish().map_err(failed)?;
    note(store, trial, job, done, total.max(done)).await
}

/// Notes how far the job got; stops where it is somebody else's by now.
pub(crate) async fn note(
    store: &Store,
    trial: &Trial,
    job: &Job,
    done: i64,
    total: i64,
) -> Result<(), JobError> {
    let mut tx = store
        .begin(&Actor::system("trial"), None)
        .await
        .map_err(retry)?;
    let held = rows::advance(&mut tx, &trial.id, job, done, total)
        .await
        .map_err(retry)?;
    if !held {
        tx.rollback().await.map_err(retry)?;
        return Err(JobError::Retry("another worker has this job".to_owned()));
    }
    tx.audit(
        Audit::new("entitle.trial_progress")
            .subject(&trial.id)
            .with("people", done),
    );
    tx.commit().await.map_err(retry)
}

/// What the database refuses is tried again where that may help.
pub(crate) fn retry(error: ::store::StoreError) -> JobError {
    if error.is_retryable() {
        JobError::Retry(error.to_string())
    } else {
        JobError::Fail(error.to_string())
    }
}
