//! Rows of `entitle_trial`.

use super::{Question, State, Trial};
use ::store::jobs::Job;
use ::store::{Audit, Reads, Row, StoreError, StoreResult, Tx, values};

const COLUMNS: &str = "SELECT id, version, digest, base, base_digest, day, base_day, state, done_units, \
     total_units, asked_at, ended_at, error, change";

/// Adds a trial that waits for its job.
pub(crate) async fn insert(tx: &mut Tx, question: &Question) -> StoreResult<String> {
    let (id, at, by) = (tx.store().new_id(), tx.at().micros(), tx.actor().id.clone());
    let change = question.change.as_ref().map(serde_json::to_string);
    let change = change
        .transpose()
        .map_err(|error| StoreError::Other(error.to_string()))?;
    tx.run(
        "INSERT INTO entitle_trial (id, version, digest, base, base_digest, day, base_day, state, done_units, \
         total_units, asked_by, asked_at, change) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, 0, $8, $9, $10)",
        values![
            id.as_str(),
            question.version.as_str(),
            question.digest.as_str(),
            question.base.as_str(),
            question.base_digest.as_str(),
            question.day.number(),
            question.base_day.number(),
            by,
            at,
            change
        ],
    )
    .await?;
    tx.audit(
        Audit::new("entitle.trial")
            .subject(&id)
            .with("digest", question.digest.as_str())
            .with("base_digest", question.base_digest.as_str())
            .with("day", question.day.number()),
    );
    Ok(id)
}

/// The latest trials, without their results.
pub(crate) async fn latest(reads: &impl Reads, most: i64) -> StoreResult<Vec<Trial>> {
    let sql = format!(
        "{COLUMNS}, NULL AS result FROM entitle_trial ORDER BY asked_at DESC, id DESC LIMIT $1"
    );
    let rows = reads.all(&sql, values![most]).await?;
    rows.iter().map(read).collect()
}

/// A trial with its result.
pub(crate) async fn get(reads: &impl Reads, id: &str) -> StoreResult<Option<Trial>> {
    let sql = format!("{COLUMNS}, result FROM entitle_trial WHERE id = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The trials of one list against another, the latest first, with their results.
pub(crate) async fn of_digests(
    reads: &impl Reads,
    digest: &str,
    base_digest: &str,
) -> StoreResult<Vec<Trial>> {
    let sql = format!(
        "{COLUMNS}, result FROM entitle_trial WHERE digest = $1 AND base_digest = $2 \
         ORDER BY asked_at DESC, id DESC LIMIT 20"
    );
    let rows = reads.all(&sql, values![digest, base_digest]).await?;
    rows.iter().map(read).collect()
}

/// Notes how far a job got; `false` when the job is somebody else's by now.
pub(crate) async fn advance(
    tx: &mut Tx,
    id: &str,
    job: &Job,
    done: i64,
    total: i64,
) -> StoreResult<bool> {
    tx.run(
        "UPDATE entitle_trial SET state = 'running', done_units = $1, total_units = $2 \
         WHERE id = $3 AND state IN ('waiting', 'running')",
        values![done, total, id],
    )
    .await?;
    tx.hold_job(job, done, total).await
}

/// Keeps the result; one that is kept never changes.
pub(crate) async fn finish(tx: &mut Tx, id: &str, result: &str) -> StoreResult<()> {
    end(tx, id, State::Done, Some(result), None).await
}

/// Keeps why it will never work.
pub(crate) async fn fail(tx: &mut Tx, id: &str, error: &str) -> StoreResult<()> {
    end(tx, id, State::Failed, None, Some(error)).await
}

async fn end(
    tx: &mut Tx,
    id: &str,
    state: State,
    result: Option<&str>,
    error: Option<&str>,
) -> StoreResult<()> {
    let at = tx.at().micros();
    tx.run(
        "UPDATE entitle_trial SET state = $1, result = $2, error = $3, ended_at = $4 \
         WHERE id = $5 AND state IN ('waiting', 'running')",
        values![state.key(), result, error, at, id],
    )
    .await?;
    tx.audit(
        Audit::new("entitle.trial_end")
            .subject(id)
            .with("state", state.key()),
    );
    Ok(())
}

fn read(row: &Row) -> StoreResult<Trial> {
    let key = row.text("state")?;
    let states = [State::Waiting, State::Running, State::Done, State::Failed];
    let state = states.into_iter().find(|state| state.key() == key);
    Ok(Trial {
        id: row.text("id")?,
        question: Question {
            version: row.text("version")?,
            digest: row.text("digest")?,
            base: row.text("base")?,
            base_digest: row.text("base_digest")?,
            day: row.day("day")?,
            base_day: row.day("base_day")?,
            change: row
                .opt_text("change")?
                .map(|json| change(&json))
                .transpose()?,
        },
        state: state.ok_or_else(|| StoreError::BadColumn {
            column: "entitle_trial.state".to_owned(),
            what: key,
        })?,
        done: row.int("done_units")?,
        total: row.int("total_units")?,
        asked_at: row.instant("asked_at")?,
        ended_at: row.opt_instant("ended_at")?,
        result: row.opt_text("result")?,
        error: row.opt_text("error")?,
    })
}

fn change(json: &str) -> StoreResult<rules::WhatIf> {
    serde_json::from_str(json).map_err(|error| StoreError::BadColumn {
        column: "entitle_trial.change".to_owned(),
        what: error.to_string(),
    })
}
