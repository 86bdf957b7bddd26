//! `laoyou work`: runs jobs, seals the log, starts the night's work when the day changes.

use crate::compose;
use authz::Actor;
use host::AppState;
use kernel::Day;
use plan::api::PlanBook;
use std::sync::Arc;
use std::time::Duration;
use store::StoreResult;
use store::jobs::JobError;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A running worker.
#[derive(Debug)]
pub struct Worker {
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Worker {
    /// Asks it to stop and waits until the running job has given back its lease.
    pub async fn stop(self) {
        self.stop.notify_one();
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the worker ended badly");
        }
    }
}

/// Starts a worker beside the server.
#[expect(
    clippy::disallowed_methods,
    reason = "the worker is the named background task of the process"
)]
pub fn spawn(app: AppState) -> Worker {
    let stop = Arc::new(Notify::new());
    let stopped = Arc::clone(&stop);
    let task = tokio::spawn(async move {
        let mut last_day: Option<Day> = None;
        loop {
            let rest = match turn(&app, &mut last_day).await {
                Ok(true) => Duration::ZERO,
                Ok(false) => Duration::from_secs(5),
                Err(error) => {
                    tracing::error!(%error, "the worker's turn failed");
                    Duration::from_secs(15)
                }
            };
            tokio::select! {
                () = stopped.notified() => break,
                () = tokio::time::sleep(rest) => {}
            }
        }
    });
    Worker { stop, task }
}

/// One turn: the day's work is enqueued once, the log is sealed, one job is run. `true` when there may
/// be more to do at once.
pub async fn turn(app: &AppState, last_day: &mut Option<Day>) -> StoreResult<bool> {
    let today = app.clock().today();
    if *last_day != Some(today) {
        for kind in [
            org::api::HANDOVERS,
            // Short, and what a clerk looks for first.
            identity::api::SEARCH,
            "entitle.due",
            period::api::NIGHTLY,
            dashboard::api::NIGHTLY,
            export::api::EXPIRE,
            quality::CHECKUP,
            exchange::api::NIGHTLY,
            voucher::api::EXPIRE,
            // What families are told goes out in the morning.
            pay::remind::JOB,
            cases::late::JOB,
            assessment::late::JOB,
        ] {
            let (by, now) = (Actor::system("nightly"), app.clock().now());
            app.store.enqueue(&by, kind, "{}", Some(kind), now).await?;
        }
        people::api::forget_heard(&app.store).await?;
        *last_day = Some(today);
    }
    hear(app).await?;
    let plans = app.part::<PlanBook>()?;
    plans.reload(&app.store).await?;
    if let Some(published) = plans.in_force(today)
        && entitle::api::is_outdated(&app.store, &published).await?
    {
        let kind = "entitle.everyone";
        let now = app.clock().now();
        app.store
            .enqueue(&Actor::system("publication"), kind, "{}", Some(kind), now)
            .await?;
    }
    let now = app.clock().now();
    let pace = app.part::<message::api::Pace>()?;
    if message::api::due(&app.store, &pace, now).await? {
        let (by, kind) = (Actor::system("message"), message::api::JOB);
        app.store.enqueue(&by, kind, "{}", Some(kind), now).await?;
    }
    app.store.seal_audit().await?;
    one_job(app, &[]).await
}

/// Reads anew whom other processes wrote: what is kept in memory says what stands in the register.
pub async fn hear(app: &AppState) -> StoreResult<()> {
    let ear = app.part::<people::api::Ear>()?;
    loop {
        let people = ear.hear(&app.store).await?;
        if people.is_empty() {
            return Ok(());
        }
        entitle::api::reread(app, &people).await?;
    }
}

/// Runs one job of these kinds, of any where none is named; whether there was one.
pub async fn one_job(app: &AppState, kinds: &[&'static str]) -> StoreResult<bool> {
    let Some(job) = app.store.claim_job_of(kinds).await? else {
        return Ok(false);
    };
    let result = match compose::jobs()
        .into_iter()
        .find(|spec| spec.kind == job.kind)
    {
        Some(spec) => (spec.run)(Arc::clone(app), job.clone()).await,
        None => Err(JobError::Fail(format!(
            "nobody runs jobs of kind {}",
            job.kind
        ))),
    };
    if let Err(error) = &result
        && !matches!(error, JobError::Again)
    {
        tracing::warn!(
            job = job.id,
            kind = job.kind,
            ?error,
            "a job did not end well"
        );
    }
    app.store.finish_job(&job, result).await?;
    Ok(true)
}
