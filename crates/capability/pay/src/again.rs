//! 退回重发: what came back, why, and whether it can be sent again; a further batch of the month sends it, through the
//! same steps. Nothing is sent again silently.

use crate::months::month_of;
use crate::runs::{self, Run, State};
use crate::steps::{Refusal, Taken};
use authz::Actor;
use host::PersonKey;
use ledger::Month;
use ledger::bank::Outcome;
use store::{Reads, Row, Sql, StoreResult, Tx, values};

/// A payment that came back and is not sent again yet.
#[derive(Debug, Clone)]
pub struct Failed {
    /// Whose.
    pub key: PersonKey,
    /// The batch.
    pub run: String,
    /// Programme id.
    pub programme: String,
    /// The office.
    pub office: String,
    /// For which month.
    pub month: Month,
    /// Which line of it.
    pub line: i64,
    /// The attempt.
    pub no: i64,
    /// The amount.
    pub fen: i64,
    /// Why.
    pub outcome: Outcome,
    /// Whether another account is in use since.
    pub renewed: bool,
}

/// The failed attempts without a later one of the same line.
const FROM: &str = " FROM pay_attempt a JOIN pay_run r ON r.run = a.run WHERE a.state = 'failed' AND NOT EXISTS (SELECT 1 \
     FROM pay_attempt n WHERE n.shard = a.shard AND n.programme = a.programme AND n.month = a.month AND n.id = a.id \
     AND n.line = a.line AND n.no > a.no) AND r.office IN (''";

fn conditions(offices: &[String], run: Option<&str>) -> Sql {
    let mut sql = Sql::new(FROM);
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(")");
    if let Some(run) = run {
        sql.push(" AND a.run = ").bind(run);
    }
    sql
}

/// How many, and what they come to.
pub async fn sum(
    reads: &impl Reads,
    offices: &[String],
    run: Option<&str>,
) -> StoreResult<(i64, i64)> {
    let mut sql = Sql::new(
        "SELECT CAST(count(*) AS BIGINT) AS n, CAST(coalesce(sum(a.fen), 0) AS BIGINT) AS fen",
    );
    sql.append(&conditions(offices, run));
    let (text, values) = sql.parts();
    match reads.one(&text, values).await? {
        Some(row) => Ok((row.int("n")?, row.int("fen")?)),
        None => Ok((0, 0)),
    }
}

/// A page, the oldest month first.
pub async fn page(
    reads: &impl Reads,
    offices: &[String],
    run: Option<&str>,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Failed>> {
    let mut sql = Sql::new(
        "SELECT a.shard, a.id, a.run, a.programme, r.office, CAST(a.month AS BIGINT) AS month, a.line, a.no, a.fen, a.outcome, \
         (SELECT CAST(count(*) AS BIGINT) FROM pay_account c WHERE c.shard = a.shard AND c.id = a.id AND c.live \
         AND c.no <> a.account) AS renewed",
    );
    sql.append(&conditions(offices, run))
        .push(" ORDER BY a.month, a.programme, a.shard, a.id, a.line LIMIT ")
        .bind(most)
        .push(" OFFSET ")
        .bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

fn of_row(row: &Row) -> StoreResult<Failed> {
    let outcome = row.opt_text("outcome")?.unwrap_or_default();
    Ok(Failed {
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        run: row.text("run")?,
        programme: row.text("programme")?,
        office: row.text("office")?,
        month: month_of(row, "month")?,
        line: row.int("line")?,
        no: row.int("no")?,
        fen: row.int("fen")?,
        outcome: Outcome::from_key(&outcome).unwrap_or(Outcome::Other),
        renewed: row.int("renewed")? > 0,
    })
}

/// Begins a further batch with everything of this batch that came back and whose account is another since. Its
/// payments are drawn in the same transaction; what follows is the way of any batch.
pub async fn begin(tx: &mut Tx, who: &Actor, run: &Run) -> StoreResult<Taken<String>> {
    if !matches!(run.state, State::Answered | State::Closed) {
        return Ok(Err(Refusal::Waits("回盘还没有齐，不能重发".to_owned())));
    }
    let offices = [run.office.clone()];
    let failed = page(tx, &offices, Some(&run.run), 0, 5_000).await?;
    let ready: Vec<&Failed> = failed.iter().filter(|one| one.renewed).collect();
    if ready.is_empty() {
        let words = "退回的还没有更换卡号，先登记新卡号再重发";
        return Ok(Err(Refusal::Waits(words.to_owned())));
    }
    let new = runs::New {
        office: &run.office,
        programme: &run.programme,
        month: run.month,
        terms: run.terms,
        list: &run.list,
        known: run.known,
        again: true,
    };
    let again = runs::create(tx, who, &new).await?;
    let rows = (1_i64..)
        .zip(&ready)
        .map(|(seq, one)| {
            values![
                one.key.shard.as_str(),
                one.programme.as_str(),
                one.month.number(),
                one.key.id.as_str(),
                one.line,
                one.no + 1,
                again.as_str(),
                seq,
                one.fen,
                "drawn",
            ]
        })
        .collect();
    tx.insert_many(
        "pay_attempt",
        &[
            "shard",
            "programme",
            "month",
            "id",
            "line",
            "no",
            "run",
            "seq",
            "fen",
            "state",
        ],
        rows,
    )
    .await?;
    tx.run(
        "UPDATE pay_run SET drawn = $1 WHERE run = $2",
        values![ready.len() as i64, again.as_str()],
    )
    .await?;
    Ok(Ok(again))
}
