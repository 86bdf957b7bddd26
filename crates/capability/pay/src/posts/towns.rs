//! Dues and payments by 乡镇: the book posts sums of an office, so towns are added up from the people's own lines. Only
//! approved batches count, as in the book.

use super::{Asked, Sums};
use ledger::Kind;
use std::collections::BTreeMap;
use store::{Reads, Sql, StoreResult};

/// What an approved batch is in.
const APPROVED: &str = "('approved', 'filed', 'answered', 'closed')";

fn part(select: &str, asked: &Asked) -> Sql {
    let mut sql = Sql::new(select);
    sql.push(" AND r.office IN (''");
    for office in &asked.offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(")");
    if let Some(programme) = &asked.programme {
        sql.push(" AND r.programme = ").bind(programme.as_str());
    }
    if let Some(from) = asked.from {
        sql.push(" AND r.month >= ").bind(from.number());
    }
    if let Some(to) = asked.to {
        sql.push(" AND r.month <= ").bind(to.number());
    }
    sql.push(" GROUP BY substr(d.area, 1, 9)");
    sql
}

pub(super) async fn report(
    reads: &impl Reads,
    asked: &Asked,
) -> StoreResult<BTreeMap<String, Sums>> {
    let mut out: BTreeMap<String, Sums> = BTreeMap::new();
    let dues = format!(
        "SELECT coalesce(substr(d.area, 1, 9), '') AS k, CAST(sum(d.fen) AS BIGINT) AS spending, CAST(sum(CASE WHEN d.fen > 0 \
         THEN d.fen - d.offset_fen ELSE 0 END) AS BIGINT) AS owed FROM pay_run r JOIN pay_due d ON d.run = r.run \
         WHERE r.state IN {APPROVED}"
    );
    let (text, values) = part(&dues, asked).parts();
    for row in reads.all(&text, values).await? {
        let sums = out.entry(row.text("k")?).or_default();
        sums.debit.insert(Kind::Spending, row.int("spending")?);
        sums.credit.insert(Kind::Payable, row.int("owed")?);
    }
    let paid = format!(
        "SELECT coalesce(substr(d.area, 1, 9), '') AS k, CAST(sum(CASE WHEN a.state = 'paid' THEN a.fen ELSE 0 END) AS BIGINT) AS paid, \
         CAST(sum(CASE WHEN a.state = 'open' AND r.state <> 'approved' THEN a.fen ELSE 0 END) AS BIGINT) AS sent FROM pay_run r \
         JOIN pay_attempt a ON a.run = r.run JOIN pay_due d ON d.shard = a.shard AND d.programme = a.programme \
         AND d.month = a.month AND d.id = a.id AND d.line = a.line WHERE r.state IN {APPROVED}"
    );
    let (text, values) = part(&paid, asked).parts();
    for row in reads.all(&text, values).await? {
        let sums = out.entry(row.text("k")?).or_default();
        let (paid, sent) = (row.int("paid")?, row.int("sent")?);
        sums.debit.insert(Kind::Payable, paid + sent);
        sums.credit.insert(Kind::Purse, paid);
        sums.credit.insert(Kind::Transit, sent);
    }
    Ok(out)
}
