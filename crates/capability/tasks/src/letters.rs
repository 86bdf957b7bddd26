//! 督办单: numbered per year without gaps, answered by a working day, closed by the office that issued it.

use crate::book::to_json;
use crate::events::{self, Line};
use crate::model::{Letter, LetterState};
use authz::Role;
use kernel::Day;
use store::{Audit, Reads, StoreResult, Tx, values};

/// Working days for a reply where nobody says otherwise. Provisional, to be confirmed locally.
pub(crate) const REPLY_DAYS: i64 = 5;
/// The longest time that can be given.
pub(crate) const MOST_DAYS: i64 = 60;

/// A 督办单 to be issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewLetter {
    pub(crate) item: Option<String>,
    pub(crate) assignment: Option<String>,
    pub(crate) measure: Option<String>,
    pub(crate) executor: String,
    pub(crate) office: String,
    pub(crate) person: String,
    pub(crate) title: String,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) demand: String,
    pub(crate) days: i64,
    pub(crate) issuer_role: Role,
    pub(crate) issuer_office: String,
}

/// The day a reply is due that is asked for today.
pub(crate) fn due(today: Day, days: i64) -> Day {
    desk::api::plus_workdays(today, days as i32)
}

/// The next number of a year. The row stays held until the transaction ends, so that a number that was not used is
/// given again and none is left out.
async fn number(tx: &mut Tx, year: i32) -> StoreResult<i64> {
    let year = i64::from(year);
    tx.run(
        "INSERT INTO tasks_number (year, last) VALUES ($1, 0) ON CONFLICT DO NOTHING",
        values![year],
    )
    .await?;
    tx.run(
        "UPDATE tasks_number SET last = last + 1 WHERE year = $1",
        values![year],
    )
    .await?;
    tx.number(
        "SELECT last AS n FROM tasks_number WHERE year = $1",
        values![year],
    )
    .await
}

/// Issues it; returns its id.
pub(crate) async fn issue(tx: &mut Tx, new: &NewLetter) -> StoreResult<String> {
    let (id, today) = (tx.store().new_id(), tx.at().day());
    let no = number(tx, today.year()).await?;
    let (by, name, at) = (
        tx.actor().id.clone(),
        tx.actor().name.clone(),
        tx.at().micros(),
    );
    tx.run(
        "INSERT INTO tasks_letter (id, year, no, item, assignment, measure, executor, office, person, title, facts, \
         demand, days, due, state, issuer_role, issuer_office, issued_at, issued_by, issued_name, version) VALUES ($1, \
         $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', $15, $16, $17, $18, $19, 1)",
        values![
            id.as_str(),
            i64::from(today.year()),
            no,
            new.item.as_deref(),
            new.assignment.as_deref(),
            new.measure.as_deref(),
            new.executor.as_str(),
            new.office.as_str(),
            new.person.as_str(),
            new.title.as_str(),
            to_json(&new.facts)?,
            new.demand.as_str(),
            new.days,
            due(today, new.days).number(),
            new.issuer_role.key(),
            new.issuer_office.as_str(),
            at,
            by,
            name
        ],
    )
    .await?;
    if let Some(item) = &new.item {
        let says = format!("{}，{} 前答复", new.office, due(today, new.days).zh());
        let act = format!("发出督办单〔{}〕督 {no} 号", today.year());
        let line = Line {
            item,
            executor: &new.executor,
            act: &act,
            says: &says,
            tone: "danger",
        };
        events::add(tx, &line).await?;
    }
    tx.audit(
        Audit::new("task.letter")
            .subject(&id)
            .with("year", i64::from(today.year()))
            .with("no", no)
            .with("executor", new.executor.as_str()),
    );
    Ok(id)
}

async fn step(tx: &mut Tx, letter: &Letter, act: &str, says: &str, tone: &str) -> StoreResult<()> {
    let Some(item) = &letter.item else {
        return Ok(());
    };
    let act = format!("{act}{}", letter.number());
    let line = Line {
        item,
        executor: &letter.executor,
        act: &act,
        says,
        tone,
    };
    events::add(tx, &line).await
}

/// The executor's reply; `false` when the letter is not as it was looked at any more.
pub(crate) async fn reply(
    tx: &mut Tx,
    letter: &Letter,
    seen: i64,
    says: &str,
    evidence: Option<&str>,
) -> StoreResult<bool> {
    let done = tx
        .run(
            "UPDATE tasks_letter SET state = 'replied', version = version + 1 \
             WHERE id = $1 AND version = $2 AND state IN ('open', 'returned')",
            values![letter.id.as_str(), seen],
        )
        .await?;
    if done == 0 {
        return Ok(false);
    }
    let late = tx.at().day() > letter.due;
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    let (by, name) = (tx.actor().id.clone(), tx.actor().name.clone());
    tx.run(
        "INSERT INTO tasks_reply (id, letter, says, evidence, late, replied_at, replied_by, replied_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![id, letter.id.as_str(), says, evidence, late, at, by, name],
    )
    .await?;
    let tone = if late { "warn" } else { "" };
    step(tx, letter, "答复", says, tone).await?;
    tx.audit(
        Audit::new("task.reply")
            .subject(&letter.id)
            .with("late", late),
    );
    Ok(true)
}

/// The issuer closes it with a reason or sends the reply back with a reason and a new deadline; `false` when it is
/// not as it was looked at any more.
pub(crate) async fn judge(
    tx: &mut Tx,
    letter: &Letter,
    seen: i64,
    close: bool,
    reason: &str,
) -> StoreResult<bool> {
    let today = tx.at().day();
    let (state, closed, until) = if close {
        (LetterState::Closed, Some(tx.at().micros()), letter.due)
    } else {
        (LetterState::Returned, None, due(today, letter.days))
    };
    let done = tx
        .run(
            "UPDATE tasks_letter SET state = $1, closed_at = $2, due = $3, version = version + 1 \
             WHERE id = $4 AND version = $5 AND state = 'replied'",
            values![
                state.key(),
                closed,
                until.number(),
                letter.id.as_str(),
                seen
            ],
        )
        .await?;
    if done == 0 {
        return Ok(false);
    }
    let (name, at) = (tx.actor().name.clone(), tx.at().micros());
    tx.run(
        "UPDATE tasks_reply SET verdict = $1, reason = $2, judged_at = $3, judged_name = $4 \
         WHERE letter = $5 AND verdict IS NULL",
        values![state.key(), reason, at, name, letter.id.as_str()],
    )
    .await?;
    let (act, tone) = if close {
        ("销号", "ok")
    } else {
        ("退回答复", "warn")
    };
    step(tx, letter, act, reason, tone).await?;
    tx.audit(Audit::new(if close { "task.close" } else { "task.reopen" }).subject(&letter.id));
    Ok(true)
}
