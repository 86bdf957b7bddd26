//! One step of a batch: the right role, another person than before, from the state that comes before it, once.

use crate::runs::{self, Run, State, Step};
use authz::Actor;
use store::{Audit, Reads, StoreResult, Tx, values};

/// Why a step is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody else was faster, or the batch stands elsewhere.
    Stale,
    /// The role does not do this.
    NotYourWork,
    /// Who made or checked it does not approve it.
    SamePerson(String),
    /// Something must be done before.
    Waits(String),
}

/// What came of a step.
pub type Taken<T> = Result<T, Refusal>;

/// Whether this person may take the step on the batch as it stands; the batch is held by the transaction.
pub(crate) async fn may(tx: &Tx, who: &Actor, run: &Run, step: Step) -> StoreResult<Taken<()>> {
    if !step.roles().contains(&who.role) && who.role != authz::Role::System {
        return Ok(Err(Refusal::NotYourWork));
    }
    let right = match step {
        Step::Back => matches!(run.state, State::Checked | State::Reviewed | State::Led),
        _ => run.state == step.between().0,
    };
    if !right {
        return Ok(Err(Refusal::Stale));
    }
    // Only steps since it was last given back count.
    let mut logged = runs::steps(tx, &run.run).await?;
    if let Some(at) = logged.iter().rposition(|one| one.step == Step::Back) {
        let drawn: Vec<_> = logged
            .iter()
            .filter(|one| one.step == Step::Draw)
            .cloned()
            .collect();
        logged.drain(..=at);
        logged.extend(drawn);
    }
    let same = logged
        .iter()
        .find(|one| step.apart_from().contains(&one.step) && one.by == who.id);
    Ok(match same {
        Some(one) => Err(Refusal::SamePerson(one.step.zh().to_owned())),
        None => Ok(()),
    })
}

/// Logs the step and moves the batch on.
pub(crate) async fn take(
    tx: &mut Tx,
    who: &Actor,
    run: &Run,
    step: Step,
    note: &str,
) -> StoreResult<()> {
    let at = tx.at();
    let no = tx
        .number(
            "SELECT max(no) + 1 AS n FROM pay_step WHERE run = $1",
            values![run.run.as_str()],
        )
        .await?
        .max(1);
    tx.run(
        "INSERT INTO pay_step (run, no, step, by_account, by_name, role, at, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            run.run.as_str(),
            no,
            step.key(),
            who.id.as_str(),
            who.name.as_str(),
            who.role.key(),
            at.micros(),
            note,
        ],
    )
    .await?;
    tx.run(
        "UPDATE pay_run SET state = $1, version = version + 1, cursor = NULL WHERE run = $2",
        values![step.between().1.key(), run.run.as_str()],
    )
    .await?;
    tx.audit(
        Audit::new("pay.step")
            .subject(&run.run)
            .with("step", step.key()),
    );
    Ok(())
}

/// A step that only a person's word is needed for.
pub async fn sign(
    tx: &mut Tx,
    who: &Actor,
    run: &str,
    step: Step,
    note: &str,
) -> StoreResult<Taken<()>> {
    let run = runs::held(tx, run).await?;
    if let Err(refusal) = may(tx, who, &run, step).await? {
        return Ok(Err(refusal));
    }
    if let Some(waits) = waits(tx, &run, step).await? {
        return Ok(Err(Refusal::Waits(waits)));
    }
    take(tx, who, &run, step, note).await?;
    Ok(Ok(()))
}

/// What must be done before a step.
async fn waits(tx: &Tx, run: &Run, step: Step) -> StoreResult<Option<String>> {
    let key = values![run.run.as_str()];
    Ok(match step {
        Step::Check => {
            let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_doubt WHERE run = $1 AND state = 'open'";
            let open = tx.number(sql, key).await?;
            (open > 0).then(|| format!("还有 {open} 条疑点没有核实，逐条写明结果后才能提交复核"))
        }
        Step::Close => {
            let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_attempt WHERE run = $1 AND state IN ('drawn', 'open')";
            let open = tx.number(sql, key).await?;
            (open > 0).then(|| format!("还有 {open} 笔没有回盘结果，不能结账"))
        }
        _ => None,
    })
}
