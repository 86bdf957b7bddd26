//! Rows of `entitle_as_of`.

use super::{AsOf, KIND};
use crate::trial::State;
use ::store::jobs::Job;
use ::store::{Audit, Reads, Row, StoreError, StoreResult, Tx, values};
use kernel::{Day, Instant};

const COLUMNS: &str = "SELECT id, item, day, known_at, digest, state, done_units, total_units, asked_at, ended_at, error";

/// Adds a question and starts its job, in one transaction.
pub(crate) async fn start(
    tx: &mut Tx,
    item: Option<u16>,
    day: Day,
    known: Instant,
    digest: &str,
) -> StoreResult<String> {
    let (id, at, by) = (tx.store().new_id(), tx.at(), tx.actor().id.clone());
    tx.run(
        "INSERT INTO entitle_as_of (id, item, day, known_at, digest, state, done_units, total_units, asked_by, asked_at) \
         VALUES ($1, $2, $3, $4, $5, 'waiting', 0, 0, $6, $7)",
        values![
            id.as_str(),
            i64::from(item.unwrap_or(0)),
            day.number(),
            known.micros(),
            digest,
            by,
            at.micros()
        ],
    )
    .await?;
    tx.audit(
        Audit::new("entitle.as_of")
            .subject(&id)
            .with("item", i64::from(item.unwrap_or(0)))
            .with("day", day.number())
            .with("known_at", known.micros())
            .with("digest", digest),
    );
    let payload = serde_json::json!({ "as_of": id }).to_string();
    tx.enqueue(KIND, &payload, None, at).await?;
    Ok(id)
}

/// The latest questions, without their results.
pub(crate) async fn latest(reads: &impl Reads, most: i64) -> StoreResult<Vec<AsOf>> {
    let sql = format!(
        "{COLUMNS}, NULL AS result FROM entitle_as_of ORDER BY asked_at DESC, id DESC LIMIT $1"
    );
    let rows = reads.all(&sql, values![most]).await?;
    rows.iter().map(read).collect()
}

/// A question with its result.
pub(crate) async fn get(reads: &impl Reads, id: &str) -> StoreResult<Option<AsOf>> {
    let sql = format!("{COLUMNS}, result FROM entitle_as_of WHERE id = $1");
    let row = reads.one(&sql, values![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Notes how far the job got; `false` when it is somebody else's by now.
pub(crate) async fn advance(
    tx: &mut Tx,
    id: &str,
    job: &Job,
    done: i64,
    total: i64,
) -> StoreResult<bool> {
    tx.run(
        "UPDATE entitle_as_of SET state = 'running', done_units = $1, total_units = $2 \
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
        "UPDATE entitle_as_of SET state = $1, result = $2, error = $3, ended_at = $4 \
         WHERE id = $5 AND state IN ('waiting', 'running')",
        values![state.key(), result, error, at, id],
    )
    .await?;
    tx.audit(
        Audit::new("entitle.as_of_end")
            .subject(id)
            .with("state", state.key()),
    );
    Ok(())
}

fn read(row: &Row) -> StoreResult<AsOf> {
    let key = row.text("state")?;
    let states = [State::Waiting, State::Running, State::Done, State::Failed];
    let state = states.into_iter().find(|state| state.key() == key);
    let item = row.int("item")?;
    Ok(AsOf {
        id: row.text("id")?,
        item: u16::try_from(item).ok().filter(|item| *item > 0),
        day: row.day("day")?,
        known: row.instant("known_at")?,
        digest: row.text("digest")?,
        state: state.ok_or_else(|| StoreError::BadColumn {
            column: "entitle_as_of.state".to_owned(),
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
