//! Acknowledging a finding: somebody looked at it, says why it may stand, and it stays visible
//! (invariant 2). One whose values move must be looked at again.

use figures::{Acknowledged, Finding, acknowledge};
use store::{Audit, Reads, StoreResult, Tx, values};

/// Lays the acknowledgements of the database over findings; those of the folder stay.
pub async fn lay(reads: &impl Reads, slug: &str, findings: &mut [Finding]) -> StoreResult<()> {
    let rows = reads
        .all(
            "SELECT finding, print, reason, acted_by_name, acted_on FROM plan_ack WHERE slug = $1 ORDER BY acted_at",
            values![slug],
        )
        .await?;
    let mut known = Vec::new();
    for row in rows {
        known.push(Acknowledged {
            finding: row.text("finding")?,
            print: row.text("print")?,
            reason: row.text("reason")?,
            by: row.text("acted_by_name")?,
            on: row.day("acted_on")?,
        });
    }
    let of_folder: Vec<Option<Acknowledged>> = findings
        .iter_mut()
        .map(|finding| finding.acknowledged.take())
        .collect();
    acknowledge(findings, &known);
    for (finding, folder) in findings.iter_mut().zip(of_folder) {
        if finding.acknowledged.is_none() {
            finding.acknowledged = folder;
        }
    }
    Ok(())
}

/// Acknowledges a finding of a place with a reason, in the name of the transaction's actor.
pub async fn acknowledge_finding(
    tx: &mut Tx,
    slug: &str,
    finding: &Finding,
    reason: &str,
) -> StoreResult<()> {
    let (by, name) = (tx.actor().id.clone(), tx.actor().name.clone());
    let (on, at) = (tx.at().day().number(), tx.at().micros());
    tx.run(
        "INSERT INTO plan_ack (slug, finding, print, reason, acted_by, acted_by_name, acted_on, acted_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (slug, finding, print) DO UPDATE SET \
         reason = excluded.reason, acted_by = excluded.acted_by, acted_by_name = excluded.acted_by_name, \
         acted_on = excluded.acted_on, acted_at = excluded.acted_at",
        values![slug, finding.id.as_str(), finding.print.as_str(), reason, by, name, on, at],
    )
    .await?;
    tx.audit(
        Audit::new("plan.acknowledge")
            .subject(&finding.id)
            .with("slug", slug)
            .with("print", finding.print.as_str()),
    );
    Ok(())
}

/// Takes an acknowledgement back.
pub async fn withdraw_acknowledgement(
    tx: &mut Tx,
    slug: &str,
    finding: &Finding,
) -> StoreResult<()> {
    tx.run(
        "DELETE FROM plan_ack WHERE slug = $1 AND finding = $2 AND print = $3",
        values![slug, finding.id.as_str(), finding.print.as_str()],
    )
    .await?;
    tx.audit(
        Audit::new("plan.acknowledge.withdraw")
            .subject(&finding.id)
            .with("slug", slug),
    );
    Ok(())
}
