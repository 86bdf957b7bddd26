//! The job table: claim with a lease, report progress, retry with a pause, resume after a kill.

use crate::{Backend, Reads, Store, StoreResult, Tx, values};
use authz::Actor;
use kernel::Instant;

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Job id.
    pub id: String,
    /// Which worker function runs it.
    pub kind: String,
    /// JSON handed to it; holds keys, never names.
    pub payload: String,
    /// Which try this is, from 1.
    pub attempts: i64,
    /// Where an earlier try got to.
    pub done_units: i64,
}

/// How a run ended.
#[derive(Debug)]
pub enum JobError {
    /// May work later: tried again after a pause.
    Retry(String),
    /// Will never work: kept with its error.
    Fail(String),
    /// Not an error: there is more to do, and others may go first (engineering.md 14).
    Again,
}

const LEASE_SECONDS: i64 = 60;
const MOST_ATTEMPTS: i64 = 8;

impl Store {
    /// Adds a job; with `dedupe` at most one job of that key is open.
    pub async fn enqueue(
        &self,
        actor: &Actor,
        kind: &str,
        payload: &str,
        dedupe: Option<&str>,
        run_at: Instant,
    ) -> StoreResult<()> {
        let mut tx = self.begin(actor, None).await?;
        tx.enqueue(kind, payload, dedupe, run_at).await?;
        tx.commit().await
    }

    /// Claims the next ready job, or one whose lease ran out; nobody else gets it for a minute. A job that was begun
    /// again and again and never ended is not begun once more: it may be what stops its worker.
    pub async fn claim_job(&self) -> StoreResult<Option<Job>> {
        self.claim_job_of(&[]).await
    }

