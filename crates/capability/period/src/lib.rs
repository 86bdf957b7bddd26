//! 月度定版: snapshots of every night, month-ends frozen for good, and the nightly check of all answers.
//!
//! Rows A04, A20, C01, C03; engineering.md 7, 11, 31; invariants 3, 5, 8, 12. Tables `period_*`. Published
//! figures read snapshots; a later recording makes a new version with the difference, the old one stays.

pub mod api;
mod book;
mod check;
mod counts;
mod figures_table;
mod files;
mod freeze;
mod nightly;
mod pages;
mod take;
mod walk;

use authz::Action;
use host::{Access, AppState, Capability, JobSpec, NavEntry, Routes, SnapshotTable};
use std::sync::Arc;
use store::jobs::{Job, JobError};

/// Tables, pages, menu, job and schema of this capability.
pub fn capability() -> Capability {
    Capability {
        name: "period",
        tables: &["period_snapshot", "period_rollup", "period_alarm"],
        routes: routes(),
        nav: vec![NavEntry {
            group: "统计报表",
            title: "月度定版",
            href: "/periods",
            action: Some(Action::ReadCounts),
            roles: &[],
        }],
        migrations: vec![::store::Migration {
            id: "0001_period",
            owner: "period",
            sql: include_str!("../migrations/0001_period.sql"),
        }],
        jobs: vec![JobSpec {
            kind: api::NIGHTLY,
            run: Arc::new(|app, job| Box::pin(run(app, job))),
        }],
        snapshots: vec![SnapshotTable {
            name: "figures",
            write: Arc::new(|store, ask| Box::pin(figures_table::write(store, ask))),
        }],
        ..Capability::default()
    }
}

fn routes() -> Routes {
    let read = Access::May(Action::ReadCounts);
    Routes::new().get("/periods", read, pages::list::get).get(
        "/periods/{id}",
        read,
        pages::one::get,
    )
}

/// Runs `period.nightly`; twice changes nothing.
async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let retry = |error: ::store::StoreError| {
        if error.is_retryable() {
            JobError::Retry(error.to_string())
        } else {
            JobError::Fail(error.to_string())
        }
    };
    let (areas, plans) = (
        app.part::<area::api::AreaBook>().map_err(retry)?,
        app.part::<plan::api::PlanBook>().map_err(retry)?,
    );
    let settings = app.part::<api::PeriodSettings>().unwrap_or_default();
    let night = api::Night {
        store: &app.store,
        tables: &app.snapshots,
        settings: &settings,
        areas: &areas,
        plans: &plans,
    };
    // The lease is renewed while everybody is walked.
    let work = nightly::run(&night);
    tokio::pin!(work);
    let result = loop {
        tokio::select! {
            result = &mut work => break result.map_err(retry)?,
            () = tokio::time::sleep(std::time::Duration::from_secs(20)) => {
                app.store.job_progress(&job, job.done_units, 1).await.map_err(retry)?;
            }
        }
    };
    tracing::info!(
        job = job.id,
        snapshot = result.snapshot,
        people = result.people,
        alarm = result.alarm.is_some(),
        "took the night's snapshot"
    );
    if result.not_ready {
        return Err(JobError::Retry(
            "answers were not up to date yet".to_owned(),
        ));
    }
    Ok(())
}
