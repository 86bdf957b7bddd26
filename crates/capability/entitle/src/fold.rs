//! When a file gives way to another of the same person: its answers are counted out, its receipts count for the one
//! that stays, its findings rest. What moved is told, so that it can be moved back exactly.

use crate::store::{answers, findings, receipts, tallies};
use crate::tally::Change;
use host::{App, PersonKey};
use kernel::{Day, Instant};
use plan::api::PlanBook;
use serde::{Deserialize, Serialize};
use store::{StoreResult, Tx};

/// What moved with a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folded {
    /// Receipts that were added to the staying file: programme, first day, moment of recording in microseconds.
    pub receipts: Vec<(String, i32, i64)>,
    /// Programmes that both files received in the same time: paid twice, to be looked at.
    pub twice: Vec<String>,
    /// Findings of both that were open.
    pub findings: Vec<String>,
}

/// Moves what belongs to `from` to `to`. The caller recomputes `to` after its facts have changed, in this
/// transaction, and writes the audit row.
pub async fn fold(app: &App, tx: &mut Tx, from: &PersonKey, to: &PersonKey) -> StoreResult<Folded> {
    let mut out = Folded::default();
    let keys = std::slice::from_ref(from);
    if let Some(published) = app.part::<PlanBook>()?.in_force(tx.at().day())
        && let Some(old) = answers::of_many(tx, keys).await?.get(&from.id)
    {
        let mut change = Change::default();
        let earlier =
            crate::bases::of(tx, &published, std::iter::once(old.digest.as_str())).await?;
        let own = crate::tally::bases(&published.list);
        let counted = earlier.get(&old.digest).map_or(&own, |earlier| earlier);
        change.count(counted, &old.standing, &old.places, -1);
        tallies::apply(tx, change).await?;
    }
    answers::remove(tx, keys).await?;
    let today = tx.at().day();
    for finding in findings::open_of(tx, from).await? {
        findings::close(tx, std::slice::from_ref(&finding.finding), today).await?;
        out.findings.push(finding.finding);
    }
    for finding in findings::open_of(tx, to).await? {
        out.findings.push(finding.finding);
    }
    let (theirs, mine) = (receipts::of(tx, from).await?, receipts::of(tx, to).await?);
    for receipt in &theirs {
        let overlaps = mine.iter().any(|other| {
            other.programme == receipt.programme
                && other.until.is_none_or(|until| receipt.from < until)
                && receipt.until.is_none_or(|until| other.from < until)
        });
        if overlaps && !out.twice.contains(&receipt.programme) {
            out.twice.push(receipt.programme.clone());
        }
        let same = mine.iter().any(|other| {
            other.programme == receipt.programme
                && other.from == receipt.from
                && other.recorded == receipt.recorded
        });
        if !same {
            out.receipts.push((
                receipt.programme.clone(),
                receipt.from.number(),
                receipt.recorded.micros(),
            ));
        }
    }
    let moved: Vec<_> = theirs
        .into_iter()
        .filter(|receipt| {
            holds(
                &out.receipts,
                &receipt.programme,
                receipt.from,
                receipt.recorded,
            )
        })
        .map(|receipt| (to.clone(), receipt))
        .collect();
    receipts::insert(tx, &moved).await?;
    receipts::rename(tx, from, &aside(from)).await?;
    Ok(out)
}

/// Moves it back. The caller recomputes both, in this transaction.
pub async fn unfold(
    tx: &mut Tx,
    from: &PersonKey,
    to: &PersonKey,
    folded: &Folded,
) -> StoreResult<()> {
    for (programme, first, recorded) in &folded.receipts {
        receipts::remove_one(tx, to, programme, *first, *recorded).await?;
    }
    receipts::rename(tx, &aside(from), from).await?;
    for finding in &folded.findings {
        findings::reopen(tx, finding).await?;
    }
    Ok(())
}

fn holds(all: &[(String, i32, i64)], programme: &str, from: Day, recorded: Instant) -> bool {
    all.iter().any(|(name, first, at)| {
        name == programme && *first == from.number() && *at == recorded.micros()
    })
}

/// Where the receipts of a file rest that was set aside: nobody who walks everybody comes by.
fn aside(key: &PersonKey) -> PersonKey {
    PersonKey {
        shard: format!("~{}", key.shard),
        id: key.id.clone(),
    }
}