    /// As [`Store::claim_job`], only of these kinds (any, where none is named): for a command that brings what these
    /// need and nothing else.
    pub async fn claim_job_of(&self, kinds: &[&'static str]) -> StoreResult<Option<Job>> {
        let quoted: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
        let only = if quoted.is_empty() {
            String::new()
        } else {
            format!(" AND kind IN ({})", quoted.join(", "))
        };
        let ready = &format!(
            "SELECT id, kind, payload, state, attempts, done_units FROM job \
             WHERE ((state = 'ready' AND run_at <= $1) OR (state = 'running' AND lease_until < $1)){only} \
             ORDER BY run_at LIMIT 1"
        );
        loop {
            let now = self.clock().now();
            if self.one(ready, values![now.micros()]).await?.is_none() {
                return Ok(None);
            }
            let mut tx = self.begin(&Actor::system("jobs"), None).await?;
            let locked = match self.backend() {
                Backend::Sqlite => ready.clone(),
                Backend::Postgres => format!("{ready} FOR UPDATE SKIP LOCKED"),
            };
            let Some(row) = tx.one(&locked, values![now.micros()]).await? else {
                tx.rollback().await?;
                return Ok(None);
            };
            let job = Job {
                id: row.text("id")?,
                kind: row.text("kind")?,
                payload: row.text("payload")?,
                attempts: row.int("attempts")? + 1,
                done_units: row.int("done_units")?,
            };
            if row.text("state")? == "running" && job.attempts > MOST_ATTEMPTS {
                park(&mut tx, &job).await?;
                tx.commit().await?;
                continue;
            }
            tx.run(
                "UPDATE job SET state = 'running', lease_until = $1, attempts = $2 WHERE id = $3",
                values![
                    now.plus_seconds(LEASE_SECONDS).micros(),
                    job.attempts,
                    job.id.clone()
                ],
            )
            .await?;
            tx.commit_reads().await?;
            return Ok(Some(job));
        }
    }

    /// Saves how far a job got and renews its lease.
    pub async fn job_progress(&self, job: &Job, done: i64, total: i64) -> StoreResult<()> {
        let mut tx = self.begin(&Actor::system("jobs"), None).await?;
        let lease = tx.at().plus_seconds(LEASE_SECONDS).micros();
        tx.run(
            "UPDATE job SET done_units = $1, total_units = $2, lease_until = $3 \
             WHERE id = $4 AND state = 'running' AND attempts = $5",
            values![done, total, lease, job.id.clone(), job.attempts],
        )
        .await?;
        tx.commit_reads().await
    }

    /// Ends a claimed job: done, tried again later, or failed for good. Whoever lost the lease
    /// meanwhile ends nothing: the job is somebody else's.
    pub async fn finish_job(&self, job: &Job, result: Result<(), JobError>) -> StoreResult<()> {
        let mut tx = self.begin(&Actor::system("jobs"), None).await?;
        if matches!(result, Err(JobError::Again)) {
            // Behind everything that waits; this was no failed try.
            let sql = "UPDATE job SET state = 'ready', run_at = $1, lease_until = NULL, attempts = attempts - 1 \
                 WHERE id = $2 AND state = 'running' AND attempts = $3";
            let now = tx.at().micros();
            tx.run(sql, values![now, job.id.clone(), job.attempts])
                .await?;
            return tx.commit_reads().await;
        }
        let (state, error, wait) = match result {
            Ok(()) => ("done", None, 0),
            Err(JobError::Retry(error)) if job.attempts < MOST_ATTEMPTS => {
                ("ready", Some(error), 5 << job.attempts.min(8))
            }
            Err(JobError::Retry(error) | JobError::Fail(error)) => ("failed", Some(error), 0),
            Err(JobError::Again) => ("ready", None, 0),
        };
        let run_at = tx.at().plus_seconds(wait).micros();
        // A finished job gives its key back, so that the same work can be asked for again.
        tx.run(
            "UPDATE job SET state = $1, error = $2, run_at = $3, lease_until = NULL, \
             dedupe = CASE WHEN $1 = 'ready' THEN dedupe ELSE NULL END \
             WHERE id = $4 AND state = 'running' AND attempts = $5",
            values![state, error, run_at, job.id.clone(), job.attempts],
        )
        .await?;
        tx.audit(
            crate::Audit::new("job.finish")
                .subject(&job.id)
                .with("kind", job.kind.clone())
                .with("state", state),
        );
        tx.commit().await
    }

    /// Gives claimed jobs back at once (shutdown); this was no failed try.
    pub async fn release_job(&self, job: &Job) -> StoreResult<()> {
        let mut tx = self.begin(&Actor::system("jobs"), None).await?;
        tx.run(
            "UPDATE job SET state = 'ready', lease_until = NULL, attempts = attempts - 1 WHERE id = $1 AND state = 'running' AND attempts = $2",
            values![job.id.clone(), job.attempts],
        )
        .await?;
        tx.commit_reads().await
    }
}

/// Ends a job whose workers were lost each time.
async fn park(tx: &mut Tx, job: &Job) -> StoreResult<()> {
    let error =
        format!("开始了 {MOST_ATTEMPTS} 次都没有结束，运行它的进程每次都中途停止；不再自动重试");
    tracing::error!(
        job = job.id,
        kind = job.kind,
        "a job was begun {MOST_ATTEMPTS} times and never ended: it is parked"
    );
    tx.run(
        "UPDATE job SET state = 'failed', error = $1, lease_until = NULL, dedupe = NULL WHERE id = $2",
        values![error, job.id.clone()],
    )
    .await?;
    tx.audit(
        crate::Audit::new("job.finish")
            .subject(&job.id)
            .with("kind", job.kind.clone())
            .with("state", "failed")
            .with("attempts", MOST_ATTEMPTS),
    );
    Ok(())
}

/// What a caretaker wants to know of the jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobHealth {
    /// Jobs that should have begun more than some minutes ago.
    pub waiting: i64,
    /// Jobs whose lease ran out and that nobody took up.
    pub lost: i64,
    /// Jobs that ended badly since a moment: kind, times, last error.
    pub failed: Vec<(String, i64, String)>,
    /// Jobs that are being tried again: kind, tries so far, last error.
    pub retried: Vec<(String, i64, String)>,
}

impl Store {
    /// How the jobs are: what waits since before `late`, and what failed since `since`.
    pub async fn job_health(&self, late: Instant, since: Instant) -> StoreResult<JobHealth> {
        let count = "SELECT CAST(count(*) AS BIGINT) AS n FROM job WHERE ";
        let waiting = format!("{count}state = 'ready' AND run_at < $1");
        let lost = format!("{count}state = 'running' AND lease_until < $1");
        let mut health = JobHealth {
            waiting: self.number(&waiting, values![late.micros()]).await?,
            lost: self.number(&lost, values![late.micros()]).await?,
            ..JobHealth::default()
        };
        let failed = "SELECT kind, CAST(count(*) AS BIGINT) AS n, max(error) AS error FROM job \
             WHERE state = 'failed' AND run_at >= $1 GROUP BY kind ORDER BY kind";
        let retried = "SELECT kind, attempts AS n, error FROM job WHERE state = 'ready' AND error IS NOT NULL \
             AND attempts >= $1 ORDER BY kind LIMIT 20";
        for row in self.all(failed, values![since.micros()]).await? {
            health.failed.push(told(&row)?);
        }
        for row in self.all(retried, values![MOST_ATTEMPTS / 2]).await? {
            health.retried.push(told(&row)?);
        }
        Ok(health)
    }
}

