//! Monthly reports: drafts, sending, review. Who comes second with an old version changes nothing.

use crate::book::to_json;
use crate::events::{self, Line};
use crate::model::{Assignment, Progress, State, Told};
use crate::month;
use kernel::Day;
use store::{Audit, StoreError, StoreResult, Tx, values};

/// A report as it was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) figures: Vec<Told>,
    pub(crate) says: String,
    pub(crate) finished: bool,
    /// The file that is kept with it.
    pub(crate) evidence: Option<String>,
    /// Send it to the lead office; otherwise it stays a draft.
    pub(crate) send: bool,
}

/// Writes a report over the version that was looked at (0 for none). `false` when somebody else was there first, or
/// it was sent already.
pub(crate) async fn save(
    tx: &mut Tx,
    part: &Assignment,
    of: Day,
    seen: i64,
    filled: &Filled,
) -> StoreResult<bool> {
    let figures = to_json(&filled.figures)?;
    let state = if filled.send {
        State::Submitted
    } else {
        State::Draft
    };
    let late = filled.send && tx.at().day() > month::deadline(of);
    let sent = filled.send.then(|| tx.at().micros());
    let (by, name) = (tx.actor().id.clone(), tx.actor().name.clone());
    let (by, name) = (filled.send.then_some(by), filled.send.then_some(name));
    if seen == 0 {
        let id = tx.store().new_id();
        let done = tx
            .run(
                "INSERT INTO tasks_progress (id, assignment, month, figures, says, finished, evidence, state, \
                 submitted_at, submitted_by, submitted_name, late, version) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)",
                values![
                    id,
                    part.id.as_str(),
                    of.number(),
                    figures,
                    filled.says.as_str(),
                    filled.finished,
                    filled.evidence.as_deref(),
                    state.key(),
                    sent,
                    by,
                    name,
                    late
                ],
            )
            .await;
        match done {
            Ok(_) => {}
            Err(StoreError::Duplicate(_)) => return Ok(false),
            Err(error) => return Err(error),
        }
    } else {
        let done = tx
            .run(
                "UPDATE tasks_progress SET figures = $1, says = $2, finished = $3, evidence = $4, state = $5, \
                 submitted_at = $6, submitted_by = $7, submitted_name = $8, late = $9, version = version + 1 \
                 WHERE assignment = $10 AND month = $11 AND version = $12 AND state IN ('draft', 'returned')",
                values![
                    figures,
                    filled.says.as_str(),
                    filled.finished,
                    filled.evidence.as_deref(),
                    state.key(),
                    sent,
                    by,
                    name,
                    late,
                    part.id.as_str(),
                    of.number(),
                    seen
                ],
            )
            .await?;
        if done == 0 {
            return Ok(false);
        }
    }
    if filled.send {
        let act = format!("{}报送{}进展", part.executor_name, month::zh(of));
        let says = if late {
            format!("逾期报送。{}", filled.says)
        } else {
            filled.says.clone()
        };
        let line = Line {
            item: &part.item,
            executor: &part.executor,
            act: &act,
            says: &says,
            tone: if late { "warn" } else { "" },
        };
        events::add(tx, &line).await?;
    }
    tx.audit(
        Audit::new(if filled.send {
            "task.report"
        } else {
            "task.draft"
        })
        .subject(&part.id)
        .with("month", month::key(of)),
    );
    Ok(true)
}

/// Accepts a report or sends it back with a reason; `false` when it is not as it was looked at any more. An accepted
/// one can be sent back too.
pub(crate) async fn judge(
    tx: &mut Tx,
    part: &Assignment,
    report: &Progress,
    seen: i64,
    accept: bool,
    reason: &str,
) -> StoreResult<bool> {
    let (by, name, at) = (
        tx.actor().id.clone(),
        tx.actor().name.clone(),
        tx.at().micros(),
    );
    let state = if accept {
        State::Accepted
    } else {
        State::Returned
    };
    let from = if accept {
        "state = 'submitted'"
    } else {
        "state IN ('submitted', 'accepted')"
    };
    let done = tx
        .run(
            &format!(
                "UPDATE tasks_progress SET state = $1, judged_at = $2, judged_by = $3, judged_name = $4, reason = $5, \
                 version = version + 1 WHERE id = $6 AND version = $7 AND {from}"
            ),
            values![
                state.key(),
                at,
                by,
                name,
                Some(reason).filter(|reason| !reason.is_empty()),
                report.id.as_str(),
                seen
            ],
        )
        .await?;
    if done == 0 {
        return Ok(false);
    }
    let act = format!(
        "{}{}{}进展",
        if accept { "核定" } else { "退回" },
        part.executor_name,
        month::zh(report.month)
    );
    let line = Line {
        item: &part.item,
        executor: &part.executor,
        act: &act,
        says: reason,
        tone: if accept { "ok" } else { "warn" },
    };
    events::add(tx, &line).await?;
    tx.audit(
        Audit::new(if accept { "task.accept" } else { "task.return" })
            .subject(&report.id)
            .with("month", month::key(report.month)),
    );
    Ok(true)
}
