//! 财政审核: what a batch comes to is owed from now on. Held back rows are not part of it. And giving a batch back.

use crate::runs::{self, Run, Step};
use crate::steps::{self, Refusal, Taken};
use crate::{budgets, posts, recoveries, terms};
use authz::Actor;
use ledger::Event;
use store::{Reads, StoreError, StoreResult, Tx, values};

/// Approves a batch: checks the budget once more, posts what is owed, what was too much and what is kept back, and
/// opens recoveries. All in one transaction, with the batch held.
pub async fn approve(tx: &mut Tx, who: &Actor, run: &str, note: &str) -> StoreResult<Taken<()>> {
    let run = runs::held(tx, run).await?;
    if let Err(refusal) = steps::may(tx, who, &run, Step::Approve).await? {
        return Ok(Err(refusal));
    }
    let own = own_terms(tx, &run).await?;
    if !settled_budget(tx, &run).await?
        && let Some(words) = budgets::refuses(&*tx, &run, own.shares()).await?
    {
        return Ok(Err(Refusal::Waits(format!("{words}。追加预算后再审核"))));
    }
    // Whoever changes a payment of the batch holds the batch, as this does: what is owed is what will be paid.
    never_more_than_due(tx, &run).await?;
    let key = || values![run.run.as_str()];
    if run.again {
        // Owed since the first batch: nothing new.
    } else {
        let owed = posts::Part {
            from: "(SELECT fen FROM pay_due WHERE run = $1 AND fen > 0) x",
            values: key(),
        };
        let parts = posts::split(tx, own.shares(), &owed).await?;
        posts::post(tx, &run, &own, Event::Approved, "", parts).await?;
        let over = posts::Part {
            from: "(SELECT -fen AS fen FROM pay_due WHERE run = $1 AND fen < 0) x",
            values: key(),
        };
        let parts = posts::split(tx, own.shares(), &over).await?;
        posts::post(tx, &run, &own, Event::Overpaid, "", parts).await?;
        let offset = posts::Part {
            from: "(SELECT fen FROM pay_offset WHERE run = $1) x",
            values: key(),
        };
        let parts = posts::split(tx, own.shares(), &offset).await?;
        posts::post(tx, &run, &own, Event::Offset, "", parts).await?;
        recoveries::approve(tx, who, &run).await?;
    }
    tx.run(
        "UPDATE pay_attempt SET state = 'open' WHERE run = $1 AND state = 'drawn'",
        key(),
    )
    .await?;
    steps::take(tx, who, &run, Step::Approve, note).await?;
    Ok(Ok(()))
}

/// Whether somebody answered for the budget.
async fn settled_budget(tx: &Tx, run: &Run) -> StoreResult<bool> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_doubt WHERE run = $1 AND kind = 'over_budget' AND state = 'pay'";
    Ok(tx.number(sql, values![run.run.as_str()]).await? > 0)
}

/// No line is paid more than it is due, whatever else was drawn for it.
pub(crate) async fn never_more_than_due(tx: &Tx, run: &Run) -> StoreResult<()> {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_attempt a JOIN pay_due d ON d.shard = a.shard \
         AND d.programme = a.programme AND d.month = a.month AND d.id = a.id AND d.line = a.line \
         WHERE a.run = $1 AND a.state IN ('drawn', 'open', 'paid') AND a.fen > d.fen - d.offset_fen";
    let more = tx.number(sql, values![run.run.as_str()]).await?;
    let orphans = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_attempt a WHERE a.run = $1 AND NOT EXISTS (SELECT 1 FROM pay_due d \
         WHERE d.shard = a.shard AND d.programme = a.programme AND d.month = a.month AND d.id = a.id AND d.line = a.line)";
    let orphans = tx.number(orphans, values![run.run.as_str()]).await?;
    if more + orphans == 0 {
        return Ok(());
    }
    Err(StoreError::Other(format!(
        "{more} payments of batch {} are above what is due, {orphans} have no due",
        run.run
    )))
}

/// The terms of a batch's programme.
pub(crate) async fn own_terms(
    reads: &impl Reads,
    run: &Run,
) -> StoreResult<ledger::ProgrammeTerms> {
    let loaded = terms::of(reads, run.terms).await?;
    let own = loaded.terms.of(&run.programme).cloned();
    own.ok_or_else(|| StoreError::Other(format!("the terms have no programme {}", run.programme)))
}

/// Gives a batch back to whoever made it, with a reason: before it is approved nothing is owed.
pub async fn give_back(tx: &mut Tx, who: &Actor, run: &str, note: &str) -> StoreResult<Taken<()>> {
    steps::sign(tx, who, run, Step::Back, note).await
}

/// Throws a batch away that nobody has approved: its dues are drawn again from the facts of then.
pub async fn discard(tx: &mut Tx, who: &Actor, run: &str) -> StoreResult<Taken<()>> {
    let run = runs::held(tx, run).await?;
    if !matches!(run.state, runs::State::Drawing | runs::State::Drawn) {
        return Ok(Err(Refusal::Stale));
    }
    if !Step::Draw.roles().contains(&who.role) && who.role != authz::Role::System {
        return Ok(Err(Refusal::NotYourWork));
    }
    // What another batch had held back waits again.
    tx.run(
        "UPDATE pay_attempt SET state = 'held' WHERE state = 'void' AND EXISTS (SELECT 1 FROM pay_attempt n WHERE n.run = $1 \
         AND n.shard = pay_attempt.shard AND n.programme = pay_attempt.programme AND n.month = pay_attempt.month \
         AND n.id = pay_attempt.id AND n.line = pay_attempt.line AND n.no = pay_attempt.no + 1) AND programme = $2",
        values![run.run.as_str(), run.programme.as_str()],
    )
    .await?;
    for sql in [
        "DELETE FROM pay_attempt WHERE run = $1",
        "DELETE FROM pay_due WHERE run = $1",
        "DELETE FROM pay_change WHERE run = $1",
        "DELETE FROM pay_doubt WHERE run = $1",
        "DELETE FROM pay_offset WHERE run = $1",
        "DELETE FROM pay_recovery WHERE run = $1 AND state = 'proposed'",
        "DELETE FROM pay_step WHERE run = $1",
        "DELETE FROM pay_run WHERE run = $1",
    ] {
        tx.run(sql, values![run.run.as_str()]).await?;
    }
    tx.audit(store::Audit::new("pay.discard").subject(&run.run));
    Ok(Ok(()))
}
