//! The job of a trial: both lists over one file of everybody. Starting over after a kill changes nothing.

use super::outcome::Outcome;
use super::people_file::{TrialPeople, note, people_file, retry};
use super::{Trial, store as rows, what_if};
use ::store::StoreResult;
use ::store::jobs::{Job, JobError};
use area::api::{AreaBook, ExecutorKind};
use authz::Actor;
use engine::diff::{Diff, Side, diff_within};
use host::AppState;
use kernel::AreaCode;
use plan::api::{VersionId, answering_list};
use rules::List;
use std::path::PathBuf;

/// After so many tries it will not work.
const MOST_TRIES: i64 = 5;

/// Runs `entitle.trial`.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    let Some(trial) = asked(&app, &job).await.map_err(retry)? else {
        return Ok(());
    };
    if !trial.state.open() {
        return Ok(());
    }
    let found = if trial.question.change.is_some() {
        what_if::years(&app, &job, &trial)
            .await
            .and_then(|years| json(&years))
    } else {
        compare(&app, &job, &trial)
            .await
            .and_then(|outcome| json(&outcome))
    };
    let result = found.map_err(|error| match error {
        JobError::Retry(why) if job.attempts >= MOST_TRIES => JobError::Fail(why),
        error => error,
    });
    let mut tx = app
        .store
        .begin(&Actor::system("trial"), None)
        .await
        .map_err(retry)?;
    match &result {
        Ok(json) => rows::finish(&mut tx, &trial.id, json).await,
        Err(JobError::Fail(why)) => rows::fail(&mut tx, &trial.id, why).await,
        Err(JobError::Retry(_) | JobError::Again) => Ok(()),
    }
    .map_err(retry)?;
    tx.commit().await.map_err(retry)?;
    result.map(|_json| ())
}

fn json(outcome: &impl serde::Serialize) -> Result<String, JobError> {
    serde_json::to_string(outcome).map_err(|error| JobError::Fail(error.to_string()))
}

async fn asked(app: &AppState, job: &Job) -> StoreResult<Option<Trial>> {
    let payload: Option<serde_json::Value> = serde_json::from_str(&job.payload).ok();
    let id = payload
        .as_ref()
        .and_then(|payload| payload.get("trial")?.as_str());
    match id {
        Some(id) => rows::get(&app.store, id).await,
        None => Ok(None),
    }
}

async fn compare(app: &AppState, job: &Job, trial: &Trial) -> Result<Outcome, JobError> {
    note(&app.store, trial, job, 0, 0).await?;
    let question = &trial.question;
    let (base, place, _) = list(app, &question.base, &question.base_digest).await?;
    let (tried, _, county) = list(app, &question.version, &question.digest).await?;
    // Without the part, trials write their own file.
    let source = app.part::<TrialPeople>().ok();
    let file = people_file(&app.store, source.as_deref(), trial, job, &place).await?;
    let areas = app.part::<AreaBook>().map_err(retry)?;
    let apart = apart(&areas);
    // A county's list decides for its own people: nobody else is compared.
    let within = match &county {
        Some(key) => Some(
            counted(&areas, key)
                .ok_or_else(|| JobError::Fail("区划里没有这个县（市、区），测算不了".to_owned()))?,
        ),
        None => None,
    };
    let path: PathBuf = file.path.clone();
    let (day, base_day) = (question.day, question.base_day);
    let compared = tokio::task::spawn_blocking(move || -> Result<Diff, engine::Error> {
        let side = |list, as_of| Side {
            list,
            snapshot: &path,
            as_of,
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (base, tried) = (side(&base, base_day), side(&tried, day));
        diff_within(&base, &tried, threads, &apart, within.as_deref())
    });
    let compared = compared
        .await
        .map_err(|error| JobError::Retry(error.to_string()))?;
    if file.own {
        std::fs::remove_file(&file.path).map_err(|error| JobError::Retry(error.to_string()))?;
    }
    let found = compared.map_err(|error| JobError::Fail(error.to_string()))?;
    let people = i64::try_from(found.after.people).unwrap_or(i64::MAX);
    note(&app.store, trial, job, people, people).await?;
    let mut outcome = Outcome::of(&found, |code| areas.is_local(code));
    outcome.within = county.and_then(|key| areas.executor(&key).map(|body| body.key.clone()));
    Ok(outcome)
}

/// Where a body's people are counted: in its county, which is without the towns that a 管委会 runs, or in its towns.
fn counted(areas: &AreaBook, key: &str) -> Option<Vec<AreaCode>> {
    let body = areas.executor(key)?;
    Some(match body.kind {
        ExecutorKind::County => vec![body.county],
        ExecutorKind::Management => body.areas.clone(),
    })
}

/// A version's list as it would answer, the place's short name, and the county whose list it is.
async fn list(
    app: &AppState,
    id: &str,
    digest: &str,
) -> Result<(List, String, Option<String>), JobError> {
    let id = VersionId(id.to_owned());
    let found = answering_list(&app.store, &id).await.map_err(retry)?;
    match found {
        None => Err(JobError::Fail("清单版本不在了".to_owned())),
        Some(Err(problems)) => Err(JobError::Fail(format!(
            "这个清单有 {} 处问题，测算不了",
            problems.len()
        ))),
        Some(Ok((_, version, _))) if version.digest != digest => {
            Err(JobError::Fail("清单的文件与它的摘要值不符".to_owned()))
        }
        Some(Ok((list, version, slug))) => Ok((list, slug, version.county)),
    }
}

/// The towns that a 管委会 runs: counted for themselves, so that both trees add up (invariant 8).
pub(super) fn apart(areas: &AreaBook) -> Vec<AreaCode> {
    let bodies = areas.executors().iter();
    let bodies = bodies.filter(|body| body.kind == ExecutorKind::Management);
    bodies.flat_map(|body| body.areas.iter().copied()).collect()
}