/// A job that failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedJob {
    /// Job id.
    pub id: String,
    /// Which worker function ran it.
    pub kind: String,
    /// JSON handed to it; holds keys, never names.
    pub payload: String,
    /// When it was tried last.
    pub at: Instant,
}

impl Store {
    /// The jobs that somebody started since a moment, that failed for good, were not asked for again and were not
    /// dismissed; the latest first.
    pub async fn failed_jobs_of(&self, actor: &str, since: Instant) -> StoreResult<Vec<FailedJob>> {
        let sql = "SELECT j.id, j.kind, j.payload, j.run_at FROM job j \
             WHERE j.state = 'failed' AND j.run_at >= $1 AND j.actor = $2 AND NOT EXISTS \
             (SELECT 1 FROM job k WHERE k.kind = j.kind AND k.payload = j.payload AND k.created_at > j.created_at) \
             ORDER BY j.run_at DESC, j.id DESC LIMIT 100";
        let rows = self.all(sql, values![since.micros(), actor]).await?;
        rows.iter()
            .map(|row| {
                Ok(FailedJob {
                    id: row.text("id")?,
                    kind: row.text("kind")?,
                    payload: row.text("payload")?,
                    at: row.instant("run_at")?,
                })
            })
            .collect()
    }

    /// Whether a job with this payload waits or runs.
    pub async fn has_job(&self, payload: &str) -> StoreResult<bool> {
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM job WHERE payload = $1 AND state IN ('ready', 'running')";
        Ok(self.number(sql, values![payload]).await? > 0)
    }
}

impl Tx {
    /// Its starter has seen that a job failed; `false` where there is no such job of theirs. The caller audits.
    pub async fn dismiss_job(&mut self, id: &str) -> StoreResult<bool> {
        let actor = self.actor().id.clone();
        let sql =
            "UPDATE job SET state = 'dismissed' WHERE id = $1 AND actor = $2 AND state = 'failed'";
        Ok(self.run(sql, values![id, actor]).await? == 1)
    }
}

fn told(row: &crate::Row) -> StoreResult<(String, i64, String)> {
    Ok((
        row.text("kind")?,
        row.int("n")?,
        row.opt_text("error")?.unwrap_or_default(),
    ))
}

impl Tx {
    /// Saves in this transaction how far a job got and renews its lease; `false` when the job is
    /// somebody else's by now, and what was done must not be kept.
    pub async fn hold_job(&mut self, job: &Job, done: i64, total: i64) -> StoreResult<bool> {
        let lease = self.at().plus_seconds(LEASE_SECONDS).micros();
        let held = self
            .run(
                "UPDATE job SET done_units = $1, total_units = $2, lease_until = $3 \
                 WHERE id = $4 AND state = 'running' AND attempts = $5",
                values![done, total, lease, job.id.clone(), job.attempts],
            )
            .await?;
        Ok(held == 1)
    }

    /// Adds a job in this transaction; with `dedupe` at most one job of that key is open.
    pub async fn enqueue(
        &mut self,
        kind: &str,
        payload: &str,
        dedupe: Option<&str>,
        run_at: Instant,
    ) -> StoreResult<()> {
        let (id, at) = (self.store().new_id(), self.at().micros());
        let actor = self.actor().id.clone();
        self.run(
            "INSERT INTO job (id, kind, dedupe, payload, state, run_at, attempts, done_units, created_at, actor) \
             VALUES ($1, $2, $3, $4, 'ready', $5, 0, 0, $6, $7) ON CONFLICT (dedupe) DO NOTHING",
            values![id, kind, dedupe, payload, run_at.micros(), at, actor],
        )
        .await?;
        self.audit(crate::Audit::new("job.enqueue").with("kind", kind));
        Ok(())
    }
}
