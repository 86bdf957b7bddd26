//! The nightly job: figures of the register for the new day.

use crate::computed;
use area::api::AreaBook;
use authz::Actor;
use host::AppState;
use store::StoreError;
use store::jobs::{Job, JobError};

/// Runs `dashboard.compute`; running it twice writes nothing twice.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let retry = |error: StoreError| {
        if error.is_retryable() || error.is_duplicate() {
            JobError::Retry(error.to_string())
        } else {
            JobError::Fail(error.to_string())
        }
    };
    let book = app.part::<AreaBook>().map_err(retry)?;
    let plans = app.part::<plan::api::PlanBook>().map_err(retry)?;
    let list = plans.in_force(app.clock().today());
    let written = computed::refresh(
        &app.store,
        &book,
        list.as_deref(),
        &Actor::system("nightly"),
    )
    .await
    .map_err(retry)?;
    tracing::info!(
        job = job.id,
        values = written,
        "computed the register's figures"
    );
    Ok(())
}
