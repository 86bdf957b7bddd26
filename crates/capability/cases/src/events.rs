//! What happened to a case, in order; only ever added to. The words stand apart, so that they can be erased.

use crate::store::Case;
use kernel::Instant;
use store::{Reads, StoreResult, Tx, values};

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number.
    pub seq: i64,
    /// Key of the act.
    pub act: String,
    /// The step that was passed.
    pub step: Option<String>,
    /// The clause a decision stands on.
    pub clause: Option<String>,
    /// Account.
    pub actor: String,
    /// Key of the role it was done in.
    pub role: String,
    /// When.
    pub at: Instant,
    /// What was said.
    pub says: Option<String>,
}

/// An event to be written in the transaction's actor's name.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// Key of the act.
    pub act: &'a str,
    /// The step.
    pub step: Option<&'a str>,
    /// The clause.
    pub clause: Option<&'a str>,
    /// The words.
    pub says: Option<&'a str>,
}

/// Columns of an event.
pub(crate) const COLUMNS: [&str; 8] = [
    "code", "seq", "act", "step", "clause", "actor", "role", "at",
];

/// Adds an event. Its number is the version the case was read at: two officers cannot both write it.
pub async fn add(tx: &mut Tx, case: &Case, new: New<'_>) -> StoreResult<()> {
    let (actor, at) = (tx.actor().clone(), tx.at().micros());
    tx.run(
        "INSERT INTO cases_event (code, seq, act, step, clause, actor, role, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            case.code.as_str(),
            case.version,
            new.act,
            new.step,
            new.clause,
            actor.id,
            actor.role.key(),
            at
        ],
    )
    .await?;
    if let Some(says) = new.says.filter(|says| !says.is_empty()) {
        tx.run(
            "INSERT INTO cases_words (code, seq, says) VALUES ($1, $2, $3)",
            values![case.code.as_str(), case.version, says],
        )
        .await?;
    }
    Ok(())
}

/// All events of a case, the oldest first.
pub async fn of(reads: &impl Reads, code: &str) -> StoreResult<Vec<Event>> {
    let sql = "SELECT e.seq, e.act, e.step, e.clause, e.actor, e.role, e.at, w.says FROM cases_event e \
         LEFT JOIN cases_words w ON w.code = e.code AND w.seq = e.seq WHERE e.code = $1 ORDER BY e.seq";
    let rows = reads.all(sql, values![code]).await?;
    rows.iter()
        .map(|row| {
            Ok(Event {
                seq: row.int("seq")?,
                act: row.text("act")?,
                step: row.opt_text("step")?,
                clause: row.opt_text("clause")?,
                actor: row.text("actor")?,
                role: row.text("role")?,
                at: row.instant("at")?,
                says: row.opt_text("says")?,
            })
        })
        .collect()
}

/// The last event.
pub async fn last(reads: &impl Reads, code: &str) -> StoreResult<Option<Event>> {
    Ok(of(reads, code).await?.pop())
}
