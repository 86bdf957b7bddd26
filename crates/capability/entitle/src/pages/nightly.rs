//! The nightly job: people whose answers may have changed because a day passed (birthdays, cards that
//! run out, parameters that begin).

use host::AppState;
use plan::api::PlanBook;
use store::jobs::{Job, JobError};

/// Runs `entitle.everyone`: another list is in force. Starting over after a kill changes nothing.
pub(crate) async fn run_everyone(app: AppState, job: Job) -> Result<(), JobError> {
    let retry = |error: store::StoreError| {
        if error.is_retryable() {
            JobError::Retry(error.to_string())
        } else {
            JobError::Fail(error.to_string())
        }
    };
    let Some(published) = app
        .part::<PlanBook>()
        .map_err(retry)?
        .in_force(app.clock().today())
    else {
        return Ok(());
    };
    let done = crate::recompute::everyone(&app.store, &published, false, |_done| {})
        .await
        .map_err(retry)?;
    crate::columns::after_job(&app, None).await.map_err(retry)?;
    tracing::info!(
        job = job.id,
        people = done,
        "recomputed for the list in force"
    );
    Ok(())
}

/// Runs `entitle.due`.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let retry = |error: store::StoreError| {
        if error.is_retryable() {
            JobError::Retry(error.to_string())
        } else {
            JobError::Fail(error.to_string())
        }
    };
    let Some(published) = app
        .part::<PlanBook>()
        .map_err(retry)?
        .in_force(app.clock().today())
    else {
        return Ok(());
    };
    let began = app.clock().now();
    let done = crate::recompute::due(&app.store, &published)
        .await
        .map_err(retry)?;
    crate::columns::after_job(&app, Some(began))
        .await
        .map_err(retry)?;
    tracing::info!(
        job = job.id,
        people = done,
        "recomputed after the day changed"
    );
    Ok(())
}
