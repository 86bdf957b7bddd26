//! Files whose time is over are removed; their exports say so.

use crate::run;
use authz::Actor;
use files::Files;
use host::AppState;
use store::jobs::{Job, JobError};
use store::{Audit, StoreResult};

/// Files removed in one transaction.
const CHUNK: i64 = 200;

/// Runs `export.expire`.
pub(crate) async fn run(app: AppState, _job: Job) -> Result<(), JobError> {
    while remove(&app)
        .await
        .map_err(|error| JobError::Retry(error.to_string()))?
    {}
    Ok(())
}

async fn remove(app: &AppState) -> StoreResult<bool> {
    let (files, today) = (app.part::<Files>()?, app.clock().today());
    let ids = files.expired(&app.store, today, CHUNK).await?;
    if ids.is_empty() {
        return Ok(false);
    }
    let mut tx = app.store.begin(&Actor::system("expire"), None).await?;
    run::expire(&mut tx, &ids).await?;
    files.remove(&mut tx, &ids).await?;
    tx.audit(Audit::new("export.expire").with("count", ids.len() as i64));
    tx.commit().await?;
    Ok(true)
}
