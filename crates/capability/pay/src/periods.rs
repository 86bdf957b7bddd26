//! 关账: a month of an office is closed once all its batches are closed and the book agrees with what stands behind it.
//! What was posted until then belongs to it for good; what comes later belongs to the next, and a closed month takes no
//! further batch.

use crate::months::month_of;
use crate::runs::{self, State};
use crate::{posts, steps};
use authz::{Actor, Role};
use kernel::Instant;
use ledger::Month;
use steps::{Refusal, Taken};
use store::{Audit, Reads, StoreResult, Tx, secret::Sm3Text, values};

/// A closed month.
#[derive(Debug, Clone)]
pub struct Period {
    /// The month.
    pub month: Month,
    /// How many postings.
    pub postings: i64,
    /// What they come to.
    pub amount: i64,
    /// SM3 over them.
    pub digest: String,
    /// Who closed it.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// Closed months of an office, the latest first.
pub async fn list(reads: &impl Reads, office: &str, most: i64) -> StoreResult<Vec<Period>> {
    let sql = "SELECT CAST(month AS BIGINT) AS month, postings, amount, digest, by_name, closed_at FROM pay_period \
         WHERE office = $1 ORDER BY month DESC LIMIT $2";
    let rows = reads.all(sql, values![office, most]).await?;
    rows.iter()
        .map(|row| {
            Ok(Period {
                month: month_of(row, "month")?,
                postings: row.int("postings")?,
                amount: row.int("amount")?,
                digest: row.text("digest")?,
                by: row.text("by_name")?,
                at: row.instant("closed_at")?,
            })
        })
        .collect()
}

/// Whether the month of an office, or a later one, is closed.
pub(crate) async fn is_closed(reads: &impl Reads, office: &str, month: Month) -> StoreResult<bool> {
    let sql =
        "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_period WHERE office = $1 AND month >= $2";
    Ok(reads.number(sql, values![office, month.number()]).await? > 0)
}

/// The month that an office closes next: behind the last one, or the first in which it ran anything.
pub async fn next(reads: &impl Reads, office: &str) -> StoreResult<Option<Month>> {
    if let Some(last) = list(reads, office, 1).await?.first() {
        return Ok(Some(last.month.plus(1)));
    }
    let sql = "SELECT CAST(min(month) AS BIGINT) AS n FROM pay_run WHERE office = $1";
    let number = reads.number(sql, values![office]).await?;
    Ok(i32::try_from(number).ok().and_then(Month::from_number))
}

/// Closes the next month of an office.
pub async fn close(tx: &mut Tx, who: &Actor, office: &str, month: Month) -> StoreResult<Taken<()>> {
    if who.role != Role::Finance {
        return Ok(Err(Refusal::NotYourWork));
    }
    if next(&*tx, office).await? != Some(month) {
        return Ok(Err(Refusal::Stale));
    }
    if month >= Month::of(tx.at().day()) {
        let words = format!("{}还没过完，不能关账", month.zh());
        return Ok(Err(Refusal::Waits(words)));
    }
    let asked = runs::Asked {
        offices: vec![office.to_owned()],
        month: Some(month),
        open: true,
        ..runs::Asked::default()
    };
    let open = runs::list(&*tx, &asked, 0, 20).await?;
    if !open.is_empty() {
        let names: Vec<String> = open
            .iter()
            .map(|run| format!("{}（{}）", run.batch, State::zh(run.state)))
            .collect();
        let words = format!("先办完这些批次：{}", names.join("、"));
        return Ok(Err(Refusal::Waits(words)));
    }
    if !posts::reconcile(&*tx, office).await?.is_empty() {
        let words = "账与明细不一致，先查明再关账".to_owned();
        return Ok(Err(Refusal::Waits(words)));
    }
    tx.run(
        "UPDATE pay_posting SET period = $1 WHERE office = $2 AND period IS NULL",
        values![month.number(), office],
    )
    .await?;
    let (postings, amount, digest) = sums(&*tx, office, month).await?;
    tx.run(
        "INSERT INTO pay_period (office, month, postings, amount, digest, closed_by, by_name, closed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            office,
            month.number(),
            postings,
            amount,
            digest.as_str(),
            who.id.as_str(),
            who.name.as_str(),
            tx.at().micros()
        ],
    )
    .await?;
    tx.audit(
        Audit::new("pay.period")
            .subject(office)
            .with("month", month.number())
            .with("digest", digest),
    );
    Ok(Ok(()))
}

/// How many postings a closed month has, what they come to, and SM3 over them in the order of their keys.
async fn sums(reads: &impl Reads, office: &str, month: Month) -> StoreResult<(i64, i64, String)> {
    let sql = "SELECT posting, run, part, event, level, debit, credit, amount FROM pay_posting WHERE office = $1 AND period = $2 \
         ORDER BY posting";
    let rows = reads.all(sql, values![office, month.number()]).await?;
    let (mut digest, mut amount) = (Sm3Text::default(), 0);
    for row in &rows {
        let mut line = String::new();
        for column in [
            "posting", "run", "part", "event", "level", "debit", "credit",
        ] {
            line.push_str(&row.text(column)?);
            line.push('|');
        }
        let fen = row.int("amount")?;
        amount += fen;
        line.push_str(&format!("{fen}\n"));
        digest.push(&line);
    }
    Ok((rows.len() as i64, amount, digest.finish()))
}

/// Whether a closed month is still what it was when it was closed.
pub async fn holds(reads: &impl Reads, office: &str, period: &Period) -> StoreResult<bool> {
    let (postings, amount, digest) = sums(reads, office, period.month).await?;
    Ok((postings, amount) == (period.postings, period.amount) && digest == period.digest)
}
